import Crypto
import EventLog
public import Events
public import ExactNumbers
public import Interchange
import Portfolio
public import Records

/// A file to be brought into a book, and how.
public struct FileImport: Sendable {
  public var path: String
  /// Null to recognise it.
  public var format: ImportFormat?
  /// Which source the file is of; null for the file's own name. See decision 0005.
  public var sourceName: String?
  /// Where positions go; they need one.
  public var portfolio: PortfolioID?
  /// The day the file speaks of: no entry lies behind it.
  public var effective: CivilDate
  public var skipsInvalidRows = false
  public var allowsUnknownKinds = false
  public var recordedTimes = RecordedTimes.now
  public var expectedHead: EventSequence?
  public var actor: String?
  /// Told how many bytes of the file have been taken in.
  public var progress: @Sendable (_ bytesTaken: Int) -> Void = { _ in }

  public init(path: String, effective: CivilDate) {
    self.path = path
    self.effective = effective
  }
}

/// What an import did, or would do.
public struct ImportOutcome: Sendable {
  public var report: ImportReport
  /// What was appended, or by a dry run would be; null for a file that is refused.
  public var outcome: AppendOutcome?
}

extension Book {
  /// Brings a file in: all of it, or with errors nothing, unless its bad rows are to be skipped.
  ///
  /// Doing it again changes nothing.
  ///
  /// - Parameters:
  ///   - isDryRun: Read and judged, and not written.
  ///   - accepted: Shown each event that is new, completed, as it is judged. None of them is
  ///     written when the file is refused in the end.
  public func bringIn(
    _ request: FileImport, isDryRun: Bool = false, accepted: (Event) throws -> Void = { _ in }
  ) throws -> ImportOutcome {
    let hash = try fileHash(request.path)
    let input = try ByteInput(path: request.path)
    let format = try request.format ?? ImportFormat.detect(input)
    let source = format.source(file: request.sourceName ?? input.name)
    switch format {
    case .positionsCSV:
      return try bringInPositions(
        request, input, source, hash, isDryRun: isDryRun, accepted: accepted)
    case .barsCSV:
      var bars = try BarsReader(
        input,
        origin: BarsReader.Origin(source: source, correlation: hash, actor: request.actor))
      var restatements = BarRestatements(self)
      return try bringIn(request, isDryRun: isDryRun, accepted: accepted) {
        let event = try bars.next().map { try restatements.numbered($0) }
        request.progress(bars.bytesTaken)
        return Reading(event: event, row: bars.row, report: bars.report)
      }
    case .cloudEvents:
      var lines = EventLinesReader(input, allowsUnknownKinds: request.allowsUnknownKinds)
      return try bringIn(request, isDryRun: isDryRun, accepted: accepted) {
        let event = try lines.next()
        request.progress(lines.bytesTaken)
        return Reading(event: event, row: lines.row, report: lines.report)
      }
    }
  }

  /// What a reader has to say after one more row.
  private struct Reading {
    /// Null after the last.
    var event: Event?
    var row: Int
    var report: ImportReport
  }

  /// Appends what a reader gives, one event after another, in bounded memory.
  private func bringIn(
    _ request: FileImport, isDryRun: Bool, accepted: (Event) throws -> Void,
    next: () throws -> Reading
  ) throws -> ImportOutcome {
    var reading = Reading(event: nil, row: 0, report: ImportReport(format: .cloudEvents))
    var refusals: [ImportIssue] = []
    var result = ImportOutcome(report: reading.report)
    do {
      result.outcome = try appendBulk(
        expecting: request.expectedHead, recordedTimes: request.recordedTimes,
        isDryRun: isDryRun
      ) {
        reading = try next()
        let isFaulty = reading.report.errorCount > 0 || !refusals.isEmpty
        if reading.event == nil, isFaulty, !request.skipsInvalidRows { throw ImportRefused() }
        return reading.event
      } refused: { _, error in
        refusals.append(ImportIssue(refusal: error, row: reading.row))
        // Read on, to say everything that is wrong with the file at once.
        return true
      } accepted: { event in
        try accepted(event)
      }
    } catch is ImportRefused {}
    result.report = reading.report
    for refusal in refusals { result.report.add(error: refusal) }
    result.report.sortIssues()
    if let outcome = result.outcome {
      result.report.created = outcome.appended
      result.report.unchanged = outcome.unchanged
    }
    return result
  }

  private func bringInPositions(
    _ request: FileImport, _ input: ByteInput, _ source: String, _ hash: String, isDryRun: Bool,
    accepted: (Event) throws -> Void
  ) throws -> ImportOutcome {
    guard let portfolio = request.portfolio else { throw BookError.portfolioNeeded }
    let state = try currentFacts()
    guard let details = state.portfolio(portfolio, asOf: .distantFuture) else {
      throw BookError.unknownPortfolio(id: portfolio.rawValue)
    }
    let file = try PositionsFile(input, effective: request.effective)
    let plan = try PositionsImport(
      portfolio: portfolio, owner: details.owner, source: source, correlation: hash,
      actor: request.actor, skipsInvalidRows: request.skipsInvalidRows, identity: derivedIdentity
    ).plan(file, context: PositionsContext(book: self, state: state))
    request.progress(input.offset)
    let hasErrors = plan.report.errorCount > 0 && !request.skipsInvalidRows
    if file.isRefused || hasErrors { return ImportOutcome(report: plan.report) }
    var events = plan.events.makeIterator()
    let outcome = try appendBulk(
      expecting: request.expectedHead, recordedTimes: request.recordedTimes, isDryRun: isDryRun
    ) {
      events.next()
    } accepted: { event in
      try accepted(event)
    }
    return ImportOutcome(report: plan.report, outcome: outcome)
  }

  var derivedIdentity: DerivedIdentity {
    DerivedIdentity { Array(SHA256.hash(data: $0)) }
  }

  private func fileHash(_ path: String) throws -> String {
    let input = try ByteInput(path: path)
    var hash = SHA256()
    while case let chunk = try input.next(), !chunk.isEmpty { hash.update(data: chunk) }
    return hash.finalize().map(hexadecimal).joined()
  }
}

extension ImportIssue {
  /// What the ledger has against an event of a row.
  fileprivate init(refusal: any Error, row: Int) {
    let code =
      switch refusal {
      case let error as RuleError: error.code
      case let error as BookError: error.code
      default: "refused"
      }
    let text = "\(refusal)"
    self.init(
      row: row, code: code,
      message: text.hasPrefix(code + ": ") ? String(text.dropFirst(code.count + 2)) : text)
  }
}

/// Stops a bulk append whose file turned out to have errors.
private struct ImportRefused: Error {}

/// The book as an import of positions sees it.
private struct PositionsContext: ImportContext {
  let book: Book
  let state: BookState

  func tag(named name: String, owner: UserID?) -> TagID? {
    liveTags(of: owner).first { $0.name.lowercased() == name.lowercased() }?.id
  }

  func tagCount(owner: UserID?) -> Int { liveTags(of: owner).count }

  func knownPosition(_ id: PositionID) throws -> KnownPosition? {
    guard let position = try state.position(id, asOf: .distantFuture) else { return nil }
    let tags = state.tagSpans(of: id, asOf: .distantFuture).filter { $0.to == nil }.map(\.tag)
    return KnownPosition(isVoided: position.isVoided, tags: Set(tags))
  }

  func hasPosition(
    in portfolio: PortfolioID, symbol: Symbol, entryDate: CivilDate, notFrom source: String
  ) throws -> Bool {
    for id in state.positions(onSymbol: symbol) {
      guard let position = try state.position(id, asOf: .distantFuture), !position.isVoided,
        position.portfolio == portfolio, position.symbol == symbol,
        position.entryDate == entryDate,
        let entered = try book.event(at: position.provenance.firstSequence)
      else { continue }
      if entered.source != source { return true }
    }
    return false
  }

  func hasPrice(of symbol: Symbol, onOrBefore date: CivilDate) throws -> Bool {
    var cursor = book.events(
      EventFilter(
        kinds: EventCatalog.marketKinds, symbols: [symbol],
        effective: .distantPast...date.end))
    return try cursor.next() != nil
  }

  private func liveTags(of owner: UserID?) -> [TagDetails] {
    state.tagIDs.compactMap { state.tag($0, asOf: .distantFuture) }
      .filter { $0.owner == owner && $0.retiredAt == nil }
  }
}
