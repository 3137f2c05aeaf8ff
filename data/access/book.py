"""The book of who may look and who looked, on SQLite or PostgreSQL; see data.access.tables for where it lies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, inspect, make_url, text

from data.access.attempts import Attempts
from data.access.witness import Witness
from data.engine import Connected, sqlite_url
from data.migrate import check_revision, upgrade

FILE = "access.db"
SCHEMA = "access"

#: Only the owner of the home reads the book: hashes of passwords are in it.
OWNER = 0o600


@dataclass(frozen=True)
class Limits:
    """How long things hold: a session unused (minutes) and at most (hours), a password (days). ``key``: under which
    guesses at logins that nobody has are kept."""

    session_minutes: int = 60
    session_hours: int = 12
    password_days: int = 180
    key: str = field(default="", repr=False)


class Access(Connected):
    """The book, open. Who writes in it queues on a lock of its own, so that no load is waited for."""

    lock = 0x15CEF

    def __init__(self, url: str, limits: Limits | None = None) -> None:
        super().__init__(url)
        self.limits = limits or Limits()
        self.attempts = Attempts(self.limits.key)
        #: Who remembers the heads of the log beside the book; None where nobody does.
        self.witness: Witness | None = None

    @classmethod
    def beside(cls, database: str, home: Path, limits: Limits | None = None) -> Access:
        """The book of an installation whose store is at ``database``, made or brought up to this release."""
        make_place(database, home)
        url = access_url(database, home)
        upgrade(url, line="access")
        book = cls(url, limits)
        book.witness = Witness(home)
        return book

    @classmethod
    def open(cls, url: str, limits: Limits | None = None) -> Access:
        """The book at ``url``; StoreOutdated if another release made it."""
        check_revision(url, "access")
        return cls(url, limits)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """As everywhere; the witness hears of lines of the log once they are kept."""
        with super().writing() as connection:
            heads: list[tuple[int, str]] = []
            connection.info["heads"] = heads
            yield connection
        if self.witness is not None and heads:
            self.witness.saw(heads)


def access_url(database: str, home: Path) -> str:
    """Where the book lies whose store is at ``database``."""
    return book_url(database, home, FILE, SCHEMA)


def book_url(database: str, home: Path, file: str, schema: str) -> str:
    """Where a book lies beside the store at ``database``: a ``file`` of the home, or a ``schema``."""
    if database.startswith("sqlite"):
        return sqlite_url(home.resolve() / file)
    return (
        make_url(database)
        .update_query_dict({"options": f"-csearch_path={schema}"})
        .render_as_string(hide_password=False)
    )


def make_place(database: str, home: Path, file: str = FILE, schema: str = SCHEMA) -> None:
    """The file or the schema that a book lies in; where it is there, no load is waited for."""
    if database.startswith("sqlite"):
        (home / file).touch(OWNER)  # SQLite gives its journals the same rights
        return
    store = Connected(database)
    try:
        with store.snapshot() as connection:
            if inspect(connection).has_schema(schema):
                return
        with store.writing() as connection:
            go_to_schema(connection, schema)
    finally:
        store.close()


def go_to_schema(connection: Connection, schema: str = SCHEMA) -> None:
    """In PostgreSQL, until the end of the transaction, a book's tables are meant; its schema is made if need be."""
    connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))
    connection.execute(text(f"SET LOCAL search_path TO {schema}"))
