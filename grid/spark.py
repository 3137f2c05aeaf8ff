"""A Spark cluster as the engine that counts: ``mapInArrow(partial)``, then ``groupBy.sum``. Extra ``[spark]``, Java 17.

Spark is given the numbers of the pieces, a task each, and gives them to the others where a worker is lost. What comes
back is the sums of all parts: a row of a part is (day, place, n), ``place`` counting through the array of that day in
C order, and only numbers that are not 0 are rows. What of a part is no sum (rejects, persons, clocks) would only be
carried about: it waits in the folder of the build and is merged there in the order of the pieces, as everywhere. A
worker that finds a part in the folder does not count it again, so that the build of a lost driver goes on.

Whatever else a Spark cluster wants to be told (memory, cores, addresses) stands in its own ``spark-defaults.conf``.
"""

from __future__ import annotations

import math
import os
import pickle
import re
import shutil
import signal
import socket
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from data.errors import InputError
from grid.batches import Piece
from grid.engine import Adding, ByDay, Engine, Part, Progress, Work
from grid.spread import Spool, count_piece, interrupted, keep, rows_of, spooled, sums_of, wrong

Made = TypeVar("Made")

#: Seconds to wait for the master, and for its first worker: an executor starts in 3 to 10 on a busy machine.
PATIENCE, STARTING = 10, 120
#: Seconds between two looks at what has been counted.
LOOK = 0.2
#: A part's sums as Spark carries them, and as Arrow does.
SUMS = "day int, place long, n long"
COLUMNS = pa.schema([("day", pa.int32()), ("place", pa.int64()), ("n", pa.int64())])
#: The file beside the parts that says why a file was refused.
REFUSED = "refused"
#: How a line begins that names an error.
_SAID = re.compile(r"[\w.]*(Error|Exception)\b")


@dataclass(frozen=True)
class Spark:
    """A session on a cluster whose workers see ``folder`` and the ledgers under the same paths."""

    session: Any
    folder: Path

    def count(self, work: Work[Part], pieces: Sequence[Piece], progress: Progress | None = None) -> Part:
        """See Engine."""
        if not pieces:
            return work.partial([], work.plan, None)
        with spooled(self.folder, work, pieces) as spool:
            (spool.place / REFUSED).unlink(missing_ok=True)
            sums = self._sums(spool, progress)
            made = spool.merged_rest()
            work.sums.give(made, by_day(sums, work.sums.shape))
            return made

    def _sums(self, spool: Spool[Any], progress: Progress | None) -> pa.Table:
        numbers = self.session.range(0, spool.size, 1, spool.size)
        with _quiet():
            parts = numbers.mapInArrow(partial(part_sums, spool.place), SUMS)
        summed = parts.groupBy("day", "place").sum("n")
        made = _aside(self.session, summed.toArrow, _Telling(spool, progress), self.folder)
        if (spool.place / REFUSED).exists():
            raise _error(spool.place / REFUSED)
        return made


class _Telling:
    """Tells the rows of the parts that have come since the last look."""

    def __init__(self, spool: Spool[Any], progress: Progress | None) -> None:
        self.left = set(spool.files if progress else ())
        self.tell = Adding(progress or (lambda _rows: None))

    def __call__(self) -> None:
        for file in [file for file in self.left if file.exists()]:
            self.left.remove(file)
            self.tell(rows_of(file))


# --- workers -----------------------------------------------------------------------------------------------------


def part_sums(place: Path, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Runs in a worker: the sums of the pieces whose numbers ``batches`` hold, of the build at ``place``.

    A file that is refused is no failure of a task, which Spark would try three times more: why lies in the folder.
    """
    for number in (number for batch in batches for number in batch.column(0).to_pylist()):
        if (place / REFUSED).exists():
            return
        try:
            file = count_piece(place, number)
        except InputError as error:
            keep(place / REFUSED, error)
            return
        for day, array in sums_of(file):
            yield rows(day, array)


def rows(day: int, array: Any) -> pa.RecordBatch:
    """The numbers of a day that are not 0; the first goes with them in any case: a day of nothing is one, too."""
    flat = array.reshape(-1)
    places = np.flatnonzero(flat)
    if not flat[0]:
        places = np.concatenate([[0], places])
    columns = np.full(len(places), day, np.int32), places, flat[places].astype(np.int64)
    return pa.record_batch(list(columns), schema=COLUMNS)


def by_day(table: pa.Table, shape: tuple[int, ...]) -> ByDay:
    """Rows (day, place, n) as arrays of one shape, int64, in order of day."""
    day, place, n = (column.to_numpy() for column in table.columns)
    order = np.argsort(day, kind="stable")
    days, starts = np.unique(day[order], return_index=True)
    for each, start, end in zip(days.tolist(), starts, [*starts[1:], len(order)], strict=False):
        here, flat = order[start:end], np.zeros(math.prod(shape), np.int64)
        flat[place[here]] = n[here]
        yield each, flat.reshape(shape)


# --- a session ---------------------------------------------------------------------------------------------------


@contextmanager
def engine(master: str, folder: Path) -> Iterator[Engine]:
    """A session of its own at the master at an address (several: ``spark://one:7077,two:7077``). SettingsError where
    nobody answers or works, or Spark or Java are not installed."""
    session = _session(master, folder)
    try:
        _aside(session, session.range(1).count, lambda: None, folder, STARTING)
        yield Spark(session, folder)
    finally:
        session.stop()


def _session(master: str, folder: Path) -> Any:
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ModuleNotFoundError as error:
        zh, en = "未安装 Spark：pip install onescreen[spark]", "no Spark: install onescreen[spark]"
        raise wrong(folder, zh, en) from error
    from py4j.protocol import Py4JError

    if not _java():
        raise wrong(
            folder, "未安装 Java 17 或更新版本（default-jre-headless）", "no Java 17 or newer (default-jre-headless)"
        )
    if not any(_answers(*address) for address in _addresses(master)):
        raise wrong(folder, f"{master} 无应答", f"{master} does not answer")
    builder = SparkSession.builder.master(master).appName("onescreen")
    for name, value in _properties(master).items():
        builder = builder.config(name, value)
    try:
        with _quiet(), _environment(master), _interrupt_kept():
            return builder.getOrCreate()
    except (PySparkException, Py4JError) as error:
        why = said(str(error))
        raise wrong(folder, f"{master} 未接受：{why}", f"{master} does not take us: {why}") from error


def _java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return bool(shutil.which("java", path=f"{home}/bin" if home else None))


def _addresses(master: str) -> list[tuple[str, str]]:
    """(host, port) of each master: one works, the others wait for its end."""
    each = master.removeprefix("spark://").split(",")
    return [(host, port) for host, _, port in (address.rpartition(":") for address in each)]


def _answers(host: str, port: str) -> bool:
    try:
        socket.create_connection((host.strip("[]"), int(port)), PATIENCE).close()
    except (OSError, ValueError):
        return False
    return True


def _properties(master: str) -> dict[str, str]:
    """What we ask of Spark whatever its own settings say: no page of its own; all on this machine if the master is."""
    quiet = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.log.level": "ERROR"}
    here = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    return quiet | here if _here(master) else quiet


def _here(master: str) -> bool:
    return all(_loopback(host) for host, _ in _addresses(master))


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextmanager
def _environment(master: str) -> Iterator[None]:
    """What Spark reads from the environment alone, unless it stands there: workers run the Python that we run, and a
    master on this machine is spoken to from no other address."""
    wanted = {"PYSPARK_PYTHON": sys.executable} | ({"SPARK_LOCAL_IP": "127.0.0.1"} if _here(master) else {})
    ours = {name: value for name, value in wanted.items() if name not in os.environ}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name in ours:
            del os.environ[name]


@contextmanager
def _interrupt_kept() -> Iterator[None]:
    """Spark's session takes the interrupt for itself; it stays with whoever has it."""
    before = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is not before:
            signal.signal(signal.SIGINT, before)


@contextmanager
def _quiet() -> Iterator[None]:
    """Spark warns of every pandas newer than itself; what travels here is Arrow."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        yield


def _aside(
    session: Any, job: Callable[[], Made], look: Callable[[], None], folder: Path, patience: float = math.inf
) -> Made:
    """What a job comes to, run by another thread; ``look`` is called meanwhile, and whatever it raises (or an
    interrupt) ends the job. SettingsError where the cluster fails, or after ``patience`` seconds."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    with ThreadPoolExecutor(1) as pool:
        going, looks = pool.submit(job), 0
        try:
            while not wait([going], LOOK).done:
                look()
                looks += 1
                if looks * LOOK > patience:
                    raise wrong(folder, "没有空闲的工作进程", "no worker is free")
        except BaseException:
            session.sparkContext.cancelAllJobs()
            raise
        look()
        try:
            return going.result()
        except (PySparkException, Py4JError) as error:
            raise interrupted(folder, said(str(error))) from error


def said(message: str) -> str:
    """The line of a long message that says what it was: under a worker's traceback, above that of the JVM."""
    lines = [line.strip(": ") for line in message.splitlines()]
    return next((line for line in reversed(lines) if _SAID.match(line)), lines[0] if lines else "")


def _error(file: Path) -> InputError:
    with file.open("rb") as stream:
        error: InputError = pickle.load(stream)  # noqa: S301  (written by a worker of this build)
    return error
