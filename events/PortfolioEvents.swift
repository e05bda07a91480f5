public import Records

/// A portfolio exists from here on. Recorded before anything else of the portfolio.
public struct PortfolioOpened: EventPayload {
  public var portfolio: PortfolioID
  public var name: String
  public var owner: UserID?
  public var currency: String?
  public var benchmark: Symbol?
  public var description: String?
  public var unknownFields: JSONValue?

  public init(
    portfolio: PortfolioID, name: String, owner: UserID? = nil, currency: String? = nil,
    benchmark: Symbol? = nil, description: String? = nil, unknownFields: JSONValue? = nil
  ) {
    self.portfolio = portfolio
    self.name = name
    self.owner = owner
    self.currency = currency
    self.benchmark = benchmark
    self.description = description
    self.unknownFields = unknownFields
  }
}

extension PortfolioOpened {
  public static let kind = KindDeclaration(
    20, "portfolio.opened", "a portfolio exists from here on", portfolio: 1)

  public static let blank = Self(portfolio: .blank, name: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "portfolio", \.portfolio, "id of the portfolio"),
    .required(2, "name", \.name, "what it is called", .characters(1...255)),
    .optional(3, "owner", \.owner, "whose portfolio it is"),
    .optional(4, "currency", \.currency, "what its money is in; USD where not given", .currency),
    .optional(5, "benchmark", \.benchmark, "what it is compared with; SPY where not given"),
    .optional(6, "description", \.description, "in words", .characters(0...1000)),
  ]
}

/// Fields of a portfolio change. What is null stays as it is.
public struct PortfolioChanged: EventPayload {
  public var portfolio: PortfolioID
  public var name: String?
  public var owner: Change<UserID>?
  public var currency: String?
  public var benchmark: Symbol?
  public var description: Change<String>?
  public var unknownFields: JSONValue?

  public init(
    portfolio: PortfolioID, name: String? = nil, owner: Change<UserID>? = nil,
    currency: String? = nil, benchmark: Symbol? = nil, description: Change<String>? = nil,
    unknownFields: JSONValue? = nil
  ) {
    self.portfolio = portfolio
    self.name = name
    self.owner = owner
    self.currency = currency
    self.benchmark = benchmark
    self.description = description
    self.unknownFields = unknownFields
  }
}

extension PortfolioChanged {
  public static let kind = KindDeclaration(
    21, "portfolio.changed", "fields of a portfolio change", portfolio: 1)

  public static let blank = Self(portfolio: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "portfolio", \.portfolio, "the portfolio"),
    .optional(2, "name", \.name, "the new name", .characters(1...255)),
    .clearable(3, "owner", \.owner, "the new owner"),
    .optional(4, "currency", \.currency, "what its money is in from here on", .currency),
    .optional(5, "benchmark", \.benchmark, "what it is compared with from here on"),
    .clearable(6, "description", \.description, "the new description", .characters(0...1000)),
  ]
}

/// A portfolio takes nothing more.
public struct PortfolioClosed: EventPayload {
  public var portfolio: PortfolioID
  public var unknownFields: JSONValue?

  public init(portfolio: PortfolioID, unknownFields: JSONValue? = nil) {
    self.portfolio = portfolio
    self.unknownFields = unknownFields
  }
}

extension PortfolioClosed {
  public static let kind = KindDeclaration(
    22, "portfolio.closed", "a portfolio takes nothing more", portfolio: 1)

  public static let blank = Self(portfolio: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "portfolio", \.portfolio, "the portfolio")
  ]
}
