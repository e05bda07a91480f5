import EventLog
import Events
import ExactNumbers
import Foldbook
import Records

/// Tells what a command changed: events, sequences, new head.
struct ChangeReport {
  let session: BookSession
  /// Nothing was written: the events are what would be.
  let isDryRun: Bool
  /// Of a dry run: the rows and warnings of what would be appended.
  private let tried = RowSpool()
  /// As many events of a dry run are warned about one by one.
  private static let warningsMax = 100

  init(_ session: BookSession, isDryRun: Bool = false) {
    self.session = session
    self.isDryRun = isDryRun
  }

  static let columns: [AnswerColumn] = [
    .number("sequence"), AnswerColumn("kind"), AnswerColumn("about"), AnswerColumn("effective"),
    AnswerColumn("id"), AnswerColumn("is_new"), AnswerColumn("data", isDetail: true),
  ]

  /// Takes an event that a dry run would append.
  func add(_ event: Event) throws {
    let values = row(event, id: try session.book.idText(of: event), isNew: true)
    try tried.add(values, .array(warnings(event).map { .string($0) }))
  }

  func write(_ outcome: AppendOutcome) throws {
    var answer = session.answer("change")
    answer.head = outcome.head
    answer.extra = [
      JSONMember("dry_run", .bool(isDryRun)),
      JSONMember("events_written", .integer(isDryRun ? 0 : outcome.appended)),
      JSONMember("events_unchanged", .integer(outcome.unchanged)),
      JSONMember(
        "sequences",
        outcome.sequences.map {
          ["first": .sequence($0.lowerBound), "last": .sequence($0.upperBound)]
        } ?? .null),
    ]
    answer.summary = summary(outcome)
    let hasRows = isDryRun ? tried.count > 0 : !outcome.entries.isEmpty
    var writer = try session.writer(answer, columns: hasRows ? Self.columns : [])
    if isDryRun {
      var warned = 0
      try tried.forEach { values, warnings in
        try writer.row(values)
        guard case .array(let warnings) = warnings else { return }
        for warning in warnings {
          warned += 1
          if warned <= Self.warningsMax { writer.warn(warning.plainText) }
        }
      }
      if warned > Self.warningsMax {
        writer.warn("and \(grouped(warned - Self.warningsMax)) more of such warnings")
      }
    } else {
      for entry in outcome.entries {
        guard let event = try session.book.event(at: session.book.line.number(entry.sequence))
        else { continue }
        try writer.row(row(event, id: entry.id, isNew: entry.isNew))
        if entry.isNew { for warning in warnings(event) { writer.warn(warning) } }
      }
    }
    try writer.finish()
  }

  private func row(_ event: Event, id: String, isNew: Bool) -> [JSONValue] {
    let data = event.data
    let about = ["position", "tag", "portfolio", "symbol"].lazy.compactMap { data[$0]?.text }.first
    return [
      .sequence(event.sequence), .string(event.kindName), .text(about ?? event.subject),
      .time(event.effective), .string(id), .bool(isNew), data,
    ]
  }

  /// Says what whoever gave the command may not expect.
  private func warnings(_ event: Event) -> [String] {
    var warnings: [String] = []
    if case .tagCreated(let tag) = event.payload, event.causation != nil {
      warnings.append("there was no tag '\(tag.name)': it was created")
    }
    // What is effective later is not seen by a question about now.
    guard let recorded = event.recorded, event.effective > recorded else { return warnings }
    warnings.append(
      """
      \(event.kindName) is effective at \(event.effective), which is still to come: it shows in \
      answers as of that time
      """)
    return warnings
  }

  private func summary(_ outcome: AppendOutcome) -> String {
    var text: String
    if let sequences = outcome.sequences {
      text = isDryRun ? "nothing written; would write " : "wrote "
      text += count(outcome.appended) + ", "
      text +=
        sequences.count == 1
        ? "sequence #\(sequences.lowerBound)"
        : "sequences #\(sequences.lowerBound) to #\(sequences.upperBound)"
    } else {
      text = "nothing new to write"
    }
    if outcome.unchanged > 0 { text += "; \(count(outcome.unchanged)) there already" }
    return text + "; \(isDryRun ? "head would be" : "head") #\(outcome.head)"
  }

  private func count(_ events: Int) -> String {
    events == 1 ? "1 event" : "\(grouped(events)) events"
  }
}

extension ClosedRange<EventSequence> {
  fileprivate var count: UInt64 { upperBound.own.rawValue - lowerBound.own.rawValue + 1 }
}
