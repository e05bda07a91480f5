import EventLog
import Events
import ExactNumbers
import Foldbook
import Portfolio
import Records

/// Makes the events of one command, and appends them together.
///
/// The first event has the id that was given, or a random one; the ids of what goes with it are
/// derived from that. So a command that is given again under the same id makes the same events, and
/// changes nothing.
struct EventFactory {
  static let source = "/foldbook/cli"

  let session: BookSession
  /// When what the command records happened.
  let effective: Instant
  /// Id of the first event.
  let id: String
  private let actor: String?
  private let expectedHead: EventSequence?
  /// Where the log holds the first event already: what was known before it.
  private let knownBefore: EventSequence?

  init(_ options: GlobalOptions, _ recording: RecordingOptions) throws {
    guard options.asOf == nil, options.knownAt == nil else {
      throw CommandFailure.usage(
        "--as-of and --known-at ask about a point; to say when it happened, use --at TIME")
    }
    let time = try recording.at.map { text throws(CommandFailure) in try TimeArgument(text) }
    expectedHead = try recording.expectedHead()
    let session = try BookSession(options, mode: .readWrite)
    self.session = session
    let book = session.book
    id = recording.id ?? book.newID()
    actor = recording.actorName
    let recorded = try recording.id.flatMap { try book.sequence(ofID: $0) }
      .flatMap { try book.event(at: $0) }
    knownBefore = recorded?.sequence.map { EventSequence($0.rawValue - 1) }
    effective = try time.map(session.effectiveTime) ?? recorded?.effective ?? session.now()
  }

  /// The facts that the command is judged against.
  func facts() throws -> BookState { try session.book.facts(knownAt: knownBefore) }

  /// A portfolio that the command line names.
  ///
  /// - Throws: `BookError.unknownPortfolio` where it was never opened.
  func portfolio(_ text: String, in facts: BookState) throws -> PortfolioDetails {
    guard let details = facts.portfolio(PortfolioID(text), asOf: .distantFuture) else {
      throw BookError.unknownPortfolio(id: text)
    }
    return details
  }

  /// - Parameters:
  ///   - part: What tells the event from the first one of the command; null for that one.
  ///   - time: Null for the time that the command is about.
  func event(_ payload: Payload, part: String? = nil, effective time: Instant? = nil) -> Event {
    Event(
      id: .given(part.map { "\(id)-\($0)" } ?? id), effective: time ?? effective,
      source: Self.source, actor: actor, causation: part == nil ? nil : id, payload: payload)
  }

  /// Appends the events, all or none, and tells what was written.
  func append(_ events: [Event]) throws {
    let outcome = try session.book.append(events, expecting: expectedHead)
    try ChangeReport(session).write(outcome)
  }
}
