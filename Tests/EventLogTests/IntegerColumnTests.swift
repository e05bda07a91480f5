import TestSupport
import Testing

@testable import EventLog

@Suite struct IntegerColumns {
  private static let styles: [IntegerColumn.Style] = [
    .packed, .aligned, .alignedTransform(0), .alignedTransform(1), .alignedTransform(2),
  ]

  private func roundTrip(_ values: [Int64], keys: KeyIndices? = nil) throws -> Int {
    var fewest = Int.max
    for style in Self.styles {
      var writer = ByteWriter()
      IntegerColumn.encode(values, keys: keys, style: style, into: &writer)
      var reader = ByteReader(writer.bytes)
      let read = try IntegerColumn.decode(from: &reader, count: values.count, keys: keys)
      #expect(read == values)
      #expect(reader.isAtEnd)
      fewest = min(fewest, writer.bytes.count)
    }
    return fewest
  }

  @Test(
    "runs of every shape come back",
    arguments: [
      [], [0], [.min], [.max], [.min, .max], [.max, .min, .max, .min], [.min, 0, .max],
      [1, 2, 3, 4, 5], [5, 5, 5, 5], [0, 1_000_000_000, 3_000_000_000], [-1, -1, 7, -1],
      [.min, .min + 1, .min + 3], [0, .min, 0, .min],
    ] as [[Int64]])
  func shapes(values: [Int64]) throws { _ = try roundTrip(values) }

  @Test("numbers of every width come back, alone and in runs", arguments: 0...64)
  func widths(width: Int) throws {
    var random = SeededGenerator(seed: UInt64(width))
    let mask = width == 64 ? UInt64.max : (1 << UInt64(width)) - 1
    for count in [1, 2, 3, 7, 8, 9, 63, 130] {
      let values = (0..<count).map { _ in random.next() & mask }
      var bytes: [UInt8] = [0xAA]
      BitPacking.pack(values, width: width, into: &bytes)
      #expect(bytes.count == 1 + BitPacking.byteCount(width: width, count: count))
      #expect(
        BitPacking.unpack(bytes, in: 1..<bytes.count, width: width, count: count) == values)
      _ = try roundTrip(values.map { Int64(bitPattern: $0) })
    }
  }

  @Test("whole numbers of a unit take the bits of their count, not of their size")
  func divisor() throws {
    var random = SeededGenerator(seed: 1)
    let values = (0..<1_000).map { _ in
      Int64.random(in: 0..<16, using: &random) * 86_400_000_000_000
    }
    #expect(try roundTrip(values) <= 14 + 8 + 500)
  }

  @Test("one value far from all others does not widen them")
  func exceptions() throws {
    var random = SeededGenerator(seed: 2)
    var values = (0..<1_000).map { _ in Int64.random(in: 0..<8, using: &random) }
    values[500] = 1 << 60
    #expect(try roundTrip(values) <= 14 + 4 + 12 + 375)
  }

  @Test("steady times and counters cost nothing a value")
  func steady() throws {
    #expect(try roundTrip((0..<5_000).map { 1_700_000_000_000 + $0 * 250 }) <= 14 + 16)
    #expect(try roundTrip([Int64](repeating: 42, count: 5_000)) == 14)
  }

  @Test("prices that walk by symbol are told from the symbol's last price")
  func keyed() throws {
    var random = SeededGenerator(seed: 3)
    var prices = (0..<40).map { Int64($0) * 10_000 }
    var indices: [Int] = []
    var values: [Int64] = []
    for _ in 0..<2_000 {
      let symbol = Int.random(in: 0..<40, using: &random)
      prices[symbol] += Int64.random(in: -7...8, using: &random)
      indices.append(symbol)
      values.append(prices[symbol])
    }
    let keys = KeyIndices(column: 1, indices: indices, count: 40)
    let alone = try roundTrip(values)
    let predicted = try roundTrip(values, keys: keys)
    #expect(predicted < 14 + 1_000 + 40 * 4 && predicted < alone / 2)

    var writer = ByteWriter()
    IntegerColumn.encode(values, keys: keys, into: &writer)
    var reader = ByteReader(writer.bytes)
    #expect(throws: BlockError.self) {
      try IntegerColumn.decode(from: &reader, count: values.count)
    }
    reader = ByteReader(writer.bytes)
    let other = KeyIndices(column: 2, indices: indices, count: 40)
    #expect(throws: BlockError.self) {
      try IntegerColumn.decode(from: &reader, count: values.count, keys: other)
    }
  }

  @Test("a run of another length, a cut run and what no writer writes are refused")
  func refused() throws {
    var writer = ByteWriter()
    IntegerColumn.encode([3, 1, 4, 1, 5, 9, 2, 6, 1 << 50], into: &writer)
    var reader = ByteReader(writer.bytes)
    #expect(throws: BlockError.self) { try IntegerColumn.decode(from: &reader, count: 8) }
    for length in 0..<writer.bytes.count {
      reader = ByteReader(Array(writer.bytes.prefix(length)))
      #expect(throws: BlockError.self) { try IntegerColumn.decode(from: &reader, count: 9) }
    }
    for (offset, value) in [(0, UInt8(4)), (0, 0x40), (0, 0x80), (1, 65), (1, 255)] {
      var changed = writer.bytes
      changed[offset] = value
      reader = ByteReader(changed)
      #expect(throws: BlockError.self) { try IntegerColumn.decode(from: &reader, count: 9) }
    }
  }

  @Test("no bytes at all make the decoder trap", arguments: 1...60)
  func garbage(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<60 {
      var bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      let count = Int.random(in: 0...20, using: &random)
      // Mostly past the first checks, so that the later ones are met.
      if bytes.count > 6 {
        bytes[0] = [0, 1, 2, 3, 0x10, 0x21, 0x32, 0x33].randomElement(using: &random) ?? 0
        bytes[1] %= 70
        bytes[2] = UInt8(count)
        for index in 3..<6 { bytes[index] = 0 }
      }
      let keys = KeyIndices(column: 0, indices: (0..<count).map { $0 % 3 }, count: 3)
      var reader = ByteReader(bytes)
      let read = try? IntegerColumn.decode(from: &reader, count: count, keys: keys)
      #expect(read == nil || read?.count == count)
    }
  }
}
