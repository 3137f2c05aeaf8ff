"""Codes that are overdue: by age and system, and who can mend them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.pages.codes.written import number, owner_name, system_name, tickets_href
from dashboard.pages.page import Look
from dashboard.parts import listing, stack
from dashboard.parts.sheet import Block
from dashboard.queries.cite import Given
from dashboard.queries.codes import LATE, Ages, Overdue, Owner
from dashboard.queries.hidden import hidden
from dashboard.said import join
from data.terms import OVERDUE

#: Shades of the buckets that are shown: what waits for proof is not known to be overdue.
SHADES = {"running": "0", "waiting": "hatch", "due": "1", "week": "2", "weeks": "3", "stuck": "4"}
AGED = (*LATE, "waiting")


def shown(look: Look, overdue: Given[Overdue]) -> list[Block]:
    """The ages of all systems together, where they are shown to who may not see small numbers."""
    if hidden(overdue.what.ages.counts["stuck"]):
        return []
    bar = stack.bar(look.say("overdue"), aged(look, overdue.at("ages")), look.short(overdue["ages.late"]))
    return [stack.bars([bar], look.say("ages"), labels=True, legend=False, span=5)]


def aged(look: Look, ages: Given[Ages], buckets: Sequence[str] = AGED, **wanted: Any) -> list[dict[str, Any]]:
    """The parts of a bar by days over, each leading to its tickets."""
    return [
        stack.part(OVERDUE[b].name(look.lang), n.value or 0, look.short(n), shade=SHADES[b],
                   href=tickets_href(look, overdue=b, **wanted) if n.value else "")
        for b in buckets
        for n in (ages[f"counts[{b}]"],)
    ]  # fmt: skip


def ages(look: Look, overdue: Given[Overdue]) -> Block:
    """How many are overdue in each system, by age."""
    rows = []
    for system, known in overdue.what.systems:
        way = f"by_system[{system.id}]"
        parts = aged(look, overdue.at(way), system=system.id) if known else []
        rows.append(stack.bar(system_name(look, system), parts, look.short(overdue[f"{way}.late" if known else way])))
    return stack.bars(rows, look.say("ages"), about=look.say("overdue_about"), labels=True, legend=False, span=7)


def owners(look: Look, overdue: Given[Overdue]) -> Block:
    """The owners who have any, with how many of them are near a harm, and over for long."""
    late = [owner for owner in overdue.each("owners", "name") if owner.what.ages.late]
    columns = [
        listing.column(look.say("owner"), left=True),
        listing.column(look.say("near_short"), about=look.say("near_about")),
        listing.column(look.say("stuck")),
        listing.column(look.say("late"), bar=True),
    ]
    rows = [_owner(look, owner) for owner in late]
    return listing.table(columns, rows, look.say("owners"), about=look.say("owners_about"), sort=(3, True), first=7,
                         none=look.say("no_owners"), span=5, tall=2)  # fmt: skip


def _owner(look: Look, owner: Given[Owner]) -> dict[str, Any]:
    basis = join(" · ", [look.say(f"basis_{basis}") for basis in sorted(owner.what.bases)])
    name = owner_name(look, owner.what.name)
    numbers = (number(look, owner[way]) for way in ("near", "ages.counts[stuck]", "ages.late"))
    cells = [listing.cell(name, name, small=basis), *numbers]
    href = tickets_href(look, owner=owner.what.name, overdue="late")
    return listing.row(cells, href=href, key=owner.what.name)
