import Events
import ExactNumbers
import Portfolio
import Records

/// Writes positions and what hangs on them: exits, relations, attributes, tags, strategy groups.
///
/// All of it is derived from the state, position by position, tag by tag.
struct PositionsProjector: Projector {
  static let name = "positions"
  static let version = 1
  static var schema: [UInt8] { PackageResources.positions_sql }
  static let kinds: Set<KindNumber> = Set(
    PositionTouches.kinds + [
      PositionRelated.kind.number, PositionUnrelated.kind.number, PositionAttributed.kind.number,
      PositionTagged.kind.number, PositionUntagged.kind.number, TagCreated.kind.number,
      TagChanged.kind.number, TagRetired.kind.number, StrategyCreated.kind.number,
      StrategyChanged.kind.number, StrategyRetired.kind.number, StrategyJoined.kind.number,
      StrategyLeft.kind.number,
    ])

  private var touches = PositionTouches()
  private var labelled: Set<PositionID> = []
  private var tags: Set<TagID> = []
  private var areStrategiesTouched = false

  init() {}

  mutating func arrived(_ event: Event, in context: ProjectionContext) throws {
    touch(event, in: context)
    switch event.payload {
    case .positionRelated(let payload):
      try relate(payload.position, payload.other, in: context)
      try relate(payload.other, payload.position, in: context)
    case .strategyCreated(let payload):
      try context.rows.upsert("internal_strategies") { row in
        row.text(payload.group.rawValue)
        row.sequence(event.place.sequence)
      }
    default: break
    }
  }

  /// A leg may be in a group that is created only later.
  mutating func hidden(_ event: Event, in context: ProjectionContext) throws {
    guard case .strategyCreated(let payload) = event.payload else { return }
    try context.rows.upsert("internal_strategies") { row in
      row.text(payload.group.rawValue)
      row.sequence(event.place.sequence)
    }
  }

  private func relate(
    _ position: PositionID, _ other: PositionID, in context: ProjectionContext
  ) throws(ProjectionError) {
    try context.rows.upsert("internal_related_positions") { row in
      row.text(position.rawValue)
      row.text(other.rawValue)
    }
  }

  mutating func due(_ event: Event, in context: ProjectionContext) throws {
    touch(event, in: context)
  }

  private mutating func touch(_ event: Event, in context: ProjectionContext) {
    touches.note(event, in: context)
    switch event.payload {
    case .positionRelated(let payload): labelled.formUnion([payload.position, payload.other])
    case .positionUnrelated(let payload): labelled.formUnion([payload.position, payload.other])
    case .positionAttributed(let payload): labelled.insert(payload.position)
    case .positionTagged(let payload):
      labelled.insert(payload.position)
      tags.insert(payload.tag)
    case .positionUntagged(let payload):
      labelled.insert(payload.position)
      tags.insert(payload.tag)
    case .tagCreated(let payload): tags.insert(payload.tag)
    case .tagChanged(let payload): tags.insert(payload.tag)
    case .tagRetired(let payload): tags.insert(payload.tag)
    case .strategyCreated, .strategyChanged, .strategyRetired, .strategyJoined, .strategyLeft:
      areStrategiesTouched = true
    default: break
    }
  }

  mutating func settle(in context: ProjectionContext) throws {
    for id in touches.positions.sorted() { try PositionRows.write(id, in: context) }
    try gatherLabelled(in: context)
    for id in labelled.sorted() { try write(labelsOf: id, in: context) }
    try context.clear("tags", of: tags)
    for id in tags.sorted() { try TagRows.write(id, in: context) }
    let mayHaveLegs = try !labelled.isEmpty && context.hasStrategies
    if areStrategiesTouched || mayHaveLegs || !tags.isEmpty { try StrategyRows.write(in: context) }
  }

  /// What hangs on a position shows only while the position does, a relation only while both of
  /// its ends do, and a tag only until it is retired.
  private mutating func gatherLabelled(in context: ProjectionContext) throws {
    labelled.formUnion(touches.positions)
    for id in Array(labelled) {
      try context.rows
        .statement("SELECT other_id FROM internal_related_positions WHERE position_id = ?")
        .rows({ $0.text(id.rawValue) }) { labelled.insert(PositionID($0.text(0))) }
    }
    for id in tags {
      try context.rows
        .statement("SELECT DISTINCT position_id FROM position_tag_spans WHERE tag_id = ?")
        .rows({ $0.text(id.rawValue) }) { labelled.insert(PositionID($0.text(0))) }
    }
  }

  private mutating func write(labelsOf id: PositionID, in context: ProjectionContext) throws {
    try context.rows
      .statement("SELECT DISTINCT tag_id FROM position_tag_spans WHERE position_id = ?")
      .rows({ $0.text(id.rawValue) }) { tags.insert(TagID($0.text(0))) }
    let spans = context.state.tagSpans(of: id, asOf: context.cut)
    for span in spans { tags.insert(span.tag) }
    try LabelRows.write(id, spans, in: context)
  }
}

extension ProjectionContext {
  fileprivate var hasStrategies: Bool {
    get throws {
      try rows.statement("SELECT 1 FROM internal_strategies LIMIT 1").first { _ in true } != nil
    }
  }
}
