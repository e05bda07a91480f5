"""Times our kernels and their peers by turns, in one run on one thread, and prints a table.

    compare.py --root ROOT --kernels PROGRAM [--kernels-avx2 PROGRAM] [--rounds N] [--quick]

Seconds are those of the processor that the process had, so that another program's load does not
count; each side's time in a round is the least of its repetitions.
"""

import argparse
import hashlib
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

import numpy

import contests
import peers


class Ours:
    """Our kernel in a program of its own: inputs and answers go through files, off the clock."""

    def __init__(self, program, contest, folder, label):
        self.program, self.contest, self.label = program, contest, label
        self.input = folder / f"{contest.kernel}-{contest.length}.input"
        self.output = folder / f"{contest.kernel}-{label}.output"
        if not self.input.exists():
            contest.columns.astype("<f8").tofile(self.input)

    def seconds(self, repetitions):
        answer = subprocess.run(
            [self.program, self.contest.kernel, str(self.contest.length), str(repetitions),
             self.input, self.output], check=True, stdout=subprocess.PIPE)
        told = json.loads(answer.stdout)
        self.count = told["count"]
        return min(told["processor_seconds"]) / self.count

    @property
    def answers(self):
        numbers = numpy.fromfile(self.output, "<f8")
        return numbers.reshape(-1, self.count)

    @property
    def digest(self):
        return hashlib.sha256(self.output.read_bytes()).hexdigest()


def peer_seconds(peer, repetitions):
    peer.run()
    least = float("inf")
    for _ in range(repetitions):
        before, wall = time.process_time(), time.perf_counter()
        peer.run()
        used, passed = time.process_time() - before, time.perf_counter() - wall
        if used > 1.2 * passed:
            raise SystemExit(f"{peer.name} ran on more than one thread")
        least = min(least, used)
    return least / peer.count


def spread(numbers, form):
    ordered = (min(numbers), statistics.median(numbers), max(numbers))
    return " / ".join(form(number) for number in ordered)


def rate(seconds):
    """How many a second."""
    for unit, size in (("M/s", 1e6), ("k/s", 1e3)):
        if 1 / seconds >= size:
            return f"{1 / seconds / size:.3g} {unit}"
    return f"{1 / seconds:.3g} /s"


def worst(ours, others, floor):
    """The largest difference of two answers, relative to the larger of the answer and a floor."""
    return float(numpy.nanmax(abs(ours - others) / numpy.maximum(abs(others), floor)))


class Row:
    def __init__(self, what, ours, peer, ratios, target, differs=""):
        self.cells = (what, ours, peer, ratios, target, differs)


def judged(numbers, target, form):
    """Whether the median meets a target, in words."""
    if target is None:
        return "–"
    return f"≥ {form(target)}: {'met' if statistics.median(numbers) >= target else 'not met'}"


def times(number):
    return f"{number:.3g}×"


def compete(title, ours, rivals, rounds, repetitions):
    """Rows of one kernel against its peers: every round runs ours, then each of them."""
    own, theirs = [], [[] for _ in rivals]
    for _ in range(rounds):
        own.append(ours.seconds(repetitions))
        for seconds, (peer, *_) in zip(theirs, rivals):
            seconds.append(peer_seconds(peer, repetitions))
    rows = []
    for seconds, (peer, target, floor) in zip(theirs, rivals):
        ratios = [other / mine for mine, other in zip(own, seconds)]
        count = peer.answers.shape[1]
        gap = worst(ours.answers[:, :count], peer.answers, floor)
        rows.append(
            Row(title, spread(own, rate), f"{peer.name}: {spread(seconds, rate)}",
                spread(ratios, times), judged(ratios, target, times), f"{gap:.1e}"))
    return rows, own


def european(programs, folder, rounds, quick):
    columns = contests.listed_options(100_000 if quick else 500_000)
    few = columns[:, :2_000 if quick else 10_000]
    contest = contests.Contest("", "european", columns, [], 5)
    ours = Ours(programs["default"], contest, folder, "default")
    # Of the spot: one rounding of an option far out of the money moves all digits of its price.
    floor = numpy.array([1e-2 * columns[1].min()] * 6)[:, None]
    title = "European price and five Greeks"
    rows, own = compete(
        title, ours,
        [(peers.NumpyEuropean(columns), 1.8, floor), (peers.QuantLibEuropean(few), 45, floor),
         (peers.QuantLibCalculator(few), None, floor)], rounds, 5)
    rates = [1 / seconds / 1e6 for seconds in own]
    rows.append(
        Row(f"{title}, default target", spread(own, rate), "–", "–",
            judged(rates, 15, lambda number: f"{number:g} M/s")))
    if programs.get("avx2"):
        wide = Ours(programs["avx2"], contest, folder, "avx2")
        both = [(ours.seconds(5), wide.seconds(5)) for _ in range(rounds)]
        rates = [1 / seconds / 1e6 for _, seconds in both]
        same = "the same bits" if wide.digest == ours.digest else "OTHER BITS"
        rows.append(
            Row(f"{title}, AVX2 (`-march=x86-64-v3`)", spread([w for _, w in both], rate),
                "the default target", spread([d / w for d, w in both], times),
                judged(rates, 40, lambda number: f"{number:g} M/s"), same))
    return rows


def implied(programs, folder, rounds, quick):
    columns = contests.priced(contests.listed_options(50_000 if quick else 200_000))
    contest = contests.Contest("", "implied-volatility", columns, [], 3)
    ours = Ours(programs["default"], contest, folder, "default")
    rows, _ = compete(
        "Implied volatility", ours,
        [(peers.PyvolrImpliedVolatility(columns), 1.3, 1e-2),
         (peers.PyvolrCore(columns), None, 1e-2)], rounds, 3)
    return rows


def american(programs, folder, rounds, quick, root):
    columns, wanted = contests.american_vectors(root)
    floor = 1e-6 * columns[2]
    rows = []
    rival = peers.QuantLibAmerican(columns)
    for kernel, title, target in (
        ("american", "American price within 1e-9", 30), ("american-fast", "the same within 1e-6", None),
    ):
        ours = Ours(programs["default"], contests.Contest("", kernel, columns, [], 3), folder, "")
        found, _ = compete(title, ours, [(rival, target, floor)], rounds, 1 if quick else 2)
        row = found[0]
        gaps = [worst(side.answers[0], wanted, floor) for side in (ours, rival)]
        row.cells = row.cells[:5] + (
            f"from the vectors: ours {gaps[0]:.1e}, QuantLib {gaps[1]:.1e}",)
        rows.append(row)
    return rows


def betas(programs, folder, rounds, quick):
    factor, responses = contests.returns(5_000 if quick else 20_000)
    numbers = numpy.concatenate([factor, responses.ravel()])
    contest = contests.Contest("", "betas", numbers, [], 5, length=len(factor))
    ours = Ours(programs["default"], contest, folder, "default")
    rows, own = compete(
        "Position beta, alpha, R², error (150 sessions)", ours,
        [(peers.NumpyBetas(factor, responses), None, 1e-6)], rounds, 5)
    rates = [1 / seconds / 1e6 for seconds in own]
    row = rows[0]
    row.cells = row.cells[:4] + (
        judged(rates, 1, lambda number: f"{number:g} M/s"), row.cells[5])
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", type=pathlib.Path, required=True)
    parser.add_argument("--kernels", required=True)
    parser.add_argument("--kernels-avx2")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="small inputs: does it run at all")
    arguments = parser.parse_args()
    programs = {"default": arguments.kernels, "avx2": arguments.kernels_avx2}
    rounds = arguments.rounds
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        rows = european(programs, folder, rounds, arguments.quick)
        rows += implied(programs, folder, rounds, arguments.quick)
        rows += american(programs, folder, rounds, arguments.quick, arguments.root)
        rows += betas(programs, folder, rounds, arguments.quick)
    print(f"Least / median / most of {rounds} rounds, ours and the peers by turns, one thread.\n")
    print("| what | ours | peer | ratio | target of the median | worst difference |")
    print("| --- | --- | --- | --- | --- | --- |")
    for row in rows:
        print("| " + " | ".join(row.cells) + " |")


if __name__ == "__main__":
    main()
