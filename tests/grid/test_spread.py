"""Other processes count what threads count; nothing is lost with a driver, and nothing lies about for ever."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from data.city import read_city
from data.errors import MissingColumns, SettingsError
from data.store import Store, sqlite_url
from grid.batches import Piece
from grid.build import build
from grid.engine import Threads, Work, settled, using
from grid.spread import KEPT, Spread, sweep
from tests import tiny
from tests.clusters import ROOT
from tests.grid import nights
from tests.grid.nights import built, counted, kept, numbers, slow_work, small_pieces

__all__ = ["small_pieces"]

WORKERS = 2


@pytest.fixture(scope="module")
def pool() -> Iterator[Executor]:
    """Two processes that share no memory with this one."""
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as executor:
        yield executor


@pytest.mark.usefixtures("small_pieces")
def test_processes_count_what_threads_count(pool: Executor, tmp_path: Path) -> None:
    parts = tmp_path / "parts"
    assert built(tmp_path / "spread", Spread(pool, parts, WORKERS)) == built(tmp_path / "threads", Threads())
    assert not list(parts.iterdir()), "nothing is left behind"


def test_no_pieces_are_nothing(pool: Executor, tmp_path: Path) -> None:
    assert Spread(pool, tmp_path, 1).count(Work(_none, sum, None, int), []) == 0


def _none(*_: object) -> int:
    return 0


def test_a_bad_file_is_said_as_on_one_machine_and_leaves_nothing(pool: Executor, tmp_path: Path) -> None:
    work, parts = slow_work(tmp_path)
    pq.write_table(pq.read_table(tmp_path / "points.parquet").drop_columns(["日期"]), tmp_path / "points.parquet")
    with pytest.raises(MissingColumns, match="日期"):
        Spread(pool, tmp_path / "parts", WORKERS).count(work, parts)
    assert not list((tmp_path / "parts").iterdir())


# --- what is lost -------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is killed here who would need time for it."""
    monkeypatch.setattr(nights, "PAUSE", 0)


class Stops(Executor):
    """An executor whose driver is lost after some pieces."""

    def __init__(self, after: int, by: type[BaseException] = KeyboardInterrupt) -> None:
        self.left, self.by = after, by

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Does it at once, or is no more."""
        if not self.left:
            raise self.by
        self.left -= 1
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def test_a_build_whose_driver_was_lost_goes_on_where_it_was(tmp_path: Path) -> None:
    work, parts = slow_work(tmp_path)
    for _ in range(2):  # lost twice
        with pytest.raises(KeyboardInterrupt):
            Spread(Stops(4), tmp_path / "parts", WORKERS).count(work, parts)
    told: list[int] = []
    found = Spread(Stops(100), tmp_path / "parts", WORKERS).count(work, parts, told.append)
    assert counted(tmp_path) == [piece.first_row for piece in parts], "each piece counted once"
    assert numbers(found) == numbers(Threads().count(work, parts))
    assert (told, told[-1]) == (sorted(told), found.rows)


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("lost", ["killed", "stopped", "no database"])
def test_what_was_counted_for_a_load_that_was_not_committed_is_counted_once(tmp_path: Path, lost: str) -> None:
    """The driver is lost when all is merged and written: the next one only merges and commits."""
    path, parts = nights.city(tmp_path / "spread"), tmp_path / "parts"
    for name, rows in nights.first():
        pq.write_table(rows, tmp_path / "spread/in" / f"{name}.parquet", row_group_size=nights.GROUP)
    driver = subprocess.run([sys.executable, "-c", DRIVER, lost, tmp_path], cwd=ROOT, check=False, capture_output=True)
    assert driver.returncode == (-signal.SIGKILL if lost == "killed" else 1), driver.stderr
    store = Store.open(sqlite_url(tmp_path / "spread.db"))
    assert [load.kind for load in store.loads()] == ["geography"]
    (there,) = parts.iterdir()
    assert len(list(there.glob("*.part"))) > 1
    # the first file needs nobody who counts any more
    with using(Spread(Stops(0), parts, WORKERS)), pytest.raises(KeyboardInterrupt):
        build(store, read_city(path), tiny.SECRET)
    assert [load.kind for load in store.loads()] == ["geography", "tests"]
    assert not there.exists(), "what is committed needs no parts"
    with using(Spread(Stops(10**6), parts, WORKERS)):
        build(store, read_city(path), tiny.SECRET)
    whole = Store.create(sqlite_url(tmp_path / "whole.db"))
    build(whole, read_city(path), tiny.SECRET)
    assert kept(store) == kept(whole)
    assert not list(parts.iterdir())
    for each in (store, whole):
        each.close()


DRIVER = """
import os, signal, sys
from pathlib import Path
from data.city import read_city
from data.errors import StoreError
from data.store import Store, sqlite_url
from grid import build, count
from grid.codes import ledger
from grid.engine import using
from grid.spread import Spread
from tests import tiny
from tests.grid.nights import PIECE
from tests.grid.test_spread import Stops

lost, folder = sys.argv[1], Path(sys.argv[2])
count.PIECE_ROWS = ledger.PIECE_ROWS = PIECE

def close(*_):
    if lost == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    raise KeyboardInterrupt if lost == "stopped" else StoreError(detail="no disk")

build._close = close
store = Store.create(sqlite_url(folder / "spread.db"))
with using(Spread(Stops(10**6), folder / "parts", 2)):
    try:
        build.build(store, read_city(folder / "spread/city.toml"), tiny.SECRET)
    except KeyboardInterrupt:
        sys.exit(1)
"""


def test_a_file_that_is_refused_when_it_was_counted_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(MissingColumns), settled():
        _counted_and_refused(tmp_path)
    assert not list((tmp_path / "parts").iterdir())


def _counted_and_refused(folder: Path) -> None:
    Spread(Stops(100), folder / "parts", WORKERS).count(*slow_work(folder))
    assert list((folder / "parts").iterdir()), "nothing is settled yet"
    raise MissingColumns(file="a", columns="b", found="c")


def test_a_cluster_that_is_lost_is_no_fault_of_the_file(tmp_path: Path) -> None:
    work, parts = slow_work(tmp_path)
    with pytest.raises(SettingsError, match="the next run goes on"):
        Spread(Stops(4, BrokenExecutor), tmp_path / "parts", WORKERS).count(work, parts)
    Spread(Stops(100), tmp_path / "parts", WORKERS).count(work, parts)
    assert counted(tmp_path) == [piece.first_row for piece in parts]


def test_a_file_that_changed_meanwhile_is_counted_anew(tmp_path: Path) -> None:
    work, parts = slow_work(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        Spread(Stops(4), tmp_path / "parts", WORKERS).count(work, parts)
    os.utime(tmp_path / "points.parquet", ns=(1, 1))
    Spread(Stops(100), tmp_path / "parts", WORKERS).count(work, parts)
    assert len(counted(tmp_path)) == len(parts) + 4


def test_a_part_that_was_half_written_is_none(tmp_path: Path) -> None:
    work, parts = slow_work(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        Spread(Stops(1), tmp_path / "parts", WORKERS).count(work, parts)
    (folder,) = (tmp_path / "parts").iterdir()
    (folder / "1.0123").write_bytes(pickle.dumps(10**9)[:3])  # as a process leaves it that is killed while it writes
    found = Spread(Stops(100), tmp_path / "parts", WORKERS).count(work, parts)
    assert numbers(found) == numbers(Threads().count(work, parts))


def test_parts_that_nobody_goes_on_with_are_cleared_after_a_week(tmp_path: Path) -> None:
    for name, age in (("yesterday", 24 * 3600), ("old", KEPT + 60)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "0.part").touch()
        then = time.time() - age
        os.utime(tmp_path / name, (then, then))
    sweep(tmp_path)
    assert [place.name for place in tmp_path.iterdir()] == ["yesterday"]
    sweep(tmp_path / "not there")


def test_pieces_travel() -> None:
    piece = Piece(Path("a"), (1, 2), 3)
    assert pickle.loads(pickle.dumps(piece)) == piece  # noqa: S301
