public import ExactNumbers
public import Records

/// Where a scenario comes from.
public enum ScenarioType: String, PayloadEnumeration, Sendable {
  case sensitivity, historical, custom
}

/// What a scenario shocks.
public enum ScenarioCategory: String, PayloadEnumeration, Sendable {
  case market, rates, oil, rotation, volatility, historical, custom
}

/// How hard a scenario hits.
public enum ScenarioSeverity: String, PayloadEnumeration, Sendable {
  case mild, moderate, severe, extreme
}

/// A stress scenario; said again, it restates it.
public struct ScenarioDefined: EventPayload {
  public var scenario: ScenarioID
  public var name: String
  public var scenarioType: ScenarioType
  public var sortOrder: Int64
  public var shocks: [Shock]
  public var category: ScenarioCategory?
  public var severity: ScenarioSeverity?
  public var description: String?
  public var periodStart: CivilDate?
  public var periodEnd: CivilDate?
  public var unknownFields: JSONValue?

  public init(
    scenario: ScenarioID, name: String, scenarioType: ScenarioType, sortOrder: Int64,
    shocks: [Shock], category: ScenarioCategory? = nil, severity: ScenarioSeverity? = nil,
    description: String? = nil, periodStart: CivilDate? = nil, periodEnd: CivilDate? = nil,
    unknownFields: JSONValue? = nil
  ) {
    self.scenario = scenario
    self.name = name
    self.scenarioType = scenarioType
    self.sortOrder = sortOrder
    self.shocks = shocks
    self.category = category
    self.severity = severity
    self.description = description
    self.periodStart = periodStart
    self.periodEnd = periodEnd
    self.unknownFields = unknownFields
  }
}

extension ScenarioDefined {
  public static let kind = KindDeclaration(150, "scenario.defined", "a stress scenario")

  public static let blank = Self(
    scenario: .blank, name: .blank, scenarioType: .blank, sortOrder: .blank, shocks: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "scenario", \.scenario, "id of the scenario: its code"),
    .required(2, "name", \.name, "what it is called", .characters(1...255)),
    .required(3, "scenario_type", \.scenarioType, "where it comes from"),
    .required(4, "sort_order", \.sortOrder, "where it stands in lists"),
    .required(
      5, "shocks", \.shocks,
      "what it does to factors: [{factor, shock, pinned?}]",
      unit: "fraction: -0.10 is -10 %; of a yield_change factor 0.0025 is 25 bp"),
    .optional(6, "category", \.category, "what it shocks"),
    .optional(7, "severity", \.severity, "how hard it hits"),
    .optional(8, "description", \.description, "in words"),
    .optional(9, "period_start", \.periodStart, "first day of a historical scenario"),
    .optional(10, "period_end", \.periodEnd, "last day of a historical scenario"),
  ]

  public static let rules: [PayloadRule<Self>] = [
    PayloadRule("shocks", expects: "each factor once") { payload in
      var seen: Set<FactorID> = []
      return payload.shocks.first { !seen.insert($0.factor).inserted }
        .map { "\"\(shortened($0.factor.rawValue))\" again" }
    },
    PayloadRule("period_end", expects: "no day before period_start") { payload in
      guard let start = payload.periodStart, let end = payload.periodEnd, end < start else {
        return nil
      }
      return "\(start) to \(end)"
    },
  ]
}

/// A stress scenario is used no more.
public struct ScenarioRetired: EventPayload {
  public var scenario: ScenarioID
  public var unknownFields: JSONValue?

  public init(scenario: ScenarioID, unknownFields: JSONValue? = nil) {
    self.scenario = scenario
    self.unknownFields = unknownFields
  }
}

extension ScenarioRetired {
  public static let kind = KindDeclaration(
    151, "scenario.retired", "a stress scenario is used no more")

  public static let blank = Self(scenario: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "scenario", \.scenario, "the scenario")
  ]
}
