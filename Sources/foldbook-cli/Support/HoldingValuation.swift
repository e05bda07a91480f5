import Calculations
import ExactNumbers
import Foldbook
import Portfolio

extension BookSession {
  /// Values what is held at a point, options without a quote by the rule of C-01. What a model's
  /// price is made of is read only where one is asked for.
  func valuation(of holdings: Holdings, at point: ReplayPoint) throws -> Valuation {
    let isModelAsked = holdings.positions.values.contains { position in
      position.terms != nil && holdings.pricesUnquotedOptions(of: position.portfolio)
        && holdings.market.price(of: position.symbol, asOf: holdings.asOf) == nil
    }
    guard isModelAsked else { return Valuation(holdings) }
    let state = try book.calculationState(at: point)
    return Valuation(holdings, model: MarketHistory(state, through: point.asOf).priceModel)
  }
}
