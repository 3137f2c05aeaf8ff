"""Scores: parts that add up to the tenth, never fall when a number rises, and never take missing for low."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.terms import GRADES, RISK_PARTS
from grid.arrays import Floats
from grid.rates import Part
from grid.risk import grades, score
from grid.risk.neighbours import Neighbours, of_hexes
from grid.risk.parts import Facts, in_use, parts
from tests.grid.risk.town import some, town, whole

NAMES = tuple(score.WEIGHTS)
NEAR: Neighbours = of_hexes(town(4))
SIZE = NEAR.size
PEOPLE: Floats = np.full(SIZE, 1000.0)


def facts(cases: Part, people: Part | None = None, **more: Part) -> Facts:
    lived = people or Part(PEOPLE, np.ones(SIZE, np.bool_))
    return Facts(cases, lived, np.full(SIZE, 1e5), NEAR, 2, **more)


def counts(seed: int, days: int = 14) -> Floats:
    return np.random.default_rng(seed).poisson(0.3, (days, SIZE)).astype(np.float64)


@st.composite
def given_parts(draw: st.DrawFn) -> dict[str, Part]:
    """Any parts in use with any numbers, some of them not known."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
    number = st.lists(st.one_of(st.none(), st.floats(0, 1e6)), min_size=5, max_size=5)
    rows = {name: draw(number) for name in names}
    return {name: some([[np.nan if x is None else x for x in row]]) for name, row in rows.items()}


@given(given_parts())
def test_what_is_shown_adds_up(made: dict[str, Part]) -> None:
    found = score.score(made)
    assert found.full.sum() == 1000
    assert (found.tenths.sum(axis=0) == np.rint(10 * found.least)).all()
    # the texts of the screen, one decimal each
    for unit in range(5):
        shown = [int(f"{points:.1f}".replace(".", "")) for points in found.points[:, unit]]
        assert sum(shown) == int(f"{found.least[unit]:.1f}".replace(".", ""))
    assert (found.tenths >= 0).all()
    assert (found.tenths <= found.full[:, None]).all()
    assert (found.most >= found.least).all()
    assert (found.most <= 100).all()


@given(st.sampled_from(NAMES), st.floats(0, 1e7), st.floats(0, 1e7))
def test_points_never_fall_when_a_number_rises(name: str, one: float, other: float) -> None:
    low, high = score.share(name, np.array(sorted([one, other])))
    assert 0 <= low <= high <= 1


@given(given_parts(), st.floats(0, 1e6))
@settings(max_examples=50)
def test_what_is_missing_lies_between_its_worst_and_best(made: dict[str, Part], number: float) -> None:
    """Whatever the missing numbers turn out to be, the score lies between least and most."""
    told = {
        name: Part(np.where(part.known, part.value, number), np.ones_like(part.known)) for name, part in made.items()
    }
    found, later = score.score(made), score.score(told)
    assert (found.least <= later.least).all()
    assert (later.least <= found.most).all()


def test_the_ends_of_the_scales() -> None:
    for name, (begin, full) in score.SCALES.items():
        nothing = begin if name == "growth" else 0.0
        assert score.share(name, np.array([nothing, full])).tolist() == [0.0, 1.0]


def test_a_grade_stands_at_its_floor_and_nowhere_else() -> None:
    for id, floor in grades.FLOORS.items():
        assert grades.name(int(grades.grade(np.array([floor]), np.array([floor]))[0])) == id
    told = grades.grade(np.array([9.9, 10.0, 44.9, 64.9]), np.array([9.9, 10.0, 44.9, 64.9]))
    assert [grades.name(int(row)) for row in told] == ["calm", "watch", "raised", "high"]


@pytest.mark.parametrize(
    ("least", "most", "told"),
    [
        (0, 9, "calm"),
        (0, 30, "unknown"),
        (12, 24, "watch"),
        (12, 30, "unknown"),
        (30, 60, "raised"),
        (70, 90, "severe"),
    ],
)
def test_missing_is_never_low(least: float, most: float, told: str) -> None:
    assert grades.name(int(grades.grade(np.array([float(least)]), np.array([float(most)]))[0])) == told


def test_the_words_are_all_there() -> None:
    assert set(GRADES) == set(grades.MEANINGS) == {*grades.FLOORS, "unknown"}
    assert set(RISK_PARTS) == set(score.WEIGHTS) == set(score.SCALES)


# parts ------------------------------------------------------------------------------------------------


def test_parts_of_a_town_by_hand() -> None:
    value = np.zeros((14, SIZE))
    value[13, 0], value[3, 0] = 6, 2
    made = parts(facts(whole(value)))
    assert set(made) == {"incidence", "neighbours", "growth", "exposed"}
    around = set(NEAR.disc(0, 2).tolist())
    growth = made["growth"].value[0]
    assert {unit for unit in range(SIZE) if growth[unit] > 1} == around
    assert growth[0] == pytest.approx(7 / 3)
    assert made["neighbours"].value[0, 0] == 0
    beside = next(unit for unit in around if unit)
    size = len(NEAR.disc(beside, 2)) - 1
    assert made["neighbours"].value[0, beside] == pytest.approx(6 * 1e5 / (1000 * size))


def test_a_unit_that_does_not_report_has_no_grade_and_its_neighbours_keep_theirs() -> None:
    value = counts(1)
    value[7:, 0] = np.nan
    found = score.score(parts(facts(some(value))))
    assert found.grade[0] == -1
    assert (found.grade[1:] >= 0).all()
    assert found.most[0] > found.least[0]


def test_growth_stands_on_the_days_that_were_reported() -> None:
    value = np.ones((14, SIZE))
    value[[3, 6]] = np.nan  # two of the week before, its last day among them
    assert parts(facts(some(value)))["growth"].value[0].tolist() == [1.0] * SIZE
    value[2] = np.nan
    assert not parts(facts(some(value)))["growth"].known.any()


def test_a_unit_whose_people_nobody_counted_has_no_grade() -> None:
    known = np.ones(SIZE, np.bool_)
    known[3] = False
    found = score.score(parts(facts(whole(counts(2)), Part(PEOPLE, known))))
    assert found.grade[3] == -1


def test_nothing_anywhere_is_calm() -> None:
    found = score.score(parts(facts(whole(np.zeros((14, SIZE))))))
    assert (found.least == 0).all()
    assert (found.grade == grades.ORDER.index("calm")).all()


@pytest.mark.parametrize("seed", range(5))
def test_one_finding_more_never_lowers_its_own_score(seed: int) -> None:
    value = counts(seed)
    before = score.score(parts(facts(whole(value))))
    for unit in range(0, SIZE, 7):
        more = value.copy()
        more[-1, unit] += 1
        after = score.score(parts(facts(whole(more))))
        assert after.least[unit] >= before.least[unit]


def test_contacts_and_importation_count_where_they_are_told() -> None:
    cases, many = whole(counts(4)), whole(np.full((14, SIZE), 3.0))
    imported = Part(np.full(SIZE, 2.0), np.arange(SIZE) % 2 == 0)
    plain_, more = parts(facts(cases)), parts(facts(cases, contacts=many, imported=imported))
    assert set(more) - set(plain_) == {"contacts", "importation"}
    assert more["contacts"].value[0, 0] == pytest.approx(2100)
    assert more["importation"].value[0, 0] == pytest.approx(200)
    found = score.score(more)
    row = found.names.index("importation")
    assert np.isnan(found.numbers[row, 1])
    assert (found.most > found.least).tolist() == (~imported.known).tolist()


def test_a_feed_of_a_few_units_is_not_in_use() -> None:
    few = np.full((14, SIZE), np.nan)
    few[:, :5] = 1.0
    assert not in_use(some(few))
    assert "contacts" not in parts(facts(whole(counts(5)), contacts=some(few)))
    # one that stopped is: everything then may be higher than it looks
    stopped = np.full((14, SIZE), 1.0)
    stopped[-3:] = np.nan
    assert in_use(some(stopped))
    found = score.score(parts(facts(whole(np.zeros((14, SIZE))), contacts=some(stopped))))
    assert (found.grade == -1).all()
