"""Orders and their proportion against a count of persons one by one."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.notices import Notice
from data.presence import PRESENCE, Presence
from grid.cube import Cube, View
from grid.policy import Proportion, Strata, Weighed, strata, takes, weigh

DAY = dt.date(2022, 3, 5)


def order(scope: str, *areas: str, start: dt.date = DAY, stop: dt.date | None = None) -> Notice:
    return Notice("k", "notices", "1", "令", "指挥部", DAY, start, stop, scope, areas)


def presence(view: View, rows: Sequence[tuple[int, int, int, int]], day: dt.date = DAY) -> Presence:
    return Presence("presence", day, view.geography.id, np.array(rows, PRESENCE))


@pytest.fixture(scope="module")
def view(tiny_cube: Cube) -> View:
    return tiny_cube.at()


# --- the oracle: a list of persons, and sentences about them ------------------------------------------


@dataclass(frozen=True)
class Person:
    registered: int
    leaf: int
    exposed: bool


def lies_in(view: View, row: int, code: str) -> bool:
    """By walking up from an area to the city."""
    while row >= 0:
        if view.areas.code[row] == code:
            return True
        row = int(view.areas.parent[row])
    return False


def is_hit(view: View, person: Person, notice: Notice) -> bool:
    if notice.scope == "registration":
        return any(lies_in(view, person.registered, code) for code in notice.areas)
    here = person.leaf >= 0 and any(lies_in(view, int(view.leaves.area[person.leaf]), c) for c in notice.areas)
    if notice.scope == "time" and view.areas.code[0] in notice.areas:
        return here or (person.leaf < 0 and person.exposed)
    return here


def seat(view: View, person: Person) -> int:
    if person.leaf >= 0:
        return int(view.leaves.area[person.leaf])
    return max(person.registered, 0)


def told(view: View, persons: Sequence[Person], notices: Sequence[Notice], at: int, code: str) -> Proportion:
    """The proportion of the order at ``at`` among the persons of an area, counted one by one."""
    mine = [p for p in persons if lies_in(view, seat(view, p), code)]
    hit = [p for p in mine if is_hit(view, p, notices[at])]
    others = [n for n in notices if n is not notices[at]]
    return Proportion(
        people=len(mine),
        hit=len(hit),
        exposed=sum(p.exposed for p in mine),
        both=sum(p.exposed for p in hit),
        outside=sum(p.leaf < 0 for p in hit),
        adds=sum(not any(is_hit(view, p, n) for n in notices[:at]) for p in hit),
        alone=sum(not any(is_hit(view, p, n) for n in others) for p in hit),
    )


def table(view: View, persons: Sequence[Person]) -> Strata:
    counted = Counter(persons)
    made = strata(view, [presence(view, [(p.registered, p.leaf, p.exposed, n) for p, n in counted.items()])])
    assert made is not None
    return made


def weighed(view: View, people: Strata, notices: Sequence[Notice]) -> list[Weighed]:
    masks = [takes(notice, people, view) for notice in notices]
    return weigh([mask for mask in masks if mask is not None], people, view.areas, view.leaves)


@given(data=st.data())
def test_every_figure_is_the_count_of_persons(view: View, data: st.DataObject) -> None:
    rows, leaves = st.integers(-2, len(view.areas) - 1), st.integers(-1, len(view.leaves) - 1)
    person = st.builds(Person, rows, leaves, st.booleans())
    persons = data.draw(st.lists(person, min_size=1, max_size=40))
    areas = st.lists(st.sampled_from(view.areas.code), min_size=1, max_size=3).map(tuple)
    orders = st.builds(
        lambda scope, codes: order(scope, *codes), st.sampled_from(["registration", "area", "time"]), areas
    )
    notices = data.draw(st.lists(orders, min_size=1, max_size=4))
    found = weighed(view, table(view, persons), notices)
    for at, each in enumerate(found):
        for code in {view.areas.code[0], *data.draw(areas)}:
            assert each.of(view.areas.row_of[code]) == told(view, persons, notices, at, code)


@given(data=st.data())
def test_areas_add_up_and_a_second_order_never_takes_from_the_first(view: View, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 200))
    chance = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    persons = [
        Person(int(r), int(leaf), bool(e))
        for r, leaf, e in zip(
            chance.integers(-1, len(view.areas), size),
            chance.integers(-1, len(view.leaves), size),
            chance.integers(0, 2, size),
            strict=True,
        )
    ]
    first, second = order("registration", "990101"), order("area", "990102", "990101001")
    people = table(view, persons)
    one, two = weighed(view, people, [first, second])
    for each in (one, two):
        parts = [each.of(int(child)) for child in view.areas.children(0)]
        total = each.seated(0)
        for part in parts:
            total = total + part
        assert total == each.of(0)
    alone, whole = weighed(view, people, [first])[0].of(0), one.of(0)
    assert (alone.hit, alone.adds, alone.hit) == (whole.hit, whole.adds, whole.adds)
    assert two.of(0).adds <= two.of(0).hit
    assert whole.adds + two.of(0).adds == sum(is_hit(view, p, first) or is_hit(view, p, second) for p in persons)


def test_an_order_already_covered_adds_nothing(view: View) -> None:
    people = table(view, [Person(row, leaf, leaf % 3 == 0) for row in range(-1, 5) for leaf in range(-1, 50)])
    whole, again, part = weighed(
        view,
        people,
        [order("registration", "990000"), order("registration", "990000"), order("registration", "990101")],
    )
    assert whole.of(0).adds == whole.of(0).hit > 0
    assert (again.of(0).adds, part.of(0).adds) == (0, 0)
    assert (whole.of(0).alone, again.of(0).alone, part.of(0).alone) == (0, 0, 0)


def test_what_the_table_cannot_tell_is_not_told(view: View) -> None:
    people = table(view, [Person(0, 3, True)])
    assert takes(order("area"), people, view) is None
    assert takes(order("area", "123456"), people, view) is None
    later = DAY + dt.timedelta(days=1)
    assert takes(order("time", "990000", start=later), people, view) is None
    assert takes(order("time", "990000", start=DAY, stop=DAY), people, view) is None
    assert takes(order("time", "990000", start=DAY, stop=later), people, view) is not None
    assert strata(view, []) is None


def test_people_of_unknown_registration_are_told(view: View) -> None:
    people = strata(view, [presence(view, [(-2, 4, 0, 7), (-1, 4, 0, 5), (0, -1, 1, 2)])])
    assert people is not None
    assert people.unknown == 7
    (found,) = weighed(view, people, [order("registration", "990000")])
    assert (found.of(0).hit, found.of(0).people) == (2, 14)


def test_nobody_hit_has_no_proportion() -> None:
    assert Proportion(9, 0, 3, 0, 0, 0, 0).over is None
    made = Proportion(9, 4, 3, 1, 0, 4, 4)
    assert (made.over, made.missed) == (0.75, 2)


def test_a_million_persons_take_less_than_two_seconds(view: View) -> None:
    chance, size = np.random.default_rng(1), 1_300_000
    rows = np.zeros(size, PRESENCE)
    rows["registered"] = chance.integers(-1, len(view.areas), size)
    rows["leaf"] = chance.integers(-1, len(view.leaves), size)
    rows["exposed"] = chance.random(size) < 0.01
    rows["n"] = 1
    start = time.process_time()
    people = strata(view, [Presence("presence", DAY, view.geography.id, rows)])
    assert people is not None
    found = weighed(view, people, [order("registration", "990000"), order("area", "990101")])
    taken = time.process_time() - start
    assert found[0].of(0).hit == (rows["registered"] >= 0).sum()
    assert taken < 2
