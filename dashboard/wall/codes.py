"""Health codes: how many of each colour, where their shares are large, and whether they grow."""

from __future__ import annotations

from typing import Any

from dashboard.wall.board import MOST_ROWS, Board
from dashboard.wall.geometry import Layout
from dashboard.wall.scene import Number, Panel, Scene
from data.terms import CODES

COLOURS = tuple(CODES)


def ready(board: Board) -> str:
    """There must be codes."""
    return "" if board.has("code_green", "code_yellow", "code_red") else board.say("not_ready")


def _asof(board: Board) -> Any:
    return board.asof("code_red")


def code_map(board: Board) -> Panel:
    """The share of red codes."""
    data = board.map("code_red_share")
    return Panel("map", "map", data["name"], _asof(board), data)


def colours(board: Board) -> Panel:
    """Number and share of each colour."""
    figures = []
    for colour in reversed(COLOURS):
        one = board.figure(f"code_{colour}")
        one |= {"tone": colour, "glyph": CODES[colour].glyph, "name": CODES[colour].name(board.lang)}
        one["share"] = board.ask(f"code_{colour}_share")[0]
        figures.append(one)
    data = {"figures": figures}
    return Panel("colours", "figures", board.say("codes_now"), _asof(board), data)


def _rows(board: Board, found: list[dict[str, Number]]) -> list[dict[str, Any]]:
    """Areas with the largest shares of red and yellow first."""
    rows = [row for row in found if all(number.value is not None for number in row.values())]
    rows.sort(key=lambda row: -((row["red"].value or 0) + (row["yellow"].value or 0)))
    return [_row(board, row) for row in rows[:MOST_ROWS]]


def _row(board: Board, row: dict[str, Number]) -> dict[str, Any]:
    parts = [{"tone": colour, "share": (row[colour].value or 0) / 100} for colour in ("red", "yellow", "green")]
    return {"name": board.label(row["red"].area), "numbers": [row["red"], row["yellow"]], "parts": parts}


def _shares(board: Board, level: str) -> list[dict[str, Number]]:
    asked = {colour: board.ask(f"code_{colour}_share", level=level) for colour in COLOURS}
    return [dict(zip(COLOURS, row, strict=True)) for row in zip(*asked.values(), strict=True)]


def districts(board: Board) -> Panel:
    """The shares of red and yellow in every area below."""
    level = board.below or board.place.level
    shares = _shares(board, level)
    data = {"rows": _rows(board, shares), "heads": _heads(board), "total": len(shares)}
    return Panel("districts", "shares", board.say("codes_by", level=board.level_name(level)), _asof(board), data)


def _heads(board: Board) -> list[dict[str, str]]:
    return [
        {"name": CODES[colour].name(board.lang), "tone": colour, "glyph": CODES[colour].glyph}
        for colour in ("red", "yellow")
    ]


def largest(board: Board) -> Panel:
    """The largest shares two levels below: where a rule reaches too far, it shows here."""
    levels = board.view.areas.levels
    at = levels.index(board.place.level)
    level = levels[min(at + 2, len(levels) - 1)]
    shares = _shares(board, level)
    data = {"rows": _rows(board, shares), "heads": _heads(board), "total": len(shares)}
    return Panel("largest", "shares", f"{board.say('codes_top')} · {board.level_name(level)}", _asof(board), data)


def curve(board: Board) -> Panel:
    """Red codes day by day."""
    data = board.curve("code_red")
    return Panel("curve", "curve", board.say("curve_stock", measure=CODES["red"].name(board.lang)), _asof(board), data)


SCENE = Scene(
    "codes",
    "健康码",
    "Health codes",
    ready,
    {"map": code_map, "colours": colours, "districts": districts, "largest": largest, "curve": curve},
    {
        "plain": Layout(
            (25, 45, 30),
            (9, 36, 14, 41),
            "title title head\ncolours map districts\ncolours map largest\ncurve map largest",
        ),
        "wide": Layout((24, 40, 36), (10, 45, 45), "title title head\ncolours map districts\ncurve map largest"),
        "tall": Layout(
            (50, 50), (5, 45, 14, 18, 18), "title head\nmap map\ncolours colours\ndistricts largest\ncurve curve"
        ),
        "sparse": Layout((60, 40), (16, 84), "map head\nmap colours"),
    },
)
