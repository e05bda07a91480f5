import Calculations
import Events
import ExactNumbers
import Foldbook
import Portfolio
import Records

/// The Greeks of options at a point. Portfolios without options cost nothing; of the others results
/// are kept, so that the next look at the point costs little.
struct OptionGreeks {
  private var rows: [PositionID: StepResult.Row] = [:]
  private(set) var warnings: [String] = []

  /// - Parameter portfolio: Null for all.
  init(
    _ session: BookSession, at point: ReplayPoint, _ holdings: Holdings, portfolio: PortfolioID?
  ) throws {
    let options = holdings.positions.values.filter {
      $0.isActive && $0.isOption && (portfolio == nil || $0.portfolio == portfolio)
    }
    guard !options.isEmpty else { return }
    let calculations = try session.book.calculations(at: point)
    for portfolio in Set(options.map(\.portfolio)).sorted() {
      do {
        for row in StepResult(try calculations.result(.greeks, of: portfolio))
          .rows(.positionGreeks)
        {
          if let id = row.text("position_id") { rows[PositionID(id)] = row }
        }
      } catch let error as CalculationError {
        // The positions are there all the same.
        warnings.append("portfolio \(portfolio): there are no Greeks: \(error)")
      }
    }
    let unknown = options.filter { deltaDollars(of: $0) == nil }.map(\.symbol.rawValue).sorted()
    if !unknown.isEmpty {
      let shown = unknown.prefix(8).joined(separator: ", ")
      warnings.append(
        "\(shown)\(unknown.count > 8 ? " and \(unknown.count - 8) more" : ""): delta is not known; "
          + "the delta-adjusted exposure is that of the premium")
    }
  }

  private func deltaDollars(of position: Position) -> Money? {
    rows[position.id].flatMap { Money($0["delta_dollars"]) }
  }

  /// The documented `PositionGreeks` of an option; null of anything else.
  func object(of position: Position) -> JSONValue {
    position.isOption ? rows[position.id].map(GreekFields.object) ?? .null : .null
  }

  /// A Greek of a whole position; a share's delta is its quantity, and it has no other.
  func greek(_ name: String, of position: Position) -> JSONValue {
    guard position.isOption else { return name == "delta" ? .scaled(position.quantity) : 0 }
    return rows[position.id]?[name] ?? .null
  }

  /// Quantity times delta times the underlying's price; the premium where delta is not known (C-03).
  func deltaAdjustedExposure(of position: Position, _ value: PositionValue) -> Money? {
    deltaDollars(of: position) ?? value.marketValue
  }
}
