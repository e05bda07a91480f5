import Events
import ExactNumbers
import Portfolio
import Records

extension NaiveBook {
  /// The price of a symbol, in units of `Price`: of all that was quoted up to a time the last, of
  /// equal times the one said last, divided by the splits since.
  func price(of symbol: Symbol, asOf: Instant) -> Int128? {
    var bars: [CivilDate: (time: Instant, order: Int, price: ExactDecimal)] = [:]
    var quoted: [(time: Instant, order: Int, price: ExactDecimal)] = []
    for (order, event) in events.enumerated() {
      switch event.payload {
      case .priceTicked(let tick) where tick.symbol == symbol:
        quoted.append((event.effective, order, tick.price))
      case .quoteUpdated(let quote) where quote.symbol == symbol:
        if let last = quote.last { quoted.append((event.effective, order, last)) }
      case .priceClosed(let bar) where bar.symbol == symbol:
        bars[bar.date] = (event.effective, order, bar.close)
      default: break
      }
    }
    quoted += bars.values
    let known = quoted.filter { $0.time <= asOf }
    guard let last = known.max(by: { ($0.time, $0.order) < ($1.time, $1.order) }) else {
      return nil
    }
    let splits = self.known(at: EventSequence(.max)).splits
    let since = splits.filter {
      $0.key.symbol == symbol && $0.key.time > last.time && $0.key.time <= asOf
    }
    return divided(last.price, since.values.map { ($0.up, $0.down) })
  }
}
