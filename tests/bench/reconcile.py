"""``onescreen reconcile`` on the town, the megacity and Shanghai: how many numbers, how many traced, who disagrees.

Each city is reconciled in a process of its own, so that the peak of memory is its own. Homes are made first
(``onescreen demo``, ``onescreen build``), or taken from ``ONESCREEN_BENCH_HOMES``: a folder with ``town``,
``megacity`` and ``shanghai``. Shanghai is left out where its files are not on the machine.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.table import Verdict, show

ROOT = Path(__file__).parents[2]
SHANGHAI = ROOT / "tests/cities/shanghai/city.toml"
FILES = ROOT.parent / "shared/data/shanghai"

#: City -> days that are asked for beside the newest.
CITIES: Mapping[str, tuple[str, ...]] = {"town": (), "shanghai": ("2022-04-13",), "megacity": ()}

GOAL_MINUTES = 10.0

#: The command line, whose script lies elsewhere on other systems.
COMMAND = "from dashboard.cli import main; main()"


@dataclass(frozen=True)
class Told:
    """What a reconciliation told: numbers found and traced, disagreements, sums tried, screens, seconds, MB at most."""

    screens: int
    numbers: int
    traced: int
    wrong: int
    sums: int
    questions: int
    seconds: float
    megabytes: int
    first: tuple[str, ...]


def run() -> Verdict:
    """Every city that can be made here; see the module."""
    with _homes() as homes, multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        told = {name: pool.apply(_reconciled, (home, CITIES[name])) for name, home in homes.items()}
    show(
        ("city", "screens", "numbers", "traced", "disagree", "sums", "questions", "seconds", "MB"),
        [
            (name, one.screens, f"{one.numbers:,}", f"{one.traced / max(one.numbers, 1):.2%}", one.wrong, one.sums,
             one.questions, f"{one.seconds:.0f}", one.megabytes)
            for name, one in told.items()
        ],
    )  # fmt: skip
    for name, one in told.items():
        for line in one.first:
            print(f"{name}: {line}")
    numbers = sum(one.numbers for one in told.values())
    traced = sum(one.traced for one in told.values())
    wrong = sum(one.wrong for one in told.values())
    minutes = max(one.seconds for one in told.values()) / 60
    met = traced == numbers and not wrong and minutes < GOAL_MINUTES
    figures = f"{traced:,} of {numbers:,} numbers traced, {wrong} disagree, {minutes:.1f} min at most"
    return Verdict(figures, f"goal all, 0, < {GOAL_MINUTES:.0f} min", met)


def _reconciled(home: Path, days: tuple[str, ...]) -> Told:
    """One city; in a process of its own."""
    from dashboard.reconcile import reconcile
    from data.city import read_city
    from data.settings import read_home

    settings, start = read_home(home), time.perf_counter()
    tally = reconcile(settings.database, read_city(settings.city), [dt.date.fromisoformat(day) for day in days])
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    first = tuple(one.say("en") for one in tally.findings[:20])
    wrong = len(tally.wrong("differs", "sum", "broken"))
    return Told(tally.screens, tally.numbers, tally.traced, wrong, tally.sums, tally.questions, seconds, peak, first)


@contextmanager
def _homes() -> Iterator[dict[str, Path]]:
    """City -> its home."""
    given = os.environ.get("ONESCREEN_BENCH_HOMES")
    if given:
        yield {name: Path(given) / name for name in CITIES if (Path(given) / name).is_dir()}
        return
    with tempfile.TemporaryDirectory() as folder:
        made = {name: Path(folder) / name for name in CITIES if name != "shanghai" or FILES.is_dir()}
        for name, home in made.items():
            words = ["build", str(SHANGHAI)] if name == "shanghai" else ["demo", "--scale", name]
            subprocess.run([sys.executable, "-c", COMMAND, *words, "--home", str(home)], check=True,
                           stdout=subprocess.DEVNULL)  # fmt: skip
        yield made
