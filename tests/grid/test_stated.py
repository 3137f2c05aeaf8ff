"""The days that were told of, told from one version to the next, are those that the store tells of each version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.retention import RETENTION
from data.store import Store, sqlite_url
from grid.stated import Stated
from tests.stated import days

DAY = dt.date(2022, 3, 18)
#: What a load states: (count, day after DAY) pairs, of a source.
LOADS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "区"]),
        st.sets(st.tuples(st.sampled_from(["cases", "tests"]), st.integers(0, 3)), max_size=4),
    ),
    min_size=1,
    max_size=6,
)


def take(store: Store, source: str, told: set[tuple[str, int]]) -> None:
    days = [(count, DAY + dt.timedelta(days=after), np.zeros(1, np.int32)) for count, after in sorted(told)]
    with store.loading(source=source, kind="cases", file="x.csv", sha256=f"{store.version():064x}") as load:
        load.slabs(1, days)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
@given(loads=LOADS, asked=st.lists(st.integers(1, 6), max_size=8))
def test_whichever_version_is_asked_after_whichever(
    loads: list[tuple[str, set[tuple[str, int]]]], asked: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = Store.create(sqlite_url(tmp_path_factory.mktemp("stated") / "store.db"))
    stated = Stated(store)
    for source, told in loads:
        take(store, source, told)
    for version in [min(number, len(loads)) for number in asked]:
        assert stated.at(version) == days(store, version)
        _check(stated, store, version)
    store.close()


def _check(stated: Stated, store: Store, version: int) -> None:
    """Loads, tellings and marks of a version, against the store's own rows."""
    told = store.tellings(None, version)
    for count in ("cases", "tests", "nothing"):
        own = [row for row in told if row[0] == count]
        assert sorted(stated.tellings(count, version)) == sorted(row[1:] for row in own)
        assert stated.mark([count], version) == (0, max((load for *_, load in own), default=0))
        for source in ("a", "b", "区", "nobody"):
            for after in range(-1, 5):
                day = DAY + dt.timedelta(days=after)
                loads = [load for _, stated_day, by, load in own if (stated_day, by) == (day, source)]
                assert stated.load(count, day, source, version) == max(loads, default=0)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    made = Store.create(database_url)
    yield made
    made.close()


def test_each_version_as_it_comes(store: Store) -> None:
    stated = Stated(store)
    for number, (source, told) in enumerate([("b", {("cases", 1)}), ("a", {("cases", 1), ("tests", 0)}), ("b", set())]):
        take(store, source, told)
        assert stated.at(number + 1) == days(store, number + 1)
    assert stated.at(1) == days(store, 1)


def test_days_that_went_are_not_told_of(store: Store) -> None:
    stated = Stated(store)
    take(store, "a", {("cases", 0), ("cases", 1)})
    assert len(stated.at(1)["cases"]) == 2
    with store.loading(source=RETENTION, kind=RETENTION, file="", sha256="0" * 64) as load:
        load.connection.exec_driver_sql(f"DELETE FROM slab WHERE day = '{DAY}'")
    assert stated.at(2) == days(store, 2)
    assert len(stated.at(2)["cases"]) == 1
    assert stated.load("cases", DAY, "a", 2) == 0
    assert stated.mark(["cases"], 2) == (2, 1), "whatever rests on what went is made anew"
