public import Events
public import Interchange
public import Records

/// A line of CloudEvents that is refused, and why.
public struct EventLineError: Error, Sendable {
  /// What the input is called.
  public var input: String
  /// From 1.
  public var line: Int
  /// An `EventError` where the line holds no event; a `RuleError` or ``BookError`` where the event
  /// may not happen.
  public var cause: any Error
  /// How many further lines hold no event; no rule was asked about any.
  public var furtherLines = 0

  public var place: String { "\(input), line \(line)" }
}

/// How lines of CloudEvents are appended.
public struct LinesIntake: Sendable {
  public var allowsUnknownKinds = false
  /// Refuses when the head is another.
  public var expectedHead: EventSequence?
  public var recordedTimes = RecordedTimes.now
  /// Everything is judged, nothing is written.
  public var isDryRun = false
  /// Told how many bytes of the input have been taken in.
  public var progress: @Sendable (_ bytesTaken: Int) -> Void = { _ in }

  public init() {}
}

extension Book {
  /// Appends CloudEvents JSON Lines: all of them, or none. Doing it again changes nothing.
  ///
  /// A few lines go through the journal like any append; a long input is appended in bounded
  /// memory, and its outcome counts the events without listing them.
  ///
  /// - Parameter accepted: Shown each event that is new, completed, once it is judged.
  /// - Throws: ``EventLineError`` for the first line that is refused; `InputError` where the input
  ///   cannot be read; ``BookError/headMoved(expected:found:)``; `LogError`.
  public func append(
    linesOf input: ByteInput, _ intake: LinesIntake = LinesIntake(),
    accepted: (Event) throws -> Void = { _ in }
  ) throws -> AppendOutcome {
    var lines = LineEvents(input, intake)
    var start: [NumberedEvent] = []
    while start.count < LineEvents.fewMax, let next = try lines.next() { start.append(next) }
    if start.count < LineEvents.fewMax, !intake.isDryRun {
      return try append(few: start, of: input, intake, accepted: accepted)
    }
    var waiting = start.makeIterator()
    var line = 0
    return try appendBulk(
      expecting: intake.expectedHead, recordedTimes: intake.recordedTimes,
      isDryRun: intake.isDryRun
    ) {
      let next = try waiting.next() ?? lines.next()
      line = next?.line ?? line
      return next?.event
    } refused: { _, error in
      throw EventLineError(input: input.name, line: line, cause: error)
    } accepted: { event in
      try accepted(event)
    }
  }

  private func append(
    few events: [NumberedEvent], of input: ByteInput, _ intake: LinesIntake,
    accepted: (Event) throws -> Void
  ) throws -> AppendOutcome {
    let outcome: AppendOutcome
    do {
      outcome = try append(
        events.map(\.event), expecting: intake.expectedHead, recordedTimes: intake.recordedTimes)
    } catch  where Self.isAboutTheEvent(error) {
      try findRefusedLine(of: events, input, intake)
      throw error
    }
    for entry in outcome.entries where entry.isNew {
      if let event = try event(at: entry.sequence) { try accepted(event) }
    }
    return outcome
  }

  /// An append of several events does not say which was refused: they are judged once more.
  private func findRefusedLine(
    of events: [NumberedEvent], _ input: ByteInput, _ intake: LinesIntake
  ) throws {
    var remaining = events.makeIterator()
    var line = 0
    try appendBulk(
      expecting: intake.expectedHead, recordedTimes: intake.recordedTimes, isDryRun: true
    ) {
      let next = remaining.next()
      line = next?.line ?? line
      return next?.event
    } refused: { _, error in
      throw EventLineError(input: input.name, line: line, cause: error)
    }
  }
}

private struct NumberedEvent {
  var line: Int
  var event: Event
}

/// The events of an input's lines. Of the first line that holds none, the rest is only read to
/// count how many there are.
private struct LineEvents {
  /// As many as one append takes without being called long.
  static let fewMax = 1_000

  private var lines: EventLines
  private let name: String
  private let progress: @Sendable (Int) -> Void

  init(_ input: ByteInput, _ intake: LinesIntake) {
    lines = EventLines(input, allowsUnknownKinds: intake.allowsUnknownKinds)
    name = input.name
    progress = intake.progress
  }

  mutating func next() throws -> NumberedEvent? {
    guard let line = try lines.next() else { return nil }
    progress(lines.bytesTaken)
    switch line.result {
    case .success(let cloudEvent):
      return NumberedEvent(line: line.number, event: cloudEvent.eventAsSent)
    case .failure(var error):
      error.line = nil
      var failure = EventLineError(input: name, line: line.number, cause: error)
      while let further = try lines.next() {
        if case .failure = further.result { failure.furtherLines += 1 }
      }
      throw failure
    }
  }
}
