import Analytics
import Testing

/// Against answers of 60 digits (portfolio_stats.json).
@Suite struct ReferenceRisk {
  @Test(
    "factor contributions have the reference's digits",
    arguments: ReferenceJSON.ids("portfolio_stats", kind: "factor_risk"))
  func factorRisk(id: String) throws {
    let row = try ReferenceJSON.find("portfolio_stats", id)
    let want = row["expected"]
    let got = FactorRisk(
      exposures: row["exposures"].series, covariance: Matrix(row["covariance"].rows),
      specificVariance: try #require(row["specific_variance"].number))
    check([got.factorVariance], [want["factor_variance"].number], "factor variance")
    check([got.totalVariance], [want["total_variance"].number], "total variance")
    check([got.totalVolatility], [want["total_volatility"].number], "total volatility")
    check(got.varianceContributions, want["variance_contribution"].series, "variance")
    check(got.marginalContributions ?? [], want["marginal_contribution"].series, "marginal")
    check(got.volatilityContributions, want["volatility_contribution"].series, "volatility")
    check(got.shares ?? [], want["percent_contribution"].series, "share")
  }

  @Test(
    "every diversification measure has the reference's digits",
    arguments: ReferenceJSON.ids("portfolio_stats", kind: "diversification"))
  func diversification(id: String) throws {
    let row = try ReferenceJSON.find("portfolio_stats", id)
    let want = row["expected"]
    let correlation = row["correlation"].rows
    let got = Diversification(exposures: row["position_values"].series) { correlation[$0][$1] }
    let found: [String: Double?] = [
      "score_weighted": got.pairwise,
      "score_signed": got.pairwiseSigned,
      "score_clamped": got.pairwiseClamped,
      "score_full": got.score,
      "score_full_signed": got.hedgedScore,
      "average_pairwise_correlation": got.weightedAverageCorrelation,
      "herfindahl": got.herfindahl,
      "effective_positions": got.effectivePositions,
      "seed_sql_as_executed": got.asExecuted,
      "seed_sql_as_intended": got.documented,
    ]
    #expect(Set(found.keys) == Set(want.members.keys))
    for (key, value) in found { check([value], [want[key].number], key) }
    #expect(got.coverage == 1)
  }

  @Test(
    "every stress method has the reference's digits",
    arguments: ReferenceJSON.ids("portfolio_stats", kind: "stress"))
  func stress(id: String) throws {
    let row = try ReferenceJSON.find("portfolio_stats", id)
    let want = row["expected"]
    let names = row["names"].list.compactMap(\.text)
    let shocks = names.map { row["shocks"][$0].number }
    let covariance = Matrix(row["covariance"].rows)
    let correlation = CorrelationMatrix(covariance: covariance)
    let value = try #require(row["portfolio_value"].number)
    let exposures = row["betas"].series.map { $0 * value }
    let direct = StressShocks.direct(shocks)
    check(direct, want["direct_shocks"].series, "direct")
    check([StressTest.profit(exposures, direct)], [want["direct_pnl"].number], "direct profit")
    let conditional = try #require(StressShocks.conditional(shocks, covariance: covariance))
    check(conditional, want["conditional_shocks"].series, "conditional")
    check(
      [StressTest.profit(exposures, conditional)], [want["conditional_pnl"].number],
      "conditional profit")
    let propagated = StressShocks.documentedPropagated(shocks, correlation: correlation)
    check(propagated, want["correlation_propagated_shocks"].series, "propagated")
    check(
      [StressTest.profit(exposures, propagated)], [want["correlation_propagated_pnl"].number],
      "propagated profit")
    check(
      StressShocks.seedLiteral(shocks, correlation: correlation),
      names.map { want["seed_sql_literal_shocks"][$0].number }, "literal")
    let entries = (0..<names.count).flatMap { row in names.indices.map { correlation[row, $0] } }
    check(entries, want["correlation"].rows.flatMap { $0 }, "correlation")
  }

  private func check(_ got: [Double?], _ want: [Double?], _ name: String) {
    #expect(relativeError(got, want) <= statisticsTolerance, "\(name)")
  }
}
