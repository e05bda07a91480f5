import Interchange
import Records
import TestSupport
import Testing

@testable import foldbook_cli

/// Files that `reference` cannot read: what, where, and what was expected.
@Suite struct ReferenceErrors {
  struct Refusal: CustomTestStringConvertible, Sendable {
    var kind: ReferenceKind
    var text: String
    var code: String
    var saying: [String]

    init(_ kind: ReferenceKind, _ text: String, _ code: String, _ saying: String...) {
      self.kind = kind
      self.text = text
      self.code = code
      self.saying = saying
    }

    var testDescription: String { "\(kind) \(code) \(saying.joined(separator: ", "))" }
  }

  static let ofTables = [
    Refusal(.bsm, "", "FB-REF-001", "line 1", "id,type,spot", "an empty file"),
    Refusal(.bsm, "id,type,spot,strike,t_years,rate,div_yield\n", "FB-REF-001", "named vol"),
    Refusal(
      .iv, "id,type,spot,strike,t_years,vol,rate,div_yield\n", "FB-REF-001", "named price"),
    Refusal(.edge, row("") + ",spot", "FB-REF-001", "column 3", "once"),
    Refusal(.bsm, row("1,call,100,100,1,0.2,0"), "FB-REF-002", "line 2", "8 fields", "found 7"),
    Refusal(.bsm, row("1,call,100,100,1,0.2,0,0,0"), "FB-REF-002", "line 2", "found 9"),
    Refusal(
      .bsm, row("1,call,abc,100,1,0.2,0,0"), "FB-REF-003", "line 2, column 3 (spot)", "'abc'"),
    Refusal(.american, row("1,put,1,0x10,1,0.2,0,0"), "FB-REF-003", "column 4 (strike)", "'0x10'"),
    Refusal(.edge, row("1,put,1,1,1,0.2%,0,0"), "FB-REF-003", "column 6 (vol)", "'0.2%'"),
    Refusal(.bsm, row("1,straddle,1,1,1,1,0,0"), "FB-REF-004", "call or put", "'straddle'"),
    Refusal(.bsm, row("1,\"call,1,1,1,1,0,0"), "FB-CSV-001", "line 2", "never closed"),
  ]

  static let ofDocuments = [
    Refusal(.regressions, "", "FB-JSON-001", "line 1, column 1"),
    Refusal(.regressions, "{\n", "FB-JSON-003", "line 2"),
    Refusal(.regressions, "[]", "FB-REF-005", "a list named cases", "an array"),
    Refusal(.portfolio, #"{"cases":3}"#, "FB-REF-005", "a number named cases"),
    Refusal(.portfolio, #"{"cases":[3]}"#, "FB-REF-005", "case 1", "expected an object"),
    Refusal(.portfolio, #"{"cases":[{"kind":"series"}]}"#, "FB-REF-005", "case 1", "'id'"),
    Refusal(
      .portfolio, #"{"periods_per_year":0,"cases":[]}"#, "FB-REF-007", "periods_per_year"),
    Refusal(
      .regressions, one(#""kind":"series""#), "FB-REF-006", "line 2, column 8", "'series'",
      "ols, univariate_betas, covariance"),
    Refusal(.portfolio, one(#""kind":"ols""#), "FB-REF-006", "series, factor_risk"),
    Refusal(.regressions, ols(#""y":[1,"x"],"x":[[1],[2]]"#), "FB-REF-005", "y[1]", "a text"),
    Refusal(.regressions, ols(#""y":[1,1e999],"x":[[1],[2]]"#), "FB-REF-003", "y[1]", "'1e999'"),
    Refusal(.regressions, ols(#""y":[1,2],"x":[[1],[2,3]]"#), "FB-REF-007", "x[1]", "found 2"),
    Refusal(.regressions, ols(#""y":[1,2],"x":[[1]]"#), "FB-REF-007", "2 rows", "found 1"),
    Refusal(.regressions, ols(#""y":[1,2]"#), "FB-REF-005", "case 'a'", "'x'"),
    Refusal(
      .regressions, one(#""kind":"univariate_betas","market":[1,2],"stocks":{"A":[1]}"#),
      "FB-REF-007", "stocks[A]", "found 1"),
    Refusal(
      .regressions, one(#""kind":"covariance","lambda":0,"returns":[]"#), "FB-REF-007", "lambda"),
    Refusal(
      .portfolio, one(#""kind":"series","nav":[1,2],"benchmark":[1],"risk_free_annual":0"#),
      "FB-REF-007", "benchmark", "found 1"),
    Refusal(
      .portfolio, one(#""kind":"factor_risk","exposures":[1],"covariance":[[null]]"#),
      "FB-REF-005", "covariance[0][0]", "null"),
    Refusal(
      .portfolio,
      one(#""kind":"factor_risk","exposures":[1],"covariance":[[1]],"specific_variance":-1"#),
      "FB-REF-007", "specific_variance"),
    Refusal(.portfolio, stress(#"["a"]"#, #"{"z":1}"#), "FB-REF-007", "shocks", "'z'"),
    Refusal(.portfolio, stress(#"["a","a"]"#, "{}"), "FB-REF-007", "names", "'a' twice"),
  ]

  private static func row(_ text: String) -> String {
    "id,type,spot,strike,t_years,vol,rate,div_yield" + (text.isEmpty ? "" : "\n\(text)\n")
  }

  private static func one(_ members: String) -> String {
    "{\"cases\":[{\"id\":\"a\",\n\(members)}]}"
  }

  private static func ols(_ members: String) -> String {
    one("\"kind\":\"ols\",\"names\":[\"m\"],\(members)")
  }

  private static func stress(_ names: String, _ shocks: String) -> String {
    one(
      "\"kind\":\"stress\",\"names\":\(names),\"shocks\":\(shocks),\"covariance\":[[1]],"
        + "\"betas\":[1],\"portfolio_value\":1")
  }

  @Test("a file that cannot be read is refused with the place", arguments: ofTables + ofDocuments)
  func refusal(_ refusal: Refusal) throws {
    do {
      let found = try ReferenceFile.answer(refusal.kind, to: refusal.text)
      Issue.record("taken, and answered by \(found.output)")
    } catch {
      let failure = try #require(CommandFailure.interchange(error))
      #expect(failure.code == refusal.code, "\(failure.message)")
      #expect(failure.status == .badData)
      #expect(failure.message.hasPrefix("inputs"), "\(failure.message)")
      for part in refusal.saying { #expect(failure.message.contains(part), "\(failure.message)") }
    }
  }

  @Test("a document with one bad case is not answered by half")
  func wholeDocuments() {
    var output = ""
    let text = #"{"cases":[{"id":"a","kind":"ols","names":[],"y":[],"x":[]},{"id":"b"}]}"#
    #expect(throws: CommandFailure.self) {
      try ReferenceRun(emit: { output += $0 })
        .answer(ByteInput(bytes: Array(text.utf8), name: "inputs"), as: .regressions)
    }
    #expect(output.isEmpty)
  }

  @Test("every problem has a code of its own")
  func codes() {
    let codes = ReferenceProblem.allCases.map(\.rawValue)
    #expect(Set(codes).count == 7)
    #expect(codes.allSatisfy { $0.hasPrefix("FB-REF-") })
  }
}

/// The built program.
@Suite struct ReferenceProgram {
  @Test("the program answers a file, standard input, and into a file, without a book")
  func endToEnd() throws {
    let path = ReferenceFile.path("bsm_edge.csv")
    let text = try ReferenceFile.text("bsm_edge.csv")
    let expected = try ReferenceFile.answer(.edge, to: text).output
    let direct = try Program.run(["reference", "edge", path])
    #expect(direct.status == 0 && direct.error.isEmpty, "\(direct.error)")
    #expect(direct.output == expected)
    let piped = try Program.run(["reference", "edge", "-"], input: text)
    #expect(piped.output == expected)
    let folder = try TemporaryFolder()
    let written = try Program.run(["reference", "edge", path, "-o", "\(folder.path)/answers.csv"])
    #expect(written.status == 0 && written.output.isEmpty)
    let input = try ByteInput(path: "\(folder.path)/answers.csv")
    #expect(String(decoding: try input.next(), as: UTF8.self) == expected)
    let document = try Program.run(["reference", "portfolio", "-"], input: "{\"cases\":[]}")
    #expect(document.output == "{\"cases\":[\n]}\n")
  }

  @Test("warnings go to standard error and the answers go on")
  func warnings() throws {
    let outcome = try Program.run(
      ["reference", "bsm", "-"], input: "\(ReferenceInputs.header)\n1,put,0,1,1,1,0,0\n")
    #expect(outcome.status == 0)
    #expect(outcome.output.hasSuffix("\n1,,,,,,,,,,\n"))
    #expect(outcome.error.contains("warning: standard input, line 2: spot is 0.0"))
    #expect(outcome.error.contains("no answer to 1 of 1 row"))
  }

  @Test(
    "a file that is not there, a kind or a form that is not: status, code",
    arguments: [
      (["bsm", "nosuch.csv"], 66, "FB-INPUT-001"), (["nosuch", "-"], 64, "bsm"),
      (["bsm", "-", "--json"], 64, "FB-CLI-001"), (["bsm"], 64, "file"),
      (["regressions", "-", "--format", "csv"], 64, "FB-CLI-001"),
      (["bsm", "-"], 65, "FB-REF-001"), (["edge", "-", "-o", "nosuch/f.csv"], 73, "FB-OUTPUT-001"),
    ])
  func endings(arguments: [String], status: Int32, saying: String) throws {
    let outcome = try Program.run(["reference"] + arguments)
    #expect(outcome.status == status, "\(outcome.error)")
    #expect(outcome.output.isEmpty)
    #expect(outcome.error.contains(saying), "\(outcome.error)")
  }
}
