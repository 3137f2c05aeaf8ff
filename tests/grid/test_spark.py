"""A Spark master and two workers count what threads count, also where a worker is killed, or the driver."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import MissingColumns
from grid import spark
from grid.engine import Engine, Threads
from tests.clusters import PATIENCE, ROOT, Spark, until
from tests.grid.nights import built, numbers, slow_work, small_pieces

__all__ = ["small_pieces"]


# --- sums as rows -------------------------------------------------------------------------------------------------


@given(st.dictionaries(st.integers(0, 40_000), st.lists(st.integers(-3, 3), min_size=6, max_size=6), max_size=4))
def test_sums_travel_as_rows(arrays: dict[int, list[int]]) -> None:
    sums = {day: np.array(numbers_, np.int32).reshape(2, 3) for day, numbers_ in arrays.items()}
    batches = [spark.rows(day, array) for day, array in sums.items()]
    table = pa.Table.from_batches(batches, spark.COLUMNS)
    found = {day: array.tolist() for day, array in spark.by_day(table, (2, 3))}
    assert found == {day: array.tolist() for day, array in sums.items()}, "a day of nothing is one, too"
    assert list(found) == sorted(found)
    assert table.num_rows <= sum(np.count_nonzero(array) + 1 for array in sums.values())


#: Who is told of an interrupt before there is a session.
INTERRUPT = signal.getsignal(signal.SIGINT)
PYTHON = """An exception was thrown from the Python worker:
Traceback (most recent call last):
  File "grid/spark.py", line 107, in part_sums
    except InputError as error:
ModuleNotFoundError: No module named 'grid'
"""
JAVA = """An error occurred while calling o61.toArrow.
: org.apache.spark.SparkException: Job 2 cancelled because SparkContext was shut down
\tat org.apache.spark.scheduler.DAGScheduler.fail(DAGScheduler.scala:1)
Caused by: java.io.EOFException
"""


@pytest.mark.parametrize(
    ("message", "line"),
    [
        (PYTHON, "ModuleNotFoundError: No module named 'grid'"),
        (JAVA, "org.apache.spark.SparkException: Job 2 cancelled because SparkContext was shut down"),
        ("[JAVA_GATEWAY_EXITED] Java exited", "[JAVA_GATEWAY_EXITED] Java exited"),
        ("", ""),
    ],
)
def test_of_a_long_message_the_line_that_says_it_is_shown(message: str, line: str) -> None:
    assert spark.said(message) == line


# --- a cluster ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    with Spark(tmp_path_factory.mktemp("spark")) as made, pytest.MonkeyPatch.context() as patch:
        for name, value in made.environment.items():
            patch.setenv(name, value)
        patch.setattr(spark, "STARTING", PATIENCE)
        yield made


@pytest.fixture(scope="module")
def engine(cluster: Spark) -> Iterator[Engine]:
    """One session for all tests here."""
    with spark.engine(cluster.address, cluster.folder / "parts") as made:
        yield made


@pytest.mark.usefixtures("small_pieces")
def test_two_nights_are_the_same_byte_by_byte(engine: Engine, cluster: Spark, tmp_path: Path) -> None:
    assert built(tmp_path / "spark", engine) == built(tmp_path / "threads", Threads())
    assert not list((cluster.folder / "parts").iterdir())


def test_the_interrupt_stays_whose_it_was(engine: Engine) -> None:
    assert signal.getsignal(signal.SIGINT) is INTERRUPT


def test_a_bad_file_is_said_as_on_one_machine_and_leaves_nothing(
    engine: Engine, cluster: Spark, tmp_path: Path
) -> None:
    work, parts = slow_work(tmp_path)
    pq.write_table(pq.read_table(tmp_path / "points.parquet").drop_columns(["日期"]), tmp_path / "points.parquet")
    with pytest.raises(MissingColumns, match="日期"):
        engine.count(work, parts)
    assert not list((cluster.folder / "parts").iterdir())


def test_a_driver_that_is_killed_loses_nothing(engine: Engine, cluster: Spark, tmp_path: Path) -> None:
    work, parts = slow_work(tmp_path)
    folder = cluster.folder / "parts"
    alone = {**os.environ, "PYSPARK_SUBMIT_ARGS": "--conf spark.cores.max=1 pyspark-shell"}
    driver = subprocess.Popen([sys.executable, "-c", DRIVER, cluster.address, folder, tmp_path], cwd=ROOT, env=alone)
    until(lambda: len(list(folder.glob("*/*.part"))) > 3 or driver.poll() is not None, "parts of the driver")
    driver.send_signal(signal.SIGKILL)
    assert driver.wait() == -signal.SIGKILL
    there = [parts[int(file.stem)].first_row for file in folder.glob("*/*.part")]
    assert 3 < len(there) < len(parts)
    told: list[int] = []
    found = engine.count(work, parts, told.append)
    assert numbers(found) == numbers(Threads().count(work, parts))
    assert (told, told[-1]) == (sorted(told), found.rows)
    assert not list(folder.iterdir())


DRIVER = """
import sys
from pathlib import Path
from grid import spark
from grid.cluster import counting_on
from tests.clusters import PATIENCE
from tests.grid.nights import slow_work

spark.STARTING = PATIENCE
address, parts, folder = sys.argv[1:]
with counting_on(address, Path(parts)) as engine:
    engine.count(*slow_work(Path(folder)))
"""


def test_a_worker_that_is_killed_loses_nothing(engine: Engine, cluster: Spark, tmp_path: Path) -> None:
    work, parts = slow_work(tmp_path)
    told: list[int] = []

    def tell(rows: int) -> None:
        if not told:
            threading.Thread(target=cluster.kill_worker).start()
        told.append(rows)

    found = engine.count(work, parts, tell)
    assert numbers(found) == numbers(Threads().count(work, parts))
    assert (told, told[-1]) == (sorted(told), found.rows)
    assert len(cluster.workers) == 1
