"""The scan against every cylinder counted by hand, its two forms against each other, and a planted cluster."""

from __future__ import annotations

import math

import h3.api.basic_int as h3
import numpy as np
import pytest

from grid.arrays import Cells, Floats
from grid.rates import Part
from grid.risk import scan
from grid.risk.neighbours import Neighbours, of_hexes
from tests.grid.risk.test_neighbours import at_an_edge, torn
from tests.grid.risk.town import some, town, whole


def quiet(cells: Cells, days: int = 20, rate: float = 0.3, seed: int = 0) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    people = rng.integers(0, 900, len(cells)).astype(np.float64)
    return rng.poisson(people / 450 * rate, (days, len(cells))).astype(np.float64), people


def ratio(c: float, e: float, total: float) -> float:
    if c <= e or e <= 0 or e > total / 2:
        return 0.0
    rest = (total - c) * math.log((total - c) / (total - e)) if total > c else 0.0
    return c * math.log(c / e) + rest


def by_hand(counts: Floats, people: Floats, cells: Cells, rings: int, longest: int) -> Floats:
    """The highest ratio of every centre, disc by disc as h3 gives it, day by day."""
    row = {cell: n for n, cell in enumerate(cells.tolist())}
    total, days = counts.sum(), len(counts)
    found = np.zeros(len(cells))
    for cell, n in row.items():
        for k in range(rings + 1):
            inside = [row[o] for o in h3.grid_disk(cell, k) if o in row]
            for t in range(1, longest + 1):
                expected = total * people[inside].sum() / people.sum() * t / days
                found[n] = max(found[n], ratio(counts[-t:, inside].sum(), expected, total))
    return np.where(found > scan.FLOOR, found, 0.0)


@pytest.mark.parametrize("numba", ["1", "0"])
@pytest.mark.parametrize("cells", [torn(), at_an_edge()])
def test_every_cylinder_counted_by_hand(cells: Cells, numba: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONESCREEN_NUMBA", numba)
    counts, people = quiet(cells)
    counts[-3:, :20] += 2
    found = scan.scan(scan.window(whole(counts), people, 6), of_hexes(cells), 3)
    assert found.ratio == pytest.approx(by_hand(counts, people, cells, 3, 6), abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_both_forms_find_the_same_cylinders(seed: int) -> None:
    cells = town(12)
    cells = cells[np.random.default_rng(seed).random(len(cells)) < 0.9]
    counts, people = quiet(cells, 40, 0.05, seed)
    near, seen = of_hexes(cells), scan.window(whole(counts), people)
    fast, plain = scan.scan(seen, near, 7), scan.plain(seen, near, 7)
    assert fast.ratio == pytest.approx(plain.ratio, abs=1e-10)
    assert (fast.rings == plain.rings).all()
    assert (fast.days == plain.days).all()
    assert (fast.ratio > 0).any()


def planted() -> tuple[scan.Window, Neighbours, int]:
    cells = town(15)
    counts, people = quiet(cells, 60, 0.02, 3)
    people[:] = 300.0
    near, centre = of_hexes(cells), 333
    counts[-9:, near.disc(centre, 3)] += np.random.default_rng(1).poisson(0.5, (9, 37))
    return scan.window(whole(counts), people), near, centre


def test_a_planted_cluster_is_found_and_is_no_chance() -> None:
    seen, near, centre = planted()
    first, *others = scan.clusters(scan.scan(seen, near), seen, near)
    assert (first.centre, first.rings, first.days) == (centre, 3, 9)
    assert first.cases == seen.recent[8, near.disc(centre, 3)].sum()
    assert first.expected == pytest.approx(seen.total * 37 / near.size * 9 / 60)
    assert first.ratio == pytest.approx(ratio(first.cases, first.expected, seen.total))
    maxima = scan.null_maxima(seen, near, scan.RINGS, 99, np.random.default_rng(2))
    assert scan.p_value(first.ratio, maxima) == 0.01
    assert scan.recurrence(scan.p_gumbel(first.ratio, maxima)) > scan.RECURRENCE
    taken = set(near.disc(first.centre, first.rings).tolist())
    for other in others:
        more = set(near.disc(other.centre, other.rings).tolist())
        assert not taken & more
        taken |= more


def test_p_values_of_chance_are_even() -> None:
    """Data that is chance itself: its p value is below 0.2 about one time in five."""
    near = of_hexes(town(6))
    people = np.full(near.size, 100.0)
    rng = np.random.default_rng(7)
    found = []
    for _ in range(60):
        seen = scan.window(whole(rng.poisson(0.02, (30, near.size))), people, 10)
        top = float(scan.plain(seen, near, 4, 0.0).ratio.max())
        found.append(scan.p_value(top, scan.null_maxima(seen, near, 4, 19, rng)))
    assert 0.06 <= np.mean(np.array(found) <= 0.2) <= 0.38


def test_days_that_nobody_reported_are_no_days() -> None:
    cells = town(4)
    counts, people = quiet(cells)
    holes = np.insert(counts, 12, np.nan, axis=0)
    with_hole, without = scan.window(some(holes), people), scan.window(whole(counts), people)
    assert (with_hole.recent == without.recent).all()
    assert (with_hole.days, with_hole.total, with_hole.scale) == (without.days, without.total, without.scale)


def test_a_unit_that_misses_days_is_expected_to_have_less() -> None:
    counts = np.ones((10, 7))
    counts[:5, 0] = np.nan
    seen = scan.window(some(counts), np.full(7, 100.0))
    assert seen.base.tolist() == [500.0] + [1000.0] * 6
    assert seen.base.sum() * seen.scale * seen.days == pytest.approx(seen.total)


def test_nothing_to_scan() -> None:
    near = of_hexes(town(2))
    for counts in (np.zeros((5, 19)), np.full((5, 19), np.nan)):
        seen = scan.window(some(counts), np.full(19, 50.0))
        assert not scan.scan(seen, near).ratio.any()
        assert scan.clusters(scan.scan(seen, near), seen, near) == []
    assert isinstance(scan.window(Part(np.zeros((0, 3)), np.zeros((0, 3), np.bool_)), np.ones(3)), scan.Window)
