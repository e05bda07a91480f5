public import ExactNumbers
internal import Records

/// A split of a symbol: of all facts for this symbol and time, the one with the highest sequence.
public struct Split: Hashable, Sendable {
  /// Quantities multiply by it, prices divide; 1 where the split was undone.
  public let ratio: Ratio
  /// Its effective time: what is effective at the same time is already in new units.
  public let stamp: Stamp
}

/// A dividend: of all facts for this symbol and time, the one with the highest sequence.
public struct Dividend: Hashable, Sendable {
  /// Currency per share, in the units of its effective time.
  public let amount: ExactDecimal
  public let stamp: Stamp
}

/// What happens to a symbol at a time, and is restated for that time by a later sequence.
protocol TimedAction: Hashable, Sendable {
  var stamp: Stamp { get }
}

extension Split: TimedAction {}
extension Dividend: TimedAction {}

extension Array where Element: TimedAction {
  /// Keeps the list in order of time, with one action a time.
  mutating func record(_ action: Element) {
    let index = firstIndex { $0.stamp.effective >= action.stamp.effective } ?? endIndex
    if index < endIndex, self[index].stamp.effective == action.stamp.effective {
      if action.stamp.sequence > self[index].stamp.sequence { self[index] = action }
    } else {
      insert(action, at: index)
    }
  }

  /// Forgets the actions that are effective after a time.
  ///
  /// - Returns: Whether one remains.
  mutating func cut(at time: Instant) -> Bool {
    removeAll { $0.stamp.effective > time }
    return !isEmpty
  }

  mutating func merge(_ other: Self) {
    for action in other { record(action) }
  }
}

extension Array where Element == Split {
  /// By how much a quantity grew from after `start` through `end`.
  ///
  /// - Throws: ``NumberError/overflow(operation:)``.
  func product(after start: Instant, through end: Instant) throws(NumberError) -> Ratio {
    var product = Ratio.one
    for split in self where split.stamp.effective > start && split.stamp.effective <= end {
      product = try product * split.ratio
    }
    return product
  }
}
