"""First and last day of which anything was stated, leaf by leaf: of any area they are two reductions of a slice."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from data.days import day_number, to_day
from data.slabs import MISSING
from data.store import Slab
from grid.moved import Part

if TYPE_CHECKING:
    from grid.cube import View

Day = dt.date
Days = NDArray[np.int32]

#: What stands where nothing was stated: after every day for the first, before every day for the last.
NEVER, NOT_YET = np.iinfo(np.int32).max, np.iinfo(np.int32).min
#: Days read from the store at once: a month of vectors of the largest city is 15 MB.
AT_ONCE = 30


@dataclass(frozen=True, slots=True)
class _Of:
    """The ends of one source over its own leaves, from ``start`` on."""

    start: int
    first: Days
    last: Days


def _wide_enough(one: _Of | None, part: Part) -> _Of:
    """The ends with room for the leaves of ``part``."""
    if one is None:
        size = len(part.vector)
        return _Of(part.start, np.full(size, NEVER, np.int32), np.full(size, NOT_YET, np.int32))
    before = max(one.start - part.start, 0)
    behind = max(part.start + len(part.vector) - one.start - len(one.first), 0)
    if not before and not behind:
        return one
    first, last = (
        np.pad(days, (before, behind), constant_values=nothing)
        for days, nothing in ((one.first, NEVER), (one.last, NOT_YET))
    )
    return _Of(one.start - before, first, last)


class Ends:
    """The ends of every count of a view, by source, read once when first asked for, and of another version only where
    that was told more. Thread-safe."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._kept: dict[str, Mapping[str, _Of]] = {}
        self._lock = threading.Lock()

    def days(self, count: str, row: int) -> list[Day]:
        """First and last day on which a count is stated of the area at ``row``, or of any of it; [] for none."""
        found = self._of(count).values()
        firsts = [int(one.first[self._inside(one, row)].min(initial=NEVER)) for one in found]
        lasts = [int(one.last[self._inside(one, row)].max(initial=NOT_YET)) for one in found]
        if max(lasts, default=NOT_YET) == NOT_YET:
            return []
        return [to_day(min(firsts)), to_day(max(lasts))]

    def newest(self, source: str, row: int) -> Day | None:
        """The last day of which a source states any count of the area at ``row``; None where it states none."""
        told = [self._of(count)[source] for count in self.view.stated_days if source in self._of(count)]
        lasts = [int(one.last[self._inside(one, row)].max(initial=NOT_YET)) for one in told]
        newest = max(lasts, default=NOT_YET)
        return None if newest == NOT_YET else to_day(newest)

    def _inside(self, one: _Of, row: int) -> slice:
        """Where the leaves of an area are among those of a source."""
        lo, hi = (max(int(at[row]) - one.start, 0) for at in (self.view.areas.lo, self.view.areas.hi))
        return slice(lo, hi)

    def _of(self, count: str) -> Mapping[str, _Of]:
        with self._lock:
            if count not in self._kept:
                key = "ends", count, self.view.told([count])
                self._kept[count] = self.view.shelves.ends.made(key, lambda: self._read(count))
            return self._kept[count]

    def _read(self, count: str) -> Mapping[str, _Of]:
        found: dict[str, _Of] = {}
        for slab in self._slabs(count):
            part, day = self.view.part(slab), np.int32(day_number(slab.day))
            one = found[slab.source] = _wide_enough(found.get(slab.source), part)
            at = np.flatnonzero(part.vector != MISSING) + part.start - one.start
            one.first[at] = np.minimum(one.first[at], day)
            one.last[at] = np.maximum(one.last[at], day)
        return found

    def _slabs(self, count: str) -> Iterator[Slab]:
        pairs = set(self.view.stated_days.get(count, ()))
        days = sorted({day for day, _ in pairs})
        for part in (days[at : at + AT_ONCE] for at in range(0, len(days), AT_ONCE)):
            for slab in self.view.slabs(count, part):
                if (slab.day, slab.source) in pairs:
                    yield slab
