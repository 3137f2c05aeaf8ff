"""Where something was found and where nobody said: against a definition told leaf by leaf."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from grid.cube import Cube
from grid.findings import FOUND, NONE, SILENT, Findings
from grid.geography import Geography
from tests.grid.told import Told, geography, vector
from tests.tiny import DAYS, Day, people, street_at

DAY = Day(2022, 3, 1)


def word(place: Geography, leaf: int, values: Sequence[int | None]) -> int:
    """What a list of numbers (None: not stated) says of one leaf, by the words of the module."""
    if values[leaf] is not None:
        return FOUND if values[leaf] else NONE
    areas, row = place.areas, int(place.leaves.area[leaf])
    if leaf == areas.lo[row] and whole(place, row, values):
        return NONE
    for above in reversed(areas.path(row)):
        own = values[int(areas.lo[above])]
        if own is not None:
            return SILENT if own else NONE
    return SILENT


def whole(place: Geography, row: int, values: Sequence[int | None]) -> bool:
    """Whether all parts of an area were spoken of."""
    areas, leaves = place.areas, place.leaves
    if values[int(areas.lo[row])] is not None:
        return True
    own = [leaf for leaf in range(len(leaves)) if leaves.area[leaf] == row and leaves.cell[leaf] >= 0]
    children = areas.children(row).tolist()
    if (not own and not children) or leaves.m2[areas.lo[row]] > place.area_m2[row] / 100:
        return False
    return all(values[leaf] is not None for leaf in own) and all(whole(place, child, values) for child in children)


NUMBERS = st.lists(st.sampled_from([None, None, 0, 0, 0, 2]), min_size=12, max_size=12)


@settings(max_examples=300, deadline=None)
@given(NUMBERS, st.sampled_from([0, 50]))
def test_one_base_against_its_definition(values: list[int | None], edge: int) -> None:
    place = geography(edge)
    found = Findings(Told(place, {"cases": vector(values)}).view).on([DAY])[0]
    assert found.word.tolist() == [word(place, leaf, values) for leaf in range(len(values))]
    open_ = [row for row in range(len(place.areas)) if place.areas.hi[row] - place.areas.lo[row] > 1]
    loose = {row: values[int(place.areas.lo[row])] or 0 for row in open_}
    assert found.loose.tolist() == [loose.get(row, 0) for row in range(len(place.areas))]


@settings(max_examples=200, deadline=None)
@given(NUMBERS, NUMBERS, NUMBERS)
def test_either_base_is_enough(cases: list[int | None], more: list[int | None], addresses: list[int | None]) -> None:
    place = geography()
    said = {"cases": vector(cases), "asymptomatic": vector(more), "addresses": vector(addresses)}
    found = Findings(Told(place, said).view).on([DAY])[0].word.tolist()
    persons = [a if b is None else b if a is None else a + b for a, b in zip(cases, more, strict=True)]
    for leaf, made in enumerate(found):
        both = {word(place, leaf, persons), word(place, leaf, addresses)}
        assert made == (FOUND if FOUND in both else NONE if NONE in both else SILENT)


def test_a_day_without_any_report_is_silent_everywhere() -> None:
    place = geography()
    assert set(Findings(Told(place).view).on([DAY])[0].word.tolist()) == {SILENT}


def test_the_tiny_citys_days(tiny_cube: Cube) -> None:
    """A line list speaks of every place of its days; a table of a district's streets does not go finer than its zeros."""
    view = tiny_cube.at()
    day = DAYS[0]
    found = Findings(view).on([day])[0]
    located = {street_at(p.lon) for p in people() if p.day == day and p.lon is not None and p.status != "转归"}
    for code in located:
        row = view.areas.row_of[code]
        assert (found.word[view.areas.lo[row] : view.areas.hi[row]] == FOUND).any()
    named = [p for p in people() if p.day == day and p.lon is None and p.status != "转归"]
    streets = {p.street: sum(q.street == p.street for q in named) for p in named}
    for street, number in streets.items():
        assert found.loose[view.areas.row_of[street]] >= number
