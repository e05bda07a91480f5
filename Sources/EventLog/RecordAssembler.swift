import ExactNumbers
import Records

/// Makes the records of one kind from its columns, one after the other.
struct RecordAssembler {
  private let kind: KindNumber
  private let sequences: [UInt64]
  private var row = 0
  private var payload: [Strip] = []
  private var effective: Strip
  private var recorded: Strip
  private var source: Strip
  private var givenID: Strip?
  private var occurrence: Strip?
  private var subject: Strip?
  private var actor: Strip?
  private var correlation: Strip?
  private var causation: Strip?
  private var extensions: Strip?

  /// - Throws: ``BlockError`` when the columns do not make whole records.
  init(_ group: KindColumns) throws(BlockError) {
    kind = group.kind
    sequences = group.sequences
    func strip(_ number: UInt16, _ type: FieldType) -> Strip? {
      group.column(number, type).map(Strip.init)
    }
    func required(_ number: UInt16, _ type: FieldType, _ name: String) throws(BlockError) -> Strip {
      guard let strip = strip(number, type), strip.presence.isEmpty else {
        throw .malformed(
          field: "kind \(group.kind.rawValue), \(name)", offset: 0,
          reason: "is missing in some records")
      }
      return strip
    }
    effective = try required(ColumnNumber.effective, .instant, "effective")
    recorded = try required(ColumnNumber.recorded, .instant, "recorded")
    source = try required(ColumnNumber.source, .text, "source")
    givenID = strip(ColumnNumber.givenID, .text)
    occurrence = strip(ColumnNumber.occurrence, .integer)
    subject = strip(ColumnNumber.subject, .text)
    actor = strip(ColumnNumber.actor, .text)
    correlation = strip(ColumnNumber.correlation, .text)
    causation = strip(ColumnNumber.causation, .text)
    extensions = strip(ColumnNumber.extensions, .json)
    try Self.checkIDs(group)
    for column in group.columns where column.number < ColumnNumber.envelopeStart {
      payload.append(Strip(column))
    }
    try Self.checkTypes(payload, kind: group.kind)
  }

  mutating func next() -> SequencedRecord {
    let row = row
    self.row += 1
    var fields: [Field] = []
    fields.reserveCapacity(payload.count)
    for index in payload.indices {
      if let value = payload[index].next(row) {
        fields.append(Field(payload[index].number, value))
      }
    }
    let id: RecordID =
      if let text = givenID?.nextText(row) {
        .given(text)
      } else {
        .minted(occurrence: UInt32(truncatingIfNeeded: occurrence?.nextInteger(row) ?? 0))
      }
    return SequencedRecord(
      sequence: EventSequence(sequences[row]),
      record: Record(
        kind: kind, id: id,
        effective: Instant(nanosecondsSinceEpoch: effective.nextInteger(row) ?? 0),
        recorded: Instant(nanosecondsSinceEpoch: recorded.nextInteger(row) ?? 0),
        source: source.nextText(row) ?? "", subject: subject?.nextText(row),
        actor: actor?.nextText(row), correlation: correlation?.nextText(row),
        causation: causation?.nextText(row), extensions: extensions?.nextText(row),
        fields: fields))
  }

  /// Every record has exactly one of the two forms of an id.
  private static func checkIDs(_ group: KindColumns) throws(BlockError) {
    let given = group.column(ColumnNumber.givenID, .text)
    let minted = group.column(ColumnNumber.occurrence, .integer)
    let isSound: Bool =
      switch (given, minted) {
      case (let only?, nil), (nil, let only?): only.presence.isEmpty
      case (let given?, let minted?):
        given.presence.count == group.count && minted.presence.count == group.count
          && zip(given.presence, minted.presence).allSatisfy { $0 != $1 }
      case (nil, nil): false
      }
    guard isSound else {
      throw .malformed(
        field: "kind \(group.kind.rawValue), id", offset: 0,
        reason: "is neither given nor minted, or both, in some records")
    }
    if case .integers(let values)? = minted?.values,
      let outside = values.first(where: { UInt32(exactly: $0) == nil })
    {
      throw .malformed(
        field: "kind \(group.kind.rawValue), id occurrence", offset: 0, reason: "is \(outside)")
    }
  }

  /// A record has a field once: of two columns of a number, which differ in type, one is empty.
  private static func checkTypes(_ payload: [Strip], kind: KindNumber) throws(BlockError) {
    var start = 0
    while start < payload.count {
      var end = start + 1
      while end < payload.count, payload[end].number == payload[start].number { end += 1 }
      if end - start > 1 {
        var total = 0
        var rows = 0
        for strip in payload[start..<end] {
          guard !strip.presence.isEmpty else { throw twice(payload[start].number, kind) }
          rows = strip.presence.count
          total += strip.count
        }
        let present = (0..<rows).count { row in
          payload[start..<end].contains { $0.presence[row] }
        }
        guard present == total else { throw twice(payload[start].number, kind) }
      }
      start = end
    }
  }

  private static func twice(_ number: FieldNumber, _ kind: KindNumber) -> BlockError {
    .malformed(
      field: "kind \(kind.rawValue), column \(number.rawValue)", offset: 0,
      reason: "gives a record the same field in two types")
  }
}

/// A column, and how far it has been read.
private struct Strip {
  let number: FieldNumber
  let type: FieldType
  let presence: [Bool]
  private let values: ColumnValues
  private var index = 0

  init(_ column: Column) {
    number = FieldNumber(column.number)
    type = column.type
    presence = column.presence
    values = column.values
  }

  var count: Int { values.count }

  private mutating func step(_ row: Int) -> Int? {
    guard presence.isEmpty || presence[row] else { return nil }
    defer { index += 1 }
    return index
  }

  mutating func next(_ row: Int) -> FieldValue? {
    guard let index = step(row) else { return nil }
    return values.value(at: index, as: type)
  }

  mutating func nextInteger(_ row: Int) -> Int64? {
    guard let index = step(row), case .integers(let integers) = values else { return nil }
    return integers[index]
  }

  mutating func nextText(_ row: Int) -> String? {
    guard let index = step(row), case .texts(let texts) = values else { return nil }
    return texts[index]
  }
}
