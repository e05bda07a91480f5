import Interchange
import TestSupport
import Testing

@Suite struct LinesOfBytes {
  /// Text, and the lines it has as (number, offset, text).
  private static let texts: [(String, [(Int, Int, String)])] = [
    ("", []),
    ("a", [(1, 0, "a")]),
    ("a\n", [(1, 0, "a")]),
    ("a\nb", [(1, 0, "a"), (2, 2, "b")]),
    ("a\r\nb\r\n", [(1, 0, "a"), (2, 3, "b")]),
    ("\n\n", [(1, 0, ""), (2, 1, "")]),
    ("\r\n", [(1, 0, "")]),
    ("\r", [(1, 0, "\r")]),
    ("a\rb\n", [(1, 0, "a\rb")]),
    ("\u{FEFF}a\nb", [(1, 3, "a"), (2, 5, "b")]),
    ("\u{FEFF}", []),
    ("é€😀\nx", [(1, 0, "é€😀"), (2, 10, "x")]),
  ]

  @Test("lines have number, offset and text, however the bytes arrive", arguments: [1, 2, 3, 4096])
  func lines(chunk: Int) throws {
    for (text, expected) in Self.texts {
      let found = try linesOf(Array(text.utf8), chunk: chunk)
      #expect(found.map(\.number) == expected.map(\.0), "\(text.debugDescription)")
      #expect(found.map(\.offset) == expected.map(\.1), "\(text.debugDescription)")
      #expect(found.map(\.text) == expected.map(\.2), "\(text.debugDescription)")
    }
  }

  @Test(
    "a line may have as many bytes as are allowed, and not one more", arguments: ["\n", "\r\n", ""])
  func longest(terminator: String) throws {
    let fits = Array((String(repeating: "x", count: 10) + terminator).utf8)
    #expect(try linesOf(fits, chunk: 3, bytesMax: 10).map(\.text) == ["xxxxxxxxxx"])
    let exceeds = Array(("ok\n" + String(repeating: "x", count: 11) + terminator).utf8)
    #expect(
      throws: InputError.lineTooLong(name: "memory", line: 2, offset: 3, bytesMax: 10)
    ) { try linesOf(exceeds, chunk: 3, bytesMax: 10) }
  }

  @Test("a line without an end is refused before it is read to its end")
  func endless() throws {
    let input = ByteInput(
      bytes: [UInt8](repeating: 0x78, count: 1_000_000), name: "memory", chunkBytesMax: 100)
    var lines = ByteLines(input, lineBytesMax: 1_000)
    #expect(throws: InputError.self) { try lines.next() }
    #expect(input.offset <= 1_200)
  }

  /// Ill-formed bytes and the index of the first one that cannot be: Unicode Standard, table 3-7.
  @Test(
    "what is not UTF-8 is named by its offset",
    arguments: [
      ([0x80], 0), ([0x61, 0xFF], 1), ([0xC0, 0x80], 0), ([0xC1, 0xBF], 0), ([0xC3], 0),
      ([0xC3, 0x28], 1), ([0xE0, 0x80, 0x80], 1), ([0xE2, 0x82], 0), ([0xE2, 0x82, 0x28], 2),
      ([0xED, 0xA0, 0x80], 1), ([0xF0, 0x80, 0x80, 0x80], 1), ([0xF4, 0x90, 0x80, 0x80], 1),
      ([0xF5, 0x80, 0x80, 0x80], 0), ([0xF0, 0x9F, 0x98], 0),
    ] as [([UInt8], Int)])
  func invalid(bytes: [UInt8], index: Int) throws {
    let text = Array("first\nab".utf8) + bytes
    #expect(
      throws: InputError.invalidUTF8(
        name: "memory", line: 2, offset: 8 + index, byte: bytes[index])
    ) { try linesOf(text, chunk: 4096) }
  }

  @Test("what the standard library takes for UTF-8 is taken, and nothing else")
  func agreesWithTheStandardLibrary() throws {
    for seed in UInt64(1)...400 {
      var random = SeededGenerator(seed: seed)
      let pool: [UInt8] = [
        0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF,
        0xF0, 0xF1, 0xF4, 0xF5, 0xFF,
      ]
      let bytes = (0..<Int.random(in: 0...6, using: &random)).map { _ in
        pool[Int.random(in: 0..<pool.count, using: &random)]
      }
      let isTaken = (try? linesOf([0x2E] + bytes, chunk: 2)) != nil
      #expect(isTaken == (String(validating: bytes, as: UTF8.self) != nil), "seed \(seed)")
    }
  }

  @Test(
    "UTF-16 is told apart from broken UTF-8",
    arguments: [[0xFF, 0xFE], [0xFE, 0xFF]] as [[UInt8]])
  func utf16(mark: [UInt8]) {
    #expect(throws: InputError.utf16(name: "memory")) {
      try linesOf(mark + [0x61, 0x00], chunk: 1)
    }
  }

  @Test("looking ahead takes nothing away")
  func peeking() throws {
    let input = ByteInput(bytes: Array("one\ntwo".utf8), name: "memory", chunkBytesMax: 2)
    #expect(try Array(input.peek(5)) == Array("one\nt".utf8))
    #expect(try Array(input.peek(99)) == Array("one\ntwo".utf8))
    #expect(input.offset == 0)
    var lines = ByteLines(input, lineBytesMax: 100)
    #expect(try lines.next()?.text == "one")
    #expect(lines.hasBufferedLine == false)
    #expect(try lines.next()?.text == "two")
    #expect(try lines.next() == nil)
  }

  @Test("a file that is not there, and a folder, are errors that say so")
  func missingFile() {
    #expect(throws: InputError.cannotOpen(name: "no/such/file", errno: 2)) {
      try ByteInput(path: "no/such/file")
    }
    #expect(throws: InputError.self) { try ByteInput(path: "/") }
  }
}

private func linesOf(
  _ bytes: [UInt8], chunk: Int, bytesMax: Int = 1_000
) throws -> [ByteLines.Line] {
  var lines = ByteLines(
    ByteInput(bytes: bytes, name: "memory", chunkBytesMax: chunk), lineBytesMax: bytesMax)
  var found: [ByteLines.Line] = []
  while let line = try lines.next() { found.append(line) }
  return found
}
