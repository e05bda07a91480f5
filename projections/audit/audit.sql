-- What was run, what was taken in and what was given out.

CREATE TABLE calculation_audit_log (
  id                TEXT    NOT NULL PRIMARY KEY,  -- the event's `calculation`
  batch_id          TEXT,                          -- the batch it belongs to
  calculation_type  TEXT    NOT NULL,              -- slug of the step: greeks, snapshots …
  portfolio_id      TEXT,                          -- null: for the whole market
  calculation_date  TEXT    NOT NULL,              -- the as-of date, not the wall clock
  start_time        TEXT    NOT NULL,              -- effective time of calculation.started
  end_time          TEXT,                          -- effective time of what ended it
  status            TEXT    NOT NULL,
  records_processed INTEGER,
  error_message     TEXT,                          -- of a failure, or the reason of a skip
  attempt           INTEGER NOT NULL,              -- from 1: runs of this type, portfolio and date
  input_seq         INTEGER NOT NULL,              -- the facts it read: up to this sequence
  parameters        TEXT    NOT NULL,              -- json: windows, decay, rate …
  method            TEXT    NOT NULL,              -- name and version
  result_digest     TEXT,                          -- SHA-256 over its rows in canonical form
  verified_at       TEXT,                          -- effective time of the last audit.verified of it
  verified_ok       INTEGER,                       -- what that audit found
  created_at        TEXT    NOT NULL,              -- recorded time of calculation.started
  src_seq           INTEGER NOT NULL,              -- last event that touched the row
  CHECK (length(calculation_type) BETWEEN 1 AND 50),
  CHECK (status IN ('running', 'completed', 'failed', 'skipped')),
  CHECK (attempt >= 1),
  CHECK (json_valid(parameters)),
  CHECK (verified_ok IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX calculation_audit_log_batch ON calculation_audit_log (batch_id)
  WHERE batch_id IS NOT NULL;
CREATE INDEX calculation_audit_log_date
  ON calculation_audit_log (calculation_date, calculation_type);
CREATE INDEX calculation_audit_log_open ON calculation_audit_log (status)
  WHERE status IN ('running', 'failed');

CREATE TABLE batch_jobs (
  id                TEXT    NOT NULL PRIMARY KEY,  -- the event's `batch`
  job_name          TEXT    NOT NULL,              -- daily <date>
  job_type          TEXT    NOT NULL,              -- daily: the nine steps
  status            TEXT    NOT NULL,
  started_at        TEXT,                          -- effective time of batch.started
  completed_at      TEXT,                          -- effective time of what ended it
  duration_seconds  REAL,                          -- seconds between the two
  records_processed INTEGER,                       -- sum over its calculations
  error_message     TEXT,
  metadata          TEXT    NOT NULL,              -- json: date, failures
  src_seq           INTEGER NOT NULL,              -- last event that touched the row
  CHECK (status IN ('pending', 'running', 'completed', 'failed')),
  CHECK (json_valid(metadata))
) STRICT, WITHOUT ROWID;

CREATE INDEX batch_jobs_open ON batch_jobs (status) WHERE status IN ('running', 'failed');

CREATE TABLE export_history (
  id              TEXT    NOT NULL PRIMARY KEY,  -- the event's `export`
  user_id         TEXT,                          -- null: nobody named, or the user was forgotten
  portfolio_id    TEXT,                          -- what was exported: a portfolio
  session_id      TEXT,                          -- what was exported: a modelling session
  export_type     TEXT    NOT NULL,
  export_format   TEXT    NOT NULL,
  file_name       TEXT,
  file_size_bytes INTEGER,                       -- bytes
  row_count       INTEGER,
  sha256          TEXT    NOT NULL,              -- of the file, hexadecimal
  at_seq          INTEGER,                       -- the checkpoint it was made at
  as_of           TEXT,                          -- the as-of it was made at
  created_at      TEXT    NOT NULL,              -- recorded time of export.made
  src_seq         INTEGER NOT NULL,              -- that event
  CHECK (export_type IN
         ('portfolio', 'trades', 'modeling_session', 'snapshots', 'events', 'audit')),
  CHECK (export_format IN
         ('csv', 'json', 'fix', 'cloudevents', 'parquet', 'beancount', 'ledger')),
  CHECK (length(file_name) <= 255)
) STRICT, WITHOUT ROWID;

CREATE INDEX export_history_created ON export_history (created_at);

-- One row an import: the events that share its correlation id and a source under /imports/.
CREATE TABLE imports (
  id         TEXT    NOT NULL PRIMARY KEY,  -- the events' `correlationid`
  file_name  TEXT    NOT NULL,              -- from the events' source: /imports/<format>/<name>
  sha256     TEXT    NOT NULL,              -- of the file, hexadecimal: the correlation id
  events     INTEGER NOT NULL,              -- how many it brought in
  first_seq  INTEGER NOT NULL,
  last_seq   INTEGER NOT NULL,
  created_at TEXT    NOT NULL,              -- recorded time of its first event
  src_seq    INTEGER NOT NULL               -- its last event
) STRICT, WITHOUT ROWID;

CREATE INDEX imports_sequence ON imports (first_seq);

-- Every event of a calculation, a batch or an export that has taken effect, so that a late one
-- finds its place among the others. The tables above are derived from it, key by key.
CREATE TABLE internal_audit_facts (
  family    TEXT    NOT NULL,  -- calculation, batch, export, audit
  key       TEXT    NOT NULL,  -- its id
  effective INTEGER NOT NULL,  -- nanoseconds since 1970-01-01T00:00:00Z
  src_seq   INTEGER NOT NULL,  -- the event's sequence
  recorded  INTEGER NOT NULL,  -- nanoseconds since 1970-01-01T00:00:00Z
  event     TEXT    NOT NULL,  -- the event, one CloudEvents JSON object
  PRIMARY KEY (family, key, effective, src_seq)
) STRICT, WITHOUT ROWID;

-- When each calculation was started, by what it is an attempt at.
CREATE TABLE internal_calculation_starts (
  calculation_type TEXT    NOT NULL,
  portfolio_id     TEXT    NOT NULL,  -- empty: for the whole market
  calculation_date TEXT    NOT NULL,
  effective        INTEGER NOT NULL,  -- nanoseconds since 1970-01-01T00:00:00Z
  src_seq          INTEGER NOT NULL,
  id               TEXT    NOT NULL,  -- the calculation
  PRIMARY KEY (calculation_type, portfolio_id, calculation_date, effective, src_seq)
) STRICT, WITHOUT ROWID;
