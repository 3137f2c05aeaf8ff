"""In PostgreSQL, what grows by day lies in parts by month: made by whoever loads, one of them read for a day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import numpy as np
import pytest
from sqlalchemy import Connection, create_engine, text

from data import parts, tables
from data.errors import AlreadyLoaded
from data.store import Store
from data.store.slabs import _NEWEST_SLABS
from tests import stated
from tests.postgres import Server

MONTHS = [dt.date(2022, 3, 1), dt.date(2022, 4, 1)]
SOME = [dt.date(1999, 5, 1), dt.date(2022, 3, 31), dt.date(2022, 4, 1), dt.date(2100, 1, 1)]


@pytest.fixture
def store(postgres_server: Server) -> Iterator[Store]:
    with postgres_server.database() as url:
        made = Store.create(url)
        yield made
        made.close()


def load(store: Store, days: list[dt.date], value: int = 1) -> None:
    with store.loading(source="a", kind="cases", file=f"{value}.csv", sha256=f"{value:064}") as load:
        load.slabs(1, [("cases", day, np.full(3, value, np.int32)) for day in days])


def lies(connection: Connection, table: str) -> dict[str, list[dt.date]]:
    """Part -> the days that lie in it."""
    found: dict[str, list[dt.date]] = {}
    for part, day in connection.execute(text(f"SELECT tableoid::regclass::text, day FROM {table} ORDER BY day")):
        found.setdefault(part.removeprefix("by_month."), []).append(day)
    return found


def test_a_load_makes_the_parts_of_its_days_and_no_day_is_refused(store: Store) -> None:
    load(store, SOME)
    load(store, SOME[1:2], 2)
    with store.snapshot() as connection:
        assert parts.months(connection, "slab") == MONTHS
        assert parts.months(connection, "code_day") == []
        assert lies(connection, "slab") == {
            "slab_early": SOME[:1], "slab_2022_03": [SOME[1]] * 2, "slab_2022_04": [SOME[2]], "slab_late": SOME[3:],
        }  # fmt: skip
    assert [slab.vector.tolist() for slab in store.slabs(["cases"], SOME[1], SOME[1], 2)] == [[2, 2, 2]]
    assert [day for day, _ in stated.days(store, 2)["cases"]] == SOME


def fails(store: Store) -> None:
    with store.loading(source="a", kind="cases", file="x", sha256="y") as writer:
        writer.slabs(1, [("cases", SOME[1], np.zeros(3, np.int32))])
        raise AlreadyLoaded(file="x", load=1)


def test_a_load_that_fails_leaves_no_part(store: Store) -> None:
    with pytest.raises(AlreadyLoaded):
        fails(store)
    with store.snapshot() as connection:
        assert parts.months(connection, "slab") == []


def test_nobody_who_reads_waits_for_a_load_that_makes_a_part(store: Store) -> None:
    load(store, SOME[1:2])
    with store.loading(source="a", kind="cases", file="x", sha256="y") as writer:
        writer.slabs(1, [("cases", SOME[2], np.zeros(3, np.int32))])
        with store.engine.connect() as reader:  # on a connection of its own, as the loader's own questions are
            reader.execute(text("SET lock_timeout = '3s'"))
            assert reader.execute(text("SELECT count(*) FROM slab")).scalar() == 1
            assert reader.execute(text("SELECT count(*) FROM load")).scalar() == 1


def test_a_question_about_a_day_opens_one_part(store: Store) -> None:
    load(store, [dt.date(2022, month, 15) for month in range(1, 13)])
    asked = {"counts": ["cases"], "first": dt.date(2022, 6, 15), "last": dt.date(2022, 6, 15), "version": 1}
    with store.engine.connect() as connection:
        asked_so = _NEWEST_SLABS.params(**asked).compile(connection, compile_kwargs={"literal_binds": True})
        found = connection.exec_driver_sql(f"EXPLAIN {asked_so}")
        plan = "\n".join(found.scalars())
    assert set(re.findall(r"slab_(?:early|late|[0-9]{4}_[0-9]{2})", plan)) == {"slab_2022_06"}, plan


def test_the_tables_that_are_declared_so_are_in_parts(postgres_server: Server, store: Store) -> None:
    query = "SELECT relname, pg_get_partkeydef(c.oid) FROM pg_class c WHERE relkind = 'p' ORDER BY relname"
    with store.snapshot() as connection:
        made = [tuple(row) for row in connection.execute(text(query))]
    with postgres_server.database() as url:
        engine = create_engine(url)
        with engine.begin() as connection:
            tables.metadata.create_all(connection)
            declared = [tuple(row) for row in connection.execute(text(query))]
        engine.dispose()
    assert made == declared == [(name, "RANGE (day)") for name in sorted(tables.BY_DAY)]


@pytest.mark.parametrize(
    ("month", "after"), [(dt.date(2022, 1, 31), dt.date(2022, 2, 1)), (dt.date(2024, 12, 1), dt.date(2025, 1, 1))]
)
def test_the_month_after(month: dt.date, after: dt.date) -> None:
    assert parts.next_month(month) == after
