"""Rows that were placed -> statements, and statements -> slabs.

A statement says "key: this many of that count at this leaf on that day". The last load that speaks of a
key is right about it, so a correction moves a person from one day or street to another without a trace
left behind, and a file of one district never touches another's. Within one load equal keys add up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.days import to_day
from data.slabs import MISSING, STATEMENT, Vector

Day = dt.date
Statements = NDArray[np.void]

_EPOCH = np.datetime64("1970-01-01", "D")


@dataclass(frozen=True)
class Speech:
    """What one load says: its statements and the counts that their ``count`` numbers mean."""

    counts: tuple[str, ...]
    rows: Statements
    covered: tuple[int, ...] = ()

    @property
    def spoken_days(self) -> NDArray[np.int32]:
        """The days spoken of, in order: those of the rows, and those ``covered`` though no row names them."""
        return np.unique(np.concatenate([self.rows["day"], np.array(self.covered, np.int32)])).astype(np.int32)

    @property
    def days(self) -> tuple[Day, Day]:
        """The first and last day spoken of."""
        numbers = self.spoken_days
        return to_day(numbers[0]), to_day(numbers[-1])


def day_numbers(days: pd.Series | NDArray[np.datetime64]) -> NDArray[np.int32]:
    """Day numbers of datetime64 values."""
    return ((np.asarray(days).astype("datetime64[D]") - _EPOCH) // np.timedelta64(1, "D")).astype(np.int32)


def keys(rows: pd.DataFrame, columns: Sequence[str], secret: str) -> NDArray[np.uint64]:
    """A 64-bit keyed hash of ``columns`` of each row: equal words, equal keys.

    64 bits: among ten million keys the chance of any collision is about 3 in a million.
    """
    words = pd.DataFrame({name: rows[name].astype(str) for name in columns})
    hashed = pd.util.hash_pandas_object(words, index=False, hash_key=secret[:16].ljust(16))
    return np.asarray(hashed, np.uint64)


def speak(
    counts: Sequence[str],
    key: NDArray[np.uint64],
    day: NDArray[np.int32],
    count: NDArray[np.uint8],
    leaf: NDArray[np.int32],
    value: NDArray[np.int64],
) -> Speech:
    """Statements of one load; equal (key, day, count, leaf) are added up. OverflowError past int32."""
    rows = np.zeros(len(key), STATEMENT)
    for name, column in (("key", key), ("day", day), ("count", count), ("leaf", leaf), ("value", value)):
        rows[name] = column
    return Speech(tuple(counts), merge(rows))


def merge(rows: Statements) -> Statements:
    """Statements with equal (key, day, count, leaf) added up."""
    order = np.lexsort((rows["leaf"], rows["count"], rows["day"], rows["key"]))
    rows = rows[order]
    where = ("key", "day", "count", "leaf")
    new = np.ones(len(rows), np.bool_)
    new[1:] = np.logical_or.reduce([rows[name][1:] != rows[name][:-1] for name in where])
    start = np.flatnonzero(new)
    merged = rows[start]
    if len(start):
        merged["value"] = _narrow(np.add.reduceat(rows["value"].astype(np.int64), start))
    return merged


def _narrow(total: NDArray[np.int64]) -> NDArray[np.int32]:
    if total.size and total.max() > np.iinfo(np.int32).max:
        raise OverflowError(f"{total.max()} is more than a slab holds")
    return total.astype(np.int32)


def renumber(rows: Statements, counts: Sequence[str], wanted: Sequence[str]) -> Statements:
    """Statements whose ``count`` numbers ``counts``, with numbers of ``wanted``; what is of none is left out."""
    number = np.array([wanted.index(count) if count in wanted else -1 for count in counts])
    moved: Statements = rows[number[rows["count"]] >= 0]
    moved["count"] = number[moved["count"]]
    return moved


def latest(speeches: Iterable[Statements]) -> Statements:
    """What still holds of ``speeches``, oldest first: of every key only its last speech."""
    parts = list(speeches)
    rows = np.concatenate(parts) if parts else np.zeros(0, STATEMENT)
    turn = np.repeat(np.arange(len(parts), dtype=np.int32), [len(part) for part in parts])
    order = np.lexsort((turn, rows["key"]))
    rows, turn = rows[order], turn[order]
    last = np.ones(len(rows), np.bool_)
    last[:-1] = rows["key"][1:] != rows["key"][:-1]
    group = np.cumsum(np.concatenate([[0], last[:-1]])).astype(np.int64)
    return rows[turn == turn[last][group]] if len(rows) else rows


def touched_days(earlier: Iterable[Statements], new: Statements) -> NDArray[np.int32]:
    """The days whose slabs ``new`` changes: its own, and those from which it takes a key away."""
    spoken = np.unique(new["key"])
    moved = [rows["day"][np.isin(rows["key"], spoken)] for rows in earlier]
    return np.unique(np.concatenate([new["day"], *moved]))


def slabs(
    rows: Statements,
    counts: Sequence[str],
    days: Sequence[int],
    zero: NDArray[np.bool_],
    stated: Collection[tuple[str, Day]] = (),
) -> Iterator[tuple[str, Day, Vector]]:
    """(count, day, vector) for every count and day; a leaf nobody spoke of is zero where ``zero``, else
    MISSING.

    ``stated`` have a slab already: one of which nothing is left is taken back by an empty one.
    """
    order = np.lexsort((rows["count"], rows["day"]))
    rows = rows[order]
    for day in days:
        lo, hi = np.searchsorted(rows["day"], [day, day + 1])
        for number, count in enumerate(counts):
            here = rows[lo:hi][rows["count"][lo:hi] == number]
            if len(here) or zero.any() or (count, to_day(day)) in stated:
                yield count, to_day(day), vector(here["leaf"], here["value"], zero)


def vector(leaf: NDArray[np.int32], value: NDArray[np.int32], zero: NDArray[np.bool_]) -> Vector:
    """Values summed by leaf; unspoken leaves are zero where ``zero``, else MISSING."""
    total = np.zeros(len(zero), np.int64)
    np.add.at(total, leaf, value)
    narrow = _narrow(total)
    silent = ~zero
    silent[leaf] = False
    narrow[silent] = MISSING
    return narrow
