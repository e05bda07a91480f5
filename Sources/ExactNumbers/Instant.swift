/// A point in time: nanoseconds since 1970-01-01T00:00:00Z, without leap seconds.
public struct Instant: Hashable, Sendable {
  public let nanosecondsSinceEpoch: Int64

  public init(nanosecondsSinceEpoch: Int64) {
    self.nanosecondsSinceEpoch = nanosecondsSinceEpoch
  }

  public static let nanosecondsPerDay: Int64 = 86_400_000_000_000
  public static let distantPast = Instant(nanosecondsSinceEpoch: .min)
  public static let distantFuture = Instant(nanosecondsSinceEpoch: .max)

  /// The UTC day that holds this instant.
  public var date: CivilDate {
    let (day, rest) = nanosecondsSinceEpoch.quotientAndRemainder(
      dividingBy: Self.nanosecondsPerDay)
    return CivilDate(daysSinceEpoch: Int32(rest < 0 ? day - 1 : day))
  }

  /// Nanoseconds since the UTC midnight before.
  public var nanosecondOfDay: Int64 {
    nanosecondsSinceEpoch.positiveRemainder(Self.nanosecondsPerDay)
  }

  /// As written in the tables: `YYYY-MM-DDTHH:MM:SS.sssZ`, finer digits cut off.
  public var milliseconds: String {
    "\(date)T\(clock).\(padded(Int(nanosecondOfDay / 1_000_000 % 1_000), 3))Z"
  }

  private var clock: String {
    let seconds = Int(nanosecondOfDay / 1_000_000_000)
    return
      "\(padded(seconds / 3_600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
  }
}

extension Instant: Comparable {
  public static func < (left: Self, right: Self) -> Bool {
    left.nanosecondsSinceEpoch < right.nanosecondsSinceEpoch
  }
}

extension Instant: CustomStringConvertible {
  /// RFC 3339 in UTC with the shortest exact fraction: `2025-06-30T21:00:00Z`.
  public var description: String {
    let fraction = Int(nanosecondOfDay % 1_000_000_000)
    guard fraction != 0 else { return "\(date)T\(clock)Z" }
    var digits = padded(fraction, 9)
    while digits.last == "0" { digits.removeLast() }
    return "\(date)T\(clock).\(digits)Z"
  }

  /// Reads RFC 3339, up to nanoseconds. A numeric offset is converted to UTC.
  ///
  /// Null for another form, a time that does not exist (also a leap second), more than nine
  /// digits of fraction, or an instant outside 1678 … 2261.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes[10] | 0x20 == 0x74, bytes[13] == 0x3A, bytes[16] == 0x3A,
      let date = CivilDate(String(decoding: bytes[0..<10], as: UTF8.self)),
      let hour = digits(bytes[11..<13]), hour < 24,
      let minute = digits(bytes[14..<16]), minute < 60,
      let second = digits(bytes[17..<19]), second < 60
    else { return nil }
    var index = 19
    var nanosecond = 0
    if bytes[index] == 0x2E {
      let start = index + 1
      index = start
      while index < bytes.count, bytes[index] &- 0x30 < 10 { index += 1 }
      guard (1...9).contains(index - start), let fraction = digits(bytes[start..<index]) else {
        return nil
      }
      nanosecond = fraction * Int(powerOfTen(9 - (index - start)))
    }
    guard index < bytes.count else { return nil }
    var offsetMinutes = 0
    switch bytes[index] {
    case 0x5A, 0x7A:
      guard index + 1 == bytes.count else { return nil }
    case 0x2B, 0x2D:
      guard index + 6 == bytes.count, bytes[index + 3] == 0x3A,
        let hours = digits(bytes[(index + 1)..<(index + 3)]), hours < 24,
        let minutes = digits(bytes[(index + 4)..<(index + 6)]), minutes < 60
      else { return nil }
      offsetMinutes = (hours * 60 + minutes) * (bytes[index] == 0x2D ? -1 : 1)
    default: return nil
    }
    let seconds = (hour * 60 + minute - offsetMinutes) * 60 + second
    self.init(
      nanosecondsSinceEpoch: date.start.nanosecondsSinceEpoch
        + Int64(seconds) * 1_000_000_000 + Int64(nanosecond))
  }
}
