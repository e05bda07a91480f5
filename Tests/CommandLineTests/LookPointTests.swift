import Foundation
import Records
import TestSupport
import Testing

@Suite struct PointsOfAnswers {
  private func warnings(_ outcome: Program.Outcome) throws -> String {
    try outcome.json["warnings"]?.elements.compactMap(\.text).joined(separator: "\n") ?? ""
  }

  @Test("known-at alone is as of the head's recorded time")
  func knownAtAlone() throws {
    let book = try SharedBooks.small()
    let now = try Program.run(["-C", book, "positions", "--json"]).json
    let then = try Program.run(["-C", book, "positions", "--known-at", "#24", "--json"]).json
    #expect(then["known_at"]?["sequence"] == 24)
    #expect(then["as_of"]?["time"]?.text != nil && then["as_of"]?["time"] == now["as_of"]?["time"])
  }

  @Test(
    "a point outside the book is said, with the range there is",
    arguments: [
      ("--known-at", "2199-01-01", "after the head"),
      ("--known-at", "1999-01-01", "nothing was known"),
      ("--as-of", "2199-01-01", "after the head"),
      ("--as-of", "1999-01-01", "before the first event"),
    ])
  func outside(option: String, time: String, said: String) throws {
    let outcome = try Program.run([
      "-C", try SharedBooks.small(), "positions", option, time, "--json",
    ])
    let text = try warnings(outcome)
    #expect(text.contains(said), "\(text)")
    #expect(text.contains("sequences run from #1 to #"), "\(text)")
    #expect(text.contains("recorded from 2"), "\(text)")
  }

  @Test("a log of which nothing can be read is as of no time")
  func nothingReadable() throws {
    let folder = try TemporaryFolder()
    let book = try SharedBooks.copy(of: SharedBooks.small(), into: folder)
    let log = book + "/branches/main/log"
    for name in try FileManager.default.contentsOfDirectory(atPath: log) where name != "lock" {
      try Data(repeating: 0x55, count: 4096).write(to: URL(filePath: log + "/" + name))
    }
    let json = try Program.run(["-C", book, "positions", "--json"])
    #expect(json.status == 3, "\(json.error)")
    #expect(try json.json["as_of"]?["time"] == .null)
    #expect(try warnings(json).contains("no events"))
    let table = try Program.run(["-C", book, "positions"])
    #expect(table.output.contains("as of –"), "\(table.output)")
    #expect(!(table.output + table.error + json.output).contains("1677"))
  }
}
