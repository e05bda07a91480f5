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

  @Test("both readers agree on every branch: frozen, cut, live, nested, rebased, inside a block")
  func branches() throws {
    let folder = try TemporaryFolder()
    let main = try forkedBook(at: folder.path + "/book")
    let names = try main.branches()
    #expect(names.count == 12)
    for name in names {
      let book = try Book.open(at: main.path, branch: name, mode: .readOnly)
      try #require(book.damage == nil, "\(name): \(book.damage.map { "\($0)" } ?? "")")
      let answer = try python("--json", "--branch", name, main.path)
      try #require(answer.status == 0, "\(name): \(answer.output)")
      #expect(answer.output.contains("\"log_root\": \"\(try book.logRoot())\""))
      let listed = try python("--events", "--whole", "--branch", name, main.path)
      var cursor = book.events()
      var lines = listed.output.split(separator: "\n").makeIterator()
      while let sequence = try cursor.next()?.sequence {
        let record = try #require(try book.line.record(at: sequence), "\(name) \(sequence)")
        let line = lines.next().map(String.init)
        let expected = row(
          SequencedRecord(sequence: sequence, record: record),
          branch: book.branchName(of: sequence))
        try #require(line == expected, "\(name) \(sequence)")
      }
      #expect(lines.next() == nil, "\(name)")
    }
  }

  @Test(
    "a byte changed below the fork is found from the branch, one behind it is no finding of its")
  func damagedParent() throws {
    let folder = try TemporaryFolder()
    let main = try forkedBook(at: folder.path + "/book")
    try main.append([tick(9_000)])
    let file = main.branchPath + "/log/journal"
    let bytes = try Data(contentsOf: URL(filePath: file))

    var changed = bytes
    changed[changed.count - 200] ^= 0x10
    try changed.write(to: URL(filePath: file))
    #expect(try python("--json", main.path).status == 3)
    #expect(try python("--json", "--branch", "frozen", main.path).status == 0)

    try bytes.write(to: URL(filePath: file))
    let segment = main.branchPath + "/log/00000000000000000001.seg"
    var packed = try Data(contentsOf: URL(filePath: segment))
    packed[packed.count / 2] ^= 0x10
    try packed.write(to: URL(filePath: segment))
    for name in ["frozen", "live", "nested", "below"] {
      let answer = try python("--json", "--branch", name, main.path)
      #expect(answer.status == 3)
      #expect(answer.output.contains("main/log/00000000000000000001.seg"))
    }
    // Foldbook looks at the bytes of a block where a fork lies inside it, and else with `verify`.
    #expect(try Book.open(at: main.path, branch: "below", mode: .readOnly).damage != nil)
    #expect(try !Book.open(at: main.path, mode: .readOnly).verify(deep: true).isSound)
  }

  @Test("a parent that was written anew is found by the root that the branch has kept")
  func anotherParent() throws {
    let folder = try TemporaryFolder()
    let book = try forkedBook(at: folder.path + "/book")
    // Of the generation that the branch "other" stands on.
    let path = book.path + "/branches/frozen/branch.0.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try text.replacing(#""log_root":""#, with: #""log_root":"zz"#)
      .write(toFile: path, atomically: true, encoding: .utf8)
    let answer = try python("--json", "--branch", "other", book.path)
    #expect(answer.status == 3)
    #expect(answer.output.contains("with the log root zz"))
    #expect(try Book.open(at: book.path, branch: "other", mode: .readOnly).damage != nil)
    #expect(try python("--json", "--branch", "frozen", book.path).status == 0)
  }

  @Test("a chain of a thousand forks is read")
  func chain() throws {
    let folder = try TemporaryFolder()
    var environment = BookEnvironment.live
    environment.storage = UnsyncedStorage()
    var book = try Book.create(at: folder.path + "/book", environment: environment)
    try book.append([tick(0)])
    for index in 1...1_000 { book = try book.fork("b\(index)") }
    let answer = try python("--json", "--branch", "b1000", book.path)
    #expect(answer.status == 0)
    #expect(answer.output.contains("\"head\": 1001"))
    let listed = try python("--events", "--whole", "--branch", "b1000", book.path)
    #expect(listed.output.split(separator: "\n").count == 1_001)
  }

  /// A book with one branch of each sort.
  private func forkedBook(at path: String) throws -> Book {
    var environment = BookEnvironment.live
    environment.storage = UnsyncedStorage()
    let main = try Book.create(at: path, environment: environment)
    var next = 0
    let first: [Event] = [
      event(
        "open", "2024-01-02T09:00:00Z",
        .portfolioOpened(PortfolioOpened(portfolio: "growth", name: "Growth"))),
      BranchBook.entry("aapl", at: "2024-01-16T20:00:00Z"),
    ]
    try main.appendBulk {
      defer { next += 1 }
      return next < 200 ? next < first.count ? first[next] : tick(next) : nil
    }
    // Into a block; what follows is in the journal.
    try main.seal()
    try main.append([tick(200), tick(201)])
    let inside = ForkRequest(asOf: .sequence(EventSequence(100)))
    let date = try #require(Instant("2024-02-02T00:00:00Z"))

    let frozen = try main.fork("frozen", inside)
    try frozen.append([BranchBook.exit("frozen-1", 10), tick(1_000)])
    let cut = try main.fork("cut", ForkRequest(asOf: .instant(date)))
    try cut.append([BranchBook.exit("cut-1", 10), tick(1_001)])
    let live = try main.fork("live", ForkRequest(asOf: .instant(date), mode: .live))
    let early = try main.fork("early", ForkRequest(asOf: inside.asOf, mode: .live))
    let ended = try main.fork("ended", ForkRequest(mode: .live))
    try main.append([tick(202), BranchBook.exit("main-1", 30)])
    try main.append([tick(203)])
    try live.append([BranchBook.exit("live-1", 20), tick(1_002)])
    _ = try live.fork("nested")
    try main.append([tick(204), BranchBook.deposit("paid")])
    // At an event that flowed in, and others behind it.
    let between = try #require(EventSequence(own: live.log.head, flowed: 4))
    let second = try live.fork("second", ForkRequest(asOf: .sequence(between), mode: .live))
    try ended.append([
      event("done", "2024-03-11T00:00:00Z", .modelCompleted(ModelCompleted(session: "ended")))
    ])
    try main.append([tick(205), tick(206)])
    try second.append([BranchBook.exit("second-1", 5)])
    try early.append([BranchBook.exit("early-1", 15)])
    try main.append([tick(207)])
    // Where the parent itself was not yet forked: what that one cannot see, this one can have.
    let below = try cut.fork("below", inside)
    try below.append([BranchBook.exit("below-1", 1, at: "2024-05-01T20:00:00Z"), tick(1_003)])
    _ = try live.fork("low", ForkRequest(asOf: inside.asOf, mode: .live))
    let other = try frozen.fork("other")
    try other.append([tick(1_004)])
    // What stood on the old generation stays there.
    _ = try frozen.rebase(.begin())
    let rebased = try Book.open(at: path, branch: "frozen", environment: environment)
    #expect(rebased.details.generation == 1)
    _ = try rebased.fork("newer")
    return main
  }

  private func tick(_ index: Int) -> Event {
    let time = Instant(
      nanosecondsSinceEpoch: 1_706_745_600_000_000_000 + Int64(index) * 1_800_000_000_000)
    return Event(
      id: .given("t\(index)"), effective: time, source: "/tests",
      payload: .priceTicked(
        PriceTicked(symbol: "AAPL", price: ExactDecimal(Int32(100 + index % 50)))))
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
  private func row(_ sequenced: SequencedRecord, branch: String? = nil) -> String {
    let record = sequenced.record
    var members: [(String, JSONValue)] = [
      ("sequence", number(Int64(sequenced.sequence.own.rawValue)))
    ]
    if let branch {
      members = [
        ("sequence", .string(sequenced.sequence.description)), ("branch", .string(branch)),
      ]
    }
    members += [
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

/// The disk, for tests that lose no power.
private struct UnsyncedStorage: Storage {
  private struct File: StorageFile {
    let file: any StorageFile
    var path: String { file.path }
    func readSome(at offset: UInt64, count: Int) throws(StorageError) -> [UInt8] {
      try file.readSome(at: offset, count: count)
    }
    func writeSome(_ bytes: ArraySlice<UInt8>, at offset: UInt64) throws(StorageError) -> Int {
      try file.writeSome(bytes, at: offset)
    }
    func truncate(to size: UInt64) throws(StorageError) { try file.truncate(to: size) }
    func sync() {}
    func size() throws(StorageError) -> UInt64 { try file.size() }
  }

  private let disk = DiskStorage()

  func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any StorageFile {
    File(file: try disk.open(path, mode))
  }
  func rename(_ path: String, to target: String) throws(StorageError) {
    try disk.rename(path, to: target)
  }
  func remove(_ path: String) throws(StorageError) { try disk.remove(path) }
  func list(_ directory: String) throws(StorageError) -> [String] { try disk.list(directory) }
  func makeDirectory(_ path: String) throws(StorageError) { try disk.makeDirectory(path) }
  func syncDirectory(_ path: String) {}
  func exists(_ path: String) throws(StorageError) -> Bool { try disk.exists(path) }
  func lock(_ path: String) throws(StorageError) -> any StorageLock { try disk.lock(path) }
}
