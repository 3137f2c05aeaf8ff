"""The figures at the head: zones in force, due, overdue, too large, not to be told, released."""

from __future__ import annotations

from typing import Any

from dashboard.pages.page import Look
from dashboard.parts import figures
from dashboard.parts.sheet import Block
from dashboard.queries.cite import Given
from dashboard.queries.zones import Total, ZoneSummary


def strip(look: Look, found: Given[ZoneSummary]) -> Block:
    """All of them, each leading to its zones."""
    made = [
        _figure(look, "standing", found.at("standing"), None),
        _figure(look, "due", found.at("states[due]"), "due"),
        _figure(look, "overdue", found.at("overdue"), "overdue", tone="bad"),
        _figure(look, "larger", found.at("larger"), "larger", small=_people(look, found.at("beyond"), "beyond_of")),
        _figure(look, "unknown", found.at("states[unknown]"), "unknown"),
        _figure(look, "released", found.at("states[released]"), "released"),
    ]
    return figures.strip(made)


def _figure(
    look: Look, key: str, total: Given[Total], state: str | None, *, small: str | None = None, tone: str = ""
) -> dict[str, Any]:
    said = _people(look, total, "people") if small is None else small
    href, zones = look.href(state=state, at=None, zone=None), total["zones"]
    return figures.figure(
        look.say(key), look.short(zones), small=said, about=look.say(f"{key}_about"), tone=tone if zones.value else "",
        href=href,
    )  # fmt: skip


def _people(look: Look, total: Given[Total], key: str) -> str:
    told = total.what.zones and total.what.people is not None
    return look.say(key, n=look.short(total["people"])) if told else ""
