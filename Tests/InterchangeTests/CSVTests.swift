import Interchange
import TestSupport
import Testing

@Suite struct CommaSeparatedValues {
  @Test(
    "fields are taken apart after RFC 4180",
    arguments: [
      ("a,b,c\n", [["a", "b", "c"]]),
      ("a,b,c", [["a", "b", "c"]]),
      ("a,,\n", [["a", "", ""]]),
      ("\n", [[""]]),
      ("a\r\nb\r\n", [["a"], ["b"]]),
      ("\"a\",\"b\"\n", [["a", "b"]]),
      ("\"a,b\",c\n", [["a,b", "c"]]),
      ("\"a\"\"b\"\n", [["a\"b"]]),
      ("\"\"\n", [[""]]),
      ("\"\"\"\"\n", [["\""]]),
      ("\"\",\"\"\n", [["", ""]]),
      ("\"a\nb\",c\nd,e", [["a\nb", "c"], ["d", "e"]]),
      ("\"a\r\nb\"\r\nc\r\n", [["a\r\nb"], ["c"]]),
      ("\"a\rb\"\n", [["a\rb"]]),
      ("\"a\n\n\nb\"\n", [["a\n\n\nb"]]),
      (" a , b \n", [[" a ", " b "]]),
      ("\u{FEFF}a,b\n", [["a", "b"]]),
      ("é,\"€,😀\"\n", [["é", "€,😀"]]),
    ] as [(String, [[String]])])
  func reading(text: String, expected: [[String]]) throws {
    for chunk in [1, 2, 3, 4096] {
      #expect(try records(text, chunk: chunk).map(\.fields) == expected)
    }
  }

  @Test("rows count records, lines count line ends")
  func numbers() throws {
    let found = try records("h1,h2\n\"a\nb\",c\nd,e\n\nf,g\n")
    #expect(found.map(\.row) == [1, 2, 3, 4, 5])
    #expect(found.map(\.line) == [1, 2, 4, 5, 6])
    #expect(found.map(\.offset) == [0, 6, 14, 18, 19])
  }

  @Test(
    "what cannot be taken apart is refused with its place",
    arguments: [
      ("a\n\"b\nc\nd", .unterminatedQuote(name: "memory", line: 2, offset: 2)),
      ("a,\"b\nc", .unterminatedQuote(name: "memory", line: 1, offset: 2)),
      ("a\"b\n", .strayQuote(name: "memory", line: 1, offset: 1)),
      ("x\n \"a\"\n", .strayQuote(name: "memory", line: 2, offset: 3)),
      ("\"a\"b\n", .textAfterQuote(name: "memory", line: 1, offset: 3)),
      ("\"a\nb\" ,c\n", .textAfterQuote(name: "memory", line: 2, offset: 5)),
      ("a,b\rc,d\r", .bareCarriageReturn(name: "memory", line: 1, offset: 3)),
      ("\"a\"\r\"b\"\r", .bareCarriageReturn(name: "memory", line: 1, offset: 3)),
      ("a\nb\0c\n", .nullByte(name: "memory", line: 2, offset: 3)),
      (
        "a\n\"" + String(repeating: "x\n", count: 300) + "\"",
        .recordTooLong(name: "memory", line: 2, offset: 2, bytesMax: 500)
      ),
      (
        "a\n" + String(repeating: "x", count: 501),
        .input(.lineTooLong(name: "memory", line: 2, offset: 2, bytesMax: 500))
      ),
    ] as [(String, CSVError)])
  func refusal(text: String, error: CSVError) {
    #expect(throws: error) { try records(text, bytesMax: 500) }
  }

  @Test(
    "quotes are written only where they are needed",
    arguments: [
      (["a", "b"], "a,b\n"), (["a,b"], "\"a,b\"\n"), (["a\"b"], "\"a\"\"b\"\n"),
      (["a\nb"], "\"a\nb\"\n"), (["a\r\nb"], "\"a\r\nb\"\n"), ([" a"], "\" a\"\n"),
      (["a "], "\"a \"\n"), ([""], "\"\"\n"), (["", ""], ",\n"), (["-1.5", "x y"], "-1.5,x y\n"),
    ] as [([String], String)])
  func writing(fields: [String], line: String) {
    #expect(CSVWriter.line(fields) == line)
  }

  @Test("what is written is read again")
  func roundTrip() throws {
    let pool = ["a", "\"", ",", "\n", "\r", "\r\n", " ", "é", "😀", "", "\t", "x"]
    for seed in UInt64(1)...300 {
      var random = SeededGenerator(seed: seed)
      let table = (0..<Int.random(in: 1...5, using: &random)).map { _ in
        (0..<Int.random(in: 1...4, using: &random)).map { _ in
          (0..<Int.random(in: 0...5, using: &random))
            .map { _ in pool[Int.random(in: 0..<pool.count, using: &random)] }.joined()
        }
      }
      let text = table.map { CSVWriter.line($0) }.joined()
      #expect(try records(text, chunk: 7).map(\.fields) == table, "seed \(seed)")
    }
  }

  @Test("any bytes at all give records or an error")
  func noise() {
    let pool = Array("\"\",,\n\r\n ab\0é\u{FEFF}".utf8) + [0xFF, 0x80]
    for seed in UInt64(1)...500 {
      var random = SeededGenerator(seed: seed)
      let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        pool[Int.random(in: 0..<pool.count, using: &random)]
      }
      let whole = Result { try records(bytes, chunk: 4096).map(\.fields) }
      let pieces = Result { try records(bytes, chunk: 1).map(\.fields) }
      switch (whole, pieces) {
      case (.success(let one), .success(let other)): #expect(one == other, "seed \(seed)")
      case (.failure(let one), .failure(let other)):
        #expect("\(one)" == "\(other)", "seed \(seed)")
      default: Issue.record("seed \(seed): the size of the pieces changed the outcome")
      }
    }
  }
}

private func records(
  _ text: String, chunk: Int = 4096, bytesMax: Int = 10_000
) throws -> [CSVRecord] { try records(Array(text.utf8), chunk: chunk, bytesMax: bytesMax) }

private func records(
  _ bytes: [UInt8], chunk: Int, bytesMax: Int = 10_000
) throws -> [CSVRecord] {
  var reader = CSVReader(
    ByteInput(bytes: bytes, name: "memory", chunkBytesMax: chunk), recordBytesMax: bytesMax)
  var found: [CSVRecord] = []
  while let record = try reader.next() { found.append(record) }
  return found
}
