"""The book of who may look and who looked, on SQLite or PostgreSQL; see data.access.tables for where it lies."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import make_url, text

from data.engine import Connected, sqlite_url
from data.migrate import check_revision, upgrade

FILE = "access.db"
SCHEMA = "access"


class Access(Connected):
    """The book, open. Who writes in it queues on a lock of its own, so that no load is waited for."""

    lock = 0x15CEF

    @classmethod
    def beside(cls, database: str, home: Path) -> Access:
        """The book of an installation whose store is at ``database``, made or brought up to this release."""
        url = access_url(database, home)
        if not url.startswith("sqlite"):
            _make_schema(database)
        upgrade(url, line="access")
        return cls(url)

    @classmethod
    def open(cls, url: str) -> Access:
        """The book at ``url``; StoreOutdated if another release made it."""
        check_revision(url, "access")
        return cls(url)


def access_url(database: str, home: Path) -> str:
    """Where the book lies whose store is at ``database``."""
    if database.startswith("sqlite"):
        return sqlite_url(home.resolve() / FILE)
    return (
        make_url(database)
        .update_query_dict({"options": f"-csearch_path={SCHEMA}"})
        .render_as_string(hide_password=False)
    )


def _make_schema(database: str) -> None:
    store = Connected(database)
    try:
        with store.writing() as connection:
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
    finally:
        store.close()
