import ExactNumbers
import Records
import TestSupport
import Testing

@Suite struct JSONParsing {
  /// Named as in JSONTestSuite (Seriot, "Parsing JSON is a minefield"), y_ cases.
  static let valid: [(name: String, text: String, compact: String)] = [
    ("y_array_empty", "[]", "[]"),
    ("y_array_with_spaces", " [ 1 , 2 ]\n", "[1,2]"),
    ("y_object_empty", "{}", "{}"),
    ("y_object_empty_key", #"{"":0}"#, #"{"":0}"#),
    ("y_object_order_is_kept", #"{"b":1,"a":2}"#, #"{"b":1,"a":2}"#),
    ("y_structure_lonely_true", "true", "true"),
    ("y_structure_lonely_string", #""asd""#, #""asd""#),
    ("y_structure_whitespace_array", "\t[\r\n]\t", "[]"),
    ("y_number_0e1", "[0e1]", "[0e1]"),
    ("y_number_minus_zero", "[-0]", "[-0]"),
    ("y_number_real_capital_e_pos_exp", "[1E+2]", "[1E+2]"),
    ("y_number_huge_exp_is_text", "[1e400]", "[1e400]"),
    ("y_string_unicode_escape", #"["\u0041\u00e9\u20AC"]"#, #"["Aé€"]"#),
    ("y_string_surrogates", #"["\uD834\uDD1E"]"#, #"["𝄞"]"#),
    ("y_string_escapes", #"["\"\\\/\b\f\n\r\t"]"#, #"["\"\\/\b\f\n\r\t"]"#),
    ("y_string_null_escape", #"["\u0000\u001f"]"#, #"["\u0000\u001f"]"#),
    ("y_string_u+2028_is_plain", "[\"\u{2028}\"]", "[\"\u{2028}\"]"),
    ("y_string_last_surrogates", #"["\uDBFF\uDFFF"]"#, "[\"\u{10FFFF}\"]"),
    ("y_string_in_utf8", "[\"€𝄞\"]", "[\"€𝄞\"]"),
    ("y_string_del_is_plain", "[\"\u{7F}\"]", "[\"\u{7F}\"]"),
  ]

  @Test("what is JSON is read, and written compactly", arguments: valid)
  func accepts(name: String, text: String, compact: String) throws {
    let value = try JSONValue(parsing: text)
    #expect(value.compactText == compact)
    #expect(try JSONValue(parsing: value.compactText) == value)
  }

  static let invalid: [(name: String, text: String, code: String, offset: Int)] = [
    ("empty", "", "FB-JSON-001", 0),
    ("only space", " \n ", "FB-JSON-001", 3),
    ("n_array_extra_comma", "[1,]", "FB-JSON-002", 3),
    ("n_array_just_comma", "[,]", "FB-JSON-002", 1),
    ("n_array_missing_comma", "[1 2]", "FB-JSON-002", 3),
    ("n_array_unclosed", "[1", "FB-JSON-003", 2),
    ("n_array_unclosed_comma", "[1,", "FB-JSON-003", 3),
    ("n_object_unquoted_key", "{a:1}", "FB-JSON-002", 1),
    ("n_object_single_quotes", "{'a':1}", "FB-JSON-002", 1),
    ("n_object_trailing_comma", #"{"a":1,}"#, "FB-JSON-002", 7),
    ("n_object_missing_colon", #"{"a" 1}"#, "FB-JSON-002", 5),
    ("n_object_missing_value", #"{"a":"#, "FB-JSON-003", 5),
    ("n_object_unclosed", #"{"a":1"#, "FB-JSON-003", 6),
    ("n_object_comment", "{/**/}", "FB-JSON-002", 1),
    ("trailing", "{} x", "FB-JSON-004", 3),
    ("two values", "1 2", "FB-JSON-004", 2),
    ("n_structure_capitalized_True", "True", "FB-JSON-002", 0),
    ("n_structure_half_word", "tru", "FB-JSON-002", 0),
    ("NaN", #"{"a":NaN}"#, "FB-JSON-002", 5),
    ("Infinity", "[-Infinity]", "FB-JSON-005", 1),
    ("n_number_leading_zero", "[012]", "FB-JSON-005", 1),
    ("n_number_-01", "[-01]", "FB-JSON-005", 1),
    ("n_number_plus", "[+1]", "FB-JSON-002", 1),
    ("n_number_point_first", "[.5]", "FB-JSON-002", 1),
    ("n_number_point_last", "[1.]", "FB-JSON-005", 1),
    ("n_number_no_exponent", "[1e]", "FB-JSON-005", 1),
    ("n_number_sign_exponent", "[1e+]", "FB-JSON-005", 1),
    ("n_number_minus_alone", "[-]", "FB-JSON-005", 1),
    ("n_number_hex", "[0x1]", "FB-JSON-002", 2),
    ("n_string_unclosed", "\"a", "FB-JSON-003", 2),
    ("n_string_unescaped_newline", "[\"a\nb\"]", "FB-JSON-007", 3),
    ("n_string_unescaped_tab", "[\"\t\"]", "FB-JSON-007", 2),
    ("n_string_unescaped_nul", "[\"\u{0}\"]", "FB-JSON-007", 2),
    ("n_string_control_behind_escape", "[\"\\n\u{1}\"]", "FB-JSON-007", 4),
    ("n_string_escape_x", #"["\x00"]"#, "FB-JSON-006", 2),
    ("n_string_bad_hex", #"["\u00G0"]"#, "FB-JSON-006", 2),
    ("n_string_cut_escape", #"["\u00"#, "FB-JSON-003", 6),
    ("n_string_cut_backslash", "[\"\\", "FB-JSON-003", 3),
    ("lone high surrogate", #"["\uD834"]"#, "FB-JSON-008", 2),
    ("lone low surrogate", #"["a\uDD1E"]"#, "FB-JSON-008", 3),
    ("high surrogate twice", #"["\uD834\uD834"]"#, "FB-JSON-008", 2),
    ("high surrogate and a letter", #"["\uD834\u0041"]"#, "FB-JSON-008", 2),
    ("byte order mark", "\u{FEFF}{}", "FB-JSON-012", 0),
    ("duplicate key", #"{"a":1,"a":2}"#, "FB-JSON-010", 7),
    ("duplicate key by escape", #"{"a":1,"\u0061":2}"#, "FB-JSON-010", 7),
  ]

  @Test("what is not JSON is refused where it goes wrong", arguments: invalid)
  func refuses(name: String, text: String, code: String, offset: Int) throws {
    let error = try #require(throws: JSONError.self) { try JSONValue(parsing: text) }
    #expect(error.code == code, "\(name): \(error)")
    #expect(error.offset == offset, "\(name): \(error)")
  }

  static let badUTF8: [(bytes: [UInt8], offset: Int)] = [
    ([0xFF], 0), ([0x61, 0x80], 1), ([0xC3], 0), ([0xC0, 0x80], 0), ([0xE2, 0x82], 0),
    ([0xED, 0xA0, 0x80], 0), ([0xC3, 0xA9, 0xF5, 0x80, 0x80, 0x80], 2),
    ([0x5C, 0x6E, 0xFE], 2), ([0xFE, 0x5C, 0x6E], 0),
  ]

  @Test("bytes that are not UTF-8 are refused with their offset", arguments: badUTF8)
  func refusesInvalidUTF8(bytes: [UInt8], offset: Int) throws {
    let text: [UInt8] = [0x5B, 0x22] + bytes + [0x22, 0x5D]
    let error = try #require(throws: JSONError.self) { try JSONValue(parsing: text) }
    #expect(error.problem == .invalidUTF8)
    #expect(error.offset == 2 + offset)
  }

  @Test("128 levels are read, 129 are refused") func depth() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(try JSONValue(parsing: nested(128)).compactText == nested(128))
    let error = try #require(throws: JSONError.self) { try JSONValue(parsing: nested(129)) }
    #expect(error.problem == .tooDeep && error.offset == 128)
    #expect(throws: JSONError.self) { try JSONValue(parsing: nested(100_000)) }
    // Levels beside each other do not add up.
    let wide = "[" + Array(repeating: "{\"a\":[1]}", count: 500).joined(separator: ",") + "]"
    #expect(try JSONValue(parsing: wide).compactText == wide)
  }

  @Test("a name is found twice among many") func duplicateAmongMany() throws {
    let names = (0..<40).map { "\"k\($0)\":0" }
    #expect(throws: Never.self) { try JSONValue(parsing: "{\(names.joined(separator: ","))}") }
    let twice = (names + ["\"k7\":1"]).joined(separator: ",")
    let error = try #require(throws: JSONError.self) { try JSONValue(parsing: "{\(twice)}") }
    #expect(error.problem == .duplicateKey("k7"))
  }

  @Test("an error tells line and column in characters") func place() throws {
    let error = try #require(throws: JSONError.self) {
      try JSONValue(parsing: "{\n  \"é€𝄞\": nope\n}")
    }
    #expect(error.line == 2 && error.column == 10)
    #expect(error.offset == 17)
    #expect(error.description.hasPrefix("FB-JSON-002: line 2, column 10: expected a value"))
  }

  @Test("every prefix of a text is refused, never a trap") func prefixes() throws {
    let bytes = Array(#"{"a":[1.5e-3,true,null,"x\u00e9\uD834\uDD1E€"],"b":{"c":false}}"#.utf8)
    for length in 0..<bytes.count {
      #expect(throws: JSONError.self, "\(length)") {
        try JSONValue(parsing: Array(bytes[..<length]))
      }
    }
    #expect(throws: Never.self) { try JSONValue(parsing: bytes) }
  }

  @Test("the canonical text sorts names by bytes and shortens numbers") func canonical() throws {
    let value = try JSONValue(
      parsing: #"{"é":1.50,"b":[{"z":1e2,"a":-0.0}],"B":1e400,"a":0.123456789}"#)
    #expect(
      value.canonical.compactText
        == #"{"B":1e400,"a":0.123456789,"b":[{"a":0,"z":100}],"é":1.5}"#)
    #expect(value.canonical.canonical == value.canonical)
  }

  @Test("whatever bytes come in, the parser answers; what it reads it writes and reads again")
  func noise() throws {
    var generator = SeededGenerator(seed: 0x4A53_4F4E)
    let alphabet = Array(#"[]{},:"\u0019.eE+-truefalsn "#.utf8) + [0xC3, 0xA9, 0x00, 0xFF]
    var readCount = 0
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...12, using: &generator)
      let bytes = (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
      guard let value = try? JSONValue(parsing: bytes) else { continue }
      readCount += 1
      #expect(try JSONValue(parsing: value.compactText) == value, "seed 0x4A534F4E, \(bytes)")
    }
    #expect(readCount > 50)
  }
}
