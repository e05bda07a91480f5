import Analytics

/// American options: price, Greeks in raw units, the boundary of exercise.
struct AmericanReference: ReferenceAnswers {
  static let inputs = EuropeanReference.inputs
  static let columns = [
    "price", "delta", "gamma", "vega", "theta_year", "theta_day", "rho", "div_rho", "boundary",
    "exercise_now",
  ]
  /// They take their time: small batches keep the answers flowing.
  static let batchSize = 32

  func answers(to batch: ReferenceBatch) -> [ReferenceAnswer] {
    (0..<batch.count).map { row in
      do throws(AnalyticsError) {
        let option = try AmericanOption.values(batch.options[row])
        return ReferenceAnswer(
          [
            option.price, option.delta, option.gamma, option.vega, option.theta,
            option.theta.map { $0 / 365 }, option.rho, option.dividendRho, option.boundary,
          ].map(\.referenceCell) + [option.exercisesNow ? "1" : "0"])
      } catch {
        return ReferenceAnswer(refused: error, columns: Self.columns.count)
      }
    }
  }
}
