-- What the market said: bars, quotes, rates, volatilities, short interest.

-- Daily bars. A day without a price.closed has one made of its ticks.
CREATE TABLE market_data_cache (
  ticker      TEXT    NOT NULL,
  date        TEXT    NOT NULL,  -- session date; of ticks the UTC date
  open        REAL,              -- currency per share, dec(8), as traded
  high        REAL,              -- currency per share, dec(8), as traded
  low         REAL,              -- currency per share, dec(8), as traded
  close       REAL    NOT NULL,  -- currency per share, dec(8), as traded; values holdings
  adj_close   REAL,              -- currency per share, dec(8), splits and dividends since taken out;
                                 -- null where a dividend is not less than the close before it
  volume      INTEGER,           -- shares; of ticks the sum of their sizes, cut to whole shares
  data_source TEXT    NOT NULL,  -- the bar's provider, else the event's source
  is_final    INTEGER NOT NULL,  -- 1 once day.closed named the date
  updated_at  TEXT    NOT NULL,  -- recorded time of the event that src_seq names
  src_seq     INTEGER NOT NULL,  -- last of its price, its day.closed, and what adjusts it
  PRIMARY KEY (ticker, date),
  CHECK (length(ticker) BETWEEN 1 AND 30),
  CHECK (close > 0),
  CHECK (low <= open),
  CHECK (low <= high),
  CHECK (low <= close),
  CHECK (open <= high),
  CHECK (close <= high),
  CHECK (volume >= 0),
  CHECK (is_final IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE INDEX market_data_cache_date ON market_data_cache (date);

-- The bars with what the documented bars repeat of their security.
CREATE VIEW market_data AS
SELECT
  bar.ticker         AS ticker,
  bar.date           AS date,
  bar.open           AS open,
  bar.high           AS high,
  bar.low            AS low,
  bar.close          AS close,
  bar.adj_close      AS adj_close,
  bar.volume         AS volume,
  security.sector    AS sector,
  security.industry  AS industry,
  bar.data_source    AS data_source,
  bar.is_final       AS is_final,
  bar.updated_at     AS updated_at,
  bar.src_seq        AS src_seq
FROM market_data_cache AS bar
LEFT JOIN securities AS security ON security.ticker = bar.ticker;

-- The latest quote: exactly one row a ticker.
CREATE TABLE realtime_quotes_cache (
  ticker         TEXT    NOT NULL PRIMARY KEY,
  last_price     REAL,              -- currency per share, dec(8)
  bid            REAL,              -- currency per share, dec(8)
  ask            REAL,              -- currency per share, dec(8)
  bid_size       INTEGER,           -- shares, cut to whole ones
  ask_size       INTEGER,           -- shares, cut to whole ones
  volume         INTEGER,           -- shares: that of the bar of the quote's date
  day_change     REAL,              -- currency per share, dec(8): last less the close before the
                                    -- quote's date, in the units of the quote
  day_change_pct REAL,              -- fraction, dec(10): 0.01 is 1 %
  day_high       REAL,              -- currency per share, dec(8): that of the bar of the date
  day_low        REAL,              -- currency per share, dec(8): that of the bar of the date
  quote_at       TEXT    NOT NULL,  -- effective time
  received_at    TEXT,              -- recorded time
  data_source    TEXT    NOT NULL,  -- the event's source
  src_seq        INTEGER NOT NULL,  -- that quote.updated
  CHECK (length(ticker) BETWEEN 1 AND 30)
) STRICT, WITHOUT ROWID;

CREATE TABLE short_selling_metrics (
  ticker                TEXT    NOT NULL,
  metric_date           TEXT    NOT NULL,  -- settlement date, or the date of the borrow quote
  short_interest_shares INTEGER,           -- shares, cut to whole ones
  avg_daily_volume      INTEGER,           -- shares a day, 30 sessions
  short_interest_ratio  REAL,              -- fraction of the float, dec(10)
  days_to_cover         REAL,              -- days, dec(4): as reported, else interest / volume
  cost_to_borrow_rate   REAL,              -- percent a year, dec(4): 12.5 is 12.5 %
  shares_available      INTEGER,           -- shares to borrow, cut to whole ones
  utilization_pct       REAL,              -- percent, dec(4); null: no event says it
  published_at          TEXT    NOT NULL,  -- recorded time: when it became knowable
  data_source           TEXT    NOT NULL,  -- the event's source
  src_seq               INTEGER NOT NULL,  -- that short.reported
  PRIMARY KEY (ticker, metric_date),
  CHECK (length(ticker) BETWEEN 1 AND 30)
) STRICT, WITHOUT ROWID;

CREATE TABLE rates_cache (
  series      TEXT    NOT NULL,  -- DGS3MO, DGS2, DGS10, DGS30
  date        TEXT    NOT NULL,  -- UTC date of its effective time
  value       REAL    NOT NULL,  -- percent a year, dec(8), as published
  data_source TEXT    NOT NULL,  -- the event's source
  src_seq     INTEGER NOT NULL,  -- that rate.set
  PRIMARY KEY (series, date)
) STRICT, WITHOUT ROWID;

CREATE TABLE volatility_cache (
  ticker          TEXT    NOT NULL,  -- OCC symbol of the option, or the underlying
  date            TEXT    NOT NULL,  -- UTC date of its effective time
  expiration_date TEXT,              -- of an option
  strike          REAL,              -- of an option: currency per share, dec(8)
  implied_vol     REAL    NOT NULL,  -- fraction a year: 0.25 is 25 %
  source          TEXT    NOT NULL,  -- the event's source
  src_seq         INTEGER NOT NULL,  -- that volatility.quoted
  PRIMARY KEY (ticker, date),
  CHECK (length(ticker) BETWEEN 1 AND 30)
) STRICT, WITHOUT ROWID;

-- What bars are derived from. A close is replaced by a later sequence; ticks are gathered by their
-- UTC day, the last one by (effective, sequence) in `effective`, `chosen_seq` and `close`.
CREATE TABLE internal_price_facts (
  symbol         TEXT    NOT NULL,
  date           TEXT    NOT NULL,
  kind           TEXT    NOT NULL,  -- close, tick
  effective      INTEGER NOT NULL,  -- nanoseconds since 1970-01-01T00:00:00Z
  chosen_seq     INTEGER NOT NULL,  -- the event that gave `close`
  open           REAL,              -- currency per share
  high           REAL,              -- currency per share
  low            REAL,              -- currency per share
  close          REAL    NOT NULL,  -- currency per share
  volume         TEXT,              -- of a close: shares; of ticks: 10^-8 shares, in digits
  open_effective INTEGER,           -- of ticks: when the first one was
  open_seq       INTEGER,           -- of ticks: the first one
  data_source    TEXT    NOT NULL,
  recorded       INTEGER NOT NULL,  -- of src_seq: nanoseconds since 1970-01-01T00:00:00Z
  src_seq        INTEGER NOT NULL,  -- last event that touched the row
  PRIMARY KEY (symbol, date, kind)
) STRICT, WITHOUT ROWID;

-- The place on the effective clock of what won a row of the tables above, for later ones to be
-- held against.
CREATE TABLE internal_market_winners (
  family    TEXT    NOT NULL,  -- quote, short, rate, volatility
  key       TEXT    NOT NULL,  -- symbol or series
  date      TEXT    NOT NULL,  -- empty for quote
  effective INTEGER NOT NULL,  -- nanoseconds since 1970-01-01T00:00:00Z
  src_seq   INTEGER NOT NULL,
  PRIMARY KEY (family, key, date)
) STRICT, WITHOUT ROWID;

-- The dates that day.closed named.
CREATE TABLE internal_closed_days (
  date     TEXT    NOT NULL PRIMARY KEY,
  recorded INTEGER NOT NULL,  -- of src_seq: nanoseconds since 1970-01-01T00:00:00Z
  src_seq  INTEGER NOT NULL   -- last day.closed of the date
) STRICT, WITHOUT ROWID;
