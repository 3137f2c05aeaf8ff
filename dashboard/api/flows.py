"""Who left, where to: day by day, and the destinations of a day."""

from __future__ import annotations

import datetime as dt

import flask
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from dashboard.api.asking import Door, Question
from dashboard.api.records import Answered, AreaWords, Asked, Day, Fact, Maybe, Mode, State, fact, number
from dashboard.queries import MAX_DAYS, day_range
from dashboard.queries.flows import DayOut, Destinations, FlowDesk
from data.errors import BadQuestion
from data.words import Both

TAG = Tag(name="flows", description="人员流动 / flows")
#: Days of a curve that nobody limits.
DAYS = 28


class FlowsAsked(Asked):
    """Who left an area. Without days the last 28 with flows; destinations are those of the last day."""

    area: AreaWords = "city"
    first: Day | None = None
    last: Day | None = None
    mode: Mode | None = Field(None, description="方式 / by this mode only")
    destinations: int = Field(10, ge=0, le=200, description="目的地个数 / destinations that are listed")


class Left(BaseModel):
    """People who left on a day. ``estimate``: made of the migration index, between ``low`` and ``high``."""

    day: dt.date
    people: Fact
    estimate: bool
    index: Fact
    low: Maybe
    high: Maybe


class Destination(BaseModel):
    """Where people went; ``inside`` the city, or another city by its own name. ``share`` is a fraction."""

    key: str
    name: str
    inside: bool
    people: Fact
    share: Maybe


class To(BaseModel):
    """The largest destinations of a day and the rest; ``state`` missing: no table tells."""

    day: dt.date
    state: State
    rows: list[Destination]
    others: int
    others_share: Maybe
    unlisted_share: Maybe
    estimate: bool


class Flows(Answered):
    """Outflow of an area."""

    area: str
    name: str
    days: list[Left]
    destinations: To | None


def _left(one: DayOut) -> Left:
    return Left(
        day=one.day, people=Fact(value=number(one.value), state=one.state), estimate=one.estimate,
        index=fact(one.index), low=number(one.low), high=number(one.high),
    )  # fmt: skip


def _to(found: Destinations) -> To:
    rows = [
        Destination(key=row.key, name=row.name, inside=row.inside, people=fact(row.people), share=number(row.share))
        for row in found.rows
    ]
    return To(
        day=found.day, state=found.state, rows=rows, others=found.others, others_share=number(found.others_share),
        unlisted_share=number(found.unlisted), estimate=found.estimate,
    )  # fmt: skip


def _flows(question: Question, asked: FlowsAsked) -> Flows:
    desk, viewer, as_of = question.desk.beside(FlowDesk), question.viewer, question.as_of
    place = question.desk.place(viewer, asked.area, as_of)
    known = desk.days(viewer, as_of)
    last = asked.last or (known[-1] if known else None)
    if last is None:
        return Flows(**question.base, area=place.code, name=place.name, days=[], destinations=None)
    first = asked.first or max(known[0] if known else last, last - dt.timedelta(days=DAYS - 1))
    if (last - first).days >= MAX_DAYS or last < first:
        raise BadQuestion(detail=Both(f"1 至 {MAX_DAYS} 天", f"from 1 to {MAX_DAYS} days"))
    day_range(first, last)
    days = desk.outflow(viewer, place.code, first, last, asked.mode, as_of)
    to = desk.destinations(viewer, place.code, last, asked.destinations, asked.mode, as_of)
    return Flows(**question.base, area=place.code, name=place.name, days=[_left(one) for one in days],
                 destinations=_to(to))  # fmt: skip


def register(api: APIBlueprint, door: Door) -> None:
    """Puts the question on the API."""

    @api.get("/flows", tags=[TAG], responses={200: Flows}, summary="人员流动 / who left, where to")
    def flows(query: FlowsAsked) -> flask.Response:
        return door.answer(query, lambda question: _flows(question, query))
