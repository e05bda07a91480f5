/// One record of a CSV file: its fields, unquoted.
public struct CSVRecord: Hashable, Sendable {
  /// As a spreadsheet numbers it: the first record of the file, the header, is row 1.
  public var row: Int
  /// The line it begins in, from 1. Differs from `row` once a quoted field holds a line break.
  public var line: Int
  /// Where it begins in the file, in bytes from 0.
  public var offset: Int

  // The fields lie end to end in one array, so that a record costs two allocations, not one a
  // field: files of daily bars have millions of them.
  var bytes: [UInt8] = []
  var ends: [Int] = []

  public var count: Int { ends.count }

  /// A field's UTF-8 without the spaces and tabs around it.
  public func trimmed(_ index: Int) -> ArraySlice<UInt8> {
    var field = bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    while let first = field.first, first == 0x20 || first == 0x09 { field = field.dropFirst() }
    while let last = field.last, last == 0x20 || last == 0x09 { field = field.dropLast() }
    return field
  }

  /// A field as it stands in the file, spaces included.
  public subscript(index: Int) -> String {
    String(decoding: bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]], as: UTF8.self)
  }

  public var fields: [String] { ends.indices.map { self[$0] } }

  /// Whether nothing but spaces and commas stands in it.
  public var isBlank: Bool { bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 } }
}
