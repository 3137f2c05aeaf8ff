"""A small city, written as files: two districts, six streets, a unit grid, and every kind of feed.

Borders are meridians and parallels, so that an oracle needs no geometry: a point's street follows from its
longitude alone. Points are written in GCJ-02, as the feeds of real cities are; everything else in WGS-84.
Its names and numbers are made up; its feeds have the faults that real ones have.
"""

from __future__ import annotations

from tests.tiny.city import SECRET, USUAL, Knobs, Town, city_text, tiny_city
from tests.tiny.feeds import (
    DAYS,
    FIRST,
    SOURCES,
    TABLE,
    ZONES,
    Day,
    Person,
    addresses,
    codes,
    gcj,
    ledger,
    people,
    write_people,
)
from tests.tiny.places import (
    CITY,
    COMMUNITIES,
    DISTRICTS,
    MIDDLE,
    NORTH,
    POPULATION,
    SOUTH,
    STREETS,
    UNDRAWN,
    box,
    cells,
    geojson,
    imported_cells,
    street_at,
    write_csv,
)

__all__ = [
    "CITY",
    "COMMUNITIES",
    "DAYS",
    "DISTRICTS",
    "FIRST",
    "MIDDLE",
    "NORTH",
    "POPULATION",
    "SECRET",
    "SOURCES",
    "SOUTH",
    "STREETS",
    "TABLE",
    "UNDRAWN",
    "USUAL",
    "ZONES",
    "Day",
    "Knobs",
    "Person",
    "Town",
    "addresses",
    "box",
    "cells",
    "city_text",
    "codes",
    "gcj",
    "geojson",
    "imported_cells",
    "ledger",
    "people",
    "street_at",
    "tiny_city",
    "write_csv",
    "write_people",
]
