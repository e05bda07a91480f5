internal import Events
internal import ExactNumbers
internal import Records

extension PortfolioLedger {
  /// A price at the end of a day, in the units of that time.
  struct DayEnd {
    enum Source {
      /// A tick, a quote or a close.
      case market
      /// What an option was worth at its expiry.
      case expiry
      case model
      /// There is none.
      case missing
    }

    /// Null also where the market's is out of range for exact arithmetic.
    var price: Price?
    var source: Source
    var isStale: Bool
  }

  /// What is priced alike at the end of each day from one on.
  func prices(_ priced: Priced, from first: Int) -> [DayEnd] {
    let market = state.market
    let ends = ends[first...]
    // Past its expiry an option stands at what it was worth then.
    let expired = priced.terms.map { terms in
      ends.firstIndex { $0.date > terms.expiration } ?? ends.endIndex
    }
    let live = ends[..<(expired ?? ends.endIndex)]
    var result: [DayEnd] = []
    result.reserveCapacity(ends.count)
    let isSplit = !market.splits(of: priced.symbol).isEmpty
    let traded = market.tradedPrices(of: priced.symbol, asOf: live)
    for (index, traded) in zip(live.indices, traded) {
      let price =
        isSplit
        ? market.adjusted(traded, of: priced.symbol, priced.terms, asOf: ends[index]) : traded
      result.append(
        DayEnd(
          price: price?.price, source: traded == nil ? .missing : .market,
          isStale: isStale(traded, at: ends[index].date, on: index)))
    }
    guard let terms = priced.terms, live.endIndex < ends.endIndex else { return result }
    let final = market.tradedPrice(of: priced.symbol, terms, asOf: ends[live.endIndex])
    for index in live.endIndex..<ends.endIndex {
      result.append(
        DayEnd(
          price: final?.price, source: final == nil ? .missing : .expiry,
          isStale: isStale(final, at: terms.expiration, on: index)))
    }
    return result
  }

  /// Whether a price is too old when something is priced on a date.
  func isStale(_ traded: MarketPrice?, at date: CivilDate, on day: Int) -> Bool {
    guard let traded else { return false }
    let age = traded.date >= date ? 0 : calendar.count(after: traded.date, through: date)
    return Int64(age) > staleSessions[day]
  }
}
