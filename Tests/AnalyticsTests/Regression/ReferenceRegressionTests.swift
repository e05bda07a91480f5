import Analytics
import Testing

/// Against answers of 60 digits (regressions.json).
@Suite struct ReferenceRegressions {
  @Test(
    "a joint regression has the reference's digits",
    arguments: ReferenceJSON.ids("regressions", kind: "ols"))
  func leastSquares(id: String) throws {
    let row = try ReferenceJSON.find("regressions", id)
    let want = row["expected"]
    let fit = LeastSquares.fit(row["y"].series, on: Matrix(row["x"].rows))
    #expect(fit.status.rawValue == want["status"].text)
    #expect(Double(fit.observations) == want["nobs"].number)
    guard fit.status == .ok else {
      #expect(fit.coefficients.isEmpty && fit.rSquared == nil && fit.degreesOfFreedom == nil)
      return
    }
    let names = ["intercept"] + row["names"].list.compactMap(\.text)
    func expected(_ key: String) -> [Double?] { names.map { want[key][$0].number } }
    let condition = try #require(want["scaled_condition_number"].number)
    let tolerance = max(statisticsTolerance, 64 * 2.22e-16 * condition)
    #expect(relativeError(fit.scaledConditionNumber, condition) <= tolerance)
    #expect(fit.degreesOfFreedom.map(Double.init) == want["dof"].number)
    let isExact = (want["resid_std"].number ?? 1) < 1e-40 && id != "flat_y"
    for (coefficient, name) in zip(fit.coefficients, names) {
      let value = try #require(want["coef"][name].number)
      let error = want["std_err"][name].number ?? 0
      let scale = max(value.magnitude, isExact ? 0 : error)
      #expect((coefficient.value - value).magnitude <= tolerance * scale, "\(id) \(name)")
    }
    #expect(relativeError(fit.rSquared, want["r_squared"].number) <= tolerance)
    if isExact { return }
    #expect(relativeError(fit.adjustedRSquared, want["adj_r_squared"].number) <= tolerance)
    #expect(relativeError(fit.residualStandardDeviation, want["resid_std"].number) <= tolerance)
    let found = fit.coefficients
    #expect(relativeError(found.map(\.standardError), expected("std_err")) <= tolerance)
    #expect(relativeError(found.map(\.tStatistic), expected("t_stat")) <= tolerance)
    #expect(relativeError(found.map(\.pValue), expected("p_value")) <= tolerance)
  }

  @Test("each stock's market beta has the reference's digits, alone and in a batch")
  func marketBetas() throws {
    let row = try ReferenceJSON.find("regressions", "univariate_betas")
    let factor = SingleFactor(row["market"].series)
    let stocks = row["stocks"].members.sorted { $0.key < $1.key }
    #expect(stocks.count == 20)
    var batch: [UnivariateRegression?] = []
    factor.regressEach(stocks.flatMap(\.value.series)) { batch.append($1) }
    for (index, (name, returns)) in stocks.enumerated() {
      let fit = try #require(factor.regress(returns.series))
      #expect(batch[index] == fit)
      let want = row["expected"][name]
      let error = try #require(want["std_err"].number)
      let beta = try #require(want["beta"].number)
      #expect((fit.beta - beta).magnitude <= statisticsTolerance * max(beta.magnitude, error))
      #expect(relativeError(fit.alpha, want["alpha"].number) <= statisticsTolerance)
      #expect(relativeError(fit.standardError, error) <= statisticsTolerance)
      #expect(relativeError(fit.rSquared, want["r_squared"].number) <= statisticsTolerance)
      #expect(relativeError(fit.pValue, want["p_value"].number) <= statisticsTolerance, "\(name)")
    }
  }
}
