import Events
import ExactNumbers
import Portfolio
import Records

extension NaiveBook.Answer {
  /// What the fold says of the same.
  init(_ holdings: Holdings) {
    self.init()
    cash = holdings.cash["p"]?.balance.units ?? 0
    for (id, position) in holdings.positions {
      self.holdings[id] = NaiveBook.Holding(
        quantity: position.quantity.units, entered: position.entryQuantity.units,
        entryPrice: position.entryPrice.units, realized: position.realizedPnL.units)
    }
    tags = holdings.tagsByPosition
  }
}
