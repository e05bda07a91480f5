import ExactNumbers

/// The exercise boundary B(τ) of a put of strike 1, from the condition that the price leaves the
/// payoff with its slope, −1, at every τ (Andersen, Lake and Offengenden, 2016, "High performance
/// American option pricing", system A).
///
/// With b = ln B and d±(t, z) = (ln z + (r − y ± σ²/2) t) / (σ√t), the terms of that system that
/// cancel are left out: A(τ) = C(τ), where
///
///     A = e^(b(τ) + (r−y)τ) · (N(d₊(τ, B(τ))) + y ∫ e^(yu) N(d₊(τ−u, B(τ)/B(u))) du)
///     C = ∫ e^(ru) (r − y B(u)) n(d₋(τ−u, B(τ)/B(u))) / (σ√(τ−u)) du,  u from 0 to τ.
///
/// ln A − ln C is brought to zero at all places at once by Newton's method with its exact derivative,
/// not by the fixed point of the paper: it converges, in three to six steps, for the low volatilities
/// and high carries too for which that fixed point does not.
struct SmoothFit {
  /// What is interpolated by a polynomial in the root of time. g = ln(X/B) is the distance.
  enum Form {
    /// g²: smooth where the boundary starts, and the form in which few places are enough.
    case square
    /// g/√τ, with its limit known at τ = 0: always positive, the form in which to start when the
    /// boundary starts below the strike.
    case slope
  }

  let grid: AmericanGrid
  let put: UnitPut
  let form: Form
  /// At x₀ … xₙ.
  private(set) var unknowns: [Double]
  // n(·)/(σ√(τ−u)) du takes e^(ru) · weight, N(·) du takes y · e^(yu) · weight.
  let densityWeights: [Pack]
  let shareWeights: [Pack]
  // e^((r−y)u).
  let growths: [Pack]

  /// (α₀√2): the limit of g/(σ√τ) as τ goes to 0 when the boundary starts below the strike.
  ///
  /// Source: Evans, Kuske and Keller (2002), "American options on assets with dividends near
  /// expiry", where α₀ = 0.4517….
  static let limitingSlope = 0.638833204051676

  init(grid: AmericanGrid, put: UnitPut, form: Form, unknowns: [Double]) {
    precondition(unknowns.count == grid.order + 1, "one unknown a place, and the end")
    self.grid = grid
    self.put = put
    self.form = form
    self.unknowns = unknowns
    let count = grid.order * grid.packs
    var densityWeights = [Pack](repeating: Pack(0), count: count)
    var shareWeights = put.yield == 0 ? [] : densityWeights
    var growths = shareWeights
    for row in 0..<grid.order {
      let time = put.years * grid.times[row]
      let inverse = Pack.densityAtZero / (put.volatility * time.squareRoot()) * time
      for pack in 0..<grid.packs {
        let at = row * grid.packs + pack
        let elapsed = Pack(time) * grid.shares[pack]
        let rateGrowth = Elementary.exp(lanes: Pack(put.rate) * elapsed)
        densityWeights[at] =
          rateGrowth * (grid.weights[pack] * grid.inverseRootRests[pack]) * Pack(inverse)
        guard put.yield != 0 else { continue }
        let yieldGrowth = Elementary.exp(lanes: Pack(put.yield) * elapsed)
        shareWeights[at] = yieldGrowth * grid.weights[pack] * Pack(time * put.yield)
        growths[at] = rateGrowth / yieldGrowth
      }
    }
    self.densityWeights = densityWeights
    self.shareWeights = shareWeights
    self.growths = growths
  }

  /// The limit of g/√τ, τ as a share of the whole, as τ goes to 0; of use where the boundary starts
  /// below the strike.
  var limitingSlopeOfDistance: Double {
    Self.limitingSlope * put.volatility * put.years.squareRoot()
  }

  /// g = ln(X/B) at a place.
  func distance(at row: Int) -> Double {
    switch form {
    case .square: unknowns[row].squareRoot()
    case .slope: unknowns[row] * grid.rootTimes[row]
    }
  }
}

extension SmoothFit {
  /// Newton's method.
  ///
  /// - Parameter tolerance: the largest last step of ln B in units of the deviation σ√T, of 1 where
  ///   that is more; the error left is of the order of its square.
  /// - Returns: false where it does not converge.
  mutating func solve(tolerance: Double, steps: Int) -> Bool {
    let order = grid.order
    let unit = min(put.volatility * put.years.squareRoot(), 1)
    var matrix = [Double](repeating: 0, count: order * order)
    var right = [Double](repeating: 0, count: order)
    var scratch = SmoothFitScratch(packs: grid.packs)
    for _ in 0..<steps {
      evaluate(matrix: &matrix, values: &right, &scratch)
      guard let system = PivotedSystem(matrix: matrix, order: order) else { return false }
      system.solve(&right)
      var largest = 0.0
      for row in 0..<order {
        let before = unknowns[row]
        // Far from the solution no step may leave the positive numbers.
        let after = min(max(before - right[row], 0.25 * before), 4 * before)
        guard after.isFinite, after > 0 else { return false }
        let change: Double =
          switch form {
          case .square: (after - before) / (2 * before.squareRoot())
          case .slope: (after - before) * grid.rootTimes[row]
          }
        unknowns[row] = after
        largest = max(largest, change.magnitude)
      }
      if largest < tolerance * unit { return true }
    }
    return false
  }

  /// The derivatives of the unknowns by volatility, rate and yield at the solution: one linear system,
  /// three right sides. nil where the system cannot be solved.
  func tangents() -> BoundaryTangents? {
    var matrix = [Double](repeating: 0, count: grid.order * grid.order)
    var scratch = SmoothFitScratch(packs: grid.packs)
    var tangents = BoundaryTangents(order: grid.order)
    for index in 0..<grid.order {
      let line = row(index, &scratch, withParameters: true)
      fill(row: index, line, scratch, of: &matrix)
      tangents.volatility[index] = -line.byVolatility
      tangents.rate[index] = -line.byRate
      tangents.yield[index] = -line.byYield
    }
    guard let system = PivotedSystem(matrix: matrix, order: grid.order) else { return nil }
    tangents.solve(system)
    return tangents
  }

  /// ln A − ln C of every row and its derivatives by the unknowns.
  private func evaluate(
    matrix: inout [Double], values: inout [Double], _ scratch: inout SmoothFitScratch
  ) {
    for index in 0..<grid.order {
      let line = row(index, &scratch, withParameters: false)
      values[index] = line.value
      fill(row: index, line, scratch, of: &matrix)
    }
  }

  /// The derivatives of a row by each unknown: those by the samples, taken back to the places.
  private func fill(
    row: Int, _ line: SmoothFitRow, _ scratch: SmoothFitScratch, of matrix: inout [Double]
  ) {
    let order = grid.order
    let packs = grid.packs
    grid.shareOfPlace.withUnsafeBufferPointer { shares in
      scratch.slopes.withUnsafeBufferPointer { slopes in
        for place in 0..<order {
          var sum = Pack(0)
          let from = (row * (order + 1) + place) * packs
          for pack in 0..<packs { sum += slopes[pack] * shares[from + pack] }
          matrix[row * order + place] = sum.total
        }
      }
    }
    matrix[row * order + row] += line.ownSlope
  }
}

/// The derivatives of a boundary's unknowns by volatility, rate and yield.
struct BoundaryTangents {
  var volatility: [Double]
  var rate: [Double]
  var yield: [Double]

  init(order: Int) {
    volatility = [Double](repeating: 0, count: order)
    rate = volatility
    yield = volatility
  }

  mutating func solve(_ system: PivotedSystem) {
    system.solve(&volatility)
    system.solve(&rate)
    system.solve(&yield)
  }
}
