/// A column of texts or of JSON.
///
///     u8 form, then
///     0  dictionary: u32 count · so many (u32 length · UTF-8) · integers: indices
///     1  UUIDs: 16 bytes a value; each is the canonical lower-case text of those bytes
///     2  inline: integers: lengths in bytes · the UTF-8 of all values, one behind the other
///     3  dictionary of UUIDs: u32 count · 16 bytes each · integers: indices
///     4  numbered: u8 digits · u32 length · UTF-8 of the prefix · integers: numbers. A value is
///        the prefix and the number in decimal, filled up with zeros from the left to so many
///        digits; with digits 0 as it is
///
/// A dictionary holds different texts in the order of their first appearance.
enum TextColumn {
  enum Form: UInt8, CaseIterable {
    case dictionary = 0
    case uuids = 1
    case inline = 2
    case uuidDictionary = 3
    case numbered = 4

    /// Whether values of the column can be the keys of others.
    var hasDictionary: Bool { self == .dictionary || self == .uuidDictionary }
  }

  /// So that a number fits 64 bits.
  static let numberDigitsMax = 18
  /// So that a few bytes cannot stand for a great many.
  static let prefixBytesMax = 255

  /// Texts that are one prefix and a number each.
  struct Numbers {
    var digits: Int
    var prefix: String
    var values: [Int64]
  }

  /// The forms worth trying, at least one.
  ///
  /// - Parameter isKey: Other columns are predicted by this one's texts.
  static func forms(of texts: TextValues, isKey: Bool) -> [Form] {
    let (different, count) = (texts.dictionary.count, texts.indices.count)
    let repeats = different * 2 <= count
    var scratch: [UInt8] = []
    if texts.dictionary.allSatisfy({ UUIDText.append($0, to: &scratch) }) {
      let indexBits = Int.bitWidth - max(0, different - 1).leadingZeroBitCount
      let withDictionary = different * UUIDText.byteCount + 18 + indexBits * count / 8
      return withDictionary < count * UUIDText.byteCount ? [.uuidDictionary] : [.uuids]
    }
    if isKey, repeats { return [.dictionary] }
    var forms: [Form] = []
    if numbers(texts.dictionary) != nil { forms.append(.numbered) }
    if different < count { forms.append(.dictionary) }
    if !repeats, forms.first != .numbered { forms.append(.inline) }
    return forms
  }

  static func encode(
    _ texts: TextValues, form: Form, style: IntegerColumn.Style, into writer: inout ByteWriter
  ) {
    writer.u8(form.rawValue)
    func indices(_ writer: inout ByteWriter) {
      IntegerColumn.encode(texts.indices.map(Int64.init), style: style, into: &writer)
    }
    switch form {
    case .dictionary:
      writer.u32(UInt32(texts.dictionary.count))
      for text in texts.dictionary { writer.text(text) }
      indices(&writer)
    case .uuids:
      for index in texts.indices { appendUUID(texts.dictionary[index], to: &writer) }
    case .inline:
      IntegerColumn.encode(
        texts.indices.map { Int64(texts.dictionary[$0].utf8.count) }, style: style, into: &writer)
      for index in texts.indices { writer.raw(texts.dictionary[index].utf8) }
    case .uuidDictionary:
      writer.u32(UInt32(texts.dictionary.count))
      for text in texts.dictionary { appendUUID(text, to: &writer) }
      indices(&writer)
    case .numbered:
      guard let numbers = numbers(texts.dictionary) else {
        preconditionFailure("a form is only chosen for texts that have it")
      }
      writer.u8(UInt8(numbers.digits))
      writer.text(numbers.prefix)
      IntegerColumn.encode(
        texts.indices.map { numbers.values[$0] }, style: style, into: &writer)
    }
  }

  private static func appendUUID(_ text: String, to writer: inout ByteWriter) {
    let isUUID = UUIDText.append(text, to: &writer.bytes)
    precondition(isUUID, "a form is only chosen for texts that have it")
  }

  /// The texts as numbers behind one prefix; null when they are not.
  static func numbers(_ texts: [String]) -> Numbers? {
    guard let model = texts.first.map({ Array($0.utf8) }) else { return nil }
    let prefixLength = max(digitsStart(model), model.count - numberDigitsMax)
    guard prefixLength < model.count, prefixLength <= prefixBytesMax else { return nil }
    let prefix = model[..<prefixLength]
    guard let prefixText = String(validating: prefix, as: UTF8.self) else { return nil }
    var isFixed = true
    var isNatural = true
    var values: [Int64] = []
    values.reserveCapacity(texts.count)
    for text in texts {
      let bytes = text.utf8
      let digits = bytes.count - prefixLength
      guard digits >= 1, digits <= numberDigitsMax, bytes.starts(with: prefix) else { return nil }
      var value: Int64 = 0
      var isLeading = true
      for character in bytes.dropFirst(prefixLength) {
        guard case let digit = character &- 0x30, digit < 10 else { return nil }
        if isLeading, digit == 0, digits > 1 { isNatural = false }
        isLeading = false
        value = value * 10 + Int64(digit)
      }
      if digits != model.count - prefixLength { isFixed = false }
      guard isFixed || isNatural else { return nil }
      values.append(value)
    }
    return Numbers(
      digits: isFixed ? model.count - prefixLength : 0, prefix: prefixText, values: values)
  }

  /// Where the digits at the end of a text begin.
  private static func digitsStart(_ text: [UInt8]) -> Int {
    var start = text.count
    while start > 0, text[start - 1] &- 0x30 < 10 { start -= 1 }
    return start
  }
}
