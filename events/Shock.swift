public import ExactNumbers
public import Records

/// What a scenario does to one factor.
public struct Shock: Hashable, Sendable {
  public var factor: FactorID
  /// A fraction: −0.10 is −10 %; of a `yield_change` factor 0.0025 is 25 bp.
  public var shock: ExactDecimal
  /// Whether the conditional method conditions on this factor and never alters it.
  public var pinned: Bool
  /// Fields the catalogue does not know: a JSON object, null when there are none.
  public var unknownFields: JSONValue?

  public init(
    factor: FactorID, shock: ExactDecimal, pinned: Bool = true, unknownFields: JSONValue? = nil
  ) {
    self.factor = factor
    self.shock = shock
    self.pinned = pinned
    self.unknownFields = unknownFields
  }
}

extension Shock {
  init(json: JSONValue) throws(ValueProblem) {
    let expected = "a shock {factor, shock, pinned?}"
    guard case .object(let members) = json else { throw .type(expected: expected, found: json) }
    guard let factor = json["factor"], let shock = json["shock"] else {
      throw ValueProblem(
        .type, expected: expected,
        found: "one without \(json["factor"] == nil ? "factor" : "shock")")
    }
    let factorID = try FactorID(json: factor)
    if let expectation = FactorSubject.expectation(violatedBy: factorID.rawValue) {
      throw ValueProblem(.value, expected: "a factor of \(expectation)", found: factor.excerpt)
    }
    let unknown = members.filter { !["factor", "shock", "pinned"].contains($0.name) }
    let isPinned: Bool
    switch json["pinned"] {
    case nil, .null: isPinned = true
    case .some(let pinned): isPinned = try Bool(json: pinned)
    }
    self.init(
      factor: factorID, shock: try ExactDecimal(json: shock), pinned: isPinned,
      unknownFields: unknown.isEmpty ? nil : JSONValue.object(unknown).canonical)
  }

  /// `pinned` is always written, so that equal shocks have one form.
  var json: JSONValue {
    var members = [
      JSONMember("factor", factor.json), JSONMember("shock", shock.json),
      JSONMember("pinned", .bool(pinned)),
    ]
    if case .object(let unknown)? = unknownFields { members += unknown }
    return .object(members)
  }
}

extension [Shock]: PayloadValue {
  public static var fieldType: PayloadFieldType { .shocks }
  public static var blank: [Shock] { [] }
  public init(json: JSONValue) throws(ValueProblem) {
    guard case .array(let values) = json else {
      throw .type(expected: "an array of shocks", found: json)
    }
    self = []
    for value in values { append(try Shock(json: value)) }
  }
  public var json: JSONValue { .array(map(\.json)) }
  public init?(fieldValue: FieldValue) {
    guard case .json(let text) = fieldValue, let json = try? JSONValue(parsing: text),
      let shocks = try? [Shock](json: json)
    else { return nil }
    self = shocks
  }
  public var fieldValue: FieldValue { .json(json.canonical.compactText) }
}
