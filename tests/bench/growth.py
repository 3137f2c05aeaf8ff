"""What a night's build costs as its rows grow: 1, 5, 25, 100 million points, and as many code rows.

On this machine's threads, and on a Dask scheduler with two worker processes. The files, the city and what a build does:
see :mod:`tests.bench.nightly`; each build is of a copy of the same home, in a process that was warmed up. Cost is
core-seconds, of the workers as well: what other work does to the clock on the wall does less to it.

A machine that others share is a third faster in one minute than in the next. So all sizes are built in turns, the small
ones as often as they take about as long as the large one together, half of them before it and half after it, and what
counts is the mean: the cheapest of many short builds beside one long build would be a moment's luck beside a minute's
mean. A line (fixed + per row) is laid through the sizes so that it misses each by as small a share as may be; that share
is judged, and what each further row costs from size to size is shown beside it. A cluster's fixed start is in its line.

``ONESCREEN_BENCH_ROWS`` is the largest size, for a trial.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from grid.arrays import Cells
from tests.bench import nightly
from tests.bench.nightly import Figures, Home
from tests.bench.table import Verdict, show
from tests.clusters import Dask

#: Rows -> how often a build of them is measured before the largest of a turn, and as often after it.
SIZES = {1_000_000: 5, 5_000_000: 4, 25_000_000: 2, 100_000_000: 0}
TURNS = 2
GOAL = 0.10
#: A country's code rows of a day, and the cities of 25 million rows that they are.
NATION, CITY = 1_400_000_000, 25_000_000


@dataclass(frozen=True)
class Line:
    """Seconds = ``fixed`` + ``each`` * rows."""

    fixed: float
    each: float


@dataclass(frozen=True)
class Grown:
    """Builds of growing size of one kind on one engine: rows -> figures (the mean), bytes read."""

    engine: str
    kind: str
    figures: Mapping[int, Figures]
    read: Mapping[int, int]

    @property
    def cpu(self) -> dict[int, float]:
        """Core-seconds by rows."""
        return {rows: one.cpu for rows, one in self.figures.items()}


def fit(seconds: Mapping[int, float]) -> Line:
    """The line that misses each size by as small a share as may be (least squares), its start not below nothing."""
    rows, found = (np.array(each, np.float64) for each in zip(*seconds.items(), strict=True))
    if len(rows) == 1:
        return Line(0.0, float(found[0] / rows[0]))
    (fixed, each), *_ = np.linalg.lstsq(np.stack([1 / found, rows / found], axis=1), np.ones(len(rows)), rcond=None)
    if fixed < 0:
        fixed, each = 0.0, float(((rows / found).sum()) / ((rows / found) ** 2).sum())
    return Line(float(fixed), float(each))


def off(seconds: Mapping[int, float]) -> float:
    """The largest share by which a size costs more or less than the line says."""
    line = fit(seconds)
    return max(abs(found / (line.fixed + line.each * rows) - 1) for rows, found in seconds.items())


def further(seconds: Mapping[int, float]) -> dict[int, float]:
    """Size -> what each row beyond the next smaller size costs."""
    steps = pairwise([(0, fit(seconds).fixed), *sorted(seconds.items())])
    return {rows: (found - before) / (rows - fewer) for (fewer, before), (rows, found) in steps}


# --- builds -------------------------------------------------------------------------------------------------------


def sizes() -> list[int]:
    """The sizes up to the largest that is wanted."""
    most = int(os.environ.get("ONESCREEN_BENCH_ROWS", max(SIZES)))
    return [rows for rows in SIZES if rows < most] + [most]


def run() -> Verdict:
    """Both kinds on both engines; the files of a size are made once, and removed."""
    with tempfile.TemporaryDirectory() as folder, engines(Path(folder)) as found:
        home = nightly.found(Path(folder) / "city")
        cells = nightly.cells_of(home)
        grown = []
        for kind in nightly.KINDS:
            first = nightly.warm(home, kind, cells)
            grown += _grown(home, kind, found)
            first.unlink()
    return _verdict(grown)


@contextmanager
def engines(folder: Path) -> Iterator[Mapping[str, tuple[str, Sequence[int]]]]:
    """Name -> (address of the scheduler, processes of its workers)."""
    (folder / "dask").mkdir()
    with Dask(folder / "dask") as dask:
        yield {"threads": ("", ()), "dask": (dask.address, [worker.pid for worker in dask.workers])}


def _grown(home: Home, kind: str, found: Mapping[str, tuple[str, Sequence[int]]]) -> list[Grown]:
    cells = nightly.cells_of(home)
    with tempfile.TemporaryDirectory(dir=home.folder.parent) as folder:
        files = {rows: Path(folder) / str(rows) / "files" for rows in sizes()}
        read = {rows: _brought(path, kind, rows, cells) for rows, path in files.items()}
        return [
            Grown(name, kind, _means(home, files, f"{name}, {kind}", *where), read) for name, where in found.items()
        ]


def _brought(files: Path, kind: str, rows: int, cells: Cells) -> int:
    files.mkdir(parents=True)
    return nightly.bring(files, kind, rows, cells)


def _means(
    home: Home, files: Mapping[int, Path], name: str, scheduler: str, workers: Sequence[int]
) -> dict[int, Figures]:
    made: dict[int, list[Figures]] = {rows: [] for rows in files}
    for rows, times in _turns(list(files)):
        found = nightly.rounds(home, files[rows], times, scheduler, workers)
        print(f"{name}, {rows:,}: " + ", ".join(f"{one.cpu:.2f}" for one in found) + " core-s", flush=True)
        made[rows] += found
    return {rows: _mean(each) for rows, each in made.items()}


def _turns(found: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(rows, how often) of the builds, one after the other: the largest stands in the middle of each turn."""
    *small, largest = found
    beside = [(rows, SIZES[rows]) for rows in small]
    for _ in range(TURNS):
        yield from [*beside, (largest, 1), *reversed(beside)]


def _mean(made: Sequence[Figures]) -> Figures:
    """The mean of several builds; of memory the most."""
    seconds, cpu = (float(np.mean([getattr(one, name) for one in made])) for name in ("seconds", "cpu"))
    peak, peaks = (max(getattr(one, name) for one in made) for name in ("peak", "peaks"))
    return Figures(seconds, cpu, peak, peaks, made[0].kept)


# --- what is said of it -------------------------------------------------------------------------------------------


def _verdict(grown: Sequence[Grown]) -> Verdict:
    heads = (
        "engine, kind",
        "rows",
        "s",
        "core-s",
        "rows/s/core",
        "us/row",
        "us/further row",
        "MB read",
        "MB kept",
        "peak MB",
        "worker MB",
    )
    print()
    show(heads, (line for one in grown for line in _lines(one)))
    print()
    for one in grown:
        if len(one.figures) > 1:  # one size is no line
            _extrapolate(one)
    worst = max(grown, key=lambda one: off(one.cpu))
    share = off(worst.cpu)
    per_row = ", ".join(f"{one.engine} {one.kind} {1e6 * fit(one.cpu).each:.3f}" for one in grown)
    figures = f"every size within {share:.1%} of its line ({worst.engine}, {worst.kind}); us a row: {per_row}"
    whole = sizes() == list(SIZES)
    goal = f"goal: within {GOAL:.0%} from {min(SIZES):,} to {max(SIZES):,} rows"
    return Verdict(figures, goal, whole and share <= GOAL)


def _lines(grown: Grown) -> Iterator[tuple[object, ...]]:
    steps = further(grown.cpu)
    for rows, one in grown.figures.items():
        yield (
            f"{grown.engine}, {grown.kind}", f"{rows:,}", f"{one.seconds:.2f}", f"{one.cpu:.2f}",
            f"{rows / one.cpu:,.0f}", f"{1e6 * one.cpu / rows:.3f}", f"{1e6 * steps[rows]:.3f}", f"{grown.read[rows] / 1e6:,.1f}",
            f"{one.kept / 1e6:,.2f}", f"{one.peak:,.0f}", f"{one.peaks:,.0f}",
        )  # fmt: skip


def _extrapolate(grown: Grown) -> None:
    """A country's day: as one file, and as the files of many cities, one after the other."""
    cpu, figures = fit(grown.cpu), grown.figures
    wall = fit({rows: one.seconds for rows, one in figures.items()})
    memory = fit({rows: one.peak for rows, one in figures.items()})
    cities = NATION / CITY
    print(
        f"{grown.engine}, {grown.kind}: {cpu.fixed:.2f} core-s + {1e6 * cpu.each:.3f} us a row, off by {off(grown.cpu):.1%} "
        f"at most; {NATION:,} rows: {(cities * cpu.fixed + cpu.each * NATION) / 3600:.2f} core-hours, "
        f"{(cities * wall.fixed + wall.each * NATION) / 3600:.2f} h on {os.cpu_count()} cores as {cities:.0f} files, each "
        f"{(memory.fixed + memory.each * CITY) / 1e3:.1f} GB; as one file "
        f"{(memory.fixed + memory.each * NATION) / 1e3:.0f} GB"
    )
