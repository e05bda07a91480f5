import Analytics
import ExactNumbers
import Testing

/// A real chain of 2 352 options against QuantLib, which shares no code with us.
@Suite(
  .enabled(
    if: QuantLibJudge.chainPath != nil,
    "market/lean of the reference data is not in ../shared/reference nor in FOLDBOOK_REFERENCE"),
  .enabled(
    if: QuantLibJudge.isInstalled,
    "QuantLib is not installed for Python: tools/judges/install could not get it"))
struct QuantLibAgreement {
  /// An option with two quotes; the middle of them is what it is worth.
  struct Quote {
    var inputs: OptionInputs
    var days: Int
    var middle: Double
  }

  /// The close of the day; the rate at which the Fed then lent, and about what the stock yielded.
  private static let (spot, rate, dividendYield) = (645.57, 0.0075, 0.02)
  private static let chainSize = 2352

  private static func chain() throws -> [Quote] {
    let rows = try ReferenceVectors(path: try #require(QuantLibJudge.chainPath)).rows
    #expect(rows.count == chainSize)
    return try rows.compactMap { row in
      guard let bid = row.number("bid"), let ask = row.number("ask") else { return nil }
      let date = try #require(CivilDate(row["date"]))
      let days = Int(try #require(CivilDate(row["expiry"])).daysSinceEpoch - date.daysSinceEpoch)
      return Quote(
        inputs: OptionInputs(
          side: try #require(OptionSide(rawValue: row["type"])), spot: spot,
          strike: try #require(row.number("strike")), years: Double(days) / 365, volatility: 0,
          rate: rate, dividendYield: dividendYield),
        days: days, middle: (bid + ask) / 2)
    }
  }

  /// Those that have an implied volatility, with it.
  private static func implied() throws -> [Quote] {
    let quotes = try chain()
    let results = try ImpliedVolatility.volatilities(
      prices: quotes.map(\.middle), of: OptionColumns(quotes.map(\.inputs)))
    return zip(quotes, results).compactMap { quote, result in
      result.volatility.map { volatility in
        var quote = quote
        quote.inputs.volatility = volatility
        return quote
      }
    }
  }

  /// Below it a price says next to nothing of the volatility: per 1.00 of it, of the spot.
  private static let leastVega = 1e-4 * spot

  @Test("implied volatilities of the whole chain: the same 1e-10, and none where QuantLib has none")
  func impliedVolatilities() throws {
    let quotes = try Self.chain()
    let results = try ImpliedVolatility.volatilities(
      prices: quotes.map(\.middle), of: OptionColumns(quotes.map(\.inputs)))
    let answers = try QuantLibJudge.answers(
      quotes.map { .init(inputs: $0.inputs, days: $0.days, price: $0.middle) })
    try #require(answers.count == quotes.count)
    var (found, refused) = (0, 0)
    for (quote, (result, answer)) in zip(quotes, zip(results, answers)) {
      guard quote.days > 0 else {
        // It expires today: no volatility moves its price any more.
        #expect(result.status == .invalid)
        continue
      }
      guard let volatility = result.volatility else {
        #expect(result.status == .belowIntrinsic, "\(quote)")
        #expect(answer.number("implied_vol") == nil, "\(quote)")
        refused += 1
        continue
      }
      var inputs = quote.inputs
      inputs.volatility = volatility
      let values = try EuropeanOption.values(inputs)
      #expect((values.price / quote.middle - 1).magnitude < 1e-13, "\(quote)")
      let vega = try #require(values.vega)
      guard vega > Self.leastVega else { continue }
      let expected = try #require(answer.number("implied_vol"), "\(quote)")
      #expect((volatility / expected - 1).magnitude < 1e-10, "\(volatility) for \(quote)")
      found += 1
    }
    #expect(found > 1_500)
    #expect(refused > 0)
  }

  @Test("price and Greeks at the implied volatilities: the same 1e-10")
  func greeks() throws {
    let quotes = try Self.implied()
    let answers = try QuantLibJudge.answers(
      quotes.map { .init(inputs: $0.inputs, days: $0.days, volatility: $0.inputs.volatility) })
    try #require(answers.count == quotes.count)
    let measures: [(String, OptionMeasure)] = [
      ("price", .price), ("delta", .delta), ("gamma", .gamma), ("vega", .vega),
      ("theta", .theta), ("rho", .rho), ("div_rho", .dividendRho),
    ]
    var compared = 0
    for (quote, answer) in zip(quotes, answers) {
      let values = try EuropeanOption.values(quote.inputs)
      guard try #require(values.vega) > Self.leastVega else { continue }
      for (column, measure) in measures {
        let value = try #require(values[measure])
        let expected = try #require(answer.number(column))
        // A theta of opposing parts may be next to nothing: it is compared with its vega part.
        let scale =
          measure == .theta
          ? max(
            expected.magnitude,
            try #require(values.vega) * quote.inputs.volatility / quote.inputs.years / 2)
          : expected.magnitude
        #expect((value - expected).magnitude <= 1e-10 * scale, "\(column) of \(quote)")
      }
      compared += 1
    }
    #expect(compared > 1_500)
  }

  @Test("American prices at the implied volatilities: the same 1e-6 of QuantLib's best scheme")
  func american() throws {
    // Every so many: a boundary each, in a debug build.
    let quotes = try Self.implied().enumerated().filter { $0.offset.isMultiple(of: 23) }
      .map(\.element)
    let answers = try QuantLibJudge.answers(
      quotes.map {
        .init(
          inputs: $0.inputs, days: $0.days, volatility: $0.inputs.volatility, american: true)
      })
    try #require(answers.count == quotes.count && quotes.count > 60)
    for (quote, answer) in zip(quotes, answers) {
      let expected = try #require(answer.number("american_price"))
      let price = try AmericanOption.price(quote.inputs)
      let european = try EuropeanOption.values(quote.inputs).price
      #expect(price >= european, "\(quote)")
      #expect((price / expected - 1).magnitude < 1e-6, "\(price), \(expected) for \(quote)")
    }
  }
}
