"""The situation: the risk map replays the last four weeks, what grows, and what was decided when."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from dashboard import numbers
from dashboard.said import words
from dashboard.wall.board import MOST_ROWS, REPLAY_DAYS, Board
from dashboard.wall.geometry import Layout
from dashboard.wall.overview import LAYERS, LEADS, heads_of, nothing, rank
from dashboard.wall.scene import Number, Panel, Scene
from data.days import end_of
from data.errors import BadQuestion, NotFound, RuleFileError, Withheld
from grid.measures import MEASURES
from grid.risk.report_card import SHARES

#: Fewer positives in a week make a growth that is chance: 12, as for a reproduction number (EpiEstim's advice).
LEAST_POSITIVES = 12

#: More units than this are not asked for a picture that comes anew with every load: a coarser level is.
MOST_UNITS = 5000
#: The share of units at which hits are told, and its place among those of the report card.
SHARE = 0.05
AT = SHARES.index(SHARE)


def ready(board: Board) -> str:
    """There must be days to replay."""
    name = board.first_of(LAYERS)
    return "" if name and len(board.span(name, REPLAY_DAYS)) > 1 else board.say("not_ready")


def replay_map(board: Board) -> Panel:
    """The risk map with the classes of its days, as known now and as known then."""
    name = board.first_of(LAYERS)
    assert name is not None
    data = board.map(name, classes=True)
    days = board.span(name, REPLAY_DAYS)
    last = data["properties"]["day_index"]
    if not known_then(board, days[0]):
        data["then_url"] = None
    data["replay"] = {"first": last - len(days) + 1, "last": last, "speed": 2}
    return Panel("map", "map", data["name"], board.asof(name), data)


def known_then(board: Board, day: dt.date) -> bool:
    """Whether anything had been loaded by the end of a day: of an archive, nothing was."""
    return bool(board.desk.cube.version(end_of(day, board.desk.city.timezone)))


def timeline(board: Board) -> Panel:
    """The days of the replay with the leading figure of each, and marks where zones began."""
    layer, lead = board.first_of(LAYERS), board.first_of(LEADS)
    assert layer is not None
    days = board.span(layer, REPLAY_DAYS)
    name = lead or layer
    told = board.given("series", name=name, first=days[0], last=days[-1])
    title = board.say("replay", n=words(str(len(days))))
    data = {
        "title": title,
        "measure": MEASURES[name].name(board.lang),
        "days": [{"day": board.day_text(day), "weekday": numbers.weekday(day, board.lang)} for day in days],
        "numbers": [board.number(told[f"[{day}]"], MEASURES[name]) for day in days],
        "then": [_then(board, name, day) for day in days],
        "ticks": [list(tick) for tick in board.ticks(days)],
        "marks": _marks(board, days, "zones.begun"),
        "marked": board.say("zones_begin"),
        "notices": _notices(board, days),
        "noticed": board.say("notices_begin"),
        "known": {"now": board.say("known_now"), "then": board.say("known_then")},
    }
    return Panel("timeline", "timeline", title, board.asof(name), data)


def _then(board: Board, name: str, day: dt.date) -> Number | None:
    """The number of a day as it was known when the day ended; None where nothing was known yet."""
    known = end_of(day, board.desk.city.timezone)
    try:
        found = board.given("measure", name=name, day=day, known=known)
    except (NotFound, BadQuestion):
        return None
    return board.number(found[""], MEASURES[name])


def _marks(board: Board, days: list[dt.date], question: str) -> list[dict[str, object]]:
    """How many zones or notices began on each day on which any did."""
    found = board.given(question, first=days[0], last=days[-1])
    return [{"at": (day - days[0]).days, "number": board.told(found[f"[{day}]"])} for day in sorted(found.what)]


def _notices(board: Board, days: list[dt.date]) -> list[dict[str, object]]:
    """The same of notices; none where the city's rules cannot be read, which its pages tell."""
    try:
        return _marks(board, days, "notices.begun")
    except RuleFileError:
        return []


def growing(board: Board) -> Panel:
    """The areas below that grow fastest, of those with positives enough to tell."""
    day = board.day_of("growth")
    if day is None:
        return rank(board, [board.first_of(LAYERS) or "positives"])
    week = [day - dt.timedelta(days=n) for n in range(6, -1, -1)]
    positives = board.desk.ask(
        board.viewer, "positives", area=board.area, days=week, level=board.below or board.place.level, total=True
    )
    enough = {answer.area for answer in positives if (answer.value or 0) >= LEAST_POSITIVES}
    below = board.children(["growth", "incidence_7d"], day)
    rows = [(code, row) for code, row in below.items() if row[0].value is not None and code in enough]
    rows.sort(key=lambda row: -(row[1][0].value or 0.0))
    most = max((abs(row[0].value or 0.0) for _, row in rows), default=0.0)
    listed = [
        {
            "name": board.label(code), "numbers": row, "share": abs(row[0].value or 0.0) / most if most else 0.0,
            "tone": "bad" if (row[0].value or 0) > 0 else "good",
        }
        for code, row in rows[:MOST_ROWS]
    ]  # fmt: skip
    heads = heads_of(board, ["growth"])
    data = {"rows": listed, "heads": heads, "total": len(rows), "none": nothing(board, below, "signals_none")}
    return Panel("growing", "ranking", board.say("growth_rows"), board.asof("growth"), data)


def figures(board: Board) -> Panel:
    """Growth and incidence of the whole area, the signals, and how good the forecast was."""
    names = [name for name in ("growth", "incidence_7d", "incidence_14d") if board.has(name)] or [
        board.first_of(LEADS) or ""
    ]
    data = {"figures": [*(board.figure(name) for name in names), *risk_figures(board)]}
    return Panel("figures", "figures", board.say("key_figures"), board.asof(*names), data)


def risk_figures(board: Board) -> list[dict[str, Any]]:
    """Signals beside what chance alone would bring; the share of findings that the forecast hit, beside persistence's.
    A forecast that is not proven says so in the figure's place."""
    try:
        found = board.given("risk.brief", day=board.today, most=MOST_UNITS)
    except Withheld:
        return []
    if found.what is None:
        return []
    chance = board.say("risk_chance", n=board.said(found["chance"], lambda n: f"{n:.1f}"))
    made = [_beside(board, "risk_signals", board.told(found["signals"]), chance)]
    card = found.what.card
    if card is None or any(math.isnan(hits[AT]) for hits in card.hits.values()):
        return made
    hit, plain = (found[f"hits[{SHARE}][{model}]"] for model in ("forecast", "persistence"))
    told = {"hit": board.said(hit, percent), "plain": board.said(plain, percent)}
    number = board.told(hit, text=board.say("risk_grey") if card.grey else told["hit"])
    return [*made, _beside(board, "risk_hits", number, board.say("risk_loses" if card.grey else "risk_wins", **told))]


def percent(share: float) -> str:
    """A share in whole per cent."""
    return f"{100 * share:.0f}%"


def _beside(board: Board, key: str, number: Number, beside: str) -> dict[str, Any]:
    """A figure of RiskDesk; what it is to be held against stands behind its name."""
    return {
        "name": board.say(key), "number": number, "day": beside, "change": "", "direction": "none",
        "goodness": "neutral",
    }  # fmt: skip


SCENE = Scene(
    "situation",
    "疫情态势",
    "Situation",
    ready,
    {"map": replay_map, "timeline": timeline, "figures": figures, "growing": growing},
    {
        "plain": Layout((25, 45, 30), (9, 64, 27), "title title head\nfigures map growing\ntimeline timeline timeline"),
        "wide": Layout((24, 40, 36), (10, 45, 45), "title title head\nfigures map growing\ntimeline map growing"),
        "tall": Layout((50, 50), (5, 50, 20, 25), "title head\nmap map\ntimeline timeline\nfigures growing"),
        "sparse": Layout((60, 40), (16, 84), "map head\nmap timeline"),
    },
)
