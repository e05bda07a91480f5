import ExactNumbers
import Records
import TestSupport
import Testing

@testable import EventLog

@Suite struct Blocks {
  @Test("records of every shape come back from a block, byte for byte", arguments: 1...24)
  func roundTrip(seed: UInt64) throws {
    let records = BlockSamples.mixed([1, 2, 5, 30][Int(seed) % 4], seed: seed)
    let level: CompressionLevel = seed % 2 == 0 ? .fast : .high
    let block = BlockSamples.block(records, first: 100, level: level)
    let reader = try BlockReader(block: block)
    #expect(
      BlockSamples.rows(try reader.records()) == BlockSamples.rows(records, first: 100),
      "seed \(seed)")
    #expect(try reader.verify(registry: BlockSamples.registry) == [], "seed \(seed)")
    #expect(try reader.idHashes() == records.map { $0.idHash() }, "seed \(seed)")
  }

  @Test("ticks, trades and both come back", arguments: [CompressionLevel.fast, .high])
  func families(level: CompressionLevel) throws {
    let ticks = BlockSamples.ticks(600, seed: 1)
    let trades = BlockSamples.trades(200, seed: 2)
    for records in [ticks, trades, ticks + trades] {
      let reader = try BlockReader(block: BlockSamples.block(records, level: level))
      #expect(BlockSamples.rows(try reader.records()) == BlockSamples.rows(records))
      #expect(try reader.verify(registry: BlockSamples.registry) == [])
    }
  }

  @Test("the header says what the block holds")
  func header() throws {
    let records = BlockSamples.ticks(40, seed: 1) + BlockSamples.trades(10, seed: 2)
    let block = BlockSamples.block(records, first: 7, ordinal: 3, previousTag: 99)
    let header = try BlockHeader.decode(block)
    #expect(header.identity == BlockSamples.identity)
    #expect(header.ordinal == 3)
    #expect(header.first == EventSequence(7))
    #expect(header.last == EventSequence(56))
    #expect(header.count == 50)
    #expect(header.previousTag == 99)
    #expect(header.blockLength == block.count)
    #expect(header.kinds.map(\.kind) == [BlockSamples.trade, BlockSamples.tick])
    #expect(header.kinds.map(\.count) == [10, 40])
    #expect(header.kinds.map(\.isMarketData) == [false, true])
    #expect(header.kind(BlockSamples.trade)?.portfolioField == FieldNumber(2))
    #expect(header.kind(BlockSamples.quote) == nil)
    #expect(header.leafCount == 11)
    #expect(header.recorded.lowerBound == records.map(\.recorded).min())
    #expect(header.recorded.upperBound == records.map(\.recorded).max())
    #expect(header.effective.lowerBound == records.map(\.effective).min())
    #expect(header.effective.upperBound == records.map(\.effective).max())
    #expect(header.leafHash.prefix == header.tag)
    #expect(try BlockHeader.headerLength(inFixed: Array(block.prefix(160))) == header.headerLength)
    for record in records {
      let traits = BlockSamples.registry[record.kind]
      if let portfolio = record.portfolio(traits) {
        #expect(header.portfolios.mayContain(portfolio))
      }
      if let symbol = record.symbol(traits) { #expect(header.symbols.mayContain(symbol)) }
    }
    #expect(
      try BlockHeader.decode(BlockSamples.block(BlockSamples.ticks(3, seed: 1))).portfolios
        == .empty)
  }

  @Test("filters have no false no, also where the subject says the portfolio", arguments: 1...10)
  func filters(seed: UInt64) throws {
    let records = BlockSamples.mixed(60, seed: seed)
    let header = try BlockHeader.decode(BlockSamples.block(records))
    for record in records {
      let traits = BlockSamples.registry[record.kind]
      if let portfolio = record.portfolio(traits) {
        #expect(header.portfolios.mayContain(portfolio), "seed \(seed)")
      }
      if let symbol = record.symbol(traits) {
        #expect(header.symbols.mayContain(symbol), "seed \(seed)")
      }
    }
  }

  @Test("packing anew changes neither records nor leaves nor tag")
  func repack() throws {
    let records = BlockSamples.ticks(300, seed: 5) + BlockSamples.mixed(40, seed: 6)
    let block = BlockSamples.block(records, first: 50, ordinal: 2, previousTag: 7)
    let packed = try BlockEncoder.repack(block, level: .high)
    let (before, after) = (try BlockHeader.decode(block), try BlockHeader.decode(packed))
    #expect(packed.count <= block.count)
    #expect(after.tag == before.tag)
    #expect(after.leavesRoot == before.leavesRoot)
    #expect(after.previousTag == 7)
    let reader = try BlockReader(block: packed)
    #expect(BlockSamples.rows(try reader.records()) == BlockSamples.rows(records, first: 50))
    #expect(try reader.verify(registry: BlockSamples.registry) == [])
  }

  @Test("a record is found by its sequence")
  func recordAt() throws {
    let records = BlockSamples.mixed(30, seed: 8)
    let reader = try BlockReader(block: BlockSamples.block(records, first: 10))
    for (index, record) in records.enumerated() {
      #expect(try reader.record(at: EventSequence(UInt64(index) + 10))?.record == record)
    }
    #expect(try reader.record(at: EventSequence(9)) == nil)
    #expect(try reader.record(at: EventSequence(40)) == nil)
  }
}

@Suite struct BlockSkipping {
  private let records = BlockSamples.ticks(400, seed: 1) + BlockSamples.trades(20, seed: 2)

  @Test("reading one kind touches no byte of another")
  func oneKind() throws {
    let block = BlockSamples.block(records)
    let header = try BlockHeader.decode(block)
    var ranges: [Range<Int>] = []
    let reader = BlockReader(header: header) { offset, count in
      ranges.append(offset..<(offset + count))
      let start = header.headerLength + offset
      return Array(block[start..<(start + count)])
    }
    let read = try reader.records(kinds: [BlockSamples.trade])
    #expect(read.count == 20)
    #expect(read.allSatisfy { $0.record.kind == BlockSamples.trade })
    #expect(read.first?.sequence == EventSequence(401))
    let group = try #require(header.groups.first { $0.kind == BlockSamples.tick.rawValue })
    let ticks = group.offset..<(group.offset + group.storedLength)
    #expect(ranges.allSatisfy { !$0.overlaps(ticks) })
    #expect(reader.counters.bytesRead == header.payloadLength - group.storedLength)
    #expect(reader.counters.groupsRead == 2)
  }

  @Test("a kind that is not there costs nothing")
  func absentKind() throws {
    let reader = try BlockReader(block: BlockSamples.block(records))
    #expect(try reader.records(kinds: [BlockSamples.quote]).isEmpty)
    #expect(try reader.columns(of: BlockSamples.quote) == nil)
    #expect(reader.counters == BlockReadCounters())
  }

  @Test("a broken kind does not keep another from being read")
  func brokenNeighbour() throws {
    var block = BlockSamples.block(records)
    let header = try BlockHeader.decode(block)
    let group = try #require(header.groups.first { $0.kind == BlockSamples.tick.rawValue })
    block[header.headerLength + group.offset + 3] ^= 1
    let reader = try BlockReader(block: block)
    #expect(try reader.records(kinds: [BlockSamples.trade]).count == 20)
    #expect(throws: BlockError.self) { try reader.records() }
    let findings = try reader.verify()
    #expect(findings.map(\.field) == ["group of kind 120"])
  }

  @Test("given ids are read from their column alone")
  func idColumn() throws {
    let given = records.enumerated().map { index, record in
      var record = record
      record.id = .given("event \(index) of many")
      return record
    }
    let reader = try BlockReader(block: BlockSamples.block(given))
    #expect(try reader.idHashes() == given.map { $0.idHash() })
    // The id columns of two kinds, and the row order.
    #expect(reader.counters.columnsDecoded == 3)
  }

  @Test("columns give a kind's values without making records")
  func columns() throws {
    let reader = try BlockReader(block: BlockSamples.block(records))
    let ticks = try #require(try reader.columns(of: BlockSamples.tick))
    #expect(ticks.count == 400)
    #expect(ticks.sequences == Array(1...400))
    let prices = try #require(ticks.column(FieldNumber(2), .decimal))
    guard case .decimals(let values) = prices.values else {
      Issue.record("prices are decimals")
      return
    }
    #expect(values.map(FieldValue.decimal) == records.prefix(400).compactMap { $0[FieldNumber(2)] })
  }
}

@Suite struct BlockDamage {
  private let records = BlockSamples.mixed(10, seed: 21) + BlockSamples.ticks(6, seed: 3)

  @Test("every byte that flips is found, and what it broke is named")
  func flips() throws {
    let block = BlockSamples.block(records)
    let header = try BlockHeader.decode(block)
    var random = SeededGenerator(seed: 1)
    for index in block.indices {
      for mask in [UInt8(1) << UInt8.random(in: 0..<8, using: &random), 0xFF] {
        var changed = block
        changed[index] ^= mask
        let error = #expect(throws: BlockError.self) {
          _ = try BlockReader(block: changed).records()
        }
        guard let error, index >= header.headerLength else { continue }
        let group = header.groups.last { $0.offset <= index - header.headerLength }
        #expect(
          error.field.contains(
            group.map { $0.kind == 0xFFFF ? "row order" : "kind \($0.kind)" } ?? "-"))
      }
    }
  }

  @Test("a block cut short anywhere is refused")
  func truncation() throws {
    let block = BlockSamples.block(records)
    for length in 0..<block.count {
      #expect(throws: BlockError.self) { try BlockReader(block: Array(block.prefix(length))) }
    }
    #expect(try BlockReader(block: block + [1, 2, 3]).records().count == records.count)
  }

  @Test("a header with sound checksum but impossible content never traps", arguments: 1...12)
  func forgedHeaders(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let block = BlockSamples.block(records)
    let header = try BlockHeader.decode(block)
    let rows = BlockSamples.rows(records)
    for _ in 0..<40 {
      var changed = block
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        changed[Int.random(in: 16..<header.headerLength, using: &random)] =
          [0, 1, 0xFF, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
      }
      var writer = ByteWriter()
      writer.bytes = changed
      writer.replace(
        at: 8, with: Checksum.of(changed[..<header.headerLength], zeroingEightAt: 8))
      guard let reader = try? BlockReader(block: writer.bytes),
        let read = try? reader.records()
      else { continue }
      // What still reads is either the same or is found by verifying.
      if BlockSamples.rows(read) != rows {
        #expect(try !reader.verify().isEmpty, "seed \(seed)")
      }
    }
  }

  @Test("a group with sound checksum but impossible content never traps", arguments: 1...12)
  func forgedGroups(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let block = BlockSamples.block(records)
    var header = try BlockHeader.decode(block)
    let rows = BlockSamples.rows(records)
    for _ in 0..<30 {
      var payload = Array(block[header.headerLength...])
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        payload[Int.random(in: payload.indices, using: &random)] =
          [0, 1, 0xFF, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
      }
      for index in header.groups.indices {
        let group = header.groups[index]
        header.groups[index].checksum = Checksum.of(
          payload[group.offset..<(group.offset + group.storedLength)])
      }
      let reader = try BlockReader(block: header.encode() + payload)
      guard let read = try? reader.records() else { continue }
      if BlockSamples.rows(read) != rows {
        #expect(try !reader.verify().isEmpty, "seed \(seed)")
      }
    }
  }

  @Test("a later format is told from damage")
  func newerFormat() throws {
    var writer = ByteWriter()
    writer.bytes = BlockSamples.block(records)
    let header = try BlockHeader.decode(writer.bytes)
    writer.bytes[146] = 2
    #expect(throws: BlockError.self) { try BlockHeader.decode(writer.bytes) }
    let checksum = Checksum.of(writer.bytes[..<header.headerLength], zeroingEightAt: 8)
    writer.replace(at: 8, with: checksum)
    #expect(throws: BlockError.newerFormat(found: 2, known: 1)) {
      try BlockHeader.decode(writer.bytes)
    }
  }

  @Test("deep verification finds zone maps and traits that lie")
  func lyingHeader() throws {
    let block = BlockSamples.block(records)
    let sound = try BlockHeader.decode(block)
    let payload = block[sound.headerLength...]
    func fields(_ change: (inout BlockHeader) -> Void) throws -> [String] {
      var header = sound
      change(&header)
      let reader = try BlockReader(block: header.encode() + payload)
      return try reader.verify(registry: BlockSamples.registry).map(\.field)
    }
    #expect(try fields { _ in } == [])
    #expect(try fields { $0.leavesRoot = MerkleTree.emptyRoot } == ["leaves root"])
    #expect(try fields { $0.leafCount += 1 } == ["leaf count"])
    #expect(try fields { $0.first = $0.first.next } == ["leaves root"])
    #expect(
      try fields { $0.recorded = .distantPast ... .distantFuture } == ["recorded range"])
    #expect(
      try fields { $0.effective = .distantFuture ... .distantFuture } == ["effective range"])
    #expect(try fields { $0.portfolios = BloomFilter(hashes: [1]) } == ["portfolio filter"])
    #expect(try fields { $0.symbols = .empty } == ["symbol filter"])
    #expect(
      try fields { $0.kinds[0].isMarketData.toggle() }.contains("traits of kind 0"))
  }
}

@Suite struct BlockLeafHashes {
  private func rows(_ records: [Record]) -> [SequencedRecord] {
    records.enumerated().map {
      SequencedRecord(sequence: EventSequence(UInt64($0.offset) + 1), record: $0.element)
    }
  }

  @Test("leaves of records are those of the block that holds them", arguments: 1...10)
  func same(seed: UInt64) throws {
    let records = BlockSamples.mixed(30, seed: seed) + BlockSamples.ticks(20, seed: seed)
    let reader = try BlockReader(block: BlockSamples.block(records))
    let leaves = BlockLeaves.hashes(rows(records), registry: BlockSamples.registry)
    #expect(try reader.leaves() == leaves)
    #expect(reader.header.leafCount == leaves.count)
    #expect(MerkleTree.root(of: leaves) == reader.header.leavesRoot)
    #expect(
      BlockLeaves.blockLeaf(
        rows(records), identity: BlockSamples.identity, registry: BlockSamples.registry)
        == reader.header.leafHash)
  }

  @Test("ordinary records come first and one by one, then each kind of market data by its number")
  func order() throws {
    let ticks = BlockSamples.ticks(3, seed: 1)
    let trades = BlockSamples.trades(2, seed: 1)
    var quote = ticks[0]
    quote.kind = BlockSamples.quote
    let records = rows([quote, ticks[0], trades[0], ticks[1], trades[1], ticks[2]])
    let leaves = BlockLeaves.hashes(records, registry: BlockSamples.registry)
    #expect(leaves.count == 4)
    #expect(leaves[0] == BlockLeaves.rowLeaf(records[2]))
    #expect(leaves[1] == BlockLeaves.rowLeaf(records[4]))
    let groups = KindColumnsBuilder.group([records[1], records[3], records[5]])
    #expect(leaves[2] == MerkleTree.leafHash(CanonicalColumns.bytes(groups[0])))
  }

  @Test("canonical columns are what the format says, to the byte")
  func canonicalBytes() throws {
    func tick(_ symbol: String, _ size: Int64?) -> Record {
      Record(
        kind: BlockSamples.tick, id: .minted(occurrence: 0),
        effective: Instant(nanosecondsSinceEpoch: 3), recorded: Instant(nanosecondsSinceEpoch: 4),
        source: "s",
        fields: [Field(FieldNumber(1), .text(symbol))]
          + (size.map { [Field(FieldNumber(3), .integer($0))] } ?? []))
    }
    let group = KindColumnsBuilder.group(rows([tick("A", nil), tick("B", 5)]))[0]
    var expected = Array("FBCOL1".utf8)
    expected += [120, 0, 2, 0, 0, 0]
    expected += [1, 0, 3, 1, 1, 1, 0, 0, 0, 0x41, 1, 1, 0, 0, 0, 0x42]
    expected += [3, 0, 1, 1, 0, 1, 5, 0, 0, 0, 0, 0, 0, 0]
    expected += [0, 0xFF, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0]
    expected += [1, 0xFF, 6, 0, 3, 0, 0, 0, 0, 0, 0, 0]
    expected += [2, 0xFF, 6, 0, 4, 0, 0, 0, 0, 0, 0, 0]
    expected += [4, 0xFF, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    expected += [5, 0xFF, 3, 0, 1, 0, 0, 0, 0x73]
    #expect(CanonicalColumns.bytes(group) == expected)
    #expect(CanonicalColumns.leafHash(group) == MerkleTree.leafHash(expected))
  }
}
