public import Events
public import ExactNumbers

/// Made-up daily closes with known true betas, the same on every machine.
///
/// One factor model: the market's daily return is drawn, the factor proxies and the stocks follow
/// it with the betas of ``assets`` and noise of their own. Nothing here is market history.
public struct PriceGenerator: Sendable {
  public struct Asset: Sendable {
    public var symbol: Symbol
    public var name: String
    public var kind: InstrumentKind
    public var sector: String?
    /// Of daily returns on the generated market's: what a regression should find.
    public var trueBeta: Double
    /// Standard deviation of the daily return that is not the market's.
    public var noise: Double
    /// The close on ``anchor``.
    public var anchorPrice: Double
    public var isVolatilityIndex = false
  }

  /// The session on which every asset has its anchor price.
  public static let anchor = CivilDate(year: 2024, month: 1, day: 16)!
  public static let first = CivilDate(year: 2023, month: 1, day: 3)!
  public static let last = CivilDate(year: 2025, month: 6, day: 30)!
  /// NVDA splits 10 for 1 before the session of this day: made up, for replay.
  public static let split = (
    symbol: Symbol("NVDA"), ratio: 10, date: CivilDate(year: 2024, month: 6, day: 10)!
  )

  static let seed: UInt64 = 20_240_116
  static let marketDrift = 0.0004
  static let marketVolatility = 0.0095

  /// The exchange's sessions: weekdays without holidays.
  public static let sessions: [CivilDate] = {
    var sessions: [CivilDate] = []
    var date = first
    while date <= last {
      if date.weekday <= 5, !holidays.contains(date) { sessions.append(date) }
      date = date.advanced(byDays: 1)
    }
    return sessions
  }()

  /// Closes of every asset, one a session, rounded to cents and split when it is time.
  public let closes: [(asset: Asset, closes: [ExactDecimal])]
  /// The ten-year yield in percent, one a session.
  public let tenYearYield: [ExactDecimal]

  public init() {
    var random = NormalGenerator(seed: Self.seed)
    let sessions = Self.sessions
    let market = sessions.map { _ in Self.marketDrift + Self.marketVolatility * random.next() }
    var yield = 3.8
    tenYearYield = sessions.map { _ in
      yield += 0.05 * random.next() + 0.01 * (4.2 - yield)
      return Self.cents(yield)
    }
    closes = Self.assets.map { asset in
      (asset, Self.path(of: asset, market: market, random: &random))
    }
  }

  private static func path(
    of asset: Asset, market: [Double], random: inout NormalGenerator
  ) -> [ExactDecimal] {
    guard !asset.isVolatilityIndex else {
      // Falls when the market rises and returns to its anchor.
      var level = asset.anchorPrice
      return market.map { move in
        level *= 1 + asset.trueBeta * move + asset.noise * random.next()
        level += 0.1 * (asset.anchorPrice - level)
        return cents(max(level, 9))
      }
    }
    var level = 1.0
    let path = market.map { move in
      level *= 1 + asset.trueBeta * move + asset.noise * random.next()
      return level
    }
    guard let anchorIndex = sessions.firstIndex(of: anchor) else {
      preconditionFailure("the anchor is a session")
    }
    let scale = asset.anchorPrice / path[anchorIndex]
    return zip(sessions, path).map { date, level in
      let isSplit = asset.symbol == split.symbol && date >= split.date
      return cents(scale * level / (isSplit ? Double(split.ratio) : 1))
    }
  }

  /// To the nearest cent, at least one.
  static func cents(_ value: Double) -> ExactDecimal {
    let cents = max(1, Int64((value * 100).rounded(.toNearestOrEven)))
    guard let decimal = try? ExactDecimal(coefficient: cents, places: 2) else {
      preconditionFailure("a generated price is far below 10^13")
    }
    return decimal
  }

  private static let holidays = Set(
    [
      "2023-01-16", "2023-02-20", "2023-04-07", "2023-05-29", "2023-06-19", "2023-07-04",
      "2023-09-04", "2023-11-23", "2023-12-25", "2024-01-01", "2024-01-15", "2024-02-19",
      "2024-03-29", "2024-05-27", "2024-06-19", "2024-07-04", "2024-09-02", "2024-11-28",
      "2024-12-25", "2025-01-01", "2025-01-09", "2025-01-20", "2025-02-17", "2025-04-18",
      "2025-05-26", "2025-06-19",
    ].compactMap { CivilDate($0) })
}

/// Standard normal numbers from SplitMix64: twelve uniform numbers added up (Irwin and Hall), so
/// that no function but the sum is needed.
private struct NormalGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> Double {
    var sum = -6.0
    for _ in 0..<12 { sum += uniform() }
    return sum
  }

  private mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    mixed ^= mixed >> 31
    return Double(mixed >> 11) * 0x1p-53
  }
}
