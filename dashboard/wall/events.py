"""Events and freshness: what needs somebody to act, and whose data is late."""

from __future__ import annotations

from typing import Any

from dashboard import numbers
from dashboard.wall.board import MOST_ROWS, Board
from dashboard.wall.freshness import Freshness
from dashboard.wall.geometry import Layout
from dashboard.wall.scene import AsOf, Panel, Scene
from data.store import Load

_ORDER = {"error": 0, "warn": 1, "fresh": 2, "none": 3}


def ready(board: Board) -> str:
    """There must have been a load."""
    return "" if board.sources else board.say("empty_city")


def _asof(board: Board) -> AsOf:
    return AsOf(board.say("upto", day=f"{board.day_text(board.today)} {board.moment_text(board.now.utc)}"))


def sources(board: Board) -> Panel:
    """Every source: its newest day, its last delivery, its state; the latest first."""
    found = sorted(board.sources.values(), key=lambda one: (_ORDER[one.state], -one.over))
    return Panel(
        "sources", "sources", board.say("freshness"), _asof(board), {"rows": [_source(board, one) for one in found]}
    )


def _source(board: Board, one: Freshness) -> dict[str, Any]:
    word = (
        board.late_word(one)
        if one.state in ("warn", "error")
        else board.say("fresh" if one.state == "fresh" else "ended")
    )
    return {
        "name": one.name(board.lang),
        "state": one.state,
        "word": word if one.received else board.say("received_none"),
        "newest": board.say("newest", day=board.day_text(one.newest)) if one.newest else "",
        "received": board.say("received", moment=board.moment_text(one.received)) if one.received else "",
    }


def action(board: Board) -> Panel:
    """What somebody has to do: late sources, then rows that went back to their senders."""
    late = [one for one in board.sources.values() if one.state in ("warn", "error")]
    late.sort(key=lambda one: (_ORDER[one.state], -one.over))
    bad = sorted((one for one in board.sources.values() if one.rejected), key=lambda one: -one.rejected)
    rows = [{"glyph": "■", "tone": "error", "name": board.say("bad_file")}] if board.trouble else []
    rows += [_late(board, one) for one in late] + [_rejected(board, one) for one in bad]
    return Panel(
        "action",
        "listing",
        board.say("action"),
        _asof(board),
        {"rows": rows[:MOST_ROWS], "none": board.say("action_none")},
    )


def _late(board: Board, one: Freshness) -> dict[str, Any]:
    number = board.counted(one.over, of="clock", text=board.late_word(one))
    return {
        "glyph": "■" if one.state == "error" else "▲",
        "tone": one.state,
        "name": one.name(board.lang),
        "number": number,
    }


def _rejected(board: Board, one: Freshness) -> dict[str, Any]:
    text = f"{numbers.plain(one.rejected)} {board.say('rows_unit')}"
    return {
        "glyph": "●", "tone": "note", "name": board.say("event_rejects", source=one.name(board.lang)),
        "number": board.counted(one.rejected, of="loads", text=text),
    }  # fmt: skip


def figures(board: Board) -> Panel:
    """How many sources are on time, how many are not, and what was taken in."""
    states = [one.state for one in board.sources.values()]
    late = sum(state in ("warn", "error") for state in states)
    loads = sum(one.loads for one in board.sources.values())
    rejected = sum(one.rejected for one in board.sources.values())
    names = [board.say(key) for key in ("sources_fresh", "sources_late", "loads", "rows_returned")]
    values = (states.count("fresh"), late, loads, rejected)
    ofs = ("clock", "clock", "loads", "loads")
    found = [{"name": n, "number": board.counted(v, of=of)} for n, v, of in zip(names, values, ofs, strict=True)]
    return Panel("figures", "figures", board.say("timeliness"), _asof(board), {"figures": found})


def recent(board: Board) -> Panel:
    """The newest loads, each with what it brought."""
    loads = [load for load in board.desk.cube.store.loads(upto=board.view.version) if load.source in board.sources]
    rows = [_load(board, load) for load in reversed(loads[-MOST_ROWS:])]
    return Panel("recent", "listing", board.say("recent"), _asof(board), {"rows": rows, "total": len(loads)})


def _load(board: Board, load: Load) -> dict[str, Any]:
    text = f"{numbers.plain(load.taken)} {board.say('rows_unit')}"
    return {
        "glyph": "●",
        "tone": "note",
        "name": board.sources[load.source].name(board.lang),
        "where": board.moment_text(load.known),
        "number": board.counted(load.taken, of="loads", text=text),
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
