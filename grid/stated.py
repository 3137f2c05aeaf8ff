"""What was stated when: of every count the days, sources and loads, from one version to the next.

A store of years has a million slabs, and to name them takes seconds; what a version adds to the one before it takes a
moment. So all are remembered, at eight bytes each, and every earlier version is answered from memory.
"""

from __future__ import annotations

import datetime as dt
import threading
from array import array
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from data.days import day_number, to_day
from data.retention import RETENTION
from data.store import Store

Day = dt.date

#: Count -> its (day, source) pairs, in order; never changed once it was given away.
Days = Mapping[str, list[tuple[Day, str]]]

#: A telling is one number, the day above the load: in its order the last load of a day is found by halving.
_BITS = 32
_LOAD = (1 << _BITS) - 1


def _telling(day: Day, load: int) -> int:
    return day_number(day) << _BITS | load


class OnDemand(Mapping[str, list[tuple[Day, str]]]):
    """Pairs by count, each made when it is first asked for: of an earlier version hardly anybody asks for more than one
    count."""

    def __init__(self, counts: Collection[str], make: Callable[[str], list[tuple[Day, str]]]) -> None:
        self._counts, self._make = dict.fromkeys(counts), make
        self._made: dict[str, list[tuple[Day, str]]] = {}

    def __getitem__(self, count: str) -> list[tuple[Day, str]]:
        if count not in self._made:
            if count not in self._counts:
                raise KeyError(count)
            self._made[count] = self._make(count)
        return self._made[count]

    def __contains__(self, count: object) -> bool:
        return count in self._counts

    def __iter__(self) -> Iterator[str]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._counts)


class Stated:
    """Remembers every telling of a store up to the newest version that was asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._version = 0
        self._days: Days = {}
        self._told: dict[str, dict[str, array[int]]] = {}
        self._retained = 0
        self._lock = threading.Lock()

    def at(self, version: int) -> Days:
        """The (day, source) pairs that have a slab as of ``version``. StoreError."""
        with self._lock:
            self._reach(version)
            return self._days if version >= self._version else self._then(version)

    def load(self, count: str, day: Day, source: str, version: int) -> int:
        """The last load up to ``version`` that stated a count of a day; 0 where none did. StoreError."""
        with self._lock:
            self._reach(version)
            told = self._told.get(count, {}).get(source, array("q"))
            at = bisect_right(told, _telling(day, version)) - 1
            return told[at] & _LOAD if at >= 0 and told[at] >> _BITS == day_number(day) else 0

    def tellings(self, count: str, version: int) -> Iterator[tuple[Day, str, int]]:
        """Every (day, source, load) that stated a count up to ``version``. StoreError."""
        with self._lock:
            self._reach(version)
            told = {source: _upto(tellings, version) for source, tellings in self._told.get(count, {}).items()}
        for source, (days, loads) in told.items():
            yield from ((to_day(day), source, load) for day, load in zip(days.tolist(), loads.tolist(), strict=True))

    def mark(self, counts: Iterable[str], version: int) -> tuple[int, ...]:
        """What is as it was while this is: the last loads up to ``version`` that stated anything of each of some
        counts, and before them the last that took anything away. StoreError."""
        with self._lock:
            self._reach(version)
            told = [[_upto(each, version)[1] for each in self._told.get(count, {}).values()] for count in counts]
            return (self._retained, *(max((int(load.max(initial=0)) for load in loads), default=0) for loads in told))

    def _reach(self, version: int) -> None:
        """Reads what is told up to ``version``."""
        if version <= self._version:
            return
        retained = max((one.id for one in self._store.loads(source=RETENTION) if one.id <= version), default=0)
        if retained > self._retained:  # tellings went, too
            self._version, self._days, self._told, self._retained = 0, {}, {}, retained
        news = self._store.tellings(None, version, after=self._version)
        pairs: dict[str, list[tuple[Day, str]]] = {}
        for count, day, source, load in news:
            self._told.setdefault(count, {}).setdefault(source, array("q")).append(_telling(day, load))
            pairs.setdefault(count, []).append((day, source))
        for count, source in {(count, source) for count, _, source, _ in news}:
            self._told[count][source] = array("q", sorted(self._told[count][source]))
        self._days = {**self._days, **{count: _joined(self._days.get(count, []), new) for count, new in pairs.items()}}
        self._version = version

    def _then(self, version: int) -> Days:
        """The days of an earlier version."""
        told = [
            count
            for count, sources in self._told.items()
            if any(_upto(tellings, version)[1].size for tellings in sources.values())
        ]
        return OnDemand(told, lambda count: self._pairs(count, version))

    def _pairs(self, count: str, version: int) -> list[tuple[Day, str]]:
        with self._lock:
            sources = {source: _upto(told, version)[0] for source, told in self._told.get(count, {}).items()}
        pairs = sorted((day, source) for source, days in sources.items() for day in np.unique(days).tolist())
        return [(to_day(day), source) for day, source in pairs]


def _upto(told: array[int], version: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(days, loads) of the tellings of loads up to ``version``."""
    tellings = np.array(told, np.int64)
    loads = tellings & _LOAD
    known = loads <= version
    return tellings[known] >> _BITS, loads[known]


def _joined(known: list[tuple[Day, str]], news: list[tuple[Day, str]]) -> list[tuple[Day, str]]:
    return sorted([*known, *set(news).difference(known)])
