"""The book lies apart, is made of revisions, and its history cannot be altered, on either database."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from data.access import Access
from data.backup.dump import tables_of
from data.engine import Connected
from data.errors import OneScreenError, StoreOutdated
from data.events import Events, events_url, evidence
from data.events.book import FILE
from data.events.tables import metadata
from data.migrate import upgrade
from data.store import Store
from tests.data.test_migrate import declared, shape
from tests.happened import NOW, lived, opened


def test_the_revisions_make_the_declared_tables(database_url: str) -> None:
    upgrade(database_url, line="events")
    database = Connected(database_url)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert shape(connection) == declared(database_url, metadata)
    database.close()


def test_it_lies_apart_from_the_store_and_from_who_may_look(database_url: str, tmp_path: Path) -> None:
    Store.create(database_url).close()
    Access.beside(database_url, tmp_path).close()
    Events.beside(database_url, tmp_path).close()
    database = Connected(events_url(database_url, tmp_path))
    with database.snapshot() as connection:
        assert {table.name for table in tables_of(connection)} == set(metadata.tables)
    database.close()
    Store.open(database_url).close()


def test_another_release_is_refused(events: Events) -> None:
    with events.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'e999'"))
    with pytest.raises(StoreOutdated):
        Events.open(events.url)


def test_nobody_else_on_the_machine_reads_it(one_book: Events, tmp_path: Path) -> None:
    opened(one_book)
    files = [path for path in tmp_path.iterdir() if path.name.startswith(FILE)]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_history_is_never_altered(events: Events) -> None:
    event = opened(events)
    evidence.keep(events, event, b"%PDF-1.7", by="wang", now=NOW)
    lived(events, event)
    for table in ("report", "change", "evidence"):
        for statement in (f'UPDATE "{table}" SET event = event', f'DELETE FROM "{table}"'):
            with pytest.raises((DBAPIError, OneScreenError), match="history of an event"), events.writing() as writing:
                writing.execute(text(statement))


@pytest.mark.parametrize("table", ["report", "change", "evidence"])
def test_history_is_not_replaced_either(one_book: Events, table: str) -> None:
    event = opened(one_book)
    evidence.keep(one_book, event, b"%PDF-1.7", by="wang", now=NOW)
    with pytest.raises((DBAPIError, OneScreenError), match="never altered"), one_book.writing() as connection:
        connection.execute(text(f'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}"'))
