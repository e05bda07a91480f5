"""Times our kernels and their peers by turns, in one run on one thread, and prints a table.

    compare.py --root ROOT --kernels PROGRAM [--avx2 PROGRAM] [--avx512 PROGRAM] [--rounds N] [--quick]

Seconds are those that a process had of the processor, so that another program's load does not
lengthen them; a side's time in a round is the least of its repetitions. The target is that of the
median over the rounds.
"""

import argparse
import hashlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy

import inputs
import peers

FLOOR = 0.01
"""Differences are relative to the larger of an answer and this, but for American prices."""


NO_AVX512 = {"NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR"}
"""What keeps numpy from its widest instructions, where the processor has them."""


class Program:
    """A kernel in a program of its own: inputs and answers go through files, unclocked."""

    def __init__(
        self, command, kernel, folder, numbers, name="", length=None, environment=None
    ):
        self.command, self.kernel, self.name = command, kernel, name
        self.environment = os.environ | (environment or {})
        self.length = length or numbers.shape[-1]
        self.input, self.output = folder / f"{kernel}.input", folder / f"{kernel}-{name}.output"
        numbers.astype("<f8").tofile(self.input)

    def seconds(self, repetitions):
        """Per answer."""
        told = subprocess.run(
            [*self.command, self.kernel, str(self.length), str(repetitions), self.input,
             self.output], check=True, stdout=subprocess.PIPE, env=self.environment).stdout
        told = json.loads(told)
        self.count = told["count"]
        return min(told["processor_seconds"]) / self.count

    @property
    def answers(self):
        return numpy.fromfile(self.output, "<f8").reshape(-1, self.count)

    @property
    def digest(self):
        return hashlib.sha256(self.output.read_bytes()).hexdigest()


class Theirs:
    def __init__(self, peer):
        self.peer, self.name = peer, peer.name

    def seconds(self, repetitions):
        self.peer.run()
        least = float("inf")
        for _ in range(repetitions):
            wall, used = time.perf_counter(), time.process_time()
            self.peer.run()
            used, wall = time.process_time() - used, time.perf_counter() - wall
            if used > 1.2 * wall:
                raise SystemExit(f"{self.name} ran on more than one thread")
            least = min(least, used)
        return least / self.peer.count

    @property
    def answers(self):
        return self.peer.answers


def by_turns(sides, rounds, repetitions):
    """The seconds of each side in each round."""
    seconds = {side: [] for side in sides}
    for _ in range(rounds):
        for side in sides:
            seconds[side].append(side.seconds(repetitions))
    return seconds


def spread(numbers, form):
    ordered = (min(numbers), statistics.median(numbers), max(numbers))
    return " / ".join(form(number) for number in ordered)


def rates(seconds):
    """How many a second."""
    numbers = [1 / one for one in seconds]
    size, unit = next(
        (size, unit) for size, unit in ((1e6, "M/s"), (1e3, "k/s"), (1, "/s"))
        if min(numbers) >= size)
    return f"{spread([number / size for number in numbers], lambda n: f'{n:.3g}')} {unit}"


def judged(numbers, target, unit):
    if target is None:
        return "–"
    met = statistics.median(numbers) >= target
    return f"{target:g}{unit}: {'met' if met else '**not met**'}"


def worst(ours, others, floor):
    count = others.shape[1]
    gaps = abs(ours[:, :count] - others) / numpy.maximum(abs(others), floor)
    return f"{float(numpy.nanmax(gaps)):.1e}"


def row(*cells):
    print("| " + " | ".join(cells) + " |", flush=True)


def compared(title, seconds, ours, other, target, floor=FLOOR, gap=None):
    ratios = [theirs / mine for mine, theirs in zip(seconds[ours], seconds[other])]
    row(title, rates(seconds[ours]), f"{other.name}: {rates(seconds[other])}",
        spread(ratios, lambda number: f"{number:.3g}×"), judged(ratios, target, "×"),
        gap or worst(ours.answers, other.answers, floor))


def alone(title, seconds, target):
    row(title, rates(seconds), "–", "–",
        judged([1e-6 / one for one in seconds], target, " M/s"), "–")


def european(kernels, folder, rounds, quick):
    columns = inputs.listed_options(100_000 if quick else 500_000)
    few = columns[:, :2_000 if quick else 10_000]
    builds = [
        Program([path], "european", folder, columns, label) for label, path in kernels.items()]
    ours = builds[0]
    narrow = Program(
        [sys.executable, peers.__file__], "european", folder, columns,
        "the same, without AVX-512", environment=NO_AVX512)
    columnwise, blockwise, objects, calculator = (
        Theirs(peer) for peer in (
            peers.NumpyEuropean(columns), peers.NumpyEuropeanInBlocks(columns),
            peers.QuantLibEuropean(few), peers.QuantLibCalculator(few)))
    sides = (*builds, columnwise, blockwise, narrow, objects, calculator)
    seconds = by_turns(sides, rounds, 5)
    title = "European price and five Greeks"
    for side, target in (
        (columnwise, 1.8), (blockwise, 1.8), (narrow, 1.8), (objects, 45), (calculator, None),
    ):
        compared(title, seconds, ours, side, target)
    alone(title, seconds[ours], 15)
    for build, target in zip(builds[1:], (40, None)):
        same = "the same bits" if build.digest == ours.digest else "**other bits**"
        compared(f"the same, {build.name}", seconds, build, ours, None, gap=same)
        alone(f"the same, {build.name}", seconds[build], target)
        for side in (blockwise, narrow):
            compared(f"the same, {build.name}", seconds, build, side, None)


def implied(kernels, folder, rounds, quick):
    columns = inputs.priced(inputs.listed_options(50_000 if quick else 200_000))
    ours = Program([kernels["default"]], "implied-volatility", folder, columns)
    public, core = (
        Theirs(peer(columns)) for peer in (peers.PyvolrImpliedVolatility, peers.PyvolrCore))
    seconds = by_turns([ours, public, core], rounds, 3)
    compared("Implied volatility", seconds, ours, public, 1.3)
    compared("Implied volatility", seconds, ours, core, None)


def american(kernels, folder, rounds, quick, root):
    columns, wanted = inputs.american_vectors(root)
    floor = 1e-6 * columns[2]
    exact, fast = (
        Program([kernels["default"]], kernel, folder, columns)
        for kernel in ("american", "american-fast"))
    rival = Theirs(peers.QuantLibAmerican(columns))
    seconds = by_turns([exact, fast, rival], rounds, 1 if quick else 2)
    gaps = {
        side: worst(side.answers, wanted[None, :], floor) for side in (exact, fast, rival)}
    for side, title, target in (
        (exact, "American price within 1e-9", 30), (fast, "American price within 1e-6", None),
    ):
        compared(title, seconds, side, rival, target,
                 gap=f"from the vectors: ours {gaps[side]}, QuantLib {gaps[rival]}")


def betas(kernels, folder, rounds, quick):
    factor, responses = inputs.returns(5_000 if quick else 20_000)
    numbers = numpy.concatenate([factor, responses.ravel()])
    ours = Program([kernels["default"]], "betas", folder, numbers, length=len(factor))
    peer = Theirs(peers.NumpyBetas(factor, responses))
    seconds = by_turns([ours, peer], rounds, 5)
    title = "Beta, alpha, R² and error of a position, 150 sessions"
    compared(title, seconds, ours, peer, None)
    alone(title, seconds[ours], 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", type=pathlib.Path, required=True)
    parser.add_argument("--kernels", required=True, help="built for the default target")
    parser.add_argument("--avx2", help="the same, built with -march=x86-64-v3")
    parser.add_argument("--avx512", help="the same, built with -march=x86-64-v4")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="small inputs: does it run at all")
    given = parser.parse_args()
    kernels = {"default": given.kernels, "AVX2": given.avx2, "AVX-512": given.avx512}
    kernels = {label: path for label, path in kernels.items() if path}
    print(f"Least / median / most of {given.rounds} rounds by turns, one thread.\n")
    row("what", "ours", "peer", "ratio", "target of the median", "worst difference")
    row(*["---"] * 6)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        european(kernels, folder, given.rounds, given.quick)
        implied(kernels, folder, given.rounds, given.quick)
        american(kernels, folder, given.rounds, given.quick, given.root)
        betas(kernels, folder, given.rounds, given.quick)


if __name__ == "__main__":
    main()
