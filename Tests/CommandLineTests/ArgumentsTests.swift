import ArgumentParser
import Events
import ExactNumbers
import Interchange
import Records
import Synchronization
import Testing

@testable import foldbook_cli

@Suite struct ArgumentsOfCommands {
  @Test("global options may stand anywhere, in both spellings")
  func globalOptions() throws {
    let options = try GlobalOptions.parse([
      "-C", "demo", "-b", "hedged", "--as-of", "-5d", "--known-at", "12", "--json", "-o", "x.json",
      "--color", "never", "-q", "-y", "--where", "tag:hedge", "--portfolio", "p",
    ])
    #expect(try options.bookPath() == "demo")
    #expect(options.branch == "hedged")
    #expect(try options.asOfTime()?.meaning == .daysAgo(5))
    #expect(try options.knownAtTime()?.meaning == .sequence(EventSequence(12)))
    #expect(options.resolvedFormat == .json)
    #expect(options.color == .never && options.quiet && options.yes)
    #expect(options.output == "x.json" && options.portfolioID == "p")
    #expect(try GlobalOptions.parse([]).resolvedFormat == .table)
    #expect(try GlobalOptions.parse([]).branch == "main")
    #expect(throws: (any Error).self) { try GlobalOptions.parse(["--json", "--format", "csv"]) }
  }

  @Test(
    "holdings are chosen by terms",
    arguments: [
      ("", true), ("tag:hedge", true), ("tag:HEDGE", true), ("tag:other", false),
      ("tag:other tag:hedge", true), ("type:SC", true), ("type:sc", true), ("type:LONG", false),
      ("underlying:AAPL", true), ("underlying:aapl", true), ("underlying:MSFT", false),
      ("symbol:AAPL240119C00150000", true), ("ticker:O:AAPL240119C00150000", true),
      ("tag:hedge type:SC underlying:AAPL", true), ("tag:hedge type:LONG", false),
      ("tag:\"Core Holdings\"", true), ("  tag:hedge   ", true), ("strategy:overlay", true),
    ])
  func filter(text: String, matches: Bool) throws {
    let holding = HoldingFilter.Holding(
      symbol: "AAPL240119C00150000", underlying: "AAPL", type: .shortCall,
      tags: ["hedge", "Core Holdings"], strategies: ["Overlay"])
    #expect(try HoldingFilter(text).matches(holding) == matches)
  }

  @Test("a stock is its own underlying")
  func stock() throws {
    let holding = HoldingFilter.Holding(symbol: "BRK.B", type: .long, tags: [])
    #expect(try HoldingFilter("underlying:BRK-B").matches(holding))
  }

  @Test(
    "a term that means nothing is refused",
    arguments: ["hedge", "colour:red", "tag:", "type:X", "tag:\"a"])
  func badFilter(text: String) {
    #expect(throws: CommandFailure.self) { try HoldingFilter(text) }
  }

  @Test("a book is the one named, else the variable's, else the nearest upward")
  func bookLocation() throws {
    #expect(
      try BookLocation.find(option: "a", environment: { _ in "b" }, currentFolder: "/") == "a")
    #expect(
      try BookLocation.find(option: nil, environment: { _ in "b" }, currentFolder: "/") == "b")
    #expect {
      try BookLocation.find(option: nil, environment: { _ in nil }, currentFolder: "/no/such")
    } throws: { ($0 as? CommandFailure)?.status == .missing }
  }

  @Test(
    "negative numbers are kept apart from options",
    arguments: [
      (["cash", "move", "p", "-500"], ["cash", "move", "p", "\u{2212}500"]),
      (["move", "-0.25"], ["move", "\u{2212}0.25"]), (["-5d"], ["\u{2212}5d"]),
      (["-n", "-C", "x"], ["-n", "-C", "x"]), (["--limit", "-5"], ["--limit", "-5"]),
      (["a", "--", "-5"], ["a", "--", "-5"]), (["-5x"], ["-5x"]), (["-"], ["-"]), (["--"], ["--"]),
    ] as [([String], [String])])
  func negativeNumbers(arguments: [String], expected: [String]) {
    #expect(protectingNegativeNumbers(arguments) == expected)
  }

  @Test("a number is read exactly, with either minus sign")
  func decimals() throws {
    #expect(try DecimalArgument("-0.25").value.description == "-0.25")
    #expect(try DecimalArgument("\u{2212}0.25").value.description == "-0.25")
    for text in ["NaN", "1e400", "0.123456789", "1234567890123456", "", "1,000"] {
      #expect {
        try DecimalArgument(text)
      } throws: { ($0 as? CommandFailure)?.status == .badData }
    }
  }

  @Test("nothing is asked without a terminal, and --yes answers")
  func confirmation() throws {
    try Confirmation.require("Sure?", isAssumed: true, isTerminal: false, answer: { nil })
    #expect {
      try Confirmation.require("Sure?", isAssumed: false, isTerminal: false, answer: { "y" })
    } throws: { ($0 as? CommandFailure)?.message.contains("--yes") ?? false }
    try Confirmation.require("Sure?", isAssumed: false, isTerminal: true, answer: { "Y" })
    #expect(throws: CommandFailure.self) {
      try Confirmation.require("Sure?", isAssumed: false, isTerminal: true, answer: { "" })
    }
  }

  @Test(
    "an error ends with its status, for people and for programs",
    arguments: [
      (CSVError.nullByte(name: "f", line: 1, offset: 0) as any Error, 65, "FB-CSV-005"),
      (InputError.cannotOpen(name: "f", errno: 2), 66, "FB-INPUT-001"),
      (InputError.cannotOpen(name: "f", errno: 13), 77, "FB-INPUT-001"),
      (InputError.cannotRead(name: "f", errno: 5, offset: 0), 74, "FB-INPUT-002"),
      (CSVError.input(.utf16(name: "f")), 65, "FB-INPUT-005"),
      (OutputError.cannotCreate(name: "f", errno: 13), 73, "FB-OUTPUT-001"),
      (OutputError.cannotWrite(name: "f", errno: 28), 74, "FB-OUTPUT-002"),
      (CommandFailure(.locked, code: "FB-X-1", "m"), 75, "FB-X-1"),
      (CancellationError(), 70, "FB-CLI-070"),
    ])
  func errors(error: any Error, status: Int32, code: String) throws {
    let plain = Style(isColored: false)
    let human = ErrorReport.of(error, isJSON: false, style: plain)
    #expect(human.status == status)
    #expect(human.error.hasPrefix("error: ") && human.error.hasSuffix("(\(code))\n"))
    let machine = ErrorReport.of(error, isJSON: true, style: plain)
    let json = try JSONValue(parsing: machine.error)
    #expect(json["message_type"] == "exit_error" && json["code"] == .string(code))
    #expect(json["message"]?.text?.isEmpty == false)
    #expect(machine.status == status && machine.output.isEmpty)
  }

  @Test("wrong arguments are usage errors, asking for help is none")
  func parserErrors() throws {
    let style = Style(isColored: false)
    do {
      _ = try FoldbookCommand.parseAsRoot(["--nonsense"])
      Issue.record("taken")
    } catch {
      let report = ErrorReport.of(error, isJSON: true, style: style)
      #expect(report.status == 64)
      #expect(try JSONValue(parsing: report.error)["message_type"] == "exit_error")
      #expect(ErrorReport.of(error, isJSON: false, style: style).error.contains("--nonsense"))
    }
    do {
      var help = try FoldbookCommand.parseAsRoot(["--help"])
      try help.run()
      Issue.record("taken")
    } catch {
      let report = ErrorReport.of(error, isJSON: false, style: style)
      #expect(report.status == 0 && report.error.isEmpty)
      #expect(report.output.contains("USAGE"))
    }
  }

  @Test("a reader that went away is no error")
  func brokenPipeIsQuiet() {
    let report = ErrorReport.of(
      OutputError.cannotWrite(name: "standard output", errno: brokenPipe), isJSON: false,
      style: Style(isColored: false))
    #expect(report.status == 0 && report.error.isEmpty)
  }

  @Test(
    "whether JSON is asked for is known before the arguments are parsed",
    arguments: [
      (["--json"], true), (["--format", "json"], true), (["--format=ndjson"], true),
      (["--format", "csv"], false), (["--", "--json"], false), ([], false),
    ] as [([String], Bool)])
  func jsonMode(arguments: [String], isJSON: Bool) {
    #expect(ErrorReport.isJSON(arguments) == isJSON)
  }
}

@Suite struct ProgressMessages {
  @Test("nothing is said within the first second")
  func quickWork() {
    let told = told(.lines, times: [0, 0.2, 0.9])
    #expect(told.isEmpty)
  }

  @Test("without a terminal a line comes every few seconds")
  func lines() {
    let told = told(.lines, times: [0, 1, 2, 3, 4, 5, 7, 8])
    #expect(told.count == 3)
    #expect(told.allSatisfy { $0.hasPrefix("importing: ") && $0.hasSuffix(" left\n") })
    #expect(told.first == "importing: 1 000 of 10 000 bytes (10 %), 1 000/s, 9 s left\n")
  }

  @Test("with ndjson it is a status message")
  func messages() throws {
    let told = told(.messages, times: [0, 2])
    let json = try JSONValue(parsing: try #require(told.first))
    #expect(json["message_type"] == "status" && json["action"] == "importing")
    #expect(json["done"] == 2_000 && json["total"] == 10_000 && json["seconds_remaining"] == 8)
  }

  @Test("a bar is drawn over itself and cleared at the end")
  func bar() {
    let told = told(.bar, times: [0, 1, 1.05, 2])
    #expect(told.count == 3)
    #expect(told.allSatisfy { $0.hasPrefix("\r") && !$0.contains("\n") })
    #expect(told.last == "\r\u{1B}[2K")
  }

  @Test("quiet is quiet")
  func silent() { #expect(told(.silent, times: [0, 5, 10]).isEmpty) }

  /// What is said when as many thousands of bytes as seconds have been done at each of the times.
  private func told(_ form: Progress.Form, times: [Double]) -> [String] {
    let clock = Mutex(0.0)
    let told = Mutex<[String]>([])
    let progress = Progress(
      "importing", unit: "bytes", total: 10_000, form: form, now: { clock.withLock { $0 } },
      write: { text in told.withLock { $0.append(text) } })
    for time in times {
      clock.withLock { $0 = time }
      progress.update(Int(time * 1_000))
    }
    progress.finish()
    return told.withLock { $0 }
  }
}
