import Calculations
import Events
import ExactNumbers
import FoundationEssentials
import Records
import Testing

@Suite("Parameters") struct ParameterTests {
  @Test("stand in the README, each with its default", arguments: Parameter.all)
  func documented(parameter: Parameter) throws {
    let readme = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "README.md")
    let text = String(decoding: try Data(contentsOf: readme), as: UTF8.self)
    let row = try #require(
      text.split(separator: "\n").first { $0.hasPrefix("|") && $0.contains("`\(parameter.name)`") },
      "\(parameter.name) is in the table of parameters")
    let cells = row.split(separator: "|").map { $0.trimming(" ") }
    let names = cells[0].split(separator: ",").map { $0.trimming(" `") }
    let defaults = cells[1].split(separator: ",").map { $0.trimming(" ") }
    let place = try #require(names.firstIndex(of: parameter.name))
    let standard: String
    if case .string(let word) = parameter.standard {
      standard = word
    } else {
      standard = parameter.standard.compactText
    }
    #expect(defaults[place] == standard)
  }

  @Test(
    "refuse what they cannot be, naming what was expected",
    arguments: [
      ("beta.window", JSONValue.string("many"), "a whole number from 3 to 5000"),
      ("beta.window", 2, "a whole number from 3 to 5000"),
      ("beta.window", .number(JSONNumber(try! .init("150.5"))), "a whole number from 3 to 5000"),
      ("covariance.decay", 0, "a number from 0.01 to 1.0"),
      ("covariance.decay", .bool(true), "a number from 0.01 to 1.0"),
      ("greeks.model", "binomial", "\"auto\" or \"bsm\""),
      ("valuation.unquoted_options", "entry", "\"model\" or \"null\""),
    ])
  func refused(name: String, value: JSONValue, expectation: String) throws {
    var book = try BookFixture.tinyBook()
    try book.set(name, value)
    let day = book.day("2025-07-01")
    let parameter = try #require(Parameter.all.first { $0.name == name })
    #expect(
      throws: CalculationError.badParameter(
        name: name, expected: expectation, found: value.compactText)
    ) {
      switch parameter.kind {
      case .whole: _ = try day.whole(parameter)
      case .number: _ = try day.number(parameter)
      case .choice: _ = try day.choice(parameter)
      }
    }
  }
}

extension Substring {
  fileprivate func trimming(_ characters: String) -> String {
    var rest = self
    while let first = rest.first, characters.contains(first) { rest.removeFirst() }
    while let last = rest.last, characters.contains(last) { rest.removeLast() }
    return String(rest)
  }
}
