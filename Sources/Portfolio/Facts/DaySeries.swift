public import ExactNumbers
public import Records

/// A day's close as traded: of all bars of this symbol and date, the one with the highest sequence.
public struct DayClose: Hashable, Sendable {
  public let date: CivilDate
  public let close: ExactDecimal
  public let effective: Instant
  public let sequence: EventSequence
}

/// The last tick, or quote with a last price, of a symbol on a UTC day.
public struct DayMark: Hashable, Sendable {
  public let price: ExactDecimal
  public let effective: Instant
  public let sequence: EventSequence
  public let isQuote: Bool
}

/// One entry a day, in order of the days.
protocol DayEntry: Hashable, Sendable {
  var date: CivilDate { get }
  var effective: Instant { get }
  var sequence: EventSequence { get }
  /// Whether this entry is the one to keep of two of the same day.
  func wins(over other: Self) -> Bool
}

extension DayEntry {
  /// Whether this entry comes after the other in effective time, of equals in sequence.
  func isLater(than other: Self) -> Bool {
    (effective, sequence) > (other.effective, other.sequence)
  }
}

extension DayClose: DayEntry {
  func wins(over other: Self) -> Bool { sequence > other.sequence }
}

extension DayMark: DayEntry {
  var date: CivilDate { effective.date }
  func wins(over other: Self) -> Bool { isLater(than: other) }
}

/// The kept entries of one symbol: bounded by the days it was priced on, not by its ticks.
struct DaySeries<Entry: DayEntry>: Sendable {
  private(set) var entries: [Entry]
  /// Effective times ascend with the dates, as they nearly always do: a search may halve.
  private var isAscending = true

  init(_ entry: Entry) { entries = [entry] }

  mutating func record(_ entry: Entry) {
    let index = partition { $0.date >= entry.date }
    if index < entries.count, entries[index].date == entry.date {
      guard entry.wins(over: entries[index]) else { return }
      entries[index] = entry
    } else {
      entries.insert(entry, at: index)
    }
    let isAfter = index == 0 || entry.isLater(than: entries[index - 1])
    let isBefore = index + 1 == entries.count || entries[index + 1].isLater(than: entry)
    isAscending = isAscending && isAfter && isBefore
  }

  mutating func merge(_ other: Self) {
    for entry in other.entries { record(entry) }
  }

  /// Forgets the entries that are effective after a time.
  ///
  /// - Returns: Whether one remains.
  mutating func cut(at time: Instant) -> Bool {
    if isAscending, let last = entries.last, last.effective <= time { return true }
    entries.removeAll { $0.effective > time }
    return !entries.isEmpty
  }

  /// The entry with the greatest (effective time, sequence) up to that point.
  func last(asOf: Instant) -> Entry? {
    if isAscending {
      let index = partition { $0.effective > asOf }
      return index == 0 ? nil : entries[index - 1]
    }
    return entries.lazy.filter { $0.effective <= asOf }.max { $1.isLater(than: $0) }
  }

  /// The entries effective up to a time, in order of their days.
  func entries(asOf: Instant) -> ArraySlice<Entry> {
    guard isAscending else { return entries.filter { $0.effective <= asOf }[...] }
    return entries[..<partition { $0.effective > asOf }]
  }

  /// ``last(asOf:)`` of many times, in one pass.
  ///
  /// - Parameter times: Ascending.
  func last(asOf times: some Collection<Instant>) -> [Entry?] {
    guard isAscending, let first = times.first else { return times.map { last(asOf: $0) } }
    var next = partition { $0.effective > first }
    return times.map { time in
      while next < entries.count, entries[next].effective <= time { next += 1 }
      return next == 0 ? nil : entries[next - 1]
    }
  }

  /// The first index from which the condition holds; it must hold for all that follow.
  private func partition(_ holds: (Entry) -> Bool) -> Int {
    // New days arrive at the end: look there first.
    guard let last = entries.last, holds(last) else { return entries.count }
    var low = 0
    var high = entries.count - 1
    while low < high {
      let middle = (low + high) / 2
      if holds(entries[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension DaySeries: Hashable {
  // How the entries came in is no part of what they say.
  static func == (left: Self, right: Self) -> Bool { left.entries == right.entries }
  func hash(into hasher: inout Hasher) { hasher.combine(entries) }
}
