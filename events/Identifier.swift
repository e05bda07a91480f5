/// The name of a thing, 1 to 64 bytes of UTF-8, kept exactly as given; a UUID by habit.
///
/// `Subject` keeps the ids of different things apart. Equality and order are those of the bytes,
/// as in the log and in the tables, not those of Unicode's canonical equivalence.
public struct Identifier<Subject: IdentifierSubject>: RawRepresentable, Sendable {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  public init(_ rawValue: String) { self.rawValue = rawValue }
}

extension Identifier: Hashable, Comparable {
  public static func == (left: Self, right: Self) -> Bool {
    left.rawValue == right.rawValue && left.rawValue.utf8.elementsEqual(right.rawValue.utf8)
  }
  public static func < (left: Self, right: Self) -> Bool {
    left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
  }
  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

extension Identifier: ExpressibleByStringLiteral, CustomStringConvertible {
  public init(stringLiteral value: String) { rawValue = value }
  public var description: String { rawValue }
}

/// What an ``Identifier`` identifies, and how its text is read.
public protocol IdentifierSubject: Sendable {
  /// What it is called in messages and in the schema.
  static var name: String { get }
  static var fieldType: PayloadFieldType { get }
  /// The spelling that is kept of a text that came in.
  static func canonical(_ text: String) -> String
  /// What is wrong with a text as an id of this subject, or null.
  static func expectation(violatedBy text: String) -> String?
}

extension IdentifierSubject {
  public static var fieldType: PayloadFieldType { .identifier(name) }
  public static func canonical(_ text: String) -> String { text }
  public static func expectation(violatedBy text: String) -> String? {
    (1...64).contains(text.utf8.count) && !text.utf8.contains(0) ? nil : "1 to 64 bytes of UTF-8"
  }
}

public enum UserSubject: IdentifierSubject { public static let name = "user id" }
public enum PortfolioSubject: IdentifierSubject { public static let name = "portfolio id" }
public enum MovementSubject: IdentifierSubject { public static let name = "movement id" }
public enum PositionSubject: IdentifierSubject { public static let name = "position id" }
public enum ExitSubject: IdentifierSubject { public static let name = "exit id" }
public enum TagSubject: IdentifierSubject { public static let name = "tag id" }
public enum StrategySubject: IdentifierSubject { public static let name = "strategy group id" }
public enum RateSeriesSubject: IdentifierSubject { public static let name = "rate series" }
public enum FactorSubject: IdentifierSubject { public static let name = "factor id" }
public enum ScenarioSubject: IdentifierSubject { public static let name = "scenario id" }
public enum BatchSubject: IdentifierSubject { public static let name = "batch id" }
public enum CalculationSubject: IdentifierSubject { public static let name = "calculation id" }
public enum SessionSubject: IdentifierSubject { public static let name = "session id" }
public enum SaveSubject: IdentifierSubject { public static let name = "save id" }
public enum ExportSubject: IdentifierSubject { public static let name = "export id" }

public typealias UserID = Identifier<UserSubject>
public typealias PortfolioID = Identifier<PortfolioSubject>
/// Of a `cash.moved`; where it is not given, the event's id.
public typealias MovementID = Identifier<MovementSubject>
public typealias PositionID = Identifier<PositionSubject>
/// Of a `position.exited`; where it is not given, the event's id.
public typealias ExitID = Identifier<ExitSubject>
public typealias TagID = Identifier<TagSubject>
/// Of a strategy group; the field is named `group`.
public typealias StrategyID = Identifier<StrategySubject>
/// `DGS3MO`, `DGS10` …
public typealias RateSeriesID = Identifier<RateSeriesSubject>
public typealias FactorID = Identifier<FactorSubject>
public typealias ScenarioID = Identifier<ScenarioSubject>
public typealias BatchID = Identifier<BatchSubject>
public typealias CalculationID = Identifier<CalculationSubject>
public typealias SessionID = Identifier<SessionSubject>
public typealias SaveID = Identifier<SaveSubject>
public typealias ExportID = Identifier<ExportSubject>
