import EventLog
import Foundation
import Records
import TestSupport
import Testing

@testable import foldbook_cli

/// What may not be recorded: the exit status, the code, a part of the message; and the book as it
/// was.
@Suite struct RefusedCommands {
  struct Refusal: CustomTestStringConvertible, Sendable {
    var arguments: [String]
    var input = ""
    var status: Int32
    var code: String
    var saying: String

    init(
      _ arguments: String, input: String = "", _ status: Int32, _ code: String,
      saying: String = ""
    ) {
      self.arguments = arguments.split(separator: " ").map(String.init)
      self.input = input
      self.status = status
      self.code = code
      self.saying = saying
    }

    var testDescription: String { arguments.joined(separator: " ") + " \(code)" }
  }

  static let ofCommands = [
    Refusal("exit p1 50 160", 65, "FB-RULE-050", saying: "larger than the 40 open"),
    Refusal("exit p1 50 160 --at 2025-02-01", 65, "FB-RULE-050", saying: "exit \"x1\" of 60 AAPL"),
    Refusal("exit AAPL 41 160", 65, "FB-LOT-002", saying: "larger than the 40 open"),
    Refusal("exit p1 1 160 --at 2024-12-31", 65, "FB-RULE-051", saying: "before its entry"),
    Refusal("exit nosuch 1 160", 65, "FB-LOT-001", saying: "no position 'nosuch'"),
    Refusal("exit p1 -1 160", 65, "FB-EVENT-010", saying: "expected > 0, found -1"),
    Refusal("exit p1 1 2 3", 64, "FB-CLI-001", saying: "[QUANTITY] PRICE"),
    Refusal("void nosuch --reason r", 65, "FB-RULE-012", saying: "no position \"nosuch\""),
    Refusal("void p1 --exit nosuch --reason r", 65, "FB-RULE-013", saying: "nosuch"),
    Refusal("correct nosuch --set price=1 --reason r", 65, "FB-RULE-012"),
    Refusal("correct p1 --set quantity=59 --reason r", 65, "FB-RULE-050", saying: "59"),
    Refusal("correct p1 --set colour=red --reason r", 64, "FB-CLI-001", saying: "'colour'"),
    Refusal("correct p1 --set price=1 --set price=2 --reason r", 64, "FB-CLI-001", saying: "twice"),
    Refusal("tag add p1 nosuch", 65, "FB-RULE-014", saying: "no tag \"nosuch\""),
    Refusal("tag add nosuch growth", 65, "FB-RULE-012"),
    Refusal("tag create growth", 65, "FB-RULE-031", saying: "belongs to tag \"t1\""),
    Refusal("enter nosuch LONG MSFT 1 1", 66, "FB-BOOK-016", saying: "no portfolio 'nosuch'"),
    Refusal("cash move nosuch 1", 66, "FB-BOOK-016"),
    Refusal("enter core LONG MSFT 1 1 --position p1", 65, "FB-RULE-030", saying: "used before"),
    Refusal("enter core LONG MSFT 1 1 --id e1", 65, "FB-BOOK-006", saying: "other content"),
    Refusal("enter core LONG MSFT 1.123456789 1", 65, "FB-CLI-004", saying: "9 decimal places"),
    Refusal("enter core LONG MSFT 1 1234567890123456", 65, "FB-CLI-004", saying: "10^15"),
    Refusal("enter core LONG MSFT NaN 1", 65, "FB-CLI-004", saying: "'NaN'"),
    Refusal("enter core LONG MSFT 1 1e400", 65, "FB-CLI-004"),
    Refusal("enter core HELD MSFT 1 1", 64, "FB-CLI-001", saying: "LONG, SHORT, LC, LP, SC, SP"),
    Refusal("enter core LONG MSFT 1 1 --at 2025-02-30", 64, "FB-CLI-001", saying: "2025-02-30"),
    Refusal(
      "enter core SC MSFT 1 1 --underlying MSFT --strike 1 --expiration 2025-06-31", 64,
      "FB-CLI-001", saying: "calendar"),
    Refusal("price set MSFT 1 --close 2025-02-29", 64, "FB-CLI-001", saying: "2025-02-29"),
    Refusal("cash move core 5 --expect 21", 4, "FB-BOOK-007", saying: "found it at 22"),
    Refusal("cash move core 5 --expect x", 64, "FB-CLI-001", saying: "'x' of --expect"),
    Refusal("tag list --known-at 999", 66, "FB-BOOK-010", saying: "#1 to #22"),
    Refusal("tag list -b nosuch", 66, "FB-BOOK-005", saying: "there is: main"),
    Refusal("append /nosuch.jsonl", 66, "FB-INPUT-001", saying: "/nosuch.jsonl"),
    Refusal("tag list -o /dev/full", 74, "FB-OUTPUT-002", saying: "/dev/full"),
    Refusal("init /proc/nosuch", 73, "FB-LOG-003", saying: "/proc/nosuch"),
  ]

  /// A line that would be taken, but for what the test changes in it.
  private static func entry(
    id: String = "n1", portfolio: String = "core", quantity: String = "1", price: String = "1",
    time: String = "2025-02-01T00:00:00Z"
  ) -> String {
    cloudEvent(
      id, "position.entered", time,
      """
      {"position":"n","portfolio":"\(portfolio)","symbol":"MSFT","position_type":"LONG",\
      "quantity":\(quantity),"entry_price":\(price)}
      """)
  }

  static let ofLines = [
    Refusal("append -", input: entry(portfolio: "nosuch"), 65, "FB-RULE-011", saying: "line 1"),
    Refusal("append -", input: entry(quantity: "1.123456789"), 65, "FB-EVENT-007", saying: "9 dec"),
    Refusal("append -", input: entry(price: "1234567890123456"), 65, "FB-EVENT-007"),
    Refusal("append -", input: entry(price: "1e400"), 65, "FB-EVENT-007"),
    Refusal("append -", input: entry(price: "NaN"), 65, "FB-JSON-002", saying: "line 1"),
    Refusal("append -", input: entry(time: "2025-02-30T00:00:00Z"), 65, "FB-EVENT-008"),
    Refusal("append -", input: entry(id: "e1"), 65, "FB-BOOK-006", saying: "sequence 20"),
    Refusal("append -", input: entry() + entry(quantity: "2"), 65, "FB-BOOK-006", saying: "line 2"),
    Refusal(
      "append -", input: cloudEvent("n", "no.such", "2025-01-01T00:00:00Z", "{}"), 65,
      "FB-EVENT-004"),
  ]

  /// One book for all: none of them changes it.
  private static let shared = Result { try RecordBook() }

  @Test("what may not be is refused, and the book stays as it was", arguments: ofCommands + ofLines)
  func refused(refusal: Refusal) throws {
    let book = try Self.shared.get()
    let journal = book.path + "/branches/main/log/journal"
    let before = FileManager.default.contents(atPath: journal)
    let result = try Program.run(
      ["-C", book.path] + refusal.arguments + ["--json"], input: refusal.input)
    #expect(result.status == refusal.status)
    let error = try result.exitError
    #expect(error["message_type"] == "exit_error")
    #expect(error["code"]?.text == refusal.code)
    let message = try #require(error["message"]?.text)
    #expect(refusal.saying.isEmpty || message.contains(refusal.saying))
    #expect(!message.contains("FB-"), "the code stands in its own field")
    #expect(result.output.isEmpty || refusal.status == 74)
    #expect(before != nil && FileManager.default.contents(atPath: journal) == before)
  }

  @Test("a folder that is no book, a newer book and a damaged one are told apart")
  func otherFolders() throws {
    let book = try RecordBook()
    let none = try Program.run(["-C", book.folder.path, "cash", "move", "core", "1", "--json"])
    #expect(none.status == 66)
    #expect(try none.exitError["code"] == "FB-BOOK-001")

    let manifest = book.path + "/book.json"
    let text = try String(contentsOfFile: manifest, encoding: .utf8)
    try text.replacing(#""format":1"#, with: #""format":99"#)
      .write(toFile: manifest, atomically: true, encoding: .utf8)
    for arguments in [["status"], ["cash", "move", "core", "1"]] {
      let result = try Program.run(["-C", book.path, "--json"] + arguments)
      #expect(result.status == 78)
      #expect(try result.exitError["message"]?.text?.contains("format 99") == true)
    }
    try text.write(toFile: manifest, atomically: true, encoding: .utf8)

    let journal = book.path + "/branches/main/log/journal"
    var bytes = try #require(FileManager.default.contents(atPath: journal))
    bytes[300] ^= 1
    try bytes.write(to: URL(fileURLWithPath: journal))
    let written = try book.run("cash", "move", "core", "1", "--json")
    #expect(written.status == 3)
    #expect(try written.exitError["message"]?.text?.contains("byte 128") == true)
    // What can be read is answered, and the status says that it may not be all.
    let read = try book.run("tag", "list", "--json")
    #expect(read.status == 3)
    #expect(try read.json["warnings"] != [])
    #expect(FileManager.default.contents(atPath: journal) == bytes)
  }

  @Test(
    "the disk and other processes have statuses of their own",
    arguments: [
      (ENOSPC, 74), (EROFS, 74), (EIO, 74), (EACCES, 77), (EPERM, 77),
    ] as [(Int32, Int32)])
  func disk(number: Int32, status: Int32) {
    let cause = StorageError(call: "write", path: "journal", errno: number)
    #expect(CommandFailure.known(cause)?.status.rawValue == status)
    #expect(CommandFailure.known(LogError.storage(cause))?.status.rawValue == status)
    #expect(CommandFailure.known(LogError.latched(cause))?.status.rawValue == status)
  }

  @Test("a locked book is to be tried again; an error nobody knows is a defect")
  func others() {
    let locked = CommandFailure.known(LogError.locked(path: "lock", waitedMilliseconds: 10_000))
    #expect(locked?.status == .locked && locked?.code == "FB-LOG-002")
    struct Unheard: Error {}
    #expect(CommandFailure.known(Unheard()) == nil)
  }
}
