"""The inputs of the benchmarks, the same on every machine."""

import csv
import pathlib

import numpy

import peers

SEED = 20140606
AMERICAN_VECTORS = pathlib.Path("Tests/AnalyticsTests/Reference/american.csv")


def listed_options(count, seed=SEED):
    """Options as an exchange lists them: a day to two years, most near the money, whole days."""
    random = numpy.random.default_rng(seed)
    sign = numpy.where(random.random(count) < 0.5, 1.0, -1.0)
    spot = 100 * numpy.exp(random.normal(0, 0.8, count))
    years = random.integers(1, 731, count) / 365
    volatility = random.uniform(0.08, 0.9, count)
    deviation = volatility * numpy.sqrt(years)
    strike = spot * numpy.exp(deviation * random.normal(0, 1.2, count))
    rate = random.uniform(-0.01, 0.06, count)
    dividend_yield = random.uniform(0, 0.04, count)
    return numpy.ascontiguousarray(
        numpy.array([sign, spot, strike, years, volatility, rate, dividend_yield]))


def priced(columns):
    """The same options with their prices in the place of their volatilities.

    Options in the money are turned into those out of it, whose price is all time value; those
    worth less than a hundredth of a cent are left out, as no market quotes them.
    """
    forward = columns[1] * numpy.exp((columns[5] - columns[6]) * columns[3])
    columns = columns.copy()
    columns[0] = numpy.where(columns[2] > forward, 1.0, -1.0)
    european = peers.NumpyEuropean(columns)
    european.run()
    columns[4] = european.answers[0]
    return numpy.ascontiguousarray(columns[:, columns[4] > 1e-4])


def american_vectors(root):
    """The 1,000 options of the reference vectors, and their prices."""
    with open(root / AMERICAN_VECTORS, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns = [[1.0 if row["type"] == "call" else -1.0 for row in rows]]
    for name in ("spot", "strike", "t_years", "vol", "rate", "div_yield"):
        columns.append([float(row[name]) for row in rows])
    return numpy.array(columns), numpy.array([float(row["price"]) for row in rows])


def returns(responses, length=150, seed=SEED):
    random = numpy.random.default_rng(seed)
    factor = random.normal(0, 0.01, length)
    betas = random.normal(1, 0.5, responses)
    noise = random.normal(0, 0.015, (responses, length))
    return factor, numpy.ascontiguousarray(betas[:, None] * factor + noise)
