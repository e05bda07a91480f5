import Events
public import Interchange
import Records

/// Appends lines of CloudEvents as they come, each by itself.
///
/// Lines that are waiting already go into one append and share its sync. What is refused is said
/// of its line, and hinders none of the others.
public struct EventStream {
  /// What became of one line.
  public struct Answer: Sendable {
    /// From 1.
    public var line: Int
    /// An `EventError`, a `RuleError` or a ``BookError`` where the line was refused.
    public var result: Result<AppendOutcome.Entry, any Error>
  }

  /// As many lines as one append takes, so that the first of them is answered soon.
  private static let linesPerAppendMax = 1_000

  private var lines: EventLines
  private let recordedTimes: RecordedTimes
  /// What ended the input behind lines that could still be appended.
  private var inputError: InputError?
  /// How many lines were refused so far.
  public private(set) var refused = 0

  public init(_ lines: EventLines, recordedTimes: RecordedTimes = .now) {
    self.lines = lines
    self.recordedTimes = recordedTimes
  }

  /// Waits for a line, appends it and what else is waiting, and answers once they are on disk.
  ///
  /// - Returns: One answer a line, in their order; null at the end of the input.
  /// - Throws: `InputError` where the input cannot be read, `LogError` where the log cannot be
  ///   written: then nothing of these lines is acknowledged.
  public mutating func next(into book: Book) throws -> [Answer]? {
    if let inputError { throw inputError }
    guard let first = try lines.next() else { return nil }
    var waiting = [first]
    do throws(InputError) {
      while lines.hasBufferedLine, waiting.count < Self.linesPerAppendMax,
        let line = try lines.next()
      {
        waiting.append(line)
      }
    } catch {
      inputError = error
    }
    let answers = try append(waiting, into: book)
    for case .failure in answers.lazy.map(\.result) { refused += 1 }
    return answers
  }

  private func append(_ waiting: [EventLines.Line], into book: Book) throws -> [Answer] {
    let events = waiting.compactMap { try? $0.result.get().eventAsSent }
    do {
      var entries = try book.append(events, recordedTimes: recordedTimes).entries.makeIterator()
      return waiting.map { line in
        Answer(
          line: line.number,
          result: line.result.mapError { $0 as any Error }.map { _ in
            guard let entry = entries.next() else {
              preconditionFailure("an append answers for every event")
            }
            return entry
          })
      }
    } catch  where Book.isAboutTheEvent(error) {
      // One of them is refused, and with it all: each is judged by itself.
      return try waiting.map { line in
        Answer(line: line.number, result: try appendAlone(line, into: book))
      }
    }
  }

  private func appendAlone(
    _ line: EventLines.Line, into book: Book
  ) throws -> Result<AppendOutcome.Entry, any Error> {
    switch line.result {
    case .failure(let error): return .failure(error)
    case .success(let cloudEvent):
      do {
        let outcome = try book.append([cloudEvent.eventAsSent], recordedTimes: recordedTimes)
        return .success(outcome.entries[0])
      } catch  where Book.isAboutTheEvent(error) {
        return .failure(error)
      }
    }
  }
}

extension CloudEvent {
  /// The event with the recorded time its sender gave.
  var eventAsSent: Event {
    var event = event
    event.recorded = recordedTime
    return event
  }
}
