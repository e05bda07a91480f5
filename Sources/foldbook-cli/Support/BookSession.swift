import EventLog
import Events
import ExactNumbers
import Foldbook
import Records

/// A book that was opened for one command, with the point its options ask for.
///
/// ```swift
/// let session = try BookSession(options)
/// let point = try session.point()
/// var writer = try session.writer(session.answer("positions", at: point), columns: columns)
/// …
/// try writer.finish()
/// try session.finish()
/// ```
struct BookSession {
  let book: Book
  let options: GlobalOptions

  /// Opens the book that the options name. What opening found in the log is told on standard error.
  ///
  /// - Parameter mode: Reading needs no lock and no right to write.
  /// - Throws: `LogError.damaged` where a damaged log would be written to.
  init(_ options: GlobalOptions, mode: EventLog.Mode = .readOnly) throws {
    try self.init(options, branch: options.branch, mode: mode)
  }

  /// The same for a branch that the command's own argument names.
  init(_ options: GlobalOptions, branch: String, mode: EventLog.Mode = .readOnly) throws {
    self.options = options
    book = try Book.open(at: options.bookPath(), branch: branch, mode: mode)
    tellRecovery()
    if mode == .readWrite { try finish() }
  }

  /// For a book that is open already.
  init(_ book: Book, _ options: GlobalOptions) {
    self.book = book
    self.options = options
  }

  /// What was left unfinished or is damaged, and what became of it; but for the first damage, which
  /// the answer and the end of the command tell.
  private func tellRecovery() {
    for note in book.log.recovery
    where note.isDamage ? note.place != book.damage : !options.quiet {
      let word =
        note.isDamage ? options.errorStyle.red("damage:") : options.errorStyle.yellow("note:")
      Terminal.writeError("\(word) \(note)\n")
    }
  }

  // MARK: Points

  /// The point that `--as-of` and `--known-at` ask for; the head where they are not given.
  ///
  /// - Throws: `BookError.unknownPoint` with the valid range.
  func point() throws -> ResolvedPoint {
    try book.point(
      asOf: options.asOfTime().map(reference), knownAt: options.knownAtTime().map(reference))
  }

  /// A time of the command line as the book takes it.
  func reference(_ argument: TimeArgument) throws(CommandFailure) -> TimeReference {
    switch argument.meaning {
    case .sequence(let sequence): return .sequence(sequence)
    case .event(let id): return .event(id: id)
    case .instant, .daysAgo, .monthsAgo:
      guard let instant = try argument.instant(now: currentInstant()) else {
        preconditionFailure("a time that is no event's needs no book")
      }
      return .instant(instant)
    }
  }

  /// A time of the command line on the effective clock: of an event, its effective time.
  func effectiveTime(_ argument: TimeArgument) throws -> Instant {
    try book.point(asOf: reference(argument)).point.asOf
  }

  /// A time of the command line on the recorded clock, for `--since` and `--until`: of an event,
  /// its recorded time.
  func recordedTime(_ argument: TimeArgument) throws -> Instant {
    let reference = try reference(argument)
    if case .instant(let instant) = reference { return instant }
    let sequence = try book.point(knownAt: reference).point.knownAt
    return try book.event(at: sequence)?.recorded ?? .distantPast
  }

  /// When something happens of which nobody says when: now, but on a branch that was forked as of a
  /// date, which stands still.
  func now() throws -> Instant {
    guard book.standsStill else { return currentInstant() }
    return try book.defaultAsOf() ?? currentInstant()
  }

  // MARK: Answers

  /// The head of an answer: which book, branch and point.
  ///
  /// - Parameter point: Null for an answer that is about no point.
  func answer(_ schema: String, at point: ResolvedPoint? = nil) -> Answer {
    var answer = Answer(schema)
    answer.book = book.manifest.id
    answer.branch = book.branch
    answer.head = book.head
    if let point = point?.point {
      answer.asOf = Answer.AsOf(
        requested: options.asOf, time: point.asOf == .distantPast ? nil : point.asOf)
      answer.knownAt = Answer.KnownAt(
        requested: options.knownAt, sequence: point.knownAt,
        parentSequence: try? book.parentSequence(at: point.knownAt))
    }
    return answer
  }

  /// A writer of the answer, which warns of what is odd about its point and of a damaged log.
  func writer(
    _ answer: Answer, columns: [AnswerColumn], at point: ResolvedPoint? = nil
  ) throws -> AnswerWriter {
    var writer = try AnswerWriter(answer, columns: columns, options: options)
    for warning in point?.warnings ?? [] { writer.warn(warning) }
    if let damage = book.damage {
      writer.warn("the log is damaged; this answer ends at #\(book.head): \(damage)")
    }
    return writer
  }

  /// The end of a command that only looked: on a damaged log the answer stands, and the program
  /// says by its status that it may not be all.
  func finish() throws {
    if let damage = book.damage { throw LogError.damaged(damage) }
  }
}
