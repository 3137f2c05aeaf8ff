"""Risk: the map beside its report card, scores with the parts they add up from, signals, clusters, the next seven days,
and how fine is fine enough. One subject a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.pages.page import Look, Page
from dashboard.pages.risk import ahead, card, key_figures, risk_map, scores, signals
from dashboard.pages.risk.words import WORDS
from dashboard.parts import note
from dashboard.parts.sheet import Block, group
from dashboard.queries.cite import Given
from dashboard.queries.desk import Day, Desk, Viewer
from dashboard.queries.risk import RiskAnswer, RiskDesk
from data.terms import GRADES

#: Columns of twelve that the map takes; what stands beside it takes the others.
MAP = 7


def describe(look: Look) -> list[Block]:
    """The map beside the report card and a unit's parts; figures; bars, grades; signals, clusters, forecast."""
    found = _answer(look)
    if found.what is None:
        return [note.line(look.say("none"), tone="large")]
    chosen, told = _chosen(look, found), found.at("card")
    beside = [*card.blocks(look, told), *(scores.own(look, chosen) if chosen.what else [])]
    return [
        risk_map.block(look, found, chosen.what, span=MAP),
        group(beside, span=12 - MAP),
        key_figures.strip(look, found),
        scores.bars(look, found),
        scores.grades(look, found),
        signals.signals(look, found),
        signals.clusters(look, found),
        ahead.table(look, found),
    ]


def _answer(look: Look) -> Given[Any]:
    desk, grade = look.desk.beside(RiskDesk), look.wish("grade")
    levels = desk.levels(look.viewer, look.area, look.day, look.as_of)
    level = look.wish("by") if look.wish("by") in levels else None
    return look.ask("risk.answer", level=level, grade=grade if grade in GRADES else None)


def _chosen(look: Look, found: Given[RiskAnswer]) -> Given[Any]:
    """The unit that somebody clicked on, else the area itself."""
    asked = look.wish("unit")
    if asked is None:
        return found.at("own")
    unit = look.ask("risk.unit", area=None, level=risk_map.level_of(look, found.what), unit=asked)
    if unit.what is not None:
        return unit
    return next((one for one in found.each("units", "code") if one.what.code == asked), found.at("own"))


def _days(desk: Desk, viewer: Viewer) -> Sequence[Day]:
    return desk.beside(RiskDesk).days(viewer)


PAGE = Page(
    "risk",
    ("风险", "Risk"),
    describe,
    about=(
        "各区域的风险分由哪些部分相加而成，哪里异常，未来 7 日会怎样，以及这些预测过去准不准。",
        "What each area's risk score adds up from, what is out of step, the next seven days, and how good that was.",
    ),
    days=_days,
    wishes=("by", "grade", "show", "unit"),
    words=WORDS,
)
