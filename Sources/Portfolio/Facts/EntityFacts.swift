internal import Events
internal import ExactNumbers
internal import Records

// What happens to things that come into being once and then change. Each history keeps all of it:
// fields are read off by applying the entries in order of their stamps.

enum UserFact: Hashable, Sendable {
  case registered(UserRegistered)
  case changed(UserChanged)
  case deactivated
  case forgotten
}

enum PortfolioFact: Hashable, Sendable {
  case opened(PortfolioOpened)
  case changed(PortfolioChanged)
  case closed
}

enum TagFact: Hashable, Sendable {
  case created(TagCreated)
  case changed(TagChanged)
  case retired
}

enum StrategyFact: Hashable, Sendable {
  case created(StrategyCreated)
  case changed(StrategyChanged)
  case retired
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

/// Something that runs and ends, or is made once: only its rules need it.
enum RunKey: Hashable, Sendable {
  case batch(BatchID)
  case calculation(CalculationID)
  case session(SessionID)
  case save(SessionID, SaveID)
  case export(ExportID)
}

struct RunFact: Hashable, Sendable {
  enum Status: Hashable, Sendable { case running, ended }
  var status: Status
  var stamp: Stamp

  mutating func merge(_ other: Self) {
    // An end is final whatever the order.
    if other.status == .ended, status == .running { self = other }
  }
}
