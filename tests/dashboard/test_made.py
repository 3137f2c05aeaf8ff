"""Numbers made of several answers: held to sums written out by hand over a small city."""

from __future__ import annotations

import datetime as dt

import pytest

from dashboard.queries import Desk, Viewer, day_range
from dashboard.queries.cite import cite
from dashboard.queries.made import change, count, moving, parts, told
from dashboard.queries.questions import again
from data.errors import BadQuestion
from grid.cube import Cube
from tests.tiny import CITY, DAYS

DAY, VIEWER = DAYS[-1], Viewer("zh")
WEEK = dt.timedelta(days=7)


@pytest.fixture(scope="module")
def desk(tiny_cube: Cube) -> Desk:
    return Desk(tiny_cube)


def _value(desk: Desk, area: str, day: dt.date) -> float | None:
    return desk.ask(VIEWER, "positives", area=area, days=[day])[0].value


def test_a_change_is_the_difference_to_the_same_weekday(desk: Desk) -> None:
    now, before = _value(desk, "city", DAY), _value(desk, "city", DAY - WEEK)
    assert now is not None
    assert before is not None
    found = change(desk, VIEWER, "positives", "city", DAY)
    assert (found.by, found.size) == (now - before, abs(now - before))
    assert found.share == pytest.approx((now - before) / before) if before else found.share is None


def test_a_change_against_a_day_that_nobody_told_is_none(desk: Desk) -> None:
    found = change(desk, VIEWER, "positives", "city", DAYS[0])
    assert (found.before.state, found.by, found.size, found.share) == ("missing", None, None, None)


@pytest.mark.parametrize("level", ["district", "street", "community"])
def test_named_others_and_apart_add_up_to_the_whole(desk: Desk, level: str) -> None:
    below = desk.ask(VIEWER, "positives", area="city", days=[DAY], level=level)
    told_parts = {one.area: one.value for one in below if one.value is not None}
    named = list(told_parts)[:2]
    found = parts(desk, VIEWER, "positives", "city", DAY, level, named=named)
    assert found.known == sum(told_parts.values())
    assert found.others == sum(value for area, value in told_parts.items() if area not in named)
    assert found.apart == (_value(desk, "city", DAY) or 0) - sum(told_parts.values())
    assert found.silent == len(below) - len(told_parts)
    assert sum(told_parts[area] for area in named) + found.others + found.apart == _value(desk, "city", DAY)


def test_a_moving_mean_needs_its_day_and_five_of_seven() -> None:
    assert moving([1, 2, 3, 4, 5, 6, 7], 7) == [None] * 6 + [4.0]
    assert moving([1, 2, None, None, 5, 6, 7], 7)[-1] == pytest.approx(21 / 5)
    assert moving([1, None, None, None, 5, 6, 7], 7)[-1] is None
    assert moving([1, 2, 3, 4, 5, 6, None], 7)[-1] is None


def test_days_without_a_report_are_counted(desk: Desk) -> None:
    first = DAYS[0] - dt.timedelta(days=3)
    found = told(desk, VIEWER, "positives", "city", first, DAY)
    known = [day for day in day_range(first, DAY) if _value(desk, "city", day) is not None]
    assert (found.days, found.told, found.silent) == (13, len(known), 13 - len(known))


def test_counts_add_up_over_days_and_stocks_do_not(desk: Desk) -> None:
    whole = count(desk, VIEWER, "cases", "city", DAY, first=DAYS[0])
    assert whole == sum(one.value or 0 for one in desk.ask(VIEWER, "cases", area="city", days=DAYS))
    with pytest.raises(BadQuestion):
        count(desk, VIEWER, "population", "city", DAY, first=DAYS[0])
    with pytest.raises(BadQuestion):
        count(desk, VIEWER, "nothing", "city", DAY)


def test_each_is_a_question_that_gives_the_same_number_again(desk: Desk) -> None:
    asked = {"area": CITY, "day": DAY, "name": "positives"}
    assert again(desk, VIEWER, cite("change", "by", **asked)).value == change(desk, VIEWER, "positives", CITY, DAY).by
    whole = parts(desk, VIEWER, "positives", CITY, DAY, "district", named=["990101"])
    got = again(desk, VIEWER, cite("parts", "others", **asked, level="district", named="990101"))
    assert got.value == whole.others
    loads = desk.loads(VIEWER)
    assert again(desk, VIEWER, cite("made.loads", "rows")).value == sum(one.rows for one in loads)
    assert again(desk, VIEWER, cite("made.loads", "rejected")).value == sum(one.rejected for one in loads)
