/// Values by the identity of what they are about.
///
/// Values lie side by side in the order in which their keys were first met, and the index holds
/// only numbers: growing a large table moves no values between hash buckets. Two tables are equal
/// when they hold equal values for the same keys; order does not count.
public struct Table<Key: Hashable & Sendable, Value: Hashable & Sendable>: Sendable {
  private var indexes: [Key: Int32] = [:]
  /// In the order in which they were first met.
  public private(set) var keys: [Key] = []
  /// In the order of ``keys``.
  public private(set) var values: [Value] = []

  init() {}

  public var count: Int { keys.count }
  public var isEmpty: Bool { keys.isEmpty }

  public subscript(key: Key) -> Value? {
    guard let index = indexes[key] else { return nil }
    return values[Int(index)]
  }

  func contains(_ key: Key) -> Bool { indexes[key] != nil }

  /// The key as this table holds it, so that equal keys share one piece of memory.
  func shared(_ key: Key) -> Key {
    guard let index = indexes[key] else { return key }
    return keys[Int(index)]
  }

  /// The keys whose values satisfy a condition, in the order in which they were first met. Nothing
  /// is copied of the others: a search through all positions costs a few nanoseconds each.
  func keys(where condition: (Value) -> Bool) -> [Key] {
    var found: [Key] = []
    for index in values.indices where condition(values[index]) { found.append(keys[index]) }
    return found
  }

  /// Changes the value of a key in place, or sets it where there is none.
  mutating func update(
    _ key: Key, orInsert value: @autoclosure () -> Value, _ change: (inout Value) -> Void
  ) {
    if let index = indexes[key] {
      change(&values[Int(index)])
    } else {
      precondition(keys.count < Int32.max, "a table's index is 32 bits wide")
      indexes[key] = Int32(keys.count)
      keys.append(key)
      values.append(value())
    }
  }

  /// Changes every value in place and keeps those of which the change answers true.
  ///
  /// The order stays. A table of which all is kept is not indexed anew.
  mutating func keep(_ change: (Key, inout Value) -> Bool) {
    var kept: [Int] = []
    for index in values.indices where change(keys[index], &values[index]) { kept.append(index) }
    guard kept.count < values.count else { return }
    keys = kept.map { keys[$0] }
    values = kept.map { values[$0] }
    indexes = Dictionary(uniqueKeysWithValues: zip(keys, (0 as Int32)...))
  }

  mutating func merge(_ other: Self, _ combine: (inout Value, Value) -> Void) {
    if isEmpty {
      self = other
      return
    }
    for (key, value) in other {
      update(key, orInsert: value) { combine(&$0, value) }
    }
  }
}

extension Table: Sequence {
  public func makeIterator() -> Zip2Sequence<[Key], [Value]>.Iterator {
    zip(keys, values).makeIterator()
  }
}

extension Table: Hashable {
  public static func == (left: Self, right: Self) -> Bool {
    left.count == right.count
      && zip(left.keys, left.values).allSatisfy { right[$0] == $1 }
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(count) }
}

extension Table {
  /// Records what an event says about a key.
  mutating func record<Fact>(_ key: Key, _ fact: Fact, _ stamp: Stamp)
  where Value == History<Fact> {
    update(key, orInsert: History(fact, stamp)) { $0.record(fact, stamp) }
  }

  mutating func merge<Fact>(_ other: Self) where Value == History<Fact> {
    merge(other) { $0.merge($1) }
  }
}
