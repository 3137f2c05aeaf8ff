"""The book of events, on SQLite or PostgreSQL; see data.events.tables for where it lies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from sqlalchemy import Connection

from data.access.book import book_url, make_place
from data.city import City
from data.engine import Connected
from data.events.classes import BY_ID, EventClass, classes_of
from data.events.together import Together
from data.migrate import check_revision, upgrade

FILE = "events.db"
SCHEMA = "events"


class Events(Connected):
    """The book, open. Who writes in it queues on a lock of its own. ``classes``: id -> class, as the city has them."""

    lock = 0x15CF0

    def __init__(self, url: str, classes: Mapping[str, EventClass] | None = None) -> None:
        super().__init__(url)
        self.classes = classes or BY_ID
        #: What many bring at the same time is kept at once.
        self.together = Together(self.writing)
        self._turn = Lock()

    @classmethod
    def beside(cls, database: str, home: Path, city: City | None = None) -> Events:
        """The book of an installation whose store is at ``database``, made or brought up to this release."""
        make_place(database, home, FILE, SCHEMA)
        url = events_url(database, home)
        upgrade(url, line="events")
        return cls(url, classes_of(city) if city is not None else None)

    @classmethod
    def open(cls, url: str, city: City | None = None) -> Events:
        """The book at ``url``; StoreOutdated if another release made it."""
        check_revision(url, "events")
        return cls(url, classes_of(city) if city is not None else None)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """As everywhere. The threads of one process take turns here: SQLite lets whoever waits sleep for longer and
        longer, so that one of many could wait for seconds."""
        with self._turn, super().writing() as connection:
            yield connection


def events_url(database: str, home: Path) -> str:
    """Where the book lies whose store is at ``database``."""
    return book_url(database, home, FILE, SCHEMA)
