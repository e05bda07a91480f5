import ExactNumbers
import Records

/// A column as bytes, before compression.
///
///     presence  u8 0: every record has a value, or u8 1 · integers: 0 or 1 a record
///     values    of those that have one:
///       integer, date (days), instant (nanoseconds), boolean (0, 1)   integers
///       decimal    u8 0 · u8 places · integers: coefficients at so many places,
///                  or u8 1 · integers: places · integers: coefficients
///       text, json TextColumn
///       bytes      u8 2 · integers: lengths · the bytes of all values, one behind the other
///
/// *integers* is a run as in IntegerColumn. Only runs that have one number a value, thus those of
/// integers, dates, instants and decimals, may be predicted by a key column.
enum ColumnForm {
  static let commonPlaces: UInt8 = 0
  static let mixedPlaces: UInt8 = 1
  static let inlineBytes: UInt8 = 2

  // MARK: - Encoding

  static func encode(
    _ column: Column, textForm: TextColumn.Form, keys: KeyIndices?, style: IntegerColumn.Style
  ) -> [UInt8] {
    var writer = ByteWriter(capacity: 64 + column.values.count * 2)
    if column.presence.isEmpty {
      writer.u8(0)
    } else {
      writer.u8(1)
      IntegerColumn.encode(column.presence.map { $0 ? 1 : 0 }, style: style, into: &writer)
    }
    let keys = keys?.filtered(by: column.presence)
    switch column.values {
    case .integers(let values):
      IntegerColumn.encode(values, keys: keys, style: style, into: &writer)
    case .decimals(let values): encode(values, keys: keys, style: style, into: &writer)
    case .texts(let values):
      TextColumn.encode(values, form: textForm, style: style, into: &writer)
    case .bytes(let values):
      writer.u8(inlineBytes)
      IntegerColumn.encode(values.map { Int64($0.count) }, style: style, into: &writer)
      for value in values { writer.raw(value) }
    }
    return writer.bytes
  }

  private static func encode(
    _ values: [ExactDecimal], keys: KeyIndices?, style: IntegerColumn.Style,
    into writer: inout ByteWriter
  ) {
    let places = values.reduce(into: UInt8(0)) { $0 = max($0, $1.places) }
    if let scaled = scaled(values, to: places) {
      writer.u8(commonPlaces)
      writer.u8(places)
      IntegerColumn.encode(scaled, keys: keys, style: style, into: &writer)
    } else {
      writer.u8(mixedPlaces)
      IntegerColumn.encode(values.map { Int64($0.places) }, keys: keys, style: style, into: &writer)
      IntegerColumn.encode(values.map(\.coefficient), keys: keys, style: style, into: &writer)
    }
  }

  /// The coefficients at a common number of places; null when one does not fit 64 bits.
  private static func scaled(_ values: [ExactDecimal], to places: UInt8) -> [Int64]? {
    let powers = (0...ExactDecimal.placesMax).map(powerOfTen)
    var result: [Int64] = []
    result.reserveCapacity(values.count)
    for value in values {
      let (product, overflow) = value.coefficient.multipliedReportingOverflow(
        by: powers[Int(places - value.places)])
      if overflow { return nil }
      result.append(product)
    }
    return result
  }

  // MARK: - Decoding

  /// Reads a column of `rows` records.
  ///
  /// - Returns: The column, and the form of its texts where it has texts.
  static func decode(
    _ bytes: [UInt8], number: UInt16, type: FieldType, rows: Int, keys: KeyIndices?
  ) throws(BlockError) -> (column: Column, textForm: TextColumn.Form?) {
    var reader = ByteReader(bytes)
    var presence: [Bool] = []
    var count = rows
    if try reader.flag("presence") {
      (presence, count) = try decodePresence(from: &reader, rows: rows)
    }
    let keys = keys?.filtered(by: presence)
    var textForm: TextColumn.Form?
    let values: ColumnValues
    switch type {
    case .integer, .boolean, .date, .instant:
      let start = reader.offset
      let integers = try IntegerColumn.decode(from: &reader, count: count, keys: keys)
      let range: ClosedRange<Int64> =
        switch type {
        case .boolean: 0...1
        case .date: Int64(Int32.min)...Int64(Int32.max)
        default: .min ... .max
        }
      if let outside = integers.first(where: { !range.contains($0) }) {
        throw .malformed(field: "value", offset: start, reason: "is \(outside): not a \(type)")
      }
      values = .integers(integers)
    case .decimal: values = .decimals(try decimals(from: &reader, count: count, keys: keys))
    case .text, .json:
      let (texts, form) = try TextColumn.decode(from: &reader, count: count)
      textForm = form
      values = .texts(texts)
    case .bytes: values = .bytes(try byteValues(from: &reader, count: count))
    }
    try reader.finish("column")
    return (Column(number: number, type: type, presence: presence, values: values), textForm)
  }

  private static func decodePresence(
    from reader: inout ByteReader, rows: Int
  ) throws(BlockError) -> (presence: [Bool], count: Int) {
    let start = reader.offset
    var presence: [Bool] = []
    presence.reserveCapacity(rows)
    var count = 0
    for bit in try IntegerColumn.decode(from: &reader, count: rows) {
      guard bit == 0 || bit == 1 else {
        throw .malformed(field: "presence", offset: start, reason: "has \(bit)")
      }
      presence.append(bit == 1)
      count += Int(bit)
    }
    // Writers leave out a column without values, and say so when nothing is missing.
    guard count > 0, count < rows else {
      throw .malformed(
        field: "presence", offset: start, reason: "says that \(count) of \(rows) have a value")
    }
    return (presence, count)
  }

  private static func decimals(
    from reader: inout ByteReader, count: Int, keys: KeyIndices?
  ) throws(BlockError) -> [ExactDecimal] {
    let start = reader.offset
    let form = try reader.u8("decimal form")
    let placesOfAll: [Int64]
    switch form {
    case commonPlaces: placesOfAll = [Int64(try reader.u8("places"))]
    case mixedPlaces:
      placesOfAll = try IntegerColumn.decode(from: &reader, count: count, keys: keys)
    default:
      throw .malformed(field: "decimal form", offset: start, reason: "is \(form): no such form")
    }
    if let wrong = placesOfAll.first(where: { !(0...Int64(ExactDecimal.placesMax)).contains($0) }) {
      throw .malformed(field: "places", offset: start, reason: "are \(wrong)")
    }
    let coefficients = try IntegerColumn.decode(from: &reader, count: count, keys: keys)
    var values: [ExactDecimal] = []
    values.reserveCapacity(count)
    for (index, coefficient) in coefficients.enumerated() {
      let places = Int(form == commonPlaces ? placesOfAll[0] : placesOfAll[index])
      do throws(NumberError) {
        values.append(try ExactDecimal(coefficient: coefficient, places: places))
      } catch {
        throw .malformed(
          field: "decimal", offset: start, reason: "is \(coefficient) to \(places) places: \(error)"
        )
      }
    }
    return values
  }

  private static func byteValues(
    from reader: inout ByteReader, count: Int
  ) throws(BlockError) -> [[UInt8]] {
    let start = reader.offset
    let form = try reader.u8("bytes form")
    guard form == inlineBytes else {
      throw .malformed(field: "bytes form", offset: start, reason: "is \(form): no such form")
    }
    let lengths = try TextColumn.inlineLengths(from: &reader, count: count)
    var values: [[UInt8]] = []
    values.reserveCapacity(count)
    for length in lengths { values.append(try reader.raw(length, "bytes")) }
    return values
  }
}
