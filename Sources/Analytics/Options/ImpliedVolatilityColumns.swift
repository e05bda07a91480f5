import ExactNumbers

extension ImpliedVolatility {
  /// The implied volatilities of many European options.
  ///
  /// Row by row the same bits as `volatility(side:price:…)`; what that throws is here the status
  /// `invalid`.
  ///
  /// - Parameter options: its column of volatilities is not read and may be empty.
  /// - Throws: `lengthsDiffer`.
  public static func volatilities(
    prices: [Double], of options: OptionColumns
  ) throws(AnalyticsError) -> [ImpliedVolatilityResult] {
    guard prices.count == options.count else {
      throw .lengthsDiffer(input: "prices", expected: options.count, found: prices.count)
    }
    var columns = options
    if columns.volatilities.isEmpty { columns.volatilities = prices }
    try columns.checkLengths()
    let count = prices.count
    guard count > 0 else { return [] }
    return [ImpliedVolatilityResult](unsafeUninitializedCapacity: count) { results, length in
      let solved: Void? = prices.withUnsafeBufferPointer { prices in
        columns.withPointers { pointers in
          var row = 0
          while row + width <= count {
            solve(prices, pointers, row, results)
            row += width
          }
          for rest in row..<count {
            results.initializeElement(at: rest, to: single(pointers.option(at: rest), prices[rest]))
          }
        }
      }
      length = solved == nil ? 0 : count
    }
  }

  /// Eight options; those near one of their bounds, or without an answer, once more one by one.
  @inline(__always)
  private static func solve(
    _ prices: UnsafeBufferPointer<Double>, _ pointers: OptionPointers, _ row: Int,
    _ results: UnsafeMutableBufferPointer<ImpliedVolatilityResult>
  ) {
    guard let start = prices.baseAddress else { return }
    let price = UnsafeRawPointer(start + row).loadUnaligned(as: Vector.self)
    let inputs = pointers.lanes(at: row)
    let quote = QuotedOption<Vector>(
      sign: inputs.sign, price: price, spot: inputs.spot, strike: inputs.strike,
      years: inputs.years, rate: inputs.rate, dividendYield: inputs.dividendYield)
    let volatility = quote.volatility
    let zero = Vector()
    let sum =
      inputs.spot + inputs.strike + inputs.years + quote.bounds + price
      + (inputs.rate.withoutSign + inputs.dividendYield.withoutSign)
    let hasAnswer =
      quote.isClear .& (zero .< price) .& (zero .< inputs.spot)
      .& (zero .< inputs.strike) .& (zero .< inputs.years)
      .& (sum .< Vector(repeating: .infinity))
    for lane in 0..<width {
      let result =
        hasAnswer[lane]
        ? ImpliedVolatilityResult(status: .ok, volatility: volatility[lane])
        : single(pointers.option(at: row + lane), prices[row + lane])
      results.initializeElement(at: row + lane, to: result)
    }
  }

  private static func single(_ option: OptionInputs, _ price: Double) -> ImpliedVolatilityResult {
    do throws(AnalyticsError) {
      return try volatility(
        side: option.side, price: price, spot: option.spot, strike: option.strike,
        years: option.years, rate: option.rate, dividendYield: option.dividendYield)
    } catch {
      return ImpliedVolatilityResult(status: .invalid)
    }
  }
}

private typealias Vector = SIMD8<Double>
private let width = Vector.scalarCount
