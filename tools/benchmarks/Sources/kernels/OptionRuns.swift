import Analytics

extension OptionColumns {
  /// Sign of the side (+1 call, −1 put), spot, strike, years, volatility, rate and yield.
  fileprivate init(_ numbers: [Double], length: Int, volatilityColumn: Int) {
    func column(_ index: Int) -> [Double] {
      Array(numbers[(index * length)..<((index + 1) * length)])
    }
    self.init(
      sides: column(0).map { $0 > 0 ? .call : .put }, spots: column(1), strikes: column(2),
      years: column(3), volatilities: column(volatilityColumn), rates: column(5),
      dividendYields: column(6))
  }
}

struct EuropeanRun: Run {
  private let options: OptionColumns
  private var values = OptionValueColumns()

  init(_ numbers: [Double], length: Int) {
    options = OptionColumns(numbers, length: length, volatilityColumn: 4)
  }

  var count: Int { options.count }

  mutating func repeatOnce() throws { try EuropeanOption.values(options, into: &values) }

  var answers: [Double] {
    [OptionMeasure.price, .delta, .gamma, .vega, .theta, .rho].flatMap { measure in
      (0..<values.count).map { values[$0, measure] ?? .nan }
    }
  }
}

/// The column of volatilities holds prices.
struct ImpliedVolatilityRun: Run {
  private let options: OptionColumns
  private let prices: [Double]
  private var results: [ImpliedVolatilityResult] = []

  init(_ numbers: [Double], length: Int) {
    var options = OptionColumns(numbers, length: length, volatilityColumn: 4)
    prices = options.volatilities
    options.volatilities = []
    self.options = options
  }

  var count: Int { options.count }

  mutating func repeatOnce() throws {
    results = try ImpliedVolatility.volatilities(prices: prices, of: options)
  }

  var answers: [Double] { results.map { $0.volatility ?? .nan } }
}

struct AmericanRun: Run {
  private let options: [OptionInputs]
  private let settings: AmericanOption.Settings
  private(set) var answers: [Double]

  init(_ numbers: [Double], length: Int, settings: AmericanOption.Settings) {
    let columns = OptionColumns(numbers, length: length, volatilityColumn: 4)
    options = (0..<length).map { columns[$0] }
    self.settings = settings
    answers = [Double](repeating: .nan, count: length)
  }

  var count: Int { options.count }

  mutating func repeatOnce() throws {
    for index in options.indices {
      answers[index] = try AmericanOption.price(options[index], settings: settings)
    }
  }
}
