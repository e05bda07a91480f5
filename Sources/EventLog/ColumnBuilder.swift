import ExactNumbers
import Records

/// Gathers the records of one kind into columns.
struct KindColumnsBuilder {
  let kind: KindNumber
  private var sequences: [UInt64] = []
  /// In ascending order of their keys.
  private var builders: [ColumnBuilder] = []

  init(kind: KindNumber) { self.kind = kind }

  /// - Precondition: Sequences ascend, and the record's fields do.
  mutating func append(_ record: Record, sequence: UInt64) {
    let row = sequences.count
    sequences.append(sequence)
    // Fields and builders both ascend: one walk along both meets every column.
    var slot = 0
    for field in record.fields {
      precondition(
        field.number.rawValue < ColumnNumber.envelopeStart, "a field is not one of the envelope's")
      slot = find(field.number.rawValue, field.value.type, from: slot)
      builders[slot].append(field.value, row: row)
    }
    slot = find(ColumnNumber.effective, .instant, from: slot)
    builders[slot].append(record.effective.nanosecondsSinceEpoch, row: row)
    slot = find(ColumnNumber.recorded, .instant, from: slot)
    builders[slot].append(record.recorded.nanosecondsSinceEpoch, row: row)
    switch record.id {
    case .given(let text): append(text, ColumnNumber.givenID, row: row, from: &slot)
    case .minted(let occurrence):
      slot = find(ColumnNumber.occurrence, .integer, from: slot)
      builders[slot].append(Int64(occurrence), row: row)
    }
    append(record.source, ColumnNumber.source, row: row, from: &slot)
    append(record.subject, ColumnNumber.subject, row: row, from: &slot)
    append(record.actor, ColumnNumber.actor, row: row, from: &slot)
    append(record.correlation, ColumnNumber.correlation, row: row, from: &slot)
    append(record.causation, ColumnNumber.causation, row: row, from: &slot)
    if let extensions = record.extensions {
      slot = find(ColumnNumber.extensions, .json, from: slot)
      builders[slot].append(extensions, row: row)
    }
  }

  private mutating func append(_ text: String?, _ number: UInt16, row: Int, from slot: inout Int) {
    guard let text else { return }
    slot = find(number, .text, from: slot)
    builders[slot].append(text, row: row)
  }

  /// The place of a column's builder, at or after `slot`; made when it is not there.
  private mutating func find(_ number: UInt16, _ type: FieldType, from slot: Int) -> Int {
    let key = UInt32(number) << 8 | UInt32(type.rawValue)
    var slot = slot
    while slot < builders.count, builders[slot].key < key { slot += 1 }
    if slot == builders.count || builders[slot].key != key {
      builders.insert(ColumnBuilder(number: number, type: type), at: slot)
    }
    return slot
  }

  func finish() -> KindColumns {
    KindColumns(
      kind: kind, sequences: sequences, columns: builders.map { $0.finish(rows: sequences.count) })
  }

  /// Records in sequence order as columns, one group a kind, in ascending order of kinds.
  static func group(_ records: [SequencedRecord]) -> [KindColumns] {
    var grouping = Grouping()
    for record in records { grouping.append(record.record, sequence: record.sequence.rawValue) }
    return grouping.finish().groups
  }

  /// Consecutive records as columns, and for each record the place of its group.
  static func group(
    _ records: [Record], first: EventSequence
  ) -> (groups: [KindColumns], order: [Int64]) {
    var grouping = Grouping()
    var sequence = first.rawValue
    for record in records {
      grouping.append(record, sequence: sequence)
      sequence += 1
    }
    return grouping.finish()
  }
}

/// Hands records to the builder of their kind.
private struct Grouping {
  private var builders: [KindColumnsBuilder] = []
  private var slots: [KindNumber: Int] = [:]
  private var slotOfRecord: [Int] = []

  mutating func append(_ record: Record, sequence: UInt64) {
    // Records of a kind come in runs: the last slot is mostly the next one too.
    if let last = slotOfRecord.last, builders[last].kind == record.kind {
      slotOfRecord.append(last)
    } else if let slot = slots[record.kind] {
      slotOfRecord.append(slot)
    } else {
      slots[record.kind] = builders.count
      slotOfRecord.append(builders.count)
      builders.append(KindColumnsBuilder(kind: record.kind))
    }
    builders[slotOfRecord[slotOfRecord.count - 1]].append(record, sequence: sequence)
  }

  consuming func finish() -> (groups: [KindColumns], order: [Int64]) {
    let builders = builders
    let ascending = builders.indices.sorted { builders[$0].kind < builders[$1].kind }
    var places = [Int64](repeating: 0, count: builders.count)
    for (place, slot) in ascending.enumerated() { places[slot] = Int64(place) }
    return (ascending.map { builders[$0].finish() }, slotOfRecord.map { places[$0] })
  }
}

private struct ColumnBuilder {
  let number: UInt16
  let type: FieldType
  let key: UInt32
  private var presence: [Bool] = []
  private var hasGaps = false
  // One of these is used, by the column's type. They are kept apart so that appending changes an
  // array in its place.
  private var integers: [Int64] = []
  private var decimals: [ExactDecimal] = []
  private var bytes: [[UInt8]] = []
  private var dictionary: [String] = []
  private var indices: [Int] = []
  private var places: [TextKey: Int] = [:]

  init(number: UInt16, type: FieldType) {
    self.number = number
    self.type = type
    key = UInt32(number) << 8 | UInt32(type.rawValue)
  }

  mutating func append(_ value: FieldValue, row: Int) {
    switch value {
    case .integer(let integer): append(integer, row: row)
    case .boolean(let boolean): append(boolean ? 1 : 0, row: row)
    case .date(let date): append(Int64(date.daysSinceEpoch), row: row)
    case .instant(let instant): append(instant.nanosecondsSinceEpoch, row: row)
    case .text(let text), .json(let text): append(text, row: row)
    case .decimal(let decimal):
      mark(row)
      decimals.append(decimal)
    case .bytes(let value):
      mark(row)
      bytes.append(value)
    }
  }

  mutating func append(_ integer: Int64, row: Int) {
    mark(row)
    integers.append(integer)
  }

  mutating func append(_ text: String, row: Int) {
    mark(row)
    if let last = indices.last, sameBytes(dictionary[last], text) {
      indices.append(last)
      return
    }
    let key = TextKey(text: text)
    if let place = places[key] {
      indices.append(place)
    } else {
      places[key] = dictionary.count
      indices.append(dictionary.count)
      dictionary.append(text)
    }
  }

  private mutating func mark(_ row: Int) {
    if presence.count < row {
      hasGaps = true
      presence.append(contentsOf: repeatElement(false, count: row - presence.count))
    }
    presence.append(true)
  }

  func finish(rows: Int) -> Column {
    var presence = presence
    if presence.count < rows {
      presence.append(contentsOf: repeatElement(false, count: rows - presence.count))
    } else if !hasGaps {
      presence = []
    }
    let values: ColumnValues =
      switch type {
      case .integer, .boolean, .date, .instant: .integers(integers)
      case .decimal: .decimals(decimals)
      case .text, .json: .texts(TextValues(dictionary: dictionary, indices: indices))
      case .bytes: .bytes(bytes)
      }
    return Column(number: number, type: type, presence: presence, values: values)
  }
}
