public import ExactNumbers
public import Records

/// A calculation begins: what it reads, and by which method. The audit log's row.
public struct CalculationStarted: EventPayload {
  public var calculation: CalculationID
  public var batch: BatchID?
  public var calculationType: String
  public var portfolio: PortfolioID?
  public var calculationDate: CivilDate
  public var inputSequence: Int64
  public var method: String
  public var parameters: JSONValue
  public var unknownFields: JSONValue?

  public init(
    calculation: CalculationID, calculationType: String, calculationDate: CivilDate,
    inputSequence: Int64, method: String, parameters: JSONValue, batch: BatchID? = nil,
    portfolio: PortfolioID? = nil, unknownFields: JSONValue? = nil
  ) {
    self.calculation = calculation
    self.batch = batch
    self.calculationType = calculationType
    self.portfolio = portfolio
    self.calculationDate = calculationDate
    self.inputSequence = inputSequence
    self.method = method
    self.parameters = parameters
    self.unknownFields = unknownFields
  }
}

extension CalculationStarted {
  public static let kind = KindDeclaration(
    190, "calculation.started", "a calculation begins", portfolio: 4)

  public static let blank = Self(
    calculation: .blank, calculationType: .blank, calculationDate: .blank, inputSequence: .blank,
    method: .blank, parameters: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "calculation", \.calculation, "id of the calculation"),
    .optional(2, "batch", \.batch, "the run it belongs to"),
    .required(
      3, "calculation_type", \.calculationType,
      "which calculation: the slug of a step", .characters(1...50)),
    .optional(
      4, "portfolio", \.portfolio, "the portfolio it is for; the whole market where not given"),
    .required(5, "calculation_date", \.calculationDate, "the day it is as of"),
    .required(
      6, "input_sequence", \.inputSequence,
      "the last event it reads", unit: "sequence", .notNegative),
    .required(7, "method", \.method, "name and version of the method", .characters(1...255)),
    .required(8, "parameters", \.parameters, "windows, decay, rate and the like", .object),
  ]
}

/// A calculation has ended.
public struct CalculationCompleted: EventPayload {
  public var calculation: CalculationID
  public var recordsProcessed: Int64
  public var resultDigest: String
  public var unknownFields: JSONValue?

  public init(
    calculation: CalculationID, recordsProcessed: Int64, resultDigest: String,
    unknownFields: JSONValue? = nil
  ) {
    self.calculation = calculation
    self.recordsProcessed = recordsProcessed
    self.resultDigest = resultDigest
    self.unknownFields = unknownFields
  }
}

extension CalculationCompleted {
  public static let kind = KindDeclaration(191, "calculation.completed", "a calculation has ended")

  public static let blank = Self(
    calculation: .blank, recordsProcessed: .blank, resultDigest: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "calculation", \.calculation, "the calculation"),
    .required(2, "records_processed", \.recordsProcessed, "rows it wrote", .notNegative),
    .required(
      3, "result_digest", \.resultDigest, "digest of the rows it wrote", .characters(1...128)),
  ]
}

/// A calculation was broken off.
public struct CalculationFailed: EventPayload {
  public var calculation: CalculationID
  public var errorMessage: String
  public var unknownFields: JSONValue?

  public init(calculation: CalculationID, errorMessage: String, unknownFields: JSONValue? = nil) {
    self.calculation = calculation
    self.errorMessage = errorMessage
    self.unknownFields = unknownFields
  }
}

extension CalculationFailed {
  public static let kind = KindDeclaration(
    192, "calculation.failed", "a calculation was broken off")

  public static let blank = Self(calculation: .blank, errorMessage: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "calculation", \.calculation, "the calculation"),
    .required(2, "error_message", \.errorMessage, "why"),
  ]
}

/// A calculation was not made.
public struct CalculationSkipped: EventPayload {
  public var calculation: CalculationID
  public var reason: String
  public var unknownFields: JSONValue?

  public init(calculation: CalculationID, reason: String, unknownFields: JSONValue? = nil) {
    self.calculation = calculation
    self.reason = reason
    self.unknownFields = unknownFields
  }
}

extension CalculationSkipped {
  public static let kind = KindDeclaration(193, "calculation.skipped", "a calculation was not made")

  public static let blank = Self(calculation: .blank, reason: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "calculation", \.calculation, "the calculation"),
    .required(2, "reason", \.reason, "why", .characters(1...1000)),
  ]
}
