import Analytics
import Testing

@Suite struct StudentTDistribution {
  /// (degrees of freedom, t, two-sided probability), from mpmath 1.3.0 at 60 digits.
  static let rows: [(Int, Double, Double)] = [
    (1, 1e-09, 0.9999999993633802), (1, 1.0, 0.5), (1, 8.0, 0.07916684832113108),
    (1, 100000.0, 6.366197723463607e-06), (2, 1.7, 0.23123342620157122),
    (2, 100000.0, 9.9999999985e-11), (3, 0.01, 0.992649111412852), (3, 2.5, 0.08770664700806555),
    (3, 100000.0, 2.2053155808932545e-15), (5, 1.7, 0.1498767868483239),
    (5, 40.0, 1.8411962171772954e-07), (10, 8.0, 1.177494278966616e-05),
    (10, 100000.0, 2.460937488720703e-46), (30, 1.7, 0.09947787558851688),
    (30, 2.5, 0.018115649068066696), (30, 100000.0, 2.072906840146629e-129),
    (58, 1.0, 0.32146438312081527), (58, 40.0, 6.270252312193224e-44),
    (58, 100000.0, 1.4380233564434845e-240), (148, 0.01, 0.9920347543437669),
    (148, 2.5, 0.013510091782050156), (148, 40.0, 3.0642215463370907e-81),
    (250, 1.7, 0.09037462132103606), (250, 40.0, 1.2017878326588292e-110),
    (1000, 1.7, 0.08944188695924005), (1000, 40.0, 1.0478852155173361e-209),
    (4000, 1e-09, 0.9999999992021653), (4000, 2.5, 0.012459067429027438),
    (4000, 40.0, 1.307900518217284e-294),
  ]

  @Test("a two-sided probability keeps its digits in the middle and far out", arguments: rows)
  func probability(freedom: Int, t: Double, want: Double) {
    let got = StudentT.twoSidedProbability(t, degreesOfFreedom: freedom)
    // Far out the exponent of the power is large, and so is what rounding does to it.
    // So is what little is left beside one, where there is much freedom.
    #expect(relativeError(got, want) < (want > 1e-50 && freedom < 1000 ? 1e-13 : 1e-12))
    #expect(StudentT.twoSidedProbability(-t, degreesOfFreedom: freedom) == got)
  }

  @Test("at zero it is one, at infinity nothing, and without freedom undefined")
  func edges() {
    #expect(StudentT.twoSidedProbability(0, degreesOfFreedom: 7) == 1)
    #expect(StudentT.twoSidedProbability(.infinity, degreesOfFreedom: 7) == 0)
    #expect(StudentT.twoSidedProbability(1e200, degreesOfFreedom: 1) == 0)
    #expect(StudentT.twoSidedProbability(1, degreesOfFreedom: 0) == nil)
    #expect(StudentT.twoSidedProbability(.nan, degreesOfFreedom: 7) == nil)
  }

  @Test("it falls as t grows", arguments: [1, 2, 7, 60, 148, 900])
  func monotone(freedom: Int) {
    let values = (0...400).map { step in
      StudentT.twoSidedProbability(Double(step) / 20, degreesOfFreedom: freedom) ?? .nan
    }
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 > $1 })
  }
}
