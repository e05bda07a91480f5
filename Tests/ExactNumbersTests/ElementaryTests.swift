import ExactNumbers
import TestSupport
import Testing

/// Expected values: mpmath 1.3.0 at 60 digits, rounded to the nearest double.
@Suite struct ElementaryFunctions {
  @Test(
    "exp agrees with 60-digit values",
    arguments: [
      (0.0, 1.0),
      (1.0, 2.718281828459045),
      (-1.0, 0.36787944117144233),
      (0.5, 1.6487212707001282),
      (1e-10, 1.0000000001),
      (10.0, 22026.465794806718),
      (-20.0, 2.061153622438558e-09),
      (100.0, 2.6881171418161356e+43),
      (700.5, 1.6721859620674984e+304),
      (-700.0, 9.85967654375977e-305),
      (-708.3, 2.450295530965988e-308),
    ])
  func exponentials(x: Double, expected: Double) {
    expectClose(Elementary.exp(x), expected, units: 1.0)
  }

  @Test(
    "expm1 agrees with 60-digit values",
    arguments: [
      (1e-300, 1e-300),
      (1e-10, 1.00000000005e-10),
      (-1e-05, -9.999950000166666e-06),
      (0.33, 0.39096812846378026),
      (0.35, 0.41906754859325723),
      (-0.3, -0.2591817793182821),
      (1.0, 1.7182818284590453),
      (-1.0, -0.6321205588285577),
      (50.0, 5.184705528587072e+21),
      (709.6, 1.4974914744969295e+308),
      (-30.0, -0.9999999999999064),
    ])
  func growth(x: Double, expected: Double) {
    expectClose(Elementary.expm1(x), expected, units: 1.5)
  }

  @Test(
    "log agrees with 60-digit values",
    arguments: [
      (2.0, 0.6931471805599453),
      (10.0, 2.302585092994046),
      (0.5, -0.6931471805599453),
      (1e-300, -690.7755278982137),
      (Double.leastNonzeroMagnitude, -744.4400719213812),
      (1e+300, 690.7755278982137),
      (1.5, 0.4054651081081644),
      (0.7, -0.35667494393873245),
      (3.0, 1.0986122886681098),
      (1.0000001, 9.999999505838704e-08),
      (0.9999999999, -1.000000082790371e-10),
    ])
  func logarithms(x: Double, expected: Double) {
    expectClose(Elementary.log(x), expected, units: 1.0)
  }

  @Test(
    "log1p agrees with 60-digit values",
    arguments: [
      (1e-300, 1e-300),
      (1e-10, 9.999999999500001e-11),
      (-1e-05, -1.0000050000333337e-05),
      (0.5, 0.4054651081081644),
      (1.0, 0.6931471805599453),
      (-0.5, -0.6931471805599453),
      (-0.999, -6.907755278982136),
      (10000000000.0, 23.025850930040455),
      (1e+300, 690.7755278982137),
    ])
  func logarithmsOfGrowth(x: Double, expected: Double) {
    expectClose(Elementary.log1p(x), expected, units: 1.5)
  }

  @Test(
    "the scaled complementary error function agrees with 60-digit values",
    arguments: [
      (-26.0, 7.657724931490568e+293),
      (-5.0, 144009798674.66104),
      (-1.0, 5.008980080762283),
      (-0.001, 1.0011293799198486),
      (0.0, 1.0),
      (0.001, 0.9988726200811514),
      (0.5, 0.6156903441929259),
      (1.0, 0.427583576155807),
      (5.0, 0.11070463773306863),
      (30.0, 0.01879588886141675),
      (10000000000.0, 5.641895835477563e-11),
      (1e+200, 5.641895835477563e-201),
    ])
  func scaledErrors(x: Double, expected: Double) {
    expectClose(Elementary.erfcx(x), expected, units: 3)
  }

  @Test(
    "the normal density agrees with 60-digit values",
    arguments: [
      (0.0, 0.3989422804014327),
      (0.5, 0.35206532676429947),
      (1.0, 0.24197072451914334),
      (-3.0, 0.0044318484119380075),
      (10.0, 7.694598626706419e-23),
      (20.3, 1.308288554681529e-90),
      (37.5, 1.7282337322841054e-306),
    ])
  func densities(x: Double, expected: Double) {
    expectClose(Elementary.normalDensity(x), expected, units: 2)
  }

  @Test(
    "the normal distribution agrees with 60-digit values",
    arguments: [
      (0.0, 0.5),
      (1.0, 0.8413447460685429),
      (-1.0, 0.15865525393145705),
      (-0.001, 0.49960105778608893),
      (2.5, 0.9937903346742238),
      (-3.9, 4.8096344017602736e-05),
      (-5.0, 2.866515718791939e-07),
      (6.0, 0.9999999990134123),
      (-10.0, 7.619853024160525e-24),
      (-20.5, 1.0764673258790961e-93),
      (-37.0, 5.725571222524577e-300),
    ])
  func distributions(x: Double, expected: Double) {
    expectClose(Elementary.normalDistribution(x), expected, units: 4)
  }

  @Test(
    "Mills' ratio agrees with 60-digit values",
    arguments: [
      (0.0, 1.2533141373155003),
      (0.001, 1.252314763639392),
      (1.0, 0.6556795424187984),
      (3.0, 0.3045902987101033),
      (10.0, 0.09902859647173193),
      (100000000.0, 9.999999999999999e-09),
    ])
  func ratios(x: Double, expected: Double) {
    expectClose(Elementary.millsRatio(x), expected, units: 2.5)
  }

  @Test(
    "the inverse of the normal distribution agrees with 60-digit values",
    arguments: [
      (0.5, 0.0),
      (0.500001, 2.5066282747057052e-06),
      (0.4, -0.2533471031357997),
      (0.1, -1.2815515655446004),
      (0.9, 1.2815515655446006),
      (0.05, -1.6448536269514726),
      (0.975, 1.9599639845400538),
      (0.001, -3.0902323061678136),
      (1e-08, -5.612001244174789),
      (1e-11, -6.706023155495136),
      (1e-20, -9.262340089798407),
      (1e-100, -21.273453560965326),
      (1e-300, -37.0470962993612),
    ])
  func quantiles(x: Double, expected: Double) {
    expectClose(Elementary.inverseNormal(x), expected, units: 5)
  }

  @Test("powers agree with those that are exact")
  func powers() {
    #expect(Elementary.power(2, 10) == 1024)
    #expect(Elementary.power(0, 0) == 1)
    #expect(Elementary.power(0, 0.5) == 0)
    #expect(Elementary.power(-2, 0.5).isNaN)
    expectClose(Elementary.power(1.5, -3), 8.0 / 27, units: 2)
  }

  @Test("the edges are defined")
  func edges() {
    #expect(Elementary.log(0) == -.infinity)
    #expect(Elementary.log(-1).isNaN)
    #expect(Elementary.log(.infinity) == .infinity)
    #expect(Elementary.log(.nan).isNaN)
    #expect(Elementary.log1p(-1) == -.infinity)
    #expect(Elementary.log1p(-1.5).isNaN)
    #expect(Elementary.log1p(.infinity) == .infinity)
    #expect(Elementary.exp(1000) == .infinity)
    #expect(Elementary.exp(.infinity) == .infinity)
    #expect(Elementary.exp(-1000) == 0)
    #expect(Elementary.exp(-.infinity) == 0)
    #expect(Elementary.exp(.nan).isNaN)
    #expect(Elementary.exp(-744.44) == .leastNonzeroMagnitude)
    #expect(Elementary.expm1(1000) == .infinity)
    #expect(Elementary.expm1(-.infinity) == -1)
    #expect(Elementary.expm1(.leastNonzeroMagnitude) == .leastNonzeroMagnitude)
    #expect(Elementary.erfcx(-27) == .infinity)
    #expect(Elementary.erfcx(-.infinity) == .infinity)
    #expect(Elementary.normalDensity(.infinity) == 0)
    #expect(Elementary.normalDistribution(-100) == 0)
    #expect(Elementary.normalDistribution(100) == 1)
    #expect(Elementary.normalDistribution(-.infinity) == 0)
    #expect(Elementary.normalDistribution(.nan).isNaN)
    #expect(Elementary.inverseNormal(0) == -.infinity)
    #expect(Elementary.inverseNormal(1) == .infinity)
    #expect(Elementary.inverseNormal(-0.1).isNaN)
    #expect(Elementary.inverseNormal(1.1).isNaN)
    #expect(Elementary.inverseNormal(.nan).isNaN)
  }

  @Test("what undoes another function gives its argument back")
  func inverses() {
    var random = SeededGenerator(seed: 0x5EED_0001)
    for _ in 0..<200 {
      let x = Double.random(in: -30...30, using: &random)
      #expect((Elementary.log(Elementary.exp(x)) - x).magnitude < 4e-15, "seed 5EED0001, \(x)")
      let small = Double.random(in: -0.5...0.5, using: &random)
      let again = Elementary.log1p(Elementary.expm1(small))
      #expect((again - small).magnitude <= 4 * small.magnitude * 0x1p-52, "\(small)")
      let tail = Double.random(in: -37...0, using: &random)
      let point = Elementary.inverseNormal(Elementary.normalDistribution(tail))
      #expect((point - tail).magnitude < 3e-15 * (1 + tail.magnitude), "seed 5EED0001, \(tail)")
      let whole = Elementary.normalDistribution(x) + Elementary.normalDistribution(-x)
      #expect((whole - 1).magnitude < 3e-16, "seed 5EED0001, \(x)")
    }
  }

  /// Within `units` times 2⁻⁵² of the value expected, and half of one for its own rounding.
  private func expectClose(
    _ value: Double, _ expected: Double, units: Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      (value - expected).magnitude <= (units + 0.5) * 0x1p-52 * expected.magnitude,
      "\(value), expected \(expected)", sourceLocation: sourceLocation)
  }
}
