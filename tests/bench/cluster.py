"""A night of 25 million points and 25 million code rows, counted by threads, by Dask and by Spark: the same to the byte.

Dask is a scheduler with two worker processes, Spark a standalone master with two workers; both on this machine, started
by the bench. The files, the city and what a build does: see :mod:`tests.bench.nightly`. What a store holds after it is
held against what it holds after the threads' build, table by table, every row as it is stored: slabs, days of codes with
their tickets, rejects, chain, loads. Then it is built anew while a worker is killed in mid-build; and anew while the
driver, a process of its own, is killed in mid-build twice (SIGKILL) and started again each time.

``ONESCREEN_BENCH_ROWS`` is the number of rows of each kind, for a trial.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from grid.cluster import COUNTING
from tests.bench import nightly
from tests.bench.nightly import Home
from tests.bench.table import Verdict, show
from tests.clusters import Cluster, Dask, Spark

ROWS = 25_000_000
ROUNDS = 2
#: What every undisturbed build has left: table -> rows and digest.
Kept = Mapping[str, str]
#: Seconds until what is to be killed has to be at work.
PATIENCE = 900


@dataclass
class Side:
    """One engine: its scheduler's address, what its driver's environment needs, and what was found."""

    name: str
    address: str = ""
    cluster: Cluster | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Line:
    """A build: how it went, seconds, parts that lay there at each kill, tables that differ from the threads'."""

    side: str
    how: str
    seconds: float
    parts: str
    differ: tuple[str, ...]


def rows_wanted() -> int:
    """Rows of each kind."""
    return int(os.environ.get("ONESCREEN_BENCH_ROWS", ROWS))


def run() -> Verdict:
    """Every engine, undisturbed and disturbed."""
    with tempfile.TemporaryDirectory() as folder:
        work, files = Path(folder), Path(folder) / "files"
        home = nightly.found(work / "city")
        cells = nightly.cells_of(home)
        files.mkdir()
        for kind in nightly.KINDS:
            nightly.warm(home, kind, cells)
            nightly.bring(files, kind, rows_wanted(), cells)
        bench = Bench(home, files)
        with sides(work) as found:
            lines = list(bench.lines(found))
    heads = ("engine", "build", "s", "x threads", "parts there at a kill", "tables that differ")
    threads = min(line.seconds for line in lines if line.side == "threads")
    print()
    show(
        heads,
        (
            (line.side, line.how, f"{line.seconds:.1f}", f"{line.seconds / threads:.2f}", line.parts, _named(line))
            for line in lines
        ),
    )
    return _verdict(lines, threads)


def _named(line: Line) -> str:
    return ", ".join(line.differ) or "none"


@contextmanager
def sides(folder: Path) -> Iterator[list[Side]]:
    """The engines; their clusters live as long."""
    with ExitStack() as stack:
        found = [Side("threads")]
        for name, make in (("dask", Dask), ("spark", Spark)):
            (folder / name).mkdir()
            cluster = stack.enter_context(make(folder / name))
            found.append(Side(name, cluster.address, cluster, getattr(cluster, "environment", {})))
        yield found


@dataclass
class Bench:
    """A home with a first small load to be built, and the files of a night."""

    home: Home
    files: Path
    threads: Kept = field(default_factory=dict)

    def lines(self, found: list[Side]) -> Iterator[Line]:
        """Builds that nobody disturbs, in turns; then those that somebody does."""
        for number in range(ROUNDS):
            for side in found:
                yield self._built(side, f"undisturbed {number + 1}", self._whole)
        for side in found:
            if side.cluster is not None:
                yield self._built(side, "a worker killed", self._without_worker)
                yield self._built(side, "the driver killed twice", self._without_driver)

    def _built(self, side: Side, how: str, build: Callable[[Side, Home], tuple[float, str]]) -> Line:
        own = self.home.copy(self.files.parent / "home")
        try:
            seconds, parts = build(side, own)
            kept = nightly.kept(own)
        finally:
            shutil.rmtree(own.folder)
        self.threads = self.threads or kept
        differ = tuple(
            sorted(table for table in kept.keys() | self.threads.keys() if kept.get(table) != self.threads.get(table))
        )
        print(f"{side.name}, {how}: {seconds:.1f} s, {', '.join(differ) or 'the same'}", flush=True)
        return Line(side.name, how, seconds, parts, differ)

    # how a build goes ------------------------------------------------------------------------------

    def _whole(self, side: Side, home: Home) -> tuple[float, str]:
        told, _ = self._start(side, home, self.files).communicate()
        return float(json.loads(told.splitlines()[-1])["seconds"]), ""

    def _without_worker(self, side: Side, home: Home) -> tuple[float, str]:
        cluster, start = side.cluster, time.perf_counter()
        assert cluster is not None
        self._prepare(side, home)
        driver = self._start(side, home)
        parts = wait_for(driver, home, self._half)
        cluster.kill_worker()
        driver.communicate()
        seconds = time.perf_counter() - start
        cluster.add_worker()
        cluster.wait()
        return self._ended(driver, seconds), str(parts)

    def _without_driver(self, side: Side, home: Home) -> tuple[float, str]:
        self._prepare(side, home)
        start, parts = time.perf_counter(), []
        for wanted in (1, self._half):
            driver = self._start(side, home)
            parts.append(wait_for(driver, home, wanted))
            driver.kill()
            driver.communicate()
        driver = self._start(side, home)
        driver.communicate()
        return self._ended(driver, time.perf_counter() - start), ", ".join(map(str, parts))

    @property
    def _half(self) -> int:
        """Half of the pieces of the largest file: of code rows, at the full size."""
        return max(2, int(rows_wanted() * (1 - nightly.AGAIN)) >> 21)

    def _prepare(self, side: Side, home: Home) -> None:
        """The first small load; then the night's files lie there."""
        self._start(Side("threads"), home).communicate()
        nightly.lay(home, self.files)

    @staticmethod
    def _start(side: Side, home: Home, files: Path | None = None) -> subprocess.Popen[str]:
        words = nightly.command(home, side.address, files)
        return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env={**os.environ, **side.environment})

    @staticmethod
    def _ended(driver: subprocess.Popen[str], seconds: float) -> float:
        if driver.returncode:
            raise RuntimeError(f"a build that was to finish ended with {driver.returncode}")
        return seconds


def wait_for(driver: subprocess.Popen[str], home: Home, wanted: int) -> int:
    """Until so many parts of one file lie there; how many do. RuntimeError where the build ends before."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and driver.poll() is None:
        places = (home.folder / COUNTING).glob("*/")
        parts = max((len(list(place.glob("*.part"))) for place in places), default=0)
        if parts >= wanted:
            return parts
        time.sleep(0.01)
    driver.kill()
    raise RuntimeError(f"the build was at its end, or did nothing, before {wanted} parts were there")


def _verdict(lines: list[Line], threads: float) -> Verdict:
    wrong = [line for line in lines if line.differ]
    ratios = {
        name: min(line.seconds for line in lines if line.side == name and not line.parts) / threads
        for name in ("dask", "spark")
    }
    disturbed = sum(bool(line.parts) for line in lines)
    figures = (
        f"{len(lines) - len(wrong)} of {len(lines)} stores the same to the byte, {disturbed} of them built while a worker "
        f"or the driver was killed; {', '.join(f'{name} {ratio:.2f}x' for name, ratio in ratios.items())} threads' time"
    )
    goal = f"goal: all, {ROWS:,} points and {ROWS:,} code rows"
    return Verdict(figures, goal, not wrong and rows_wanted() >= ROWS)
