-- Where this file stands, and what it keeps for later. One row a fact about the file itself.

CREATE TABLE projection_meta (
  key   TEXT NOT NULL PRIMARY KEY,  -- branch, fork_seq, as_of, known_at, first_seq, last_seq,
                                    -- log_root, follows_head, version.<projection>
  value TEXT NOT NULL               -- as text; times RFC 3339 in UTC, sequences in digits
) STRICT, WITHOUT ROWID;

-- Events that are recorded but take effect after the file's cut. A catch-up whose cut passes them
-- reads them from the log again; nothing else uses this table.
CREATE TABLE internal_deferred_events (
  due     INTEGER NOT NULL,  -- when it takes effect: nanoseconds since 1970-01-01T00:00:00Z
  src_seq INTEGER NOT NULL,  -- the event's sequence
  PRIMARY KEY (due, src_seq)
) STRICT, WITHOUT ROWID;
