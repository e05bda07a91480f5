internal import ExactNumbers

/// A few histories by key, in order of the keys: what hangs on one position.
struct Registers<Key: Hashable & Comparable & Sendable, Value: Hashable & Sendable>: Hashable,
  Sendable
{
  struct Entry: Hashable, Sendable {
    let key: Key
    var history: History<Value>
  }

  private(set) var entries: [Entry] = []

  subscript(key: Key) -> History<Value>? { entries.first { $0.key == key }?.history }

  mutating func record(_ key: Key, _ value: Value, _ stamp: Stamp) {
    merge(Entry(key: key, history: History(value, stamp)))
  }

  mutating func merge(_ other: Self) {
    for entry in other.entries { merge(entry) }
  }

  /// Forgets what is effective after a time, and keys that are not to be kept.
  mutating func cut(at time: Instant, where isKept: (Key) -> Bool = { _ in true }) {
    guard !entries.isEmpty else { return }
    entries = entries.compactMap { entry in
      var entry = entry
      return isKept(entry.key) && entry.history.cut(at: time) ? entry : nil
    }
  }

  private mutating func merge(_ entry: Entry) {
    let index = entries.firstIndex { $0.key >= entry.key } ?? entries.endIndex
    if index < entries.endIndex, entries[index].key == entry.key {
      entries[index].history.merge(entry.history)
    } else {
      entries.insert(entry, at: index)
    }
  }
}
