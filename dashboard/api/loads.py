"""What was delivered, and whose data is late."""

from __future__ import annotations

import datetime as dt
import math
from typing import Literal

import flask
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from dashboard.api.asking import Door, Question, utc
from dashboard.api.records import Answered, Asked, Maybe, Paged, Rows, number
from dashboard.queries.freshness import Freshness, data_moment, is_archive
from dashboard.queries.freshness_desk import FreshnessDesk
from data.store import Load as Loaded
from data.store import utcnow
from grid.freshness.ledger import Found

TAG = Tag(name="loads", description="批次与时效 / loads and freshness")


class LoadsAsked(Paged):
    """Loads, newest first."""

    source: str | None = Field(None, max_length=60, description="来源 / of this source only")


class Load(BaseModel):
    """One load: its number is the version that it made."""

    id: int
    source: str
    kind: str
    file: str
    sha256: str
    sender: str
    known: dt.datetime
    loaded: dt.datetime
    rows: int
    taken: int
    rejected: int
    aside: int
    first_day: dt.date | None
    last_day: dt.date | None


class Loads(Rows):
    """What was delivered."""

    loads: list[Load]


class SourceFault(BaseModel):
    """What is odd about a source: an id of the faults, its days, in words; ``open``: it bears on what is shown."""

    id: str
    first: dt.date | None
    last: dt.date | None
    said: str
    open: bool


class Source(BaseModel):
    """One source. ``age``: hours since the end of its newest day, or since its last delivery; null if it never came.
    ``state``: as its cadence in the city file judges the age; none: it never came, or has said all it will say."""

    name: str
    title: str
    kind: str
    newest: dt.date | None
    received: dt.datetime | None
    loads: int | None
    rejected: int | None
    age: Maybe
    over: Maybe
    state: Literal["fresh", "warn", "error", "none"]
    faults: list[SourceFault]


class Sources(Answered):
    """Every source of the city file. ``now``: the moment that ages are counted from; of an archive, the end of its
    newest day."""

    now: dt.datetime
    archive: bool
    sources: list[Source]


def _load(made: Loaded) -> Load:
    fields = {name: getattr(made, name) for name in Load.model_fields}
    return Load(**{**fields, "known": utc(made.known), "loaded": utc(made.loaded)})


def _loads(question: Question, asked: LoadsAsked) -> Loads:
    found = question.desk.loads(question.viewer, question.as_of)
    wanted = [made for made in reversed(found) if asked.source in (None, made.source)]
    rows, fields = question.page(wanted)
    return Loads(**fields, loads=[_load(made) for made in rows])


def _sources(question: Question) -> Sources:
    desk, as_of = question.desk.beside(FreshnessDesk), question.as_of
    city, loads = question.desk.city, desk.loads(as_of)
    archive = is_archive(city, loads)
    now = (data_moment(city, loads) if archive else None) or as_of or utcnow()
    found = desk.feeds(question.viewer, as_of, now).sources
    return Sources(
        **question.base, now=utc(now.replace(microsecond=0)) or now, archive=archive,
        sources=[_source(one, question) for one in found],
    )  # fmt: skip


def _source(one: Freshness, question: Question) -> Source:
    came = math.isfinite(one.age)
    return Source(
        name=one.source.name, title=one.name(question.viewer.lang), kind=one.source.kind, newest=one.newest,
        received=utc(one.received), loads=one.loads, rejected=one.rejected,
        age=number(round(one.age, 2)) if came else None, over=number(round(one.over, 2)) if came else None,
        state=one.state, faults=[_fault(found, question) for found in one.found],
    )  # fmt: skip


def _fault(found: Found, question: Question) -> SourceFault:
    fault = found.fault
    said = fault.say(question.viewer.lang)
    return SourceFault(id=fault.id, first=fault.first, last=fault.last, said=said, open=found.open)


def register(api: APIBlueprint, door: Door) -> None:
    """Puts the questions on the API."""

    @api.get("/loads", tags=[TAG], responses={200: Loads}, summary="入库批次 / loads")
    def loads(query: LoadsAsked) -> flask.Response:
        return door.answer(query, lambda question: _loads(question, query))

    @api.get("/freshness", tags=[TAG], responses={200: Sources}, summary="数据时效 / whose data is late")
    def fresh(query: Asked) -> flask.Response:
        return door.passing(query, _sources)
