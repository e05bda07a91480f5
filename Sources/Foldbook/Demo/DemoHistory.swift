import EventLog
import Events
import ExactNumbers
import FoundationEssentials
import Interchange
import Records

/// The demo book `history`: a portfolio that trades AAPL, MSFT, IBM, GOOG and FB on their real
/// prices, 2000 to 2013.
///
/// It is recorded as it would have been: every event carries the recorded time of its day, a fill
/// that was reported late and a typing error among them. So the book can be asked what was known
/// when. It holds no secret and draws no random number: everyone's demo book has the same log root.
struct DemoHistory {
  static let bookID = "demo-history"
  static let portfolio: PortfolioID = "tech-ls"
  static let user: UserID = "demo-manager"
  static let source = "/foldbook/demo/history"
  /// What stands for the market: see ``EqualWeightIndex``.
  static let index: Symbol = "EWTECH"

  /// Every event with the instant at which it was recorded, in that order.
  let script: [(recorded: Instant, event: Event)]

  init() throws {
    let bars = try Self.bars()
    var writer = ScriptWriter(closes: bars.closes)
    try writer.write()
    let index = EqualWeightIndex(of: bars.closes, splits: Self.splits).bars(symbol: Self.index)
    let daily = (bars.events + index).map {
      (recorded: $0.effective.adding(minutes: 30), event: $0)
    }
    let sessions = Set(bars.closes.values.flatMap(\.keys)).sorted()
    let closings = sessions.map { date in
      (
        recorded: date.end.adding(minutes: 31),
        event: Event(
          id: .given("day-\(date)"), effective: date.end, source: Self.source,
          payload: .dayClosed(DayClosed(date: date)))
      )
    }
    // Stable: what is recorded at one instant keeps the order it was written in.
    script = (writer.script + daily + closings).enumerated()
      .sorted { ($0.element.recorded, $0.offset) < ($1.element.recorded, $1.offset) }
      .map(\.element)
  }

  private static func bars() throws -> (
    events: [Event], closes: [Symbol: [CivilDate: ExactDecimal]]
  ) {
    let input = ByteInput(bytes: decompressedPrices(), name: "the bundled prices")
    var events: [Event] = []
    var closes: [Symbol: [CivilDate: ExactDecimal]] = [:]
    var reader = try BarsReader(
      input, origin: BarsReader.Origin(source: source + "/prices", provider: "quandl-wiki"))
    while let event = try reader.next() {
      guard case .priceClosed(let bar) = event.payload else { continue }
      closes[bar.symbol, default: [:]][bar.date] = bar.close
      events.append(event)
    }
    return (events, closes)
  }

  /// The 2 for 1 splits of the bundled prices.
  static let splits: [(symbol: Symbol, date: String)] = [
    ("AAPL", "2000-06-21"), ("MSFT", "2003-02-18"), ("AAPL", "2005-02-28"),
  ]

  private static func decompressedPrices() -> [UInt8] {
    let base64 = HistoryPrices.lz4Base64.withUTF8Buffer { Data($0) }
    guard let compressed = Data(base64Encoded: base64),
      let text = LZ4.decompress(Array(compressed)[...], rawLength: HistoryPrices.csvBytes)
    else { preconditionFailure("the bundled prices are one LZ4 block in base64") }
    return text
  }
}

/// The trades, in the order in which they were recorded.
private struct ScriptWriter {
  let closes: [Symbol: [CivilDate: ExactDecimal]]
  private(set) var script: [(recorded: Instant, event: Event)] = []

  init(closes: [Symbol: [CivilDate: ExactDecimal]]) { self.closes = closes }

  mutating func write() throws {
    try openBook()
    try buildThroughTheBubble()
    try holdThroughTheSplits()
    try hedgeTheCrisis()
    try closeOut()
  }

  private mutating func openBook() throws {
    add(
      "2000-03-01", "09:00", "demo-user",
      .userRegistered(
        UserRegistered(
          user: DemoHistory.user, role: .manager, username: "demo", fullName: "Demo Manager")))
    add(
      "2000-03-01", "09:00", "demo-portfolio",
      .portfolioOpened(
        PortfolioOpened(
          portfolio: DemoHistory.portfolio, name: "Tech Long/Short", owner: DemoHistory.user,
          benchmark: DemoHistory.index,
          description: "Demo: real prices of AAPL, MSFT, IBM, GOOG and FB, 2000 to 2013.")))
    add(
      "2000-03-01", "09:00", "demo-instrument-\(DemoHistory.index)",
      .instrumentDefined(
        InstrumentDefined(
          symbol: DemoHistory.index, kind: .index,
          name: "Equal-weight index of AAPL, FB, GOOG, IBM and MSFT, computed")))
    // The bundled prices have no index: the market is what their stocks did on average.
    var market = FactorDefined(
      factor: "market_beta", name: "market_beta", displayName: "Market Beta", category: .style,
      sortOrder: 1, proxy: DemoHistory.index, proxyKind: .priceReturn)
    market.description = "Proxy of this demo: an equal-weight index of its five stocks."
    market.calculationMethod = "univariate_ols"
    script.append(
      (
        instant("2000-03-01", "09:01"),
        Event(
          id: .given("demo-market-factor"), effective: DefaultFactors.effective,
          source: DemoHistory.source, actor: DemoHistory.user.rawValue,
          payload: .factorDefined(market))
      ))
    add(
      "2000-03-01", "09:05", "demo-deposit",
      .cashMoved(
        CashMoved(portfolio: DemoHistory.portfolio, amount: 1_000_000, reason: .deposit)))
    for (symbol, name) in [
      ("AAPL", "Apple Inc."), ("FB", "Facebook Inc."), ("GOOG", "Google Inc."),
      ("IBM", "International Business Machines Corp."), ("MSFT", "Microsoft Corp."),
    ] {
      add(
        "2000-03-01", "09:10", "demo-instrument-\(symbol)",
        .instrumentDefined(
          InstrumentDefined(
            symbol: Symbol(rawValue: symbol), kind: .stock, name: name,
            sector: "Information Technology")))
    }
    for (tag, description) in [
      ("core", "Held for years"), ("hedge", "Short against the core"),
      ("ipo", "Bought or sold at its listing"),
    ] {
      add(
        "2000-03-01", "09:15", "demo-tag-\(tag)",
        .tagCreated(
          TagCreated(
            tag: TagID(rawValue: tag), name: tag, tagType: .regular, owner: DemoHistory.user,
            description: description)))
    }
  }

  private mutating func buildThroughTheBubble() throws {
    try enter("aapl-2000", .long, "AAPL", 1_000, on: "2000-03-02", tags: ["core"])
    try enter("ibm-2000", .long, "IBM", 800, on: "2000-03-06", tags: ["core"])
    try enter("msft-short-2000", .short, "MSFT", 1_500, on: "2000-03-27", tags: ["hedge"])
    add(
      "2000-03-27", "20:10", "relate-msft-short",
      .positionRelated(
        PositionRelated(
          position: "msft-short-2000", other: "aapl-2000", relation: .hedges,
          note: "large-cap technology against one name")))
    split("AAPL", on: "2000-06-21")
    try exit("msft-short-2000", "MSFT", 900, on: "2000-12-20")
    try exit("msft-short-2000", "MSFT", nil, on: "2001-04-17")
    try enter("msft-2001", .long, "MSFT", 2_000, on: "2001-09-21", tags: ["core"])
  }

  private mutating func holdThroughTheSplits() throws {
    // The price was typed without its first digit, and put right six days later.
    let typed = try ExactDecimal("5.07")
    try enter("ibm-2002", .long, "IBM", 500, on: "2002-10-09", price: typed)
    add(
      "2002-10-15", "14:00", "correct-ibm-2002",
      .positionCorrected(
        PositionCorrected(
          position: "ibm-2002", reason: "entry price mistyped; the broker's confirmation is right",
          entryPrice: try close("IBM", "2002-10-09"))))
    split("MSFT", on: "2003-02-18")
    try enter("goog-2004", .long, "GOOG", 400, on: "2004-08-19", tags: ["ipo"])
    try exit("aapl-2000", "AAPL", 500, on: "2004-11-04")
    split("AAPL", on: "2005-02-28")
    try exit("aapl-2000", "AAPL", 1_000, on: "2006-01-11")
    add(
      "2006-01-11", "20:30", "target-aapl",
      .positionAttributed(
        PositionAttributed(position: "aapl-2000", name: "target_price", value: 120)))
    try exit("goog-2004", "GOOG", 150, on: "2007-10-31")
  }

  private mutating func hedgeTheCrisis() throws {
    try enter("goog-short-2008", .short, "GOOG", 300, on: "2008-01-02", tags: ["hedge", "ipo"])
    // Bought on 8 October 2008 and reported six days later: the late fill of the demo.
    try enter(
      "aapl-2008", .long, "AAPL", 1_200, on: "2008-10-08", recordedOn: "2008-10-14",
      tags: ["core"])
    try exit("goog-short-2008", "GOOG", nil, on: "2008-11-20")
    try enter("goog-2009", .long, "GOOG", 300, on: "2009-03-09")
    add(
      "2009-03-09", "20:30", "untag-goog-2004",
      .positionUntagged(
        PositionUntagged(position: "goog-2004", tag: "ipo")))
    // Recorded in the wrong book, and voided the next morning.
    try exit("ibm-2000", "IBM", 300, on: "2010-04-27")
    add(
      "2010-04-28", "13:00", "void-ibm-exit",
      .positionVoided(
        PositionVoided(
          position: "ibm-2000", reason: "the sale belongs to another account",
          exit: "exit-ibm-2000-2010-04-27")))
    try exit("msft-2001", "MSFT", 1_000, on: "2010-04-29")
  }

  private mutating func closeOut() throws {
    add(
      "2011-01-03", "15:00", "demo-withdrawal",
      .cashMoved(
        CashMoved(portfolio: DemoHistory.portfolio, amount: -150_000, reason: .withdrawal)))
    try enter("fb-short-2012", .short, "FB", 3_000, on: "2012-05-18", tags: ["ipo"])
    try exit("fb-short-2012", "FB", 1_800, on: "2012-09-04")
    try exit("aapl-2008", "AAPL", 400, on: "2012-09-19")
    try exit("goog-2009", "GOOG", nil, on: "2013-01-23")
    try enter("msft-2013", .long, "MSFT", 2_500, on: "2013-02-01", tags: ["core"])
  }

  // MARK: One event each

  private mutating func enter(
    _ position: PositionID, _ type: PositionType, _ symbol: Symbol, _ quantity: Int32,
    on date: String, recordedOn recordedDate: String? = nil, price: ExactDecimal? = nil,
    tags: [TagID] = []
  ) throws {
    let price = try price ?? close(symbol, date)
    let fees = try ExactDecimal("9.95")
    add(
      date, "20:00", "enter-\(position)", recordedOn: recordedDate,
      .positionEntered(
        PositionEntered(
          position: position, portfolio: DemoHistory.portfolio, symbol: symbol,
          positionType: type, quantity: ExactDecimal(quantity), entryPrice: price, fees: fees)))
    for tag in tags {
      add(
        date, "20:00", "tag-\(position)-\(tag)", recordedOn: recordedDate,
        .positionTagged(PositionTagged(position: position, tag: tag)))
    }
  }

  private mutating func exit(
    _ position: PositionID, _ symbol: Symbol, _ quantity: Int32?, on date: String
  ) throws {
    let price = try close(symbol, date)
    let fees = try ExactDecimal("9.95")
    let id = "exit-\(position)-\(date)"
    add(
      date, "20:00", id,
      .positionExited(
        PositionExited(
          position: position, exitPrice: price, quantity: quantity.map { ExactDecimal($0) },
          reason: .sold, fees: fees)))
  }

  /// One of ``DemoHistory/splits``, effective at the opening bell.
  private mutating func split(_ symbol: Symbol, on date: String) {
    add(
      date, "14:30", "split-\(symbol)-\(date)",
      .instrumentSplit(InstrumentSplit(symbol: symbol, ratio: 2)))
  }

  private mutating func add(
    _ date: String, _ clock: String, _ id: String, recordedOn recordedDate: String? = nil,
    _ payload: Payload
  ) {
    let effective = instant(date, clock)
    let recorded = recordedDate.map { instant($0, clock) } ?? effective.adding(minutes: 5)
    script.append(
      (
        recorded,
        Event(
          id: .given(id), effective: effective, source: DemoHistory.source,
          actor: DemoHistory.user.rawValue, payload: payload)
      ))
  }

  private func close(_ symbol: Symbol, _ date: String) throws -> ExactDecimal {
    guard let day = CivilDate(date), let close = closes[symbol]?[day] else {
      preconditionFailure("the bundled prices have no bar of \(symbol) on \(date)")
    }
    return close
  }

  private func instant(_ date: String, _ clock: String) -> Instant {
    guard let instant = Instant("\(date)T\(clock):00Z") else {
      preconditionFailure("\(date) \(clock) is not a time")
    }
    return instant
  }
}

extension Instant {
  fileprivate func adding(minutes: Int64) -> Instant {
    Instant(nanosecondsSinceEpoch: nanosecondsSinceEpoch + minutes * 60_000_000_000)
  }
}
