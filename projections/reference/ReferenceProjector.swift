import Events
import ExactNumbers
import Portfolio
import Records

/// Writes factors, scenarios and instruments, from the state.
struct ReferenceProjector: Projector {
  static let name = "reference"
  static let version = 1
  static var schema: [UInt8] { PackageResources.reference_sql }
  static let kinds: Set<KindNumber> = [
    FactorDefined.kind.number, FactorRetired.kind.number, ScenarioDefined.kind.number,
    ScenarioRetired.kind.number, InstrumentDefined.kind.number,
  ]

  private var factors: Set<FactorID> = []
  private var scenarios: Set<ScenarioID> = []
  private var symbols: Set<Symbol> = []

  init() {}

  mutating func due(_ event: Event, in context: ProjectionContext) throws {
    switch event.payload {
    case .factorDefined(let payload): factors.insert(payload.factor)
    case .factorRetired(let payload): factors.insert(payload.factor)
    case .scenarioDefined(let payload): scenarios.insert(payload.scenario)
    case .scenarioRetired(let payload): scenarios.insert(payload.scenario)
    case .instrumentDefined(let payload): symbols.insert(payload.symbol)
    default: break
    }
  }

  mutating func settle(in context: ProjectionContext) throws {
    try context.clear("factor_definitions", of: factors)
    for id in factors.sorted() {
      guard let factor = context.state.factor(id, asOf: context.cut) else { continue }
      try write(factor, in: context)
      // The unit of a shock is that of its factor.
      try context.rows
        .statement("SELECT scenario_id FROM stress_scenario_shocks WHERE factor_id = ?")
        .rows({ $0.text(id.rawValue) }) { scenarios.insert(ScenarioID($0.text(0))) }
    }
    try context.clear("stress_scenarios", of: scenarios)
    for id in scenarios.sorted() {
      guard let scenario = context.state.scenario(id, asOf: context.cut) else { continue }
      try write(scenario, in: context)
    }
    for symbol in symbols.sorted() {
      guard let instrument = context.state.instrument(symbol, asOf: context.cut) else { continue }
      try write(instrument, in: context)
    }
  }

  private func write(
    _ factor: Definition<FactorDefined>, in context: ProjectionContext
  ) throws(ProjectionError) {
    let payload = factor.payload
    try context.rows.upsert("factor_definitions") { row in
      row.text(payload.factor.rawValue)
      row.text(payload.name)
      row.text(payload.displayName)
      row.text(payload.category.rawValue)
      row.text(payload.description)
      row.text(payload.calculationMethod)
      row.text(payload.kindOfProxy.rawValue)
      row.text(payload.proxy?.rawValue)
      row.integer(payload.sortOrder)
      row.boolean(Self.coreFactors.contains(payload.factor.rawValue))
      row.boolean(factor.isActive)
      row.time(factor.provenance.created)
      row.time(factor.provenance.updated)
      row.sequence(factor.provenance.lastSequence)
    }
  }

  private func write(_ scenario: Definition<ScenarioDefined>, in context: ProjectionContext) throws
  {
    let payload = scenario.payload
    let id = payload.scenario.rawValue
    try context.rows.upsert("stress_scenarios") { row in
      row.text(id)
      row.text(id)
      row.text(payload.name)
      row.text(payload.scenarioType.rawValue)
      row.text(payload.category?.rawValue)
      row.text(payload.severity?.rawValue)
      row.text(payload.description)
      row.date(payload.periodStart)
      row.date(payload.periodEnd)
      row.integer(payload.sortOrder)
      row.boolean(scenario.isActive)
      row.time(scenario.provenance.created)
      row.time(scenario.provenance.updated)
      row.sequence(scenario.provenance.lastSequence)
    }
    try context.delete(from: "stress_scenario_shocks", where: "scenario_id", id)
    for shock in payload.shocks {
      let factor = context.state.factor(shock.factor, asOf: context.cut)
      let isYield = factor?.payload.kindOfProxy == .yieldChange
      try context.rows.upsert("stress_scenario_shocks") { row in
        row.text(id)
        row.text(shock.factor.rawValue)
        row.number(shock.shock)
        row.text(isYield ? "yield_change" : "return")
        row.boolean(shock.pinned)
        row.sequence(scenario.provenance.lastSequence)
      }
    }
  }

  private func write(
    _ instrument: Definition<InstrumentDefined>, in context: ProjectionContext
  ) throws(ProjectionError) {
    let payload = instrument.payload
    try context.rows.upsert("securities") { row in
      row.text(payload.symbol.rawValue)
      row.text(payload.name)
      row.text(payload.kind.rawValue)
      row.text(payload.sector)
      row.text(payload.industry)
      // No event names an exchange, a country, a capitalization or a float.
      for _ in 0..<4 { row.null() }
      row.time(instrument.provenance.updated)
      row.sequence(instrument.provenance.lastSequence)
    }
  }

  /// The eight factors of the documented system.
  private static let coreFactors: Set<String> = [
    "market_beta", "momentum", "value", "growth", "quality", "size", "short_interest",
    "volatility",
  ]
}

extension FactorDefined {
  /// A proxy is a price unless something else is said of it.
  fileprivate var kindOfProxy: ProxyKind {
    proxyKind ?? (proxy == nil ? ProxyKind.none : .priceReturn)
  }
}
