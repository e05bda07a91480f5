-- What each portfolio was worth at the end of its sessions, weeks and months, and what they did.

-- One row a portfolio, session and frequency (section 8 of the calculations): a daily one for each
-- session, never for a weekend or a holiday; a weekly one for the last session of an ISO week, a
-- monthly one for the last session of a month, once that is known to be the last. Levels are those
-- of snapshot_date; P&L and flows are summed, returns chained, from period_start.
--
-- Derived, so never updated by an entry (D-24): a late fact calculates the row anew.
CREATE TABLE portfolio_snapshots (
  portfolio_id          TEXT    NOT NULL,
  snapshot_date         TEXT    NOT NULL,  -- a session: the end of its UTC day
  frequency             TEXT    NOT NULL,
  id                    TEXT    NOT NULL,  -- UUID v5, namespace of URLs, of
                                           -- foldbook:portfolio_snapshots/<key, by slashes>
  period_start          TEXT    NOT NULL,  -- first session of the period
  total_value           REAL    NOT NULL,  -- money, dec(4): NAV = cash + market values (C-02, D-13)
  cash_value            REAL    NOT NULL,  -- money, dec(4)
  long_exposure         REAL    NOT NULL,  -- money, dec(4), premium of options (C-03)
  short_exposure        REAL    NOT NULL,  -- money, dec(4), never above zero
  gross_exposure        REAL    NOT NULL,  -- money, dec(4): long less short
  net_exposure          REAL    NOT NULL,  -- money, dec(4): long plus short
  delta_adjusted_net    REAL,              -- money, dec(4) (C-03); null: no Greeks
  delta_adjusted_gross  REAL,              -- money, dec(4) (C-03); null: no Greeks
  notional_exposure     REAL,              -- money, dec(4): sum of magnitudes (C-03)
  daily_pnl             REAL,              -- money, dec(4), of the period (C-06); null on the
                                           -- portfolio's first day, never zero
  daily_return          REAL,              -- fraction, dec(10), of the period; 0.01 is 1 %. Null
                                           -- where what it divides by is not above zero
  total_pnl             REAL,              -- money, dec(4), since inception (C-07)
  realized_pnl          REAL,              -- money, dec(4), since inception, before fees (C-05)
  unrealized_pnl        REAL,              -- money, dec(4), of what is open (C-04)
  net_flows             REAL,              -- money, dec(4), of the period: deposits, withdrawals
                                           -- and adjustments, signed
  portfolio_beta        REAL,              -- against the benchmark (C-15); of factor exposures
                                           -- where flagged ex_ante_beta
  annualized_volatility REAL,              -- fraction a year (C-16)
  position_correlation  REAL,              -- -1 … 1, mean of the pairs (C-13)
  max_drawdown          REAL,              -- fraction, dec(10), never above zero (C-17)
  sharpe_ratio          REAL,              -- a year (C-18)
  diversification_score REAL,              -- C-14
  portfolio_delta       REAL,              -- share equivalents (C-08)
  portfolio_gamma       REAL,              -- share equivalents per 1.00 of each underlying
  portfolio_theta       REAL,              -- money per calendar day
  portfolio_vega        REAL,              -- money per volatility point
  portfolio_rho         REAL,              -- money per rate point
  num_positions         INTEGER NOT NULL,  -- open ones
  num_long_positions    INTEGER NOT NULL,  -- by their type, not by the sign of their exposure
  num_short_positions   INTEGER NOT NULL,
  num_unpriced          INTEGER NOT NULL,  -- open ones that no total contains
  data_quality          TEXT    NOT NULL,  -- JSON: flags (why a number is null, partial or
                                           -- assumed) and the counts behind them
  told_on               TEXT    NOT NULL,  -- the session it was taken on: snapshot_date, or, of a
                                           -- week or month that was over only then, a later one
  created_at            TEXT    NOT NULL,  -- recorded time of day.closed; without one, of the run
  run_id                TEXT,              -- the calculation; null: none took it, the session
                                           -- was only closed
  src_seq               INTEGER NOT NULL,  -- last event that touched the row
  PRIMARY KEY (portfolio_id, snapshot_date, frequency),
  FOREIGN KEY (portfolio_id) REFERENCES portfolios (id),
  FOREIGN KEY (run_id) REFERENCES calculation_audit_log (id),
  CHECK (frequency IN ('daily', 'weekly', 'monthly')),
  CHECK (period_start <= snapshot_date),
  CHECK (snapshot_date <= told_on),
  CHECK (frequency <> 'daily' OR period_start = snapshot_date),
  CHECK (length(id) = 36),
  CHECK (long_exposure >= 0),
  CHECK (short_exposure <= 0),
  CHECK (gross_exposure >= 0),
  CHECK (delta_adjusted_gross >= 0),
  CHECK (notional_exposure >= 0),
  CHECK (annualized_volatility >= 0),
  CHECK (max_drawdown <= 0),
  CHECK (num_positions = num_long_positions + num_short_positions),
  CHECK (num_unpriced BETWEEN 0 AND num_positions),
  CHECK (json_valid(data_quality))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX portfolio_snapshots_id ON portfolio_snapshots (id);
CREATE INDEX portfolio_snapshots_date ON portfolio_snapshots (snapshot_date, frequency);
CREATE INDEX portfolio_snapshots_run ON portfolio_snapshots (run_id);

-- The last daily snapshot of each portfolio.
CREATE VIEW latest_portfolio_snapshots AS
SELECT snapshot.*
FROM portfolio_snapshots AS snapshot
JOIN (
  SELECT portfolio_id, max(snapshot_date) AS snapshot_date
  FROM portfolio_snapshots
  WHERE frequency = 'daily'
  GROUP BY portfolio_id
) AS last
  ON last.portfolio_id = snapshot.portfolio_id
 AND last.snapshot_date = snapshot.snapshot_date
WHERE snapshot.frequency = 'daily';

-- The same rows under the other names that are in use for their columns.
CREATE VIEW portfolio_snapshot_history AS
SELECT
  id                    AS id,
  portfolio_id          AS portfolio_id,
  snapshot_date         AS snapshot_date,
  frequency             AS frequency,
  period_start          AS period_start,
  total_value           AS total_value,           -- money: NAV, not gross exposure (D-13)
  cash_value            AS cash_value,            -- money
  long_exposure         AS long_value,            -- money
  short_exposure        AS short_value,           -- money, never above zero
  gross_exposure        AS gross_exposure,        -- money
  net_exposure          AS net_exposure,          -- money
  daily_pnl             AS daily_pnl,             -- money
  daily_pnl             AS period_pnl,            -- money
  daily_return          AS daily_return,          -- fraction
  daily_return          AS daily_pnl_pct,         -- fraction
  total_pnl             AS cumulative_pnl,        -- money
  realized_pnl          AS realized_pnl,          -- money
  unrealized_pnl        AS unrealized_pnl,        -- money
  net_flows             AS net_flows,             -- money
  portfolio_beta        AS portfolio_beta,
  annualized_volatility AS portfolio_volatility,  -- fraction a year
  position_correlation  AS position_correlation,
  max_drawdown          AS max_drawdown,          -- fraction
  sharpe_ratio          AS sharpe_ratio,
  diversification_score AS diversification_score,
  portfolio_delta       AS total_delta,           -- share equivalents
  portfolio_gamma       AS total_gamma,
  portfolio_theta       AS total_theta,           -- money per calendar day
  portfolio_vega        AS total_vega,            -- money per volatility point
  portfolio_rho         AS total_rho,             -- money per rate point
  num_positions         AS num_positions,
  num_long_positions    AS num_long_positions,
  num_short_positions   AS num_short_positions,
  data_quality          AS data_quality,
  created_at            AS created_at,
  src_seq               AS src_seq
FROM portfolio_snapshots;

-- What each position contributed to P&L since inception, grouped by group_by: position, type, tag,
-- strategy, underlying or sector. At the file's cut, before fees and dividends; with them, and from
-- another date on, `foldbook attribution` answers.
--
-- A position with two tags counts under both, so the rows of a tag or a strategy do not add up to
-- the portfolio; those of the other groupings do. Open positions without a price are in no sum of
-- unrealized P&L, and counted in num_unpriced; null where nothing else is in the group.
CREATE VIEW pnl_attribution AS
WITH contribution AS (
  SELECT
    position.id                                            AS position_id,
    position.portfolio_id                                  AS portfolio_id,
    position.ticker                                        AS ticker,
    position.position_type                                 AS position_type,
    coalesce(position.underlying_ticker, position.ticker)  AS underlying,
    position.realized_pnl                                  AS realized_pnl,
    CASE WHEN position.is_active = 1 THEN valuation.unrealized_pnl ELSE 0 END
                                                           AS unrealized_pnl,
    position.is_active = 1 AND valuation.unrealized_pnl IS NULL
                                                           AS is_unpriced,
    max(position.src_seq, coalesce(valuation.src_seq, 0))  AS src_seq
  FROM positions AS position
  LEFT JOIN position_valuations AS valuation
    ON valuation.position_id = position.id
   AND valuation.valuation_date =
       (SELECT substr(value, 1, 10) FROM projection_meta WHERE key = 'as_of')
  WHERE position.deleted_at IS NULL
),
labelled AS (
  SELECT 'position' AS group_by, position_id AS group_key, ticker AS group_name, contribution.*
  FROM contribution
  UNION ALL
  SELECT 'type', position_type, position_type, contribution.* FROM contribution
  UNION ALL
  SELECT 'underlying', underlying, underlying, contribution.* FROM contribution
  UNION ALL
  SELECT 'sector', coalesce(attribute.value, security.sector),
         coalesce(attribute.value, security.sector, 'no sector'), contribution.*
  FROM contribution
  LEFT JOIN position_attributes AS attribute
    ON attribute.position_id = contribution.position_id AND attribute.key = 'sector_override'
  LEFT JOIN securities AS security ON security.ticker = contribution.underlying
  UNION ALL
  SELECT 'tag', tag.id, coalesce(tag.name, 'no tag'), contribution.*
  FROM contribution
  LEFT JOIN position_tags AS worn ON worn.position_id = contribution.position_id
  LEFT JOIN tags AS tag ON tag.id = worn.tag_id
  UNION ALL
  SELECT 'strategy', strategy.id, coalesce(strategy.name, 'no strategy'), contribution.*
  FROM contribution
  LEFT JOIN strategy_group_positions AS leg ON leg.position_id = contribution.position_id
  LEFT JOIN strategy_groups AS strategy ON strategy.id = leg.group_id
)
SELECT
  portfolio_id                    AS portfolio_id,
  group_by                        AS group_by,
  group_key                       AS group_key,       -- null: in no group
  group_name                      AS group_name,
  count(*)                        AS num_positions,   -- open and closed
  sum(is_unpriced)                AS num_unpriced,
  round(sum(realized_pnl), 4)     AS realized_pnl,    -- money, before fees
  round(sum(unrealized_pnl), 4)   AS unrealized_pnl,  -- money
  round(sum(realized_pnl) + sum(unrealized_pnl), 4)
                                  AS total_pnl,       -- money
  max(src_seq)                    AS src_seq
FROM labelled
GROUP BY portfolio_id, group_by, group_key, group_name;
