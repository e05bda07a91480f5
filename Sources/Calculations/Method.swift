public import Events
public import Records

/// A way to make one step, by name and version.
///
/// A method never changes what it computes: an improvement is a new version beside the old one,
/// which stays callable, so that the digest of an old run can still be met.
public struct Method: Sendable {
  public let step: Step
  /// The name and version, as `calculation.started` keeps them: `greeks/1`.
  public let name: String
  /// What the result depends on beside the facts; they stand in `calculation.started`.
  public let parameters: [Parameter]
  let run: @Sendable (CalculationDay, PortfolioID?, Set<Step>) throws -> CalculationOutput

  /// - Parameters:
  ///   - portfolio: Null for the whole market.
  ///   - completed: The steps of this day that were completed before it, for what a snapshot tells.
  ///   - recorded: Of a run that is made again: the parameters it recorded, and the last fact it saw.
  /// - Throws: ``CalculationError``, or an error of the analytics.
  public func output(
    _ day: CalculationDay, _ portfolio: PortfolioID?, completed: Set<Step> = [],
    recorded: (parameters: JSONValue, input: EventSequence)? = nil
  ) throws -> CalculationOutput {
    guard step.isPerPortfolio == (portfolio != nil) else {
      throw CalculationError.misaddressed(
        step: step.rawValue, isPerPortfolio: step.isPerPortfolio)
    }
    let day =
      recorded.map { day.asRecorded($0.parameters, input: $0.input, portfolio) } ?? day
    return try run(day, portfolio, completed)
  }

  /// The parameters in force, as one canonical JSON object. A snapshot's name the steps it tells of;
  /// what depends on the prices of options names what a model's depend on, where a rule asks for one.
  public func parameters(
    _ day: CalculationDay, _ portfolio: PortfolioID?, completed: Set<Step>
  ) throws(CalculationError) -> JSONValue {
    var members: [JSONMember] = []
    for parameter in parameters {
      members.append(JSONMember(parameter.name, try day.value(parameter, portfolio)))
    }
    if step.valuesPositions, let portfolio {
      for member in try day.recordedModelParameters(portfolio)
      where !members.contains(where: { $0.name == member.name }) {
        members.append(member)
      }
    }
    if step == .snapshots {
      let steps = Step.allCases.filter { completed.contains($0) && $0 != .snapshots }
      members.append(JSONMember("steps", .array(steps.map { .string($0.rawValue) })))
    }
    return JSONValue.object(members).canonical
  }

  /// The steps that recorded parameters name.
  public static func completedSteps(in parameters: JSONValue) -> Set<Step> {
    guard case .array(let steps)? = parameters["steps"] else { return [] }
    return Set(
      steps.compactMap { step in
        if case .string(let name) = step { Step(rawValue: name) } else { nil }
      })
  }
}

/// Every method, by step. The last one of a step is the one in use.
public enum MethodCatalog {
  public static let methods: [Method] = [
    .marketData1, .shortMetrics1, .returns1, .factorCovariance1, .greeks1, .correlations1,
    .portfolioMetrics1, .stressTests1, .snapshots1,
  ]

  public static func current(_ step: Step) -> Method {
    guard let method = methods.last(where: { $0.step == step }) else {
      preconditionFailure("every step has a method")
    }
    return method
  }

  /// The method that a run of a step names.
  ///
  /// - Throws: ``CalculationError/unknownMethod(_:)``, also for a method of another step.
  public static func method(
    named name: String, of step: String
  ) throws(CalculationError) -> Method {
    guard let method = methods.first(where: { $0.name == name && $0.step.rawValue == step }) else {
      throw .unknownMethod(name)
    }
    return method
  }
}
