"""Answers a file of options by QuantLib alone.

    quantlib_options.py INPUT OUTPUT

INPUT has the columns id, type, spot, strike, days, rate, div_yield, price, vol, american. A cell
that is empty asks for nothing: `price` asks for its European implied volatility, `vol` for the
European price and Greeks, `american` (1) besides for the American price. OUTPUT has id, implied_vol
(empty where there is none), price, delta, gamma, vega, theta, rho, div_rho, american_price.
"""

import csv
import sys

import QuantLib

TODAY = QuantLib.Date(6, 6, 2014)
DAY_COUNT = QuantLib.Actual365Fixed()
GREEKS = ("price", "delta", "gamma", "vega", "theta", "rho", "div_rho")


class Market:
    """A process whose four quotes each row sets, and the engines on it."""

    def __init__(self):
        QuantLib.Settings.instance().evaluationDate = TODAY
        self.quotes = [QuantLib.SimpleQuote(value) for value in (100.0, 0.0, 0.0, 0.2)]
        spot, rate, dividend_yield, volatility = map(QuantLib.QuoteHandle, self.quotes)
        curves = [
            QuantLib.YieldTermStructureHandle(QuantLib.FlatForward(TODAY, quote, DAY_COUNT))
            for quote in (dividend_yield, rate)]
        self.process = QuantLib.BlackScholesMertonProcess(
            spot, *curves, QuantLib.BlackVolTermStructureHandle(
                QuantLib.BlackConstantVol(TODAY, QuantLib.NullCalendar(), volatility, DAY_COUNT)))
        self.european = QuantLib.AnalyticEuropeanEngine(self.process)
        self.american = QuantLib.QdFpAmericanEngine(
            self.process, QuantLib.QdFpAmericanEngine.highPrecisionScheme())

    def set(self, *values):
        for quote, value in zip(self.quotes, values):
            quote.setValue(value)

    def implied_volatility(self, option, price):
        try:
            return option.impliedVolatility(price, self.process, 1e-15, 10_000, 1e-7, 20.0)
        except RuntimeError:
            return None


def answer(market, row):
    number = {name: float(row[name]) for name in ("spot", "strike", "rate", "div_yield")}
    expiry = TODAY + int(row["days"])
    side = QuantLib.Option.Call if row["type"] == "call" else QuantLib.Option.Put
    payoff = QuantLib.PlainVanillaPayoff(side, number["strike"])
    option = QuantLib.VanillaOption(payoff, QuantLib.EuropeanExercise(expiry))
    found = {"id": row["id"]}
    market.set(number["spot"], number["rate"], number["div_yield"], float(row["vol"] or 0.2))
    if row["price"]:
        found["implied_vol"] = market.implied_volatility(option, float(row["price"]))
    if row["vol"]:
        option.setPricingEngine(market.european)
        values = (
            option.NPV(), option.delta(), option.gamma(), option.vega(), option.theta(),
            option.rho(), option.dividendRho())
        found |= zip(GREEKS, values)
        if row["american"]:
            option = QuantLib.VanillaOption(payoff, QuantLib.AmericanExercise(TODAY, expiry))
            option.setPricingEngine(market.american)
            found["american_price"] = option.NPV()
    return found


def main(source, target):
    market = Market()
    with open(source, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with open(target, "w", newline="", encoding="utf-8") as file:
        columns = ("id", "implied_vol", *GREEKS, "american_price")
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(answer(market, row) for row in rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
