import ExactNumbers
public import Records

/// A record as bytes by itself: what the journal stores, and what a leaf hashes.
///
/// All integers are little-endian. `text` is a u32 length and UTF-8; `text?` is 0, or 1 and a text.
///
///     row      u64 sequence · id · i64 recorded · text? subject, actor, correlation, causation
///              · content
///     id       u8 0 · text (given)   |   u8 1 · u32 occurrence (minted)
///     content  u16 kind · i64 effective · text source · text? extensions · u16 field count
///              · that many fields, in ascending order of their numbers
///     field    u16 number · u8 type · value
///     value    integer i64 · decimal i64 coefficient, u8 places · text text · boolean u8
///              · date i32 · instant i64 · bytes u32 length, bytes · json text
///
/// The form is canonical: one record has one row, and a row that decodes encodes to itself.
/// Content is what the sender gave: without sequence, id, recorded time, subject, actor,
/// correlation and causation.
public enum RowForm {
  /// The row of a record at its place in the log.
  ///
  /// - Precondition: The record passes ``check(_:)``.
  public static func encode(_ record: Record, sequence: EventSequence) -> [UInt8] {
    var writer = ByteWriter(capacity: 192)
    encode(record, sequence: sequence, into: &writer)
    return writer.bytes
  }

  /// The part of the row that the sender gave: what a minted id is derived from, and what two
  /// events with the same id must agree in.
  public static func content(_ record: Record) -> [UInt8] {
    var writer = ByteWriter(capacity: 128)
    content(record, into: &writer)
    return writer.bytes
  }

  static func encode(_ record: Record, sequence: EventSequence, into writer: inout ByteWriter) {
    writer.u64(sequence.rawValue)
    switch record.id {
    case .given(let text):
      writer.u8(0)
      writer.text(text)
    case .minted(let occurrence):
      writer.u8(1)
      writer.u32(occurrence)
    }
    writer.i64(record.recorded.nanosecondsSinceEpoch)
    writer.optionalText(record.subject)
    writer.optionalText(record.actor)
    writer.optionalText(record.correlation)
    writer.optionalText(record.causation)
    content(record, into: &writer)
  }

  static func content(_ record: Record, into writer: inout ByteWriter) {
    writer.u16(record.kind.rawValue)
    writer.i64(record.effective.nanosecondsSinceEpoch)
    writer.text(record.source)
    writer.optionalText(record.extensions)
    writer.u16(UInt16(record.fields.count))
    for field in record.fields {
      writer.u16(field.number.rawValue)
      writer.u8(field.value.type.rawValue)
      writer.value(field.value)
    }
  }

  /// Reads a row, all of it.
  ///
  /// - Throws: ``BlockError`` for anything that ``encode(_:sequence:)`` would not have written.
  public static func decode(_ bytes: [UInt8]) throws(BlockError) -> SequencedRecord {
    var reader = ByteReader(bytes)
    let record = try decode(from: &reader)
    try reader.finish("row")
    return record
  }

  /// Reads one row from where the reader stands, up to the row's own end.
  public static func decode(from reader: inout ByteReader) throws(BlockError) -> SequencedRecord {
    let sequence = EventSequence(try reader.u64("sequence"))
    let id: RecordID =
      if try reader.flag("id form") {
        .minted(occurrence: try reader.u32("id occurrence"))
      } else {
        .given(try reader.text("id"))
      }
    let recorded = Instant(nanosecondsSinceEpoch: try reader.i64("recorded"))
    let subject = try reader.optionalText("subject")
    let actor = try reader.optionalText("actor")
    let correlation = try reader.optionalText("correlation")
    let causation = try reader.optionalText("causation")
    let kind = KindNumber(try reader.u16("kind"))
    let effective = Instant(nanosecondsSinceEpoch: try reader.i64("effective"))
    let source = try reader.text("source")
    let extensions = try reader.optionalText("extensions")
    let fields = try fields(from: &reader)
    return SequencedRecord(
      sequence: sequence,
      record: Record(
        kind: kind, id: id, effective: effective, recorded: recorded, source: source,
        subject: subject, actor: actor, correlation: correlation, causation: causation,
        extensions: extensions, fields: fields))
  }

  private static func fields(from reader: inout ByteReader) throws(BlockError) -> [Field] {
    let count = Int(try reader.u16("field count"))
    var fields: [Field] = []
    // A field takes four bytes at least, so what remains bounds how many can come.
    fields.reserveCapacity(min(count, reader.remaining / 4))
    for _ in 0..<count {
      let offset = reader.offset
      let number = try reader.u16("field number")
      if let last = fields.last, last.number.rawValue >= number {
        throw .malformed(
          field: "field number", offset: offset,
          reason: "is \(number) after \(last.number.rawValue): expected ascending numbers")
      }
      guard number < ColumnNumber.envelopeStart else {
        throw .malformed(
          field: "field number", offset: offset,
          reason: "is \(number): numbers from \(ColumnNumber.envelopeStart) on are the envelope's")
      }
      let type = try reader.fieldType("field type")
      fields.append(Field(FieldNumber(number), try reader.value(type)))
    }
    return fields
  }

  /// How many bytes the record's row has, without making it.
  public static func byteCount(of record: Record) -> Int {
    func optional(_ text: String?) -> Int { text.map { 5 + $0.utf8.count } ?? 1 }
    var count = 8 + 5 + 8 + 2 + 8 + 4 + 2
    if case .given(let text) = record.id { count += text.utf8.count }
    count += optional(record.subject) + optional(record.actor) + optional(record.correlation)
    count += optional(record.causation) + optional(record.extensions) + record.source.utf8.count
    for field in record.fields {
      count += 3 + field.value.byteCount
    }
    return count
  }

  /// Refuses a record that the format has no room for, before anything of it is written.
  ///
  /// - Throws: ``BlockError/tooLarge(field:offset:have:most:)`` for a text above
  ///   ``FormatLimits/valueBytesMax`` or a row above ``FormatLimits/rowBytesMax``;
  ///   ``BlockError/malformed(field:offset:reason:)`` for fields out of order.
  public static func check(_ record: Record) throws(BlockError) {
    func fits(_ count: Int, _ field: String, _ most: Int) throws(BlockError) {
      guard count <= most else {
        throw .tooLarge(field: field, offset: 0, have: UInt64(count), most: UInt64(most))
      }
    }
    if case .given(let text) = record.id {
      try fits(text.utf8.count, "id", FormatLimits.valueBytesMax)
    }
    let texts = [
      ("source", record.source), ("subject", record.subject), ("actor", record.actor),
      ("correlation", record.correlation), ("causation", record.causation),
      ("extensions", record.extensions),
    ]
    for (name, text) in texts {
      try fits(text?.utf8.count ?? 0, name, FormatLimits.valueBytesMax)
    }
    var previous = -1
    for field in record.fields {
      let number = Int(field.number.rawValue)
      guard number > previous, number < ColumnNumber.envelopeStart else {
        throw .malformed(
          field: "field number", offset: 0, reason: "is \(number): out of order or reserved")
      }
      previous = number
      try fits(field.value.byteCount, "field \(number)", FormatLimits.valueBytesMax)
    }
    try fits(byteCount(of: record), "row", FormatLimits.rowBytesMax)
  }
}
