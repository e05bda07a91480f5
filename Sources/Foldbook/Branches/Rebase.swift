import EventLog
import Events
import ExactNumbers
import Portfolio
import Records

/// Judges the own events of a branch against another past, and writes them behind it.
struct Rebase {
  /// Where the new generation is written to.
  enum Place {
    case onDisk
    case onTrial
  }

  /// The branch as it is.
  let book: Book
  let from: ForkPoint
  let plan: RebasePlan
  let parent: Book
  /// The branch on its new fork, with no own event as yet.
  let renewed: Book
  private let place: Place

  init(_ book: Book, from: ForkPoint, _ plan: RebasePlan, _ place: Place) throws {
    self.book = book
    self.from = from
    self.plan = plan
    self.place = place
    parent = try book.openParent()
    if let damage = parent.damage { throw LogError.damaged(damage) }
    guard plan.target.parentGeneration == parent.details.generation else {
      throw BookError.rebaseRefused(
        branch: book.branch,
        reason: "its parent '\(from.parent)' was rebased since this rebase was begun; give it up "
          + "with --abort and begin another one")
    }
    renewed = try Self.book(book, on: parent, plan.details, plan.target, place)
  }

  /// A book of the branch on another fork point.
  static func book(
    _ book: Book, on parent: Book, _ details: BranchDetails, _ fork: ForkPoint, _ place: Place
  ) throws -> Book {
    var details = details
    details.fork = fork
    let folder = details.logPath(in: book.branchPath)
    if place == .onDisk { try book.storage.makeDirectory(folder) }
    let log = try EventLog.create(
      at: folder, identity: details.logIdentity(of: book.manifest),
      registry: EventCatalog.registry, first: fork.sequence.own.next,
      storage: place == .onDisk ? book.storage : MemoryStorage(),
      options: book.environment.logOptions)
    let chain = try BranchChain(details, fork, log, on: BranchChain(of: parent))
    if let damage = chain.inheritedDamage { throw LogError.damaged(damage) }
    return Book(
      path: book.path, manifest: book.manifest, chain: chain, environment: book.environment)
  }

  /// Runs until the end, or to the first event that conflicts.
  ///
  /// - Parameter skipsOne: The first event that conflicts is left out; the next one stops.
  func run(skipsOne: Bool) throws -> RebaseOutcome {
    var report = RebaseReport(
      from: from, to: plan.target, generation: plan.details.generation,
      head: plan.target.sequence, isDryRun: place == .onTrial)
    try refuseEnded()
    var skipped = plan.skipped
    var omissions = RebaseOmissions(skipped: skipped, voids: try book.ownVoids())
    var maySkip = skipsOne
    do {
      try renewed.log.appendBulk { writer in
        var state = HeadState()
        try state.catchUp(with: renewed, writer)
        var intake = try Intake(
          book: renewed, head: writer.head, headRecorded: writer.headRecorded,
          recordedTimes: .now, keepsEntries: false)
        var own = book.ownEvents()
        while let event = try own.next() {
          let id = try book.idText(of: event)
          if Self.recalculatedKinds.contains(event.kind) {
            report.recalculated += 1
            continue
          }
          if omissions.takesOut(event, id: id) { continue }
          do {
            let taken = try intake.take(renewed(event), into: &state.facts) { id in
              try writer.sequence(ofID: id)
            } stored: { sequence in
              try writer.record(at: sequence)
            }
            guard let taken else {
              report.present += 1
              continue
            }
            try writer.append(taken.record)
            report.moved += 1
          } catch  where Self.isConflict(error) {
            if omissions.takesOutRefused(event, id: id) { continue }
            guard maySkip else { throw Stop(event: event, id: id, cause: error) }
            try refuseSkipping(event, cause: error)
            maySkip = false
            skipped.append(id)
            omissions.skip(event, id: id)
          }
        }
        report.head = renewed.line.number(ofOwn: writer.head)
        if place == .onTrial { throw EndOfTrial() }
        try intake.storeKeys()
      }
    } catch is EndOfTrial {
    } catch let stop as Stop {
      return .conflict(try conflict(stop, omissions, skipped))
    }
    report.leftOut = omissions.list
    return .rebased(report)
  }

  /// What is judged anew: the event as it was completed, without its number and recorded time; the
  /// beginning with the new fork.
  private func renewed(_ event: Event) throws -> Event {
    var event = event
    event.sequence = nil
    event.recorded = nil
    if case .modelForked(var payload) = event.payload {
      let target = plan.target
      payload.baseSequence = Int64(clamping: target.sequence.own.rawValue)
      payload.baseSnapshotDate =
        try (target.cut ?? parent.defaultAsOf() ?? book.environment.now()).date
      event.payload = .modelForked(payload)
    }
    return event
  }

  /// - Throws: ``BookError/rebaseRefused(branch:reason:)`` for what a branch is none without.
  private func refuseSkipping(_ event: Event, cause: any Error) throws {
    guard event.kind == ModelForked.kind.number else { return }
    throw BookError.rebaseRefused(
      branch: book.branch,
      reason: "a branch begins with its \(event.kindName), which cannot be left out (\(cause)); "
        + "give the rebase up with --abort")
  }

  /// - Throws: ``BookError/rebaseRefused(branch:reason:)`` where the session has ended.
  private func refuseEnded() throws {
    var cursor = book.ownEvents(EventFilter(kinds: EventCatalog.sessionEndKinds))
    guard let event = try cursor.next() else { return }
    throw BookError.rebaseRefused(
      branch: book.branch,
      reason: "its session has ended (\(event.kindName) at #\(event.sequence ?? .zero)); fork "
        + "another branch from where it should stand")
  }

  private func conflict(
    _ stop: Stop, _ omissions: RebaseOmissions, _ skipped: [String]
  ) throws -> RebaseConflict {
    let culprit = try RebaseSearch(self, stop.event, leftOut: omissions.numbers)
      .culprit(of: stop.cause)
    return RebaseConflict(
      event: stop.event, eventID: stop.id, cause: stop.cause, parentEvent: culprit,
      parentEventID: try culprit.map { try parent.idText(of: $0) }, from: from, to: plan.target,
      skipped: skipped, isDryRun: place == .onTrial)
  }

  private static func isConflict(_ error: any Error) -> Bool {
    if case BookError.idConflict = error { return true }
    return error is RuleError
  }

  /// What speaks of the branch's sequences and is made anew.
  static let recalculatedKinds: Set = [
    BatchStarted.kind.number, BatchCompleted.kind.number, BatchFailed.kind.number,
    CalculationStarted.kind.number, CalculationCompleted.kind.number,
    CalculationFailed.kind.number, CalculationSkipped.kind.number, DayClosed.kind.number,
    ExportMade.kind.number, AuditVerified.kind.number,
  ]
}

/// Ends the writing of a new generation at an event that may not be in it.
private struct Stop: Error {
  var event: Event
  var id: String
  var cause: any Error
}

/// Ends the writing of a new generation that was only tried.
private struct EndOfTrial: Error {}
