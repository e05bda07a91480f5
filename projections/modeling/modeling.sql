-- What was tried out on a what-if branch: its session, the changes, and what they do (C-22).
--
-- A branch's file has the branch's own session. Every row is worked out anew from the branch's own
-- events and from what it would be without them.

CREATE TABLE modeling_session_snapshots (
  id                          TEXT    NOT NULL PRIMARY KEY,  -- the id of model.forked
  session_id                  TEXT    NOT NULL,              -- the event's `session`, also the branch's name
  portfolio_id                TEXT,                          -- null: the whole book
  user_id                     TEXT,                          -- whose it is
  name                        TEXT    NOT NULL,
  description                 TEXT,
  status                      TEXT    NOT NULL,
  base_snapshot_date          TEXT    NOT NULL,              -- the day it starts from
  fork_seq                    INTEGER NOT NULL,              -- the event of the parent where the branch leaves
  base_portfolio_snapshot     TEXT    NOT NULL,              -- json: without the changes, at the file's as-of
  modified_portfolio_snapshot TEXT,                          -- json: with them; null until the first change
  changes                     TEXT    NOT NULL DEFAULT '[]', -- json array, in the order of the events
  impact_summary              TEXT    NOT NULL DEFAULT '{}', -- json: before, after, delta, delta_pct by metric
  risk_metrics_before         TEXT,                          -- json: volatility, beta … without the changes
  risk_metrics_after          TEXT,                          -- json: with them
  factor_exposures_change     TEXT,                          -- json: before, after, delta by factor
  created_at                  TEXT    NOT NULL,              -- recorded time of model.forked
  updated_at                  TEXT    NOT NULL,              -- recorded time of the last change or model.* event
  completed_at                TEXT,                          -- recorded time of model.completed or model.cancelled
  src_seq                     INTEGER NOT NULL,              -- last event that touched the row
  UNIQUE (session_id),
  FOREIGN KEY (portfolio_id) REFERENCES portfolios (id),
  FOREIGN KEY (user_id) REFERENCES users (id),
  CHECK (length(session_id) BETWEEN 1 AND 64),
  CHECK (length(name) BETWEEN 1 AND 255),
  CHECK (status IN ('active', 'completed', 'cancelled')),
  CHECK (json_valid(base_portfolio_snapshot)),
  CHECK (modified_portfolio_snapshot IS NULL OR json_valid(modified_portfolio_snapshot)),
  CHECK (json_type(changes) = 'array'),
  CHECK (json_valid(impact_summary)),
  CHECK (risk_metrics_before IS NULL OR json_valid(risk_metrics_before)),
  CHECK (risk_metrics_after IS NULL OR json_valid(risk_metrics_after)),
  CHECK (factor_exposures_change IS NULL OR json_valid(factor_exposures_change))
) STRICT, WITHOUT ROWID;

CREATE INDEX modeling_session_snapshots_active
  ON modeling_session_snapshots (user_id, status) WHERE status = 'active';

-- One row an own event of the branch that changes something.
CREATE TABLE modeling_changes (
  session_id  TEXT    NOT NULL,
  change_no   INTEGER NOT NULL,  -- 1, 2, 3 … in the order of the events
  change_type TEXT    NOT NULL,
  payload     TEXT    NOT NULL,  -- json: the event's data, id, sequence, time and type
  reverted    INTEGER NOT NULL,  -- 1 once a later position.voided of the branch took it back
  src_seq     INTEGER NOT NULL,  -- the event, or the void
  PRIMARY KEY (session_id, change_no),
  FOREIGN KEY (session_id) REFERENCES modeling_session_snapshots (session_id),
  CHECK (change_no >= 1),
  CHECK (change_type IN
         ('add', 'close', 'resize', 'retag', 'price_override', 'cash', 'scenario')),
  CHECK (json_valid(payload)),
  CHECK (reverted IN (0, 1))
) STRICT, WITHOUT ROWID;

-- States of a session that were kept by name.
CREATE TABLE modeling_saves (
  session_id     TEXT    NOT NULL,
  save_no        INTEGER NOT NULL,  -- 1, 2, 3 … in the order of the events
  name           TEXT    NOT NULL,
  at_seq         INTEGER NOT NULL,  -- the number of the branch's own event that keeps it
  impact_summary TEXT    NOT NULL,  -- json: as in the session's row, as of the save
  created_at     TEXT    NOT NULL,  -- recorded time of model.saved
  src_seq        INTEGER NOT NULL,  -- that event
  PRIMARY KEY (session_id, save_no),
  FOREIGN KEY (session_id) REFERENCES modeling_session_snapshots (session_id),
  CHECK (save_no >= 1),
  CHECK (length(name) BETWEEN 1 AND 255),
  CHECK (json_valid(impact_summary))
) STRICT, WITHOUT ROWID;

-- The name that the documented queries use; `created_by` is the user, as the saved result has it.
CREATE VIEW modeling_sessions AS
SELECT
  id                          AS id,
  session_id                  AS session_id,
  portfolio_id                AS portfolio_id,
  user_id                     AS user_id,
  user_id                     AS created_by,
  name                        AS name,
  description                 AS description,
  status                      AS status,
  base_snapshot_date          AS base_snapshot_date,
  fork_seq                    AS fork_seq,
  base_portfolio_snapshot     AS base_portfolio_snapshot,
  modified_portfolio_snapshot AS modified_portfolio_snapshot,
  changes                     AS changes,
  changes                     AS modifications,
  impact_summary              AS impact_summary,
  risk_metrics_before         AS risk_metrics_before,
  risk_metrics_after          AS risk_metrics_after,
  factor_exposures_change     AS factor_exposures_change,
  created_at                  AS created_at,
  updated_at                  AS updated_at,
  completed_at                AS completed_at,
  src_seq                     AS src_seq
FROM modeling_session_snapshots;
