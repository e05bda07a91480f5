import Events
import ExactNumbers
import Records

/// Brings the tables of an open database to the head of a change.
///
/// The caller holds the transaction: rows and checkpoint become visible together or not at all.
struct CatchUp {
  private let change: ProjectionChange
  private let context: ProjectionContext
  private var projectors: [(projector: any Projector, kinds: Set<KindNumber>)]
  /// Whether the file will be caught up later, and so has to remember what is not due yet.
  private let isLive: Bool
  private var hiddenRuns: HiddenRuns?

  /// - Parameter checkpoint: Where the tables stand; null when they are empty.
  init(
    _ change: ProjectionChange, on rows: Connection, from checkpoint: ProjectionCheckpoint?,
    isLive: Bool
  ) {
    self.change = change
    self.isLive = isLive
    context = ProjectionContext(rows: rows, change, previousCut: checkpoint?.cut)
    hiddenRuns = change.horizon.map { HiddenRuns($0) }
    projectors = ProjectionCatalog.projectors.map { ($0.init(), $0.kinds) }
  }

  /// - Returns: How many events were new.
  mutating func run(after sequence: EventSequence) throws -> Int {
    try takeDeferred()
    var last = sequence
    var count = 0
    try change.events(sequence) { event in
      let found = event.place.sequence
      guard change.isNext(found, after: last) else {
        throw ProjectionError.gap(expected: last.next, found: found)
      }
      last = found
      count += 1
      try take(event)
    }
    guard last == change.head || change.head.isPair && last < change.head else {
      throw ProjectionError.gap(expected: last.next, found: change.head)
    }
    for index in projectors.indices { try projectors[index].projector.settle(in: context) }
    try writeMeta()
    return count
  }

  private mutating func take(_ event: Event) throws {
    guard hiddenRuns?.hides(event) != true else { return try hide(event) }
    for index in projectors.indices where projectors[index].kinds.contains(event.kind) {
      try projectors[index].projector.arrived(event, in: context)
    }
    for due in Set(event.dueTimes) where change.horizon?.isDue(event, at: due) ?? true {
      if due <= change.cut {
        try fallDue(event)
      } else if isLive {
        try context.rows.upsert("internal_deferred_events") { row in
          row.nanoseconds(due)
          row.sequence(event.place.sequence)
        }
      }
    }
  }

  private mutating func hide(_ event: Event) throws {
    for index in projectors.indices where projectors[index].kinds.contains(event.kind) {
      try projectors[index].projector.hidden(event, in: context)
    }
  }

  private mutating func fallDue(_ event: Event) throws {
    for index in projectors.indices where projectors[index].kinds.contains(event.kind) {
      try projectors[index].projector.due(event, in: context)
    }
  }

  /// Events that were recorded before and take effect by now.
  private mutating func takeDeferred() throws {
    let cut = change.cut
    var due: [EventSequence] = []
    try context.rows
      .statement(
        "SELECT src_seq FROM internal_deferred_events WHERE due <= ? ORDER BY due, src_seq"
      )
      .rows({ $0.nanoseconds(cut) }) { due.append($0.sequence(0)) }
    guard !due.isEmpty else { return }
    for sequence in due {
      // A sequence below the checkpoint is in the log, or the checkpoint's root would not be.
      guard let event = try change.event(sequence) else {
        throw ProjectionError.gap(expected: sequence, found: change.head)
      }
      try fallDue(event)
    }
    try context.rows.statement("DELETE FROM internal_deferred_events WHERE due <= ?")
      .run { $0.nanoseconds(cut) }
  }

  private func writeMeta() throws {
    var values: [(String, String)] = [
      ("branch", change.branch),
      ("fork_seq", change.forkSequence.map { String($0.rawValue) } ?? ""),
      ("as_of", change.cut.description),
      ("known_at", String(change.head.rawValue)),
      ("first_seq", change.head > .zero ? "1" : "0"),
      ("last_seq", String(change.head.rawValue)),
      ("log_root", change.logRoot),
      ("follows_head", isLive ? "1" : "0"),
    ]
    for (name, fingerprint) in ProjectionCatalog.fingerprints {
      values.append(("version.\(name)", fingerprint))
    }
    for (key, value) in values {
      try context.rows.upsert("projection_meta") { row in
        row.text(key)
        row.text(value)
      }
    }
  }
}
