"""What whatever takes a delivery stands on: the store, the city, its geography, the key of its pseudonyms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from data.city import City, Source
from data.deliveries import Delivery, sha256_of
from data.events import Events
from data.rules import Rulebook, city_rulebook
from data.slabs import Vector
from data.store import WHOLE_STORE, Seat, Store, Writer
from grid.areas import Areas
from grid.geography import Geography, part_of
from grid.history_shelf import Shelf
from grid.leaves import Leaves
from grid.lookup import Lookup
from grid.moved import Part, Wide, leaf_map
from grid.place import Placer

Day = dt.date


@dataclass
class Ground:
    """The store, the city, its geography and secret; what is made from them once and used by many deliveries.
    ``home``: the folder beside which the book of events lies, where there is one. ``shelf``: what small ledgers of
    persons say, read once though every city asks.

    Of many cities each is a ground of its own (:meth:`of`): what it delivers is placed, counted and judged as if no
    other one were there, on its own areas and leaves, numbered from nought. ``seat`` is where they begin among those of
    the ``whole``, by which the store goes; whatever is read of the store comes here through :meth:`local`.
    """

    store: Store
    city: City
    geography: Geography
    secret: str
    home: Path | None = None
    seat: Seat = WHOLE_STORE
    whole: Ground | None = None
    shelf: Shelf = field(default_factory=Shelf)
    _cities: dict[str, Ground] = field(default_factory=dict)
    _placers: dict[str, Placer] = field(default_factory=dict)
    _maps: dict[int, NDArray[np.int32]] = field(default_factory=dict)
    _prints: dict[tuple[Path, int, int], str] = field(default_factory=dict)
    _speaking: dict[str, tuple[int, Mapping[Day, int]]] = field(default_factory=dict)

    @property
    def of_all(self) -> Ground:
        """The ground of all cities, of which this may be one."""
        return self.whole or self

    def of(self, source: str) -> Ground:
        """The ground of the city whose source this is."""
        city = self.city.of(source)
        if city is self.city:
            return self
        if city.code not in self._cities:
            areas = self.geography.areas
            row = areas.row_of[city.code]
            self._cities[city.code] = Ground(
                self.store, city, part_of(self.geography, city), self.secret, self.home,
                Seat(row, int(areas.lo[row])), self,
            )  # fmt: skip
        return self._cities[city.code]

    @cached_property
    def sources(self) -> frozenset[str]:
        """The sources that tell of it: its own, and those of the province around it."""
        city, all_ = self.city, self.of_all.city
        told = (source.name for source in all_.sources)
        return frozenset(name for name in told if any(part is city for part in all_.of(name).parts))

    @cached_property
    def rulebook(self) -> Rulebook:
        """The packs that it goes by, those of the province around it among them. RuleFileError."""
        return city_rulebook(self.city) if self.whole is None else city_rulebook(self.whole.city, self.city)

    @cached_property
    def lookup(self) -> Lookup:
        """The locators of the geography."""
        return Lookup(self.geography)

    @cached_property
    def events(self) -> Events | None:
        """The book of events; None without a home. StoreError."""
        if self.whole is not None:
            return self.whole.events
        return None if self.home is None else Events.beside(self.store.url, self.home, self.city)

    def placer(self, source: Source) -> Placer:
        """The placer of a source."""
        if source.name not in self._placers:
            self._placers[source.name] = Placer(self.lookup, self.city, source)
        return self._placers[source.name]

    def sha256(self, path: Path) -> str:
        """The fingerprint of a file, taken once while it does not change."""
        state = path.stat()
        about = (path, state.st_size, state.st_mtime_ns)
        if about not in self._prints:
            self._prints[about] = sha256_of(path)
        return self._prints[about]

    def speaking(self, source: str, newest: int) -> Mapping[Day, int]:
        """day -> the load that is right about it, of a source with this ``newest`` load; the store is asked once."""
        known = self.of_all._speaking
        if known.get(source, (0, {}))[0] != newest:
            known[source] = newest, self.store.speaking(source, newest)
        return known[source][1]

    def leaf_map(self, geography: int) -> NDArray[np.int32]:
        """Leaf of a stored geography -> leaf of this one; -1 for one of another city."""
        if geography not in self._maps:
            self._maps[geography] = self._mapped(geography)
        return self._maps[geography]

    def _mapped(self, geography: int) -> NDArray[np.int32]:
        if self.whole is not None:
            leaf = self.whole.leaf_map(geography) - np.int32(self.seat.leaf)
            return np.where((leaf >= 0) & (leaf < len(self.geography.leaves)), leaf, np.int32(-1))
        if geography == self.geography.id:
            return np.arange(len(self.geography.leaves), dtype=np.int32)
        areas, leaves = self.store.geography_leaves(geography)
        old = Geography(geography, Areas.from_bytes(areas), Leaves.from_bytes(leaves))
        return leaf_map(old, self.geography, self.city.retired)

    def local(self, geography: int, leaf: NDArray[np.int32]) -> NDArray[np.int32]:
        """Stored leaves of a geography as leaves of this ground; -1 for those of another city."""
        if geography == self.geography.id and self.whole is None:
            return leaf
        return self.leaf_map(geography)[leaf]

    def vector(self, geography: int, start: int, vector: Vector) -> Wide:
        """A stored vector over all leaves of this ground."""
        part, size = Part(start, vector.astype(np.int64)), len(self.geography.leaves)
        if geography == self.geography.id and (start, len(vector)) == (self.seat.leaf, size):
            return part.vector
        return part.onto(self.leaf_map(geography)).over(size)


@dataclass(frozen=True)
class Order:
    """The numbers of a delivery in the order of its rows: ``count`` a place in ``counts``, where (``leaf``), on which
    ``day`` (number), how many (``value``)."""

    counts: tuple[str, ...]
    count: NDArray[np.uint8]
    leaf: NDArray[np.int32]
    day: NDArray[np.int32]
    value: NDArray[np.int64]


@dataclass(frozen=True)
class Figures:
    """What a load came to; ``notes`` are kept with it, ``order`` and ``doubted`` are weighed before it is committed."""

    rows: int
    taken: int
    rejected: int
    aside: int = 0
    first_day: Day | None = None
    last_day: Day | None = None
    notes: Mapping[str, Any] = field(default_factory=dict)
    order: Order | None = None
    doubted: tuple[Day, ...] = ()


#: What takes a delivery of one kind: it writes what is kept of it, and gives the load's figures. Raises FileError.
Taker: TypeAlias = Callable[[Ground, Writer, Delivery], Figures]
