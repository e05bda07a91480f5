import ExactNumbers
import Records

/// A time as somebody gives it on the command line, read but not yet held against a book.
///
/// A date, and everything that counts in days, means the end of that day, UTC.
struct TimeArgument: Hashable, Sendable {
  enum Meaning: Hashable, Sendable {
    case instant(Instant)
    /// An event's number.
    case sequence(EventSequence)
    /// An event's id.
    case event(id: String)
    /// That many days before today.
    case daysAgo(Int)
    /// That many months before today; where the month is shorter, its last day.
    case monthsAgo(Int)
  }

  /// As it was given, for the answer's `requested`.
  let text: String
  let meaning: Meaning

  /// - Parameter takesBareSequence: Whether `12345` is a sequence, as for `--known-at`.
  /// - Throws: ``CommandFailure`` that lists what a time can be.
  init(_ text: String, takesBareSequence: Bool = false) throws(CommandFailure) {
    self.text = text
    guard let meaning = Self.read(text, takesBareSequence) else {
      let bare = takesBareSequence ? ", or the bare number" : ""
      throw .usage(
        """
        '\(text)' is not a time: expected a date (2025-06-30), RFC 3339 (2025-06-30T21:00:00Z), a \
        sequence (#12345\(bare); on a live branch #12345+6), an event's id (@ID), -5d, -3w, -2m, -1y, yesterday or today
        """)
    }
    self.meaning = meaning
  }

  private static func read(_ text: String, _ takesBareSequence: Bool) -> Meaning? {
    if text == "today" { return .daysAgo(0) }
    if text == "yesterday" { return .daysAgo(1) }
    if let date = CivilDate(text) { return .instant(date.end) }
    if let instant = Instant(text) { return .instant(instant) }
    if text.hasPrefix("@") { return text.count > 1 ? .event(id: String(text.dropFirst())) : nil }
    if text.hasPrefix("#") { return sequence(text.dropFirst()) }
    if takesBareSequence, let sequence = sequence(text[...]) { return sequence }
    return ago(text)
  }

  /// `12345`, and on a live branch `18770+25`.
  private static func sequence(_ text: Substring) -> Meaning? {
    let parts = text.split(separator: "+", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count),
      parts.allSatisfy({ part in !part.isEmpty && part.utf8.allSatisfy { $0 &- 0x30 < 10 } }),
      let sequence = EventSequence(String(text)),
      // A plain number beyond this would be read as a pair.
      parts.count == 2 || !sequence.isPair && sequence.rawValue <= UInt64(Int64.max)
    else { return nil }
    return .sequence(sequence)
  }

  private static func ago(_ text: String) -> Meaning? {
    // A true minus sign stands where the arguments were made safe for the parser.
    guard let sign = text.first, sign == "-" || sign == "\u{2212}", let unit = text.last,
      case let digits = text.dropFirst().dropLast(), (1...5).contains(digits.utf8.count),
      digits.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let count = Int(digits)
    else { return nil }
    switch unit {
    case "d": return .daysAgo(count)
    case "w": return .daysAgo(count * 7)
    case "m": return .monthsAgo(count)
    case "y": return .monthsAgo(count * 12)
    default: return nil
    }
  }

  /// The instant that is meant where it needs no book; null for a sequence or an event.
  ///
  /// - Parameter now: What relative times count back from.
  /// - Throws: ``CommandFailure`` for a day that no instant can name.
  func instant(now: Instant) throws(CommandFailure) -> Instant? {
    switch meaning {
    case .instant(let instant): return instant
    case .sequence, .event: return nil
    case .daysAgo(let days):
      return try end(of: now.date.advanced(byDays: -Int32(clamping: days)))
    case .monthsAgo(let months):
      let (year, month, day) = now.date.components
      let index = year * 12 + month - 1 - months
      guard index >= 0 else { throw outOfRange() }
      for last in stride(from: day, through: max(1, day - 3), by: -1) {
        if let date = CivilDate(year: index / 12, month: index % 12 + 1, day: last) {
          return try end(of: date)
        }
      }
      throw outOfRange()
    }
  }

  private func end(of date: CivilDate) throws(CommandFailure) -> Instant {
    guard (1678...2261).contains(date.components.year) else { throw outOfRange() }
    return date.end
  }

  private func outOfRange() -> CommandFailure {
    .usage("'\(text)' lies outside the years 1678 to 2261")
  }
}
