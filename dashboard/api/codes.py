"""Health codes in numbers: colours by system, what is overdue and who can mend it. No person is in any answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import flask
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel

from dashboard.api.asking import Door, Question
from dashboard.api.records import Answered, AreaWords, Asked, Day, Fact, fact
from dashboard.queries import CodeDesk, SystemColours
from dashboard.queries.hidden import Hidden

TAG = Tag(name="codes", description="健康码 / health codes")
#: Owners that are listed.
MOST_OWNERS = 60


class CodesAsked(Asked):
    """Codes of an area on a day; without a day the last one that a ledger speaks of."""

    area: AreaWords = "city"
    day: Day | None = None


class System(BaseModel):
    """One code system: people by colour, and how many red and yellow ones were assigned and cleared this day."""

    id: str
    name: str
    colours: dict[str, Fact]
    assigned: Fact
    cleared: Fact


class Owner(BaseModel):
    """Who can mend, and how many of theirs are overdue, or near a day on which somebody stands to lose something."""

    name: str
    overdue: Fact
    near: Fact


class Codes(Answered):
    """``state`` missing: no ledger speaks of that day. ``ages``: assignments that are not green, by how long after
    their time they still stand; ``exceptions``: tickets by what is wrong with them."""

    area: str
    day: dt.date | None
    state: str
    systems: list[System]
    ages: dict[str, Fact]
    overdue: Fact
    owners: list[Owner]
    exceptions: dict[str, Fact]


def _system(one: SystemColours, lang: str) -> System:
    made = one.system
    return System(
        id=made.id, name=(made.name_en if lang == "en" else None) or made.name,
        colours={colour: fact(people) for colour, people in one.counts.items()},
        assigned=fact(one.assigned), cleared=fact(one.cleared),
    )  # fmt: skip


def _facts(counts: Mapping[str, int | Hidden]) -> dict[str, Fact]:
    return {id: fact(number) for id, number in counts.items()}


def _codes(question: Question, asked: CodesAsked) -> Codes:
    desk, viewer, as_of = question.desk.beside(CodeDesk), question.viewer, question.as_of
    place = question.desk.place(viewer, asked.area, as_of)
    day = asked.day or desk.last_day(viewer, None, as_of)
    colours = desk.colours(viewer, place.code, day, as_of)
    late = desk.overdue(viewer, place.code, day, as_of)
    wrong = desk.provenance(viewer, place.code, day, as_of)
    if colours is None or late is None:
        return Codes(**question.base, area=place.code, day=day, state="missing", systems=[], ages={},
                     overdue=fact(None), owners=[], exceptions={})  # fmt: skip
    owners = [
        Owner(name=desk.owner_name(viewer, one.name), overdue=fact(one.ages.late), near=fact(one.near))
        for one in (late.owners[:MOST_OWNERS] if viewer.small_numbers else ())
    ]
    return Codes(
        **question.base, area=place.code, day=day, state="value",
        systems=[_system(one, viewer.lang) for one in colours], ages=_facts(late.ages.counts),
        overdue=fact(late.ages.late), owners=owners, exceptions=_facts(wrong.flags if wrong else {}),
    )  # fmt: skip


def register(api: APIBlueprint, door: Door) -> None:
    """Puts the question on the API."""

    @api.get("/codes", tags=[TAG], responses={200: Codes}, summary="健康码汇总 / codes in numbers")
    def codes(query: CodesAsked) -> flask.Response:
        return door.answer(query, lambda question: _codes(question, query))
