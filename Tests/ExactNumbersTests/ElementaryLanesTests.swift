import ExactNumbers
import TestSupport
import Testing

/// Between two bounds, by a rule of our own: the golden digests hang on it.
private func uniform(
  _ low: Double, _ high: Double, _ generator: inout SeededGenerator
) -> Double {
  low + (high - low) * (Double(generator.next() >> 11) * 0x1p-53)
}

/// Each function over one double, and over the lanes of each width.
private struct Subject: CustomTestStringConvertible, Sendable {
  var name: String
  var one: @Sendable (Double) -> Double
  var two: @Sendable (SIMD2<Double>) -> SIMD2<Double>
  var four: @Sendable (SIMD4<Double>) -> SIMD4<Double>
  var eight: @Sendable (SIMD8<Double>) -> SIMD8<Double>
  var argument: @Sendable (inout SeededGenerator) -> Double

  var testDescription: String { name }

  static let all: [Subject] = [
    Subject(
      name: "exp", one: { Elementary.exp($0) }, two: { Elementary.exp(lanes: $0) },
      four: { Elementary.exp(lanes: $0) }, eight: { Elementary.exp(lanes: $0) },
      argument: { uniform(-760, 720, &$0) }),
    Subject(
      name: "expm1", one: { Elementary.expm1($0) }, two: { Elementary.expm1(lanes: $0) },
      four: { Elementary.expm1(lanes: $0) }, eight: { Elementary.expm1(lanes: $0) },
      argument: { uniform(-2, 2, &$0) }),
    Subject(
      name: "log", one: { Elementary.log($0) }, two: { Elementary.log(lanes: $0) },
      four: { Elementary.log(lanes: $0) }, eight: { Elementary.log(lanes: $0) },
      argument: { Double(bitPattern: $0.next() >> 1) }),
    Subject(
      name: "log1p", one: { Elementary.log1p($0) }, two: { Elementary.log1p(lanes: $0) },
      four: { Elementary.log1p(lanes: $0) }, eight: { Elementary.log1p(lanes: $0) },
      argument: { uniform(-1.1, 3, &$0) }),
    Subject(
      name: "erfcx", one: { Elementary.erfcx($0) }, two: { Elementary.erfcx(lanes: $0) },
      four: { Elementary.erfcx(lanes: $0) }, eight: { Elementary.erfcx(lanes: $0) },
      argument: { uniform(-28, 40, &$0) }),
    Subject(
      name: "normal density", one: { Elementary.normalDensity($0) },
      two: { Elementary.normalDensity(lanes: $0) }, four: { Elementary.normalDensity(lanes: $0) },
      eight: { Elementary.normalDensity(lanes: $0) },
      argument: { uniform(-45, 45, &$0) }),
    Subject(
      name: "normal distribution", one: { Elementary.normalDistribution($0) },
      two: { Elementary.normalDistribution(lanes: $0) },
      four: { Elementary.normalDistribution(lanes: $0) },
      eight: { Elementary.normalDistribution(lanes: $0) },
      argument: { uniform(-45, 10, &$0) }),
    Subject(
      name: "Mills' ratio", one: { Elementary.millsRatio($0) },
      two: { Elementary.millsRatio(lanes: $0) }, four: { Elementary.millsRatio(lanes: $0) },
      eight: { Elementary.millsRatio(lanes: $0) }, argument: { uniform(0, 50, &$0) }),
    Subject(
      name: "inverse normal", one: { Elementary.inverseNormal($0) },
      two: { Elementary.inverseNormal(lanes: $0) }, four: { Elementary.inverseNormal(lanes: $0) },
      eight: { Elementary.inverseNormal(lanes: $0) },
      argument: { generator in
        let p = uniform(-0.01, 1.01, &generator)
        return generator.next() & 1 == 0 ? p : p * p * p * 1e-20
      }),
  ]
}

@Suite struct ElementaryLanes {
  @Test("every width gives the bits of one double", arguments: Subject.all)
  private func widths(_ subject: Subject) {
    var random = SeededGenerator(seed: 0x1A9E_5EED)
    let edges: [Double] = [
      0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, 0x1p-1030, 1,
    ]
    for round in 0..<120 {
      var lanes = SIMD8<Double>()
      for lane in 0..<8 {
        let value = subject.argument(&random)
        lanes[lane] = round == 0 && subject.name != "Mills' ratio" ? edges[lane] : value
      }
      let eight = subject.eight(lanes)
      let four = subject.four(lanes.lowHalf)
      let two = subject.two(lanes.lowHalf.lowHalf)
      for lane in 0..<8 {
        let bits = bits(subject.one(lanes[lane]))
        #expect(bits == self.bits(eight[lane]), "seed 1A9E5EED, \(lanes[lane])")
        if lane < 4 { #expect(bits == self.bits(four[lane]), "seed 1A9E5EED, \(lanes[lane])") }
        if lane < 2 { #expect(bits == self.bits(two[lane]), "seed 1A9E5EED, \(lanes[lane])") }
      }
    }
  }

  /// Computed on one machine, to be met on every other; a change of a formula changes them, and then
  /// stored results no longer meet their digests: it needs a new version of the methods that use it.
  private static let golden: [String: UInt64] = [
    "exp": 0x91FA_DE92_4B88_0E1C, "expm1": 0x1881_F3EA_9C6B_A8D9, "log": 0xF4A3_7D17_E619_FF9C,
    "log1p": 0x3616_0F63_8BD0_CA6A, "erfcx": 0xCD78_8067_7132_AFFF,
    "normal density": 0x1627_0D38_271B_4008,
    "normal distribution": 0x92C9_5C8B_940B_9DCE, "Mills' ratio": 0x554C_C35B_FC8C_5A9B,
    "inverse normal": 0x8E8F_2193_CD2A_ED0F,
  ]

  @Test("a thousand results have the bits of every other machine", arguments: Subject.all)
  private func digests(_ subject: Subject) {
    var random = SeededGenerator(seed: 0x601D_5EED)
    var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    for _ in 0..<1000 {
      digest = (digest ^ bits(subject.one(subject.argument(&random)))) &* 0x100_0000_01B3
    }
    #expect(String(digest, radix: 16) == String(Self.golden[subject.name] ?? 0, radix: 16))
  }

  @Test(
    "single results have the bits of every other machine",
    arguments: [
      ("exp", 1.0, 0x4005_BF0A_8B14_576A as UInt64), ("exp", -700.0, 0x00D1_4F2B_0FB9_307F),
      ("log", 10.0, 0x4002_6BB1_BBB5_5516), ("log", 0.7, 0xBFD6_D3C3_24E1_3F50),
      ("erfcx", 0.5, 0x3FE3_B3BC_3C98_B0F3), ("normal distribution", -1.0, 0x3FC4_4ED0_BB7C_B20B),
      ("normal distribution", -37.0, 0x01CE_ACCC_6BFE_B0AF),
      ("inverse normal", 0.975, 0x3FFF_5C03_31EE_FF82),
    ])
  private func goldenBits(name: String, argument: Double, expected: UInt64) throws {
    let subject = try #require(Subject.all.first { $0.name == name })
    #expect(String(subject.one(argument).bitPattern, radix: 16) == String(expected, radix: 16))
  }

  /// The bits, with one pattern for all that is not a number.
  private func bits(_ value: Double) -> UInt64 {
    value.isNaN ? Double.nan.bitPattern : value.bitPattern
  }
}
