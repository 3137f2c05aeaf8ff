"""People present, of the tables that tell who is where: for cities that send no numbers of their own of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection

import numpy as np

from data.city import City
from data.presence import Presence
from data.slabs import MISSING
from data.store import Slab, Store

Day = dt.date

#: The count that this makes.
PRESENT = "present"


def from_tables(city: City) -> bool:
    """Whether people present are taken from the tables of presence: a city that counts them is believed."""
    return not any(source.kind == PRESENT for source in city.sources)


def told(store: Store, version: int) -> list[tuple[Day, str]]:
    """The (day, source) pairs that have a table as of ``version``."""
    return [(day, source) for day, source, _ in store.presence_days(version)]


def slabs(store: Store, version: int, days: Collection[Day], leaves: Callable[[int], int]) -> list[Slab]:
    """The people of the tables of ``days`` by leaf, wherever they are registered. ``leaves``: how many a geography
    has."""
    return [
        _slab(table, leaves(table.geography))
        for day in sorted(days)
        for table in store.presence(version, day)
        if table.day == day
    ]


def _slab(table: Presence, leaves: int) -> Slab:
    """A leaf that no row of the table names is not stated: it may be empty, or not have been looked at."""
    rows = table.rows[table.rows["leaf"] >= 0]
    vector = np.full(leaves, MISSING, np.int32)
    vector[rows["leaf"]] = 0
    np.add.at(vector, rows["leaf"], rows["n"].astype(np.int32))
    return Slab(PRESENT, table.day, table.source, table.geography, vector)
