"""Where the infection was, against a loop over days, zones, lists and areas."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from data.days import day_number
from data.store import sqlite_url
from grid.cube import View
from grid.ground import Ground
from grid.risky import Risky
from tests import tiny
from tests.tiny import DAYS, Knobs, Town


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("risky")
    made = Town(folder, sqlite_url(folder / "x.db"), Knobs(sources=("zones", "risks")))
    made.build()
    yield made
    made.store.close()


def touched(view: View, day: dt.date) -> set[int]:
    """The leaves that count as touched on a day."""
    areas, leaves = view.areas, view.leaves
    found: set[int] = set()
    for zone in view.zones.active(day):
        found |= set(zone.covered["leaf"].tolist()) or {int(areas.lo[areas.row_of[zone.area]])}
    for grade in ("risk_high", "risk_middle"):
        vector = view.vectors(grade, [day])[0]
        found |= set() if vector is None else set(np.flatnonzero(vector > 0).tolist())
    narrow = [row for row in range(len(areas)) if areas.level[row] not in ("city", "district")]
    for leaf in sorted(found):
        if leaves.cell[leaf] < 0 and int(leaves.area[leaf]) in narrow:
            found |= set(range(areas.lo[leaves.area[leaf]], areas.hi[leaves.area[leaf]]))
    return found | {int(areas.lo[row]) for row in narrow if found & set(range(areas.lo[row], areas.hi[row]))}


def test_touched_is_what_a_loop_finds(town: Town) -> None:
    view, chance = town.view(), random.Random(1)
    risky = Risky(Ground(town.store, town.city, view.geography, tiny.SECRET), town.store.version())
    days = [DAYS[0] + dt.timedelta(days=n) for n in range(-3, 20)]
    by_day = {day: touched(view, day) for day in days}
    assert len({len(leaves) for leaves in by_day.values()}) > 3
    asked = [
        (leaf, *sorted(chance.choices(range(len(days)), k=2))) for leaf in range(len(view.leaves)) for _ in range(4)
    ]
    leaf, first, last = (np.array(column, np.int32) for column in zip(*asked, strict=True))
    start = day_number(days[0])
    found = risky(leaf, first + np.int32(start), last + np.int32(start))
    assert found is not None
    assert found.tolist() == [any(at in by_day[days[n]] for n in range(a, b + 1)) for at, a, b in asked]


def test_nothing_known_is_not_nothing_touched(tmp_path: Path) -> None:
    town = Town(tmp_path, sqlite_url(tmp_path / "x.db"), Knobs(sources=("population",)))
    town.build()
    ground = Ground(town.store, town.city, town.view().geography, tiny.SECRET)
    at = np.zeros(1, np.int32)
    assert Risky(ground, town.store.version())(at, at, at) is None
    town.store.close()


def test_what_came_later_is_not_known_then(town: Town) -> None:
    ground = Ground(town.store, town.city, town.view().geography, tiny.SECRET)
    none = np.zeros(0, np.int32)
    assert Risky(ground, 1)(none, none, none) is None
    found = Risky(ground, town.store.version())(none, none, none)
    assert found is not None
    assert found.tolist() == []
