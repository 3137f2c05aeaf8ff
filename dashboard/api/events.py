"""Events: reported one by one or in batches, listed, and acted on. What was sent twice is taken once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import flask
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from dashboard.api.asking import Door, Question, address, moment, paging, utc
from dashboard.api.door import PREFIX
from dashboard.api.problems import BODY_PROBLEMS, MOST_FAULTS, Fault, problem
from dashboard.api.records import Answered, AreaWords, Asked, Paged, Rows, one_of, read_moment
from dashboard.queries.event_lines import EventFull, EventLine, Took, Unit
from dashboard.queries.events import MOST, OPEN, STEPS, EventDesk
from data.engine import MAX_NUMBER
from data.errors import OneScreenError
from data.events.report import MOST as LENGTHS
from data.events.report import Report
from data.terms import CHANGES_OF_EVENTS, EVENTS, LEVELS, STATES_OF_EVENTS

TAG = Tag(name="events", description="事件 / events that somebody must act on")
#: Reports of one batch: more would keep others waiting for longer than a board may lag.
MOST_REPORTS = 500

Klass = Annotated[str, *one_of(EVENTS)]
StateOf = Annotated[str, *one_of(STATES_OF_EVENTS)]
Level = Annotated[str, *one_of(LEVELS)]


def _fits(name: str, least: int = 0) -> StringConstraints:
    """A text that the book has room for, without what no database keeps."""
    return StringConstraints(min_length=least, max_length=LENGTHS[name], pattern=r"^[^\x00-\x08]*$")


Source = Annotated[str, _fits("source", 1)]
Key = Annotated[str, _fits("key", 1)]
Code = Annotated[str, _fits("area")]
Cell = Annotated[str, _fits("cell")]
Subject = Annotated[str, _fits("subject")]
PlaceWords = Annotated[str, _fits("place")]
NoteWords = Annotated[str, _fits("note")]


def _written(told: Any) -> Any:
    """A moment as text: a number could be seconds or milliseconds, a bare day is no moment."""
    if not isinstance(told, str) or "T" not in told:
        raise ValueError("YYYY-MM-DDTHH:MM:SS")
    return read_moment(told)


Happened = Annotated[dt.datetime, BeforeValidator(_written)]


class ReportBody(BaseModel):
    """What one sense saw once. ``source`` and ``key`` together are said once, however often they are sent, and of one
    matter alone; without ``key`` the header Idempotency-Key is it. ``subject``: a pseudonym, never a name or number of
    a person."""

    model_config = ConfigDict(extra="forbid")

    source: Source
    key: Key | None = None
    klass: Klass
    area: Code = Field("", description="区划代码或名称，可只给网格 / code or name, or the cell alone")
    cell: Cell = Field("", description="网格编号 / a cell of the grid")
    subject: Subject = ""
    place: PlaceWords = ""
    note: NoteWords = ""
    happened: Happened | None = Field(
        None,
        description="发生时刻（无时区则为本市时间）/ when it happened (without a zone: the city's clocks); else now",
    )


class ReportsBody(BaseModel):
    """One report or many, taken in one transaction; bad ones are named, the others kept."""

    model_config = ConfigDict(extra="forbid")

    reports: list[ReportBody] = Field(min_length=1, max_length=MOST_REPORTS)


class KeyHeader(BaseModel):
    """For one report without a key of its own; in a batch the place of each follows it."""

    idempotency_key: str | None = Field(None, alias="Idempotency-Key", max_length=LENGTHS["key"] - 8)


class TookRecord(BaseModel):
    """What became of a report, in the order of the batch; ``event`` null: refused, or not the sender's to know."""

    event: int | None
    outcome: Literal["new", "folded", "repeated", "refused"]
    href: str | None


class TookAnswer(BaseModel):
    """All of a batch; ``faults``: what was refused, and why."""

    took: list[TookRecord]
    faults: list[Fault]


class EventsAsked(Paged):
    """Events of an area or owned in it, what is due first first; without a state those that are not closed."""

    limit: int = Field(MOST, ge=1, le=1000, description="最多行数 / rows at most")
    area: AreaWords = "city"
    state: StateOf | None = Field(None, description="只列此状态 / only those in this state")
    klass: Klass | None = Field(None, description="只列此类 / only of this class")


class UnitRecord(BaseModel):
    """An area, or who owns an event."""

    code: str
    name: str
    level: Level


class EventRecord(BaseModel):
    """One event; see dashboard.queries.event_lines.EventLine."""

    id: int
    href: str
    klass: Klass
    name: str
    state: StateOf
    urgent: bool
    area: UnitRecord
    cell: str
    where: str
    owner: UnitRecord
    place: str
    note: str
    happened: dt.datetime
    opened: dt.datetime
    closed: dt.datetime | None
    step: str
    due: dt.datetime | None
    late: bool
    reports: int
    escalated: int
    reopened: int
    may: list[str]


class EventsAnswer(Rows):
    """What is due first first; ``now``: the moment that deadlines are held against."""

    now: dt.datetime
    events: list[EventRecord]


class StepRecord(BaseModel):
    """One line of an event's history. ``at``: when it came; ``done``: when it was done, which may be earlier."""

    what: Annotated[str, *one_of(CHANGES_OF_EVENTS)]
    at: dt.datetime
    done: dt.datetime
    by: str
    state: StateOf
    owner: UnitRecord
    note: str
    evidence: list[str]


class ReportRecord(BaseModel):
    """One report of it."""

    source: str
    key: str
    received: dt.datetime
    happened: dt.datetime
    place: str
    note: str


class EventAnswer(Answered):
    """One event with its history, oldest first."""

    event: EventRecord
    subject: str
    history: list[StepRecord]
    reports: list[ReportRecord]


class EventPath(BaseModel):
    """Which event."""

    id: int = Field(ge=1, le=MAX_NUMBER)


class StepBody(BaseModel):
    """A step: the same ``key`` again changes nothing more. ``to``: whom it is handed to; ``satisfied``: what whoever it
    was about says, where it is closed; ``done``: when it was done, where it could not be sent before."""

    model_config = ConfigDict(extra="forbid")

    action: Annotated[str, *one_of(STEPS)]
    key: Key
    note: NoteWords = ""
    evidence: list[Annotated[str, StringConstraints(min_length=1, max_length=200)]] = Field(
        default_factory=list, max_length=20
    )
    to: Code = ""
    satisfied: bool | None = None
    done: Happened | None = Field(
        None,
        description="何时做的（无时区则为本市时间），不早于上一步，至多早于送达12小时 / when it was done: after the "
        "step before it, within 12 hours of when it comes; else now",
    )


class DoneAnswer(BaseModel):
    """The step as it was kept; ``again``: the key had come before."""

    event: int
    state: StateOf
    at: dt.datetime
    again: bool


def _report(body: ReportBody, at: int, key: str | None, zone: str) -> Report | None:
    """The report of one line of a batch; None where nothing tells it from the next."""
    word = body.key or (f"{key}/{at}" if key else None)
    if word is None:
        return None
    happened = moment(body.happened, zone)
    return Report(body.source, word, body.klass, body.area, body.cell, body.subject, body.place, body.note, happened)


def _answer(took: Sequence[Took]) -> flask.Response:
    """201 where an event is new, 200 where none is, 207 where some were refused, their error where all were."""
    errors = [(at, one.error) for at, one in enumerate(took) if one.error is not None]
    if len(errors) == len(took):
        raise errors[0][1]
    records = [TookRecord(event=one.event, outcome=one.outcome, href=_href(one.event)) for one in took]
    body = TookAnswer(took=records, faults=[_fault(at, error) for at, error in errors])
    status = 207 if errors else 201 if any(one.outcome == "new" for one in took) else 200
    return _plain(body, status)


def _fault(at: int, error: OneScreenError) -> Fault:
    return Fault(parameter=f"reports.{at}", detail=f"{error.say('zh')} / {error.say('en')}")


def _href(event: int | None) -> str | None:
    return None if event is None else address(f"{PREFIX}/events/{event}")


def _plain(body: BaseModel, status: int = 200) -> flask.Response:
    answer = flask.Response(body.model_dump_json(), status, mimetype="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _unit(unit: Unit) -> UnitRecord:
    return UnitRecord(code=unit.code, name=unit.name, level=unit.level)


def _event(line: EventLine) -> EventRecord:
    same = ("id", "klass", "name", "state", "urgent", "cell", "where", "place", "note", "step", "late", "reports",
            "escalated", "reopened")  # fmt: skip
    fields = {name: getattr(line, name) for name in same}
    return EventRecord(
        **fields, href=_href(line.id) or "", area=_unit(line.area), owner=_unit(line.owner), may=list(line.may),
        happened=_utc(line.happened), opened=_utc(line.opened), closed=utc(line.closed), due=utc(line.due),
    )  # fmt: skip


def _utc(at: dt.datetime) -> dt.datetime:
    return at.replace(tzinfo=dt.UTC)


def _full(full: EventFull, question: Question) -> EventAnswer:
    history = [
        StepRecord(what=one.what, at=_utc(one.at), done=_utc(one.done), by=one.by, state=one.state,
                   owner=_unit(one.owner), note=one.note, evidence=list(one.evidence))
        for one in full.history
    ]  # fmt: skip
    reports = [
        ReportRecord(source=one.source, key=one.key, received=_utc(one.received), happened=_utc(one.happened),
                     place=one.place, note=one.note)
        for one in full.reports
    ]  # fmt: skip
    return EventAnswer(**question.base, event=_event(full.line), subject=full.subject, history=history, reports=reports)


def _listed(question: Question, asked: EventsAsked) -> EventsAnswer:
    desk, viewer = question.desk.beside(EventDesk), question.viewer
    what = (asked.area, [asked.state] if asked.state else OPEN, asked.klass or "")
    lines, total = desk.queue(viewer, *what, asked.limit, asked.offset), desk.count(viewer, *what)
    fields = {**question.base, **paging(total, asked.limit, asked.offset)}
    now = _utc(desk.now().replace(second=0, microsecond=0))
    return EventsAnswer(**fields, now=now, events=[_event(line) for line in lines])


def register(api: APIBlueprint, door: Door) -> None:
    """Puts the questions on the API, and the ways in."""
    _register_ways_in(api, door)

    @api.get("/events", tags=[TAG], responses={200: EventsAnswer}, summary="事件列表 / events")
    def events(query: EventsAsked) -> flask.Response:
        return door.passing(query, lambda question: _listed(question, query))

    @api.get("/events/<int:id>", tags=[TAG], responses={200: EventAnswer}, summary="一个事件 / one event")
    def event(path: EventPath, query: Asked) -> flask.Response:
        def make(question: Question) -> EventAnswer:
            return _full(question.desk.beside(EventDesk).event(question.viewer, path.id), question)

        return door.passing(query, make)


def _register_ways_in(api: APIBlueprint, door: Door) -> None:
    @api.post(
        "/events", tags=[TAG], summary="上报事件 / report events",
        responses={200: TookAnswer, 201: TookAnswer, 207: TookAnswer, **BODY_PROBLEMS},
    )  # fmt: skip
    def report(header: KeyHeader, body: ReportsBody) -> flask.Response:
        viewer, zone = door.viewer_of(), door.desk.city.timezone
        made = [_report(one, at, header.idempotency_key, zone) for at, one in enumerate(body.reports)]
        lacking = [at for at, one in enumerate(made) if one is None]
        if lacking:
            told = [Fault(parameter=f"reports.{at}.key", detail="key, or Idempotency-Key") for at in lacking]
            return problem(422, "invalid", faults=told[:MOST_FAULTS])
        return _answer(door.desk.beside(EventDesk).take(viewer, [one for one in made if one]))

    @api.post(
        "/events/<int:id>/steps", tags=[TAG], responses={200: DoneAnswer, **BODY_PROBLEMS},
        summary="处置一个事件 / act on an event",
    )  # fmt: skip
    def step(path: EventPath, body: StepBody) -> flask.Response:
        desk, viewer = door.desk.beside(EventDesk), door.viewer_of()
        said = (body.note, body.evidence, body.to, body.satisfied, moment(body.done, door.desk.city.timezone))
        done = desk.step(viewer, path.id, body.action, body.key, *said)
        return _plain(DoneAnswer(event=done.event, state=done.state, at=_utc(done.at), again=done.again))
