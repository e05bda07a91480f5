internal import Analytics
public import ExactNumbers
public import Portfolio

/// A portfolio's sessions with what is chained along them: each day's numbers depend on earlier days
/// alone, so one track serves every day up to its end.
final class PortfolioTrack {
  let days: [PortfolioDay]
  /// One a day.
  let returns: [DailyReturn]
  /// What one unit of money became, flows taken out: the returns chained (C-17). From 1 on the first
  /// day, one a day until nothing was left.
  let wealth: [Double]
  /// The deepest fall up to each day, at most 0.
  let drawdowns: [Double]

  /// - Throws: ``CalculationError/outOfRange(what:_:)``.
  init(_ days: [PortfolioDay]) throws(CalculationError) {
    self.days = days
    var returns: [DailyReturn] = []
    returns.reserveCapacity(days.count)
    for index in days.indices {
      let before = index == 0 ? nil : days[index - 1]
      returns.append(
        DailyReturn(date: days[index].date, value: try days[index].rateOfReturn(after: before)))
    }
    self.returns = returns
    wealth = Self.chained(days, returns)
    var peak = 0.0
    var deepest = 0.0
    drawdowns = wealth.map { value in
      peak = max(peak, value)
      deepest = min(deepest, peak > 0 ? (value - peak) / peak : 0)
      return deepest
    }
  }

  private static func chained(_ days: [PortfolioDay], _ returns: [DailyReturn]) -> [Double] {
    // Owing more than it has from the start, there is nothing to fall from.
    guard let first = days.first, !first.netAssetValue.isNegative || first.isCashUnknown else {
      return []
    }
    var values = [1.0]
    values.reserveCapacity(days.count)
    var wealth = 1.0
    for (day, daily) in zip(days.dropFirst(), returns.dropFirst()) {
      if let value = daily.value {
        wealth *= 1 + value.doubleValue
      } else if !day.isCashUnknown, day.pnl.map({ !$0.isZero }) ?? false {
        return values
      }
      // Nothing left, or less: there the drawdown stops (C-17).
      if wealth <= 0 || (!day.isCashUnknown && day.netAssetValue.isNegative) { return values }
      values.append(wealth)
    }
    return values
  }
}

/// A track up to a day.
struct PortfolioTrackPrefix {
  let track: PortfolioTrack
  /// How many of its days there are.
  let count: Int

  var days: ArraySlice<PortfolioDay> { track.days[..<count] }
  var returns: ArraySlice<DailyReturn> { track.returns[..<count] }
  var wealth: ArraySlice<Double> { track.wealth.prefix(count) }
  /// Nothing was left, or NAV fell below zero: what came after is in no drawdown.
  var isStopped: Bool { track.wealth.count < count }
  /// The deepest fall, at most 0; null without a day.
  var deepestFall: Double? { wealth.isEmpty ? nil : track.drawdowns[wealth.count - 1] }
}

extension PortfolioDay {
  /// P&L over NAV of the session before and inflows; over its gross exposure where cash is unknown.
  fileprivate func rateOfReturn(
    after before: PortfolioDay?
  ) throws(CalculationError) -> Proportion? {
    guard isCashUnknown else { return dailyReturn }
    guard let before, let pnl else { return nil }
    do throws(NumberError) {
      return try Proportion(pnl, over: try before.grossExposure())
    } catch {
      throw .outOfRange(what: "the return of \(date)", error)
    }
  }
}
