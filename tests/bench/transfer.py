"""Transfers and rebalancing: optimal against every way there is on small cases, and how long a megacity takes.

Beside each of ours stands a rival in the same run. Of the transfers: the plain programme in whole units over all pairs
of places with the solver's branching (milp). Of the rebalancing: one programme in whole people with the highest load as
a variable, in which the capacity divides, so that branching is needed (it is stopped after LIMIT seconds). Small cases
are compared with every division of the stock and every choice of everybody where to work.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from grid.rebalance import Ints, Post, rebalance
from grid.transfer import Holding, plan
from tests.bench.table import Verdict, show
from tests.grid.test_rebalance import highest, table, ways
from tests.grid.test_transfer import best, days

#: Seconds that the goal allows each.
GOAL = 5.0
#: Seconds after which the rival's branching is stopped.
LIMIT = 10.0
SMALL, ITEMS, POSTS, TARGET = 100, 10, 5_386, 7


def run() -> Verdict:
    """Small cases against all there is, then the sizes of a megacity."""
    random = np.random.default_rng(8)
    right = sum(_small_transfer(random) for _ in range(SMALL)), sum(_small_loans(random) for _ in range(SMALL))
    print(f"{SMALL} small cases each: optimal {right[0]} transfers, {right[1]} rebalancings")
    rows, slowest, same = [], 0.0, True
    for n in (16, 215):
        ours, theirs, equal = _transfers(random, n)
        rows.append((f"{n} places x {ITEMS} items", f"{ours:.2f} s", f"{theirs:.2f} s", "same" if equal else "WORSE"))
        slowest, same = max(slowest, ours), same and equal
    for groups in (16, 1):
        ours, theirs, equal, said = _loans(random, groups)
        rows.append((f"{POSTS:,} posts in {groups} groups", f"{ours:.2f} s", f"{theirs:.2f} s", said))
        slowest, same = max(slowest, ours), same and equal
    show(("megacity", "ours", "milp", "its best against ours"), rows)
    optimal = right == (SMALL, SMALL)
    return Verdict(
        f"slowest {slowest:.2f} s, small cases {'all' if optimal else 'NOT ALL'} optimal, megacity "
        f"{'no worse' if same else 'WORSE'} than milp",
        f"goal: < {GOAL:.0f} s, all optimal, no worse", slowest < GOAL and optimal and same,
    )  # fmt: skip


def _small_transfer(random: np.random.Generator) -> bool:
    n, target = int(random.integers(2, 5)), int(random.integers(1, 4))
    holdings = [
        Holding(str(at), int(random.integers(0, 5)), Fraction(int(random.integers(0, 5)), 2)) for at in range(n)
    ]
    metres = _metres(random, n, 9)
    made = plan(holdings, metres, target)
    enough, fairest, least = best(holdings, metres, target)
    cost = sum(move.units * move.metres for move in made.moves)
    return (made.enough, cost) == (enough, least) and (
        enough or days([x.after for x in made.lines], holdings) == fairest
    )


def _small_loans(random: np.random.Generator) -> bool:
    n = int(random.integers(2, 5))
    posts = [
        Post(str(at), int(random.integers(9)), int(random.integers(1, 4)), int(random.integers(1, 4)))
        for at in range(n)
    ]
    edges = [pair for pair in itertools.combinations(range(n), 2) if random.random() < 0.6]
    made = rebalance(posts, table(edges), Fraction(0))
    every = [(highest(posts, after)[""], moved) for after, moved in ways(posts, edges)]
    known = [(load, moved) for load, moved in every if load is not None]
    return (made.highest_after, made.moved) == min(known)


def _metres(random: np.random.Generator, n: int, side: int) -> Ints:
    at = random.uniform(0, side, (n, 2))
    metres: Ints = np.ceil(np.hypot(*(at[:, None] - at).transpose(2, 0, 1))).astype(np.int64)
    return metres


def _transfers(random: np.random.Generator, n: int) -> tuple[float, float, bool]:
    """Seconds of ours and of the rival for all items, half of them scarce; whether both come to the same."""
    metres, ours, theirs, same = _metres(random, n, 60_000), 0.0, 0.0, True
    for item in range(ITEMS):
        used = random.integers(50, 5_000, n)
        stock = random.integers(0, (28_000, 45_000)[item % 2], n)
        holdings = [
            Holding(str(at), int(s), Fraction(int(u), 7)) for at, (s, u) in enumerate(zip(stock, used, strict=True))
        ]
        start = time.perf_counter()
        made = plan(holdings, metres, 7 * TARGET)
        ours += time.perf_counter() - start
        after = np.array([line.after for line in made.lines])
        low = np.array([-(-one.used * 7 * TARGET // 1) for one in holdings], np.int64) if made.enough else after
        start = time.perf_counter()
        rival = _plain(stock, low, np.full(n, stock.sum()) if made.enough else after, metres)
        theirs += time.perf_counter() - start
        same &= sum(move.units * move.metres for move in made.moves) <= rival + 0.5
    return ours, theirs, same


def _plain(stock: Ints, low: Ints, high: Ints, metres: Ints) -> float:
    """The least metres x units over all pairs of places, in whole units by branching."""
    n = len(stock)
    origin, destination = (at.ravel() for at in np.indices((n, n)))
    at, one = np.arange(n * n), np.ones(n * n)
    gains = sparse.csr_array((np.concatenate([one, -one]), (np.concatenate([destination, origin]), np.tile(at, 2))))
    found = milp(metres.ravel(), constraints=LinearConstraint(gains, low - stock, high - stock), integrality=one,
                 bounds=Bounds(0, np.inf), options={"time_limit": LIMIT, "mip_rel_gap": 0})  # fmt: skip
    return float(found.fun)


def _loans(random: np.random.Generator, groups: int) -> tuple[float, float, bool, str]:
    """Seconds of ours and of the rival; whether the rival's best is no better than ours; and what that is."""
    posts, edges = _city(random, groups)
    start = time.perf_counter()
    made = rebalance(posts, edges, Fraction(0))
    ours = time.perf_counter() - start
    start = time.perf_counter()
    theirs = _branched(posts, edges)
    seconds = time.perf_counter() - start
    highest_of = float(made.highest_after or 0)
    said = f"no answer in {LIMIT:.0f} s" if theirs is None else f"{theirs:.3f} to {highest_of:.3f}"
    return ours, seconds, theirs is None or highest_of <= theirs + 1e-6, said


def _city(random: np.random.Generator, groups: int) -> tuple[list[Post], Ints]:
    """Posts in rows; each touches six others. Tasks crowd, people are few."""
    at, side = np.arange(POSTS), 74
    steps = [(1, (at + 1) % side != 0), (side, at >= 0), (side + 1, (at + 1) % side != 0)]
    edges = np.concatenate([np.stack([at, at + step], 1)[fits & (at + step < POSTS)] for step, fits in steps])
    tasks, people = random.poisson(random.lognormal(3.5, 1, POSTS)).tolist(), random.integers(1, 12, POSTS).tolist()
    posts = [
        Post(str(n), t, p, 8, str(n * groups // POSTS)) for n, (t, p) in enumerate(zip(tasks, people, strict=True))
    ]
    return posts, edges


def _branched(posts: Sequence[Post], edges: Ints) -> float | None:
    """The highest load of all groups by one programme in whole people: its inverse is what is made as large as can be."""
    same = np.array([posts[i].group == posts[j].group for i, j in edges.tolist()])
    origin, destination = np.concatenate([edges[same], edges[same][:, ::-1]]).T
    n, m = len(posts), len(origin)
    tasks, people, able = (
        np.array([getattr(post, name) for post in posts]) for name in ("tasks", "people", "capacity")
    )
    one, at = np.ones(m), np.arange(m)
    leaves, comes = sparse.csr_array((one, (origin, at)), (n, m)), sparse.csr_array((one, (destination, at)), (n, m))
    rows = sparse.hstack([comes - leaves, sparse.csr_array(-(tasks / able)[:, None])])
    limits = [LinearConstraint(rows, -people, np.inf),
              LinearConstraint(sparse.hstack([leaves, sparse.csr_array((n, 1))]), -np.inf, people)]  # fmt: skip
    found = milp(np.append(np.zeros(m), -1), constraints=limits, integrality=np.append(one, 0), bounds=Bounds(0, np.inf),
                 options={"time_limit": LIMIT, "mip_rel_gap": 0})  # fmt: skip
    return None if found.x is None or not found.x[-1] else 1 / float(found.x[-1])
