internal import Analytics
internal import Events
internal import ExactNumbers
internal import Portfolio

extension CorrelationScan {
  var shownCount: Int { shown.reduce(0) { $0 + $1.count } }

  /// The symbols of each cluster, by index: those that are connected, and those by themselves that
  /// have several positions.
  var clusterGroups: [[Int]] {
    let connected = clusters.groups
    let isConnected = Set(connected.joined())
    let alone = groups.indices.filter { groups[$0].count > 1 && !isConnected.contains($0) }
    return connected + alone.map { [$0] }
  }

  /// The sums of the known correlations of a position on each symbol with the cluster's others.
  ///
  /// A cluster is known only after the last pair, so its pairs are worked out once more.
  func memberSums(_ cluster: [Int]) -> [(sum: Double, known: Int)] {
    var sums = cluster.map { (sum: Double(groups[$0].count - 1), known: groups[$0].count - 1) }
    let study = CorrelationStudy(cluster.map { series[$0] }, minimumOverlap: minimumOverlap)
    study.forEachPair { first, second, correlation in
      guard let value = correlation.value else { return }
      let firstCount = groups[cluster[first]].count
      let secondCount = groups[cluster[second]].count
      sums[first].sum += Double(secondCount) * value
      sums[first].known += secondCount
      sums[second].sum += Double(firstCount) * value
      sums[second].known += firstCount
    }
    return sums
  }
}

extension CalculationDay {
  /// The clusters of a scan, the largest first, and the share of gross exposure that is in them.
  func clusters(
    of scan: CorrelationScan, _ portfolio: PortfolioID
  ) throws(CalculationError) -> (all: [CorrelationCluster], concentration: Proportion?) {
    do throws(NumberError) {
      let gross = try Self.total(scan.positions)
      var clusters: [CorrelationCluster] = []
      var inside = Money.zero
      for group in scan.clusterGroups {
        let cluster = try Self.cluster(group, scan, gross)
        inside = try inside + cluster.totalValue
        clusters.append(cluster)
      }
      clusters.sort { left, right in
        if left.totalValue != right.totalValue { return left.totalValue > right.totalValue }
        return left.members[0].position < right.members[0].position
      }
      return (clusters, try Proportion(inside, over: gross))
    } catch {
      throw .outOfRange(what: "the clusters of portfolio \(portfolio)", error)
    }
  }

  private static func cluster(
    _ group: [Int], _ scan: CorrelationScan, _ gross: Money
  ) throws(NumberError) -> CorrelationCluster {
    var members: [CorrelationCluster.Member] = []
    var sum = 0.0
    var known = 0
    for (symbol, own) in zip(group, scan.memberSums(group)) {
      for position in scan.groups[symbol].map({ scan.positions[$0] }) {
        members.append(
          CorrelationCluster.Member(
            position: position.position, symbol: position.symbol,
            exposure: position.deltaAdjusted ?? .zero,
            averageCorrelation: own.known > 0 ? own.sum / Double(own.known) : nil))
        sum += own.sum
        known += own.known
      }
    }
    members.sort { $0.position < $1.position }
    let total = try total(group.flatMap { scan.groups[$0] }.map { scan.positions[$0] })
    let largest = members.max { left, right in
      if left.exposure.magnitude != right.exposure.magnitude {
        return left.exposure.magnitude < right.exposure.magnitude
      }
      return left.position > right.position
    }
    return CorrelationCluster(
      nickname: "\(largest?.symbol.rawValue ?? "") and \(members.count - 1) more",
      averageCorrelation: known > 0 ? sum / Double(known) : nil, totalValue: total,
      share: try Proportion(total, over: gross), members: members)
  }

  private static func total(
    _ positions: [PositionExposure]
  ) throws(NumberError) -> Money {
    var total = Money.zero
    for position in positions { total = try total + (position.deltaAdjusted ?? .zero).magnitude }
    return total
  }
}
