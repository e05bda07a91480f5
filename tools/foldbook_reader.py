#!/usr/bin/env python3
"""Reads and checks the log of a Foldbook book, independently of Foldbook.

    python3 foldbook_reader.py BOOK [--branch main] [--json]
    python3 foldbook_reader.py BOOK --events [--whole] [--kind K] [--names SCHEMA.json]

This program was written from the page FileFormat.md alone and shares no code and no generated
table with Foldbook. It needs Python 3.9 or later and nothing else; where the package `lz4` from
PyPI is installed it is used for speed.

It reads every byte that counts: all checksums, every column, the filters and ranges in the block
headers, every leaf, the root of each block, the chain of blocks, segments and journal frames, the
sequence numbers, the recorded times, and the root of the log. It prints

    head 12345
    log root 6e340b9cffb37a98…

or each finding with file, offset and sequence, and then exits with status 3. An append that was
cut off by a crash is no finding: it was never acknowledged. It is mentioned as a note.

Of a what-if branch it reads the logs of its whole ancestry too, and holds each against the log root
that the branch above it has kept since its fork. With `--whole` it prints the events that the branch
shows instead of its own: its ancestry's as far as it sees them, and what flows into a live one.

The parts, from the bottom up: bytes (Cursor, checksums, LZ4), integers and columns, records
(rows, canonical columns, leaves), blocks, segments, the journal, the log, branches, and the command
line.
"""

import argparse
import array
import bisect
import copy
import datetime
import hashlib
import json
import os
import struct
import sys

try:
    from lz4.block import decompress as fast_lz4
except ImportError:
    fast_lz4 = None

VERSION = 1
HEADER_MAX, PAYLOAD_MAX, RAW_MAX = 1 << 20, 64 << 20, 256 << 20
RECORDS_MAX, VALUE_MAX, ROW_MAX = 65_536, 16 << 20, 32 << 20

# Types of values.
INTEGER, DECIMAL, TEXT, BOOLEAN, DATE, INSTANT, BYTES, JSON = range(1, 9)

# Columns of the envelope.
SEQUENCE, EFFECTIVE, RECORDED, GIVEN_ID, OCCURRENCE, SOURCE = range(0xFF00, 0xFF06)
SUBJECT, ACTOR, CORRELATION, CAUSATION, EXTENSIONS = range(0xFF06, 0xFF0B)
ENVELOPE = 0xFF00
ROW_ORDER = NO_FIELD = 0xFFFF

# The kinds of market data, from the table of kinds in FileFormat.md. A block says it of its kinds
# itself; this is for events that are still in the journal.
MARKET_KINDS = {120, 121, 122}  # price.ticked, price.closed, quote.updated

# The kinds that flow from a parent into a live branch: instrument.defined, .split and .dividend,
# market data, volatility.quoted, rate.set, short.reported, day.closed.
FLOWING_KINDS = {40, 41, 42, 120, 121, 122, 123, 124, 125, 200}
# model.completed and model.cancelled: nothing flows behind them.
SESSION_END_KINDS = {223, 224}
# The kinds that a cut does not hide: what acts on the known-at clock alone.
TIMELESS_KINDS = {4, 62, 63, 180, 181, 182, 190, 191, 192, 193, 220, 221, 222, 223, 224, 225, 240,
                  250}

# How a journal is cut into blocks when it is packed (the writer's defaults).
BLOCK_EVENTS, BLOCK_ROW_BYTES = 8_192, 16 << 20


class Damage(Exception):
    """Bytes that are not what they should be; `offset` counts from the start of what was read."""

    def __init__(self, reason, offset=0):
        super().__init__(reason)
        self.reason, self.offset = reason, offset


# Bytes ----------------------------------------------------------------------------------------


class Cursor:
    """Takes numbers and texts from bytes, and never more than there are."""

    def __init__(self, data, start=0, end=None):
        self.data, self.at = data, start
        self.end = len(data) if end is None else end

    def take(self, count, what):
        if count < 0 or count > self.end - self.at:
            raise Damage(f"{what}: need {count} bytes, have {self.end - self.at}", self.at)
        self.at += count
        return bytes(self.data[self.at - count:self.at])

    def number(self, form, what):
        return struct.unpack("<" + form, self.take(struct.calcsize("<" + form), what))[0]

    def u8(self, what): return self.number("B", what)
    def u16(self, what): return self.number("H", what)
    def u32(self, what): return self.number("I", what)
    def u64(self, what): return self.number("Q", what)
    def i32(self, what): return self.number("i", what)
    def i64(self, what): return self.number("q", what)

    def count(self, what, most):
        value = self.u32(what)
        if value > most:
            raise Damage(f"{what} is {value}, more than {most}", self.at - 4)
        return value

    def flag(self, what):
        value = self.u8(what)
        if value > 1:
            raise Damage(f"{what} is {value}, expected 0 or 1", self.at - 1)
        return value == 1

    def text(self, what):
        start = self.at
        raw = self.take(self.count(what, VALUE_MAX), what)
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            raise Damage(f"{what} is not UTF-8", start) from None

    def optional_text(self, what):
        return self.text(what) if self.flag(what) else None

    def finish(self, what):
        if self.at != self.end:
            raise Damage(f"{what} is followed by {self.end - self.at} bytes too many", self.at)


def sha256(data):
    return hashlib.sha256(data).digest()


def checksum(data):
    return int.from_bytes(sha256(data)[:8], "little")


def id_hash(text):
    return checksum(text.encode())


def log_identity(book, branch, generation):
    return sha256(b"foldbook-log\0" + book.encode() + b"\0" + branch.encode() + b"\0"
                  + struct.pack("<I", generation))[:16]


def lz4_decompress(source, raw_length):
    """The LZ4 block format: tokens of literals and matches, the last one without a match."""
    if fast_lz4 is not None:
        try:
            out = fast_lz4(bytes(source), uncompressed_size=raw_length)
        except Exception as error:  # the package raises its own kinds
            raise Damage(f"LZ4: {error}") from None
        if len(out) != raw_length:
            raise Damage("LZ4: wrong length")
        return out
    out = bytearray()
    at, end = 0, len(source)
    try:
        while at < end:
            token = source[at]
            at += 1
            literals = token >> 4
            if literals == 15:
                while True:
                    more = source[at]
                    at += 1
                    literals += more
                    if more != 255:
                        break
            if literals > end - at or literals > raw_length - len(out):
                raise Damage("LZ4: literals run past the end", at)
            out += source[at:at + literals]
            at += literals
            if at == end:
                break
            distance = source[at] | source[at + 1] << 8
            at += 2
            length = (token & 15) + 4
            if token & 15 == 15:
                while True:
                    more = source[at]
                    at += 1
                    length += more
                    if more != 255:
                        break
            if distance == 0 or distance > len(out) or length > raw_length - len(out):
                raise Damage("LZ4: a match runs past the end", at)
            start = len(out) - distance
            if distance >= length:
                out += out[start:start + length]
            else:
                pattern = bytes(out[start:])
                out += (pattern * (length // distance + 1))[:length]
    except IndexError:
        raise Damage("LZ4: the input ends too early", at) from None
    if len(out) != raw_length:
        raise Damage(f"LZ4: {len(out)} bytes, expected {raw_length}", at)
    return bytes(out)


class Bloom:
    """A filter of 64-bit hashes: never a false no."""

    def __init__(self, data):
        size = len(data)
        if size and (size < 8 or size & (size - 1)):
            raise Damage(f"a filter has {size} bytes")
        self.data = data

    @staticmethod
    def of(hashes, keys=None):
        keys = len(hashes) if keys is None else keys
        if keys == 0:
            return Bloom(b"")
        bits = 64
        while bits < 10 * keys:
            bits *= 2
        data = bytearray(bits // 8)
        for value in hashes:
            low, high = value & 0xFFFFFFFF, value >> 32 | 1
            for probe in range(6):
                bit = (low + probe * high) % bits
                data[bit >> 3] |= 1 << (bit & 7)
        return Bloom(bytes(data))


# Merkle tree (RFC 6962) -------------------------------------------------------------------------


def leaf_hash(data):
    return sha256(b"\0" + data)


class Tree:
    """A growing tree, as the roots of its perfect subtrees, the largest first."""

    def __init__(self):
        self.count, self.subtrees = 0, []

    def append(self, leaf):
        node, bits = leaf, self.count
        while bits & 1:
            node = sha256(b"\1" + self.subtrees.pop() + node)
            bits >>= 1
        self.subtrees.append(node)
        self.count += 1

    def root(self):
        if not self.subtrees:
            return sha256(b"")
        node = self.subtrees[-1]
        for left in reversed(self.subtrees[:-1]):
            node = sha256(b"\1" + left + node)
        return node


def root_of(leaves):
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


# Runs of integers -------------------------------------------------------------------------------


def signed(value):
    """The value as a 64-bit two's complement number."""
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)


def unpack_bits(data, width, count):
    if width == 0:
        return [0] * count
    if width in (8, 16, 32, 64):
        form = {8: "B", 16: "H", 32: "I", 64: "Q"}[width]
        return list(struct.unpack(f"<{count}{form}", data))
    values, mask = [], (1 << width) - 1
    # Eight numbers of `width` bits are `width` whole bytes.
    for start in range(0, len(data), width):
        word = int.from_bytes(data[start:start + width], "little")
        for _ in range(min(8, count - len(values))):
            values.append(word & mask)
            word >>= width
    return values


def read_integers(cursor, count, keys=None):
    """`count` integers; `keys` is (column number, one key a value) where there is a key column."""
    start = cursor.at
    flags, width = cursor.u8("transform"), cursor.u8("width")
    transform = flags & 15
    if transform > 3 or flags & ~0x3F or width > 64:
        raise Damage(f"no such transform {flags} or width {width}", start)
    if cursor.u32("integer count") != count:
        raise Damage(f"another count of integers than {count}", start)
    first = difference = 0
    firsts = []
    if transform in (1, 2):
        if count < transform:
            raise Damage("a transform for too few values", start)
        first = cursor.i64("first value")
        if transform == 2:
            difference = cursor.i64("first difference")
        residual_count = count - transform
    elif transform == 3:
        column = cursor.u16("key column")
        if keys is None or keys[0] != column or len(keys[1]) != count:
            raise Damage(f"column {column} cannot be a key column", start)
        firsts = read_integers(cursor, len(set(keys[1])))
        residual_count = count - len(firsts)
    else:
        residual_count = count
    least = cursor.i64("least")
    divisor = cursor.i64("divisor") if flags & 0x10 else 1
    exceptions = []
    if flags & 0x20:
        for _ in range(cursor.count("exception count", residual_count)):
            index, offset = cursor.u32("exception index"), cursor.u64("exception offset")
            if index >= residual_count or (exceptions and exceptions[-1][0] >= index):
                raise Damage("exceptions out of order", cursor.at)
            exceptions.append((index, offset))
    offsets = unpack_bits(
        cursor.take((width * residual_count + 7) // 8, "packed"), width, residual_count)
    for index, offset in exceptions:
        offsets[index] = offset
    residuals = [signed(least + divisor * offset) for offset in offsets]
    if transform == 0:
        return residuals
    if transform == 3:
        last, result = {}, []
        new, rest = iter(firsts), iter(residuals)
        for key in keys[1]:
            value = signed(last[key] + next(rest)) if key in last else next(new)
            last[key] = value
            result.append(value)
        return result
    result = [first]
    if transform == 2:
        first = signed(first + difference)
        result.append(first)
    for residual in residuals:
        if transform == 2:
            difference = signed(difference + residual)
            first = signed(first + difference)
        else:
            first = signed(first + residual)
        result.append(first)
    return result


# Columns ----------------------------------------------------------------------------------------


def uuid_text(raw):
    h = raw.hex()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


def read_uuids(cursor, count):
    raw = cursor.take(16 * count, "UUIDs")
    return [uuid_text(raw[i:i + 16]) for i in range(0, len(raw), 16)]


def read_texts(cursor, count):
    """`count` texts, and their dictionary indices where they are stored with a dictionary."""
    start = cursor.at
    form = cursor.u8("text form")
    if form in (0, 3):
        size = cursor.count("dictionary count", count)
        dictionary = (read_uuids(cursor, size) if form == 3
                      else [cursor.text("dictionary text") for _ in range(size)])
        indices = read_integers(cursor, count)
        seen = 0
        for index in indices:
            if not 0 <= index <= seen or index >= size:
                raise Damage("dictionary indices out of order", start)
            seen += index == seen
        if seen != size:
            raise Damage("a dictionary text that is not used", start)
        return [dictionary[index] for index in indices], indices
    if form == 1:
        return read_uuids(cursor, count), None
    if form == 2:
        texts = []
        for raw in read_pieces(cursor, count):
            try:
                texts.append(raw.decode("utf-8"))
            except UnicodeDecodeError:
                raise Damage("a text is not UTF-8", start) from None
        return texts, None
    if form == 4:
        digits = cursor.u8("digits")
        prefix = cursor.text("prefix")
        if digits > 18 or len(prefix.encode()) > 255:
            raise Damage("numbered texts with too many digits", start)
        texts = []
        for number in read_integers(cursor, count):
            text = str(number)
            if number < 0 or len(text) > (digits or 18):
                raise Damage(f"number {number} for {digits} digits", start)
            texts.append(prefix + text.rjust(digits, "0"))
        return texts, None
    raise Damage(f"no such text form {form}", start)


def read_pieces(cursor, count):
    """Byte strings whose lengths come first, as a run of integers."""
    lengths = read_integers(cursor, count)
    if any(not 0 <= length <= VALUE_MAX for length in lengths):
        raise Damage("an impossible length", cursor.at)
    return [cursor.take(length, "inline value") for length in lengths]


def lowest(coefficient, places):
    """The decimal in lowest form, as (coefficient, places)."""
    while places and coefficient % 10 == 0:
        coefficient //= 10
        places -= 1
    if abs(coefficient) >= 10 ** 15 or places > 8:
        raise Damage(f"the decimal {coefficient} to {places} places is out of range")
    return (coefficient, places)


def read_decimals(cursor, count, keys):
    form = cursor.u8("decimal form")
    if form == 0:
        places = [cursor.u8("places")] * count
    elif form == 1:
        places = read_integers(cursor, count, keys)
    else:
        raise Damage(f"no such decimal form {form}", cursor.at)
    if any(not 0 <= place <= 8 for place in places):
        raise Damage("impossible decimal places", cursor.at)
    coefficients = read_integers(cursor, count, keys)
    return [lowest(c, p) for c, p in zip(coefficients, places)]


class Column:
    """One numbered field of a kind: a value or None for each record."""

    def __init__(self, raw, number, kind_type, rows, keys=None):
        self.number, self.type, self.indices = number, kind_type, None
        cursor = Cursor(raw)
        present = None
        if cursor.flag("presence"):
            present = read_integers(cursor, rows)
            if set(present) != {0, 1}:
                raise Damage("impossible presence")
        self.is_complete = present is None
        count = rows if present is None else sum(present)
        if keys is not None and present is not None:
            keys = (keys[0], [key for key, here in zip(keys[1], present) if here])
        if kind_type == DECIMAL:
            values = read_decimals(cursor, count, keys)
        elif kind_type in (TEXT, JSON):
            values, self.indices = read_texts(cursor, count)
        elif kind_type == BYTES:
            if cursor.u8("bytes form") != 2:
                raise Damage("no such form of bytes", cursor.at)
            values = read_pieces(cursor, count)
        else:
            values = read_integers(cursor, count, keys)
            low, high = {BOOLEAN: (0, 1), DATE: (-1 << 31, (1 << 31) - 1)}.get(
                kind_type, (-1 << 63, (1 << 63) - 1))
            if any(not low <= value <= high for value in values):
                raise Damage("a value is out of its type's range")
        cursor.finish("column")
        if present is None:
            self.values = values
        else:
            rest = iter(values)
            self.values = [next(rest) if here else None for here in present]


# Records ----------------------------------------------------------------------------------------


class Record:
    __slots__ = ("sequence", "kind", "given_id", "occurrence", "effective", "recorded", "source",
                 "subject", "actor", "correlation", "causation", "extensions", "fields")

    def id_text(self):
        if self.given_id is not None:
            return self.given_id
        raw = bytearray(sha256(
            b"foldbook-id\0" + content_form(self) + struct.pack("<I", self.occurrence))[:16])
        raw[6] = raw[6] & 0x0F | 0x80
        raw[8] = raw[8] & 0x3F | 0x80
        return uuid_text(bytes(raw))


def pack_text(text):
    raw = text.encode()
    return struct.pack("<I", len(raw)) + raw


def pack_optional(text):
    return b"\0" if text is None else b"\1" + pack_text(text)


def pack_value(kind_type, value):
    if kind_type in (INTEGER, INSTANT):
        return struct.pack("<q", value)
    if kind_type == DECIMAL:
        return struct.pack("<qB", *value)
    if kind_type in (TEXT, JSON):
        return pack_text(value)
    if kind_type == BOOLEAN:
        return struct.pack("<B", value)
    if kind_type == DATE:
        return struct.pack("<i", value)
    return struct.pack("<I", len(value)) + value


def content_form(record):
    parts = [struct.pack("<Hq", record.kind, record.effective), pack_text(record.source),
             pack_optional(record.extensions), struct.pack("<H", len(record.fields))]
    for number, kind_type, value in record.fields:
        parts.append(struct.pack("<HB", number, kind_type) + pack_value(kind_type, value))
    return b"".join(parts)


def row_form(record):
    identifier = (b"\0" + pack_text(record.given_id) if record.given_id is not None
                  else struct.pack("<BI", 1, record.occurrence))
    return b"".join((
        struct.pack("<Q", record.sequence), identifier, struct.pack("<q", record.recorded),
        pack_optional(record.subject), pack_optional(record.actor),
        pack_optional(record.correlation), pack_optional(record.causation),
        content_form(record)))


def read_value(cursor, kind_type):
    if kind_type in (INTEGER, INSTANT):
        return cursor.i64("value")
    if kind_type == DECIMAL:
        value = (cursor.i64("coefficient"), cursor.u8("places"))
        if value[1] > 8 or lowest(*value) != value:
            raise Damage("a decimal is not in lowest form", cursor.at)
        return value
    if kind_type in (TEXT, JSON):
        return cursor.text("value")
    if kind_type == BOOLEAN:
        return int(cursor.flag("boolean"))
    if kind_type == DATE:
        return cursor.i32("date")
    if kind_type == BYTES:
        return cursor.take(cursor.count("length", VALUE_MAX), "bytes")
    raise Damage(f"no such type {kind_type}", cursor.at)


def read_row(data):
    cursor, record = Cursor(data), Record()
    record.sequence = cursor.u64("sequence")
    record.given_id = record.occurrence = None
    if cursor.flag("id form"):
        record.occurrence = cursor.u32("occurrence")
    else:
        record.given_id = cursor.text("id")
    record.recorded = cursor.i64("recorded")
    record.subject, record.actor, record.correlation, record.causation = (
        cursor.optional_text(name) for name in ("subject", "actor", "correlation", "causation"))
    record.kind, record.effective = cursor.u16("kind"), cursor.i64("effective")
    record.source, record.extensions = cursor.text("source"), cursor.optional_text("extensions")
    record.fields = []
    for _ in range(cursor.u16("field count")):
        number, kind_type = cursor.u16("field number"), cursor.u8("field type")
        if number >= ENVELOPE or (record.fields and record.fields[-1][0] >= number):
            raise Damage(f"field {number} is out of order", cursor.at)
        record.fields.append((number, kind_type, read_value(cursor, kind_type)))
    cursor.finish("row")
    return record


def canonical_columns(kind, count, columns):
    """`columns` as (number, type, values), in order, with the sequences among them."""
    parts = [b"FBCOL1", struct.pack("<HI", kind, count)]
    for number, kind_type, values in columns:
        parts.append(struct.pack("<HB", number, kind_type))
        if values[0] is not None and all(value == values[0] for value in values):
            parts.append(b"\0" + pack_value(kind_type, values[0]))
            continue
        parts.append(b"\1")
        for value in values:
            parts.append(b"\0" if value is None else b"\1" + pack_value(kind_type, value))
    return b"".join(parts)


def columns_of(records):
    """The records of one kind as (number, type, values), as a block would hold them."""
    table = {}

    def put(number, kind_type, row, value):
        if value is not None:
            table.setdefault((number, kind_type), [None] * len(records))[row] = value

    for row, record in enumerate(records):
        for number, kind_type, value in record.fields:
            put(number, kind_type, row, value)
        for number, kind_type, value in (
                (SEQUENCE, INTEGER, record.sequence), (EFFECTIVE, INSTANT, record.effective),
                (RECORDED, INSTANT, record.recorded), (GIVEN_ID, TEXT, record.given_id),
                (OCCURRENCE, INTEGER, record.occurrence), (SOURCE, TEXT, record.source),
                (SUBJECT, TEXT, record.subject), (ACTOR, TEXT, record.actor),
                (CORRELATION, TEXT, record.correlation), (CAUSATION, TEXT, record.causation),
                (EXTENSIONS, JSON, record.extensions)):
            put(number, kind_type, row, value)
    return [(number, kind_type, table[number, kind_type]) for number, kind_type in sorted(table)]


def leaves_of(records, market_kinds):
    """The leaf hashes of records as if they made one block."""
    leaves = [leaf_hash(row_form(r)) for r in records if r.kind not in market_kinds]
    for kind in sorted({r.kind for r in records} & market_kinds):
        group = [r for r in records if r.kind == kind]
        leaves.append(leaf_hash(canonical_columns(kind, len(group), columns_of(group))))
    return leaves


def block_leaf(identity, first, count, leaves_root):
    return leaf_hash(b"FBBLK1" + identity + struct.pack("<QI", first, count) + leaves_root)


# Blocks -----------------------------------------------------------------------------------------


class Group:
    def __init__(self, kind, columns, stored, digest, offset):
        self.kind, self.columns, self.stored = kind, columns, stored
        self.checksum, self.offset = digest, offset


class Block:
    """A block's header, and its records when they are asked for."""

    FIXED = 160

    def __init__(self, data, at, end):
        self.data, self.at = data, at
        cursor = Cursor(data, at, end)
        if cursor.take(4, "block magic") != b"FBK1":
            raise Damage("no block begins here", at)
        length = cursor.u32("header length")
        if not self.FIXED <= length <= min(HEADER_MAX, end - at):
            raise Damage(f"the header length is {length}", at + 4)
        stored = cursor.u64("header checksum")
        header = bytes(data[at:at + length])
        if checksum(header[:8] + bytes(8) + header[16:]) != stored:
            raise Damage("the checksum of the block's header does not hold", at)
        cursor.end = at + length
        self.identity = cursor.take(16, "identity")
        self.ordinal, self.first = cursor.u64("ordinal"), cursor.u64("first sequence")
        self.count = cursor.count("record count", RECORDS_MAX)
        flags = cursor.u32("flags")
        self.previous_tag = cursor.u64("previous tag")
        payload = cursor.count("payload length", PAYLOAD_MAX)
        self.leaf_count = cursor.u32("leaf count")
        self.leaves_root = cursor.take(32, "leaves root")
        self.recorded = (cursor.i64("recorded"), cursor.i64("recorded"))
        self.effective = (cursor.i64("effective"), cursor.i64("effective"))
        raw_total = cursor.u64("uncompressed length")
        kind_count, version = cursor.u16("kind count"), cursor.u16("version")
        if version > VERSION:
            raise Damage(f"format {version} is later than this reader's {VERSION}", at + 146)
        if flags or not self.count or raw_total > RAW_MAX:
            raise Damage("a field of the block's header is impossible", at)
        sizes = [cursor.u32("filter or directory bytes") for _ in range(3)]
        self.kinds = []
        for _ in range(kind_count):
            kind, kind_flags = cursor.u16("kind"), cursor.u16("kind flags")
            count = cursor.u32("kind count")
            fields = (cursor.u16("portfolio field"), cursor.u16("symbol field"))
            if (self.kinds and self.kinds[-1][0] >= kind) or kind_flags > 1 or not count:
                raise Damage("the kinds are out of order", cursor.at)
            self.kinds.append((kind, kind_flags == 1, count) + fields)
        if sum(kind[2] for kind in self.kinds) != self.count:
            raise Damage("the kinds' counts do not make up the block's", at)
        self.portfolios = Bloom(cursor.take(sizes[0], "portfolio filter"))
        self.symbols = Bloom(cursor.take(sizes[1], "symbol filter"))
        self.groups, offset, raw_sum = [], 0, 0
        for expected in [kind[0] for kind in self.kinds] + [ROW_ORDER]:
            kind, column_count = cursor.u16("group kind"), cursor.u16("column count")
            size, digest = cursor.u32("group length"), cursor.u64("group checksum")
            columns = []
            for _ in range(column_count):
                column = (cursor.u16("column number"), cursor.u8("column type"),
                          cursor.u8("codec"), cursor.u32("stored"), cursor.u32("raw"))
                number, kind_type, codec, column_stored, raw = column
                if not 1 <= kind_type <= 8 or codec > 1 or raw > 255 * column_stored \
                        or (columns and columns[-1][:2] >= column[:2]):
                    raise Damage("a column's entry is impossible", cursor.at)
                columns.append(column)
                raw_sum += raw
            if kind != expected or sum(column[3] for column in columns) != size:
                raise Damage(f"the group of kind {kind} does not fit", cursor.at)
            self.groups.append(Group(kind, columns, size, digest, offset))
            offset += size
        cursor.finish("block header")
        if offset != payload or raw_sum != raw_total or cursor.at - at - self.FIXED != (
                12 * kind_count + sum(sizes)):
            raise Damage("the parts of the block do not make up its lengths", at)
        if payload > end - at - length:
            raise Damage(f"the block's payload needs {payload} bytes, {end - at - length} are left",
                         at + length)
        self.payload = at + length
        self.end = self.payload + payload
        self.last = self.first + self.count - 1
        self.leaf = block_leaf(self.identity, self.first, self.count, self.leaves_root)
        self.tag = int.from_bytes(self.leaf[:8], "little")

    def columns(self, place):
        """The columns of a group, each decoded."""
        group = self.groups[place]
        start = self.payload + group.offset
        stored = bytes(self.data[start:start + group.stored])
        name = "row order" if group.kind == ROW_ORDER else f"kind {group.kind}"
        if checksum(stored) != group.checksum:
            raise Damage(f"the checksum of the columns of {name} does not hold", start)
        rows = self.count if group.kind == ROW_ORDER else self.kinds[place][2]
        key_number = NO_FIELD if group.kind == ROW_ORDER else self.kinds[place][4]
        raws, at = [], 0
        for number, kind_type, codec, size, raw_length in group.columns:
            piece = stored[at:at + size]
            at += size
            raws.append(lz4_decompress(piece, raw_length) if codec else piece)
            if len(raws[-1]) != raw_length:
                raise Damage(f"{name}, column {number}: wrong length", start + at)
        result, keys = [None] * len(raws), None
        # The key column first: others may be told by it.
        order = sorted(range(len(raws)),
                       key=lambda i: group.columns[i][:2] != (key_number, TEXT))
        for index in order:
            number, kind_type = group.columns[index][:2]
            try:
                column = Column(raws[index], number, kind_type, rows, keys)
            except Damage as damage:
                raise Damage(f"{name}, column {number}: {damage.reason}", start) from None
            if (number, kind_type) == (key_number, TEXT) and column.is_complete \
                    and column.indices is not None:
                keys = (number, column.indices)
            result[index] = column
        return result

    def records(self, findings):
        """All records in sequence order; what the header says of them is compared with them."""
        order = self.columns(len(self.kinds))[0].values
        if sorted(order) != [p for p, kind in enumerate(self.kinds) for _ in range(kind[2])]:
            raise Damage("the row order does not agree with the kinds", self.payload)
        places = [[] for _ in self.kinds]
        for row, place in enumerate(order):
            places[place].append(self.first + row)
        records = [None] * self.count
        leaves, portfolios, symbols = [], set(), set()
        for place, (kind, is_market, count, portfolio_field, symbol_field) in enumerate(self.kinds):
            columns = self.columns(place)
            group = assemble(kind, places[place], columns)
            for record in group:
                records[record.sequence - self.first] = record
                texts = {number: value for number, kind_type, value in record.fields
                         if kind_type == TEXT}
                portfolio = texts.get(portfolio_field, record.subject)
                if portfolio is not None:
                    portfolios.add(portfolio)
                if symbol_field in texts:
                    symbols.add(texts[symbol_field])
            if is_market:
                table = [(c.number, c.type, c.values) for c in columns]
                table.append((SEQUENCE, INTEGER, places[place]))
                table.sort(key=lambda column: column[:2])
                leaves.append(leaf_hash(canonical_columns(kind, count, table)))
        market = {kind[0] for kind in self.kinds if kind[1]}
        leaves = [leaf_hash(row_form(r)) for r in records if r.kind not in market] + leaves
        for is_same, what in (
                (len(leaves) == self.leaf_count, "count of leaves"),
                (root_of(leaves) == self.leaves_root, "root of its leaves"),
                (span(r.recorded for r in records) == self.recorded, "range of recorded times"),
                (span(r.effective for r in records) == self.effective, "range of effective times"),
                (Bloom.of({id_hash(t) for t in portfolios}, len(portfolios)).data
                 == self.portfolios.data, "filter of portfolios"),
                (Bloom.of({id_hash(t) for t in symbols}, len(symbols)).data
                 == self.symbols.data, "filter of symbols")):
            if not is_same:
                findings.append((self.at, self.first, self.last,
                                 f"the block's {what} is not that of its records"))
        return records


def span(values):
    values = list(values)
    return (min(values), max(values))


def assemble(kind, sequences, columns):
    """The records of one kind from its columns."""
    rows = len(sequences)
    envelope = {(c.number, c.type): c.values for c in columns if c.number >= ENVELOPE}
    payload = [(c.number, c.type, c.values) for c in columns if c.number < ENVELOPE]
    nothing = [None] * rows

    def column(number, kind_type):
        return envelope.get((number, kind_type), nothing)

    parts = zip(sequences, column(EFFECTIVE, INSTANT), column(RECORDED, INSTANT),
                column(GIVEN_ID, TEXT), column(OCCURRENCE, INTEGER), column(SOURCE, TEXT),
                column(SUBJECT, TEXT), column(ACTOR, TEXT), column(CORRELATION, TEXT),
                column(CAUSATION, TEXT), column(EXTENSIONS, JSON))
    records = []
    for row, part in enumerate(parts):
        record = Record()
        (record.sequence, record.effective, record.recorded, record.given_id, record.occurrence,
         record.source, record.subject, record.actor, record.correlation, record.causation,
         record.extensions) = part
        record.kind = kind
        record.fields = [(number, kind_type, values[row])
                         for number, kind_type, values in payload if values[row] is not None]
        if None in (record.effective, record.recorded, record.source) or (
                record.given_id is None) == (record.occurrence is None):
            raise Damage(f"event {record.sequence} lacks a part of its envelope")
        if any(a[0] == b[0] for a, b in zip(record.fields, record.fields[1:])):
            raise Damage(f"event {record.sequence} has a field twice")
        records.append(record)
    return records


# The log ----------------------------------------------------------------------------------------


class Log:
    """Everything in a branch's log directory, read and checked in order."""

    def __init__(self, directory, identity):
        self.directory, self.identity = directory, identity
        self.findings, self.notes = [], []
        self.tree, self.head, self.blocks = Tree(), None, 0
        self.last_recorded, self.market_kinds = None, set(MARKET_KINDS)
        # For each block its first sequence, count, leaf, and where its records are to be had.
        self.closed = []
        self.first, self.recorded = None, array.array("q")

    def find(self, file, offset, reason, first=None, last=None):
        self.findings.append(
            {"file": file, "offset": offset, "first": first, "last": last, "reason": reason})

    def read(self, name):
        with open(os.path.join(self.directory, name), "rb") as file:
            return file.read()

    def records(self):
        """All acknowledged records in order. Findings are gathered on the way."""
        names = sorted(n for n in os.listdir(self.directory)
                       if n.endswith(".seg") and len(n) == 24 and n[:20].isdigit())
        journal = self.journal_header()
        base = journal["base"] if journal else None
        self.first = journal["log_first"] if journal else None
        expected, ordinal, tag = None, 0, 0
        counted = [n for n in names if base is None or int(n[:20]) < base]
        for name in names[len(counted):]:
            self.notes.append(f"{name}: blocks of an append that was never acknowledged: ignored")
        for place, name in enumerate(counted):
            limit = int(counted[place + 1][:20]) if place + 1 < len(counted) else base
            try:
                segment = Segment(self, name)
            except Damage as damage:
                self.find(name, damage.offset, damage.reason, int(name[:20]),
                          None if limit is None else limit - 1)
                expected, ordinal = limit, None
                continue
            if expected is not None and segment.first != expected:
                self.find(name, 32, f"begins with event {segment.first}, expected {expected}")
            if ordinal is not None and (segment.ordinal, segment.previous_tag) != (ordinal, tag):
                self.find(name, 40, "does not follow the segment before it", segment.first)
            yield from segment.records(limit)
            expected, ordinal, tag = segment.next, segment.next_ordinal, segment.last_tag
            if limit is not None and expected < limit:
                self.find(name, segment.end, "the segment ends before it should", expected,
                          limit - 1)
                expected, ordinal = limit, None
        if journal is None:
            return
        if expected is not None and ordinal is not None:
            if expected != base:
                self.find("journal", 32, f"begins with event {base}, expected {expected}", expected)
            elif (journal["next_ordinal"], journal["previous_tag"]) != (ordinal, tag):
                self.find("journal", 48, "does not follow the last block")
        self.head = base - 1
        yield from self.journal_records(journal)

    def check(self, record, file, offset):
        if self.last_recorded is not None and record.recorded < self.last_recorded:
            self.find(file, offset, "the recorded time goes backwards", record.sequence,
                      record.sequence)
        self.last_recorded = record.recorded
        self.head = record.sequence
        self.recorded.append(record.recorded)

    def root_at(self, sequence):
        """The root of the log as if a block ended at this event."""
        tree = Tree()
        for first, count, leaf, source in self.closed:
            if first + count - 1 > sequence:
                if first <= sequence:
                    records = self.records_of(source)[:sequence - first + 1]
                    root = root_of(leaves_of(records, self.market_kinds))
                    tree.append(block_leaf(self.identity, first, len(records), root))
                break
            tree.append(leaf)
        return tree.root()

    def records_of(self, source):
        if isinstance(source, list):
            return source
        name, at = source
        data = self.read(name)
        return Block(data, at, len(data)).records([])

    def recorded_at(self, sequence):
        """When an event was recorded; None for one that is not there, as that before the first."""
        index = sequence - (self.first or 1)
        return self.recorded[index] if 0 <= index < len(self.recorded) else None

    # The journal.

    def journal_header(self):
        try:
            data = self.read("journal")
        except FileNotFoundError:
            self.find("journal", 0, "the journal is missing")
            return None
        cursor = Cursor(data)
        try:
            body = cursor.take(120, "journal header")
            if cursor.u64("checksum") != checksum(body):
                raise Damage("the checksum of the journal's header does not hold")
            cursor = Cursor(body)
            if cursor.take(8, "magic") != b"FBJRN1\0\0":
                raise Damage("this is not a journal")
            if cursor.u32("version") != VERSION:
                raise Damage("the journal is of another format", 8)
            cursor.u32("reserved")
            if cursor.take(16, "identity") != self.identity:
                raise Damage("the journal belongs to another log", 16)
        except Damage as damage:
            self.find("journal", damage.offset, damage.reason)
            return None
        return {"base": cursor.u64("base"), "epoch": cursor.u64("epoch"),
                "previous_tag": cursor.u64("tag"), "next_ordinal": cursor.u64("ordinal"),
                "log_first": cursor.u64("first sequence"), "checksum": checksum(body), "data": data}

    def journal_records(self, journal):
        data, at, ordinal = journal["data"], 128, 0
        previous, expected = journal["checksum"], journal["base"]
        block, block_bytes = [], 0
        while at < len(data):
            try:
                rows, previous, at, expected = self.frame(
                    journal, data, at, ordinal, previous, expected)
            except Damage as damage:
                if self.valid_frame_behind(data, at):
                    self.find("journal", at, f"{damage.reason}; a valid frame follows", expected)
                elif is_torn(data, at):
                    self.notes.append(f"journal: {len(data) - at} bytes from byte {at} are an "
                                      "append that was never acknowledged: ignored")
                else:
                    self.find("journal", at, damage.reason, expected)
                break
            ordinal += 1
            for size, record in rows:
                # The root is as it will be when the journal is packed.
                if len(block) == BLOCK_EVENTS or (block and block_bytes + size > BLOCK_ROW_BYTES):
                    self.close(block)
                    block, block_bytes = [], 0
                block.append(record)
                block_bytes += size
                self.check(record, "journal", at)
                yield record
        if block:
            self.close(block)

    def close(self, records):
        root = root_of(leaves_of(records, self.market_kinds))
        leaf = block_leaf(self.identity, records[0].sequence, len(records), root)
        self.tree.append(leaf)
        self.closed.append((records[0].sequence, len(records), leaf, records))

    def frame(self, journal, data, at, ordinal, previous, expected):
        frame = frame_header(data, at)
        if frame["identity"] != self.identity or frame["epoch"] != journal["epoch"] \
                or frame["ordinal"] != ordinal or frame["previous"] != previous \
                or frame["first"] != expected:
            raise Damage("a frame that belongs elsewhere", at)
        body = Cursor(data, at + 128)
        padded = body.take(frame["payload"] + frame["padding"], "frame")
        if checksum(padded) != frame["payload_checksum"]:
            raise Damage("the checksum of the frame's payload does not hold", at)
        cursor, rows = Cursor(padded, 0, frame["payload"]), []
        for _ in range(frame["count"]):
            raw = cursor.take(cursor.count("row length", ROW_MAX), "row")
            record = read_row(raw)
            if record.sequence != expected:
                raise Damage(f"event {record.sequence} where {expected} should be", at)
            expected += 1
            rows.append((len(raw), record))
        cursor.finish("frame")
        return rows, frame["checksum"], body.at, expected

    @staticmethod
    def valid_frame_behind(data, at):
        for start in range(at + 128, len(data) - 127, 128):
            if data[start:start + 4] == b"FBJ1":
                try:
                    frame_header(data, start)
                    return True
                except Damage:
                    pass
        return False


def frame_header(data, at):
    cursor = Cursor(data, at)
    body = cursor.take(120, "frame header")
    own = cursor.u64("frame checksum")
    if own != checksum(body):
        raise Damage("the checksum of a frame's header does not hold", at)
    cursor = Cursor(body)
    if cursor.take(4, "magic") != b"FBJ1":
        raise Damage("no frame begins here", at)
    cursor.u32("reserved")
    frame = {"checksum": own, "identity": cursor.take(16, "identity")}
    for name, form in (("epoch", "Q"), ("ordinal", "Q"), ("first", "Q"), ("count", "I"),
                       ("payload", "I"), ("previous", "Q"), ("payload_checksum", "Q"),
                       ("zero_pieces", "I"), ("padding", "I")):
        frame[name] = cursor.number(form, name)
    if not frame["count"] or not 1 <= frame["padding"] <= 128 \
            or (frame["payload"] + frame["padding"]) % 128 or frame["payload"] > PAYLOAD_MAX:
        raise Damage("the lengths of a frame do not fit each other", at)
    return frame


def is_torn(data, at):
    """Whether the last frame was provably not written to its end."""
    left = data[at:]
    if len(left) < 128:
        return True
    try:
        frame = frame_header(data, at)
    except Damage:
        return not any(left[:128])
    total = 128 + frame["payload"] + frame["padding"]
    if total > len(left):
        return True
    # Sectors that were never written are zero; the header says how many should be.
    zeros, start = 0, at
    while start < at + total:
        end = min(at + total, start - start % 512 + 512)
        zeros += not any(data[start:end])
        start = end
    return zeros > frame["zero_pieces"]


class Segment:
    """A file of blocks; sealed when it ends in a footer."""

    def __init__(self, log, name):
        self.log, self.name, self.data = log, name, log.read(name)
        cursor = Cursor(self.data)
        body = cursor.take(56, "segment header")
        if cursor.u64("checksum") != checksum(body):
            raise Damage("the checksum of the segment's header does not hold")
        cursor = Cursor(body)
        if cursor.take(8, "magic") != b"FBSEG1\0\0":
            raise Damage("this is not a segment")
        if cursor.u32("version") != VERSION:
            raise Damage("the segment is of another format", 8)
        cursor.u32("reserved")
        if cursor.take(16, "identity") != log.identity:
            raise Damage("the segment belongs to another log", 16)
        self.first, self.ordinal = cursor.u64("first sequence"), cursor.u64("first ordinal")
        self.previous_tag = cursor.u64("previous tag")
        if self.first != int(name[:20]):
            raise Damage(f"begins with event {self.first}, which is not its name", 32)
        self.footer = self.read_footer() if self.data[-8:] == b"FBSEALED" else None
        self.end = self.footer["filter_at"] if self.footer else len(self.data)
        self.next, self.next_ordinal, self.last_tag = self.first, self.ordinal, self.previous_tag

    def read_footer(self):
        trailer_at = len(self.data) - 40
        cursor = Cursor(self.data, max(64, trailer_at))
        at, length, stored, last = (cursor.u64("trailer") for _ in range(4))
        if at < 64 or at + length != trailer_at:
            raise Damage("the trailer names no footer", trailer_at)
        body = self.data[at:trailer_at]
        if checksum(body) != stored:
            raise Damage("the checksum of the footer does not hold", at)
        cursor = Cursor(body)
        if cursor.take(8, "footer magic") != b"FBFOOT1\0":
            raise Damage("no footer begins here", at)
        count = cursor.u32("block count")
        cursor.u32("reserved")
        filter_at, filter_length = cursor.u64("filter offset"), cursor.u32("filter length")
        cursor.u32("reserved")
        filter_checksum = cursor.u64("filter checksum")
        filter_bytes = self.data[filter_at:filter_at + filter_length]
        if filter_at + filter_length != at or checksum(filter_bytes) != filter_checksum:
            raise Damage("the checksum of the id filter does not hold", filter_at)
        blocks = []
        for _ in range(count):
            offset, first, events = (
                cursor.u64("block offset"), cursor.u64("first sequence"), cursor.u32("events"))
            cursor.u32("reserved")
            blocks.append((offset, first, events, cursor.take(32, "leaf hash")))
        frontiers = [[cursor.take(32, "frontier") for _ in range(cursor.count("frontier", 64))]
                     for _ in range(2)]
        cursor.finish("footer")
        return {"at": at, "filter_at": filter_at, "filter": filter_bytes, "blocks": blocks,
                "before": frontiers[0], "after": frontiers[1], "last": last}

    def records(self, limit):
        """The records before `limit`, which is where the next file begins."""
        log, at, listed, ids = self.log, 64, [], []
        if self.footer and self.footer["before"] != log.tree.subtrees:
            log.find(self.name, self.footer["at"], "the footer's tree before the segment is another")
        while at < self.end and (limit is None or self.next < limit):
            try:
                block = Block(self.data, at, self.end)
                if (block.identity, block.ordinal, block.first, block.previous_tag) != (
                        log.identity, self.next_ordinal, self.next, self.last_tag):
                    raise Damage("the block does not follow the one before it", at)
            except Damage as damage:
                log.find(self.name, damage.offset, damage.reason, self.next,
                         None if limit is None else limit - 1)
                self.end = at
                return
            listed.append((at, block.first, block.count, block.leaf))
            log.market_kinds |= {kind[0] for kind in block.kinds if kind[1]}
            found = []
            try:
                records = block.records(found)
            except Damage as damage:
                log.find(self.name, max(damage.offset, at), damage.reason, block.first, block.last)
                records = []
            for offset, first, last, reason in found:
                log.find(self.name, offset, reason, first, last)
            for record in records:
                if self.footer:
                    ids.append(id_hash(record.id_text()))
                log.check(record, self.name, at)
                yield record
            log.tree.append(block.leaf)
            log.closed.append((block.first, block.count, block.leaf, (self.name, at)))
            log.blocks += 1
            log.head = block.last
            at, self.next = block.end, block.last + 1
            self.next_ordinal, self.last_tag = block.ordinal + 1, block.tag
        if self.footer is None:
            if b"FBFOOT1\0" in self.data[at:]:
                log.find(self.name, at, "the segment is sealed, but its trailer does not hold")
            elif at < self.end:
                log.notes.append(f"{self.name}: {self.end - at} bytes from byte {at} are blocks of "
                                 "an append that was never acknowledged: ignored")
            self.end = at
            return
        if at != self.end or listed != self.footer["blocks"] \
                or self.footer["last"] != self.next - 1:
            log.find(self.name, self.footer["at"], "the footer lists other blocks than there are")
        elif self.footer["after"] != log.tree.subtrees:
            log.find(self.name, self.footer["at"], "the footer's tree after the segment is another")
        elif len(ids) == self.next - self.first and Bloom.of(ids).data != self.footer["filter"]:
            log.find(self.name, self.footer["filter_at"], "the id filter is not that of the ids")


# Branches ---------------------------------------------------------------------------------------

# A number of an event in a branch is (is a pair, own sequence, flowed): ordered as the events are.
ZERO = (0, 0, 0)


def number_text(number):
    return f"{number[1]}+{number[2]}" if number[2] else str(number[1])


class Stretch:
    """One log's part of what a branch shows: from behind `fork` through `through`."""

    def __init__(self, name, log, fork, flow=None, through=None):
        self.name, self.log, self.fork = name, log, fork
        self.flow, self.through = flow, through
        self.has_pairs = flow is not None or fork[0] == 1

    def number(self, own):
        return (1, own, 0) if self.has_pairs else (0, own, 0)

    def head(self):
        own = max(self.log.head or 0, self.fork[1])
        if self.flow is not None:
            return self.flow.head(own)
        return self.fork if own == self.fork[1] else self.number(own)


def stretch_of(line, number):
    """The stretch of a chain that holds a number."""
    for stretch in reversed(line):
        if stretch.fork < number:
            return stretch
    return line[0]


def truncated(line, number):
    """The part of a chain up to a number."""
    result = []
    for stretch in line:
        if not (stretch.fork < number or stretch.fork == ZERO):
            break
        through = number if stretch.through is None else min(stretch.through, number)
        result.append(Stretch(stretch.name, stretch.log, stretch.fork, stretch.flow, through))
    return result


def parse_number(text, line):
    """What branch.json says of a fork, as a number of the parent's chain."""
    own, _, flowed = text.partition("+")
    if flowed:
        return (1, int(own), int(flowed))
    for stretch in reversed(line):
        if stretch.fork[1] < int(own):
            return stretch.number(int(own))
    return (0, int(own), 0)


class Flow:
    """What flows into a live branch: its source's events of some kinds, past `start`."""

    def __init__(self, log, parent, fork, flowed_through):
        self.log, self.pin, self.limit = log, None, None
        below = stretch_of(parent, fork)
        live = next((s.flow for s in parent if s.flow is not None), None)
        if below.flow is not None:
            self.source = below.flow.source
            self.start = below.flow.last(fork) if flowed_through is None else flowed_through
            self.origin = self.start - fork[2]
        elif below.has_pairs:
            raise Damage("a live branch stands on a frozen one of a live one: nothing can flow")
        else:
            self.source = parent if live is None else live.source
            self.start = self.origin = fork[1]

    def limited(self, limit):
        """The same, as a branch that was forked from this one saw it."""
        flow = copy.copy(self)
        flow.limit = limit
        return flow

    def source_recorded(self, sequence):
        return stretch_of(self.source, (0, sequence, 0)).log.recorded_at(sequence)

    def end(self):
        end = max(self.source[-1].head()[1], self.start)
        if self.limit is not None:
            end = min(end, self.limit)
        recorded = None if self.pin is None else self.log.recorded_at(self.pin)
        return end if recorded is None else min(end, self.last_recorded(recorded))

    def last_recorded(self, time):
        """The source's last event recorded by a time, not before the start."""
        low, high = self.start, max(self.source[-1].head()[1], self.start)
        while low < high:
            middle = (low + high + 1) // 2
            recorded = self.source_recorded(middle)
            if recorded is not None and recorded > time:
                high = middle - 1
            else:
                low = middle
        return low

    def last(self, number):
        """The source's last event, of any kind, that is not behind a number of the branch."""
        if number[2]:
            return min(self.origin + number[2], self.end())
        recorded = self.log.recorded_at(number[1])
        return self.start if recorded is None else min(self.last_recorded(recorded), self.end())

    def number(self, sequence, recorded):
        """The number of a source's event: behind the last own event that was recorded before it."""
        own = self.log.first + bisect.bisect_left(self.log.recorded, recorded) - 1
        return (1, own, sequence - self.origin)

    def head(self, own):
        end, recorded = self.end(), self.log.recorded_at(own)
        if end > self.start and (recorded is None or recorded < self.source_recorded(end)):
            return self.number(end, self.source_recorded(end))
        return (1, own, 0)


def root_text(line, number):
    """What a chain stands for at a number: the log's root there and, of a live branch, where its
    source stands and the source's root."""
    stretch = stretch_of(line, number)
    root = stretch.log.root_at(max(number[1], stretch.fork[1])).hex()
    if stretch.flow is None:
        return root
    last = stretch.flow.last(number)
    # The source is a chain of plain numbers, so this goes no deeper.
    return f"{root} {last} {root_text(stretch.flow.source, (0, last, 0))}"


def shown(line, start=0):
    """What a chain of logs shows, in order, as (number, name of the log's branch, record)."""
    for stretch in line:
        own = ((stretch.number(record.sequence), stretch.name, record)
               for record in kept_records(stretch.log, max(start, stretch.fork[1])))
        events = own if stretch.flow is None else merged(own, stretch.flow)
        for event in events:
            if stretch.through is not None and event[0] > stretch.through:
                break
            yield event


def kept_records(log, behind):
    for first, count, _, source in log.closed:
        if first + count - 1 > behind:
            yield from (record for record in log.records_of(source) if record.sequence > behind)


def merged(own, flow):
    """Own and flowing events in the order of their recorded times, ties to what flows."""
    end = flow.end()
    flowing = ((flow.number(number[1], record.recorded), name, record)
               for number, name, record in shown(flow.source, flow.start)
               if flow.start < number[1] <= end and record.kind in FLOWING_KINDS)
    one, other = next(own, None), next(flowing, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one[2].recorded < other[2].recorded):
            yield one
            one = next(own, None)
        else:
            yield other
            other = next(flowing, None)


class Branch:
    """A branch with all it stands on: logs read and checked, each held against the next fork."""

    def __init__(self, book, book_id, wanted, each=None):
        self.findings, self.notes, self.line, cuts = [], [], [], []
        lineage = read_lineage(book, wanted)
        for place, (folder, details) in enumerate(lineage):
            generation = details.get("generation", 0)
            directory = os.path.join(folder, f"generation-{generation}") if generation else folder
            log = Log(os.path.join(directory, "log"),
                      log_identity(book_id, details["id"], generation))
            is_last, pin = place + 1 == len(lineage), None
            for record in log.records():
                if pin is None and record.kind in SESSION_END_KINDS:
                    pin = record.sequence
                if is_last and each is not None:
                    each(record)
            self.log = log
            below, self.line = self.line, self.line + [Stretch(details["name"], log, ZERO)]
            if details.get("parent") is not None:
                self.add(details, log, below, pin, cuts)
            if not is_last:
                child = lineage[place + 1][1]
                # Into a live branch its parent flows to its very end.
                seen = (None if child["mode"] == "live"
                        else int(child["sequence"].partition("+")[0]))
                self.take_findings(log, f"{details['name']}/log/", seen)
        self.take_findings(log, "", None)
        # What a branch forked before an ancestor's fork does not see, that one's cut cannot hide.
        self.cuts = []
        for index, (fork, time, keeps_market) in enumerate(cuts):
            fork = min(other[0] for other in cuts[index:])
            if time is not None:
                self.cuts.append((fork, time, keeps_market))

    def add(self, details, log, below, pin, cuts):
        """Puts a branch on what it was forked from."""
        name, parent = details["name"], details["parent"]
        fork = parse_number(details["sequence"], below)
        cut, is_live = details.get("cut"), details["mode"] == "live"
        cuts.append((fork, None if cut is None else parse_rfc3339(cut), is_live))
        if log.first is not None and log.first != fork[1] + 1:
            log.find("journal", 64, f"the log begins with event {log.first}, and the branch was "
                     f"forked at event {number_text(fork)}")
        flowed = details.get("flowed_through")
        flowed = None if flowed is None else int(flowed)
        seen = truncated(below, fork)
        if flowed is not None and seen[-1].flow is not None:
            seen[-1].flow = seen[-1].flow.limited(flowed)
        where = f"branch '{name}' was forked from '{parent}' at event {number_text(fork)}"
        try:
            head = below[-1].head()
            if head < fork:
                log.find("branch.json", 0, f"{where}, which ends at {number_text(head)}")
            else:
                root = root_text(seen, fork)
                if root != details["log_root"]:
                    log.find("branch.json", 0, f"{where} with the log root {details['log_root']}; "
                             f"it has {root} there now")
            flow = Flow(log, below, fork, flowed) if is_live else None
            if flow is not None:
                flow.pin = pin
        except (Damage, TypeError) as damage:
            # A log with a gap has no times, and no records, where they are asked for.
            log.find("branch.json", 0, f"{where}, which cannot be read: {damage}")
            flow = None
        self.line = seen + [Stretch(name, log, fork, flow)]

    def take_findings(self, log, prefix, seen):
        for finding in log.findings:
            finding = dict(finding, file=prefix + finding["file"])
            if seen is not None and finding["first"] is not None and finding["first"] > seen:
                self.notes.append(f"{finding['file']}: {finding['reason']}; behind the fork")
            else:
                self.findings.append(finding)
        self.notes += [prefix + note for note in log.notes]

    def hides(self, number, record):
        return any(
            number <= fork and record.effective > time and record.kind not in TIMELESS_KINDS
            and not (keeps_market and record.kind in FLOWING_KINDS)
            for fork, time, keeps_market in self.cuts)

    def events(self):
        return (event for event in shown(self.line) if not self.hides(event[0], event[2]))


def read_lineage(book, wanted):
    """The folders of a branch and of all it stands on, and what they say, from the first one on."""
    lineage, seen = [find_branch(book, wanted)], set()
    while lineage[-1][1].get("parent") is not None:
        details = lineage[-1][1]
        if details["name"] in seen:
            raise ValueError(f"branch '{details['name']}' stands on itself")
        seen.add(details["name"])
        folder, generation = os.path.join(book, "branches", details["parent"]), details[
            "parent_generation"]
        # After a rebase a parent goes on with another generation; who stood on it before stays.
        path = os.path.join(folder, f"branch.{generation}.json")
        if not os.path.isfile(path):
            path = os.path.join(folder, "branch.json")
        with open(path, encoding="utf-8") as file:
            parent = json.load(file)
        if parent.get("generation", 0) != generation:
            raise ValueError(f"{folder} has no generation {generation}")
        lineage.append((folder, parent))
    return lineage[::-1]


# Printing ---------------------------------------------------------------------------------------


def civil(days):
    """`YYYY-MM-DD` of a count of days since 1970-01-01, proleptic Gregorian."""
    shifted = days + 719_468
    era, day_of_era = divmod(shifted, 146_097)
    year_of_era = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524
                   - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    march_month = (5 * day_of_year + 2) // 153
    month = march_month + 3 if march_month < 10 else march_month - 9
    year = year_of_era + era * 400 + (month <= 2)
    return f"{year:04d}-{month:02d}-{day_of_year - (153 * march_month + 2) // 5 + 1:02d}"


def rfc3339(nanoseconds):
    days, rest = divmod(nanoseconds, 86_400_000_000_000)
    seconds, fraction = divmod(rest, 1_000_000_000)
    tail = f".{fraction:09d}".rstrip("0") if fraction else ""
    return (f"{civil(days)}T{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
            f"{tail}Z")


def parse_rfc3339(text):
    date, _, time = text.rstrip("Z").partition("T")
    seconds, _, fraction = time.partition(".")
    hour, minute, second = (int(part) for part in seconds.split(":"))
    year, month, day = (int(part) for part in date.split("-"))
    days = datetime.date(year, month, day).toordinal() - 719_163
    return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000_000 + int(
        fraction.ljust(9, "0"))


def decimal_text(value):
    coefficient, places = value
    digits = str(abs(coefficient)).rjust(places + 1, "0")
    text = digits[:-places] + "." + digits[-places:] if places else digits
    return "-" + text if coefficient < 0 else text


def printable(kind_type, value):
    if kind_type == DECIMAL:
        return decimal_text(value)
    if kind_type == BOOLEAN:
        return bool(value)
    if kind_type == DATE:
        return civil(value)
    if kind_type == INSTANT:
        return rfc3339(value)
    if kind_type == BYTES:
        return {"hex": value.hex()}
    if kind_type == JSON:
        try:
            return json.loads(value, parse_float=str)
        except ValueError:
            return value
    return value


def event_line(record, names, place=None):
    """A line of JSON; `place` is the number and the branch where not the log's own are meant."""
    kind_name, field_names = names.get(record.kind, (None, {}))
    event = {"sequence": record.sequence, "kind": record.kind}
    if place is not None:
        event = {"sequence": number_text(place[0]), "branch": place[1], "kind": record.kind}
    if kind_name is not None:
        event["name"] = kind_name
    event.update(
        id=record.id_text(), effective_ns=record.effective, effective=rfc3339(record.effective),
        recorded_ns=record.recorded, recorded=rfc3339(record.recorded), source=record.source)
    for key in ("subject", "actor", "correlation", "causation"):
        if getattr(record, key) is not None:
            event[key] = getattr(record, key)
    if record.extensions is not None:
        event["extensions"] = printable(JSON, record.extensions)
    event["fields"] = {
        field_names.get(number, str(number)): printable(kind_type, value)
        for number, kind_type, value in record.fields}
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def read_names(path):
    """Names of kinds and fields from what `foldbook schema --json` prints."""
    if path is None:
        return {}
    with open(path, encoding="utf-8") as file:
        schema = json.load(file)
    names = {}
    for kind in schema["kinds"]:
        fields = {field["number"]: field["name"] for field in kind.get("fields", [])}
        names[kind["number"]] = (kind["name"], fields)
    return names


def find_branch(book, wanted):
    """The folder of the branch with this id or name, and what its branch.json says."""
    branches = os.path.join(book, "branches")
    for folder in sorted(os.listdir(branches)):
        path = os.path.join(branches, folder, "branch.json")
        if os.path.isfile(path):
            with open(path, encoding="utf-8") as file:
                branch = json.load(file)
            if wanted in (folder, branch["id"], branch.get("name")):
                return os.path.join(branches, folder), branch
    raise FileNotFoundError(f"the book has no branch '{wanted}'")


def report(branch, as_json):
    log = branch.log
    root = log.tree.root().hex()
    head = log.head or 0
    if as_json:
        print(json.dumps({"head": head, "log_root": root, "blocks": log.blocks,
                          "findings": branch.findings, "notes": branch.notes}))
        return
    for note in branch.notes:
        print(f"note: {note}", file=sys.stderr)
    if not branch.findings:
        print(f"head {head}")
        print(f"log root {root}")
    for finding in branch.findings:
        first, last = finding["first"], finding["last"]
        events = "" if first is None else (
            f", event {first}" if first == last else f", events {first} to {last or 'the end'}")
        print(f"{finding['file']}: byte {finding['offset']}{events}: {finding['reason']}")


def main():
    parser = argparse.ArgumentParser(
        description="Reads and checks the log of a Foldbook book, independently of Foldbook.")
    parser.add_argument("book", help="the book's folder")
    parser.add_argument("--branch", default="main", help="id or name of a branch")
    parser.add_argument("--events", action="store_true",
                        help="print each of the branch's own events as a line of JSON")
    parser.add_argument("--whole", action="store_true",
                        help="with --events: all that the branch shows, its ancestry's first")
    parser.add_argument("--kind", type=int, help="with --events: only events of this kind number")
    parser.add_argument("--names", metavar="FILE", help="a schema as JSON, to print names")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    options = parser.parse_args()
    try:
        with open(os.path.join(options.book, "book.json"), encoding="utf-8") as file:
            book = json.load(file)
        if book["format"] > VERSION:
            parser.exit(78, f"the book's format {book['format']} is later than this reader's\n")
        names = read_names(options.names)

        def each(record):
            if options.kind in (None, record.kind):
                print(event_line(record, names))

        branch = Branch(options.book, book["id"], options.branch,
                        each if options.events and not options.whole else None)
        if options.events and options.whole and not branch.findings:
            for number, name, record in branch.events():
                if options.kind in (None, record.kind):
                    print(event_line(record, names, (number, name)))
    except (OSError, KeyError, ValueError) as error:
        parser.exit(66, f"{options.book} cannot be read: {error}\n")
    if not options.events or branch.findings:
        report(branch, options.json)
    return 3 if branch.findings else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:
        sys.exit(0)
