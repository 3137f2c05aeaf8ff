"""What an attacker finds of the small numbers that a viewer without the right may not see.

Two scenes over the demo town's areas, cells and people, 30 consecutive versions each. *As it is*: the last loads
of the demo town, a calm city where little is above the threshold. *Outbreak*: some 400 infections a day, every
version a new day, and late reports, people moved and people taken back on the days before.

The attacker has every number of people, per 100,000, of the last 7 and 14 days, and the growth, of every version, area and
cell, as the map's bytes carry it where it is a count; he knows who lives where, and is *told which numbers each
version changed*. Counts, rates, windows and growth become linear equations; two linear programs a hidden number
give the interval that is left (tests/grid/hiding/attack.py).

The tables of codes, orders, flows and risk are read as the desks answer them (attacker_tables.py).

Beside it the custom of the field: 1 to k - 1 are hidden in every table by themselves, noughts are shown. The same
attacker reads the tables of one version of the outbreak, down to the streets.
"""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dashboard import wire
from dashboard.queries import Desk
from data.city import read_city
from data.demo import simulate
from data.settings import make_home
from data.store import Store
from grid.build import build
from grid.cube import Cube, Units, View
from grid.hiding import THRESHOLD, Hiding
from grid.hiding.bases import POSITIVES
from grid.hiding.chain import tell
from grid.hiding.decide import Told
from grid.measures import ask, measure
from grid.rates import MISSING, SUPPRESSED, VALUE, ZERO, Values
from tests.bench import attacker_tables
from tests.bench.attacker_outbreak import SPAN, WEEK, outbreak
from tests.bench.table import Verdict, show
from tests.grid.hiding.attack import Interval, Sum, bounds

VERSIONS = 30
#: rate per 100,000 -> days that it sums.
RATES = {"incidence": 1, "incidence_7d": 7, "incidence_14d": 14}
CELLS = Units("cells", 0)
PER = 100_000
EXACT, SLACK = 0.5, 1e-6
Day = dt.date
Rows = NDArray[np.int64]


@dataclass
class Book:
    """What was published: sums shown, sums hidden, and the unknown of each day's leaves as of the version read."""

    shown: dict[bytes, Sum] = field(default_factory=dict)
    hidden: dict[bytes, Sum] = field(default_factory=dict)
    now: dict[Day, Rows] = field(default_factory=dict)
    told: dict[Day, Told] = field(default_factory=dict)
    unknowns: int = 0
    cells: int = 0
    seen: int = 0
    levels: dict[str, NDArray[np.int64]] = field(default_factory=dict)

    def update(self, day: Day, told: Told) -> None:
        """A version's numbers of a day: what a load changed is a new unknown."""
        before = self.told.get(day)
        if before is None:
            moved = np.ones(len(told.value), np.bool_)
        else:
            told = Told(told.value, told.stated | before.stated)
            moved = (told.value != before.value) | (told.stated != before.stated)
        now = self.now.get(day, np.zeros(len(moved), np.int64)).copy()
        now[moved] = self.unknowns + np.arange(moved.sum())
        self.unknowns += int(moved.sum())
        self.now[day], self.told[day] = now, told

    def leaves(self, days: Sequence[Day], leaves: slice | Rows) -> Rows:
        """The unknowns of some leaves on some days."""
        parts = [self.now[day][leaves][self.told[day].stated[leaves]] for day in days if day in self.now]
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)

    def put(self, unknowns: Rows, value: float, weights: NDArray[np.float64] | None = None) -> None:
        """A number that is shown."""
        if not len(unknowns) and not value:
            return
        key = unknowns.tobytes() + (b"" if weights is None else weights.tobytes())
        self.shown.setdefault(key, Sum(unknowns, value, weights))

    def hide(self, unknowns: Rows) -> None:
        """A number that is not."""
        self.hidden.setdefault(unknowns.tobytes(), Sum(unknowns, 0.0))


def run() -> Verdict:
    """All figures."""
    with tempfile.TemporaryDirectory() as folder:
        town = simulate("town", 1, Path(folder) / "city", lambda *_: None)
        settings = make_home(Path(folder) / "home", town)
        city, store = read_city(settings.city), Store.create(settings.database)
        build(store, city, settings.secret)
        cube = Cube(store, city)
        calm, custom = _versions(cube.at(), Hiding()), _custom(cube.at())
        tables, alone = attacker_tables.attacks(Desk(cube))
        outbreak(store, cube.at())
        loud = _versions(cube.at(), Hiding())
        store.close()
    rows = [
        ("the town as it is", *calm.row()),
        ("an outbreak in it", *loud.row()),
        ("1 to 4 alone hidden, as it is", *custom.row()),
    ]
    show(
        (
            "scene",
            "numbers",
            "shown",
            "hidden, told apart",
            "found exactly",
            f"within less than {THRESHOLD}",
            "narrowest",
            "s",
        ),
        rows,
    )
    show(attacker_tables.HEADS, attacker_tables.rows([*tables, alone]))
    exact = calm.exact + loud.exact + sum(each.exact for each in tables)
    narrow = min(calm.narrowest, loud.narrowest, *(each.narrowest for each in tables))
    levels = [
        (f"{name}: {level}", *_shares(found.levels[level]))
        for name, found in (("as it is", calm), ("outbreak", loud))
        for level in found.levels
    ]
    show(("numbers of a day", "published", "shown", f"of those >= {THRESHOLD}"), levels)
    return Verdict(
        f"{exact} hidden numbers found, narrowest interval {narrow:.3g}, {calm.large:.0%} and {loud.large:.0%} of areas' "
        f"numbers >= {THRESHOLD} shown; "
        f"{tables[0].seen / tables[0].numbers:.1%} of the codes' tables shown; "
        f"{custom.found:.0%} and {alone.exact} numbers found where small ones alone are hidden",
        f"goal: 0 found, >= {THRESHOLD} wide",
        exact == 0 and narrow >= THRESHOLD - SLACK and loud.share > 0,
    )


def _shares(counted: NDArray[np.int64]) -> tuple[str, str, str]:
    numbers, seen, large, large_seen = counted.tolist()
    return f"{numbers:,}", f"{seen / max(1, numbers):.1%}", f"{large_seen / large:.1%}" if large else "-"


@dataclass(frozen=True)
class Found:
    """What came out of an attack: numbers published, of them shown; by level how many a day, shown, large, both;
    intervals of the hidden ones; seconds."""

    numbers: int
    seen: int
    levels: dict[str, NDArray[np.int64]]
    intervals: Sequence[Interval]
    seconds: float

    @property
    def exact(self) -> int:
        """How many are known."""
        return sum(each.width < EXACT for each in self.intervals)

    @property
    def found(self) -> float:
        """The share that is known."""
        return self.exact / max(1, len(self.intervals))

    @property
    def narrowest(self) -> float:
        """The least that is left open."""
        return min((each.width for each in self.intervals), default=float("inf"))

    @property
    def share(self) -> float:
        """Of all numbers the part that is shown."""
        return self.seen / max(1, self.numbers)

    @property
    def large(self) -> float:
        """Of the daily numbers of areas that are not small the part that is shown."""
        _, _, large, seen = sum((each for level, each in self.levels.items() if level != "cell"), np.zeros(4, np.int64))
        return float(seen / max(1, large))

    def row(self) -> tuple[str, ...]:
        """A line of the table."""
        within = sum(each.width < THRESHOLD - SLACK for each in self.intervals)
        told = (f"{self.numbers:,}", f"{self.share:.1%}", f"{len(self.intervals):,}")
        return (*told, f"{self.exact:,}", f"{within:,}", f"{self.narrowest:.3g}", f"{self.seconds:.0f}")


def _found(book: Book, since: float) -> Found:
    hidden = list(book.hidden.values())
    found = bounds(book.unknowns, book.shown.values(), hidden)
    return Found(book.cells, book.seen, book.levels, found, time.perf_counter() - since)


def _versions(newest: View, hiding: Hiding) -> Found:
    """All tables of the last VERSIONS versions, read one after the other."""
    since, book = time.perf_counter(), Book()
    last = max(day for day, _ in newest.stated_days["cases"])
    days = [last - dt.timedelta(n) for n in range(SPAN + WEEK - 1, -1, -1)]
    for version in range(newest.version - VERSIONS + 1, newest.version + 1):
        view = newest.before(version)
        fresh = {day for day in days if _new(book, view, day)}
        if fresh:
            _read(book, view, days, fresh, hiding)
    return _found(book, since)


def _new(book: Book, view: View, day: Day) -> bool:
    """Reads what is true of a day, for the unknowns; whether anything of it changed."""
    told = tell(view, POSITIVES, day)
    before = book.told.get(day)
    if before is not None and np.array_equal(before.value, told.value) and not (told.stated & ~before.stated).any():
        return False
    if before is None and not told.stated.any():
        return False
    book.update(day, told)
    return True


def _read(book: Book, view: View, days: Sequence[Day], fresh: set[Day], hiding: Hiding) -> None:
    """All tables of a version, as far as anything of them is new."""
    made = measure("positives")
    daily = hiding.conceal(view, made, days, ask(view, made, days))
    cells = hiding.conceal(view, made, days, ask(view, made, days, CELLS), CELLS)
    for at, day in enumerate(days):
        if day in fresh:
            _day(book, view, day, _as_sent(daily, at), _as_sent(cells, at))
    people = ask(view, measure("population"), days).value / PER
    for name, length in RATES.items():
        values = hiding.conceal(view, measure(name), days, ask(view, measure(name), days))
        for at in range(length - 1, len(days)):
            if fresh & set(days[at - length + 1 : at + 1]):
                sent = _as_sent(values, at)
                _window(
                    book, view, days[at - length + 1 : at + 1], sent, people[at], daily.value[at - length + 1 : at + 1]
                )
    _growth(book, view, days, fresh, hiding, daily.value)


def _as_sent(values: Values, at: int) -> Values:
    """A day's numbers as the map's bytes carry them: float32, and nothing where the state is no value."""
    body = wire.encode_values(values.value[at], values.state[at])
    number = int.from_bytes(body[4:8], "little")
    sent = np.frombuffer(body, "<f4", number, 8).astype(np.float64)
    return Values(sent, np.frombuffer(body, np.uint8, number, 8 + 4 * number))


def _day(book: Book, view: View, day: Day, areas: Values, cells: Values) -> None:
    """The tables of a day: each number less the numbers shown inside it, which says the same in fewer unknowns."""
    stated = book.told[day].stated if day in book.told else np.zeros(len(view.leaves), np.bool_)
    free, given = stated.copy(), np.zeros(len(stated))
    for cell, leaves in enumerate(_leaves_of(view)):
        if cells.state[cell] == MISSING:
            continue
        _level(book, "cell", cells.state[cell], day, leaves)
        if _count(book, cells, cell, book.leaves([day], leaves)):
            book.put(book.leaves([day], leaves), cells.value[cell])
            if len(leaves) == 1:
                free[leaves], given[leaves] = False, cells.value[cell]
    for row in np.flatnonzero(areas.state != MISSING)[::-1]:
        at = np.arange(view.areas.lo[row], view.areas.hi[row])
        _level(book, view.areas.level[row], areas.state[row], day, at)
        if _count(book, areas, int(row), book.leaves([day], at)):
            book.put(book.leaves([day], at[free[at]]), areas.value[row] - given[at].sum())
            free[at], given[at] = False, 0
            given[at[0]] = areas.value[row]


def _level(book: Book, level: str, state: int, day: Day, leaves: Rows) -> None:
    """Counts a number of a day: published, shown, at least the threshold, both."""
    shown, large = state != SUPPRESSED, day in book.told and book.told[day].value[leaves].sum() >= THRESHOLD
    counted = book.levels.setdefault(level, np.zeros(4, np.int64))
    counted += np.array([1, shown, large, shown and large], np.int64)


def _leaves_of(view: View) -> list[NDArray[np.int64]]:
    """The leaves of each cell."""
    order = np.argsort(view.leaves.cell, kind="stable")
    first = np.searchsorted(view.leaves.cell[order], np.arange(len(view.leaves.cells) + 1))
    return [order[a:b] for a, b in pairwise(first.tolist())]


def _count(book: Book, sent: Values, at: int, unknowns: Rows) -> bool:
    """Notes that a number was published; whether it is shown. A hidden one is looked for."""
    book.cells += 1
    if sent.state[at] == SUPPRESSED:
        book.hide(unknowns)
        return False
    book.seen += 1
    return True


def _window(
    book: Book, view: View, days: Sequence[Day], sent: Values, per: NDArray[np.float64], daily: NDArray[np.float64]
) -> None:
    """A table of rates: sums over days and leaves, had from the rate by the people who live there."""
    for row in np.flatnonzero(sent.state != MISSING):
        unknowns = book.leaves(days, slice(view.areas.lo[row], view.areas.hi[row]))
        if not _count(book, sent, int(row), unknowns):
            continue
        reported = [day for day in days if _reported(book, view, day, int(row))]
        value = float(round(sent.value[row] * per[row] * len(reported) / len(days)))
        if np.nansum(daily[:, row]) != value or len(reported) > np.isfinite(daily[:, row]).sum():
            book.put(unknowns, value)  # else it is the sum of days that are shown, and tells nothing


def _reported(book: Book, view: View, day: Day, row: int) -> bool:
    return day in book.told and bool(book.told[day].stated[view.areas.lo[row] : view.areas.hi[row]].any())


def _growth(
    book: Book, view: View, days: Sequence[Day], fresh: set[Day], hiding: Hiding, daily: NDArray[np.float64]
) -> None:
    """Growth g says: this week's numbers less (1 + g) times the last week's are nought."""
    values = hiding.conceal(view, measure("growth"), days, ask(view, measure("growth"), days))
    for at in range(2 * WEEK - 1, len(days)):
        now, before = days[at - WEEK + 1 : at + 1], days[at - 2 * WEEK + 1 : at - WEEK + 1]
        if not fresh & {*now, *before}:
            continue
        book.cells += int((values.state[at] != MISSING).sum())
        for row in np.flatnonzero((values.state[at] == VALUE) | (values.state[at] == ZERO)):
            book.seen += 1
            if np.isfinite(daily[at - 2 * WEEK + 1 : at + 1, row]).all():
                continue  # every day of it is shown
            at_row = slice(view.areas.lo[row], view.areas.hi[row])
            ones, others = book.leaves(now, at_row), book.leaves(before, at_row)
            weights = np.concatenate([np.ones(len(ones)), np.full(len(others), -1 - values.value[at, row])])
            book.put(np.concatenate([ones, others]), 0.0, weights)


# the custom of the field -----------------------------------------------------------------------------


def _custom(view: View) -> Found:
    """Every table by itself: 1 to THRESHOLD - 1 people hidden, noughts and all else shown, city to streets."""
    since, book = time.perf_counter(), Book()
    last = max(day for day, _ in view.stated_days["cases"])
    days = [last - dt.timedelta(n) for n in range(SPAN - 1, -1, -1)]
    streets = np.flatnonzero(np.isin(view.areas.level, view.areas.levels[:3]))
    for day in days:
        book.update(day, _down_to(view, tell(view, POSITIVES, day), streets))
    total = np.stack([book.told[day].value for day in days])
    for length in (1, WEEK, 2 * WEEK):
        for at in range(length - 1, len(days)):
            window = total[at - length + 1 : at + 1].sum(axis=0)
            for row in streets:
                lo, hi = view.areas.lo[row], view.areas.hi[row]
                unknowns, value = book.leaves(days[at - length + 1 : at + 1], slice(lo, hi)), int(window[lo:hi].sum())
                book.cells += 1
                if 0 < value < THRESHOLD:
                    if length == 1:
                        book.hide(unknowns)
                else:
                    book.seen += 1
                    book.put(unknowns, value)
    return _found(book, since)


def _down_to(view: View, told: Told, rows: NDArray[np.int64]) -> Told:
    """The numbers with the leaves of each of the finest areas put into its first one: the rest is never published."""
    finest = [row for row in rows if view.areas.level[row] == view.areas.levels[2]]
    value, stated = told.value.copy(), told.stated.copy()
    for row in finest:
        lo, hi = view.areas.lo[row], view.areas.hi[row]
        total = value[lo:hi].sum()
        value[lo:hi], stated[lo:hi] = 0, False
        value[lo], stated[lo] = total, True
    return Told(value, stated)
