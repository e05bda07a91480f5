import Records

extension EventLog {
  /// Packs the journal, and seals all segments.
  ///
  /// - Throws: ``LogError``. What was acknowledged is intact, whatever fails.
  public func seal() throws(LogError) {
    gate.enter()
    defer { gate.leave() }
    try asLogError { () throws in
      try withLock { () throws in
        let view = try viewForWriting()
        if let journal = view.journal, journal.count > 0 { try pack() }
        try sealSegments { _ in true }
        noteMaintenance(nil)
      }
    }
  }

  /// Packs and seals what is due. What fails here is no matter of the append before it.
  func maintain() {
    do throws(LogError) {
      guard let journal = view.journal, latch == nil else { return }
      if journal.count >= context.options.eventsPerBlock
        || journal.rowBytes >= UInt64(context.options.journalBytesMax)
      {
        try pack()
      }
      try sealSegments { $0.isFull(context.options) }
      noteMaintenance(nil)
    } catch {
      noteMaintenance(error)
    }
  }

  /// Makes blocks of the journal's events. The caller holds gate and lock.
  private func pack() throws(LogError) {
    let view = view
    guard let journal = view.journal else { return }
    var sink = try BlockSink(context, view)
    var isOpen = false
    do throws(LogError) {
      let rows = journal.rows.records(from: journal.base, limit: .max, count: journal.count)
      for block in BlockCut.split(rows, context.options) { try write(block, to: &sink) }
      try sink.completeTables()
      try commit(sink, &isOpen)
    } catch {
      if !isOpen { sink.abandon() }
      throw error
    }
  }

  private func write(_ block: [SequencedRecord], to sink: inout BlockSink) throws(LogError) {
    do throws(StorageError) {
      try sink.append(block, ids: block.map { $0.record.idHash() })
    } catch {
      throw .storage(error)
    }
  }

  /// Makes the sink's blocks count, and shows them to readers.
  func commit(_ sink: BlockSink?, _ isOpen: inout Bool) throws(LogError) {
    guard let sink else { return }
    do throws(StorageError) {
      publish(try sink.commit(&isOpen))
    } catch {
      // Without a new journal in place nothing has changed; with one, it is unknown.
      if error.isSync || isOpen { latch(error) }
      throw .storage(error)
    }
  }

  /// Seals open segments. The caller holds gate and lock.
  private func sealSegments(where isDue: (Segment) -> Bool) throws(LogError) {
    for segment in view.segments where !segment.isSealed && isDue(segment) {
      var view = view
      guard let index = view.pieceIndex(of: segment.first) else { continue }
      let sealed: Segment
      do throws(LogError) {
        sealed = try SegmentSealer(context, frontierBefore: frontier(before: segment)).seal(segment)
      } catch {
        if case .storage(let cause) = error, cause.isSync { latch(cause) }
        throw error
      }
      view.pieces[index] = .segment(sealed)
      publish(view)
      context.counters.count { $0.segmentsSealed += 1 }
    }
  }
}

/// Rewrites a segment with the best compression, and closes it with a footer.
struct SegmentSealer {
  private let context: LogContext
  private let frontierBefore: MerkleFrontier

  init(_ context: LogContext, frontierBefore: MerkleFrontier) {
    self.context = context
    self.frontierBefore = frontierBefore
  }

  /// - Returns: The sealed segment, in the place of the one given.
  func seal(_ segment: Segment) throws(LogError) -> Segment {
    let temporary = segment.path + ".tmp"
    do {
      return try write(segment, temporary)
    } catch {
      try? context.storage.remove(temporary)
      throw error
    }
  }

  private func write(_ segment: Segment, _ temporary: String) throws(LogError) -> Segment {
    try asLogError { () throws in
      let file = try context.storage.open(temporary, .create)
      try file.write(segment.header.encoded(), at: 0)
      var offset = UInt64(SegmentHeader.byteCount)
      var blocks: [BlockPlace] = []
      var frontier = frontierBefore
      var hashes: [UInt64] = []
      for (index, place) in segment.blocks.enumerated() {
        let end =
          index + 1 < segment.blocks.count ? segment.blocks[index + 1].offset : segment.end
        let stored = try context.read(
          segment.file, at: place.offset, count: Int(end - place.offset))
        let (bytes, ids) = try segment.damageReported(index) { () throws in
          let packed = try BlockEncoder.repack(
            stored, level: .high)
          let reader = try BlockReader(block: packed)
          guard reader.header.leafHash == place.leafHash else {
            throw BlockError.mismatch(
              field: "leaf hash", offset: 0, expected: "\(place.leafHash)",
              found: "\(reader.header.leafHash)")
          }
          return (packed, try reader.idHashes())
        }
        try file.write(bytes, at: offset)
        blocks.append(
          BlockPlace(
            offset: offset, first: place.first, count: place.count, leafHash: place.leafHash))
        offset += UInt64(bytes.count)
        frontier.append(place.leafHash)
        hashes += ids
      }
      let filter = BloomFilter(hashes: hashes)
      let footer = SegmentFooter(
        blocks: blocks, filterOffset: offset, filter: filter, frontierBefore: frontierBefore,
        frontierAfter: frontier)
      try file.write(filter.bytes, at: offset)
      let footerOffset = offset + UInt64(filter.bytes.count)
      try file.write(footer.encoded(at: footerOffset), at: footerOffset)
      try context.sync(file)
      try context.storage.rename(temporary, to: segment.path)
      try context.syncDirectory()
      return Segment(
        file: SealedFile(segment.path, context), header: segment.header,
        blocks: blocks, footer: footer, end: offset)
    }
  }
}
