"""Reports at a steady rate into the book of events, each its own transaction, beside boards that ask it all the
time from another process: how long until a report is kept. ``ONESCREEN_BENCH_MINUTES`` scales it.

The book alone is measured here, on SQLite and on PostgreSQL; what sign-in, the web server and the pages take on top is
the bench ``load``'s.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from data.engine import utcnow
from data.events import Events
from data.events.intake import take_one
from data.events.report import Report
from data.events.shelf import Shelf
from data.store import sqlite_url
from tests import postgres
from tests.bench.loop import UNITS
from tests.bench.loop_days import DISTRICTS
from tests.bench.table import Verdict, show

MINUTES = float(os.environ.get("ONESCREEN_BENCH_MINUTES", "10"))

RATE, BOARDS, THREADS, GOAL = 2_000, 100, 8, 0.3

#: Seconds between two looks of a board, and how far behind the book it may be.
LOOK, BEHIND = 1.5, 2.0


def boards(database: str, home: str, stop: Any, told: Any) -> None:
    """A hundred boards, each its district's, opened one after the other; in a process of its own. Tells how far behind
    the book each was at worst between any two of its looks: since the one before began."""
    events = Events.beside(database, Path(home))
    shelf = Shelf(events)

    def board(number: int) -> list[float]:
        codes, mark, behind = [DISTRICTS[number % len(DISTRICTS)]], (-1, -1), []
        stop.wait(LOOK * number / BOARDS)
        begun = time.perf_counter()
        while not stop.wait(LOOK):
            before, begun = begun, time.perf_counter()
            if shelf.look() != mark:
                mark = shelf.look()
                list(islice(shelf.queue(lambda _: True, codes), 50))
            behind.append(time.perf_counter() - before)
        return behind

    with ThreadPoolExecutor(BOARDS) as pool:
        told.send([one for each in pool.map(board, range(BOARDS)) for one in each])
    events.close()


def send(events: Events, number: int) -> list[float]:
    """Seconds until each report was kept, from the moment at which it was to be sent: who waits in line waits too."""
    start = time.perf_counter()

    def one(n: int) -> float:
        due = start + n * 60 / RATE
        time.sleep(max(0.0, due - time.perf_counter()))
        subject = f"p{n // 2 if n % 10 == 1 else n}"
        report = Report("gate", str(n), "gate_hit", DISTRICTS[n % len(DISTRICTS)], subject=subject)
        take_one(events, report, UNITS, utcnow())
        return time.perf_counter() - due

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(number)))


def measure(database: str, home: Path, minutes: float) -> tuple[list[float], list[float]]:
    """(seconds until each report was kept, seconds that each board was behind at each look) on one database."""
    home.mkdir(exist_ok=True)
    events = Events.beside(database, home)
    context = multiprocessing.get_context("forkserver")
    stop, (ours, theirs) = context.Event(), context.Pipe(duplex=False)
    process = context.Process(target=boards, args=(database, str(home), stop, theirs))
    process.start()
    try:
        times = send(events, int(RATE * minutes))
        stop.set()
        return times, ours.recv()
    finally:
        stop.set()
        process.join()
        events.close()


def run() -> Verdict:
    """Both databases in turn."""
    found: dict[str, tuple[list[float], list[float]]] = {}
    with tempfile.TemporaryDirectory() as scratch, postgres.serve() as server:
        backends: dict[str, Callable[[], AbstractContextManager[str]]] = {
            "sqlite": lambda: nullcontext(sqlite_url(Path(scratch) / "sqlite" / "onescreen.db")),
            "postgresql": server.database,
        }
        for name, database in backends.items():
            with database() as url:
                found[name] = measure(url, Path(scratch) / name, MINUTES)
    rows = [(name, len(times), *(f"{1000 * np.percentile(times, each):.0f}" for each in (50, 95, 99, 100)), len(behind),
             *(f"{np.percentile(behind, each):.2f}" for each in (50, 99, 100)))
            for name, (times, behind) in found.items()]  # fmt: skip
    show(
        ("database", "reports", "p50 ms", "p95 ms", "p99 ms", "max ms", "looks", "behind p50 s", "p99 s", "max s"), rows
    )
    worst = max(float(np.percentile(times, 99)) for times, _ in found.values())
    behind = max(float(np.percentile(one, 99)) for _, one in found.values())
    return Verdict(
        f"{RATE} reports a minute for {MINUTES:g} min beside {BOARDS} boards: kept within {1000 * worst:.0f} ms (p99), "
        f"boards {behind:.2f} s behind (p99)",
        f"p99 below {1000 * GOAL:.0f} ms and {BEHIND:g} s on either database",
        worst < GOAL and behind < BEHIND,
    )
