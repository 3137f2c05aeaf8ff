"""What the versions of a city have in common, kept by what it was made of: a version that touches one count of one day
leaves everything else as it was."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import Any, TypeVar, cast

from cachetools import LRUCache

T = TypeVar("T")

#: Bytes of vectors over leaves: 60 days of two dozen counts of a city of 50,000 leaves, 0.4 MB each.
VECTORS_BYTES = 600_000_000
#: Bytes of sums: a day of all areas of the largest city is 0.1 MB, of the cells of a street 2 kB.
SUMS_BYTES = 400_000_000
#: What is a geography's alone: maps from one to the next, places of areas.
THINGS = 2_000
#: Books of zones, what clocks run for and the smallest grounds, some 10 MB each in the largest city: of the newest
#: zones, and of a few looked back at.
BOOKS = 12
#: First and last days of a count by leaf, about a megabyte each: of every count as told last, and some as told before.
ENDS = 60
#: Days of clocks, some MB each: the newest under the rules and each notice taken out, and a few looked back at.
CLOCKS = 16

_NONE = object()


class Shelf:
    """A store of finished things that threads share. What is on it is never changed."""

    def __init__(self, size: int, getsizeof: Callable[[Any], int] | None = None) -> None:
        self._kept: LRUCache[Hashable, Any] = LRUCache(size, getsizeof)
        self._lock = threading.Lock()

    def get(self, key: Hashable, default: Any = None) -> Any:
        """What is kept under a key."""
        with self._lock:
            return self._kept.get(key, default)

    def put(self, key: Hashable, value: T) -> T:
        """Keeps something, if it is not larger than the shelf."""
        with self._lock, suppress(ValueError):
            self._kept[key] = value
        return value

    def made(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under a key, made where it is not; two threads that ask at once may both make it."""
        found = self.get(key, _NONE)
        return self.put(key, make()) if found is _NONE else cast("T", found)

    def __contains__(self, key: Hashable) -> bool:
        with self._lock:
            return key in self._kept


class Shelves:
    """The shelves of one city."""

    def __init__(self) -> None:
        self.vectors = Shelf(VECTORS_BYTES, _size)
        self.sums = Shelf(SUMS_BYTES, _size)
        self.things = Shelf(THINGS)
        self.books = Shelf(BOOKS)
        self.ends = Shelf(ENDS)
        self.clocks = Shelf(CLOCKS)


def _size(value: Any) -> int:
    """Bytes of what tells them, of several of these, or of nothing; each costs its place."""
    arrays = value if isinstance(value, tuple) else (value,)
    return 200 + sum(int(each.nbytes) for each in arrays if each is not None)
