"""Control: who is shut in, where, since when, what the rules would release today, and what is overdue."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dashboard import numbers
from dashboard.queries.cite import Cited, Given
from dashboard.queries.zones import Announced, Standing, ZoneDesk, ZoneLine
from dashboard.wall.board import MOST_ROWS, Board
from dashboard.wall.geometry import Layout
from dashboard.wall.overview import rank
from dashboard.wall.scene import Panel, Scene
from data.errors import RuleFileError
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
    """What the rules would release: zones overdue, zones due today, and zones that were released today."""
    day = _last_day(board)
    try:
        found = board.given("zones.releases", day=day)
    except RuleFileError:  # the page of zones tells what is wrong with the file
        return _announced(board)
    if not found.what.timed:
        return _announced(board)
    shown = (("overdue_release", "over"), ("due_by_rule", "due"), ("released_today", "gone"))
    listed = [*found.each("over", "id"), *found.each("due", "id")]
    data = {
        "figures": [_count(board, key, found[way]) for key, way in shown],
        "rows": [_row(board, line) for line in listed[:MOST_ROWS]],
        "total": len(listed),
        "none": board.say("none_today"),
    }
    return Panel("released", "listing", board.say("released"), board.asof(PEOPLE[0], day=day), data)


def _last_day(board: Board) -> dt.date:
    """The wall's day, or the last one that zones or findings are known of: clocks run on days without any news."""
    last = board.desk.beside(ZoneDesk).last_day(board.viewer)
    return min(board.today, last) if last else day_of(board)


def _count(board: Board, key: str, zones: Cited) -> dict[str, Any]:
    return {"name": board.say(key), "number": board.told(zones, unit=board.say("zones_unit"))}


def _row(board: Board, line: Given[ZoneLine]) -> dict[str, Any]:
    clock, over = line.what.clock, line["clock.over"]
    zone = clock.zone
    text = board.say("over_n", n=board.said(over, numbers.plain)) if clock.over else board.say("may_go")
    return {
        "glyph": ZONES[zone.kind].glyph,
        "tone": zone.kind,
        "name": (board.lang == "zh" and zone.name) or board.view.areas.label(zone.row, board.lang),
        "where": board.where(board.view.areas.code[zone.row]),
        "number": board.told(over, text=text),
    }


def _announced(board: Board) -> Panel:
    """Where no rule times the zones, those that end today as they were announced."""
    found = board.given("zones.announced", day=day_of(board))
    shown = (("due_today", "due"), ("released_today", "gone"), ("released_before", "before"))
    listed = next((way for _, way in shown if getattr(found.what, way)), "before")
    data = {
        "figures": [_count(board, key, found[way]) for key, way in shown],
        "rows": _rows(board, found, listed),
        "total": len(getattr(found.what, listed)),
    }
    return Panel("released", "listing", board.say("released"), _asof(board), data)


def longest(board: Board) -> Panel:
    """The zones in force for the longest."""
    found = board.given("zones.announced", day=day_of(board))
    total, none = len(found.what.longest), board.say("none_today")
    data = {"rows": _rows(board, found, "longest"), "total": total, "none": none}
    return Panel("longest", "listing", board.say("longest"), _asof(board), data)


def _asof(board: Board) -> Any:
    return board.asof(PEOPLE[0])


def _rows(board: Board, found: Given[Announced], way: str) -> list[dict[str, Any]]:
    """Zones with their clocks, longest in force first."""
    return [_standing(board, one) for one in found.each(way, "id")[:MOST_ROWS]]


def _standing(board: Board, one: Given[Standing]) -> dict[str, Any]:
    zone, nth = one.what.zone, one["nth"]
    return {
        "glyph": ZONES[zone.kind].glyph,
        "tone": zone.kind,
        "name": (board.lang == "zh" and zone.name) or board.label(zone.area),
        "where": board.where(zone.area),
        "number": board.told(nth, text=board.say("day_n", n=board.said(nth, numbers.plain))),
    }


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
