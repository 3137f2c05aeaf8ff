"""A Dask scheduler and two workers count what threads count, also where a worker is killed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.commands.inbox import once
from data.settings import read_home
from data.store import Store
from grid.cluster import COUNTING, counting_on
from grid.engine import Threads
from tests.clusters import Dask
from tests.grid.nights import built, counted, inbox_of, kept, numbers, slow_work, small_pieces
from tests.tiny import SECRET

__all__ = ["small_pieces"]


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    with Dask(tmp_path_factory.mktemp("dask")) as made:
        yield made


@pytest.mark.usefixtures("small_pieces")
def test_two_nights_are_the_same_byte_by_byte(dask: Dask, tmp_path: Path) -> None:
    with counting_on(dask.address, tmp_path / "parts") as engine:
        assert built(tmp_path / "dask", engine) == built(tmp_path / "threads", Threads())
    assert not list((tmp_path / "parts").iterdir())


def test_a_worker_that_is_killed_loses_nothing(dask: Dask, tmp_path: Path) -> None:
    work, parts = slow_work(tmp_path)
    told: list[int] = []
    with counting_on(dask.address, tmp_path / "parts") as engine:
        threading.Timer(0.5, dask.kill_worker).start()
        found = engine.count(work, parts, told.append)
    assert numbers(found) == numbers(Threads().count(work, parts))
    assert (told, told[-1]) == (sorted(told), found.rows)
    assert set(counted(tmp_path)) == {piece.first_row for piece in parts}
    dask.add_worker()
    dask.wait()


@pytest.mark.usefixtures("small_pieces")
def test_what_comes_by_inbox_is_counted_there_too(dask: Dask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONESCREEN_SECRET", SECRET)
    found = []
    for name, scheduler in (("threads", ""), ("dask", dask.address)):
        monkeypatch.setenv("ONESCREEN_SCHEDULER", scheduler)
        home = inbox_of(tmp_path / name)
        assert [one.state for one in once(home, 0.0)] == ["loaded"] * 4
        assert (home / COUNTING).exists() == bool(scheduler), "where parts lay"
        store = Store.open(read_home(home).database)
        found.append(kept(store))
        store.close()
    assert found[0] == found[1]
