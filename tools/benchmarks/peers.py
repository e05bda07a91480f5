"""The other libraries, each as its own documentation would have it used, as fast as we know how.

As a program it answers European options by numpy, with the arguments and the output of `kernels`:
its own process, since numpy chooses its instructions when it is loaded.
"""

import json
import sys
import time

import numpy
import QuantLib
from pyvolr import _core, bs
from scipy.special import ndtr

class NumpyEuropean:
    """Price and five Greeks with numpy and scipy, into columns made before."""

    name = "numpy + scipy, vectorised"

    def __init__(self, columns, block=None):
        self.columns = columns
        self.count = columns.shape[1]
        self.answers = numpy.empty((6, self.count))
        self.rows = block or self.count

    def run(self):
        for start in range(0, self.count, self.rows):
            stop = min(start + self.rows, self.count)
            self.block(*self.columns[:, start:stop], self.answers[:, start:stop])

    @staticmethod
    def block(sign, spot, strike, years, volatility, rate, dividend_yield, answers):
        root = numpy.sqrt(years)
        deviation = volatility * root
        spot_discount = numpy.exp(-dividend_yield * years)
        strike_now = strike * numpy.exp(-rate * years)
        d1 = numpy.log(spot / strike) + (rate - dividend_yield) * years
        d1 /= deviation
        d1 += 0.5 * deviation
        density = numpy.exp(-0.5 * d1 * d1) * (0.3989422804014327 * spot_discount)
        delta = sign * spot_discount * ndtr(sign * d1)
        held = strike_now * ndtr(sign * (d1 - deviation))
        held *= sign
        forward = spot * delta
        vega = spot * density * root
        numpy.subtract(forward, held, out=answers[0])
        answers[1] = delta
        numpy.divide(density, spot * deviation, out=answers[2])
        answers[3] = vega
        numpy.subtract(
            dividend_yield * forward - rate * held, 0.5 * volatility * vega / years, out=answers[4])
        numpy.multiply(years, held, out=answers[5])


class NumpyEuropeanInBlocks(NumpyEuropean):
    """The same, so few rows at a time that they stay in the processor's second cache."""

    name = "numpy + scipy, 16,384 rows at a time"

    def __init__(self, columns):
        super().__init__(columns, block=16_384)


class QuantLibMarket:
    """One process with quotes that every option sets: cheaper than a process an option."""

    def __init__(self):
        self.today = QuantLib.Date(6, 6, 2014)
        QuantLib.Settings.instance().evaluationDate = self.today
        day_count = QuantLib.Actual365Fixed()
        self.quotes = [QuantLib.SimpleQuote(value) for value in (100.0, 0.2, 0.01, 0.0)]
        spot, volatility, rate, dividend_yield = map(QuantLib.QuoteHandle, self.quotes)
        self.process = QuantLib.BlackScholesMertonProcess(
            spot,
            QuantLib.YieldTermStructureHandle(
                QuantLib.FlatForward(self.today, dividend_yield, day_count)),
            QuantLib.YieldTermStructureHandle(QuantLib.FlatForward(self.today, rate, day_count)),
            QuantLib.BlackVolTermStructureHandle(
                QuantLib.BlackConstantVol(
                    self.today, QuantLib.NullCalendar(), volatility, day_count)))

    def set(self, spot, volatility, rate, dividend_yield):
        for quote, value in zip(self.quotes, (spot, volatility, rate, dividend_yield)):
            quote.setValue(value)

    def option(self, sign, strike, days, american):
        side = QuantLib.Option.Call if sign > 0 else QuantLib.Option.Put
        expiry = self.today + days
        exercise = (
            QuantLib.AmericanExercise(self.today, expiry)
            if american else QuantLib.EuropeanExercise(expiry))
        return QuantLib.VanillaOption(QuantLib.PlainVanillaPayoff(side, strike), exercise)


def rows(columns):
    """Python's own numbers, and whole days in place of years, made before the clock starts."""
    listed = columns.T.tolist()
    for row in listed:
        row[3] = round(row[3] * 365)
    return listed


class QuantLibEuropean:
    """An option object each, the analytic engine, the price and five Greeks asked of it."""

    name = "QuantLib, Python objects"

    def __init__(self, columns):
        self.rows = rows(columns)
        self.count = len(self.rows)
        self.market = QuantLibMarket()
        self.engine = QuantLib.AnalyticEuropeanEngine(self.market.process)
        self.listed = []

    def run(self):
        market, engine, listed = self.market, self.engine, []
        for sign, spot, strike, days, volatility, rate, dividend_yield in self.rows:
            market.set(spot, volatility, rate, dividend_yield)
            option = market.option(sign, strike, days, american=False)
            option.setPricingEngine(engine)
            listed.append((
                option.NPV(), option.delta(), option.gamma(), option.vega(), option.theta(),
                option.rho()))
        self.listed = listed

    @property
    def answers(self):
        return numpy.array(self.listed).T


class QuantLibCalculator:
    """QuantLib's least: a calculator an option, no process, quote or engine."""

    name = "QuantLib, BlackCalculator"

    def __init__(self, columns):
        self.columns = columns
        self.count = columns.shape[1]
        sign, spot, strike, years, volatility, rate, dividend_yield = columns
        forward = spot * numpy.exp((rate - dividend_yield) * years)
        self.rows = list(zip(
            sign.tolist(), spot.tolist(), strike.tolist(), years.tolist(), forward.tolist(),
            (volatility * numpy.sqrt(years)).tolist(), numpy.exp(-rate * years).tolist()))
        self.listed = []

    def run(self):
        listed = []
        for sign, spot, strike, years, forward, deviation, discount in self.rows:
            side = QuantLib.Option.Call if sign > 0 else QuantLib.Option.Put
            black = QuantLib.BlackCalculator(
                QuantLib.PlainVanillaPayoff(side, strike), forward, deviation, discount)
            listed.append((
                black.value(), black.delta(spot), black.gamma(spot), black.vega(years),
                black.theta(spot, years), black.rho(years)))
        self.listed = listed

    @property
    def answers(self):
        return numpy.array(self.listed).T


class PyvolrImpliedVolatility:
    """The whole columns in one call; `columns` has prices where volatilities stand."""

    name = "pyvolr"

    def __init__(self, columns):
        sign, self.spot, self.strike, self.years, self.price, self.rate, self.dividend_yield = (
            numpy.ascontiguousarray(column) for column in columns)
        # The numbers that pyvolr itself makes of texts: its quickest way in.
        self.flag = sign.astype(numpy.int8)
        self.count = columns.shape[1]
        self.found = None

    def run(self):
        self.found = bs.implied_vol(
            self.price, self.flag, self.spot, self.strike, self.years, self.rate,
            self.dividend_yield, on_error="ignore")

    @property
    def answers(self):
        return self.found[None, :]


class PyvolrCore(PyvolrImpliedVolatility):
    """The compiled function under it: no check of flags, shapes or answers."""

    name = "pyvolr, its compiled core alone"

    def run(self):
        self.found = _core.bsm_iv(
            self.price, self.flag, self.spot, self.strike, self.years, self.rate,
            self.dividend_yield)


class QuantLibAmerican:
    """The high-precision scheme of Andersen, Lake and Offengenden."""

    name = "QuantLib, QdFpAmericanEngine high precision"

    def __init__(self, columns):
        self.rows = rows(columns)
        self.count = len(self.rows)
        self.market = QuantLibMarket()
        self.engine = QuantLib.QdFpAmericanEngine(
            self.market.process, QuantLib.QdFpAmericanEngine.highPrecisionScheme())
        self.listed = []

    def run(self):
        market, engine, listed = self.market, self.engine, []
        for sign, spot, strike, days, volatility, rate, dividend_yield in self.rows:
            market.set(spot, volatility, rate, dividend_yield)
            option = market.option(sign, strike, days, american=True)
            option.setPricingEngine(engine)
            listed.append(option.NPV())
        self.listed = listed

    @property
    def answers(self):
        return numpy.array(self.listed)[None, :]


class NumpyBetas:
    """Beta, alpha, R² and standard error of all responses by matrix products."""

    name = "numpy, matrix products"

    def __init__(self, factor, responses):
        self.factor, self.responses = factor, responses
        self.count = responses.shape[0]
        self.answers = None

    def run(self):
        count = len(self.factor)
        factor = self.factor - self.factor.mean()
        factor_squares = factor @ factor
        means = self.responses.mean(axis=1)
        centred = self.responses - means[:, None]
        products = centred @ factor
        squares = numpy.einsum("ij,ij->i", centred, centred)
        betas = products / factor_squares
        r_squared = betas * products / squares
        errors = numpy.sqrt(squares * (1 - r_squared) / (count - 2) / factor_squares)
        self.answers = numpy.array(
            [betas, means - betas * self.factor.mean(), r_squared, errors])


def main(length, repetitions, source, target):
    peer = NumpyEuropeanInBlocks(numpy.fromfile(source, "<f8").reshape(7, int(length)))
    peer.run()
    seconds = []
    for _ in range(int(repetitions)):
        before = time.process_time()
        peer.run()
        seconds.append(time.process_time() - before)
    peer.answers.tofile(target)
    print(json.dumps({"count": peer.count, "processor_seconds": seconds}))


if __name__ == "__main__":
    main(*sys.argv[2:])
