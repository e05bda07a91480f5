internal import ExactNumbers

/// A value together with where it stands on the two clocks.
struct Dated<Value: Hashable & Sendable>: Hashable, Sendable {
  let stamp: Stamp
  var value: Value
}

/// All that was ever said about one thing, so that it can be asked for at any as-of.
///
/// Entries are in order of their stamps whatever the order they came in, so equal facts make equal
/// histories. Most things are said once: the greatest entry stands by itself, without a heap
/// allocation for a list of one.
struct History<Value: Hashable & Sendable>: Hashable, Sendable {
  private(set) var latest: Dated<Value>
  /// Everything before the greatest, ascending; null when there is nothing.
  private var earlier: [Dated<Value>]?

  init(_ value: Value, _ stamp: Stamp) { latest = Dated(stamp: stamp, value: value) }

  mutating func record(_ value: Value, _ stamp: Stamp) {
    record(Dated(stamp: stamp, value: value))
  }

  private mutating func record(_ entry: Dated<Value>) {
    if latest.stamp < entry.stamp {
      if earlier == nil { earlier = [latest] } else { earlier?.append(latest) }
      latest = entry
      return
    }
    // The same event folded twice is the same fact.
    guard entry.stamp != latest.stamp else { return }
    var list = earlier ?? []
    let index = list.firstIndex { entry.stamp <= $0.stamp } ?? list.endIndex
    guard index == list.endIndex || list[index].stamp != entry.stamp else { return }
    list.insert(entry, at: index)
    earlier = list
  }

  mutating func merge(_ other: Self) {
    for entry in other.ascending { record(entry) }
  }

  /// Forgets the entries that are effective after a time.
  ///
  /// - Returns: Whether one remains. Where none does, the history is as it was.
  mutating func cut(at time: Instant) -> Bool {
    guard latest.stamp.effective > time else { return true }
    guard let kept = earlier?.filter({ $0.stamp.effective <= time }), let last = kept.last else {
      return false
    }
    latest = last
    earlier = kept.count == 1 ? nil : Array(kept.dropLast())
    return true
  }

  /// Every entry, ascending.
  var ascending: [Dated<Value>] { (earlier ?? []) + CollectionOfOne(latest) }

  /// Entries effective up to that point, ascending.
  func entries(asOf: Instant) -> [Dated<Value>] {
    ascending.filter { $0.stamp.effective <= asOf }
  }

  /// The entry that wins at that point.
  func entry(asOf: Instant) -> Dated<Value>? {
    if latest.stamp.effective <= asOf { return latest }
    return earlier?.last { $0.stamp.effective <= asOf }
  }

  func value(asOf: Instant) -> Value? { entry(asOf: asOf)?.value }
}

extension Sequence {
  /// What these facts say of the row they belong to.
  func provenance<Value>() -> Provenance? where Element == Dated<Value> {
    var result: Provenance?
    for entry in self { Provenance.add(entry.stamp, to: &result) }
    return result
  }
}
