"""An outbreak in the demo town, for the attacker: a new day a version, and corrections of the week before each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from data.store import Store
from grid.cube import View

Day = dt.date
Rows = NDArray[np.int64]

WEEK, SPAN = 7, 21
DAILY, STEPS = 400, 12  # infections a day, corrections a version


def outbreak(store: Store, view: View) -> None:
    """SPAN more days from a fortnight after the last, one a version, with corrections of the week before each."""
    chance = np.random.default_rng(7)
    first = max(day for day, _ in view.stated_days["cases"]) + dt.timedelta(2 * WEEK)
    rate = chance.gamma(0.05, 1.0, len(view.leaves))
    rate *= np.repeat(1, len(rate)) * DAILY / rate.sum()
    told: dict[Day, Rows] = {}
    for n in range(SPAN + 2 * WEEK):
        day = first + dt.timedelta(n)
        told[day] = chance.poisson(rate * (0.4 + 1.2 * n / SPAN))
        changed = {day, *_correct(told, day, chance)}
        with store.loading(source="bench", kind="cases", file=f"{n}", sha256=f"{n:064}") as load:
            load.slabs(view.geography.id, _slabs(told, sorted(changed)))
            load.close(rows=1, taken=1)


def _correct(told: dict[Day, Rows], today: Day, chance: np.random.Generator) -> set[Day]:
    """Late reports mostly; some people moved, some taken back."""
    changed = set()
    for _ in range(STEPS):
        day = today - dt.timedelta(int(chance.integers(1, WEEK + 1)))
        if day not in told:
            continue
        changed.add(day)
        many = chance.choice([1, 1, 2, 6])
        leaves = chance.integers(0, len(told[day]), many)
        kind = chance.random()
        here = np.flatnonzero(told[day])
        if kind < 0.4:
            told[day][chance.choice(here)] -= 1
        if kind > 0.2:
            told[day][leaves] += 1
    return changed


def _slabs(told: dict[Day, Rows], days: Sequence[Day]) -> Iterator[tuple[str, Day, NDArray[np.int32]]]:
    for day in days:
        yield "cases", day, told[day].astype(np.int32)
        for count in ("asymptomatic", "reclassified"):
            yield count, day, np.zeros(len(told[day]), np.int32)
