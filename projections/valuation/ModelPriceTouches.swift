import Calculations
import Events
import ExactNumbers
import Portfolio

/// From which dates on the prices of a model (C-01) have to be worked out anew, beside what the
/// price of the underlying does.
struct ModelPriceTouches {
  enum Scope: Hashable {
    case all
    case portfolio(PortfolioID)
    case position(PositionID)
    /// An option, or the underlying of options.
    case symbol(Symbol)
  }

  private(set) var touches: [Scope: CivilDate] = [:]

  /// The kinds that say what a model's price is made of.
  static let kinds = [
    RateSet.kind.number, VolatilityQuoted.kind.number, PositionAttributed.kind.number,
    InstrumentDefined.kind.number, ParameterSet.kind.number, ModelForked.kind.number,
  ]

  private static let parameters = Set(Parameter.ofModelPrices.map(\.name))

  mutating func note(_ event: Event, in context: ProjectionContext) {
    guard context.state.mayPriceUnquotedOptions else { return }
    let date = event.effective.date
    switch event.payload {
    case .rateSet(let rate) where rate.series == "DGS3MO": touch(.all, date)
    case .volatilityQuoted(let quoted): touch(.symbol(quoted.symbol), date)
    case .positionAttributed(let attribute) where attribute.name == "iv_override":
      touch(.position(attribute.position), date)
    case .instrumentDefined(let defined): touch(.symbol(defined.symbol), date)
    case .parameterSet(let parameter) where Self.parameters.contains(parameter.name):
      touch(parameter.portfolio.map { .portfolio($0) } ?? .all, date)
    // Rows taken over from the parent know of no what-if.
    case .modelForked: touch(.all, .earliest)
    default: break
    }
  }

  private mutating func touch(_ scope: Scope, _ date: CivilDate) {
    touches[scope] = min(touches[scope] ?? date, date)
  }
}
