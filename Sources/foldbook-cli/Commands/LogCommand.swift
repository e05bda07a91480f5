import ArgumentParser
import EventLog
import Events
import ExactNumbers
import Foldbook
import Records

/// `foldbook log`
struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "The events, newest last",
    discussion: """
      In JSON each row is the event's CloudEvents object. --known-at ends the list at a sequence, \
      --as-of leaves out what is effective later.
      """)

  @OptionGroup var options: GlobalOptions

  @Option(
    help: ArgumentHelp(
      "Only this kind, or a family: price.closed, position.*; may be given several times",
      valueName: "kind"))
  var kind: [String] = []

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Recorded at or after this", valueName: "time"))
  var since: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Recorded at or before this", valueName: "time"))
  var until: String?

  @Option(help: ArgumentHelp("Only the newest so many", valueName: "count"))
  var limit: Int?

  @Option(help: ArgumentHelp("Only about this symbol", valueName: "symbol"))
  var symbol: [String] = []

  mutating func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit \(limit): expected 1 or more") }
  }

  func run() throws {
    let session = try BookSession(options)
    let point = try session.point()
    let selection = try EventSelection(
      session, kinds: kind, since: since, until: until, symbols: symbol)
    let rows = EventRows(session.book, options.resolvedFormat)
    var writer = try session.writer(
      session.answer("events", at: point), columns: rows.columns, at: point)
    let through = point.point.knownAt
    func write(_ event: Event) throws {
      let (values, object) = try rows.row(of: event)
      try writer.row(values, object: object)
    }
    if let limit {
      for event in try newest(limit, selection, through: through, session.book) {
        try write(event)
      }
    } else {
      var cursor = session.book.events(selection.filter, through: through)
      while let event = try cursor.next() { try write(event) }
    }
    try writer.finish()
    try session.finish()
  }

  /// The last events that the selection lets through; while reading no more than twice as many are
  /// kept.
  private func newest(
    _ limit: Int, _ selection: EventSelection, through: EventSequence, _ book: Book
  ) throws -> ArraySlice<Event> {
    // Without a filter the last events have the last numbers, but for those that a branch does not
    // show: a wider stretch is read until there are enough.
    var reach = selection.isEverything ? UInt64(limit) : through.own.rawValue
    while true {
      let from = EventSequence(through.own.rawValue - min(reach, through.own.rawValue)).next
      var newest: [Event] = []
      var cursor = book.events(selection.filter, from: book.line.number(from), through: through)
      while let event = try cursor.next() {
        newest.append(event)
        if newest.count == 2 * limit { newest.removeFirst(limit) }
      }
      if newest.count >= limit || from == .zero.next { return newest.suffix(limit) }
      reach *= 4
    }
  }
}

/// Which events the options of `log` and `export events` choose.
struct EventSelection {
  private(set) var filter = EventFilter.all

  var isEverything: Bool { filter == .all }

  /// - Throws: ``CommandFailure`` for a kind that is not in the catalogue and for times that do not
  ///   follow each other.
  init(
    _ session: BookSession, kinds: [String], since: String?, until: String?, symbols: [String]
  ) throws {
    if !kinds.isEmpty { filter.kinds = Set(try kinds.flatMap(Self.numbers)) }
    if let portfolio = session.options.portfolioID { filter.portfolios = [portfolio] }
    if !symbols.isEmpty {
      filter.symbols = Set(symbols.map { Symbol(normalizing: $0.uppercased()) })
    }
    if session.options.asOf != nil {
      filter.effective = .distantPast...(try session.point().point.asOf)
    }
    if since != nil || until != nil {
      let from = try since.map { try session.recordedTime(TimeArgument($0)) } ?? .distantPast
      let to = try until.map { try session.recordedTime(TimeArgument($0)) } ?? .distantFuture
      guard from <= to else {
        throw CommandFailure.usage("--since \(from) lies after --until \(to)")
      }
      filter.recorded = from...to
    }
  }

  private static func numbers(of name: String) throws(CommandFailure) -> [KindNumber] {
    if let kind = EventCatalog.kind(named: name) { return [kind.number] }
    let family = name.hasSuffix(".*") ? String(name.dropLast(2)) : name
    let kinds = EventCatalog.kinds.filter { $0.name.hasPrefix(family + ".") }
    guard !kinds.isEmpty else {
      throw .usage(
        "there is no kind of event '\(name)': 'foldbook schema' lists all, a family is price.*")
    }
    return kinds.map(\.number)
  }
}
