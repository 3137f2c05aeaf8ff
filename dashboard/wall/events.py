"""Events and freshness: what needs somebody to act, and whose data is late."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dashboard import numbers
from dashboard.queries.cite import Cited, Given
from dashboard.queries.freshness import Freshness
from dashboard.queries.freshness_desk import FreshnessDesk
from dashboard.said import join, quoted, words
from dashboard.wall.board import MOST_ROWS, Board
from dashboard.wall.geometry import Layout
from dashboard.wall.scene import AsOf, Number, Panel, Scene
from data.faults import Fault
from data.store import Load
from data.terms import FAULTS, FEEDS, Term

_ORDER = {"error": 0, "warn": 1, "fresh": 2, "none": 3}


def ready(board: Board) -> str:
    """There must have been a load."""
    return "" if board.sources else board.say("empty_city")


def _asof(board: Board) -> AsOf:
    now = join(" ", [board.day_text(board.today), board.moment_text(board.now.utc)])
    return AsOf(board.say("upto", day=now))


def sources(board: Board) -> Panel:
    """Every source: its newest day, its last delivery, its state; the latest first."""
    found = sorted(board.sources.values(), key=lambda one: (_ORDER[one.what.state], -one.what.over))
    rows = [_source(board, one) for one in found]
    return Panel("sources", "sources", board.say("freshness"), _asof(board), {"rows": rows})


def _source(board: Board, told: Given[Freshness]) -> dict[str, Any]:
    one = told.what
    late, odd = one.state in ("warn", "error"), _odd(one)
    word = board.late_word(told) if late else board.say("fresh" if one.state == "fresh" else "ended")
    if odd is not None and not late:
        word = words(FAULTS[odd.id].name(board.lang))
    return {
        "name": one.name(board.lang),
        "state": "doubtful" if odd is not None and one.state == "fresh" else one.state,
        "word": word if one.received else board.say("received_none"),
        "newest": board.say("newest", day=board.day_text(one.newest)) if one.newest else "",
        "received": board.say("received", moment=board.moment_text(one.received)) if one.received else "",
    }


def _odd(one: Freshness) -> Fault | None:
    """The most pressing thing that is odd about a source, but for its being late."""
    found = [fault for fault in one.faults if fault.id not in ("late", "stopped")]
    return min(found, key=lambda fault: list(FAULTS).index(fault.id), default=None)


def action(board: Board) -> Panel:
    """What somebody has to do: late sources, held deliveries, odd sources, rows that went back to their senders."""
    found = list(board.sources.values())
    late = [one for one in found if one.what.state in ("warn", "error")]
    late.sort(key=lambda one: (_ORDER[one.what.state], -one.what.over))
    bad = sorted((one for one in found if one.what.rejected), key=lambda one: -(one.what.rejected or 0))
    rows = [{"glyph": "■", "tone": "error", "name": board.say("bad_file")}] if board.trouble else []
    rows += [_late(board, one) for one in late] + list(_held(board)) + list(_doubtful(board))
    rows += [_rejected(board, one) for one in bad]
    data = {"rows": rows[:MOST_ROWS], "none": board.say("action_none")}
    return Panel("action", "listing", board.say("action"), _asof(board), data)


def _held(board: Board) -> Iterator[dict[str, Any]]:
    """Sources with deliveries that wait for a decision."""
    if board.viewer.sees_deliveries:
        waiting = {one.source for one in board.desk.beside(FreshnessDesk).held(board.viewer)}
        for name in sorted(waiting & board.sources.keys()):
            yield _told(board, FEEDS["held"], board.sources[name].what)


def _doubtful(board: Board) -> Iterator[dict[str, Any]]:
    for one in (told.what for told in board.sources.values()):
        odd = _odd(one)
        if odd is not None:
            yield _told(board, FAULTS[odd.id], one)


def _told(board: Board, term: Term, one: Freshness) -> dict[str, Any]:
    name = join(" · ", [quoted(one.name(board.lang)), words(term.name(board.lang))])
    return {"glyph": term.glyph, "tone": "warn", "name": name}


def _late(board: Board, one: Given[Freshness]) -> dict[str, Any]:
    return {
        "glyph": "■" if one.what.state == "error" else "▲",
        "tone": one.what.state,
        "name": one.what.name(board.lang),
        "number": board.told(one["over"], text=board.late_word(one)),
    }


def _rejected(board: Board, one: Given[Freshness]) -> dict[str, Any]:
    name = board.say("event_rejects", source=one.what.name(board.lang))
    return {"glyph": "●", "tone": "note", "name": name, "number": _rows(board, one["rejected"])}


def _rows(board: Board, rows: Cited) -> Number:
    """So many rows, with every digit."""
    return board.told(rows, text=join(" ", [board.said(rows, numbers.plain), board.say("rows_unit")]))


def figures(board: Board) -> Panel:
    """How many sources are on time, how many are not, and what was taken in."""
    shown = (("sources_fresh", "fresh"), ("sources_late", "late"), ("loads", "loads"), ("rows_returned", "rejected"))
    found = [{"name": board.say(key), "number": board.told(board.timeliness[way])} for key, way in shown]
    return Panel("figures", "figures", board.say("timeliness"), _asof(board), {"figures": found})


def recent(board: Board) -> Panel:
    """The newest loads, each with what it brought."""
    found = [one for one in board.given("loads", area=None).each("", "id") if one.what.source in board.sources]
    rows = [_load(board, one) for one in reversed(found[-MOST_ROWS:])]
    return Panel("recent", "listing", board.say("recent"), _asof(board), {"rows": rows, "total": len(found)})


def _load(board: Board, one: Given[Load]) -> dict[str, Any]:
    return {
        "glyph": "●",
        "tone": "note",
        "name": board.sources[one.what.source].what.name(board.lang),
        "where": board.moment_text(one.what.known),
        "number": _rows(board, one["taken"]),
    }


SCENE = Scene(
    "events",
    "事件与时效",
    "Events and freshness",
    ready,
    {"figures": figures, "action": action, "sources": sources, "recent": recent},
    {
        "plain": Layout(
            (38, 34, 28),
            (9, 19, 40, 32),
            "title title head\nfigures figures figures\naction sources sources\nrecent recent recent",
        ),
        "wide": Layout((24, 36, 40), (10, 45, 45), "title title head\nfigures sources recent\naction sources recent"),
        "tall": Layout(
            (50, 50), (5, 15, 25, 30, 25), "title head\nfigures figures\naction action\nsources sources\nrecent recent"
        ),
        "sparse": Layout((60, 40), (16, 84), "title head\nsources sources"),
    },
)
