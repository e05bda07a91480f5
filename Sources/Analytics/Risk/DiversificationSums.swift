/// The sums behind ``Diversification``, for correlations that arrive as a stream.
public struct DiversificationSums: Sendable {
  private let weights: [Double]
  private let signs: [Double]
  private let gross: Double
  private var row = -1
  private var rowPairs = PairSums()
  private var pairs = CompensatedPairSums()
  private var known = 0
  private var counted = 0
  private var plain = CompensatedSum()
  private var rowPlain = 0.0

  /// - Parameter exposures: E, signed; one that is 0 or not finite has no say.
  public init(exposures: [Double]) {
    let magnitudes = exposures.map { $0.isFinite ? $0.magnitude : 0 }
    let gross = OrderedSum.compensated(magnitudes)
    self.gross = gross
    weights = magnitudes.map { gross > 0 ? $0 / gross : 0 }
    signs = exposures.map { $0 < 0 ? -1 : 1 }
  }

  /// Takes the correlation of one pair, nil where unknown. Pairs come row by row: all of the first
  /// position before those of the next, so that the sums have one order.
  public mutating func add(_ first: Int, _ second: Int, _ correlation: Double?) {
    if first != row {
      flushRow()
      row = first
    }
    let weight = weights[first] * weights[second]
    rowPairs.all += weight
    guard weight > 0, let correlation else { return }
    known += 1
    let product = weight * correlation
    rowPairs.known += weight
    rowPairs.products += product
    rowPairs.signed += signs[first] * signs[second] * product
    rowPlain += correlation
  }

  /// What all pairs so far say.
  public var result: Diversification {
    var copy = self
    copy.flushRow()
    return copy.evaluated()
  }

  private mutating func flushRow() {
    pairs.all.add(rowPairs.all)
    pairs.known.add(rowPairs.known)
    pairs.products.add(rowPairs.products)
    pairs.signed.add(rowPairs.signed)
    plain.add(rowPlain)
    rowPairs = PairSums()
    rowPlain = 0
  }

  private func evaluated() -> Diversification {
    var result = Diversification()
    guard gross > 0 else { return result }
    let herfindahl = OrderedSum.compensated(weights.lazy.map { $0 * $0 })
    result.herfindahl = herfindahl
    result.effectivePositions = 1 / herfindahl
    let all = pairs.all.value
    guard all > 0 else {
      result.score = 0
      result.hedgedScore = 0
      result.effectiveIndependentPositions = 1
      result.coverage = 1
      return result
    }
    result.coverage = pairs.known.value / all
    guard known > 0 else { return result }
    let mean = pairs.products.value / pairs.known.value
    let signedMean = pairs.signed.value / pairs.known.value
    // Pairs of unknown correlation count with the mean of the known: none of them is taken for 0.
    let spread = herfindahl + 2 * mean * all
    result.score = 1 - spread
    result.hedgedScore = 1 - (herfindahl + 2 * signedMean * all)
    result.effectiveIndependentPositions = spread > 0 ? 1 / spread : nil
    result.weightedAverageCorrelation = mean
    result.pairwise = 1 - mean
    result.pairwiseSigned = 1 - signedMean
    result.pairwiseClamped = min(1, max(0, 1 - signedMean))
    result.averageCorrelation = plain.value / Double(known)
    let count = Double(weights.count { $0 > 0 })
    let documented = 2 * pairs.products.value / (count - 1)
    result.documented = 1 - documented
    result.asExecuted = 1 - count * documented
    return result
  }
}

private struct PairSums: Sendable {
  var all = 0.0
  var known = 0.0
  var products = 0.0
  var signed = 0.0
}

private struct CompensatedPairSums: Sendable {
  var all = CompensatedSum()
  var known = CompensatedSum()
  var products = CompensatedSum()
  var signed = CompensatedSum()
}
