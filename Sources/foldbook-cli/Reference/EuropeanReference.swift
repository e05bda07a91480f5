import Analytics

/// European options: the price and every Greek in raw units.
struct EuropeanReference: ReferenceAnswers {
  static let inputs: [ReferenceColumn] = [
    .id, .type, .spot, .strike, .years, .volatility, .rate, .dividendYield,
  ]
  static let columns = [
    "price", "delta", "gamma", "vega", "theta_year", "theta_day", "rho", "div_rho", "vanna",
    "volga",
  ]
  static let batchSize = 1024

  private var values = OptionValueColumns()

  mutating func answers(to batch: ReferenceBatch) throws -> [ReferenceAnswer] {
    try EuropeanOption.values(batch.options, all: true, into: &values)
    return (0..<batch.count).map { row in
      do throws(AnalyticsError) {
        let option = try values.values(at: row)
        return ReferenceAnswer(
          [
            option.price, option.delta, option.gamma, option.vega, option.theta,
            option.thetaPerDay, option.rho, option.dividendRho, option.vanna, option.volga,
          ].map(\.referenceCell))
      } catch {
        return ReferenceAnswer(refused: error, columns: Self.columns.count)
      }
    }
  }
}

/// European options without time or volatility, and inputs that no option has: the status says so.
struct EdgeReference: ReferenceAnswers {
  static let inputs = EuropeanReference.inputs
  static let columns = ["status", "price", "delta", "gamma", "vega", "theta_year", "rho"]
  static let batchSize = EuropeanReference.batchSize

  private var values = OptionValueColumns()

  mutating func answers(to batch: ReferenceBatch) throws -> [ReferenceAnswer] {
    try EuropeanOption.values(batch.options, into: &values)
    return (0..<batch.count).map { row in
      guard let option = try? values.values(at: row) else {
        return ReferenceAnswer(
          ["invalid"] + [String](repeating: "", count: Self.columns.count - 1))
      }
      return ReferenceAnswer(
        ["ok"]
          + [option.price, option.delta, option.gamma, option.vega, option.theta, option.rho]
          .map(\.referenceCell))
    }
  }
}
