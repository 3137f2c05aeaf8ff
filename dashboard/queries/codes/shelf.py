"""What the ledgers of codes left in the store, read once and kept: by version, by day, by the loads that tell of it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from cachetools import LRUCache

from dashboard.queries.codes.state import State, Turned, together
from dashboard.queries.codes.state import turned as by_group
from dashboard.queries.days import Day
from data.city import City
from data.errors import Withheld
from data.words import Both
from grid.cube import View
from grid.hiding.cut import First

#: Bytes of code days that are kept; of who turned whom, a quarter of it.
KEPT_BYTES = 400_000_000


class CodeShelf:
    """The days of the ledgers of a city."""

    def __init__(self, city: City) -> None:
        self.city = city
        self._lock = threading.Lock()
        self._states: LRUCache[tuple[object, ...], State] = LRUCache(KEPT_BYTES, getsizeof=lambda state: state.nbytes)
        self._days: LRUCache[int, Mapping[Day, list[tuple[str, int]]]] = LRUCache(16)
        self._turns: LRUCache[tuple[object, ...], Turned] = LRUCache(
            KEPT_BYTES // 4, getsizeof=lambda made: made.nbytes
        )
        self._first: LRUCache[int, First] = LRUCache(16)

    def forget(self) -> None:
        """What was read of the store is read anew: tickets of some days were destroyed."""
        with self._lock:
            self._states.clear()
            self._turns.clear()
            self._days.clear()

    def sum_known(self, view: View) -> Mapping[Day, list[tuple[str, int]]]:
        """day -> the (source, load) pairs that tell of it as of a version."""
        with self._lock:
            if view.version not in self._days:
                found: dict[Day, list[tuple[str, int]]] = {}
                for day, source, load in view.store.code_days(view.version):
                    found.setdefault(day, []).append((source, load))
                self._days[view.version] = found
            return self._days[view.version]

    def first_told(self, view: View, day: Day) -> Sequence[tuple[str, int]]:
        """The (source, load) pairs of the one telling of a day that everybody is shown; Withheld until it is whole."""
        with self._lock:
            if view.version not in self._first:
                self._first[view.version] = First(view.store.code_tellings(view.version))
            load = self._first[view.version].load(day)
        told = [] if load is None else self.sum_known(view.before(load)).get(day, [])
        if not told:
            raise Withheld(what=Both("当日赋码台账（尚未到齐）", "The day's ledgers of codes, not all here yet"))
        return told

    def state(self, view: View, day: Day, parts: Sequence[tuple[str, int]]) -> State:
        """A day as some loads tell of it, over the areas and leaves of a view."""
        key = (view.geography.id, day, *parts)
        with self._lock:
            if key in self._states:
                return self._states[key]
        made = [view.store.code_day(day, source, load) for source, load in parts]
        state = together(day, made, view, self.city)
        with self._lock:
            if state.nbytes < KEPT_BYTES:
                self._states[key] = state
        return state

    def turned(self, view: View, day: Day, parts: Sequence[tuple[str, int]]) -> Turned:
        """Who turned whom on a day, as some loads tell of it."""
        key = (view.geography.id, day, *parts)
        with self._lock:
            if key in self._turns:
                return self._turns[key]
        made = by_group(parts, [view.store.code_groups(day, source, load) for source, load in parts], view, self.city)
        with self._lock:
            if made.nbytes < KEPT_BYTES // 4:
                self._turns[key] = made
        return made
