"""Events and freshness: what is open and whose turn it is, what needs somebody to act, and whose data is late.

Of events a wall tells how many there are, small numbers of those about persons hidden as everywhere; one by one it
tells those about places and sources alone, without a word of whoever reported them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from dashboard import numbers
from dashboard.queries.cite import Cited, Given
from dashboard.queries.event_lines import EventTally
from dashboard.queries.events import OPEN, EventDesk
from dashboard.queries.feed_lines import FeedPart
from dashboard.queries.freshness import Freshness
from dashboard.queries.freshness_desk import FreshnessDesk
from dashboard.queries.hidden import hidden
from dashboard.queries.levels import ABOVE_CITIES
from dashboard.queries.loops import LoopDesk, OpenBoard, PublicLine
from dashboard.said import Said, join, quoted, words
from dashboard.wall.board import MOST_ROWS, Board
from dashboard.wall.geometry import Layout
from dashboard.wall.scene import AsOf, Number, Panel, Scene
from data.faults import Fault
from data.store import Load
from data.terms import EVENTS, FAULTS, FEEDS, STATES_OF_EVENTS, Term

_ORDER = {"error": 0, "warn": 1, "fresh": 2, "none": 3}
#: What is counted of a city's sources -> how that is said.
_WAYS = {"late": "feeds_late", "doubtful": "feeds_doubtful", "fresh": "feeds_fresh"}
#: States of rows, the worst first.
_ROWS = ("error", "warn", "doubtful", "fresh", "none")


def ready(board: Board) -> str:
    """There must have been a load."""
    return "" if board.sources else board.say("empty_city")


def _asof(board: Board) -> AsOf:
    now = join(" ", [board.day_text(board.today), board.moment_text(board.now.utc)])
    return AsOf(board.say("upto", day=now))


def sources(board: Board) -> Panel:
    """Every source: its newest day, its last delivery, its state; the latest first. Where there are cities below, each
    of these as its worst source, and by itself what is no city's own."""
    found = sorted(board.sources.values(), key=lambda one: (_ORDER[one.what.state], -one.what.over))
    told = board.given("sources.board", now=board.now.utc) if board.place.level in ABOVE_CITIES else None
    own = None if told is None else {line.feed.source.name for line in told.what.own}
    rows = [_source(board, one) for one in found if own is None or one.what.source.name in own]
    if told is not None:
        rows += [_city(board, one) for one in told.each("parts", "code")]
        rows.sort(key=lambda row: _ROWS.index(row["state"]))
    return Panel("sources", "sources", board.say("freshness"), _asof(board), {"rows": rows})


def _city(board: Board, told: Given[FeedPart]) -> dict[str, Any]:
    """A city as its worst source, with how many of its sources are late, or else doubtful."""
    part = told.what
    way = "late" if part.late else "doubtful" if part.doubtful else "fresh"
    n, all_ = (board.said(told[each], numbers.plain) for each in (way, "lines"))
    word = board.say(_WAYS[way], n=n, all=all_)
    state = "doubtful" if part.state == "held" else part.state
    return {"name": part.name, "state": state, "word": word, "newest": "", "received": ""}


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
    if board.desk.sees_deliveries(board.viewer):
        held = board.desk.beside(FreshnessDesk).held(board.viewer)
        waiting = {one.source for one in held if one.waits}
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


# --- the events -------------------------------------------------------------------------------------


def _none(board: Board, id: str, title: str) -> Panel | None:
    """A calm line where no book of events is kept."""
    if board.desk.beside(EventDesk).is_open:
        return None
    return Panel(id, "listing", board.say(title), _asof(board), {"rows": [], "none": board.say("events_none")})


def _then(board: Board, at: dt.datetime) -> AsOf:
    return AsOf(board.say("upto", day=board.moment_text(at)))


def opened(board: Board) -> Panel:
    """How many events are open, late and escalated, and how far they are."""
    empty = _none(board, "opened", "events_title")
    if empty is not None:
        return empty
    found = board.given("events.counts")
    told = _public(board, found) if hidden(found.what.counts.all.open) else _all(board, found)
    figures = [{"name": name, "number": board.told(one)} for name, one in told]
    asof = _then(board, found.what.counts.now)
    return Panel("opened", "figures", board.say("events_title"), asof, {"figures": figures})


#: What is said of all events, and of those about no person: way, texts.
_TALLY = (
    ("open", "events_open", "events_open_public"),
    ("late", "events_late", "events_late_public"),
    ("escalated", "events_raised", "events_raised_public"),
)


def _all(board: Board, found: Given[OpenBoard]) -> list[tuple[str, Cited]]:
    """All events, and how far they are."""
    totals = [(board.say(key), found[f"counts.all.{way}"]) for way, key, _ in _TALLY]
    states = [(STATES_OF_EVENTS[state].name(board.lang), found[f"counts.states[{state}]"]) for state in OPEN]
    return [*totals, *states]


def _public(board: Board, found: Given[OpenBoard]) -> list[tuple[str, Cited]]:
    """Those about places and sources, and how many are about persons, where that is not small."""
    totals = [(board.say(key), found[f"public.{way}"]) for way, _, key in _TALLY]
    return [*totals, (board.say("events_persons"), found["persons"])]


def kinds(board: Board) -> Panel:
    """How many of each class are open, most first; what is hidden stands last and says so."""
    empty = _none(board, "kinds", "events_kinds")
    if empty is not None:
        return empty
    found = board.given("events.counts")
    counts = found.what.counts
    told = zip(counts.classes, found.each("counts.classes"), strict=True)
    rows = [_kind(board, klass, one) for klass, one in told if one.what.open or hidden(one.what.open)]
    rows.sort(key=lambda row: -(row["number"].value or 0))
    data = {"rows": rows[:MOST_ROWS], "total": len(rows), "none": board.say("events_nothing")}
    return Panel("kinds", "listing", board.say("events_kinds"), _then(board, counts.now), data)


def _kind(board: Board, klass: str, one: Given[EventTally]) -> dict[str, Any]:
    term = EVENTS[klass]
    return {"glyph": term.glyph, "tone": "warn" if one.what.late else "note", "name": term.name(board.lang),
            "number": board.told(one["open"])}  # fmt: skip


def live(board: Board) -> Panel:
    """The open events about places and sources, what is due first first."""
    empty = _none(board, "live", "events_live")
    if empty is not None:
        return empty
    now = board.desk.beside(EventDesk).now()
    rows = [
        _event(board, line, now) for line in board.desk.beside(LoopDesk).public(board.viewer, board.area, MOST_ROWS)
    ]
    total = board.desk.beside(LoopDesk).standing(board.viewer, board.area).public.open
    data = {"rows": rows, "total": total, "none": board.say("events_nothing")}
    return Panel("live", "listing", board.say("events_live"), _then(board, now), data)


def _event(board: Board, line: PublicLine, now: dt.datetime) -> dict[str, Any]:
    state = STATES_OF_EVENTS[line.state].name(board.lang)
    return {
        "glyph": EVENTS[line.klass].glyph,
        "tone": "error" if line.late else "note",
        "name": EVENTS[line.klass].name(board.lang),
        "where": f"{board.where(line.area.code) or line.area.name} {state}",
        "number": Number(_due(board, line, now)),
    }


def _due(board: Board, line: PublicLine, now: dt.datetime) -> Said:
    """How much time is left, or by how much it is over."""
    if line.due is None:
        return words("")
    age = words(numbers.duration(abs((line.due - now).total_seconds()) / 60, board.lang))
    return board.say("events_over" if line.late else "events_left", age=age)


SCENE = Scene(
    "events",
    "事件与时效",
    "Events and freshness",
    ready,
    {
        "opened": opened,
        "live": live,
        "kinds": kinds,
        "figures": figures,
        "action": action,
        "sources": sources,
        "recent": recent,
    },
    {
        "plain": Layout(
            (40, 30, 30),
            (9, 19, 40, 32),
            "title title head\nopened opened figures\nlive kinds sources\nlive action recent",
        ),
        "wide": Layout(
            (30, 22, 24, 24),
            (10, 28, 32, 30),
            "title title title head\nopened opened figures figures\nlive kinds sources recent\n"
            "live action sources recent",
        ),
        "tall": Layout(
            (50, 50),
            (5, 15, 28, 27, 25),
            "title head\nopened figures\nlive kinds\nsources sources\naction recent",
        ),
        "sparse": Layout((60, 40), (16, 84), "title head\nlive sources"),
    },
    live=True,
)
