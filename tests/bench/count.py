"""25 million rows of a code-status ledger to slabs, against DuckDB's plain GROUP BY of the same file.

Each round of each side is a fresh process. Timed: from the file to the result in memory (ours: int64
vectors over the leaves for every day and status; DuckDB: the Arrow table of its groups), after the imports
and, ours, after numba has loaded its kernels on a file of two rows; the whole process is printed beside it.
Peak memory is the whole process's.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import h3.api.basic_int as h3
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from grid.arrays import Cells
from tests.bench.table import Verdict, show

ROWS, GROUP, ROUNDS = 25_000_000, 1 << 20, 5
GOAL_RATIO, GOAL_MB = 1.2, 600
STATUSES = ("green", "yellow", "red")
#: Rings around the city's centre: 44,287 cells of resolution 9.
RINGS = 121


def cells() -> Cells:
    """The city's cells, sorted."""
    centre = h3.latlng_to_cell(31.2, 121.47, 9)
    return np.array(sorted(h3.grid_disk(centre, RINGS)), dtype=np.uint64)


def make(path: Path, rows: int, days: int) -> None:
    """A seeded ledger: residents gather in some cells, 97 of 100 codes are green."""
    rng = np.random.default_rng(0)
    city, crowd = cells(), np.cumsum(rng.gamma(0.5, 1, len(cells())))
    names = pa.array(STATUSES)
    schema = pa.schema([("cell", pa.uint64()), ("day", pa.date32()), ("status", pa.string()), ("source", pa.int8())])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for start in range(0, rows, GROUP):
            n = min(GROUP, rows - start)
            at = np.minimum(np.searchsorted(crowd, rng.random(n) * crowd[-1]), len(city) - 1)
            day = pa.array((19_000 + rng.integers(0, days, n)).astype(np.int32)).cast(pa.date32())
            status = names.take(pa.array((rng.random(n) > 0.97).astype(np.int64) + (rng.random(n) > 0.99)))
            source = pa.array(rng.integers(0, 4, n).astype(np.int8))
            writer.write_table(pa.table([pa.array(city[at]), day, status, source], schema=schema), GROUP)


def ours(path: Path, warm: Path) -> tuple[float, int]:
    """(seconds, rows counted) of this process's one count."""
    from grid.count import count_ledger

    city = cells()
    numbers = {name: i for i, name in enumerate(STATUSES)}
    columns = {name: name for name in ("cell", "day", "status")}
    leaves = (city, np.arange(len(city), dtype=np.int32))
    count_ledger([warm], leaves, numbers, columns, len(city), threads=2)
    start = time.perf_counter()
    tally = count_ledger([path], leaves, numbers, columns, len(city), threads=2)
    total = sum(int(counts.sum()) for _, counts, _ in tally.days())
    return time.perf_counter() - start, total


def duckdb(path: Path, _: Path) -> tuple[float, int]:
    """The same for DuckDB."""
    import duckdb
    import pyarrow.compute as pc

    connection = duckdb.connect(config={"threads": 2})
    start = time.perf_counter()
    groups = connection.execute(
        "SELECT cell, day, status, count(*) AS n FROM read_parquet(?) GROUP BY ALL", [str(path)]
    ).to_arrow_table()
    return time.perf_counter() - start, int(pc.sum(groups["n"]).as_py())


SIDES = {"ours": ours, "DuckDB GROUP BY": duckdb}


def run() -> Verdict:
    """One day is judged; ninety days are shown."""
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder) / "warm.parquet", 2, 1)
        figures = {days: _compare(Path(folder), days) for days in (1, 90)}
    ratio, memory = figures[1]
    same = "90 days {:.2f}x, {:.0f} MB".format(*figures[90])
    return Verdict(
        f"{ratio:.2f}x DuckDB, peak {memory:.0f} MB; {same}",
        f"goal: <= {GOAL_RATIO}x, <= {GOAL_MB} MB",
        ratio <= GOAL_RATIO and max(memory, figures[90][1]) <= GOAL_MB,
    )


def _compare(folder: Path, days: int) -> tuple[float, float]:
    path = folder / f"{days}.parquet"
    make(path, ROWS, days)
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in SIDES}
    for _ in range(ROUNDS):
        for name, rounds in found.items():
            rounds.append(_fresh(name, path, folder / "warm.parquet"))
    median = {
        name: {key: statistics.median(r[key] for r in rounds) for key in rounds[0]} for name, rounds in found.items()
    }
    assert all(side["rows"] == ROWS for side in median.values())
    print(f"\n{ROWS:,} rows, {days} day(s), {path.stat().st_size / 1e6:.0f} MB Parquet, {ROUNDS} rounds")
    keys = ("seconds", "cpu", "process", "peak")
    rows = [(name, *(f"{side[key]:.2f}" for key in keys[:3]), f"{side['peak']:.0f}") for name, side in median.items()]
    show(("side", "s", "cpu s of the process", "whole process s", "peak MB"), rows)
    path.unlink()
    mine, theirs = median["ours"], median["DuckDB GROUP BY"]
    return mine["seconds"] / theirs["seconds"], mine["peak"]


def _median(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    return {key: statistics.median(figures[key] for figures in rounds) for key in rounds[0]}


def _fresh(side: str, path: Path, warm: Path) -> dict[str, Any]:
    """One round in a process of its own."""
    start = time.perf_counter()
    words = [sys.executable, "-m", "tests.bench.count", side, str(path), str(warm)]
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return {**json.loads(told), "process": time.perf_counter() - start}


def _round(side: str, path: str, warm: str) -> None:
    seconds, rows = SIDES[side](Path(path), Path(warm))
    used = resource.getrusage(resource.RUSAGE_SELF)
    figures = {"seconds": seconds, "rows": rows, "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss / 1024}
    print(json.dumps(figures))


if __name__ == "__main__":
    _round(*sys.argv[1:])
