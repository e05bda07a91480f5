import Records
import TestSupport
import Testing

@Suite struct RunningTheBatch {
  private static let steps = [
    "market_data", "short_metrics", "returns", "factor_covariance", "greeks", "correlations",
    "portfolio_metrics", "stress_tests", "snapshots",
  ]

  @Test("a day runs once: the same command again writes nothing")
  func twice() throws {
    let book = try RiskBook()
    let first = try book.run("batch", "run", "--json")
    #expect(first.status == 0, "\(first.error)")
    let answer = try first.json
    let rows = answer["rows"]?.elements ?? []
    // Three steps of the market, six of each portfolio.
    #expect(rows.count == 15)
    #expect(rows.allSatisfy { $0["status"]?.text == "completed" })
    #expect(rows.allSatisfy { $0["calculation_date"]?.text == RiskBook.day })
    #expect(Set(rows.compactMap { $0["calculation_type"]?.text }) == Set(Self.steps))
    // Two a calculation, the batch's two, and the day's end.
    #expect(answer["events_written"] == 33)
    #expect(answer["sequences"]?["last"] == answer["head"])

    let second = try book.run("batch", "run", "--date", RiskBook.day, "--json").json
    #expect(second["events_written"] == 0 && second["sequences"] == .null)
    #expect(second["head"] == answer["head"])
    let reused = second["rows"]?.elements ?? []
    #expect(reused.allSatisfy { $0["status"]?.text == "reused" })
    #expect(reused.map { $0["result_digest"] } == rows.map { $0["result_digest"] })
  }

  @Test("what was run is listed, shown, and in the status")
  func looking() throws {
    let book = try RiskBook()
    let ran = try book.run(
      "batch", "run", "--from", "2025-04-16", "--to", RiskBook.day, "--json"
    ).json
    #expect(ran["days"]?.elements.count == 3)
    let list = try book.run("batch", "list", "--json").rows
    #expect(list.map { $0["date"]?.text } == ["2025-04-16", "2025-04-17", RiskBook.day])
    let id = try #require(list.last?["id"]?.text)
    for name in [id, String(id.prefix(8)), RiskBook.day] {
      let answer = try book.run("batch", "show", name, "--json").json
      #expect(answer["schema"] == "foldbook.batch")
      let rows = answer["rows"]?.elements ?? []
      #expect(rows.count == 15)
      #expect(
        rows.map { $0["step"]?.digits ?? "" } == rows.map { $0["step"]?.digits ?? "" }.sorted())
      #expect(rows.allSatisfy { $0["agrees"] == true && $0["late_seq"] == .null })
      #expect(rows.allSatisfy { $0["result_digest"] == $0["current_digest"] })
    }
    #expect(try book.run("status", "--json").json["last_batch"]?["date"]?.text == RiskBook.day)
    #expect(try book.run("status").output.contains("last batch"))
    let missing = try book.run("batch", "show", "nothing", "--json")
    #expect(missing.status == 66)
    #expect(try missing.exitError["code"] == "FB-CLI-010")
    let rebuilt = try book.run("project", "rebuild", "--json")
    #expect(rebuilt.status == 0)
    let review = try rebuilt.json["calculations"]
    // A run of the market's steps for each day, and of each portfolio's.
    #expect(review?["checked"] == 45 && review?["agreeing"] == 45 && review?["is_sound"] == true)
  }

  @Test("snapshots are there for every closed day, and the same at a point of the past")
  func snapshots() throws {
    let book = try RiskBook()
    _ = try book.run("batch", "run", "--from", "2025-04-14", "--to", RiskBook.day)
    let answer = try book.run(
      "snapshots", "--json", "--portfolio", "core", "--from", "2025-04-15"
    ).json
    #expect(answer["schema"] == "foldbook.snapshots")
    let rows = answer["rows"]?.elements ?? []
    #expect(
      rows.map { $0["snapshot_date"]?.text } == [
        "2025-04-15", "2025-04-16", "2025-04-17", RiskBook.day,
      ])
    let last = try #require(rows.last)
    for name in [
      "id", "portfolio_id", "snapshot_date", "frequency", "total_value", "long_exposure",
      "short_exposure", "gross_exposure", "net_exposure", "daily_pnl", "total_pnl",
      "portfolio_beta", "annualized_volatility", "position_correlation", "max_drawdown",
      "sharpe_ratio", "diversification_score", "cash_value", "daily_return", "portfolio_delta",
      "num_positions", "num_unpriced", "data_quality",
    ] { #expect(last.names.contains(name), "\(name)") }
    #expect(last["num_unpriced"] == 1)
    #expect(last["data_quality"]?["flags"]?.elements.isEmpty == false)
    #expect(last["period_pnl"] == last["daily_pnl"])
    let head = try #require(answer["head"]?.digits)
    let past = try book.run(
      "snapshots", "--json", "--portfolio", "core", "--from", "2025-04-15", "--known-at", "#\(head)"
    )
    #expect(try past.rows == rows)
    let table = try book.run("snapshots", "--portfolio", "core")
    #expect(table.output.contains("total_value (USD)") && table.output.contains("course"))
    #expect(table.error.contains("missing_prices"))
    let weekly = try book.run("snapshots", "--frequency", "weekly", "--json").rows
    #expect(weekly.allSatisfy { $0["frequency"]?.text == "weekly" })
  }

  @Test("a dry run shows the events and writes none")
  func dryRun() throws {
    let book = try RiskBook.shared()
    let before = try book.run("status", "--json").json["head"]
    let answer = try book.run("batch", "run", "-n", "--json").json
    #expect(answer["dry_run"] == true && answer["events_written"] == 0)
    #expect(answer["events"]?.elements.count == 33)
    #expect(answer["head"] == before)
    #expect(try book.run("status", "--json").json["head"] == before)
    let table = try book.run("batch", "run", "-n", "greeks").output
    #expect(table.contains("nothing written") && table.contains("calculation.completed"))
  }

  @Test("a week of the history, calculated and not written")
  func history() throws {
    let answer = try Program.run([
      "-C", try SharedBooks.history(), "batch", "run", "-n", "--json", "--from", "2008-09-15",
      "--to", "2008-09-19",
    ]).json
    #expect(answer["days"]?.elements.count == 5)
    let rows = answer["rows"]?.elements ?? []
    #expect(rows.count == 45 && rows.allSatisfy { $0["status"]?.text == "completed" })
  }

  @Test("a failure skips what needs it and ends with 1; under --strict it ends the run with 2")
  func failures() throws {
    let book = try RiskBook()
    let set = try book.run(
      "append", "-",
      input: cloudEvent(
        "bad", "parameter.set", "2025-01-01T00:00:00Z",
        #"{"name":"beta.window","value":-1,"portfolio":"core"}"#))
    #expect(set.status == 0)
    let strict = try book.run("batch", "run", "--strict", "--json")
    #expect(strict.status == 2)
    #expect(try strict.exitError["code"] == "FB-BOOK-020")
    let outcome = try book.run("batch", "run", "--json")
    #expect(outcome.status == 1)
    #expect(try outcome.exitError["code"] == "FB-CLI-009")
    #expect(try outcome.exitError["message"]?.text?.contains("portfolio_metrics of core") == true)
    func status(_ step: String, _ portfolio: String) throws -> String? {
      try outcome.rows.first {
        $0["calculation_type"]?.text == step && $0["portfolio_id"]?.text == portfolio
      }?["status"]?.text
    }
    #expect(try status("portfolio_metrics", "core") == "failed")
    #expect(try status("stress_tests", "core") == "skipped")
    #expect(try status("stress_tests", "other") == "completed")
    #expect(try status("snapshots", "core") == "completed")
    let jobs = try book.run("batch", "list", "--json").rows
    #expect(Set(jobs.map { $0["status"]?.text }) == ["failed", "completed"])
    // The look itself fails the same way.
    let look = try book.look("factors", "--portfolio", "core", "--json")
    #expect(look.status == 65)
    #expect(try look.exitError["code"] == "FB-CALC-101")
  }

  @Test("a late trade changes a result for a reason that is told")
  func lateTrade() throws {
    let book = try RiskBook()
    _ = try book.run("batch", "run")
    let late = try book.run(
      "enter", "core", "LONG", "IBM", "10", "150", "--at", "2025-04-01", "--json")
    #expect(late.status == 0)
    let sequence = try #require(try late.json["sequences"]?["first"]?.digits)
    let answer = try book.run("batch", "show", RiskBook.day, "--json").json
    let rows = answer["rows"]?.elements ?? []
    let changed = try #require(
      rows.first {
        $0["calculation_type"]?.text == "returns" && $0["portfolio_id"]?.text == "core"
      })
    #expect(changed["agrees"] == false && changed["late_seq"]?.digits == sequence)
    let other = try #require(
      rows.first {
        $0["calculation_type"]?.text == "returns" && $0["portfolio_id"]?.text == "other"
      })
    #expect(other["agrees"] == true)
    #expect(answer["warnings"]?.elements.isEmpty == false)
    let rebuilt = try book.run("verify", "--rebuild", "--json")
    #expect(rebuilt.status == 0, "\(rebuilt.error)")
    let review = try rebuilt.json["calculations"]
    #expect(review?["is_sound"] == true && review?["restated"] != 0)
    #expect(
      try rebuilt.json["calculations_restated"]?.elements.first?["late_seq"]?.digits == sequence)
  }

  @Test(
    "what cannot be run is said with a code",
    arguments: [
      (["--date", "2025-04-19"], 66, "FB-BOOK-021"), (["nope"], 64, "FB-CLI-001"),
      (["--date", "2025-04-17", "--from", "2025-04-17"], 64, "FB-CLI-001"),
      (["--to", "2025-04-17"], 64, "FB-CLI-001"),
      (["--as-of", "2025-04-17"], 64, "FB-CLI-001"),
      (["--portfolio", "core"], 64, "FB-CLI-001"), (["--date", "someday"], 64, "FB-CLI-001"),
      (["--from", "2025-04-17", "--to", "2025-04-16"], 64, "FB-CLI-001"),
    ])
  func errors(arguments: [String], status: Int32, code: String) throws {
    let outcome = try Program.run(
      ["-C", try RiskBook.shared().path, "batch", "run", "-n", "--json"] + arguments)
    #expect(outcome.status == status, "\(outcome.error)")
    #expect(try outcome.exitError["code"]?.text == code)
    if arguments == ["nope"] {
      for step in Self.steps { #expect(outcome.error.contains(step)) }
    }
  }
}
