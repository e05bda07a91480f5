public import Events
public import ExactNumbers
internal import Portfolio
public import Records

/// A parameter of the calculations, set by `parameter.set` (domain table of defaults).
public struct Parameter: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case whole(ClosedRange<Int64>)
    /// A number within bounds, both included.
    case number(ClosedRange<Double>)
    case choice([String])
  }

  public let name: String
  public let kind: Kind
  public let standard: JSONValue

  private init(_ name: String, _ kind: Kind, _ standard: JSONValue) {
    self.name = name
    self.kind = kind
    self.standard = standard
  }

  private static func whole(
    _ name: String, _ standard: Int64, _ range: ClosedRange<Int64>
  ) -> Self { Self(name, .whole(range), .number(JSONNumber(standard))) }

  private static func number(
    _ name: String, _ standard: String, _ range: ClosedRange<Double>
  ) -> Self {
    // The text of a default is a number.
    let value = (try? JSONValue(parsing: standard)) ?? .null
    return Self(name, .number(range), value)
  }

  /// Sessions over which betas are estimated.
  public static let betaWindow = whole("beta.window", 150, 3...5_000)
  public static let betaMinimum = whole("beta.minimum_observations", 60, 3...5_000)
  /// Betas beyond it, on either side, are cut to it; the raw value is kept.
  public static let betaCap = number("beta.cap", "3", 0.1...1_000)
  public static let covarianceWindow = whole("covariance.window", 252, 2...5_000)
  public static let covarianceMinimum = whole("covariance.minimum_observations", 60, 2...5_000)
  /// λ of the exponential weights; 1 is equal weight.
  public static let covarianceDecay = number("covariance.decay", "0.94", 0.01...1)
  /// Of the documented method alone.
  public static let correlationClamp = number("stress.correlation_clamp", "0.95", 0...1)
  public static let correlationWindow = whole("correlation.window", 90, 3...5_000)
  public static let correlationOverlap = whole("correlation.minimum_overlap", 30, 3...5_000)
  public static let clusterThreshold = number("correlation.cluster_threshold", "0.7", 0...1)
  /// Below it a position is left out of the reported matrix, never of the scores.
  public static let reportMinimumValue = number(
    "correlation.report_minimum_value", "10000", 0...1e15)
  public static let reportMinimumWeight = number(
    "correlation.report_minimum_weight", "0.01", 0...1)
  public static let riskWindow = whole("risk.window", 252, 2...5_000)
  public static let riskMinimum = whole("risk.minimum_observations", 20, 2...5_000)
  public static let drawdownWindow = whole("drawdown.window", 90, 2...5_000)
  /// Fraction a year: once set, always used; its default, where no `DGS3MO` of the last seven days is
  /// known.
  public static let riskFreeRate = number("rate.risk_free", "0.05", -0.5...1)
  public static let defaultVolatility = number("volatility.default", "0.25", 0.0001...10)
  public static let historicalVolatilityWindow = whole("volatility.window", 30, 5...1_000)
  public static let dividendYield = number("dividend_yield", "0", -1...1)
  public static let staleSessions = whole("price.stale_sessions", 5, 0...10_000)
  public static let stressTimeToLive = whole("stress.ttl_seconds", 300, 0...31_536_000)
  /// λ of the conditional method where several factors are pinned.
  public static let stressRidge = number("stress.ridge", "0.05", 0...100)
  public static let greeksModel = Self(
    "greeks.model", .choice(["auto", "bsm"]), .string("auto"))
  /// What an option has for a price that has no quote (C-01): none, or that of the model. On a
  /// what-if branch it has the model's, whatever is set.
  public static let unquotedOptions = Self(
    Valuation.unquotedOptionsParameter, .choice(["model", "null"]), .string("null"))
  /// λ of the joint regression that specific risk comes from.
  public static let jointRidge = number("beta.joint_ridge", "0.01", 0...100)

  /// Every parameter, in order of name.
  public static let all: [Parameter] = [
    betaCap, jointRidge, betaMinimum, betaWindow, clusterThreshold, correlationOverlap,
    reportMinimumValue, reportMinimumWeight, correlationWindow, covarianceDecay,
    covarianceMinimum, covarianceWindow, dividendYield, drawdownWindow, greeksModel,
    staleSessions, riskFreeRate, riskMinimum, riskWindow, correlationClamp, stressRidge,
    stressTimeToLive, unquotedOptions, defaultVolatility, historicalVolatilityWindow,
  ].sorted { $0.name < $1.name }
}

extension Parameter {
  /// Checks a value that was set.
  ///
  /// - Throws: ``CalculationError/badParameter(name:expected:found:)``.
  func checked(_ value: JSONValue) throws(CalculationError) -> JSONValue {
    switch (kind, value) {
    case (.whole(let range), .number(let number)):
      if let whole = try? number.decimal().integerValue, range.contains(whole) { return value }
    case (.number(let range), .number(let number)):
      if let decimal = try? number.decimal(), range.contains(decimal.doubleValue) { return value }
    case (.choice(let choices), .string(let text)):
      if choices.contains(text) { return value }
    default: break
    }
    throw .badParameter(name: name, expected: expectation, found: value.compactText)
  }

  private var expectation: String {
    switch kind {
    case .whole(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
    case .choice(let choices): choices.map { "\"\($0)\"" }.joined(separator: " or ")
    }
  }
}

/// The parameters in force at a moment.
struct ParametersInForce {
  let state: BookState
  let asOf: Instant

  /// The value in force: of the portfolio, else of the book, else the default.
  ///
  /// - Throws: ``CalculationError/badParameter(name:expected:found:)``.
  func value(
    _ parameter: Parameter, _ portfolio: PortfolioID?
  ) throws(CalculationError) -> JSONValue {
    let own = portfolio.flatMap { state.parameter(parameter.name, portfolio: $0, asOf: asOf) }
    let set = own ?? state.parameter(parameter.name, portfolio: nil, asOf: asOf)
    guard let set else { return parameter.standard }
    return try parameter.checked(set.value)
  }

  /// - Precondition: The parameter is a whole number.
  func whole(
    _ parameter: Parameter, _ portfolio: PortfolioID?
  ) throws(CalculationError) -> Int {
    guard case .number(let number) = try value(parameter, portfolio),
      let whole = try? number.decimal().integerValue
    else { preconditionFailure("\(parameter.name) is a whole number") }
    return Int(whole)
  }

  /// - Precondition: The parameter is a number.
  func number(
    _ parameter: Parameter, _ portfolio: PortfolioID?
  ) throws(CalculationError) -> Double {
    guard case .number(let number) = try value(parameter, portfolio),
      let decimal = try? number.decimal()
    else { preconditionFailure("\(parameter.name) is a number") }
    return decimal.doubleValue
  }

  /// - Precondition: The parameter is a choice.
  func choice(
    _ parameter: Parameter, _ portfolio: PortfolioID?
  ) throws(CalculationError) -> String {
    guard case .string(let text) = try value(parameter, portfolio) else {
      preconditionFailure("\(parameter.name) is a choice")
    }
    return text
  }

  func isSet(_ parameter: Parameter, _ portfolio: PortfolioID?) -> Bool {
    if let portfolio, state.parameter(parameter.name, portfolio: portfolio, asOf: asOf) != nil {
      return true
    }
    return state.parameter(parameter.name, portfolio: nil, asOf: asOf) != nil
  }
}

extension CalculationDay {
  var parametersInForce: ParametersInForce { ParametersInForce(state: state, asOf: asOf) }

  /// The value in force: of the portfolio, else of the book, else the default.
  func value(
    _ parameter: Parameter, _ portfolio: PortfolioID? = nil
  ) throws(CalculationError) -> JSONValue { try parametersInForce.value(parameter, portfolio) }

  /// - Precondition: The parameter is a whole number.
  public func whole(
    _ parameter: Parameter, _ portfolio: PortfolioID? = nil
  ) throws(CalculationError) -> Int { try parametersInForce.whole(parameter, portfolio) }

  /// - Precondition: The parameter is a number.
  public func number(
    _ parameter: Parameter, _ portfolio: PortfolioID? = nil
  ) throws(CalculationError) -> Double { try parametersInForce.number(parameter, portfolio) }

  /// - Precondition: The parameter is a choice.
  public func choice(
    _ parameter: Parameter, _ portfolio: PortfolioID? = nil
  ) throws(CalculationError) -> String { try parametersInForce.choice(parameter, portfolio) }

  /// Whether the parameter was set for the portfolio or the book, and is not the default.
  public func isSet(_ parameter: Parameter, _ portfolio: PortfolioID? = nil) -> Bool {
    parametersInForce.isSet(parameter, portfolio)
  }
}
