import EventLog
import ExactNumbers
import Records
import TestSupport
import Testing

@Suite struct RowForms {
  @Test("records of every shape come back from their rows, byte for byte", arguments: 1...40)
  func roundTrip(seed: UInt64) throws {
    for (index, record) in BlockSamples.mixed(20, seed: seed).enumerated() {
      let sequence = EventSequence(UInt64(index) + 1)
      let row = RowForm.encode(record, sequence: sequence)
      let read = try RowForm.decode(row)
      #expect(read == SequencedRecord(sequence: sequence, record: record), "seed \(seed)")
      #expect(RowForm.encode(read.record, sequence: read.sequence) == row, "seed \(seed)")
      #expect(RowForm.byteCount(of: record) == row.count, "seed \(seed)")
      #expect(row.suffix(RowForm.content(record).count) == RowForm.content(record)[...])
    }
  }

  @Test("a row cut short anywhere is refused, and so is one with a byte too many")
  func truncation() {
    for record in BlockSamples.mixed(12, seed: 3) {
      let row = RowForm.encode(record, sequence: EventSequence(9))
      for length in 0..<row.count {
        #expect(throws: BlockError.self) { try RowForm.decode(Array(row.prefix(length))) }
      }
      #expect(throws: BlockError.self) { try RowForm.decode(row + [0]) }
    }
  }

  @Test("a row that is changed in a byte is refused, or is the canonical row of something else")
  func flips() throws {
    var random = SeededGenerator(seed: 11)
    for record in BlockSamples.mixed(12, seed: 4) {
      let row = RowForm.encode(record, sequence: EventSequence(9))
      for index in row.indices {
        var changed = row
        changed[index] ^= UInt8.random(in: 1...255, using: &random)
        guard let read = try? RowForm.decode(changed) else { continue }
        #expect(RowForm.encode(read.record, sequence: read.sequence) == changed)
      }
    }
  }

  @Test("the error says which field, where, and how much is missing")
  func errors() {
    #expect(throws: BlockError.truncated(field: "sequence", offset: 0, have: 3, need: 8)) {
      try RowForm.decode([1, 2, 3])
    }
    #expect(
      throws: BlockError.malformed(field: "id form", offset: 8, reason: "is 2: expected 0 or 1")
    ) { try RowForm.decode([1, 0, 0, 0, 0, 0, 0, 0, 2]) }
    #expect(
      throws: BlockError.tooLarge(field: "id", offset: 9, have: 0xFFFF_FFFF, most: 16_777_216)
    ) { try RowForm.decode([1, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]) }
    #expect(
      BlockError.truncated(field: "sequence", offset: 0, have: 3, need: 8).description
        == "the bytes end inside 'sequence' at byte 0: need 8, have 3")
  }

  @Test("a decimal that is not in lowest form, and fields out of order, are refused")
  func canonical() throws {
    func row(_ fields: [UInt8], count: UInt8) -> [UInt8] {
      let record = Record(
        kind: KindNumber(1), id: .minted(occurrence: 0), effective: .distantPast,
        recorded: .distantPast, source: "s", fields: [])
      return Array(RowForm.encode(record, sequence: EventSequence(1)).dropLast(2)) + [count, 0]
        + fields
    }
    let plain: [UInt8] = [1, 0, 2, 15, 0, 0, 0, 0, 0, 0, 0, 1]
    #expect(try RowForm.decode(row(plain, count: 1)).record[FieldNumber(1)] != nil)
    let trailingZero: [UInt8] = [1, 0, 2, 150, 0, 0, 0, 0, 0, 0, 0, 2]
    #expect(throws: BlockError.self) { try RowForm.decode(row(trailingZero, count: 1)) }
    let ninePlaces: [UInt8] = [1, 0, 2, 15, 0, 0, 0, 0, 0, 0, 0, 9]
    #expect(throws: BlockError.self) { try RowForm.decode(row(ninePlaces, count: 1)) }
    #expect(throws: BlockError.self) { try RowForm.decode(row(plain + plain, count: 2)) }
    let envelope: [UInt8] = [1, 0xFF, 4, 1]
    #expect(throws: BlockError.self) { try RowForm.decode(row(envelope, count: 1)) }
    let two: [UInt8] = [1, 0, 4, 2]
    #expect(throws: BlockError.self) { try RowForm.decode(row(two, count: 1)) }
  }

  @Test("a record that the format has no room for is refused before it is written")
  func limits() throws {
    func record(_ fields: [Field]) -> Record {
      Record(
        kind: KindNumber(1), id: .given("a"), effective: .distantPast, recorded: .distantPast,
        source: "s", fields: fields)
    }
    let most = [UInt8](repeating: 0, count: FormatLimits.valueBytesMax - 4)
    try RowForm.check(record([Field(FieldNumber(1), .bytes(most))]))
    #expect(throws: BlockError.self) {
      try RowForm.check(record([Field(FieldNumber(1), .bytes(most + [0]))]))
    }
    #expect(throws: BlockError.self) {
      try RowForm.check(
        record((1...3).map { Field(FieldNumber($0), .bytes(most)) }))
    }
    #expect(throws: BlockError.self) {
      try RowForm.check(
        record([Field(FieldNumber(2), .integer(1)), Field(FieldNumber(1), .integer(1))]))
    }
    #expect(throws: BlockError.self) {
      try RowForm.check(record([Field(FieldNumber(0xFF01), .integer(1))]))
    }
  }
}

@Suite struct MintedIDs {
  private func record(_ id: RecordID, source: String = "s") -> Record {
    Record(
      kind: KindNumber(7), id: id, effective: Instant(nanosecondsSinceEpoch: 5),
      recorded: Instant(nanosecondsSinceEpoch: 6), source: source,
      fields: [Field(FieldNumber(1), .text("AAPL"))])
  }

  @Test("a given id is its text, a minted one a version 8 UUID of content and occurrence")
  func known() {
    #expect(record(.given("abc")).idText() == "abc")
    // Worked out with hashlib over the bytes that the format names.
    #expect(record(.minted(occurrence: 0)).idText() == "ebbddd09-9ed7-8f81-a59e-6084044b801f")
    #expect(record(.minted(occurrence: 1)).idText() == "2078d9ef-9313-80fd-84df-5a2be6d97093")
    #expect(
      record(.minted(occurrence: 0), source: "t").idText() != "ebbddd09-9ed7-8f81-a59e-6084044b801f"
    )
  }

  @Test("what the ledger adds does not change a minted id")
  func contentOnly() {
    var changed = record(.minted(occurrence: 0))
    changed.recorded = .distantFuture
    changed.subject = "portfolio"
    changed.actor = "alice"
    changed.correlation = "c"
    changed.causation = "d"
    #expect(changed.idText() == record(.minted(occurrence: 0)).idText())
    changed.extensions = "{}"
    #expect(changed.idText() != record(.minted(occurrence: 0)).idText())
  }
}
