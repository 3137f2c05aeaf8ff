"""Whoever counts, the sums are the same to the last byte: threads, processes, a cluster; and nothing is lost with a
worker or a driver."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from data.errors import MissingColumns, SettingsError
from grid import cluster, count
from grid.batches import Piece, pieces
from grid.codes import ledger, stream_day
from grid.count import Tally
from grid.engine import Spread, Threads, Work, current, using
from tests.grid.codes import town
from tests.grid.codes.test_ledger import body
from tests.grid.codes.town import FORM, context
from tests.grid.test_count import made, run, table

WORKERS = 2


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many pieces out of few rows; workers read the pieces that they are given."""
    monkeypatch.setattr(count, "PIECE_ROWS", 300)
    monkeypatch.setattr(ledger, "PIECE_ROWS", 300)


@pytest.fixture
def points(tmp_path: Path) -> Path:
    """Rows of a ledger, a dozen pieces of them."""
    pq.write_table(table(made(3_000, seed=3)), tmp_path / "points.parquet", row_group_size=90)
    return tmp_path / "points.parquet"


@pytest.fixture
def codes(tmp_path: Path) -> Path:
    """Assignments of a day, with tickets, contradictions and clocks."""
    pq.write_table(town.table(town.ledger(900)), tmp_path / "codes.parquet", row_group_size=90)
    return tmp_path / "codes.parquet"


@pytest.fixture(scope="module")
def pool() -> Iterator[Executor]:
    """Two processes that share no memory with this one."""
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as executor:
        yield executor


def _client(address: str) -> Any:
    from distributed import Client

    return Client(address, timeout=5, set_as_default=False)  # type: ignore[no-untyped-call]


class Dask:
    """A scheduler and two worker processes on loopback."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
        port = self.address.rsplit(":", 1)[1]
        scheduler = ("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")
        self.processes = [self._start(folder, *scheduler)]
        self.workers = [self.add_worker(folder) for _ in range(WORKERS)]

    def add_worker(self, folder: Path) -> subprocess.Popen[bytes]:
        """One worker process without a nanny: who is killed stays so."""
        worker = self._start(
            folder, "worker", self.address, "--no-nanny", "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1",
            "--local-directory", str(folder),
        )  # fmt: skip
        self.processes.append(worker)
        return worker

    @staticmethod
    def _start(folder: Path, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{words[0]}", *words[1:]]
        with (folder / "dask.log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, cwd=Path(__file__).parents[2])

    def wait(self) -> None:
        """Until every worker has come."""
        for _ in range(60):
            with contextlib.suppress(OSError), _client(self.address) as client:
                client.wait_for_workers(WORKERS, timeout=30)
                return
        raise TimeoutError(self.address)

    def close(self) -> None:
        """Ends every process that still lives; nothing that it keeps is wanted any more."""
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    made = Dask(tmp_path_factory.mktemp("dask"))
    try:
        made.wait()
        yield made
    finally:
        made.close()


def numbers(tally: Tally) -> tuple[Any, ...]:
    """Everything that a load takes from a tally, as bytes."""
    days = [(day, counts.tobytes(), lost.tobytes()) for day, counts, lost in tally.days()]
    return tally.rows, tally.bad, tally.unlocated, days


# --- the same sums ------------------------------------------------------------------------------------------------


def test_processes_count_what_threads_count(points: Path, codes: Path, pool: Executor, tmp_path: Path) -> None:
    sums, (day,) = numbers(run(points)), stream_day([codes], FORM, context()).days
    with using(Spread(pool, tmp_path / "parts", WORKERS)):
        assert numbers(run(points)) == sums
        (again,) = stream_day([codes], FORM, context()).days
    assert body(again) == body(day)
    assert len(day.tickets) > 100
    assert not list((tmp_path / "parts").iterdir()), "nothing is left behind"


def test_a_cluster_counts_what_threads_count(points: Path, codes: Path, dask: Dask, tmp_path: Path) -> None:
    sums, (day,) = numbers(run(points)), stream_day([codes], FORM, context()).days
    told: list[int] = []
    with cluster.counting_on(dask.address, tmp_path / "parts"):
        assert numbers(run(points, progress=told.append)) == sums
        (again,) = stream_day([codes], FORM, context()).days
    assert body(again) == body(day)
    assert (told, told[-1]) == (sorted(told), 3_000)


def test_without_an_address_this_machine_counts(tmp_path: Path) -> None:
    with cluster.counting_on("", tmp_path) as engine:
        assert isinstance(engine, Threads)
        assert isinstance(current(), Threads)


def test_an_address_where_nobody_answers_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with (
        pytest.raises(SettingsError, match=r"127\.0\.0\.1:1 does not answer"),
        cluster.counting_on("tcp://127.0.0.1:1", tmp_path),
    ):
        pass


def test_no_pieces_are_nothing(pool: Executor, tmp_path: Path) -> None:
    assert Spread(pool, tmp_path, 1).count(Work(length, sum, None, int), []) == 0


def test_a_bad_file_is_said_as_on_one_machine(points: Path, pool: Executor, tmp_path: Path) -> None:
    bad = tmp_path / "bad.parquet"
    pq.write_table(pq.read_table(points).drop_columns(["date"]), bad)
    with using(Spread(pool, tmp_path / "parts", WORKERS)), pytest.raises(MissingColumns, match="date"):
        run(bad)


# --- what is lost -------------------------------------------------------------------------------------------------


def length(some: Any, _plan: Any, _progress: Any) -> int:
    """A count that says which pieces it counted: their first rows, noted in the folder that is the plan."""
    total = 0
    for piece in some:
        with (_plan / "counted").open("a") as file:
            file.write(f"{piece.first_row}\n")
        time.sleep(0.2)
        total += piece.first_row + 1
    return total


def test_a_worker_that_is_killed_loses_nothing(points: Path, dask: Dask, tmp_path: Path) -> None:
    parts = pieces(points, 300)
    with cluster.counting_on(dask.address, tmp_path / "parts") as engine:
        victim = dask.workers.pop()
        threading.Timer(0.5, os.kill, (victim.pid, signal.SIGKILL)).start()
        found = engine.count(Work(length, sum, tmp_path, int), parts)
    assert found == sum(piece.first_row + 1 for piece in parts)
    assert victim.wait(20) == -signal.SIGKILL
    dask.workers.append(dask.add_worker(tmp_path))
    dask.wait()


class Stops(Executor):
    """An executor whose driver is lost after some pieces."""

    def __init__(self, after: int) -> None:
        self.left = after

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Does it at once, or is no more."""
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def test_a_build_whose_driver_was_lost_goes_on_where_it_was(points: Path, tmp_path: Path) -> None:
    parts = pieces(points, 300)
    work: Work[int] = Work(length, sum, tmp_path, int)
    for _ in range(2):  # lost twice
        with pytest.raises(KeyboardInterrupt):
            Spread(Stops(4), tmp_path / "parts", WORKERS).count(work, parts)
    assert Spread(Stops(100), tmp_path / "parts", WORKERS).count(work, parts) == sum(p.first_row + 1 for p in parts)
    counted = (tmp_path / "counted").read_text().split()
    assert sorted(map(int, counted)) == sorted(piece.first_row for piece in parts), "each piece counted once"


def test_a_file_that_changed_meanwhile_is_counted_anew(points: Path, tmp_path: Path) -> None:
    parts, work = pieces(points, 300), Work[int](length, sum, tmp_path, int)
    with pytest.raises(KeyboardInterrupt):
        Spread(Stops(4), tmp_path / "parts", WORKERS).count(work, parts)
    os.utime(points, ns=(1, 1))
    assert Spread(Stops(100), tmp_path / "parts", WORKERS).count(work, parts) == sum(p.first_row + 1 for p in parts)
    assert len((tmp_path / "counted").read_text().split()) == len(parts) + 4


def test_a_part_that_was_half_written_is_none(points: Path, tmp_path: Path) -> None:
    parts, work = pieces(points, 300), Work[int](length, sum, tmp_path, int)
    with pytest.raises(KeyboardInterrupt):
        Spread(Stops(1), tmp_path / "parts", WORKERS).count(work, parts)
    (folder,) = (tmp_path / "parts").iterdir()
    (folder / "1.0123").write_bytes(pickle.dumps(10**9)[:3])  # as a process leaves it that is killed while it writes
    assert Spread(Stops(100), tmp_path / "parts", WORKERS).count(work, parts) == sum(p.first_row + 1 for p in parts)


def test_pieces_travel() -> None:
    piece = Piece(Path("a"), (1, 2), 3)
    assert pickle.loads(pickle.dumps(piece)) == piece  # noqa: S301
