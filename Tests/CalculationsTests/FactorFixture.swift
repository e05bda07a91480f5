import Calculations
import Events
import ExactNumbers
import Portfolio
import TestSupport
import Testing

/// Series of closes whose returns, and so betas, are known.
enum KnownSeries {
  /// Weekdays up to a date, it included where it is one, ascending.
  static func sessions(_ count: Int, through last: String) throws -> [CivilDate] {
    var date = try #require(CivilDate(last))
    var dates: [CivilDate] = []
    while dates.count < count {
      if date.weekday <= 5 { dates.append(date) }
      date = date.advanced(byDays: -1)
    }
    return dates.reversed()
  }

  /// Returns of about 1 % a session, nearly normal.
  static func returns(_ count: Int, seed: UInt64, deviation: Double = 0.01) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      let sum = (0..<12).reduce(0.0) { sum, _ in sum + Double.random(in: 0..<1, using: &generator) }
      return (sum - 6) * deviation
    }
  }

  /// The closes that returns lead to, from the first to the given last one: one more than returns.
  static func closes(_ returns: [Double], endingAt last: Double) -> [Double] {
    var closes = [last]
    for value in returns.reversed() { closes.append(closes[closes.count - 1] / (1 + value)) }
    return closes.reversed()
  }

  /// Eight places, as many as a price has.
  static func text(_ value: Double) -> String {
    let units = Int128((value * 1e8).rounded())
    return Price(units: units).description
  }
}

extension BookFixture {
  /// The factors every book begins with, or some of them.
  mutating func defineFactors(_ names: [String]? = nil) throws {
    let factors: [(String, Symbol?, ProxyKind)] = [
      ("market_beta", "SPY", .priceReturn), ("momentum", "MTUM", .priceReturn),
      ("value", "VTV", .priceReturn), ("growth", "VUG", .priceReturn),
      ("quality", "QUAL", .priceReturn), ("size", "IWM", .priceReturn),
      ("short_interest", nil, .none), ("volatility", "USMV", .priceReturn),
      ("interest_rate", "DGS10", .yieldChange), ("oil", "USO", .priceReturn),
    ]
    for (index, (name, proxy, kind)) in factors.enumerated()
    where names?.contains(name) ?? true {
      try append(
        .factorDefined(
          FactorDefined(
            factor: FactorID(name), name: name, displayName: name,
            category: kind == .yieldChange || name == "oil" ? .macro : .style,
            sortOrder: Int64(index + 1), proxy: proxy, proxyKind: kind)),
        at: "1900-01-01")
    }
  }

  /// Closes a symbol on each date; one more date than returns. Dates whose index is skipped have no
  /// close.
  mutating func close(
    _ symbol: Symbol, _ returns: [Double], endingAt last: Double, on dates: [CivilDate],
    skipping: Set<Int> = []
  ) throws {
    precondition(dates.count == returns.count + 1, "a close stands at each end of a return")
    let closes = KnownSeries.closes(returns, endingAt: last)
    for (index, date) in dates.enumerated() where !skipping.contains(index) {
      try close(KnownSeries.text(closes[index]), symbol, on: date.description)
    }
  }

  /// Publishes a series each date, from the yield changes in percent.
  mutating func publish(
    _ series: RateSeriesID, _ changes: [Double], from first: Double, on dates: [CivilDate],
    skipping: Set<Int> = []
  ) throws {
    precondition(dates.count == changes.count + 1, "a rate stands at each end of a change")
    var value = first
    for (index, date) in dates.enumerated() {
      if index > 0 { value += changes[index - 1] }
      if skipping.contains(index) { continue }
      try rate(KnownSeries.text(value), series, on: date.description)
    }
  }
}

extension CalculatedRows {
  /// The rows with the given text in a column.
  func rows(where column: String, is text: String) -> [[Cell]] {
    let index = table.columns.firstIndex(of: column)!
    return rows.filter { $0[index] == .text(text) }
  }

  func number(_ column: String, _ row: [Cell]) -> Double? {
    row[table.columns.firstIndex(of: column)!].doubleValue
  }

  func text(_ column: String, _ row: [Cell]) -> String? {
    if case .text(let text) = row[table.columns.firstIndex(of: column)!] { return text }
    return nil
  }

  /// Keys are ascending, each once.
  var isInOrder: Bool {
    let keys = rows.map { row in row.prefix(table.keyCount).map(\.canonicalText) }
    return zip(keys, keys.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) }
  }
}

extension CalculationOutput {
  func table(_ table: CalculatedTable) throws -> CalculatedRows {
    try #require(tables.first { $0.table == table })
  }
}

/// Whether two numbers agree to a tolerance; false where there is none.
func isNear(_ value: Double?, _ expected: Double, _ tolerance: Double) -> Bool {
  guard let value else { return false }
  return (value - expected).magnitude <= tolerance
}
