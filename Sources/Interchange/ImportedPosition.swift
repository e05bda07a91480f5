public import Events
public import ExactNumbers

/// One row of a positions file that says what it should.
public struct ImportedPosition: Hashable, Sendable {
  /// As a spreadsheet numbers it, the header being row 1.
  public var row: Int
  public var symbol: Symbol
  /// The terms where `symbol` is an option's.
  public var option: OptionSymbol?
  /// Shares or contracts, never zero; short is negative.
  public var quantity: ExactDecimal
  /// Currency per share, of an option per share of its underlying; > 0.
  public var entryPrice: ExactDecimal
  public var entryDate: CivilDate
  /// In the order of the row, each name once in whatever case.
  public var tags: [String]

  /// From the sign of the quantity and the right of the option.
  public var positionType: PositionType {
    switch (option?.right, quantity.isNegative) {
    case (nil, false): .long
    case (nil, true): .short
    case (.call, false): .longCall
    case (.call, true): .shortCall
    case (.put, false): .longPut
    case (.put, true): .shortPut
    }
  }

  /// Shares per unit of quantity.
  public var multiplier: Int64 { option == nil ? 1 : 100 }

  /// What entering it costs, in the portfolio's currency; short sales bring in and are negative.
  ///
  /// Rounded half to even at the fourth place, as the ledger's cash is.
  public func cost() throws(NumberError) -> Money {
    try Money(Quantity(quantity), at: Price(entryPrice), multiplier: multiplier)
  }
}
