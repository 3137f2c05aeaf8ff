"""Control: who is shut in, where, since when, what the rules would release today, and what is overdue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from dashboard.queries.zones import OVERDUE, ZoneDesk
from dashboard.wall.board import MOST_ROWS, Board
from dashboard.wall.geometry import Layout
from dashboard.wall.overview import rank
from dashboard.wall.scene import Panel, Scene
from data.errors import RuleFileError
from data.store import Zone
from data.terms import ZONES
from grid.zone_clocks import ZoneClock

PEOPLE = ("zone_lockdown_people", "zone_control_people")


def ready(board: Board) -> str:
    """There must have been a zone."""
    return "" if board.zones and board.has(*PEOPLE) else board.say("not_ready")


def day_of(board: Board) -> dt.date:
    """The wall's day, or the last one that the zones speak of."""
    return board.day_of(PEOPLE[0]) or board.today


def zone_map(board: Board) -> Panel:
    """People under lockdown."""
    data = board.map("zone_lockdown_people")
    return Panel("map", "map", data["name"], board.asof("zone_lockdown_people"), data)


def figures(board: Board) -> Panel:
    """People and zones of either kind."""
    names = [f"zone_{kind}_{what}" for what in ("people", "n") for kind in ("lockdown", "control")]
    data = {"figures": [board.figure(name) for name in names]}
    return Panel("figures", "figures", board.say("key_figures"), board.asof(*names), data)


def released(board: Board) -> Panel:
    """What the rules would release: zones overdue, zones due today, and zones that were released today."""
    day = _last_day(board)
    try:
        found = _clocks(board, day)
    except RuleFileError:  # the page of zones tells what is wrong with the file
        found = []
    if not any(clock.clause for clock in found):
        return _announced(board)
    over = [clock for clock in found if clock.state in OVERDUE]
    due = [clock for clock in found if clock.state == "due"]
    gone = [clock for clock in found if clock.state == "released"]
    shown = (("overdue_release", over), ("due_by_rule", due), ("released_today", gone))
    listed = [*over, *due]
    data = {
        "figures": [_count(board, key, len(zones)) for key, zones in shown],
        "rows": [_row(board, clock) for clock in listed[:MOST_ROWS]],
        "total": len(listed),
        "none": board.say("none_today"),
    }
    return Panel("released", "listing", board.say("released"), board.asof(PEOPLE[0], day=day), data)


def _last_day(board: Board) -> dt.date:
    """The wall's day, or the last one that zones or findings are known of: clocks run on days without any news."""
    last = board.desk.beside(ZoneDesk).last_day(board.viewer)
    return min(board.today, last) if last else day_of(board)


def _clocks(board: Board, day: dt.date) -> list[ZoneClock]:
    """The zones of the book on a day, longest overdue first. RuleFileError."""
    lines = board.desk.beside(ZoneDesk).clocks(board.viewer, board.area, day)
    return [line.clock for line in lines if not line.clock.zone.risk]


def _count(board: Board, key: str, zones: int) -> dict[str, Any]:
    return {"name": board.say(key), "number": board.counted(zones, board.say("zones_unit"))}


def _row(board: Board, clock: ZoneClock) -> dict[str, Any]:
    zone = clock.zone
    text = board.say("over_n", n=clock.over) if clock.over else board.say("may_go")
    return {
        "glyph": ZONES[zone.kind].glyph,
        "tone": zone.kind,
        "name": (board.lang == "zh" and zone.name) or board.view.areas.label(zone.row, board.lang),
        "where": board.where(board.view.areas.code[zone.row]),
        "number": board.counted(clock.over, of="zones", text=text),
    }


def _announced(board: Board) -> Panel:
    """Where no rule times the zones, those that end today as they were announced."""
    day = day_of(board)
    due = [zone for zone in board.zones if zone.last == day]
    gone = [zone for zone in board.zones if zone.stop == day]
    before = [zone for zone in board.zones if zone.stop == day - dt.timedelta(days=1)]
    shown = (("due_today", due), ("released_today", gone), ("released_before", before))
    data = {
        "figures": [_count(board, key, len(zones)) for key, zones in shown],
        "rows": _rows(board, due or gone or before, day),
        "total": len(due or gone or before),
    }
    return Panel("released", "listing", board.say("released"), _asof(board), data)


def longest(board: Board) -> Panel:
    """The zones in force for the longest."""
    day = day_of(board)
    standing = [z for z in board.zones if z.kind == "lockdown" and (z.stop is None or z.stop > day) and z.start <= day]
    standing.sort(key=lambda zone: (zone.start, zone.key))
    data = {"rows": _rows(board, standing, day), "total": len(standing), "none": board.say("none_today")}
    return Panel("longest", "listing", board.say("longest"), _asof(board), data)


def _asof(board: Board) -> Any:
    return board.asof(PEOPLE[0])


def _rows(board: Board, zones: Sequence[Zone], day: dt.date) -> list[dict[str, Any]]:
    """Zones with their clocks, longest in force first."""
    found = sorted(zones, key=lambda zone: (zone.start, zone.key))[:MOST_ROWS]
    return [
        {
            "glyph": ZONES[zone.kind].glyph,
            "tone": zone.kind,
            "name": (board.lang == "zh" and zone.name) or board.label(zone.area),
            "where": board.where(zone.area),
            "number": board.counted(
                (min(day, zone.last or day) - zone.start).days + 1,
                of="zones",
                text=board.say("day_n", n=(min(day, zone.last or day) - zone.start).days + 1),
            ),
        }
        for zone in found
    ]


def ranking(board: Board) -> Panel:
    """People under lockdown and control by area."""
    level = board.level_name(board.below or board.place.level)
    return rank(board, list(PEOPLE), board.say("zones_by", level=level))


SCENE = Scene(
    "control",
    "封控管控",
    "Control",
    ready,
    {"map": zone_map, "figures": figures, "released": released, "longest": longest, "ranking": ranking},
    {
        "plain": Layout((25, 45, 30), (9, 46, 45), "title title head\nfigures map ranking\nreleased map longest"),
        "wide": Layout((24, 40, 36), (10, 44, 46), "title title head\nfigures map ranking\nreleased map longest"),
        "tall": Layout(
            (50, 50), (5, 45, 14, 18, 18), "title head\nmap map\nfigures figures\nranking ranking\nlongest released"
        ),
        "sparse": Layout((60, 40), (16, 84), "map head\nmap figures"),
    },
)
