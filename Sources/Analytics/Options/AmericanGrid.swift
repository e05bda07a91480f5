import ExactNumbers

/// Four doubles that are worked on at once. Each formula is written once, over packs; sums run over
/// the packs in order and then over the four lanes.
typealias Pack = SIMD4<Double>

extension Pack {
  /// The lanes added in order.
  @inline(__always)
  var total: Double { ((self[0] + self[1]) + self[2]) + self[3] }

  static func packs(of values: [Double]) -> [Pack] {
    stride(from: 0, to: values.count, by: scalarCount).map { start in
      Pack(values[start], values[start + 1], values[start + 2], values[start + 3])
    }
  }

  /// 1 / √(2π).
  static let densityAtZero = 0.3989422804014327
}

/// Where the exercise boundary is unknown, where its integrals are sampled, and how one follows from
/// the other: all that does not depend on the option.
///
/// Time to expiry τ is measured in x = (τ/T)^(1/p), 0 … 1, on Chebyshev's points x₀ = 1 … xₙ = 0. An
/// integral over u from 0 to τ is taken at u = τ·s with s = 5y⁴ − 4y⁵ and y on the nodes of Gauss and
/// Legendre: as u goes to 0 its fourth root is smooth in y, as u goes to τ the root of τ − u is, so
/// that the rule converges geometrically.
final class AmericanGrid: Sendable {
  /// The unknowns: the boundary at x₀ … xₙ₋₁.
  let order: Int
  /// p, the root of time that is taken: 2 or 4.
  let root: Int
  /// Packs of samples in each integral.
  let packs: Int
  /// x₀ … xₙ.
  let places: [Double]
  /// xᵢ^p, the time at each place as a share of the whole.
  let times: [Double]
  /// √(xᵢ^p).
  let rootTimes: [Double]
  /// s, √s, 1 − s, √(1 − s), 1/√(1 − s) and the weights, sample by sample.
  let shares: [Pack]
  let rootShares: [Pack]
  let rests: [Pack]
  let rootRests: [Pack]
  let inverseRootRests: [Pack]
  let weights: [Pack]
  /// The share of the value at place k in that at sample j of row i: at (i·(n+1) + k)·packs + j.
  let shareOfPlace: [Pack]

  init(order: Int, samples: Int, root: Int) {
    precondition(samples % Pack.scalarCount == 0, "whole packs of samples")
    precondition(root == 2 || root == 4, "the square or the fourth root of time")
    self.order = order
    self.root = root
    packs = samples / Pack.scalarCount
    let places = ChebyshevPoints.places(order)
    self.places = places
    times = places.map { root == 2 ? $0 * $0 : ($0 * $0) * ($0 * $0) }
    rootTimes = places.map { root == 2 ? $0 : $0 * $0 }
    let rule = GaussLegendre(count: samples)
    let time = TimeShare(Pack.packs(of: rule.nodes))
    shares = time.shares
    rootShares = shares.map { $0.squareRoot() }
    rests = time.rests
    rootRests = rests.map { $0.squareRoot() }
    inverseRootRests = rootRests.map { Pack(1) / $0 }
    weights = zip(time.slopes, Pack.packs(of: rule.weights)).map { $0 * $1 }
    var shareOfPlace = [Pack](repeating: Pack(0), count: order * (order + 1) * packs)
    var line = [Double](repeating: 0, count: order + 1)
    for row in 0..<order {
      for pack in 0..<packs {
        for lane in 0..<Pack.scalarCount {
          let inner = rootShares[pack][lane]
          ChebyshevPoints.interpolate(
            places, at: places[row] * (root == 2 ? inner : inner.squareRoot()), into: &line)
          var at = row * (order + 1) * packs + pack
          for place in 0...order {
            shareOfPlace[at][lane] = line[place]
            at += packs
          }
        }
      }
    }
    self.shareOfPlace = shareOfPlace
  }

}

extension AmericanGrid {
  /// The polynomial through the values at x₀ … xₙ, at the samples of a row.
  @inline(__always)
  func interpolate(_ unknowns: [Double], row: Int, into values: inout [Pack]) {
    let packs = packs
    let places = order + 1
    shareOfPlace.withUnsafeBufferPointer { shares in
      unknowns.withUnsafeBufferPointer { unknowns in
        values.withUnsafeMutableBufferPointer { values in
          for pack in 0..<packs {
            var sum = Pack(0)
            var from = row * places * packs + pack
            for place in 0..<places {
              sum += shares[from] * Pack(unknowns[place])
              from += packs
            }
            values[pack] = sum
          }
        }
      }
    }
  }
}

/// s = 5y⁴ − 4y⁵, 1 − s without loss, and ds/dy.
struct TimeShare {
  let shares: [Pack]
  let rests: [Pack]
  let slopes: [Pack]

  init(_ nodes: [Pack]) {
    shares = nodes.map { Self.share($0) }
    rests = nodes.map { Self.rest($0, Pack(1) - $0) }
    slopes = nodes.map { Self.slope($0, Pack(1) - $0) }
  }

  @inline(__always)
  static func share(_ y: Pack) -> Pack { (y * y) * (y * y) * (Pack(5) - Pack(4) * y) }

  /// - Parameter z: 1 − y.
  @inline(__always)
  static func rest(_ y: Pack, _ z: Pack) -> Pack {
    let inner: Pack = Pack(3) + Pack(4) * y
    let middle: Pack = Pack(2) + y * inner
    let outer: Pack = Pack(1) + y * middle
    return (z * z) * outer
  }

  @inline(__always)
  static func slope(_ y: Pack, _ z: Pack) -> Pack { Pack(20) * (y * y * y) * z }
}

/// Chebyshev's points on 0 … 1 and the polynomials through them.
enum ChebyshevPoints {
  /// (1 + cos(iπ/n)) / 2 for i = 0 … n: from 1 down to 0.
  static func places(_ order: Int) -> [Double] {
    (0...order).map { index in
      index == order ? 0 : 0.5 * (1 + CircleFraction.cosine(ofPiTimes: index, over: order))
    }
  }

  /// The weights of the values at `places` in the polynomial's value at `x` (the barycentric form of
  /// Berrut and Trefethen, 2004).
  static func interpolation(_ places: [Double], at x: Double) -> [Double] {
    var line = [Double](repeating: 0, count: places.count)
    interpolate(places, at: x, into: &line)
    return line
  }

  static func interpolate(_ places: [Double], at x: Double, into line: inout [Double]) {
    var sum = 0.0
    var sign = 1.0
    for index in 0..<places.count {
      let gap = x - places[index]
      if gap == 0 {
        for other in 0..<places.count { line[other] = other == index ? 1 : 0 }
        return
      }
      let isEnd = index == 0 || index == places.count - 1
      line[index] = (isEnd ? 0.5 : 1) * sign / gap
      sum += line[index]
      sign = -sign
    }
    for index in 0..<places.count { line[index] /= sum }
  }

  /// The same through all places but the last, 0 (Lagrange's form).
  static func interpolationWithoutEnd(_ places: [Double], at x: Double) -> [Double] {
    let used = places.dropLast()
    return used.indices.map { index in
      used.indices.reduce(1.0) { product, other in
        other == index ? product : product * ((x - used[other]) / (used[index] - used[other]))
      }
    }
  }

  /// Row m: the share of each value in the coefficient of the m-th Chebyshev polynomial.
  static func coefficients(_ order: Int) -> [Double] {
    var matrix: [Double] = []
    for degree in 0...order {
      for index in 0...order {
        let turn = (degree * index) % (2 * order)
        let cosine = CircleFraction.cosine(
          ofPiTimes: turn <= order ? turn : 2 * order - turn, over: order)
        let halves = [degree, index].count { $0 == 0 || $0 == order }
        matrix.append(2 * cosine / Double(order) * (halves == 0 ? 1 : halves == 1 ? 0.5 : 0.25))
      }
    }
    return matrix
  }
}
