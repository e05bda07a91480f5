import Records

/// The records of one kind in a block as one canonical run of bytes, whatever way the block keeps
/// them: the data of a market data leaf.
///
///     "FBCOL1" · u16 kind · u32 count · columns in ascending order of number and type
///     column  u16 number · u8 type · u8 form, then
///             form 0  every record has the same value: the value, once
///             form 1  otherwise, for each record: u8 0, or u8 1 and the value
///
/// The columns are the payload's fields, the envelope's, and the sequence (0xFF00, integer); one
/// in which no record has a value is left out. Values are as in RowForm, without their type.
enum CanonicalColumns {
  static let magic: [UInt8] = Array("FBCOL1".utf8)

  /// The leaf hash over the canonical columns.
  static func leafHash(_ group: KindColumns) -> Digest {
    var stream = DigestStream()
    stream.update([0])
    // Hashed as they are made: a text of the dictionary can stand for many in the columns.
    write(group) { stream.update($0) }
    return stream.finish()
  }

  /// The canonical columns themselves.
  static func bytes(_ group: KindColumns) -> [UInt8] {
    var result: [UInt8] = []
    write(group) { result.append(contentsOf: $0) }
    return result
  }

  private static let chunkBytes = 1 << 16

  private static func write(_ group: KindColumns, to sink: ([UInt8]) -> Void) {
    var writer = ByteWriter(capacity: chunkBytes + 1024)
    writer.raw(magic)
    writer.u16(group.kind.rawValue)
    writer.u32(UInt32(group.count))
    let sequence = Column(
      number: ColumnNumber.sequence, type: .integer, presence: [],
      values: .integers(group.sequences.map(Int64.init)))
    var isSequenceWritten = false
    for column in group.columns {
      if !isSequenceWritten, column.number > ColumnNumber.sequence {
        write(sequence, count: group.count, into: &writer, sink)
        isSequenceWritten = true
      }
      write(column, count: group.count, into: &writer, sink)
    }
    if !isSequenceWritten { write(sequence, count: group.count, into: &writer, sink) }
    sink(writer.bytes)
  }

  private static func write(
    _ column: Column, count: Int, into writer: inout ByteWriter, _ sink: ([UInt8]) -> Void
  ) {
    writer.u16(column.number)
    writer.u8(column.type.rawValue)
    if column.presence.isEmpty, isConstant(column.values) {
      writer.u8(0)
      writer.value(column.values.value(at: 0, as: column.type))
      return
    }
    writer.u8(1)
    if column.presence.isEmpty, case .integers(let values) = column.values {
      return write(values, as: column.type, into: &writer, sink)
    }
    var next = 0
    for row in 0..<count {
      if column.presence.isEmpty || column.presence[row] {
        writer.u8(1)
        writer.value(column.values.value(at: next, as: column.type))
        next += 1
      } else {
        writer.u8(0)
      }
      flush(&writer, sink)
    }
  }

  /// The most frequent columns by far, without a switch a value.
  private static func write(
    _ values: [Int64], as type: FieldType, into writer: inout ByteWriter, _ sink: ([UInt8]) -> Void
  ) {
    for value in values {
      writer.u8(1)
      switch type {
      case .boolean: writer.u8(UInt8(truncatingIfNeeded: value))
      case .date: writer.i32(Int32(truncatingIfNeeded: value))
      default: writer.i64(value)
      }
      flush(&writer, sink)
    }
  }

  private static func flush(_ writer: inout ByteWriter, _ sink: ([UInt8]) -> Void) {
    guard writer.bytes.count >= chunkBytes else { return }
    sink(writer.bytes)
    writer.bytes.removeAll(keepingCapacity: true)
  }

  private static func isConstant(_ values: ColumnValues) -> Bool {
    switch values {
    case .integers(let values): values.allSatisfy { $0 == values[0] }
    case .decimals(let values): values.allSatisfy { $0 == values[0] }
    case .texts(let values):
      values.dictionary.count == 1
        || values.dictionary.allSatisfy { sameBytes($0, values.dictionary[0]) }
    case .bytes(let values): values.allSatisfy { $0 == values[0] }
    }
  }
}
