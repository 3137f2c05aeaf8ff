"""First and last day of which anything was stated, leaf by leaf: of any area they are two reductions of a slice."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from data.days import day_number, to_day
from data.slabs import MISSING
from data.store import Slab

if TYPE_CHECKING:
    from grid.cube import View

Day = dt.date
Days = NDArray[np.int32]

#: What stands where nothing was stated: after every day for the first, before every day for the last.
NEVER, NOT_YET = np.iinfo(np.int32).max, np.iinfo(np.int32).min
#: Days read from the store at once: a month of vectors of the largest city is 15 MB.
AT_ONCE = 30


class Ends:
    """The ends of every count of a view, by source, read once when first asked for. Thread-safe."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._kept: dict[str, Mapping[str, tuple[Days, Days]]] = {}
        self._lock = threading.Lock()

    def days(self, count: str, row: int) -> list[Day]:
        """First and last day on which a count is stated of the area at ``row``, or of any of it; [] for none."""
        inside = self._slice(row)
        firsts = [int(first[inside].min(initial=NEVER)) for first, _ in self._of(count).values()]
        lasts = [int(last[inside].max(initial=NOT_YET)) for _, last in self._of(count).values()]
        if max(lasts, default=NOT_YET) == NOT_YET:
            return []
        return [to_day(min(firsts)), to_day(max(lasts))]

    def newest(self, source: str, row: int) -> Day | None:
        """The last day of which a source states any count of the area at ``row``; None where it states none."""
        inside, counts = self._slice(row), self.view.stated_days
        told = [self._of(count)[source][1] for count in counts if source in self._of(count)]
        newest = max((int(last[inside].max(initial=NOT_YET)) for last in told), default=NOT_YET)
        return None if newest == NOT_YET else to_day(newest)

    def _slice(self, row: int) -> slice:
        return slice(int(self.view.areas.lo[row]), int(self.view.areas.hi[row]))

    def _of(self, count: str) -> Mapping[str, tuple[Days, Days]]:
        with self._lock:
            if count not in self._kept:
                self._kept[count] = self._read(count)
            return self._kept[count]

    def _read(self, count: str) -> Mapping[str, tuple[Days, Days]]:
        found: dict[str, tuple[Days, Days]] = {}
        for slab in self._slabs(count):
            size, day = len(self.view.leaves), np.int32(day_number(slab.day))
            if slab.source not in found:
                found[slab.source] = np.full(size, NEVER, np.int32), np.full(size, NOT_YET, np.int32)
            first, last = found[slab.source]
            stated = self.view.moved(slab) != MISSING
            first[stated] = np.minimum(first[stated], day)
            last[stated] = np.maximum(last[stated], day)
        return found

    def _slabs(self, count: str) -> Iterator[Slab]:
        pairs = set(self.view.stated_days.get(count, ()))
        days = sorted({day for day, _ in pairs})
        for part in (days[at : at + AT_ONCE] for at in range(0, len(days), AT_ONCE)):
            for slab in self.view.slabs(count, part):
                if (slab.day, slab.source) in pairs:
                    yield slab
