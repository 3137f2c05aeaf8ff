"""The cut: a rule of a few lines, held to linear programs over everything that it lets be shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from grid.areas import Areas
from grid.hiding.cut import First, cut, safe, with_rest
from tests.grid.hiding.attack import Sum, bounds

Ints = NDArray[np.int64]

K = 5
DAY = dt.date(2022, 4, 1)
SLACK = 1e-6

#: (city, two districts, two streets each): parents by row.
PARENTS = (-1, 0, 1, 1, 0, 4, 4)
#: Marks of a person: colour (the first is not split), age of those who are held, whether it is doubted, whether a late
#: one is near. One kind of person a combination.
KINDS = [(0, 0, 0, 0)] + [(c, a, d, n) for c in (1, 2) for a in (0, 1, 2) for d in (0, 1) for n in (0, 1) if a or not n]


def tree(parents: tuple[int, ...] = PARENTS) -> Areas:
    """Areas whose leaves are themselves, one each."""
    n = len(parents)
    last = np.arange(1, n + 1)
    for row in range(n - 1, 0, -1):
        last[parents[row]] = max(last[parents[row]], last[row])
    rows, words = np.arange(n, dtype=np.int32), [str(row) for row in range(n)]
    return Areas(
        words, words, words, words, np.array(parents, np.int32), last.astype(np.int32), [None] * n, rows,
        last.astype(np.int32),
    )  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A number of each column is the people of some kinds: ``columns`` of each layer by kind."""

    areas: Areas
    people: Ints

    def layers(self) -> list[Ints]:
        """The layers as the code desk makes them."""
        total = np.stack([self.people[self.areas.lo[r] : self.areas.hi[r]].sum(axis=0) for r in range(len(self.areas))])
        return [total @ one.T for one in columns()]


def columns() -> list[Ints]:
    """(columns, kinds) of each layer: late or not of the held; colours; ages of the held; doubted or not of the held,
    near or not of the late."""
    kinds = np.array(KINDS)
    colour, age, doubted, near = kinds.T
    held, late = colour > 0, age > 0
    pairs = [with_rest(1 * (part & whole), 1 * whole) for part, whole in ((doubted == 1, held), (near == 1, late))]
    last = np.concatenate(pairs, axis=1).T
    first = with_rest(1 * late, 1 * held).T
    return [
        first,
        np.stack([colour == c for c in range(3)]) * 1,
        np.stack([held & (age == a) for a in range(3)]) * 1,
        last,
    ]


tables = st.lists(
    st.lists(st.sampled_from([0, 0, 0, 1, 3, 5, 6, 20]), min_size=len(KINDS), max_size=len(KINDS)),
    min_size=len(PARENTS), max_size=len(PARENTS),
)  # fmt: skip


def numbers(table: Table, shown: list[NDArray[np.bool_]]) -> Iterator[tuple[bool, Sum]]:
    """(whether it is shown, the number) of every area and column, and of what is known of an area and of none below
    it; unknowns: people by leaf and kind."""
    unknown = np.arange(table.people.size).reshape(table.people.shape)
    for layer, open_ in zip(columns(), shown, strict=True):
        for row in range(len(table.areas)):
            whole = slice(table.areas.lo[row], table.areas.hi[row])
            below = [(bool(open_[row + 1]), slice(row, row + 1))] if table.areas.last[row] > row + 1 else []
            for kinds in layer == 1:
                for seen, leaves in [(bool(open_[row]), whole), *below]:
                    yield seen, Sum(unknown[leaves][:, kinds].ravel(), float(table.people[leaves][:, kinds].sum()))


@settings(max_examples=12)
@given(tables)
@example([[0] * len(KINDS)] * len(PARENTS))
@example([[20] * len(KINDS)] * len(PARENTS))
@example([[20] * len(KINDS), *[[20] + [6] * (len(KINDS) - 1)] * 5, [20] + [1] * (len(KINDS) - 1)])
def test_no_hidden_number_is_told_by_all_that_is_shown(people: list[list[int]]) -> None:
    table = Table(tree(), np.array(people, np.int64))
    shown = cut(table.areas, table.layers(), K)
    found = list(numbers(table, shown))
    told = [one for open_, one in found if open_]
    assert all(one.value == 0 or one.value >= K for one in told)
    hidden = [one for open_, one in found if not open_]
    for one, interval in zip(hidden, bounds(table.people.size, told, hidden), strict=True):
        # what is nought because a shown nought holds it, or all of a number that is shown, is no small number
        assert interval.width >= K - SLACK or one.value == 0 or one.value >= K


def test_the_attacker_finds_what_is_hidden_by_itself() -> None:
    """The same tables with small numbers alone hidden: the oracle sees that."""
    people = np.full((len(PARENTS), len(KINDS)), 6)
    people[-1] = 0
    people[-1, 1] = 2
    table = Table(tree(), people)
    shown = [np.ones(len(PARENTS), np.bool_) for _ in columns()]
    found = list(numbers(table, shown))
    told = [one for _, one in found if safe(np.array([one.value]), K).all()]
    hidden = [one for _, one in found if not safe(np.array([one.value]), K).all()]
    assert hidden
    assert any(one.width < 1 for one in bounds(people.size, told, hidden))


def test_a_family_is_shown_or_hidden_as_a_whole() -> None:
    areas = tree()
    value = np.array([[60], [30], [12], [12], [30], [28], [2]])
    value[1], value[4], value[0] = value[2] + value[3] + 6, value[5] + value[6], 60
    assert cut(areas, [value], K)[0].tolist() == [True, True, True, True, True, False, False]
    value[1], value[4] = value[1] - 4, value[4] + 4  # what is known of the first district and of nothing below it: 2
    assert cut(areas, [value], K)[0].tolist() == [True, True, False, False, True, False, False]


def test_a_layer_is_shown_only_where_those_before_it_are() -> None:
    areas = tree((-1, 0, 0))
    coarse, fine = np.array([[20], [17], [3]]), np.array([[10], [5], [5]])
    assert [one.tolist() for one in cut(areas, [coarse, fine], K)] == [[True, False, False], [True, False, False]]
    barred = np.array([False, False, True])
    assert cut(areas, [fine], K, barred)[0].tolist() == [True, False, False]
    assert cut(areas, [fine], K)[0].tolist() == [True, True, True]


def test_small_cities_show_nothing() -> None:
    assert not cut(tree(), [np.ones((len(PARENTS), 1), np.int64)], K)[0].any()


def test_a_day_is_told_once() -> None:
    earlier = [(DAY - dt.timedelta(n), source, n) for n in (2, 1) for source in "ab"]
    assert First([*earlier, (DAY, "a", 5)]).load(DAY) is None  # b is late
    assert First([*earlier, (DAY, "a", 5), (DAY, "b", 6)]).load(DAY) == 6
    assert First([*earlier, (DAY, "a", 5), (DAY, "b", 6), (DAY, "a", 9)]).load(DAY) == 6  # corrected later
    assert First([*earlier, (DAY, "a", 5), (DAY + dt.timedelta(3), "a", 8)]).load(DAY) == 8  # waited long enough
    assert First([]).load(DAY) is None
