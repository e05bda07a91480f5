internal import Events
internal import ExactNumbers
internal import Portfolio

/// A stress scenario as it is calculated: one of the book's, or one that every book has.
struct StressScenario: Sendable {
  struct Move: Sendable {
    let factor: FactorID
    /// A fraction; of a yield 0.0025 is 25 basis points.
    let shock: ExactDecimal
    /// The conditional method conditions on it. Others enter the documented methods alone.
    let isPinned: Bool
  }

  let id: ScenarioID
  let moves: [Move]
}

extension StressScenario {
  init(_ definition: ScenarioDefined) {
    id = definition.scenario
    moves = definition.shocks.map {
      Move(factor: $0.factor, shock: $0.shock, isPinned: $0.pinned)
    }
  }
}

/// A move of one factor that is tried on every book, whatever its scenarios.
struct GeneratedScenario: Sendable {
  /// The name of the factor that moves.
  let factor: String
  /// `market_down_10`, `rates_up_100bp`.
  let type: String
  /// A fraction; of the yield 0.01 is 100 basis points.
  let value: ExactDecimal

  /// Reserved: the colon keeps it apart from the books' own codes.
  var id: ScenarioID { ScenarioID("market_risk:\(type)") }

  /// ±5, ±10, ±20 % of the market and ±100, ±200 basis points, ascending by id.
  static let all: [GeneratedScenario] = {
    var scenarios: [GeneratedScenario] = []
    for percent in [-20, -10, -5, 5, 10, 20] {
      scenarios.append(
        GeneratedScenario(
          factor: "market_beta",
          type: "market_\(percent < 0 ? "down" : "up")_\(abs(percent))",
          value: hundredths(percent)))
    }
    for points in [-200, -100, 100, 200] {
      scenarios.append(
        GeneratedScenario(
          factor: "interest_rate",
          type: "rates_\(points < 0 ? "down" : "up")_\(abs(points))bp",
          value: hundredths(points / 100)))
    }
    return scenarios.sorted { $0.id < $1.id }
  }()

  private static func hundredths(_ count: Int) -> ExactDecimal {
    guard let value = try? ExactDecimal(coefficient: Int64(count), places: 2) else {
      preconditionFailure("a hundredth is a decimal")
    }
    return value
  }
}

extension CalculationDay {
  /// The book's active scenarios, ascending by id.
  var scenarios: [StressScenario] {
    holdings.scenarios.values.filter(\.isActive).map { StressScenario($0.payload) }
      .sorted { $0.id < $1.id }
  }
}
