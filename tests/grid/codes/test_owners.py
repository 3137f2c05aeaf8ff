"""Somebody can always mend it; and who may assign."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.city import System
from grid.codes import columns_of
from grid.codes.owners import may_assign, owned, owner
from grid.codes.words import coded, joined
from tests.grid.codes import town

NAMES = st.sampled_from(["甲", "乙", "二七区指挥部", ""])
LISTS = st.lists(st.sampled_from(["甲", "乙", "{district}指挥部"]), max_size=2, unique=True)


def system(assigners: list[str], correctors: list[str]) -> System:
    return System(id="s", name="码", owner="主", assigners=assigners, correctors=correctors)


@pytest.mark.parametrize(
    ("assigners", "correctors", "authority", "district", "want"),
    [
        (["甲"], ["甲", "乙"], "甲", "二七区", "甲\tassigner"),
        (["甲"], ["乙"], "甲", "二七区", "乙\tsystem"),
        (["甲"], [], "甲", "二七区", "甲\tassigner"),
        (["甲"], [], "丙", "二七区", "二七区\tdistrict"),
        ([], ["{district}指挥部"], "甲", "二七区", "二七区指挥部\tsystem"),
        ([], ["{district}指挥部"], "甲", "", "郑州市\tcity"),
        ([], [], "甲", "二七区", "二七区\tdistrict"),
        ([], [], "", "", "郑州市\tcity"),
    ],
)
def test_who_owns(assigners: list[str], correctors: list[str], authority: str, district: str, want: str) -> None:
    assert owner(system(assigners, correctors), authority, district, "郑州市") == want


@given(LISTS, LISTS, NAMES, st.sampled_from(["二七区", ""]))
def test_never_nobody(assigners: list[str], correctors: list[str], authority: str, district: str) -> None:
    name, basis = owner(system(assigners, correctors), authority, district, "郑州市").split("\t")
    assert name
    assert basis in ("assigner", "system", "district", "city")


def test_right_to_assign() -> None:
    assert may_assign(system(["{district}指挥部"], []), "二七区指挥部", "二七区")
    assert not may_assign(system(["{district}指挥部"], []), "二七区指挥部", "金水区")
    assert may_assign(system([], []), "谁", "金水区")
    assert may_assign(system(["甲"], []), "", "金水区")


def test_rows_are_those_of_the_scalar() -> None:
    frame = town.ledger(300)
    columns = columns_of(town.checked(frame), town.leaves(frame), town.context())
    authority = joined(coded(columns.words["authority"]), coded(columns.words["batch"]), ["", ""])
    found = owned(columns, authority, town.context())
    names = town.TOWN.areas.name
    for at in np.random.default_rng(0).integers(0, len(columns), 200).tolist():
        district = names[town.TOWN.leaves.area[columns.leaf[at]]]
        who = town.SYSTEMS[columns.system[at]]
        said = authority.words[authority.code[at]]
        assert found.owner.words[found.owner.code[at]] == owner(who, said, district, "郑州市")
        assert found.no_right[at] == (not may_assign(who, said, district))
