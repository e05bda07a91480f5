import ArgumentParser
import EventLog
import Events
import ExactNumbers
import Foldbook
import Interchange
import Portfolio
import Records

/// `foldbook export`
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write events, positions or a what-if session to a file",
    discussion: """
      Each export is recorded as an export.made event, with the size and SHA-256 of what was \
      written, so that it can be written again; --no-record leaves that out.
      """,
    subcommands: [ExportEvents.self, ExportPositions.self, ExportSession.self])
}

/// `foldbook export events`
struct ExportEvents: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "events",
    abstract: "Events as CloudEvents JSON Lines, in the order of their sequences",
    discussion: "'foldbook import FILE' reads them into another book, which takes no event twice.")

  @OptionGroup var options: GlobalOptions

  @OptionGroup var export: ExportOptions

  @Option(help: ArgumentHelp("The form: cloudevents", valueName: "form"))
  var to = "cloudevents"

  @Option(help: ArgumentHelp("From this sequence on", valueName: "sequence"))
  var fromSequence: String?

  @Option(help: ArgumentHelp("Only this kind, or a family: position.*", valueName: "kind"))
  var kind: [String] = []

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Recorded at or after this", valueName: "time"))
  var since: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Recorded at or before this", valueName: "time"))
  var until: String?

  @Option(help: ArgumentHelp("Only about this symbol", valueName: "symbol"))
  var symbol: [String] = []

  func run() throws {
    guard to == ExportFormat.cloudevents.rawValue else {
      throw CommandFailure.usage("events are exported to cloudevents, not to '\(to)'")
    }
    let from = try fromSequence.map { text throws(CommandFailure) in
      try sequenceArgument(text, of: "--from-sequence")
    }
    let session = try export.session(options)
    let point = try session.point()
    let selection = try EventSelection(
      session, kinds: kind, since: since, until: until, symbols: symbol)
    let through = point.point.knownAt
    let progress = options.progress("exporting", unit: "events", total: Int(through.own.rawValue))
    var file = try ExportFile(session, type: .events, format: .cloudevents)
    var cursor = session.book.events(
      selection.filter, from: from ?? .zero.next, through: through)
    while let event = try cursor.next() {
      try file.write(row: try session.book.json(of: event) + [0x0A])
      if let sequence = event.sequence { progress.update(Int(sequence.own.rawValue)) }
    }
    progress.finish()
    try file.finish(at: point, asOf: options.asOf == nil ? nil : point.point.asOf, export)
    try session.finish()
  }
}

/// `foldbook export positions`
struct ExportPositions: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "positions",
    abstract: "Open positions, valued, as CSV that 'foldbook import' reads, or as JSON")

  @OptionGroup var options: GlobalOptions

  @OptionGroup var export: ExportOptions

  @Option(help: ArgumentHelp("The form: csv or json", valueName: "form"))
  var to = "csv"

  /// Behind the five columns of an import, which ignores them.
  private static let furtherColumns = [
    "position_type", "current_price", "market_value", "unrealized_pnl", "realized_pnl", "delta",
    "gamma", "theta", "vega", "expiration_date", "as_of",
  ]

  func run() throws {
    guard let format = ExportFormat(rawValue: to), [.csv, .json].contains(format) else {
      throw CommandFailure.usage("positions are exported to csv or json, not to '\(to)'")
    }
    let session = try export.session(options)
    let point = try session.point()
    let list = try PositionList(session, at: point.point, includesClosed: false)
    var file = try ExportFile(session, type: .portfolio, format: format)
    if format == .csv {
      if list.hasSeveralPortfolios {
        file.warn("the file has positions of several portfolios: --portfolio chooses one")
      }
      try write(csv: list, at: point.point, to: &file)
    } else {
      try write(json: list, at: point.point, session, to: &file)
    }
    for warning in point.warnings + list.warnings { file.warn(warning) }
    try file.finish(
      at: point, asOf: point.point.asOf == .distantPast ? nil : point.point.asOf, export)
    try session.finish()
  }

  private func write(
    csv list: PositionList, at point: ReplayPoint, to file: inout ExportFile
  ) throws {
    try file.write(PositionsCSVWriter.header(further: Self.furtherColumns))
    for entry in list.entries {
      let (position, value) = (entry.position, entry.value)
      func text(_ value: (some CustomStringConvertible)?) -> String { value?.description ?? "" }
      try file.write(
        row: Array(
          PositionsCSVWriter.line(
            ticker: position.symbol.rawValue, quantity: position.quantity.description,
            entryPrice: position.entryPrice.description, entryDate: position.entryDate,
            tags: entry.tags,
            further: [
              position.type.rawValue, text(value.price), text(value.marketValue),
              text(value.unrealizedPnL), position.realizedPnL.description,
            ]
              + ["delta", "gamma", "theta", "vega"].map {
                list.greeks.greek($0, of: position).plainText
              } + [
                text(position.terms?.expiration), point.asOf.description,
              ]
          ).utf8))
    }
  }

  /// Keys in the order of their bytes, so that equal states give equal bytes.
  private func write(
    json list: PositionList, at point: ReplayPoint, _ session: BookSession,
    to file: inout ExportFile
  ) throws {
    let head: JSONValue = [
      "as_of": .time(point.asOf == .distantPast ? nil : point.asOf),
      "at_seq": .sequence(point.knownAt), "format": "json",
      "generated_by": .string("foldbook \(foldbookVersion)"),
      "log_root": .string(try session.book.logRoot(at: point.knownAt).description),
      "type": "portfolio",
    ]
    let totals = try list.totals.map { JSONValue.object(try $0.members()).canonical.compactText }
    let portfolios =
      totals.count == 1
      ? "\"portfolio\":\(totals[0])"
      : "\"portfolio\":null,\n\"portfolios\":[\(totals.joined(separator: ","))]"
    try file.write(
      "{\"export\":\(head.canonical.compactText),\n\(portfolios),\n\"positions\":[")
    for (index, entry) in list.entries.enumerated() {
      let object = PositionFields.object(of: entry).canonical.compactText
      try file.write(row: Array(((index == 0 ? "\n" : ",\n") + object).utf8))
    }
    try file.write("\n]}\n")
  }
}
