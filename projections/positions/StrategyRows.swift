import Events
import ExactNumbers
import Portfolio
import Records

/// The strategy groups and their legs.
///
/// A strategy tag and a group of the same name are one, so a tag, a name or a leg may join or part
/// groups elsewhere: they are few, and written together.
enum StrategyRows {
  static func write(in context: ProjectionContext) throws {
    if context.previousCut != nil {
      try context.rows.statement("DELETE FROM strategy_group_positions").run()
      try context.rows.statement("DELETE FROM strategy_groups").run()
    }
    let groups = context.state.strategyGroups(asOf: context.cut).values.sorted { $0.id < $1.id }
    for group in groups { try write(group, in: context) }
  }

  private static func write(
    _ group: StrategyGroup, in context: ProjectionContext
  ) throws(ProjectionError) {
    try context.rows.upsert("strategy_groups") { row in
      row.text(group.id.rawValue)
      row.text(group.portfolio.rawValue)
      row.text(group.tag?.rawValue)
      row.text(group.name)
      row.text((group.type ?? .custom).rawValue)
      row.text(group.description)
      row.provenance(group.provenance)
    }
    for (index, member) in group.members.enumerated() {
      try context.rows.upsert("strategy_group_positions") { row in
        row.text(group.id.rawValue)
        row.text(member.position.rawValue)
        row.integer(member.leg.leg ?? Int64(index + 1))
        row.text(member.leg.role)
        row.sequence(member.provenance.lastSequence)
      }
    }
  }
}
