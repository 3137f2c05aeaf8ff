"""The cities of a province side by side: where it is worst, what is held too long, who must act, whose data is late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dashboard.queries.cite import Cited
from dashboard.queries.events import EventDesk
from dashboard.queries.levels import ABOVE_CITIES
from dashboard.wall.board import MOST_ROWS, Board
from dashboard.wall.geometry import Layout
from dashboard.wall.overview import LAYERS, LEADS, rank
from dashboard.wall.scene import AsOf, Panel, Scene
from data.errors import RuleFileError


def ready(board: Board) -> str:
    """There must be findings."""
    return "" if board.first_of(LEADS) else board.say("empty_city")


def city_map(board: Board) -> Panel:
    """Each city as a whole."""
    name = board.first_of(LAYERS)
    assert name is not None
    data = board.map(name, board.below)
    return Panel("map", "map", data["name"], board.asof(name), data)


def cases(board: Board) -> Panel:
    """The cities by what was found on the day."""
    name = board.first_of(LEADS)
    assert name is not None
    return rank(board, [name], board.say("cities_cases"))


def over(board: Board) -> Panel:
    """The cities by zones that stand longer than the rules let them."""
    try:
        told = {code: board.given("zones.releases", area=code, day=board.today)["over"] for code in board.cities}
    except RuleFileError:  # the page of zones tells what is wrong with the file
        told = {}
    asof = board.asof("zone_lockdown_people")
    return _ranked(board, "over", "cities_over", "overdue_release", _reported(board, told), asof)


def act(board: Board) -> Panel:
    """The cities by open events that nobody dealt with in time."""
    if not board.desk.beside(EventDesk).is_open:
        data = {"rows": [], "heads": [], "total": 0, "none": board.say("events_none")}
        return Panel("act", "ranking", board.say("cities_act"), _asof(board), data)
    found = board.given("events.counts")
    told = {code: found[f"below[{code}].late"] for code in board.cities if code in found.what.below}
    none = "events_nothing" if told else "rows_hidden"
    return _ranked(board, "act", "cities_act", "events_late", told, _asof(board), none)


def late(board: Board) -> Panel:
    """The cities by sources that are late or silent."""
    found = board.given("sources.board", now=board.now.utc)
    told = {code: found[f"late_in[{code}]"] for code in board.cities if code in found.what.late_in}
    return _ranked(board, "late", "cities_late", "sources_late", _reported(board, told), _asof(board))


def _reported(board: Board, told: Mapping[str, Cited]) -> dict[str, Cited]:
    """The same; of a city of which nobody ever told anything no nought, but that nothing is reported."""
    name = board.first_of(LEADS) or LEADS[0]
    silent = [code for code in told if not board.desk.status(replace(board.viewer, scope=code)).days]
    missing = {code: board.given("measure", name=name, area=code, day=board.day_of(name))[""] for code in silent}
    return {**told, **missing}


def _asof(board: Board) -> AsOf:
    return AsOf(board.say("upto", day=board.moment_text(board.now.utc)))


def _ranked(
    board: Board, id: str, title: str, counted: str, told: Mapping[str, Cited], asof: AsOf, none: str = "missing"
) -> Panel:
    """Cities by a number of something that should not be, the most first; where nothing is told, the word ``none``."""
    order = sorted(told, key=lambda code: (told[code].value is None, -(told[code].value or 0.0)))
    most = max((told[code].value or 0.0 for code in order), default=0.0)
    rows: list[dict[str, Any]] = [
        {"name": board.label(code), "numbers": [board.told(told[code])], "tone": "bad",
         "share": (told[code].value or 0.0) / most if most else 0.0}
        for code in order[:MOST_ROWS]
    ]  # fmt: skip
    heads = [{"name": board.say(counted), "unit": ""}]
    data = {"rows": rows, "heads": heads, "total": len(order), "none": board.say(none)}
    return Panel(id, "ranking", board.say(title), asof, data)


SCENE = Scene(
    "cities",
    "各市对比",
    "Cities",
    ready,
    {"map": city_map, "cases": cases, "over": over, "act": act, "late": late},
    {
        "plain": Layout(
            (44, 28, 28), (9, 45, 46), "title title head\nmap cases over\nmap act late"
        ),
        "wide": Layout((28, 22, 17, 17, 16), (10, 90), "title title head head head\nmap cases over act late"),
        "tall": Layout((50, 50), (5, 45, 25, 25), "title head\nmap map\ncases over\nact late"),
        "sparse": Layout((60, 40), (16, 84), "map head\nmap cases"),
    },
    live=True,
    levels=ABOVE_CITIES,
)  # fmt: skip
