-- How positions move together, what that makes of diversification, and which of them form clusters:
-- one set of rows a portfolio and day that was calculated (C-13, C-14).

-- The correlation of two positions' log returns over the last sessions on which both have one. An
-- option has its underlying's returns; the side of a position is not in it. One row a pair, without
-- the diagonal, of the positions that pass the report filter of correlation_calculations: scores
-- take all of them.
CREATE TABLE position_correlation_matrix (
  position1_id     TEXT    NOT NULL,  -- the smaller id
  position2_id     TEXT    NOT NULL,
  calculation_date TEXT    NOT NULL,
  portfolio_id     TEXT    NOT NULL,
  correlation      REAL,              -- -1 to 1; on one ticker 1 by definition; null: too few
                                      -- common sessions, or a price that never changed
  observations     INTEGER NOT NULL,  -- sessions on which both have a return
  p_value          REAL,              -- 0 to 1, two-sided; null without an estimate, so also on one
                                      -- ticker
  lookback_days    INTEGER NOT NULL,  -- sessions asked for, correlation.window
  quality          TEXT    NOT NULL,
  run_id           TEXT    NOT NULL,  -- the calculation
  src_seq          INTEGER NOT NULL,  -- last event that touched the row
  PRIMARY KEY (position1_id, position2_id, calculation_date),
  FOREIGN KEY (position1_id) REFERENCES positions (id),
  FOREIGN KEY (position2_id) REFERENCES positions (id),
  FOREIGN KEY (portfolio_id) REFERENCES portfolios (id),
  FOREIGN KEY (run_id) REFERENCES calculation_audit_log (id),
  CHECK (position1_id < position2_id),
  CHECK (correlation BETWEEN -1 AND 1),
  CHECK (quality IN
         ('full_history', 'limited_history', 'insufficient', 'stale_price', 'error'))
) STRICT, WITHOUT ROWID;

CREATE INDEX position_correlation_matrix_date
  ON position_correlation_matrix (portfolio_id, calculation_date);
CREATE INDEX position_correlation_matrix_second
  ON position_correlation_matrix (position2_id, calculation_date);
CREATE INDEX position_correlation_matrix_run ON position_correlation_matrix (run_id);

-- The measures of a whole portfolio. Weights are absolute delta-adjusted exposures through their
-- sum; pairs without a correlation count in the scores with the weighted mean of the others. A
-- measure is null where no pair is known, and those of pairs are null for one position.
CREATE TABLE correlation_calculations (
  portfolio_id                     TEXT    NOT NULL,
  calculation_date                 TEXT    NOT NULL,
  lookback_days                    INTEGER NOT NULL,  -- sessions, correlation.window
  calculation_id                   TEXT    NOT NULL,  -- portfolio/date
  average_correlation              REAL,              -- mean of the known pairs, unweighted:
                                                      -- position_correlation of snapshots
  weighted_average_correlation     REAL,              -- by the product of the two weights
  effective_positions              REAL,              -- independent positions that would spread as
                                                      -- well: 1 / wRw
  concentration_score              REAL,              -- fraction, dec(10), of gross exposure that
                                                      -- is in clusters
  min_position_value               REAL    NOT NULL,  -- report filter: absolute market value, money
  min_portfolio_weight             REAL    NOT NULL,  -- report filter: fraction of gross value
  filter_mode                      TEXT    NOT NULL,  -- both: a position has to reach both
  correlation_threshold            REAL    NOT NULL,  -- absolute correlation that makes a cluster
  positions_included               INTEGER NOT NULL,  -- in the matrix
  positions_excluded               INTEGER NOT NULL,  -- open and not in the matrix
  positions_scored                 INTEGER NOT NULL,  -- in the measures: with an exposure
  pairs                            INTEGER NOT NULL,  -- of those
  pairs_known                      INTEGER NOT NULL,  -- whose correlation is known
  minimum_overlap                  INTEGER NOT NULL,  -- sessions
  diversification_score            REAL,              -- 1 - wRw: 0 for one position, falls with
                                                      -- concentration. The one to show
  hedged_diversification           REAL,              -- the same, a short position turning its
                                                      -- correlations round; 0 to 2
  diversification_pairwise         REAL,              -- 1 - weighted_average_correlation
  diversification_pairwise_signed  REAL,              -- the same, signed by the sides
  diversification_pairwise_clamped REAL,              -- the signed one kept within 0 to 1
  diversification_documented       REAL,              -- the documented formula as written (D-11)
  diversification_as_executed      REAL,              -- what its documented query returns (D-12)
  diversification_ratio            REAL,              -- weighted volatility over that of the whole;
                                                      -- null where a pair is not known
  herfindahl                       REAL,              -- sum of squared weights
  effective_positions_by_weight    REAL,              -- 1 / herfindahl
  coverage                         REAL,              -- fraction of all pairs' weight that is
                                                      -- known; flagged below 0.8
  quality                          TEXT    NOT NULL,
  run_id                           TEXT    NOT NULL,  -- the calculation
  src_seq                          INTEGER NOT NULL,  -- last event that touched the row
  PRIMARY KEY (portfolio_id, calculation_date, lookback_days),
  FOREIGN KEY (portfolio_id) REFERENCES portfolios (id),
  FOREIGN KEY (run_id) REFERENCES calculation_audit_log (id),
  CHECK (filter_mode IN ('both')),
  CHECK (concentration_score BETWEEN 0 AND 1),
  CHECK (quality IN
         ('full_history', 'limited_history', 'insufficient', 'stale_price', 'error'))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX correlation_calculations_id ON correlation_calculations (calculation_id);
CREATE INDEX correlation_calculations_run ON correlation_calculations (run_id);

-- Positions connected by correlations at or beyond the threshold, on either side of zero; positions
-- on one ticker are connected whatever is known of it. Numbered from the largest on.
CREATE TABLE correlation_clusters (
  calculation_id      TEXT    NOT NULL,
  cluster_no          INTEGER NOT NULL,  -- from 1
  calculation_date    TEXT    NOT NULL,
  portfolio_id        TEXT    NOT NULL,
  nickname            TEXT    NOT NULL,  -- its largest position's ticker, and how many more
  average_correlation REAL,              -- mean of the known pairs in it
  total_value         REAL    NOT NULL,  -- money, dec(4): absolute delta-adjusted exposures
  portfolio_share     REAL,              -- fraction, dec(10), of gross exposure
  position_count      INTEGER NOT NULL,
  quality             TEXT    NOT NULL,  -- of the calculation
  run_id              TEXT    NOT NULL,  -- the calculation
  src_seq             INTEGER NOT NULL,  -- last event that touched the row
  PRIMARY KEY (calculation_id, cluster_no),
  FOREIGN KEY (calculation_id) REFERENCES correlation_calculations (calculation_id),
  FOREIGN KEY (portfolio_id) REFERENCES portfolios (id),
  FOREIGN KEY (run_id) REFERENCES calculation_audit_log (id),
  CHECK (position_count >= 2),
  CHECK (quality IN
         ('full_history', 'limited_history', 'insufficient', 'stale_price', 'error'))
) STRICT, WITHOUT ROWID;

CREATE INDEX correlation_clusters_date ON correlation_clusters (portfolio_id, calculation_date);
CREATE INDEX correlation_clusters_run ON correlation_clusters (run_id);

CREATE TABLE correlation_cluster_positions (
  calculation_id      TEXT    NOT NULL,
  cluster_no          INTEGER NOT NULL,
  position_id         TEXT    NOT NULL,
  calculation_date    TEXT    NOT NULL,
  portfolio_id        TEXT    NOT NULL,
  ticker              TEXT    NOT NULL,  -- whose returns: of an option its underlying
  exposure            REAL    NOT NULL,  -- money, dec(4), delta-adjusted, signed
  average_correlation REAL,              -- mean of the known ones with the cluster's others
  quality             TEXT    NOT NULL,  -- of the calculation
  run_id              TEXT    NOT NULL,  -- the calculation
  src_seq             INTEGER NOT NULL,  -- last event that touched the row
  PRIMARY KEY (calculation_id, cluster_no, position_id),
  FOREIGN KEY (calculation_id, cluster_no)
    REFERENCES correlation_clusters (calculation_id, cluster_no),
  FOREIGN KEY (position_id) REFERENCES positions (id),
  FOREIGN KEY (portfolio_id) REFERENCES portfolios (id),
  FOREIGN KEY (run_id) REFERENCES calculation_audit_log (id),
  CHECK (quality IN
         ('full_history', 'limited_history', 'insufficient', 'stale_price', 'error'))
) STRICT, WITHOUT ROWID;

CREATE INDEX correlation_cluster_positions_date
  ON correlation_cluster_positions (portfolio_id, calculation_date);
CREATE INDEX correlation_cluster_positions_position
  ON correlation_cluster_positions (position_id, calculation_date);
CREATE INDEX correlation_cluster_positions_run ON correlation_cluster_positions (run_id);
