"""Times a batch day of a book of many positions, and of one with ten times the history.

    batch_day.py --foldbook PROGRAM [--quick]

The day measured is the marginal one: the session before it was calculated, then its bars came in.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time


class Use:
    """What a program took: wall and processor seconds, its peak of memory in MiB."""

    def __init__(self, *command):
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True)
        told = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        self.wall = time.perf_counter() - started
        if os.waitstatus_to_exitcode(status) != 0:
            raise SystemExit(f"{' '.join(map(str, command))}\n{told[-2000:]}")
        self.processor = usage.ru_utime + usage.ru_stime
        self.mebibytes = usage.ru_maxrss / 1024

    def __str__(self):
        return f"{self.wall:.1f} s | {self.processor:.1f} s | {self.mebibytes:.0f} MiB"


def row(what, use):
    print(f"| {what} | {use} |", flush=True)


def measure(foldbook, folder, positions, symbols, sessions, portfolios):
    """Prints what each step of a book takes; answers the processor seconds of the marginal day."""
    maker = pathlib.Path(__file__).with_name("day_book.py")
    made = subprocess.run(
        [sys.executable, maker, folder, "--positions", str(positions), "--symbols", str(symbols),
         "--sessions", str(sessions), "--portfolios", str(portfolios)],
        check=True, stdout=subprocess.PIPE, text=True)
    before, last = made.stdout.split()
    size = (folder / "history.jsonl").stat().st_size / 2**20
    book = folder / "book"
    Use(foldbook, "init", book)
    title = f"{positions:,} positions, {symbols:,} symbols, {sessions:,} sessions, {portfolios} portfolio(s)"
    row(f"{title}: import {size:.0f} MiB of events",
        Use(foldbook, "-C", book, "-q", "import", folder / "history.jsonl"))
    (folder / "history.jsonl").unlink()
    row(f"{title}: the tables from nothing", Use(foldbook, "-C", book, "-q", "project", "catch-up"))
    row(f"{title}: the first batch day",
        Use(foldbook, "-C", book, "-q", "batch", "run", "--date", before))
    Use(foldbook, "-C", book, "-q", "import", folder / "last.jsonl")
    use = Use(foldbook, "-C", book, "-q", "batch", "run", "--date", last)
    row(f"**{title}: the next batch day**", use)
    row(f"{title}: the same again, nothing new",
        Use(foldbook, "-C", book, "-q", "batch", "run", "--date", last))
    return use.processor


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--foldbook", required=True)
    parser.add_argument("--quick", action="store_true", help="small books: does it run at all")
    parser.add_argument("--rounds", type=int, help="for the kernels; a book is measured once")
    given = parser.parse_args()
    print("| what | wall | processor | peak memory |\n| --- | --- | --- | --- |")
    books = [(10_000, 2_000, 500, 1), (10_000, 2_000, 500, 10)]
    growth = [(1_000, 200, 252, 1), (1_000, 200, 2_520, 1)]
    if given.quick:
        books, growth = [(200, 40, 70, 2)], [(100, 20, 80, 1), (100, 20, 240, 1)]
    for book in books:
        with tempfile.TemporaryDirectory() as folder:
            measure(given.foldbook, pathlib.Path(folder), *book)
    seconds = []
    for book in growth:
        with tempfile.TemporaryDirectory() as folder:
            seconds.append(measure(given.foldbook, pathlib.Path(folder), *book))
    print(f"\n{growth[1][2] / growth[0][2]:.0f} times the history: {seconds[1] / seconds[0]:.2f} times the processor seconds.")


if __name__ == "__main__":
    main()
