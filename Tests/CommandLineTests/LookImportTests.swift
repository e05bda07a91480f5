import EventLog
import Foundation
import Records
import TestSupport
import Testing

@Suite struct BringingInAndOut {
  private func head(_ book: String) throws -> String? {
    try Program.run(["-C", book, "log", "--limit", "1", "--json"]).json["head"]?.digits
  }

  @Test("the same file again changes nothing")
  func idempotent() throws {
    let folder = try TemporaryFolder()
    let book = try SharedBooks.copy(of: SharedBooks.small(), into: folder)
    let file = folder.path + "/positions.csv"
    try SharedBooks.write(SharedBooks.positionsCSV, to: file)
    let before = try head(book)
    let again = try Program.run([
      "-C", book, "import", file, "--portfolio", "p", "--at", SharedBooks.day, "--json",
    ])
    #expect(again.status == 0)
    #expect(try again.rows.first?["positions_unchanged"]?.digits == "4")
    #expect(try again.rows.first?["positions_created"]?.digits == "0")
    #expect(try again.json["events_written"]?.digits == "0")
    #expect(try head(book) == before)
  }

  /// One row a documented code that a row can have.
  private static let header = "ticker,quantity,entry_price,entry_date,tags\n"
  private static let badRows: [(code: String, text: String)] = [
    ("bad_header", "ticker,entry_price,entry_date\nAAPL,1,2024-01-16\n"),
    ("missing_value", header + "AAPL,,1,2024-01-16,\n"),
    ("bad_number", header + "AAPL,\"$1,000\",1,2024-01-16,\n"),
    ("bad_number", header + "AAPL,1.123456789,1,2024-01-16,\n"),
    ("bad_number", header + "AAPL,NaN,1,2024-01-16,\n"),
    ("bad_number", header + "AAPL,1e400,1,2024-01-16,\n"),
    ("bad_number", header + "AAPL,1234567890123456,1,2024-01-16,\n"),
    ("zero_quantity", header + "AAPL,0,1,2024-01-16,\n"),
    ("nonpositive_price", header + "AAPL,-1,-1,2024-01-16,\n"),
    ("bad_date", header + "AAPL,1,1,2024-02-30,\n"),
    ("bad_date", header + "AAPL,1,1,01/16/2024,\n"),
    ("future_date", header + "AAPL,1,1,2025-07-01,\n"),
    ("too_old", header + "MSFT,1,1,2020-06-29,\n"),
    ("bad_option_symbol", header + "AAPL250230C00150000,1,1,2024-01-16,\n"),
    ("duplicate", header + "NFLX,-1,1,2024-01-25,\n"),
    (
      "too_many_tags",
      header
        + (0..<11).map { row in
          "T\(row),1,1,2024-01-16,\"" + (0..<10).map { "t\(row)x\($0)" }.joined(separator: ",")
            + "\"\n"
        }.joined()
    ),
    ("bad_tag", header + "AAPL,1,1,2024-01-17,\(String(repeating: "x", count: 200))\n"),
    (
      "too_many_rows",
      header + String(repeating: "AAPL,1,1,2024-01-17,\n", count: 10_001)
    ),
    ("file_too_large", header + String(repeating: " ", count: 10_000_001)),
  ]

  @Test("a bad row is told with its code, and the book is unchanged", arguments: 0..<19)
  func badRow(index: Int) throws {
    let (code, text) = Self.badRows[index]
    let folder = try TemporaryFolder()
    let book = try SharedBooks.copy(of: SharedBooks.small(), into: folder)
    let file = folder.path + "/bad.csv"
    // A good row in front, unless the file as a whole is what is bad.
    try SharedBooks.write(text, to: file)
    let before = try head(book)
    let outcome = try Program.run([
      "-C", book, "import", file, "--from", "positions-csv", "--portfolio", "p", "--at",
      SharedBooks.day, "--json",
    ])
    #expect(outcome.status == 65, "\(outcome.error)")
    let errors = try outcome.rows.first?["errors"]?.elements ?? []
    #expect(errors.contains { $0["code"]?.text == code }, "\(code) in \(errors.prefix(3))")
    let last = try JSONValue(parsing: String(outcome.error.split(separator: "\n").last ?? ""))
    #expect(last["message_type"]?.text == "exit_error")
    #expect(try head(book) == before)
  }

  @Test("good rows are taken where the bad ones are to be skipped")
  func skipping() throws {
    let folder = try TemporaryFolder()
    let book = try SharedBooks.copy(of: SharedBooks.small(), into: folder)
    let file = folder.path + "/mixed.csv"
    try SharedBooks.write(Self.header + "MSFT,1,400,2024-01-16,\nIBM,0,1,2024-01-16,\n", to: file)
    let arguments = ["-C", book, "import", file, "--portfolio", "p", "--at", SharedBooks.day]
    #expect(try Program.run(arguments).status == 65)
    let preview = try Program.run(arguments + ["--skip-invalid", "-n", "--json"])
    let before = try head(book)
    #expect(preview.status == 0)
    #expect(
      try preview.json["events"]?.elements.contains { $0["data"]?["symbol"]?.text == "MSFT" }
        == true)
    #expect(try head(book) == before)
    let taken = try Program.run(arguments + ["--skip-invalid", "--json"])
    #expect(taken.status == 0)
    #expect(try taken.rows.first?["positions_created"]?.digits == "1")
    #expect(try taken.rows.first?["error_count"]?.digits == "1")
  }

  @Test("a dry run of a faulty file would write nothing, as the real one does")
  func faultyDryRun() throws {
    let folder = try TemporaryFolder()
    let book = try SharedBooks.copy(of: SharedBooks.small(), into: folder)
    let file = folder.path + "/bars.csv"
    try SharedBooks.write(
      "symbol,date,open,high,low,close,volume\nAAPL,2024-02-05,1,1,1,1,1\nAAPL,2024-02-06,1,1,1,x,1\n",
      to: file)
    let tried = try Program.run(["-C", book, "import", file, "-n"])
    #expect(tried.status == 65)
    #expect(tried.output.contains("would write 0 events"), "\(tried.output)")
    let json = try Program.run(["-C", book, "import", file, "-n", "--json"]).json
    #expect(json["events"] == [] && json["rows"]?.elements.first?["created"]?.digits != "1")
    let skipping = try Program.run(["-C", book, "import", file, "-n", "--skip-invalid", "--json"])
    #expect(try skipping.json["events"]?.elements.count == 1)
  }

  @Test("a dry run shows every event of a long file, and writes none")
  func longDryRun() throws {
    let folder = try TemporaryFolder()
    let book = try SharedBooks.copy(of: SharedBooks.small(), into: folder)
    let file = folder.path + "/events.jsonl"
    let count = 2_300
    let lines = (0..<count).map {
      cloudEvent(
        "d\($0)", "cash.moved", "2024-01-02T00:00:00Z",
        #"{"portfolio":"p","amount":5.10,"reason":"deposit"}"#)
    }
    try SharedBooks.write(lines.joined(), to: file)
    let before = try head(book)
    let json = try Program.run(["-C", book, "import", file, "-n", "--json"]).json
    let ids = json["events"]?.elements.map { $0["id"]?.text }
    #expect(ids == (0..<count).map { "d\($0)" })
    let table = try Program.run(["-C", book, "import", file, "-n"])
    #expect(table.output.contains("would write 2"), "\(table.output.prefix(200))")
    #expect(table.output.split(separator: "\n").count { $0.contains("cash.moved") } == count)
    let lined = try Program.run(["-C", book, "import", file, "-n", "--format", "ndjson"]).jsonLines
    #expect(lined.count { $0["list"] == "events" } == count)
    #expect(lined.last?["message_type"] == "end")
    let appended = try Program.run(["-C", book, "append", file, "-n", "--json"])
    #expect(try appended.rows.map { $0["id"]?.text } == (0..<count).map { "d\($0)" })
    #expect(try appended.json["sequences"] != .null)
    #expect(try head(book) == before)
  }

  @Test(
    "what cannot be imported is refused with a status of its own",
    arguments: [
      (["-"], 64, "append -"), (["/nowhere.csv"], 66, "/nowhere.csv"),
      (["FILE", "--from", "xlsx"], 64, "positions-csv"), (["FILE"], 64, "--portfolio"),
      (["FILE", "--portfolio", "none"], 66, "none"), (["FOREIGN"], 65, "FOREIGN"),
    ])
  func refused(arguments: [String], status: Int, text: String) throws {
    let folder = try TemporaryFolder()
    try SharedBooks.write(SharedBooks.positionsCSV, to: folder.path + "/FILE")
    try SharedBooks.write("what is this\n", to: folder.path + "/FOREIGN")
    let given = arguments.map { ["FILE", "FOREIGN"].contains($0) ? folder.path + "/" + $0 : $0 }
    let outcome = try Program.run(["-C", try SharedBooks.small(), "import"] + given)
    #expect(outcome.status == Int32(status), "\(outcome.error)")
    #expect(outcome.error.contains(text), "\(outcome.error)")
  }

  @Test("exported positions read back as the same positions")
  func positionsRoundTrip() throws {
    let folder = try TemporaryFolder()
    let day = "2005-02-25"
    let first = folder.path + "/first.csv"
    try SharedBooks.succeed([
      "-C", try SharedBooks.history(), "export", "positions", "--as-of", day, "--no-record", "-o",
      first,
    ])
    let book = folder.path + "/book"
    try SharedBooks.succeed(["init", book])
    try SharedBooks.succeed([
      "-C", book, "portfolio", "open", "p", "--name", "P", "--at", "2000-01-01",
    ])
    try SharedBooks.succeed(["-C", book, "import", first, "--portfolio", "p", "--at", day])
    let second = try SharedBooks.succeed([
      "-C", book, "export", "positions", "--as-of", day, "--no-record",
    ]).output
    func importColumns(_ text: String) -> [String] {
      text.split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false).prefix(5).joined(separator: ",")
      }.sorted()
    }
    let text = String(decoding: try Data(contentsOf: URL(filePath: first)), as: UTF8.self)
    #expect(importColumns(text).count == 6)
    #expect(importColumns(text) == importColumns(second))
    #expect(text.hasPrefix("ticker,quantity,entry_price,entry_date,tags,position_type,"))
  }

  @Test("exported events make the same book")
  func eventsRoundTrip() throws {
    let folder = try TemporaryFolder()
    let lines = folder.path + "/events.jsonl"
    let small = try SharedBooks.small()
    try SharedBooks.succeed(["-C", small, "export", "events", "--no-record", "-o", lines])
    let book = folder.path + "/book"
    try SharedBooks.succeed(["init", book])
    try SharedBooks.succeed(["-C", book, "import", lines])
    func contents(_ book: String) throws -> [JSONValue?] {
      try SharedBooks.succeed(["-C", book, "log", "--json"]).rows
        .flatMap { [$0["id"], $0["type"], $0["time"], $0["data"]] }
    }
    let original = try contents(small)
    #expect(original.count > 100)
    #expect(try contents(book) == original)
  }

  @Test("an export is recorded with what it takes to write it again")
  func recorded() throws {
    let folder = try TemporaryFolder()
    let book = try SharedBooks.copy(of: SharedBooks.small(), into: folder)
    let file = folder.path + "/out.json"
    let before = try head(book)
    try SharedBooks.succeed([
      "-C", book, "export", "positions", "--to", "json", "--as-of", SharedBooks.day, "-o", file,
    ])
    let event = try Program.run(["-C", book, "log", "--kind", "export.made", "--json"]).rows.last
    let data = try #require(event?["data"])
    let bytes = Array(try Data(contentsOf: URL(filePath: file)))
    #expect(data["sha256"]?.text == Digest.sha256(bytes).description)
    #expect(data["file_size_bytes"]?.digits == "\(bytes.count)")
    #expect(data["row_count"]?.digits == "4")
    #expect(data["through_sequence"]?.digits == before)
    let json = try JSONValue(parsing: bytes)
    #expect(json["portfolio"]?["portfolio_id"]?.text == "p")
    #expect(json["positions"]?.elements.count == 4)
    let export = json["export"]
    #expect(export?["log_root"] == data["log_root"])
    #expect(export?["at_seq"]?.digits == before)
  }
}
