/// Groups of series that move together: connected by correlations at or above a threshold (C-13).
public struct CorrelationClusters: Sendable {
  /// |ρ| that connects two series.
  public let threshold: Double
  private var parents: [Int]

  /// - Parameters:
  ///   - count: The number of series.
  ///   - threshold: `correlation.cluster_threshold`.
  public init(count: Int, threshold: Double = 0.7) {
    self.threshold = threshold
    parents = Array(0..<count)
  }

  /// Takes the correlation of one pair, in any order; nil connects nothing.
  public mutating func add(_ first: Int, _ second: Int, _ correlation: Double?) {
    guard let correlation, correlation.magnitude >= threshold else { return }
    let left = root(first)
    let right = root(second)
    // The smaller index leads, so that the groups do not depend on the order of pairs.
    if left < right { parents[right] = left } else { parents[left] = right }
  }

  /// The groups of two and more, each in ascending order, by their first member.
  public var groups: [[Int]] {
    var copy = self
    var members = [[Int]](repeating: [], count: parents.count)
    for index in parents.indices { members[copy.root(index)].append(index) }
    return members.filter { $0.count > 1 }
  }

  /// The share of gross value that is in groups: Σ|value| of their members through all.
  ///
  /// - Returns: Nil without value.
  public func concentration(values: [Double]) -> Double? {
    precondition(values.count == parents.count, "every series has its value")
    let all = OrderedSum.compensated(values.lazy.map(\.magnitude))
    guard all > 0 else { return nil }
    return OrderedSum.compensated(groups.joined().sorted().map { values[$0].magnitude }) / all
  }

  private mutating func root(_ index: Int) -> Int {
    var index = index
    while parents[index] != index {
      parents[index] = parents[parents[index]]
      index = parents[index]
    }
    return index
  }
}
