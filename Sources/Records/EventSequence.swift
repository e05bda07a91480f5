/// An event's number within a branch: 1, 2, 3 … without a gap. 0 stands before the first.
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

extension EventSequence: CustomStringConvertible {
  public var description: String { String(rawValue) }
}
