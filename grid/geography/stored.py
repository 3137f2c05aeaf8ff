"""Geographies in the store: the newest is taken as long as no file changed that it was made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from data.city import City
from data.errors import AlreadyLoaded
from data.store import Store
from grid.areas import Areas
from grid.geography.base import Geography
from grid.geography.files import files_of, fingerprint
from grid.geography.made import Standing, make_geography
from grid.joining import alone
from grid.leaves import Leaves

#: The source name under which geographies stand in the list of loads.
GEOGRAPHY = "geography"


def open_geography(store: Store, upto: int | None = None, kept: dict[int, Geography] | None = None) -> Geography | None:
    """The newest geography of the store (up to a version); ``kept`` holds those that were opened before."""
    number = store.geography_id(upto)
    if number is None:
        return None
    kept = {} if kept is None else kept
    if number not in kept:
        areas, leaves = store.geography_leaves(number)
        kept[number] = Geography(number, Areas.from_bytes(areas), Leaves.from_bytes(leaves))
    return kept[number]


def part_of(geography: Geography, city: City) -> Geography:
    """One city of a geography of many, its areas and leaves numbered from nought."""
    return Geography(geography.id, *alone(geography.areas, geography.leaves, city))


def load_geography(
    store: Store, city: City, known: dt.datetime | None = None
) -> tuple[Geography, Mapping[str, Any], bool]:
    """The city's geography, made and stored if its files changed: (geography, report, whether new). Of many cities only
    those are made anew whose files changed."""
    sha256 = fingerprint(city)
    before = store.loads(source=GEOGRAPHY)[-1:]
    stored = open_geography(store) if before else None
    if stored is not None and before[0].sha256 == sha256:
        return stored, store.geography_report(stored.id), False
    standing = Standing(stored, store.geography_report(stored.id)) if stored is not None else None
    areas, leaves, report = make_geography(city, standing)
    file = ", ".join([*(path.name for path in files_of(city)), *(member.name for member in city.members)])
    after = before[0].id if before else 0
    try:
        with store.loading(
            source=GEOGRAPHY, kind=GEOGRAPHY, file=file, sha256=sha256, known=known, after=after
        ) as load:
            load.geography(areas.to_bytes(), leaves.to_bytes(), report.levels)
            load.close(rows=len(areas), taken=len(areas))
    except AlreadyLoaded:  # another loader made the same one meanwhile
        return load_geography(store, city, known)
    return Geography(load.number, areas, leaves), report.levels, True
