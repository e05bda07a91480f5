import Interchange
import Records

/// A JSON file of cases.
struct ReferenceDocument {
  let cases: [ReferenceCase]

  /// - Throws: `InputError`; ``CommandFailure`` for what is no JSON, or has no list of cases.
  init(_ input: ByteInput, as kind: ReferenceKind) throws {
    var bytes: [UInt8] = []
    while true {
      let more = try input.next()
      if more.isEmpty { break }
      bytes += more
    }
    let source = Source(name: input.name, bytes: bytes, kind: kind)
    let root: JSONValue
    do {
      root = try JSONValue(parsing: bytes)
    } catch {
      throw CommandFailure(
        .badData, code: error.code,
        "\(input.name), line \(error.line), column \(error.column): \(error.problem)")
    }
    guard case .array(let values) = root["cases"] else {
      throw ReferenceProblem.badMember.failure(
        at: "\(input.name), line 1",
        "expected an object with a list named cases, found "
          + (root["cases"].map { "\($0.kindName) named cases" } ?? "\(root.kindName) without one")
          + "; write {\"cases\":[…]}")
    }
    let whole = ReferenceCase(members: root.members ?? [], source: source, title: "the document")
    let periods = try whole.optionalNumber("periods_per_year")
    if let periods, !(periods > 0) {
      throw whole.inconsistent("periods_per_year", "expected a number above 0, found \(periods)")
    }
    cases = try values.enumerated().map { index, value in
      guard let members = value.members else {
        throw ReferenceProblem.badMember.failure(
          at: "\(input.name), case \(index + 1)",
          "expected an object, found \(value.kindName); write {\"id\":…,\"kind\":…}")
      }
      var one = ReferenceCase(members: members, source: source, title: "case \(index + 1)")
      one.id = try one.text("id")
      one.title = "case \(ReferenceProblem.quoted(one.id))"
      one.periodsPerYear = periods ?? one.periodsPerYear
      return one
    }
  }

  /// The text that was read, for places in messages.
  final class Source {
    let name: String
    let kind: ReferenceKind
    private let bytes: [UInt8]

    init(name: String, bytes: [UInt8], kind: ReferenceKind) {
      self.name = name
      self.bytes = bytes
      self.kind = kind
    }

    /// The file with line and column, both from 1, of a byte.
    func place(_ offset: Int?) -> String {
      guard let offset else { return name }
      let before = bytes.prefix(offset)
      let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
      let line = before.count { $0 == 0x0A } + 1
      // Every byte but UTF-8's continuation bytes begins a character.
      let column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
      return "\(name), line \(line), column \(column)"
    }
  }
}

extension JSONValue {
  /// Of an object; null for anything else.
  var members: [JSONMember]? {
    guard case .object(let members) = self else { return nil }
    return members
  }
}
