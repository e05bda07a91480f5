/// The index of the first byte that does not belong to well-formed UTF-8, or null.
///
/// Well-formed is what table 3-7 of the Unicode Standard says: no overlong forms, no surrogates,
/// nothing above U+10FFFF. The standard library can say whether text is valid, but not where it
/// is not on all the systems we support.
func firstInvalidUTF8(in bytes: some RandomAccessCollection<UInt8>) -> Int? {
  bytes.withContiguousStorageIfAvailable(firstInvalid)
    ?? Array(bytes).withUnsafeBufferPointer(
      firstInvalid)
}

private func firstInvalid(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
  var index = 0
  while index < bytes.count {
    let first = bytes[index]
    if first < 0x80 {
      index += 1
      continue
    }
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0:
      length = 3
      second = 0xA0...0xBF
    case 0xED:
      length = 3
      second = 0x80...0x9F
    case 0xE1...0xEF: length = 3
    case 0xF0:
      length = 4
      second = 0x90...0xBF
    case 0xF1...0xF3: length = 4
    case 0xF4:
      length = 4
      second = 0x80...0x8F
    default: return index
    }
    for step in 1..<length {
      guard index + step < bytes.count else { return index }
      let allowed = step == 1 ? second : 0x80...0xBF
      guard allowed.contains(bytes[index + step]) else { return index + step }
    }
    index += length
  }
  return nil
}
