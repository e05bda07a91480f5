import Crypto
import Events
import ExactNumbers
import Interchange
import Records

/// The demo book `books`: the three documented portfolios on generated prices.
///
/// The prices are made by ``PriceGenerator`` and named as such (`provider` is `generated`); options
/// are priced from the generated spot. Recorded day by day, as if it had been lived.
struct DemoBooks {
  static let bookID = "demo-books"
  static let source = "/foldbook/demo/books"
  static let provider = "generated"
  /// The positions files came in after the close of this day, the last entry being of the 8th.
  static let imported = CivilDate(year: 2024, month: 2, day: 8)!

  /// Tags of the documented books that name a strategy; an import would make them regular ones.
  static let strategyTags: Set = ["long_momentum", "short_value_traps", "options_overlay"]

  private let generator = PriceGenerator()

  /// Events by the instant they are recorded at.
  private struct Entry {
    var recorded: Instant
    var event: Event
  }

  /// Fills an empty book that has its default factors and scenarios.
  func fill(_ book: Book) throws {
    var entries = opening() + market()
    let imported = try positions(in: book)
    entries += imported + adjustedOption(imported.map(\.event))
    let sorted = entries.enumerated()
      .sorted { ($0.element.recorded, $0.offset) < ($1.element.recorded, $1.offset) }
    var remaining = sorted.makeIterator()
    try book.appendBulk(recordedTimes: .kept) {
      remaining.next().map { entry in
        var event = entry.element.event
        event.recorded = entry.element.recorded
        return event
      }
    }
  }

  private func opening() -> [Entry] {
    let start = time(PriceGenerator.first, hour: 9)
    var events: [Event] = PriceGenerator.assets.map { asset in
      event(
        "instrument-\(asset.symbol)", start,
        .instrumentDefined(
          InstrumentDefined(
            symbol: asset.symbol, kind: asset.kind, name: asset.name, sector: asset.sector)))
    }
    for portfolio in DemoPortfolios.all {
      events.append(
        event(
          portfolio.id, start,
          .portfolioOpened(
            PortfolioOpened(
              portfolio: PortfolioID(portfolio.id), name: portfolio.name,
              benchmark: Symbol(portfolio.benchmark),
              description: "Demo: documented positions on generated prices"))))
      if let cash = portfolio.cash {
        events.append(
          event(
            "cash-\(portfolio.id)", start,
            .cashMoved(
              CashMoved(
                portfolio: PortfolioID(portfolio.id), amount: ExactDecimal(cash), reason: .deposit))
          ))
      }
    }
    for name in Self.strategyTags.sorted() {
      events.append(
        event(
          "tag-\(name)", start,
          .tagCreated(TagCreated(tag: TagID(name), name: name, tagType: .strategy))))
    }
    return events.map { Entry(recorded: start, event: $0) }
  }

  /// A bar of every asset and option, the yields, and the close of the day, session by session.
  private func market() -> [Entry] {
    var entries: [Entry] = []
    let split = PriceGenerator.split
    entries.append(
      entry(
        "split-\(split.symbol)", time(split.date, hour: 13),
        .instrumentSplit(
          InstrumentSplit(symbol: split.symbol, ratio: ExactDecimal(Int32(split.ratio))))))
    for (index, date) in PriceGenerator.sessions.enumerated() {
      let close = time(date, hour: 21)
      for (asset, closes) in generator.closes {
        entries.append(bar(asset.symbol, date, close, closes[index]))
      }
      for option in DemoOption.all where option.trades(on: date) {
        entries.append(
          bar(option.symbol, date, close, option.close(on: date, session: index, generator)))
      }
      entries.append(
        entry(
          "rate-DGS10-\(date)", close,
          .rateSet(RateSet(series: "DGS10", value: generator.tenYearYield[index]))))
      entries.append(
        entry(
          "rate-DGS3MO-\(date)", close, .rateSet(RateSet(series: "DGS3MO", value: 5))))
      entries.append(
        Entry(
          recorded: time(date, hour: 22),
          event: event("day-\(date)", time(date, hour: 22), .dayClosed(DayClosed(date: date)))))
    }
    return entries
  }

  private func positions(in book: Book) throws -> [Entry] {
    var entries: [Entry] = []
    for portfolio in DemoPortfolios.all {
      let file = try PositionsFile(
        ByteInput(bytes: Array(portfolio.positionsCSV.utf8), name: "\(portfolio.id).csv"),
        effective: Self.imported)
      let request = PositionsImport(
        portfolio: PortfolioID(portfolio.id),
        source: ImportFormat.positionsCSV.source(file: "\(portfolio.id).csv"),
        correlation: SHA256.hash(data: Array(portfolio.positionsCSV.utf8)).map { hexadecimal($0) }
          .joined(),
        identity: book.derivedIdentity)
      let plan = try request.plan(file, context: OpeningContext())
      precondition(plan.report.errorCount == 0, "a demo portfolio has no bad row")
      entries += plan.events.map { Entry(recorded: time(Self.imported, hour: 23), event: $0) }
    }
    return entries
  }

  /// What the exchange makes of the NVDA call when its underlying splits: the old contract is
  /// left, ten times as many at a tenth of the strike are entered, in one append.
  private func adjustedOption(_ imported: [Event]) -> [Entry] {
    let time = time(PriceGenerator.split.date, hour: 13)
    for event in imported {
      guard case .positionEntered(let old) = event.payload,
        old.symbol == DemoOption.beforeSplit.symbol
      else { continue }
      let factor = Int64(PriceGenerator.split.ratio)
      let quantity = scaled(old.quantity, by: factor, over: 1)
      let price = scaled(old.entryPrice, by: 1, over: factor)
      return [
        entry(
          "adjust-exit-\(old.symbol)", time,
          .positionExited(
            PositionExited(position: old.position, exitPrice: old.entryPrice, reason: .adjusted))),
        entry(
          "adjust-entry-\(old.symbol)", time,
          .positionEntered(
            PositionEntered(
              position: PositionID("\(DemoOption.afterSplit.symbol)-adjusted"),
              portfolio: old.portfolio, symbol: DemoOption.afterSplit.symbol,
              positionType: old.positionType, quantity: quantity, entryPrice: price))),
      ]
    }
    preconditionFailure("the demo holds \(DemoOption.beforeSplit.symbol)")
  }

  private func scaled(_ number: ExactDecimal, by factor: Int64, over divisor: Int64) -> ExactDecimal
  {
    guard
      let result = try? ExactDecimal(
        coefficient: number.coefficient * factor * (divisor == 1 ? 1 : 100_000_000 / divisor),
        places: Int(number.places) + (divisor == 1 ? 0 : 8))
    else { preconditionFailure("demo quantities are small") }
    return result
  }

  private func bar(
    _ symbol: Symbol, _ date: CivilDate, _ close: Instant, _ price: ExactDecimal
  ) -> Entry {
    entry(
      nil, close,
      .priceClosed(PriceClosed(symbol: symbol, date: date, close: price, provider: Self.provider)))
  }

  private func entry(_ id: String?, _ time: Instant, _ payload: Payload) -> Entry {
    Entry(recorded: time, event: event(id, time, payload))
  }

  private func event(_ id: String?, _ time: Instant, _ payload: Payload) -> Event {
    Event(
      id: id.map { .given($0) } ?? .minted(occurrence: 0), effective: time, source: Self.source,
      payload: payload)
  }

  private func time(_ date: CivilDate, hour: Int64) -> Instant {
    Instant(
      nanosecondsSinceEpoch: date.start.nanosecondsSinceEpoch + hour * 3_600_000_000_000)
  }
}

/// An option of the hedge fund's overlay, and how it is quoted.
private struct DemoOption {
  var symbol: Symbol
  var underlying: Symbol
  var volatility: Double
  var terms: OptionSymbol
  var from: CivilDate
  var through: CivilDate

  static let beforeSplit = option(
    "NVDA251017C00800000", "NVDA", 0.45, through: PriceGenerator.split.date.advanced(byDays: -1))
  static let afterSplit = option(
    "NVDA251017C00080000", "NVDA", 0.45, from: PriceGenerator.split.date)

  static let all = [
    option("SPY250919C00560000", "SPY", 0.16), option("QQQ250815C00420000", "QQQ", 0.20),
    option("VIX250716C00025000", "VIX", 0.90), beforeSplit, afterSplit,
    option("AAPL250815P00200000", "AAPL", 0.26), option("MSFT250919P00380000", "MSFT", 0.24),
    option("TSLA250815C00300000", "TSLA", 0.52), option("META250919P00450000", "META", 0.36),
  ]

  func trades(on date: CivilDate) -> Bool { from <= date && date <= min(through, terms.expiration) }

  func close(on date: CivilDate, session: Int, _ generator: PriceGenerator) -> ExactDecimal {
    guard let path = generator.closes.first(where: { $0.asset.symbol == underlying }) else {
      preconditionFailure("\(underlying) has generated prices")
    }
    let days = Double(terms.expiration.daysSinceEpoch - date.daysSinceEpoch)
    return PriceGenerator.cents(
      OptionPricer.price(
        isCall: terms.right == .call, spot: path.closes[session].doubleValue,
        strike: terms.strike.doubleValue, years: days / 365, volatility: volatility, rate: 0.05))
  }

  private static func option(
    _ symbol: String, _ underlying: Symbol, _ volatility: Double,
    from: CivilDate = PriceGenerator.first, through: CivilDate = PriceGenerator.last
  ) -> DemoOption {
    guard let terms = OptionSymbol(symbol) else {
      preconditionFailure("\(symbol) is an OCC symbol")
    }
    return DemoOption(
      symbol: Symbol(symbol), underlying: underlying, volatility: volatility, terms: terms,
      from: from, through: through)
  }
}

/// What the demo book knows before the positions come in: its strategy tags.
private struct OpeningContext: ImportContext {
  func tag(named name: String, owner: UserID?) -> TagID? {
    DemoBooks.strategyTags.contains(name) ? TagID(name) : nil
  }
  func tagCount(owner: UserID?) -> Int { 0 }
  func knownPosition(_ id: PositionID) -> KnownPosition? { nil }
  func hasPosition(
    in portfolio: PortfolioID, symbol: Symbol, entryDate: CivilDate, notFrom source: String
  ) -> Bool { false }
  func hasPrice(of symbol: Symbol, onOrBefore date: CivilDate) -> Bool { true }
}
