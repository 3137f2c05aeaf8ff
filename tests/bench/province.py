"""A province of sixteen towns: every sum on every level, and in every city a walk by clicks from the province to a cell.

``python -m tests.bench province``. The home is ``ONESCREEN_BENCH_PROVINCE``, or the demo's province, which is made and
thrown away. What the desk answers of every count, day and level is held against the leaves, added up along the tree one
area after the other, and where the simulator wrote down what it knows (``truth.json``) against that. In the browser
each step of a walk is held against the same sums.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import expect, sync_playwright

from dashboard.app import create_app
from dashboard.queries import Desk, Viewer, day_range
from data.city import City, read_city
from data.settings import read_home
from data.slabs import MISSING
from data.store import Store
from grid.counts import COUNTS
from grid.cube import Cube, View
from grid.measures import MEASURES, Measure
from tests.bench.city import province
from tests.bench.first_page import ARGS
from tests.bench.table import Verdict, show
from tests.browser.test_page import Shown
from tests.serving import serving

LEAD = "positives"
SIZE = {"width": 1366, "height": 768}
Wide = NDArray[np.int64]


@dataclass
class Tally:
    """Sums that were tried, by what they are of, and what is wrong."""

    tried: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def hold(self, kind: str, what: str, told: NDArray[Any], wanted: NDArray[Any]) -> None:
        """Numbers as told against what they must be; not reported is told of nothing."""
        bad = int((np.nan_to_num(told.astype(float)) != wanted).sum())
        self.tried[kind] = self.tried.get(kind, 0) + len(wanted)
        if bad:
            self.wrong.append(f"{what}: {bad} of {len(wanted)}")


def run() -> Verdict:
    """See the module."""
    tally = Tally()
    with province() as home, _desk(home) as desk:
        for made in counted(desk):
            for day in day_range(*desk.status(Viewer()).days[made.id]):
                _day(desk, made, day, tally)
        _truths(desk, tally)
        _walks(desk, tally)
        cities = len(desk.city.members)
    show(("numbers of", "held"), [(kind, f"{n:,}") for kind, n in tally.tried.items()])
    print(*tally.wrong[:20], sep="\n")
    figures = f"{cities} cities, {sum(tally.tried.values()):,} numbers"
    return Verdict(f"{figures}, {len(tally.wrong)} wrong", "16 cities, 0 wrong", cities == 16 and not tally.wrong)


@contextmanager
def _desk(home: Path) -> Iterator[Desk]:
    settings = read_home(home)
    store = Store.open(settings.database)
    yield Desk(Cube(store, read_city(settings.city)))
    store.close()


# sums ----------------------------------------------------------------------------------------------


def counted(desk: Desk) -> list[Measure]:
    """The measures that add up and have data."""
    known = [MEASURES[name] for name in desk.status(Viewer()).days]
    return [made for made in known if made.form == "count" and all(count in COUNTS for count in made.counts)]


def by_leaf(view: View, made: Measure, day: dt.date) -> Wide:
    """What each leaf states on a day, nothing where it states nothing."""
    total = np.zeros(len(view.leaves), np.int64)
    for count in made.counts:
        vector = view.vectors(count, [day])[0]
        if vector is not None:
            total += (-1 if count == "reclassified" else 1) * np.where(vector == MISSING, 0, vector)
    return total


def by_area(view: View, leaves: Wide) -> Wide:
    """The same of every area: its own leaves, then child by child into the parent."""
    total = np.bincount(view.leaves.area, leaves, len(view.areas)).astype(np.int64)
    for row in range(len(view.areas) - 1, 0, -1):
        total[view.areas.parent[row]] += total[row]
    return total


def _day(desk: Desk, made: Measure, day: dt.date, tally: Tally) -> None:
    view = desk.cube.at()
    leaves = by_leaf(view, made, day)
    areas, cells = by_area(view, leaves), view.leaves.cell >= 0
    inside = np.bincount(view.leaves.cell[cells], leaves[cells], len(view.leaves.cells))
    for level in (*view.areas.levels, "cell"):
        told = desk.paint(Viewer(), made.id, level, [day]).values.value[0]
        wanted = inside if level == "cell" else areas[view.areas.of_level(level)]
        tally.hold(level, f"{made.id} {day} {level}", told, wanted)


def _truths(desk: Desk, tally: Tally) -> None:
    """Cases by district and street as the simulator of each city knows them."""
    for member in desk.city.members:
        file = member.folder / "truth.json"
        truth = json.loads(file.read_text("utf-8")) if file.exists() else {"cases": {}}
        for level in ("district", "street"):
            for name, found in truth["cases"].get(level, {}).items():
                if name != "reclassified":
                    _truth(desk, member, {"case": "cases"}.get(name, name), found, truth["days"], level, tally)


def _truth(
    desk: Desk, member: City, name: str, found: dict[str, list[int]], days: list[str], level: str, tally: Tally
) -> None:
    """``found``: area -> a number a day."""
    asked = [dt.date.fromisoformat(day) for day in days]
    told = desk.paint(Viewer(), name, level, asked, area=member.code)
    wanted = np.array([found.get(code, [0] * len(days)) for code in told.codes]).T
    tally.hold("truth", f"{member.code} {name} {level}", told.values.value.ravel(), wanted.ravel())


# walks ---------------------------------------------------------------------------------------------


def _walks(desk: Desk, tally: Tally) -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with serving(create_app(desk).server) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGS)
        context = browser.new_context(bypass_csp=True, viewport=SIZE, locale="zh-CN")  # type: ignore[arg-type]
        shown = Shown(context.new_page(), f"{address}/")
        for member in desk.city.members:
            _walk(desk, shown, member, tally)
        tally.wrong += shown.errors
        browser.close()


def _walk(desk: Desk, shown: Shown, member: City, tally: Tally) -> None:
    """From the province to the cell of the city with the most findings on its last day that has any."""
    view = desk.cube.at()
    day, leaf, leaves = _worst(view, member, desk.status(Viewer()).days[LEAD])
    told, path = by_area(view, leaves), view.areas.path(int(view.leaves.area[leaf]))
    shown.open(f"?layer={LEAD}&day={day}")
    for row in path:
        if row:
            shown.click(view.areas.code[row])
        _figure(shown, "#panel .figures .hero b", f"{day} {view.areas.code[row]}", int(told[row]), tally)
    shown.press(view.leaves.cells.id[view.leaves.cell[leaf]], view.areas.code[path[-1]])
    cell = int(leaves[view.leaves.cell == view.leaves.cell[leaf]].sum())
    _figure(shown, ".onescreen-map-tip-value", f"{day} cell of {member.code}", cell, tally)
    for row in reversed(path[:-1]):
        shown.page.locator(".path .back").click()
        shown.arrives(view.areas.code[row])


def _worst(view: View, member: City, span: tuple[dt.date, dt.date]) -> tuple[dt.date, int, Wide]:
    """(day, leaf, what every leaf states): the last day on which a cell of the city has findings."""
    row = view.areas.row_of[member.code]
    lo, hi = int(view.areas.lo[row]), int(view.areas.hi[row])
    for day in reversed(day_range(*span)):
        leaves = by_leaf(view, MEASURES[LEAD], day)
        inside = np.where(view.leaves.cell[lo:hi] >= 0, leaves[lo:hi], 0)
        if inside.any():
            return day, lo + int(inside.argmax()), leaves
    raise LookupError(member.code)


def _figure(shown: Shown, where: str, what: str, wanted: int, tally: Tally) -> None:
    """A number on the screen, once it is there."""
    place = shown.page.locator(where).first
    with suppress(AssertionError):
        expect(place).to_have_text(f"{wanted:,}", timeout=5_000)
    text = place.inner_text().replace(",", "")
    tally.hold("walks", f"{what} {text!r}", np.array([float(text) if text.isdigit() else np.nan]), np.array([wanted]))
