import Records

extension IDTable {

  /// Reads on in the file: the runs' heads and filters, as far as they fit the segment's blocks.
  func load(_ content: inout Content, blocks: [BlockPlace]) {
    // A table that cannot be read is as good as none.
    guard let file = try? context.storage.open(path, .read),
      let size = try? file.size(),
      let header = try? context.read(file, at: 0, count: Self.headerByteCount),
      header == encodedHeader()
    else { return }
    guard content.runs.isEmpty || content.fileEnd != nil else { return }
    var offset = content.fileEnd ?? UInt64(Self.headerByteCount)
    content.fileEnd = offset
    for block in blocks[content.runs.count...] {
      guard let head = try? context.read(file, at: offset, count: Self.runHeaderByteCount),
        let (run, length, filterChecksum) = try? Self.decodeRun(head),
        run.tag == block.tag, run.count == block.count
      else { return }
      let filterOffset = offset + UInt64(Self.runHeaderByteCount)
      let entriesOffset = filterOffset + UInt64(length)
      let end = entriesOffset + UInt64(run.count * Self.entryByteCount)
      guard end <= size, let bytes = try? context.read(file, at: filterOffset, count: length),
        Checksum.of(bytes) == filterChecksum, let filter = BloomFilter(bytes: bytes),
        case .file(_, let checksum) = run.entries
      else { return }
      content.runs.append(
        Run(
          tag: run.tag, count: run.count, filter: filter,
          entries: .file(offset: entriesOffset, checksum: checksum)))
      offset = end
      content.fileEnd = offset
    }
  }

  private func encodedHeader() -> [UInt8] {
    var writer = ByteWriter(capacity: Self.headerByteCount)
    writer.raw(Self.magic)
    writer.u32(UInt32(FormatLimits.version))
    writer.u32(0)
    writer.raw(context.identity.bytes)
    writer.u64(first.rawValue)
    writer.zeros(16)
    writer.u64(Checksum.of(writer.bytes))
    return writer.bytes
  }

  /// The run without its filter, the filter's length and checksum.
  private static func decodeRun(_ bytes: [UInt8]) throws(BlockError) -> (Run, Int, UInt64) {
    var reader = ByteReader(bytes)
    let body = try reader.range(40, "run header")
    let stored = try reader.u64("run checksum")
    let computed = Checksum.of(bytes[body])
    guard stored == computed else {
      throw .checksum(field: "run header", offset: 0, stored: stored, computed: computed)
    }
    reader = ByteReader(bytes)
    guard try reader.raw(4, "run magic") == runMagic else {
      throw .mismatch(field: "run magic", offset: 0, expected: "FBRN", found: "other bytes")
    }
    let count = try reader.count("count", most: FormatLimits.blockRecordsMax)
    let filterLength = try reader.count("filter length", most: FormatLimits.headerBytesMax)
    _ = try reader.u32("reserved")
    let tag = try reader.u64("tag")
    let filterChecksum = try reader.u64("filter checksum")
    let checksum = try reader.u64("entries checksum")
    return (
      Run(tag: tag, count: count, filter: .empty, entries: .file(offset: 0, checksum: checksum)),
      filterLength, filterChecksum
    )
  }

  /// Adds a run to the file, and forgets its entries where that worked. What does not work is not
  /// an error: the table stays in memory.
  func write(_ run: inout Run, _ content: inout Content) {
    let unwritten = run
    guard unwritten.isInMemory else { return }
    do {
      let file: any StorageFile
      if content.fileEnd == nil {
        // Only a whole table is worth a file.
        guard content.runs.isEmpty || content.runs.allSatisfy(\.isInMemory) else { return }
        try context.storage.makeDirectory(context.summaryDirectory)
        file = try context.storage.open(path, .create)
        try file.write(encodedHeader(), at: 0)
        var end = UInt64(Self.headerByteCount)
        for index in content.runs.indices {
          try Self.write(&content.runs[index], file, &end)
        }
        content.fileEnd = end
      } else {
        file = try context.storage.open(path, .readWrite)
      }
      guard var end = content.fileEnd else { return }
      try Self.write(&run, file, &end)
      content.fileEnd = end
    } catch {
      content.fileEnd = nil
      run = unwritten
    }
  }

  private static func write(
    _ run: inout Run, _ file: any StorageFile, _ end: inout UInt64
  ) throws {
    guard case .memory(let keys, let rows) = run.entries else { return }
    var entries = ByteWriter(capacity: keys.count * entryByteCount)
    for key in keys { entries.u32(key) }
    for row in rows { entries.u16(row) }
    let checksum = Checksum.of(entries.bytes)
    var writer = ByteWriter(capacity: 48 + run.filter.bytes.count + entries.bytes.count)
    writer.raw(runMagic)
    writer.u32(UInt32(run.count))
    writer.u32(UInt32(run.filter.bytes.count))
    writer.u32(0)
    writer.u64(run.tag)
    writer.u64(Checksum.of(run.filter.bytes))
    writer.u64(checksum)
    writer.u64(Checksum.of(writer.bytes))
    writer.raw(run.filter.bytes)
    let entriesOffset = end + UInt64(writer.bytes.count)
    writer.raw(entries.bytes)
    try file.write(writer.bytes, at: end)
    end += UInt64(writer.bytes.count)
    run.entries = .file(offset: entriesOffset, checksum: checksum)
  }

  /// Null where the file no longer holds them.
  func entries(of run: Run) -> ([UInt32], [UInt16])? {
    switch run.entries {
    case .memory(let keys, let rows): return (keys, rows)
    case .file(let offset, let checksum):
      let count = run.count * Self.entryByteCount
      guard let file = try? context.storage.open(path, .read),
        let bytes = try? context.read(file, at: offset, count: count),
        bytes.count == count, Checksum.of(bytes) == checksum
      else { return nil }
      var reader = ByteReader(bytes)
      var keys: [UInt32] = []
      var rows: [UInt16] = []
      do throws(BlockError) {
        for _ in 0..<run.count { keys.append(try reader.u32("key")) }
        for _ in 0..<run.count { rows.append(try reader.u16("row")) }
      } catch {
        return nil
      }
      return (keys, rows)
    }
  }
}

extension IDTable.Run {
  var isInMemory: Bool { fileEnd == nil }

  /// Where the run ends in the file; null for one that is in memory.
  var fileEnd: UInt64? {
    if case .file(let offset, _) = entries {
      offset + UInt64(count * IDTable.entryByteCount)
    } else {
      nil
    }
  }
}
