import Analytics
import Records

/// One case of a JSON file: its inputs, read by name. What is wrong is told with its place.
struct ReferenceCase {
  let members: [JSONMember]
  let source: ReferenceDocument.Source
  /// What messages call it.
  var title: String
  var id = ""
  /// The document's, for what is annualised.
  var periodsPerYear = 252.0

  init(members: [JSONMember], source: ReferenceDocument.Source, title: String) {
    self.members = members
    self.source = source
    self.title = title
  }

  func text(_ name: String) throws(CommandFailure) -> String {
    let member = try member(name)
    guard let text = member.value.text else { throw unexpected(member, "a text", member.value) }
    return text
  }

  func number(_ name: String) throws(CommandFailure) -> Double {
    try number(try member(name), "")
  }

  /// - Returns: Nil where it is not given, or null.
  func optionalNumber(_ name: String) throws(CommandFailure) -> Double? {
    guard let member = optionalMember(name) else { return nil }
    return try number(member, "")
  }

  /// Numbers that must all be there.
  func numbers(_ name: String) throws(CommandFailure) -> [Double] {
    let member = try member(name)
    return try numbers(member, member.value, "", allowsMissing: false)
  }

  /// A series; NaN where a number is missing.
  func series(_ name: String) throws(CommandFailure) -> [Double] {
    let member = try member(name)
    return try numbers(member, member.value, "", allowsMissing: true)
  }

  /// - Returns: Nil where it is not given, or null.
  func optionalSeries(_ name: String) throws(CommandFailure) -> [Double]? {
    guard optionalMember(name) != nil else { return nil }
    return try series(name)
  }

  /// Texts, none twice: they name the parts of an answer.
  func names(_ name: String) throws(CommandFailure) -> [String] {
    let member = try member(name)
    guard case .array(let values) = member.value else {
      throw unexpected(member, "a list of names", member.value)
    }
    var names: [String] = []
    var seen: Set<String> = []
    for (index, value) in values.enumerated() {
      guard let text = value.text else {
        throw unexpected(member, "a text", value, "[\(index)]")
      }
      guard seen.insert(text).inserted else {
        throw inconsistent(name, "expected every name once, found '\(text)' twice")
      }
      names.append(text)
    }
    return names
  }

  /// A series for each name.
  func seriesByName(
    _ name: String
  ) throws(CommandFailure) -> [(name: String, series: [Double])] {
    let outer = try object(name)
    var result: [(name: String, series: [Double])] = []
    for one in outer {
      result.append((one.name, try numbers(one, one.value, "", allowsMissing: true)))
    }
    return result
  }

  /// A number for each name.
  func numbersByName(_ name: String) throws(CommandFailure) -> [(name: String, value: Double)] {
    var result: [(name: String, value: Double)] = []
    for one in try object(name) { result.append((one.name, try number(one, ""))) }
    return result
  }

  /// A list of rows.
  ///
  /// - Parameters:
  ///   - rows: As many as there must be; null where any number will do.
  ///   - columns: The same; null takes that of the first row.
  ///   - allowsMissing: A null is NaN in the result.
  func matrix(
    _ name: String, rows: Int? = nil, columns: Int? = nil, allowsMissing: Bool = false
  ) throws(CommandFailure) -> Matrix {
    let member = try member(name)
    guard case .array(let values) = member.value else {
      throw unexpected(member, "a list of rows", member.value)
    }
    if let rows, rows != values.count {
      throw inconsistent(name, "expected \(counted(rows, "row")), found \(values.count)")
    }
    var numbers: [Double] = []
    var width = columns
    for (index, value) in values.enumerated() {
      let row = try self.numbers(member, value, "[\(index)]", allowsMissing: allowsMissing)
      let expected = width ?? row.count
      guard row.count == expected else {
        throw inconsistent(
          "\(name)[\(index)]", "expected \(counted(expected, "number")), found \(row.count)")
      }
      width = expected
      numbers += row
    }
    return Matrix(rows: values.count, columns: width ?? 0, values: numbers)
  }

  /// - Throws: ``CommandFailure`` unless there are as many.
  func require(
    _ count: Int, of name: String, asMany expected: Int, as other: String
  ) throws(CommandFailure) {
    guard count == expected else {
      throw inconsistent(
        name, "expected as many as \(other), which are \(expected), found \(count)")
    }
  }

  /// What does not fit the rest of the case.
  func inconsistent(_ name: String, _ message: String) -> CommandFailure {
    let member = members.first { name == $0.name || name.hasPrefix($0.name + "[") }
    return ReferenceProblem.inconsistentCase.failure(
      at: source.place(member?.offset), "\(title): \(name): \(message); correct the case")
  }

  /// The kind, which is none of those that are answered.
  func unknownKind(expected: [String]) -> CommandFailure {
    let member = members.first { $0.name == "kind" }
    let found = member?.value.text ?? ""
    return ReferenceProblem.unknownCaseKind.failure(
      at: source.place(member?.offset),
      "\(title): expected the kind to be one of \(expected.joined(separator: ", ")) for "
        + "'reference \(source.kind.rawValue)', found \(ReferenceProblem.quoted(found)); "
        + "correct the case or put it into a file of its own")
  }
}

extension ReferenceCase {
  private func optionalMember(_ name: String) -> JSONMember? {
    members.first { $0.name == name && $0.value != .null }
  }

  private func member(_ name: String) throws(CommandFailure) -> JSONMember {
    if let member = members.first(where: { $0.name == name }) { return member }
    throw ReferenceProblem.badMember.failure(
      at: source.place(members.first?.offset),
      "\(title): expected a member '\(name)', found none; add it")
  }

  private func object(_ name: String) throws(CommandFailure) -> [JSONMember] {
    let member = try member(name)
    if let inner = member.value.members { return inner }
    throw unexpected(member, "an object with a value for each name", member.value)
  }

  private func numbers(
    _ member: JSONMember, _ value: JSONValue, _ path: String, allowsMissing: Bool
  ) throws(CommandFailure) -> [Double] {
    guard case .array(let values) = value else {
      throw unexpected(member, "a list of numbers", value, path)
    }
    var numbers: [Double] = []
    numbers.reserveCapacity(values.count)
    for (index, value) in values.enumerated() {
      if allowsMissing, value == .null {
        numbers.append(.nan)
      } else {
        let one = JSONMember(member.name, value, offset: member.offset)
        numbers.append(try number(one, "\(path)[\(index)]"))
      }
    }
    return numbers
  }

  private func number(_ member: JSONMember, _ path: String) throws(CommandFailure) -> Double {
    guard case .number(let number) = member.value else {
      throw unexpected(member, "a number", member.value, path)
    }
    guard let value = Double(number.text), value.isFinite else {
      throw ReferenceProblem.badNumber.failure(
        at: source.place(member.offset),
        "\(title): \(member.name)\(path): expected a number below 1.8e308, found "
          + "\(ReferenceProblem.quoted(number.text)); correct the case")
    }
    return value
  }

  private func unexpected(
    _ member: JSONMember, _ expected: String, _ found: JSONValue, _ path: String = ""
  ) -> CommandFailure {
    ReferenceProblem.badMember.failure(
      at: source.place(member.offset),
      "\(title): \(member.name)\(path): expected \(expected), found \(found.kindName); "
        + "correct the case")
  }
}
