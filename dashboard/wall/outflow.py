"""Outflow: who goes where inside the city, over the map; who leaves it, where to, and what they may carry there."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import replace
from typing import Any

from dashboard import numbers
from dashboard.queries.cite import Given
from dashboard.queries.days import Day, day_range
from dashboard.queries.flows import Destinations, FlowDesk, RiskRow
from dashboard.said import words
from dashboard.wall.board import CURVE_DAYS, MOST_ROWS, Board
from dashboard.wall.geometry import Layout
from dashboard.wall.scene import AsOf, Number, Panel, Scene
from data.errors import Withheld

#: Few dark colours under the light of flows; the first layer that the city has is their ground.
QUIET = ("#182126", "#1b272d", "#1f2d34", "#24343c", "#293b44", "#2f434d", "#354b56", "#3c5460")
LAYERS = ("incidence_7d", "positives", "population")
KINDS = ("flows", "flow_index", "elsewhere_cases", "traced")


def _desk(board: Board) -> FlowDesk:
    return board.desk.beside(FlowDesk)


def day_of(board: Board) -> Day | None:
    """The newest day of flows that is not after the wall's."""
    days = _desk(board).days(board.viewer)
    return max((day for day in days if day <= board.today), default=None)


def ready(board: Board) -> str:
    """There must be flows, or an index."""
    return board.say("outflow_none") if day_of(board) is None else ""


def _asof(board: Board, *kinds: str) -> AsOf:
    return board.asof_of(board.of_kind(*(kinds or KINDS)), day_of(board))


def _day(board: Board) -> Day:
    day = day_of(board)
    assert day is not None
    return day


def flow_map(board: Board) -> Panel:
    """Trips between the areas below, as moving light; the ground is quiet. A city without any numbers of its own to be
    the ground shows what other cities found."""
    name = board.first_of(LAYERS)
    if name is None:
        return replace(elsewhere(board), id="map")
    data = board.map(name, board.below)
    lowest = len(data["legend"])
    ramp = [QUIET[min(len(QUIET) - 1, at * len(QUIET) // max(lowest, 1))] for at in range(lowest)]
    data["legend"] = [{**one, "colour": colour} for one, colour in zip(data["legend"], ramp, strict=True)]
    data["properties"] |= {"ramp": ramp}
    data["name"] = board.say("trips_over", name=data["name"])
    data["short"] = board.say("trips")
    day = _desk(board).arcs_day(board.viewer, board.area, _day(board))
    if day is not None:
        data["properties"] |= {
            "flows_url": f"flows/{board.view.version}/now/{board.area}/{day}.bin",
            "flows_day": 0,
            "flows_level": board.below,
            "flows_format": {"suffix": board.say("trips_unit")},
        }
    return Panel("map", "map", board.say("trips"), _asof(board, "flows"), data)


def figures(board: Board) -> Panel:
    """Who left, against a year before; what they carry; how many were found."""
    day = _day(board)
    shown = [_left(board, day)]
    for more in (_carried, _found):
        with suppress(Withheld):
            shown += more(board, day)
    return Panel("figures", "figures", board.say("key_figures"), _asof(board), {"figures": shown})


def _shown(name: str, number: Number, change: str = "", direction: str = "none") -> dict[str, Any]:
    return {"name": name, "number": number, "change": change, "goodness": "neutral", "direction": direction}


def _left(board: Board, day: Day) -> dict[str, Any]:
    found = board.given("flows.left", day=day)
    name = board.say("left_estimate" if found.what.now.estimate else "left")
    number, relative = board.told(found["now"]), found["relative"]
    if found.what.now.estimate and number.value is not None:
        number = replace(number, unit=board.say("by_factor", factor=words(_desk(board).factor.written)))
    if not relative.value and relative.state != "zero":
        return _shown(name, number)
    share = relative.value or 0.0
    direction = "up" if share > 0 else "down" if share < 0 else "flat"
    return _shown(name, number, board.said(relative, lambda value: f"{numbers.signed(100 * value)}%"), direction)


def _carried(board: Board, day: Day) -> list[dict[str, Any]]:
    found = board.given("flows.risk", day=day)
    if found.what.whole is None:
        return []
    low, high = (board.said(found[f"whole.{end}"], numbers.plain) for end in ("low", "high"))
    expected = found["whole.expected"]
    number = board.told(expected, _expected if (expected.value or 0.0) < 100 else None)
    return [_shown(board.say("carried"), replace(number, unit=board.say("interval", low=low, high=high)))]


def _expected(value: float) -> str:
    return f"{value:.1f}"


def _found(board: Board, day: Day) -> list[dict[str, Any]]:
    traced = board.given("flows.tracing", day=day)
    if traced.what is None:
        return []
    return [_shown(board.say("traced"), board.told(traced["whole.shares[found]"], lambda v: f"{100 * v:.0f}", "%"))]


def curve(board: Board) -> Panel:
    """The index day by day; without one, the people who left."""
    last = _day(board)
    first = max(last - dt.timedelta(days=CURVE_DAYS - 1), _desk(board).days(board.viewer)[0])
    days = day_range(first, last)
    told = board.given("flows.outflow", day=None, first=first, last=last)
    way = ".index" if any(day.index is not None for day in told.what.values()) else ""
    points = [told[f"[{day}]{way}"] for day in days]
    values = [one.value for one in points]
    peak = max((one for one in points if one.value is not None), key=lambda one: one.value or 0.0, default=None)
    at = 0 if peak is None else values.index(peak.value)
    data = {
        "values": [None if value is None else float(f"{value:.6g}") for value in values],
        "states": [one.state for one in points],
        "mean": None,
        "form": "line",
        "ticks": [[n, said] for n, said in board.ticks(days)],
        "last": board.told(points[-1], _index),
        "peak": None if peak is None else board.told(peak, _index),
        "peak_at": at,
        "peak_day": "" if peak is None else board.day_text(days[at]),
    }
    return Panel("curve", "curve", board.say("index"), _asof(board, "flow_index", "flows"), data)


def _index(value: float) -> str:
    return f"{value:.3g}"


def ranking(board: Board) -> Panel:
    """Where people went, by share; what is below the list stands as what it is."""
    found = board.given("flows.destinations", day=_day(board), n=MOST_ROWS)
    data = {
        "rows": _rows(board, found),
        "heads": [{"name": board.say("share_of_outflow"), "unit": ""}],
        "total": len(found.what.rows),
        "none": board.say("not_ready"),
    }
    return Panel("ranking", "ranking", board.say("destinations"), _asof(board, "flows"), data)


def _rows(board: Board, found: Given[Destinations]) -> list[dict[str, Any]]:
    most = max((row.share or 0.0 for row in found.what.rows), default=0.0)
    return [
        {
            "name": row.what.name,
            "numbers": [board.told(row["share"], lambda share: f"{100 * share:.1f}%")],
            "share": (row.what.share or 0.0) / most if most else 0.0,
        }
        for row in found.each("rows", "key")
    ]


def risk(board: Board) -> Panel:
    """The cities that the infection has most likely reached, and those that the model does not explain."""
    found = board.given("flows.risk", day=_day(board))
    told = [row for row in found.each("rows", "key") if row.what.one is not None]
    told.sort(key=lambda row: (-abs(row.what.outlier), -(row.what.one or 0.0)))
    rows = [
        {**_signed(board, row), "number": board.told(row["one"], lambda share: f"{100 * share:.0f}%")}
        for row in told[:MOST_ROWS]
    ]
    title = board.say("reached", days=words(str(len(found.what.days))))
    data = {"rows": rows, "total": len(told), "none": board.say("not_ready")}
    return Panel("risk", "listing", title, _asof(board), data)


def elsewhere(board: Board) -> Panel:
    """Cases that other cities found: those that the model does not explain first, then the most."""
    found = board.given("flows.risk", day=_day(board))
    told = [row for row in found.each("rows", "key") if row.what.cases is not None]
    told.sort(key=lambda row: (-abs(row.what.outlier), -(row.what.cases or 0.0)))
    rows = [{**_signed(board, row), "number": board.told(row["cases"])} for row in told[:MOST_ROWS]]
    data = {"rows": rows, "total": len(told), "none": board.say("not_ready")}
    return Panel("elsewhere", "listing", board.say("elsewhere"), _asof(board, "elsewhere_cases"), data)


def _signed(board: Board, row: Given[RiskRow]) -> dict[str, Any]:
    """A city with its place against the model's band."""
    outlier = row.what.outlier
    return {
        "glyph": {1: "▲", -1: "▼"}.get(outlier, "○"),
        "tone": "bad" if outlier > 0 else "quiet",
        "name": row.what.name,
        "where": board.say({1: "above", -1: "below"}[outlier]) if outlier else "",
    }


SCENE = Scene(
    "outflow",
    "人口迁出",
    "Outflow",
    ready,
    {"map": flow_map, "figures": figures, "curve": curve, "ranking": ranking, "risk": risk},
    {
        "plain": Layout((25, 45, 30), (9, 46, 45), "title title head\nfigures map ranking\ncurve map risk"),
        "wide": Layout((24, 40, 36), (10, 44, 46), "title title head\nfigures map ranking\ncurve map risk"),
        "tall": Layout(
            (50, 50), (5, 45, 14, 18, 18), "title head\nmap map\nfigures figures\nranking risk\ncurve curve"
        ),
        "sparse": Layout((60, 40), (16, 84), "map head\nmap figures"),
    },
)
