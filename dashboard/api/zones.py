"""Zones with their clocks, and in numbers."""

from __future__ import annotations

import datetime as dt

import flask
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from dashboard.api.asking import Door, Question
from dashboard.api.records import Answered, AreaWords, Asked, Day, Fact, Paged, Rows, ZoneState, fact
from dashboard.queries import Total, ZoneDesk, ZoneLine
from data.terms import ZONE_CLOCKS

TAG = Tag(name="zones", description="封管控区与期限 / zones and their clocks")


class ZonesAsked(Paged):
    """Zones of an area on a day: those that stand, and those released on it. Without a day the last that is known."""

    area: AreaWords = "city"
    day: Day | None = None
    state: ZoneState | None = Field(None, description="只列此状态 / only those in this state")


class Zone(BaseModel):
    """One zone. ``due``: the day from which it may be released, ``over``: days since; ``ends``: the day it may end if
    all goes well; ``clause``, ``pack``: by which rule; ``larger``: than its rule's unit."""

    id: str
    name: str
    kind: str
    area: str
    area_name: str
    where: str
    start: dt.date
    last: dt.date | None
    state: ZoneState
    due: dt.date | None
    over: int
    ends: dt.date | None
    clause: str | None
    pack: str | None
    larger: bool
    people: Fact
    m2: int


class Zones(Rows):
    """Longest overdue first."""

    day: dt.date | None
    zones: list[Zone]


class SummaryAsked(Asked):
    """Zones of an area on a day in numbers."""

    area: AreaWords = "city"
    day: Day | None = None


class Sum(BaseModel):
    """How many zones, their people and square metres; ground held twice counts once."""

    zones: Fact
    people: Fact
    m2: Fact


class Below(BaseModel):
    """The same of an area one level below."""

    area: str
    name: str
    standing: Sum
    due: Fact
    overdue: Fact
    unknown: Fact
    larger: Fact


class Summary(Answered):
    """``states``: by clock; ``kinds``: of those that stand, by kind; ``beyond``: what of the larger ones lies beyond
    their unit."""

    day: dt.date
    area: str
    standing: Sum
    states: dict[str, Sum]
    kinds: dict[str, Sum]
    overdue: Sum
    larger: Sum
    beyond: Sum
    below: list[Below]


def _sum(total: Total) -> Sum:
    people = fact(total.people) if total.zones else fact(0)
    return Sum(zones=fact(total.zones), people=people, m2=fact(total.m2))


def _zone(line: ZoneLine) -> Zone:
    clock, zone = line.clock, line.clock.zone
    last = None if zone.stop is None else zone.stop - dt.timedelta(days=1)
    return Zone(
        id=line.id, name=line.name, kind=zone.kind, area=line.area[0], area_name=line.area[1], where=line.where,
        start=zone.start, last=last, state=clock.state, due=clock.due, over=clock.over, ends=clock.ends,
        clause=clock.clause.id if clock.clause else None, pack=clock.pack.id if clock.pack else None,
        larger=clock.larger, people=fact(clock.size.people), m2=clock.size.m2,
    )  # fmt: skip


def _zones(question: Question, asked: ZonesAsked) -> Zones:
    desk = question.desk.beside(ZoneDesk)
    day = asked.day or desk.last_day(question.viewer, question.as_of)
    lines = desk.clocks(question.viewer, asked.area, day, question.as_of) if day else []
    question.desk.place(question.viewer, asked.area, question.as_of)  # an unknown area is one, zones or not
    rows, fields = question.page([line for line in lines if asked.state in (None, line.clock.state)])
    return Zones(**fields, day=day, zones=[_zone(line) for line in rows])


def _summary(question: Question, asked: SummaryAsked) -> Summary:
    desk, viewer = question.desk.beside(ZoneDesk), question.viewer
    found = desk.summary(viewer, asked.area, asked.day, question.as_of)
    below = [
        Below(
            area=row.code, name=row.name, standing=_sum(row.standing), due=fact(row.due), overdue=fact(row.overdue),
            unknown=fact(row.unknown), larger=fact(row.larger),
        )
        for row in desk.below(viewer, asked.area, asked.day, question.as_of)
    ]  # fmt: skip
    return Summary(
        **question.base, day=found.day, area=question.desk.place(viewer, asked.area, question.as_of).code,
        standing=_sum(found.standing), states={id: _sum(found.states[id]) for id in ZONE_CLOCKS},
        kinds={id: _sum(total) for id, total in found.kinds.items()}, overdue=_sum(found.overdue),
        larger=_sum(found.larger), beyond=_sum(found.beyond), below=below,
    )  # fmt: skip


def register(api: APIBlueprint, door: Door) -> None:
    """Puts the questions on the API."""

    @api.get("/zones", tags=[TAG], responses={200: Zones}, summary="封管控区 / zones with their clocks")
    def zones(query: ZonesAsked) -> flask.Response:
        return door.answer(query, lambda question: _zones(question, query))

    @api.get("/zones/summary", tags=[TAG], responses={200: Summary}, summary="封管控区汇总 / zones in numbers")
    def summary(query: SummaryAsked) -> flask.Response:
        return door.answer(query, lambda question: _summary(question, query))
