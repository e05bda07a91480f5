public import Records

/// A parameter of the calculations. What a calculation depends on is in the log, or it cannot be
/// reproduced.
public struct ParameterSet: EventPayload {
  public var name: String
  public var value: JSONValue
  public var portfolio: PortfolioID?
  public var unknownFields: JSONValue?

  public init(
    name: String, value: JSONValue, portfolio: PortfolioID? = nil, unknownFields: JSONValue? = nil
  ) {
    self.name = name
    self.value = value
    self.portfolio = portfolio
    self.unknownFields = unknownFields
  }
}

extension ParameterSet {
  public static let kind = KindDeclaration(
    160, "parameter.set", "a parameter of the calculations", portfolio: 3)

  public static let blank = Self(name: .blank, value: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "name", \.name, "name of the parameter", .characters(1...100)),
    .required(2, "value", \.value, "its value", .scalar),
    .optional(3, "portfolio", \.portfolio, "the portfolio it is for; all of them where not given"),
  ]
}
