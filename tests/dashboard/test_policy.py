"""The questions about orders: Heihe's blanket order, scopes, states; and the sandbox over a store."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dashboard.queries import Desk, Viewer
from dashboard.queries.policy import Number, PolicyDesk, Told
from data.errors import AreaNotFound
from data.presence import PRESENCE, Presence
from grid.cube import Cube
from tests import heihe
from tests.heihe import (
    AGAIN,
    AWAY,
    DAY,
    EXPOSED_AWAY,
    EXPOSED_GUESTS,
    EXPOSED_HOME,
    GUESTS,
    HOME,
    MOVED,
    REGISTERED,
    SEALED,
    YELLOW,
)
from tests.tiny import DAYS

CITY = Viewer()
AIHUI = Viewer(scope="231102")
EXPOSED = EXPOSED_HOME + EXPOSED_AWAY + EXPOSED_GUESTS


@pytest.fixture(scope="module")
def cube(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cube]:
    made = heihe.cube(tmp_path_factory.mktemp("heihe"))
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def desk(cube: Cube) -> PolicyDesk:
    return PolicyDesk(Desk(cube))


def lines(desk: PolicyDesk, viewer: Viewer = CITY, area: str = "city", day: dt.date = DAY) -> dict[str, Told]:
    return {line.notice.number: line.told for line in desk.orders(viewer, area, day).lines}


def value(number: Number) -> float:
    assert number.value is not None
    return number.value


# --- Heihe's blanket order ----------------------------------------------------------------------------


def test_the_blanket_order_hits_23815_people_for_each_case(cube: Cube) -> None:
    start = time.process_time()
    blanket = lines(PolicyDesk(Desk(cube)))[YELLOW]
    assert time.process_time() - start < 2
    assert (value(blanket.hit), value(blanket.cases)) == (1_286_000, 54)
    assert round(value(blanket.per_case)) == 23_815


def test_the_planted_numbers_come_back_exactly(desk: PolicyDesk) -> None:
    blanket = lines(desk)[YELLOW]
    assert value(blanket.people) == REGISTERED + GUESTS
    assert value(blanket.outside) == sum(AWAY.values()) == 213_456
    assert value(blanket.both) == EXPOSED_HOME + EXPOSED_AWAY
    assert value(blanket.exposed) == EXPOSED
    assert value(blanket.missed) == EXPOSED_GUESTS
    assert value(blanket.over) == 1 - (EXPOSED_HOME + EXPOSED_AWAY) / REGISTERED


def test_orders_are_told_in_the_order_in_which_they_came(desk: PolicyDesk) -> None:
    found = lines(desk)
    assert list(found) == [SEALED, YELLOW, AGAIN]
    here = HOME["231102"] + sum(n for code, n in MOVED.items() if code != "231102") + GUESTS
    assert (value(found[SEALED].hit), value(found[SEALED].adds)) == (here, here)
    # whoever is in 爱辉区 and registered in the city was sealed in before their code was turned
    assert value(found[YELLOW].adds) == REGISTERED - (here - GUESTS)
    assert value(found[SEALED].alone) == GUESTS
    assert found[SEALED].outside == Number(0, "zero")


def test_all_orders_together_are_one_order(desk: PolicyDesk) -> None:
    together = desk.orders(CITY, day=DAY).together
    assert value(together.hit) == sum(value(each.adds) for each in lines(desk).values()) == REGISTERED + GUESTS
    assert (value(together.both), together.missed) == (EXPOSED, Number(0, "zero"))
    assert value(together.per_case) == (REGISTERED + GUESTS) / 54


def test_an_order_already_covered_adds_nothing(desk: PolicyDesk) -> None:
    again = lines(desk)[AGAIN]
    assert value(again.hit) == HOME["231102"] + MOVED["231102"] + AWAY["231102"]
    assert (again.adds, again.alone) == (Number(0, "zero"), Number(0, "zero"))


def test_of_the_54_cases_25_are_of_aihui(desk: PolicyDesk) -> None:
    city, aihui = lines(desk), lines(desk, area="爱辉区")
    assert (value(city[YELLOW].cases), value(city[SEALED].cases), value(aihui[YELLOW].cases)) == (54, 25, 25)
    away = lines(desk, area="孙吴县")[YELLOW]
    assert (away.cases, away.per_case) == (Number(None, "missing"), Number(None, "missing"))


def test_an_order_is_told_on_the_days_on_which_it_holds(desk: PolicyDesk) -> None:
    assert list(lines(desk, day=dt.date(2021, 10, 27))) == []
    assert list(lines(desk, day=dt.date(2021, 10, 28))) == [SEALED]
    assert list(lines(desk, day=dt.date(2021, 11, 1))) == [SEALED, YELLOW]
    days = desk.days(CITY)
    assert (days[0], days[-1]) == (dt.date(2021, 10, 28), DAY)
    assert desk.orders(CITY).day == DAY
    assert desk.orders(CITY).table == DAY


def test_areas_add_up_to_the_city(desk: PolicyDesk) -> None:
    blanket = lines(desk)[YELLOW]
    below = desk.below(CITY, YELLOW, day=DAY)
    assert [each.name for each in below] == [*heihe.COUNTIES.values(), "黑河市"]
    for name in ("people", "hit", "both", "outside", "adds"):
        assert sum(value(getattr(each, name)) for each in below) == value(getattr(blanket, name))
    assert value(below[0].outside) == AWAY["231102"]
    assert desk.below(CITY, "no such order", day=DAY) == []


# --- scope --------------------------------------------------------------------------------------------


def test_a_viewer_of_a_county_sees_its_people_alone(desk: PolicyDesk) -> None:
    for line in desk.orders(AIHUI, day=DAY).lines:
        mine = HOME["231102"] + sum(n for code, n in MOVED.items() if code != "231102") + GUESTS + AWAY["231102"]
        assert value(line.told.people) == mine
        assert value(line.told.exposed) == EXPOSED
    assert lines(desk, AIHUI)[YELLOW].outside == Number(AWAY["231102"], "value")
    for question in (
        lambda area: desk.orders(AIHUI, area, DAY),
        lambda area: desk.below(AIHUI, YELLOW, area, DAY),
    ):
        for outside in ("231181", "北安市", "黑河市"):
            with pytest.raises(AreaNotFound):
                question(outside)


def test_an_order_elsewhere_that_hits_nobody_here_is_not_told(desk: PolicyDesk) -> None:
    away = Viewer(scope="231124")
    assert list(lines(desk, away)) == [YELLOW]
    assert [line.areas for line in desk.orders(away, day=DAY).lines] == [("黑河市",)]
    here, elsewhere = YELLOW, set(lines(desk)) - {YELLOW}
    assert desk.below(away, here, day=DAY)
    assert elsewhere
    for order in elsewhere:  # as of an order that there is not: whether there is one is not told either
        assert desk.below(CITY, order, day=DAY)
        assert desk.below(away, order, day=DAY) == []


# --- states -------------------------------------------------------------------------------------------


def test_without_a_table_of_people_nothing_is_told_of_them(tiny_cube: Cube) -> None:
    desk = PolicyDesk(Desk(tiny_cube))
    answer = desk.orders(CITY, day=DAYS[3])
    assert (answer.table, answer.lines) == (None, ())


def test_an_order_that_hits_nobody_has_no_proportion(tmp_path: Path) -> None:
    other = heihe.cube(tmp_path)
    empty = Presence("presence", DAY, other.at().geography.id, np.zeros(0, PRESENCE))
    with other.store.loading(source="presence", kind="presence", file="-", sha256="-") as load:
        load.presence(empty)
    line = lines(PolicyDesk(Desk(other)))[YELLOW]
    assert line.hit == Number(0, "zero")
    assert line.over == Number(None, "missing")
    assert line.per_case == Number(0, "zero")
    other.store.close()


def test_an_order_is_held_against_the_people_of_its_day(tmp_path: Path) -> None:
    """Tables of several days: the nearest before the asked one; before the first, the first."""
    made = heihe.cube(tmp_path)
    view = made.at()
    for days, number in ((-2, 7), (3, 9)):
        rows = np.array([(0, -1, 0, number)], PRESENCE)
        table = Presence("presence", DAY + dt.timedelta(days=days), view.geography.id, rows)
        with made.store.loading(source="presence", kind="presence", file="-", sha256="-") as load:
            load.presence(table)
    desk = PolicyDesk(Desk(made))
    for days, table_days, hit in ((-1, -2, 7), (0, 0, REGISTERED), (2, 0, REGISTERED), (3, 3, 9), (9, 3, 9)):
        answer = desk.orders(CITY, day=DAY + dt.timedelta(days=days))
        assert answer.table == DAY + dt.timedelta(days=table_days)
        assert {line.notice.number: line.told.hit.value for line in answer.lines}[YELLOW] == hit
    assert desk.orders(CITY, day=DAY - dt.timedelta(days=3)).table == DAY - dt.timedelta(days=2)
    made.store.close()


def test_a_notice_that_lifts_binds_nobody(tmp_path: Path) -> None:
    made = heihe.cube(tmp_path)
    (yellow,) = [notice for notice in made.store.notices(made.at().version) if notice.number == YELLOW]
    with made.store.loading(source="notices", kind="notices", file="-", sha256="-") as load:
        load.notices([replace(yellow, key="lifted", number="2021-4", colour="green")])
    assert list(lines(PolicyDesk(Desk(made)))) == [SEALED, YELLOW, AGAIN]
    made.store.close()
