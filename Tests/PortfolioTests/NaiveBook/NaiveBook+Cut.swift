import Events
import ExactNumbers
import Portfolio
import Records

extension NaiveBook {
  /// The events without all that is about facts effective after a time.
  ///
  /// - Parameter keepsMarket: Prices, splits and dividends stay.
  func cut(at time: Instant, keepsMarket: Bool = false) -> NaiveBook {
    var (entries, exits): ([PositionID: Instant], [ExitID: Instant]) = ([:], [:])
    var bars: [Bar: Instant] = [:]
    for event in events {
      switch event.payload {
      case .positionEntered(let entered): entries[entered.position] = event.effective
      case .positionExited(let exited):
        guard case .given(let id) = event.id else { continue }
        exits[exited.exit ?? ExitID(id)] = event.effective
      case .positionCorrected(let fix):
        if let id = fix.exit {
          exits[id] = fix.exitTime ?? exits[id]
        } else {
          entries[fix.position] = fix.entryTime ?? entries[fix.position]
        }
      case .priceClosed(let bar): bars[Bar(symbol: bar.symbol, date: bar.date)] = event.effective
      default: break
      }
    }
    func isKept(_ position: PositionID, _ exit: ExitID? = nil) -> Bool {
      guard let entry = entries[position], entry <= time else { return false }
      guard let exit else { return true }
      return exits[exit].map { $0 <= time } ?? false
    }
    return NaiveBook(
      events: events.filter { event in
        switch event.payload {
        case .positionEntered(let entered): return isKept(entered.position)
        case .positionExited(let exited):
          guard case .given(let id) = event.id else { return false }
          return isKept(exited.position, exited.exit ?? ExitID(id))
        case .positionCorrected(let fix): return isKept(fix.position, fix.exit)
        case .positionVoided(let void): return isKept(void.position, void.exit)
        case .positionTagged(let tagged):
          return isKept(tagged.position) && event.effective <= time
        case .positionUntagged(let untagged):
          return isKept(untagged.position) && event.effective <= time
        case .priceClosed(let bar):
          // The last word on a day counts, and takes the earlier ones with it.
          let last = bars[Bar(symbol: bar.symbol, date: bar.date)] ?? event.effective
          return keepsMarket || last <= time
        case .priceTicked, .quoteUpdated, .instrumentSplit, .instrumentDividend:
          return keepsMarket || event.effective <= time
        default: return event.effective <= time
        }
      })
  }

  /// One day of a symbol.
  struct Bar: Hashable {
    var symbol: Symbol
    var date: CivilDate
  }
}
