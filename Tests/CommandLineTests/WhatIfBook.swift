import Records
import TestSupport

/// A copy of the demo of real prices, with the branch `hedge` of 2008-09-12: half of the AAPL sold,
/// a put bought.
struct WhatIfBook {
  /// Keeps the folder as long as the book is used.
  let folder: TemporaryFolder
  let path: String

  /// The last sequence of the demo.
  static let mainHead: Int64 = 18_766

  /// - Parameter fork: What `branch fork hedge` is given; null for a book without the branch.
  init(fork: [String]? = ["--at", "2008-09-12"]) throws {
    folder = try TemporaryFolder()
    path = try SharedBooks.copy(of: SharedBooks.history(), into: folder)
    guard let fork else { return }
    try succeed(["branch", "fork", "hedge"] + fork)
    try succeed(["-b", "hedge", "exit", "aapl-2000", "1000", "148.94", "--id", "half"])
    try succeed([
      "-b", "hedge", "enter", "tech-ls", "LP", "AAPL081018P00140000", "10", "2.30", "--position",
      "put", "--id", "put",
    ])
  }

  func run(_ arguments: [String]) throws -> Program.Outcome {
    try Program.run(["-C", path] + arguments)
  }

  @discardableResult
  func succeed(_ arguments: [String]) throws -> Program.Outcome {
    try SharedBooks.succeed(["-C", path] + arguments)
  }

  func rows(_ arguments: [String]) throws -> [JSONValue] {
    try succeed(arguments + ["--json"]).rows
  }

  func json(_ arguments: [String]) throws -> JSONValue {
    try succeed(arguments + ["--json"]).json
  }
}
