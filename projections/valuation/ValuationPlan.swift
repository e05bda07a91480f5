import Events
import ExactNumbers
import Portfolio
import Records

/// A position as far as the dates of its valuations hang on it.
struct HeldPosition {
  var id: PositionID
  var symbol: Symbol
  var entryDate: CivilDate
  var exitDate: CivilDate?
  /// Of an option.
  var underlying: Symbol?
  var expiration: CivilDate?
  var sequence: EventSequence
}

extension ProjectionContext {
  /// Positions that were not voided, in order of their ids.
  ///
  /// - Parameter condition: More of the WHERE clause.
  func heldPositions(
    where condition: String, _ bind: (inout Binder) -> Void = { _ in }
  ) throws -> [HeldPosition] {
    var held: [HeldPosition] = []
    try rows.statement(
      """
      SELECT id, ticker, entry_date, exit_date, underlying_ticker, expiration_date, src_seq
      FROM positions
      WHERE deleted_at IS NULL \(condition) ORDER BY id
      """
    ).rows(bind) { row in
      guard let entryDate = CivilDate(row.text(2)) else { return }
      held.append(
        HeldPosition(
          id: PositionID(row.text(0)), symbol: Symbol(row.text(1)), entryDate: entryDate,
          exitDate: row.optionalText(3).flatMap { CivilDate($0) },
          underlying: row.optionalText(4).map { Symbol($0) },
          expiration: row.optionalText(5).flatMap { CivilDate($0) }, sequence: row.sequence(6)))
    }
    return held
  }
}

/// On which dates positions are valued.
struct ValuationPlan {
  /// The dates of `day.closed` and that of the cut, ascending.
  private let dates: [CivilDate]

  init(in context: ProjectionContext) throws {
    var dates: Set<CivilDate> = [context.cut.date]
    try context.rows.statement("SELECT date FROM internal_closed_days").rows { row in
      if let date = CivilDate(row.text(0)), date <= context.cut.date { dates.insert(date) }
    }
    self.dates = dates.sorted()
  }

  func write(
    _ held: HeldPosition, from: CivilDate, _ series: inout ValuationSeries,
    in context: ProjectionContext
  ) throws {
    let first = max(from, held.entryDate)
    let last = held.exitDate ?? .latest
    let dates = dates.filter { $0 >= first && $0 <= last }
    guard !dates.isEmpty else { return }
    // Numbers out of range are kept out of the log by the rules; such a position has no row.
    let values = (try? series.values(of: held.id, on: dates)) ?? []
    for value in values { try write(value, held, in: context) }
  }

  private func write(
    _ value: PositionValue, _ held: HeldPosition, in context: ProjectionContext
  ) throws {
    guard let cost = value.costBasis else { return }
    let priceSequence = priceSequence(of: value, held, in: context)
    let delta =
      held.underlying == nil ? nil : try context.deltaDollars(of: held.id, on: value.asOf.date)
    try context.rows.upsert("position_valuations") { row in
      row.text(held.id.rawValue)
      row.date(value.asOf.date)
      row.number(value.price)
      row.text(value.source.rawValue)
      row.time(value.priceAt)
      row.number(value.priorPrice)
      row.number(value.marketValue)
      row.number(cost)
      row.number(value.unrealizedPnL)
      row.number(value.unrealizedFraction)
      row.number(value.dailyPnL)
      row.number(value.notionalExposure)
      // A share's delta is 1; an option's has to be calculated.
      if held.underlying == nil { row.number(value.marketValue) } else { row.real(delta) }
      row.boolean(value.isStale)
      row.sequence(max(held.sequence, priceSequence ?? .zero))
    }
  }
}

extension ProjectionContext {
  /// What the Greeks of a day say of an option's exposure; null where they were not calculated.
  fileprivate func deltaDollars(of position: PositionID, on date: CivilDate) throws -> Double? {
    try rows.statement(
      "SELECT delta_dollars FROM position_greeks WHERE position_id = ? AND calculation_date = ?"
    ).first({ row in
      row.text(position.rawValue)
      row.date(date)
    }) { row in row.isNull(0) ? nil : row.real(0) } ?? nil
  }
}

extension ValuationPlan {
  /// The event that a value's price comes from.
  private func priceSequence(
    of value: PositionValue, _ held: HeldPosition, in context: ProjectionContext
  ) -> EventSequence? {
    guard value.price != nil else { return nil }
    if value.isModelPriced { return modelSequence(of: value, held, in: context) }
    let market = context.state.market
    // Past its expiry an option is worth what its underlying was then.
    if let underlying = held.underlying, let expiration = held.expiration,
      value.asOf.date > expiration
    {
      return market.price(of: underlying, asOf: expiration.end)?.sequence
    }
    return market.price(of: held.symbol, asOf: value.asOf)?.sequence
  }

  /// Of a model's price the event of its underlying's: of what it follows from, it moves most often.
  private func modelSequence(
    of value: PositionValue, _ held: HeldPosition, in context: ProjectionContext
  ) -> EventSequence? {
    held.underlying.flatMap {
      context.state.market.price(of: $0, asOf: value.asOf)?.sequence
    }
  }
}

extension CivilDate {
  /// After every date a book can name.
  static let latest = Instant.distantFuture.date
}
