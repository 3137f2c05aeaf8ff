"""Small random trees, told and corrected: a linear program never finds a hidden number."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grid.areas import Area, plant
from grid.hiding.decide import Decision, Told, decide
from grid.hiding.nodes import Nodes, nodes_of
from grid.leaves import Cells, lay
from tests.grid.hiding.attack import Interval, Sum, bounds

K = 5


def nodes(fan: tuple[int, ...], cells: int) -> Nodes:
    """A tree: ``fan`` children a level, ``cells`` in each finest area."""
    found = [Area("9", "市", "", "city", None)]
    tips = ["9"]
    for level, many in zip(("district", "street", "community"), fan, strict=False):
        tips = [f"{tip}{n}" for tip in tips for n in range(many)]
        found += [Area(code, code, "", level, code[:-1]) for code in tips]
    areas = plant(found, "city.toml")
    rows = [areas.row_of[tip] for tip in tips for _ in range(cells)]
    names = Cells([f"c{n}" for n in range(len(rows))], 9)
    pairs = (np.array(rows, np.int32), np.arange(len(rows), dtype=np.int32), np.ones(len(rows), np.int64))
    return nodes_of(*lay(areas, pairs, names))


def history(tree: Nodes, seed: int, versions: int) -> list[Told]:
    """A day as told, then corrected: more, fewer, moved, newly stated, and taken back."""
    chance = random.Random(seed)
    mean = chance.choice([0.3, 1, 3, 12])
    value = np.array([int(chance.expovariate(1 / mean)) if chance.random() < 0.6 else 0 for _ in range(tree.leaves)])
    stated = np.array([chance.random() < chance.choice([0.6, 1.0]) for _ in range(tree.leaves)])
    found = [Told(np.where(stated, value, 0), stated.copy())]
    for _ in range(versions - 1):
        for _ in range(chance.choice([0, 1, 1, 2, 6])):
            leaf = chance.randrange(tree.leaves)
            stated[leaf] = chance.random() < 0.95
            value[leaf] = max(0, value[leaf] + chance.choice([-9, -3, -1, 1, 1, 2, 7])) * stated[leaf]
        if chance.random() < 0.2:  # told anew, to finer places: much of it lies elsewhere now
            some = [leaf for leaf in range(tree.leaves) if stated[leaf] and chance.random() < 0.8]
            value[some] = value[some][::-1]
        found.append(Told(np.where(stated, value, 0), stated.copy()))
    return found


def chain(tree: Nodes, told: list[Told]) -> list[Decision]:
    """The decisions, version after version."""
    found: list[Decision] = []
    for each in told:
        found.append(decide(tree, each, K, found[-1] if found else None))
    return found


def attacked(tree: Nodes, decisions: list[Decision]) -> list[tuple[int, int, Interval]]:
    """(version, node, interval) of every hidden number, from all versions together."""
    fresh = tree.leaves
    variable = np.arange(tree.leaves)
    shown: list[Sum] = []
    hidden: list[Sum] = []
    about: list[tuple[int, int]] = []
    before = None
    for version, each in enumerate(decisions):
        if before is not None:
            moved = (each.told.value != before.told.value) | (each.told.stated != before.told.stated)
            variable = variable.copy()
            variable[moved] = fresh + np.arange(moved.sum())
            fresh += int(moved.sum())
        before = each
        sums, stated = tree.sums(each.told.value), tree.sums(each.told.stated)
        for node in np.flatnonzero(stated):
            leaves = np.arange(tree.lo[node], tree.hi[node])
            one = Sum(variable[leaves[each.told.stated[leaves]]], float(sums[node]))
            if each.hidden[node]:
                hidden.append(one)
                about.append((version, int(node)))
            else:
                shown.append(one)
    return [(*what, found) for what, found in zip(about, bounds(fresh, shown, hidden), strict=True)]


trees = st.sampled_from([((3,), 0), ((4,), 3), ((2, 3), 0), ((3, 2), 2), ((2, 2, 2), 2), ((6, 3), 1)])


@settings(max_examples=100)
@example(((6, 3), 1), 10_000_709, 9)  # a large number comes to light inside one that waits for a block
@example(((3, 2), 2), 740, 5)  # what was stated is taken back
@given(trees, st.integers(0, 10**6), st.sampled_from([1, 2, 5]))
def test_nothing_hidden_is_found_nor_nearly(shape: tuple[tuple[int, ...], int], seed: int, versions: int) -> None:
    tree = nodes(*shape)
    decisions = chain(tree, history(tree, seed, versions))
    for version, node, found in attacked(tree, decisions):
        assert found.width >= K - 1e-6, (version, node, found)


@given(trees, st.integers(0, 10**6))
def test_no_small_number_is_shown_and_what_is_hidden_stays_hidden(
    shape: tuple[tuple[int, ...], int], seed: int
) -> None:
    tree = nodes(*shape)
    decisions = chain(tree, history(tree, seed, 8))
    for each in decisions:
        sums = tree.sums(each.told.value)
        small = (sums < K) & (tree.sums(each.told.stated) > 0)
        assert each.hidden[small].all() or not sums.any() or (sums[small & ~each.hidden] == 0).all()
    for before, after in pairwise(decisions):
        if not before.hidden[0] or before.sealed[0]:
            assert (after.own | ~before.own).all()
