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
    #expect(tables.count > 40)
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
      "INSERT INTO factor_covariance_matrix VALUES ('b', 'a', 'd', 0, 0, 9, 9, 1, 252, 'error', 'r', 1)",
      "INSERT INTO factor_covariance_matrix VALUES ('a', 'b', 'd', 0, 2, 9, 9, 1, 252, 'error', 'r', 1)",
      "INSERT INTO position_correlation_matrix VALUES ('a', 'a', 'd', 'p', 1, 9, 0, 9, 'error', 'r', 1)",
      "INSERT INTO portfolio_specific_risk VALUES ('p', 'd', 0, 0, 0, 0, 0, 0, 0, 0, 0, 'good', 'r', 1)",
      "INSERT INTO modeling_session_snapshots VALUES ('i', 's', NULL, NULL, 'n', NULL, 'open', 'd', 1, '{}', NULL, '[]', '{}', NULL, NULL, NULL, 't', 't', NULL, 1)",
      "INSERT INTO modeling_changes VALUES ('s', 1, 'sell', '{}', 0, 1)",
      "INSERT INTO modeling_changes VALUES ('s', 0, 'add', '{}', 0, 1)",
      "INSERT INTO calculation_checks VALUES ('c', 'greeks', 'p', 'd', 'x', 'y', NULL, NULL, 1, 1)",
    ])
  func checks(statement: String) throws {
    let database = try PlainDatabase(store.path)
    // Others try at the same time.
    database.run("PRAGMA busy_timeout = 10000")
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

/// The tables of the domain reference, and their columns. Of a calculated table the key stands first.
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
    "modeling_session_snapshots",
    "id session_id portfolio_id user_id name description status base_snapshot_date fork_seq base_portfolio_snapshot modified_portfolio_snapshot changes impact_summary risk_metrics_before risk_metrics_after factor_exposures_change created_at updated_at completed_at"
  ),
  DocumentedTable("modeling_changes", "session_id change_no change_type payload reverted"),
  DocumentedTable("modeling_saves", "session_id save_no name at_seq impact_summary created_at"),
  DocumentedTable(
    "modeling_sessions", "id session_id portfolio_id user_id created_by name status changes",
    isView: true),
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
  DocumentedTable(
    "position_greeks",
    "position_id calculation_date delta gamma theta vega rho delta_dollars gamma_dollars unit_delta unit_gamma unit_theta unit_vega unit_rho underlying_price implied_vol risk_free_rate time_to_expiry status quality run_id"
  ),
  DocumentedTable("portfolio_greeks", "portfolio_id calculation_date delta", isView: true),
  DocumentedTable(
    "position_factor_betas",
    "position_id factor_id calculation_date beta alpha r_squared std_err t_stat p_value raw_beta observations window_start window_end method is_capped quality run_id"
  ),
  DocumentedTable(
    "portfolio_factor_exposures",
    "portfolio_id factor_id calculation_date view exposure_value exposure_gross_basis magnitude_exposure exposure_dollar coverage quality run_id"
  ),
  DocumentedTable(
    "factor_covariance_matrix",
    "factor1_id factor2_id calculation_date covariance correlation lookback_days observations decay_factor annualization quality run_id"
  ),
  DocumentedTable(
    "factor_risk_contributions",
    "portfolio_id factor_id calculation_date variance_contribution pct_of_factor_variance volatility_contribution quality run_id"
  ),
  DocumentedTable(
    "portfolio_specific_risk", "portfolio_id calculation_date specific_variance quality run_id"),
  DocumentedTable(
    "portfolio_risk_metrics",
    "portfolio_id calculation_date portfolio_beta annualized_volatility sharpe_ratio max_drawdown quality run_id"
  ),
  DocumentedTable(
    "factor_correlations", "factor_1_id factor_2_id calculation_date correlation", isView: true),
  DocumentedTable(
    "position_factor_exposures", "position_id factor_id calculation_date exposure_value",
    isView: true),
  DocumentedTable(
    "factor_exposures", "portfolio_id factor_id calculation_date exposure_value", isView: true),
  DocumentedTable(
    "position_interest_rate_betas", "position_id calculation_date ir_beta", isView: true),
  DocumentedTable(
    "position_correlation_matrix",
    "position1_id position2_id calculation_date correlation observations p_value lookback_days quality run_id"
  ),
  DocumentedTable(
    "correlation_calculations",
    "portfolio_id calculation_date lookback_days average_correlation weighted_average_correlation effective_positions concentration_score min_position_value min_portfolio_weight filter_mode correlation_threshold positions_included positions_excluded quality run_id"
  ),
  DocumentedTable(
    "correlation_clusters",
    "calculation_id cluster_no calculation_date nickname average_correlation total_value portfolio_share quality run_id"
  ),
  DocumentedTable(
    "correlation_cluster_positions",
    "calculation_id cluster_no position_id calculation_date quality run_id"),
  DocumentedTable(
    "stress_test_results",
    "portfolio_id scenario_id calculation_date view direct_pnl correlated_pnl correlation_effect conditional_pnl revalued_pnl pct_of_nav loss_cap_applied uncapped_pnl factor_impacts missing_factors quality expires_at run_id"
  ),
  DocumentedTable(
    "generated_stress_results",
    "portfolio_id scenario_id calculation_date scenario_type scenario_value predicted_pnl quality run_id"
  ),
  DocumentedTable(
    "market_risk_scenarios",
    "portfolio_id scenario_type calculation_date scenario_value predicted_pnl", isView: true),
  DocumentedTable(
    "portfolio_snapshots",
    "portfolio_id snapshot_date frequency id period_start total_value cash_value long_exposure short_exposure gross_exposure net_exposure delta_adjusted_net delta_adjusted_gross notional_exposure daily_pnl daily_return total_pnl realized_pnl unrealized_pnl net_flows portfolio_beta annualized_volatility position_correlation max_drawdown sharpe_ratio diversification_score portfolio_delta portfolio_gamma portfolio_theta portfolio_vega portfolio_rho num_positions num_long_positions num_short_positions num_unpriced data_quality created_at run_id"
  ),
  DocumentedTable(
    "latest_portfolio_snapshots", "portfolio_id snapshot_date frequency", isView: true),
  DocumentedTable(
    "portfolio_snapshot_history",
    "portfolio_id snapshot_date long_value short_value period_pnl daily_pnl_pct cumulative_pnl portfolio_volatility total_delta",
    isView: true),
  DocumentedTable("pnl_attribution", "portfolio_id group_by group_key total_pnl", isView: true),
  DocumentedTable(
    "calculation_checks",
    "calculation_id calculation_type portfolio_id calculation_date recorded_digest current_digest error_message late_seq agrees"
  ),
  DocumentedTable("restated_calculations", "calculation_id agrees", isView: true),
]
