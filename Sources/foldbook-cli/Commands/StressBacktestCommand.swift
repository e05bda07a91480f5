import ArgumentParser
import Calculations
import Events
import ExactNumbers
import Foldbook
import Portfolio
import Records

/// `foldbook stress backtest`
struct StressBacktestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backtest",
    abstract: "What the factors' moves should have brought on each past day, against what happened",
    discussion: """
      Of every session: the exposures at the end of the session before, times the move of the \
      market alone (predicted_pnl) and of all factors (conditional_pnl), beside the realized P&L.

      foldbook -C demo stress backtest --from 2008-01-01 --to 2008-12-31
      """)

  @OptionGroup var options: GlobalOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The first day (default: the portfolio's first session)", valueName: "date"))
  var from: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The last day (default: that of the point)", valueName: "date"))
  var to: String?

  func run() throws {
    let book = try CalculatedBook(options)
    let range = try DateRange(from: from, to: to, book.session)
    let day = try book.calculations.day()
    let history = MarketHistory(day.state, through: min(range.last ?? day.date, day.date).end)
    var tests: [StressBacktest] = []
    for portfolio in book.portfolios {
      let sessions = try Self.sessions(of: portfolio, range, day)
      tests.append(
        try StressBacktest(
          day.state, portfolio: portfolio, sessions: sessions, history: history))
    }
    guard tests.isEmpty || tests.contains(where: { !$0.days.isEmpty }) else {
      throw BookError.noSession(
        dates: range.description,
        known: "a back-test needs two sessions, one to hold and one to see")
    }
    try write(tests, book)
  }

  /// The sessions of the range from the portfolio's first day on, and the one before them, which
  /// says what was held.
  private static func sessions(
    of portfolio: PortfolioID, _ range: DateRange, _ day: CalculationDay
  ) throws -> [CivilDate] {
    guard let first = try day.history(of: portfolio).first?.date else { return [] }
    let dates = day.sessions(of: portfolio).dates.filter { $0 >= first && $0 <= day.date }
    let before = dates.last { date in range.first.map { date < $0 } ?? false }
    return (before.map { [$0] } ?? []) + dates.filter(range.contains)
  }

  private func write(_ tests: [StressBacktest], _ book: CalculatedBook) throws {
    let currency = book.currency
    var writer = try book.writer(
      "stress_backtest",
      columns: [
        book.portfolioColumn, AnswerColumn("date"), .percent("market_return"),
        .money("predicted_pnl", currency), .money("conditional_pnl", currency),
        .money("realized_pnl", currency), .picture(),
        .money("error", currency, isDetail: true), .money("conditional_error", currency),
      ])
    for test in tests {
      for day in test.days {
        try writer.row([
          .string(test.portfolio.rawValue), .date(day.date), Cell(day.marketReturn).json,
          .scaled(day.predictedPnL), .scaled(day.conditionalPnL), .scaled(day.realizedPnL),
          .scaled(day.realizedPnL), .scaled(day.error), .scaled(day.conditionalError),
        ])
      }
    }
    writer.add(Self.summary(tests, book))
    writer.add(Self.series(tests))
    var footnotes = Footnotes()
    for test in tests {
      let unknown = test.days.count { $0.predictedPnL == nil || $0.realizedPnL == nil }
      if unknown > 0 {
        footnotes.add(
          "\(test.portfolio): \(grouped(unknown)) of \(counted(test.days.count, "day")) have no "
            + "prediction by the market or no result, and are in no summary")
      }
    }
    try book.finish(&writer, footnotes)
  }

  private static func summary(_ tests: [StressBacktest], _ book: CalculatedBook) -> Appendix {
    Appendix(
      title: "How the predictions did: error is realized less predicted", member: "summary",
      columns: [
        book.portfolioColumn, AnswerColumn("method"), .number("days"),
        .number("correlation", .places(3)), .number("r_squared", .places(3)),
        .percent("hit_rate", places: 1), .money("mean_error", book.currency),
        .money("rms_error", book.currency),
      ]
    ) { body in
      for test in tests {
        for (method, summary) in [("market", test.market), ("conditional", test.conditional)] {
          let members = [
            JSONMember("portfolio_id", .string(test.portfolio.rawValue)),
            JSONMember("method", .string(method)), JSONMember("days", .integer(summary.days)),
            JSONMember("correlation", Cell(summary.correlation).json),
            JSONMember("r_squared", Cell(summary.rSquared).json),
            JSONMember("hit_rate", Cell(summary.hitRate).json),
            JSONMember("mean_error", Cell(summary.meanError).json),
            JSONMember("rms_error", Cell(summary.rootMeanSquareError).json),
          ]
          try body(members.map(\.value), .object(members))
        }
      }
    }
  }

  /// What is lost and gained in all, for people.
  private static func series(_ tests: [StressBacktest]) -> Appendix {
    func line(
      _ name: String, _ test: StressBacktest, _ value: (StressBacktest.Day) -> Money?
    )
      -> [JSONValue]
    {
      var total = 0.0
      let sums = test.days.map { day -> Double? in
        total += value(day)?.doubleValue ?? 0
        return total
      }
      return [
        .string(test.portfolio.rawValue), .string(name), Cell(total).json,
        .string(sparkline(sums)),
      ]
    }
    return Appendix(
      title: "Added up over the days",
      columns: [
        AnswerColumn("portfolio_id"), AnswerColumn("series"), .number("total", .places(2)),
        .picture("from the first to the last day"),
      ],
      rows: tests.flatMap { test in
        [
          line("realized_pnl", test) { $0.realizedPnL },
          line("predicted_pnl", test) { $0.predictedPnL },
          line("conditional_pnl", test) { $0.conditionalPnL },
        ]
      })
  }
}

/// The days from one to another, both included.
struct DateRange: CustomStringConvertible {
  let first: CivilDate?
  let last: CivilDate?

  /// - Throws: ``CommandFailure`` for what is no day, and for a range that ends before it begins.
  init(from: String?, to: String?, _ session: BookSession) throws {
    first = try from.map { try Self.date($0, session) }
    last = try to.map { try Self.date($0, session) }
    if let first, let last, last < first {
      throw CommandFailure.usage("--to \(last) lies before --from \(first)")
    }
  }

  /// Of a time of the command line the UTC date.
  static func date(_ text: String, _ session: BookSession) throws -> CivilDate {
    try session.effectiveTime(TimeArgument(text)).date
  }

  func contains(_ date: CivilDate) -> Bool {
    (first.map { date >= $0 } ?? true) && (last.map { date <= $0 } ?? true)
  }

  var description: String {
    switch (first, last) {
    case (let first?, let last?): first == last ? "\(first)" : "\(first) to \(last)"
    case (let first?, nil): "from \(first) on"
    case (nil, let last?): "up to \(last)"
    case (nil, nil): "the book"
    }
  }
}
