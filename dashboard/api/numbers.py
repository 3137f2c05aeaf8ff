"""Measures, and their numbers: by units on a day, and day by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal

import flask
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from dashboard.api.asking import Door, Question
from dashboard.api.records import (
    Answered,
    AreaWords,
    Asked,
    Day,
    Fact,
    Level,
    Maybe,
    MeasureId,
    Paged,
    Rows,
    number,
)
from dashboard.queries import MAX_DAYS, Answer, day_range
from data.errors import BadQuestion
from data.words import Both
from grid.measures import FAMILIES, measure

TAG = Tag(name="numbers", description="指标与数值 / measures and numbers")
#: Days of a series that nobody limits.
DAYS = 92


class MeasureRecord(BaseModel):
    """One measure. ``form``: a share is in per cent, growth a fraction; ``stock``: days cannot be added up;
    ``back``: days that it looks back; ``estimate``: partly estimated; ``first``, ``last``: days with data."""

    id: MeasureId
    family: str
    family_name: str
    name: str
    unit: str
    about: str
    form: Literal["count", "rate", "share", "growth", "area"]
    digits: int
    higher_is: Literal["bad", "good", "neutral"]
    back: int
    stock: bool
    estimate: bool
    first: dt.date | None
    last: dt.date | None


class Measures(Answered):
    """Every measure that can be asked, also those without data yet."""

    measures: list[MeasureRecord]


class ValuesAsked(Paged):
    """One measure of one area, or of the units of a level inside it, on a day (the last one with data)."""

    measure: MeasureId
    area: AreaWords = "city"
    level: Level | None = Field(None, description="列出该层级的下级 / for each unit of this level inside the area")
    day: Day | None = None
    source: str | None = Field(None, max_length=60, description="只听某一来源 / as one source alone tells it")


class Value(Fact):
    """A number and what it is of."""

    area: str
    name: str
    level: Level
    day: dt.date


class Values(Rows):
    """Numbers of one measure."""

    measure: MeasureId
    unit: str
    values: list[Value]


class SeriesAsked(Asked):
    """One measure of one area, day by day; at most 731 days. Without days the last 92 with data."""

    measure: MeasureId
    area: AreaWords = "city"
    first: Day | None = None
    last: Day | None = None


class Point(Fact):
    """A number of one day."""

    day: dt.date


class Series(Answered):
    """A curve."""

    measure: MeasureId
    unit: str
    area: str
    name: str
    level: Level
    points: list[Point]


def _measures(question: Question) -> Measures:
    lang, found = question.viewer.lang, []
    for family, members in FAMILIES:
        for made in members:
            first, last = question.desk.span(question.view, question.viewer, made) or (None, None)
            found.append(
                MeasureRecord(
                    id=made.id,
                    family=family.id,
                    family_name=family.name(lang),
                    name=made.name(lang),
                    unit=made.unit(lang),
                    about=made.about(lang),
                    form=made.form,
                    digits=made.digits,
                    higher_is=made.higher_is,
                    back=made.back,
                    stock=made.stock,
                    estimate=made.estimate,
                    first=first,
                    last=last,
                )
            )
    return Measures(**question.base, measures=found)


def _values(question: Question, asked: ValuesAsked) -> Values:
    answers = question.desk.ask(
        question.viewer, asked.measure, area=asked.area, days=None if asked.day is None else [asked.day],
        level=asked.level, as_of=question.as_of, source=asked.source,
    )  # fmt: skip
    rows, fields = question.page(answers)
    values = [Value(area=a.area, name=a.name, level=a.level, day=a.day, value=_plain(a), state=a.state) for a in rows]
    return Values(
        **fields, measure=asked.measure, unit=measure(asked.measure).unit(question.viewer.lang), values=values
    )


def _plain(answer: Answer) -> Maybe:
    return number(answer.value)


def _series(question: Question, asked: SeriesAsked) -> Series:
    made = measure(asked.measure)
    days = _days(question, asked)
    answers = question.desk.series(question.viewer, made.id, asked.area, days[0], days[-1], question.as_of)
    here = answers[0]
    return Series(
        **question.base, measure=made.id, unit=made.unit(question.viewer.lang), area=here.area, name=here.name,
        level=here.level, points=[Point(day=a.day, value=_plain(a), state=a.state) for a in answers],
    )  # fmt: skip


def _days(question: Question, asked: SeriesAsked) -> Sequence[dt.date]:
    span = question.desk.span(question.view, question.viewer, measure(asked.measure))
    if span is None and (asked.first is None or asked.last is None):
        raise BadQuestion(detail=Both(f"还没有 {asked.measure} 的数据", f"no data for {asked.measure} yet"))
    last = asked.last or (span[1] if span else dt.date.min)
    first = asked.first or max(span[0] if span else last, last - dt.timedelta(days=DAYS - 1))
    if (last - first).days >= MAX_DAYS:
        raise BadQuestion(detail=Both(f"最多 {MAX_DAYS} 天", f"at most {MAX_DAYS} days"))
    return day_range(first, last)


def register(api: APIBlueprint, door: Door) -> None:
    """Puts the questions on the API."""

    @api.get("/measures", tags=[TAG], responses={200: Measures}, summary="指标 / every measure")
    def measures(query: Asked) -> flask.Response:
        return door.answer(query, _measures)

    @api.get("/values", tags=[TAG], responses={200: Values}, summary="某日数值 / numbers of a day")
    def values(query: ValuesAsked) -> flask.Response:
        return door.answer(query, lambda question: _values(question, query))

    @api.get("/series", tags=[TAG], responses={200: Series}, summary="逐日数值 / a number day by day")
    def series(query: SeriesAsked) -> flask.Response:
        return door.answer(query, lambda question: _series(question, query))
