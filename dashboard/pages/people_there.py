"""Who is there: residents beside people present, the rate by either, and check-ins, for the units below an area."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard import numbers
from dashboard.pages.page import Day, Look, Words
from dashboard.parts import listing, note
from dashboard.parts.sheet import Block
from dashboard.queries import next_level
from dashboard.queries.cite import Cited, Given
from dashboard.said import quoted
from data.terms import DENOMINATORS, TIERS
from grid.measures import MEASURES, Measure, by

WORDS: Words = {
    "there": ("登记与在地，扫码", "Registered and present, check-ins"),
    "there_about": (
        "{day}。比率按{people}计算（浅色为另一口径）；缺在地人口时记为未报，不以常住人口代替。",
        (
            "{day}. Rates are by {people}, by the others in grey; without people present they are missing, residents "
            "do not stand in."
        ),
    ),
    "there_none": (
        "还没有在地人口和场所码扫码的来源；city.toml 中以 present、checkins 接入。",
        "The city has no source of people present or of check-ins yet: present and checkins in city.toml.",
    ),
    "other_per": ("改按{people}", "By {people} instead"),
}

#: The columns; rates are told by the chosen people, the other rate in grey under it.
COLUMNS = ("population", "present", "present_share", "incidence_7d", "checkins", "checkin_rate")


def blocks(look: Look) -> list[Block]:
    """The table, and the way to the other denominator; where there is no such source, that."""
    shown = [MEASURES[name] for name in COLUMNS if name in look.spot.status.days]
    ends = {made.id: look.spot.status.days[made.id][1] for made in shown}
    if not {"present", "checkins"} & ends.keys():
        return [note.line(look.say("there_none"))]
    view = look.desk.cube.at(look.as_of)
    level = next_level(view, view.areas.row_of[look.area])
    last = max(ends[id] for id in ("incidence_7d", "checkins", "present") if id in ends)
    day = last if look.day is None else min(look.day, last)
    if level is None or level == "cell":
        return []
    return [_table(look, shown, level, day), _other(look)]


def _other(look: Look) -> Block:
    chosen = look.spot.state.per
    other = next(id for id in DENOMINATORS if id != chosen)
    word = look.say("other_per", people=DENOMINATORS[other].name(look.lang))
    return note.line("", href=look.href(per=other), word=word)


def _table(look: Look, shown: list[Measure], level: str, day: Day) -> Block:
    per = look.spot.state.per
    told = {made.id: _of(look, made, level, day) for made in (*shown, *_others(shown))}
    columns = [listing.column(TIERS[level].name(look.lang), left=True)]
    columns += [_column(look, by(made, per)) for made in shown]
    first = next(iter(told.values())).what
    names = {code: one.name for code, one in first.items()}
    rows = [
        listing.row(
            [listing.cell(quoted(name), name), *(_cell(look, told, made, code) for made in shown)],
            href=look.href(area=code),
            key=code,
        )
        for code, name in names.items()
    ]
    people = DENOMINATORS[per].name(look.lang)
    about = look.say("there_about", day=look.day_text(day), people=people)
    return listing.table(columns, rows, look.say("there"), about=about, id="there")


def _others(shown: list[Measure]) -> list[Measure]:
    """The rates by people present."""
    return [by(made, "present") for made in shown if by(made, "present") is not made]


def _of(look: Look, made: Measure, level: str, day: Day) -> Given[Mapping[str, Any]]:
    return look.ask("measures", name=made.id, level=level, day=day)


def _column(look: Look, made: Measure) -> dict[str, Any]:
    return listing.column(made.name(look.lang), unit=numbers.unit(made, look.lang), about=made.about(look.lang),
                          least=made.id in ("population", "present", "checkins"), bar=made.form == "count")  # fmt: skip


def _cell(look: Look, told: Mapping[str, Given[Mapping[str, Any]]], made: Measure, code: str) -> dict[str, Any]:
    chosen = by(made, look.spot.state.per)
    text = _written(look, told, chosen, code)
    other = by(made, "registered" if chosen.per == "present" else "present") if chosen.per else chosen
    small = "" if other is chosen or other.id not in told else _written(look, told, other, code)
    return listing.number(text, small=small)


def _written(look: Look, told: Mapping[str, Given[Mapping[str, Any]]], made: Measure, code: str) -> Any:
    number: Cited = told[made.id][f"[{code}]"]
    return look.number(number, lambda value: numbers.number(value, made, look.lang))


__all__ = ["WORDS", "blocks"]
