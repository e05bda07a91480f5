import Records

extension LogVerification {
  /// Goes from block to block where there is no footer to say where they are, and behind damage
  /// looks for the next header that holds.
  mutating func walk(
    _ file: any StorageFile, _ size: UInt64, _ header: SegmentHeader, _ base: EventSequence?,
    _ progress: (UInt64) -> Void
  ) throws {
    var offset = UInt64(SegmentHeader.byteCount)
    var expected: BlockExpectation? = BlockExpectation(
      identity: context.identity, ordinal: header.firstOrdinal, first: header.first,
      previousTag: header.previousTag)
    var next = header.first
    while offset < size, base.map({ next < $0 }) ?? true {
      let range = next...next
      if let block = try verifyBlock(file, at: offset, room: size - offset, range, expected) {
        offset += UInt64(block.blockLength)
        next = block.last.next
        expected = BlockExpectation(
          identity: context.identity, ordinal: block.ordinal + 1, first: next,
          previousTag: block.tag)
        frontier.append(block.leafHash)
        progress(report.events)
      } else {
        guard let found = try findBlock(file, after: offset, size) else { return }
        offset = found
        expected = nil
      }
    }
  }

  /// Where the next block header that holds begins.
  func findBlock(
    _ file: any StorageFile, after offset: UInt64, _ size: UInt64
  ) throws -> UInt64? {
    var start = offset + 1
    while start + UInt64(BlockHeader.fixedLength) <= size {
      let chunk = try context.read(file, at: start, count: Int(min(size - start, 1 << 20)))
      guard chunk.count > BlockHeader.magic.count else { return nil }
      for index in 0...(chunk.count - BlockHeader.magic.count)
      where chunk[index] == BlockHeader.magic[0]
        && chunk[index..<(index + 4)].elementsEqual(BlockHeader.magic)
      {
        let place = start + UInt64(index)
        do throws(BlockReadError) {
          _ = try readBlockHeader(file, at: place, room: size - place, context)
          return place
        } catch {
          if case .storage(let cause) = error { throw cause }
        }
      }
      start += UInt64(chunk.count - BlockHeader.magic.count + 1)
    }
    return nil
  }

  /// The header of a block, if that holds; what of the block does not hold is a finding.
  mutating func verifyBlock(
    _ file: any StorageFile, at offset: UInt64, room: UInt64, _ range: ClosedRange<EventSequence>,
    _ expected: BlockExpectation?
  ) throws -> BlockHeader? {
    let header: BlockHeader
    do throws(BlockReadError) {
      header = try readBlockHeader(file, at: offset, room: room, context)
    } catch {
      guard let damage = error.logError(file.path, at: offset, range).damage else {
        throw error.logError(file.path, at: offset, range)
      }
      add(damage)
      return nil
    }
    report.blocks += 1
    let range = header.first...header.last
    if let objection = expected?.objection(to: header) {
      add(LogDamage(file: file.path, offset: offset, sequences: range, reason: objection))
    }
    let payload = offset + UInt64(header.headerLength)
    var isIntact = true
    for group in header.groups {
      let bytes = try context.read(
        file, at: payload + UInt64(group.offset), count: group.storedLength)
      if Checksum.of(bytes) != group.checksum {
        isIntact = false
        add(
          LogDamage(
            file: file.path, offset: payload + UInt64(group.offset), sequences: range,
            reason: "the checksum of the columns of kind \(group.kind) does not hold"))
      }
    }
    guard isIntact else { return header }
    if deep {
      let reader = BlockReader(header: header) { [context] start, count in
        try context.read(file, at: payload + UInt64(start), count: count)
      }
      for error in try reader.verify() {
        add(LogDamage(error, in: file.path, at: offset, range))
      }
    }
    report.events += UInt64(header.count)
    return header
  }
}
