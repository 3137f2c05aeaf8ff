"""A store of every earlier revision becomes one of this release with all that it held; or stays what it was."""

from __future__ import annotations

import datetime as dt
import zlib
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from sqlalchemy import Boolean, Date, DateTime, Integer, LargeBinary, Table, insert, select

from dashboard.queries import Desk, Viewer
from data import migrate, parts
from data.backup.dump import tables_of
from data.city import read_city
from data.engine import Connected
from data.errors import StoreBusy
from data.settings import read_home
from data.store import Store, sqlite_url
from grid.cube import Cube
from grid.measures import MEASURES
from tests.tiny import DAYS

Rows = dict[str, list[dict[str, Any]]]


def rows_of(url: str) -> Rows:
    database = Connected(url)
    with database.snapshot() as connection:
        found: Rows = {
            t.name: [dict(row._mapping) for row in connection.execute(select(t))] for t in tables_of(connection)
        }
    database.close()
    return found


def old_store(url: str, revision: str, held: Rows) -> None:
    """A store as the release of that revision left it: what the small city delivered, and a row in each other table."""
    migrate.upgrade(url, revision)
    database = Connected(url)
    with database.writing() as connection:
        for table in tables_of(connection):
            rows = [{column.name: row[column.name] for column in table.columns} for row in held.get(table.name, [])]
            rows = rows or [made_up(table)]
            parts.make(connection, table.name, {row["day"] for row in rows if "day" in row})
            connection.execute(insert(table), rows)
    database.close()


def made_up(table: Table) -> dict[str, Any]:
    """A row of whatever columns there are; ``load`` is the first."""
    values: dict[type[Any], Any] = {
        Integer: 1,
        Boolean: True,
        LargeBinary: zlib.compress(b""),  # rows, none of them
        DateTime: dt.datetime(2022, 3, 1, 12, 30),
        Date: dt.date(2030, 1, 1),  # none that is asked for
    }
    found: dict[str, Any] = {}
    for column in table.columns:
        fitting = [value for kind, value in values.items() if isinstance(column.type, kind)]
        found[column.name] = fitting[0] if fitting else {} if "JSON" in str(column.type) else "x"
    return found


def asked(url: str, home: Path) -> dict[str, Any]:
    """What the store answers: every measure by street and day, zones, loads."""
    store = Store.open(url)
    desk = Desk(Cube(store, read_city(read_home(home).city)))
    told: dict[str, Any] = {"loads": store.loads()}
    told["zones"] = [(zone.key, zone.kind, zone.start, zone.stop, zone.covered.tolist()) for zone in store.zones(99)]
    for name in MEASURES:
        answers = desk.ask(Viewer(), name, area="city", days=DAYS[:4], level="street")
        told[name] = [(a.area, a.day, a.value, a.state) for a in answers]
    store.close()
    return told


@pytest.fixture(scope="module")
def answers(tiny_home: Path) -> dict[str, Any]:
    return asked(read_home(tiny_home).database, tiny_home)


@pytest.fixture(scope="module")
def held(tiny_home: Path) -> Rows:
    return rows_of(read_home(tiny_home).database)


@pytest.mark.parametrize("revision", migrate.revisions())
def test_a_store_of_every_revision_answers_as_before(
    revision: str, database_url: str, tiny_home: Path, held: Rows, answers: dict[str, Any]
) -> None:
    own = {name: rows for name, rows in held.items() if rows}
    old_store(database_url, revision, own)
    before = rows_of(database_url)
    Store.create(database_url).close()
    after = rows_of(database_url)
    for name, rows in before.items():
        kept = [{column: row[column] for column in rows[0]} for row in after[name]]
        assert sorted(map(repr, kept)) == sorted(repr(dict(row)) for row in rows)
    if "sqlite" in database_url:  # the questions are the same on both
        assert asked(database_url, tiny_home) == answers


FAILING = """
import sqlalchemy as sa
from alembic import op
revision = "9999"
down_revision = "{head}"
def upgrade():
    op.create_table("half", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("UPDATE load SET file = 'lost'")
    op.execute("DELETE FROM reject")
    op.execute("{last}")
"""


def _later_release(monkeypatch: pytest.MonkeyPatch, folder: Path, last: str) -> None:
    """A release with one more revision, which ends with a statement of our choice."""
    config, head = migrate._config, migrate.head()
    (folder / "r9999.py").write_text(FAILING.format(head=head, last=last), "utf-8")
    own = Path(migrate.__file__).parent / "migrations/versions"

    def later(*about: Any, **more: Any) -> Config:
        made = config(*about, **more)
        made.set_main_option("version_locations", f"{own}\n{folder}")
        made.set_main_option("path_separator", "newline")
        return made

    monkeypatch.setattr(migrate, "_config", later)


@pytest.mark.parametrize("revision", [migrate.revisions()[0], migrate.head()])
def test_an_upgrade_that_fails_leaves_the_store_as_it_was(
    revision: str, database_url: str, held: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old_store(database_url, revision, {name: rows for name, rows in held.items() if rows})
    before = rows_of(database_url)
    with monkeypatch.context() as patch:
        _later_release(patch, tmp_path, "UPDATE nowhere SET x = 1")
        with pytest.raises(Exception, match="nowhere"):
            Store.create(database_url)
    assert rows_of(database_url) == before
    assert _revision(database_url) == revision
    store = Store.create(database_url)
    assert store.version() == len(held["load"])
    store.close()


def test_the_same_revision_goes_through_where_nothing_fails(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store.create(database_url).close()
    with monkeypatch.context() as patch:
        _later_release(patch, tmp_path, "UPDATE load SET file = 'x'")
        Store.create(database_url).close()
    assert _revision(database_url) == "9999"


def _revision(url: str) -> str | None:
    database = Connected(url)
    with database.snapshot() as connection:
        found = migrate.revision_of(connection)
    database.close()
    return found


def test_an_upgrade_waits_for_a_loader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = sqlite_url(tmp_path / "a.db")
    migrate.upgrade(url, migrate.revisions()[-2])
    monkeypatch.setattr("data.engine.LOCK_SECONDS", 1)
    loader = Connected(url)
    with loader.writing(), pytest.raises(StoreBusy):
        migrate.upgrade(url)
    migrate.upgrade(url)
    with loader.writing():
        migrate.upgrade(url)  # there is nothing to do, and so nothing to wait for
    migrate.check_revision(url)
    loader.close()
