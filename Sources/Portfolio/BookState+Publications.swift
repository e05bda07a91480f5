public import Events
public import ExactNumbers

/// What calculations ask for beside positions and prices.
///
/// Of a UTC day the last fact by (effective time, sequence) is kept, so an answer is exact as of the
/// end of any day, and as of ``BookState/limit``.
extension BookState {
  /// The rate that was last published by a time; null where there is none.
  public func rate(_ series: RateSeriesID, asOf: Instant) -> RateFixing? {
    publications.rates[series]?.last(asOf: asOf)
  }

  /// The rates of a series up to a time, the last one of each UTC date, ascending. They begin at
  /// index 0 and share the state's memory: asking takes a search by halves.
  public func rates(_ series: RateSeriesID, asOf: Instant) -> ArraySlice<RateFixing> {
    publications.rates[series]?.entries(asOf: asOf) ?? []
  }

  /// Every series of which a rate was published, ascending.
  public var rateSeries: [RateSeriesID] { publications.rates.keys.sorted() }

  /// The volatility that was last quoted by a time; null where there is none.
  public func quotedVolatility(of symbol: Symbol, asOf: Instant) -> QuotedVolatility? {
    publications.volatilities[symbol]?.last(asOf: asOf)
  }

  /// The short metrics of the last settlement date by a time; null where there are none.
  public func shortMetrics(of symbol: Symbol, asOf: Instant) -> ShortMetrics? {
    publications.shortMetrics[symbol]?.last(asOf: asOf)
  }

  /// Every symbol of which short metrics were reported, ascending.
  public var symbolsWithShortMetrics: [Symbol] { publications.shortMetrics.keys.sorted() }

  /// The days that `day.closed` says are over, ascending: said with an effective time up to `asOf`,
  /// and dated no later than it.
  public func closedDays(asOf: Instant) -> [CivilDate] {
    let last = asOf.date
    return zip(publications.closedDays.keys, publications.closedDays.values)
      .filter { $0 <= last && $1.effective <= asOf }.map(\.0).sorted()
  }
}
