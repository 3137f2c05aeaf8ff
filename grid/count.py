"""Counting: rows -> integers per leaf. One definition, partial(pieces) and merge, for every engine.

Adding integers does not care for order, so pieces of a ledger may be counted by threads, processes or
machines in any order, and the sums are the same to the last unit.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from data.rejects import Reject
from grid.arrays import Cells, Ints, Rows
from grid.batches import EPOCH, EXAMPLES, FIRST, LAST, REJECTS, Batch, Layout, Piece, Reader, pieces
from grid.engine import ByDay, Sums, Threads, Work, current, current_progress
from grid.jit import kernel, usable
from grid.located import Note, Where, every_place

#: Rows of a piece: large enough that starting on one costs nothing, small enough to share out evenly.
PIECE_ROWS = 1 << 21
#: 2**64 / golden ratio: spreads neighbouring numbers over a hash table (Knuth).
GOLDEN = 0x9E3779B97F4A7C15
#: Bits of a page (12 are four H3 digits) and the number of pages up to which pages are worth it.
PAGE_BITS, MOST_PAGES = (12, 9, 6), 2048
#: Rows whose places are worked out before they are counted: 16 kB, half a level-1 cache.
BLOCK = 2048


def count_points(rows: Rows, days: Rows, weights: Ints | None, shape: tuple[int, int]) -> NDArray[np.int64]:
    """Sum of ``weights`` (1 each if None) per (day, leaf): int64 of ``shape`` (days, leaves).

    ``rows`` are leaves, ``days`` day numbers from 0; what is negative in either is nowhere and left out.
    """
    placed = (rows >= 0) & (days >= 0)
    flat = days[placed].astype(np.int64) * shape[1] + rows[placed]
    total = np.zeros(shape[0] * shape[1], dtype=np.int64)
    if weights is None:
        total += np.bincount(flat, minlength=total.size)
    else:
        np.add.at(total, flat, weights[placed])
    return total.reshape(shape)


# --- cells -> leaves -----------------------------------------------------------------------------


class CellTable:
    """Cell -> leaf by two array reads: a page of neighbours, then the place on the page.

    H3 numbers cells by their parents, so a city's cells differ in few bits: what is equal at the low
    end (unused digits) is cut off, the next ``page_bits`` are the place on a page, the rest names it.
    A city has some dozens of pages, found by a hash without collisions (a multiplier is tried until
    there are none), so that no row takes a branch that the processor cannot foresee.

    ``leaves`` int32; cells need not be sorted. Raises ValueError if one occurs twice. Picklable.
    Cells scattered too widely for pages have ``paged`` False and are found by bisection.
    """

    def __init__(self, cells: Cells, leaves: Rows) -> None:
        order = np.argsort(cells)
        self.ordered = np.asarray(cells, dtype=np.uint64)[order]
        self.rows = np.asarray(leaves, dtype=np.int32)[order]
        if (self.ordered[1:] == self.ordered[:-1]).any():
            raise ValueError("a cell occurs twice")
        self.shift = _equal_low_bits(self.ordered)
        self.low = int(self.ordered[0]) & ((1 << self.shift) - 1) if self.ordered.size else 0
        self.page_bits = next((bits for bits in PAGE_BITS if self._fits(bits)), 0)
        self.paged = self.page_bits > 0
        if self.paged:
            self._fill()

    def _names(self, bits: int) -> Cells:
        return np.asarray(self.ordered >> np.uint64(self.shift + bits))

    def _fits(self, bits: int) -> bool:
        pages = np.unique(self._names(bits)).size
        return 0 < pages <= MOST_PAGES and pages << bits <= 8 * self.ordered.size + (1 << 16)

    def _fill(self) -> None:
        names, page = np.unique(self._names(self.page_bits), return_inverse=True)
        place = (self.ordered >> np.uint64(self.shift)).astype(np.int64) & ((1 << self.page_bits) - 1)
        # the page after the last is empty: where every unused key leads
        self.table = np.full((names.size + 1) << self.page_bits, -1, dtype=np.int32)
        self.table[(page << self.page_bits) + place] = self.rows
        self.multiplier, self.bits = _without_collisions(names)
        at = (names * np.uint64(self.multiplier)) >> np.uint64(64 - self.bits)
        self.keys = np.zeros(1 << self.bits, dtype=np.uint64)
        self.page_of = np.full(1 << self.bits, names.size, dtype=np.int32)
        self.keys[at], self.page_of[at] = names, np.arange(names.size, dtype=np.int32)

    def find(self, cells: Cells) -> Rows:
        """The leaf of each cell, -1 if unknown: the plain numpy way, by bisection."""
        if not self.ordered.size:
            return np.full(cells.shape, -1, dtype=np.int32)
        at = np.minimum(np.searchsorted(self.ordered, cells), self.ordered.size - 1)
        return np.where(self.ordered[at] == cells, self.rows[at], -1).astype(np.int32)


def _without_collisions(names: Cells) -> tuple[int, int]:
    """(odd multiplier, bits): the top bits of name * multiplier differ between all names.

    With as many places as names squared every second multiplier does; the rest doubles the room.
    """
    bits = max(1, int(names.size).bit_length())
    while True:
        for attempt in range(16):
            multiplier = (GOLDEN * (2 * attempt + 1)) % (1 << 64)
            at = (names * np.uint64(multiplier)) >> np.uint64(64 - bits)
            if np.unique(at).size == names.size:
                return multiplier, bits
        bits += 1


def _equal_low_bits(cells: Cells) -> int:
    """How many bits at the low end are the same in all cells."""
    if not cells.size:
        return 0
    differ = int(np.bitwise_or.reduce(cells ^ cells[0]))
    return (differ & -differ).bit_length() - 1 if differ else 0


@kernel(
    "i8(const u8[::1], const i4[::1], const i8[::1], i8, i4, i8, u8, i8, i8, u8, u8[::1], i4[::1], i4[::1],"
    "i4[::1], i4[:, :, ::1])",
    error_model="numpy",
)
def _count(
    cells: Cells, days: Rows, status: Ints, start: int, sign: int, shift: int, low: np.uint64, page_bits: int,
    bits: int, multiplier: np.uint64, keys: Cells, page_of: Rows, table: Rows, slots: Rows, cube: Rows,
) -> int:  # fmt: skip
    """Add ``sign`` for each row from ``start``; the first row whose day has no slot yet, or the end.

    Places are worked out a block at a time and counted after it, so that the misses of the cache
    overlap. The last leaf of the cube takes the rows of unknown cells.
    """
    wide, statuses = cube.shape[2], cube.shape[1]
    flat = cube.reshape(-1)
    empty = np.int64(table.size >> page_bits) - 1
    mask_low, mask_page = (np.uint64(1) << np.uint64(shift)) - np.uint64(1), (1 << page_bits) - 1
    up, up_page, up_hash = np.uint64(shift), np.uint64(page_bits), np.uint64(64 - bits)
    place = np.empty(BLOCK, np.int64)
    for first in range(start, cells.size, BLOCK):
        n = min(BLOCK, cells.size - first)
        block, day, state = cells[first : first + n], days[first : first + n], status[first : first + n]
        for i in range(n):
            rest = block[i] >> up
            name = rest >> up_page
            at = np.uint64((name * multiplier) >> up_hash)
            page = np.int64(page_of[at]) if keys[at] == name else empty
            leaf = table[np.uint64((page << page_bits) + (np.int64(rest) & mask_page))]
            known = (leaf >= 0) & ((block[i] & mask_low) == low)
            place[i] = leaf if known else wide - 1
        for i in range(n):
            slot = slots[np.uint64(day[i])]
            if slot < 0:
                return first + i
            flat[np.uint64((slot * statuses + state[i]) * wide + place[i])] += sign
    return cells.size


# --- tallies ---------------------------------------------------------------------------------------


@dataclass
class Tally:
    """What a ledger, or a part of it, adds up to.

    ``cube`` (slots, statuses, leaves + 1) int32 or int64 belongs to the days of ``slot_of``; its last
    leaf holds the rows whose cell is unknown. If ``spans``, the cube holds changes from day to day, and
    a status lasts until it is taken back. ``rows`` were read, ``bad`` of them refused and
    ``unlocated`` of the good ones in no known cell; ``rejects`` and ``unknown`` are examples of these. ``noted``:
    rows that were not placed finely. ``last`` is the last day that was named.
    """

    statuses: int
    leaves: int
    spans: bool = False
    rows: int = 0
    bad: int = 0
    last: int = FIRST - 1
    unlocated: int = 0
    rejects: list[Reject] = field(default_factory=list)
    unknown: list[Reject] = field(default_factory=list)
    noted: Counter[Note] = field(default_factory=Counter)
    slot_of: dict[int, int] = field(default_factory=dict)
    cube: NDArray[np.int32] | NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 0, 0), np.int32))

    def slot(self, day: int) -> int:
        """The cube's slot for a day, made if it is new; the room doubles when it runs out."""
        if day not in self.slot_of:
            if len(self.slot_of) >= len(self.cube):
                self.reserve(max(1, 2 * len(self.slot_of)))
            self.slot_of[day] = len(self.slot_of)
        return self.slot_of[day]

    def reserve(self, slots: int) -> None:
        """Room for so many days."""
        grown = np.zeros((slots, self.statuses, self.leaves + 1), dtype=self.cube.dtype)
        if self.slot_of:
            grown[: len(self.slot_of)] = self.cube[: len(self.slot_of)]
        self.cube = grown

    def days(self) -> Iterator[tuple[dt.date, NDArray[np.int64], NDArray[np.int64]]]:
        """(day, counts (statuses, leaves), rows of unknown cells (statuses,)) in order of day, int64.

        For spans: every day from the first start to the last day that the ledger names.
        """
        running = np.zeros((self.statuses, self.leaves + 1), dtype=np.int64)
        for day in self._named_days():
            if day in self.slot_of:
                change = self.cube[self.slot_of[day]]
                running = running + change if self.spans else change.astype(np.int64)
            yield EPOCH + dt.timedelta(day), running[:, :-1].copy(), running[:, -1].copy()

    def _named_days(self) -> Iterable[int]:
        if not self.spans or not self.slot_of:
            return sorted(self.slot_of)
        return range(min(self.slot_of), self.last + 1)


def merge(tallies: Iterable[Tally]) -> Tally:
    """The sum of parts of one ledger (at least one); the first one's cube takes the others in."""
    every = iter(tallies)
    total = next(every)
    for part in every:
        total = _add(total, part)
    return total


def _taken(tally: Tally) -> ByDay:
    """The cube by day, taken out of a tally."""
    sums = [(day, tally.cube[slot]) for day, slot in tally.slot_of.items()]
    tally.slot_of, tally.cube = {}, np.zeros((0, 0, 0), np.int32)
    return sums


def _given(tally: Tally, sums: ByDay) -> None:
    """Put a cube by day back into a tally that was merged without."""
    for day, counts in sums:
        slot = tally.slot(day)  # may make another, larger cube
        tally.cube[slot] = counts


def _add(total: Tally, part: Tally) -> Tally:
    total.rows += part.rows
    if total.rows >= 2**31 and total.cube.dtype == np.int32:
        # more rows than an int32 can count, should they all lie in one leaf
        total.cube = total.cube.astype(np.int64)
    new = sum(day not in total.slot_of for day in part.slot_of)
    if new:
        total.reserve(len(total.slot_of) + new)
    for day, slot in part.slot_of.items():
        total.cube[total.slot(day)] += part.cube[slot]
    total.bad += part.bad
    total.unlocated += part.unlocated
    total.last = max(total.last, part.last)
    total.noted.update(part.noted)
    total.rejects = first_rejects([*total.rejects, *part.rejects], REJECTS)
    total.unknown = first_rejects([*total.unknown, *part.unknown], EXAMPLES)
    return total


def first_rejects(rejects: list[Reject], most: int) -> list[Reject]:
    """The same ones whoever counted which piece."""
    return sorted(rejects, key=lambda reject: (str(reject.more.get("file")), reject.row))[:most]


# --- ledgers -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a worker needs besides the pieces; picklable."""

    layout: Layout
    table: CellTable
    statuses: int
    leaves: int


def work_of(plan: Plan) -> Work[Tally]:
    """What an engine is to do by a plan."""
    sums = Sums((plan.statuses, plan.leaves + 1), _taken, _given)
    return Work(partial, merge, plan, attrgetter("rows"), sums, lasting=True)


def partial(parts: Iterable[Piece], plan: Plan, progress: Callable[[int], None] | None = None) -> Tally:
    """The tally of some pieces of a ledger. ``progress`` is told the rows of each batch."""
    tally = Tally(plan.statuses, plan.leaves, "until" in plan.layout.columns)
    counter, reader = _Counter(plan.table, tally), Reader(plan.layout)
    for piece in parts:
        for batch in reader.batches(piece):
            counter.add(batch, piece.path.name)
            if progress is not None:
                progress(batch.rows)
    return tally


class _Counter:
    """Adds batches to one tally."""

    def __init__(self, table: CellTable, tally: Tally) -> None:
        self.table = table
        self.tally = tally
        self.slots = np.full(LAST + 1, -1, dtype=np.int32)

    def add(self, batch: Batch, file: str) -> None:
        tally = self.tally
        tally.rows += batch.rows
        tally.bad += batch.bad
        tally.rejects = (tally.rejects + batch.rejects)[:REJECTS]
        if not batch.cells.size:
            return
        tally.noted.update(batch.noted)
        before = self._nowhere()
        self._count(batch.cells, batch.days, batch.status, 1)
        lost = self._nowhere() - before
        tally.unlocated += lost
        if lost and len(tally.unknown) < EXAMPLES:
            self._note_unknown(batch, file)
        tally.last = max(tally.last, int(batch.days.max()))
        if batch.until is not None:
            self._end(batch, batch.until)

    def _end(self, batch: Batch, until: Rows) -> None:
        """Take each span's status back on the day it ends."""
        ends = until < LAST
        if ends.any():
            self._count(batch.cells[ends], until[ends], batch.status[ends], -1)
            self.tally.last = max(self.tally.last, int(until[ends].max()) - 1)

    def _nowhere(self) -> int:
        return int(self.tally.cube[:, :, -1].sum()) if len(self.tally.cube) else 0

    def _count(self, cells: Cells, days: Rows, status: Ints, sign: int) -> None:
        if not (usable() and self.table.paged):
            self._count_numpy(cells, days, status, sign)
            return
        table, done = self.table, 0
        while True:
            # int64 comes only of merging; what is counted into is always int32
            cube = cast("Rows", self.tally.cube)
            done = _count(
                cells, days, status, done, sign, table.shift, np.uint64(table.low), table.page_bits, table.bits,
                np.uint64(table.multiplier), table.keys, table.page_of, table.table, self.slots, cube,
            )  # fmt: skip
            if done == len(cells):
                return
            self._open(int(days[done]))

    def _open(self, day: int) -> None:
        self.slots[day] = self.tally.slot(day)

    def _count_numpy(self, cells: Cells, days: Rows, status: Ints, sign: int) -> None:
        for day in np.unique(days).tolist():
            self._open(day)
        leaf = self.table.find(cells)
        leaf = np.where(leaf < 0, self.tally.leaves, leaf)
        np.add.at(self.tally.cube, (self.slots[days], status, leaf), sign)

    def _note_unknown(self, batch: Batch, file: str) -> None:
        at = np.flatnonzero(self.table.find(batch.cells) < 0)[:EXAMPLES]
        for row, cell in zip(batch.numbers[at].tolist(), batch.cells[at].tolist(), strict=True):
            why = "unknown_place" if cell else "no_place"
            text = f"{cell:x}" if cell else ""
            self.tally.unknown.append(Reject(row, "cell", text, why, {"file": file}))
        del self.tally.unknown[EXAMPLES:]


def count_ledger(
    files: Sequence[Path],
    where: tuple[Cells, Rows] | Where,
    statuses: Mapping[str, int],
    columns: Mapping[str, str],
    n_leaves: int,
    progress: Callable[[int], None] | None = None,
    *,
    day_format: str = "%Y-%m-%d",
    encoding: str = "utf-8",
    inclusive: bool = False,
    lasting: bool = False,
    threads: int | None = None,
) -> Tally:
    """Count the rows of ledgers (Parquet, CSV) per day, status and leaf, reading them once, streaming.

    ``where``: cells (uint64) and their leaves (int32), or what places rows. ``statuses``: spelling -> number from 0.
    ``columns``: cell (or the fields of ``where``), day, status and perhaps until -> heading. A row counts on its day;
    with until (exclusive) on each day from its day to the one before. An empty until is the next day; one from
    data.sources.parse.NO_END on means "still so", and the row counts to the last day that the ledger names.
    ``inclusive``: until is the last day itself; ``lasting``: an empty one means "still so". ``progress`` is told the
    rows done so far, from one thread at a time.

    Raises MissingColumns, UnreadableFile, WrongEncoding.
    """
    spelling = {word.strip().lower(): number for word, number in statuses.items()}
    placing = None if isinstance(where, tuple) else where
    layout = Layout(dict(columns), spelling, day_format, encoding, inclusive, lasting, placing)
    table = CellTable(*(where if isinstance(where, tuple) else every_place(n_leaves)))
    plan = Plan(layout, table, max(spelling.values(), default=-1) + 1, n_leaves)
    parts = [piece for path in files for piece in pieces(path, PIECE_ROWS)]
    return (Threads(threads) if threads else current()).count(work_of(plan), parts, progress or current_progress())
