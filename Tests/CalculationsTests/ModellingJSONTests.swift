import Calculations
import Events
import ExactNumbers
import Portfolio
import Records
import Testing

@Suite("C-22: what a modelling session's columns hold")
struct ModellingJSONTests {
  static func member(_ json: JSONValue, _ path: String...) throws -> JSONValue {
    var json = json
    for name in path { json = try #require(json[name], "\(name) of \(json.compactText)") }
    return json
  }

  @Test("the summary of a portfolio: four numbers a metric, with the digits of the tables")
  func summary() throws {
    let impact = try ModellingImpactTests.example().impact()
    let summary = impact.summaryJSON
    #expect(
      try Self.member(summary, "gross_exposure").compactText
        == #"{"after":39300,"before":45700,"delta":-6400,"delta_pct":-0.1400437636761488}"#)
    #expect(
      try Self.member(summary, "num_positions").compactText
        == #"{"after":4,"before":4,"delta":0,"delta_pct":0}"#)
    #expect(try Self.member(summary, "max_drawdown", "unchanged") == true)
    #expect(
      try Self.member(summary, "sharpe_ratio", "flags").compactText == #"["default_rate"]"#)
    #expect(summary == summary.canonical)
    guard case .object(let members) = summary else {
      Issue.record("a summary is an object")
      return
    }
    let names = try #require(impact.portfolios.first).metrics.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(members.map(\.name) == names.sorted())
  }

  @Test("risk before and after, and each factor's change")
  func risk() throws {
    let impact = try ModellingImpactTests.example().impact()
    let portfolio = try #require(impact.portfolios.first)
    let before = impact.riskMetricsBeforeJSON
    let after = impact.riskMetricsAfterJSON
    for name in [
      "ex_ante_beta", "ex_ante_volatility", "position_correlation", "diversification_score",
      "factor.market_beta.exposure_dollar", "portfolio_vega", "max_drawdown",
    ] {
      let metric = try #require(portfolio[name])
      #expect(try Self.member(before, name) == metric.before.json.canonical)
      #expect(try Self.member(after, name) == metric.after.json.canonical)
    }
    #expect(before["gross_exposure"] == nil)
    let change = try Self.member(impact.factorExposuresChangeJSON, "market_beta")
    #expect(change["exposure_value"] == portfolio["ex_ante_beta"]?.json)
    #expect(
      change["exposure_dollar"] == portfolio["factor.market_beta.exposure_dollar"]?.json)
  }

  @Test("a portfolio as it stands on each side")
  func snapshots() throws {
    let impact = try ModellingImpactTests.example().impact()
    #expect(
      impact.baseSnapshotJSON.compactText == """
        {"as_of":"2025-07-01T23:59:59.999999999Z","portfolios":[{"cash_value":50000,"currency":"USD",\
        "delta_adjusted_gross":155481.6245,"delta_adjusted_net":116481.6245,"gross_exposure":45700,\
        "long_exposure":23200,"net_exposure":700,"num_unpriced":0,"portfolio_id":"p","positions":[\
        {"current_price":160,"id":"1","market_value":16000,"position_type":"LONG",\
        "price_source":"close","quantity":100,"ticker":"AAPL"},\
        {"current_price":390,"id":"2","market_value":-19500,"position_type":"SHORT",\
        "price_source":"close","quantity":-50,"ticker":"MSFT"},\
        {"current_price":7.2,"id":"3","market_value":7200,"position_type":"LC",\
        "price_source":"close","quantity":10,"ticker":"AAPL250929C00165000"},\
        {"current_price":6,"id":"4","market_value":-3000,"position_type":"SP",\
        "price_source":"close","quantity":-5,"ticker":"SPY250830P00500000"}],\
        "short_exposure":-22500,"total_value":50700}]}
        """)
    let modified = try #require(impact.modifiedSnapshotJSON)
    guard case .array(let portfolios) = try Self.member(modified, "portfolios"),
      case .array(let positions)? = portfolios.first?["positions"]
    else {
      Issue.record("a snapshot lists portfolios and positions")
      return
    }
    #expect(positions.first?["quantity"]?.compactText == "60")
    #expect(portfolios.first?["cash_value"]?.compactText == "56400")
  }

  @Test("a change and its payload")
  func changes() throws {
    let branch = try ModellingImpactTests.example()
    let change = try #require(branch.changes.first)
    #expect(
      change.payload.compactText == """
        {"data":{"exit_price":160,"position":"1","quantity":40},"id":"\(change.eventID)",\
        "sequence":\(change.sequence),"time":"2025-07-01T23:59:59.999999999Z",\
        "type":"position.exited"}
        """)
    #expect(
      ModelChange.json(of: branch.changes).compactText == """
        [{"change_no":1,"change_type":"resize","data":{"exit_price":160,"position":"1",\
        "quantity":40},"event_id":"\(change.eventID)","event_type":"position.exited",\
        "portfolio_id":"p","position_id":"1","price":160,"quantity":40,"reverted":false,\
        "sequence":\(change.sequence),"side":"sell","ticker":"AAPL",\
        "time":"2025-07-01T23:59:59.999999999Z"}]
        """)
  }

  @Test("marginals name what they move; without them there are none")
  func marginals() throws {
    var branch = try ModellingImpactTests.example()
    try branch.move(100)
    try branch.append(
      .tagCreated(TagCreated(tag: "t", name: "Core", tagType: .regular)), at: ModelTime.day)
    #expect(try branch.impact().marginalsJSON == .null)
    guard case .array(let parts) = try branch.impact(marginals: true).marginalsJSON else {
      Issue.record("marginals are a list")
      return
    }
    #expect(parts.map { $0["change_type"]?.text } == ["resize", "cash", "retag"])
    let sold = try Self.member(parts[0], "metrics")
    #expect(sold["cash_value"]?.compactText == "6400")
    #expect(sold["total_value"] == nil)
    let moved = try Self.member(parts[1], "metrics")
    #expect(moved["cash_value"]?.compactText == "100")
    #expect(moved["gross_exposure"] == nil)
    #expect(parts[2]["metrics"]?.compactText == "{}")
  }

  @Test("of the whole book everything is by portfolio; the order of the events is all that counts")
  func wholeBook() throws {
    let branch = try ModellingMarginalTests.branch(3)
    let impact = try branch.impact(nil, marginals: true)
    #expect(try Self.member(impact.summaryJSON, "p", "cash_value", "delta") != .null)
    #expect(try Self.member(impact.factorExposuresChangeJSON, "q", "market_beta") != .null)
    #expect(try Self.member(impact.riskMetricsAfterJSON, "q", "ex_ante_beta") != .null)
    guard case .array(let parts) = try Self.member(impact.marginalsJSON, "q") else {
      Issue.record("marginals are a list a portfolio")
      return
    }
    #expect(parts.count == impact.changes.count)
    let again = try branch.impact(nil, marginals: true)
    for json in [\Impact.summaryJSON, \.riskMetricsAfterJSON, \.marginalsJSON, \.baseSnapshotJSON] {
      #expect(impact[keyPath: json].compactText == again[keyPath: json].compactText)
    }
  }
}
