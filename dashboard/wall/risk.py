"""Risk: where the next seven days are expected to bring findings, beside how good such forecasts were.

A forecast that its report card does not stand for has no colour, and the map's name says so.
"""

from __future__ import annotations

import math
from typing import Any

from dashboard.parts.forecast_scale import forecast_scale
from dashboard.queries.cite import Given
from dashboard.queries.risk.map import RiskMap
from dashboard.wall.board import MOST_ROWS, Board
from dashboard.wall.geometry import Layout
from dashboard.wall.overview import LAYERS
from dashboard.wall.scene import AsOf, Panel, Scene
from dashboard.wall.situation import AT, MOST_UNITS, SHARE, percent, risk_figures
from data.terms import GRADES
from grid.risk.grades import FLOORS

#: The words of the forecasters.
NAMES = {"forecast": "by_forecast", "persistence": "by_persistence", "decay": "by_decay"}
#: From this grade on a unit is a bad sign.
ALARMING = ("high", "severe")


def _answer(board: Board) -> Given[Any]:
    """Risk in the wall's area: its parts below, and a forecast of units that a wall can tell apart."""
    return board.given("risk.answer", day=board.today, most=MOST_UNITS)


def ready(board: Board) -> str:
    """There must be a score."""
    return board.say("not_ready") if _answer(board).what is None or not board.first_of(LAYERS) else ""


def _asof(board: Board, found: Given[Any]) -> AsOf:
    return board.asof(found.what.basis, day=found.what.day)


def ahead_map(board: Board) -> Panel:
    """The findings expected in the next seven days, grey where that is not proven."""
    found, name = _answer(board), board.first_of(LAYERS)
    assert name is not None
    level, day, card = found.what.card_level, found.what.day, found.what.card
    data = board.map(name, level)
    within = board.shown(name, level).units.within
    painted = board.desk.beside(RiskMap).paint(board.viewer, "ahead", level, within, day)
    grey = card is None or card.grey
    scale = forecast_scale(painted.value, "dark", board.lang, grey=grey)
    title, short = map(board.say, ("ahead_grey", "ahead_grey_short") if grey else ("ahead", "ahead_short"))
    data |= {
        "name": title,
        "short": short,
        "unit": "",
        "day": day,
        "legend": [{"colour": one, "label": said} for one, said in zip(scale.ramp, scale.labels, strict=True)],
    }
    data["properties"] |= {
        "values_url": f"risk/{board.view.version}/now/ahead/{level}/{within}/{day}.bin",
        "values_day": 0,
        "day_index": 0,
        "ramp": scale.ramp,
        "breaks": scale.breaks,
    }
    return Panel("map", "map", title, _asof(board, found), data)


def figures(board: Board) -> Panel:
    """The area's own score and grade, the signals, and how often the forecast hit."""
    found = _answer(board)
    own = found.what.own
    shown = [] if own is None else [_score(board, found)]
    data = {"figures": [*shown, *risk_figures(board)]}
    return Panel("figures", "figures", board.say("key_figures"), _asof(board, found), data)


def _score(board: Board, found: Given[Any]) -> dict[str, Any]:
    own = found.what.own
    return {
        "name": board.say("risk_score"), "number": board.told(found["own.least"], _points),
        "day": GRADES[own.grade].name(board.lang), "change": "", "direction": "none", "goodness": "neutral",
        "glyph": GRADES[own.grade].glyph, "tone": "bad" if own.grade in ALARMING else "quiet",
    }  # fmt: skip


def _points(score: float) -> str:
    return f"{score:.1f}"


def card(board: Board) -> Panel:
    """The share of findings hit, beside what costs nothing to say."""
    found, answer = board.given("risk.brief", day=board.today, most=MOST_UNITS), _answer(board)
    rows = _rows(board, found)
    data = {
        "rows": rows,
        "heads": [{"name": board.say("hit_rate"), "unit": ""}],
        "total": len(rows),
        "none": board.say("card_none"),
    }
    return Panel("card", "ranking", board.say("card"), _asof(board, answer), data)


def _rows(board: Board, found: Given[Any]) -> list[dict[str, Any]]:
    """One a forecaster; none where nothing can be judged."""
    told = found.what.card if found.what else None
    if told is None or any(math.isnan(hits[AT]) for hits in told.hits.values()):
        return []
    return [_row(board, found, name, grey=told.grey) for name in told.hits]


def _row(board: Board, found: Given[Any], name: str, *, grey: bool) -> dict[str, Any]:
    hit = found[f"hits[{SHARE}][{name}]"]
    tone = "good" if name == "forecast" and not grey else ""
    return {
        "name": board.say(NAMES[name]), "numbers": [board.told(hit, percent)], "share": hit.value or 0.0, "tone": tone
    }  # fmt: skip


def worst(board: Board) -> Panel:
    """The parts of the area with the highest scores; what each score is made of stands on the page."""
    found = _answer(board)
    rows = [
        {
            "glyph": GRADES[unit.what.grade].glyph,
            "tone": "bad" if unit.what.grade in ALARMING else "quiet",
            "name": unit.what.name,
            "where": GRADES[unit.what.grade].name(board.lang),
            "number": board.told(unit["least"], _points),
        }
        for unit in found.each("units", "code")[:MOST_ROWS]
    ]
    total = sum(found.what.grades[id] for id in (*FLOORS, "unknown"))
    data = {"rows": rows, "total": total, "none": board.say("not_ready")}
    return Panel("worst", "listing", board.say("risk_scores"), _asof(board, found), data)


SCENE = Scene(
    "risk",
    "风险研判",
    "Risk",
    ready,
    {"map": ahead_map, "figures": figures, "card": card, "worst": worst},
    {
        "plain": Layout((25, 45, 30), (9, 33, 58), "title title head\nfigures map card\nfigures map worst"),
        "wide": Layout((24, 40, 36), (10, 36, 54), "title title head\nfigures map card\nfigures map worst"),
        "tall": Layout((50, 50), (5, 50, 18, 27), "title head\nmap map\ncard card\nfigures worst"),
        "sparse": Layout((60, 40), (16, 84), "map head\nmap card"),
    },
)
