import Foundation
import Records
import TestSupport
import Testing

/// Books that several tests look at, and none changes.
enum SharedBooks {
  /// The demo of real prices.
  static func history() throws -> String { try made.get() + "/history" }

  /// A portfolio `p` with four positions of a CSV file, and two prices.
  static func small() throws -> String { try made.get() + "/small" }

  /// The day that the small book's file speaks of.
  static let day = "2025-06-30"

  static let positionsCSV = """
    ticker,quantity,entry_price,entry_date,tags
    AAPL,85,225.00,2024-01-16,"core_holdings,tech_growth"
    AAPL,85,225.00,2024-01-16,"core_holdings,tech_growth"
    NFLX,-600,490.5,2024-01-25,short_value_traps
    AAPL250815P00200000,-100,4.50,2024-01-22,options_overlay

    """

  static let barsCSV = """
    symbol,date,open,high,low,close,volume
    AAPL,2025-06-27,200,202,199,201.08,1000
    NFLX,2025-06-27,1320,1330,1310,1323.12,2000

    """

  /// A copy that a test may change.
  static func copy(of path: String, into folder: TemporaryFolder) throws -> String {
    let copy = folder.path + "/book"
    try FileManager.default.copyItem(atPath: path, toPath: copy)
    return copy
  }

  private static let made: Result<String, any Error> = Result {
    let folder =
      FileManager.default.temporaryDirectory.path + "/foldbook-books-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    leftover.path = folder
    atexit { try? FileManager.default.removeItem(atPath: SharedBooks.leftover.path) }
    try succeed(["init", folder + "/history", "--demo"])
    let small = folder + "/small"
    try succeed(["init", small])
    try succeed(["-C", small, "portfolio", "open", "p", "--name", "P", "--at", "2024-01-01"])
    try write(positionsCSV, to: folder + "/positions.csv")
    try write(barsCSV, to: folder + "/bars.csv")
    try succeed([
      "-C", small, "import", folder + "/positions.csv", "--portfolio", "p", "--at", day,
    ])
    try succeed(["-C", small, "import", folder + "/bars.csv"])
    return folder
  }

  /// Written once, before anything reads it.
  private final class Leftover: @unchecked Sendable { var path = "" }
  private static let leftover = Leftover()

  static func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
  }

  struct Failed: Error { var outcome: Program.Outcome }

  @discardableResult
  static func succeed(_ arguments: [String]) throws -> Program.Outcome {
    let outcome = try Program.run(arguments)
    guard outcome.status == 0 else { throw Failed(outcome: outcome) }
    return outcome
  }
}

extension JSONValue {
  var names: [String] {
    guard case .object(let members) = self else { return [] }
    return members.map(\.name)
  }

  /// The text of a number as it was written.
  var digits: String? {
    guard case .number(let number) = self else { return nil }
    return number.text
  }

  var elements: [JSONValue] {
    guard case .array(let values) = self else { return [] }
    return values
  }
}
