import ExactNumbers
import Records

// One field value as bytes, without its type: the same in rows and in canonical columns.

extension ByteWriter {
  mutating func value(_ value: FieldValue) {
    switch value {
    case .integer(let integer): i64(integer)
    case .decimal(let decimal):
      i64(decimal.coefficient)
      u8(decimal.places)
    case .text(let text), .json(let text): self.text(text)
    case .boolean(let boolean): u8(boolean ? 1 : 0)
    case .date(let date): i32(date.daysSinceEpoch)
    case .instant(let instant): i64(instant.nanosecondsSinceEpoch)
    case .bytes(let bytes):
      u32(UInt32(bytes.count))
      raw(bytes)
    }
  }
}

extension FieldValue {
  /// How many bytes the value has in rows and canonical columns.
  var byteCount: Int {
    switch self {
    case .integer, .instant: 8
    case .decimal: 9
    case .text(let text), .json(let text): 4 + text.utf8.count
    case .boolean: 1
    case .date: 4
    case .bytes(let bytes): 4 + bytes.count
    }
  }
}

extension ByteReader {
  mutating func fieldType(_ field: StaticString) throws(BlockError) -> FieldType {
    let start = offset
    let raw = try u8(field)
    guard let type = FieldType(rawValue: raw) else {
      throw .malformed(field: "\(field)", offset: start, reason: "is \(raw): no such type")
    }
    return type
  }

  mutating func value(_ type: FieldType) throws(BlockError) -> FieldValue {
    switch type {
    case .integer: return .integer(try i64("integer"))
    case .decimal:
      let start = offset
      let coefficient = try i64("decimal coefficient")
      let places = try u8("decimal places")
      // Only the lowest form is canonical: 1.50 and 1.5 must not make two rows of one record.
      guard let decimal = try? ExactDecimal(coefficient: coefficient, places: Int(places)),
        decimal.coefficient == coefficient, decimal.places == places
      else {
        throw .malformed(
          field: "decimal", offset: start,
          reason: "is \(coefficient) to \(places) places: not in lowest form, or out of range")
      }
      return .decimal(decimal)
    case .text: return .text(try text("text"))
    case .boolean: return .boolean(try flag("boolean"))
    case .date: return .date(CivilDate(daysSinceEpoch: try i32("date")))
    case .instant: return .instant(Instant(nanosecondsSinceEpoch: try i64("instant")))
    case .bytes:
      let length = try count("bytes length", most: FormatLimits.valueBytesMax)
      return .bytes(try raw(length, "bytes"))
    case .json: return .json(try text("json"))
    }
  }
}
