public import ExactNumbers
public import Records

/// What sort of thing an instrument is.
public enum InstrumentKind: String, PayloadEnumeration, Sendable {
  case stock, etf, mutualFund = "mutual_fund", option, index, rate, commodity, other
}

/// What an option gives the right to.
public enum OptionRight: String, PayloadEnumeration, Sendable {
  case call = "CALL", put = "PUT"
}

/// When an option may be exercised.
public enum OptionStyle: String, PayloadEnumeration, Sendable {
  case american, european
}

/// What is known of an instrument; said again, it restates it. Options may be known by their OCC
/// symbol alone.
public struct InstrumentDefined: EventPayload {
  public var symbol: Symbol
  public var kind: InstrumentKind
  public var name: String?
  public var sector: String?
  public var industry: String?
  public var underlying: Symbol?
  public var strike: ExactDecimal?
  public var expiration: CivilDate?
  public var right: OptionRight?
  public var multiplier: Int64?
  public var style: OptionStyle?
  public var dividendYield: ExactDecimal?
  public var unknownFields: JSONValue?

  public init(
    symbol: Symbol, kind: InstrumentKind, name: String? = nil, sector: String? = nil,
    industry: String? = nil, underlying: Symbol? = nil, strike: ExactDecimal? = nil,
    expiration: CivilDate? = nil, right: OptionRight? = nil, multiplier: Int64? = nil,
    style: OptionStyle? = nil, dividendYield: ExactDecimal? = nil, unknownFields: JSONValue? = nil
  ) {
    self.symbol = symbol
    self.kind = kind
    self.name = name
    self.sector = sector
    self.industry = industry
    self.underlying = underlying
    self.strike = strike
    self.expiration = expiration
    self.right = right
    self.multiplier = multiplier
    self.style = style
    self.dividendYield = dividendYield
    self.unknownFields = unknownFields
  }
}

extension InstrumentDefined {
  public static let kind = KindDeclaration(
    40, "instrument.defined", "what is known of an instrument", subject: .symbol, symbol: 1)

  public static let blank = Self(symbol: .blank, kind: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "symbol", \.symbol, "the instrument"),
    .required(2, "kind", \.kind, "what sort of thing it is"),
    .optional(3, "name", \.name, "what it is called", .characters(1...255)),
    .optional(4, "sector", \.sector, "the sector it belongs to", .characters(1...255)),
    .optional(5, "industry", \.industry, "the industry it belongs to", .characters(1...255)),
    .optional(6, "underlying", \.underlying, "what an option is on", .characters(1...10)),
    .optional(
      7, "strike", \.strike,
      "price at which an option exercises", unit: "currency per share", .positive),
    .optional(8, "expiration", \.expiration, "last day of an option"),
    .optional(9, "right", \.right, "what an option gives the right to"),
    .optional(
      10, "multiplier", \.multiplier,
      "what one contract stands for", unit: "shares per contract", .positive),
    .optional(11, "style", \.style, "when an option may be exercised"),
    .optional(
      12, "dividend_yield", \.dividendYield,
      "continuous dividend yield", unit: "fraction a year: 0.02 is 2 %", .notNegative),
  ]

  public static let rules: [PayloadRule<Self>] = OptionTerms.instrumentRules
}

/// An instrument is split: 4 is 4 for 1; 1 and 10 is a 1 for 10 reverse. Quantities multiply and
/// prices divide for all that was effective strictly before. The same symbol and time again
/// restates it, ratio 1 undoes it.
public struct InstrumentSplit: EventPayload {
  public var symbol: Symbol
  public var ratio: ExactDecimal
  public var denominator: ExactDecimal?
  public var unknownFields: JSONValue?

  public init(
    symbol: Symbol, ratio: ExactDecimal, denominator: ExactDecimal? = nil,
    unknownFields: JSONValue? = nil
  ) {
    self.symbol = symbol
    self.ratio = ratio
    self.denominator = denominator
    self.unknownFields = unknownFields
  }
}

extension InstrumentSplit {
  public static let kind = KindDeclaration(
    41, "instrument.split", "an instrument is split", subject: .symbol, symbol: 1)

  public static let blank = Self(symbol: .blank, ratio: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "symbol", \.symbol, "the instrument"),
    .required(
      2, "ratio", \.ratio, "new units for each `denominator` old ones", unit: "shares", .positive),
    .optional(
      3, "denominator", \.denominator, "old units; 1 where not given", unit: "shares", .positive),
  ]
}

/// An instrument pays a dividend, effective on its ex-date: it credits every holder and debits
/// shorts.
public struct InstrumentDividend: EventPayload {
  public var symbol: Symbol
  public var amount: ExactDecimal
  public var unknownFields: JSONValue?

  public init(symbol: Symbol, amount: ExactDecimal, unknownFields: JSONValue? = nil) {
    self.symbol = symbol
    self.amount = amount
    self.unknownFields = unknownFields
  }
}

extension InstrumentDividend {
  public static let kind = KindDeclaration(
    42, "instrument.dividend", "an instrument pays a dividend", subject: .symbol, symbol: 1)

  public static let blank = Self(symbol: .blank, amount: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "symbol", \.symbol, "the instrument"),
    .required(
      2, "amount", \.amount, "what each share is paid", unit: "currency per share", .notNegative),
  ]
}
