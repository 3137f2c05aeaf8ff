"""The questions about flows: sums by hand, states, scope, and what was known when."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from dashboard.queries import Desk, Viewer
from dashboard.queries.flows import Arrival, FlowDesk
from data.city import FlowSettings
from data.errors import AreaNotFound
from data.store import sqlite_url
from grid.cube import Cube
from tests.tiny import DAYS, Knobs, Town

CITY, EAST = Viewer("en"), Viewer("en", "990101")
FLOWS = ["日期", "出发地", "目的地", "人数", "占比", "方式"]
A, B, C, D = DAYS[:4]
#: Shares of the city on the first two days, trips between districts on the first; nothing at all on the last.
TOLD: list[tuple[object, ...]] = [
    (A, "安城市", "北山市", None, 40, None), (A, "安城市", "南海市", None, 25.5, None), (A, "安城市", "西陵市", None, 10, None),
    (B, "安城市", "北山市", None, 50, None),
    (A, "东江区", "西山区", 70, None, "公路"), (A, "东江区", "西山区", 30, None, "铁路"), (A, "东江区", "北山市", 8, None, "铁路"),
    (A, "西山区", "东江区", 55, None, None), (A, "北山市", "东江区", 4, None, None),
    (C, "东江区", "西山区", 0, None, None),
]  # fmt: skip


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("flows")
    made = Town(folder, sqlite_url(folder / "x.db"), Knobs(sources=("population", "cases")))
    made.add("flows", "flows")
    made.write("flows", FLOWS, TOLD)
    made.add("index", "flow_index")
    year = dt.timedelta(days=364)
    told = [(A, "安城市", 0.2), (A, "北山市", 3), (A - year, "安城市", 0.3), (C, "安城市", 0.1)]
    made.write("index", ["日期", "城市", "指数"], told)
    made.add("elsewhere", "elsewhere", 'columns = { code = "代码" }')
    cities = [("北山市", "North Mount", "980100", 2_000_000), ("南海市", None, "980200", 500_000)]
    made.write("elsewhere", ["城市", "英文名", "代码", "人口"], cities)
    made.add("traced", "traced")
    made.write(
        "traced",
        ["日期", "流向", "流出", "已找到", "已检测", "已排除"],
        [(B, "北山市", 9, 8, 7, 6), (B, "南海市", 5, 5, None, None)],
    )
    made.build()
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def desk(town: Town) -> FlowDesk:
    return Desk(Cube(town.store, town.city)).beside(FlowDesk)


def test_outflow_has_all_three_states(desk: FlowDesk) -> None:
    told = desk.outflow(CITY, "city", A, D)
    assert [(day.state, day.estimate, day.index) for day in told] == [
        ("value", True, 0.2), ("missing", True, None), ("value", True, 0.1), ("missing", True, None),
    ]  # fmt: skip
    assert told[0].value == pytest.approx(0.2 / 3.24e-5)
    assert told[0].low is not None
    assert told[0].high is not None
    assert told[0].low < told[0].value < told[0].high  # type: ignore[operator]
    east = desk.outflow(CITY, "东江区", A, C)
    assert [(day.value, day.state, day.estimate) for day in east] == [
        (108, "value", False), (None, "missing", True), (0, "zero", False),
    ]  # fmt: skip


def test_destinations_and_the_named_rest_are_one(desk: FlowDesk) -> None:
    found = desk.destinations(CITY, "city", A, 1)
    assert [row.name for row in found.rows] == ["North Mount"]
    assert [found.rows[0].share, found.others, found.others_share, found.unlisted] == pytest.approx(
        [0.4, 2, 0.355, 0.245]
    )
    assert found.rows[0].people == pytest.approx(0.4 * 0.2 / 3.24e-5)
    without_index = desk.destinations(CITY, "city", B, 5)
    assert [row.people for row in without_index.rows] == [None]
    assert without_index.rows[0].share == pytest.approx(0.5)
    assert without_index.whole is None
    assert desk.destinations(CITY, "city", D).state == "missing"
    assert desk.destinations(CITY, "东江区", C).state == "zero"


def test_people_are_shares_of_what_is_listed_and_modes_add_up(desk: FlowDesk) -> None:
    found = desk.destinations(CITY, "990101", A)
    assert [(row.key, row.people, row.inside) for row in found.rows] == [("990102", 100, True), ("北山市", 8, False)]
    assert found.rows[0].share == pytest.approx(100 / 108)
    rail = desk.destinations(CITY, "990101", A, mode="rail")
    assert [(row.key, row.people) for row in rail.rows] == [("990102", 30), ("北山市", 8)]
    assert desk.modes(CITY) == ("rail", "road")


def test_in_out_net_and_between(desk: FlowDesk) -> None:
    east = desk.balance(CITY, "990101", A)
    assert east is not None
    assert (east.out, east.into, east.net) == (108, 59, -49)
    codes, matrix = desk.between(CITY, "city", A)
    assert codes == ["990101", "990102"]
    assert matrix.tolist() == [[0, 100], [55, 0]]
    assert desk.balance(CITY, "city", D) is None


def test_a_movement_is_of_the_area_and_those_below(desk: FlowDesk) -> None:
    """The city's outflow is the index's, its inflow nobody's; its districts count theirs."""
    found = desk.movement(CITY, "city", A)
    assert found is not None
    assert [found.whole.out, found.whole.into, found.whole.within] == pytest.approx([0.2 / 3.24e-5, 4, 155])
    assert (found.whole.out_estimate, found.whole.into_estimate) == (True, False)
    assert [(one.key, one.out, one.into, one.net, one.within) for one in found.areas] == [
        ("990101", 108, 59, -49, None), ("990102", 55, 100, 45, None),
    ]  # fmt: skip
    assert found.between is not None
    assert found.between.tolist() == [[0, 100], [55, 0]]
    assert desk.nets(CITY, "city", "district", A).tolist() == [-49, 45]
    assert desk.movement(CITY, "city", D) is None


def test_who_came_may_be_made_of_the_index_of_inflow(tmp_path: Path) -> None:
    """Shares of another city's outflow are not everybody who came; and the factor is the city file's."""
    made = Town(tmp_path, sqlite_url(tmp_path / "x.db"), Knobs(sources=()))
    made.add("flows", "flows")
    told = [(A, "安城市", "北山市", None, 40, None), (A, "北山市", "安城市", None, 30, None)]
    made.write("flows", FLOWS, told)
    made.add("index", "flow_index")
    rows = [(A, "安城市", 0.2, "迁出"), (A, "安城市", 0.3, "迁入"), (A, "北山市", 3, "迁出"), (A, "广东", 9, "迁入"),
            (A, "南海市", 5, "迁入")]  # fmt: skip
    made.write("index", ["日期", "城市", "指数", "方向"], rows)
    made.add("elsewhere", "elsewhere", 'columns = { code = "代码" }')
    made.write("elsewhere", ["城市", "代码"], [("北山市", "980100"), ("南海市", "980200")])
    made.build()
    city = made.city.model_copy(update={"flows": FlowSettings(index_per_person=1e-4, off_by=0.1, reference="980100")})
    desk = Desk(Cube(made.store, city)).beside(FlowDesk)
    found = desk.movement(CITY, "city", A)
    assert found is not None
    assert (found.whole.out, found.whole.into, found.whole.net) == pytest.approx((2000, 3000, 1000))
    assert found.whole.into_estimate
    left = desk.outflow(CITY, "city", A, A)[0]
    assert (left.low, left.high) == pytest.approx((2000 / 1.1, 2000 / 0.9))
    inward = {curve.of: curve for curve in desk.curves(CITY, "city", A, A, inward=True)}
    assert (inward["own"].values, inward["reference"].name, inward["own"].inward) == ((0.3,), "南海市", True)
    assert [curve.name for curve in desk.curves(CITY, "city", A, A) if curve.of == "reference"] == ["北山市"]
    made.store.close()


def test_curves_of_this_year_the_last_and_another_city(desk: FlowDesk) -> None:
    found = {curve.of: curve for curve in desk.curves(CITY, "city", A, C)}
    assert found["own"].values == (0.2, None, 0.1)
    assert found["before"].values == (0.3, None, None)
    assert (found["reference"].name, found["reference"].values) == ("North Mount", (3, None, None))


def test_risk_of_a_city_without_cases_elsewhere(desk: FlowDesk) -> None:
    answer = desk.risk(CITY, "city", A)
    assert answer.fit is None
    assert answer.estimate
    first = answer.rows[0]
    assert (first.key, first.name) == ("北山市", "North Mount")
    people = 0.4 * 0.2 / 3.24e-5
    share = 2 * (answer.found or 0) / 115_000
    assert first.people == pytest.approx(people)
    assert first.expected == pytest.approx(people * share)
    assert first.exposed == pytest.approx((first.one or 0) * 2_000_000)
    assert first.rank == 1
    assert answer.residents == 115_000
    assert (first.arrival, answer.arrivals) == (Arrival(), 0)
    assert first.distance == pytest.approx(1 - math.log(0.4))


def test_the_board_says_what_is_missing(desk: FlowDesk) -> None:
    board = desk.tracing(CITY, "city", D)
    assert board is not None
    assert board.day == B
    assert [name for name, _ in board.rows] == ["南海市", "North Mount"]
    assert board.whole.found == 13
    assert board.whole.tested != board.whole.tested
    assert desk.tracing(CITY, "city", A) is None


def test_nobody_asks_beyond_his_area(desk: FlowDesk) -> None:
    for ask in (desk.destinations, desk.risk, desk.balance, desk.tracing, desk.between):
        with pytest.raises(AreaNotFound):
            ask(EAST, "990102", A)
    with pytest.raises(AreaNotFound):
        desk.outflow(EAST, "990102", A, B)
    rows = desk.destinations(EAST, "city", A).rows
    assert [(row.key, row.name) for row in rows] == [("rest", "elsewhere in the city"), ("北山市", "North Mount")]
    assert desk.tracing(EAST, "city", B) is None
    assert desk.curves(EAST, "city", A, B)[0].of == "reference"


def test_as_it_was_known_then(tmp_path: Path) -> None:
    made = Town(tmp_path, sqlite_url(tmp_path / "x.db"), Knobs(sources=()))
    made.add("flows", "flows")
    made.write("flows", FLOWS, [(A, "安城市", "北山市", 7, None, None)])
    made.build()
    then = made.store.load(made.store.version()).known
    made.write("flows", FLOWS, [(A, "安城市", "北山市", 9, None, None)])
    made.build()
    desk = Desk(Cube(made.store, made.city)).beside(FlowDesk)
    now, before = (desk.outflow(CITY, "city", A, A, as_of=moment)[0].value for moment in (None, then))
    assert (now, before) == (9, 7)
    made.store.close()


def told(folder: Path, rows: Sequence[tuple[object, ...]], index: float | None = None) -> FlowDesk:
    """A desk of a city whose flows are ``rows``, with an index of its own on the first day."""
    made = Town(folder, sqlite_url(folder / "x.db"), Knobs(sources=()))
    made.add("flows", "flows")
    made.write("flows", FLOWS, list(rows))
    if index is not None:
        made.add("index", "flow_index")
        made.write("index", ["日期", "城市", "指数"], [(A, "安城市", index)])
    made.build()
    return Desk(Cube(made.store, made.city)).beside(FlowDesk)


@pytest.mark.parametrize(
    "rows",
    [
        [(A, "东江区", "北山市", None, 40, None), (A, "西山区", "北山市", None, 30, None)],
        [(A, "安城市", "北山市", 100, None, None), (A, "安城市", "南海市", None, 20, None)],
    ],
    ids=["shares of parts without an index", "people beside a share without one"],
)
def test_what_cannot_be_added_up_is_missing_and_not_nought(tmp_path: Path, rows: list[tuple[object, ...]]) -> None:
    found = told(tmp_path, rows).destinations(CITY, "city", A)
    assert (found.state, found.whole) == ("missing", None)


def test_shares_of_more_than_all_are_no_shares(tmp_path: Path) -> None:
    desk = told(tmp_path, [(A, "安城市", "北山市", None, 60, None), (A, "安城市", "南海市", None, 60, None)], 0.2)
    found = desk.destinations(CITY, "city", A)
    assert (found.state, len(found.rows)) == ("missing", 0)
    assert found.whole == pytest.approx(0.2 / 3.24e-5)


def test_one_mode_of_travel_is_not_everybody(tmp_path: Path) -> None:
    """Shares by mode are of all that left: the index counts all of them, and so nobody's mode."""
    rows = [(A, "安城市", "北山市", None, 60, "铁路"), (A, "安城市", "南海市", None, 20, "公路")]
    desk, whole = told(tmp_path, rows, 0.2), 0.2 / 3.24e-5
    assert [row.share for row in desk.destinations(CITY, "city", A).rows] == pytest.approx([0.6, 0.2])
    rail = desk.destinations(CITY, "city", A, mode="rail")
    assert [row.people for row in rail.rows] == pytest.approx([0.6 * whole])
    assert [row.share for row in rail.rows] == [1.0]
    (left,) = desk.outflow(CITY, "city", A, A, "rail")
    assert (left.index, left.estimate) == (None, True)
    assert (left.value, left.low, left.high) == pytest.approx((0.6 * whole, 0.6 * whole / 1.005, 0.6 * whole / 0.995))
