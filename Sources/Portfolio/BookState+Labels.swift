public import Events
public import ExactNumbers
internal import Records

extension BookState {
  /// The tags a position bore up to a time, by tag and time. None for a position that was not
  /// entered by then, or was voided. Retiring a tag ends it everywhere.
  public func tagSpans(of id: PositionID, asOf: Instant) -> [TagSpan] {
    guard isHeld(id, asOf: asOf), let registers = labels[id]?.tags else { return [] }
    return registers.entries.flatMap { entry -> [TagSpan] in
      let retirement = tags[entry.key]?.retirement(asOf: asOf)
      return entry.history.spans(asOf: asOf, isThere: { $0 }).compactMap { span in
        span.ended(by: retirement).map {
          TagSpan(
            position: id, tag: entry.key, from: $0.from.effective, to: $0.to?.effective,
            provenance: $0.provenance)
        }
      }
    }
  }

  /// The attributes of a position, by name; without those that were cleared.
  public func attributes(of id: PositionID, asOf: Instant) -> [PositionAttribute] {
    guard isHeld(id, asOf: asOf), let registers = labels[id]?.attributes else { return [] }
    return registers.entries.compactMap { entry in
      guard let value = entry.history.value(asOf: asOf) ?? nil,
        let provenance = entry.history.entries(asOf: asOf).provenance()
      else { return nil }
      return PositionAttribute(
        position: id, name: entry.key, value: value, provenance: provenance)
    }
  }

  /// The relations that start from a position, by other position and relation: the one that holds,
  /// or the last one that did. None where either position was voided.
  public func relationships(from id: PositionID, asOf: Instant) -> [Relationship] {
    guard isHeld(id, asOf: asOf), let registers = labels[id]?.relations else { return [] }
    return registers.entries.compactMap { entry -> Relationship? in
      guard isHeld(entry.key.other, asOf: asOf),
        let span = entry.history.spans(asOf: asOf, isThere: { $0 != nil }).last,
        let details = entry.history.entries(asOf: asOf).compactMap(\.value).last,
        var provenance = entry.history.entries(asOf: asOf).provenance()
      else { return nil }
      provenance.deleted = span.to?.recorded
      return Relationship(
        position: id, other: entry.key.other, relation: entry.key.relation, ratio: details.ratio,
        note: details.note, from: span.from.effective, to: span.to?.effective,
        provenance: provenance)
    }
  }

  /// The strategy groups a position joined and did not leave.
  func memberships(of id: PositionID, asOf: Instant) -> [(StrategyID, StrategyMember)] {
    guard isHeld(id, asOf: asOf), let registers = labels[id]?.strategies else { return [] }
    return registers.entries.compactMap { entry in
      guard let leg = entry.history.value(asOf: asOf) ?? nil,
        let provenance = entry.history.entries(asOf: asOf).provenance()
      else { return nil }
      return (entry.key, StrategyMember(position: id, leg: leg, provenance: provenance))
    }
  }

  /// Positions of which a tag, attribute, relation or strategy was ever said.
  var labelledPositions: [PositionID] { labels.keys }

  /// Whether a position was entered by then and not voided.
  func isHeld(_ id: PositionID, asOf: Instant) -> Bool {
    guard let facts = positions[id], facts.origin != nil, facts.void == nil, let entry = facts.entry
    else { return false }
    return entry.stamp.effective <= asOf
  }
}

/// A stretch of time in which something was so.
struct Span {
  let from: Stamp
  private(set) var to: Stamp?
  private(set) var provenance: Provenance

  init(from: Stamp) {
    self.from = from
    provenance = Provenance(from)
  }

  /// Says it again, which changes no end.
  mutating func confirm(_ stamp: Stamp) { provenance.add(stamp) }

  mutating func end(_ stamp: Stamp) {
    to = stamp
    provenance.add(stamp)
  }

  /// The part before something ended it; null where nothing is left.
  func ended(by end: Stamp?) -> Span? {
    guard let end else { return self }
    if let to, to.effective <= end.effective { return self }
    guard from.effective < end.effective else { return nil }
    var span = self
    span.end(end)
    return span
  }
}

extension History {
  /// The stretches in which it was so, up to a time.
  func spans(asOf: Instant, isThere: (Value) -> Bool) -> [Span] {
    var spans: [Span] = []
    var isOpen = false
    for entry in entries(asOf: asOf) {
      if isThere(entry.value) {
        if isOpen {
          spans[spans.count - 1].confirm(entry.stamp)
        } else {
          spans.append(Span(from: entry.stamp))
        }
        isOpen = true
      } else if isOpen {
        spans[spans.count - 1].end(entry.stamp)
        isOpen = false
      }
    }
    // What began and ended at the same time was never so.
    return spans.filter { $0.to.map { [from = $0.from] in from.effective < $0.effective } ?? true }
  }
}

extension History where Value == TagFact {
  /// When the tag was taken off everything, as of a time.
  func retirement(asOf: Instant) -> Stamp? {
    entries(asOf: asOf).last { if case .retired = $0.value { true } else { false } }?.stamp
  }
}
