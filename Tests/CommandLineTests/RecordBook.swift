import Records
import TestSupport

/// A small book that a test may change: portfolio `core`, position `p1` of 100 AAPL of which exit
/// `x1` left 60, tag `growth`.
struct RecordBook {
  /// Keeps the folder as long as the book is used.
  let folder: TemporaryFolder
  var path: String { folder.path + "/book" }

  /// The last sequence of a new one.
  static let head: Int64 = 22

  init() throws {
    folder = try TemporaryFolder()
    try SharedBooks.succeed(["init", folder.path + "/book", "-q"])
    let made = try run("append", "-", input: Self.history)
    guard made.status == 0 else { throw SharedBooks.Failed(outcome: made) }
  }

  /// Runs a command on the book.
  func run(_ arguments: String..., input: String = "") throws -> Program.Outcome {
    try Program.run(["-C", path] + arguments, input: input)
  }

  private static let history = [
    cloudEvent(
      "e0", "portfolio.opened", "2025-01-01T00:00:00Z", #"{"portfolio":"core","name":"Core"}"#),
    cloudEvent(
      "e1", "position.entered", "2025-01-10T00:00:00Z",
      """
      {"position":"p1","portfolio":"core","symbol":"AAPL","position_type":"LONG","quantity":100,\
      "entry_price":150}
      """),
    cloudEvent(
      "x1", "position.exited", "2025-03-01T00:00:00Z",
      #"{"position":"p1","quantity":60,"exit_price":160}"#),
    cloudEvent(
      "e3", "tag.created", "2025-01-01T00:00:00Z",
      #"{"tag":"t1","name":"growth","tag_type":"regular"}"#),
  ].joined()
}

extension Program.Outcome {
  /// The objects of an answer that is one a line.
  var jsonLines: [JSONValue] {
    get throws { try output.split(separator: "\n").map { try JSONValue(parsing: String($0)) } }
  }

  /// What the program says at the end of an error in JSON mode.
  var exitError: JSONValue {
    get throws { try JSONValue(parsing: String(error.split(separator: "\n").last ?? "")) }
  }
}

/// One line of CloudEvents.
func cloudEvent(_ id: String, _ kind: String, _ time: String, _ data: String) -> String {
  """
  {"specversion":"1.0","id":"\(id)","source":"/tests","type":"\(kind)","time":"\(time)",\
  "data":\(data)}

  """
}
