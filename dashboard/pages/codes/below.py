"""The same for every area below."""

from __future__ import annotations

from typing import Any

from dashboard.pages.codes.overdue import aged
from dashboard.pages.codes.written import number
from dashboard.pages.page import Look
from dashboard.parts import listing, stack
from dashboard.parts.sheet import Block
from dashboard.queries.cite import Given
from dashboard.queries.codes import LATE, CodesBelow
from data.terms import TIERS


def blocks(look: Look) -> list[Block]:
    """A row an area, and one for what is known no finer; nothing where there is none."""
    told = look.ask("codes.below")
    if not told.what:
        return []
    columns = [
        listing.column(look.say("name"), left=True),
        listing.column(look.say("late"), bar=True),
        listing.column(look.say("ages"), left=True, sort=False, least=True),
        listing.column(look.say("stuck")),
        listing.column(look.say("waiting"), least=True),
        listing.column(look.say("conflict")),
        listing.column(look.say("open")),
    ]
    rows = [_below_row(look, one) for one in told.each("", "code")]
    title = look.say("below", level=TIERS[told.what[0].level].name(look.lang))
    count = look.rank(sum(1 for one in told.what if one.code))
    return [listing.table(columns, rows, title, sort=(1, True), count=count)]


def _below_row(look: Look, told: Given[CodesBelow]) -> dict[str, Any]:
    one, ages = told.what, told.at("ages")
    name = listing.cell(one.name, one.name) if one.code else listing.cell(look.say("no_finer"), None, tone="soft")
    parts = [stack.part(p["name"], p["value"], p["text"], shade=p["shade"]) for p in aged(look, ages, LATE)]
    cells = [
        name,
        number(look, told["ages.late"]),
        listing.cell("", parts=parts if one.ages.late else None),
        *(number(look, told[way]) for way in ("ages.counts[stuck]", "ages.counts[waiting]", "conflicts", "ages.open")),
    ]
    return listing.row(cells, href=look.href(area=one.code) if one.code else "", key=one.code)
