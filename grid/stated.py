"""Which counts were stated of which days, from one version to the next.

A store of years has a million slabs, and to name their days takes seconds; what a version adds to the one before it
takes a moment. Whoever asks for an older version than before asks the store for all of it.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping

from data.retention import RETENTION
from data.store import Store

Day = dt.date

#: Count -> its (day, source) pairs, in order; never changed once it was given away.
Days = Mapping[str, list[tuple[Day, str]]]


class Stated:
    """Remembers the days of the newest version that was asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._version = 0
        self._days: Days = {}
        self._lock = threading.Lock()

    def at(self, version: int) -> Days:
        """The (day, source) pairs that have a slab as of ``version``. StoreError."""
        with self._lock:
            if version < self._version:
                return self._store.days(version)
            if version > self._version:
                self._days = self._since(version) if self._version else self._store.days(version)
                self._version = version
            return self._days

    def _since(self, version: int) -> Days:
        if any(self._version < load.id <= version for load in self._store.loads(source=RETENTION)):
            return self._store.days(version)  # days went, too
        news = self._store.days(version, after=self._version)
        return {**self._days, **{count: _joined(self._days.get(count, []), pairs) for count, pairs in news.items()}}


def _joined(known: list[tuple[Day, str]], news: list[tuple[Day, str]]) -> list[tuple[Day, str]]:
    return sorted([*known, *set(news).difference(known)])
