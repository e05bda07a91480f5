import Calculations
import EventLog
import Events
import ExactNumbers
import Foldbook
import Portfolio
import Records

/// What is known of a modelling session: of its branch, its changes, its saves.
struct ModelReport {
  private let session: BookSession
  private let model: ModelSession
  private var book: Book { session.book }

  init(_ session: BookSession, _ model: ModelSession) {
    self.session = session
    self.model = model
  }

  /// Shows the session that a command is about.
  static func show(
    _ schema: String, _ argument: BranchArgument, _ options: GlobalOptions
  ) throws {
    let session = try argument.session(options)
    let point = try session.point()
    try ModelReport(session, session.model(at: point)).write(schema, at: point)
  }

  func write(_ schema: String, at point: ResolvedPoint) throws {
    var answer = session.answer(schema, at: point)
    answer.extra = try members()
    answer.summary = try words()
    var writer = try session.writer(
      answer, columns: model.changes.isEmpty && !isJSON ? [] : ModelChangeRows.columns, at: point)
    for change in model.changes {
      try writer.row(ModelChangeRows.values(change), object: change.json)
    }
    if !model.saves.isEmpty {
      writer.add(
        Appendix(
          title: "Saves", columns: [.number("save_no"), AnswerColumn("name"), .number("at_seq")],
          rows: model.saves.map {
            [.integer($0.number), .string($0.name), .string("#\($0.sequence)")]
          }))
    }
    if let plan = try book.rebaseUnderWay() {
      writer.warn(
        "a rebase to #\(plan.target.sequence) is under way: 'foldbook branch rebase "
          + "\(book.branch) --continue', --skip or --abort")
    }
    try writer.finish()
    try session.finish()
  }

  private var isJSON: Bool { session.options.resolvedFormat.isJSON }

  private func members() throws -> [JSONMember] {
    let fork = book.details.fork
    return [
      JSONMember("session_id", .string(model.session.rawValue)),
      JSONMember("id", .string(model.id)),
      JSONMember("name", .string(model.name)), JSONMember("description", .text(model.description)),
      JSONMember("user_id", .text(model.user?.rawValue)),
      JSONMember("portfolio_id", .text(model.portfolio?.rawValue)),
      JSONMember("status", .string(model.status.name)),
      JSONMember("cancel_reason", .text(model.cancelReason)),
      JSONMember("mode", .string(model.mode.rawValue)), JSONMember("parent", .text(fork?.parent)),
      JSONMember("base_sequence", .sequence(fork?.sequence)),
      JSONMember("base_snapshot_date", .date(model.baseSnapshotDate)),
      JSONMember("cut", .time(fork?.cut)), JSONMember("base_log_root", .text(fork?.logRoot)),
      JSONMember("generation", .integer(Int(book.details.generation))),
      JSONMember(
        "log_root", .text(book.damage == nil ? try book.logRoot().description : nil)),
      JSONMember("created_at", .time(model.created)),
      JSONMember("updated_at", .time(model.updated)),
      JSONMember("completed_at", .time(model.completed)),
      JSONMember(
        "promotion",
        model.promotion.map {
          [
            "into": .string($0.into), "events": .number(JSONNumber($0.events)),
            "recorded": .time($0.recorded), "sequence": .sequence($0.sequence),
          ]
        } ?? .null),
      JSONMember(
        "saves",
        .array(
          model.saves.map {
            [
              "save_no": .integer($0.number), "id": .string($0.id.rawValue),
              "name": .string($0.name), "at_seq": .sequence($0.sequence), "as_of": .time($0.asOf),
              "created_at": .time($0.created),
            ]
          })),
    ]
  }

  private func words() throws -> String {
    var lines = ["\(model.name), \(model.status.name)\(promotion)"]
    if let description = model.description { lines.append(description) }
    if let reason = model.cancelReason { lines.append("cancelled: \(reason)") }
    lines.append("branch    \(book.branch), from \(book.details.fork?.words ?? "nothing")")
    lines.append("about     \(model.portfolio.map { "portfolio \($0)" } ?? "the whole book")")
    if let user = model.user { lines.append("user      \(user)") }
    lines.append("created   \(model.created.shortText)")
    lines.append("head      #\(book.head)")
    if book.damage == nil { lines.append("log root  \(try book.logRoot())") }
    lines.append("changes   \(model.changes.isEmpty ? "none" : "\(model.changes.count)")")
    return lines.joined(separator: "\n")
  }

  private var promotion: String {
    guard let promotion = model.promotion else { return "" }
    return ", promoted into \(promotion.into): \(counted(Int(promotion.events), "event"))"
  }
}

extension BookSession {
  /// The modelling session of a what-if branch, as it was known at a point.
  func model(at point: ResolvedPoint) throws -> ModelSession {
    if let model = try book.session(at: point.point) { return model }
    throw CommandFailure(
      .missing, code: "FB-CLI-012",
      "nothing of branch '\(book.branch)' was known at #\(point.point.knownAt) yet")
  }
}

/// The changes of a session as rows, one a change.
enum ModelChangeRows {
  static let columns: [AnswerColumn] = [
    .number("change_no"), AnswerColumn("change_type"), AnswerColumn("portfolio_id", isDetail: true),
    AnswerColumn("ticker"), AnswerColumn("side"), .number("quantity", .grouped),
    .number("price", .grouped), AnswerColumn("position_id"), AnswerColumn("time"),
    AnswerColumn("reverted"), AnswerColumn("tags", isDetail: true),
    AnswerColumn("scenario_id", isDetail: true), AnswerColumn("note", isDetail: true),
    AnswerColumn("event_id", isDetail: true), AnswerColumn("event_type", isDetail: true),
    .number("sequence", isDetail: true),
  ]

  static func values(_ change: ModelChange) -> [JSONValue] {
    [
      .integer(change.number), .string(change.type.rawValue),
      .text(change.portfolio?.rawValue), .text(change.symbol?.rawValue),
      .text(change.side?.rawValue), .decimal(change.quantity), .decimal(change.price),
      .text(change.position?.rawValue), .time(change.effective), .bool(change.isReverted),
      .array(change.tags.map { .string($0.rawValue) }), .text(change.scenario?.rawValue),
      .text(change.note), .string(change.eventID), .string(change.event.kindName),
      .sequence(change.sequence),
    ]
  }
}
