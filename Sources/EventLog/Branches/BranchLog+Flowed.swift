public import Records

extension BranchLog {
  /// On a live branch the last event, of whatever kind, of the log whose market data flows in that is
  /// not behind a number; null where nothing flows there.
  public func flowedSequence(through number: EventSequence) throws(LogError) -> EventSequence? {
    try stretch(of: number).flow?.last(through: number)
  }
}
