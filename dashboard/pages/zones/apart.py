"""What stands beside the table: zones that were released that day, and those that are larger than their rule allows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.pages.page import Look
from dashboard.pages.zones import written
from dashboard.parts import listing
from dashboard.parts.sheet import Block
from dashboard.queries.cite import Given
from dashboard.queries.zones import ZoneLine, ZoneSummary
from data.terms import UNITS
from grid.zones.clocks import ZoneClock

#: Rows of the tables beside it: all of them are behind the figures.
MOST = 60


def released(look: Look, lines: Sequence[Given[ZoneLine]], found: Given[ZoneSummary]) -> list[Block]:
    """Those that ended or were eased that day, and whether that was in time."""
    gone = [line for line in lines if not line.what.clock.standing]
    if not gone or look.wish("state") in ("released", "moved"):
        return []
    keys = ("zone", "kind", "drawn", "stood", "timing", "held")
    left = ("zone", "kind", "timing")
    columns = [
        listing.column(look.say(key), left=key in left, bar=key == "held", least=key in ("kind", "drawn"))
        for key in keys
    ]
    gone.sort(key=lambda line: -(line.what.clock.size.people or 0))
    rows = [_gone_row(look, line) for line in gone[:MOST]]
    title, count = look.say("released_table"), look.whole(found["gone"])
    return [listing.table(columns, rows, title, sort=(5, True), count=count, first=12, id="released")]


def _gone_row(look: Look, told: Given[ZoneLine]) -> dict[str, Any]:
    line, clock = told.what, told.at("clock")
    start = line.clock.zone.start
    cells = [
        written.name_cell(look, line),
        written.kind_cell(look, line),
        listing.cell(look.day_text(start), start.toordinal()),
        listing.number(written.counted(look, "days", clock["stood"])),
        _timing(look, clock),
        written.held_cell(look, clock),
    ]
    return listing.row(cells, href=look.href(zone=line.id), key=line.id)


def _timing(look: Look, told: Given[ZoneClock]) -> dict[str, Any]:
    clock = told.what
    small = look.say("to", kind=written.term_of(clock.moved).name(look.lang)) if clock.moved else ""
    if clock.early:
        return listing.cell(written.counted(look, "early", told["early"]), -clock.early, small=small)
    if clock.due is None:
        return listing.cell(look.say("cannot" if clock.clause else "no_clock"), None, small=small, tone="soft")
    if clock.over:
        return listing.cell(written.counted(look, "late", told["over"]), clock.over, small=small, tone="bad")
    return listing.cell(look.say("in_time"), 0, small=small)


def larger(look: Look, lines: Sequence[Given[ZoneLine]], total: Given[ZoneSummary]) -> list[Block]:
    """Those beyond the unit of their rule, most people first."""
    found = [line for line in lines if line.what.clock.standing and line.what.clock.larger]
    if not found or look.wish("state") == "larger":
        return []
    columns = [
        listing.column(look.say("zone"), left=True),
        listing.column(look.say("unit"), left=True, least=True),
        listing.column(look.say("held")),
        listing.column(look.say("beyond"), bar=True),
    ]
    found.sort(key=lambda line: -(line.what.clock.beyond.people or 0 if line.what.clock.beyond else 0))
    rows = [_larger_row(look, line) for line in found[:MOST]]
    return [
        listing.table(
            columns, rows, look.say("larger_table"), about=look.say("larger_about"), sort=(3, True),
            count=look.whole(total["larger.zones"]), first=12, id="larger",
        )
    ]  # fmt: skip


def _larger_row(look: Look, told: Given[ZoneLine]) -> dict[str, Any]:
    line, clock = told.what, told.at("clock")
    unit = line.clock.pack.unit if line.clock.pack else None
    cells = [
        written.name_cell(look, line),
        listing.cell(UNITS[unit].name(look.lang) if unit else "", unit),
        written.held_cell(look, clock),
        written.beyond_cell(look, clock),
    ]
    return listing.row(cells, href=look.href(zone=line.id), key=line.id)
