-- What calculations refer to: factors, scenarios, instruments.

CREATE TABLE factor_definitions (
  id                 TEXT    NOT NULL PRIMARY KEY,  -- the event's `factor`
  name               TEXT    NOT NULL,              -- machine name, market_beta
  display_name       TEXT    NOT NULL,              -- Market Beta
  category           TEXT    NOT NULL,
  description        TEXT,
  calculation_method TEXT,
  proxy_kind         TEXT    NOT NULL,              -- how the proxy's series becomes a return
  proxy_ticker       TEXT,                          -- null: the factor is a score without a proxy
  sort_order         INTEGER NOT NULL,
  is_core            INTEGER NOT NULL,              -- 1: one of the eight default factors
  is_active          INTEGER NOT NULL,              -- 0 once retired
  created_at         TEXT    NOT NULL,              -- recorded time of the first factor.defined
  updated_at         TEXT    NOT NULL,              -- recorded time of the last factor.* event
  src_seq            INTEGER NOT NULL,              -- last event that touched the row
  CHECK (length(name) BETWEEN 1 AND 50),
  CHECK (length(display_name) <= 100),
  CHECK (category IN ('style', 'technical', 'macro', 'sector')),
  CHECK (proxy_kind IN ('price_return', 'yield_change', 'none')),
  CHECK (is_core IN (0, 1)),
  CHECK (is_active IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX factor_definitions_name ON factor_definitions (name);

CREATE TABLE stress_scenarios (
  id            TEXT    NOT NULL PRIMARY KEY,  -- the event's `scenario`
  code          TEXT    NOT NULL,              -- the same, by which scripts name it
  name          TEXT    NOT NULL,              -- Market Down 10%
  scenario_type TEXT    NOT NULL,
  category      TEXT,
  severity      TEXT,
  description   TEXT,
  period_start  TEXT,                          -- historical only: first day
  period_end    TEXT,                          -- historical only: last day
  sort_order    INTEGER NOT NULL,
  is_active     INTEGER NOT NULL,              -- 0 once retired
  created_at    TEXT    NOT NULL,              -- recorded time of the first scenario.defined
  updated_at    TEXT    NOT NULL,              -- recorded time of the last scenario.* event
  src_seq       INTEGER NOT NULL,              -- last event that touched the row
  CHECK (length(code) <= 64),
  CHECK (length(name) BETWEEN 1 AND 255),
  CHECK (scenario_type IN ('sensitivity', 'historical', 'custom')),
  CHECK (category IN
         ('market', 'rates', 'oil', 'rotation', 'volatility', 'historical', 'custom')),
  CHECK (severity IN ('mild', 'moderate', 'severe', 'extreme')),
  CHECK (is_active IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX stress_scenarios_name ON stress_scenarios (name);
CREATE UNIQUE INDEX stress_scenarios_code ON stress_scenarios (code);

CREATE TABLE stress_scenario_shocks (
  scenario_id  TEXT    NOT NULL,
  factor_id    TEXT    NOT NULL,
  shock_amount REAL    NOT NULL,  -- fraction, dec(10): -0.10 is -10 %; of a yield change 0.0025 is
                                  -- 25 basis points
  shock_unit   TEXT    NOT NULL,  -- what the factor's proxy_kind makes of it
  is_pinned    INTEGER NOT NULL,  -- 1: the conditional method conditions on it, never alters it
  src_seq      INTEGER NOT NULL,  -- last event that touched the row
  PRIMARY KEY (scenario_id, factor_id),
  FOREIGN KEY (scenario_id) REFERENCES stress_scenarios (id),
  FOREIGN KEY (factor_id) REFERENCES factor_definitions (id),
  CHECK (shock_unit IN ('return', 'yield_change')),
  CHECK (is_pinned IN (0, 1))
) STRICT, WITHOUT ROWID;

-- A scenario in one row, its shocks as one JSON object of factor names and amounts.
CREATE VIEW stress_test_scenarios AS
SELECT
  scenario.id            AS id,
  scenario.code          AS scenario_id,
  scenario.name          AS name,
  scenario.description   AS description,
  scenario.category      AS category,
  scenario.severity      AS severity,
  (SELECT coalesce(json_group_object(name, shock_amount), '{}')
   FROM (SELECT factor.name AS name, shock.shock_amount AS shock_amount
         FROM stress_scenario_shocks AS shock
         JOIN factor_definitions AS factor ON factor.id = shock.factor_id
         WHERE shock.scenario_id = scenario.id
         ORDER BY factor.name)) AS shocked_factors,  -- {"market_beta":-0.1}
  scenario.scenario_type AS scenario_type,
  scenario.period_start  AS period_start,
  scenario.period_end    AS period_end,
  scenario.sort_order    AS sort_order,
  scenario.is_active     AS active,
  scenario.created_at    AS created_at,
  scenario.updated_at    AS updated_at,
  scenario.src_seq       AS src_seq
FROM stress_scenarios AS scenario;

CREATE TABLE securities (
  ticker        TEXT    NOT NULL PRIMARY KEY,
  name          TEXT,
  security_type TEXT    NOT NULL,
  sector        TEXT,
  industry      TEXT,
  exchange      TEXT,              -- null: no event names one
  country       TEXT,              -- null: no event names one
  market_cap    REAL,              -- money, dec(2); null: no event names one
  shares_float  INTEGER,           -- shares; null: no event names one
  updated_at    TEXT    NOT NULL,  -- recorded time of instrument.defined
  src_seq       INTEGER NOT NULL,  -- last event that touched the row
  CHECK (length(ticker) BETWEEN 1 AND 30),
  CHECK (security_type IN
         ('stock', 'etf', 'mutual_fund', 'option', 'index', 'rate', 'commodity', 'other'))
) STRICT, WITHOUT ROWID;

CREATE INDEX securities_sector ON securities (sector) WHERE sector IS NOT NULL;
