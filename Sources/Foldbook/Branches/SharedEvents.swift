import EventLog
import Events
import Portfolio
import Records

/// Which of the events past the common number of two points are on both sides.
///
/// What flows into live branches is known by its place in the log it comes from, without a look at
/// the other side. All else, as what was promoted, is known by its id: only the ids of the side that
/// has fewer of them are held.
struct SharedEvents {
  private let pair: DifferencePair
  /// No side hides what flows, so that what a place says is so.
  private let hasPlaces: Bool
  private var ids: Set<String> = []

  init(_ pair: DifferencePair) throws {
    self.pair = pair
    hasPlaces = [pair.left, pair.right].allSatisfy {
      $0.book.horizon.cuts.allSatisfy(\.keepsMarket)
    }
    try findIDs()
  }

  func contains(_ event: Event, of side: BranchPoint) throws -> Bool {
    if try isSharedByPlace(event, of: side) { return true }
    return ids.isEmpty ? false : ids.contains(try side.book.idText(of: event))
  }

  private func isSharedByPlace(_ event: Event, of side: BranchPoint) throws -> Bool {
    guard hasPlaces, let place = try side.book.place(of: event) else { return false }
    return try pair.left.shows(place) && pair.right.shows(place)
  }

  /// Reads both sides in step until one has ended; the other is then held against its ids.
  private mutating func findIDs() throws {
    var rest = (pair.rest(of: pair.left), pair.rest(of: pair.right))
    var seen: (Set<String>, Set<String>) = ([], [])
    while true {
      guard let left = try nextID(&rest.0, of: pair.left) else {
        ids = try common(seen.0, seen.1, &rest.1, of: pair.right)
        return
      }
      seen.0.insert(left)
      guard let right = try nextID(&rest.1, of: pair.right) else {
        ids = try common(seen.1, seen.0, &rest.0, of: pair.left)
        return
      }
      seen.1.insert(right)
    }
  }

  private func nextID(_ cursor: inout EventCursor, of side: BranchPoint) throws -> String? {
    while let event = try cursor.next() {
      if try !isSharedByPlace(event, of: side) { return try side.book.idText(of: event) }
    }
    return nil
  }

  /// The ids of a side that the other has too.
  ///
  /// - Parameter seen: What was read of the other before its rest.
  private func common(
    _ ids: Set<String>, _ seen: Set<String>, _ rest: inout EventCursor, of other: BranchPoint
  ) throws -> Set<String> {
    guard !ids.isEmpty else { return [] }
    var found = ids.intersection(seen)
    while let id = try nextID(&rest, of: other) {
      if ids.contains(id) { found.insert(id) }
    }
    return found
  }
}

/// Where an event that flows stands in the log that it is in: at one place there is one event, in
/// whatever branches it shows.
private struct EventPlace {
  let branch: BranchDetails
  /// Plain.
  let sequence: EventSequence
}

extension Book {
  /// Null for what flows into no branch.
  fileprivate func place(of event: Event) throws -> EventPlace? {
    guard let number = event.sequence, EventCatalog.flowingKinds.contains(event.kind) else {
      return nil
    }
    let sequence = number.flowed > 0 ? try line.flowedSequence(through: number) : number
    // What was done on a live branch itself flows nowhere.
    guard let sequence, !sequence.isPair else { return nil }
    return EventPlace(branch: origin(of: number), sequence: sequence)
  }
}

extension BranchPoint {
  fileprivate func shows(_ place: EventPlace) throws -> Bool {
    let ancestry = book.ancestry
    guard
      let index = ancestry.firstIndex(where: {
        $0.id == place.branch.id && $0.generation == place.branch.generation
      })
    else { return false }
    // As far as the branches on the way let it be seen, and what flowed in from there.
    let seen = ancestry[(index + 1)...].compactMap(\.fork?.sequence).reduce(point.knownAt, min)
    if place.sequence <= seen.own { return true }
    let flows =
      index < ancestry.count - 1
      && ancestry[(index + 1)...].allSatisfy { $0.fork?.mode == .live }
      && (index == 0 || ancestry[index].fork?.mode != .live)
    guard flows, let flowed = try book.line.flowedSequence(through: point.knownAt) else {
      return false
    }
    return place.sequence <= flowed
  }
}
