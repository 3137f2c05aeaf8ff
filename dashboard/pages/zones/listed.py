"""The table of all zones, or of those in a state, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.pages.page import Look
from dashboard.pages.zones import written
from dashboard.parts import listing, note
from dashboard.parts.sheet import Block
from dashboard.queries.cite import Cited, Given
from dashboard.queries.zones import OVERDUE, ZoneLine, ZoneSummary
from data.terms import ZONE_CLOCKS

#: Rows of one page of the table; a city of ten million has thousands of zones.
ROWS = 25


def table(look: Look, lines: Sequence[Given[ZoneLine]], found: Given[ZoneSummary]) -> Block:
    """The zones that are asked for, the most urgent first."""
    state = look.wish("state")
    state = state if state in (*ZONE_CLOCKS, "overdue", "larger") else None
    kept = [line for line in lines if _fits(line.what, state)]
    total = found[_total(state)]
    first = look.number_wish("at")
    first = first if first < len(kept) else 0
    shown = kept[first : first + ROWS]
    title = look.say("all") if state is None else written.state_name(look, state)
    return listing.table(
        _columns(look), [_row(look, line) for line in shown], title, id="zones", count=look.whole(total),
        none=look.say("nothing"), pager=_pager(look, first, total) if len(kept) > ROWS else None,
        sort=(2, True) if len(kept) <= ROWS else None, first=ROWS,
    )  # fmt: skip


def _fits(line: ZoneLine, state: str | None) -> bool:
    clock = line.clock
    if state == "overdue":
        return clock.state in OVERDUE
    if state == "larger":
        return clock.standing and clock.larger
    return clock.standing if state is None else clock.state == state


def _total(state: str | None) -> str:
    """The way to how many zones of a state there are."""
    if state is None:
        return "standing.zones"
    return f"{state}.zones" if state in ("overdue", "larger") else f"states[{state}].zones"


def _pager(look: Look, first: int, total: Cited) -> dict[str, Any]:
    n = int(total.value or 0)
    last = min(first + ROWS, n)
    before = look.href(at=max(first - ROWS, 0) or None) if first else ""
    after = look.href(at=last) if last < n else ""
    said = look.say("showing", first=look.rank(first + 1), last=look.rank(last), n=look.whole(total))
    return listing.pager(said, before, after)


def _columns(look: Look) -> list[dict[str, Any]]:
    return [
        listing.column(look.say("zone"), left=True),
        listing.column(look.say("kind"), left=True, least=True),
        listing.column(look.say("state"), left=True),
        listing.column(look.say("clock"), left=True),
        listing.column(look.say("earliest")),
        listing.column(look.say("last"), least=True),
        listing.column(look.say("held"), bar=True, least=True),
        listing.column(look.say("beyond"), about=look.say("larger_about"), least=True),
        listing.column(look.say("notice"), left=True, least=True, sort=False),
    ]


def _row(look: Look, told: Given[ZoneLine]) -> dict[str, Any]:
    line = told.what
    asked, clock = line.id == look.wish("zone"), told.at("clock")
    cells = [
        written.name_cell(look, line),
        written.kind_cell(look, line),
        written.state_cell(look, clock),
        written.clock_cell(look, clock),
        written.earliest_cell(look, line),
        written.last_cell(look, clock),
        written.held_cell(look, clock),
        written.beyond_cell(look, clock),
        written.notice_cell(look, line),
    ]
    return listing.row(cells, href=look.href(zone=None if asked else line.id), key=line.id)


def unruled(look: Look, found: Given[ZoneSummary]) -> list[Block]:
    """That no rule gives some of them a clock; nothing where each has one."""
    number = found["states[unruled].zones"]
    return [note.line(look.say("unruled_note", n=look.short(number)))] if number.value else []
