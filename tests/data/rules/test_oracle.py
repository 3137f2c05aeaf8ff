"""The engine against the notices lived through by hand, boundary days included."""

from __future__ import annotations

import datetime as dt

import pytest

from data.rules import Pack, Rulebook, rulebook
from data.rules.clock import History, colour_on
from data.rules.zone_clock import zone_in, zone_on
from data.words import Lang
from tests.data.rules.against import code_differences, zone_differences
from tests.data.rules.histories import code_histories, zone_histories

Day = dt.date
LANGS: tuple[Lang, ...] = ("zh", "en")
LUOYANG, ZHENGZHOU = "410305", "410105"


def after(day: Day, days: int) -> Day:
    return day + dt.timedelta(days)


def test_random_histories_of_codes() -> None:
    assert list(code_differences(code_histories(1500, seed=7), rulebook())) == []


def test_random_histories_of_zones() -> None:
    assert list(zone_differences(zone_histories(1000, seed=7), rulebook())) == []


def altered(pack: str, clause: str, **values: object) -> Rulebook:
    """The shipped packs with one clause's values changed."""

    def other(one: Pack) -> Pack:
        changed = [c.model_copy(update=values) if (one.id, c.id) == (pack, clause) else c for c in one.clauses]
        return one.model_copy(update={"clauses": tuple(changed)})

    return Rulebook(tuple(other(one) for one in rulebook().packs))


@pytest.mark.parametrize(
    ("clause", "values"),
    [
        ("red", {"days": 13}),
        ("yellow", {"days": 8}),
        ("red", {"fresh": 3}),
        ("yellow", {"fresh": 1}),
        ("red", {"tests": False, "fresh": 0}),
    ],
)
def test_the_oracle_of_codes_has_teeth(clause: str, values: dict[str, object]) -> None:
    assert any(True for _ in code_differences(code_histories(400, seed=1), altered("henan-2", clause, **values)))


@pytest.mark.parametrize(
    ("pack", "clause", "values"),
    [
        ("plan-9", "high", {"days": 8}),
        ("plan-9", "eased", {"days": 4}),
        ("plan-9", "eased", {"again": ""}),
        ("plan-9", "middle", {"days": 6}),
        ("measures-20", "high", {"days": 7}),
    ],
)
def test_the_oracle_of_zones_has_teeth(pack: str, clause: str, values: dict[str, object]) -> None:
    assert any(True for _ in zone_differences(zone_histories(400, seed=1), altered(pack, clause, **values)))


RED = Day(2021, 8, 2)
TESTED = (13, 20)


@pytest.mark.parametrize(
    ("tests", "day", "colour", "ends"),
    [
        (TESTED, 0, "red", 14),
        (TESTED, 13, "red", 14),
        (TESTED, 14, "yellow", 21),
        (TESTED, 20, "yellow", 21),
        (TESTED, 21, "green", None),
        ((12, 20), 14, "yellow", 21),  # 48 hours: the day before yesterday is good enough
        ((11, 20), 14, "red", 14),  # three days are not
        ((11, 16, 23), 15, "red", 14),
        ((11, 16, 23), 16, "yellow", 23),
        ((11, 16, 23), 23, "green", None),
        ((14, 21), 14, "yellow", 21),  # a test of the day of the change counts
        ((14, 21), 21, "green", None),
        ((14,), 21, "yellow", 21),  # the test that ended the red stage is too old for the yellow one
        ((), 30, "red", 14),
    ],
)
def test_henan_at_its_boundaries(tests: tuple[int, ...], day: int, colour: str, ends: int | None) -> None:
    known = History(((RED, "entrant", ""),), tuple((after(RED, d), False) for d in tests))
    found = colour_on(known, rulebook(), after(RED, day), LUOYANG)
    assert found.colour == colour
    assert found.ends == (None if ends is None else after(RED, ends))


def test_who_is_red_is_yellow_on_day_14_at_the_earliest_and_green_on_day_21() -> None:
    found = colour_on(History(((RED, "entrant", ""),)), rulebook(), RED, LUOYANG)
    assert (found.ends, found.green) == (after(RED, 14), after(RED, 21))


def test_a_positive_test_makes_a_case_that_no_clock_ends() -> None:
    known = History(((RED, "entrant", ""),), ((after(RED, 5), True), (after(RED, 13), False), (after(RED, 30), False)))
    before, then = (colour_on(known, rulebook(), after(RED, d), LUOYANG) for d in (4, 90))
    assert (before.colour, before.ends) == ("red", after(RED, 14))
    assert (then.colour, then.ends, then.green) == ("red", None, None)
    assert "检测阳性" in " ".join(then.say("zh"))


def test_a_contact_starts_the_clock_anew() -> None:
    tests = tuple((after(RED, d), False) for d in (13, 19, 23, 30))
    known = History(((RED, "entrant", ""),), tests, (after(RED, 10),))
    days = [colour_on(known, rulebook(), after(RED, d), LUOYANG).colour for d in (14, 23, 24, 30, 31)]
    assert days == ["red", "red", "yellow", "yellow", "green"]


def test_a_contact_while_yellow_is_red_again() -> None:
    known = History(((RED, "entrant", ""),), ((after(RED, 14), False),), (after(RED, 16),))
    days = [colour_on(known, rulebook(), after(RED, d), LUOYANG) for d in (15, 16)]
    assert [one.colour for one in days] == ["yellow", "red"]
    assert days[1].ends == after(RED, 30)


def test_notice_18_goes_by_the_place_and_ends_with_it() -> None:
    known = History(((Day(2021, 8, 7), "stay_in", ""),))
    days = [colour_on(known, rulebook(), Day(2021, 8, d), ZHENGZHOU) for d in (7, 27, 28)]
    assert [one.colour for one in days] == ["yellow", "yellow", "green"]
    assert days[0].ends == Day(2021, 8, 28)
    assert colour_on(known, rulebook(), Day(2021, 8, 9), LUOYANG).colour == "green"


def test_of_several_identities_the_strictest_counts_and_the_other_is_told() -> None:
    known = History(((Day(2021, 8, 7), "stay_in", ""), (Day(2021, 8, 8), "close_contact", "区指挥部")))
    found = colour_on(known, rulebook(), Day(2021, 8, 9), ZHENGZHOU)
    assert (found.colour, found.clause and found.clause.word) == ("red", "henan-2/red")
    said = "\n".join(found.say("zh"))
    assert "区指挥部" in said
    assert "zhengzhou-18/compound" in said
    assert "2021-08-22" in said
    assert found.green == Day(2021, 8, 29)  # the red path is over later than the place


DRAWN = Day(2022, 7, 1)


@pytest.mark.parametrize(
    ("kind", "cases", "day", "risk", "ends"),
    [
        ("high", (0,), 6, "high", 7),
        ("high", (0,), 7, "middle", 10),
        ("high", (0,), 9, "middle", 10),
        ("high", (0,), 10, "low", None),
        ("middle", (0,), 6, "middle", 7),
        ("middle", (0,), 7, "low", None),
        ("high", (0, 6), 7, "high", 13),
        ("high", (0, 7), 7, "high", 14),  # found on the day of the change: no change
        ("high", (0, 8), 8, "high", 15),  # medium that came from high goes back to high
        ("high", (0, 8), 15, "middle", 18),
        ("middle", (0, 6), 7, "middle", 13),  # one drawn at medium stays medium
        ("high", (-1,), 6, "middle", 9),
        ("high", (-7,), 6, "high", 7),  # that clock had run out when the zone was drawn
        ("high", (), 6, "high", 7),
        ("lockdown", (0,), 10, "low", None),
    ],
)
def test_the_9th_plan_at_its_boundaries(
    kind: str, cases: tuple[int, ...], day: int, risk: str, ends: int | None
) -> None:
    pack = rulebook().find("plan-9")
    assert pack is not None
    found = zone_on(DRAWN, kind, [after(DRAWN, d) for d in cases], pack, after(DRAWN, day))
    assert (found.state, found.ends) == (risk, None if ends is None else after(DRAWN, ends))


@pytest.mark.parametrize(
    ("kind", "drawn", "cases", "day", "risk"),
    [
        ("high", Day(2022, 11, 12), (0,), 4, "high"),
        ("high", Day(2022, 11, 12), (0,), 5, "low"),
        ("middle", Day(2022, 11, 12), (0,), 0, "low"),
        ("high", Day(2022, 11, 5), (0,), 5, "high"),  # 10 November: still 7 days
        ("high", Day(2022, 11, 5), (0,), 6, "low"),  # 11 November: 5 days, long over
        ("middle", Day(2022, 11, 10), (0,), 0, "middle"),
        ("middle", Day(2022, 11, 10), (0,), 1, "low"),
        ("middle", Day(2022, 11, 10), (0, 3), 3, "low"),
        ("high", Day(2022, 11, 3), (0, 9), 8, "low"),
        ("high", Day(2022, 11, 3), (0, 9), 9, "high"),
    ],
)
def test_the_twenty_measures_and_the_day_on_which_they_came(
    kind: str, drawn: Day, cases: tuple[int, ...], day: int, risk: str
) -> None:
    found = zone_in(drawn, kind, [after(drawn, d) for d in cases], rulebook(), after(drawn, day))
    assert found.state == risk


def test_a_zone_says_by_which_notice_and_until_when() -> None:
    found = zone_in(DRAWN, "high", [DRAWN, after(DRAWN, 2)], rulebook(), after(DRAWN, 3))
    assert (found.ends, found.released) == (after(DRAWN, 9), after(DRAWN, 12))
    assert found.since == DRAWN
    for lang in LANGS:
        said = " ".join(found.say(lang))
        assert "plan-9/high" in said
        assert "71" in said
        assert "2022-07-10" in said


def test_a_zone_without_a_rule_has_no_clock() -> None:
    found = zone_in(Day(2022, 1, 1), "high", [], rulebook(), Day(2022, 2, 1))
    assert (found.state, found.clause, found.ends, found.released) == ("high", None, None, None)
    assert found.say("en")
    assert zone_in(DRAWN, "high", [], rulebook(), after(DRAWN, -1)).state == "low"
    assert zone_in(DRAWN, "precaution", [], rulebook(), DRAWN).state == "low"
