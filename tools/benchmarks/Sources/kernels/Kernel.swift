import Analytics

/// What is timed: each reads columns of doubles and gives columns of doubles.
enum Kernel: String, CaseIterable {
  /// Price, delta, gamma, vega, theta and rho of European options.
  case european
  case impliedVolatility = "implied-volatility"
  /// The price alone, within 1e-9.
  case american
  /// The price alone, within 1e-6.
  case americanFast = "american-fast"
  /// Beta, alpha, R² and standard error of many responses on one factor.
  case betas

  /// - Parameters:
  ///   - numbers: the input columns, one after the other; for betas the factor, then the responses.
  ///   - length: of a column; of the factor.
  func prepare(_ numbers: [Double], length: Int) -> any Run {
    switch self {
    case .european: EuropeanRun(numbers, length: length)
    case .impliedVolatility: ImpliedVolatilityRun(numbers, length: length)
    case .american: AmericanRun(numbers, length: length, settings: .standard)
    case .americanFast: AmericanRun(numbers, length: length, settings: .fast)
    case .betas: BetaRun(numbers, length: length)
    }
  }
}

/// Inputs in the form that the kernel takes, prepared before the clock starts.
protocol Run {
  /// How many answers a repetition gives.
  var count: Int { get }
  /// What the clock is around.
  mutating func repeatOnce() throws
  /// Column after column; NaN where there is no answer.
  var answers: [Double] { get }
}
