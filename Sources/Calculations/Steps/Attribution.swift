public import Events
public import ExactNumbers
public import Portfolio
internal import Records

/// What a portfolio's P&L between two moments is made of (C-04 to C-07).
///
/// The contributions of positions and ``Attribution/other`` add up to the change of NAV without
/// flows, to the last place, unless a price is missing.
public struct Attribution: Sendable {
  public let portfolio: PortfolioID
  /// Its end is where the time that is looked at begins; null: with the portfolio.
  public let from: CivilDate?
  public let through: CivilDate
  /// NAV where it begins; null from inception on.
  public let startValue: Money?
  public let endValue: Money
  /// Deposits, withdrawals and adjustments, signed.
  public let netFlows: Money
  /// `NAV − NAV at the start − flows`.
  public let total: Money
  /// What shares of the start are of: NAV, or gross exposure where cash is not known (C-02). Null
  /// from inception on, and where it is not above zero.
  public let base: Money?
  /// Positions that were open at some time, ascending by id.
  public let positions: [PositionContribution]
  /// Dividends, interest and fees that moved as cash and belong to no position.
  public let other: Contribution
  /// What no position explains, since it has no price at one of the two moments; else zero.
  public let unexplained: Money
  public internal(set) var warnings: [String] = []
}

/// An amount of P&L by its sources.
public struct Contribution: Hashable, Sendable {
  /// By exits, before fees (C-05).
  public internal(set) var realized = Money.zero
  /// Change of what is open; the rest of ``total``, so that the four foot.
  public internal(set) var unrealizedChange = Money.zero
  /// Dividends, and interest where it belongs to no position; paid on shorts: negative.
  public internal(set) var dividends = Money.zero
  /// Positive is paid.
  public internal(set) var fees = Money.zero
  /// Realized, unrealized and dividends, less fees.
  public internal(set) var total = Money.zero

  static func += (left: inout Self, right: Self) throws(NumberError) {
    left.realized = try left.realized + right.realized
    left.unrealizedChange = try left.unrealizedChange + right.unrealizedChange
    left.dividends = try left.dividends + right.dividends
    left.fees = try left.fees + right.fees
    left.total = try left.total + right.total
  }
}

/// What one position contributed.
public struct PositionContribution: Sendable {
  public let position: Position
  /// Null: it has no price at one of the two moments.
  public let contribution: Contribution?

  public var id: PositionID { position.id }
}

extension CalculationDay {
  /// The contributions to a portfolio's P&L from the end of a date to this day.
  ///
  /// It takes two valuations of the book, whatever lies between.
  ///
  /// - Parameter from: Null, and any date before the first event: inception.
  /// - Throws: ``CalculationError/outOfRange(what:_:)``, ``CalculationError/unknownPortfolio(id:)``.
  public func attribution(
    of portfolio: PortfolioID, from: CivilDate? = nil
  ) throws(CalculationError) -> Attribution {
    _ = try details(of: portfolio)
    let start = try from.map { from throws(CalculationError) in
      from >= date ? self : try earlierDay(from)
    }
    let end = try Endpoint(self, portfolio)
    let begin = try start.map { start throws(CalculationError) in try Endpoint(start, portfolio) }
    do throws(NumberError) {
      return try contributions(to: end, since: begin, portfolio, from: from)
    } catch {
      throw .outOfRange(what: "the P&L of portfolio \(portfolio)", error)
    }
  }

  private func contributions(
    to end: Endpoint, since begin: Endpoint?, _ portfolio: PortfolioID, from: CivilDate?
  ) throws(NumberError) -> Attribution {
    let netFlows = try end.flows - (begin?.flows ?? .zero)
    let total = try end.netAssetValue - (begin?.netAssetValue ?? .zero) - netFlows
    var other = Contribution()
    other.dividends = try end.income - (begin?.income ?? .zero)
    other.fees = try end.fees - (begin?.fees ?? .zero)
    other.total = try other.dividends - other.fees

    var positions: [PositionContribution] = []
    var unexplained = try total - other.total
    for held in end.positions {
      let before = begin?.positionsByID[held.position.id]
      // Closed before, and still closed: nothing happened.
      guard held.position.isActive || before?.position.isActive ?? true else { continue }
      let contribution = try contribution(of: held, since: before, start: begin?.asOf)
      if let contribution { unexplained = try unexplained - contribution.total }
      positions.append(
        PositionContribution(position: held.position, contribution: contribution))
    }
    let base = begin.map { $0.isCashUnknown ? $0.grossExposure : $0.netAssetValue }
    var attribution = Attribution(
      portfolio: portfolio, from: from, through: date, startValue: begin?.netAssetValue,
      endValue: end.netAssetValue, netFlows: netFlows, total: total,
      base: base.flatMap { $0 > .zero ? $0 : nil }, positions: positions, other: other,
      unexplained: unexplained)
    attribution.warnings = warnings(attribution, begin)
    return attribution
  }

  /// Value change and exit proceeds, less entry cost, with dividends, less fees.
  private func contribution(
    of end: Held, since begin: Held?, start: Instant?
  ) throws(NumberError) -> Contribution? {
    guard let worth = end.worth, begin.map({ $0.worth != nil }) ?? true else { return nil }
    let position = end.position
    var result = Contribution()
    result.realized = try position.realizedPnL - (begin?.position.realizedPnL ?? .zero)
    result.dividends = try position.totalDividends() - (begin?.position.totalDividends() ?? .zero)
    result.fees = try position.fees - (begin?.position.fees ?? .zero)
    let change = try worth - (begin?.worth ?? .zero)
    result.total =
      try change + traded(position, after: start) + result.dividends - result.fees
    result.unrealizedChange =
      try result.total - result.realized - result.dividends + result.fees
    return result
  }

  /// What the entry and the exits since a moment did to cash, before fees: in the units of their
  /// own times, as cash counts them.
  private func traded(
    _ position: Position, after start: Instant?
  ) throws(NumberError) -> Money {
    let isSplit = !state.market.splits(of: position.symbol).isEmpty
    var amount = Money.zero
    if start.map({ position.entryTime > $0 }) ?? true {
      let entered = isSplit ? try asOf(position.entryTime, position) : position
      amount =
        try amount
        - Money(
          entered.entryQuantity, at: entered.entryPrice, multiplier: position.multiplier)
    }
    for exit in position.exits where start.map({ exit.time > $0 }) ?? true {
      let left =
        isSplit
        ? try asOf(exit.time, position).exits.first { $0.id == exit.id } ?? exit : exit
      amount =
        try amount
        + Money(left.quantity, at: left.price, multiplier: position.multiplier)
    }
    return amount
  }

  private func asOf(_ time: Instant, _ position: Position) throws(NumberError) -> Position {
    try state.position(position.id, asOf: time) ?? position
  }

  private func warnings(_ attribution: Attribution, _ begin: Endpoint?) -> [String] {
    var warnings: [String] = []
    let unknown = attribution.positions.filter { $0.contribution == nil }
    if !unknown.isEmpty {
      warnings.append(
        "\(list(unknown.map { "\($0.id) (\($0.position.symbol))" })): without a price at the start "
          + "or the end; their contribution is not known, and "
          + "\(attribution.unexplained) of the P&L is not explained")
    }
    if let begin, begin.isCashUnknown, attribution.base != nil {
      warnings.append("cash is not known: shares of the start are of gross exposure, not of NAV")
    } else if let begin, !begin.isEmpty, attribution.base == nil {
      warnings.append("NAV at the start is not above zero: there are no shares of it")
    }
    return warnings
  }

  /// A position at one of the two moments; null where it has no price.
  private struct Held {
    let position: Position
    let worth: Money?
  }

  /// A portfolio at one of the two moments.
  private struct Endpoint {
    let asOf: Instant
    let netAssetValue: Money
    let grossExposure: Money
    let isCashUnknown: Bool
    /// Since inception.
    let flows: Money
    let income: Money
    let fees: Money
    /// Open and closed, ascending by id.
    let positions: [Held]
    let positionsByID: [PositionID: Held]

    var isEmpty: Bool { positions.isEmpty && isCashUnknown }

    init(_ day: CalculationDay, _ portfolio: PortfolioID) throws(CalculationError) {
      let open = Dictionary(
        uniqueKeysWithValues: try day.holdings(ifKnown: portfolio).map { ($0.id, $0.value) })
      let positions = try day.positions(of: portfolio).map { position in
        Held(
          position: position,
          // What was left is worth nothing, whatever its price.
          worth: position.isActive ? open[position.id]?.marketValue : .zero)
      }
      let cash = day.holdings.cash[portfolio]
      let moved = { (reason: CashReason) in cash?.movements[reason] ?? .zero }
      do throws(NumberError) {
        var net = cash?.balance ?? .zero
        var gross = Money.zero
        for worth in positions.lazy.compactMap(\.worth) {
          net = try net + worth
          gross = try gross + worth.magnitude
        }
        netAssetValue = net
        grossExposure = gross
        flows = try moved(.deposit) + moved(.withdrawal) + moved(.adjustment)
        income = try moved(.dividend) + moved(.interest)
      } catch {
        throw .outOfRange(what: "the value of portfolio \(portfolio)", error)
      }
      asOf = day.asOf
      isCashUnknown = cash?.isUnknown ?? true
      fees = -moved(.fee)
      self.positions = positions
      positionsByID = Dictionary(uniqueKeysWithValues: positions.map { ($0.position.id, $0) })
    }
  }

  /// Nothing where the portfolio was not known yet.
  private func holdings(
    ifKnown portfolio: PortfolioID
  ) throws(CalculationError) -> [Holding] {
    holdings.portfolios[portfolio] == nil ? [] : try holdings(of: portfolio)
  }
}

extension Position {
  fileprivate func totalDividends() throws(NumberError) -> Money {
    var total = Money.zero
    for credit in dividends { total = try total + credit.amount }
    return total
  }
}
