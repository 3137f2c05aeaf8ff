"""What a backup holds: its members and books, and the manifest that lists them."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from data.access.book import FILE as ACCESS_FILE
from data.access.book import SCHEMA as ACCESS_SCHEMA
from data.access.witness import FILE as HEADS_FILE
from data.errors import BackupError, StoreFull
from data.events.book import FILE as EVENTS_FILE
from data.events.book import SCHEMA as EVENTS_SCHEMA
from data.migrate import Line

#: How the file is laid out; a later layout has a higher number.
FORMAT = 3

MANIFEST = "manifest.json"
TABLES, ACCESS, CITY, HOME, DELIVERIES = "tables", "access", "city", "home", "deliveries"


@dataclass(frozen=True, slots=True)
class Book:
    """A book beside the store: its line of revisions, also the folder of its members; its file or schema; tables that
    are left out; what the manifest calls the rows of its tables; a file of the home that belongs to it."""

    line: Line
    file: str
    schema: str
    without: tuple[str, ...]
    rows: str
    beside: str = ""


#: Whoever was signed in there, or was locked out for guessing, is not here.
_PASSING = ("session", "guess")

BOOKS = (
    Book("access", ACCESS_FILE, ACCESS_SCHEMA, _PASSING, "users", HEADS_FILE),
    Book("events", EVENTS_FILE, EVENTS_SCHEMA, (), "happened"),
)


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. ``version``: of its newest load; ``tables``: rows of each; ``members``: (bytes, sha256) of
    each file; ``city``: name of the city file; ``left``: files that the city names outside of its folder; ``access``:
    revision of the book of who may look ("": there was none), ``users``: rows of its tables; ``events``, ``happened``:
    the same of the book of events; ``deliveries``: number of a load -> where its file will lie in the new home, of the
    delivered files that are in it."""

    made: str
    release: str
    revision: str
    version: int
    database: str
    secret: bool
    city: str
    tables: dict[str, int]
    members: dict[str, tuple[int, str]]
    left: list[str] = field(default_factory=list)
    access: str = ""
    users: dict[str, int] = field(default_factory=dict)
    deliveries: dict[str, str] = field(default_factory=dict)
    events: str = ""
    happened: dict[str, int] = field(default_factory=dict)
    format: int = FORMAT

    def book(self, book: Book) -> tuple[str, dict[str, int]]:
        """(revision, rows of its tables) of a book; ("", none) where there was none."""
        return getattr(self, book.line), getattr(self, book.rows)


@contextmanager
def room(file: Path) -> Iterator[None]:
    """What the disk refuses, as an error of ours."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreFull from error
        raise BackupError(file=file, detail=error) from error
