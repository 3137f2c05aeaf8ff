"""Control: who is shut in, where, since when, and what ends today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from dashboard.wall.board import MOST_ROWS, Board
from dashboard.wall.geometry import Layout
from dashboard.wall.overview import rank
from dashboard.wall.scene import Panel, Scene
from data.store import Zone
from data.terms import ZONES

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
    """The zones that end today: the last day of some, the first day without others."""
    day = day_of(board)
    unit = board.say("zones_unit")
    due = [zone for zone in board.zones if zone.last == day]
    gone = [zone for zone in board.zones if zone.stop == day]
    before = [zone for zone in board.zones if zone.stop == day - dt.timedelta(days=1)]
    shown = (("due_today", due), ("released_today", gone), ("released_before", before))
    data = {
        "figures": [{"name": board.say(key), "number": board.counted(len(zones), unit)} for key, zones in shown],
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
