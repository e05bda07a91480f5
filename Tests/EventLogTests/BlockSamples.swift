import EventLog
import ExactNumbers
import Records
import TestSupport

/// Records and traits that the suites about bytes share.
enum BlockSamples {
  static let identity = LogIdentity(book: "book-1", branch: "main")
  static let trade = KindNumber(20)
  static let tick = KindNumber(120)
  static let quote = KindNumber(122)
  static let person = KindNumber(1)

  static let registry = KindRegistry([
    KindTraits(number: person, name: "user.registered"),
    KindTraits(
      number: trade, name: "position.entered", portfolioField: FieldNumber(2),
      symbolField: FieldNumber(3)),
    KindTraits(
      number: tick, name: "price.ticked", isMarketData: true, symbolField: FieldNumber(1)),
    KindTraits(
      number: quote, name: "quote.updated", isMarketData: true, symbolField: FieldNumber(1)),
  ])

  /// 2025-01-02T14:30:00Z.
  static let start: Int64 = 1_735_828_200_000_000_000

  static func decimal(_ coefficient: Int64, _ places: Int) -> FieldValue {
    guard let value = try? ExactDecimal(coefficient: coefficient, places: places) else {
      preconditionFailure("samples are within the limits")
    }
    return .decimal(value)
  }

  /// Ticks of a few symbols as an import brings them: one recorded time, minted ids.
  static func ticks(_ count: Int, symbols: Int = 50, seed: UInt64) -> [Record] {
    var random = SeededGenerator(seed: seed)
    var prices = (0..<symbols).map { _ in Int64.random(in: 1_000...60_000, using: &random) }
    var time = start
    return (0..<count).map { _ in
      let symbol = Int.random(in: 0..<symbols, using: &random)
      prices[symbol] = max(1, prices[symbol] + Int64.random(in: -12...12, using: &random))
      time += Int64.random(in: 0...40, using: &random) * 1_000_000
      return Record(
        kind: tick, id: .minted(occurrence: 0), effective: Instant(nanosecondsSinceEpoch: time),
        recorded: Instant(nanosecondsSinceEpoch: start + 1_000_000_000_000),
        source: "/imports/ticks/2025.csv",
        fields: [
          Field(FieldNumber(1), .text("SYM\(symbol)X")),
          Field(FieldNumber(2), decimal(prices[symbol], 2)),
          Field(FieldNumber(3), decimal(Int64.random(in: 1...9, using: &random) * 100, 0)),
        ])
    }
  }

  /// Trades of an import: numbered position ids, one source and correlation, minted ids.
  static func trades(_ count: Int, seed: UInt64) -> [Record] {
    var random = SeededGenerator(seed: seed)
    var time = start
    return (0..<count).map { number in
      time += Int64.random(in: 1...900, using: &random) * 1_000_000_000
      return Record(
        kind: trade, id: .minted(occurrence: 0), effective: Instant(nanosecondsSinceEpoch: time),
        recorded: Instant(nanosecondsSinceEpoch: start), source: "/imports/positions-csv/all.csv",
        correlation: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        fields: [
          Field(FieldNumber(1), .text("T-\(100_000 + number)")),
          Field(FieldNumber(2), .text("portfolio-\(Int.random(in: 0..<8, using: &random))")),
          Field(FieldNumber(3), .text("SYM\(Int.random(in: 0..<200, using: &random))")),
          Field(
            FieldNumber(4),
            .text(["LONG", "LONG", "SHORT", "LC"].randomElement(using: &random) ?? "LONG")),
          Field(FieldNumber(5), decimal(Int64.random(in: 1...500, using: &random), 0)),
          Field(FieldNumber(6), decimal(Int64.random(in: 100...50_000, using: &random), 2)),
        ])
    }
  }

  /// Records of every shape: all types, fields missing or of mixed types, texts of all sorts, given
  /// and minted ids, kinds with and without traits.
  static func mixed(_ count: Int, seed: UInt64) -> [Record] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in record(using: &random) }
  }

  static func record(using random: inout SeededGenerator) -> Record {
    let kind =
      [trade, tick, quote, person, .unknown, KindNumber(999)]
      .randomElement(using: &random) ?? trade
    var fields: [Field] = []
    for number in UInt16(0)...9 where Bool.random(using: &random) {
      // A field is mostly of one type, and sometimes of another.
      let usual = FieldType.allCases[Int(number) % FieldType.allCases.count]
      let isUsual = Int.random(in: 0..<8, using: &random) > 0
      let type = isUsual ? usual : FieldType.allCases.randomElement(using: &random) ?? usual
      fields.append(Field(FieldNumber(number), value(type, using: &random)))
    }
    func maybe(_ text: String) -> String? { Bool.random(using: &random) ? text : nil }
    return Record(
      kind: kind,
      id: Bool.random(using: &random)
        ? .given(text(using: &random)) : .minted(occurrence: .random(in: 0...3, using: &random)),
      effective: Instant(nanosecondsSinceEpoch: integer(using: &random)),
      recorded: Instant(nanosecondsSinceEpoch: start), source: text(using: &random),
      subject: maybe(text(using: &random)), actor: maybe("alice"),
      correlation: maybe(text(using: &random)), causation: maybe("cause"),
      extensions: maybe("{\"traceparent\":\"00-1\"}"), fields: fields)
  }

  static func value(_ type: FieldType, using random: inout SeededGenerator) -> FieldValue {
    switch type {
    case .integer: .integer(integer(using: &random))
    case .decimal:
      decimal(
        Int64.random(in: -999_999_999_999_999...999_999_999_999_999, using: &random),
        Int.random(in: 0...8, using: &random))
    case .text: .text(text(using: &random))
    case .boolean: .boolean(.random(using: &random))
    case .date: .date(CivilDate(daysSinceEpoch: .random(in: .min ... .max, using: &random)))
    case .instant: .instant(Instant(nanosecondsSinceEpoch: integer(using: &random)))
    case .bytes:
      .bytes(
        (0..<Int.random(in: 0...40, using: &random)).map { _ in .random(in: 0...255, using: &random)
        })
    case .json: .json("[\"\(text(using: &random))\"]")
    }
  }

  static func integer(using random: inout SeededGenerator) -> Int64 {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: .min
    case 1: .max
    case 2: 0
    case 3: .random(in: -3...3, using: &random)
    default: .random(in: .min ... .max, using: &random)
    }
  }

  static func text(using random: inout SeededGenerator) -> String {
    switch Int.random(in: 0..<9, using: &random) {
    case 0: ""
    case 1: "0f8fad5b-d9cb-469f-a165-70867728950e"
    case 2: "0F8FAD5B-D9CB-469F-A165-70867728950E"
    case 3: "caf\u{E9}"
    case 4: "cafe\u{301}"
    case 5: "order-\(Int.random(in: 0...20, using: &random))"
    case 6: "0\(Int.random(in: 0...20, using: &random))"
    case 7: String(repeating: "long ", count: Int.random(in: 0...30, using: &random))
    default: "\u{0}\u{1F4D2}"
    }
  }

  static func block(
    _ records: [Record], first: UInt64 = 1, ordinal: UInt64 = 0, previousTag: UInt64 = 0,
    level: CompressionLevel = .fast
  ) -> [UInt8] {
    BlockEncoder.encode(
      records, first: EventSequence(first), ordinal: ordinal, previousTag: previousTag,
      identity: identity, registry: registry, level: level)
  }

  /// Rows of records in a block, for comparisons that see every byte: texts are equal by `==`
  /// already when they are canonically equivalent.
  static func rows(_ records: [Record], first: UInt64 = 1) -> [[UInt8]] {
    records.enumerated().map {
      RowForm.encode($0.element, sequence: EventSequence(first + UInt64($0.offset)))
    }
  }

  static func rows(_ records: [SequencedRecord]) -> [[UInt8]] {
    records.map { RowForm.encode($0.record, sequence: $0.sequence) }
  }
}
