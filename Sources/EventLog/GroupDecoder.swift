import ExactNumbers
import Records

/// Reads the columns of one group, each when it is asked for.
struct GroupDecoder {
  let group: ColumnGroup
  private let bytes: [UInt8]
  private let rows: Int
  private let symbolField: FieldNumber?
  /// The key column, once it has been read because another one needed it.
  private var keys: KeyIndices?
  private var keyColumn: Column?
  /// How many columns were decompressed.
  private(set) var decompressedCount = 0

  /// - Parameters:
  ///   - bytes: The group's stored bytes.
  ///   - rows: How many records the group has.
  ///   - symbolField: The field whose text may predict the numbers of its record.
  /// - Throws: ``BlockError`` when the bytes are not those that were stored.
  init(
    _ group: ColumnGroup, bytes: [UInt8], rows: Int, symbolField: FieldNumber?
  ) throws(BlockError) {
    let name = group.kind == ColumnGroup.rowOrder ? "row order" : "group of kind \(group.kind)"
    guard bytes.count == group.storedLength else {
      throw .truncated(
        field: name, offset: group.offset, have: bytes.count, need: group.storedLength)
    }
    let computed = Checksum.of(bytes)
    guard computed == group.checksum else {
      throw .checksum(
        field: name, offset: group.offset, stored: group.checksum, computed: computed)
    }
    self.group = group
    self.bytes = bytes
    self.rows = rows
    self.symbolField = symbolField
  }

  /// The column at an index of the group's entries.
  mutating func column(at index: Int) throws(BlockError) -> Column {
    let entry = group.columns[index]
    do throws(BlockError) {
      if let keyIndex = keyIndex(), keyIndex != index, predictable(entry.type) {
        try readKeys(at: keyIndex)
      } else if let keyColumn, keyColumn.key == entry.key {
        return keyColumn
      }
      let raw = try raw(at: index)
      return try ColumnForm.decode(
        raw, number: entry.number, type: entry.type, rows: rows, keys: keys
      ).column
    } catch {
      throw error.within("kind \(group.kind), column \(entry.number)")
    }
  }

  /// The column of a number and type; null when no record has such a value.
  mutating func column(_ number: UInt16, _ type: FieldType) throws(BlockError) -> Column? {
    guard let index = group.columns.firstIndex(where: { $0.number == number && $0.type == type })
    else { return nil }
    return try column(at: index)
  }

  mutating func columns() throws(BlockError) -> [Column] {
    var columns: [Column] = []
    columns.reserveCapacity(group.columns.count)
    for index in group.columns.indices { columns.append(try column(at: index)) }
    return columns
  }

  private func predictable(_ type: FieldType) -> Bool {
    switch type {
    case .integer, .decimal, .date, .instant, .boolean: true
    case .text, .json, .bytes: false
    }
  }

  private func keyIndex() -> Int? {
    guard let symbolField else { return nil }
    return group.columns.firstIndex { $0.number == symbolField.rawValue && $0.type == .text }
  }

  private mutating func readKeys(at index: Int) throws(BlockError) {
    guard keyColumn == nil else { return }
    let entry = group.columns[index]
    let (column, form) = try ColumnForm.decode(
      try raw(at: index), number: entry.number, type: entry.type, rows: rows, keys: nil)
    keyColumn = column
    if let form, form.hasDictionary, column.presence.isEmpty, case .texts(let texts) = column.values
    {
      keys = KeyIndices(
        column: column.number, indices: texts.indices, count: texts.dictionary.count)
    }
  }

  private mutating func raw(at index: Int) throws(BlockError) -> [UInt8] {
    // The header was refused unless its columns make up the group exactly.
    let start = group.columns[..<index].reduce(0) { $0 + $1.storedLength }
    let entry = group.columns[index]
    let stored = bytes[start..<(start + entry.storedLength)]
    switch entry.codec {
    case .raw: return Array(stored)
    case .lz4:
      decompressedCount += 1
      guard let raw = LZ4.decompress(stored, rawLength: entry.rawLength) else {
        throw .malformed(
          field: "LZ4", offset: group.offset + start,
          reason: "does not decompress to \(entry.rawLength) bytes")
      }
      return raw
    }
  }
}

extension GroupDecoder {
  /// The row order: for each record the index of its kind among the block's kinds.
  ///
  /// - Throws: ``BlockError`` when it does not agree with the kinds' counts.
  mutating func rowOrder(kinds: [BlockKind]) throws(BlockError) -> [Int] {
    guard case .integers(let values) = try column(at: 0).values else {
      preconditionFailure("the row order is a column of integers")
    }
    var counts = [Int](repeating: 0, count: kinds.count)
    var order: [Int] = []
    order.reserveCapacity(values.count)
    for value in values {
      guard value >= 0, value < kinds.count else {
        throw .malformed(
          field: "row order", offset: group.offset, reason: "names kind \(value) of \(kinds.count)")
      }
      counts[Int(value)] += 1
      order.append(Int(value))
    }
    guard counts == kinds.map(\.count) else {
      throw .malformed(
        field: "row order", offset: group.offset, reason: "does not agree with the kinds' counts")
    }
    return order
  }
}
