internal import Events
internal import ExactNumbers
internal import Records

extension BookState {
  /// The strategy groups: those created, and those that a strategy tag makes of its bearers.
  ///
  /// A strategy tag is a group of the same name in each portfolio where a position bears it. Where
  /// the portfolio has a group of that name, tag and group are one and share their legs.
  func resolveStrategies(_ holdings: inout Holdings) {
    let asOf = holdings.asOf
    var members: [StrategyID: [StrategyMember]] = [:]
    for id in labelledPositions {
      for (group, member) in memberships(of: id, asOf: asOf) {
        members[group, default: []].append(member)
      }
    }
    let late = underCut.strategies.keys.filter { !strategies.contains($0) }
    for id in strategies.keys + late {
      let isReferredTo = members[id] != nil
      guard var group = strategyDetails(id, asOf: asOf, isReferredTo: isReferredTo) else {
        continue
      }
      if group.retiredAt == nil { group.members = members[id] ?? [] }
      holdings.strategies[id] = group
    }
    addTagLegs(&holdings)
    for id in holdings.strategies.keys {
      holdings.strategies[id]?.members.sort {
        ($0.leg.leg ?? .max, $0.position) < ($1.leg.leg ?? .max, $1.position)
      }
    }
  }

  private func addTagLegs(_ holdings: inout Holdings) {
    var groups: [GroupName: StrategyID] = [:]
    for group in holdings.strategies.values.sorted(by: { $0.id < $1.id })
    where group.retiredAt == nil {
      let name = GroupName(portfolio: group.portfolio, name: group.name.lowercased())
      groups[name] = groups[name] ?? group.id
    }
    for span in holdings.tagSpans where span.to == nil {
      guard let tag = holdings.tags[span.tag], tag.type == .strategy,
        let portfolio = portfolio(of: span.position)
      else { continue }
      let name = GroupName(portfolio: portfolio, name: tag.name.lowercased())
      let id = groups[name] ?? StrategyID("\(tag.id)/\(portfolio)")
      groups[name] = id
      if holdings.strategies[id] == nil {
        holdings.strategies[id] = StrategyGroup(
          id: id, portfolio: portfolio, name: tag.name, members: [], provenance: tag.provenance)
      }
      holdings.strategies[id]?.tag = tag.id
      let isLeg =
        holdings.strategies[id]?.members.contains { $0.position == span.position } ?? false
      guard !isLeg else { continue }
      holdings.strategies[id]?.members.append(
        StrategyMember(
          position: span.position, leg: StrategyLeg(leg: nil, role: nil),
          provenance: span.provenance))
    }
  }

  private struct GroupName: Hashable {
    let portfolio: PortfolioID
    let name: String
  }
}
