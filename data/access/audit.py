"""The log: who did what, about which area and how many people. Each line is chained onto the one before.

Lines are added and never altered: the database itself refuses it (revision a002), :mod:`data.access.proof` finds what
somebody did past the database, and the oldest go only with a certificate (:mod:`data.access.purge`). No line holds a
password, a token or anything about a person but the number of a ticket, which is a keyed pseudonym.
"""

from __future__ import annotations

import datetime as dt
import getpass
import hashlib
import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, String, cast, func, insert, or_, select, type_coerce

from data.access.book import Access
from data.access.tables import certificate, entry
from data.engine import utcnow

#: What the first line is chained onto.
ORIGIN = "0" * 64

#: The role of whoever runs a command on the machine itself.
MACHINE = "machine"

#: Letters of any one text in a line: longer than what a file or a reason is called, and no way to fill a disk.
MOST_TEXT = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log; ``at`` in UTC without zone. ``people``: how many persons' records, None where none were."""

    id: int
    at: dt.datetime
    who: str
    role: str
    action: str
    area: str
    people: int | None
    more: Mapping[str, Any]
    before: str
    head: str


@dataclass(frozen=True)
class Sought:
    """Which lines: "" and None leave open. ``areas``: codes; ``users``: who may be told of beside these areas; lines of
    one or the other are found. ``first`` and ``stop``: moments in UTC, the second no more. ``word``: anywhere."""

    who: str = ""
    action: str = ""
    areas: Collection[str] | None = None
    users: Collection[str] | None = None
    first: dt.datetime | None = None
    stop: dt.datetime | None = None
    word: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many lines of an action a day has (in the city's time), and how many people they are about."""

    day: dt.date
    action: str
    lines: int
    people: int


@dataclass(frozen=True, slots=True)
class Looked:
    """How much somebody did, and about how many people."""

    who: str
    lines: int
    people: int


class Log:
    """The log of one installation."""

    def __init__(self, access: Access) -> None:
        self.access = access

    # writing ---------------------------------------------------------------------------------------

    def add(self, who: str, role: str, action: str, area: str = "", people: int | None = None, **more: object) -> int:
        """Writes a line, and gives its number. StoreError where it cannot be written."""
        with self.access.writing() as connection:
            return add_line(connection, who, role, action, area, people, **more)

    def add_once(self, since: dt.datetime, who: str, role: str, action: str, area: str = "", **more: object) -> None:
        """The same, unless a line that says so was written since then, by whichever process. StoreError."""
        alike = (entry.c.at >= since, entry.c.who == who, entry.c.action == action, entry.c.area == area)
        with self.access.writing() as connection:
            if more not in connection.execute(select(entry.c.more).where(*alike)).scalars().all():
                add_line(connection, who, role, action, area, None, **more)

    # reading ---------------------------------------------------------------------------------------

    def search(self, sought: Sought, offset: int = 0, limit: int = 50) -> tuple[list[Line], int]:
        """(a page of lines, newest first; how many there are in all)."""
        where = _where(sought)
        total = self.access._all(select(func.count()).select_from(entry).where(*where))[0][0]
        query = select(entry).where(*where).order_by(entry.c.id.desc()).offset(offset).limit(limit)
        return [Line(**row._mapping) for row in self.access._all(query)], int(total)

    def tallies(self, sought: Sought, minutes: int = 0) -> list[Tally]:
        """Lines and people by day and action; ``minutes``: by which the city's clocks are ahead of UTC."""
        day = self._day(minutes).label("day")
        query = (
            select(day, entry.c.action, func.count().label("lines"), func.sum(entry.c.people).label("people"))
            .where(*_where(sought))
            .group_by(day, entry.c.action)
            .order_by(day, entry.c.action)
        )
        return [_tally(row) for row in self.access._all(query)]

    def lookers(self, sought: Sought, most: int = 12) -> list[Looked]:
        """Who did most, by people, then by lines."""
        people = func.coalesce(func.sum(entry.c.people), 0)
        query = select(entry.c.who, func.count().label("lines"), people.label("people")).where(*_where(sought))
        query = query.group_by(entry.c.who).order_by(people.desc(), func.count().desc(), entry.c.who).limit(most)
        return [Looked(row.who, int(row.lines), int(row.people)) for row in self.access._all(query)]

    def people(self, sought: Sought) -> int:
        """How many people all of these lines are about; whoever is looked at twice counts twice."""
        return int(self.access._all(select(func.coalesce(func.sum(entry.c.people), 0)).where(*_where(sought)))[0][0])

    def newest(self) -> Line | None:
        """The last line."""
        rows = self.access._all(select(entry).order_by(entry.c.id.desc()).limit(1))
        return Line(**rows[0]._mapping) if rows else None

    def _day(self, minutes: int) -> ColumnElement[Any]:
        if self.access.engine.dialect.name == "sqlite":
            return func.date(entry.c.at, f"{minutes:+d} minutes", type_=String)
        return cast(entry.c.at + dt.timedelta(minutes=minutes), Date)


def add_line(
    connection: Connection, who: str, role: str, action: str, area: str = "", people: int | None = None, **more: object
) -> int:
    """The same inside of a transaction that writes: what is done and its line are kept both, or neither."""
    number, before = last_of(connection)
    values: dict[str, Any] = {
        "id": number + 1, "at": utcnow(), "who": _plain(who, 200), "role": _plain(role, 20),
        "action": _plain(action, 30), "area": _plain(area, 40), "people": people,
        "more": _held(json.loads(json.dumps(more, default=str))), "before": before,
    }  # fmt: skip
    head = head_of(values)
    connection.execute(insert(entry).values(**values, head=head))
    connection.info.setdefault("heads", []).append((number + 1, head))
    return number + 1


def last_of(connection: Connection) -> tuple[int, str]:
    """(number, head) of the last line; of the last one that was taken out where none is left."""
    last = connection.execute(select(entry.c.id, entry.c.head).order_by(entry.c.id.desc()).limit(1)).first()
    cut = connection.execute(select(certificate.c.through, certificate.c.head).order_by(certificate.c.through.desc()))
    gone = cut.first()
    found = last or gone
    return (int(found[0]), str(found[1])) if found else (0, ORIGIN)


def head_of(values: Mapping[str, Any]) -> str:
    """SHA-256 of a line's own words and of the head before it."""
    words = [str(values[name]) for name in ("before", "id", "at", "who", "role", "action", "area", "people")]
    said = json.dumps([*words, values["more"]], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(said.encode(errors="surrogatepass")).hexdigest()


def operator() -> str:
    """Whoever runs a command on the machine, as the log names them."""
    name = ""
    with suppress(OSError, KeyError, ImportError):  # a container may run as a number that has no name
        name = getpass.getuser()
    return f"cli:{name or '?'}"


def _plain(text: str, most: int | None = None) -> str:
    """A text that every database holds: nought bytes and halves of signs are none."""
    return text.encode(errors="replace").decode().replace("\0", "")[:most]


def _held(value: Any) -> Any:
    """The same of all texts in what JSON can say."""
    if isinstance(value, dict):
        return {_plain(name, MOST_TEXT): _held(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_held(each) for each in value]
    return _plain(value, MOST_TEXT) if isinstance(value, str) else value


def _where(sought: Sought) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    found += [entry.c.who == _plain(sought.who)] if sought.who else []
    found += [entry.c.action == _plain(sought.action)] if sought.action else []
    found += [entry.c.at >= sought.first] if sought.first else []
    found += [entry.c.at < sought.stop] if sought.stop else []
    if sought.areas is not None:
        about = entry.c.area.in_(sought.areas)
        found.append(about if sought.users is None else or_(about, entry.c.who.in_(sought.users)))
    return [*found, _holds(sought.word)] if sought.word else found


def _holds(word: str) -> ColumnElement[bool]:
    """Which lines have a word anywhere; what JSON escapes is looked for as it escapes it."""
    word = _plain(word)
    stored = json.dumps(word)[1:-1]
    texts = [column.icontains(word, autoescape=True) for column in (entry.c.who, entry.c.action, entry.c.area)]
    return or_(*texts, _as_text(entry.c.more).icontains(stored, autoescape=True))


def _as_text(column: ColumnElement[Any]) -> ColumnElement[str]:
    return cast(type_coerce(column, String), String)


def _tally(row: Any) -> Tally:
    day = dt.date.fromisoformat(row.day) if isinstance(row.day, str) else row.day
    return Tally(day, row.action, int(row.lines), int(row.people or 0))


__all__ = [
    "MACHINE",
    "ORIGIN",
    "Line",
    "Log",
    "Looked",
    "Sought",
    "Tally",
    "add_line",
    "head_of",
    "last_of",
    "operator",
]
