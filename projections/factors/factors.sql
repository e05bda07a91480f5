-- Betas, factor exposures, the covariance of factors, contributions to risk, and the risk metrics
-- of portfolios: one set of rows a day that was calculated.

-- The beta of a position on one factor at a time (C-09): return per 1.00 of the factor's return, by
-- least squares with an intercept over the last sessions on which both have a return. An option has
-- the beta of its underlying; its delta is in the exposure. A row without a beta is kept, and says
-- how many observations there were.
CREATE TABLE position_factor_betas (
  position_id      TEXT    NOT NULL,
  factor_id        TEXT    NOT NULL,
  calculation_date TEXT    NOT NULL,
  portfolio_id     TEXT    NOT NULL,
  symbol           TEXT    NOT NULL,  -- whose returns: of an option its underlying
  beta             REAL,              -- within ± beta.cap, unless the factor is a yield; null: too
                                      -- few observations, or the factor never changed
  alpha            REAL,              -- return a session where the factor's is 0; 0.001 is 0.1 %
  r_squared        REAL,              -- 0 to 1
  std_err          REAL,              -- of the raw beta
  t_stat           REAL,              -- raw beta over std_err
  p_value          REAL,              -- 0 to 1, two-sided
  raw_beta         REAL,              -- as the regression found it
  observations     INTEGER NOT NULL,  -- sessions on which both have a return over the same days
  window_start     TEXT,              -- first session of beta.window; null: no session is known
  window_end       TEXT,              -- last session of it
  method           TEXT    NOT NULL,
  is_capped        INTEGER NOT NULL,  -- 1: beta is raw_beta cut to the cap
  quality          TEXT    NOT NULL,
  run_id           TEXT    NOT NULL,  -- the calculation
  src_seq          INTEGER NOT NULL,  -- last event that touched the row
  PRIMARY KEY (position_id, factor_id, calculation_date),
  FOREIGN KEY (position_id) REFERENCES positions (id),
  FOREIGN KEY (factor_id) REFERENCES factor_definitions (id),
  FOREIGN KEY (run_id) REFERENCES calculation_audit_log (id),
  CHECK (method IN ('ols', 'ridge', 'fallback')),
  CHECK (is_capped IN (0, 1)),
  CHECK (quality IN
         ('full_history', 'limited_history', 'insufficient', 'stale_price', 'error'))
) STRICT, WITHOUT ROWID;

CREATE INDEX position_factor_betas_date
  ON position_factor_betas (portfolio_id, calculation_date);
CREATE INDEX position_factor_betas_factor ON position_factor_betas (factor_id, calculation_date);
CREATE INDEX position_factor_betas_run ON position_factor_betas (run_id);

-- What a portfolio is exposed to (C-10), on delta-adjusted exposures. Dollars of different factors
-- overlap, since each beta contains whatever moves with its factor: never add them up.
CREATE TABLE portfolio_factor_exposures (
  portfolio_id         TEXT    NOT NULL,
  factor_id            TEXT    NOT NULL,
  calculation_date     TEXT    NOT NULL,
  view                 TEXT    NOT NULL,  -- all positions, or those of one side by their type
  exposure_value       REAL,              -- signed beta: exposure_dollar over what value_basis
                                          -- names, of the whole portfolio in each view; of a
                                          -- score, standard deviations. Null: no beta, or the
                                          -- denominator is not above zero
  value_basis          TEXT    NOT NULL,  -- nav; gross: cash is not known (C-02); score: no
                                          -- instrument stands for the factor (C-09)
  exposure_gross_basis REAL,              -- exposure_dollar over the view's gross exposure
  magnitude_exposure   REAL,              -- absolute exposures times absolute betas over the same
  exposure_dollar      REAL,              -- money, dec(4), per 1.00 of the factor's return
  coverage             REAL,              -- fraction, dec(10), of gross exposure with a beta;
                                          -- null without exposure
  quality              TEXT    NOT NULL,
  run_id               TEXT    NOT NULL,  -- the calculation
  src_seq              INTEGER NOT NULL,  -- last event that touched the row
  PRIMARY KEY (portfolio_id, factor_id, calculation_date, view),
  FOREIGN KEY (portfolio_id) REFERENCES portfolios (id),
  FOREIGN KEY (factor_id) REFERENCES factor_definitions (id),
  FOREIGN KEY (run_id) REFERENCES calculation_audit_log (id),
  CHECK (view IN ('portfolio', 'longs', 'shorts')),
  CHECK (value_basis IN ('nav', 'gross', 'score')),
  CHECK (coverage BETWEEN 0 AND 1),
  CHECK (quality IN
         ('full_history', 'limited_history', 'insufficient', 'stale_price', 'error'))
) STRICT, WITHOUT ROWID;

CREATE INDEX portfolio_factor_exposures_date
  ON portfolio_factor_exposures (portfolio_id, calculation_date, view);
CREATE INDEX portfolio_factor_exposures_run ON portfolio_factor_exposures (run_id);

-- How factors move together (C-11), for the whole market: exponentially weighted over the sessions
-- on which all of them have a return, so that the matrix is positive semidefinite. Each pair once,
-- and each factor with itself. A factor that never changed has covariance 0 and no correlation.
CREATE TABLE factor_covariance_matrix (
  factor1_id       TEXT    NOT NULL,
  factor2_id       TEXT    NOT NULL,
  calculation_date TEXT    NOT NULL,
  covariance       REAL    NOT NULL,  -- per session
  correlation      REAL,              -- -1 to 1
  lookback_days    INTEGER NOT NULL,  -- sessions of covariance.window
  observations     INTEGER NOT NULL,  -- sessions of it that were used
  decay_factor     REAL    NOT NULL,  -- weight of a session over that of the next; 1: all alike
  annualization    INTEGER NOT NULL,  -- sessions a year: covariance times it is annual
  quality          TEXT    NOT NULL,
  run_id           TEXT    NOT NULL,  -- the calculation
  src_seq          INTEGER NOT NULL,  -- last event that touched the row
  PRIMARY KEY (factor1_id, factor2_id, calculation_date),
  FOREIGN KEY (factor1_id) REFERENCES factor_definitions (id),
  FOREIGN KEY (factor2_id) REFERENCES factor_definitions (id),
  FOREIGN KEY (run_id) REFERENCES calculation_audit_log (id),
  CHECK (factor1_id <= factor2_id),
  CHECK (correlation BETWEEN -1 AND 1),
  CHECK (decay_factor > 0 AND decay_factor <= 1),
  CHECK (quality IN
         ('full_history', 'limited_history', 'insufficient', 'stale_price', 'error'))
) STRICT, WITHOUT ROWID;

CREATE INDEX factor_covariance_matrix_date ON factor_covariance_matrix (calculation_date);
CREATE INDEX factor_covariance_matrix_run ON factor_covariance_matrix (run_id);

-- What each factor adds to a portfolio's variance and volatility (C-12). Negative is a hedge.
-- Nulls: the exposure or the covariance is not known.
CREATE TABLE factor_risk_contributions (
  portfolio_id            TEXT    NOT NULL,
  factor_id               TEXT    NOT NULL,
  calculation_date        TEXT    NOT NULL,
  exposure_value          REAL,              -- x: as in portfolio_factor_exposures
  variance_contribution   REAL,              -- a year: x (Cx); they add up to factor_variance
  pct_of_factor_variance  REAL,              -- fraction of factor_variance; null where that is 0
  volatility_contribution REAL,              -- fraction a year; they add up to factor_volatility
  quality                 TEXT    NOT NULL,
  run_id                  TEXT    NOT NULL,  -- the calculation
  src_seq                 INTEGER NOT NULL,  -- last event that touched the row
  PRIMARY KEY (portfolio_id, factor_id, calculation_date),
  FOREIGN KEY (portfolio_id) REFERENCES portfolios (id),
  FOREIGN KEY (factor_id) REFERENCES factor_definitions (id),
  FOREIGN KEY (run_id) REFERENCES calculation_audit_log (id),
  CHECK (quality IN
         ('full_history', 'limited_history', 'insufficient', 'stale_price', 'error'))
) STRICT, WITHOUT ROWID;

CREATE INDEX factor_risk_contributions_date
  ON factor_risk_contributions (portfolio_id, calculation_date);
CREATE INDEX factor_risk_contributions_run ON factor_risk_contributions (run_id);

-- What factors leave unexplained, ticker by ticker as if independent, and both together (C-12). All
-- a year, on the denominator of the exposures; nulls: risk is not known.
CREATE TABLE portfolio_specific_risk (
  portfolio_id            TEXT    NOT NULL,
  calculation_date        TEXT    NOT NULL,
  factor_variance         REAL,              -- a year: sum of the contributions (C-12); one beta
                                             -- a factor, so it counts what they share more than once
  joint_factor_variance   REAL,              -- a year: with the betas of one joint regression
  specific_variance       REAL,              -- a year: of what specific_coverage says
  total_variance          REAL,              -- a year: of the joint factors and beside them
  factor_volatility       REAL,              -- fraction a year: 0.18 is 18 %
  joint_factor_volatility REAL,              -- fraction a year
  specific_volatility     REAL,              -- fraction a year
  total_volatility        REAL,              -- fraction a year: the ex-ante volatility
  specific_coverage       REAL,              -- fraction, dec(10), of gross exposure whose residual
                                             -- variance is known; null without exposure
  quality                 TEXT    NOT NULL,
  run_id                  TEXT    NOT NULL,  -- the calculation
  src_seq                 INTEGER NOT NULL,  -- last event that touched the row
  PRIMARY KEY (portfolio_id, calculation_date),
  FOREIGN KEY (portfolio_id) REFERENCES portfolios (id),
  FOREIGN KEY (run_id) REFERENCES calculation_audit_log (id),
  CHECK (specific_variance >= 0),
  CHECK (quality IN
         ('full_history', 'limited_history', 'insufficient', 'stale_price', 'error'))
) STRICT, WITHOUT ROWID;

CREATE INDEX portfolio_specific_risk_run ON portfolio_specific_risk (run_id);

-- What a portfolio's daily returns say of its risk (C-15 to C-18), beside what its positions lead
-- one to expect. Null below risk.minimum_observations.
CREATE TABLE portfolio_risk_metrics (
  portfolio_id          TEXT    NOT NULL,
  calculation_date      TEXT    NOT NULL,
  benchmark_ticker      TEXT    NOT NULL,
  portfolio_beta        REAL,              -- realized, else ex-ante: beta_source says which
  beta_source           TEXT,
  ex_ante_beta          REAL,              -- exposure_value of the market factor
  beta_observations     INTEGER NOT NULL,  -- sessions with a return of both
  annualized_volatility REAL,              -- fraction a year: 0.18 is 18 %
  ex_ante_volatility    REAL,              -- fraction a year: total_volatility of the positions
  sharpe_ratio          REAL,              -- a year; null also where returns never change
  sortino_ratio         REAL,              -- a year, against the risk-free return
  max_drawdown          REAL,              -- fraction, dec(10), <= 0, since inception
  max_drawdown_90       REAL,              -- the same over the last drawdown.window sessions, 90
                                           -- unless set
  is_drawdown_stopped   INTEGER NOT NULL,  -- 1: nothing was left on a day, and it ends there
  var_95                REAL,              -- fraction: the loss that one day in 20 exceeds; null
                                           -- below 100 returns
  var_99                REAL,              -- fraction: one day in 100
  observations          INTEGER NOT NULL,  -- returns within the window
  window                INTEGER NOT NULL,  -- sessions of risk.window
  risk_free_rate        REAL    NOT NULL,  -- fraction a year
  rate_source           TEXT    NOT NULL,
  quality               TEXT    NOT NULL,
  run_id                TEXT    NOT NULL,  -- the calculation
  src_seq               INTEGER NOT NULL,  -- last event that touched the row
  PRIMARY KEY (portfolio_id, calculation_date),
  FOREIGN KEY (portfolio_id) REFERENCES portfolios (id),
  FOREIGN KEY (run_id) REFERENCES calculation_audit_log (id),
  CHECK ((portfolio_beta IS NULL) = (beta_source IS NULL)),
  CHECK (beta_source IN ('realized', 'ex_ante')),
  CHECK (max_drawdown <= 0),
  CHECK (is_drawdown_stopped IN (0, 1)),
  CHECK (rate_source IN ('DGS3MO', 'parameter', 'default_rate')),
  CHECK (quality IN
         ('full_history', 'limited_history', 'insufficient', 'stale_price', 'error'))
) STRICT, WITHOUT ROWID;

CREATE INDEX portfolio_risk_metrics_run ON portfolio_risk_metrics (run_id);

-- The documented names of a later version. It keeps correlations alone, both directions and the
-- diagonal.
CREATE VIEW factor_correlations AS
SELECT
  factor1_id    AS factor_1_id,
  factor2_id    AS factor_2_id,
  calculation_date,
  correlation,                     -- -1 to 1
  observations  AS data_points,    -- sessions
  run_id,
  src_seq
FROM factor_covariance_matrix
UNION ALL
SELECT factor2_id, factor1_id, calculation_date, correlation, observations, run_id, src_seq
FROM factor_covariance_matrix
WHERE factor1_id <> factor2_id;

-- There exposure_value is the beta of a position.
CREATE VIEW position_factor_exposures AS
SELECT
  position_id,
  factor_id,
  calculation_date,
  beta     AS exposure_value,      -- return per 1.00 of the factor's return
  quality  AS quality_flag,
  run_id,
  src_seq
FROM position_factor_betas;

-- And the signed beta of a portfolio, over net asset value: its gross basis is beside it.
CREATE VIEW factor_exposures AS
SELECT
  portfolio_id,
  factor_id,
  calculation_date,
  exposure_value,                  -- signed beta
  exposure_gross_basis,            -- as that version divides
  magnitude_exposure,
  exposure_dollar,                 -- money; of different factors not to be added up
  quality  AS quality_flag,
  run_id,
  src_seq
FROM portfolio_factor_exposures
WHERE view = 'portfolio';

-- Return per 1.00 of the 10-year yield, like minus the duration (C-09): times 0.0025 it is what 25
-- basis points do (D-30).
CREATE VIEW position_interest_rate_betas AS
SELECT
  beta.position_id,
  beta.calculation_date,
  beta.beta      AS ir_beta,       -- per 1.00 of yield
  beta.r_squared AS r_squared,
  beta.raw_beta,
  beta.observations,
  beta.quality   AS quality_flag,
  beta.run_id,
  beta.src_seq
FROM position_factor_betas AS beta
JOIN factor_definitions AS factor ON factor.id = beta.factor_id
WHERE factor.name = 'interest_rate';
