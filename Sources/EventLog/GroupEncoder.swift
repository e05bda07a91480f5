import Records

/// Turns the columns of a kind into a group's stored bytes, each column as small as it gets.
struct GroupEncoder {
  let level: CompressionLevel

  /// - Parameter symbolField: The field whose text predicts the numbers of its record.
  func encode(_ group: KindColumns, symbolField: FieldNumber?) -> (ColumnGroup, [UInt8]) {
    var stored: [UInt8] = []
    var entries: [ColumnEntry] = []
    // The key column comes first, since its form decides whether it can be one.
    var keys: KeyIndices?
    var keyColumn: (entry: ColumnEntry, bytes: [UInt8])?
    if let symbolField, let column = group.column(symbolField, .text), column.presence.isEmpty,
      case .texts(let texts) = column.values
    {
      let (entry, bytes, form) = encode(column, keys: nil, isKey: true)
      keyColumn = (entry, bytes)
      if let form, form.hasDictionary {
        keys = KeyIndices(
          column: column.number, indices: texts.indices, count: texts.dictionary.count)
      }
    }
    for column in group.columns {
      let entry: ColumnEntry
      let bytes: [UInt8]
      if let keyColumn, keyColumn.entry.key == column.key {
        (entry, bytes) = keyColumn
      } else {
        (entry, bytes, _) = encode(column, keys: keys, isKey: false)
      }
      entries.append(entry)
      stored.append(contentsOf: bytes)
    }
    return (Self.group(group.kind.rawValue, entries, stored), stored)
  }

  /// The row order: for each record the place of its kind among the block's kinds.
  func encode(rowOrder: [Int64]) -> (ColumnGroup, [UInt8]) {
    let column = Column(number: 0, type: .integer, presence: [], values: .integers(rowOrder))
    let (entry, bytes, _) = encode(column, keys: nil, isKey: false)
    return (Self.group(ColumnGroup.rowOrder, [entry], bytes), bytes)
  }

  /// The entry of a group whose place in the payload is not known yet.
  static func group(_ kind: UInt16, _ columns: [ColumnEntry], _ stored: [UInt8]) -> ColumnGroup {
    ColumnGroup(
      kind: kind, columns: columns, offset: 0, storedLength: stored.count,
      checksum: Checksum.of(stored))
  }

  private func encode(
    _ column: Column, keys: KeyIndices?, isKey: Bool
  ) -> (ColumnEntry, [UInt8], TextColumn.Form?) {
    var textForms: [TextColumn.Form] = [.dictionary]
    var hasTexts = false
    if case .texts(let texts) = column.values {
      hasTexts = true
      textForms = TextColumn.forms(of: texts, isKey: isKey)
    }
    var best: (ColumnEntry, [UInt8], TextColumn.Form?)?
    for form in textForms {
      var tried: [[UInt8]] = []
      for style in styles {
        let raw = ColumnForm.encode(column, textForm: form, keys: keys, style: style)
        if tried.contains(raw) { continue }
        tried.append(raw)
        let (entry, bytes) = compress(raw, number: column.number, type: column.type)
        if best.map({ bytes.count < $0.1.count }) ?? true {
          best = (entry, bytes, hasTexts ? form : nil)
        }
      }
    }
    guard let best else { preconditionFailure("a column has at least one form") }
    return best
  }

  func compress(
    _ raw: [UInt8], number: UInt16, type: FieldType
  ) -> (ColumnEntry, [UInt8]) {
    let compressed = LZ4.compress(raw, level: level)
    let bytes = compressed ?? raw
    return (
      ColumnEntry(
        number: number, type: type, codec: compressed == nil ? .raw : .lz4,
        storedLength: bytes.count, rawLength: raw.count), bytes
    )
  }

  private var styles: [IntegerColumn.Style] {
    switch level {
    case .fast: [.packed, .aligned]
    case .high:
      [.packed, .aligned, .alignedTransform(0), .alignedTransform(1), .alignedTransform(2)]
    }
  }
}
