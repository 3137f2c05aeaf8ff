"""The full daily report of the megacity in all four formats, from an empty process to the written files.

Each round is a process of its own on two cores: imports, the first questions and the peak of memory are its own. The
home is that of :func:`tests.bench.city.megacity`.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.city import megacity
from tests.bench.table import Verdict, show

ROUNDS, CORES = 3, 2
GOAL_SECONDS, GOAL_GB = 20.0, 1.5

#: Sections of a report that are timed apart: the first questions read the city, its map, its risk.
APART = {"summary": "first section: map and risk", "zones": "zones", "codes": "codes", "forecast": "forecast"}

#: Stage -> seconds.
Stages = dict[str, float]


def run() -> Verdict:
    """Rounds in fresh processes; see the module."""
    with megacity() as home, multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        rounds = [pool.apply(_round, (home,)) for _ in range(ROUNDS)]
    stages = {name: statistics.median(told[name] for told, _, _ in rounds) for name in rounds[0][0]}
    seconds = statistics.median(sum(told.values()) for told, _, _ in rounds)
    cpu = statistics.median(cpu for _, cpu, _ in rounds)
    peak = max(peak for _, _, peak in rounds)
    show(
        ("daily report, megacity", "seconds"),
        [*((name, f"{one:.2f}") for name, one in stages.items()), ("whole", f"{seconds:.1f}"), ("of it CPU", f"{cpu:.1f}")],
    )  # fmt: skip
    figures = f"{seconds:.1f} s, {peak:.2f} GB at the peak"
    goals = f"goal < {GOAL_SECONDS:.0f} s, < {GOAL_GB} GB on {CORES} cores"
    return Verdict(figures, goals, seconds < GOAL_SECONDS and peak < GOAL_GB)


def _round(home: Path) -> tuple[Stages, float, float]:
    """(stages, CPU seconds, GB at the peak) of one report; in a process of its own."""
    _confine()
    start = time.perf_counter()
    stages: Stages = {}
    last = start

    def lap(name: str) -> None:
        nonlocal last
        now = time.perf_counter()
        stages[name] = stages.get(name, 0.0) + now - last
        last = now

    _report(home, lap)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return stages, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024**2


def _confine() -> None:
    """Two cores, however many the machine has."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])


def _report(home: Path, lap: Callable[[str], None]) -> None:
    """The report as the command makes it; ``lap`` is told the name of each stage at its end."""
    from dashboard.queries import Desk, Viewer
    from dashboard.reports import REPORTS, schedule
    from dashboard.reports.build import build, write
    from dashboard.reports.drawing import Pictures
    from dashboard.reports.model import Order
    from dashboard.reports.writers import WRITERS
    from data.city import read_city
    from data.settings import read_home
    from data.store import Store
    from grid.cube import Cube

    lap("imports")
    settings = read_home(home)
    desk = Desk(Cube(Store.open(settings.database), read_city(settings.city)))
    lap("opening")
    ids = iter(one.id for one in REPORTS["daily"].sections)
    doing = ["reading the city"]

    def section(_: str) -> None:
        lap(doing[-1])
        doing.append(APART.get(next(ids), "other sections"))

    report = build(desk, Viewer("zh"), Order("daily"), step=section)
    lap(doing[-1])
    pictures = Pictures(desk, report)
    files = []
    for suffix in WRITERS:
        files += write(report, pictures, [suffix])[:1]
        lap(suffix)
    with tempfile.TemporaryDirectory() as folder:
        schedule.keep(files, Path(folder))
    desk.cube.store.close()
    lap("writing them down")
