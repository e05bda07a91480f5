internal import Analytics
public import Events
internal import ExactNumbers
internal import Portfolio

/// Something that a person should look at before relying on the day's numbers. Nothing is changed
/// because of it.
public struct Anomaly: Hashable, Sendable {
  public let kind: Kind
  public let portfolio: PortfolioID
  /// Null: it is of the portfolio as a whole.
  public let position: PositionID?
  /// For people, with the numbers that it was found by.
  public let message: String

  public enum Kind: String, CaseIterable, Comparable, Hashable, Sendable {
    case benchmarkMissing = "benchmark_missing"
    case cashUnknown = "cash_unknown"
    /// The last expiry lies behind, and no exit says what became of it.
    case expiredOption = "expired_option"
    /// Less than 0.8 of gross exposure has a usable market beta (C-10).
    case factorCoverage = "factor_coverage"
    /// Less than 0.8 of the pairs, by weight, has a correlation (C-14).
    case correlationCoverage = "correlation_coverage"
    case navNotPositive = "nav_not_positive"
    /// Beyond 25 % in one session, or beyond ten times the spread of the sessions before.
    case priceJump = "price_jump"
    case stalePrice = "stale_price"
    /// The underlying was split; what the exchange made of the contract was not entered.
    case unadjustedOption = "unadjusted_option"
    case unpriced

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }
}

extension CalculationDay {
  /// What is odd about a portfolio at the end of the day, by kind, then position.
  ///
  /// - Parameter completed: The steps whose results may be looked at.
  /// - Throws: ``CalculationError``, or an error of the analytics.
  public func anomalies(
    of portfolio: PortfolioID, completed: Set<Step> = Set(Step.allCases)
  ) throws -> [Anomaly] {
    let details = try details(of: portfolio)
    var found: [Anomaly] = []
    func add(_ kind: Anomaly.Kind, _ position: PositionID? = nil, _ message: String) {
      found.append(
        Anomaly(kind: kind, portfolio: portfolio, position: position, message: message))
    }

    if try isBenchmarkMissing(portfolio) {
      add(.benchmarkMissing, nil, "benchmark \(details.benchmark) has no close up to \(date)")
    }
    let worth = try value(of: portfolio)
    if worth.cash.isUnknown {
      if worth.positionCount > 0 {
        add(.cashUnknown, nil, "nothing but trades moved its cash: NAV is not known")
      }
    } else if try netAssetValue(of: portfolio) <= .zero {
      add(.navNotPositive, nil, "NAV is \(try netAssetValue(of: portfolio)) \(details.currency)")
    }
    // Many positions may be on one symbol.
    var jumps: [Symbol: String?] = [:]
    for holding in try holdings(of: portfolio) {
      for (kind, message) in oddities(of: holding) { add(kind, holding.id, message) }
      let symbol = holding.riskSymbol
      let jump = jumps[symbol] ?? jump(of: symbol)
      jumps[symbol] = .some(jump)
      if let jump { add(.priceJump, holding.id, jump) }
    }
    for (kind, message) in try coverage(of: portfolio, completed) { add(kind, nil, message) }
    return found.sorted {
      ($0.kind, $0.position?.rawValue ?? "") < ($1.kind, $1.position?.rawValue ?? "")
    }
  }

  private func oddities(of holding: Holding) -> [(Anomaly.Kind, String)] {
    let position = holding.position
    let value = holding.value
    var odd: [(Anomaly.Kind, String)] = []
    if value.price == nil {
      odd.append((.unpriced, "\(position.symbol) has no price up to \(date)"))
    } else if value.isStale, let priced = value.priceAt {
      odd.append((.stalePrice, "\(position.symbol) was last priced on \(priced.date)"))
    }
    if value.isExpired, let terms = position.terms {
      odd.append(
        (
          .expiredOption,
          "\(position.symbol) expired on \(terms.expiration): record its exit as expired, "
            + "exercised or assigned"
        ))
    }
    if position.isContractUnadjusted, let terms = position.terms {
      odd.append(
        (
          .unadjustedOption,
          "\(terms.underlying) was split while \(position.symbol) was open: exit it as adjusted "
            + "and enter the new contract"
        ))
    }
    return odd
  }

  /// Splits and dividends are taken out of the returns, so neither is a jump. Null: nothing odd.
  private func jump(of symbol: Symbol) -> String? {
    let returns = history.returns(of: symbol, asOf: asOf)
    guard returns.dates.last == date, let move = returns.simple.last else { return nil }
    let percent = Self.percent(move)
    if move.magnitude > Self.jumpThreshold {
      return "\(symbol) moved by \(percent) since its close of "
        + "\(returns.starts.last?.description ?? "–"), with no split to explain it"
    }
    let before = returns.simple.dropLast().suffix(Self.jumpWindow)
    guard before.count == Self.jumpWindow,
      let deviation = Moments.standardDeviation(Array(before)), deviation > 0,
      move.magnitude > Self.jumpDeviations * deviation
    else { return nil }
    return "\(symbol) moved by \(percent), \(Self.tenths(move.magnitude / deviation)) times the "
      + "standard deviation of the \(Self.jumpWindow) sessions before"
  }

  private static let jumpThreshold = 0.25
  private static let jumpDeviations = 10.0
  private static let jumpWindow = 30
  /// Results that cover less are flagged.
  static let coverageThreshold = 0.8

  private func coverage(
    of portfolio: PortfolioID, _ completed: Set<Step>
  ) throws -> [(Anomaly.Kind, String)] {
    var low: [(Anomaly.Kind, String)] = []
    if completed.contains(.portfolioMetrics),
      let coverage = try factorExposures(of: portfolio).market?.coverage,
      coverage < Self.coverageThreshold
    {
      low.append(
        (
          .factorCoverage,
          "\(Self.percent(coverage)) of gross exposure has a usable market beta; factor exposures "
            + "leave out the rest"
        ))
    }
    if completed.contains(.correlations),
      let coverage = try diversification(of: portfolio).coverage,
      coverage < Self.coverageThreshold
    {
      low.append(
        (
          .correlationCoverage,
          "\(Self.percent(coverage)) of the pairs, by weight, have a correlation"
        ))
    }
    return low
  }

  /// `-12.5 %`.
  private static func percent(_ fraction: Double) -> String { tenths(fraction * 100) + " %" }

  private static func tenths(_ value: Double) -> String {
    let tenths = (value.magnitude * 10).rounded(.toNearestOrEven)
    guard tenths < 1e15 else { return "\(value)" }
    let whole = Int64(tenths)
    return (value < 0 && whole > 0 ? "-" : "") + "\(whole / 10).\(whole % 10)"
  }
}
