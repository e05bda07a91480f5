import Calculations
import Events
import ExactNumbers
import Records

/// The tables that calculations fill. Adding one is adding its folder and its line here.
enum CalculationTables {
  static var schemas: [[UInt8]] {
    [
      PackageResources.calculations_sql, PackageResources.greeks_sql,
      PackageResources.factors_sql, PackageResources.correlations_sql,
      PackageResources.stress_sql, PackageResources.snapshots_sql,
    ]
  }

  /// Columns between those of the result and `run_id`: what the log says of the run, and so is no
  /// part of the result.
  static func extras(of table: String) -> [Extra] {
    switch table {
    case CalculatedTable.stressTestResults.name: [.expiry]
    case CalculatedTable.portfolioSnapshots.name: [.telling, .creation]
    default: []
    }
  }

  enum Extra {
    /// When the result stops being fresh: `stress.ttl_seconds` after its calculation was recorded.
    case expiry
    /// The session that a snapshot was taken on: of a week or a month it may be a later one.
    case telling
    /// Recorded time of the `day.closed`.
    case creation
  }
}

/// Where a row comes from, beside its values.
struct RowOrigin {
  /// Null for a snapshot that no run took.
  var run: String?
  var sequence: EventSequence
  var expiry: Instant?
  var told: CivilDate
  var creation: Instant?
}

extension ProjectionContext {
  /// Writes the rows of a result, where those that it replaces are gone.
  ///
  /// A week or month that an earlier session told already stays as told: only a change of benchmark
  /// can bring it up again.
  func write(_ output: CalculationOutput, _ origin: RowOrigin) throws {
    // What is only digested has no table.
    for rows in output.tables where try tableNames().contains(rows.table.name) {
      let extras = CalculationTables.extras(of: rows.table.name)
      for cells in rows.rows {
        if rows.table == .portfolioSnapshots, try isTold(cells) { continue }
        try self.rows.upsert(rows.table.name) { row in
          for cell in cells { row.cell(cell) }
          for extra in extras {
            switch extra {
            case .expiry: row.time(origin.expiry)
            case .telling: row.date(origin.told)
            case .creation: row.time(origin.creation)
            }
          }
          row.text(origin.run)
          row.sequence(origin.sequence)
        }
      }
    }
  }

  private func isTold(_ snapshot: [Cell]) throws -> Bool {
    try rows.statement(
      """
      SELECT 1 FROM portfolio_snapshots
      WHERE portfolio_id = ? AND snapshot_date = ? AND frequency = ?
      """
    ).first({ row in
      for cell in snapshot.prefix(CalculatedTable.portfolioSnapshots.keyCount) { row.cell(cell) }
    }) { _ in true } != nil
  }
}

extension Binder {
  mutating func cell(_ cell: Cell) {
    switch cell {
    case .null: null()
    case .text(let text): self.text(text)
    case .integer(let value): integer(value)
    case .real(let value), .decimal(_, let value): real(value)
    }
  }
}
