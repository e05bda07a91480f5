extension IntegerColumn {
  /// Reads a run of exactly `count` integers.
  ///
  /// - Parameter keys: The key of each value, where the column has a key column to look at.
  /// - Throws: ``BlockError`` for another count, and for anything that no encoder writes.
  static func decode(
    from reader: inout ByteReader, count: Int, keys: KeyIndices? = nil
  ) throws(BlockError) -> [Int64] {
    let start = reader.offset
    let flags = try reader.u8("transform")
    let transform = flags & 0x0F
    guard transform <= 3, flags & ~(divisorFlag | exceptionsFlag) == transform else {
      throw .malformed(field: "transform", offset: start, reason: "is \(flags): no such transform")
    }
    let width = Int(try reader.u8("width"))
    guard width <= 64 else {
      throw .malformed(field: "width", offset: start + 1, reason: "is \(width): more than 64")
    }
    let stored = try reader.u32("integer count")
    guard stored == count else {
      throw .malformed(
        field: "integer count", offset: start + 2, reason: "is \(stored), expected \(count)")
    }
    var bases = Bases()
    switch transform {
    case 1, 2:
      guard count >= Int(transform) else {
        throw .malformed(
          field: "transform", offset: start, reason: "is \(transform) for \(count) values")
      }
      bases.first = try reader.i64("first value")
      if transform == 2 { bases.difference = try reader.i64("first difference") }
    case 3: bases.firsts = try firsts(from: &reader, count: count, keys: keys, start: start)
    default: break
    }
    let residualCount: Int =
      switch transform {
      case 1, 2: count - Int(transform)
      case 3: count - bases.firsts.count
      default: count
      }
    let residuals = try residuals(
      from: &reader, flags: flags, width: width, count: residualCount)
    return undo(transform, residuals, bases, count: count, keys: keys)
  }

  /// What the first residuals are added to.
  private struct Bases {
    var first: Int64 = 0
    var difference: Int64 = 0
    var firsts: [Int64] = []
  }

  private static func firsts(
    from reader: inout ByteReader, count: Int, keys: KeyIndices?, start: Int
  ) throws(BlockError) -> [Int64] {
    let column = try reader.u16("key column")
    guard let keys, keys.column == column, keys.indices.count == count else {
      throw .malformed(
        field: "key column", offset: start,
        reason: "is \(column): no column of this group that has a dictionary and every value")
    }
    var seen = [Bool](repeating: false, count: keys.count)
    var different = 0
    for key in keys.indices where !seen[key] {
      seen[key] = true
      different += 1
    }
    // The first values have no keys of their own, so this does not go deeper than once.
    return try decode(from: &reader, count: different)
  }

  private static func residuals(
    from reader: inout ByteReader, flags: UInt8, width: Int, count: Int
  ) throws(BlockError) -> [Int64] {
    let least = try reader.i64("least")
    let divisor = flags & divisorFlag != 0 ? try reader.i64("divisor") : 1
    var exceptions: [(index: Int, offset: UInt64)] = []
    if flags & exceptionsFlag != 0 {
      let exceptionCount = try reader.count("exception count", most: count)
      // Twelve bytes each, so what remains bounds how many can come.
      exceptions.reserveCapacity(min(exceptionCount, reader.remaining / exceptionBytes))
      for _ in 0..<exceptionCount {
        let start = reader.offset
        let index = Int(try reader.u32("exception index"))
        guard index < count, exceptions.last.map({ $0.index < index }) ?? true else {
          throw .malformed(
            field: "exception index", offset: start, reason: "is \(index) of \(count)")
        }
        exceptions.append((index, try reader.u64("exception offset")))
      }
    }
    let packed = try reader.range(BitPacking.byteCount(width: width, count: count), "packed")
    var offsets = BitPacking.unpack(reader.bytes, in: packed, width: width, count: count)
    for exception in exceptions { offsets[exception.index] = exception.offset }
    if divisor == 1 { return offsets.map { least &+ Int64(bitPattern: $0) } }
    return offsets.map { least &+ divisor &* Int64(bitPattern: $0) }
  }

  private static func undo(
    _ transform: UInt8, _ residuals: [Int64], _ bases: Bases, count: Int, keys: KeyIndices?
  ) -> [Int64] {
    if transform == 0 { return residuals }
    var values: [Int64] = []
    values.reserveCapacity(count)
    switch transform {
    case 1:
      var value = bases.first
      values.append(value)
      for residual in residuals {
        value &+= residual
        values.append(value)
      }
    case 2:
      var value = bases.first
      var difference = bases.difference
      values.append(value)
      value &+= difference
      values.append(value)
      for residual in residuals {
        difference &+= residual
        value &+= difference
        values.append(value)
      }
    default:
      guard let keys else { preconditionFailure("first values were read by their keys") }
      var last = [Int64?](repeating: nil, count: keys.count)
      var (firstIndex, residualIndex) = (0, 0)
      for key in keys.indices {
        let value: Int64
        if let before = last[key] {
          value = before &+ residuals[residualIndex]
          residualIndex += 1
        } else {
          value = bases.firsts[firstIndex]
          firstIndex += 1
        }
        last[key] = value
        values.append(value)
      }
    }
    return values
  }
}
