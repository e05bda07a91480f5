import ExactNumbers

/// What an option gives the right to.
public enum OptionSide: String, Hashable, Sendable, CaseIterable {
  /// To buy at the strike.
  case call
  /// To sell at the strike.
  case put
}

extension OptionSide {
  /// +1 for a call, −1 for a put.
  @inline(__always)
  var sign: Double { self == .call ? 1 : -1 }
}

/// What an option's value follows from.
public struct OptionInputs: Hashable, Sendable {
  public var side: OptionSide
  /// Price of the underlying, currency, above 0.
  public var spot: Double
  /// Currency, above 0.
  public var strike: Double
  /// Time to expiry in years, 0 or more. C-08 counts calendar days / 365.
  public var years: Double
  /// Per year as a fraction (0.25 is 25 %), 0 or more.
  public var volatility: Double
  /// Per year as a fraction, continuously compounded; may be negative.
  public var rate: Double
  /// Per year as a fraction, continuously compounded; may be negative.
  public var dividendYield: Double

  public init(
    side: OptionSide, spot: Double, strike: Double, years: Double, volatility: Double,
    rate: Double = 0, dividendYield: Double = 0
  ) {
    self.side = side
    self.spot = spot
    self.strike = strike
    self.years = years
    self.volatility = volatility
    self.rate = rate
    self.dividendYield = dividendYield
  }
}

extension OptionInputs {
  /// - Throws: `notFinite`, `notPositive` or `negative`, naming the first input that no option has.
  public func validate() throws(AnalyticsError) {
    // A sum of magnitudes is finite only if each is.
    let sum =
      spot + strike + years + volatility + (rate.withoutSign + dividendYield.withoutSign)
    if spot > 0, strike > 0, years >= 0, volatility >= 0, sum < .infinity { return }
    try refuse()
  }

  /// Which input it is, slowly. A sum that overflows although no input is infinite is no reason.
  private func refuse() throws(AnalyticsError) {
    let inputs = [
      ("spot", spot), ("strike", strike), ("years", years), ("volatility", volatility),
      ("rate", rate), ("dividend yield", dividendYield),
    ]
    for (name, value) in inputs where !value.isFinite { throw .notFinite(input: name) }
    for (name, value) in inputs[..<2] where value <= 0 {
      throw .notPositive(input: name, value: value)
    }
    for (name, value) in inputs[2..<4] where value < 0 {
      throw .negative(input: name, value: value)
    }
  }
}

/// The inputs of many options, one array each, all of one length.
public struct OptionColumns: Hashable, Sendable {
  public var sides: [OptionSide]
  public var spots: [Double]
  public var strikes: [Double]
  public var years: [Double]
  public var volatilities: [Double]
  public var rates: [Double]
  public var dividendYields: [Double]

  public init(
    sides: [OptionSide], spots: [Double], strikes: [Double], years: [Double],
    volatilities: [Double], rates: [Double], dividendYields: [Double]
  ) {
    self.sides = sides
    self.spots = spots
    self.strikes = strikes
    self.years = years
    self.volatilities = volatilities
    self.rates = rates
    self.dividendYields = dividendYields
  }

  public init(_ options: some Collection<OptionInputs>) {
    self.init(
      sides: options.map(\.side), spots: options.map(\.spot), strikes: options.map(\.strike),
      years: options.map(\.years), volatilities: options.map(\.volatility),
      rates: options.map(\.rate), dividendYields: options.map(\.dividendYield))
  }

  public var count: Int { spots.count }

  public subscript(index: Int) -> OptionInputs {
    OptionInputs(
      side: sides[index], spot: spots[index], strike: strikes[index], years: years[index],
      volatility: volatilities[index], rate: rates[index], dividendYield: dividendYields[index])
  }

  /// - Throws: `lengthsDiffer`, naming the first column that is not as long as `spots`.
  func checkLengths() throws(AnalyticsError) {
    let lengths = [
      ("sides", sides.count), ("strikes", strikes.count), ("years", years.count),
      ("volatilities", volatilities.count), ("rates", rates.count),
      ("dividend yields", dividendYields.count),
    ]
    for (name, length) in lengths where length != count {
      throw .lengthsDiffer(input: name, expected: count, found: length)
    }
  }
}
