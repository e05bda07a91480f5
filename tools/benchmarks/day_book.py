"""Writes a book of many positions as CloudEvents JSON Lines, the same bytes for the same arguments.

    day_book.py FOLDER --positions N --symbols N --sessions N [--portfolios N] [--seed N]

FOLDER gets `history.jsonl`, all but the last session, and `last.jsonl`, the bars of that one. The
clock of the book ends on the same Friday whatever the number of sessions, so that a book of ten
years is one of one year with nine more before it. Prints the dates of the last two sessions.
"""

import argparse
import datetime
import json
import math
import pathlib
import random

LAST = datetime.date(2024, 6, 28)
OPTION_SHARE = 0.15
OPTION_SESSIONS = 60
PROXIES = ("SPY", "MTUM", "VTV", "VUG", "QUAL", "IWM", "USMV", "USO")


def sessions(count):
    """Weekdays up to the last one, oldest first."""
    dates, date = [], LAST
    while len(dates) < count:
        if date.weekday() < 5:
            dates.append(date)
        date -= datetime.timedelta(days=1)
    return dates[::-1]


def line(kind, identity, time, data):
    return json.dumps(
        {"specversion": "1.0", "id": identity, "source": "/benchmarks/day", "type": kind,
         "time": time, "data": data}, separators=(",", ":")) + "\n"


def ticker(index):
    """Letters alone: a root that ends in a digit is that of an adjusted option."""
    letters = [chr(ord("A") + index // 26**place % 26) for place in (2, 1, 0)]
    return "X" + "".join(letters)


class Prices:
    """Closes that move with one market; every bar written as it is made."""

    def __init__(self, symbols, seed):
        self.random = random.Random(seed)
        self.names = [ticker(index) for index in range(symbols)]
        self.closes = {name: self.random.uniform(20, 300) for name in self.names}
        self.betas = {name: self.random.gauss(1, 0.4) for name in self.names}
        for name in PROXIES:
            self.closes[name], self.betas[name] = 100.0, self.random.uniform(0.6, 1.3)

    def day(self, date):
        """The lines of a session's bars and of its yields."""
        market = self.random.gauss(0.0003, 0.009)
        time, gauss = f"{date}T21:00:00Z", self.random.gauss
        for name, close in self.closes.items():
            moved = close * (1 + self.betas[name] * market + gauss(0, 0.012))
            close = self.closes[name] = round(min(max(moved, 1), 10_000), 2)
            yield line(
                "price.closed", f"{name}-{date}", time,
                {"symbol": name, "date": str(date), "open": close, "high": round(close * 1.01, 2),
                 "low": round(close * 0.99, 2), "close": close, "volume": 1_000_000})
        for series, value in (("DGS3MO", 5.25), ("DGS10", round(4 + gauss(0, 0.05), 2))):
            yield line("rate.set", f"{series}-{date}", time, {"series": series, "value": value})


def opening(portfolios, names, date):
    time = f"{date}T09:00:00Z"
    for index, name in enumerate(names):
        yield line("instrument.defined", f"define-{name}", time,
                   {"symbol": name, "kind": "stock", "sector": f"Sector {index % 11}"})
    for name in PROXIES:
        yield line("instrument.defined", f"define-{name}", time, {"symbol": name, "kind": "etf"})
    for index in range(portfolios):
        yield line("portfolio.opened", f"P{index}", time,
                   {"portfolio": f"P{index}", "name": f"Portfolio {index}"})
        yield line("cash.moved", f"cash-P{index}", time,
                   {"portfolio": f"P{index}", "amount": 1_000_000_000, "reason": "deposit"})


class Contracts:
    """Options on the first symbols, ten strikes each, entered late: contracts do not live long."""

    EXPIRY = datetime.date(2024, 12, 20)

    def __init__(self, count, prices):
        self.prices = prices
        self.terms = []
        for index in range(count):
            name = prices.names[index // 10 % len(prices.names)]
            strike = round(prices.closes[name] * (0.85 + 0.03 * (index % 10)), 1)
            right = "CALL" if index % 2 == 0 else "PUT"
            symbol = f"{name}{self.EXPIRY:%y%m%d}{right[0]}{round(strike * 1000):08d}"
            self.terms.append((symbol, name, strike, right))

    def close(self, date, name, strike, right):
        """What it could trade at: what exercise pays, and a bump of time value near the money."""
        spot, years = self.prices.closes[name], (self.EXPIRY - date).days / 365
        deviation = 0.3 * math.sqrt(years)
        payoff = max(0, spot - strike if right == "CALL" else strike - spot)
        moneyness = math.log(spot / strike) / deviation
        return round(payoff + 0.4 * spot * deviation * math.exp(-abs(moneyness) * 1.2) + 0.01, 2)

    def day(self, date):
        time = f"{date}T21:00:00Z"
        for symbol, *terms in self.terms:
            yield line("price.closed", f"{symbol}-{date}", time,
                       {"symbol": symbol, "date": str(date), "close": self.close(date, *terms)})

    def entries(self, date, portfolios):
        for index, (symbol, name, strike, right) in enumerate(self.terms):
            side = "L" if index % 3 else "S"
            yield line(
                "position.entered", f"enter-option-{index}", f"{date}T21:30:00Z",
                {"position": f"option-{index}", "portfolio": f"P{index % portfolios}",
                 "symbol": symbol, "position_type": side + right[0], "quantity": 10,
                 "entry_price": self.close(date, name, strike, right), "underlying": name,
                 "strike": strike, "expiration": str(self.EXPIRY)})


def stock_entries(count, portfolios, prices, date):
    for index in range(count):
        # A stride that no count of symbols here has as a factor: each portfolio gets all of them.
        name = prices.names[index * 7 % len(prices.names)]
        yield line(
            "position.entered", f"enter-stock-{index}", f"{date}T21:30:00Z",
            {"position": f"stock-{index}", "portfolio": f"P{index % portfolios}", "symbol": name,
             "position_type": "SHORT" if index % 4 == 0 else "LONG",
             "quantity": 100 + index % 900, "entry_price": prices.closes[name]})


def write(folder, positions, symbols, count, portfolios, seed):
    dates = sessions(count)
    prices = Prices(symbols, seed)
    options = round(positions * OPTION_SHARE)
    contracts = None
    with open(folder / "history.jsonl", "w", encoding="utf-8") as file:
        file.writelines(opening(portfolios, prices.names, dates[0]))
        for index, date in enumerate(dates[:-1]):
            file.writelines(prices.day(date))
            if index == 0:
                file.writelines(stock_entries(positions - options, portfolios, prices, date))
            if index == max(0, count - OPTION_SESSIONS):
                contracts = Contracts(options, prices)
                file.writelines(contracts.entries(date, portfolios))
            if contracts:
                file.writelines(contracts.day(date))
    with open(folder / "last.jsonl", "w", encoding="utf-8") as file:
        file.writelines(prices.day(dates[-1]))
        file.writelines(contracts.day(dates[-1]))
    return dates[-2:]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--positions", type=int, default=10_000)
    parser.add_argument("--symbols", type=int, default=2_000)
    parser.add_argument("--sessions", type=int, default=500)
    parser.add_argument("--portfolios", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    before, last = write(
        given.folder, given.positions, given.symbols, given.sessions, given.portfolios, given.seed)
    print(before, last)


if __name__ == "__main__":
    main()
