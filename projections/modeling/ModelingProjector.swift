import Calculations
import Events
import ExactNumbers
import Records

/// Writes the modelling session of a what-if branch, its changes and its saves.
///
/// A session hangs on everything its branch shows, so at every settling it is worked out anew, from
/// the branch's own events and what the branch would be without them. A save alone stays: what was
/// known at its sequence does not change.
struct ModelingProjector: Projector {
  static let name = "modeling"
  static let version = 1
  static var schema: [UInt8] { PackageResources.modeling_sql }
  static let kinds: Set<KindNumber> = [
    ModelForked.kind.number, ModelChanged.kind.number, ModelSaved.kind.number,
    ModelCompleted.kind.number, ModelCancelled.kind.number, ModelPromoted.kind.number,
  ]

  private var isTouched = false

  init() {}

  mutating func arrived(_ event: Event, in context: ProjectionContext) throws { isTouched = true }

  mutating func settle(in context: ProjectionContext) throws {
    guard let source = context.modelling, isTouched || source.session != nil else { return }
    let events = try source.events()
    for session in ModelSession.begun(in: events) {
      try ModelingRows(session, events, source, in: context).write()
    }
  }
}
