internal import Events
internal import ExactNumbers
internal import Records

// What happens to things that come into being once and then change. Each history keeps all of it:
// fields are read off by applying the entries in order of their stamps.

/// One thing said of something that comes into being once.
protocol EntityFact: Hashable, Sendable {
  /// It brings the thing into being.
  var isCreation: Bool { get }
}

extension History where Value: EntityFact {
  /// What brought the thing into being, whenever that is effective.
  var creation: Dated<Value>? { ascending.first { $0.value.isCreation } }
}

enum UserFact: EntityFact {
  case registered(UserRegistered)
  case changed(UserChanged)
  case deactivated
  case forgotten

  var isCreation: Bool { if case .registered = self { true } else { false } }
}

enum PortfolioFact: EntityFact {
  case opened(PortfolioOpened)
  case changed(PortfolioChanged)
  case closed

  var isCreation: Bool { if case .opened = self { true } else { false } }
}

enum TagFact: EntityFact {
  case created(TagCreated)
  case changed(TagChanged)
  case retired

  var isCreation: Bool { if case .created = self { true } else { false } }
}

enum StrategyFact: EntityFact {
  case created(StrategyCreated)
  case changed(StrategyChanged)
  case retired

  var isCreation: Bool { if case .created = self { true } else { false } }
}

enum DefinedFact<Payload: Hashable & Sendable>: Hashable, Sendable {
  case defined(Payload)
  case retired
}

/// A movement of cash, as the latest fact with its id has it.
struct CashMovement: Hashable, Sendable {
  let portfolio: PortfolioID
  let amount: ExactDecimal
  let reason: CashReason
}

/// A parameter's name, for one portfolio or for all.
struct ParameterKey: Hashable, Sendable {
  let name: String
  let portfolio: PortfolioID?
}
