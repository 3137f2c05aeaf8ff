"""The risk score with its parts, the next seven days, and how good such forecasts were."""

from __future__ import annotations

import datetime as dt

import flask
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from dashboard.api.asking import Door, Question
from dashboard.api.records import Answered, AreaWords, Asked, Day, Fact, Grade, Level, Maybe, RiskPart, fact, number
from dashboard.queries import CardLine, RiskDesk
from dashboard.queries.risk.lines import UnitLine

TAG = Tag(name="risk", description="风险评分与预报 / risk score and forecast")


class RiskAsked(Asked):
    """Risk in an area by units of a level (the finest that is meant where none is asked), on a day."""

    area: AreaWords = "city"
    day: Day | None = None
    level: Level | None = None
    grade: Grade | None = Field(None, description="只列此等级 / only units of this grade")


class Part(BaseModel):
    """One part of a score: its number, its points of how many it can have."""

    id: RiskPart
    number: Fact
    points: Maybe
    full: Maybe


class Ahead(BaseModel):
    """Findings expected in the next seven days with the 90 % interval."""

    mean: Maybe
    low: Maybe
    high: Maybe


class Unit(BaseModel):
    """One unit. ``least`` is its score, ``most`` what it would be if all that is missing were at its worst."""

    code: str
    name: str
    where: str
    grade: Grade
    least: Maybe
    most: Maybe
    hot: bool
    parts: list[Part]
    ahead: Ahead | None


class Card(BaseModel):
    """The report card of the forecasts: shares of the next week's findings that the first 1, 5 and 10 % of the units
    held, by forecaster; ``lead`` over the better baseline with its interval; ``why``: "wins", or why it does not."""

    level: Level
    units: int
    first: dt.date
    last: dt.date
    days: int
    why: str
    hits: dict[str, list[Maybe]]
    coverage: list[Maybe]
    lead: Maybe
    lead_low: Maybe
    lead_high: Maybe


class Risk(Answered):
    """``units``: those with the highest score, 60 at most; ``grades``: how many units have each; ``signals``: how many
    are out of step, ``forecast``: units by what is expected, of ``forecast_level``. ``day`` null: nothing is known."""

    area: str
    day: dt.date | None
    level: Level | None
    levels: list[Level]
    own: Unit | None
    units: list[Unit]
    grades: dict[str, Fact]
    signals: Fact
    forecast_level: Level | None
    forecast: list[Unit]
    card: Card | None


def _unit(one: UnitLine) -> Unit:
    parts = [Part(id=p.id, number=fact(p.number), points=number(p.points), full=number(p.full)) for p in one.parts]
    ahead = one.ahead and Ahead(mean=number(one.ahead.mean), low=number(one.ahead.low), high=number(one.ahead.high))
    return Unit(
        code=one.code, name=one.name, where=one.where, grade=one.grade, least=number(one.least), most=number(one.most),
        hot=one.hot, parts=parts, ahead=ahead,
    )  # fmt: skip


def _card(card: CardLine) -> Card:
    return Card(
        level=card.level, units=card.units, first=card.first, last=card.last, days=card.days, why=card.why,
        hits={name: [number(hit) for hit in hits] for name, hits in card.hits.items()},
        coverage=[number(share) for share in card.coverage], lead=number(card.ahead.mean),
        lead_low=number(card.ahead.low), lead_high=number(card.ahead.high),
    )  # fmt: skip


def _risk(question: Question, asked: RiskAsked) -> Risk:
    desk, viewer, as_of = question.desk.beside(RiskDesk), question.viewer, question.as_of
    place = question.desk.place(viewer, asked.area, as_of)
    levels = list(desk.levels(viewer, place.code, asked.day, as_of))
    found = desk.answer(viewer, place.code, asked.day, as_of, asked.level, asked.grade)
    if found is None:
        return Risk(**question.base, area=place.code, day=None, level=None, levels=levels, own=None, units=[],
                    grades={}, signals=fact(None), forecast_level=None, forecast=[], card=None)  # fmt: skip
    return Risk(
        **question.base, area=place.code, day=found.day, level=found.level, levels=levels,
        own=_unit(found.own) if found.own else None, units=[_unit(one) for one in found.units],
        grades={id: fact(count) for id, count in found.grades.items()}, signals=fact(len(found.signals)),
        forecast_level=found.card_level, forecast=[_unit(one) for one in found.forecasts],
        card=_card(found.card) if found.card else None,
    )  # fmt: skip


def register(api: APIBlueprint, door: Door) -> None:
    """Puts the question on the API."""

    @api.get("/risk", tags=[TAG], responses={200: Risk}, summary="风险评分与预报 / score, forecast, report card")
    def risk(query: RiskAsked) -> flask.Response:
        return door.answer(query, lambda question: _risk(question, query))
