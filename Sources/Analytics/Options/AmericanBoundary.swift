import ExactNumbers

/// The exercise boundary of a put of strike 1 at every time to expiry.
struct ExerciseBoundary {
  var put: UnitPut
  /// Which root of time the polynomials are in.
  let root: Int
  /// ln B at the option's whole life.
  let logBoundary: Double
  /// How it was found.
  let method: AmericanOption.Method
  /// Coefficients of Chebyshev's polynomials, of the unknowns and of their derivatives.
  let coefficients: [Double]
  var tangents: Tangents?

  struct Tangents {
    var volatility: [Double]
    var rate: [Double]
    var yield: [Double]
  }
}

extension ExerciseBoundary {
  /// - Parameter withTangents: also the derivatives by volatility, rate and yield, for the Greeks.
  /// - Returns: nil where neither condition converges, or only to a boundary that does not meet both.
  init?(_ put: UnitPut, _ settings: AmericanOption.Settings, withTangents: Bool) {
    let isOrdinary = put.strength <= 4
    for choice in settings.grids(for: put) {
      guard
        let boundary = ExerciseBoundary(
          put, choice.grids, tolerance: settings.tolerance, withTangents: withTangents)
      else { continue }
      if isOrdinary && boundary.method == .smoothFit
        || BoundaryCheck(boundary, settings.rule).holds(settings.accuracy)
      {
        self = boundary
        return
      }
    }
    return nil
  }

  private init?(_ put: UnitPut, _ grids: AmericanGrids, tolerance: Double, withTangents: Bool) {
    guard let (fit, method) = Self.solve(put, grids, tolerance: tolerance) else { return nil }
    self.put = put
    self.method = method
    root = fit.grid.root
    logBoundary = put.logStart - fit.distance(at: 0)
    let transform = grids.transform
    coefficients = transform.coefficients(of: fit.unknowns)
    guard withTangents else { return }
    guard let tangents = fit.tangents() else { return nil }
    self.tangents = Tangents(
      volatility: transform.coefficients(of: tangents.volatility + [0]),
      rate: transform.coefficients(of: tangents.rate + [0]),
      yield: transform.coefficients(of: tangents.yield + [0]))
  }

  /// g = ln(X/B) at the given shares of the option's life, and where in the polynomials that is.
  @inline(__always)
  func distance(at share: Pack) -> (distance: Pack, place: Pack) {
    let rooted = share.squareRoot()
    let place = Pack(2) * (root == 4 ? rooted.squareRoot() : rooted) - Pack(1)
    let value = ChebyshevSeries.value(coefficients, at: place)
    return (value.replacing(with: Pack(0), where: value .< Pack(0)).squareRoot(), place)
  }
}

/// Sums of Chebyshev's polynomials.
enum ChebyshevSeries {
  /// Clenshaw's recurrence.
  @inline(__always)
  static func value(_ coefficients: [Double], at place: Pack) -> Pack {
    let twice = place + place
    var next = Pack(0)
    var afterNext = Pack(0)
    coefficients.withUnsafeBufferPointer { coefficients in
      for index in stride(from: coefficients.count - 1, through: 1, by: -1) {
        (next, afterNext) = (Pack(coefficients[index]) + twice * next - afterNext, next)
      }
    }
    return Pack(coefficients[0]) + place * next - afterNext
  }
}

extension ExerciseBoundary {
  /// Level by level, each starting from the one before.
  private static func solve(
    _ put: UnitPut, _ grids: AmericanGrids, tolerance: Double
  ) -> (SmoothFit, AmericanOption.Method)? {
    let form: SmoothFit.Form = put.startsBelowStrike ? .slope : .square
    let first = grids.levels[0]
    var fit = SmoothFit(
      grid: first, put: put, form: form, unknowns: perpetualGuess(put, first, form))
    _ = fit.solve(tolerance: 0.05, steps: 24)
    var isSolved = false
    for level in grids.levels.indices.dropFirst() {
      let isLast = level == grids.levels.count - 1
      fit = SmoothFit(
        grid: grids.levels[level], put: put, form: .square,
        unknowns: squares(of: fit, on: grids.levels[level], grids.rises[level - 1]))
      isSolved = fit.solve(tolerance: isLast ? tolerance : 1e-2, steps: isLast ? 12 : 3)
    }
    if isSolved { return (fit, .smoothFit) }
    return matched(put, grids, tolerance: tolerance)
  }

  /// From the value's condition, and where possible from there by the slope's.
  private static func matched(
    _ put: UnitPut, _ grids: AmericanGrids, tolerance: Double
  ) -> (SmoothFit, AmericanOption.Method)? {
    let fine = grids.levels[grids.levels.count - 1]
    let guess = perpetualGuess(put, fine, .square)
    guard let unknowns = ValueMatching.solve(grid: fine, put: put, unknowns: guess) else {
      return nil
    }
    let fit = SmoothFit(grid: fine, put: put, form: .square, unknowns: unknowns)
    var polished = fit
    return (polished.solve(tolerance: tolerance, steps: 12) ? polished : fit, .valueMatching)
  }

  /// g² at the places of the next level. Carried over as g/√τ, which stays positive and is nearly
  /// constant near the start.
  private static func squares(
    of fit: SmoothFit, on grid: AmericanGrid, _ rise: [Double]
  ) -> [Double] {
    let slopes = (0...fit.grid.order).map { row in
      row < fit.grid.order
        ? fit.distance(at: row) / fit.grid.rootTimes[row] : fit.limitingSlopeOfDistance
    }
    return (0...grid.order).map { row in
      guard row < grid.order else { return 0 }
      var slope = 0.0
      for place in slopes.indices { slope += rise[row * slopes.count + place] * slopes[place] }
      let distance = max(slope, 1e-9) * grid.rootTimes[row]
      return distance * distance
    }
  }

  /// The perpetual boundary with the discount of the time left, after Barone-Adesi and Whaley (1987),
  /// "Efficient analytic approximation of American option values".
  private static func perpetualGuess(
    _ put: UnitPut, _ grid: AmericanGrid, _ form: SmoothFit.Form
  ) -> [Double] {
    let variance = put.volatility * put.volatility
    let tilt = 2 * put.carry / variance - 1
    let limit = SmoothFit.limitingSlope * put.volatility * put.years.squareRoot()
    var unknowns = grid.rootTimes.indices.map { row -> Double in
      guard row < grid.order else { return form == .slope ? limit : 0 }
      let time = put.years * grid.times[row]
      // (1 − e^(−rτ)) / r, which is τ where r is 0.
      let annuity = put.rate == 0 ? time : -Elementary.expm1(-put.rate * time) / put.rate
      let power = 0.5 * (-tilt - (tilt * tilt + 8 / (variance * annuity)).squareRoot())
      // −ln(λ/(λ−1)), the boundary's distance from the strike.
      let perpetual = Elementary.log1p(-1 / power)
      let least = limit * grid.rootTimes[row]
      let distance = max(perpetual + put.logStart, form == .slope ? least : 1e-8)
      return form == .slope ? distance / grid.rootTimes[row] : distance * distance
    }
    if form == .square { unknowns[grid.order] = 0 }
    return unknowns
  }
}
