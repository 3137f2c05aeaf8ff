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
from data.store import Store, Writer
from grid.areas import Areas
from grid.cube import leaf_map
from grid.geography import Geography
from grid.leaves import Leaves
from grid.lookup import Lookup
from grid.place import Placer

Day = dt.date


@dataclass
class Ground:
    """The store, the city, its geography and secret; what is made from them once and used by many deliveries.
    ``home``: the folder beside which the book of events lies, where there is one."""

    store: Store
    city: City
    geography: Geography
    secret: str
    home: Path | None = None
    _placers: dict[str, Placer] = field(default_factory=dict)
    _maps: dict[int, NDArray[np.int32]] = field(default_factory=dict)
    _prints: dict[tuple[Path, int, int], str] = field(default_factory=dict)

    @cached_property
    def lookup(self) -> Lookup:
        """The locators of the geography."""
        return Lookup(self.geography)

    @cached_property
    def events(self) -> Events | None:
        """The book of events; None without a home. StoreError."""
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

    def leaf_map(self, geography: int) -> NDArray[np.int32]:
        """Leaf of an earlier geography -> leaf of this one."""
        if geography not in self._maps:
            areas, leaves = self.store.geography_leaves(geography)
            old = Geography(geography, Areas.from_bytes(areas), Leaves.from_bytes(leaves))
            self._maps[geography] = leaf_map(old, self.geography, self.city.retired)
        return self._maps[geography]


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
