-- What is held, how it was left, how it is named and grouped.

CREATE TABLE positions (
  id                TEXT    NOT NULL PRIMARY KEY,  -- the id given in position.entered
  portfolio_id      TEXT    NOT NULL,
  ticker            TEXT    NOT NULL,              -- stock symbol, or OCC symbol of an option
  position_type     TEXT    NOT NULL,              -- long/short stock, long/short call/put
  quantity          REAL    NOT NULL,              -- shares or contracts, dec(8), signed, remaining
  entry_quantity    REAL    NOT NULL,              -- shares or contracts, dec(8), signed, in today's
                                                   -- units (splits applied)
  multiplier        INTEGER NOT NULL,              -- units of the underlying a unit: 1 or 100
  entry_price       REAL    NOT NULL,              -- currency per share, dec(8), splits applied
  entry_date        TEXT    NOT NULL,              -- UTC date of the entry's effective time
  exit_price        REAL,                          -- currency per share, dec(8), mean over the exits
                                                   -- by quantity, splits applied; once closed
  exit_date         TEXT,                          -- UTC date of the closing exit
  is_active         INTEGER NOT NULL,              -- 1: something remains, and it was not voided
  underlying_ticker TEXT,                          -- options only
  strike_price      REAL,                          -- options only, currency per share, dec(8)
  expiration_date   TEXT,                          -- options only
  option_type       TEXT,                          -- options only, follows from position_type
  currency          TEXT    NOT NULL,              -- the portfolio's, ISO 4217
  realized_pnl      REAL    NOT NULL,              -- money, dec(4), before fees (C-05)
  created_at        TEXT    NOT NULL,              -- recorded time of position.entered
  updated_at        TEXT    NOT NULL,              -- recorded time of the event src_seq names
  deleted_at        TEXT,                          -- recorded time of position.voided
  src_seq           INTEGER NOT NULL,              -- last event that touched the row
  FOREIGN KEY (portfolio_id) REFERENCES portfolios (id),
  CHECK (length(ticker) BETWEEN 1 AND 30),
  CHECK (position_type IN ('LONG', 'SHORT', 'LC', 'LP', 'SC', 'SP')),
  CHECK (CASE WHEN position_type IN ('LONG', 'LC', 'LP') THEN entry_quantity > 0
              ELSE entry_quantity < 0 END),
  CHECK (quantity = 0 OR (quantity > 0) = (entry_quantity > 0)),
  CHECK (multiplier > 0),
  CHECK (entry_price > 0),
  CHECK (exit_price >= 0),
  CHECK (is_active IN (0, 1)),
  CHECK (length(underlying_ticker) <= 10),
  CHECK (CASE WHEN position_type IN ('LONG', 'SHORT')
         THEN underlying_ticker IS NULL AND strike_price IS NULL
              AND expiration_date IS NULL AND option_type IS NULL
         ELSE underlying_ticker IS NOT NULL AND strike_price IS NOT NULL
              AND expiration_date IS NOT NULL AND option_type IS NOT NULL END),
  CHECK (option_type = CASE WHEN position_type IN ('LC', 'SC') THEN 'CALL' ELSE 'PUT' END)
) STRICT, WITHOUT ROWID;

CREATE INDEX positions_portfolio ON positions (portfolio_id, is_active);
CREATE INDEX positions_ticker ON positions (ticker);
CREATE INDEX positions_underlying ON positions (underlying_ticker)
  WHERE underlying_ticker IS NOT NULL;
CREATE INDEX positions_expiration ON positions (expiration_date)
  WHERE expiration_date IS NOT NULL;

CREATE TABLE position_exits (
  exit_id      TEXT    NOT NULL PRIMARY KEY,  -- the event's `exit`, else the event's own id
  position_id  TEXT    NOT NULL,
  exit_date    TEXT    NOT NULL,              -- UTC date of its effective time
  quantity     REAL    NOT NULL,              -- shares or contracts, dec(8), signed as the position,
                                              -- splits applied
  price        REAL    NOT NULL,              -- currency per share, dec(8), splits applied
  fees         REAL    NOT NULL,              -- money, dec(4)
  realized_pnl REAL    NOT NULL,              -- money, dec(4), before fees (C-05)
  src_seq      INTEGER NOT NULL,              -- last event that touched the row
  FOREIGN KEY (position_id) REFERENCES positions (id),
  CHECK (quantity <> 0),
  CHECK (price >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX position_exits_position ON position_exits (position_id);

-- A position is one lot: what was entered together leaves by exits that name it.
CREATE VIEW position_lots AS
SELECT
  id             AS lot_id,
  id             AS position_id,
  entry_date     AS opened_date,
  entry_quantity AS quantity,   -- shares or contracts, signed
  quantity       AS remaining,  -- shares or contracts, signed
  entry_price    AS price       -- currency per share
FROM positions
WHERE deleted_at IS NULL;

CREATE TABLE position_relationships (
  id                TEXT    NOT NULL PRIMARY KEY,  -- JSON array of from, relation and to
  portfolio_id      TEXT    NOT NULL,              -- that of from_position_id
  from_position_id  TEXT    NOT NULL,              -- of pairs_with the smaller id
  to_position_id    TEXT    NOT NULL,
  relationship_type TEXT    NOT NULL,
  ratio             REAL,                          -- hedge ratio, dec(10)
  note              TEXT,
  valid_from        TEXT    NOT NULL,              -- UTC date of position.related
  valid_to          TEXT,                          -- UTC date of position.unrelated
  created_at        TEXT    NOT NULL,              -- recorded time of position.related
  deleted_at        TEXT,                          -- recorded time of position.unrelated
  src_seq           INTEGER NOT NULL,              -- last event that touched the row
  FOREIGN KEY (portfolio_id) REFERENCES portfolios (id),
  FOREIGN KEY (from_position_id) REFERENCES positions (id),
  FOREIGN KEY (to_position_id) REFERENCES positions (id),
  UNIQUE (from_position_id, to_position_id, relationship_type),
  CHECK (relationship_type IN
         ('hedges', 'pairs_with', 'leg_of', 'covers', 'rolled_from', 'replaces')),
  CHECK (from_position_id <> to_position_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX position_relationships_to ON position_relationships (to_position_id);

CREATE TABLE position_attributes (
  position_id TEXT    NOT NULL,
  key         TEXT    NOT NULL,  -- target_price, stop_price, thesis, iv_override … or one's own
  value       TEXT    NOT NULL,  -- a number stands in its shortest exact form
  value_type  TEXT    NOT NULL,  -- how to read `value`
  source      TEXT    NOT NULL,  -- who said it
  updated_at  TEXT    NOT NULL,  -- recorded time of position.attributed
  src_seq     INTEGER NOT NULL,  -- last event that touched the row
  PRIMARY KEY (position_id, key),
  FOREIGN KEY (position_id) REFERENCES positions (id),
  CHECK (length(key) BETWEEN 1 AND 64),
  CHECK (value_type IN ('text', 'number', 'date', 'bool')),
  CHECK (source IN ('user', 'import', 'derived'))
) STRICT, WITHOUT ROWID;

CREATE TABLE tags (
  id          TEXT    NOT NULL PRIMARY KEY,  -- the event's `tag`
  user_id     TEXT,                          -- the event's `owner`
  name        TEXT    NOT NULL,              -- strategy tags begin `#strategy:`
  tag_type    TEXT    NOT NULL,
  description TEXT,
  color       TEXT    NOT NULL,              -- #RRGGBB
  usage_count INTEGER NOT NULL,              -- rows of position_tags whose position is open
  created_at  TEXT    NOT NULL,              -- recorded time of tag.created
  updated_at  TEXT    NOT NULL,              -- recorded time of the last tag.* event
  deleted_at  TEXT,                          -- recorded time of tag.retired
  src_seq     INTEGER NOT NULL,              -- last tag.* event that touched the row
  FOREIGN KEY (user_id) REFERENCES users (id),
  CHECK (length(name) BETWEEN 1 AND 50),
  CHECK (tag_type IN ('regular', 'strategy')),
  CHECK (length(description) <= 255),
  CHECK (color GLOB '#[0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f]'),
  CHECK (usage_count >= 0)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX tags_name ON tags (user_id, lower(name)) WHERE deleted_at IS NULL;

-- The tags that positions bear at the file's cut.
CREATE TABLE position_tags (
  position_id TEXT    NOT NULL,
  tag_id      TEXT    NOT NULL,
  created_at  TEXT    NOT NULL,  -- recorded time of position.tagged
  src_seq     INTEGER NOT NULL,  -- that event
  PRIMARY KEY (position_id, tag_id),
  FOREIGN KEY (position_id) REFERENCES positions (id),
  FOREIGN KEY (tag_id) REFERENCES tags (id)
) STRICT, WITHOUT ROWID;

CREATE INDEX position_tags_tag ON position_tags (tag_id);

-- The same with its history: from when to when a position bore a tag.
CREATE TABLE position_tag_spans (
  position_id TEXT    NOT NULL,
  tag_id      TEXT    NOT NULL,
  from_time   TEXT    NOT NULL,  -- effective time of position.tagged
  to_time     TEXT,              -- effective time of what ended it; null: not ended
  src_seq     INTEGER NOT NULL,  -- last event that touched the row
  PRIMARY KEY (position_id, tag_id, from_time),
  FOREIGN KEY (position_id) REFERENCES positions (id),
  FOREIGN KEY (tag_id) REFERENCES tags (id)
) STRICT, WITHOUT ROWID;

CREATE INDEX position_tag_spans_tag ON position_tag_spans (tag_id);

CREATE TABLE strategy_groups (
  id            TEXT    NOT NULL PRIMARY KEY,  -- the event's `group`, or <tag>/<portfolio> of a
                                               -- group that only a strategy tag makes
  portfolio_id  TEXT    NOT NULL,
  tag_id        TEXT,                          -- the strategy tag that makes it; else null
  name          TEXT    NOT NULL,
  strategy_type TEXT    NOT NULL,
  description   TEXT,
  created_at    TEXT    NOT NULL,              -- recorded time of its first event
  updated_at    TEXT    NOT NULL,              -- recorded time of its last event
  deleted_at    TEXT,                          -- recorded time of strategy.retired, tag.retired
  src_seq       INTEGER NOT NULL,              -- last event that touched the row
  FOREIGN KEY (portfolio_id) REFERENCES portfolios (id),
  FOREIGN KEY (tag_id) REFERENCES tags (id),
  CHECK (length(name) BETWEEN 1 AND 100),
  CHECK (strategy_type IN
         ('pairs_trade', 'call_spread', 'put_spread', 'butterfly', 'iron_condor', 'collar',
          'covered_call', 'box_spread', 'straddle', 'strangle', 'basket', 'custom'))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX strategy_groups_tag ON strategy_groups (portfolio_id, tag_id)
  WHERE tag_id IS NOT NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX strategy_groups_name ON strategy_groups (portfolio_id, lower(name))
  WHERE deleted_at IS NULL;

CREATE TABLE strategy_group_positions (
  group_id    TEXT    NOT NULL,
  position_id TEXT    NOT NULL,
  leg_no      INTEGER NOT NULL,  -- from 1; as given, else in the order of joining
  leg_role    TEXT,
  src_seq     INTEGER NOT NULL,  -- the event that made it a leg
  PRIMARY KEY (group_id, position_id),
  FOREIGN KEY (group_id) REFERENCES strategy_groups (id),
  FOREIGN KEY (position_id) REFERENCES positions (id)
) STRICT, WITHOUT ROWID;

CREATE INDEX strategy_group_positions_position ON strategy_group_positions (position_id);

-- Which positions a relation was ever recorded between, in both directions: a relation shows once
-- both of its ends do.
CREATE TABLE internal_related_positions (
  position_id TEXT NOT NULL,
  other_id    TEXT NOT NULL,
  PRIMARY KEY (position_id, other_id)
) STRICT, WITHOUT ROWID;

-- Which strategy groups were ever created: whether legs have to be looked for at all.
CREATE TABLE internal_strategies (
  group_id TEXT    NOT NULL PRIMARY KEY,
  src_seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
