extension JSONValue {
  /// Reads one JSON text of RFC 8259, with nothing but white space around it.
  ///
  /// Stricter than the grammar where data would become ambiguous: no name twice in an object, no
  /// half of a surrogate pair, at most ``JSONParser/depthMax`` levels, no byte order mark.
  public init(parsing bytes: [UInt8]) throws(JSONError) {
    var parser = JSONParser(bytes)
    self = try parser.parse()
  }

  public init(parsing text: String) throws(JSONError) {
    try self.init(parsing: Array(text.utf8))
  }
}

/// A recursive descent over bytes. Numbers stay the digits they are written with.
struct JSONParser {
  static let depthMax = 128

  private let bytes: [UInt8]
  private var index = 0
  private var depth = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func parse() throws(JSONError) -> JSONValue {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw error(.byteOrderMark, at: 0) }
    skipSpace()
    guard index < bytes.count else { throw error(.empty, at: index) }
    let value = try parseValue()
    skipSpace()
    guard index == bytes.count else { throw error(.trailing, at: index) }
    return value
  }

  private mutating func parseValue() throws(JSONError) -> JSONValue {
    guard index < bytes.count else { throw error(.truncated(expected: "a value"), at: index) }
    switch bytes[index] {
    case 0x22: return .string(try parseString())
    case 0x7B: return try parseObject()
    case 0x5B: return try parseArray()
    case 0x2D, 0x30...0x39: return .number(try parseNumber())
    case 0x74: return try parseWord("true", .bool(true))
    case 0x66: return try parseWord("false", .bool(false))
    case 0x6E: return try parseWord("null", .null)
    default: throw error(.unexpected(expected: "a value"), at: index)
    }
  }

  private mutating func parseWord(
    _ word: StaticString, _ value: JSONValue
  ) throws(JSONError) -> JSONValue {
    let start = index
    let letters = Array("\(word)".utf8)
    guard bytes[start...].starts(with: letters) else {
      throw error(.unexpected(expected: "a value"), at: start)
    }
    index += letters.count
    return value
  }

  private mutating func parseObject() throws(JSONError) -> JSONValue {
    try enter()
    var members: [JSONMember] = []
    if !skip(0x7D) {
      repeat {
        skipSpace()
        let start = index
        guard index < bytes.count else { throw error(.truncated(expected: "a name"), at: index) }
        guard bytes[index] == 0x22 else {
          throw error(.unexpected(expected: "a name in double quotes"), at: index)
        }
        let name = try parseString()
        try expect(0x3A, "a colon")
        skipSpace()
        let offset = index
        members.append(JSONMember(name, try parseValue(), offset: offset))
        // Few members are compared with each other; many would make this quadratic.
        if members.count <= 16, members.dropLast().contains(where: { $0.name == name }) {
          throw error(.duplicateKey(name), at: start)
        }
        skipSpace()
      } while skip(0x2C)
      try expect(0x7D, "a comma or }")
      if members.count > 16 {
        var names: Set<String> = []
        for member in members where !names.insert(member.name).inserted {
          throw error(.duplicateKey(member.name), at: member.offset ?? index)
        }
      }
    }
    depth -= 1
    return .object(members)
  }

  private mutating func parseArray() throws(JSONError) -> JSONValue {
    try enter()
    var values: [JSONValue] = []
    if !skip(0x5D) {
      repeat {
        skipSpace()
        values.append(try parseValue())
        skipSpace()
      } while skip(0x2C)
      try expect(0x5D, "a comma or ]")
    }
    depth -= 1
    return .array(values)
  }

  private mutating func enter() throws(JSONError) {
    depth += 1
    if depth > Self.depthMax { throw error(.tooDeep, at: index) }
    index += 1
    skipSpace()
  }

  private mutating func parseNumber() throws(JSONError) -> JSONNumber {
    let start = index
    _ = skip(0x2D)
    let isZero = index < bytes.count && bytes[index] == 0x30
    let digitCount = skipDigits()
    guard digitCount > 0, !(isZero && digitCount > 1) else { throw error(.badNumber, at: start) }
    if skip(0x2E), skipDigits() == 0 { throw error(.badNumber, at: start) }
    if index < bytes.count, bytes[index] | 0x20 == 0x65 {
      index += 1
      if !skip(0x2B) { _ = skip(0x2D) }
      if skipDigits() == 0 { throw error(.badNumber, at: start) }
    }
    return JSONNumber(checked: String(decoding: bytes[start..<index], as: UTF8.self))
  }

  private mutating func skipDigits() -> Int {
    let start = index
    while index < bytes.count, bytes[index] &- 0x30 < 10 { index += 1 }
    return index - start
  }

  private mutating func parseString() throws(JSONError) -> String {
    index += 1
    let start = index
    while index < bytes.count {
      switch bytes[index] {
      case 0x22:
        let text = try text(bytes[start..<index], at: start)
        index += 1
        return text
      case 0x5C: return try parseEscapedString(from: start)
      case 0..<0x20: throw error(.controlCharacter(bytes[index]), at: index)
      default: index += 1
      }
    }
    throw error(.truncated(expected: "a closing double quote"), at: index)
  }

  /// The slower way, for a text that has an escape at `index`.
  private mutating func parseEscapedString(from start: Int) throws(JSONError) -> String {
    var result = Array(bytes[start..<index])
    var runStart = index
    // Bytes between two escapes are checked to be UTF-8 where they stand, for the offset.
    try check(bytes[start..<index], at: start)
    while index < bytes.count {
      switch bytes[index] {
      case 0x22:
        try check(bytes[runStart..<index], at: runStart)
        result += bytes[runStart..<index]
        index += 1
        return String(decoding: result, as: UTF8.self)
      case 0x5C:
        try check(bytes[runStart..<index], at: runStart)
        result += bytes[runStart..<index]
        try parseEscape(into: &result)
        runStart = index
      case 0..<0x20: throw error(.controlCharacter(bytes[index]), at: index)
      default: index += 1
      }
    }
    throw error(.truncated(expected: "a closing double quote"), at: index)
  }

  private mutating func parseEscape(into result: inout [UInt8]) throws(JSONError) {
    let start = index
    index += 1
    guard index < bytes.count else {
      throw error(.truncated(expected: "an escaped character"), at: index)
    }
    let letter = bytes[index]
    index += 1
    switch letter {
    case 0x22, 0x5C, 0x2F: result.append(letter)
    case 0x62: result.append(0x08)
    case 0x66: result.append(0x0C)
    case 0x6E: result.append(0x0A)
    case 0x72: result.append(0x0D)
    case 0x74: result.append(0x09)
    case 0x75:
      var code = try parseHexadecimal(start)
      if 0xDC00...0xDFFF ~= code { throw error(.loneSurrogate, at: start) }
      if 0xD800...0xDBFF ~= code {
        guard index + 1 < bytes.count, bytes[index] == 0x5C, bytes[index + 1] == 0x75 else {
          throw error(.loneSurrogate, at: start)
        }
        index += 2
        let low = try parseHexadecimal(start)
        guard 0xDC00...0xDFFF ~= low else { throw error(.loneSurrogate, at: start) }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw error(.loneSurrogate, at: start) }
      result += Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    default: throw error(.badEscape, at: start)
    }
  }

  private mutating func parseHexadecimal(_ start: Int) throws(JSONError) -> UInt32 {
    guard index + 4 <= bytes.count else {
      throw error(.truncated(expected: "four hexadecimal digits"), at: bytes.count)
    }
    var code: UInt32 = 0
    for _ in 0..<4 {
      let byte = bytes[index]
      index += 1
      switch byte {
      case 0x30...0x39: code = code << 4 | UInt32(byte - 0x30)
      case 0x41...0x46: code = code << 4 | UInt32(byte - 0x37)
      case 0x61...0x66: code = code << 4 | UInt32(byte - 0x57)
      default: throw error(.badEscape, at: start)
      }
    }
    return code
  }

  private func text(_ slice: ArraySlice<UInt8>, at start: Int) throws(JSONError) -> String {
    guard let text = String(validating: slice, as: UTF8.self) else {
      throw invalidUTF8(slice, at: start)
    }
    return text
  }

  private func check(_ slice: ArraySlice<UInt8>, at start: Int) throws(JSONError) {
    _ = try text(slice, at: start)
  }

  private func invalidUTF8(_ slice: ArraySlice<UInt8>, at start: Int) -> JSONError {
    var decoder = UTF8.ForwardParser()
    var iterator = slice.makeIterator()
    var offset = start
    while case .valid(let scalar) = decoder.parseScalar(from: &iterator) { offset += scalar.count }
    return error(.invalidUTF8, at: offset)
  }

  private mutating func expect(_ byte: UInt8, _ expected: String) throws(JSONError) {
    skipSpace()
    guard index < bytes.count else { throw error(.truncated(expected: expected), at: index) }
    guard bytes[index] == byte else { throw error(.unexpected(expected: expected), at: index) }
    index += 1
  }

  private mutating func skip(_ byte: UInt8) -> Bool {
    guard index < bytes.count, bytes[index] == byte else { return false }
    index += 1
    return true
  }

  private mutating func skipSpace() {
    while index < bytes.count {
      switch bytes[index] {
      case 0x20, 0x09, 0x0A, 0x0D: index += 1
      default: return
      }
    }
  }

  private func error(_ problem: JSONError.Problem, at offset: Int) -> JSONError {
    let before = bytes[..<min(offset, bytes.count)]
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return JSONError(
      problem, offset: offset, line: before.count { $0 == 0x0A } + 1,
      // Every byte but UTF-8's continuation bytes begins a character.
      column: before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1)
  }
}
