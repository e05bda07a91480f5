import Foundation
import Records
import TestSupport
import Testing

@Suite struct AppendCommands {
  private let book: RecordBook

  init() throws { book = try RecordBook() }

  private func deposit(_ id: String, _ amount: String = "5") -> String {
    cloudEvent(
      id, "cash.moved", "2025-01-02T00:00:00Z",
      #"{"portfolio":"core","amount":\#(amount),"reason":"deposit"}"#)
  }

  @Test("a file is appended once, tried without writing, and expects a head")
  func file() throws {
    let path = book.folder.path + "/events.jsonl"
    try (deposit("d1") + "\n" + deposit("d2")).write(
      toFile: path, atomically: true, encoding: .utf8)
    let tried = try book.run("append", path, "-n", "--json").json
    #expect(tried["dry_run"] == true && tried["events_written"] == 0)
    #expect(tried["sequences"] == ["first": 23, "last": 24])
    let moved = try book.run("append", path, "--expect", "21", "--json")
    #expect(moved.status == 4)
    #expect(try moved.exitError["code"] == "FB-BOOK-007")
    let written = try book.run("append", path, "--expect", "22", "--json").json
    #expect(written["events_written"] == 2 && written["head"] == 24)
    let again = try book.run("append", path, "--json").json
    #expect(again["events_written"] == 0 && again["events_unchanged"] == 2)
    #expect(again["sequences"] == .null && again["head"] == 24)
  }

  @Test("a long input is appended as a whole, and only counted")
  func long() throws {
    let path = book.folder.path + "/events.jsonl"
    let lines = (0..<1_500).map { deposit("d\($0)") }
    try lines.joined().write(toFile: path, atomically: true, encoding: .utf8)
    let written = try book.run("append", path, "--json").json
    #expect(written["events_written"] == 1_500 && written["rows"] == [])
    #expect(try book.run("append", path, "--json").json["events_unchanged"] == 1_500)
    let others = (0..<1_500).map { deposit("c\($0)") } + [deposit("c1500", "0.123456789")]
    try others.joined().write(toFile: path, atomically: true, encoding: .utf8)
    let refused = try book.run("append", path, "--json")
    #expect(refused.status == 65)
    #expect(try refused.exitError["message"]?.text?.contains("line 1501") == true)
    #expect(try book.run("status", "--json").json["head"] == 1_522)
  }

  @Test("the line that is refused is named, and nothing of the file is appended")
  func refusedLine() throws {
    let late = cloudEvent(
      "late", "position.exited", "2025-02-01T00:00:00Z",
      #"{"position":"p1","quantity":50,"exit_price":1}"#)
    let refused = try book.run(
      "append", "-", "--json", input: deposit("d1") + late + deposit("d2"))
    #expect(refused.status == 65)
    let error = try refused.exitError
    #expect(error["code"] == "FB-RULE-050")
    let message = try #require(error["message"]?.text)
    #expect(message.hasPrefix("standard input, line 2: position.exited: exit \"x1\" of 60 AAPL"))
    #expect(message.hasSuffix("nothing was appended"))
    #expect(try book.run("status", "--json").json["head"] == 22)
  }

  @Test("a stream answers every line in its order and goes on behind one that is refused")
  func stream() throws {
    let input =
      deposit("d1") + deposit("d2", "1e400") + deposit("d1") + deposit("d1", "6") + "\n"
      + "no event\n" + deposit("d3").dropLast()
    let result = try book.run("append", "-", "--stream", input: input)
    #expect(result.status == 65)
    let answers = try result.jsonLines
    #expect(answers.count == 6)
    #expect(answers[0] == ["id": "d1", "sequence": 23])
    #expect(answers[1]["line"] == 2 && answers[1]["error"]?["code"] == "FB-EVENT-007")
    #expect(answers[2] == ["id": "d1", "sequence": 23])
    #expect(answers[3]["line"] == 4 && answers[3]["error"]?["code"] == "FB-BOOK-006")
    #expect(answers[4]["line"] == 6 && answers[4]["error"]?["message"]?.text?.isEmpty == false)
    #expect(answers[5] == ["id": "d3", "sequence": 24])
    #expect(try book.run("status", "--json").json["head"] == 24)
  }

  @Test("lines before one that cannot be read are on disk")
  func brokenStream() throws {
    let path = book.folder.path + "/events.jsonl"
    try (Data((deposit("d1") + deposit("d2")).utf8) + [0x22, 0xFF, 0x0A])
      .write(to: URL(filePath: path))
    let result = try book.run("append", path, "--stream")
    #expect(result.status == 65)
    #expect(result.error.contains("FB-INPUT-004"))
    #expect(try result.jsonLines.count == 2)
    #expect(try book.run("status", "--json").json["head"] == 24)
  }
}
