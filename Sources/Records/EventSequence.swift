/// An event's number within a branch: 1, 2, 3 … without a gap. 0 stands before the first.
///
/// A branch into which its parent's market data flows shows two logs as one. There a number is a
/// pair: the branch's ``own`` event, and how many events its parent had past the fork, ``flowed``,
/// for an event of the parent that stands behind that own event. Such numbers are greater than all
/// plain ones, and ordered as the events are.
public struct EventSequence: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// Before the first event: the head of an empty log.
  public static let zero = EventSequence(0)

  public var next: EventSequence { advanced(by: 1) }
  public func advanced(by count: Int) -> EventSequence {
    EventSequence(UInt64(Int64(rawValue) + Int64(count)))
  }
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension EventSequence {
  private static let pairMark: UInt64 = 1 << 62
  private static let flowedBits: UInt64 = 31

  /// The greatest own sequence, and the greatest number of flowed events, that a pair has room for.
  public static let pairMax: UInt64 = 1 << flowedBits - 1

  /// A pair; null where one of its numbers is too great for it.
  public init?(own: EventSequence, flowed: UInt64) {
    guard own.rawValue <= Self.pairMax, flowed <= Self.pairMax else { return nil }
    rawValue = Self.pairMark | own.rawValue << Self.flowedBits | flowed
  }

  /// Whether it is a pair.
  public var isPair: Bool { rawValue & Self.pairMark != 0 }

  /// The own event's plain sequence: the number itself where it is no pair.
  public var own: EventSequence {
    isPair ? EventSequence((rawValue & ~Self.pairMark) >> Self.flowedBits) : self
  }

  /// How many events the parent had past the fork; 0 for an own event.
  public var flowed: UInt64 { isPair ? rawValue & Self.pairMax : 0 }
}

extension EventSequence {
  /// How many events stand between an earlier number and this one, as far as the numbers tell: of what
  /// flowed in before an own event, they do not.
  public func events(behind earlier: EventSequence) -> UInt64 {
    guard earlier < self else { return 0 }
    if own == earlier.own { return flowed - min(flowed, earlier.flowed) }
    return own.rawValue - min(own.rawValue, earlier.own.rawValue) + flowed
  }
}

extension EventSequence: LosslessStringConvertible {
  /// `18770`, or `18770+25` for the parent's 25th event past the fork behind the own event 18770.
  public var description: String {
    flowed == 0 ? String(own.rawValue) : "\(own.rawValue)+\(flowed)"
  }

  /// Reads what ``description`` says; a number alone is a plain one.
  public init?(_ text: String) {
    let parts = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
    guard let own = parts.first.flatMap({ UInt64($0) }) else { return nil }
    guard parts.count == 2 else {
      self.init(own)
      return
    }
    guard let flowed = UInt64(parts[1]) else { return nil }
    self.init(own: EventSequence(own), flowed: flowed)
  }
}
