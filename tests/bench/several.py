"""A new version on twenty walls and a hundred open pages, from its commit on: two web processes on one PostgreSQL.

``python -m tests.bench several``. The home is ``ONESCREEN_BENCH_HOME`` or the demo's city of 25 million; the database
``ONESCREEN_BENCH_DATABASE`` or a server of its own. Each round a load is committed that corrects the cases of the newest
day, in some places here and there: whatever rests on them is computed anew. A wall has it with the picture, a page with
its sign of life.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from itertools import cycle
from pathlib import Path

import numpy as np

from data.city import read_city
from data.settings import read_home
from data.slabs import MISSING
from data.store import Store
from grid.cube import Cube
from tests.bench.city import megacity
from tests.bench.load import WALLS, _at, _walls
from tests.bench.load.client import Browser
from tests.bench.load.people import LOOK, WALL_BEAT
from tests.bench.load.places import DATABASE, Place, place
from tests.bench.table import Verdict, show

PAGES, ROUNDS, PAUSE = 100, 10, 6.0
#: Leaves whose number a load corrects.
CORRECTED = 20
GOAL = 2.0


class Screen:
    """Something that shows a version: when it had which."""

    def __init__(self, browser: Browser) -> None:
        self.browser, self.had = browser, dict[int, float]()

    def has(self, version: int) -> None:
        """It shows this one now."""
        self.had.setdefault(version, time.time())

    async def wall(self, link: str, until: asyncio.Event) -> None:
        """As assets/wall/life.js."""
        stamp = ""
        await asyncio.sleep(random.random() * WALL_BEAT)
        while not until.is_set():
            sign = await self.browser.get(f"{link}/beat", "beat")
            soon = sign.json()["soon"] if sign is not None and sign.status == 200 else 0
            if sign is not None and sign.status == 200 and sign.json()["stamp"] != stamp:
                picture = await self.browser.get(f"{link}/picture?w=3840&h=1080&r=1", "picture")
                if picture is not None and picture.status == 200:
                    stamp = picture.json()["stamp"]
                    self.has(picture.json()["version"])
            await asyncio.sleep(soon or WALL_BEAT)
        self.browser.close()

    async def page(self, until: asyncio.Event) -> None:
        """As assets/page/address.js."""
        await asyncio.sleep(random.random() * LOOK)
        while not until.is_set():
            sign = await self.browser.get("/pulse", "pulse")
            if sign is not None:
                self.has(int(sign.text))
            await asyncio.sleep(LOOK)
        self.browser.close()


def _place(home: Path, folder: Path) -> AbstractContextManager[Place]:
    return place(home, folder, DATABASE or "postgresql")


def run() -> Verdict:
    """See the module."""
    with megacity() as home, tempfile.TemporaryDirectory() as folder, _place(home, Path(folder)) as there:
        settings = read_home(there.home)
        store = Store.open(settings.database)
        cube = Cube(store, read_city(settings.city))
        with _walls(there.home) as links, there.served() as (ports, _):
            walls, pages, committed = asyncio.run(_rounds(ports, links, cube))
        store.close()
    return _verdict(_waits(walls, committed), _waits(pages, committed))


async def _rounds(
    ports: Sequence[int], links: Sequence[str], cube: Cube
) -> tuple[list[Screen], list[Screen], dict[int, float]]:
    """(walls, pages, when each version was committed)."""
    until, shared, committed = asyncio.Event(), cycle(ports), dict[int, float]()
    walls, pages = ([Screen(Browser(next(shared), lambda *_: None)) for _ in range(n)] for n in (WALLS, PAGES))
    tasks = [asyncio.create_task(one.wall(link, until)) for one, link in zip(walls, links, strict=True)]
    tasks += [asyncio.create_task(one.page(until)) for one in pages]
    await asyncio.sleep(2 * PAUSE)
    for number in range(ROUNDS):
        version = await asyncio.to_thread(_take, cube, number)
        committed[version] = time.time()
        await asyncio.sleep(PAUSE)
    until.set()
    await asyncio.gather(*tasks)
    return walls, pages, committed


def _take(cube: Cube, number: int) -> int:
    """A correction of the newest day's cases, of CORRECTED leaves."""
    view, store = cube.at(), cube.store
    day, source = max(view.stated_days["cases"])
    (slab,) = [one for one in store.slabs(["cases"], day, day, view.version) if one.source == source]
    vector = view.part(slab).over(len(view.leaves)).astype(np.int32)
    stated = np.flatnonzero(vector != MISSING)
    vector[stated[number :: max(1, len(stated) // CORRECTED)]] += 1
    name, digest = f"bench {number}.csv", f"{time.time_ns():064x}"
    with store.loading(source=source, kind="cases", file=name, sha256=digest) as load:
        load.slabs(slab.geography, [("cases", day, vector)])
        load.close(rows=CORRECTED, taken=CORRECTED, rejected=0, aside=0)
    return load.number


def _waits(screens: Sequence[Screen], committed: dict[int, float]) -> list[float]:
    """Seconds from commit to screen; never: a minute."""
    return [one.had.get(version, moment + 60) - moment for one in screens for version, moment in committed.items()]


def _verdict(walls: Sequence[float], pages: Sequence[float]) -> Verdict:
    rows = [
        (name, f"{len(times)}", *(f"{_at(times, share):.2f}" for share in (0.5, 0.95, 1.0)))
        for name, times in (("walls", walls), ("pages", pages))
    ]
    show(("s from the commit", "times", "median", "p95", "longest"), rows)
    worst = max(max(walls), max(pages))
    figures = f"walls {max(walls):.2f} s, pages {max(pages):.2f} s at the longest"
    return Verdict(figures, f"goal < {GOAL:g} s", worst < GOAL)
