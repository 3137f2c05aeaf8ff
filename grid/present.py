"""People present, of the tables that tell who is where: for cities that send no numbers of their own of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Set

import numpy as np

from data.city import City
from data.presence import Presence
from data.slabs import MISSING
from data.store import Slab, Store

Day = dt.date

#: The count that this makes.
PRESENT = "present"


def from_tables(city: City) -> frozenset[str]:
    """The sources whose tables of presence tell the people present: a city that counts them is believed instead."""
    counted = {city.of(source.name).code for source in city.sources if source.kind == PRESENT}
    tables = [source.name for source in city.sources if source.kind == "presence"]
    return frozenset(name for name in tables if city.of(name).code not in counted)


def slabs(store: Store, version: int, days: Collection[Day], sources: Set[str]) -> list[Slab]:
    """The people of the tables of ``days`` by leaf, wherever they are registered."""
    return [
        _slab(table)
        for day in sorted(days)
        for table in store.presence(version, day)
        if table.day == day and table.source in sources
    ]


def _slab(table: Presence) -> Slab:
    """A leaf that no row of the table names is not stated: it may be empty, or not have been looked at."""
    rows = table.rows[table.rows["leaf"] >= 0]
    start, end = (int(rows["leaf"].min()), int(rows["leaf"].max()) + 1) if len(rows) else (0, 0)
    vector = np.full(end - start, MISSING, np.int32)
    vector[rows["leaf"] - start] = 0
    np.add.at(vector, rows["leaf"] - start, rows["n"].astype(np.int32))
    return Slab(PRESENT, table.day, table.source, table.geography, vector, start)
