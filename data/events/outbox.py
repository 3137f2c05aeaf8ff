"""What areas are to be told: messages that are written with the change that they tell of, in its transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, false, or_, select, update

from data.events import tables
from data.events.book import Events
from data.events.rows import pieces
from data.events.state import Row


@dataclass(frozen=True, slots=True)
class Message:
    """What ``area`` is told; see data.events.tables.message. ``id`` is the receiver's to fold by."""

    id: str
    event: int
    area: str
    what: str
    made: dt.datetime
    body: Mapping[str, Any]
    took: list[str]
    sent: dt.datetime | None
    fetched: dt.datetime | None
    next: dt.datetime
    tries: int
    error: str

    @property
    def klass(self) -> str:
        """The class of its event."""
        return str(self.body["class"])


def message_rows(row: Row, change: Row, areas: Iterable[str]) -> Iterator[dict[str, Any]]:
    """What each of ``areas`` is told of a change that left an event's row so. No word about the person: whoever is
    told signs in to see it."""
    for area in dict.fromkeys(areas):
        number = f"{change['event']}.{change['number']}.{area}"
        yield {
            "id": number, "event": change["event"], "area": area, "what": change["what"], "made": change["at"],
            "body": _body(number, row, change, area), "took": [], "sent": None, "fetched": None,
            "next": change["at"], "tries": 0, "error": "",
        }  # fmt: skip


def _body(number: str, row: Row, change: Row, area: str) -> dict[str, Any]:
    told = {"message": number, "event": change["event"], "class": row["klass"], "what": change["what"], "to": area}
    told |= {name: change[name] for name in ("state", "owner", "level")}
    told |= {"area": row["area"], "cell": row["cell"], "at": change["at"].isoformat()}
    return told | {f"{step}_by": by for step, by in change["until"].items()} | _only(change["more"], "missed", "was")


def _only(more: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: more[name] for name in names if name in more}


def fetch(
    events: Events, areas: Collection[str] | None, now: dt.datetime, *, classes: Collection[str] | None = None,
    limit: int = 1000,
) -> list[Message]:  # fmt: skip
    """Messages to ``areas`` (codes or their beginnings; None: all) that were not fetched yet, oldest first; from now on
    they are: the area has them. ``classes``: of these events alone."""
    table = tables.message
    query = select(table).where(table.c.fetched.is_(None), *_to(areas)).order_by(table.c.made, table.c.id)
    if not events._all(query.limit(1)):  # boards ask often: whoever finds nothing waits for no writer
        return []
    with events.writing() as connection:
        rows = (Message(**row._mapping) for row in connection.execute(query))
        found = list(islice((one for one in rows if classes is None or one.klass in classes), limit))
        mark_fetched(connection, [one.id for one in found], now)
    return found


def mark_fetched(connection: Connection, ids: Sequence[str], now: dt.datetime) -> None:
    """These messages are with their areas. Inside of a transaction that writes."""
    table = tables.message
    for part in pieces(ids):
        connection.execute(update(table).where(table.c.id.in_(part)).values(fetched=now))


def messages_of(events: Events, event: int) -> list[Message]:
    """All that was told of an event."""
    table = tables.message
    query = select(table).where(table.c.event == event).order_by(table.c.made, table.c.id)
    return [Message(**row._mapping) for row in events._all(query)]


def undelivered(events: Events, areas: Collection[str] | None = None, tries: int = 3) -> list[Message]:
    """Messages that could not be sent at least so many times, oldest first."""
    table = tables.message
    where = (table.c.sent.is_(None), table.c.tries >= tries, *_to(areas))
    return [Message(**row._mapping) for row in events._all(select(table).where(*where).order_by(table.c.made))]


def _to(areas: Collection[str] | None) -> list[ColumnElement[bool]]:
    if areas is None:
        return []
    return [or_(false(), *(tables.message.c.area.startswith(code, autoescape=True) for code in areas))]
