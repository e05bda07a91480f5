public import Events
public import ExactNumbers
internal import Records

/// The total returns of a symbol from close to close, splits and dividends taken out.
///
/// All collections are of one length but ``omitted``, begin at index 0 and share memory with the
/// series they come from. A return hangs on what happened from the one close to the other, never on
/// what came later: the same number results as of any later time.
public struct ReturnSeries: Hashable, Sendable {
  public let symbol: Symbol
  /// The session each return ends on, ascending.
  public let dates: ArraySlice<CivilDate>
  /// The date of the close before. Where it is not the session before, a close is missing between.
  public let starts: ArraySlice<CivilDate>
  /// `adj_t / adj_{t−1} − 1`: 0.01 is 1 %.
  public let simple: ArraySlice<Double>
  /// `adj_t / adj_{t−1}`, above zero: its logarithm is the log return.
  public let growth: ArraySlice<Double>
  /// The dates whose return is not known, as a dividend was not less than the close before it.
  public let omitted: ArraySlice<CivilDate>

  public var count: Int { dates.count }
  public var isEmpty: Bool { dates.isEmpty }
}

/// Return series of many symbols, each worked out once and then cut as of any time.
///
/// Closes that are effective after the as-of, or dated after its date, do not count; neither do
/// splits and dividends that are effective after it.
public struct MarketSeries: Sendable {
  private let market: Market
  private var lines: [Symbol: ReturnLine] = [:]

  public init(_ market: Market) { self.market = market }

  /// The returns of a symbol known by a time; empty where it has no two closes by then.
  ///
  /// After the first question about a symbol one takes a search by halves, except where bars are
  /// effective in another order than that of their dates and the as-of falls between.
  public mutating func returns(of symbol: Symbol, asOf: Instant) -> ReturnSeries {
    let line = line(of: symbol)
    guard let count = line.closeCount(asOf: asOf) else {
      return ReturnLine(symbol, in: market, asOf: asOf).series(closeCount: nil)
    }
    // A dividend of the last day that is effective later in that day does not count yet.
    if count > 0, line.closes[count - 1].date == asOf.date,
      market.dividends(of: symbol).contains(where: {
        $0.stamp.effective > asOf && $0.stamp.effective.date == asOf.date
      })
    {
      return ReturnLine(symbol, in: market, asOf: asOf).series(closeCount: nil)
    }
    return line.series(closeCount: count)
  }

  private mutating func line(of symbol: Symbol) -> ReturnLine {
    if let line = lines[symbol] { return line }
    let line = ReturnLine(symbol, in: market, asOf: .distantFuture)
    lines[symbol] = line
    return line
  }
}

/// Every return of a symbol as of a time, and from when on each prefix of them is what is known.
private final class ReturnLine: Sendable {
  let symbol: Symbol
  let closes: [DayClose]
  /// The latest effective time of each close and those before it.
  private let reach: [Instant]
  private let dates: [CivilDate]
  private let starts: [CivilDate]
  private let simple: [Double]
  private let growth: [Double]
  private let omitted: [CivilDate]

  init(_ symbol: Symbol, in market: Market, asOf: Instant) {
    self.symbol = symbol
    let all = market.closes(of: symbol)
    closes =
      asOf == .distantFuture
      ? all : all.filter { $0.effective <= asOf && $0.date <= asOf.date }
    let splits = market.splits(of: symbol).filter { $0.stamp.effective <= asOf }
    let dividends = market.dividends(of: symbol).filter { $0.stamp.effective <= asOf }
    var reach: [Instant] = []
    var dates: [CivilDate] = []
    var starts: [CivilDate] = []
    var simple: [Double] = []
    var growth: [Double] = []
    var omitted: [CivilDate] = []
    var nextDividend = 0
    for (index, close) in closes.enumerated() {
      reach.append(max(reach.last ?? .distantPast, close.effective))
      let firstDividend = nextDividend
      while nextDividend < dividends.count,
        dividends[nextDividend].stamp.effective.date <= close.date
      {
        nextDividend += 1
      }
      guard index > 0 else { continue }
      let before = closes[index - 1]
      let step = PriceStep(
        from: before, to: close, splits, dividends[firstDividend..<nextDividend])
      guard let step else {
        omitted.append(close.date)
        continue
      }
      dates.append(close.date)
      starts.append(before.date)
      simple.append(step.simple)
      growth.append(step.growth)
    }
    self.reach = reach
    self.dates = dates
    self.starts = starts
    self.simple = simple
    self.growth = growth
    self.omitted = omitted
  }

  /// How many closes are known by a time; null where they are not the first ones by date.
  func closeCount(asOf: Instant) -> Int? {
    let last = asOf.date
    let dated = closes.partitionPoint { $0.date > last }
    let known = min(dated, reach.partitionPoint { $0 > asOf })
    for index in known..<dated where closes[index].effective <= asOf { return nil }
    return known
  }

  /// - Parameter closeCount: Null for all of them.
  func series(closeCount: Int?) -> ReturnSeries {
    var count = dates.count
    var omittedCount = omitted.count
    if let closeCount, closeCount < closes.count {
      let end = closeCount == 0 ? nil : closes[closeCount - 1].date
      count = end.map { end in dates.partitionPoint { $0 > end } } ?? 0
      omittedCount = end.map { end in omitted.partitionPoint { $0 > end } } ?? 0
    }
    return ReturnSeries(
      symbol: symbol, dates: dates[..<count], starts: starts[..<count], simple: simple[..<count],
      growth: growth[..<count], omitted: omitted[..<omittedCount])
  }
}

extension Array {
  /// The first index from which a condition holds; it must hold for all that follow.
  fileprivate func partitionPoint(_ holds: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
