"""What people do about an event. Each step is one transaction: the change, the event's row, and who is told.

A ``key`` is what the phone's queue calls a step: the same key of the same person again gives the same change, and
nothing happens twice. ``done``: when the phone says that it was done (UTC), where that may be before it came. Rights
and areas are not asked about here: dashboard.queries.events does.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Select, select

from data.errors import EventStateError, ReportRefused
from data.events import tables
from data.events.book import Events
from data.events.classes import EventClass
from data.events.outbox import message_rows
from data.events.owner import Tree
from data.events.report import AHEAD, MOST, check_words
from data.events.rows import Change, add, numbers, put, row_of
from data.events.state import FROM, TO, Row, after, deadlines, until
from data.terms import CHANGES_OF_EVENTS, STATES_OF_EVENTS
from data.words import Both, quote

#: SHA-256 as evidence is called.
_DIGEST = re.compile(r"[0-9a-f]{64}")

#: A phone that had no network is believed of so long: of a shift.
BELIEVED = dt.timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Said:
    """Who takes a step, and what they say of it. ``evidence``: SHA-256 of what data.events.evidence keeps, or words."""

    by: str
    role: str
    key: str
    now: dt.datetime
    note: str = ""
    evidence: Sequence[str] = ()
    done: dt.datetime | None = None
    more: dict[str, Any] = field(default_factory=dict)


def accept(
    events: Events, event: int, *, by: str, role: str, key: str, now: dt.datetime, note: str = "",
    evidence: Sequence[str] = (), done: dt.datetime | None = None,
) -> Change:  # fmt: skip
    """The owner has it: open -> accepted. EventStateError, EventNotFound, StoreError, as all of these."""
    return _step(events, event, "accepted", Said(by, role, key, now, note, evidence, done))


def act(
    events: Events, event: int, *, by: str, role: str, key: str, now: dt.datetime, note: str = "",
    evidence: Sequence[str] = (), done: dt.datetime | None = None,
) -> Change:  # fmt: skip
    """Somebody is on the spot: accepted -> acting."""
    return _step(events, event, "acting", Said(by, role, key, now, note, evidence, done))


def feed_back(
    events: Events, event: int, *, by: str, role: str, key: str, now: dt.datetime, note: str = "",
    evidence: Sequence[str] = (), done: dt.datetime | None = None,
) -> Change:  # fmt: skip
    """What was done: acting -> fed_back; may be said again, with more evidence."""
    return _step(events, event, "fed_back", Said(by, role, key, now, note, evidence, done))


def close(
    events: Events, event: int, *, by: str, role: str, key: str, now: dt.datetime, note: str = "",
    evidence: Sequence[str] = (), done: dt.datetime | None = None, satisfied: bool | None = None,
) -> Change:  # fmt: skip
    """It is done: fed_back -> closed. By somebody else than who acted, and with evidence since it was (re)opened, where
    its class asks for that. ``satisfied``: what whoever it was about says; None: they were not asked."""
    return _step(events, event, "closed", Said(by, role, key, now, note, evidence, done, _rated(satisfied)), _may_close)


def reopen(
    events: Events, event: int, *, by: str, role: str, key: str, now: dt.datetime, note: str = "",
    evidence: Sequence[str] = (), done: dt.datetime | None = None,
) -> Change:  # fmt: skip
    """It is not done after all: fed_back or closed -> open, with new deadlines, for the same owner. Not where a newer
    event was opened of the same matter since: one matter is one event."""
    return _step(events, event, "reopened", Said(by, role, key, now, note, evidence, done), _may_reopen)


def comment(
    events: Events, event: int, *, by: str, role: str, key: str, now: dt.datetime, note: str = "",
    evidence: Sequence[str] = (), done: dt.datetime | None = None, satisfied: bool | None = None,
) -> Change:  # fmt: skip
    """A word about it in any state; ``satisfied`` as in close, where they are asked later: by somebody else than who
    acted, where its class asks for that."""
    said = Said(by, role, key, now, note, evidence, done, _rated(satisfied))
    return _step(events, event, "commented", said, None if satisfied is None else _may_rate)


def hand_over(
    events: Events, event: int, *, by: str, role: str, key: str, now: dt.datetime, to: str, tree: Tree, note: str = "",
    evidence: Sequence[str] = (), done: dt.datetime | None = None,
) -> Change:  # fmt: skip
    """The area ``to`` (a code) owns it from now on, and has the class's time to accept it; what is to be done by when
    else stands. AreaNotFound."""
    owner = tree.chain(to)[0]
    return _step(events, event, "handed_over", Said(by, role, key, now, note, evidence, done), _other_owner, owner)


def _rated(satisfied: bool | None) -> dict[str, Any]:
    return {} if satisfied is None else {"satisfied": satisfied}


_Check = Callable[[Connection, Row, EventClass, Said, tuple[str, str]], None]


def _step(
    events: Events, event: int, what: str, said: Said, check: _Check | None = None, owner: tuple[str, str] | None = None
) -> Change:
    check_words(said.note, *said.evidence, key=said.key)
    _check_lengths(said)
    with events.writing() as connection:
        found = connection.execute(_earlier(said.by, said.key)).first()
        if found is not None:
            return _same(Change(**found._mapping), event, what)
        row = row_of(connection, event)
        klass, unit = events.classes[row["klass"]], owner or (row["level"], row["owner"])
        check_state(event, row["state"], what)
        _check_evidence(connection, event, said)
        if check is not None:
            check(connection, row, klass, said, unit)
        when = _when(connection, event, said)
        change = change_row(row, what, replace(said, more=said.more | when), unit, _until(row, what, klass, said.now))
        return write(connection, [Step(after(row, change), change)])[0]


def check_state(event: int, state: str, what: str) -> None:
    """EventStateError where a step does not follow on the state of an event."""
    if state not in FROM[what]:
        raise EventStateError(event=event, state=_state(state), detail=_not_from(what))


def _check_evidence(connection: Connection, event: int, said: Said) -> None:
    """What looks like the digest of a photograph is that of one that this event has, and words are some."""
    digests, table = {one for one in said.evidence if _DIGEST.fullmatch(one)}, tables.evidence.c
    held = select(table.sha256).where(table.event == event, table.sha256.in_(sorted(digests)))
    if not all(one.strip() for one in said.evidence) or digests - {*connection.execute(held).scalars()}:
        zh, en = "凭证为空，或不在本事件中，请重新上传", "evidence is empty, or not of this event: add it anew"
        raise ReportRefused(key=quote(said.key), detail=Both(zh, en))


def _check_lengths(said: Said) -> None:
    words = (("key", said.key), ("note", said.note), *(("note", each) for each in said.evidence))
    for name, text in words:
        if len(text) > MOST[name]:
            zh, en = f"{name} 超过 {MOST[name]} 字", f"{name} has more than {MOST[name]} letters"
            raise ReportRefused(key=quote(said.key), detail=Both(zh, en))


def earlier(events: Events, event: int, what: str, by: str, key: str) -> Change | None:
    """The step ``what`` of an event that the ``key`` made already; EventStateError where that was another."""
    rows = events._all(_earlier(by, key))
    return _same(Change(**rows[0]._mapping), event, what) if rows else None


def _earlier(by: str, key: str) -> Select[Any]:
    return select(tables.change).where(tables.change.c.by == by, tables.change.c.key == key)


def _same(change: Change, event: int, what: str) -> Change:
    if (change.event, change.what) != (event, what):
        zh, en = "这个操作编号已用于另一操作", "the key of this step was another step's"
        raise EventStateError(event=event, state=_state(change.state), detail=Both(zh, en))
    return change


def _when(connection: Connection, event: int, said: Said) -> dict[str, str]:
    """What the phone ``said`` of the time, and when that is believed to have been: not before the last thing that
    anybody did, nor long before it came. A clock that is wrong by minutes is put right; of one that is further out
    only what it said is kept, and the step counts from when it came."""
    if said.done is None:
        return {}
    table = tables.change
    query = select(table).where(table.c.event == event, table.c.what.in_(TO)).order_by(table.c.number.desc()).limit(1)
    last = Change(**connection.execute(query).one()._mapping)
    earliest = max(last.done, said.now - BELIEVED)
    told = {"said": said.done.isoformat()}
    if not earliest - AHEAD <= said.done <= said.now + AHEAD:
        return told
    return told | {"done": min(max(said.done, earliest), said.now).isoformat()}


def _until(row: Row, what: str, klass: EventClass, now: dt.datetime) -> dict[str, str]:
    if what == "reopened":
        return until(klass, now)
    if what == "handed_over":
        return deadlines(row) | {"accept": until(klass, now)["accept"]}
    return deadlines(row)


def change_row(row: Row, what: str, said: Said, owner: tuple[str, str], due: dict[str, str]) -> dict[str, Any]:
    """The row of the next change of an event, without its number in the book."""
    more = said.more | ({"was": row["owner"]} if owner[1] != row["owner"] else {})
    return {
        "event": row["id"], "number": row["changes"] + 1, "what": what, "at": said.now, "by": said.by,
        "role": said.role, "key": said.key or None, "note": said.note, "evidence": list(said.evidence),
        "state": TO.get(what, row["state"]), "level": owner[0], "owner": owner[1], "until": due, "more": more,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """A change, the event's row after it, and areas that are told of it beside the owner."""

    row: Row
    change: Row
    tell: Sequence[str] = ()

    def messages(self) -> Iterator[Row]:
        """Who is told, and what."""
        areas = [self.change["owner"], *self.tell] if self.change["what"] in TOLD else []
        return message_rows(self.row, self.change, areas)


def write(connection: Connection, steps: Sequence[Step]) -> list[Change]:
    """Keeps changes, what they make of the events' rows, and the messages. Inside of a transaction that writes."""
    (_, _, last) = numbers(connection, changes=len(steps))
    changes = [{**step.change, "id": number} for number, step in enumerate(steps, last + 1)]
    add(connection, tables.change, changes)
    put(connection, list({step.row["id"]: step.row for step in steps}.values()))
    add(connection, tables.message, [row for step in steps for row in step.messages()])
    return [Change(**change) for change in changes]


#: Changes that the owner is told of; they know themselves what they accepted and said.
TOLD = ("opened", "handed_over", "escalated", "reopened", "fed_back", "closed")


def _may_close(connection: Connection, row: Row, klass: EventClass, said: Said, _owner: tuple[str, str]) -> None:
    if klass.check and said.by == row["actor"]:
        zh, en = "处置人不能自己办结，请另一人核实后办结", "whoever acted does not close it: somebody else checks"
        raise _wrong(row, Both(zh, en))
    if klass.evidence and not said.evidence and not _evidence_of_round(connection, row["id"]):
        zh, en = "这类事件办结须有凭证，请附照片或说明凭证", "this class is closed with evidence: add a photograph"
        raise _wrong(row, Both(zh, en))


def _may_reopen(connection: Connection, row: Row, klass: EventClass, _said: Said, _owner: tuple[str, str]) -> None:
    if row["state"] != "closed" or row["same"] is None:
        return
    table, near = tables.event.c, dt.timedelta(minutes=klass.fold)
    since, last = row["latest"] - near, row["latest"] + near
    newer = select(table.id).where(
        table.same == row["same"], table.state != "closed", table.happened.between(since, last)
    )  # fmt: skip
    other = connection.execute(newer.order_by(table.id.desc()).limit(1)).scalar()
    if other is not None:
        zh, en = f"同一事项已另立第 {other} 号事件，请在那里处置", f"event {other} is of the same matter: act there"
        raise _wrong(row, Both(zh, en))


def _may_rate(_connection: Connection, row: Row, klass: EventClass, said: Said, _owner: tuple[str, str]) -> None:
    if klass.check and said.by == row["actor"]:
        zh, en = "满意与否由另一人回访，处置人不能代报", "whoever acted does not ask them: somebody else does"
        raise _wrong(row, Both(zh, en))


def _evidence_of_round(connection: Connection, event: int) -> bool:
    table = tables.change
    query = select(table.c.what, table.c.evidence).where(table.c.event == event).order_by(table.c.number.desc())
    for row in connection.execute(query).all():
        if row.evidence:
            return True
        if row.what == "reopened":
            return False
    return False


def _other_owner(_connection: Connection, row: Row, _klass: EventClass, _said: Said, owner: tuple[str, str]) -> None:
    if owner[1] == row["owner"]:
        raise _wrong(row, Both("已由该单位负责", "that unit has it already"))


def _state(state: str) -> Both:
    term = STATES_OF_EVENTS[state]
    return Both(term.zh, term.en.lower())


def _wrong(row: Row, detail: Both) -> EventStateError:
    return EventStateError(event=row["id"], state=_state(row["state"]), detail=detail)


def _not_from(what: str) -> Both:
    term, states = CHANGES_OF_EVENTS[what], [STATES_OF_EVENTS[state] for state in FROM[what]]
    zh, en = "、".join(one.zh for one in states), ", ".join(one.en.lower() for one in states)
    return Both(f"“{term.zh}”须在“{zh}”时进行，请刷新后再看", f"{term.en.lower()} follows on: {en}; look again")
