internal import Analytics
public import Events
internal import ExactNumbers
internal import Portfolio

/// What each factor adds to a portfolio's risk, and what is left beside all of them (C-12). All a
/// year of 252 sessions, on the denominator of the exposures.
public struct PortfolioRisk: Sendable {
  /// One factor's part. Null of a factor to which the exposure, or whose covariance, is not known.
  public struct Contribution: Sendable {
    public let factor: RiskFactor
    /// X.
    public let exposure: Double?
    /// `x (Cx)`: they add up to ``factorVariance``. Negative is a hedge.
    public let variance: Double?
    /// Of ``factorVariance``; null where that is 0.
    public let share: Double?
    /// `x (Cx) / √V`: they add up to the root of ``factorVariance``.
    public let volatility: Double?
  }

  /// One a tradable factor.
  public let contributions: [Contribution]
  /// `V = xᵀCx`, with one beta a factor: where factors move together these overlap, and V is far
  /// more than what to expect. It is what the contributions add up to.
  public let factorVariance: Double
  /// The same with the betas of the joint regression, over the window of the betas: what to expect.
  /// Null where no joint fit is possible.
  public let jointFactorVariance: Double?
  /// `Σ (E/NAV)² s²`, of tickers as independent of one another.
  public let specificVariance: Double
  /// The share of gross exposure whose specific risk is known; null without exposure.
  public let specificCoverage: Double?
  public let quality: Quality

  /// Of the joint factors and beside them.
  public var totalVariance: Double? { jointFactorVariance.map { $0 + specificVariance } }
  public var factorVolatility: Double { factorVariance.squareRoot() }
  public var jointFactorVolatility: Double? { jointFactorVariance?.squareRoot() }
  public var specificVolatility: Double { specificVariance.squareRoot() }
  /// What the portfolio's volatility is expected to be.
  public var totalVolatility: Double? { totalVariance?.squareRoot() }
}

extension CalculationDay {
  /// A portfolio's risk by factor; null where the denominator is not above zero, there is no
  /// covariance matrix, or no exposure in it is known.
  public func factorRisk(of portfolio: PortfolioID) throws(CalculationError) -> PortfolioRisk? {
    try kept("factor risk", portfolio) { () throws(CalculationError) in
      let exposures = try factorExposures(of: portfolio)
      let covariance = try factorCovariance(for: portfolio)
      guard let denominator = exposures.denominator.value, let estimate = covariance.estimate else {
        return nil
      }
      let values = exposures.values(.portfolio)
      var known: [(place: Int, row: Int, value: Double)] = []
      for (place, factor) in exposures.tradable.enumerated() {
        guard let value = values[place], let row = covariance.index(of: factor.id) else { continue }
        known.append((place, row, value))
      }
      guard !known.isEmpty else { return nil }
      let rows = known.map(\.row)
      let risk = FactorRisk(
        exposures: known.map(\.value),
        covariance: estimate.annual.submatrix(rows: rows, columns: rows))
      var parts = [Int?](repeating: nil, count: values.count)
      for (part, entry) in known.enumerated() { parts[entry.place] = part }
      let joint = try jointRisk(of: portfolio, denominator)
      // Yields are not published on some sessions, so a macro factor's history is never full.
      let isThin =
        known.count < exposures.tradable.count
        || (joint.coverage ?? 1) < PortfolioFactorExposure.smallestCoverage
        || exposures.exposures(.portfolio).contains { exposure in
          exposure.quality != .fullHistory && exposure.factor.isCore
        }
      return PortfolioRisk(
        contributions: exposures.tradable.enumerated().map { place, factor in
          let part = parts[place]
          return PortfolioRisk.Contribution(
            factor: factor, exposure: values[place],
            variance: part.map { risk.varianceContributions[$0] },
            share: part.flatMap { part in risk.shares.map { $0[part] } },
            volatility: part.map { risk.volatilityContributions[$0] })
        },
        factorVariance: max(0, risk.factorVariance), jointFactorVariance: joint.factorVariance,
        specificVariance: joint.specificVariance, specificCoverage: joint.coverage,
        quality: isThin || estimate.isLimited ? .limitedHistory : .fullHistory)
    }
  }

  /// The exposure to the market factor, what beta is expected to be; null where it is not known.
  public func exAnteBeta(of portfolio: PortfolioID) throws(CalculationError) -> Double? {
    try factorExposures(of: portfolio).market?.value
  }

  /// What the joint regression of each ticker on all factors says of the portfolio, a year.
  private struct JointRisk {
    var factorVariance: Double?
    /// `Σ (E/NAV)² s²`.
    var specificVariance: Double
    var coverage: Double?
  }

  /// Positions of one ticker are one: what moves one moves the other.
  private func jointRisk(
    of portfolio: PortfolioID, _ denominator: Double
  ) throws(CalculationError) -> JointRisk {
    let window = try betaWindow(of: portfolio)
    let covariance = try stressCovariance(of: portfolio)
    var designs = RidgeDesigns(
      covariance.returns, ridge: try number(.jointRidge, portfolio),
      smallest: try whole(.betaMinimum, portfolio))
    var net: [Symbol: Double] = [:]
    for exposure in try exposures(of: portfolio) {
      guard let amount = exposure.amount else { continue }
      net[exposure.symbol, default: 0] += amount
    }
    var weights: [Double] = []
    var variances: [Double?] = []
    var joint = [Double](repeating: 0, count: covariance.factors.count)
    var gross = 0.0
    var covered = 0.0
    for (symbol, amount) in net.sorted(by: { $0.key < $1.key }) {
      let response = returns(of: symbol, on: window)
      let fit = covariance.reference.flatMap { designs.fit(response.spanning($0)) }
      let weight = amount / denominator
      weights.append(weight)
      variances.append(fit?.residualVariance)
      gross += amount.magnitude
      guard let fit else { continue }
      covered += amount.magnitude
      for factor in joint.indices { joint[factor] += weight * fit.coefficients[factor] }
    }
    let daily = FactorRisk.specificVariance(weights: weights, residualVariances: variances)
    let factorVariance = covariance.estimate.map { estimate in
      max(0, FactorRisk(exposures: joint, covariance: estimate.annual).factorVariance)
    }
    return JointRisk(
      factorVariance: covered > 0 || gross == 0 ? factorVariance : nil,
      specificVariance: daily.variance * 252, coverage: gross > 0 ? covered / gross : nil)
  }
}

/// Ridge regressions of many responses on one set of factors, for what these explain and leave.
///
/// Responses with the same gaps share the factored matrix.
struct RidgeDesigns {
  private let factors: [[Double]]
  private let ridge: Double
  private let smallest: Int
  private let complete: [Int]
  private var designs: [[Int]: Design] = [:]

  /// - Parameters:
  ///   - factors: A series each; on a date that one lacks, none counts.
  ///   - ridge: λ, as a share of each factor's variance.
  ///   - smallest: The fewest dates for an answer.
  init(_ factors: [[Double]], ridge: Double, smallest: Int) {
    self.factors = factors
    self.ridge = ridge
    self.smallest = smallest
    complete = (factors.first?.indices ?? 0..<0).filter { date in
      factors.allSatisfy { $0[date].isFinite }
    }
  }

  struct Fit {
    /// One a factor; 0 of one that never changes.
    var coefficients: [Double]
    /// `Σ residual² / (n − 1 − factors)`, per session.
    var residualVariance: Double
  }

  /// Null below the fewest dates, without a degree of freedom, and where the factors are dependent
  /// and λ is 0.
  mutating func fit(_ response: [Double]) -> Fit? {
    let rows = complete.filter { response[$0].isFinite }
    guard rows.count >= smallest else { return nil }
    if designs[rows] == nil { designs[rows] = Design(factors, rows, ridge) }
    return designs[rows]?.fit(rows.map { response[$0] })
  }

  private struct Design {
    private let factorCount: Int
    /// The factors that change, and their returns around their means.
    private let places: [Int]
    private let columns: [[Double]]
    private let solver: SymmetricSolve?

    init(_ factors: [[Double]], _ rows: [Int], _ ridge: Double) {
      let centered = factors.map { factor in Self.centered(rows.map { factor[$0] }) }
      factorCount = centered.count
      places = centered.indices.filter { centered[$0].contains { $0 != 0 } }
      columns = places.map { centered[$0] }
      var left = Matrix(rows: columns.count, columns: columns.count)
      for row in columns.indices {
        for column in 0...row {
          let product = Self.product(columns[row], columns[column]) / Double(rows.count)
          left[row, column] = row == column ? product + ridge * product : product
        }
      }
      solver = SymmetricSolve(left)
    }

    func fit(_ values: [Double]) -> Fit? {
      let freedom = values.count - 1 - columns.count
      guard freedom > 0, let solver else { return nil }
      var residuals = Self.centered(values)
      let count = Double(values.count)
      let solved = solver.solve(columns.map { Self.product($0, residuals) / count })
      for (coefficient, column) in zip(solved, columns) {
        for row in residuals.indices { residuals[row] -= coefficient * column[row] }
      }
      var coefficients = [Double](repeating: 0, count: factorCount)
      for (place, coefficient) in zip(places, solved) { coefficients[place] = coefficient }
      return Fit(
        coefficients: coefficients,
        residualVariance: Self.product(residuals, residuals) / Double(freedom))
    }

    /// Around its mean; exactly 0 throughout where all are equal.
    private static func centered(_ values: [Double]) -> [Double] {
      let mean = Moments.mean(values) ?? 0
      return values.map { $0 - mean }
    }

    private static func product(_ left: [Double], _ right: [Double]) -> Double {
      var sum = 0.0
      for index in left.indices { sum += left[index] * right[index] }
      return sum
    }
  }
}
