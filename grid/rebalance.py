"""Who lends people to which neighbour for a day, so that nobody's load is higher than it must be.

A post is an area with tasks, people, and how many tasks one person can do there in a day. Its load is tasks over
people x capacity; above 1 it is saturated. People go to a touching area of the same group (a district sends its own
people), each at most one step, and work at the pace of the place where they are. The proposal makes the highest load
of each group as small as whole people allow, but not smaller than ``enough`` (nobody is sent about to make light work
lighter), and of all ways to reach it takes the one that moves the fewest.

Exact at the size of a megacity (5,386 posts), in two steps. A load is in reach if whoever is at home or next door can
fill every post with ``ceil(tasks / (capacity x load))`` people: a flow from homes to posts, which a maximum flow
decides. Only the loads tasks / (capacity x people) for whole people can be the highest; they are sorted and bisected.
The fewest moves at that load are a flow of least cost, whose corners are whole: a linear programme gives them.
Loads are compared as floats of ratios of integers below 2**26, which are different floats where they are different.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog
from scipy.sparse.csgraph import maximum_flow
from shapely.geometry.base import BaseGeometry

from grid.risk.neighbours import of_shapes
from grid.transfer import whole

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: The load of people who do what they can and no more.
FULL = Fraction(1)

#: Tasks, and people x capacity of a neighbourhood, stay below this.
MOST = 1 << 26


@dataclass(frozen=True, slots=True)
class Post:
    """An area that is somebody's responsibility: ``tasks`` of a day, ``people``, tasks that one of them can do there
    in a day (``capacity``, at least 1), and the ``group`` inside which people may be lent."""

    code: str
    tasks: int
    people: int
    capacity: int
    group: str = ""


@dataclass(frozen=True, slots=True)
class Loan:
    """``people`` of one post who work a day at another."""

    origin: str
    destination: str
    people: int


@dataclass(frozen=True, slots=True)
class Staffed:
    """One post before and after: ``before + received - lent == after`` people."""

    code: str
    tasks: int
    capacity: int
    before: int
    received: int
    lent: int
    after: int

    @property
    def load_before(self) -> Fraction | None:
        """Tasks over what its people can do; None where there are tasks and nobody."""
        return load(self.tasks, self.before * self.capacity)

    @property
    def load_after(self) -> Fraction | None:
        """The same after the loans."""
        return load(self.tasks, self.after * self.capacity)


@dataclass(frozen=True)
class Balance:
    """The loans and what they come to. ``deserted``: posts with tasks for which nobody is left at home or next door;
    they stay without people, and the highest load is that of the others."""

    lines: tuple[Staffed, ...]
    loans: tuple[Loan, ...]
    deserted: tuple[str, ...]

    @property
    def people(self) -> int:
        """Worker-days of all, which no loan changes."""
        return sum(line.before for line in self.lines)

    @property
    def moved(self) -> int:
        """Worker-days that are lent."""
        return sum(loan.people for loan in self.loans)

    @property
    def highest_before(self) -> Fraction | None:
        """The highest load now; None where a post with tasks has nobody."""
        return _highest(line.load_before for line in self.lines)

    @property
    def highest_after(self) -> Fraction | None:
        """The highest load after the loans, but for the deserted."""
        return _highest(line.load_after for line in self.lines if line.code not in self.deserted)

    @property
    def saturated_before(self) -> int:
        """Posts with more tasks than their people can do."""
        return sum(saturated(line.load_before) for line in self.lines)

    @property
    def saturated_after(self) -> int:
        """The same after the loans."""
        return sum(saturated(line.load_after) for line in self.lines)


def load(tasks: int, able: int) -> Fraction | None:
    """Tasks over what can be done; nought where there are none, None where there are and nothing can be done."""
    return Fraction(tasks, able) if able else None if tasks else Fraction(0)


def saturated(load: Fraction | None) -> bool:
    """Whether there is more to do than can be done."""
    return load is None or load > 1


def _highest(loads: Iterable[Fraction | None]) -> Fraction | None:
    found = list(loads)
    return None if None in found else max((one for one in found if one is not None), default=Fraction(0))


def rebalance(posts: Sequence[Post], pairs: Ints, enough: Fraction = FULL) -> Balance:
    """The loans between posts; ``pairs`` (m, 2): places in ``posts`` of those that touch, each pair once. ``enough``: a
    load below which nothing is gained, 0 for none."""
    people = np.array([post.people for post in posts], np.int64)
    group = np.unique([post.group for post in posts], return_inverse=True)[1] if posts else people
    pairs = pairs[group[pairs[:, 0]] == group[pairs[:, 1]]]
    moved, deserted = sparse.csr_array((len(posts), len(posts)), dtype=np.int64), np.zeros(len(posts), np.bool_)
    for number in range(int(group.max(initial=-1)) + 1):
        inside = np.flatnonzero(group == number)
        near = _renumbered(pairs[group[pairs[:, 0]] == number], inside)
        found = _Group([posts[at] for at in inside.tolist()], near, enough)
        loans, deserted[inside] = found.solve()
        moved += _placed(loans, inside, len(posts))
    return _balance(posts, moved.tocoo(), deserted)


def _renumbered(pairs: Ints, inside: Ints) -> Ints:
    return np.searchsorted(inside, pairs).reshape(-1, 2)


def _placed(loans: sparse.coo_array, inside: Ints, size: int) -> sparse.csr_array:
    return sparse.csr_array((loans.data, (inside[loans.row], inside[loans.col])), (size, size), dtype=np.int64)


def _balance(posts: Sequence[Post], moved: sparse.coo_array, deserted: Bools) -> Balance:
    received, lent = (np.asarray(moved.sum(axis=axis)).ravel().tolist() for axis in (0, 1))
    lines = tuple(
        Staffed(post.code, post.tasks, post.capacity, post.people, into, out, post.people + into - out)
        for post, into, out in zip(posts, received, lent, strict=True)
    )
    rows = sorted(zip(moved.row.tolist(), moved.col.tolist(), moved.data.tolist(), strict=True))
    loans = tuple(Loan(posts[i].code, posts[j].code, n) for i, j, n in rows if n)
    return Balance(lines, loans, tuple(post.code for post, none in zip(posts, deserted, strict=True) if none))


class _Group:
    """Posts that lend each other people. Arcs lead from each home to its own post and to those that touch it."""

    def __init__(self, posts: Sequence[Post], pairs: Ints, enough: Fraction) -> None:
        self.enough = enough
        self.tasks, self.people, self.capacity = (
            np.array([getattr(post, name) for post in posts], np.int64) for name in ("tasks", "people", "capacity")
        )
        self.size = len(posts)
        self.origin, self.destination = np.concatenate([pairs, pairs[:, ::-1]]).T
        own = np.arange(self.size)
        self.near = self.people + np.bincount(self.destination, self.people[self.origin], self.size).astype(np.int64)
        self.home, self.post = np.concatenate([own, self.origin]), np.concatenate([own, self.destination])

    def solve(self) -> tuple[sparse.coo_array, Bools]:
        """(origin x destination) people lent, and which posts nobody can be sent to."""
        deserted = self._deserted()
        need = self._least(deserted)
        if (need <= self.people).all():
            return sparse.coo_array((self.size, self.size), dtype=np.int64), deserted
        return self._fewest(need), deserted

    def _need(self, tasks: int, able: int, deserted: Bools) -> Ints:
        """People whom each post needs so that no load is above ``tasks`` / ``able``."""
        need = -(-self.tasks * able // (self.capacity * tasks))
        return np.where(deserted, 0, need)

    def _least(self, deserted: Bools) -> Ints:
        """What each post needs at the smallest highest load that is in reach, or at ``enough`` if that is more."""
        tasks, able = self._loads(deserted)
        low, high = 0, len(tasks) - 1  # loads fall; the first is always in reach
        while low < high:
            middle = (low + high + 1) // 2
            if self._reach(self._need(int(tasks[middle]), int(able[middle]), deserted)):
                low = middle
            else:
                high = middle - 1
        if not len(tasks):
            return np.zeros(self.size, np.int64)
        least = max(Fraction(int(tasks[low]), int(able[low])), self.enough)
        return self._need(*least.as_integer_ratio(), deserted)

    def _loads(self, deserted: Bools) -> tuple[Ints, Ints]:
        """Every load that can be the highest, as (tasks, able), from the highest down: whole people at each post, from
        one to all who are near."""
        busy = np.flatnonzero((self.tasks > 0) & ~deserted)
        most = self.near[busy]
        at = np.repeat(busy, most)
        people = np.arange(len(at)) - np.repeat(np.cumsum(most) - most, most) + 1
        tasks, able = self.tasks[at], people * self.capacity[at]
        assert max(tasks.max(initial=0), able.max(initial=0)) < MOST
        first = np.unique(-(tasks / able), return_index=True)[1]
        return tasks[first], able[first]

    def _deserted(self) -> Bools:
        """Posts with tasks that are left over when as many as possible get one person."""
        busy = (self.tasks > 0).astype(np.int64)
        flow = self._flow(busy).tocoo()
        filled = np.bincount(flow.row[flow.col == 1] - 2 - self.size, flow.data[flow.col == 1], self.size)
        return (busy > 0) & (filled < 1)

    def _reach(self, need: Ints) -> bool:
        if need.sum() > self.people.sum() or (need > self.near).any():
            return False
        return bool(self._flow(need).data.clip(min=0).sum() == 3 * need.sum())

    def _flow(self, need: Ints) -> sparse.csr_array:
        """A largest flow from 0 by homes and posts to 1; what flows, forward only."""
        own = np.arange(self.size)
        source, sink = np.zeros(self.size, np.int64), np.ones(self.size, np.int64)
        start = np.concatenate([source, 2 + self.home, 2 + self.size + own])
        end = np.concatenate([2 + own, 2 + self.size + self.post, sink])
        room = np.concatenate([self.people, self.people[self.home], need]).astype(np.int32)
        size = 2 + 2 * self.size
        flow = maximum_flow(sparse.csr_array((room, (start, end)), (size, size)), 0, 1, method="dinic").flow
        return sparse.csr_array(flow.maximum(0))

    def _fewest(self, need: Ints) -> sparse.coo_array:
        """The fewest people lent such that every post has what it needs and each goes one step at most."""
        lends = self.people[self.origin] > 0
        origin, destination = self.origin[lends], self.destination[lends]
        one, at = np.ones(len(origin)), np.arange(len(origin))
        shape = (self.size, len(origin))
        leaves, comes = sparse.csr_array((one, (origin, at)), shape), sparse.csr_array((one, (destination, at)), shape)
        found = linprog(
            one, A_ub=sparse.vstack([leaves - comes, leaves]), b_ub=np.concatenate([self.people - need, self.people]),
            bounds=(0, None), method="highs-ds",
        )  # fmt: skip
        moved = whole(found.x, found.message)
        some = moved > 0
        return sparse.coo_array((moved[some], (origin[some], destination[some])), (self.size, self.size))


def touching(shapes: Sequence[BaseGeometry | None]) -> Ints:
    """(m, 2) places of the areas (WGS-84) whose borders touch, each pair once; an area without a shape stands alone."""
    touch = of_shapes(np.array([*shapes, None], np.object_)).ring(1).tocoo()
    pairs: Ints = np.stack([touch.row, touch.col], axis=1).astype(np.int64)
    return pairs[pairs[:, 0] < pairs[:, 1]]
