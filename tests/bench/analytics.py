"""The statistics of a megacity: 44,558 cells x 90 days on one core, in one run with their rivals.

Two ways through them, each from nothing and again when a new day comes. The statistics one by one: empirical Bayes
rates (global and local), Gi*, the space-time scan (12 rings, 30 days: 17 million cylinders), EARS C1-C3 and CUSUM, Rt,
the parts of the score and their sum, and the seven-day forecast. And the board that the risk page asks, with the chance
maxima that say which clusters to believe; its report card, 28 forecasts, stands beside it. Seconds are those of the
processor, whatever else the machine does. Gi* of all 90 days stands against one day by esda (the weights ready made for it), the scan against its own
plain numpy form (with the ring matrices ready made), whose results must be equal.
"""

from __future__ import annotations

import datetime as dt
import importlib
import importlib.util
import time
import warnings
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from grid.arrays import Floats
from grid.rates import Part
from grid.risk import rt, scan, score, signals
from grid.risk.board import RiskBoard, RiskBook
from grid.risk.forecast import Forecaster
from grid.risk.ground import CELL, CELL_RINGS, Ground
from grid.risk.hotspots import gi_star
from grid.risk.neighbours import Neighbours, of_hexes
from grid.risk.parts import Facts, parts
from grid.risk.shrink import shrink, shrink_locally
from tests.bench import painter
from tests.bench.table import Verdict, interleaved, show

DAYS, ROUNDS = 90, 5
FIRST = dt.date(2022, 3, 1)
WINDOW = [1.0, 1.0, 1.0]  # rings of the neighbourhood that Gi* and the local rates look at
CARD = "card"  # not a part of the day's goal: it looks back at 28 days
GOAL_DAY, GOAL_NEW, GOAL_GI, GOAL_SCAN = 10.0, 2.0, 10.0, 5.0


def run() -> Verdict:
    """All four figures."""
    cells = painter.cells()
    near = of_hexes(cells)
    cases, people = _city(near)
    _warm(near)
    day, new = (max(each) for each in zip(_day(cases, people), _board_days(cases, people), strict=True))
    scans = _scans(cases, people, near)
    gi = _gi(cases, near)
    told = f"Gi* of {DAYS} days {gi:.1f}x esda's one day" if gi else "esda is not installed"
    return Verdict(
        f"a day {day:.1f} s, a new day {new:.2f} s, scan {scans:.1f}x plain numpy, {told}",
        f"goal: <= {GOAL_DAY:.0f} s, <= {GOAL_NEW:.0f} s, >= {GOAL_SCAN:.0f}x, >= {GOAL_GI:.0f}x",
        day <= GOAL_DAY and new <= GOAL_NEW and scans >= GOAL_SCAN and gi >= GOAL_GI,
    )


def _city(near: Neighbours) -> tuple[Part, Floats]:
    """One day more than DAYS: seeded sparse counts, and outbreaks that grow and pass."""
    rng = np.random.default_rng(0)
    people = rng.integers(0, 1500, near.size).astype(np.float64)
    mean = np.outer(np.ones(DAYS + 1), people * 2e-5)
    for _ in range(40):
        inside = near.disc(int(rng.integers(0, near.size)), int(rng.integers(2, 9)))
        wave = np.exp(-(((np.arange(DAYS + 1) - rng.uniform(10, 90)) / 9.0) ** 2))
        mean[:, inside] += 2e-3 * wave[:, None] * people[inside]
    counts = rng.poisson(mean).astype(np.float64)
    return Part(counts, np.ones(counts.shape, np.bool_)), people


def _part(cases: Part, rows: slice) -> Part:
    return Part(cases.value[rows], cases.known[rows])


def _warm(near: Neighbours) -> None:
    """Compiles the kernels, which a machine does once."""
    few = Part(np.ones((12, near.size)), np.ones((12, near.size), np.bool_))
    scan.scan(scan.window(few, np.ones(near.size)), near, 1)
    Forecaster(few, FIRST, near).forecast(FIRST + dt.timedelta(12))


def _day(cases: Part, people: Floats) -> tuple[float, float]:
    """Seconds for everything of one day from nothing but the cells and counts; and for the day after it."""
    history = _part(cases, slice(DAYS))
    seconds: dict[str, list[float]] = {}

    def step(name: str, work: Callable[[], object]) -> object:
        return _timed(seconds, name, work)

    near = step("neighbours", lambda: of_hexes(painter.cells()))
    assert isinstance(near, Neighbours)
    forecaster = Forecaster(history, FIRST, near)
    for today, first in ((DAYS, 0), (DAYS + 1, DAYS)):
        seen = _part(cases, slice(today))
        _statistics(step, seen, first, people, near)
        used = forecaster if today == DAYS else forecaster.then(_part(cases, slice(DAYS, DAYS + 1)))
        step("forecast", lambda used=used, today=today: used.forecast(FIRST + dt.timedelta(today)))  # type: ignore[misc]
    return _told(f"{near.size:,} cells, seconds", seconds)


def _timed(seconds: dict[str, list[float]], name: str, work: Callable[[], object]) -> object:
    start = time.process_time()
    found = work()
    seconds.setdefault(name, []).append(time.process_time() - start)
    return found


def _told(head: str, seconds: dict[str, list[float]]) -> tuple[float, float]:
    """Prints a line a step; seconds of all of them on the first day, and on the next."""
    rows = [(name, f"{each[0]:.2f}", f"{each[1]:.3f}" if len(each) > 1 else "") for name, each in seconds.items()]
    show((head, f"{DAYS} days", "one day more"), rows)
    print()
    counted = [each for name, each in seconds.items() if name != CARD]
    return sum(each[0] for each in counted), sum(sum(each[1:]) for each in counted)


class _Given(RiskBoard):
    """A board of counts and inhabitants that are at hand, in place of a store's."""

    def __init__(self, book: RiskBook, here: Ground, cases: Part, people: Floats) -> None:
        self.book, self.here, self.basis, self.first = book, here, "positives", FIRST
        self.days = [FIRST + dt.timedelta(days=n) for n in range(len(cases.value))]
        self.day = self.days[-1]
        self.__dict__["cases"] = cases
        self.__dict__["people"] = Part(people, np.ones(len(people), np.bool_))


def _board_days(cases: Part, people: Floats) -> tuple[float, float]:
    """The same for the board, which is asked as the page asks; a new day is a new version, grown from the old one."""
    seconds: dict[str, list[float]] = {}
    near = _timed(seconds, "neighbours", lambda: of_hexes(painter.cells()))
    assert isinstance(near, Neighbours)
    codes = tuple(str(row) for row in range(near.size))
    here = Ground(CELL, np.arange(near.size, dtype=np.int32), codes, near, _areas(people), CELL_RINGS)
    book: RiskBook | None = None
    for today in (DAYS, DAYS + 1):
        view: Any = SimpleNamespace(version=today, stated_days={}, geography=SimpleNamespace(id=1))
        book = RiskBook(view, lambda _: 0, book)
        board = _Given(book, here, _part(cases, slice(today)), people)
        for name in ("scored", "hot", "alarms", "rt", "clusters", "forecast", CARD):
            _timed(seconds, name, lambda board=board, name=name: getattr(board, name))  # type: ignore[misc]
    return _told("the board, seconds", seconds)


def _statistics(
    step: Callable[[str, Callable[[], object]], object], seen: Part, first: int, people: Floats, near: Neighbours
) -> None:
    """All but the forecast, for the days from row ``first`` on; signals need the two weeks before them, Rt a month."""
    fresh = _part(seen, slice(first, None))
    living = Part(np.broadcast_to(people, fresh.value.shape), np.ones(fresh.value.shape, np.bool_))
    lately = _part(seen, slice(max(0, first - 14), None))
    month = _part(seen, slice(max(0, first - 40), None))
    around = near.weights(WINDOW)
    usual = seen.value[:28].mean(axis=0)
    step("rates, shrunk to the city", lambda: shrink(fresh, living))
    step("rates, shrunk to the neighbourhood", lambda: shrink_locally(fresh, living, around))
    step("Gi*", lambda: gi_star(fresh, around))
    step("EARS C1, C2, C3", lambda: [kind(lately) for kind in (signals.c1, signals.c2, signals.c3)])
    step("CUSUM", lambda: signals.cusum(lately, usual))
    step("false-alarm rates", lambda: [signals.false_alarms(kind, usual) for kind in signals.KINDS])
    step("Rt", lambda: rt.estimate(month, rt.serial_interval(3.3, 2.0)))
    facts = Facts(_part(seen, slice(-14, None)), Part(people, np.ones(len(people), np.bool_)), _areas(people), near, 2)
    step("parts and score", lambda: score.score(parts(facts)))
    step("scan", lambda: _clusters(seen, people, near))


def _areas(people: Floats) -> Floats:
    """The official cells have 10,000 m2 and their rims."""
    return np.full(len(people), 12_000.0)


def _clusters(seen: Part, people: Floats, near: Neighbours) -> list[scan.Cluster]:
    window = scan.window(_part(seen, slice(-DAYS, None)), people)
    return scan.clusters(scan.scan(window, near), window, near)


def _scans(cases: Part, people: Floats, near: Neighbours) -> float:
    window = scan.window(_part(cases, slice(DAYS)), people)
    fast, plain = scan.scan(window, near), scan.plain(window, near)
    assert np.abs(fast.ratio - plain.ratio).max() < 1e-8
    assert (fast.rings == plain.rings).all()
    assert (fast.days == plain.days).all()
    sides = {"lines": lambda: scan.scan(window, near), "plain numpy": lambda: scan.plain(window, near)}
    seconds = interleaved(sides, ROUNDS)
    print()
    cylinders = near.size * (scan.RINGS + 1) * scan.DAYS
    show((f"{cylinders / 1e6:.1f} million cylinders", "ms"), [(n, f"{1e3 * s:.0f}") for n, s in seconds.items()])
    return seconds["plain numpy"] / seconds["lines"]


def _gi(cases: Part, near: Neighbours) -> float:
    """How many times as long esda takes for one day as we for all; nought where there is no esda."""
    if importlib.util.find_spec("esda") is None:
        return 0.0
    around, history = near.weights(WINDOW), _part(cases, slice(DAYS))
    theirs = _esda(near)
    day = history.value[-1]
    assert np.abs(theirs(day) - gi_star(history, around).value[-1]).max() < 1e-10
    seconds = interleaved({"ours": lambda: gi_star(history, around), "esda": lambda: theirs(day)}, ROUNDS)
    print()
    show(
        ("Gi*", "ms"),
        [(f"all {DAYS} days", f"{1e3 * seconds['ours']:.0f}"), ("one day by esda", f"{1e3 * seconds['esda']:.0f}")],
    )
    return seconds["esda"] / seconds["ours"]


def _esda(near: Neighbours) -> Callable[[Floats], Floats]:
    """G_Local(star, without permutations) over weights that are ready made."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        local, graphs = importlib.import_module("esda").G_Local, importlib.import_module("libpysal.graph").Graph
    of, to = near.weights(WINDOW).nonzero()
    others = of != to
    weights = graphs.from_arrays(of[others], to[others], np.ones(int(others.sum()))).to_W()

    def ask(day: Floats) -> Floats:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return np.asarray(local(day, weights, transform="B", star=True, permutations=0).Zs)

    return ask
