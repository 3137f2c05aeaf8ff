"""The book of who may look: its revisions make the declared tables, beside the store, for its owner alone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from data import engine
from data.access import Access, access_url
from data.access.book import FILE
from data.access.tables import metadata
from data.access.users import add_user, list_users
from data.backup.dump import tables_of
from data.engine import Connected
from data.migrate import head
from data.store import Store
from tests.data.test_migrate import declared, shape


def test_the_revisions_make_the_declared_tables(database_url: str, tmp_path: Path) -> None:
    Access.beside(database_url, tmp_path).close()
    plain = create_engine(access_url(database_url, tmp_path))
    with plain.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert shape(connection) == declared(access_url(database_url, tmp_path), metadata)
    plain.dispose()


def test_store_and_book_do_not_see_each_others_tables(database_url: str, tmp_path: Path) -> None:
    Store.create(database_url).close()
    Access.beside(database_url, tmp_path).close()
    found = []
    for url in (database_url, access_url(database_url, tmp_path)):
        database = Connected(url)
        with database.snapshot() as connection:
            found.append({table.name for table in tables_of(connection)})
        database.close()
    assert "load" in found[0]
    assert "entry" in found[1]
    assert not found[0] & found[1]


def test_opened_again_it_holds_what_it_held(database_url: str, tmp_path: Path) -> None:
    first = Access.beside(database_url, tmp_path)
    add_user(first, "wang", "王", "official", "990101")
    first.close()
    again = Access.beside(database_url, tmp_path)
    assert [(user.login, user.scope) for user in list_users(again)] == [("wang", "990101")]
    again.close()
    assert head("access") != head()


def test_it_is_opened_while_somebody_loads(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store.create(database_url).close()
    Access.beside(database_url, tmp_path).close()
    monkeypatch.setattr(engine, "LOCK_SECONDS", 1)
    store = Store.open(database_url)
    with store.writing():
        access = Access.beside(database_url, tmp_path)
        add_user(access, "wang", "王", "official")
        access.close()
    store.close()


def test_nobody_else_on_the_machine_reads_it(tmp_path: Path) -> None:
    access = Access.beside(f"sqlite:///{tmp_path / 'onescreen.db'}", tmp_path)
    add_user(access, "wang", "王", "official")
    files = [path for path in tmp_path.iterdir() if path.name.startswith(FILE)]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    access.close()
