import Calculations
import Events
import ExactNumbers
import Portfolio
import Records
import TestSupport
import Testing

@Suite("Attribution") struct AttributionTests {
  private func total(_ rows: [AttributionRow]) -> Money {
    Money(units: rows.map(\.contribution.total.units).reduce(0, +))
  }

  @Test("the tiny book since inception: each position's gain, summing to 3,325")
  func tinyBook() throws {
    let day = try BookFixture.tinyBook().day("2025-07-01")
    let attribution = try day.attribution(of: "p")
    #expect(attribution.total.description == "3325")
    let totals = attribution.positions.map { $0.contribution?.total.description }
    #expect(totals == ["1000", "-500", "1700", "1125"])
    #expect(attribution.unexplained.isZero)
    // Since inception there is no NAV to take shares of.
    let rows = try day.rows(of: attribution, by: .position).rows
    #expect(rows.map(\.key) == ["3", "4", "1", "2"])
    #expect(rows.allSatisfy { $0.shareOfStart == nil })
    #expect(rows[0].shareOfTotal?.description == "0.5112781955")
  }

  @Test("C-06: the tiny book's last day, by type and by underlying")
  func lastDay() throws {
    let day = try BookFixture.tinyBook().day("2025-07-01")
    let attribution = try day.attribution(of: "p", from: CivilDate("2025-06-30"))
    #expect(attribution.total.description == "450")
    #expect(attribution.startValue?.description == "50250")
    let types = try day.rows(of: attribution, by: .type).rows
    #expect(types.map(\.name) == ["LC", "LONG", "SP", "SHORT"])
    #expect(types.map(\.contribution.total.description) == ["200", "200", "150", "-100"])
    #expect(types[0].shareOfStart?.description == "0.0039800995")
    let underlyings = try day.rows(of: attribution, by: .underlying).rows
    #expect(underlyings.map(\.key) == ["AAPL", "SPY", "MSFT"])
    #expect(underlyings.map(\.positionCount) == [2, 1, 1])
    #expect(total(underlyings) == attribution.total)
  }

  @Test("realized, unrealized, dividends and fees of one position, entered before and sold within")
  func sources() throws {
    var book = try BookFixture.withPortfolio()
    try book.enter("100", at: "10", on: "2025-06-02", fees: "1")
    try book.close("11", on: "2025-06-03")
    try book.exit("40", at: "12", on: "2025-06-04", fees: "2")
    try book.dividend("0.5", on: "2025-06-05")
    try book.close("13", on: "2025-06-06")
    try book.move(7, .interest, on: "2025-06-06")
    try book.move(-3, .fee, on: "2025-06-06")
    try book.move(1_000, .deposit, on: "2025-06-06")
    let day = book.day("2025-06-06")
    let attribution = try day.attribution(of: "p", from: CivilDate("2025-06-03"))
    let own = try #require(attribution.positions.first?.contribution)
    #expect(own.realized.description == "80")
    // 60 · (13 − 10) less 100 · (11 − 10).
    #expect(own.unrealizedChange.description == "80")
    #expect(own.dividends.description == "30")
    #expect(own.fees.description == "2")
    #expect(own.total.description == "188")
    #expect(attribution.other.dividends.description == "7")
    #expect(attribution.other.fees.description == "3")
    #expect(attribution.netFlows.description == "1000")
    #expect(attribution.total.description == "192")
    let rows = try day.rows(of: attribution, by: .type).rows
    #expect(rows.map(\.key) == ["LONG", nil])
    #expect(total(rows) == attribution.total)
  }

  @Test("a position with two tags counts in both, and a warning says so")
  func tags() throws {
    var book = try BookFixture.tinyBook()
    for tag in ["core", "tech"] as [TagID] {
      try book.append(
        .tagCreated(TagCreated(tag: tag, name: tag.rawValue, tagType: .regular)), at: "2025-06-02")
      try book.append(
        .positionTagged(PositionTagged(position: "1", tag: tag)), at: "2025-06-02")
    }
    let day = book.day("2025-07-01")
    let attribution = try day.attribution(of: "p")
    let (rows, warnings) = try day.rows(of: attribution, by: .tag)
    #expect(rows.map(\.key) == ["core", "tech", nil])
    #expect(rows.map(\.contribution.total.description) == ["1000", "1000", "2325"])
    #expect(
      warnings == [
        "1 position bears several tags and counts in each: the rows do not add up to the total"
      ])
  }

  @Test("sectors come from the instrument, of an option from its underlying, unless overridden")
  func sectors() throws {
    var book = try BookFixture.tinyBook()
    try book.append(
      .instrumentDefined(InstrumentDefined(symbol: "AAPL", kind: .stock, sector: "Technology")),
      at: "2025-01-01")
    try book.append(
      .positionAttributed(
        PositionAttributed(position: "2", name: "sector_override", value: "Software")),
      at: "2025-06-02")
    let day = book.day("2025-07-01")
    let (rows, _) = try day.rows(of: try day.attribution(of: "p"), by: .sector)
    #expect(rows.map(\.name) == ["Technology", "Software", "no sector"])
    #expect(rows.map(\.contribution.total.description) == ["2700", "-500", "1125"])
  }

  @Test("a position that has no price is not known, and what it hides is told")
  func unpriced() throws {
    var book = try BookFixture.withPortfolio()
    try book.enter("10", "NEW", at: "5", on: "2025-06-02", id: "n")
    try book.close("500", "SPY", on: "2025-06-03")
    let day = book.day("2025-06-03")
    let attribution = try day.attribution(of: "p")
    #expect(attribution.positions.first?.contribution == nil)
    #expect(attribution.unexplained.description == "-50")
    #expect(attribution.warnings.count == 1)
    let (rows, _) = try day.rows(of: attribution, by: .type)
    #expect(rows.first?.unknownCount == 1)
    #expect(total(rows) == attribution.total)
  }

  @Test(
    "nothing happens between a day and itself, or a later one",
    arguments: ["2025-07-01", "2025-08-01"])
  func empty(from: String) throws {
    let day = try BookFixture.tinyBook().day("2025-07-01")
    let attribution = try day.attribution(of: "p", from: CivilDate(from))
    #expect(attribution.total.isZero)
    #expect(attribution.positions.allSatisfy { $0.contribution?.total.isZero == true })
  }

  /// Entries, exits, splits, dividends, fees and cash at random: whatever the two dates, positions
  /// and cash without a position add up to the change of NAV without flows, to the last place.
  @Test("contributions sum to the portfolio's P&L", arguments: [1, 2, 3, 4] as [UInt64])
  func sums(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var book = try BookFixture.withPortfolio()
    var dates: [String] = []
    var open: [(id: PositionID, symbol: Symbol)] = []
    let symbols: [Symbol] = ["AAPL", "MSFT", "F"]
    for number in 0..<40 {
      let date = try #require(CivilDate("2025-01-01")?.advanced(byDays: Int32(number))).description
      dates.append(date)
      func digits(_ range: ClosedRange<Int>) -> String {
        let value = Int.random(in: range, using: &generator)
        return "\(value / 1_000).\(String(1_000 + value % 1_000).dropFirst())"
      }
      let symbol = symbols.randomElement(using: &generator) ?? "F"
      switch Int.random(in: 0..<8, using: &generator) {
      case 0...2:
        let id = PositionID("position-\(number)")
        try book.enter(
          digits(1_000...90_000), symbol, at: digits(1_000...50_000), on: date, id: id,
          type: Bool.random(using: &generator) ? .long : .short, fees: digits(0...2_000))
        open.append((id, symbol))
      case 3:
        if let index = open.indices.randomElement(using: &generator) {
          try book.exit(
            at: digits(1_000...50_000), on: date, id: open.remove(at: index).id,
            fees: digits(0...900))
        }
      case 4:
        if let position = open.randomElement(using: &generator) {
          try book.exit("0.333", at: digits(1_000...50_000), on: date, id: position.id)
        }
      case 5:
        try book.split(["2", "3", "0.7"].randomElement(using: &generator) ?? "2", symbol, on: date)
      case 6: try book.dividend(digits(1...900), symbol, on: date)
      default:
        try book.move(
          BookFixture.decimal(digits(1...90_000)),
          [.deposit, .interest, .adjustment].randomElement(using: &generator) ?? .deposit, on: date)
      }
      try book.close("500", "SPY", on: date)
      for symbol in symbols { try book.close(digits(1_000...50_000), symbol, on: date) }
    }
    for _ in 0..<12 {
      let pair = [dates.randomElement(using: &generator)!, dates.randomElement(using: &generator)!]
        .sorted()
      let day = book.day(pair[1])
      let attribution = try day.attribution(of: "p", from: CivilDate(pair[0]))
      let history = try day.history(of: "p")
      let own = history.filter { $0.date > CivilDate(pair[0])! }
      let pnl = own.compactMap { $0.pnl?.units }.reduce(0, +)
      #expect(attribution.total.units == pnl, "seed \(seed), \(pair)")
      #expect(attribution.unexplained.isZero, "seed \(seed), \(pair)")
      for grouping in AttributionGrouping.allCases {
        let rows = try day.rows(of: attribution, by: grouping).rows
        #expect(total(rows) == attribution.total, "seed \(seed), \(pair), \(grouping)")
      }
      // C-04, C-05: what is called realized and unrealized is just that, but for rounding.
      for position in attribution.positions {
        let own = try #require(position.contribution)
        let before = book.day(pair[0]).holdings.positions[position.id]
        let gained = position.position.realizedPnL.units - (before?.realizedPnL.units ?? 0)
        #expect(own.realized.units == gained, "seed \(seed), \(pair)")
      }
    }
  }
}
