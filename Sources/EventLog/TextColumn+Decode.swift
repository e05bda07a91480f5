import ExactNumbers

extension TextColumn {
  /// Reads exactly `count` texts, up to the end of the column.
  static func decode(
    from reader: inout ByteReader, count: Int
  ) throws(BlockError) -> (texts: TextValues, form: Form) {
    let start = reader.offset
    let rawForm = try reader.u8("text form")
    guard let form = Form(rawValue: rawForm) else {
      throw .malformed(field: "text form", offset: start, reason: "is \(rawForm): no such form")
    }
    switch form {
    case .dictionary:
      let different = try reader.count("dictionary count", most: count)
      var dictionary: [String] = []
      dictionary.reserveCapacity(min(different, reader.remaining / 4))
      for _ in 0..<different { dictionary.append(try reader.text("dictionary text")) }
      return (try indexed(dictionary, from: &reader, count: count), form)
    case .uuids:
      return (plain(try uuids(from: &reader, count: count)), form)
    case .inline:
      return (plain(try inline(from: &reader, count: count)), form)
    case .uuidDictionary:
      let different = try reader.count("dictionary count", most: count)
      let dictionary = try uuids(from: &reader, count: different)
      return (try indexed(dictionary, from: &reader, count: count), form)
    case .numbered:
      return (plain(try numbered(from: &reader, count: count)), form)
    }
  }

  private static func plain(_ texts: [String]) -> TextValues {
    TextValues(dictionary: texts, indices: Array(texts.indices))
  }

  private static func indexed(
    _ dictionary: [String], from reader: inout ByteReader, count: Int
  ) throws(BlockError) -> TextValues {
    let start = reader.offset
    let stored = try IntegerColumn.decode(from: &reader, count: count)
    var indices: [Int] = []
    indices.reserveCapacity(count)
    // A text that has not appeared yet must be the next one in the dictionary.
    var appeared = 0
    for index in stored {
      guard index >= 0, index <= appeared, index < dictionary.count else {
        throw .malformed(
          field: "dictionary index", offset: start,
          reason: "is \(index), with \(appeared) of \(dictionary.count) texts used before")
      }
      if index == appeared { appeared += 1 }
      indices.append(Int(index))
    }
    guard appeared == dictionary.count else {
      throw .malformed(
        field: "dictionary index", offset: start,
        reason: "never names \(dictionary.count - appeared) texts of the dictionary")
    }
    return TextValues(dictionary: dictionary, indices: indices)
  }

  private static func uuids(
    from reader: inout ByteReader, count: Int
  ) throws(BlockError) -> [String] {
    let range = try reader.range(count * UUIDText.byteCount, "UUIDs")
    var texts: [String] = []
    texts.reserveCapacity(count)
    for start in stride(from: range.lowerBound, to: range.upperBound, by: UUIDText.byteCount) {
      texts.append(UUIDText.text(reader.bytes[start..<(start + UUIDText.byteCount)]))
    }
    return texts
  }

  private static func inline(
    from reader: inout ByteReader, count: Int
  ) throws(BlockError) -> [String] {
    let lengths = try inlineLengths(from: &reader, count: count)
    var texts: [String] = []
    texts.reserveCapacity(count)
    for length in lengths {
      let start = reader.offset
      let range = try reader.range(length, "inline text")
      texts.append(try ByteReader.text(reader.bytes[range], "inline text", offset: start))
    }
    return texts
  }

  /// The lengths of inline values, none above its maximum.
  static func inlineLengths(
    from reader: inout ByteReader, count: Int
  ) throws(BlockError) -> [Int] {
    let start = reader.offset
    var lengths: [Int] = []
    lengths.reserveCapacity(count)
    for length in try IntegerColumn.decode(from: &reader, count: count) {
      guard length >= 0, length <= FormatLimits.valueBytesMax else {
        throw .malformed(field: "inline length", offset: start, reason: "is \(length)")
      }
      lengths.append(Int(length))
    }
    return lengths
  }

  private static func numbered(
    from reader: inout ByteReader, count: Int
  ) throws(BlockError) -> [String] {
    let start = reader.offset
    let digits = Int(try reader.u8("digits"))
    guard digits <= numberDigitsMax else {
      throw .malformed(field: "digits", offset: start, reason: "are \(digits)")
    }
    let prefixStart = reader.offset
    let prefixLength = try reader.count("prefix length", most: prefixBytesMax)
    let prefixRange = try reader.range(prefixLength, "prefix")
    let prefix = try ByteReader.text(reader.bytes[prefixRange], "prefix", offset: prefixStart)
    var texts: [String] = []
    texts.reserveCapacity(count)
    let prefixBytes = Array(prefix.utf8)
    let limit = powerOfTen(digits == 0 ? numberDigitsMax : digits)
    for number in try IntegerColumn.decode(from: &reader, count: count) {
      guard number >= 0, number < limit else {
        throw .malformed(
          field: "number", offset: start, reason: "is \(number), for \(digits) digits")
      }
      texts.append(text(prefixBytes, number, digits: digits))
    }
    return texts
  }

  private static func text(_ prefix: [UInt8], _ number: Int64, digits: Int) -> String {
    var length = 1
    var rest = number / 10
    while rest > 0 {
      length += 1
      rest /= 10
    }
    length = max(length, digits)
    return String(unsafeUninitializedCapacity: prefix.count + length) { buffer in
      // In bounds: the prefix is written first, then exactly `length` digits from the last one on.
      _ = buffer.update(fromContentsOf: prefix)
      var rest = number
      for place in stride(from: prefix.count + length - 1, through: prefix.count, by: -1) {
        buffer[place] = 0x30 + UInt8(rest % 10)
        rest /= 10
      }
      return prefix.count + length
    }
  }
}
