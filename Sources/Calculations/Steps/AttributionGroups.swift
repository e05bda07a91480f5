internal import Events
internal import ExactNumbers
public import Portfolio
internal import Records

/// By what an ``Attribution`` is grouped.
public enum AttributionGrouping: String, CaseIterable, Hashable, Sendable {
  case position, type, tag, strategy, underlying, sector

  /// Whether a position may be in several groups, so that groups add up to more than the whole.
  public var overlaps: Bool { self == .tag || self == .strategy }
}

/// The contribution of a group of positions.
public struct AttributionRow: Hashable, Sendable {
  /// The position's or group's id, the type, symbol or sector; null: what is in no group.
  public let key: String?
  /// For people: a tag's or group's name, a position's symbol, else the key.
  public let name: String
  public let positionCount: Int
  /// Of those the ones whose contribution is not known, and not in ``contribution``.
  public let unknownCount: Int
  public let contribution: Contribution
  /// Of the total as a fraction of the start's NAV: 0.01 is 1 %.
  public let shareOfStart: Proportion?
  /// As a fraction of the portfolio's P&L; null where that is zero.
  public let shareOfTotal: Proportion?
}

extension CalculationDay {
  /// An attribution's rows by position, type, tag …, the largest contribution first; what is in no
  /// group, and what belongs to no position, after them.
  ///
  /// A position with two tags, or in two strategies, counts in both: such rows do not add up to the
  /// portfolio's P&L, and a warning says so.
  ///
  /// - Throws: ``CalculationError/outOfRange(what:_:)``.
  public func rows(
    of attribution: Attribution, by grouping: AttributionGrouping
  ) throws(CalculationError) -> (rows: [AttributionRow], warnings: [String]) {
    do throws(NumberError) {
      return try grouped(attribution, grouping)
    } catch {
      throw .outOfRange(what: "the attribution of portfolio \(attribution.portfolio)", error)
    }
  }

  private func grouped(
    _ attribution: Attribution, _ grouping: AttributionGrouping
  ) throws(NumberError) -> (rows: [AttributionRow], warnings: [String]) {
    let strategies = grouping == .strategy ? strategyGroups(attribution.portfolio) : [:]
    var groups: [String?: Group] = [:]
    var several = 0
    for position in attribution.positions {
      let labels = labels(of: position.position, grouping, strategies)
      if labels.count > 1 { several += 1 }
      for label in labels.isEmpty ? [Label(key: nil, name: grouping.none)] : labels {
        try groups[label.key, default: Group(name: label.name)].add(position.contribution)
      }
    }
    var rows: [AttributionRow] = []
    for (key, group) in groups {
      rows.append(try attribution.row(key, group))
    }
    rows.sort { left, right in
      (left.key == nil ? 1 : 0, right.contribution.total, left.name, left.key ?? "")
        < (right.key == nil ? 1 : 0, left.contribution.total, right.name, right.key ?? "")
    }
    if attribution.other != Contribution() {
      rows.append(
        try attribution.row(
          nil, Group(name: "income and fees of no position", sum: attribution.other)))
    }
    if !attribution.unexplained.isZero {
      var sum = Contribution()
      sum.unrealizedChange = attribution.unexplained
      sum.total = attribution.unexplained
      rows.append(try attribution.row(nil, Group(name: "not explained: no price", sum: sum)))
    }
    var warnings = attribution.warnings
    if several > 0 {
      let groups = grouping == .tag ? "tags" : "strategies"
      let who =
        several == 1
        ? "1 position bears several \(groups) and counts"
        : "\(several) positions bear several \(groups) and count"
      warnings.append("\(who) in each: the rows do not add up to the total")
    }
    return (rows, warnings)
  }

  private struct Label {
    let key: String?
    let name: String
  }

  private func labels(
    of position: Position, _ grouping: AttributionGrouping, _ strategies: [PositionID: [Label]]
  ) -> [Label] {
    switch grouping {
    case .position: return [Label(key: position.id.rawValue, name: position.symbol.rawValue)]
    case .type: return [Label(key: position.type.rawValue, name: position.type.rawValue)]
    case .tag:
      return holdings.tagsByPosition[position.id, default: []].map { tag in
        Label(key: tag.rawValue, name: holdings.tags[tag]?.name ?? tag.rawValue)
      }
    case .strategy: return strategies[position.id] ?? []
    case .underlying:
      let symbol = (position.terms?.underlying ?? position.symbol).rawValue
      return [Label(key: symbol, name: symbol)]
    case .sector: return sector(of: position).map { [Label(key: $0, name: $0)] } ?? []
    }
  }

  /// Attribute `sector_override`, else as the instrument, of an option its underlying, is defined.
  func sector(of position: Position) -> String? {
    let own = holdings.attributes[position.id]?.first { $0.name == "sector_override" }
    if case .string(let text)? = own?.value { return text }
    return holdings.instruments[position.terms?.underlying ?? position.symbol]?.payload.sector
  }

  private func strategyGroups(_ portfolio: PortfolioID) -> [PositionID: [Label]] {
    var labels: [PositionID: [Label]] = [:]
    let groups = holdings.strategies.values.filter { $0.portfolio == portfolio }
    for group in groups.sorted(by: { $0.id < $1.id }) {
      for member in group.members {
        labels[member.position, default: []]
          .append(Label(key: group.id.rawValue, name: group.name))
      }
    }
    return labels
  }
}

/// Positions that are summed up together.
private struct Group {
  let name: String
  var count = 0
  var unknown = 0
  var sum = Contribution()

  mutating func add(_ contribution: Contribution?) throws(NumberError) {
    count += 1
    if let contribution { try sum += contribution } else { unknown += 1 }
  }
}

extension Attribution {
  fileprivate func row(_ key: String?, _ group: Group) throws(NumberError) -> AttributionRow {
    AttributionRow(
      key: key, name: group.name, positionCount: group.count, unknownCount: group.unknown,
      contribution: group.sum,
      shareOfStart: try base.flatMap { base throws(NumberError) in
        try Proportion(group.sum.total, over: base)
      },
      shareOfTotal: try Proportion(group.sum.total, over: total))
  }
}

extension AttributionGrouping {
  /// What stands for the name of what is in no group.
  fileprivate var none: String {
    switch self {
    case .tag: "no tag"
    case .strategy: "no strategy"
    case .sector: "no sector"
    case .position, .type, .underlying: "–"
    }
  }
}
