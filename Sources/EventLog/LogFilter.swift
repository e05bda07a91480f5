public import ExactNumbers
public import Records

/// Which events a cursor gives. Every part that is present must hold.
public struct LogFilter: Hashable, Sendable {
  public var kinds: Set<KindNumber>?
  /// Events of one of these portfolios; market data belongs to none.
  public var portfolios: Set<String>?
  /// Events whose kind carries a symbol, and which carry one of these.
  public var symbols: Set<String>?
  public var effective: ClosedRange<Instant>?
  public var recorded: ClosedRange<Instant>?
  /// Kinds that come whatever their effective time.
  public var timelessKinds: Set<KindNumber>

  public static let all = LogFilter()

  public init(
    kinds: Set<KindNumber>? = nil, portfolios: Set<String>? = nil, symbols: Set<String>? = nil,
    effective: ClosedRange<Instant>? = nil, recorded: ClosedRange<Instant>? = nil,
    timelessKinds: Set<KindNumber> = []
  ) {
    self.kinds = kinds
    self.portfolios = portfolios
    self.symbols = symbols
    self.effective = effective
    self.recorded = recorded
    self.timelessKinds = timelessKinds
  }

  /// Whether an event passes, by the traits its kind has.
  public func admits(_ record: Record, _ traits: KindTraits?) -> Bool {
    guard admits(record.kind, traits) else { return false }
    if let effective, !effective.contains(record.effective),
      !timelessKinds.contains(record.kind)
    {
      return false
    }
    if let recorded, !recorded.contains(record.recorded) { return false }
    if let portfolios {
      guard let portfolio = record.portfolio(traits), portfolios.contains(portfolio) else {
        return false
      }
    }
    if let symbols {
      guard let symbol = record.symbol(traits), symbols.contains(symbol) else { return false }
    }
    return true
  }

  /// Whether any event of a kind can pass.
  private func admits(_ kind: KindNumber, _ traits: KindTraits?) -> Bool {
    if let kinds, !kinds.contains(kind) { return false }
    if symbols != nil, traits?.symbolField == nil { return false }
    if portfolios != nil, traits?.isMarketData == true, traits?.portfolioField == nil {
      return false
    }
    return true
  }

  /// The kinds of a block of which an event may pass, by what its header says. Empty when the
  /// block can be passed by.
  func wantedKinds(_ header: BlockHeader) -> Set<KindNumber> {
    if let recorded, !recorded.overlaps(header.recorded) { return [] }
    if let portfolios, !portfolios.contains(where: { header.portfolios.mayContain($0) }) {
      return []
    }
    if let symbols, !symbols.contains(where: { header.symbols.mayContain($0) }) { return [] }
    let isInTime = effective.map { $0.overlaps(header.effective) } ?? true
    var wanted: Set<KindNumber> = []
    for kind in header.kinds where isInTime || timelessKinds.contains(kind.kind) {
      if admits(kind.kind, kind.traits) { wanted.insert(kind.kind) }
    }
    return wanted
  }
}

extension BlockKind {
  /// The traits the kind had when the block was written.
  var traits: KindTraits {
    KindTraits(
      number: kind, name: "", isMarketData: isMarketData, portfolioField: portfolioField,
      symbolField: symbolField)
  }
}
