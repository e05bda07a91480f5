import Foundation
import Records
import TestSupport
import Testing

@Suite struct WhatIfBranches {
  private func names(_ rows: [JSONValue], _ column: String = "name") -> [String] {
    rows.map { $0[column]?.text ?? "none" }
  }

  @Test("a fork stands still at its cut, and is listed with where it leaves its parent")
  func fork() throws {
    let book = try WhatIfBook()
    let listed = try book.rows(["branch", "list"])
    #expect(names(listed) == ["main", "hedge"])
    #expect(listed[0]["parent"] == .null && listed[0]["status"] == .null)
    #expect(listed[1]["parent"] == "main")
    #expect(listed[1]["base_sequence"]?.digits == "\(WhatIfBook.mainHead)")
    #expect(listed[1]["cut"] == "2008-09-12T23:59:59.999999999Z")
    #expect(listed[1]["mode"] == "frozen" && listed[1]["status"] == "active")
    #expect(listed[1]["own_events"] == 3)
    #expect(listed[1]["head"]?.digits == "\(WhatIfBook.mainHead + 3)")
    #expect(listed[1]["log_root"]?.text?.count == 64)
    #expect(listed[1]["problem"] == .null)

    let shown = try book.json(["branch", "show", "hedge"])
    #expect(shown["status"] == "active" && shown["parent"] == "main")
    #expect(
      try book.rows(["-b", "hedge", "branch", "show"]).map { $0["change_type"]?.text } == [
        "resize", "add",
      ])
    let positions = try book.json(["-b", "hedge", "positions"])
    #expect(positions["branch"] == "hedge")
    #expect(positions["as_of"]?["time"] == "2008-09-12T23:59:59.999999999Z")
    let status = try book.json(["-b", "hedge", "status"])
    #expect(status["parent"] == "main" && status["session_status"] == "active")
    #expect(status["branch_count"] == 2)
    #expect(status["fork"]?["mode"] == "frozen")
  }

  @Test(
    "what is recorded on a branch that stands still happens at its time, and main keeps its own")
  func recording() throws {
    let book = try WhatIfBook()
    let own = try book.rows(["-b", "hedge", "log", "--limit", "2"])
    #expect(
      own.map { $0["time"]?.text } == Array(repeating: "2008-09-12T23:59:59.999999999Z", count: 2))
    #expect(own.map { $0["branch"]?.text } == ["hedge", "hedge"])
    let first = try #require(
      try book.rows(["-b", "hedge", "log", "--kind", "position.entered"]).first)
    #expect(first["branch"] == "main")
    #expect(try book.json(["status"])["head"]?.digits == "\(WhatIfBook.mainHead)")
    #expect(try book.rows(["log", "--limit", "1"]).first?["branch"] == nil)
  }

  @Test("a promotion appends the trades with their ids, once, and completes the session")
  func promote() throws {
    let book = try WhatIfBook()
    let dry = try book.json(["branch", "promote", "hedge", "-n"])
    #expect(dry["dry_run"] == true && dry["events_written"] == 0)
    #expect(names(dry["rows"]?.elements ?? [], "id") == ["half", "put"])
    #expect(try book.json(["status"])["head"]?.digits == "\(WhatIfBook.mainHead)")

    let moved = try book.run(["branch", "promote", "hedge", "--expect", "5", "--json"])
    #expect(moved.status == 4)
    #expect(try moved.exitError["code"] == "FB-BOOK-007")

    let done = try book.json([
      "branch", "promote", "hedge", "--expect", "\(WhatIfBook.mainHead)",
    ])
    #expect(done["events_written"] == 2 && done["into"] == "main")
    let promotion = try #require(done["promotion"])
    for id in ["half", "put"] {
      let event = try #require(try book.rows(["show", "@\(id)"]).first)
      #expect(event["causationid"] == promotion)
    }
    #expect(try book.json(["branch", "show", "hedge"])["status"] == "completed")
    let point = ["--as-of", "2008-09-12"]
    func held(_ branch: String) throws -> [String] {
      try book.rows(["-b", branch, "positions"] + point).map {
        "\($0["id"]?.text ?? "") \($0["quantity"]?.digits ?? "")"
      }
    }
    #expect(try held("main") == held("hedge"))

    let again = try book.run(["branch", "promote", "hedge"])
    #expect(again.status == 4 && again.error.contains("FB-BOOK-032"), "\(again.error)")
    let late = try book.run(["-b", "hedge", "exit", "msft-2001", "1", "1"])
    #expect(late.status == 65 && late.error.contains("completed"), "\(late.error)")
  }

  @Test("a rebase over an exit of the same position names both, and goes on when one is left out")
  func rebase() throws {
    let book = try WhatIfBook(fork: ["--at", "2008-09-12", "--mode", "live"])
    try book.succeed([
      "exit", "aapl-2000", "1500", "105.26", "--at", "2008-09-29", "--id", "live-exit",
    ])
    let conflict = try book.run(["branch", "rebase", "hedge", "--to", "2008-09-30", "--json"])
    #expect(conflict.status == 4, "\(conflict.error)")
    let json = try conflict.json
    #expect(json["outcome"] == "conflict")
    #expect(json["conflict"]?["event"]?["id"] == "half")
    #expect(json["conflict"]?["parent_event"]?["id"] == "live-exit")
    #expect(json["conflict"]?["remedy"]?.text?.contains("--skip") == true)
    #expect(try conflict.exitError["code"] == "FB-CLI-013")
    #expect(names(try conflict.rows, "branch") == ["hedge", "main"])

    // The branch is what it was.
    #expect(
      try book.json(["branch", "show", "hedge"])["base_sequence"]?.digits
        == "\(WhatIfBook.mainHead)")
    let skipped = try book.json(["branch", "rebase", "hedge", "--skip"])
    #expect(skipped["outcome"] == "rebased" && skipped["events_left_out"] == 1)
    #expect(names(skipped["rows"]?.elements ?? [], "id") == ["half"])
    #expect(try book.json(["branch", "show", "hedge"])["cut"] == "2008-09-30T23:59:59.999999999Z")
    let back = try book.run(["branch", "rebase", "hedge", "--to", "2008-09-01"])
    #expect(back.status == 4 && back.error.contains("forward"), "\(back.error)")
    let nothing = try book.run(["branch", "rebase", "hedge", "--abort"])
    #expect(nothing.status == 4, "\(nothing.error)")
  }

  @Test("a deletion asks, keeps the log root, and is refused while others stand on the branch")
  func delete() throws {
    let book = try WhatIfBook()
    let root = try book.json(["branch", "show", "hedge"])["log_root"]
    try book.succeed(["-b", "hedge", "branch", "fork", "deeper"])
    let refused = try book.run(["branch", "delete", "hedge", "--yes"])
    #expect(refused.status == 4 && refused.error.contains("deeper"), "\(refused.error)")
    let asked = try book.run(["branch", "delete", "deeper"])
    #expect(asked.status == 64 && asked.error.contains("--yes"))
    try book.succeed(["branch", "delete", "deeper", "--yes"])
    #expect(try book.succeed(["branch", "delete", "hedge", "--yes"]).output.contains("log root"))
    let all = try book.json(["branch", "list", "--all"])
    #expect(names(all["rows"]?.elements ?? []) == ["main"])
    let deleted = all["deleted"]?.elements ?? []
    #expect(Set(names(deleted)) == ["hedge", "deeper"])
    #expect(deleted.first { $0["name"] == "hedge" }?["log_root"] == root)
  }

  @Test("a live branch tells both numbers of a point, and takes them")
  func liveNumbers() throws {
    let book = try WhatIfBook(fork: ["--at", "2008-09-12", "--mode", "live"])
    try book.succeed(["price", "set", "MSFT", "99", "--close", "2008-09-12"])
    let now = try book.json(["-b", "hedge", "positions"])
    let own = WhatIfBook.mainHead + 3
    #expect(now["known_at"]?["sequence"]?.digits == "\(own)")
    #expect(now["known_at"]?["flowed"] == 1)
    #expect(now["known_at"]?["parent_sequence"]?.digits == "\(WhatIfBook.mainHead + 1)")
    func price(_ knownAt: String) throws -> String? {
      try book.rows(["-b", "hedge", "positions", "--known-at", knownAt])
        .first { $0["id"] == "msft-2001" }?["current_price"]?.digits
    }
    #expect(try price("\(own)+1") == "99" && price("#\(own)+1") == "99")
    #expect(try price("#\(own)") == "27.62")
    let flowed = try #require(try book.rows(["-b", "hedge", "log", "--limit", "1"]).first)
    #expect(flowed["branch"] == "main" && flowed["sequence"]?.text == "\(own)")
    #expect(flowed["flowed"] == 1)
    #expect(try book.succeed(["-b", "hedge", "status"]).output.contains("#\(own)+1"))
  }

  @Test(
    "what cannot be is refused with a status and a code",
    arguments: [
      (["branch", "fork", "hedge"], 73, "FB-BOOK-024"),
      (["branch", "fork", "../x"], 64, "FB-BOOK-023"),
      (["-b", "none", "branch", "fork", "x"], 66, "FB-BOOK-005"),
      (["branch", "fork", "x", "--at", "#99999"], 66, "FB-BOOK-010"),
      (["branch", "fork", "x", "--at", "@none"], 66, "FB-BOOK-010"),
      (["branch", "fork", "x", "--portfolio", "none"], 66, "FB-BOOK-016"),
      (["branch", "fork", "x", "--user", "none"], 66, "FB-BOOK-025"),
      (["branch", "fork", "x", "--mode", "warm"], 64, "FB-CLI-001"),
      (["branch", "fork", "x", "--as-of", "2008-09-12"], 64, "FB-CLI-001"),
      (["branch", "show"], 64, "FB-CLI-001"), (["branch", "show", "main"], 64, "FB-BOOK-027"),
      (["branch", "promote", "main"], 64, "FB-BOOK-027"),
      (["branch", "rebase", "hedge", "--skip"], 4, "FB-BOOK-031"),
      (["branch", "delete", "main", "--yes"], 64, "FB-BOOK-027"),
      (["branch", "delete", "none", "--yes"], 66, "FB-BOOK-005"),
      (["model", "impact"], 64, "FB-CLI-001"),
      (["export", "session"], 64, "FB-BOOK-027"),
      (["diff", "main", "none"], 66, "FB-BOOK-005"),
      (["diff", "main", "hedge", "--in", "weather"], 64, "FB-CLI-001"),
    ])
  func refused(arguments: [String], status: Int32, code: String) throws {
    let outcome = try Self.shared.get().run(arguments + ["--json"])
    #expect(outcome.status == status, "\(outcome.error)")
    #expect(try outcome.exitError["code"]?.text == code, "\(outcome.error)")
  }

  /// Nothing is written by what is refused.
  private static let shared = Result { try WhatIfBook() }

  @Test("a parent that is not what was forked from is damage of the branch, which says so")
  func damagedParent() throws {
    let book = try WhatIfBook()
    let file = URL(filePath: book.path + "/branches/hedge/branch.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    let root = try #require(
      try JSONValue(parsing: text)["log_root"]?.text, "a fork keeps its parent's root")
    try SharedBooks.write(
      text.replacing(root, with: String(root.reversed())), to: file.path)
    let positions = try book.run(["-b", "hedge", "positions"])
    #expect(positions.status == 3 && positions.error.contains("hedge"), "\(positions.error)")
    let listed = try book.rows(["branch", "list"])
    #expect(listed.last?["problem"]?.text?.contains("log root") == true, "\(listed)")
    #expect(try book.run(["positions"]).status == 0)
  }
}
