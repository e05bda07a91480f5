import Analytics

/// Cases of `regressions`: joint regressions, market betas, covariances.
enum RegressionReference {
  /// - Throws: ``CommandFailure`` for a kind that is none of these, or inputs that do not fit.
  static func result(_ one: ReferenceCase) throws(CommandFailure) -> ReferenceValue {
    switch try one.text("kind") {
    case "ols": try leastSquares(one)
    case "univariate_betas": try marketBetas(one)
    case "covariance": try covariance(one)
    default: throw one.unknownKind(expected: ["ols", "univariate_betas", "covariance"])
    }
  }

  private static func leastSquares(_ one: ReferenceCase) throws(CommandFailure) -> ReferenceValue {
    let names = try one.names("names")
    guard !names.contains("intercept") else {
      throw one.inconsistent(
        "names", "expected names of regressors, found 'intercept', which the answer uses itself")
    }
    let response = try one.series("y")
    let regressors = try one.matrix(
      "x", rows: response.count, columns: names.count, allowsMissing: true)
    let fit = LeastSquares.fit(response, on: regressors)
    var members: [(name: String, value: ReferenceValue)] = [
      ("status", .text(fit.status.rawValue)), ("nobs", .count(fit.observations)),
    ]
    if fit.status == .ok {
      func byName(_ part: (LeastSquaresFit.Coefficient) -> Double?) -> ReferenceValue {
        .object(
          zip(["intercept"] + names, fit.coefficients).map { ($0, .number(part($1))) })
      }
      members += [
        ("dof", .count(fit.degreesOfFreedom)),
        ("coef", byName(\.value)),
        ("std_err", byName(\.standardError)),
        ("t_stat", byName(\.tStatistic)),
        ("p_value", byName(\.pValue)),
        ("r_squared", .number(fit.rSquared)),
        ("adj_r_squared", .number(fit.adjustedRSquared)),
        ("resid_std", .number(fit.residualStandardDeviation)),
        ("scaled_condition_number", .number(fit.scaledConditionNumber)),
      ]
    }
    return .object(members)
  }

  private static func marketBetas(_ one: ReferenceCase) throws(CommandFailure) -> ReferenceValue {
    let market = try one.series("market")
    let factor = SingleFactor(market)
    var members: [(name: String, value: ReferenceValue)] = []
    for (name, series) in try one.seriesByName("stocks") {
      try one.require(series.count, of: "stocks[\(name)]", asMany: market.count, as: "market")
      let fit = factor.regress(series)
      let values: [(name: String, value: ReferenceValue)] = [
        ("beta", .number(fit?.beta)),
        ("alpha", .number(fit?.alpha)),
        ("std_err", .number(fit?.standardError)),
        ("r_squared", .number(fit?.rSquared)),
        ("p_value", .number(fit?.pValue)),
      ]
      members.append((name, .object(values)))
    }
    return .object(members)
  }

  private static func covariance(_ one: ReferenceCase) throws(CommandFailure) -> ReferenceValue {
    let decay = try one.number("lambda")
    guard decay > 0, decay <= 1 else {
      throw one.inconsistent("lambda", "expected a number above 0 and at most 1, found \(decay)")
    }
    let given = try one.matrix("returns", allowsMissing: true)
    // A day on which one is missing says nothing about how they move together.
    let complete = (0..<given.rows).filter { given.row($0).allSatisfy(\.isFinite) }
    let returns = given.submatrix(rows: complete, columns: Array(0..<given.columns))
    let sample = Covariance.sample(returns)
    let weighted = Covariance.exponential(returns, decay: decay)
    let identity = ShrunkCovariance.towardsScaledIdentity(returns)
    let constant = ShrunkCovariance.towardsConstantCorrelation(returns)
    return .object([
      ("sample_covariance", .matrix(sample)),
      ("correlation", .matrix(sample.map { CorrelationMatrix(covariance: $0) })),
      ("ewma_zero_mean", .matrix(Covariance.exponentialZeroMean(returns, decay: decay))),
      ("ewma_weighted_mean", .matrix(weighted)),
      ("ewma_correlation", .matrix(weighted.map { CorrelationMatrix(covariance: $0) })),
      ("ledoit_wolf", shrunk(identity, withAverage: false)),
      ("ledoit_wolf_constant_correlation", shrunk(constant, withAverage: true)),
    ])
  }

  private static func shrunk(
    _ estimate: ShrunkCovariance?, withAverage: Bool
  ) -> ReferenceValue {
    guard let estimate else { return .null }
    var members: [(name: String, value: ReferenceValue)] = []
    if withAverage { members.append(("avg_correlation", .number(estimate.averageCorrelation))) }
    members.append(("shrinkage", .number(estimate.shrinkage)))
    members.append(("covariance", .matrix(estimate.covariance)))
    return .object(members)
  }
}
