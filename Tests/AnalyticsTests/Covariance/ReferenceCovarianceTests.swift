import Analytics
import Testing

/// Against answers of 60 digits (regressions.json).
@Suite struct ReferenceCovariances {
  @Test(
    "covariances, correlations and their shrunk forms have the reference's digits",
    arguments: ReferenceJSON.ids("regressions", kind: "covariance"))
  func covariance(id: String) throws {
    let row = try ReferenceJSON.find("regressions", id)
    let want = row["expected"]
    let returns = Matrix(row["returns"].rows)
    let decay = try #require(row["lambda"].number)
    let sample = try #require(Covariance.sample(returns))
    expect(sample, want["sample_covariance"], "sample")
    expect(CorrelationMatrix(covariance: sample), want["correlation"], "correlation")
    let zero = try #require(Covariance.exponentialZeroMean(returns, decay: decay))
    expect(zero, want["ewma_zero_mean"], "zero mean")
    let weighted = try #require(Covariance.exponential(returns, decay: decay))
    expect(weighted, want["ewma_weighted_mean"], "weighted mean")
    expect(CorrelationMatrix(covariance: weighted), want["ewma_correlation"], "weighted")
    let identity = try #require(ShrunkCovariance.towardsScaledIdentity(returns))
    expect(identity.covariance, want["ledoit_wolf"]["covariance"], "identity")
    #expect(
      relativeError(identity.shrinkage, want["ledoit_wolf"]["shrinkage"].number)
        <= statisticsTolerance)
    let constant = ShrunkCovariance.towardsConstantCorrelation(returns)
    let wanted = want["ledoit_wolf_constant_correlation"]
    #expect((constant == nil) == wanted.isNull)
    guard let constant else { return }
    expect(constant.covariance, wanted["covariance"], "constant correlation")
    #expect(relativeError(constant.shrinkage, wanted["shrinkage"].number) <= statisticsTolerance)
    #expect(
      relativeError(constant.averageCorrelation, wanted["avg_correlation"].number)
        <= statisticsTolerance)
  }

  private func expect(_ got: Matrix, _ want: ReferenceJSON, _ name: String) {
    #expect(relativeError(got.values, want.rows.flatMap { $0 }) <= statisticsTolerance, "\(name)")
  }

  private func expect(_ got: CorrelationMatrix, _ want: ReferenceJSON, _ name: String) {
    let entries = (0..<got.size).flatMap { row in (0..<got.size).map { got[row, $0] } }
    let wanted = want.list.flatMap { $0.list.map(\.number) }
    #expect(relativeError(entries, wanted) <= statisticsTolerance, "\(name)")
  }
}
