"""Vectors and statements as bytes: what stands in the store's binary columns.

A slab body is one format byte followed by the vector: the narrowest of int8, int16 and int32 that
holds it, deflated where that saves space. ``MISSING`` (not stated) survives every width. The vector of one city of
many is its own leaves alone: then four bytes before it say where they begin, and beyond it nothing is stated.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.int32]

#: "Nobody stated this": the smallest int32, so that it can never be a count.
MISSING = np.int32(-(2**31))

#: One statement of one row: ``key`` names what is stated (a later one replaces it), ``day`` counts
#: from 1970-01-01, ``count`` is an index into the load's list of counts.
STATEMENT = np.dtype([("key", "<u8"), ("day", "<i4"), ("count", "u1"), ("leaf", "<i4"), ("value", "<i4")])

#: (leaf, covered square metres) of a zone.
COVERED = np.dtype([("leaf", "<i4"), ("m2", "<i8")])

_WIDTHS: tuple[np.dtype[np.signedinteger], ...] = (np.dtype("<i1"), np.dtype("<i2"), np.dtype("<i4"))
_DEFLATED = 0x80
_BEGINS = 0x40
_START = struct.Struct("<i")


def pack(vector: Vector, start: int = 0) -> bytes:
    """``vector`` (int32, MISSING allowed) over the leaves from ``start`` on as a slab body."""
    stated = vector[vector != MISSING]
    low, high = (int(stated.min()), int(stated.max())) if stated.size else (0, 0)
    # the smallest number of each width stands for MISSING, so it is not available to values
    width = next(i for i, kind in enumerate(_WIDTHS) if np.iinfo(kind).min < low and high <= np.iinfo(kind).max)
    kind = _WIDTHS[width]
    narrow = np.where(vector == MISSING, np.iinfo(kind).min, vector).astype(kind)
    raw = narrow.tobytes()
    # level 1: slabs are mostly runs of one number, and higher levels cost 5 times the time for 10 % less
    small = zlib.compress(raw, 1)
    deflated = len(small) < 0.8 * len(raw)
    head = bytes([width | (_DEFLATED if deflated else 0) | (_BEGINS if start else 0)])
    return head + (_START.pack(start) if start else b"") + (small if deflated else raw)


def start_of(body: bytes) -> int:
    """The leaf at which the vector of a slab body begins."""
    return int(_START.unpack_from(body, 1)[0]) if body[0] & _BEGINS else 0


def unpack(body: bytes) -> Vector:
    """The int32 vector of a slab body, over the leaves from :func:`start_of` on."""
    kind = _WIDTHS[body[0] & 0x0F]
    told = memoryview(body)[1 + (_START.size if body[0] & _BEGINS else 0) :]
    raw = zlib.decompress(told) if body[0] & _DEFLATED else told
    narrow = np.frombuffer(raw, dtype=kind)
    vector = narrow.astype(np.int32)
    if kind.itemsize < 4:
        vector[narrow == np.iinfo(kind).min] = MISSING
    return vector


def pack_rows(rows: NDArray[np.void]) -> bytes:
    """A structured array as bytes."""
    return zlib.compress(rows.tobytes(), 1)


def unpack_rows(body: bytes, kind: np.dtype[np.void]) -> NDArray[np.void]:
    """The structured array of :func:`pack_rows`."""
    return np.frombuffer(zlib.decompress(body), dtype=kind)
