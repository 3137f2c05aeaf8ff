"""What is out of step: signals by unit, and space-time clusters."""

from __future__ import annotations

from typing import Any

from dashboard.pages.page import Look
from dashboard.pages.risk.written import fixed, percent, short
from dashboard.parts import listing
from dashboard.parts.sheet import Block
from dashboard.queries.cite import Given
from dashboard.queries.risk import ClusterLine, RiskAnswer, SignalLine
from dashboard.said import join, quoted

#: Rows before "more".
ROWS = 12
#: Recurrence intervals beyond this many days say no more than that it is no chance.
LONG = 3650


def signals(look: Look, found: Given[RiskAnswer]) -> Block:
    """Units whose count is out of step."""
    columns = [
        listing.column(look.say("area"), left=True),
        listing.column(look.say("today"), bar=True),
        listing.column(look.say("upper"), least=True),
        listing.column(look.say("methods"), left=True),
        listing.column(look.say("false")),
    ]
    rows = [_signal(look, line) for line in found.each("signals", "code")]
    return listing.table(
        columns, rows, look.say("signals"), about=look.say("signals_about"), none=look.say("no_signals"),
        count=look.whole(found["signalled"]), span=6, first=ROWS, id="signals",
    )  # fmt: skip


def _signal(look: Look, told: Given[SignalLine]) -> dict[str, Any]:
    line = told.what
    cells = [
        listing.cell(line.name, line.name, small=quoted(line.where)),
        listing.number(short(look, told["count"])),
        listing.number(fixed(look, told["upper"], 1)),
        listing.cell(quoted(" ".join(line.kinds)), len(line.kinds)),
        listing.number(percent(look, told["rate"], 2)),
    ]
    return listing.row(cells, key=line.code)


def clusters(look: Look, found: Given[RiskAnswer]) -> Block:
    """Places and times with more than chance would bring."""
    columns = [
        listing.column(look.say("area"), left=True),
        listing.column(look.say("size"), least=True),
        listing.column(look.say("lasting")),
        listing.column(look.say("cases")),
        listing.column(look.say("recurrence")),
    ]
    rows = [_cluster(look, line) for line in found.each("clusters", "code")]
    return listing.table(
        columns, rows, look.say("clusters"), about=look.say("clusters_about"), none=look.say("no_clusters"),
        count=look.whole(found["clusters"]), span=6, first=ROWS, id="clusters",
    )  # fmt: skip


def _cluster(look: Look, told: Given[ClusterLine]) -> dict[str, Any]:
    line = told.what
    long = line.recurrence > LONG
    text = look.say("years") if long else look.say("days", n=short(look, told["recurrence"]))
    found = join(" / ", [short(look, told["cases"]), short(look, told["expected"], 1)])
    cells = [
        listing.cell(line.name, line.name, small=quoted(line.where)),
        listing.number(short(look, told["units"])),
        listing.number(look.say("days", n=look.whole(told["days"]))),
        listing.number(found, line.cases),
        listing.cell(
            text, min(line.recurrence, LONG), small="" if line.believed else look.say("maybe"),
            tone="" if line.believed else "soft",
        ),
    ]  # fmt: skip
    return listing.row(cells, key=line.code)
