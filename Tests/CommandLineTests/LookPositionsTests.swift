import ExactNumbers
import Records
import TestSupport
import Testing

@Suite struct LookingAtPositions {
  /// The last paragraph of the contract of the command line, word for word.
  private static let documented = """
    id portfolio_id ticker position_type quantity entry_quantity entry_price entry_date is_active \
    exit_price exit_date multiplier strike_price expiration_date underlying_ticker option_type \
    current_price price_source price_at market_value unrealized_pnl realized_pnl fees tags greeks
    """.split(separator: " ").map(String.init)

  private func positions(_ book: String, _ arguments: String...) throws -> Program.Outcome {
    try Program.run(["-C", book, "positions"] + arguments)
  }

  @Test("rows have the documented fields, and nothing that is unknown is zero")
  func fields() throws {
    let outcome = try positions(SharedBooks.small(), "--json", "--as-of", SharedBooks.day)
    #expect(outcome.status == 0)
    let rows = try outcome.rows
    #expect(rows.count == 4)
    for row in rows { #expect(Array(row.names.prefix(Self.documented.count)) == Self.documented) }
    let option = try #require(rows.first { $0["position_type"]?.text == "SP" })
    #expect(option["quantity"]?.digits == "-100")
    #expect(option["strike_price"]?.digits == "200")
    #expect(option["expiration_date"]?.text == "2025-08-15")
    #expect(option["underlying_ticker"]?.text == "AAPL")
    #expect(option["option_type"]?.text == "PUT")
    #expect(option["multiplier"]?.digits == "100")
    for name in ["current_price", "market_value", "unrealized_pnl", "exit_price"] {
      #expect(option[name] == .null, "\(name)")
    }
    // Without a price of its own it has Greeks: the underlying's price and a volatility make them.
    #expect(option["greeks"]?["status"]?.text == "ok")
    #expect(option["greeks"]?["inputs"]?["iv_source"]?.text == "default")
    let short = try #require(rows.first { $0["ticker"]?.text == "NFLX" })
    #expect(short["market_value"]?.digits == "-793872")
    #expect(short["unrealized_pnl"]?.digits == "-499572")
    #expect(short["tags"] == ["short_value_traps"])
    #expect(short["price_source"]?.text == "close")
  }

  @Test("the point that was asked for is echoed with what it was resolved to")
  func echo() throws {
    let answer = try positions(
      SharedBooks.history(), "--json", "--as-of", "2008-10-10", "--known-at", "#9000"
    ).json
    #expect(answer["schema"]?.text == "foldbook.positions")
    #expect(
      answer["as_of"] == ["requested": "2008-10-10", "time": "2008-10-10T23:59:59.999999999Z"])
    #expect(answer["known_at"] == ["requested": "#9000", "sequence": 9000])
    let plain = try positions(SharedBooks.history(), "--json").json
    #expect(plain["known_at"] == ["requested": .null, "sequence": plain["head"] ?? .null])
  }

  @Test("a split shows from its day on")
  func split() throws {
    func apple(_ day: String) throws -> JSONValue? {
      try positions(SharedBooks.history(), "--json", "--as-of", day).rows
        .first { $0["id"]?.text == "aapl-2000" }
    }
    let before = try #require(try apple("2005-02-25"))
    let after = try #require(try apple("2005-03-01"))
    #expect(before["quantity"]?.digits == "1500" && after["quantity"]?.digits == "3000")
    #expect(before["entry_price"]?.digits == "61" && after["entry_price"]?.digits == "30.5")
  }

  @Test("a late fill is there from the sequence on at which it was known")
  func lateFill() throws {
    let book = try SharedBooks.history()
    let events = try Program.run(["-C", book, "log", "--kind", "position.entered", "--json"]).rows
    let late = try #require(events.first { $0["data"]?["position"]?.text == "aapl-2008" })
    let sequence = try #require(late["sequence"]?.text.flatMap { Int($0) })
    func ids(knownAt sequence: Int) throws -> [String] {
      try positions(book, "--json", "--as-of", "2008-10-10", "--known-at", "#\(sequence)").rows
        .compactMap { $0["id"]?.text }
    }
    #expect(try !ids(knownAt: sequence - 1).contains("aapl-2008"))
    #expect(try ids(knownAt: sequence).contains("aapl-2008"))
  }

  @Test("totals are the exact sums of the rows")
  func totals() throws {
    let answer = try positions(SharedBooks.history(), "--json").json
    let values = try (answer["rows"]?.elements ?? []).map { row in
      Money(try ExactDecimal(try #require(row["market_value"]?.digits)))
    }
    let net = try values.reduce(Money.zero) { try $0 + $1 }
    let total = try #require(answer["totals"]?.elements.first)
    #expect(total["net_exposure"]?.digits == net.description)
    let cash = Money(try ExactDecimal(try #require(total["cash_value"]?.digits)))
    #expect(total["total_value"]?.digits == (try net + cash).description)
  }

  @Test(
    "holdings are chosen",
    arguments: [
      (["--where", "type:SP"], 1), (["--where", "tag:core_holdings"], 2),
      (["--where", "underlying:AAPL"], 3), (["--where", "underlying:AAPL type:LONG"], 2),
      (["--where", "symbol:MSFT"], 0), (["--portfolio", "p"], 4),
    ])
  func filters(arguments: [String], count: Int) throws {
    let outcome = try Program.run(
      ["-C", try SharedBooks.small(), "positions", "--json"] + arguments)
    #expect(outcome.status == 0)
    #expect(try outcome.rows.count == count)
  }

  @Test("every form says the same")
  func forms() throws {
    let book = try SharedBooks.small()
    let csv = try positions(book, "--format", "csv").output.split(separator: "\n")
    #expect(csv.count == 5)
    #expect(csv.first?.hasPrefix(Self.documented.joined(separator: ",")) == true)

    let lines = try positions(book, "--format", "ndjson").output.split(separator: "\n")
      .map { try JSONValue(parsing: String($0)) }
    #expect(
      lines.map { $0["message_type"]?.text }
        == ["answer", "row", "row", "row", "row", "end"])

    let table = try positions(book).output
    #expect(table.contains("market_value (USD)") && table.contains("total_value"))
    let markdown = try positions(book, "--format", "md").output
    #expect(markdown.contains("| ---: |"))
  }

  @Test("what is missing from the totals is said")
  func warnings() throws {
    let answer = try positions(SharedBooks.small(), "--json", "--as-of", SharedBooks.day).json
    let warnings = answer["warnings"]?.elements.compactMap(\.text) ?? []
    #expect(warnings.contains { $0.contains("AAPL250815P00200000") && $0.contains("no price") })
    #expect(answer["totals"]?.elements.first?["num_unpriced"]?.digits == "1")
  }
}
