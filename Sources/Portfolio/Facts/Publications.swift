public import Events
public import ExactNumbers
public import Records

/// What is published about the market beside prices: interest rates, quoted volatilities, short
/// metrics, and which days are over. No rule and no holding depends on it; calculations do.
///
/// Memory grows with the days on which something was published: of a UTC day the last rate of a
/// series, and the last volatility and short metrics of a symbol, by (effective time, sequence) are
/// kept, as of marks.
struct Publications: Hashable, Sendable {
  private(set) var rates = Table<RateSeriesID, DaySeries<RateFixing>>()
  private(set) var volatilities = Table<Symbol, DaySeries<QuotedVolatility>>()
  private(set) var shortMetrics = Table<Symbol, DaySeries<ShortMetrics>>()
  /// Of each day that was closed, the fact that is effective first: from then on it is closed.
  private(set) var closedDays = Table<CivilDate, Stamp>()

  mutating func record(_ rate: RateSet, _ stamp: Stamp) {
    let fixing = RateFixing(
      series: rates.shared(rate.series), percent: rate.value, at: stamp.effective,
      sequence: stamp.sequence)
    rates.update(rate.series, orInsert: DaySeries(fixing)) { $0.record(fixing) }
  }

  mutating func record(_ quoted: VolatilityQuoted, _ stamp: Stamp) {
    let volatility = QuotedVolatility(
      symbol: volatilities.shared(quoted.symbol), volatility: quoted.volatility,
      at: stamp.effective, sequence: stamp.sequence)
    volatilities.update(quoted.symbol, orInsert: DaySeries(volatility)) { $0.record(volatility) }
  }

  mutating func record(_ report: ShortReported, _ stamp: Stamp) {
    let metrics = ShortMetrics(report, symbol: shortMetrics.shared(report.symbol), stamp)
    shortMetrics.update(report.symbol, orInsert: DaySeries(metrics)) { $0.record(metrics) }
  }

  mutating func record(_ day: DayClosed, _ stamp: Stamp) {
    closedDays.update(day.date, orInsert: stamp) { $0 = min($0, stamp) }
  }

  /// Forgets what is effective after a time.
  mutating func cut(at time: Instant) {
    rates.keep { $1.cut(at: time) }
    volatilities.keep { $1.cut(at: time) }
    shortMetrics.keep { $1.cut(at: time) }
    closedDays.keep { $1.effective <= time }
  }

  mutating func merge(_ later: Self) {
    rates.merge(later.rates) { $0.merge($1) }
    volatilities.merge(later.volatilities) { $0.merge($1) }
    shortMetrics.merge(later.shortMetrics) { $0.merge($1) }
    closedDays.merge(later.closedDays) { $0 = min($0, $1) }
  }
}

/// A published interest rate.
public struct RateFixing: Hashable, Sendable {
  public let series: RateSeriesID
  /// Percent a year, as published: 4.25 is 4.25 %.
  public let percent: ExactDecimal
  /// Effective time.
  public let at: Instant
  public let sequence: EventSequence

  /// UTC date of the effective time.
  public var date: CivilDate { at.date }
}

/// The volatility of an option or an underlying, as somebody quoted it.
public struct QuotedVolatility: Hashable, Sendable {
  public let symbol: Symbol
  /// A year; 0.25 is 25 %.
  public let volatility: ExactDecimal
  /// Effective time.
  public let at: Instant
  public let sequence: EventSequence

  /// UTC date of the effective time.
  public var date: CivilDate { at.date }
}

/// Short interest and borrow of a symbol as reported for a settlement date. What the report did not
/// say is null.
public struct ShortMetrics: Hashable, Sendable {
  public let symbol: Symbol
  /// Shares sold short.
  public let shortInterestShares: Int64?
  /// Shares a day.
  public let averageDailyVolume: Int64?
  /// Short interest as a fraction of the float.
  public let shortInterestRatio: ExactDecimal?
  public let daysToCover: ExactDecimal?
  /// Percent a year: 12.5 is 12.5 %.
  public let costToBorrowRate: ExactDecimal?
  /// Shares that can be borrowed.
  public let sharesAvailable: Int64?
  /// The effective time, on the settlement date.
  public let at: Instant
  public let sequence: EventSequence
  /// From when on it could be known.
  public let recorded: Instant

  /// The settlement date.
  public var metricDate: CivilDate { at.date }

  init(_ report: ShortReported, symbol: Symbol, _ stamp: Stamp) {
    self.symbol = symbol
    shortInterestShares = report.shortInterestShares
    averageDailyVolume = report.avgDailyVolume
    shortInterestRatio = report.shortInterestRatio
    daysToCover = report.daysToCover
    costToBorrowRate = report.costToBorrowRate
    sharesAvailable = report.sharesAvailable
    at = stamp.effective
    sequence = stamp.sequence
    recorded = stamp.recorded
  }
}

extension ShortMetrics {
  /// Short interest ÷ average daily volume, rounded half to even at four places: for a report that
  /// does not say how many days it takes to cover. Null where one of them is missing, or no share
  /// trades.
  public var daysOfVolume: Money? {
    guard let shares = shortInterestShares, let volume = averageDailyVolume, volume > 0 else {
      return nil
    }
    return Money(units: dividedHalfEven(Int128(shares) * 10_000, by: Int128(volume)))
  }
}

extension RateFixing: DayEntry {
  var effective: Instant { at }
  func wins(over other: Self) -> Bool { isLater(than: other) }
}

extension QuotedVolatility: DayEntry {
  var effective: Instant { at }
  func wins(over other: Self) -> Bool { isLater(than: other) }
}

extension ShortMetrics: DayEntry {
  var date: CivilDate { metricDate }
  var effective: Instant { at }
  func wins(over other: Self) -> Bool { isLater(than: other) }
}
