import Events
import ExactNumbers
import Portfolio
import Records

extension NaiveBook {
  /// What the definition says of the event: what it names is there, and all exits stay covered.
  func accepts(_ event: Event) -> Bool {
    let known = known(at: EventSequence(.max))
    var trial = self
    trial.events.append(event)
    switch event.payload {
    case .positionEntered(let entered):
      return !events.contains {
        if case .positionEntered(let other) = $0.payload {
          other.position == entered.position
        } else {
          false
        }
      }
    case .positionExited(let exited):
      guard known.entries[exited.position] != nil else { return false }
      if exited.quantity == nil {
        let open = answer(asOf: event.effective, knownAt: EventSequence(.max))
        guard let units = open.holdings[exited.position]?.quantity, units != 0,
          let quantity = try? Quantity(units: Int128(units.magnitude)).exactDecimal()
        else { return false }
        var filled = exited
        filled.quantity = quantity
        trial.events[trial.events.count - 1].payload = .positionExited(filled)
      }
      return trial.isConsistent()
    case .positionCorrected(let fix):
      guard known.entries[fix.position] != nil else { return false }
      if let id = fix.exit, known.exits[id]?.position != fix.position { return false }
      return trial.isConsistent()
    case .positionVoided(let void):
      guard known.entries[void.position] != nil else { return false }
      if let id = void.exit { return known.exits[id]?.position == void.position }
      return true
    case .positionTagged(let tagged): return known.entries[tagged.position] != nil
    case .positionUntagged(let tagged): return known.entries[tagged.position] != nil
    default: return trial.isConsistent()
    }
  }
}
