import Events
import Records

extension Book {
  /// Appends the factors and stress scenarios that every book begins with.
  ///
  /// Done once when a book is made; done again it changes nothing.
  @discardableResult
  public func appendDefaults() throws -> AppendOutcome {
    try append(
      (DefaultFactors.payloads + DefaultScenarios.payloads).map { payload in
        Event(
          id: .given(payload.defaultID), effective: DefaultFactors.effective,
          source: "/foldbook/defaults", payload: payload)
      })
  }
}

extension Payload {
  fileprivate var defaultID: String {
    switch self {
    case .factorDefined(let factor): "default-factor-\(factor.factor)"
    case .scenarioDefined(let scenario): "default-scenario-\(scenario.scenario)"
    default: preconditionFailure("only factors and scenarios are defaults")
    }
  }
}
