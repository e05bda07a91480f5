import Calculations
import ExactNumbers
import Records

/// How people see a metric's numbers: each by its unit.
enum MetricTexts {
  /// - Parameter isDelta: A change has its sign.
  static func text(_ value: MetricValue, _ unit: MetricUnit, isDelta: Bool = false) -> String {
    let text = format(unit).text(of: value.json)
    guard isDelta, let number = value.doubleValue, number > 0 else { return text }
    return "+" + text
  }

  /// Of `delta_pct`.
  static func percent(_ fraction: Double?) -> String {
    guard let fraction else { return NumberFormat.unknown }
    return (fraction > 0 ? "+" : "") + NumberFormat.percent(2).text(of: Cell(fraction).json) + " %"
  }

  /// What stands behind a metric's name: the unit of its numbers.
  static func heading(_ unit: MetricUnit, _ currency: String?) -> String {
    switch unit {
    case .money: currency ?? ""
    case .fraction: "%"
    case .shares: "shares"
    case .count, .ratio: ""
    }
  }

  private static func format(_ unit: MetricUnit) -> NumberFormat {
    switch unit {
    case .money: .places(2)
    case .count: .grouped
    case .fraction: .percent(2)
    case .ratio: .places(4)
    case .shares: .places(2)
    }
  }
}
