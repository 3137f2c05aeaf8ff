"""The sandbox on made-up outbreaks whose truth is known, on Shanghai's of 2022, and on a future it must not see."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grid.arrays import Floats, Rows
from grid.policy.sandbox import (
    POINTS,
    STEPS,
    Against,
    Choice,
    Edges,
    Estimate,
    Frontier,
    Grain,
    Origin,
    choose,
    cover,
    frontier,
)

#: A square town: cells in rows and columns, streets of 10 x 10 cells, districts of 5 x 5 streets.
SIDE = 100
X, Y = (axis.ravel() for axis in np.meshgrid(np.arange(SIDE), np.arange(SIDE)))
STREET: Rows = (Y // 10 * (SIDE // 10) + X // 10).astype(np.int32)
DISTRICT: Rows = (Y // 50 * (SIDE // 50) + X // 50).astype(np.int32)


def touching(side: int) -> Edges:
    """Each cell with the eight around it."""
    number = np.arange(side * side).reshape(side, side)
    padded = np.pad(number, 1, constant_values=-1)
    around = np.stack(
        [padded[1 + dy : 1 + dy + side, 1 + dx : 1 + dx + side].ravel() for dy in (-1, 0, 1) for dx in (-1, 0, 1)], 1
    )
    known = around >= 0
    return Edges(np.concatenate([[0], np.cumsum(known.sum(1))[:-1]]), around[known].astype(np.int32))


EDGES = touching(SIDE)


def grains() -> list[Grain]:
    own = np.arange(SIDE * SIDE, dtype=np.int32)
    return [
        Grain("city", np.zeros(SIDE * SIDE, np.int32), 1),
        Grain("district", DISTRICT, 4),
        Grain("street", STREET, 100),
        Grain("cell+2", own, len(own), 2, EDGES),
        Grain("cell+1", own, len(own), 1, EDGES),
        Grain("cell", own, len(own)),
    ]


def people(chance: np.random.Generator) -> Floats:
    return np.rint(chance.gamma(2.0, 120.0, SIDE * SIDE)) + 1


def diffuse(seed: int, weeks: int = 4, cases: int = 4000) -> tuple[Floats, list[Origin]]:
    """As Omicron at its height: everybody everywhere is as likely as anybody to be the next."""
    chance = np.random.default_rng(seed)
    here = people(chance)
    by_week = [chance.poisson(cases * here / here.sum()).astype(np.float64) for _ in range(weeks + 1)]
    return here, [Origin(past, future) for past, future in pairwise(by_week)][::-1]


def clustered(seed: int, weeks: int = 4, cases: int = 4000, foci: int = 15) -> tuple[Floats, list[Origin]]:
    """Most of it around some foci, which creep on from week to week."""
    chance = np.random.default_rng(seed)
    here = people(chance)
    x, y = chance.uniform(5, SIDE - 5, (2, foci))
    by_week = []
    for _ in range(weeks + 1):
        near = np.exp(-((X[:, None] - x) ** 2 + (Y[:, None] - y) ** 2) / (2 * 1.5**2)).sum(axis=1)
        risk = here * (near + 0.0005)
        by_week.append(chance.poisson(cases * risk / risk.sum()).astype(np.float64))
        x, y = x + chance.normal(0, 0.7, foci), y + chance.normal(0, 0.7, foci)
    return here, [Origin(past, future) for past, future in pairwise(by_week)][::-1]


def shown(made: tuple[Floats, list[Origin]]) -> Frontier:
    return frontier(grains(), made[0], STREET, made[1])


def curve(made: Frontier, grain: str) -> int:
    return [each.grain.id for each in made.curves].index(grain)


# --- what every curve keeps ---------------------------------------------------------------------------


@given(seed=st.integers(0, 2**32 - 1), cases=st.integers(1, 3000))
def test_curves_rise_from_nothing_to_everything(seed: int, cases: int) -> None:
    here, origins = clustered(seed, weeks=2, cases=cases)
    origins = [origin for origin in origins if origin.future.any()]
    if not origins:
        return
    for each in frontier(grains(), here, STREET, origins).curves:
        for values in (each.covered, each.low, each.high):
            assert (np.diff(values) >= -1e-12).all()
            assert values[-1] == 1
        assert each.covered[0] == 0
        assert (each.low <= each.covered + 1e-12).all()
        assert (each.covered <= each.high + 1e-12).all()


def test_the_whole_city_covers_everything_and_a_part_of_it_a_part() -> None:
    whole = shown(clustered(1)).curves[0]
    assert whole.covered == pytest.approx(STEPS)
    assert [point.value for point in whole.points] == pytest.approx(POINTS)
    assert (whole.whole, whole.coarser, whole.needs(0.8)) == (None, None, 0.8)


def oracle(score: Floats, cost: Floats, found: Floats, share: float) -> float:
    """The expected share, unit by unit: a group of equals is entered as far as the room goes."""
    room, inside = share * cost.sum(), 0.0
    for value in sorted(set(score.tolist()), reverse=True):
        equals = score == value
        part = min(1.0, room / cost[equals].sum()) if cost[equals].sum() else 1.0
        inside += part * found[equals].sum()
        room -= part * cost[equals].sum()
        if part < 1:
            break
    return float(inside / found.sum())


@given(data=st.data())
def test_coverage_is_that_of_the_units_taken_one_by_one(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 12))

    def numbers(low: int, high: int) -> Floats:
        return np.array(data.draw(st.lists(st.integers(low, high), min_size=size, max_size=size)), np.float64)

    score, cost, found = numbers(0, 3), numbers(1, 9), numbers(0, 5)
    found[0] += 1
    share = data.draw(st.floats(0, 1))
    grain = Grain("cell", np.arange(size, dtype=np.int32), size)
    assert cover(choose(grain, score, cost), found, np.array([share]))[0] == pytest.approx(
        oracle(score, cost, found, share)
    )


def test_rings_take_their_neighbours_along() -> None:
    score = np.zeros(SIDE * SIDE)
    score[50 * SIDE + 50] = 1
    own = np.arange(SIDE * SIDE, dtype=np.int32)
    for rings in (0, 1, 2):
        made = choose(Grain("cell", own, len(own), rings, EDGES), score, np.ones(SIDE * SIDE))
        first = np.flatnonzero(made.block == 0)
        near = (np.abs(X - 50) <= rings) & (np.abs(Y - 50) <= rings)
        assert first.tolist() == np.flatnonzero(near).tolist()


def test_what_lies_in_no_unit_is_taken_last() -> None:
    unit = np.array([0, 1, -1], np.int32)
    made = choose(Grain("street", unit, 2), np.array([0.0, 1.0, 9.0]), np.array([1.0, 1.0, 2.0]))
    assert made.block.tolist() == [1, 0, 2]
    assert cover(made, np.array([0.0, 1.0, 9.0]), np.array([0.25, 0.5, 1.0])).tolist() == [0.1, 0.1, 1.0]


def test_units_that_cost_nothing_come_along_for_nothing() -> None:
    made = choose(Grain("cell", np.arange(3, dtype=np.int32), 3), np.array([3.0, 2.0, 1.0]), np.array([0.0, 1.0, 1.0]))
    assert cover(made, np.ones(3), np.array([0.0, 0.5, 1.0])) == pytest.approx([1 / 3, 2 / 3, 1])


# --- no promise from the future -----------------------------------------------------------------------


def same(one: Choice, other: Choice) -> bool:
    names = ("block", "before", "cost", "units")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


def test_a_choice_never_sees_what_came_after() -> None:
    """The past alone makes the choice: another future changes what is covered, and nothing that is restricted."""
    here, origins = clustered(3)
    chance = np.random.default_rng(4)
    other = [Origin(origin.past, chance.permutation(origin.future)) for origin in origins]
    mine, theirs = frontier(grains(), here, STREET, origins), frontier(grains(), here, STREET, other)
    for one, two in zip(mine.curves, theirs.curves, strict=True):
        assert one.units == two.units
        assert np.array_equal(one.promised, two.promised)
    cell = curve(mine, "cell")
    assert mine.curves[cell].points[1].value > 3 * theirs.curves[cell].points[1].value
    assert not theirs.advantage


@given(seed=st.integers(0, 2**32 - 1))
def test_a_choice_is_the_same_whatever_comes(seed: int) -> None:
    here, origins = clustered(seed, weeks=1, cases=300)
    for grain in grains():
        assert same(choose(grain, origins[0].past, here), choose(grain, origins[0].past.copy(), here))


def test_the_days_of_the_choice_promise_too_much() -> None:
    """What was chosen by chance looks well covered until the next week comes: that is said, not hidden."""
    cell = shown(diffuse(5)).curves[-1]
    assert cell.optimism > 0.1
    assert cell.points[1].value < 0.08


# --- the verdict --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(30))
def test_no_advantage_where_everybody_is_as_likely(seed: int) -> None:
    made = shown(diffuse(seed))
    assert not made.advantage
    assert made.enough == "city"
    assert all(each.coarser is None or not each.coarser.pays for each in made.curves)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("cases", [30, 400, 40_000])
def test_no_advantage_at_any_size(seed: int, cases: int) -> None:
    assert not shown(diffuse(seed, cases=cases)).advantage


@pytest.mark.parametrize("seed", range(5))
def test_districts_are_fine_enough_where_only_districts_differ(seed: int) -> None:
    """How fine is fine enough: as fine as the outbreak itself is uneven."""
    chance = np.random.default_rng(seed)
    here = people(chance)
    risk = here * np.array([6.0, 1.0, 1.0, 2.0])[DISTRICT]
    by_week = [chance.poisson(4000 * risk / risk.sum()).astype(np.float64) for _ in range(5)]
    made = shown((here, [Origin(past, future) for past, future in pairwise(by_week)][::-1]))
    assert (made.advantage, made.enough) == (True, "district")


@pytest.mark.parametrize("seed", range(10))
def test_an_advantage_where_cases_gather(seed: int) -> None:
    made = shown(clustered(seed))
    assert made.advantage
    assert made.enough in ("cell", "cell+1", "cell+2")
    street, cell = made.curves[curve(made, "street")], made.curves[curve(made, made.enough)]
    assert street.coarser is not None
    assert street.coarser.pays
    assert cell.needs(0.8) < street.needs(0.8) < made.curves[0].needs(0.8)
    assert all(gain > 0 for gain in (cell.whole.gain if cell.whole else ()))


def test_one_week_alone_is_judged_with_its_own_error() -> None:
    here, origins = clustered(2)
    made = frontier(grains(), here, STREET, origins[:1])
    assert (made.origins, made.advantage) == (1, True)


@pytest.mark.parametrize(
    ("mean", "error", "verdict"), [(0.3, 0.1, "pays"), (0.3, 0.2, "unsure"), (0.01, 0.001, "none")]
)
def test_a_gain_is_worth_a_border_where_it_is_large_and_sure(mean: float, error: float, verdict: str) -> None:
    made = Against("city", (mean,), Estimate(mean, error))
    assert (made.pays, made.unsure) == (verdict == "pays", verdict == "unsure")


def test_one_place_is_no_evidence() -> None:
    """One finding in the one cell that was chosen: covered whole, and not to be relied on."""
    here, _ = clustered(2)
    found = np.zeros(SIDE * SIDE)
    found[5050] = 1
    made = frontier(grains(), here, STREET, [Origin(found, found)])
    cell = made.curves[-1]
    assert (cell.points[0].value, cell.points[0].error > 0.3) == (1, True)
    assert not made.advantage
    assert cell.coarser is not None
    assert cell.coarser.unsure
    assert all(point.error == 0 for point in made.curves[0].points)


def test_without_any_finding_there_is_nothing_to_choose_by() -> None:
    here, origins = clustered(2)
    made = frontier(grains(), here, STREET, [Origin(np.zeros(SIDE * SIDE), origins[0].future)])
    assert not made.advantage
    for each in made.curves[:3] + made.curves[-1:]:
        assert each.covered == pytest.approx(STEPS)


def test_the_error_covers_what_another_week_would_have_told() -> None:
    """Of many outbreaks alike, the figure of one lies within two of its errors of their mean nearly always."""
    figures = [shown(diffuse(seed, cases=800)).curves[2].points[3] for seed in range(40)]
    mean = np.mean([each.value for each in figures])
    inside = sum(abs(each.value - mean) <= 2 * each.error for each in figures)
    assert inside >= 34


def test_a_city_of_cells_takes_less_than_a_second() -> None:
    side = 212  # 44,944 cells
    chance, own = np.random.default_rng(1), np.arange(side * side, dtype=np.int32)
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(side), np.arange(side)))
    street = (y // 15 * 15 + x // 15).astype(np.int32)
    edges = touching(side)
    made = [
        Grain("city", np.zeros(len(own), np.int32), 1),
        Grain("street", street, int(street.max()) + 1),
        Grain("cell+2", own, len(own), 2, edges),
        Grain("cell+1", own, len(own), 1, edges),
        Grain("cell", own, len(own)),
    ]
    past, future = chance.poisson(0.3, (2, len(own))).astype(np.float64)
    start = time.process_time()
    frontier(made, np.ones(len(own)), street, [Origin(past, future)])
    assert time.process_time() - start < 1
