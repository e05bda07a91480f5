public import Events
public import ExactNumbers
public import Portfolio

/// Which lots are left first.
public enum LotOrder: String, Hashable, Sendable, CaseIterable {
  /// Entered first.
  case fifo
  /// Entered last.
  case lifo
  /// The exit that realizes least: the highest entry price of a long holding, the lowest of a short
  /// one.
  case hifo
}

/// What an exit takes from one position.
public struct LotExit: Hashable, Sendable {
  public var position: PositionID
  /// Shares or contracts, positive.
  public var quantity: Quantity
}

/// Why an exit by symbol does not say which positions it is of.
public enum LotError: Error, Hashable, Sendable {
  case nothingOpen(symbol: Symbol, at: Instant)
  case tooLarge(symbol: Symbol, wanted: Quantity, open: Quantity, at: Instant)
  case severalPortfolios(symbol: Symbol, portfolios: [PortfolioID])
  case longAndShort(symbol: Symbol, positions: [PositionID])
}

extension LotError: CustomStringConvertible {
  /// Stable, for scripts.
  public var code: String {
    switch self {
    case .nothingOpen: "FB-LOT-001"
    case .tooLarge: "FB-LOT-002"
    case .severalPortfolios: "FB-LOT-003"
    case .longAndShort: "FB-LOT-004"
    }
  }

  public var description: String {
    switch self {
    case .nothingOpen(let symbol, let time):
      "nothing of the symbol \(symbol) is open at \(time): 'foldbook positions --all' shows what "
        + "there is, --at gives another time"
    case .tooLarge(let symbol, let wanted, let open, let time):
      "exit of \(wanted) \(symbol) is larger than the \(open) open at \(time): "
        + "give a quantity of at most \(open), or enter what is missing first"
    case .severalPortfolios(let symbol, let portfolios):
      "\(symbol) is held in \(portfolios.count) portfolios "
        + "(\(portfolios.map(\.rawValue).joined(separator: ", "))): say which with --portfolio ID"
    case .longAndShort(let symbol, let positions):
      "\(symbol) is held both long and short: exit one of the positions by its id "
        + "(\(positions.prefix(10).map(\.rawValue).joined(separator: ", ")))"
    }
  }
}

extension BookState {
  /// Chooses the open lots of a symbol that an exit takes.
  ///
  /// - Parameters:
  ///   - quantity: Shares or contracts, positive; null for all that is open.
  ///   - portfolio: Null where only one holds the symbol.
  ///   - time: When the exit is effective; a lot is what is open of a position then.
  /// - Returns: At least one exit; each takes a lot whole but the last.
  /// - Throws: ``LotError``; `NumberError` where the lots are too large to be added up.
  public func lots(
    of symbol: Symbol, quantity: Quantity?, in portfolio: PortfolioID? = nil, order: LotOrder,
    at time: Instant
  ) throws -> [LotExit] {
    let open = try openLots(of: symbol, in: portfolio, at: time).sorted(by: order)
    let total = try open.reduce(Quantity.zero) { try $0 + $1.quantity.magnitude }
    guard let quantity else {
      return open.map { LotExit(position: $0.id, quantity: $0.quantity.magnitude) }
    }
    guard quantity <= total else {
      throw LotError.tooLarge(symbol: symbol, wanted: quantity, open: total, at: time)
    }
    var exits: [LotExit] = []
    var left = quantity
    for lot in open where !left.isZero {
      let taken = min(left, lot.quantity.magnitude)
      exits.append(LotExit(position: lot.id, quantity: taken))
      left = try left - taken
    }
    return exits
  }

  /// The open positions of a symbol, of one portfolio and one direction.
  private func openLots(
    of symbol: Symbol, in portfolio: PortfolioID?, at time: Instant
  ) throws -> [Position] {
    let open = try positions(onSymbol: symbol).compactMap { try position($0, asOf: time) }
      .filter {
        $0.isActive && $0.symbol == symbol && (portfolio == nil || $0.portfolio == portfolio)
      }
    guard let first = open.first else { throw LotError.nothingOpen(symbol: symbol, at: time) }
    let portfolios = Set(open.map(\.portfolio))
    guard portfolios.count == 1 else {
      throw LotError.severalPortfolios(symbol: symbol, portfolios: portfolios.sorted())
    }
    guard open.allSatisfy({ $0.isShort == first.isShort }) else {
      throw LotError.longAndShort(symbol: symbol, positions: open.map(\.id).sorted())
    }
    return open
  }
}

extension [Position] {
  /// In the order in which they are left. Equal ones in the order in which they were recorded.
  fileprivate func sorted(by order: LotOrder) -> [Position] {
    let byEntry = sorted {
      ($0.entryTime, $0.provenance.firstSequence) < ($1.entryTime, $1.provenance.firstSequence)
    }
    switch order {
    case .fifo: return byEntry
    case .lifo: return byEntry.reversed()
    case .hifo:
      // Swift's sort is stable, so that equal prices stay in the order of their entries.
      return byEntry.sorted {
        $0.isShort ? $0.entryPrice < $1.entryPrice : $0.entryPrice > $1.entryPrice
      }
    }
  }
}
