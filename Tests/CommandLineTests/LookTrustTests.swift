import Foundation
import Records
import TestSupport
import Testing

@Suite struct TrustingABook {
  @Test("a sound log is said to be sound")
  func sound() throws {
    let outcome = try Program.run(["-C", try SharedBooks.history(), "verify", "--deep", "--json"])
    #expect(outcome.status == 0)
    let answer = try outcome.json
    #expect(answer["is_sound"] == true)
    #expect(answer["events"] == answer["head"])
    #expect(answer["log_root"]?.text?.count == 64)
    #expect(answer["rows"] == [])
  }

  @Test(
    "a flipped bit is found: status 3 with file, offset and sequence", arguments: [true, false])
  func flippedBit(isSealed: Bool) throws {
    let folder = try TemporaryFolder()
    let book = try SharedBooks.copy(of: SharedBooks.small(), into: folder)
    let log = book + "/branches/main/log"
    if isSealed { try SharedBooks.succeed(["-C", book, "seal"]) }
    let names = try FileManager.default.contentsOfDirectory(atPath: log)
    let name = try #require(names.first { isSealed ? $0.hasSuffix(".seg") : $0 == "journal" })
    var bytes = try Data(contentsOf: URL(filePath: log + "/" + name))
    // Well inside the first block, or the first frame: the middle of a small log.
    bytes[isSealed ? 600 : 400] ^= 0x10
    try bytes.write(to: URL(filePath: log + "/" + name))

    let outcome = try Program.run(["-C", book, "verify", "--json"])
    #expect(outcome.status == 3, "\(outcome.error)")
    let finding = try #require(try outcome.rows.first)
    #expect(finding["file"]?.text?.hasSuffix(name) == true)
    #expect(finding["offset"]?.digits.flatMap { Int($0) } != nil)
    #expect(finding["first_sequence"]?.digits.flatMap { Int($0) } != nil, "\(finding)")
    #expect(outcome.error.contains(name) && outcome.error.contains("FB-LOG-001"))

    // No answer changes silently.
    #expect(try Program.run(["-C", book, "positions"]).status == 3)
    #expect(try Program.run(["-C", book, "log"]).status == 3)
  }

  @Test("sealing changes no root")
  func sealing() throws {
    let folder = try TemporaryFolder()
    let book = try SharedBooks.copy(of: SharedBooks.small(), into: folder)
    func root() throws -> JSONValue? {
      try Program.run(["-C", book, "verify", "--json"]).json["log_root"]
    }
    let before = try root()
    let sealed = try SharedBooks.succeed(["-C", book, "seal", "--json"])
    #expect(try sealed.rows.first?["log_root"] == before)
    #expect(try root() == before)
  }

  @Test("tables made event by event are those made at once")
  func tables() throws {
    let folder = try TemporaryFolder()
    let book = try SharedBooks.copy(of: SharedBooks.small(), into: folder)
    let first = try SharedBooks.succeed(["-C", book, "project", "rebuild", "--json"])
    #expect(try first.json["dump_sha256"]?.text?.count == 64)
    let file = folder.path + "/more.csv"
    try SharedBooks.write(
      "ticker,quantity,entry_price,entry_date,tags\nMSFT,10,400,2024-02-01,more\n", to: file)
    try SharedBooks.succeed([
      "-C", book, "import", file, "--portfolio", "p", "--at", SharedBooks.day,
    ])
    let lagging = try SharedBooks.succeed(["-C", book, "project", "status", "--json"]).rows
    #expect(lagging.allSatisfy { $0["lag"]?.digits != "0" } && !lagging.isEmpty)
    let caughtUp = try SharedBooks.succeed(["-C", book, "project", "catch-up", "--json"]).rows.first
    #expect(caughtUp?["rebuilt_because"] == .null)
    let one = try SharedBooks.succeed(["-C", book, "project", "status", "market", "--json"]).rows
    #expect(one.map { $0["lag"]?.digits } == ["0"])
    let verified = try Program.run(["-C", book, "verify", "--rebuild", "--json"])
    #expect(verified.status == 0)
    #expect(try verified.json["tables_agree"] == true)

    // Deleting what is derived loses nothing.
    let rebuilt = try SharedBooks.succeed(["-C", book, "project", "rebuild", "--json"]).json
    for name in try FileManager.default.contentsOfDirectory(atPath: book + "/branches/main")
    where name.hasPrefix("projections") || name == "summaries" {
      try FileManager.default.removeItem(atPath: book + "/branches/main/" + name)
    }
    let again = try SharedBooks.succeed(["-C", book, "project", "rebuild", "--json"]).json
    #expect(again["dump_sha256"] == rebuilt["dump_sha256"])
  }

  @Test("a table that was tampered with is found: status 1 and the first line that differs")
  func tampered() throws {
    let folder = try TemporaryFolder()
    let book = try SharedBooks.copy(of: SharedBooks.small(), into: folder)
    try SharedBooks.succeed(["-C", book, "project", "rebuild"])
    let path = URL(filePath: book + "/branches/main/projections.sqlite")
    var bytes = try Data(contentsOf: path)
    let name = Data("tech_growth".utf8)
    while let range = bytes.range(of: name) {
      bytes.replaceSubrange(range, with: Data("t3ch_growth".utf8))
    }
    try bytes.write(to: path)
    let outcome = try Program.run(["-C", book, "verify", "--rebuild", "--json"])
    #expect(outcome.status == 1, "\(outcome.error)")
    #expect(try outcome.json["tables_agree"] == false)
    #expect(try outcome.json["first_difference"]?.text?.contains("t3ch_growth") == true)
  }

  @Test(
    "a query reads and never writes",
    arguments: [
      "delete from positions", "update tags set name = 'x'", "drop table positions",
      "create table t (a)", "attach '/tmp/x.sqlite' as x", "pragma user_version = 7",
      "select 1; delete from positions", "vacuum", "select load_extension('x')",
    ])
  func queries(sql: String) throws {
    let folder = try TemporaryFolder()
    let book = try SharedBooks.copy(of: SharedBooks.small(), into: folder)
    let count = "select count(*) as n, (select user_version from pragma_user_version) v from tags"
    let before = try SharedBooks.succeed(["-C", book, "sql", count, "--json"]).rows
    #expect(try Program.run(["-C", book, "sql", sql]).status == 65)
    #expect(try SharedBooks.succeed(["-C", book, "sql", count, "--json"]).rows == before)
  }

  @Test("a query may come from standard input, and speak of another point")
  func pointInTime() throws {
    let outcome = try Program.run(
      ["-C", try SharedBooks.small(), "sql", "--as-of", "2024-01-20", "--json"],
      input: "select ticker, sum(quantity) as quantity from positions group by ticker")
    #expect(outcome.status == 0)
    #expect(try outcome.rows == [["ticker": "AAPL", "quantity": 170]])
    #expect(try outcome.json["as_of"]?["requested"]?.text == "2024-01-20")
  }
}
