import Records
import TestSupport
import Testing

@Suite struct ComparingPoints {
  @Test("branches differ in money by what was done, with the trades that do it")
  func branches() throws {
    let book = try WhatIfBook()
    let outcome = try book.run(["diff", "main", "hedge", "--json"])
    #expect(outcome.status == 1, "\(outcome.error)")
    let answer = try outcome.json
    #expect(answer["schema"] == "foldbook.diff" && answer["is_different"] == true)
    #expect(answer["left"]?["as_of"] == "2008-09-12T23:59:59.999999999Z")
    #expect(answer["parts"] == ["positions", "exposures"])
    let positions = try outcome.rows.filter { $0["part"] == "positions" }
    #expect(positions.map { $0["position_id"]?.text } == ["aapl-2000", "put"])
    #expect(positions[0]["market_value"] == -148_940)
    let trades = answer["trades"]?.elements ?? []
    #expect(
      trades.map {
        "\($0["action"]?.text ?? "") \($0["quantity"]?.digits ?? "") \($0["ticker"]?.text ?? "")"
      } == ["exit 1000 AAPL", "enter 10 AAPL081018P00140000"])
    let stock = try outcome.rows.first { $0["metric"]?.text == "stock_exposure" }
    #expect(stock?["delta"] == -148_940)
    let table = try book.run(["diff", "main", "hedge"])
    #expect(table.status == 1 && table.output.contains("Trades that turn A into B"))
  }

  @Test("events that one side has alone are listed")
  func events() throws {
    let book = try WhatIfBook()
    let rows = try book.run(["diff", "main", "hedge", "--in", "events", "--json"]).rows
    #expect(rows.compactMap { $0["event"]?["id"]?.text }.suffix(2) == ["half", "put"])
    #expect(rows.allSatisfy { $0["side"] == "right" && $0["branch"] == "hedge" })
  }

  @Test(
    "what is the same is no difference",
    arguments: [
      ["main", "main"], ["hedge", "hedge"], ["main@2008-09-12", "2008-09-12"],
      ["hedge@2008-09-11", "main@2008-09-11"],
    ])
  func same(sides: [String]) throws {
    let outcome = try Self.shared.get().run(["diff"] + sides + ["--in", "all", "--json"])
    let parts = try outcome.rows.compactMap { $0["part"]?.text }
    // The branches have events of their own whatever the as-of.
    #expect(Set(parts).isSubset(of: ["events"]), "\(parts)")
    #expect(outcome.status == (parts.isEmpty ? 0 : 1))
    #expect(try outcome.json["trades"] == [])
  }

  @Test("two points of a branch: dates are as-ofs, sequences what was known then")
  func points() throws {
    let book = try Self.shared.get()
    let dates = try book.run(["diff", "2008-10-07", "2008-10-08", "--in", "positions", "--json"])
    #expect(dates.status == 1)
    #expect(try dates.rows.contains { $0["position_id"] == "aapl-2008" })
    let known = try book.run([
      "diff", "hedge@#\(WhatIfBook.mainHead + 2)", "hedge", "--in", "positions", "--json",
    ])
    #expect(try known.rows.map { $0["position_id"]?.text } == ["put"])
  }

  private static let shared = Result { try WhatIfBook() }
}
