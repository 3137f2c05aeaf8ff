"""A day is held back while somebody is expected to speak of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from data.store import Store, sqlite_url
from grid.hiding.bases import POSITIVES
from grid.hiding.chain import HOLD, Tellings
from tests.tiny import FIRST


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    made = Store.create(sqlite_url(tmp_path / "store.db"))
    yield made
    made.close()


def tell(store: Store, source: str, after: int) -> int:
    """The version in which a source tells of the day so many days after the first."""
    day = FIRST + dt.timedelta(after)
    with store.loading(source=source, kind="cases", file=f"{source}{after}", sha256=f"{after:064}") as load:
        load.slabs(1, [("cases", day, np.zeros(3, np.int32))])
        load.close(rows=1, taken=1)
    return store.version()


def complete(store: Store, after: int, version: int) -> bool:
    """Whether the day needs to wait no longer, and is looked at in that version."""
    counts = [count for count, _ in POSITIVES]
    found = Tellings(each[1:] for each in store.tellings(counts, store.version()))
    day = FIRST + dt.timedelta(after)
    return version in found.loads(day) and found.complete(day, version)


def test_a_day_waits_for_the_source_that_spoke_before(store: Store) -> None:
    assert complete(store, 0, tell(store, "city", 0))
    tell(store, "east", 0)
    assert not complete(store, 1, tell(store, "city", 1))
    assert complete(store, 1, tell(store, "east", 1))


def test_a_day_waits_no_longer_than_newer_days_allow(store: Store) -> None:
    tell(store, "east", 0)
    early = tell(store, "city", 1)
    before = tell(store, "city", HOLD)
    after = tell(store, "city", 1 + HOLD)
    assert not complete(store, 1, early)
    assert not complete(store, 1, before)
    assert complete(store, 1, after)


def test_the_end_of_a_wait_is_the_same_whatever_comes_later(store: Store) -> None:
    tell(store, "east", 0)
    tell(store, "city", 1)
    ended = tell(store, "city", 2 + HOLD)
    tell(store, "city", 1 + HOLD)
    assert complete(store, 1, ended)
