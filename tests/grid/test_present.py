"""People present: counted by a source of their own, or taken from the tables of who is where; never made up."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from dashboard.queries import Desk, Viewer
from data.terms import DENOMINATORS
from grid.cube import Cube
from grid.measures import MEASURES, ask, by, measure
from grid.rates import MISSING
from tests import tiny
from tests.tiny import DAYS, Day, Knobs, Town

CITY = Viewer()
STREET, OTHER = "990101001", "990102002"
#: (day, street) -> people present: the second street is counted on the first day only.
PRESENT = {(DAYS[0], STREET): 30_000, (DAYS[0], OTHER): 18_000, (DAYS[2], STREET): 20_000}
SCANS = {(DAYS[0], STREET): 45_000, (DAYS[1], STREET): 0, (DAYS[2], STREET): 5_000, (DAYS[2], OTHER): 9_000}
CASES = {(DAYS[n], STREET): n + 1 for n in range(10)}


Make = Callable[..., Town]


@pytest.fixture
def town_of(tmp_path: Path, database_url: str) -> Iterator[Make]:
    """Makes the town with some of its feeds, on each kind of database."""
    with ExitStack() as stack:

        def make(*feeds: str, table: bool = False) -> Town:
            town = _town(tmp_path, database_url, feeds, table=table)
            stack.callback(town.store.close)
            return town

        yield make


def _town(folder: Path, url: str, feeds: Sequence[str], *, table: bool) -> Town:
    town = Town(folder, url, Knobs(sources=("population",)))
    told = {"present": PRESENT, "checkins": SCANS, "cases": CASES}
    for name in feeds:
        status = 'constants = { status = "case" }\n' if name == "cases" else ""
        town.add(name, name, f'{status}columns = {{ code = "街道", count = "数" }}')
        town.write(name, ["日期", "街道", "数"], [(day, code, n) for (day, code), n in told[name].items()])
    if table:
        town.add("presence", "presence", 'columns = { code = "街道代码" }')
        heads = ["日期", "户籍地", "街道代码", "人在市外", "有暴露", "人数"]
        town.write("presence", heads, TABLE)
    assert [outcome.error for outcome in town.build().outcomes if outcome.error] == []
    return town


TABLE = [
    (DAYS[1], "东江区", STREET, None, "是", 700),
    (DAYS[1], "西山区", STREET, None, None, 50),
    (DAYS[1], "市外", OTHER, None, None, 30),
    (DAYS[1], "东江区", None, "是", None, 9_000),
]


def value(town: Town, name: str, day: Day, area: str = STREET) -> float | None:
    view = town.view()
    found = ask(view, measure(name), [day])
    row = view.areas.row_of[area]
    return None if found.state[0, row] == MISSING else float(found.value[0, row])


def test_a_rate_by_people_present_is_by_them_alone(town_of: Make) -> None:
    town = town_of("present", "cases")
    for day, people in ((DAYS[0], 30_000), (DAYS[2], 20_000), (DAYS[9], 20_000)):
        assert value(town, "incidence_present", day) == pytest.approx(CASES[day, STREET] / people * 1e5)
    assert value(town, "incidence", DAYS[9]) == pytest.approx(10 / tiny.POPULATION[STREET] * 1e5)
    week = sum(CASES[DAYS[n], STREET] for n in range(3, 10))
    assert value(town, "incidence_7d_present", DAYS[9]) == pytest.approx(week / 20_000 * 1e5)
    assert value(town, "present_share", DAYS[0], OTHER) == pytest.approx(18_000 / tiny.POPULATION[OTHER] * 100)


def test_a_count_holds_a_week_and_is_missing_then(town_of: Make) -> None:
    town = town_of("present", "cases")
    last = DAYS[2] + dt.timedelta(days=7)
    assert value(town, "present", last) == 20_000
    assert value(town, "present", last + dt.timedelta(days=1)) is None
    assert value(town, "present_share", last + dt.timedelta(days=1)) is None
    assert value(town, "population", last + dt.timedelta(days=1)) == tiny.POPULATION[STREET]
    assert value(town, "present", DAYS[0], "990102003") is None


def test_scans_are_held_against_people_present(town_of: Make) -> None:
    town = town_of("present", "checkins")
    assert value(town, "checkin_rate", DAYS[0]) == pytest.approx(150)
    assert value(town, "checkin_rate", DAYS[1]) == 0
    assert value(town, "checkin_rate", DAYS[2]) == pytest.approx(25)
    assert value(town, "checkin_rate", DAYS[0], OTHER) is None
    assert value(town, "checkin_rate", DAYS[3]) is None


def test_scans_of_few_people_are_hidden_from_who_may_not_see_them(town_of: Make) -> None:
    town = town_of("present", "checkins")
    few = Viewer(rights=frozenset())
    desk = Desk(Cube(town.store, town.city))
    told = {one.area: one.state for one in desk.ask(few, "checkins", level="street", days=[DAYS[1]])}
    assert "value" not in {told[STREET], told[OTHER]}
    assert {one.state for one in desk.ask(few, "present", level="district", days=[DAYS[0]])} == {"value"}


def test_without_a_count_people_present_are_those_of_the_tables(town_of: Make) -> None:
    town = town_of("cases", table=True)
    known = Counter({STREET: 750, OTHER: 30})
    for day in (DAYS[1], DAYS[4]):
        assert {code: value(town, "present", day, code) for code in known} == dict(known)
        assert value(town, "present", day, "990000") == 780
    assert value(town, "present", DAYS[0]) is None
    assert value(town, "present", DAYS[1], "990102003") is None
    assert value(town, "incidence_present", DAYS[1]) == pytest.approx(2 / 750 * 1e5)
    assert value(town, "incidence_present", DAYS[0]) is None
    status = Desk(Cube(town.store, town.city)).status(CITY)
    assert status.days["present"] == (DAYS[1], DAYS[1])


def test_a_city_that_counts_is_not_counted_from_the_tables(town_of: Make) -> None:
    town = town_of("present", table=True)
    assert value(town, "present", DAYS[1]) == 30_000


def test_a_city_without_either_has_no_rate_by_people_present(town_of: Make) -> None:
    town = town_of("cases")
    days = Desk(Cube(town.store, town.city)).status(CITY).days
    assert "incidence_7d" in days
    assert not [name for name in days if "present" in name]
    assert value(town, "incidence_present", DAYS[3]) is None


@pytest.mark.parametrize("people", DENOMINATORS)
def test_a_rate_is_changed_for_the_same_by_other_people(people: str) -> None:
    for made in MEASURES.values():
        other = by(made, people)
        assert other.per in (made.per, people)
        assert by(by(other, "registered"), made.per or people) in (made, other)
        assert (other.form, other.back) == (made.form, made.back)
    assert {made.id for made in MEASURES.values() if by(made, "present") is not made} == {
        "incidence", "incidence_7d", "incidence_14d",
    }  # fmt: skip
