"""Persons of several systems against a dictionary, and conflicts against pandas."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grid.codes.combine import Joining, Together, block, blocked_by_one, facts, in_conflict

#: (person, system, leaf, colour)
ROWS = st.lists(
    st.tuples(st.integers(1, 12), st.integers(0, 7), st.integers(0, 3), st.integers(0, 2)), min_size=0, max_size=80
)
#: Persons' numbers are spread over all bits.
SPREAD = 0x9E3779B97F4A7C15


def joined(rows: list[tuple[int, int, int, int]], pieces: int, threads: int = 1) -> tuple[Together, list[int]]:
    persons = np.array([row[0] * SPREAD % 2**64 for row in rows], np.uint64)
    system, leaf, colour = (np.array([row[n] for row in rows], np.int32) for n in (1, 2, 3))
    told = facts(system.astype(np.uint8), leaf, colour.astype(np.uint8))
    cuts = np.linspace(0, len(rows), pieces + 1).astype(int)
    blocks = [block(("f", n), persons[a:b], told[a:b]) for n, (a, b) in enumerate(pairwise(cuts))]
    joining = Joining(blocks[::-1], persons, (8, 4))
    for _ in range(threads):
        joining.work()
    return joining.together(), persons.tolist()


@pytest.mark.parametrize("use", ["1", "0"])
@settings(max_examples=100, deadline=None)
@given(rows=ROWS, pieces=st.integers(1, 4), threads=st.integers(1, 2))
def test_people_are_brought_together(
    use: str, rows: list[tuple[int, int, int, int]], pieces: int, threads: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONESCREEN_NUMBA", use)
        found, _ = joined(rows, pieces, threads)
    shown: dict[int, dict[int, int]] = {}
    leaf: dict[int, tuple[int, int]] = {}
    for person, system, place, colour in rows:
        systems = shown.setdefault(person, {})
        systems[system] = max(systems.get(system, 0), colour + 1)
        leaf[person] = min(leaf.get(person, (99, 99)), (system, place))
    bits = {
        person: sum(colour << 2 * system for system, colour in systems.items()) for person, systems in shown.items()
    }
    want = Counter((leaf[person][1], bits[person]) for person in shown)
    got = {(int(r["leaf"]), int(r["colours"])): int(r["n"]) for r in found.combinations}
    assert got == want
    assert list(got) == sorted(got)
    assert found.colours.tolist() == [bits[row[0]] for row in rows]


@given(st.lists(st.lists(st.integers(0, 3), min_size=8, max_size=8), max_size=50))
def test_what_colours_say(people: list[list[int]]) -> None:
    bits = np.array([sum(colour << 2 * n for n, colour in enumerate(each)) for each in people], np.uint16)
    known = [[colour for colour in each if colour] for each in people]
    assert in_conflict(bits).tolist() == [len(set(each)) > 1 for each in known]
    blocked = [len(each) > 1 and sum(colour > 1 for colour in each) == 1 for each in known]
    assert blocked_by_one(bits).tolist() == blocked


def test_many_people_and_combinations() -> None:
    rng = np.random.default_rng(0)
    rows = list(zip(rng.integers(1, 60_000, 200_000).tolist(), *rng.integers(0, 3, (3, 200_000)).tolist(), strict=True))
    found, persons = joined(rows, 5, 2)
    assert found.combinations["n"].sum() == len(set(persons))
