import ArgumentParser
import EventLog
import Events
import ExactNumbers
import Foldbook
import Portfolio
import Records

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make a new book, with the default factors and scenarios in it",
    discussion: """
      foldbook init mybook
      foldbook init demo --demo
      foldbook init demo --demo books
      foldbook init copy --without-defaults && foldbook -C copy import events.jsonl \
        --keep-recorded-time

      The demo 'history' (the default) traded AAPL, MSFT, IBM, GOOG and FB on real prices, 2000 to \
      2013; 'books' are the three documented portfolios on generated prices.
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The new book's folder (default: --book, else this folder)")
  var folder: String?

  @Option(help: ArgumentHelp("Fill it with a demo: history or books", valueName: "name"))
  var demo: String?

  @Flag(
    help: "Leave out the default factors and scenarios: for taking in another book's events")
  var withoutDefaults = false

  mutating func run() throws {
    let demo = try demo.map { name throws(CommandFailure) in
      guard let demo = Demo(rawValue: name) else {
        throw .usage("there is no demo '\(name)': expected history or books")
      }
      return demo
    }
    let path = folder ?? options.book ?? "."
    try report(make(demo, at: path), path)
  }

  private func make(_ demo: Demo?, at path: String) throws -> Book {
    do {
      if let demo { return try demo.create(at: path) }
      let book = try Book.create(at: path)
      if !withoutDefaults { try book.appendDefaults() }
      return book
    } catch let error as StorageError where !error.isDiskFull {
      throw CommandFailure(.cannotCreate, code: LogError.storage(error).code, "\(error)")
    }
  }

  private func report(_ book: Book, _ path: String) throws {
    let session = BookSession(book, options)
    var answer = session.answer("init")
    answer.summary = "made the book \(path), head #\(book.head)"
    answer.extra = [
      JSONMember("path", .string(path)), JSONMember("demo", .text(demo)),
      JSONMember("log_root", .string(try book.logRoot().description)),
    ]
    let portfolios = try book.facts().resolve(asOf: .distantFuture).portfolios.values
      .sorted { $0.id < $1.id }
    let columns = [
      AnswerColumn("id"), AnswerColumn("name"), AnswerColumn("currency"), AnswerColumn("opened_at"),
    ]
    var writer = try session.writer(answer, columns: portfolios.isEmpty ? [] : columns)
    for portfolio in portfolios {
      try writer.row([
        .string(portfolio.id.rawValue), .string(portfolio.name), .string(portfolio.currency),
        .time(portfolio.openedAt),
      ])
    }
    try writer.finish()
    if !options.quiet, !options.resolvedFormat.isJSON { Terminal.writeError(hint(path)) }
  }

  private func hint(_ path: String) -> String {
    demo == nil
      ? "next: foldbook -C \(path) portfolio open core --name 'Core Holdings'\n"
      : "next: foldbook -C \(path) positions, foldbook -C \(path) status\n"
  }
}

/// Lets `--demo` stand without a name, which the argument parser has no form for.
func completingDemo(_ arguments: [String]) -> [String] {
  guard arguments.contains("init"), let index = arguments.firstIndex(of: "--demo") else {
    return arguments
  }
  let next = arguments.index(after: index)
  if next < arguments.endIndex, Demo(rawValue: arguments[next]) != nil { return arguments }
  var completed = arguments
  completed.insert(Demo.history.rawValue, at: next)
  return completed
}
