"""Key persons who entered: the three-hour rule in numbers, and the list that each district takes."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import flask
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field

from dashboard.api.asking import Door, Question, moment, utc
from dashboard.api.events import UnitRecord, _unit
from dashboard.api.problems import BODY_PROBLEMS
from dashboard.api.records import FARTHEST, Answered, AreaWords, Asked, Day, Fact, Moment, fact, one_of
from dashboard.queries.arrivals import MOST_LINES, ArrivalDesk, EntryLine, PushList
from data.terms import PUSHES
from grid.events.arrivals import Pushes

TAG = Tag(name="arrivals", description="重点人员抵达 / key persons who entered")


class ArrivalsAsked(Asked):
    """Entries of an area on a day; without a day the last one with any."""

    area: AreaWords = "city"
    day: Day | None = None


class PushesRecord(BaseModel):
    """Entries by how they stand. ``share``: in time, of those of whom it is decided; ``p50``, ``p95``: minutes until
    the district knew, at least (who waits counts by what they have waited)."""

    in_time: Fact
    late: Fact
    unpushed: Fact
    pending: Fact
    share: Fact
    p50: Fact
    p95: Fact


class BelowRecord(BaseModel):
    """Those of one unit below the area."""

    unit: UnitRecord
    pushes: PushesRecord


class EntryRecord(BaseModel):
    """One entry: ``subject`` a pseudonym; ``over``: minutes beyond three hours."""

    event: int
    subject: str
    entered: dt.datetime
    pushed: dt.datetime | None
    gate: str
    origin: str
    to: UnitRecord
    district: UnitRecord
    state: Annotated[str, *one_of(PUSHES)]
    over: float


class ArrivalsAnswer(Answered):
    """``day`` null: nobody entered ever. ``breaches``: the longest first."""

    area: str
    day: dt.date | None
    now: dt.datetime | None
    all: PushesRecord | None
    below: list[BelowRecord]
    breaches: list[EntryRecord]


class ListBody(BaseModel):
    """Which list; the newest first."""

    model_config = ConfigDict(extra="forbid")

    area: AreaWords = "city"
    since: Moment | None = Field(None, description="自何时起；默认一天前 / from when on; else a day ago")
    limit: int = Field(MOST_LINES, ge=1, le=MOST_LINES)
    offset: int = Field(0, ge=0, le=FARTHEST)


class ListAnswer(BaseModel):
    """``push``: asked as the district itself, which has these entries from ``now`` on."""

    area: UnitRecord
    now: dt.datetime
    push: bool
    total: int
    entries: list[EntryRecord]


def _pushes(part: Pushes) -> PushesRecord:
    return PushesRecord(
        in_time=fact(part.in_time), late=fact(part.late), unpushed=fact(part.unpushed), pending=fact(part.pending),
        share=fact(part.within.share), p50=fact(part.p50.least), p95=fact(part.p95.least),
    )  # fmt: skip


def _entry(line: EntryLine) -> EntryRecord:
    return EntryRecord(
        event=line.event, subject=line.subject, entered=line.entered.replace(tzinfo=dt.UTC), pushed=utc(line.pushed),
        gate=line.gate, origin=line.origin, to=_unit(line.to), district=_unit(line.district), state=line.state,
        over=round(line.over, 1),
    )  # fmt: skip


def _board(question: Question, asked: ArrivalsAsked) -> ArrivalsAnswer:
    found = question.desk.beside(ArrivalDesk).board(question.viewer, asked.area, asked.day)
    if found is None:
        code = question.desk.place(question.viewer, asked.area).code
        return ArrivalsAnswer(**question.base, area=code, day=None, now=None, all=None, below=[], breaches=[])
    below = [BelowRecord(unit=_unit(found.units[code]), pushes=_pushes(part)) for code, part in found.below.items()]
    return ArrivalsAnswer(
        **question.base, area=found.area.code, day=found.day, now=utc(found.now.replace(second=0, microsecond=0)),
        all=_pushes(found.all), below=below, breaches=[_entry(line) for line in found.breaches],
    )  # fmt: skip


def _list(found: PushList) -> ListAnswer:
    entries = [_entry(line) for line in found.lines]
    now = found.now.replace(tzinfo=dt.UTC)
    return ListAnswer(area=_unit(found.area), now=now, push=found.push, total=found.total, entries=entries)


def register(api: APIBlueprint, door: Door) -> None:
    """Puts the questions on the API."""

    @api.get("/arrivals", tags=[TAG], responses={200: ArrivalsAnswer}, summary="三小时推送 / the three-hour rule")
    def arrivals(query: ArrivalsAsked) -> flask.Response:
        return door.passing(query, lambda question: _board(question, query))

    @api.post(
        "/arrivals/list", tags=[TAG], responses={200: ListAnswer, **BODY_PROBLEMS},
        summary="取走本区名单，取走即推送 / take a district's list: taking it is the push",
    )  # fmt: skip
    def take(body: ListBody) -> flask.Response:
        since = moment(body.since, door.desk.city.timezone)
        desk = door.desk.beside(ArrivalDesk)
        found = desk.push_list(door.viewer_of(), body.area, since, body.limit, body.offset)
        answer = flask.Response(_list(found).model_dump_json(), mimetype="application/json")
        answer.headers["Cache-Control"] = "no-store"
        return answer
