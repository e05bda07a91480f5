import Events
import ExactNumbers
import Projections
import Records
import TestSupport
import Testing

@Suite("The schema") struct SchemaTests {
  /// One file for all: nothing here writes what is kept.
  private static let folder = try? TemporaryFolder()
  private static let made: ProjectionStore? = {
    guard let store = folder?.store() else { return nil }
    return (try? store.rebuild(Ledger().change())).map { _ in store }
  }()

  private let store: ProjectionStore

  init() throws { store = try #require(Self.made) }

  @Test("has every documented column, in the documented order", arguments: documented)
  func columns(table: DocumentedTable) throws {
    let found = try store.columns("SELECT * FROM \(table.name)")
    #expect(found.filter { table.columns.contains($0) } == table.columns)
  }

  @Test("of every documented table ends with src_seq", arguments: documented)
  func sequenceLast(table: DocumentedTable) throws {
    let found = try store.columns("SELECT * FROM \(table.name)")
    #expect(
      found.last == (table.isView || table.name == "projection_meta" ? found.last : "src_seq"))
    #expect(!found.isEmpty)
  }

  @Test("opens in plain SQLite and is sound")
  func integrity() throws {
    #expect(try store.rows("PRAGMA integrity_check") == [["ok"]])
    #expect(try store.rows("PRAGMA foreign_key_check").isEmpty)
    let loose = try store.rows(
      "SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND schema = 'main' "
        + "AND name NOT LIKE 'sqlite%'")
    #expect(loose.isEmpty)
    let views = try store.rows("SELECT name FROM sqlite_schema WHERE type = 'view'")
    for view in views.joined() { _ = try store.rows("SELECT * FROM \(view)") }
    #expect(views.count == documented.count { $0.isView })
  }

  @Test("says of every column of a table what it means")
  func comments() throws {
    let tables = try store.rows(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'internal%'")
    for table in tables {
      let columns = table[1].split(separator: "\n").filter {
        $0.hasPrefix("  ")
          && ($0.contains(" TEXT") || $0.contains(" REAL") || $0.contains(" INTEGER"))
      }
      // What an amount is counted in is never left to guess.
      for column in columns where column.contains(" REAL") {
        #expect(column.contains("-- "), "\(table[0]): \(column)")
      }
    }
    #expect(tables.count > 25)
  }

  @Test(
    "refuses what a column excludes",
    arguments: [
      "INSERT INTO users VALUES ('u', NULL, 'n', NULL, 'king', NULL, 1, 0, 't', 't', NULL, 1)",
      "INSERT INTO market_data_cache VALUES ('A', 'd', 1, 1, 1, 0, 1, 1, 's', 0, 't', 1)",
      "INSERT INTO market_data_cache VALUES ('A', 'd', 1, 2, 3, 2, 1, 1, 's', 0, 't', 1)",
      "INSERT INTO position_relationships VALUES ('i', 'p', 'a', 'a', 'hedges', NULL, NULL, 'd', NULL, 't', NULL, 1)",
      "INSERT INTO positions VALUES ('i', 'p', 'A', 'SHORT', 5, 5, 1, 1, 'd', NULL, NULL, 1, NULL, NULL, NULL, NULL, 'USD', 0, 't', 't', NULL, 1)",
      "INSERT INTO positions VALUES ('i', 'p', 'A', 'LC', 5, 5, 100, 1, 'd', NULL, NULL, 1, NULL, NULL, NULL, NULL, 'USD', 0, 't', 't', NULL, 1)",
      "INSERT INTO portfolio_cash VALUES ('p', 'USD', 'much', 1)",
    ])
  func checks(statement: String) throws {
    let database = try PlainDatabase(store.path)
    let answer = database.run(statement)
    #expect(answer.contains("CHECK constraint failed") || answer.contains("cannot store TEXT"))
  }
}

struct DocumentedTable: Sendable, CustomTestStringConvertible {
  var name: String
  var columns: [String]
  var isView = false
  var testDescription: String { name }

  init(_ name: String, _ columns: String, isView: Bool = false) {
    self.name = name
    self.columns = columns.split(separator: " ").map(String.init)
    self.isView = isView
  }
}

/// The tables of the domain reference that are not calculated analytics, and their columns.
private let documented = [
  DocumentedTable("projection_meta", "key value"),
  DocumentedTable(
    "users",
    "id email username full_name role password_hash is_active is_demo created_at updated_at deleted_at"
  ),
  DocumentedTable(
    "portfolios",
    "id user_id name description currency benchmark_ticker opened_at closed_at created_at updated_at deleted_at"
  ),
  DocumentedTable("portfolio_cash", "portfolio_id currency balance"),
  DocumentedTable(
    "tags",
    "id user_id name tag_type description color usage_count created_at updated_at deleted_at"),
  DocumentedTable("position_tags", "position_id tag_id created_at"),
  DocumentedTable("position_tag_spans", "position_id tag_id from_time to_time"),
  DocumentedTable(
    "factor_definitions",
    "id name display_name category description calculation_method proxy_kind proxy_ticker sort_order is_core is_active created_at updated_at"
  ),
  DocumentedTable(
    "stress_scenarios",
    "id code name scenario_type category severity description period_start period_end sort_order is_active created_at updated_at"
  ),
  DocumentedTable(
    "stress_scenario_shocks", "scenario_id factor_id shock_amount shock_unit is_pinned"),
  DocumentedTable(
    "stress_test_scenarios",
    "scenario_id name description category severity shocked_factors active",
    isView: true),
  DocumentedTable(
    "positions",
    "id portfolio_id ticker position_type quantity entry_quantity multiplier entry_price entry_date exit_price exit_date is_active underlying_ticker strike_price expiration_date option_type currency realized_pnl created_at updated_at deleted_at"
  ),
  DocumentedTable(
    "position_lots", "lot_id position_id opened_date quantity remaining price", isView: true),
  DocumentedTable(
    "position_exits", "exit_id position_id exit_date quantity price fees realized_pnl"),
  DocumentedTable(
    "position_valuations",
    "position_id valuation_date price price_source price_at prior_price market_value cost_basis unrealized_pnl unrealized_pnl_pct daily_pnl notional_exposure delta_adjusted_exposure is_stale"
  ),
  DocumentedTable("active_positions", "position_id portfolio_id ticker", isView: true),
  DocumentedTable(
    "position_relationships",
    "id portfolio_id from_position_id to_position_id relationship_type ratio note valid_from valid_to created_at deleted_at"
  ),
  DocumentedTable("position_attributes", "position_id key value value_type source updated_at"),
  DocumentedTable(
    "strategy_groups",
    "id portfolio_id tag_id name strategy_type description created_at updated_at deleted_at"),
  DocumentedTable("strategy_group_positions", "group_id position_id leg_no leg_role"),
  DocumentedTable(
    "market_data_cache",
    "ticker date open high low close adj_close volume data_source is_final updated_at"),
  DocumentedTable("market_data", "ticker date close sector industry", isView: true),
  DocumentedTable(
    "securities",
    "ticker name security_type sector industry exchange country market_cap shares_float updated_at"),
  DocumentedTable("rates_cache", "series date value data_source"),
  DocumentedTable("volatility_cache", "ticker date expiration_date strike implied_vol source"),
  DocumentedTable(
    "realtime_quotes_cache",
    "ticker last_price bid ask bid_size ask_size volume day_change day_change_pct day_high day_low quote_at received_at data_source"
  ),
  DocumentedTable(
    "short_selling_metrics",
    "ticker metric_date short_interest_shares avg_daily_volume short_interest_ratio days_to_cover cost_to_borrow_rate shares_available utilization_pct published_at data_source"
  ),
  DocumentedTable("short_squeeze_risk", "position_id ticker squeeze_risk is_stale", isView: true),
  DocumentedTable(
    "export_history",
    "id user_id portfolio_id session_id export_type export_format file_name file_size_bytes row_count sha256 at_seq as_of created_at"
  ),
  DocumentedTable(
    "calculation_audit_log",
    "id batch_id calculation_type portfolio_id calculation_date start_time end_time status records_processed error_message attempt input_seq parameters method result_digest verified_at verified_ok created_at"
  ),
  DocumentedTable(
    "batch_jobs",
    "id job_name job_type status started_at completed_at duration_seconds records_processed error_message metadata"
  ),
  DocumentedTable("imports", "id file_name sha256 events first_seq last_seq"),
]
