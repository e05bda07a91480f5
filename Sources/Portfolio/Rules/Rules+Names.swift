internal import Events
internal import ExactNumbers
internal import Records

/// A name that no two things may have at one time.
struct Label: Hashable {
  /// Which of a thing's names: "name", "email".
  let field: String
  let name: String
  /// Names are told apart within it: by owner, by portfolio. Null where they are of the whole book.
  var scope: String?
  /// Upper and lower case do not count.
  var isFolded = false

  func isSame(_ other: Label) -> Bool {
    guard field == other.field, scope == other.scope else { return false }
    return isFolded ? name.lowercased() == other.name.lowercased() : name == other.name
  }
}

extension Judge {
  /// With the event taken in, nothing has at any time what another thing is called then.
  ///
  /// A late event also names a thing between what was recorded for later times, so names are held
  /// against each other wherever either may change, from the event's own time on.
  ///
  /// - Parameters:
  ///   - facts: Everything said about things of this sort.
  ///   - thing: What they are, as "tag".
  ///   - labels: What one of them is called at a time; empty where it does not count then.
  func requireApart<Subject, Fact>(
    _ id: Identifier<Subject>,
    _ facts: KeyPath<BookState, Table<Identifier<Subject>, History<Fact>>>, _ thing: String,
    _ labels: (BookState, Identifier<Subject>, Instant) -> [Label]
  ) throws(RuleError) {
    let trial = stateWithEvent
    guard let history = trial[keyPath: facts][id] else { return }
    let own = Set(changes(of: history))
    let ownLabels = Dictionary(uniqueKeysWithValues: own.map { ($0, labels(trial, id, $0)) })
    for (other, theirs) in trial[keyPath: facts] where other != id {
      for moment in own.union(changes(of: theirs)).sorted() {
        let mine = ownLabels[moment] ?? labels(trial, id, moment)
        guard !mine.isEmpty else { continue }
        let others = labels(trial, other, moment)
        for label in mine where others.contains(where: label.isSame) {
          throw nameTaken(label, by: thing, other.rawValue, at: moment)
        }
      }
    }
  }

  /// When a thing may change, from the event's time on.
  private func changes<Fact>(of history: History<Fact>) -> [Instant] {
    history.ascending.map(\.stamp.effective).filter { $0 >= event.effective }
  }

  private var stateWithEvent: BookState {
    var event = event
    event.sequence = stamp.sequence
    event.recorded = stamp.recorded
    var trial = state
    trial.fold(event)
    return trial
  }

  private func nameTaken(
    _ label: Label, by thing: String, _ id: String, at moment: Instant
  ) -> RuleError {
    let when = moment == event.effective ? "" : " at \(moment)"
    return refuse(
      .nameTaken, "\(label.field) \(quoted(label.name)) belongs to \(thing) \(quoted(id))\(when)",
      expected: "a \(label.field) no other \(thing) has", found: quoted(label.name),
      remedy: "choose another, or change that \(thing) first")
  }
}
