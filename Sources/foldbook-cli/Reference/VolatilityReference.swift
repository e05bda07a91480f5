import Analytics

/// Implied volatilities, each with the status that says why there may be none.
struct VolatilityReference: ReferenceAnswers {
  static let inputs: [ReferenceColumn] = [
    .id, .type, .price, .spot, .strike, .years, .rate, .dividendYield,
  ]
  static let columns = ["status", "vol"]
  static let batchSize = 1024

  func answers(to batch: ReferenceBatch) throws -> [ReferenceAnswer] {
    try ImpliedVolatility.volatilities(prices: batch.prices, of: batch.options).map {
      ReferenceAnswer([$0.status.rawValue, $0.volatility.referenceCell])
    }
  }
}
