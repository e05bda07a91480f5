import EventLog
import Events
import ExactNumbers
import Foldbook
import Foundation
import Records
import TestSupport
import Testing

/// The Python reader in tools/ shares no code with this one: where both agree, FileFormat.md says
/// what they do.
@Suite struct IndependentReader {
  @Test("both readers find the same events and the same log root", arguments: [false, true])
  func agree(sealed: Bool) throws {
    let folder = try TemporaryFolder()
    let book = try Demo.history.create(at: folder.path + "/demo")
    if sealed { try book.seal() }
    // Some events behind the blocks, in the journal.
    try book.append([
      event(
        "late", "2013-03-02T10:00:00Z",
        .cashMoved(CashMoved(portfolio: "tech-ls", amount: 1, reason: .interest)))
    ])

    let answer = try python("--json", book.path)
    #expect(answer.status == 0)
    #expect(answer.output.contains("\"head\": \(book.head)"))
    #expect(answer.output.contains("\"log_root\": \"\(try book.logRoot())\""))

    let listed = try python("--events", book.path)
    var cursor = book.log.cursor()
    var lines = listed.output.split(separator: "\n").makeIterator()
    while let next = try cursor.next() {
      let line = lines.next().map(String.init)
      try #require(line == row(next), "sequence \(next.sequence)")
    }
    #expect(lines.next() == nil)
  }

  @Test("a flipped bit is found by both readers")
  func damage() throws {
    let folder = try TemporaryFolder()
    let book = try Demo.history.create(at: folder.path + "/demo")
    let path = book.branchPath + "/log"
    let segment = try #require(
      try FileManager.default.contentsOfDirectory(atPath: path).first { $0.hasSuffix(".seg") })
    let file = path + "/" + segment
    var bytes = try Data(contentsOf: URL(filePath: file))
    bytes[bytes.count / 2] ^= 0x10
    try bytes.write(to: URL(filePath: file))

    let answer = try python("--json", book.path)
    #expect(answer.status == 3)
    #expect(answer.output.contains(segment))
    let report = try Book.open(at: book.path, mode: .readOnly).verify(deep: true)
    #expect(!report.isSound)
    #expect(report.findings.allSatisfy { $0.file.hasSuffix(segment) })
  }

  private func python(_ arguments: String...) throws -> (status: Int32, output: String) {
    let tool = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../tools/foldbook_reader.py").standardizedFileURL.path
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", tool] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  /// A record as the Python reader prints it.
  private func row(_ sequenced: SequencedRecord) -> String {
    let record = sequenced.record
    var members: [(String, JSONValue)] = [
      ("sequence", number(Int64(sequenced.sequence.rawValue))),
      ("kind", number(Int64(record.kind.rawValue))), ("id", .string(record.idText())),
      ("effective_ns", number(record.effective.nanosecondsSinceEpoch)),
      ("effective", .string(record.effective.description)),
      ("recorded_ns", number(record.recorded.nanosecondsSinceEpoch)),
      ("recorded", .string(record.recorded.description)), ("source", .string(record.source)),
    ]
    for (name, text) in [
      ("subject", record.subject), ("actor", record.actor), ("correlation", record.correlation),
      ("causation", record.causation),
    ] {
      if let text { members.append((name, .string(text))) }
    }
    members.append(
      (
        "fields",
        .object(record.fields.map { JSONMember("\($0.number.rawValue)", value($0.value)) })
      ))
    return JSONValue.object(members.map { JSONMember($0.0, $0.1) }).compactText
  }

  /// The reader prints decimals as texts, so that none becomes a float.
  private func exact(_ value: JSONValue) -> JSONValue {
    switch value {
    case .number(let number) where number.text.contains("."): .string(number.text)
    case .array(let values): .array(values.map(exact))
    case .object(let members): .object(members.map { JSONMember($0.name, exact($0.value)) })
    default: value
    }
  }

  private func number(_ integer: Int64) -> JSONValue { .number(JSONNumber(integer)) }

  private func value(_ value: FieldValue) -> JSONValue {
    switch value {
    case .integer(let integer): number(integer)
    case .decimal(let decimal): .string(decimal.description)
    case .text(let text): .string(text)
    case .json(let text): (try? JSONValue(parsing: text)).map(exact) ?? .string(text)
    case .boolean(let boolean): .bool(boolean)
    case .date(let date): .string(date.description)
    case .instant(let instant): .string(instant.description)
    case .bytes(let bytes):
      ["hex": .string(bytes.map { String(format: "%02x", $0) }.joined())]
    }
  }
}
