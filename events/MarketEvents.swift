public import ExactNumbers
public import Records

/// One trade print or mark.
public struct PriceTicked: EventPayload {
  public var symbol: Symbol
  public var price: ExactDecimal
  public var size: ExactDecimal?
  public var unknownFields: JSONValue?

  public init(
    symbol: Symbol, price: ExactDecimal, size: ExactDecimal? = nil, unknownFields: JSONValue? = nil
  ) {
    self.symbol = symbol
    self.price = price
    self.size = size
    self.unknownFields = unknownFields
  }
}

extension PriceTicked {
  public static let kind = KindDeclaration(
    120, "price.ticked", "one trade print or mark", isMarketData: true, subject: .symbol, symbol: 1)

  public static let blank = Self(symbol: .blank, price: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "symbol", \.symbol, "the instrument"),
    .required(2, "price", \.price, "what it traded at", unit: "currency per share", .notNegative),
    .optional(3, "size", \.size, "how much traded", unit: "shares or contracts", .notNegative),
  ]
}

/// One daily bar as traded, effective when `time` says: the close of its session. The same symbol
/// and date again restates it, by later sequence, whatever its time.
public struct PriceClosed: EventPayload {
  public var symbol: Symbol
  public var date: CivilDate
  public var open: ExactDecimal?
  public var high: ExactDecimal?
  public var low: ExactDecimal?
  public var close: ExactDecimal
  public var volume: Int64?
  public var provider: String?
  public var unknownFields: JSONValue?

  public init(
    symbol: Symbol, date: CivilDate, close: ExactDecimal, open: ExactDecimal? = nil,
    high: ExactDecimal? = nil, low: ExactDecimal? = nil, volume: Int64? = nil,
    provider: String? = nil, unknownFields: JSONValue? = nil
  ) {
    self.symbol = symbol
    self.date = date
    self.open = open
    self.high = high
    self.low = low
    self.close = close
    self.volume = volume
    self.provider = provider
    self.unknownFields = unknownFields
  }
}

extension PriceClosed {
  public static let kind = KindDeclaration(
    121, "price.closed", "one daily bar as traded", isMarketData: true, subject: .symbol, symbol: 1)

  public static let blank = Self(symbol: .blank, date: .blank, close: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "symbol", \.symbol, "the instrument"),
    .required(2, "date", \.date, "the session, in the calendar of the market"),
    .optional(3, "open", \.open, "first price", unit: "currency per share", .notNegative),
    .optional(4, "high", \.high, "highest price", unit: "currency per share", .notNegative),
    .optional(5, "low", \.low, "lowest price", unit: "currency per share", .notNegative),
    .required(6, "close", \.close, "last price", unit: "currency per share", .positive),
    .optional(7, "volume", \.volume, "how much traded", unit: "shares or contracts", .notNegative),
    .optional(8, "provider", \.provider, "where the bar is from", .characters(1...100)),
  ]

  public static let rules: [PayloadRule<Self>] = [
    PayloadRule("low", expects: "low <= open, close, high") { payload in
      guard let low = payload.low else { return nil }
      if low > payload.close { return "low \(low), close \(payload.close)" }
      if let open = payload.open, low > open { return "low \(low), open \(open)" }
      if let high = payload.high, low > high { return "low \(low), high \(high)" }
      return nil
    },
    PayloadRule("high", expects: "high >= open, close, low") { payload in
      guard let high = payload.high else { return nil }
      if high < payload.close { return "high \(high), close \(payload.close)" }
      if let open = payload.open, high < open { return "high \(high), open \(open)" }
      return nil
    },
  ]
}

/// What is bid and asked.
public struct QuoteUpdated: EventPayload {
  public var symbol: Symbol
  public var bid: ExactDecimal?
  public var ask: ExactDecimal?
  public var bidSize: Int64?
  public var askSize: Int64?
  public var last: ExactDecimal?
  public var unknownFields: JSONValue?

  public init(
    symbol: Symbol, bid: ExactDecimal? = nil, ask: ExactDecimal? = nil, bidSize: Int64? = nil,
    askSize: Int64? = nil, last: ExactDecimal? = nil, unknownFields: JSONValue? = nil
  ) {
    self.symbol = symbol
    self.bid = bid
    self.ask = ask
    self.bidSize = bidSize
    self.askSize = askSize
    self.last = last
    self.unknownFields = unknownFields
  }
}

extension QuoteUpdated {
  public static let kind = KindDeclaration(
    122, "quote.updated", "what is bid and asked", isMarketData: true, subject: .symbol, symbol: 1)

  public static let blank = Self(symbol: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "symbol", \.symbol, "the instrument"),
    .optional(2, "bid", \.bid, "highest bid", unit: "currency per share", .notNegative),
    .optional(3, "ask", \.ask, "lowest offer", unit: "currency per share", .notNegative),
    .optional(
      4, "bid_size", \.bidSize, "how much is bid for", unit: "shares or contracts", .notNegative),
    .optional(
      5, "ask_size", \.askSize, "how much is offered", unit: "shares or contracts", .notNegative),
    .optional(6, "last", \.last, "last price", unit: "currency per share", .notNegative),
  ]
}

/// The implied volatility of an option, or of an underlying.
public struct VolatilityQuoted: EventPayload {
  public var symbol: Symbol
  public var volatility: ExactDecimal
  public var unknownFields: JSONValue?

  public init(symbol: Symbol, volatility: ExactDecimal, unknownFields: JSONValue? = nil) {
    self.symbol = symbol
    self.volatility = volatility
    self.unknownFields = unknownFields
  }
}

extension VolatilityQuoted {
  public static let kind = KindDeclaration(
    123, "volatility.quoted",
    "the volatility of an option or an underlying",
    subject: .symbol, symbol: 1)

  public static let blank = Self(symbol: .blank, volatility: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "symbol", \.symbol, "an option, or an underlying"),
    .required(
      2, "volatility", \.volatility,
      "annual volatility", unit: "fraction: 0.25 is 25 %", .notNegative),
  ]
}

/// A published interest rate.
public struct RateSet: EventPayload {
  public var series: RateSeriesID
  public var value: ExactDecimal
  public var unknownFields: JSONValue?

  public init(series: RateSeriesID, value: ExactDecimal, unknownFields: JSONValue? = nil) {
    self.series = series
    self.value = value
    self.unknownFields = unknownFields
  }
}

extension RateSet {
  public static let kind = KindDeclaration(
    124, "rate.set", "a published interest rate", subject: .symbol, symbol: 1)

  public static let blank = Self(series: .blank, value: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "series", \.series, "the series, DGS3MO"),
    .required(2, "value", \.value, "the rate as published", unit: "percent a year"),
  ]
}

/// Short interest and borrow, effective on the settlement date, knowable when recorded.
public struct ShortReported: EventPayload {
  public var symbol: Symbol
  public var shortInterestShares: Int64?
  public var avgDailyVolume: Int64?
  public var shortInterestRatio: ExactDecimal?
  public var daysToCover: ExactDecimal?
  public var costToBorrowRate: ExactDecimal?
  public var sharesAvailable: Int64?
  public var unknownFields: JSONValue?

  public init(
    symbol: Symbol, shortInterestShares: Int64? = nil, avgDailyVolume: Int64? = nil,
    shortInterestRatio: ExactDecimal? = nil, daysToCover: ExactDecimal? = nil,
    costToBorrowRate: ExactDecimal? = nil, sharesAvailable: Int64? = nil,
    unknownFields: JSONValue? = nil
  ) {
    self.symbol = symbol
    self.shortInterestShares = shortInterestShares
    self.avgDailyVolume = avgDailyVolume
    self.shortInterestRatio = shortInterestRatio
    self.daysToCover = daysToCover
    self.costToBorrowRate = costToBorrowRate
    self.sharesAvailable = sharesAvailable
    self.unknownFields = unknownFields
  }
}

extension ShortReported {
  public static let kind = KindDeclaration(
    125, "short.reported",
    "short interest and borrow of an instrument",
    subject: .symbol, symbol: 1)

  public static let blank = Self(symbol: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "symbol", \.symbol, "the instrument"),
    .optional(
      2, "short_interest_shares", \.shortInterestShares,
      "shares sold short", unit: "shares", .notNegative),
    .optional(
      3, "avg_daily_volume", \.avgDailyVolume,
      "average volume of 30 sessions", unit: "shares a day", .notNegative),
    .optional(
      4, "short_interest_ratio", \.shortInterestRatio,
      "short interest / float", unit: "fraction", .notNegative),
    .optional(
      5, "days_to_cover", \.daysToCover,
      "short interest / average volume", unit: "days", .notNegative),
    .optional(
      6, "cost_to_borrow_rate", \.costToBorrowRate,
      "what borrowing costs", unit: "percent a year: 12.5 is 12.5 %"),
    .optional(
      7, "shares_available", \.sharesAvailable,
      "shares that can be borrowed", unit: "shares", .notNegative),
  ]
}
