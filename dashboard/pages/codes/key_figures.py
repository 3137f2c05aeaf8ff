"""The figures at the head: what is overdue and near a harm, whose systems disagree, how many are red and yellow."""

from __future__ import annotations

from typing import Any

from dashboard.pages.codes.written import glyph, system_name, tickets_href
from dashboard.pages.page import Look
from dashboard.parts import figures
from dashboard.parts.sheet import Block
from dashboard.queries.cite import Cited, Given
from dashboard.queries.codes import Conflicts, Overdue, SystemColours
from data.terms import CODES


def strip(look: Look, told: Given[list[SystemColours]], overdue: Given[Overdue], conflicts: Given[Conflicts]) -> Block:
    """All of them, each leading to its tickets."""
    return figures.strip([*_pressing(look, overdue, conflicts), *_coloured(look, told)])


def shown(look: Look, overdue: Given[Overdue]) -> Block:
    """How many are overdue, as far as that is shown to who may not see small numbers."""
    ways = {"overdue": "ages.late", "near": "near", "waiting": "ages.counts[waiting]"}
    known = {key: overdue[way] for key, way in ways.items() if overdue[way].state != "suppressed"}
    return figures.strip([_linked(look, key, n, "items", about=look.say(f"{key}_about")) for key, n in known.items()])


def _pressing(look: Look, overdue: Given[Overdue], conflicts: Given[Conflicts]) -> list[dict[str, Any]]:
    stuck, oldest = overdue["ages.counts[stuck]"], conflicts["oldest"]
    age = look.say("oldest", n=look.whole(oldest)) if oldest.value is not None and conflicts.what.people else ""
    return [
        _linked(look, "overdue", overdue["ages.late"], "items",
                small=look.say("stuck_of", n=look.short(stuck)) if stuck.value else "",
                tone="bad" if stuck.value else "", about=look.say("overdue_about"), overdue="late"),
        _linked(look, "near", overdue["near"], "items", about=look.say("near_about"), near="yes"),
        _linked(look, "waiting", overdue["ages.counts[waiting]"], "items", about=look.say("waiting_about"),
                overdue="waiting"),
        _linked(look, "conflict", conflicts["people"], "people", small=age, flag="conflict"),
        _linked(look, "blocked", conflicts["blocked"], "people", flag="single_block"),
    ]  # fmt: skip


def _coloured(look: Look, told: Given[list[SystemColours]]) -> list[dict[str, Any]]:
    """People red and yellow in the primary system, else in the first; nothing where there is no system."""
    systems = told.each("", "system.id")
    main = next((one for one in systems if one.what.system.primary), systems[0] if systems else None)
    if main is None:
        return []
    return [
        figures.figure(CODES[colour].name(look.lang), look.short(main[f"counts[{colour}]"]), unit=look.say("people"),
                       mark=glyph(look, colour), small=system_name(look, main.what.system))
        for colour in ("red", "yellow")
    ]  # fmt: skip


def _linked(look: Look, key: str, n: Cited, unit: str, *, small: str = "", tone: str = "", about: str = "",
            **wanted: str) -> dict[str, Any]:  # fmt: skip
    href = tickets_href(look, **wanted) if n.value else ""
    return figures.figure(
        look.say(key), look.short(n), unit=look.say(unit), small=small, tone=tone, about=about, href=href
    )
