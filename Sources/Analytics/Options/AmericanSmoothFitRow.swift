import ExactNumbers

/// What one row of `SmoothFit` comes to: its equation at one time to expiry τ.
struct SmoothFitRow {
  /// ln A − ln C; not a number where one of them is not positive.
  var value = 0.0
  /// Its derivative by the unknown of this row, as the upper end of the integrals.
  var ownSlope = 0.0
  /// Its derivatives by volatility, rate and yield; the last without meaning at yield 0.
  var byVolatility = 0.0
  var byRate = 0.0
  var byYield = 0.0
}

/// What is used again from row to row.
struct SmoothFitScratch {
  /// The polynomial's value at each sample.
  var values: [Pack]
  /// The derivatives of A's and of C's integrand by ln B at each sample.
  var shareSlopes: [Pack]
  var densitySlopes: [Pack]
  /// −∂(ln B)/∂(value), then the derivative of ln A − ln C by the value.
  var slopes: [Pack]

  init(packs: Int) {
    values = [Pack](repeating: Pack(0), count: packs)
    shareSlopes = values
    densitySlopes = values
    slopes = values
  }
}

extension SmoothFit {
  /// - Parameter scratch: left with the derivatives by the polynomial's value at each sample.
  @inline(__always)
  func row(
    _ row: Int, _ scratch: inout SmoothFitScratch, withParameters: Bool
  ) -> SmoothFitRow {
    let grid = grid
    let packs = grid.packs
    grid.interpolate(unknowns, row: row, into: &scratch.values)

    let volatility = put.volatility
    let time = put.years * grid.times[row]
    let rootTime = time.squareRoot()
    let ownDistance = distance(at: row)
    let ownLog = put.logStart - ownDistance
    let deviation = volatility * rootTime
    let drift = (put.carry / volatility + 0.5 * volatility) * rootTime
    let backward = Elementary.exp(-(ownLog + put.carry * time))
    let hasYield = put.yield != 0
    let scale = grid.rootTimes[row]

    var shareSum = Pack(0)
    var shareOwn = Pack(0)
    var densitySum = Pack(0)
    var densityOwn = Pack(0)
    var shareBy = ParameterSums()
    var densityBy = ParameterSums()
    for pack in 0..<packs {
      let at = row * packs + pack
      let value = scratch.values[pack]
      let distance: Pack
      let distanceSlope: Pack
      switch form {
      case .square:
        let positive = value.replacing(with: Pack(0), where: value .< Pack(0))
        distance = positive.squareRoot()
        let slope = Pack(0.5) / distance
        distanceSlope = slope.replacing(with: Pack(0), where: positive .== Pack(0))
      case .slope:
        distanceSlope = Pack(scale) * grid.rootShares[pack]
        distance = value * distanceSlope
      }
      let boundary = Elementary.exp(lanes: Pack(put.logStart) - distance)
      let spread = Pack(deviation) * grid.rootRests[pack]
      let inverse = grid.inverseRootRests[pack] / Pack(deviation)
      let first =
        (distance - Pack(ownDistance)) * inverse + Pack(drift) * grid.rootRests[pack]
      let second = first - spread
      // Without 1/√(2π), which stands in the weights.
      let density = Elementary.exp(lanes: Pack(-0.5) * (second * second))
      let gain = Pack(put.rate) - Pack(put.yield) * boundary
      let weighted = densityWeights[at] * density
      let gained = weighted * gain
      let tilt = gained * (second * inverse)
      densitySum += gained
      densityOwn -= tilt
      scratch.densitySlopes[pack] = tilt - weighted * (Pack(put.yield) * boundary)
      scratch.slopes[pack] = distanceSlope
      let elapsed = Pack(time) * grid.shares[pack]
      let rootOverVolatility = spread / Pack(volatility * volatility)
      if withParameters {
        densityBy.volatility += gained * (second * first - Pack(1)) / Pack(volatility)
        densityBy.rate += gained * (elapsed - second * rootOverVolatility) + weighted
        densityBy.yield += gained * (second * rootOverVolatility) - weighted * boundary
      }
      guard hasYield else { continue }
      // n(d₊) = n(d₋) · B(u) · e^((r−y)u) / (B(τ) · e^((r−y)τ)).
      let shareDensity =
        (density * boundary * growths[at]) * Pack(backward * Pack.densityAtZero)
      let tail = shareDensity * Elementary.millsRatio(lanes: first.withoutSign)
      let share = (Pack(1) - tail).replacing(with: tail, where: first .< Pack(0))
      let weightedShare = shareWeights[at] * share
      let weightedDensity = shareWeights[at] * shareDensity
      shareSum += weightedShare
      shareOwn += weightedDensity * inverse
      scratch.shareSlopes[pack] = (weightedDensity * inverse).negated
      if withParameters {
        shareBy.volatility -= weightedDensity * second / Pack(volatility)
        shareBy.rate += weightedDensity * rootOverVolatility
        shareBy.yield +=
          weightedShare * (Pack(1 / put.yield) + elapsed) - weightedDensity * rootOverVolatility
      }
    }

    let first = ownLog / deviation + drift
    let ownDensity = Elementary.normalDensity(first)
    let shares = Elementary.normalDistribution(first) + shareSum.total
    let densities = densitySum.total
    var result = SmoothFitRow()
    result.value = ownLog + put.carry * time + Elementary.log(shares / densities)
    let ownByLog =
      1 + (ownDensity / deviation + shareOwn.total) / shares - densityOwn.total / densities
    let ownDistanceSlope = form == .square ? 0.5 / ownDistance : scale
    result.ownSlope = -ownByLog * ownDistanceSlope
    var byStart = ownByLog
    for pack in 0..<packs {
      var byLog = scratch.densitySlopes[pack] / Pack(densities)
      byLog = byLog.negated
      if hasYield { byLog += scratch.shareSlopes[pack] / Pack(shares) }
      if withParameters { byStart += byLog.total }
      scratch.slopes[pack] = (byLog * scratch.slopes[pack]).negated
    }
    guard withParameters else { return result }
    let rootOverVolatility = rootTime / volatility
    result.byVolatility =
      (shareBy.volatility.total - ownDensity * (first - deviation) / volatility) / shares
      - densityBy.volatility.total / densities
    result.byRate =
      time + (ownDensity * rootOverVolatility + shareBy.rate.total) / shares
      - densityBy.rate.total / densities
    result.byYield =
      (shareBy.yield.total - ownDensity * rootOverVolatility) / shares - time
      - densityBy.yield.total / densities
    if put.startsBelowStrike {
      result.byRate += byStart / put.rate
      result.byYield -= byStart / put.yield
    }
    return result
  }
}

/// Sums of derivatives by volatility, rate and yield.
private struct ParameterSums {
  var volatility = Pack(0)
  var rate = Pack(0)
  var yield = Pack(0)
}
