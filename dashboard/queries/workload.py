"""How much there is to do for the people of each responsibility area, and who could lend whom a hand for a day.

Tasks of a day are what waits for somebody's visit: people isolated at home, assignments of codes that are due or over
their time, zones that may be released or should have been, and events that are not closed, of which codes and zones are
not counted again. The numbers
are small and of persons: they are for who may see small numbers, and events.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from cachetools import LRUCache

from dashboard.queries.codes import CodeDesk
from dashboard.queries.desk import Day, Desk, Viewer
from dashboard.queries.hidden import need_small
from dashboard.queries.zones import OVERDUE, ZoneDesk
from data.engine import utcnow
from data.errors import BadQuestion
from data.events import read
from data.words import Both
from grid import posts, stock
from grid.areas import successor
from grid.cube import View
from grid.posts import Ints, Posts
from grid.rebalance import Balance, Staffed, load, rebalance, saturated, touching

#: What a task is of.
TASKS = ("homes", "codes", "zones", "events")
#: Classes of events that tell of codes and zones: these are counted themselves.
ELSEWHERE = frozenset({"code_overdue", "zone_overdue"})
#: Inside what people are lent: a district sends its own.
LENDERS = "district"
#: Posts that a list comes with: what one morning's meeting can talk about.
MOST = 200
#: Balances and borders that are kept.
KEPT = 32


@dataclass(frozen=True)
class PostLine:
    """One post, or all of an area (``posts`` of them). ``able``: what its people can do in a day; ``load``: tasks over
    that (None where there are tasks and nobody, or the capacity is not told: ``known``); ``after``, ``load_after``:
    with the people whom the proposal leaves there; ``over``: tasks beyond what can be done."""

    area: str
    name: str
    above: str
    posts: int
    tasks: int
    kinds: Mapping[str, int]
    people: int
    capacity: int
    able: int
    load: float | None
    known: bool
    saturated: int
    over: int
    received: int = 0
    lent: int = 0
    after: int = 0
    load_after: float | None = None
    saturated_after: int = 0

    @property
    def per_person(self) -> float | None:
        """Tasks of one person a day; None where there is nobody."""
        return self.tasks / self.people if self.people else None


@dataclass(frozen=True)
class LoanLine:
    """``people`` of one post who work the day at another."""

    id: str
    origin: str
    destination: str
    above: str
    people: int


@dataclass(frozen=True)
class WorkAnswer:
    """A day's work in an area. ``told``: the day of the table of workers; ``silent``: kinds of tasks of which nobody
    tells anything on the day; ``nobodys``: tasks that no post has; ``areas``: by area below, ``posts``: the most
    loaded; ``loans``: the proposal, ``moved`` worker-days; ``highest``, ``highest_after``: of the posts whose load can
    be told; ``untold``: posts that do not tell a capacity; ``deserted``: with tasks, and nobody in reach."""

    day: Day
    told: Day | None
    silent: tuple[str, ...]
    all: PostLine
    nobodys: int
    areas: tuple[PostLine, ...]
    posts: tuple[PostLine, ...]
    loans: tuple[LoanLine, ...]
    moved: int
    highest: float | None
    highest_after: float | None
    untold: int
    deserted: int


class WorkDesk:
    """The questions, over one desk. ``day`` None: the last day of which a table of workers speaks."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._borders: LRUCache[tuple[int, bytes], Ints] = LRUCache(KEPT)
        self._balances: LRUCache[tuple[int, bytes, bytes, bytes], Balance] = LRUCache(KEPT)
        self._lock = threading.RLock()

    def days(self, viewer: Viewer, as_of: dt.datetime | None = None) -> Sequence[Day]:
        """The days of which tables of workers speak, ascending."""
        return stock.told_days(self.desk.cube.at(as_of), "workers")

    def work(
        self, viewer: Viewer, area: str = "city", day: Day | None = None, as_of: dt.datetime | None = None
    ) -> WorkAnswer:
        """The day's work in an area, by post. Forbidden without the right ``events``, Withheld without small numbers,
        BadQuestion where there is no table of workers."""
        viewer.need("events")
        need_small(viewer, "各责任区域的任务数", "Tasks of responsibility areas")
        view, days = self.desk.cube.at(as_of), self.days(viewer, as_of)
        row, asked = self.desk.row(view, viewer, area), day or max(days, default=None)
        if asked is None:
            raise BadQuestion(detail=Both("还没有网格力量数据", "no table of workers yet"))
        crews = stock.crews(view, asked)
        found = posts.make_posts(view.areas, crews, row)
        told = dict(self._tasks(viewer, view, area, asked, as_of))
        kinds = {kind: found.gather(*part) for kind, part in told.items() if part is not None}
        tasks = {kind: by_post for kind, (by_post, _) in kinds.items()}
        balance = self._balance(view, found, posts.summed(tasks, len(found)))
        return _answer(
            _Work(view, viewer, row, found, tasks, balance), asked, max((one.day for one in crews), default=None),
            tuple(kind for kind in TASKS if kind not in kinds), sum(rest for _, rest in kinds.values()),
        )  # fmt: skip

    def _tasks(
        self, viewer: Viewer, view: View, area: str, day: Day, as_of: dt.datetime | None
    ) -> Iterator[tuple[str, tuple[Ints, Ints] | None]]:
        """kind -> rows of the areas that it is at, and how many; None where nobody tells of it."""
        yield "homes", _homes(view, self.desk.row(view, viewer, area), day)
        yield "codes", self.desk.beside(CodeDesk).late(viewer, area, day, as_of)
        yield "zones", self._zones(viewer, area, day, as_of)
        # the book tells of now alone
        yield "events", self._events(viewer, view, area) if as_of is None and day == self._last(viewer) else None

    def _zones(self, viewer: Viewer, area: str, day: Day, as_of: dt.datetime | None) -> tuple[Ints, Ints] | None:
        zones = self.desk.beside(ZoneDesk)
        if day not in zones.days(viewer, as_of):
            return None
        due = [line.clock.zone.row for line in zones.clocks(viewer, area, day, as_of)
               if line.clock.state == "due" or line.clock.state in OVERDUE]  # fmt: skip
        return np.array(due, np.int64), np.ones(len(due), np.int64)

    def _events(self, viewer: Viewer, view: View, area: str) -> tuple[Ints, Ints] | None:
        if self.desk.events is None:
            return None
        top, areas = self.desk.row(view, viewer, area), view.areas
        tallies = [one for one in read.tallies(self.desk.events, utcnow()) if one.klass not in ELSEWHERE]
        found = [(areas.row_of.get(successor(one.owner, view.retired), -1), one.events) for one in tallies]
        inside = [pair for pair in found if top <= pair[0] < areas.last[top]]
        rows, n = np.array(inside, np.int64).reshape(-1, 2).T
        return rows, n

    def _last(self, viewer: Viewer) -> Day | None:
        return max(self.days(viewer), default=None)

    def _balance(self, view: View, found: Posts, tasks: Ints) -> Balance:
        """The proposal, kept while rows, people and tasks are the same."""
        key = view.geography.id, found.rows.tobytes(), (found.people * 4096 + found.capacity).tobytes(), tasks.tobytes()
        with self._lock:
            if key not in self._balances:
                known = found.rows[found.capacity > 0]
                self._balances[key] = rebalance(found.to_balance(tasks, LENDERS), self._touching(view, known))
            return self._balances[key]

    def _touching(self, view: View, rows: Ints) -> Ints:
        key = view.geography.id, rows.tobytes()
        if key not in self._borders:
            self._borders[key] = touching([view.areas.shape[row] for row in rows.tolist()])
        return self._borders[key]


def _homes(view: View, row: int, day: Day) -> tuple[Ints, Ints] | None:
    """People isolated at home, each of whom is visited once a day."""
    vector = view.vectors("isolated_home", [day])[0]
    if vector is None:
        return None
    lo, hi = int(view.areas.lo[row]), int(view.areas.hi[row])
    return view.leaves.area[lo:hi].astype(np.int64), np.maximum(vector[lo:hi], 0)


@dataclass(frozen=True)
class _Work:
    """What an answer is made of."""

    view: View
    viewer: Viewer
    row: int
    posts: Posts
    kinds: Mapping[str, Ints]
    balance: Balance

    def above(self, row: int) -> str:
        """The names of the areas between the asked one and another: streets of one name lie in many districts."""
        areas = self.view.areas
        return " ".join(areas.label(step, self.viewer.lang) for step in areas.path(row)[:-1] if step > self.row)

    def line(self, row: int, at: Ints, staffed: Mapping[str, Staffed]) -> PostLine:
        """The posts at ``at`` together, as the area at ``row``."""
        areas, found, codes = self.view.areas, self.posts, self.view.areas.code
        kinds = {kind: int(n[at].sum()) for kind, n in self.kinds.items()}
        lines = [one for each in found.rows[at].tolist() if (one := staffed.get(codes[each])) is not None]
        known = len(lines) == len(at)
        tasks, people, able = sum(kinds.values()), int(found.people[at].sum()), _able(lines, after=False)
        return PostLine(
            codes[row], areas.label(row, self.viewer.lang), self.above(row), len(at), tasks, kinds, people,
            lines[0].capacity if len(lines) == 1 else 0, able, _ratio(load(tasks, able)) if known else None, known,
            sum(saturated(one.load_before) for one in lines), sum(_over(one) for one in lines),
            sum(one.received for one in lines), sum(one.lent for one in lines),
            people + sum(one.received - one.lent for one in lines),
            _ratio(load(tasks, _able(lines, after=True))) if known else None,
            sum(saturated(one.load_after) for one in lines),
        )  # fmt: skip


def _able(lines: Sequence[Staffed], *, after: bool) -> int:
    return sum((one.after if after else one.before) * one.capacity for one in lines)


def _over(one: Staffed) -> int:
    return max(one.tasks - one.before * one.capacity, 0)


def _ratio(load: Fraction | None) -> float | None:
    return None if load is None else float(load)


def _answer(work: _Work, day: Day, told: Day | None, silent: tuple[str, ...], nobodys: int) -> WorkAnswer:
    areas, found, balance = work.view.areas, work.posts, work.balance
    staffed = {one.code: one for one in balance.lines}
    every = np.arange(len(found))
    below = [(child, every[(found.rows >= child) & (found.rows < areas.last[child])])
             for child in areas.children(work.row).tolist()]  # fmt: skip
    return WorkAnswer(
        day, told, silent, work.line(work.row, every, staffed), nobodys,
        tuple(work.line(child, at, staffed) for child, at in below if len(at)),
        tuple(work.line(int(found.rows[at]), np.array([at]), staffed) for at in _heaviest(work, staffed)),
        tuple(_loans(work)), balance.moved, _ratio(balance.highest_before), _ratio(balance.highest_after),
        len(found) - len(balance.lines), len(balance.deserted),
    )  # fmt: skip


def _heaviest(work: _Work, staffed: Mapping[str, Staffed]) -> list[int]:
    """Places of the posts that have most to do for their people, first those with tasks and nobody."""
    code = work.view.areas.code
    told = [(at, one) for at, row in enumerate(work.posts.rows.tolist()) if (one := staffed.get(code[row])) is not None]
    told.sort(key=lambda pair: (pair[1].load_before is not None, -(pair[1].load_before or 0), pair[0]))
    return [at for at, one in told[:MOST] if one.tasks]


def _loans(work: _Work) -> Iterator[LoanLine]:
    areas, lang = work.view.areas, work.viewer.lang
    for one in work.balance.loans:
        origin, destination = areas.row_of[one.origin], areas.row_of[one.destination]
        yield LoanLine(f"{one.origin}-{one.destination}", areas.label(origin, lang), areas.label(destination, lang),
                       work.above(destination), one.people)  # fmt: skip


__all__ = ["TASKS", "LoanLine", "PostLine", "WorkAnswer", "WorkDesk"]
