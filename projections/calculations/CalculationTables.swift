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
    case CalculatedTable.portfolioSnapshots.name: [.creation]
    default: []
    }
  }

  enum Extra {
    /// When the result stops being fresh: `stress.ttl_seconds` after its calculation was recorded.
    case expiry
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
  var creation: Instant?
}

extension ProjectionContext {
  /// Writes the rows of a result.
  ///
  /// - Parameter replacing: Whose rows are deleted first; null where there are none, and for
  ///   snapshots, whose rows of one day may be of several periods.
  func write(
    _ output: CalculationOutput, _ origin: RowOrigin,
    replacing: (date: CivilDate, portfolio: PortfolioID?)?
  ) throws {
    // What is only digested has no table.
    for rows in output.tables where try tableNames().contains(rows.table.name) {
      if let replacing, rows.table != .portfolioSnapshots {
        try delete(rows.table.name, date: replacing.date, portfolio: replacing.portfolio)
      }
      let extras = CalculationTables.extras(of: rows.table.name)
      for cells in rows.rows {
        try self.rows.upsert(rows.table.name) { row in
          for cell in cells { row.cell(cell) }
          for extra in extras {
            switch extra {
            case .expiry: row.time(origin.expiry)
            case .creation: row.time(origin.creation)
            }
          }
          row.text(origin.run)
          row.sequence(origin.sequence)
        }
      }
    }
  }

  private func delete(_ table: String, date: CivilDate, portfolio: PortfolioID?) throws {
    let scope = portfolio == nil ? "" : "AND portfolio_id = ?2"
    try rows.statement("DELETE FROM \(table) WHERE calculation_date = ?1 \(scope)").run { row in
      row.date(date)
      if let portfolio { row.text(portfolio.rawValue) }
    }
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
