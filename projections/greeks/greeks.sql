-- The sensitivities of open positions (C-08), one row a position and day that was calculated.

-- Position figures are quantity times multiplier times the unit figure, so those of a portfolio add
-- up. A share's delta is its quantity.
CREATE TABLE position_greeks (
  position_id      TEXT    NOT NULL,
  calculation_date TEXT    NOT NULL,
  portfolio_id     TEXT    NOT NULL,
  delta            REAL,              -- share equivalents; null: an input is missing, see status
  gamma            REAL,              -- share equivalents per 1.00 of the underlying
  theta            REAL,              -- money per calendar day
  vega             REAL,              -- money per volatility point
  rho              REAL,              -- money per rate point
  delta_dollars    REAL,              -- money, dec(4): delta times the underlying's price
  gamma_dollars    REAL,              -- money, dec(4): change of delta_dollars for a 1 % move
  unit_delta       REAL,              -- per 1.00 of the underlying, a share
  unit_gamma       REAL,              -- per 1.00 of the underlying squared, a share
  unit_theta       REAL,              -- currency per calendar day, a share
  unit_vega        REAL,              -- currency per volatility point, a share
  unit_rho         REAL,              -- currency per rate point, a share
  underlying_price REAL,              -- currency per share, dec(8)
  implied_vol      REAL,              -- fraction a year: 0.25 is 25 %
  iv_source        TEXT,              -- quoted, attribute, underlying, historical, default
  risk_free_rate   REAL,              -- fraction a year, continuous
  dividend_yield   REAL,              -- fraction a year, continuous
  time_to_expiry   REAL,              -- years of 365 days
  model            TEXT,              -- american, european; linear for what is no option
  status           TEXT    NOT NULL,
  quality          TEXT    NOT NULL,
  run_id           TEXT    NOT NULL,  -- the calculation
  src_seq          INTEGER NOT NULL,  -- last event that touched the row
  PRIMARY KEY (position_id, calculation_date),
  FOREIGN KEY (position_id) REFERENCES positions (id),
  FOREIGN KEY (run_id) REFERENCES calculation_audit_log (id),
  CHECK (status IN ('ok', 'expired', 'missing_underlying', 'missing_terms', 'zero_vol')),
  CHECK (quality IN
         ('full_history', 'limited_history', 'insufficient', 'stale_price', 'error'))
) STRICT, WITHOUT ROWID;

CREATE INDEX position_greeks_date ON position_greeks (portfolio_id, calculation_date);
CREATE INDEX position_greeks_run ON position_greeks (run_id);

-- The sums of a portfolio, and how many of its positions have no Greeks.
CREATE VIEW portfolio_greeks AS
SELECT
  portfolio_id,
  calculation_date,
  sum(delta)                      AS delta,          -- share equivalents of mixed underlyings
  sum(gamma)                      AS gamma,
  sum(theta)                      AS theta,          -- money per calendar day
  sum(vega)                       AS vega,           -- money per volatility point
  sum(rho)                        AS rho,            -- money per rate point
  round(sum(delta_dollars), 4)    AS delta_dollars,  -- money
  round(sum(gamma_dollars), 4)    AS gamma_dollars,  -- money
  count(*)                        AS num_positions,
  count(*) - count(delta)         AS num_without_greeks,
  max(src_seq)                    AS src_seq
FROM position_greeks
GROUP BY portfolio_id, calculation_date;
