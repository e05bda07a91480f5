import ExactNumbers
import Testing

/// Expected values: mpmath 1.3.0 at 40 digits, rounded to the nearest double.
@Suite struct ElementaryFunctions {
  @Test(
    "exp agrees with 40-digit values",
    arguments: [
      (0.0, 1.0), (1.0, 2.718281828459045), (-1.0, 0.36787944117144233),
      (0.5, 1.6487212707001282), (10.0, 22026.465794806718), (-20.0, 2.061153622438558e-09),
      (100.0, 2.6881171418161356e43), (-700.0, 9.85967654375977e-305), (1e-10, 1.0000000001),
    ])
  func exponentials(x: Double, expected: Double) {
    #expect((Elementary.exp(x) / expected - 1).magnitude < 1e-15)
  }

  @Test(
    "log agrees with 40-digit values",
    arguments: [
      (2.0, 0.6931471805599453), (10.0, 2.302585092994046), (0.5, -0.6931471805599453),
      (1e-300, -690.7755278982137), (1e300, 690.7755278982137), (1.5, 0.4054651081081644),
      (0.7, -0.35667494393873245), (3.0, 1.0986122886681098), (1.0000001, 9.999999505838704e-08),
    ])
  func logarithms(x: Double, expected: Double) {
    #expect((Elementary.log(x) / expected - 1).magnitude < 1e-15)
  }

  @Test(
    "the normal distribution agrees with 40-digit values",
    arguments: [
      (0.0, 0.5), (1.0, 0.8413447460685429), (-1.0, 0.15865525393145705),
      (2.5, 0.9937903346742238), (-3.9, 4.8096344017602736e-05), (-5.0, 2.866515718791939e-07),
      (6.0, 0.9999999990134123), (-10.0, 7.619853024160525e-24),
    ])
  func normal(x: Double, expected: Double) {
    #expect((Elementary.normalDistribution(x) - expected).magnitude < 1e-15)
    if x < -4 { #expect((Elementary.normalDistribution(x) / expected - 1).magnitude < 1e-12) }
  }

  @Test("the edges are defined")
  func edges() {
    #expect(Elementary.log(0) == -.infinity)
    #expect(Elementary.log(-1).isNaN)
    #expect(Elementary.log(.infinity) == .infinity)
    #expect(Elementary.exp(1000) == .infinity)
    #expect(Elementary.exp(-1000) == 0)
    #expect(Elementary.exp(.nan).isNaN)
    #expect(Elementary.normalDistribution(-100) == 0)
    #expect(Elementary.normalDistribution(100) == 1)
  }
}
