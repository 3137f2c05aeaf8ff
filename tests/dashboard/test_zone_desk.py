"""The questions about zones and notices, on a city whose every answer was worked out by hand (tests/ruled.py)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from dashboard.numbers import day_text
from dashboard.pages import notices, orders, zones
from dashboard.pages.sheets import Sheets
from dashboard.queries import Desk, Viewer
from dashboard.queries.notices import NoticeDesk
from dashboard.queries.policy import PolicyDesk
from dashboard.queries.zones import ZoneDesk
from data.errors import AreaNotFound
from grid.cube import Cube
from tests import ruled, tiny
from tests.tiny import DAYS, Day

CITY, EAST = Viewer(), Viewer(scope="990101")
LAST = DAYS[9]


@pytest.fixture(scope="module")
def cube(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cube]:
    made = ruled.cube(tmp_path_factory.mktemp("ruled"))
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def with_east(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cube]:
    made = ruled.cube(tmp_path_factory.mktemp("east"), east=True)
    yield made
    made.store.close()


# zones ------------------------------------------------------------------------------------------------


def test_every_zone_with_its_clock(cube: Cube) -> None:
    lines = Desk(cube).beside(ZoneDesk).clocks(CITY, day=LAST)
    told = [
        (line.clock.zone.key, line.clock.state, line.clock.over, line.clock.ends, line.clock.early) for line in lines
    ]
    assert told == [
        ("C2", "week", 6, DAYS[3], 0), ("L1", "week", 3, DAYS[6], 0),
        ("L3", "running", 0, Day(2022, 3, 12), 0), ("L4", "released", 0, Day(2022, 3, 12), 2),
    ]  # fmt: skip
    assert lines[1].clock.last == DAYS[1]
    assert [line.clock.loose for line in lines] == [0, 0, 1, 1]  # somebody of 东江镇, nobody knows where
    assert (lines[1].name, lines[1].area, lines[1].where) == ("L1", ("990102001", "石桥街道"), "西山区")


@pytest.mark.parametrize(
    ("n", "due", "overdue", "released"),
    [(2, 0, 0, 0), (3, 1, 0, 0), (4, 0, 1, 0), (6, 1, 1, 0), (7, 0, 2, 0), (9, 0, 2, 1)],
)
def test_the_numbers_of_a_day(cube: Cube, n: int, due: int, overdue: int, released: int) -> None:
    found = Desk(cube).beside(ZoneDesk).summary(CITY, day=DAYS[n])
    assert (found.states["due"].zones, found.overdue.zones, found.states["released"].zones) == (due, overdue, released)
    people = sum(tiny.POPULATION[code] for code in ("990102001", "990102002"))
    assert (found.standing.people, found.day) == (people, DAYS[n])
    assert found.larger.zones == 0


def test_area_by_area(cube: Cube) -> None:
    rows = Desk(cube).beside(ZoneDesk).below(CITY, day=LAST)
    assert [(row.name, row.standing.zones, row.overdue) for row in rows] == [("西山区", 2, 2), ("东江区", 1, 0)]
    assert rows[1].standing.people is None  # 塔下村 is on no map: nobody knows how many of its street's people it has


def test_nobody_looks_beyond_their_scope(cube: Cube) -> None:
    desk = Desk(cube)
    zones, notices = desk.beside(ZoneDesk), desk.beside(NoticeDesk)
    assert {line.clock.zone.key for line in zones.clocks(EAST, day=LAST)} == {"L3", "L4"}
    assert zones.summary(EAST, day=LAST).standing.zones == 1
    assert [line.number for line in notices.in_force(EAST, day=LAST)] == ["东3号", "市1号", "town-codes号"]
    for ask in (zones.clocks, zones.summary, zones.below, notices.in_force, notices.contradictions):
        with pytest.raises(AreaNotFound):
            ask(EAST, "990102", LAST)


def test_a_zone_is_found_again_by_its_id(cube: Cube) -> None:
    desk = Desk(cube).beside(ZoneDesk)
    line = desk.clocks(CITY, day=LAST)[1]
    assert desk.clock(CITY, line.id, day=LAST) == line
    assert desk.clock(EAST, line.id, day=LAST) is None


def test_the_days_that_can_be_asked_for(cube: Cube) -> None:
    desk = Desk(cube)
    assert (desk.beside(ZoneDesk).days(CITY)[0], desk.beside(ZoneDesk).days(CITY)[-1]) == (DAYS[0], LAST)
    assert desk.beside(NoticeDesk).days(CITY)[-1] == LAST


def test_plans_are_days_to_go_to_and_not_the_day_that_is_shown(tmp_path: Path) -> None:
    made = ruled.town(tmp_path)
    planned = LAST + dt.timedelta(days=20)
    add_row(tmp_path / "in/zones.csv", ["Z9", "封控区", planned, "9999-12-31", "", "石桥街道", "", ""])
    add_row(tmp_path / "in/notices.csv", ["市10号", "下月起", "市指挥部", planned, "", "户籍", "安城市", "黄码", ""])
    assert [outcome.error for outcome in made.build().outcomes if outcome.error] == []
    desk = Desk(Cube(made.store, made.city))
    for each in (desk.beside(ZoneDesk), desk.beside(NoticeDesk), desk.beside(PolicyDesk)):
        assert each.last_day(CITY) == LAST
        assert each.days(CITY)[-1] == planned
    assert {line.clock.zone.key for line in desk.beside(ZoneDesk).clocks(CITY)} == {"C2", "L1", "L3", "L4"}
    assert "Z9" in {line.clock.zone.key for line in desk.beside(ZoneDesk).clocks(CITY, day=planned)}
    assert "市10号" not in {line.number for line in desk.beside(NoticeDesk).in_force(CITY)}
    for page in (zones.PAGE, notices.PAGE, orders.PAGE):
        head = Sheets(desk, "zh", (page,))(page, "", CITY)["sheet"]["head"]["day"]
        assert (head["text"], head["latest"]) == (day_text(LAST, "zh"), "")
        assert head["after"] or page is not zones.PAGE
    made.store.close()


def add_row(path: Path, row: Sequence[object]) -> None:
    """Gives a CSV file another row."""
    with path.open("a", encoding="utf-8") as file:
        file.write(",".join(map(str, row)) + "\n")


def test_a_city_without_zones_has_no_days(tiny_home: Path, tmp_path: Path) -> None:
    town = tiny.Town(tmp_path, f"sqlite:///{tmp_path / 'x.db'}", tiny.Knobs(sources=("cases",)))
    town.build()
    desk = Desk(Cube(town.store, town.city))
    assert list(desk.beside(ZoneDesk).days(CITY)) == []
    assert desk.beside(ZoneDesk).clocks(CITY) == []
    assert desk.beside(ZoneDesk).summary(CITY).standing.zones == 0
    town.store.close()


# notices ----------------------------------------------------------------------------------------------


def test_what_each_notice_changed(cube: Cube) -> None:
    lines = {line.number: line for line in Desk(cube).beside(NoticeDesk).in_force(CITY, day=LAST)}
    assert list(lines) == ["东3号", "市9号", "市1号", "west-codes号", "town-codes号"]  # 市8号 is over
    changed = {number: line.changed for number, line in lines.items()}
    assert (changed["市1号"].zones.zones, changed["市1号"].areas) == (3, ("东江区", "西山区"))
    assert (changed["市9号"].zones.zones, changed["市9号"].zones.people) == (1, tiny.POPULATION["990102001"])
    assert (changed["东3号"].zones.zones, changed["东3号"].areas) == (1, ("东江区",))
    # who may not leave home is red by the city's rules; the western district's yellow changes nothing beside them
    assert changed["town-codes号"].coloured == tiny.POPULATION["990102001"]
    assert changed["west-codes号"].coloured == 0
    assert changed["市1号"].exceptions is None  # no ledger of codes
    # only the notice of a pack's number is the pack; another that names it goes by it
    packs = {number: (line.pack and line.pack.id, line.under and line.under.id) for number, line in lines.items()}
    assert (packs["市1号"], packs["东3号"], packs["市9号"]) == (
        ("town-zones", None),
        (None, "town-zones"),
        (None, None),
    )


def test_a_notice_taken_out_changes_its_own_areas_only(with_east: Cube) -> None:
    desk = Desk(with_east).beside(NoticeDesk)
    view = with_east.at()
    for id, keys in ((ruled.EAST_RULES, {"L3"}), (ruled.CITY_RULES, {"C2", "L1"})):
        pack = next(pack for pack in desk.rules.packs if pack.id == id)
        assert {clock.zone.key for clock in desk.without(view, pack, LAST)} == keys
    lines = {line.number: line.changed.areas for line in desk.in_force(CITY, day=LAST)}
    assert (lines["东1号"], lines["市1号"]) == (("东江区",), ("西山区",))


def test_contradictions_are_those_of_packs_that_hold_in_one_place(cube: Cube, with_east: Cube) -> None:
    for made in (cube, with_east):  # the eastern pack stands in the city's place, it does not contradict it
        found = Desk(made).beside(NoticeDesk).contradictions(CITY, day=LAST)
        assert {(one.kind, one.first.pack, one.second.pack) for one in found} == {
            ("colour", "town-codes", "west-codes"), ("confinement", "town-codes", "west-codes"),
        }  # fmt: skip
        assert list(Desk(made).beside(NoticeDesk).contradictions(EAST, day=LAST)) == []


def test_notices_on_a_time_line(cube: Cube) -> None:
    desk = Desk(cube).beside(NoticeDesk)
    assert desk.begun(CITY, "city", DAYS[1], LAST) == [(DAYS[6], "东3号")]
    assert [number for _, number in desk.begun(CITY, "city", DAYS[0], LAST)] == ["市1号", "市8号", "市9号", "东3号"]
    assert [number for _, number in desk.begun(CITY, "990102", DAYS[0], LAST)] == ["市1号", "市8号", "市9号"]
