"""The zones area by area."""

from __future__ import annotations

from typing import Any

from dashboard.pages.page import Look
from dashboard.parts import listing
from dashboard.parts.sheet import Block
from dashboard.queries.cite import Given
from dashboard.queries.zones import ZoneRow


def table(look: Look, below: Given[list[ZoneRow]]) -> Block:
    """A row an area."""
    keys = ("standing", "due", "overdue", "unknown", "larger")
    columns = [
        listing.column(look.say("area"), left=True),
        *(listing.column(look.say(key), about=look.say(f"{key}_about"), bar=key == "overdue") for key in keys),
        listing.column(look.say("held"), least=True),
    ]
    made = [_area_row(look, row) for row in below.each("", "code")]
    return listing.table(columns, made, look.say("below"), sort=(3, True), span=12, id="below")


def _area_row(look: Look, row: Given[ZoneRow]) -> dict[str, Any]:
    ways = ("standing.zones", "due", "overdue", "unknown", "larger", "standing.people")
    cells = [listing.cell(row.what.name, row.what.name), *(listing.number(look.short(row[way])) for way in ways)]
    return listing.row(cells, href=look.href(area=row.what.code, zone=None, at=None), key=row.what.code)
