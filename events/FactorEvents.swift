public import Records

/// What sort of factor it is.
public enum FactorCategory: String, PayloadEnumeration, Sendable {
  case style, technical, macro, sector
}

/// How the proxy's series becomes the factor's return.
public enum ProxyKind: String, PayloadEnumeration, Sendable {
  case priceReturn = "price_return", yieldChange = "yield_change", none
}

/// A risk factor; said again, it restates it.
public struct FactorDefined: EventPayload {
  public var factor: FactorID
  public var name: String
  public var displayName: String
  public var category: FactorCategory
  public var sortOrder: Int64
  public var proxy: Symbol?
  public var proxyKind: ProxyKind?
  public var description: String?
  public var calculationMethod: String?
  public var unknownFields: JSONValue?

  public init(
    factor: FactorID, name: String, displayName: String, category: FactorCategory, sortOrder: Int64,
    proxy: Symbol? = nil, proxyKind: ProxyKind? = nil, description: String? = nil,
    calculationMethod: String? = nil, unknownFields: JSONValue? = nil
  ) {
    self.factor = factor
    self.name = name
    self.displayName = displayName
    self.category = category
    self.sortOrder = sortOrder
    self.proxy = proxy
    self.proxyKind = proxyKind
    self.description = description
    self.calculationMethod = calculationMethod
    self.unknownFields = unknownFields
  }
}

extension FactorDefined {
  public static let kind = KindDeclaration(140, "factor.defined", "a risk factor")

  public static let blank = Self(
    factor: .blank, name: .blank, displayName: .blank, category: .blank, sortOrder: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "factor", \.factor, "id of the factor"),
    .required(2, "name", \.name, "machine name, market_beta", .characters(1...50)),
    .required(3, "display_name", \.displayName, "name for people", .characters(1...100)),
    .required(4, "category", \.category, "what sort of factor it is"),
    .required(5, "sort_order", \.sortOrder, "where it stands in lists"),
    .optional(6, "proxy", \.proxy, "symbol or series that stands for it"),
    .optional(7, "proxy_kind", \.proxyKind, "how the proxy becomes the factor's return"),
    .optional(8, "description", \.description, "in words"),
    .optional(9, "calculation_method", \.calculationMethod, "how it is calculated"),
  ]
}

/// A risk factor is used no more.
public struct FactorRetired: EventPayload {
  public var factor: FactorID
  public var unknownFields: JSONValue?

  public init(factor: FactorID, unknownFields: JSONValue? = nil) {
    self.factor = factor
    self.unknownFields = unknownFields
  }
}

extension FactorRetired {
  public static let kind = KindDeclaration(141, "factor.retired", "a risk factor is used no more")

  public static let blank = Self(factor: .blank)

  public static let fields: [PayloadField<Self>] = [
    .required(1, "factor", \.factor, "the factor")
  ]
}
