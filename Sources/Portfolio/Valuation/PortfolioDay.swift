public import Events
public import ExactNumbers

/// What a portfolio was worth at the end of a session, and what the session did (C-02 to C-07).
/// Money is in the portfolio's currency; what has no price is in no total, and counted.
public struct PortfolioDay: Hashable, Sendable {
  /// The session.
  public let date: CivilDate
  /// The end of its date, or the cut where that is earlier.
  public let asOf: Instant

  public internal(set) var cash = Money.zero
  /// Sum of positive market values.
  public internal(set) var longExposure = Money.zero
  /// Sum of negative market values, so never above zero.
  public internal(set) var shortExposure = Money.zero
  /// Cash plus the market values that are known.
  public internal(set) var netAssetValue = Money.zero

  /// Deposits, withdrawals and adjustments since the session before, signed.
  public internal(set) var netFlows = Money.zero
  /// Of those the ones that brought cash in.
  public internal(set) var inflows = Money.zero
  /// Since the session before: what `instrument.dividend` credited, and dividends and interest
  /// moved as cash.
  public internal(set) var income = Money.zero
  /// Since the session before: of trades and moved as cash. Positive is paid.
  public internal(set) var fees = Money.zero
  /// ``income`` since the beginning.
  public internal(set) var totalIncome = Money.zero
  /// ``fees`` since the beginning.
  public internal(set) var totalFees = Money.zero

  /// Of all exits so far, before fees.
  public internal(set) var realizedPnL = Money.zero
  /// Of what is open and has a price.
  public internal(set) var unrealizedPnL = Money.zero
  /// Realized and unrealized, with income, less fees: since the beginning (C-07).
  public internal(set) var totalPnL = Money.zero
  /// `NAV − NAV⁻ − flows`, `NAV⁻` being that of the session before (C-06). Null on the first day, and
  /// on one on which something gets or loses its price, or is traded without one.
  ///
  /// An option that goes over from a model's price to the market's gets its price: the difference
  /// of the two would be the model's error as much as the day's result. Trades at a price and the
  /// value at the expiry close count against either.
  public internal(set) var pnl: Money?
  /// ``pnl`` over `NAV⁻ + inflows`: 0.01 is 1 %. Null where that is, and where the denominator is
  /// not above zero.
  public internal(set) var dailyReturn: Proportion?

  /// Open positions.
  public internal(set) var positionCount = 0
  /// Of those, by their type, not by the sign of their exposure.
  public internal(set) var longCount = 0
  public internal(set) var shortCount = 0
  /// Open positions without a price, which no total contains.
  public internal(set) var unpricedCount = 0
  /// Open positions whose price is older than `price.stale_sessions` sessions.
  public internal(set) var staleCount = 0
  /// Open positions whose price is a model's (C-01); the totals contain them.
  public internal(set) var modelPricedCount = 0
  /// Nothing but trades moved cash so far, so cash and net asset value say nothing.
  public internal(set) var isCashUnknown = true

  init(date: CivilDate, asOf: Instant) {
    self.date = date
    self.asOf = asOf
  }

  /// Long less short exposure.
  public func grossExposure() throws(NumberError) -> Money { try longExposure - shortExposure }
  /// Long plus short exposure.
  public func netExposure() throws(NumberError) -> Money { try longExposure + shortExposure }
  /// Something has no price, so totals are partial.
  public var isPartial: Bool { unpricedCount > 0 }
}

/// A portfolio session by session, from the first one on which there was anything to tell.
public struct PortfolioHistory: Hashable, Sendable {
  public let portfolio: PortfolioID
  /// ISO 4217.
  public let currency: String
  /// One a session, ascending.
  public let days: [PortfolioDay]

  /// The day of a session; null where the date is none, or lies before the first one.
  public func day(_ date: CivilDate) -> PortfolioDay? {
    var low = 0
    var high = days.count
    while low < high {
      let middle = (low + high) / 2
      if days[middle].date < date { low = middle + 1 } else { high = middle }
    }
    return low < days.count && days[low].date == date ? days[low] : nil
  }
}
