"""The revisions make exactly the tables of data.tables, and a database of another release is refused."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, create_engine, inspect, text

from data.errors import StoreOutdated
from data.migrate import check_revision, upgrade
from data.store import Store
from data.tables import metadata


def test_the_revisions_make_the_declared_tables(database_url: str) -> None:
    upgrade(database_url)
    engine = create_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert shape(connection) == declared(database_url, metadata)
    engine.dispose()


def shape(connection: Any) -> dict[str, Any]:
    """Columns, keys and indexes of every table, as the database itself tells them."""
    found = inspect(connection)
    tables = set(found.get_table_names()) - {"alembic_version"}
    return {
        name: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(name)],
            found.get_pk_constraint(name)["constrained_columns"],
            sorted((k["constrained_columns"], k["referred_table"]) for k in found.get_foreign_keys(name)),
            sorted((i["name"], i["column_names"]) for i in found.get_indexes(name)),
        )
        for name in tables
    }


def declared(url: str, metadata: MetaData) -> dict[str, Any]:
    """The same of tables that SQLAlchemy makes itself, in a schema or file beside."""
    engine = create_engine(url) if url.startswith("postgresql") else create_engine("sqlite://")
    with engine.connect() as connection:
        if url.startswith("postgresql"):
            connection.execute(text("CREATE SCHEMA declared"))
            connection.execute(text("SET search_path TO declared"))
        metadata.create_all(connection)
        found = shape(connection)
        connection.rollback()
    engine.dispose()
    return found


def test_upgrading_twice_changes_nothing_and_keeps_what_is_there(database_url: str) -> None:
    store = Store.create(database_url)
    with store.loading(source="a", kind="cases", file="a.csv", sha256="0"):
        pass
    store.close()
    again = Store.create(database_url)
    assert again.version() == 1
    again.close()


@pytest.mark.parametrize("revision", ["0000", "r9999"])
def test_a_database_of_another_release_is_refused(database_url: str, revision: str) -> None:
    Store.create(database_url).close()
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    engine.dispose()
    with pytest.raises(StoreOutdated, match="onescreen init --upgrade") as refused:
        Store.open(database_url)
    assert refused.value.values["found"] == revision


def test_an_empty_database_is_no_store(database_url: str) -> None:
    with pytest.raises(StoreOutdated):
        check_revision(database_url)
