import Foundation
import Records
import TestSupport
import Testing

/// Acknowledged means on disk, whatever happens to the process that acknowledged.
@Suite struct KilledWriters {
  @Test("two processes append at once and are killed: nothing that was acknowledged is lost")
  func killed() throws {
    let folder = try TemporaryFolder()
    let book = folder.path + "/book"
    #expect(try Program.run(["init", book]).status == 0)
    #expect(try Program.run(["-C", book, "portfolio", "open", "p", "--name", "P"]).status == 0)

    let writers = try (1...2).map { try Writer($0, book: book, folder: folder.path) }
    // Enough for some blocks to be packed by either while the other appends.
    while try writers.contains(where: { try $0.acknowledged().count < 600 }) {
      let areRunning = writers.allSatisfy { $0.process.isRunning }
      try #require(areRunning, "a writer ended by itself")
      usleep(20_000)
    }
    for writer in writers { kill(writer.process.processIdentifier, SIGKILL) }
    for writer in writers { writer.process.waitUntilExit() }

    let log = try Program.run(["-C", book, "log", "--kind", "cash.moved", "--format", "ndjson"])
    #expect(log.status == 0)
    for writer in writers {
      let acknowledged = try writer.acknowledged()
      #expect(acknowledged.count >= 600)
      let last = try #require(acknowledged.last)
      let shown = try Program.run(["-C", book, "show", "#\(last.sequence)", "--json"])
      #expect(shown.output.contains("\"\(last.id)\""), "\(last.id) at #\(last.sequence)")
      for (id, _) in acknowledged {
        try #require(log.output.contains("\"\(id)\""), "\(id) was acknowledged")
      }
    }
    let verified = try Program.run(["-C", book, "verify", "--deep"])
    #expect(verified.status == 0, "\(verified.output)\(verified.error)")
  }

  /// A process that appends a stream, and what it has acknowledged so far.
  private struct Writer {
    let process = Process()
    private let output: URL

    init(_ number: Int, book: String, folder: String) throws {
      let input = URL(filePath: folder + "/input-\(number)")
      output = URL(filePath: folder + "/output-\(number)")
      var lines = ""
      for index in 1...200_000 {
        lines += """
          {"specversion":"1.0","id":"w\(number)-\(index)","source":"/w","type":"cash.moved",\
          "time":"2024-01-02T00:00:00Z","data":{"portfolio":"p","amount":1,"reason":"deposit"}}

          """
      }
      try Data(lines.utf8).write(to: input)
      try Data().write(to: output)
      process.executableURL = URL(filePath: try #require(Program.path))
      process.arguments = ["-C", book, "append", "-", "--stream"]
      process.standardInput = try FileHandle(forReadingFrom: input)
      process.standardOutput = try FileHandle(forWritingTo: output)
      process.standardError = FileHandle.nullDevice
      try process.run()
    }

    /// Whole lines only: the last may have been cut by the kill.
    func acknowledged() throws -> [(id: String, sequence: String)] {
      let text = String(decoding: try Data(contentsOf: output), as: UTF8.self)
      var lines = text.split(separator: "\n", omittingEmptySubsequences: true)
      if !text.hasSuffix("\n") { lines = lines.dropLast() }
      return try lines.compactMap { line in
        let json = try JSONValue(parsing: String(line))
        guard let id = json["id"]?.text, case .number(let sequence)? = json["sequence"] else {
          return nil
        }
        return (id, sequence.text)
      }
    }
  }
}
