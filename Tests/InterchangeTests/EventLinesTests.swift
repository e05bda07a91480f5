import Events
import ExactNumbers
import Interchange
import Records
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct LinesOfEvents {
  private static let good =
    #"{"specversion":"1.0","id":"e1","type":"price.ticked","source":"/t","#
    + #""time":"2024-01-02T21:00:00Z","data":{"symbol":"AAPL","price":185.64}}"#

  @Test("each line is an event; blank lines are passed over", arguments: ["\n", "\r\n"])
  func reading(end: String) throws {
    let other = Self.good.replacing("\"e1\"", with: "\"e2\"")
    let found = try read(Self.good + end + end + "  " + end + other)
    #expect(found.map(\.number) == [1, 4])
    #expect(try found.map { try $0.result.get().event.id } == [.given("e1"), .given("e2")])
  }

  @Test(
    "a bad line is told by its number and does not hide the others",
    arguments: [
      "{", "[]", "null", "{}", "{\"specversion\":\"1.0\"}", "not json", "{\"a\":1}{\"b\":2}",
      good.replacing("price.ticked", with: "price.tocked"), good.replacing("185.64", with: "1e400"),
      good.replacing("185.64", with: "NaN"), good.replacing("185.64", with: "0.123456789"),
      good.replacing("2024-01-02", with: "2024-02-30"),
    ])
  func badLines(line: String) throws {
    let found = try read(Self.good + "\n" + line + "\n" + Self.good + "\n")
    #expect(found.count == 3)
    guard case .failure(let error) = found[1].result else {
      Issue.record("taken: \(line)")
      return
    }
    #expect(error.line == 2)
    #expect(ImportIssue(error).row == 2)
    #expect(ImportIssue(error).code.hasPrefix("FB-"))
  }

  @Test("a line longer than 16 MiB ends the reading without being held whole")
  func longLine() throws {
    let chunk = 1024 * 1024
    let input = ByteInput(
      bytes: [UInt8](repeating: 0x20, count: 18 * chunk), name: "memory", chunkBytesMax: chunk)
    var lines = EventLines(input)
    #expect(
      throws: InputError.lineTooLong(
        name: "memory", line: 1, offset: 0, bytesMax: ByteLines.jsonLineBytesMax)
    ) { try lines.next() }
    #expect(input.offset <= 17 * chunk)
  }

  @Test("bytes that are not UTF-8 are told by line and offset")
  func invalidUTF8() throws {
    let bytes = Array((Self.good + "\n").utf8) + [0x7B, 0xFF]
    var lines = EventLines(ByteInput(bytes: bytes, name: "memory"))
    _ = try lines.next()
    #expect(
      throws: InputError.invalidUTF8(name: "memory", line: 2, offset: bytes.count - 1, byte: 0xFF)
    ) { try lines.next() }
  }

  @Test("a report counts the lines and keeps what was wrong with them")
  func report() throws {
    let kept = Self.good.replacing(
      "\"specversion\"", with: "\"recordedtime\":\"2024-01-03T00:00:00Z\",\"specversion\"")
    var reader = EventLinesReader(
      ByteInput(bytes: Array("\(Self.good)\nx\n\n\(kept)\n{}\n".utf8), name: "memory"))
    #expect(try reader.next()?.recorded == nil)
    #expect(try reader.next()?.recorded?.description == "2024-01-03T00:00:00Z")
    #expect(try reader.next() == nil)
    #expect(reader.report.rows == 4)
    #expect(reader.report.errors.map(\.row) == [2, 5])
    #expect(reader.report.json["events_created"] == 0)
  }

  @Test("what is written out is read in again as it was")
  func roundTrip() throws {
    let event = try #require(try read(Self.good).first).result.get().event
    let line = String(decoding: event.cloudEventLine(idText: "e1"), as: UTF8.self)
    let again = try #require(try read(line + "\n").first).result.get().event
    #expect(again == event)
  }

  @Test("a file appears when it is complete, and not before")
  func output() throws {
    let path = "/tmp/foldbook-output-\(getpid())-\(UInt64.random(in: 0 ... .max))"
    defer { unlink(path) }
    do {
      let abandoned = try ByteOutput(path: path)
      try abandoned.write("half")
      try abandoned.flush()
    }
    #expect(throws: InputError.self) { try ByteInput(path: path) }
    let output = try ByteOutput(path: path)
    try output.write(String(repeating: "line\n", count: 50_000))
    #expect(throws: InputError.self) { try ByteInput(path: path) }
    try output.finish()
    #expect(output.byteCount == 250_000)
    var lines = ByteLines(try ByteInput(path: path), lineBytesMax: 10)
    var count = 0
    while try lines.next() != nil { count += 1 }
    #expect(count == 50_000)
    #expect(throws: OutputError.self) { try ByteOutput(path: "/no/such/folder/file") }
    #expect(throws: OutputError.self) { try ByteOutput(path: "/") }
  }

  private func read(_ text: String) throws -> [EventLines.Line] {
    var lines = EventLines(ByteInput(bytes: Array(text.utf8), name: "memory", chunkBytesMax: 5))
    var found: [EventLines.Line] = []
    while let line = try lines.next() { found.append(line) }
    return found
  }
}
