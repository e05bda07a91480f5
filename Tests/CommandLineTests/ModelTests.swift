import Foundation
import Records
import TestSupport
import Testing

@Suite struct ModellingSessions {
  @Test("an impact has every metric before, after and between, and what each change contributes")
  func impact() throws {
    let book = try WhatIfBook()
    let answer = try book.json(["model", "impact", "hedge"])
    #expect(answer["schema"] == "foldbook.model.impact" && answer["status"] == "active")
    let rows = answer["rows"]?.elements ?? []
    func metric(_ name: String) throws -> JSONValue {
      try #require(rows.first { $0["metric"]?.text == name }, "\(name)")
    }
    let groups = Set(rows.compactMap { $0["group"]?.text })
    let wanted: Set = ["exposure", "greeks", "factor", "risk", "stress"]
    #expect(wanted.isSubset(of: groups))
    #expect(try metric("stock_exposure")["before"] == 803_734)
    #expect(try metric("stock_exposure")["after"] == 654_794)
    #expect(try metric("stock_exposure")["delta"] == -148_940)
    #expect(try metric("num_positions")["delta"] == 1)
    #expect(try metric("portfolio_gamma")["before"] == 0)
    let changes = answer["changes"]?.elements ?? []
    #expect(changes.map { $0["change_type"]?.text } == ["resize", "add"])
    #expect(
      changes.map { $0["marginals"]?["tech-ls"]?["stock_exposure"] } == [-148_940, nil])
    let bare = try book.json(["-b", "hedge", "model", "impact", "--no-marginals"])
    #expect(bare["changes"]?.elements.allSatisfy { $0["marginals"] == nil } == true)
    let table = try book.succeed(["model", "impact", "hedge"])
    #expect(table.output.contains("What each change contributes"))
    #expect(table.output.contains("-148,940.00"))
  }

  @Test("a save is shown with the session; a cancelled one takes no change, save or promotion")
  func saveAndCancel() throws {
    let book = try WhatIfBook()
    try book.succeed(["model", "save", "hedge", "half sold"])
    try book.succeed(["-b", "hedge", "model", "save", "again"])
    let shown = try book.json(["model", "show", "hedge"])
    #expect(shown["saves"]?.elements.map { $0["name"]?.text } == ["half sold", "again"])
    try book.succeed(["branch", "cancel", "hedge", "--reason", "too dear"])
    let cancelled = try book.json(["model", "show", "hedge"])
    #expect(cancelled["status"] == "cancelled" && cancelled["cancel_reason"] == "too dear")
    #expect(try book.run(["model", "save", "hedge", "late"]).status == 65)
    #expect(try book.run(["-b", "hedge", "void", "put", "--reason", "late"]).status == 65)
    #expect(try book.run(["branch", "complete", "hedge"]).status == 65)
    #expect(try book.run(["branch", "promote", "hedge"]).status == 4)
  }

  @Test("a void takes a change back")
  func reverted() throws {
    let book = try WhatIfBook()
    try book.succeed(["-b", "hedge", "void", "put", "--reason", "too dear"])
    let changes = try book.rows(["model", "show", "hedge"])
    #expect(changes.map { $0["reverted"] } == [false, true])
  }

  @Test("a completed session is exported, the same bytes at the same point, and that is recorded")
  func export() throws {
    let book = try WhatIfBook()
    try book.succeed(["branch", "complete", "hedge"])
    let point = ["--known-at", "#\(WhatIfBook.mainHead + 4)"]
    let file = book.folder.path + "/hedge.csv"
    try book.succeed(["-b", "hedge", "export", "session", "-o", file] + point)
    let changes = try String(contentsOf: URL(filePath: file), encoding: .utf8)
    #expect(changes.hasPrefix("trade_date,change_no,change_type,"))
    #expect(
      changes.split(separator: "\r\n").count == 3 || changes.split(separator: "\n").count == 3)
    let impact = try String(
      contentsOf: URL(filePath: book.folder.path + "/hedge.impact.csv"), encoding: .utf8)
    #expect(impact.contains("tech-ls,exposure,stock_exposure,money,803734,654794,-148940,"))

    let json = ["-b", "hedge", "export", "session", "--to", "json"] + point
    let first = try book.succeed(json).output
    #expect(try book.succeed(json).output == first)
    let document = try JSONValue(parsing: first)
    #expect(document["export"]?["type"] == "modeling_session")
    #expect(document["session"]?["status"] == "completed")
    #expect(document["impact"]?["tech-ls"]?["stock_exposure"]?["delta"] == -148_940)
    let made = try book.rows(["-b", "hedge", "log", "--kind", "export.made"])
    #expect(made.count == 4)
    #expect(
      made.allSatisfy {
        $0["data"]?["session"] == "hedge" && $0["data"]?["export_type"] == "modeling_session"
      })
  }
}
