-- What stress scenarios do to portfolios (C-19): one set of rows a portfolio and day that was
-- calculated.

-- Every active scenario on a portfolio, and on its longs and shorts by the type of the position.
-- All methods stand side by side; conditional_pnl is the one to go by. A loss is negative. Results
-- are null, and never 0, where the exposure to what moves is not known.
CREATE TABLE stress_test_results (
  portfolio_id        TEXT    NOT NULL,
  scenario_id         TEXT    NOT NULL,
  calculation_date    TEXT    NOT NULL,
  view                TEXT    NOT NULL,
  direct_pnl          REAL,              -- money, dec(4): exposures times shocks, as documented;
                                         -- counts the market again with every factor (D-18)
  correlated_pnl      REAL,              -- money, dec(4): with the documented propagation (D-16,
                                         -- D-17), kept for comparison
  correlation_effect  REAL,              -- money, dec(4): correlated_pnl - direct_pnl
  conditional_pnl     REAL,              -- money, dec(4): expected given the pinned moves
  revalued_pnl        REAL,              -- money, dec(4): the same with options priced anew where
                                         -- their underlying is expected, volatility as it was
  pct_of_nav          REAL,              -- fraction, dec(10): conditional_pnl over what pct_basis
                                         -- names, of the whole portfolio in each view
  pct_basis           TEXT    NOT NULL,  -- nav; gross: cash is not known (C-02)
  new_portfolio_value REAL,              -- money, dec(4): net asset value and conditional_pnl
  exceeds_nav         INTEGER,           -- 1: more than the net asset value is lost; null where
                                         -- that is not above zero, or not known
  loss_cap_applied    INTEGER NOT NULL,  -- always 0: nothing is clipped (D-36)
  uncapped_pnl        REAL,              -- money, dec(4): conditional_pnl
  factor_impacts      TEXT    NOT NULL,  -- json, a member a shocked factor: exposure (money per
                                         -- 1.00 of its return), shock, pinned, direct_pnl,
                                         -- conditional_pnl
  implied_moves       TEXT,              -- json, a member a factor: its expected move given the
                                         -- pinned ones, a fraction; of the view portfolio
  missing_factors     TEXT    NOT NULL,  -- json, the shocked factors without a known exposure
  coverage            REAL,              -- fraction, dec(10), of gross exposure with a beta: the
                                         -- least of the pinned factors
  quality             TEXT    NOT NULL,
  expires_at          TEXT,              -- stress.ttl_seconds after the calculation was recorded;
                                         -- no part of the result or of its digest
  run_id              TEXT    NOT NULL,  -- the calculation
  src_seq             INTEGER NOT NULL,  -- last event that touched the row
  PRIMARY KEY (portfolio_id, scenario_id, calculation_date, view),
  FOREIGN KEY (portfolio_id) REFERENCES portfolios (id),
  FOREIGN KEY (scenario_id) REFERENCES stress_scenarios (id),
  FOREIGN KEY (run_id) REFERENCES calculation_audit_log (id),
  CHECK (view IN ('portfolio', 'longs', 'shorts')),
  CHECK (pct_basis IN ('nav', 'gross')),
  CHECK (exceeds_nav IN (0, 1)),
  CHECK (loss_cap_applied = 0),
  CHECK (json_valid(factor_impacts)),
  CHECK (implied_moves IS NULL OR json_valid(implied_moves)),
  CHECK (json_valid(missing_factors)),
  CHECK (coverage BETWEEN 0 AND 1),
  CHECK (quality IN
         ('full_history', 'limited_history', 'insufficient', 'stale_price', 'error'))
) STRICT, WITHOUT ROWID;

CREATE INDEX stress_test_results_date ON stress_test_results (portfolio_id, calculation_date, view);
CREATE INDEX stress_test_results_scenario
  ON stress_test_results (scenario_id, calculation_date);
CREATE INDEX stress_test_results_run ON stress_test_results (run_id);

-- Moves of the market and of the 10-year yield that are tried on every portfolio, whatever
-- scenarios the book has. Their ids are reserved: a colon keeps them apart from a book's own.
CREATE TABLE generated_stress_results (
  portfolio_id        TEXT    NOT NULL,
  scenario_id         TEXT    NOT NULL,  -- market_risk:market_down_10
  calculation_date    TEXT    NOT NULL,
  scenario_type       TEXT    NOT NULL,  -- market_down_10, rates_up_100bp
  scenario_value      REAL    NOT NULL,  -- fraction, dec(10): -0.1 is -10 %; of a yield 0.01 is 100
                                         -- basis points
  predicted_pnl       REAL,              -- money, dec(4): as conditional_pnl above
  revalued_pnl        REAL,              -- money, dec(4): as above
  pct_of_nav          REAL,              -- fraction, dec(10)
  pct_basis           TEXT    NOT NULL,
  new_portfolio_value REAL,              -- money, dec(4)
  exceeds_nav         INTEGER,
  missing_factors     TEXT    NOT NULL,  -- json
  coverage            REAL,              -- fraction, dec(10), of gross exposure with a beta
  quality             TEXT    NOT NULL,
  run_id              TEXT    NOT NULL,  -- the calculation
  src_seq             INTEGER NOT NULL,  -- last event that touched the row
  PRIMARY KEY (portfolio_id, scenario_id, calculation_date),
  FOREIGN KEY (portfolio_id) REFERENCES portfolios (id),
  FOREIGN KEY (run_id) REFERENCES calculation_audit_log (id),
  CHECK (pct_basis IN ('nav', 'gross')),
  CHECK (exceeds_nav IN (0, 1)),
  CHECK (json_valid(missing_factors)),
  CHECK (coverage BETWEEN 0 AND 1),
  CHECK (quality IN
         ('full_history', 'limited_history', 'insufficient', 'stale_price', 'error'))
) STRICT, WITHOUT ROWID;

CREATE INDEX generated_stress_results_date
  ON generated_stress_results (portfolio_id, calculation_date);
CREATE INDEX generated_stress_results_run ON generated_stress_results (run_id);

-- The documented table of ±5, ±10, ±20 % of the market and ±100, ±200 basis points.
CREATE VIEW market_risk_scenarios AS
SELECT
  portfolio_id,
  scenario_type,
  calculation_date,
  scenario_value,            -- fraction
  predicted_pnl,             -- money
  revalued_pnl,              -- money
  pct_of_nav,                -- fraction
  quality,
  src_seq
FROM generated_stress_results
ORDER BY portfolio_id, calculation_date, scenario_type;
