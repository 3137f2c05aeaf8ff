"""300 signed-in officials click through the city of 25 million at human pace, 20 walls beside them, on two cores.

Each official is bound to a district or a street, has a session in the book, looks at the map, drills, changes layer and day and
opens other pages, every ten seconds on average; their browsers ask for signs of life and keep what never changes. The
clients share the machine with the server, so what is measured is on the server's side of a busy machine. The home is
``ONESCREEN_BENCH_HOME`` or one that is made; ``ONESCREEN_BENCH_MINUTES`` shortens the run. With
``ONESCREEN_BENCH_DATABASE`` the home lies in a PostgreSQL and two web processes serve it, see :mod:`.places`.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import orjson
import psutil

from dashboard.access.csrf import word_of
from data.access import Access
from data.access.sessions import open_session
from data.access.users import add_user
from data.city import read_city
from data.settings import read_home
from data.store import Store
from data.walls import new_wall, revoke_wall
from grid.cube import Cube
from tests.bench.city import megacity
from tests.bench.load.client import Browser
from tests.bench.load.people import Official, Tree, Wall
from tests.bench.load.places import place
from tests.bench.table import Verdict, show

OFFICIALS, WALLS = 300, 20
MINUTES = float(os.environ.get("ONESCREEN_BENCH_MINUTES", "10"))
PHRASE = "three hundred officials of the bench"
GOAL_MS = 500.0
#: Memory is flat where the second half of the run adds less than this share.
FLAT = 0.05
#: Answered from memory before anything is asked, and so often that it would hide how long the others wait.
UNCOUNTED = "pulse"
#: Seconds of the run that are not counted: everybody opens their first page then.
OPENING = 30.0


@dataclass
class Seen:
    """What the clients noted."""

    started: float
    times: dict[str, list[float]] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    opening: list[float] = field(default_factory=list)

    def __call__(self, kind: str, status: int, milliseconds: float, at: float) -> None:
        """Notes one answer."""
        if not 200 <= status < 400:
            key = f"{kind} {status or 'lost'}"
            self.failures[key] = self.failures.get(key, 0) + 1
        if at - self.started < OPENING:
            self.opening.append(milliseconds)
        else:
            self.times.setdefault(kind, []).append(milliseconds)


def run() -> Verdict:
    """See the module."""
    with megacity() as home, tempfile.TemporaryDirectory() as folder, place(home, Path(folder)) as there:
        tree, scopes = _tree(there.home)
        sessions = _sessions(there.access, scopes)
        with _walls(there.home) as links, there.served() as (ports, processes):
            seen = Seen(time.time())
            whole = _with_callbacks(tree, ports[0], sessions[0])
            memory = asyncio.run(_crowd(ports, processes, whole, scopes, sessions, links, seen))
    return _verdict(seen, memory)


def _verdict(seen: Seen, memory: Sequence[float]) -> Verdict:
    rows = [
        (
            kind,
            f"{len(times):,}",
            f"{_at(times, 0.5):.0f}",
            f"{_at(times, 0.95):.0f}",
            f"{_at(times, 0.99):.0f}",
            f"{max(times):.0f}",
        )
        for kind, times in sorted(seen.times.items())
    ]
    every = [one for kind, times in seen.times.items() if kind != UNCOUNTED for one in times]
    half = memory[len(memory) // 2 :]
    growth = statistics.mean(half[-3:]) / statistics.mean(half[:3]) - 1
    show(
        ("ms", "answers", "median", "p95", "p99", "longest"),
        [*rows, _row("all", every), _row("first 30 s", seen.opening)],
    )
    failed = sum(seen.failures.values())
    print(
        f"failures: {seen.failures or 'none'}; memory {memory[0]:.0f} to {memory[-1]:.0f} MB, second half {growth:+.1%}"
    )
    p99 = _at(every, 0.99)
    figures = f"p99 {p99:.0f} ms of {len(every):,} answers, {failed} failures, memory {growth:+.1%}"
    met = p99 < GOAL_MS and not failed and growth < FLAT
    return Verdict(figures, f"goal < {GOAL_MS:.0f} ms, 0, flat; {MINUTES:g} of 10 minutes", met and MINUTES >= 10)


def _row(name: str, times: Sequence[float]) -> tuple[str, ...]:
    return (name, f"{len(times):,}", *(f"{_at(times, share):.0f}" for share in (0.5, 0.95, 0.99, 1.0)))


def _at(values: Sequence[float], share: float) -> float:
    ordered = sorted(values) or [0.0]
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def _crowd(
    ports: Sequence[int], processes: Sequence[psutil.Process], tree: Tree, scopes: Sequence[str],
    sessions: Sequence[str], links: Sequence[str], seen: Seen,
) -> list[float]:  # fmt: skip
    """Lets everybody work for MINUTES; MB of the servers every five seconds."""
    until, shared = asyncio.Event(), cycle(ports)
    tasks = [
        asyncio.create_task(
            Official(
                Browser(next(shared), seen, {"onescreen": token, "_csrf_token": word_of(token)}), tree, scope, at
            ).work(until)
        )
        for at, (scope, token) in enumerate(zip(scopes, sessions, strict=True))
    ]
    tasks += [asyncio.create_task(Wall(Browser(next(shared), seen), link).work(until)) for link in links]
    memory: list[float] = []
    end = time.time() + 60 * MINUTES
    while time.time() < end:
        await asyncio.sleep(5)
        # what several processes share counts once: see pss in proc(5)
        every = [one for process in processes for one in (process, *process.children())]
        memory.append(sum(one.memory_full_info().pss for one in every) / 1e6)
    until.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    for problem in {repr(result) for result in results if isinstance(result, BaseException)}:
        print("!", problem)
        seen.failures[problem[:60]] = seen.failures.get(problem[:60], 0) + 1
    return memory


def _tree(home: Path) -> tuple[Tree, list[str]]:
    """The areas, and an area for each official: a third see a district, the others a street."""
    settings = read_home(home)
    store = Store.open(settings.database)
    view = Cube(store, read_city(settings.city)).at()
    areas, below = view.areas, {}
    for row in range(len(areas)):
        children = [areas.code[child] for child in areas.children(row)]
        if children:
            below[areas.code[row]] = children
    span = view.days(["cases"]) or view.days(["population"])
    assert span is not None, "a city with days"
    days = [str(span[1] - (span[1] - span[0]) * n / 20)[:10] for n in range(20)]
    districts, streets = ([areas.code[row] for row in areas.of_level(level)] for level in ("district", "street"))
    scopes = [districts[at % len(districts)] if at % 3 == 0 else streets[at % len(streets)] for at in range(OFFICIALS)]
    store.close()
    return Tree(below, days, {}, {}), scopes


def _with_callbacks(tree: Tree, port: int, token: str) -> Tree:
    """The tree with what the pages' browsers are told of the callbacks."""

    def ask(path: str) -> list[dict[str, object]]:
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Cookie": f"onescreen={token}"})
        with urllib.request.urlopen(request) as answer:  # noqa: S310  (an address made above)
            found: list[dict[str, object]] = orjson.loads(answer.read())
        return [one for one in found if not one["clientside_function"]]

    screen, sheet = ask("/_dash-dependencies")[0], ask("/sheet/_dash-dependencies")[0]
    return Tree(tree.below, tree.days, screen, sheet)


def _sessions(access: Access, scopes: Sequence[str]) -> list[str]:
    """Everybody signed in: the tokens of their sessions."""
    made = [
        add_user(access, f"official-{at}", f"{at}", "official", scope, PHRASE, once=False)[0]
        for at, scope in enumerate(scopes)
    ]
    return [open_session(access, user, "127.0.0.1") for user in made]


@contextmanager
def _walls(home: Path) -> Iterator[list[str]]:
    store = Store.open(read_home(home).database)
    made = [new_wall(store, f"bench {at}", address="127.0.0.1", small_numbers=True) for at in range(WALLS)]
    try:
        yield [f"/wall/{token}" for _, token in made]
    finally:
        for link, _ in made:
            revoke_wall(store, link.id)
        store.close()
