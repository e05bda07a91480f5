import Events
import ExactNumbers
import Records

/// An index whose return is the mean of its members' returns, as if it were spread evenly over them
/// every evening.
///
/// It begins at 100 and is rounded to four places each session, so that everyone who computes it gets
/// the same closes. A member counts on a session when it has a close on it and on the one before.
/// Splits are taken out; dividends are not known and left in.
struct EqualWeightIndex {
  private let closes: [Symbol: [CivilDate: ExactDecimal]]
  private let splits: Set<Split>

  private struct Split: Hashable {
    var symbol: Symbol
    var date: CivilDate
  }

  /// - Parameter splits: 2 for 1, in new units from their date on.
  init(
    of closes: [Symbol: [CivilDate: ExactDecimal]], splits: [(symbol: Symbol, date: String)]
  ) {
    self.closes = closes
    self.splits = Set(
      splits.compactMap { split in
        CivilDate(split.date).map { Split(symbol: split.symbol, date: $0) }
      })
  }

  func bars(symbol: Symbol) -> [Event] {
    let members = closes.keys.sorted()
    var level = 100.0
    var before: CivilDate?
    return Set(closes.values.flatMap(\.keys)).sorted().map { date in
      if let before { level = Self.rounded(level * (1 + meanReturn(of: members, before, date))) }
      before = date
      return bar(symbol, date, level)
    }
  }

  private func meanReturn(
    of members: [Symbol], _ before: CivilDate, _ date: CivilDate
  ) -> Double {
    var sum = 0.0
    var count = 0.0
    for member in members {
      guard let old = closes[member]?[before]?.doubleValue,
        let close = closes[member]?[date]?.doubleValue
      else { continue }
      let new = splits.contains(Split(symbol: member, date: date)) ? close * 2 : close
      sum += (new - old) / old
      count += 1
    }
    return count == 0 ? 0 : sum / count
  }

  private static func rounded(_ level: Double) -> Double {
    (level * 10_000).rounded(.toNearestOrEven) / 10_000
  }

  private func bar(_ symbol: Symbol, _ date: CivilDate, _ level: Double) -> Event {
    guard
      let close = try? ExactDecimal(
        coefficient: Int64((level * 10_000).rounded(.toNearestOrEven)), places: 4)
    else { preconditionFailure("an index of a few thousand points is a number of the ledger") }
    return Event(
      id: .given("index-\(date)"), effective: date.end, source: DemoHistory.source,
      payload: .priceClosed(
        PriceClosed(symbol: symbol, date: date, close: close, provider: "computed")))
  }
}
