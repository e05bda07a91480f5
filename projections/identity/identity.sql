-- Who keeps the book, which portfolios it has, and their cash.

CREATE TABLE users (
  id            TEXT    NOT NULL PRIMARY KEY,  -- the event's `user`
  email         TEXT,                          -- login name; null when unknown or forgotten
  username      TEXT    NOT NULL,              -- the id, once the user is forgotten
  full_name     TEXT,
  role          TEXT    NOT NULL,              -- what the user may do
  password_hash TEXT,                          -- always null: no secret enters the log
  is_active     INTEGER NOT NULL,              -- 0 once deactivated or forgotten
  is_demo       INTEGER NOT NULL,              -- always 0: no event says otherwise
  created_at    TEXT    NOT NULL,              -- recorded time of user.registered
  updated_at    TEXT    NOT NULL,              -- recorded time of the last user.* event
  deleted_at    TEXT,                          -- recorded time of user.deactivated or user.forgotten
  src_seq       INTEGER NOT NULL,              -- last event that touched the row
  CHECK (length(email) <= 255),
  CHECK (length(username) <= 100),
  CHECK (role IN ('viewer', 'manager', 'auditor', 'admin')),
  CHECK (is_active IN (0, 1)),
  CHECK (is_demo IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX users_email ON users (lower(email)) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX users_username ON users (lower(username)) WHERE deleted_at IS NULL;

CREATE TABLE portfolios (
  id               TEXT    NOT NULL PRIMARY KEY,  -- the event's `portfolio`
  user_id          TEXT,                          -- the event's `owner`
  name             TEXT    NOT NULL,
  description      TEXT,
  currency         TEXT    NOT NULL,              -- ISO 4217; every amount of the portfolio is in it
  benchmark_ticker TEXT    NOT NULL,              -- what its beta is measured against
  opened_at        TEXT    NOT NULL,              -- effective time of portfolio.opened
  closed_at        TEXT,                          -- effective time of portfolio.closed
  created_at       TEXT    NOT NULL,              -- recorded time of portfolio.opened
  updated_at       TEXT    NOT NULL,              -- recorded time of the last portfolio.* event
  deleted_at       TEXT,                          -- recorded time of portfolio.closed
  src_seq          INTEGER NOT NULL,              -- last event that touched the row
  FOREIGN KEY (user_id) REFERENCES users (id),
  CHECK (length(name) BETWEEN 1 AND 255),
  CHECK (length(description) <= 1000),
  CHECK (length(currency) = 3)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX portfolios_name ON portfolios (user_id, name) WHERE deleted_at IS NULL;

-- Cash by C-02: what was moved, less what was paid for trades, plus dividends of holdings.
CREATE TABLE portfolio_cash (
  portfolio_id TEXT    NOT NULL,
  currency     TEXT    NOT NULL,  -- the portfolio's
  balance      REAL    NOT NULL,  -- money, dec(4); negative is owed
  src_seq      INTEGER NOT NULL,  -- last event of the portfolio, its trades and their dividends
  PRIMARY KEY (portfolio_id, currency),
  FOREIGN KEY (portfolio_id) REFERENCES portfolios (id)
) STRICT, WITHOUT ROWID;
