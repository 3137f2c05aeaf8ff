"""Outflow: who goes where inside the city, over the map; who leaves it, where to, and what they may carry there."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from dashboard import numbers
from dashboard.queries.desk import COMPARED_DAYS, Day, day_range
from dashboard.queries.flows import DayOut, Destinations, FlowDesk, RiskAnswer
from dashboard.wall.board import CURVE_DAYS, MOST_ROWS, Board
from dashboard.wall.geometry import Layout
from dashboard.wall.scene import AsOf, Number, Panel, Scene

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
    if day_of(board) is None or board.first_of(LAYERS) is None:
        return board.say("outflow_none")
    return ""


def _asof(board: Board, *kinds: str) -> AsOf:
    feeds = [name for name, one in board.sources.items() if one.source.kind in (kinds or KINDS)]
    return board.asof_of(feeds, day_of(board))


def _day(board: Board) -> Day:
    day = day_of(board)
    assert day is not None
    return day


def _number(board: Board, key: str, value: float | None, text: str = "", unit: str = "") -> Number:
    """A number of FlowDesk with its question: what of it, where, on which day."""
    if value is None:
        said = Number(board.say("missing"), "", None, "missing", "flows")
    else:
        said = board.counted(value, unit, of="flows", text=text)
    return replace(said, measure=key, area=board.area, level=board.place.level, day=_day(board))


def flow_map(board: Board) -> Panel:
    """Trips between the areas below, as moving light; the ground is quiet."""
    name = board.first_of(LAYERS)
    assert name is not None
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
            "flows_url": f"flows/{board.view.version}/{board.area}/{day}.bin",
            "flows_day": 0,
            "flows_level": board.below,
            "flows_format": {"suffix": board.say("trips_unit")},
        }
    return Panel("map", "map", board.say("trips"), _asof(board, "flows"), data)


def figures(board: Board) -> Panel:
    """Who left, against a year before; what they carry; how many were found."""
    desk, day = _desk(board), _day(board)
    week = desk.outflow(board.viewer, board.area, day - dt.timedelta(days=COMPARED_DAYS), day)
    risk = desk.risk(board.viewer, board.area, day)
    shown = [_left(board, week[-1], week[0]), *_carried(board, risk), *_found(board, desk, day)]
    return Panel("figures", "figures", board.say("key_figures"), _asof(board), {"figures": shown})


def _shown(name: str, number: Number, change: str = "", direction: str = "none") -> dict[str, Any]:
    return {"name": name, "number": number, "change": change, "goodness": "neutral", "direction": direction}


def _left(board: Board, left: DayOut, before: DayOut) -> dict[str, Any]:
    name, number = board.say("left_estimate" if left.estimate else "left"), _number(board, "outflow", left.value)
    if not left.value or not before.value:
        return _shown(name, number)
    share = left.value / before.value - 1
    direction = "up" if share > 0 else "down" if share < 0 else "flat"
    return _shown(name, number, f"{numbers.signed(100 * share)}%", direction)


def _carried(board: Board, risk: RiskAnswer) -> list[dict[str, Any]]:
    if risk.whole is None:
        return []
    band = board.say("interval", low=f"{risk.whole.low:,.0f}", high=f"{risk.whole.high:,.0f}")
    text = f"{risk.whole.expected:.1f}" if risk.whole.expected < 100 else ""
    return [_shown(board.say("carried"), _number(board, "carried", risk.whole.expected, text, band))]


def _found(board: Board, desk: FlowDesk, day: Day) -> list[dict[str, Any]]:
    traced = desk.tracing(board.viewer, board.area, day)
    if traced is None:
        return []
    share = 100 * traced.whole.share("found")
    number = _number(board, "found", share if share == share else None, f"{share:.0f}", "%")
    return [_shown(board.say("traced"), number)]


def curve(board: Board) -> Panel:
    """The index day by day; without one, the people who left."""
    desk, last = _desk(board), _day(board)
    first = max(last - dt.timedelta(days=CURVE_DAYS - 1), desk.days(board.viewer)[0])
    days = day_range(first, last)
    told = desk.outflow(board.viewer, board.area, first, last)
    values = [day.index for day in told] if any(day.index is not None for day in told) else [day.value for day in told]
    known = [value for value in values if value is not None]
    peak = max(known, default=None)
    text = f"{values[-1]:.3g}" if values[-1] is not None else ""
    data = {
        "values": [None if value is None else float(f"{value:.6g}") for value in values],
        "states": ["missing" if value is None else "zero" if value == 0 else "value" for value in values],
        "mean": None,
        "form": "line",
        "ticks": [[n, said] for n, said in board.ticks(days)],
        "last": _number(board, "index", values[-1], text),
        "peak": None if peak is None else _number(board, "index", peak, f"{peak:.3g}"),
        "peak_at": 0 if peak is None else values.index(peak),
        "peak_day": "" if peak is None else board.day_text(days[values.index(peak)]),
    }
    return Panel("curve", "curve", board.say("index"), _asof(board, "flow_index", "flows"), data)


def ranking(board: Board) -> Panel:
    """Where people went, by share; what is below the list stands as what it is."""
    found = _desk(board).destinations(board.viewer, board.area, _day(board), MOST_ROWS)
    data = {
        "rows": _rows(board, found),
        "heads": [{"name": board.say("share_of_outflow"), "unit": ""}],
        "total": len(found.rows),
        "none": board.say("not_ready"),
    }
    return Panel("ranking", "ranking", board.say("destinations"), _asof(board, "flows"), data)


def _rows(board: Board, found: Destinations) -> list[dict[str, Any]]:
    most = max((row.share or 0.0 for row in found.rows), default=0.0)
    return [
        {
            "name": row.name,
            "numbers": [_number(board, f"share {row.key}", row.share, f"{100 * (row.share or 0):.1f}%")],
            "share": (row.share or 0.0) / most if most else 0.0,
        }
        for row in found.rows
    ]


def risk(board: Board) -> Panel:
    """The cities that the infection has most likely reached, and those that the model does not explain."""
    found = _desk(board).risk(board.viewer, board.area, _day(board))
    told = [row for row in found.rows if row.one is not None]
    rows = [
        {
            "glyph": {1: "▲", -1: "▼"}.get(row.outlier, "○"),
            "tone": "bad" if row.outlier > 0 else "quiet",
            "name": row.name,
            "where": board.say({1: "above", -1: "below"}[row.outlier]) if row.outlier else "",
            "number": _number(board, f"one {row.key}", row.one, f"{100 * (row.one or 0):.0f}%"),
        }
        for row in sorted(told, key=lambda row: (-abs(row.outlier), -(row.one or 0.0)))[:MOST_ROWS]
    ]
    data = {"rows": rows, "total": len(told), "none": board.say("not_ready")}
    return Panel("risk", "listing", board.say("reached", days=len(found.days)), _asof(board), data)


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
