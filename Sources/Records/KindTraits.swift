/// What the log has to know of a kind: how its records are hashed and by what they are found.
public struct KindTraits: Hashable, Sendable {
  public var number: KindNumber
  public var name: String
  /// All records of this kind in a block make one leaf instead of one each.
  public var isMarketData: Bool
  /// The text field that names a portfolio, and the one that names a symbol.
  public var portfolioField: FieldNumber?
  public var symbolField: FieldNumber?

  public init(
    number: KindNumber, name: String, isMarketData: Bool = false,
    portfolioField: FieldNumber? = nil, symbolField: FieldNumber? = nil
  ) {
    self.number = number
    self.name = name
    self.isMarketData = isMarketData
    self.portfolioField = portfolioField
    self.symbolField = symbolField
  }
}

/// The traits of every kind, handed to the log by whoever knows the catalogue.
///
/// A kind that is not in it is treated as one without traits: its records are leaves of their own.
public struct KindRegistry: Sendable {
  private let traits: [KindNumber: KindTraits]

  public init(_ traits: [KindTraits]) {
    self.traits = Dictionary(uniqueKeysWithValues: traits.map { ($0.number, $0) })
  }

  public subscript(kind: KindNumber) -> KindTraits? { traits[kind] }

  public var all: [KindTraits] { traits.values.sorted { $0.number < $1.number } }
}

extension Record {
  /// The portfolio this record is about, as far as the record itself tells.
  ///
  /// A subject that is stored is always a portfolio: market data never stores one, since its
  /// symbol is in the payload.
  public func portfolio(_ traits: KindTraits?) -> String? {
    if let field = traits?.portfolioField, case .text(let text)? = self[field] { return text }
    return subject
  }

  /// The symbol this record is about, as far as the record itself tells.
  public func symbol(_ traits: KindTraits?) -> String? {
    if let field = traits?.symbolField, case .text(let text)? = self[field] { return text }
    return nil
  }
}
