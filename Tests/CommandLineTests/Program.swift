import Foundation
import Records
import TestSupport
import Testing

/// The built program, run as a user runs it.
enum Program {
  struct Outcome {
    var status: Int32
    var output: String
    var error: String

    /// The answer of a command that was asked for JSON.
    var json: JSONValue {
      get throws { try JSONValue(parsing: output) }
    }

    /// The rows of such an answer.
    var rows: [JSONValue] {
      get throws { try #require(try json["rows"], "an answer has rows: \(output)").elements }
    }
  }

  /// - Parameter input: What standard input holds; nothing where it is null.
  static func run(_ arguments: [String], input: String? = nil) throws -> Outcome {
    let folder = try TemporaryFolder()
    func file(_ name: String) -> URL { URL(filePath: folder.path + "/" + name) }
    let process = Process()
    process.executableURL = URL(
      filePath: try #require(path, "the program is built beside its tests"))
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder.path)
    process.environment = ["PATH": "/usr/bin:/bin"]
    // Files, because a pipe that nobody empties would stop the program.
    for name in ["output", "error"] { try Data().write(to: file(name)) }
    try Data((input ?? "").utf8).write(to: file("input"))
    process.standardOutput = try FileHandle(forWritingTo: file("output"))
    process.standardError = try FileHandle(forWritingTo: file("error"))
    process.standardInput = try FileHandle(forReadingFrom: file("input"))
    try process.run()
    process.waitUntilExit()
    func text(_ name: String) throws -> String {
      String(decoding: try Data(contentsOf: file(name)), as: UTF8.self)
    }
    return Outcome(
      status: process.terminationStatus, output: try text("output"), error: try text("error"))
  }

  /// It lies beside the tests, or beside the bundle that holds them.
  static let path: String? = {
    var folder = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
      .deletingLastPathComponent()
    while folder.path.count > 1 {
      let path = folder.path + "/foldbook"
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
        return path
      }
      folder.deleteLastPathComponent()
    }
    return nil
  }()
}
