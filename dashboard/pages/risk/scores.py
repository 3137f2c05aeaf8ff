"""Scores: bars of the parts that they add up from, one score in full, and what the grades mean."""

from __future__ import annotations

from typing import Any

from dashboard import colours
from dashboard.pages.page import Look
from dashboard.pages.risk.written import fixed, short
from dashboard.parts import listing, note, stack
from dashboard.parts.sheet import Block, mark
from dashboard.queries.cite import Cited, Given
from dashboard.queries.risk import PartLine, RiskAnswer
from dashboard.queries.risk import UnitLine as Unit
from dashboard.said import Said, join, quoted, words
from data.terms import GRADES, RISK_PARTS
from grid.measures import MEASURES
from grid.risk.grades import FLOORS, meaning

#: Bars that are drawn.
BARS = 20


def bars(look: Look, found: Given[RiskAnswer]) -> Block:
    """The highest scores, as bars of their parts."""
    told = found.what
    rows = [_bar(look, unit) for unit in found.each("units", "code")[:BARS]]
    used = {part.id for unit in told.units[:1] for part in unit.parts}
    unused = [term.name(look.lang) for id, term in RISK_PARTS.items() if used and id not in used]
    about = [look.say("parts_about"), look.say("basis", name=MEASURES[told.basis].name(look.lang))]
    comma = "、" if look.lang == "zh" else ", "
    about += [look.say("not_in_use", names=comma.join(unused))] if unused else []
    gap = "" if look.lang == "zh" else " "
    return stack.bars(rows, look.say("parts"), about=join(gap, about), span=7, id="parts")


def _bar(look: Look, told: Given[Unit]) -> dict[str, Any]:
    unit = told.what
    small = join(" · ", [text for text in (quoted(unit.where), look.say("hot") if unit.hot else "") if text])
    href = look.href(area=unit.code, unit=None, by=None, grade=None) if unit.inside else look.href(unit=unit.code)
    sign = mark(GRADES[unit.grade], look.lang, look.theme, word=False)
    return stack.bar(unit.name, _pieces(look, told), least(look, told), small=small, href=href, mark=sign)


def _pieces(look: Look, told: Given[Unit]) -> list[dict[str, Any]]:
    """The parts of a bar; the last is what is missing."""
    missing = told["lacking"]
    text = look.say("points", n=fixed(look, missing, 1))
    lost = stack.part(look.say("missing"), missing.value or 0.0, text, shade="hatch")
    return [*(_piece(look, part) for part in told.each("parts", "id")), lost]


def _piece(look: Look, told: Given[PartLine]) -> dict[str, Any]:
    term = RISK_PARTS[told.what.id]
    text = look.say("points", n=fixed(look, told["points"], 1))
    return stack.part(
        term.name(look.lang), told.what.points, text, colour=colours.mark(term.colour, look.theme), glyph=term.glyph
    )


def own(look: Look, told: Given[Unit]) -> list[Block]:
    """Every part of one score with the number that it comes from; what is missing stands as such."""
    unit = told.what
    columns = [
        listing.column(look.say("part"), left=True, sort=False),
        listing.column(look.say("number"), sort=False),
        listing.column(look.say("score"), sort=False),
    ]
    rows = [_total(look, told), *(_part(look, part) for part in told.each("parts", "id"))]
    made = [listing.table(columns, rows, look.say("own", name=unit.name), about=quoted(unit.where), id="own")]
    if unit.inside and unit.code != look.area:
        inside = look.href(area=unit.code, unit=None, by=None, grade=None)
        made.append(note.line("", href=inside, word=look.say("look_inside", name=unit.name)))
    return made


def _total(look: Look, told: Given[Unit]) -> dict[str, Any]:
    grade = mark(GRADES[told.what.grade], look.lang, look.theme)
    cells = [
        listing.cell(look.say("sum"), parts=_pieces(look, told)),
        listing.cell("", mark=grade),
        listing.cell(least(look, told), small=upto(look, told)),
    ]
    return listing.row(cells, key="sum")


def _part(look: Look, told: Given[PartLine]) -> dict[str, Any]:
    part = told.what
    term, full = RISK_PARTS[part.id], fixed(look, told["full"], 1)
    name = listing.cell(
        term.name(look.lang), small=look.say(f"{part.id}_about"), mark=mark(term, look.lang, look.theme, word=False)
    )
    if part.number is None:
        lost = listing.cell(look.say("range", low=words("0"), high=full), state="missing")
        return listing.row([name, listing.cell(look.say("missing"), state="missing"), lost], key=part.id)
    points = listing.number(fixed(look, told["points"], 1), small=look.say("out_of", n=full))
    return listing.row([name, listing.number(_number(look, told)), points], key=part.id)


def _number(look: Look, told: Given[PartLine]) -> Said:
    id, number = told.what.id, told["number"]
    if id == "growth":
        return look.say("times", n=fixed(look, number, 2))
    key = "density" if id == "exposed" else "per"
    return look.say(key, n=short(look, number, 2 if id == "exposed" else 1))


def least(look: Look, told: Given[Unit]) -> Said:
    """The score as it is written: with what it is at least where parts are missing."""
    text = fixed(look, told["least"], 1)
    return text if told.what.most == told.what.least else join("", ["≥", text])


def upto(look: Look, told: Given[Unit]) -> str:
    """What it would be if all that is missing were at its worst."""
    return look.say("at_most", n=fixed(look, told["most"], 1)) if told.what.most > told.what.least else ""


def grades(look: Look, found: Given[RiskAnswer]) -> Block:
    """What each grade means, and how many units have it."""
    columns = [
        listing.column(look.say("grade"), left=True, sort=False),
        listing.column(look.say("units"), sort=False),
        listing.column(look.say("meaning"), left=True, sort=False),
    ]
    rows = [_grade(look, id, found[f"grades[{id}]"]) for id in (*FLOORS, "unknown")]
    return listing.table(columns, rows, look.say("grades"), span=5, id="grades")


def _grade(look: Look, id: str, units: Cited) -> dict[str, Any]:
    term, asked = GRADES[id], look.wish("grade") == id
    cells = [
        listing.cell(term.name(look.lang), id, mark=mark(term, look.lang, look.theme, word=False)),
        listing.number(short(look, units)),
        listing.cell(quoted(meaning(id, look.lang)), None),
    ]
    return listing.row(cells, href=look.href(grade=None if asked else id, unit=None), key=id)
