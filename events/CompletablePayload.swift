public import Records

/// A payload whose missing fields the ledger may fill in when the event is appended.
///
/// What was filled in is marked, because the same event sent again lacks it: see
/// ``Event/hasSameContent(as:)``. The mark itself is never shown in JSON.
public protocol CompletablePayload: EventPayload {
  /// The fields the ledger filled in; null when the sender gave all that is there.
  var completed: FieldSet? { get set }
}

extension CompletablePayload {
  /// Fills in a field the sender did not give. A given one is left alone.
  ///
  /// - Parameter path: One of the payload's optional fields.
  public mutating func complete<Value>(_ path: WritableKeyPath<Self, Value?>, with value: Value) {
    guard self[keyPath: path] == nil else { return }
    guard let field = Self.fields.first(where: { $0.isAt(path) }) else {
      preconditionFailure("only fields of \(Self.kind.name) can be completed")
    }
    self[keyPath: path] = value
    completed = (completed ?? FieldSet()).inserting(field.declaration.number)
  }
}

/// A set of a payload's fields, by their numbers from 1 to 62.
public struct FieldSet: Hashable, Sendable {
  private var bits: Int64

  public init() { bits = 0 }

  public func contains(_ field: FieldNumber) -> Bool {
    field.rawValue < 63 && bits & 1 << Int64(field.rawValue) != 0
  }

  public func inserting(_ field: FieldNumber) -> FieldSet {
    precondition((1...62).contains(field.rawValue), "a field in a set has a number from 1 to 62")
    var set = self
    set.bits |= 1 << Int64(field.rawValue)
    return set
  }
}

extension FieldSet: PayloadValue {
  public static var fieldType: PayloadFieldType { .integer }
  public static var blank: FieldSet { FieldSet() }
  public init(json: JSONValue) throws(ValueProblem) { bits = try Int64(json: json) }
  public var json: JSONValue { bits.json }
  public init?(fieldValue: FieldValue) {
    guard case .integer(let bits) = fieldValue else { return nil }
    self.bits = bits
  }
  public var fieldValue: FieldValue { .integer(bits) }
}
