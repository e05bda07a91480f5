/// Why some bytes are not what they should be. Offsets count from the start of those bytes.
public enum BlockError: Error, Hashable, Sendable {
  /// The bytes end inside a field.
  case truncated(field: String, offset: Int, have: Int, need: Int)
  /// A length or a count is above what the format allows; nothing was allocated for it.
  case tooLarge(field: String, offset: Int, have: UInt64, most: UInt64)
  /// A field holds what no writer writes.
  case malformed(field: String, offset: Int, reason: String)
  /// The stored checksum is not the one of the bytes it covers.
  case checksum(field: String, offset: Int, stored: UInt64, computed: UInt64)
  /// Two places that must agree do not.
  case mismatch(field: String, offset: Int, expected: String, found: String)
  /// Written by a later version of the format.
  case newerFormat(found: Int, known: Int)
}

extension BlockError {
  /// Stable across versions.
  public var code: String {
    switch self {
    case .truncated: "FB-LOG-101"
    case .tooLarge: "FB-LOG-102"
    case .malformed: "FB-LOG-103"
    case .checksum: "FB-LOG-104"
    case .mismatch: "FB-LOG-105"
    case .newerFormat: "FB-LOG-106"
    }
  }

  /// The field that is at fault.
  public var field: String {
    switch self {
    case .truncated(let field, _, _, _), .tooLarge(let field, _, _, _),
      .malformed(let field, _, _), .checksum(let field, _, _, _), .mismatch(let field, _, _, _):
      field
    case .newerFormat: "format version"
    }
  }

  /// Where it stands in the bytes that were read.
  public var offset: Int {
    switch self {
    case .truncated(_, let offset, _, _), .tooLarge(_, let offset, _, _),
      .malformed(_, let offset, _), .checksum(_, let offset, _, _), .mismatch(_, let offset, _, _):
      offset
    case .newerFormat: BlockHeader.versionOffset
    }
  }

  /// The same error, with its offset counted from `base` bytes earlier.
  func shifted(by base: Int) -> BlockError {
    switch self {
    case .truncated(let field, let offset, let have, let need):
      .truncated(field: field, offset: offset + base, have: have, need: need)
    case .tooLarge(let field, let offset, let have, let most):
      .tooLarge(field: field, offset: offset + base, have: have, most: most)
    case .malformed(let field, let offset, let reason):
      .malformed(field: field, offset: offset + base, reason: reason)
    case .checksum(let field, let offset, let stored, let computed):
      .checksum(field: field, offset: offset + base, stored: stored, computed: computed)
    case .mismatch(let field, let offset, let expected, let found):
      .mismatch(field: field, offset: offset + base, expected: expected, found: found)
    case .newerFormat: self
    }
  }

  /// The same error, with the name of what the field is part of put before it.
  func within(_ part: String) -> BlockError {
    switch self {
    case .truncated(let field, let offset, let have, let need):
      .truncated(field: "\(part): \(field)", offset: offset, have: have, need: need)
    case .tooLarge(let field, let offset, let have, let most):
      .tooLarge(field: "\(part): \(field)", offset: offset, have: have, most: most)
    case .malformed(let field, let offset, let reason):
      .malformed(field: "\(part): \(field)", offset: offset, reason: reason)
    case .checksum(let field, let offset, let stored, let computed):
      .checksum(field: "\(part): \(field)", offset: offset, stored: stored, computed: computed)
    case .mismatch(let field, let offset, let expected, let found):
      .mismatch(field: "\(part): \(field)", offset: offset, expected: expected, found: found)
    case .newerFormat: self
    }
  }
}

extension BlockError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .truncated(let field, let offset, let have, let need):
      "the bytes end inside '\(field)' at byte \(offset): need \(need), have \(have)"
    case .tooLarge(let field, let offset, let have, let most):
      "'\(field)' at byte \(offset) is \(have), more than the \(most) the format allows"
    case .malformed(let field, let offset, let reason):
      "'\(field)' at byte \(offset) \(reason)"
    case .checksum(let field, let offset, let stored, let computed):
      "the checksum of '\(field)' at byte \(offset) does not hold: stored \(hex(stored)), computed \(hex(computed))"
    case .mismatch(let field, let offset, let expected, let found):
      "'\(field)' at byte \(offset) should be \(expected) but is \(found)"
    case .newerFormat(let found, let known):
      "written in format \(found), this program reads up to \(known): use a newer foldbook"
    }
  }

  private func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
