import ExactNumbers
import Records
import TestSupport
import Testing

@Suite struct LookingAtRisk {
  /// An amount of a row, exactly.
  private func money(_ value: JSONValue?) throws -> Money {
    Money(try ExactDecimal(try #require(value?.digits)))
  }

  private func double(_ value: JSONValue?) throws -> Double {
    let digits = try #require(value?.digits)
    return try #require(Double(digits))
  }

  @Test("every answer has its documented schema, its portfolio and its point")
  func schemas() throws {
    let book = try RiskBook.shared()
    for (arguments, schema) in [
      (["greeks"], "greeks"), (["factors"], "factors"), (["correlations"], "correlations"),
      (["risk"], "risk"), (["stress"], "stress"), (["shorts"], "shorts"),
      (["attribution"], "attribution"), (["stress", "backtest"], "stress_backtest"),
    ] {
      let outcome = try Program.run(
        ["-C", book.path] + arguments + ["--as-of", RiskBook.day, "--portfolio", "core", "--json"])
      #expect(outcome.status == 0, "\(outcome.error)")
      let answer = try outcome.json
      #expect(answer["schema"]?.text == "foldbook.\(schema)")
      #expect(answer["as_of"]?["requested"]?.text == RiskBook.day)
      let rows = answer["rows"]?.elements ?? []
      #expect(!rows.isEmpty, "\(schema)")
      for row in rows {
        #expect(row.names.first == "portfolio_id" && row["portfolio_id"]?.text == "core")
        #expect(!row.names.contains(""), "bars are for people")
      }
    }
  }

  @Test("Greeks have the documented fields, those of a share are its quantity")
  func greeks() throws {
    let answer = try RiskBook.shared().look("greeks", "--json", "--portfolio", "core").json
    let rows = answer["rows"]?.elements ?? []
    #expect(rows.count == 3)
    let call = try #require(rows.first { $0["ticker"]?.text == RiskBook.option })
    for name in [
      "position_id", "calculation_date", "delta", "gamma", "theta", "vega", "rho",
      "delta_dollars", "gamma_dollars", "status", "inputs",
    ] { #expect(call.names.contains(name), "\(name)") }
    #expect(call["position_type"]?.text == "LC" && call["status"]?.text == "ok")
    #expect(
      call["inputs"]?.names == [
        "underlying_price", "implied_vol", "iv_source", "risk_free_rate", "time_to_expiry",
      ])
    #expect(call["inputs"]?["implied_vol"]?.digits == "0.3")
    #expect(call["inputs"]?["iv_source"]?.text == "quoted")
    #expect(call["inputs"]?["risk_free_rate"]?.digits == "0.042")
    let delta = try double(call["delta"])
    #expect(delta > 0 && delta < 1_000)
    let short = try #require(rows.first { $0["ticker"]?.text == "MSFT" })
    #expect(short["delta"]?.digits == "-100.0" && short["gamma"] == 0)
    let total = try #require(answer["totals"]?.elements.first)
    #expect(try abs(double(total["delta"]) - (delta + 200)) < 1e-9)
    let dollars = try rows.reduce(Money.zero) { try $0 + money($1["delta_dollars"]) }
    #expect(total["delta_dollars"]?.digits == dollars.description)
    #expect(total["num_without_greeks"] == 0)
  }

  @Test("holdings are chosen where an answer is about holdings, and only there")
  func filters() throws {
    let book = try RiskBook.shared()
    #expect(try book.look("greeks", "--json", "--where", "type:LC").rows.count == 1)
    for command in ["factors", "risk", "correlations", "stress", "attribution", "snapshots"] {
      let outcome = try book.look(command, "--json", "--where", "type:LC")
      #expect(outcome.status == 64, "\(command)")
      #expect(try outcome.exitError["code"]?.text == "FB-CLI-001")
    }
  }

  @Test("factors come by view, with the betas of positions where they are asked for")
  func factors() throws {
    let answer = try RiskBook.shared().look(
      "factors", "--json", "--portfolio", "core", "--positions"
    ).json
    let rows = answer["rows"]?.elements ?? []
    func market(_ view: String) throws -> JSONValue {
      try #require(
        rows.first { $0["factor"]?.text == "market_beta" && $0["view"]?.text == view })
    }
    let whole = try market("portfolio")
    for name in [
      "factor", "exposure_value", "exposure_dollar", "magnitude", "coverage", "quality",
    ] { #expect(whole.names.contains(name), "\(name)") }
    let parts =
      try money(market("longs")["exposure_dollar"]) + money(market("shorts")["exposure_dollar"])
    let total = try money(whole["exposure_dollar"])
    #expect(try (parts - total).magnitude <= Money(units: 1))
    #expect(whole["coverage"] == 1)
    let unknown = try #require(
      rows.first { $0["factor"]?.text == "momentum" && $0["view"]?.text == "portfolio" })
    #expect(unknown["exposure_dollar"] == .null && unknown["exposure_value"] == .null)
    let betas = answer["position_betas"]?.elements ?? []
    #expect(
      betas.contains { $0["ticker"]?.text == RiskBook.option && $0["symbol"]?.text == "AAPL" })
    #expect(answer["risk_contributions"]?.elements.isEmpty == false)
    #expect(answer["risk"]?.elements.first?["total_volatility"]?.digits != nil)
    let warnings = answer["warnings"]?.elements.compactMap(\.text) ?? []
    #expect(warnings.contains { $0.contains("must not be added up") })
    let longs = try RiskBook.shared().look("factors", "--json", "--view", "longs").rows
    #expect(!longs.isEmpty && longs.allSatisfy { $0["view"]?.text == "longs" })
  }

  @Test("correlations name every score, the clusters and the matrix")
  func correlations() throws {
    let answer = try RiskBook.shared().look("correlations", "--json", "--portfolio", "core").json
    let row = try #require(answer["rows"]?.elements.first)
    for name in [
      "diversification_score", "hedged_diversification", "diversification_pairwise",
      "diversification_documented", "diversification_as_executed", "diversification_ratio",
      "average_correlation", "effective_positions", "concentration_score", "coverage",
    ] { #expect(row[name]?.digits != nil, "\(name)") }
    let matrix = answer["matrix"]?.elements ?? []
    // The call has no price, so it is in the scores and not in the matrix.
    #expect(matrix.map { [$0["ticker1"]?.text, $0["ticker2"]?.text] } == [["AAPL", "MSFT"]])
    #expect(row["positions_scored"] == 3 && row["positions_included"] == 2)
    let cluster = try #require(answer["clusters"]?.elements.first)
    #expect((cluster["positions"]?.elements.count ?? 0) >= 2)
  }

  @Test("the exposures of risk foot, and unknown measures are null")
  func risk() throws {
    let rows = try RiskBook.shared().look("risk", "--json").rows
    #expect(rows.map { $0["portfolio_id"]?.text } == ["core", "other"])
    for row in rows {
      for (long, short, gross, net) in [
        ("long_exposure", "short_exposure", "gross_exposure", "net_exposure"),
        (
          "delta_adjusted_long", "delta_adjusted_short", "delta_adjusted_gross",
          "delta_adjusted_net"
        ), ("notional_long", "notional_short", "notional_gross", "notional_net"),
      ] {
        let (up, down) = (try money(row[long]), try money(row[short]))
        #expect(try money(row[gross]) == up - down)
        #expect(try money(row[net]) == up + down)
      }
      #expect(row["annualized_volatility"]?.digits != nil)
      #expect(row["var_95"] == .null, "there are less than a hundred returns")
    }
    // The call has no price, so its premium is in no exposure; its delta is.
    #expect(rows[0]["num_excluded"] == 1)
    #expect(try money(rows[0]["delta_adjusted_gross"]) > money(rows[0]["gross_exposure"]))
  }

  @Test("stress results have the documented shape; for one shock all methods agree")
  func stress() throws {
    let book = try RiskBook.shared()
    let rows = try book.look("stress", "--json", "--portfolio", "core").rows
    #expect(rows.count == 8)
    let fall = try #require(rows.first { $0["scenario_id"]?.text == "market_down_10" })
    for name in [
      "scenario_id", "name", "severity", "impact", "direct_pnl", "correlated_pnl",
      "correlation_effect", "conditional_pnl", "revalued_pnl", "missing_factors",
      "calculated_at", "expires_at",
    ] { #expect(fall.names.contains(name), "\(name)") }
    #expect(
      fall["impact"]?.names == ["dollar_impact", "percentage_impact", "new_portfolio_value"])
    #expect(fall["impact"]?["dollar_impact"] == fall["conditional_pnl"])
    #expect(fall["direct_pnl"] == fall["conditional_pnl"])
    let fraction = try double(fall["pct_of_nav"])
    #expect(try abs(double(fall["impact"]?["percentage_impact"]) - 100 * fraction) < 1e-9)
    // A call loses less than its delta says.
    #expect(try money(fall["revalued_pnl"]) > money(fall["conditional_pnl"]))
    let rates = try #require(rows.first { $0["scenario_id"]?.text == "rates_up_25bp" })
    #expect(rates["conditional_pnl"] == .null && rates["missing_factors"] == ["interest_rate"])
    for name in ["covid-19 CRASH", "COVID_crash_2020"] {
      let one = try book.look("stress", name, "--json", "--portfolio", "core").rows
      #expect(one.map { $0["name"]?.text } == ["COVID-19 Crash"])
    }
    let short = try book.look(
      "stress", "market_up_10", "--view", "shorts", "--portfolio", "core", "--json", "--market-risk"
    ).json
    #expect(try double(short["rows"]?.elements.first?["conditional_pnl"]) < 0)
    #expect(short["market_risk"]?.elements.count == 10)
  }

  @Test("a squeeze is ranked by what is known at the point")
  func shorts() throws {
    let book = try RiskBook.shared()
    let row = try #require(try book.look("shorts", "--json").rows.first)
    #expect(row["ticker"]?.text == "MSFT" && row["squeeze_risk"]?.text == "HIGH")
    #expect(
      row["cost_to_borrow_rate"]?.digits == "12.5" && row["metric_date"]?.text == "2025-04-10")
    let before = try book.run("shorts", "--json", "--as-of", "2025-04-09").json
    #expect(before["rows"]?.elements.first?["squeeze_risk"]?.text == "UNKNOWN")
    #expect(before["warnings"]?.elements.isEmpty == false)
  }

  @Test(
    "contributions add up to the portfolio's P&L",
    arguments: ["position", "type", "underlying", "sector"])
  func attribution(grouping: String) throws {
    let answer = try RiskBook.shared().look(
      "attribution", "--json", "--by", grouping, "--portfolio", "core", "--from", "2025-02-03"
    ).json
    let rows = answer["rows"]?.elements ?? []
    var sum = Money.zero
    for row in rows where row["total_pnl"] != .null { sum = try sum + money(row["total_pnl"]) }
    #expect(try sum == money(answer["totals"]?.elements.first?["total_pnl"]))
    #expect(rows.allSatisfy { $0["group_by"]?.text == grouping })
  }

  @Test("a back-test holds predictions against what happened")
  func backtest() throws {
    let answer = try RiskBook.shared().look(
      "stress", "backtest", "--json", "--portfolio", "core", "--from", "2025-04-07", "--to",
      "2025-04-11"
    ).json
    let rows = answer["rows"]?.elements ?? []
    #expect(rows.count == 5)
    #expect(rows.first?["date"]?.text == "2025-04-07")
    for row in rows {
      let error = try money(row["realized_pnl"]) - money(row["predicted_pnl"])
      #expect(try money(row["error"]) == error)
    }
    let summary = try #require(answer["summary"]?.elements.first)
    #expect(summary["method"]?.text == "market" && summary["days"] == 5)
  }

  @Test("positions carry the Greeks of options and what risk goes by")
  func positions() throws {
    let rows = try RiskBook.shared().look("positions", "--json", "--portfolio", "core").rows
    let call = try #require(rows.first { $0["ticker"]?.text == RiskBook.option })
    #expect(
      call["greeks"]?.names == [
        "position_id", "calculation_date", "delta", "gamma", "theta", "vega", "rho",
        "delta_dollars", "gamma_dollars", "status", "inputs",
      ])
    #expect(call["delta_adjusted_exposure"] == call["greeks"]?["delta_dollars"])
    let share = try #require(rows.first { $0["ticker"]?.text == "AAPL" })
    #expect(share["greeks"] == .null)
    #expect(share["delta_adjusted_exposure"] == share["market_value"])
    let risk = try RiskBook.shared().look("risk", "--json", "--portfolio", "core").rows
    let worth = try RiskBook.shared().look("portfolio", "--json", "--portfolio", "core").rows
    #expect(worth.first?["delta_adjusted_net"] == risk.first?["delta_adjusted_net"])
    #expect(worth.first?["delta_adjusted_gross"] == risk.first?["delta_adjusted_gross"])
    #expect(worth.first?["notional_exposure"] == risk.first?["notional_gross"])
  }

  @Test("tables have units, groups of three, dashes for what is not known, and bars")
  func tables() throws {
    let book = try RiskBook.shared()
    let factors = try book.look("factors", "--portfolio", "core")
    #expect(factors.output.contains("exposure_dollar (USD)") && factors.output.contains("█"))
    #expect(
      factors.output.split(separator: "\n").contains {
        $0.hasPrefix("momentum") && $0.contains("–")
      })
    #expect(factors.error.contains("warning: dollar exposures of different factors overlap"))
    let stress = try book.look("stress", "--portfolio", "core")
    #expect(stress.output.contains("correlated_pnl (documented)"))
    let risk = try book.look("risk")
    #expect(risk.output.split(separator: "\n")[1].contains("core"))
    #expect(risk.output.contains("total_value (USD)"))
    let csv = try book.look("stress", "--format", "csv", "--portfolio", "core").output
    #expect(!csv.contains("█") && !csv.contains("–"))
    let markdown = try book.look("greeks", "--format", "md").output
    #expect(markdown.contains("| delta (shares) |") || markdown.contains("delta (shares)"))
  }

  @Test(
    "what cannot be asked is said with a code",
    arguments: [
      (["greeks", "--portfolio", "nobody"], 66, "FB-BOOK-016"),
      (["stress", "nothing"], 66, "FB-BOOK-019"),
      (["attribution", "--from", "2030-01-01"], 64, "FB-CLI-001"),
      (["stress", "backtest", "--from", "2025-04-12", "--to", "2025-04-13"], 66, "FB-BOOK-021"),
      (["snapshots", "--portfolio", "nobody"], 66, "FB-BOOK-016"),
    ])
  func errors(arguments: [String], status: Int32, code: String) throws {
    let outcome = try Program.run(
      ["-C", try RiskBook.shared().path] + arguments + ["--json", "--as-of", RiskBook.day])
    #expect(outcome.status == status, "\(outcome.error)")
    #expect(try outcome.exitError["code"]?.text == code)
    if code == "FB-BOOK-019" { #expect(outcome.error.contains("COVID-19 Crash")) }
  }

  @Test("a portfolio that opens later has nothing, and that is said")
  func early() throws {
    let answer = try RiskBook.shared().run(
      "risk", "--json", "--portfolio", "core", "--as-of", "2024-11-01"
    ).json
    #expect(answer["rows"] == [])
    let warnings = answer["warnings"]?.elements.compactMap(\.text) ?? []
    #expect(warnings.contains { $0.contains("core") && $0.contains("opened at") })
  }
}
