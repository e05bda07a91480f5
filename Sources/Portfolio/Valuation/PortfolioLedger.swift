internal import Events
internal import ExactNumbers
internal import Records

/// Gathers what happened to a portfolio, session by session.
///
/// While it gathers, cash, income, fees and realized results of a day are what that day adds;
/// ``totalled()`` sums them up.
struct PortfolioLedger {
  private let portfolio: PortfolioID
  let state: BookState
  let calendar: SessionCalendar
  private let model: PriceModel?
  /// As of when each day is told, ascending.
  let ends: [Instant]
  /// Parameter `price.stale_sessions` as of each day.
  let staleSessions: [Int64]
  private var days: [PortfolioDay]
  /// By how much the number of known movements of cash changes on a day.
  private var movementCounts: [Int]
  /// On these days something began or ceased to have a price, or one of the market's, or was traded
  /// without any: what cash gained or lost by it has no value to stand against.
  private var isPnLUnknown: [Bool]

  init(
    _ portfolio: PortfolioID, _ state: BookState, _ calendar: SessionCalendar,
    days dates: ArraySlice<CivilDate>, asOf: Instant, model: PriceModel?
  ) {
    self.portfolio = portfolio
    self.model = model
    self.state = state
    self.calendar = calendar
    days = dates.map { PortfolioDay(date: $0, asOf: min($0.end, asOf)) }
    ends = days.map(\.asOf)
    movementCounts = days.map { _ in 0 }
    isPnLUnknown = days.map { _ in false }
    staleSessions = ends.map { end in
      Portfolio.staleSessions(
        { name, portfolio in
          (state.parameter(name, portfolio: portfolio, asOf: end)
            ?? state.parameter(name, portfolio: nil, asOf: end))?.value
        }, portfolio)
    }
  }

  /// The first day that knows what is effective at a time; the number of days where none does.
  private func day(of time: Instant) -> Int {
    var low = 0
    var high = ends.count
    while low < high {
      let middle = (low + high) / 2
      if ends[middle] >= time { high = middle } else { low = middle + 1 }
    }
    return low
  }

  // MARK: Cash

  /// Adds a movement of cash: on a day it counts as last stated by its end.
  mutating func add(_ movement: History<CashMovement>) throws(NumberError) {
    var counted: CashMovement?
    let entries = movement.ascending
    for (index, entry) in entries.enumerated() {
      let day = day(of: entry.stamp.effective)
      guard day < days.count else { return }
      if index + 1 < entries.count, self.day(of: entries[index + 1].stamp.effective) == day {
        continue
      }
      let stated = entry.value.portfolio == portfolio ? entry.value : nil
      try replace(counted, by: stated, on: day)
      counted = stated
    }
  }

  private mutating func replace(
    _ old: CashMovement?, by new: CashMovement?, on day: Int
  ) throws(NumberError) {
    movementCounts[day] += (new == nil ? 0 : 1) - (old == nil ? 0 : 1)
    let before = old.map { Money($0.amount) } ?? .zero
    let after = new.map { Money($0.amount) } ?? .zero
    if let old, let new, old.reason == new.reason {
      try move(after - before, new.reason, on: day)
    } else {
      if let old { try move(-before, old.reason, on: day) }
      if let new { try move(after, new.reason, on: day) }
    }
  }

  private mutating func move(
    _ amount: Money, _ reason: CashReason, on day: Int
  ) throws(NumberError) {
    days[day].cash = try days[day].cash + amount
    switch reason {
    case .deposit, .withdrawal, .adjustment:
      days[day].netFlows = try days[day].netFlows + amount
      if !amount.isNegative { days[day].inflows = try days[day].inflows + amount }
    case .dividend, .interest: days[day].income = try days[day].income + amount
    case .fee: days[day].fees = try days[day].fees - amount
    }
  }

  private mutating func trade(
    _ value: Money, fees: Money, on day: Int
  ) throws(NumberError) {
    days[day].cash = try days[day].cash + value - fees
    days[day].fees = try days[day].fees + fees
  }

  // MARK: Positions

  /// What is priced alike: a symbol, or an option by its terms.
  struct Priced: Hashable {
    let symbol: Symbol
    let terms: ContractTerms?
  }

  /// A position that counts on some day.
  struct Holding {
    let id: PositionID
    let priced: Priced
    let firstDay: Int
    fileprivate let walk: PositionWalk
  }

  /// Null for a position that is voided, or is entered after the last day.
  func holding(_ id: PositionID) -> Holding? {
    guard let facts = state.positions[id], facts.void == nil, let origin = facts.origin,
      let entry = facts.entry
    else { return nil }
    let day = day(of: entry.stamp.effective)
    guard day < days.count, let walk = state.walk(facts) else { return nil }
    let priced = Priced(symbol: entry.symbol, terms: state.terms(of: entry, origin))
    return Holding(id: id, priced: priced, firstDay: day, walk: walk)
  }

  /// Adds positions that are priced alike.
  mutating func add(_ holdings: [Holding], _ priced: Priced) throws(NumberError) {
    let first = holdings.reduce(days.count) { min($0, $1.firstDay) }
    let prices = prices(priced, from: first)
    for holding in holdings {
      try addDividends(holding.walk)
      try add(holding, prices: prices, from: first)
    }
  }

  private mutating func addDividends(_ walk: PositionWalk) throws(NumberError) {
    guard let last = ends.last else { return }
    for credit in try state.dividendCredits(of: walk, asOf: last) {
      let day = day(of: credit.stamp.effective)
      days[day].cash = try days[day].cash + credit.amount
      days[day].income = try days[day].income + credit.amount
    }
  }

  /// - Parameter prices: Of each day from `start` on.
  private mutating func add(
    _ holding: Holding, prices: [DayEnd], from start: Int
  ) throws(NumberError) {
    var walk = holding.walk
    let entry = walk.entry
    let isShort = entry.type.isShort
    try trade(
      -walk.value(entry.quantity, at: entry.price), fees: entry.fees.map { Money($0) } ?? .zero,
      on: holding.firstDay)
    var exitCount = 0
    var splitCount = 0
    var quantity = walk.signed(walk.open)
    var entryPrice = try walk.entryPrice()
    // At the end of the day before; null: nothing was held.
    var before: DayEnd.Source?
    for day in holding.firstDay..<days.count {
      try walk.advance(through: ends[day])
      let isTraded = walk.exits.count > exitCount
      if walk.exits.count > exitCount || walk.splitsApplied.count > splitCount {
        for exit in walk.exits[exitCount...] {
          let fact = exit.exit.fact
          try trade(
            walk.value(fact.quantity, at: fact.price), fees: fact.fees.map { Money($0) } ?? .zero,
            on: day)
          days[day].realizedPnL = try days[day].realizedPnL + exit.realized
        }
        exitCount = walk.exits.count
        splitCount = walk.splitsApplied.count
        quantity = walk.signed(walk.open)
        entryPrice = try walk.entryPrice()
      }
      if quantity.isZero {
        if before == .missing { isPnLUnknown[day] = true }
        before = nil
        if walk.isOver { return }
        continue
      }
      days[day].positionCount += 1
      if isShort { days[day].shortCount += 1 } else { days[day].longCount += 1 }
      let end = modelled(holding, prices[day - start], on: day)
      if end.isStale { days[day].staleCount += 1 }
      guard let price = end.price,
        let worth = try? Money(quantity, at: price, multiplier: walk.multiplier),
        let gain = try? Money(quantity, at: price - entryPrice, multiplier: walk.multiplier)
      else {
        days[day].unpricedCount += 1
        if before != .missing || isTraded { isPnLUnknown[day] = true }
        before = .missing
        continue
      }
      if end.source == .model { days[day].modelPricedCount += 1 }
      // What it is worth at its expiry is as good as paid: it follows on a model's price too.
      if let before, before == .missing || end.source != .expiry && before != end.source {
        isPnLUnknown[day] = true
      }
      before = end.source == .expiry ? .market : end.source
      if worth.isNegative {
        days[day].shortExposure = try days[day].shortExposure + worth
      } else {
        days[day].longExposure = try days[day].longExposure + worth
      }
      days[day].unrealizedPnL = try days[day].unrealizedPnL + gain
    }
  }

  /// A day's price of a position: that of a model where an option has none.
  private func modelled(_ holding: Holding, _ end: DayEnd, on day: Int) -> DayEnd {
    guard let model, end.source == .missing, let terms = holding.priced.terms else { return end }
    let option = HeldOption(
      position: holding.id, portfolio: portfolio, symbol: holding.priced.symbol, terms: terms,
      entered: holding.walk.entry.stamp.effective)
    let found = model.price(of: option, at: ends[day], inUnitsOf: ends[day], state.market)
    guard let found else { return end }
    return DayEnd(
      price: found.price, source: .model, isStale: isStale(found, at: ends[day].date, on: day))
  }

  // MARK: Totals

  /// The days, each with the sums up to it.
  consuming func totalled() throws(NumberError) -> [PortfolioDay] {
    var before: PortfolioDay?
    var movementCount = 0
    for index in days.indices {
      var day = days[index]
      movementCount += movementCounts[index]
      day.isCashUnknown = movementCount == 0
      day.cash = try (before?.cash ?? .zero) + day.cash
      day.realizedPnL = try (before?.realizedPnL ?? .zero) + day.realizedPnL
      day.totalIncome = try (before?.totalIncome ?? .zero) + day.income
      day.totalFees = try (before?.totalFees ?? .zero) + day.fees
      day.netAssetValue = try day.cash + day.longExposure + day.shortExposure
      day.totalPnL = try day.realizedPnL + day.unrealizedPnL + day.totalIncome - day.totalFees
      if let before, !isPnLUnknown[index] {
        let pnl = try day.netAssetValue - before.netAssetValue - day.netFlows
        let base = try before.netAssetValue + day.inflows
        day.pnl = pnl
        day.dailyReturn = base > .zero ? try Proportion(pnl, over: base) : nil
      }
      days[index] = day
      before = day
    }
    return days
  }
}

extension PositionWalk {
  /// What some of it is worth at a price, both in the units of their time; negative when short.
  fileprivate func value(
    _ quantity: ExactDecimal, at price: ExactDecimal
  ) throws(NumberError) -> Money {
    try Money(signed(Quantity(quantity)), at: Price(price), multiplier: multiplier)
  }
}
