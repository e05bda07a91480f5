import ExactNumbers
import Records
import TestSupport
import Testing

@testable import EventLog

@Suite struct TextColumns {
  private func texts(_ values: [String]) -> TextValues {
    var dictionary: [String] = []
    var places: [TextKey: Int] = [:]
    let indices = values.map { text in
      let key = TextKey(text: text)
      if let place = places[key] { return place }
      places[key] = dictionary.count
      dictionary.append(text)
      return dictionary.count - 1
    }
    return TextValues(dictionary: dictionary, indices: indices)
  }

  private static let uuids = (0..<20).map { number in
    "0f8fad5b-d9cb-469f-a165-708677289\(number + 10)a"
  }

  static let cases: [(values: [String], forms: [TextColumn.Form])] = [
    (["AAPL", "MSFT", "AAPL", "AAPL", "MSFT", "AAPL"], [.dictionary]),
    (uuids, [.uuids]),
    (uuids.map { $0.uppercased() }, [.inline]),
    (
      Array(repeating: uuids[0], count: 9) + Array(repeating: uuids[1], count: 9), [.uuidDictionary]
    ),
    (["note one", "another note", "", "third"], [.inline]),
    (["T-0099", "T-0100", "T-0101"], [.numbered]),
    (["T-99", "T-100", "T-101", "T-0"], [.numbered]),
    (["T-99", "T-0100", "T-101"], [.inline]),
    (["7", "8", "9"], [.numbered]),
    (["00", "01", "1"], [.inline]),
    (["123456789012345678901", "123456789012345678902"], [.numbered]),
    (["caf\u{E9}", "cafe\u{301}", "caf\u{E9}", "caf\u{E9}"], [.dictionary]),
    (["\u{E9}1", "\u{E9}2"], [.numbered]),
    (["", ""], [.dictionary]),
    ([""], [.inline]),
  ]

  @Test("texts get the form that fits and come back byte for byte", arguments: cases.indices)
  func forms(index: Int) throws {
    let (values, forms) = Self.cases[index]
    let column = texts(values)
    #expect(TextColumn.forms(of: column, isKey: false).first == forms[0])
    for form in TextColumn.forms(of: column, isKey: false) {
      var writer = ByteWriter()
      TextColumn.encode(column, form: form, style: .packed, into: &writer)
      var reader = ByteReader(writer.bytes)
      let read = try TextColumn.decode(from: &reader, count: values.count)
      #expect(read.form == form)
      #expect(reader.isAtEnd)
      #expect(values.indices.allSatisfy { sameBytes(read.texts[$0], values[$0]) })
      for length in 0..<writer.bytes.count {
        var short = ByteReader(Array(writer.bytes.prefix(length)))
        #expect(throws: BlockError.self) {
          try TextColumn.decode(from: &short, count: values.count)
        }
      }
    }
  }

  @Test("a dictionary that is not in order of appearance, or not all used, is refused")
  func dictionaries() {
    for (indices, isSound) in [
      ([0, 1, 0], true), ([1, 0, 0], false), ([0, 0, 0], false), ([0, 2, 1], false),
      ([0, 1, -1], false),
    ] as [([Int64], Bool)] {
      var writer = ByteWriter()
      writer.u8(0)
      writer.u32(2)
      writer.text("a")
      writer.text("b")
      IntegerColumn.encode(indices, into: &writer)
      var reader = ByteReader(writer.bytes)
      let read = try? TextColumn.decode(from: &reader, count: 3)
      #expect((read != nil) == isSound)
    }
  }

  @Test("canonically equivalent texts of other bytes are different keys")
  func keys() {
    #expect("caf\u{E9}" == "cafe\u{301}")
    #expect(TextKey(text: "caf\u{E9}") != TextKey(text: "cafe\u{301}"))
    #expect(TextKey(text: "abc") == TextKey(text: "abc"))
  }
}

@Suite struct ColumnForms {
  @Test("columns of every type come back, with and without missing values", arguments: 1...12)
  func roundTrip(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for type in FieldType.allCases {
      let rows = Int.random(in: 1...40, using: &random)
      var builder = KindColumnsBuilder(kind: KindNumber(1))
      for row in 0..<rows {
        let isPresent = row == 0 || seed % 2 == 0 || Bool.random(using: &random)
        let fields =
          isPresent ? [Field(FieldNumber(1), BlockSamples.value(type, using: &random))] : []
        builder.append(
          Record(
            kind: KindNumber(1), id: .minted(occurrence: 0), effective: .distantPast,
            recorded: .distantPast, source: "s", fields: fields), sequence: UInt64(row + 1))
      }
      let column = try #require(builder.finish().column(1, type))
      let forms: [TextColumn.Form] =
        if case .texts(let texts) = column.values {
          TextColumn.forms(of: texts, isKey: false)
        } else { [.dictionary] }
      for form in forms {
        let bytes = ColumnForm.encode(column, textForm: form, keys: nil, style: .packed)
        let read = try ColumnForm.decode(bytes, number: 1, type: type, rows: rows, keys: nil).column
        #expect(read.presence == column.presence, "seed \(seed)")
        #expect(read.values.count == column.values.count)
        for index in 0..<column.values.count {
          #expect(
            read.values.value(at: index, as: type) == column.values.value(at: index, as: type),
            "seed \(seed)")
        }
        #expect(throws: BlockError.self) {
          try ColumnForm.decode(bytes + [0], number: 1, type: type, rows: rows, keys: nil)
        }
        for length in 0..<bytes.count {
          #expect(throws: BlockError.self) {
            try ColumnForm.decode(
              Array(bytes.prefix(length)), number: 1, type: type, rows: rows, keys: nil)
          }
        }
      }
    }
  }

  @Test("decimals whose common scale does not fit keep their own places")
  func mixedPlaces() throws {
    let values = [
      try ExactDecimal(coefficient: 999_999_999_999_999, places: 0),
      try ExactDecimal(coefficient: 1, places: 8), .zero,
    ]
    let column = Column(number: 1, type: .decimal, presence: [], values: .decimals(values))
    let bytes = ColumnForm.encode(column, textForm: .dictionary, keys: nil, style: .packed)
    #expect(bytes[1] == ColumnForm.mixedPlaces)
    let read = try ColumnForm.decode(bytes, number: 1, type: .decimal, rows: 3, keys: nil).column
    guard case .decimals(let decoded) = read.values else {
      Issue.record("not decimals")
      return
    }
    #expect(decoded == values)
  }

  @Test(
    "numbers that are no boolean or no date are refused", arguments: [FieldType.boolean, .date])
  func outOfRange(type: FieldType) {
    let column = Column(
      number: 1, type: .integer, presence: [], values: .integers([1, 1 << 40]))
    let bytes = ColumnForm.encode(column, textForm: .dictionary, keys: nil, style: .packed)
    #expect(throws: BlockError.self) {
      try ColumnForm.decode(bytes, number: 1, type: type, rows: 2, keys: nil)
    }
  }
}

@Suite struct LZ4Blocks {
  @Test("what repeats gets smaller and comes back; what does not is left alone")
  func roundTrip() throws {
    let bytes = (0..<4_000).map { UInt8($0 % 50) }
    for level in [CompressionLevel.fast, .high] {
      let compressed = try #require(LZ4.compress(bytes, level: level))
      #expect(compressed.count < 200)
      #expect(LZ4.decompress(compressed[...], rawLength: bytes.count) == bytes)
      #expect(LZ4.decompress(compressed[...], rawLength: bytes.count - 1) == nil)
      #expect(LZ4.decompress(compressed[...], rawLength: bytes.count + 1) == nil)
      #expect(LZ4.decompress(compressed.dropLast(), rawLength: bytes.count) == nil)
    }
    var random = SeededGenerator(seed: 5)
    let noise = (0..<1_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    #expect(LZ4.compress(noise, level: .high) == nil)
    #expect(LZ4.compress([], level: .fast) == nil)
  }
}
