"""Health codes: how many of each colour and where, whose code is overdue, and where systems disagree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.queries.cite import Given
from dashboard.queries.codes import CodeDesk, Conflicts, Overdue
from dashboard.said import join
from dashboard.wall.board import MOST_ROWS, Board, Day
from dashboard.wall.geometry import Layout
from dashboard.wall.scene import AsOf, Number, Panel, Scene
from data.city import System
from data.errors import Withheld
from data.terms import CODES, EXCEPTIONS

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
        one["share"] = board.ask(f"code_{colour}_share")
        figures.append(one)
    data = {"figures": figures}
    return Panel("colours", "figures", board.say("codes_now"), _asof(board), data)


def _rows(board: Board, found: dict[str, dict[str, Number]]) -> list[dict[str, Any]]:
    """Areas with the largest shares of red and yellow first."""
    rows = [(code, row) for code, row in found.items() if all(number.value is not None for number in row.values())]
    rows.sort(key=lambda row: -((row[1]["red"].value or 0) + (row[1]["yellow"].value or 0)))
    return [_row(board, *row) for row in rows[:MOST_ROWS]]


def _row(board: Board, code: str, row: dict[str, Number]) -> dict[str, Any]:
    parts = [{"tone": colour, "share": (row[colour].value or 0) / 100} for colour in ("red", "yellow", "green")]
    return {"name": board.label(code), "numbers": [row["red"], row["yellow"]], "parts": parts}


def _shares(board: Board, level: str) -> dict[str, dict[str, Number]]:
    found = board.units([f"code_{colour}_share" for colour in COLOURS], level)
    return {code: dict(zip(COLOURS, row, strict=True)) for code, row in found.items()}


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
    title = join(" · ", [board.say("codes_top"), board.level_name(level)])
    return Panel("largest", "shares", title, _asof(board), data)


def curve(board: Board) -> Panel:
    """Red codes day by day."""
    data = board.curve("code_red")
    return Panel("curve", "curve", board.say("curve_stock", measure=CODES["red"].name(board.lang)), _asof(board), data)


# assignments -------------------------------------------------------------------------------------


def _ledger(board: Board) -> tuple[CodeDesk, Day | None, AsOf]:
    """(the desk, the last day of which a ledger speaks, as of when its panels speak)."""
    desk = board.desk.beside(CodeDesk)
    day = desk.last_day(board.viewer, board.today)
    return desk, day, board.asof_of(board.of_kind("assignments"), day)


def overdue(board: Board) -> Panel:
    """Codes that stand though every condition to turn them is met, and who can mend them."""
    _, day, asof = _ledger(board)
    found = board.given("codes.overdue", day=day) if day else None
    title = board.say("codes_overdue")
    if found is None or found.what is None:
        return Panel("overdue", "line", title, asof, {"line": board.say("codes_none")})
    return Panel("overdue", "listing", title, asof, _overdue(board, found, day))


def _overdue(board: Board, found: Given[Overdue], day: Day | None) -> dict[str, Any]:
    shown = (("codes_all", "ages.late"), ("codes_stuck", "ages.counts[stuck]"), ("codes_near", "near"))
    rows = _rows_of(board, found, day)
    unit = board.say("codes_unit")
    return {
        "figures": [{"name": board.say(name), "number": board.told(found[way], unit=unit)} for name, way in shown],
        "rows": rows[:MOST_ROWS],
        "total": len(rows),
        "none": board.say("none_today" if board.viewer.small_numbers else "suppressed"),
    }


def _rows_of(board: Board, found: Given[Overdue], day: Day | None) -> list[dict[str, Any]]:
    """Owners or areas, as far as they may be shown."""
    try:
        return _owners(board, found) if board.lang == "zh" else _areas(board, day)
    except Withheld:
        return []


def _owners(board: Board, found: Given[Overdue]) -> list[dict[str, Any]]:
    """Who can mend them, most first. Their names are the ledger's own, in Chinese."""
    return _late(board, found.each("owners", "name"))


def _areas(board: Board, day: Day | None) -> list[dict[str, Any]]:
    """Where they are, most first: areas have names in both languages."""
    found = board.given("codes.below", day=day)
    return _late(board, [one for one in found.each("", "code") if one.what.code] if found.what else [])


def _late(board: Board, found: Sequence[Given[Any]]) -> list[dict[str, Any]]:
    """Owners or areas that have any, most first."""
    late = sorted((one for one in found if one.what.ages.late), key=lambda one: -one.what.ages.late)
    sign = {"glyph": EXCEPTIONS["overdue"].glyph, "tone": "mark"}
    unit = board.say("codes_unit")
    return [{**sign, "name": one.what.name, "number": board.told(one["ages.late"], unit=unit)} for one in late]


def conflicts(board: Board) -> Panel:
    """People whose systems show different colours, and by which one system alone they are blocked."""
    _, day, asof = _ledger(board)
    found = board.given("codes.conflicts", day=day) if day else None
    title = board.say("codes_conflicts")
    if found is None or found.what is None:
        return Panel("conflicts", "line", title, asof, {"line": board.say("codes_none")})
    if found.what.people is None:
        return Panel("conflicts", "line", title, asof, {"line": board.say("codes_apart")})
    return Panel("conflicts", "listing", title, asof, _conflicts(board, found))


def _conflicts(board: Board, found: Given[Conflicts]) -> dict[str, Any]:
    unit = board.say("people")
    blocks = {system.id: found.what.blocked_by[system.id] or 0 for system in found.what.systems}
    rows = [
        {
            "glyph": EXCEPTIONS["single_block"].glyph,
            "tone": "mark",
            "name": board.say("codes_blocker", system=_name(board, system)),
            "number": board.told(found[f"blocked_by[{system.id}]"], unit=unit),
        }
        for system in sorted(found.what.systems, key=lambda system: -blocks[system.id])
        if blocks[system.id]
    ]
    shown = (("codes_conflict", "people"), ("codes_blocked", "blocked"))
    figures = [{"name": board.say(name), "number": board.told(found[way], unit=unit)} for name, way in shown]
    return {"figures": figures, "rows": rows, "total": len(rows), "none": board.say("none_today")}


def _name(board: Board, system: System) -> str:
    return system.name if board.lang == "zh" else system.name_en or system.name


SCENE = Scene(
    "codes",
    "健康码",
    "Health codes",
    ready,
    {
        "map": code_map,
        "colours": colours,
        "overdue": overdue,
        "conflicts": conflicts,
        "districts": districts,
        "largest": largest,
        "curve": curve,
    },
    {
        "plain": Layout(
            (27, 41, 32),
            (9, 34, 24, 33),
            "title title head\ncolours map overdue\ncolours map conflicts\ncurve districts largest",
        ),
        "wide": Layout(
            (20, 34, 24, 22),
            (10, 48, 42),
            "title title title head\ncolours map overdue districts\ncurve map conflicts largest",
        ),
        "tall": Layout(
            (50, 50),
            (5, 34, 14, 19, 15, 13),
            "title head\nmap map\ncolours colours\noverdue conflicts\ndistricts largest\ncurve curve",
        ),
        "sparse": Layout((60, 40), (16, 84), "map head\nmap colours"),
    },
)
