import Interchange
import Records

/// Rows that wait until the head of their answer is known: the first in memory, the others in a
/// file that nobody else sees.
final class RowSpool {
  private static let heldMax = 1_000
  private static let lineBytesMax = 1 << 30

  private var held: [(values: [JSONValue], more: JSONValue)] = []
  private var folder: ScratchFolder?
  private var output: ByteOutput?
  private(set) var count = 0

  /// Takes one more row, and what belongs to it beside its columns. No more are taken once they have
  /// been read.
  func add(_ values: [JSONValue], _ more: JSONValue) throws {
    count += 1
    if held.count < Self.heldMax {
      held.append((values, more))
      return
    }
    if output == nil {
      let folder = try ScratchFolder()
      self.folder = folder
      output = try ByteOutput(path: Self.path(in: folder))
    }
    try output?.write(JSONValue.array([.array(values), more]).compactText + "\n")
  }

  /// Gives the rows in their order.
  func forEach(_ body: ([JSONValue], JSONValue) throws -> Void) throws {
    for row in held { try body(row.values, row.more) }
    guard let folder else { return }
    try output?.finish()
    output = nil
    var lines = ByteLines(
      try ByteInput(path: Self.path(in: folder)), lineBytesMax: Self.lineBytesMax)
    while let line = try lines.next() {
      guard case .array(let row) = try JSONValue(parsing: line.bytes), row.count == 2,
        case .array(let values) = row[0]
      else { preconditionFailure("a row is read back as it was written") }
      try body(values, row[1])
    }
  }

  private static func path(in folder: ScratchFolder) -> String { folder.path + "/rows" }
}
