"""The overview: the figure of the day, the others beside it, the risk map, the curve, and where it is worst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard import numbers
from dashboard.wall.board import MOST_ROWS, Board
from dashboard.wall.geometry import Layout
from dashboard.wall.scene import Number, Panel, Scene
from grid.measures import MEASURES

#: The figure of the day, and the layer of the map: the first that the city has.
LEADS = ("positives", "addresses", "risk_areas")
LAYERS = ("incidence_7d", "positives", "addresses", "risk_areas")
#: The other key figures, in reading order.
FIGURES = (
    "incidence_7d", "growth", "zone_lockdown_people", "zone_control_people", "risk_areas", "addresses", "code_red",
    "code_yellow",
)  # fmt: skip
MOST_FIGURES = 6


def ready(board: Board) -> str:
    """Any of the leading measures will do."""
    return "" if board.first_of(LEADS) else board.say("empty_city")


def lead(board: Board) -> Panel:
    """The figure of the day."""
    name = board.first_of(LEADS)
    assert name is not None
    return Panel("lead", "lead", "", board.asof(name), {"figures": [board.figure(name)]})


def figures(board: Board) -> Panel:
    """The other key figures that the city has data for."""
    names = [name for name in FIGURES if board.has(name) and name != board.first_of(LEADS)][:MOST_FIGURES]
    day = board.day_of(board.first_of(LEADS) or names[0])
    data = {"figures": [board.figure(name, day) for name in names]}
    return Panel("figures", "figures", board.say("key_figures"), board.asof(*names, day=day), data)


def risk_map(board: Board) -> Panel:
    """Where it is worst, by the finest areas that a reader can tell apart."""
    name = board.first_of(LAYERS)
    assert name is not None
    data = board.map(name)
    return Panel("map", "map", data["name"], board.asof(name), data)


def curve(board: Board) -> Panel:
    """The leading figure day by day."""
    name = board.first_of(LEADS)
    assert name is not None
    data = board.curve(name)
    return Panel("curve", "curve", f"{board.say('curve')}", board.asof(name), data)


def ranking(board: Board) -> Panel:
    """The areas below, worst first."""
    return rank(board, [name for name in LAYERS if board.has(name)][:2] or list(LEADS[:1]))


def rank(board: Board, names: list[str], title: str = "") -> Panel:
    """The areas below by the first of some measures, the largest first, last those of which it is not told; the bar is
    the first measure's."""
    day = board.day_of(names[0])
    assert day is not None
    below = board.children(names, day)
    told = [(code, row) for code, row in below.items() if row[0].value is not None]
    told.sort(key=lambda row: -(row[1][0].value or 0.0))
    most = max((row[0].value or 0.0 for _, row in told), default=0.0)
    untold = [(code, row) for code, row in below.items() if row[0].value is None]
    rows = [*told, *untold] if told else []
    listed = [
        {"name": board.label(code), "numbers": row, "share": (row[0].value or 0.0) / most if most else 0.0}
        for code, row in rows[:MOST_ROWS]
    ]
    level = board.level_name(board.below or board.place.level)
    none = nothing(board, below, "missing")
    data = {"rows": listed, "heads": heads_of(board, names), "total": len(rows), "none": none}
    return Panel("ranking", "ranking", title or board.say("ranking", level=level), board.asof(*names), data)


def nothing(board: Board, below: Mapping[str, Sequence[Number]], otherwise: str) -> str:
    """What is said where none of the areas below can be listed: that they are hidden, or the word ``otherwise``."""
    hidden = any(row[0].state == "suppressed" for row in below.values())
    return board.say("rows_hidden" if hidden else otherwise)


def heads_of(board: Board, names: list[str]) -> list[dict[str, str]]:
    """What a list's columns are called."""
    made = [MEASURES[name] for name in names]
    named = [(one.name(board.lang), numbers.unit(one, board.lang)) for one in made]
    return [{"name": name, "unit": "" if name.endswith(unit) else unit} for name, unit in named]


SCENE = Scene(
    "overview",
    "疫情总览",
    "Overview",
    ready,
    {"map": risk_map, "lead": lead, "figures": figures, "curve": curve, "ranking": ranking},
    {
        "plain": Layout(
            (25, 47, 28), (9, 25, 14, 52), "title title head\nlead map curve\nfigures map curve\nfigures map ranking"
        ),
        "wide": Layout((24, 40, 36), (10, 38, 52), "title title head\nlead map curve\nfigures map ranking"),
        "tall": Layout(
            (50, 50), (5, 45, 15, 15, 20), "title head\nmap map\nlead figures\ncurve curve\nranking ranking"
        ),
        "sparse": Layout((60, 40), (16, 84), "map head\nmap lead"),
    },
)
