"""The book's rows as records, and how new ones are numbered and written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, insert, select, update

from data.errors import EventNotFound
from data.events import tables
from data.events.state import Row, moment


@dataclass(frozen=True, slots=True)
class Change:
    """One step of an event; see data.events.tables.change. Times UTC without zone."""

    id: int
    event: int
    number: int
    what: str
    at: dt.datetime
    by: str
    role: str
    key: str | None
    note: str
    evidence: list[str]
    state: str
    owner: str
    level: str
    until: Mapping[str, str]
    more: Mapping[str, Any]

    @property
    def said(self) -> dt.datetime | None:
        """When the phone said that it was done; None where it said nothing."""
        return dt.datetime.fromisoformat(self.more["said"]) if "said" in self.more else None

    @property
    def done(self) -> dt.datetime:
        """When it was done, as far as that is believed: else when it came."""
        return moment(self.at, self.more)


_Value = TypeVar("_Value")

#: Values in one question: SQLite takes 32,766.
_ASKED = 5_000

#: Whatever the row of an event is called there, it is called here in a statement that alters many rows.
_ID = "this_event"
_NAMES = [column.name for column in tables.event.columns if column.name != "id"]
_PUT = update(tables.event).where(tables.event.c.id == bindparam(_ID)).values({one: bindparam(one) for one in _NAMES})


def pieces(values: Sequence[_Value]) -> Iterator[Sequence[_Value]]:
    """As many of them at once as one question bears."""
    return (values[at : at + _ASKED] for at in range(0, len(values), _ASKED))


def numbers(connection: Connection, *, events: int = 0, reports: int = 0, changes: int = 0) -> tuple[int, int, int]:
    """The last numbers given out of each table before so many more are. Inside of a transaction that writes."""
    table = tables.number
    raised = {"event": table.c.event + events, "report": table.c.report + reports, "change": table.c.change + changes}
    last = connection.execute(update(table).values(raised).returning(table.c.event, table.c.report, table.c.change))
    row = last.first()
    if row is None:
        connection.execute(insert(table).values(id=1, event=events, report=reports, change=changes))
        return 0, 0, 0
    return row.event - events, row.report - reports, row.change - changes


def row_of(connection: Connection, event: int) -> dict[str, Any]:
    """The row of an event; EventNotFound."""
    found = connection.execute(select(tables.event).where(tables.event.c.id == event)).first()
    if found is None:
        raise EventNotFound(event=event)
    return dict(found._mapping)


def put(connection: Connection, rows: Sequence[Row]) -> None:
    """Writes rows of events that are there already."""
    if rows:
        connection.execute(_PUT, [{**{name: row[name] for name in _NAMES}, _ID: row["id"]} for row in rows])


def add(connection: Connection, table: Any, rows: Sequence[Row]) -> None:
    """Writes new rows."""
    if rows:
        connection.execute(insert(table), [dict(row) for row in rows])
