import ExactNumbers

/// The nodes of the stretches of the premium's integral; the last runs through the whole boundary.
struct PremiumRule: Sendable {
  let stretch: Nodes
  let last: Nodes

  struct Nodes: Sendable {
    let nodes: [Pack]
    let weights: [Pack]

    init(_ count: Int) {
      precondition(count % Pack.scalarCount == 0, "whole packs of nodes")
      let rule = GaussLegendre(count: count)
      nodes = Pack.packs(of: rule.nodes)
      weights = Pack.packs(of: rule.weights)
    }
  }

  static let standard = PremiumRule(nodes: 16, lastNodes: 40)
  static let fast = PremiumRule(nodes: 12, lastNodes: 24)

  private init(nodes: Int, lastNodes: Int) {
    stretch = Nodes(nodes)
    last = Nodes(lastNodes)
  }
}

/// What the right to exercise early adds to the value of the European put of strike 1 and to its
/// Greeks:
///
///     ∫ r·e^(−rt) N(−d₋(t, S/B(u))) − y·S·e^(−yt) N(−d₊(t, S/B(u))) du,  t = T − u,
///
/// u from 0 to T (Kim, 1990, "The analytic valuation of American options"), and its derivatives.
struct EarlyExercisePremium {
  var price = 0.0
  var delta = 0.0
  var gamma = 0.0
  var vega = 0.0
  var rho = 0.0
  /// By the yield.
  var yieldRho = 0.0
}

extension EarlyExercisePremium {
  /// For a spot above the boundary.
  ///
  /// Near the boundary the integrand lives on times to exercise of the order of
  /// (ln(S/B)/σ)², so the integral is taken over stretches of z, with 1 − s about z², each three
  /// times as long as the last; shorter where a strong carry takes the spot to the boundary at almost
  /// a certain moment.
  ///
  /// - Parameter excess: ln(S/B), above 0; at 0 all but gamma is still right.
  init(_ boundary: ExerciseBoundary, excess: Double, _ rule: PremiumRule) {
    let put = boundary.put
    // Below a deviation of an eighth of the excess the density has fallen by e⁻³².
    let reach = excess / (8 * put.volatility * (10 * put.years).squareRoot())
    var from = 0.0
    var to = max(reach, 1e-9)
    var sums = PremiumSums()
    while from < 1 {
      let growth = min(3, 1 + 3 / (put.strength * min(1, 3 * to)))
      if to * growth > 1.5 { to = 1 }
      let stretch = to < 1 ? rule.stretch : rule.last
      for index in stretch.nodes.indices {
        sums.add(
          boundary, excess, at: Pack(from) + Pack(to - from) * stretch.nodes[index],
          weight: Pack(to - from) * stretch.weights[index])
      }
      (from, to) = (to, growth * to)
    }
    self = sums.premium
  }
}

private struct PremiumSums {
  var price = Pack(0)
  var delta = Pack(0)
  var gamma = Pack(0)
  var vega = Pack(0)
  var rho = Pack(0)
  var yieldRho = Pack(0)

  var premium: EarlyExercisePremium {
    EarlyExercisePremium(
      price: price.total, delta: delta.total, gamma: gamma.total, vega: vega.total,
      rho: rho.total, yieldRho: yieldRho.total)
  }

  @inline(__always)
  mutating func add(
    _ boundary: ExerciseBoundary, _ excess: Double, at z: Pack, weight: Pack
  ) {
    let put = boundary.put
    let y = Pack(1) - z
    let share = TimeShare.share(y)
    let rest = TimeShare.rest(y, z)
    let width = weight * TimeShare.slope(y, z) * Pack(put.years)
    let (distance, place) = boundary.distance(at: share)

    let time = Pack(put.years) * rest
    let rootTime = time.squareRoot()
    let deviation = Pack(put.volatility) * rootTime
    let drift = Pack(put.carry / put.volatility + 0.5 * put.volatility) * rootTime
    // ln(S/B(u)) = ln(S/B(T)) + g(u) − g(T).
    let apart = Pack(excess) + (distance - Pack(put.logStart - boundary.logBoundary))
    let first = apart / deviation + drift
    let second = first - deviation
    let rateDiscount = Elementary.exp(lanes: Pack(-put.rate) * time)
    let strikeShare = rateDiscount * Elementary.normalDistribution(lanes: second.negated)
    let spot = Pack(put.spot)
    var spotShare = Pack(0)
    if put.yield != 0 || boundary.tangents != nil {
      spotShare =
        Elementary.exp(lanes: Pack(-put.yield) * time)
        * Elementary.normalDistribution(lanes: first.negated)
    }
    let rate = Pack(put.rate)
    let yield = Pack(put.yield)
    price += width * (rate * strikeShare - yield * (spot * spotShare))
    guard let tangents = boundary.tangents else { return }

    // S·e^(−yt)·n(d₊) = B·e^(−rt)·n(d₋).
    let peak = rateDiscount * Elementary.normalDensity(lanes: second)
    let level = Elementary.exp(lanes: Pack(put.logStart) - distance)
    let gain = rate - yield * level
    let slope = peak / deviation
    delta -= width * (gain * slope / spot + yield * spotShare)
    let bend = gain * (Pack(1) + second / deviation) + yield * level
    gamma += width * (slope / (spot * spot)) * bend

    let rootOverVolatility = rootTime / Pack(put.volatility)
    let halfInverse = (Pack(0.5) / distance).replacing(
      with: Pack(0), where: distance .< Pack(1e-150))
    let byVolatility = ChebyshevSeries.value(tangents.volatility, at: place) * halfInverse
    let byRate = ChebyshevSeries.value(tangents.rate, at: place) * halfInverse
    let byYield = ChebyshevSeries.value(tangents.yield, at: place) * halfInverse
    let startByRate = Pack(put.startsBelowStrike ? 1 / put.rate : 0)
    let startByYield = Pack(put.startsBelowStrike ? -1 / put.yield : 0)
    // How the payoff gained moves with the boundary, and how it moves by itself.
    let moved = gain * slope
    let carried = peak * gain * rootOverVolatility
    let tilt = peak * (rate * first - yield * level * second) / Pack(put.volatility)
    vega += width * (tilt - moved * byVolatility)
    let kept = strikeShare * (Pack(1) - rate * time)
    rho += width * (kept - carried + moved * (startByRate - byRate))
    let given = spot * spotShare * (Pack(1) - yield * time)
    yieldRho += width * (carried - given + moved * (startByYield - byYield))
  }
}
