-- What became of the results of completed calculations: a rebuild is also a check.

-- The last completed calculation of each step, portfolio and date. Its rows in the calculated tables
-- are those of today's knowledge; where a fact arrived later that reaches back to its date, they
-- differ from what was completed for a known reason, and that fact is named.
CREATE TABLE calculation_checks (
  calculation_id   TEXT    NOT NULL PRIMARY KEY,
  calculation_type TEXT    NOT NULL,  -- slug of the step
  portfolio_id     TEXT,              -- null: for the whole market
  calculation_date TEXT    NOT NULL,
  recorded_digest  TEXT    NOT NULL,  -- of calculation.completed, SHA-256 in hexadecimal
  current_digest   TEXT,              -- of the rows below; null: it could not be calculated anew
  error_message    TEXT,              -- why it could not be
  late_seq         INTEGER,           -- the last fact after its input that reaches back to its date
  agrees           INTEGER NOT NULL,  -- 1: the two digests are the same
  src_seq          INTEGER NOT NULL,  -- last event that touched the row
  FOREIGN KEY (calculation_id) REFERENCES calculation_audit_log (id),
  CHECK (agrees = (current_digest IS recorded_digest))
) STRICT, WITHOUT ROWID;

CREATE INDEX calculation_checks_date ON calculation_checks (calculation_date, calculation_type);
CREATE INDEX calculation_checks_differing ON calculation_checks (agrees) WHERE agrees = 0;

-- Results that no longer are what was completed, and the event that changed them.
CREATE VIEW restated_calculations AS
SELECT
  calculation_checks.*
FROM calculation_checks
WHERE agrees = 0
ORDER BY calculation_date, calculation_type, portfolio_id;

-- The last fact that reaches back to a date and no further.
CREATE TABLE internal_fact_reach (
  portfolio_id TEXT    NOT NULL,  -- empty: every portfolio
  date         TEXT    NOT NULL,
  src_seq      INTEGER NOT NULL,
  PRIMARY KEY (portfolio_id, date)
) STRICT, WITHOUT ROWID;

-- What was once said to hold from before its date: the earliest date that anything said.
CREATE TABLE internal_early_facts (
  family TEXT NOT NULL,  -- bar, position
  key    TEXT NOT NULL,  -- of a bar its date and symbol
  date   TEXT NOT NULL,
  PRIMARY KEY (family, key)
) STRICT, WITHOUT ROWID;

-- Which calculations were completed, and in which order.
CREATE TABLE internal_completions (
  calculation_id TEXT    NOT NULL PRIMARY KEY,
  src_seq        INTEGER NOT NULL  -- its calculation.completed
) STRICT, WITHOUT ROWID;
