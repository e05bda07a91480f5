/// The grids that a boundary is found on, from coarse to fine, and what leads from each to the next.
final class AmericanGrids: Sendable {
  let levels: [AmericanGrid]
  /// By level but the first, row by row: the shares of the last level's values of g/√τ in that at each
  /// place.
  let rises: [[Double]]
  let transform: ChebyshevTransform

  /// - Parameters:
  ///   - sizes: unknowns and samples, coarse first.
  ///   - endIsKnown: g/√τ is known at τ = 0, so that the end is part of the polynomial.
  init(_ sizes: [(order: Int, samples: Int)], root: Int, endIsKnown: Bool) {
    precondition(!sizes.isEmpty, "one level at least")
    let levels = sizes.map { AmericanGrid(order: $0.order, samples: $0.samples, root: root) }
    self.levels = levels
    rises = levels.indices.dropFirst().map { level in
      let places = levels[level - 1].places
      return levels[level].places.flatMap { place in
        endIsKnown
          ? ChebyshevPoints.interpolation(places, at: place)
          : ChebyshevPoints.interpolationWithoutEnd(places, at: place) + [0]
      }
    }
    transform = ChebyshevTransform(order: sizes[sizes.count - 1].order)
  }
}

/// From values at Chebyshev's points to coefficients of his polynomials.
struct ChebyshevTransform: Sendable {
  private let matrix: [Double]

  init(order: Int) { matrix = ChebyshevPoints.coefficients(order) }

  func coefficients(of values: [Double]) -> [Double] {
    let count = values.count
    return (0..<count).map { degree in
      var sum = 0.0
      for index in 0..<count { sum += matrix[degree * count + index] * values[index] }
      return sum
    }
  }
}

extension AmericanOption.Settings {
  /// The grids to try, one after the other, until the boundary passes `BoundaryCheck`.
  ///
  /// A boundary that starts below the strike is smooth in the square root of time, unless it starts
  /// hardly below: then it needs more places. Any other is smooth in the fourth root. The more the
  /// carry outweighs the volatility, the more sharply both bend.
  func grids(for put: UnitPut) -> [GridChoice] {
    let strength = put.strength
    let finest: GridChoice = put.startsBelowStrike ? .finestBelow : .finestAtStrike
    if strength > 10 { return [finest] }
    if put.startsBelowStrike {
      if strength > 4 { return [.steepBelow, finest] }
      if accuracy == .fast { return [.fastBelow] }
      let deviations = -put.logStart / (put.volatility * put.years.squareRoot())
      return [deviations > 2.5 ? .farBelow : deviations > 1 ? .below : .nearBelow]
    }
    if strength > 4 { return [.steepAtStrike, finest] }
    return [accuracy == .standard || strength > 2 ? .atStrike : .fastAtStrike]
  }

  /// The largest last step of Newton's method.
  var tolerance: Double {
    switch accuracy {
    case .standard: 1e-5
    case .fast: 3e-4
    }
  }

  /// The nodes of each stretch of the integral that gives the price.
  var rule: PremiumRule {
    switch accuracy {
    case .standard: .standard
    case .fast: .fast
    }
  }
}

/// The grids there are, each calculated when it is first needed.
enum GridChoice {
  case fastAtStrike, atStrike, steepAtStrike, finestAtStrike
  case fastBelow, farBelow, below, nearBelow, steepBelow, finestBelow

  var grids: AmericanGrids {
    switch self {
    case .fastAtStrike: Self.fastAtStrikeGrids
    case .atStrike: Self.atStrikeGrids
    case .steepAtStrike: Self.steepAtStrikeGrids
    case .finestAtStrike: Self.finestAtStrikeGrids
    case .fastBelow: Self.fastBelowGrids
    case .farBelow: Self.farBelowGrids
    case .below: Self.belowGrids
    case .nearBelow: Self.nearBelowGrids
    case .steepBelow: Self.steepBelowGrids
    case .finestBelow: Self.finestBelowGrids
    }
  }

  private static let fastAtStrikeGrids = atStrike([(6, 12), (12, 16)])
  private static let atStrikeGrids = atStrike([(6, 12), (12, 16), (24, 28)])
  private static let steepAtStrikeGrids = atStrike([(8, 20), (16, 32), (36, 56)])
  private static let finestAtStrikeGrids = atStrike([(8, 32), (24, 56), (56, 112)])
  private static let fastBelowGrids = below([(6, 12), (14, 20)])
  private static let farBelowGrids = below([(8, 16), (24, 28)])
  private static let belowGrids = below([(8, 16), (18, 20), (36, 36)])
  private static let nearBelowGrids = below([(8, 16), (20, 24), (48, 44)])
  private static let steepBelowGrids = below([(8, 20), (20, 36), (48, 72)])
  private static let finestBelowGrids = below([(8, 32), (24, 64), (64, 128)])

  private static func atStrike(_ sizes: [(Int, Int)]) -> AmericanGrids {
    AmericanGrids(sizes, root: 4, endIsKnown: false)
  }

  private static func below(_ sizes: [(Int, Int)]) -> AmericanGrids {
    AmericanGrids(sizes, root: 2, endIsKnown: true)
  }
}
