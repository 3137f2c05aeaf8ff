"""What was found where on a day: something, nothing, or nobody said. Silence is never taken for nothing.

A finding is a case, an asymptomatic infection, or an address with a positive. Each leaf has one of three words a day:
FOUND, NONE, SILENT. A leaf that no source speaks of takes the word of the nearest area above it that was spoken of as
a whole: its zero is a zero for all of it, its findings may lie anywhere in it, so the leaf stays SILENT.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from data.slabs import MISSING

if TYPE_CHECKING:
    from grid.cube import Key, View

Day = dt.date
Words = NDArray[np.uint8]
Rows = NDArray[np.int64]

NONE, FOUND, SILENT = 0, 1, 2

#: What is delivered together, and is enough by itself to say that nothing was found: persons, or addresses.
BASES = (("cases", "asymptomatic"), ("addresses",))

#: Ground outside an area's cells and children that is a sliver of drawing, as a share of the area.
SLIVER = 0.01


@dataclass(frozen=True)
class DayFound:
    """One day: ``word`` by leaf, and ``loose`` by area row: findings known of the area but of nothing in it."""

    word: Words
    loose: NDArray[np.int64]

    @property
    def nbytes(self) -> int:
        """Size in memory."""
        return self.word.nbytes + self.loose.nbytes


class Findings:
    """The findings of a view, asked by day. Days are kept: a view never changes."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._days: dict[Day, DayFound] = {}

    def on(self, days: Sequence[Day]) -> list[DayFound]:
        """The days asked for: the same object for two versions that know the same of a day."""
        fresh = [day for day in days if day not in self._days]
        shelf = self.view.shelves.vectors
        known = {day: shelf.get(self._key(day)) for day in fresh}
        self._days |= {day: found for day, found in known.items() if found is not None}
        self._read([day for day in fresh if known[day] is None])
        return [self._days[day] for day in days]

    def _key(self, day: Day) -> Key:
        return ("found", *(self.view.key(count, day) for base in BASES for count in base))

    def _read(self, days: Sequence[Day]) -> None:
        parts = [[self.view.vectors(count, days) for count in base] for base in BASES]
        for at, day in enumerate(days):
            words = [self._words([vectors[at] for vectors in base]) for base in parts]
            word = np.where(words[0].word == SILENT, words[1].word, words[0].word)
            found = (words[0].word == FOUND) | (words[1].word == FOUND)
            made = DayFound(np.where(found, np.uint8(FOUND), word), words[0].loose)
            self._days[day] = self.view.shelves.vectors.put(self._key(day), made)

    def _words(self, vectors: Sequence[NDArray[np.int64] | None]) -> DayFound:
        spoken = [vector for vector in vectors if vector is not None]
        size, areas = len(self.view.leaves), len(self.view.areas)
        if not spoken:
            return DayFound(np.full(size, SILENT, np.uint8), np.zeros(areas, np.int64))
        stack = np.stack(spoken)
        stated = (stack != MISSING).any(axis=0)
        value = np.where(stack == MISSING, 0, stack).sum(axis=0)
        word = np.where(stated, np.where(value > 0, FOUND, NONE), SILENT).astype(np.uint8)
        self._fill(word, stated)
        loose = np.where(self._open, value[self.view.areas.lo], 0)
        return DayFound(word, loose)

    def _fill(self, word: Words, stated: NDArray[np.bool_]) -> None:
        """Gives silent leaves the word of the area above them, where it has one that holds for all of it."""
        areas, leaves = self.view.areas, self.view.leaves
        own = np.where(stated[areas.lo], word[areas.lo], SILENT)
        above = np.where(own == FOUND, SILENT, own)
        for rows in self._by_depth[1:]:
            above[rows] = np.where(stated[areas.lo[rows]], above[rows], above[areas.parent[rows]])
        silent = np.flatnonzero(~stated)
        word[silent] = above[leaves.area[silent]]
        whole = np.flatnonzero(self._whole(stated) & (word[areas.lo] == SILENT))
        word[areas.lo[whole]] = NONE  # every part of it was spoken of: nothing is left over

    def _whole(self, stated: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """The areas all of whose cells and children were spoken of, whether or not they were themselves."""
        areas, leaves = self.view.areas, self.view.leaves
        silent_cells = np.bincount(leaves.area, (~stated) & (leaves.cell >= 0), len(areas))
        own = stated[areas.lo]
        lacking = (silent_cells > 0) | self._rest
        for rows in self._by_depth[:0:-1]:
            lacking[rows] &= ~own[rows]
            np.logical_or.at(lacking, areas.parent[rows], lacking[rows])
        return np.asarray(~lacking)

    @cached_property
    def _by_depth(self) -> list[Rows]:
        depth = self.view.areas.depth
        return [np.flatnonzero(depth == step) for step in range(int(depth.max()) + 1)]

    @cached_property
    def _open(self) -> NDArray[np.bool_]:
        """The areas that have cells or children: their own leaf is what could not be located in them."""
        return np.asarray(self.view.areas.hi - self.view.areas.lo > 1)

    @cached_property
    def _rest(self) -> NDArray[np.bool_]:
        """The areas whose own leaf is ground of its own: without parts, or with much ground outside of them."""
        areas, m2 = self.view.areas, self.view.leaves.m2
        return np.asarray(~self._open | (m2[areas.lo] > SLIVER * self.view.geography.area_m2))
