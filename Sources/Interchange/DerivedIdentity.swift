import Events
import ExactNumbers

/// Ids that an import derives from what it reads, so that the same file gives the same ones.
///
/// An id is the first 16 bytes of a SHA-256 as a UUID of version 8. What is hashed begins with the
/// kind of id and separates its parts by null bytes, which no part contains.
public struct DerivedIdentity: Sendable {
  private let sha256: @Sendable ([UInt8]) -> [UInt8]

  /// - Parameter sha256: Handed in, so that this target needs no cryptography of its own.
  public init(sha256: @escaping @Sendable ([UInt8]) -> [UInt8]) { self.sha256 = sha256 }

  /// - Parameter occurrence: How many equal rows stand before this one in its file: equal rows
  ///   are separate positions. Tags are left out, so that a row with another tag stays the same
  ///   position.
  func position(
    _ row: ImportedPosition, occurrence: Int, portfolio: PortfolioID, source: String
  ) -> PositionID {
    PositionID(
      uuid(
        "foldbook-position", source, portfolio.rawValue, row.symbol.rawValue,
        row.quantity.description, row.entryPrice.description, row.entryDate.description,
        String(occurrence)))
  }

  func tag(name: String, owner: UserID?, source: String) -> TagID {
    TagID(uuid("foldbook-tag", source, owner?.rawValue ?? "", name.lowercased()))
  }

  /// The deposit that pays for these positions.
  func movement(payingFor positions: [PositionID], source: String) -> MovementID {
    MovementID(uuid(["foldbook-movement", source] + positions.map(\.rawValue)))
  }

  private func uuid(_ parts: String...) -> String { uuid(parts) }

  private func uuid(_ parts: [String]) -> String {
    var bytes = sha256(Array(parts.joined(separator: "\0").utf8))
    precondition(bytes.count == 32, "a SHA-256 has 32 bytes")
    bytes[6] = 0x80 | bytes[6] & 0x0F
    bytes[8] = 0x80 | bytes[8] & 0x3F
    var text = ""
    for (index, byte) in bytes.prefix(16).enumerated() {
      if [4, 6, 8, 10].contains(index) { text += "-" }
      text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return text
  }
}
