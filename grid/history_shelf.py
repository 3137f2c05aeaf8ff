"""What small ledgers of persons say, kept while deliveries are taken: every city of a province asks all of them.

A ledger of millions is read again for whoever asks, a block at a time. Small ones would cost more to open than to read,
as often as there are cities and days; their events (hashed persons, days, words) stay in memory, the oldest go first.
"""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from data.city import Source
from grid.arrays import Cells
from grid.history_rows import everybody, picked

#: Bytes of a file up to which it is small (some ten thousand rows of Parquet), and of all events that are kept.
SMALL, ROOM = 1 << 18, 1 << 27

#: The persons of events, ascending, and these.
Kept = tuple[Cells, NDArray[np.void]]


class Shelf:
    """Events of small files by the load that brought them."""

    def __init__(self) -> None:
        self._kept: LRUCache[int, Kept] = LRUCache(ROOM, _bytes)
        self._lock = threading.Lock()

    def picked(self, load: int, path: Path, source: Source, wanted: Cells) -> NDArray[np.void]:
        """What :func:`grid.history_rows.picked` finds in the file of a load, in some order. ``wanted``: ascending."""
        if path.stat().st_size > SMALL:
            return picked(path, source, wanted)
        persons, events = self._events(load, path, source)
        first, last = (np.searchsorted(persons, wanted, side) for side in ("left", "right"))
        many = last - first
        step = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
        return np.asarray(events[np.repeat(first, many) + step])

    def _events(self, load: int, path: Path, source: Source) -> Kept:
        with self._lock:
            kept: Kept | None = self._kept.get(load)
        if kept is None:
            events = everybody(path, source)
            kept = np.ascontiguousarray(events["key"]), events
            if _bytes(kept) <= ROOM:
                with self._lock:
                    self._kept[load] = kept
        return kept


def _bytes(kept: Kept) -> int:
    return kept[0].nbytes + kept[1].nbytes
