"""One day's map out of the store: slabs against long rows; and how soon another process sees a write.

Both sides lie in SQLite and are asked through SQLAlchemy for all leaves of one count on one day, as one
int32 vector. The long rows are a table with the primary key (count, day, leaf), read the fastest way that
was found, as a stream of single numbers; clustering it by its key (WITHOUT ROWID) made it a tenth faster.
Freshness is counted from before a load begins until a reader in another process, which polls the version
every half millisecond, holds the new vector.
"""

from __future__ import annotations

import datetime as dt
import queue
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
from sqlalchemy import Column, Date, Engine, Integer, MetaData, String, Table, create_engine, select

from data.slabs import Vector
from data.store import Store, sqlite_url
from tests.bench.table import Verdict, interleaved, show

LEAVES, DAYS, COUNTS = 44_558, 90, ("cases", "asymptomatic")
FIRST = dt.date(2022, 3, 1)
ROUNDS, WRITES = 20, 60
WEEK = 7  # a turn reads a week, day by day: a map is seldom asked for once
GOAL_RATIO, GOAL_MS = 50, 10

LONG = Table(
    "long",
    MetaData(),
    Column("count", String(50), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("leaf", Integer, primary_key=True),
    Column("value", Integer, nullable=False),
)


def vectors() -> Iterator[tuple[str, dt.date, Vector]]:
    """Seeded counts: most leaves have none, some have many."""
    rng = np.random.default_rng(0)
    for count in COUNTS:
        for day in range(DAYS):
            vector = rng.poisson(rng.gamma(0.2, 2.0, LEAVES)).astype(np.int32)
            yield count, FIRST + dt.timedelta(day), vector


def run() -> Verdict:
    """Both figures."""
    with tempfile.TemporaryDirectory() as folder:
        store, long = _fill(Path(folder))
        ratio = _read(store, long)
        seen = _freshness(store)
        store.close()
        long.dispose()
    return Verdict(
        f"{ratio:.0f}x long rows, a write is seen elsewhere after {seen:.1f} ms (p50)",
        f"goal: >= {GOAL_RATIO}x, <= {GOAL_MS} ms",
        ratio >= GOAL_RATIO and seen <= GOAL_MS,
    )


def _fill(folder: Path) -> tuple[Store, Engine]:
    store = Store.create(sqlite_url(folder / "store.sqlite"))
    with store.loading(source="bench", kind="cases", file="made", sha256="0" * 64) as load:
        load.slabs(1, vectors())
        load.close(rows=1, taken=1)
    long = create_engine(sqlite_url(folder / "long.sqlite"))
    LONG.create(long)
    with sqlite3.connect(folder / "long.sqlite") as connection:
        for count, day, vector in vectors():
            rows = ((count, day.isoformat(), leaf, value) for leaf, value in enumerate(vector.tolist()))
            connection.executemany("INSERT INTO long VALUES (?, ?, ?, ?)", rows)
    connection.close()
    return store, long


def _read(store: Store, long: Engine) -> float:
    days = [FIRST + dt.timedelta(d) for d in range(DAYS)]
    turn = iter(range(2 * WEEK * ROUNDS))
    version = store.version()

    def week() -> list[dt.date]:
        return [days[next(turn) % DAYS] for _ in range(WEEK)]

    def slab() -> list[Vector]:
        return [store.slabs(COUNTS[:1], day, day, version)[0].vector for day in week()]

    def rows() -> list[Vector]:
        return [_long_rows(long, day) for day in week()]

    for day in days[::30]:
        vector = store.slabs(COUNTS[:1], day, day, version)[0].vector
        assert (vector == _long_rows(long, day)).all()
    seconds = interleaved({"slabs": slab, "long rows": rows}, ROUNDS)
    seconds = {name: s / WEEK for name, s in seconds.items()}
    show(
        (f"one day, {LEAVES:,} leaves of {DAYS} days x {len(COUNTS)} counts, SQLite", "ms"),
        [(name, f"{1e3 * s:.2f}") for name, s in seconds.items()],
    )
    return seconds["long rows"] / seconds["slabs"]


def _long_rows(long: Engine, day: dt.date) -> Vector:
    column = LONG.c
    query = select(column.value).where(column["count"] == COUNTS[0], column.day == day).order_by(column.leaf)
    with long.connect() as connection:
        return np.fromiter(connection.execute(query).scalars(), dtype=np.int32, count=LEAVES)


def _freshness(store: Store) -> float:
    """Milliseconds, median, from before a load to the new vector in the other process's hands."""
    words = [sys.executable, "-m", "tests.bench.slabs", store.url]
    vector = np.random.default_rng(1).integers(0, 1_000, LEAVES).astype(np.int32)
    seen, committed = [], []
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        told: queue.Queue[str] = queue.Queue()
        threading.Thread(target=_forward, args=(reader.stdout, told), daemon=True).start()
        told.get(timeout=60)
        for number in range(WRITES):
            start = time.monotonic_ns()
            with store.loading(source="bench", kind="cases", file="made", sha256=f"{number:064}") as load:
                load.slabs(1, [(COUNTS[0], FIRST, vector + np.int32(number))])
                load.close(rows=1, taken=1)
            committed.append(time.monotonic_ns() - start)
            version, first, moment = map(int, told.get(timeout=60).split())
            assert (version, first) == (load.number, vector[0] + number)
            seen.append(moment - start)
        reader.terminate()
    figures = [("load and commit", committed), ("in hand in another process", seen)]
    print()
    show(
        (f"{WRITES} loads of one slab, synced to disk", "p50 ms", "p99 ms"),
        [(name, *(f"{np.percentile(ns, p) / 1e6:.2f}" for p in (50, 99))) for name, ns in figures],
    )
    return statistics.median(seen) / 1e6


def _forward(lines: IO[str], told: queue.Queue[str]) -> None:
    for line in lines:
        told.put(line)


def _reader(url: str) -> None:
    """Tell (version, first value, moment) of every new version."""
    store = Store.open(url)
    known = store.version()
    print("ready", flush=True)
    while True:
        version = store.version()
        if version > known:
            known = version
            vector = store.slabs(COUNTS[:1], FIRST, FIRST, version)[0].vector
            print(version, vector[0], time.monotonic_ns(), flush=True)
        time.sleep(0.0005)


if __name__ == "__main__":
    _reader(sys.argv[1])
