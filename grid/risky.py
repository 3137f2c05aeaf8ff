"""Where the infection was: the leaves that a zone or a risk area touched, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np

from data.days import day_number, to_day
from data.store import Slab, Zone
from grid.arrays import Bools, Rows
from grid.counts import WEEK
from grid.ground import Ground

#: Grades of risk areas in which somebody counts as having been exposed.
GRADES = ("risk_high", "risk_middle")

#: Days that are looked back upon at most: no colour stands on what was a year ago.
MOST_DAYS = 400

#: Levels whose name alone says nothing of where in them somebody was.
_WIDE = ("country", "province", "city", "district")


@dataclass(frozen=True)
class Risky:
    """The zones and risk areas that were known at version ``upto``.

    A doubt is settled for the person: an area below the district that was touched somewhere counts for whoever is known
    no finer, and one that is known no finer (a risk area of a community) counts for all who were in it.
    """

    ground: Ground
    upto: int

    def __call__(self, leaf: Rows, first: Rows, last: Rows) -> Bools | None:
        """Whether each leaf was touched on one of the days ``first``..``last``, arrays of one length; None if no zone
        and no risk area was ever known."""
        if not self._zones and not self._listed:
            return None
        stop = int(last.max(initial=0)) + 1
        start = max(int(first.min(initial=stop)), stop - MOST_DAYS)
        days = np.zeros((stop - start + 1, len(self.ground.geography.leaves)), np.int16)
        np.cumsum(self._touched(start, stop), axis=0, out=days[1:])
        began, ended = np.clip(first - start, 0, stop - start), np.clip(last + 1 - start, 0, stop - start)
        return np.asarray(days[ended, leaf] > days[began, leaf])

    @cached_property
    def _zones(self) -> list[Zone]:
        return [zone for zone in self.ground.store.zones(self.upto) if self._ours(zone.source)]

    def _ours(self, source: str) -> bool:
        """Whether a source tells of this city. In a store of one city all do, those too that its file names no more."""
        return self.ground.whole is None or source in self.ground.sources

    @cached_property
    def _listed(self) -> bool:
        return any(self._ours(source) for _, _, source, _ in self.ground.store.tellings(GRADES, self.upto))

    def _touched(self, start: int, stop: int) -> Bools:
        """Days ``start``..``stop`` - 1 x leaves."""
        touched = np.zeros((stop - start, len(self.ground.geography.leaves)), np.bool_)
        for zone in self._zones:
            end = stop if zone.stop is None else day_number(zone.stop)
            days = slice(max(day_number(zone.start) - start, 0), max(end - start, 0))
            touched[days, self._covered(zone)] = True
        for slab, first, end in self._lists(start, stop):
            touched[max(first - start, 0) : max(end - start, 0)] |= self._leaves(slab)
        self._settle(touched)
        return touched

    def _lists(self, start: int, stop: int) -> Iterator[tuple[Slab, int, int]]:
        """(list of risk areas, the first day that it holds, the first that it does not): until the next one, at most
        for a week."""
        every = self.ground.store.slabs(GRADES, to_day(start - WEEK), to_day(stop - 1), self.upto)
        found = [slab for slab in every if self._ours(slab.source)]
        for _, several in groupby(sorted(found, key=_feed), key=lambda slab: _feed(slab)[:2]):
            slabs = list(several)
            days = [day_number(slab.day) for slab in slabs]
            for slab, first, following in zip(slabs, days, [*days[1:], stop], strict=True):
                yield slab, first, min(following, first + WEEK + 1)

    def _covered(self, zone: Zone) -> Rows:
        """The leaves of a zone; of one that only names a part of an area the area's own."""
        leaf = self.ground.local(zone.geography, np.asarray(zone.covered["leaf"]))
        areas = self.ground.geography.areas
        if len(leaf):
            return leaf[leaf >= 0]
        row = areas.row_of.get(zone.area, 0 if self.ground.whole is None else -1)
        return areas.lo[[row]] if row >= 0 else leaf

    def _leaves(self, slab: Slab) -> Bools:
        return np.asarray(self.ground.vector(slab.geography, slab.start, slab.vector) > 0)

    def _settle(self, touched: Bools) -> None:
        """Settle the doubts: down to all of an area that is known no finer, up to those who are known no finer."""
        geography = self.ground.geography
        areas, leaves = geography.areas, geography.leaves
        narrow = np.array([level not in _WIDE for level in areas.level])
        own = np.flatnonzero(touched.any(axis=0) & (leaves.cell < 0) & narrow[leaves.area])
        for at, row in zip(own.tolist(), leaves.area[own].tolist(), strict=True):
            touched[:, areas.lo[row] : areas.hi[row]] |= touched[:, at : at + 1]
        for day in touched:
            total = np.concatenate([[0], np.cumsum(day)])
            day[areas.lo[narrow & (total[areas.hi] > total[areas.lo])]] = True


def _feed(slab: Slab) -> tuple[str, str, int]:
    return slab.source, slab.count, day_number(slab.day)
