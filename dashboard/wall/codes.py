"""Health codes: how many of each colour and where, whose code is overdue, and where systems disagree."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dashboard.queries.codes import Ages, CodeDesk, Conflicts, Overdue
from dashboard.wall.board import MOST_ROWS, Board, Day
from dashboard.wall.geometry import Layout
from dashboard.wall.scene import AsOf, Number, Panel, Scene
from data.city import System
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


# assignments -------------------------------------------------------------------------------------


def _ledger(board: Board) -> tuple[CodeDesk, Day | None, AsOf]:
    """(the desk, the last day of which a ledger speaks, as of when its panels speak)."""
    desk = board.desk.beside(CodeDesk)
    day = desk.last_day(board.viewer, board.today)
    feeds = [name for name, one in board.sources.items() if one.source.kind == "assignments"]
    return desk, day, board.asof_of(feeds, day)


def _count(board: Board, key: str, n: int, day: Day, unit: str = "codes_unit") -> Number:
    """A number of the ledger, with its question: what of CodeDesk it is, where and on which day."""
    number = board.counted(n, board.say(unit), of="codes")
    return replace(number, measure=key, area=board.area, level=board.place.level, day=day)


def overdue(board: Board) -> Panel:
    """Codes that stand though every condition to turn them is met, and who can mend them."""
    desk, day, asof = _ledger(board)
    found = desk.overdue(board.viewer, board.area, day) if day else None
    title = board.say("codes_overdue")
    if found is None or day is None:
        return Panel("overdue", "line", title, asof, {"line": board.say("codes_none")})
    return Panel("overdue", "listing", title, asof, _overdue(board, found, day))


def _overdue(board: Board, found: Overdue, day: Day) -> dict[str, Any]:
    shown = (("overdue", found.ages.late), ("stuck", found.ages.counts["stuck"]), ("near", found.near))
    rows = _owners(board, found, day) if board.lang == "zh" else _areas(board, day)
    names = {"overdue": "codes_all", "stuck": "codes_stuck", "near": "codes_near"}
    return {
        "figures": [{"name": board.say(names[key]), "number": _count(board, key, n, day)} for key, n in shown],
        "rows": rows[:MOST_ROWS],
        "total": len(rows),
        "none": board.say("none_today"),
    }


def _owners(board: Board, found: Overdue, day: Day) -> list[dict[str, Any]]:
    """Who can mend them, most first. Their names are the ledger's own, in Chinese."""
    late = sorted((owner for owner in found.owners if owner.ages.late), key=lambda owner: -owner.ages.late)
    return [_late(board, owner.name, f"owner {owner.name}", owner.ages, day) for owner in late]


def _areas(board: Board, day: Day) -> list[dict[str, Any]]:
    """Where they are, most first: areas have names in both languages."""
    found = board.desk.beside(CodeDesk).below(board.viewer, board.area, day) or []
    late = sorted((one for one in found if one.code and one.ages.late), key=lambda one: -one.ages.late)
    return [_late(board, one.name, f"below {one.code}", one.ages, day) for one in late]


def _late(board: Board, name: str, key: str, ages: Ages, day: Day) -> dict[str, Any]:
    number = _count(board, key, ages.late, day)
    return {"glyph": EXCEPTIONS["overdue"].glyph, "tone": "mark", "name": name, "number": number}


def conflicts(board: Board) -> Panel:
    """People whose systems show different colours, and by which one system alone they are blocked."""
    desk, day, asof = _ledger(board)
    found = desk.conflicts(board.viewer, board.area, day) if day else None
    title = board.say("codes_conflicts")
    if found is None or day is None:
        return Panel("conflicts", "line", title, asof, {"line": board.say("codes_none")})
    if found.people is None:
        return Panel("conflicts", "line", title, asof, {"line": board.say("codes_apart")})
    return Panel("conflicts", "listing", title, asof, _conflicts(board, found, found.people, day))


def _conflicts(board: Board, found: Conflicts, people: int, day: Day) -> dict[str, Any]:
    names = {"conflict": "codes_conflict", "blocked": "codes_blocked"}
    shown = (("conflict", people), ("blocked", found.blocked or 0))
    blocks = {system.id: found.blocked_by[system.id] or 0 for system in found.systems}
    systems = sorted(found.systems, key=lambda system: -blocks[system.id])
    rows = [
        {
            "glyph": EXCEPTIONS["single_block"].glyph,
            "tone": "mark",
            "name": board.say("codes_blocker", system=_name(board, system)),
            "number": _count(board, f"blocker {system.id}", blocks[system.id], day, "people"),
        }
        for system in systems
        if blocks[system.id]
    ]
    figures = [{"name": board.say(names[k]), "number": _count(board, k, n, day, "people")} for k, n in shown]
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
