#!/usr/bin/env python3
"""Writes Sources/Foldbook/Demo/HistoryPrices.swift from a CSV of daily bars.

usage: embed_demo_prices.py BARS.csv

The file is compressed as one raw LZ4 block (high compression, through liblz4) and stored as base64
in a string literal, which the compiler takes as it is: the demo book needs no file beside the
program. The bars are the public-domain daily prices of Quandl's WIKI set as packaged on PyPI in
bokeh-sampledata; the vendor's adjusted closes are left out, since Foldbook derives its own.
"""
import base64
import csv
import ctypes
import pathlib
import sys

HEADER = "symbol,date,open,high,low,close,volume"
WIDTH = 96


def main() -> None:
    rows = list(csv.reader(open(sys.argv[1], newline="")))
    if ",".join(rows[0][:7]) != HEADER:
        sys.exit(f"{sys.argv[1]}: expected a header that begins with {HEADER}")
    text = "\n".join([HEADER] + [",".join(row[:7]) for row in rows[1:]]).encode() + b"\n"
    library = ctypes.CDLL("liblz4.so.1")
    buffer = ctypes.create_string_buffer(library.LZ4_compressBound(len(text)))
    size = library.LZ4_compress_HC(text, buffer, len(text), len(buffer), 12)
    encoded = base64.b64encode(buffer.raw[:size]).decode()
    lines = [encoded[at : at + WIDTH] for at in range(0, len(encoded), WIDTH)]
    target = pathlib.Path(__file__).parent.parent / "Sources/Foldbook/Demo/HistoryPrices.swift"
    with open(target, "w") as out:
        out.write("// Made by tools/embed_demo_prices.py; not edited by hand.\n\n")
        out.write("/// Daily bars of AAPL, FB, GOOG, IBM and MSFT, 2000-03-01 to 2013-03-01, as traded.\n///\n")
        out.write("/// Public domain: Quandl's WIKI prices, as packaged in bokeh-sampledata.\n")
        out.write("enum HistoryPrices {\n")
        out.write(f"  /// Size of the CSV text once decompressed, in bytes.\n  static let csvBytes = {len(text)}\n")
        out.write("  /// One raw LZ4 block of CSV text, in base64.\n  static let lz4Base64: StaticString = \"\"\"\n")
        out.write("".join(f"    {line}\\\n" for line in lines[:-1]) + f"    {lines[-1]}\n")
        out.write('    """\n}\n')


main()
