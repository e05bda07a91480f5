import Foundation
import Records
import Testing

/// The built program, run as a process of its own.
struct Program {
  struct Result {
    var status: Int32
    var output: String
    var error: String

    /// The answer, of a command that was asked for JSON.
    func json() throws -> JSONValue { try JSONValue(parsing: Array(output.utf8)) }
    /// The objects of an answer that is one a line.
    func jsonLines() throws -> [JSONValue] {
      try output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
    }
    /// What the program says at the end of an error in JSON mode.
    func exitError() throws -> JSONValue {
      try JSONValue(parsing: Array((error.split(separator: "\n").last ?? "").utf8))
    }
  }

  /// The executable beside the tests: named after its product, or after its target where a package
  /// declares none.
  private static let path: String? = {
    let tests = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    var folder = tests.deletingLastPathComponent()
    while folder.path != "/" {
      for name in ["foldbook", "foldbook-cli"] {
        let path = folder.appendingPathComponent(name).path
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory),
          !isDirectory.boolValue
        {
          return path
        }
      }
      folder.deleteLastPathComponent()
    }
    return nil
  }()

  /// The folder that a book is in.
  var book: String

  /// Runs a command on the book.
  func run(_ arguments: String..., input: String = "") throws -> Result {
    try Self.run(["-C", book] + arguments, input: Array(input.utf8))
  }

  static func run(_ arguments: [String], input: [UInt8] = []) throws -> Result {
    let process = Process()
    process.executableURL = URL(
      fileURLWithPath: try #require(path, "the program is built beside its tests"))
    process.arguments = arguments
    process.environment = ["PATH": "/usr/bin:/bin"]
    let pipes = (input: Pipe(), output: Pipe(), error: Pipe())
    process.standardInput = pipes.input
    process.standardOutput = pipes.output
    process.standardError = pipes.error
    try process.run()
    // What is written here fits into a pipe, so nobody waits for anybody.
    try pipes.input.fileHandleForWriting.write(contentsOf: input)
    try pipes.input.fileHandleForWriting.close()
    let output = try pipes.output.fileHandleForReading.readToEnd() ?? Data()
    let error = try pipes.error.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
      error: String(decoding: error, as: UTF8.self))
  }
}

/// A folder of one test, removed with it.
final class ScratchFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "foldbook-cli-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// A book in it: portfolio `core`, position `p1` of 100 AAPL of which exit `x1` left 60, tag
  /// `growth`.
  func makeBook() throws -> Program {
    let program = Program(book: path + "/book")
    #expect(try Program.run(["init", program.book, "-q"]).status == 0)
    #expect(try program.run("append", "-", input: Self.history).status == 0)
    return program
  }

  static let history = [
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

/// One line of CloudEvents.
func cloudEvent(_ id: String, _ kind: String, _ time: String, _ data: String) -> String {
  """
  {"specversion":"1.0","id":"\(id)","source":"/tests","type":"\(kind)","time":"\(time)",\
  "data":\(data)}

  """
}
