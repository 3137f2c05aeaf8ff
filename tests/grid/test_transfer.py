"""Transfers against every division and every way of carrying it out that there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from grid.transfer import Holding, Ints, Plan, distances, plan

Units = tuple[int, ...]


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Holding], Ints, int]:
    n = draw(st.integers(1, 4))
    used = st.builds(Fraction, st.integers(0, 4), st.integers(1, 2))
    stocks = draw(st.lists(st.integers(0, 4), min_size=n, max_size=n))
    holdings = [Holding(str(at), stock, draw(used)) for at, stock in enumerate(stocks)]
    metres = np.array(draw(st.lists(st.integers(1, 9), min_size=n * n, max_size=n * n)), np.int64).reshape(n, n)
    return holdings, metres + metres.T, draw(st.integers(1, 3))


def divisions(total: int, parts: int) -> Iterator[Units]:
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in divisions(total - first, parts - 1):
            yield (first, *rest)


def cost(before: Units, after: Units, metres: Ints) -> int:
    """The least metres x units that make one division of another: every unit that is too much goes to a place where
    one is lacking, whichever."""
    spare = [at for at, (b, a) in enumerate(zip(before, after, strict=True)) for _ in range(b - a)]
    short = [at for at, (b, a) in enumerate(zip(before, after, strict=True)) for _ in range(a - b)]

    @lru_cache(None)
    def rest(at: int, left: frozenset[int]) -> int:
        if at == len(spare):
            return 0
        return min(int(metres[spare[at], short[to]]) + rest(at + 1, left - {to}) for to in left)

    return rest(0, frozenset(range(len(short))))


def days(after: Sequence[int], holdings: Sequence[Holding]) -> list[Fraction]:
    return sorted(units / one.used for units, one in zip(after, holdings, strict=True) if one.used)


def best(holdings: Sequence[Holding], metres: Ints, target: int) -> tuple[bool, list[Fraction], int]:
    """Whether all reach the target, else the fairest days; and the least metres x units."""
    before = tuple(one.stock for one in holdings)
    every = list(divisions(sum(before), len(before)))
    reached = [a for a in every if all(n >= one.used * target for n, one in zip(a, holdings, strict=True))]
    if not reached:
        fairest = max(days(a, holdings) for a in every)
        return False, fairest, min(cost(before, a, metres) for a in every if days(a, holdings) == fairest)
    return True, [], min(cost(before, a, metres) for a in reached)


def account(made: Plan) -> None:
    """Every sum of the explanation."""
    for line in made.lines:
        assert line.after == line.before + line.received - line.given >= 0
        assert line.received == sum(move.units for move in made.moves if move.destination == line.code)
        assert line.given == sum(move.units for move in made.moves if move.origin == line.code)
        assert not (line.given and line.received)
    assert sum(line.after for line in made.lines) == made.stock
    assert made.units == sum(line.given for line in made.lines) == sum(line.received for line in made.lines)
    assert all(move.units > 0 for move in made.moves)


@given(cases())
@settings(max_examples=100, deadline=None)
def test_no_division_is_better(case: tuple[list[Holding], Ints, int]) -> None:
    holdings, metres, target = case
    made = plan(holdings, metres, target)
    account(made)
    enough, fairest, least = best(holdings, metres, target)
    assert made.enough == enough
    assert sum(move.units * move.metres for move in made.moves) == least
    after = [line.after for line in made.lines]
    if enough:
        assert all(n >= one.used * target for n, one in zip(after, holdings, strict=True))
    else:
        assert days(after, holdings) == fairest


def test_many_small_users_come_before_the_rounding_of_a_large_one() -> None:
    """Ten who use one a day and one who uses a hundred share fifty: everybody small gets one first."""
    holdings = [Holding(str(at), 0, Fraction(1)) for at in range(10)] + [Holding("large", 50, Fraction(100))]
    made = plan(holdings, np.ones((11, 11), np.int64), 7)
    assert [line.after for line in made.lines] == [1] * 10 + [40]
    assert made.least_after == Fraction(2, 5)
    assert made.least_before == 0


def test_a_city_of_streets_adds_up() -> None:
    random = np.random.default_rng(1)
    at = random.uniform(0, 60_000, (215, 2))
    metres = np.rint(np.hypot(*(at[:, None] - at).transpose(2, 0, 1))).astype(np.int64)
    reached = []
    for scale in (20_000, 60_000):
        used = random.integers(1, 5_000, 215).tolist()
        stock = random.integers(0, scale, 215).tolist()
        holdings = [Holding(str(n), s, Fraction(u, 7)) for n, (s, u) in enumerate(zip(stock, used, strict=True))]
        made = plan(holdings, metres, 60)
        account(made)
        assert made.enough == (made.needed <= made.stock)
        reached.append(made.enough)
    assert reached == [False, True]


def test_distances_are_those_of_the_sphere() -> None:
    """A degree of latitude, and a degree of longitude at 60 degrees, which is half of one at the equator."""
    points = [shapely.Point(x, y).buffer(0.01) for x, y in ((0, 59.5), (0, 60.5), (1, 59.5))]
    found = distances(points)
    assert found[0, 1] == 111_196
    assert abs(found[0, 2] - 111_195 * np.cos(np.radians(59.5))) < 3
    assert (found == found.T).all()
    assert (np.diag(found) == 0).all()
