import EventLog
import Events
import ExactNumbers
import Foldbook
import Portfolio
import Records

/// Branches as rows of an answer; a damaged one says what is wrong with it.
struct BranchRows {
  private let format: OutputFormat
  private let showsProblems: Bool

  init(_ format: OutputFormat, showsProblems: Bool = true) {
    self.format = format
    self.showsProblems = showsProblems
  }

  var columns: [AnswerColumn] {
    [
      AnswerColumn("name"), AnswerColumn("parent"), .number("base_sequence"), AnswerColumn("cut"),
      AnswerColumn("mode"), AnswerColumn("status"), .number("head"),
      .number("own_events", .grouped), AnswerColumn("created_at"),
      AnswerColumn("log_root", isDetail: true), .number("generation", isDetail: true),
      AnswerColumn("problem", isDetail: !showsProblems),
    ]
  }

  /// A branch that could be opened.
  func row(_ book: Book) throws -> [JSONValue] {
    let fork = book.details.fork
    let known = fork?.sequence.own ?? .zero
    return [
      .string(book.branch), .text(fork?.parent), sequence(fork?.sequence), time(fork?.cut),
      .text(fork?.mode.rawValue), .text(try book.modelStatus()?.name), sequence(book.head),
      .integer(Int(book.log.head.rawValue - min(known.rawValue, book.log.head.rawValue))),
      time(book.details.created),
      .text(book.damage == nil ? try book.logRoot().description : nil),
      .integer(Int(book.details.generation)), .text(book.damage.map { "damaged: \($0)" }),
    ]
  }

  /// One that could not.
  func row(_ name: String, problem: String, status: String? = nil) -> [JSONValue] {
    columns.map { column in
      switch column.name {
      case "name": .string(name)
      case "problem": .string(problem)
      case "status": .text(status)
      default: .null
      }
    }
  }

  /// For people a pair as a whole.
  private func sequence(_ sequence: EventSequence?) -> JSONValue {
    format.isForPeople ? .text(sequence.map { "#\($0)" }) : .sequence(sequence)
  }

  private func time(_ time: Instant?) -> JSONValue {
    format.isForPeople ? .text(time?.shortText) : .time(time)
  }
}

extension Book {
  /// How far the branch's session has come; null on the first branch.
  func modelStatus() throws -> ModelStatus? {
    guard isWhatIf else { return nil }
    // Its own events say it: what it stands on may be long.
    var cursor = ownEvents(
      EventFilter(
        kinds: [
          ModelForked.kind.number, ModelCompleted.kind.number, ModelCancelled.kind.number,
        ]))
    var status: ModelStatus?
    while let event = try cursor.next() {
      guard let sequence = event.sequence, let recorded = event.recorded else { continue }
      let stamp = Stamp(effective: event.effective, sequence: sequence, recorded: recorded)
      switch event.payload {
      case .modelCompleted: return .completed(stamp)
      case .modelCancelled: return .cancelled(stamp)
      default: status = .active(since: stamp)
      }
    }
    return status
  }
}

extension ForkPoint {
  /// Where the branch leaves, in words: `main at #18770, as of 2008-09-12, live`.
  var words: String {
    "\(parent) at #\(sequence)\(cut.map { ", as of \($0.shortText)" } ?? ""), \(mode.rawValue)"
  }
}

/// At most twenty names, and how many more there are.
func listed(_ names: [String], limit: Int = 20) -> String {
  let shown = names.prefix(limit).joined(separator: ", ")
  return names.count > limit ? "\(shown) and \(grouped(names.count - limit)) more" : shown
}
