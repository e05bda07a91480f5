internal import Events
public import ExactNumbers
internal import Portfolio
internal import Records

/// What the day's calculations take for a symbol's price: the close in force.
public struct CloseInForce: Hashable, Sendable {
  public enum Source: String, Sendable {
    /// A daily bar.
    case close
    /// A published rate series.
    case rate
    case missing
  }

  /// A symbol, or the name of a rate series.
  public let name: String
  /// The session of the close; the UTC date of the rate.
  public let date: CivilDate?
  /// Currency per share as traded; percent a year of a rate.
  public let close: ExactDecimal?
  public let source: Source
}

extension CalculationDay {
  /// The closes in force of all that the book needs: what is held, the underlyings of its options,
  /// the benchmarks of its portfolios and the factors' proxies; ascending by name.
  public func closesInForce() -> [CloseInForce] {
    var symbols = Set(holdings.openPositions.map(\.symbol))
    symbols.formUnion(holdings.openPositions.compactMap { $0.terms?.underlying })
    symbols.formUnion(portfolios.compactMap { holdings.portfolios[$0]?.benchmark })
    var rates: Set<RateSeriesID> = []
    for factor in holdings.factors.values where factor.isActive {
      guard let proxy = factor.payload.proxy else { continue }
      if factor.payload.proxyKind == .yieldChange {
        rates.insert(RateSeriesID(proxy.rawValue))
      } else {
        symbols.insert(proxy)
      }
    }
    var closes = symbols.map { closeInForce(of: $0) }
    // A symbol of the same name is what is held: one row a name.
    for series in rates where !symbols.contains(Symbol(series.rawValue)) {
      let rate = state.rate(series, asOf: asOf)
      closes.append(
        CloseInForce(
          name: series.rawValue, date: rate?.date, close: rate?.percent,
          source: rate == nil ? .missing : .rate))
    }
    return closes.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  private func closeInForce(of symbol: Symbol) -> CloseInForce {
    let close = state.market.closes(of: symbol)
      .last { $0.effective <= asOf && $0.date <= date }
    return CloseInForce(
      name: symbol.rawValue, date: close?.date, close: close?.close,
      source: close == nil ? .missing : .close)
  }
}

// MARK: The step

extension CalculatedTable {
  public static let marketDataInForce = CalculatedTable(
    "market_data_in_force", keyCount: 2,
    ["ticker", "calculation_date", "close_date", "close", "source"])
}

extension Method {
  /// The bars that are there: without a provider nothing is fetched.
  static let marketData1 = Method(
    step: .marketData, name: "market_data/1", parameters: []
  ) { day, _, _ in
    var rows = CalculatedRows(.marketDataInForce)
    let closes = day.closesInForce()
    for close in closes {
      rows.append([
        Cell(close.name), Cell(day.date), Cell(close.date),
        Cell(close.close.map { Price($0) }), Cell(close.source.rawValue),
      ])
    }
    return CalculationOutput([rows], warnings: day.marketDataWarnings(closes))
  }
}

extension CalculationDay {
  fileprivate func marketDataWarnings(_ closes: [CloseInForce]) -> [String] {
    var warnings: [String] = []
    // An option may have quotes and no bars.
    let missing = closes.filter {
      $0.source == .missing && valuation.price(of: Symbol($0.name)) == nil
    }
    if !missing.isEmpty { warnings.append("no close of \(list(missing.map(\.name))) is known") }
    let older = closes.filter { $0.source == .close && $0.date != date }
    if !older.isEmpty {
      warnings.append(
        "no close of \(date) of "
          + list(older.map { close in "\(close.name) (\(close.date?.description ?? "–"))" }))
    }
    return warnings
  }
}
