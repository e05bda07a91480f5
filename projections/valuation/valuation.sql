-- What each holding was worth at the end of each closed session, and is worth at the file's cut.

-- One row a position and date: every date that day.closed named while it was held, the day of its
-- last exit among them, and the date of the file's cut (projection_meta, as_of). A date means the
-- end of that UTC day; the date of the cut means the cut.
CREATE TABLE position_valuations (
  position_id             TEXT    NOT NULL,
  valuation_date          TEXT    NOT NULL,
  price                   REAL,              -- currency per share, dec(8) (C-01); null: none known
  price_source            TEXT    NOT NULL,  -- model: no market said the price (C-01)
  price_at                TEXT,              -- effective time of the price; of a model's, of its
                                             -- underlying's
  prior_price             REAL,              -- currency per share, dec(8): in force at the end of
                                             -- the day before, splits since applied
  market_value            REAL,              -- money, dec(4), signed: short is negative; null when
                                             -- the price is
  cost_basis              REAL    NOT NULL,  -- money, dec(4), signed: what remains, at entry price
  unrealized_pnl          REAL,              -- money, dec(4) (C-04)
  unrealized_pnl_pct      REAL,              -- fraction of the cost, dec(10): 0.05 is 5 %
  daily_pnl               REAL,              -- money, dec(4) (C-06), without fees
  notional_exposure       REAL,              -- money, dec(4), signed (C-03); null when a price is
  delta_adjusted_exposure REAL,              -- money, dec(4), signed (C-03); null for an option
                                             -- whose Greeks of this date were not calculated
  is_stale                INTEGER NOT NULL,  -- 1: the price is older than five sessions
  src_seq                 INTEGER NOT NULL,  -- last event of the position or of its price
  PRIMARY KEY (position_id, valuation_date),
  FOREIGN KEY (position_id) REFERENCES positions (id),
  CHECK (price_source IN ('tick', 'quote', 'close', 'model', 'missing')),
  CHECK ((price IS NULL) = (price_source = 'missing')),
  CHECK (is_stale IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX position_valuations_date ON position_valuations (valuation_date);

-- The documented get_active_positions, corrected: one row a live position, shorts negative (D-03),
-- multiplier used (D-02), the latest of tick, quote and close (D-04) at the file's cut and not at
-- the wall clock (D-05), an unpriced position with null and never dropped (D-06).
CREATE VIEW active_positions AS
SELECT
  position.id                       AS position_id,
  position.portfolio_id             AS portfolio_id,
  position.ticker                   AS ticker,
  position.position_type            AS position_type,
  position.quantity                 AS quantity,            -- shares or contracts, signed
  position.multiplier               AS multiplier,
  position.entry_price              AS entry_price,         -- currency per share
  position.entry_date               AS entry_date,
  position.underlying_ticker        AS underlying_ticker,
  position.strike_price             AS strike_price,
  position.expiration_date          AS expiration_date,
  position.option_type              AS option_type,
  position.currency                 AS currency,
  valuation.valuation_date          AS valuation_date,
  valuation.price                   AS current_price,       -- currency per share
  valuation.price_source            AS price_source,
  valuation.price_at                AS price_at,
  valuation.prior_price             AS prior_price,         -- currency per share
  valuation.market_value            AS market_value,        -- money, signed
  valuation.cost_basis              AS cost_basis,          -- money, signed
  valuation.unrealized_pnl          AS unrealized_pnl,      -- money
  valuation.unrealized_pnl_pct      AS unrealized_pnl_pct,  -- fraction
  valuation.daily_pnl               AS daily_pnl,           -- money
  position.realized_pnl             AS realized_pnl,        -- money
  valuation.notional_exposure       AS notional_exposure,   -- money, signed
  valuation.delta_adjusted_exposure AS delta_adjusted_exposure,
  valuation.is_stale                AS is_stale,
  greeks.calculation_date           AS greeks_date,         -- the last day they were calculated of
  greeks.delta                      AS delta,               -- share equivalents
  greeks.gamma                      AS gamma,               -- share equivalents per 1.00
  greeks.theta                      AS theta,               -- money per calendar day
  greeks.vega                       AS vega,                -- money per volatility point
  greeks.rho                        AS rho,                 -- money per rate point
  max(position.src_seq, coalesce(valuation.src_seq, 0), coalesce(greeks.src_seq, 0)) AS src_seq
FROM positions AS position
LEFT JOIN position_valuations AS valuation
  ON valuation.position_id = position.id
 AND valuation.valuation_date =
     (SELECT substr(value, 1, 10) FROM projection_meta WHERE key = 'as_of')
LEFT JOIN position_greeks AS greeks
  ON greeks.position_id = position.id
 AND greeks.calculation_date =
     (SELECT max(calculation_date) FROM position_greeks WHERE position_id = position.id)
WHERE position.is_active = 1 AND position.deleted_at IS NULL;

-- Squeeze risk (C-20) of what is exposed to it: short stock and short calls (D-22). The latest
-- metrics up to the file's cut, which may be weeks old (D-21); without any the level is UNKNOWN.
-- Thresholds are strict; rates are percent a year.
CREATE VIEW short_squeeze_risk AS
WITH latest AS (
  SELECT
    ticker,
    metric_date,
    cost_to_borrow_rate,
    -- As reported, else what it is made of.
    coalesce(
      days_to_cover,
      CASE WHEN avg_daily_volume > 0
           THEN round(1.0 * short_interest_shares / avg_daily_volume, 4) END) AS days_to_cover,
    short_interest_ratio,
    short_interest_shares,
    published_at,
    src_seq,
    row_number() OVER (PARTITION BY ticker ORDER BY metric_date DESC) AS age_rank
  FROM short_selling_metrics
  WHERE metric_date <= (SELECT substr(value, 1, 10) FROM projection_meta WHERE key = 'as_of')
),
exposed AS (
  SELECT
    *,
    coalesce(underlying_ticker, ticker) AS shorted_ticker
  FROM active_positions
  WHERE position_type IN ('SHORT', 'SC')
)
SELECT
  exposed.position_id          AS position_id,
  exposed.portfolio_id         AS portfolio_id,
  exposed.ticker               AS ticker,
  exposed.shorted_ticker       AS shorted_ticker,        -- the ticker the metrics are of
  exposed.position_type        AS position_type,
  exposed.quantity             AS quantity,              -- shares or contracts, signed
  exposed.market_value         AS market_value,          -- money, signed
  latest.metric_date           AS metric_date,
  latest.cost_to_borrow_rate   AS cost_to_borrow_rate,   -- percent a year
  latest.days_to_cover         AS days_to_cover,         -- days
  latest.short_interest_ratio  AS short_interest_ratio,  -- fraction of the float
  latest.short_interest_shares AS short_interest_shares,
  latest.published_at          AS published_at,
  CASE
    WHEN latest.cost_to_borrow_rate > 10 OR latest.days_to_cover > 5 THEN 'HIGH'
    WHEN latest.cost_to_borrow_rate > 5 OR latest.days_to_cover > 3 THEN 'MEDIUM'
    WHEN latest.cost_to_borrow_rate IS NOT NULL AND latest.days_to_cover IS NOT NULL THEN 'LOW'
    ELSE 'UNKNOWN'
  END                          AS squeeze_risk,
  CASE WHEN latest.metric_date IS NULL THEN NULL
       ELSE julianday(exposed.valuation_date) - julianday(latest.metric_date) > 35
  END                          AS is_stale,              -- 1: metrics older than 35 days
  max(exposed.src_seq, coalesce(latest.src_seq, 0)) AS src_seq
FROM exposed
LEFT JOIN latest ON latest.ticker = exposed.shorted_ticker AND latest.age_rank = 1
ORDER BY
  CASE squeeze_risk WHEN 'HIGH' THEN 1 WHEN 'MEDIUM' THEN 2 WHEN 'LOW' THEN 3 ELSE 4 END,
  latest.cost_to_borrow_rate DESC NULLS LAST,
  latest.days_to_cover DESC NULLS LAST,
  exposed.position_id;
