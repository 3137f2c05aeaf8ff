"""The questions about the sandbox: what a finer choice on the same day's information would have covered.

A viewer of one area plays with that area alone. What cannot be scored is not told; see grid.policy.sandbox.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from cachetools import LRUCache

from dashboard.queries.desk import Day, Desk, Viewer
from dashboard.queries.hidden import need_small
from data.errors import BadQuestion
from data.terms import Term
from data.words import Both
from grid.arrays import Floats
from grid.cube import View
from grid.geography import Geography
from grid.policy import board
from grid.policy.board import AXES, SIGNALS, WEEK
from grid.policy.sandbox import LISTED, Edges, Frontier, Grain, Origin, choose, frontier

#: Days of choosing that a sandbox is scored on, a week apart, and how far back it looks for them.
ORIGINS, WEEKS = 4, 6


@dataclass(frozen=True)
class SandboxAnswer:
    """What each grain covered, chosen on past days of the area and scored on the week after each.

    ``frontier`` is None where no such week was reported. ``origins``: the days of choosing, newest first;
    ``as_then``: of how many of them the choice went by what was known on the day itself, rather than by later
    deliveries about that day. ``total``: all people, cells or square kilometres of the area; ``found``: findings of the
    week after a choice, mean of the origins; ``uncosted``: share of them at places that the axis counts as nothing.
    """

    area: str
    name: str
    day: Day
    signal: Term
    axis: Term
    axes: tuple[str, ...]
    estimate: bool
    counted: str
    total: float
    origins: tuple[Day, ...]
    as_then: int
    found: float
    uncosted: float
    frontier: Frontier | None

    @property
    def per_case(self) -> Mapping[str, float | None]:
        """By grain: how much of the axis is restricted for each finding inside, with LISTED of it restricted; None
        where nothing is inside."""
        curves = self.frontier.curves if self.frontier else ()
        inside = {each.grain.id: each.at(LISTED) * self.found for each in curves}
        return {grain: LISTED * self.total / found if found else None for grain, found in inside.items()}


@dataclass(frozen=True)
class Chosen:
    """One unit of a choice: its code and name, the code of the area ``within`` which it is shown (a cell's is that of
    its largest part, an area's its own), what was found in it in the last week, and its part of the axis."""

    area: str
    name: str
    within: str
    score: int
    cost: float


class Chosens(NamedTuple):
    """The first of the units of a choice, and how many there are."""

    units: Sequence[Chosen]
    total: int


class SandboxDesk:
    """The questions about the sandbox, over one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._lock = threading.Lock()
        self._edges: LRUCache[int, Edges | None] = LRUCache(2)
        self._then: LRUCache[int, View] = LRUCache(8)
        self._geographies: dict[int, Geography] = {}
        self._kept: LRUCache[tuple[int, int, Day, str, str], SandboxAnswer] = LRUCache(32)

    def signals(self, viewer: Viewer, as_of: dt.datetime | None = None) -> dict[str, list[Day]]:
        """The signals that a choice may go by, by id -> their days, the best located first."""
        view = self.desk.cube.at(as_of)
        top, found = self.desk.top(view, viewer), {}
        for id, signal in SIGNALS.items():
            days = {day for count in signal.counts for day, _ in view.stated_days.get(count, [])}
            span = view.days(list(signal.counts), top)
            if span:
                found[id] = sorted(day for day in days if span[0] <= day <= span[1])
        return found

    def sandbox(
        self,
        viewer: Viewer,
        area: str = "city",
        day: Day | None = None,
        as_of: dt.datetime | None = None,
        *,
        axis: str | None = None,
        signal: str | None = None,
    ) -> SandboxAnswer:
        """The curves of every grain inside the area, up to the choice of ``day`` (None: the signal's last day).

        Without ``axis`` people, else cells, else ground; without ``signal`` the first of :meth:`signals`. Raises
        BadQuestion where the city has neither, or not the asked one; Withheld: curves are made of small numbers.
        """
        _need(viewer)
        view = self.desk.cube.at(as_of)
        row = self.desk.row(view, viewer, area)
        signals = self.signals(viewer, as_of)
        signal = _picked(signal, list(signals))
        day = day or signals[signal][-1]
        costs = _costs(view, row, day)
        axis = _picked(axis, list(costs))
        key = view.version, row, day, axis, f"{signal} {viewer.lang}"
        with self._lock:
            if key in self._kept:
                return self._kept[key]
        made = self._sandbox(_Asked(view, viewer, row, day, signal, axis, costs))
        with self._lock:
            self._kept[key] = made
        return made

    def chosen(
        self,
        viewer: Viewer,
        grain: str,
        share: float,
        area: str = "city",
        day: Day | None = None,
        as_of: dt.datetime | None = None,
        *,
        axis: str | None = None,
        signal: str | None = None,
        limit: int = 50,
    ) -> Chosens:
        """The units that a grain restricts first on ``day``, up to ``share`` of the axis, highest score first, and how
        many there are; units of the score at which the share is reached are left out, for nothing tells them apart.
        Withheld."""
        _need(viewer)
        view = self.desk.cube.at(as_of)
        row = self.desk.row(view, viewer, area)
        signals = self.signals(viewer, as_of)
        signal = _picked(signal, list(signals))
        day = day or signals[signal][-1]
        costs = _costs(view, row, day)
        asked = _Asked(view, viewer, row, day, signal, _picked(axis, list(costs)), costs)
        past = self._past(asked, day)
        grains = {each.id: each for each in board.grains(view, row, asked.cost, self._touching(view))}
        if past is None or grain not in grains:
            return Chosens([], 0)
        return _first(asked, grains[grain], past[0], share, limit)

    def _sandbox(self, asked: _Asked) -> SandboxAnswer:
        view, row = asked.view, asked.row
        origins = self._origins(asked)
        grains = board.grains(view, row, asked.cost, self._touching(view))
        place = view.leaves.area[asked.inside] - row
        made = frontier(grains, asked.cost, place, [each for _, each, _ in origins]) if origins else None
        cost = asked.costs[asked.axis]
        return SandboxAnswer(
            area=view.areas.code[row],
            name=view.areas.label(row, asked.viewer.lang),
            day=asked.day,
            signal=SIGNALS[asked.signal].term,
            axis=AXES[asked.axis],
            axes=tuple(asked.costs),
            estimate=cost.estimate,
            counted=cost.counted,
            total=float(asked.cost.sum()),
            origins=tuple(day for day, _, _ in origins),
            as_then=sum(then for _, _, then in origins),
            found=float(np.mean([each.future.sum() for _, each, _ in origins])) if origins else 0.0,
            uncosted=_uncosted(asked.cost, [each for _, each, _ in origins]),
            frontier=made,
        )

    def _origins(self, asked: _Asked) -> list[tuple[Day, Origin, bool]]:
        """The newest days of choosing that can be scored, ``asked.day`` and weeks before it: (day, findings before
        and after it, whether those before it are as they were known then)."""
        found: list[tuple[Day, Origin, bool]] = []
        for week in range(WEEKS):
            day = asked.day - dt.timedelta(days=7 * week)
            future = board.week(asked.view, asked.signal, day + dt.timedelta(days=1))
            past = self._past(asked, day)
            if past is None or future is None or not future[asked.inside].any():
                continue
            found.append((day, Origin(past[0], future[asked.inside]), past[1]))
            if len(found) == ORIGINS:
                break
        return found

    def _past(self, asked: _Asked, day: Day) -> tuple[Floats, bool] | None:
        """Findings of the WEEK up to ``day`` in the area: as they were known when the day ended, where enough of them
        were, else as known now; and which of the two."""
        first = day - dt.timedelta(days=WEEK - 1)
        then = self._view_then(asked.view, day)
        known = board.week(then, asked.signal, first) if then is not None else None
        if then is not None and known is not None:
            return board.moved(known, then, asked.view)[asked.inside], True
        known = board.week(asked.view, asked.signal, first)
        return None if known is None else (known[asked.inside], False)

    def _view_then(self, view: View, day: Day) -> View | None:
        """The city as it was known at the end of ``day`` where it is; None if nothing was."""
        midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), ZoneInfo(self.desk.city.timezone))
        moment = midnight.astimezone(dt.UTC).replace(tzinfo=None)
        version = self.desk.cube.version(moment)
        if version >= view.version:
            return view
        if version == 0 or self.desk.cube.store.geography_id(version) is None:
            return None
        with self._lock:
            if version not in self._then:
                store, city = self.desk.cube.store, self.desk.city
                self._then[version] = View(store, version, city, geographies=self._geographies)
            return self._then[version]

    def _touching(self, view: View) -> Edges | None:
        with self._lock:
            if view.geography.id not in self._edges:
                self._edges[view.geography.id] = board.edges(view.leaves.cells)
            return self._edges[view.geography.id]


@dataclass(frozen=True)
class _Asked:
    """One question to the sandbox."""

    view: View
    viewer: Viewer
    row: int
    day: Day
    signal: str
    axis: str
    costs: dict[str, board.Cost]

    @property
    def inside(self) -> slice:
        """The area's leaves."""
        return slice(int(self.view.areas.lo[self.row]), int(self.view.areas.hi[self.row]))

    @property
    def cost(self) -> Floats:
        """What restricting each of them costs."""
        return self.costs[self.axis].cost[self.inside]


def _need(viewer: Viewer) -> None:
    """Withheld from who may not see small numbers."""
    need_small(viewer, "管控沙盘", "The sandbox of restrictions")


def _costs(view: View, row: int, day: Day) -> dict[str, board.Cost]:
    """The axes on which the area has anything, the best first."""
    inside = slice(int(view.areas.lo[row]), int(view.areas.hi[row]))
    return {axis: cost for axis, cost in board.costs(view, day).items() if cost.cost[inside].any()}


def _picked(wish: str | None, known: Sequence[str]) -> str:
    """The wished one of ``known``, the first without a wish."""
    if not known:
        raise BadQuestion(detail=Both("此处没有可用的数据", "there is nothing to go by here"))
    if wish is not None and wish not in known:
        told = ", ".join(known)
        raise BadQuestion(detail=Both(f"没有 {wish}；有：{told}", f"no {wish}; {told}"))
    return wish or known[0]


def _uncosted(cost: Floats, origins: Sequence[Origin]) -> float:
    total = sum(origin.future.sum() for origin in origins)
    free = sum(origin.future[cost <= 0].sum() for origin in origins)
    return float(free / total) if total else 0.0


def _first(asked: _Asked, grain: Grain, score: Floats, share: float, limit: int) -> Chosens:
    choice = choose(grain, score, asked.cost)
    whole = choice.taken(np.array([share]))[0] >= 1.0
    inside = grain.unit >= 0
    found = np.bincount(grain.unit[inside], score[inside], grain.size)
    cost = np.bincount(grain.unit[inside], asked.cost[inside], grain.size)
    # with rings a unit's own rank is its score's, not its block's
    ranked = np.unique(-found, return_inverse=True)[1]
    taken = np.flatnonzero(whole[ranked] & (found > 0))
    order = taken[np.lexsort((taken, -found[taken]))]
    names = _namer(asked, grain)
    made = [Chosen(*names(int(unit)), round(float(found[unit])), float(cost[unit])) for unit in order[:limit]]
    return Chosens(made, len(order))


def _namer(asked: _Asked, grain: Grain) -> Callable[[int], tuple[str, str, str]]:
    """unit -> its code, its name, and the code of the area to show it in."""
    view, lang = asked.view, asked.viewer.lang
    areas = view.areas
    if not grain.id.startswith("cell"):
        rows = areas.of_level(grain.id, asked.row)
        return lambda unit: (areas.code[rows[unit]], areas.label(int(rows[unit]), lang), areas.code[rows[unit]])
    inside = view.leaves.cell[asked.inside]
    known = np.unique(inside[inside >= 0])

    def named(unit: int) -> tuple[str, str, str]:
        row = int(view.leaves.area[view.leaves.home[known[unit]]])
        row = row if asked.row <= row < areas.last[asked.row] else asked.row
        id = view.leaves.cells.id[known[unit]]
        return id, f"{areas.label(row, lang)} {id}", areas.code[row]

    return named
