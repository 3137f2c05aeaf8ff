"""Supplies, isolation places and work as a city tells of them: numbers, plans, pages, and who may see what."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dashboard.pages import supplies, workload
from dashboard.pages.sheets import Sheets
from dashboard.queries import Desk, Viewer
from dashboard.queries.cite import Cited
from dashboard.queries.codes import CodeDesk
from dashboard.queries.hidden import hidden
from dashboard.queries.questions import again, given
from dashboard.queries.supplies import SupplyDesk
from dashboard.queries.workload import WorkDesk
from dashboard.reports.context import Context
from dashboard.reports.model import Number, Order, Paragraph, Table
from dashboard.reports.sections import isolation
from dashboard.reports.sections import supplies as in_store
from data.access.roles import MAY
from data.errors import AreaNotFound, BadQuestion, Forbidden
from data.events import Events
from data.events.intake import take
from data.events.report import Report
from data.sources import kind
from data.words import Lang
from grid.chains import Chains
from grid.cube import Cube
from tests.tiny import DAYS, Knobs, Town

ONE, TWO = DAYS[0], DAYS[1]
CITY, EAST = "990000", "990101"
OFFICIAL = Viewer(rights=MAY["official"])
REPORTER = Viewer(rights=MAY["reporter"])


@pytest.fixture(scope="module")
def cube(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cube]:
    folder = tmp_path_factory.mktemp("stock")
    town = Town(folder, f"sqlite:///{folder / 'city.db'}", Knobs(sources=()))
    for name in ("supplies", "places", "workers"):
        town.add(name, name)
    town.write("supplies", ["日期", "区域", "物资", "单位", "库存", "日消耗"], [
        (ONE, "江口街道", "口罩", "只", 140, 20), (ONE, "石桥街道", "口罩", "只", 999, 10),
        (TWO, "江口街道", "口罩", "只", 100, 40), (TWO, "东江镇", "口罩", "只", 50, 10),
        (TWO, "石桥街道", "口罩", "只", 700, 10), (TWO, "江口街道", "防护服", "套", 8, 2),
        (TWO, "石桥街道", "防护服", "套", 3, 1), (TWO, "东江区", "消毒液", "升", 30, None),
    ])  # fmt: skip
    town.write("places", ["日期", "区域", "场所", "房间数", "已用房间"], [
        (TWO, "江口街道", "江口旅馆", 40, 3), (TWO, "石桥街道", "石桥旅馆", 25, 25),
    ])  # fmt: skip
    town.write("workers", ["日期", "区域", "在岗人数", "每人每日可办件数"], [
        (TWO, "江口街道", 1, 2), (TWO, "东江镇", 3, 2), (TWO, "石桥街道", 1, 2), (TWO, "柳林街道", 1, None),
    ])  # fmt: skip
    town.build()
    made = Cube(town.store, town.city)
    yield made
    town.store.close()


@pytest.fixture
def desk(cube: Cube) -> Desk:
    return Desk(cube)


@pytest.fixture
def busy(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """With seven visits in 江口街道, one in 石桥街道, and one of which only the district is known."""
    row_of = desk.cube.at().areas.row_of
    rows = [row_of[code] for code in ("990101001", "990102001", "990102")]
    monkeypatch.setattr(CodeDesk, "late", lambda *_: (np.array(rows), np.array([7, 1, 1])))
    return desk


def test_stock_is_added_up_and_use_is_the_mean_of_what_was_told(desk: Desk) -> None:
    found = desk.beside(SupplyDesk).stock(Viewer())
    assert (found.day, found.told, found.target) == (TWO, TWO, 7)
    suits, masks, litres = found.items
    assert (suits.item, suits.stock, suits.used) == ("防护服", 11, 3)
    assert suits.days == pytest.approx(11 / 3)
    # 江口街道 used 20 and 40: 30 a day
    assert (masks.item, masks.stock, masks.used, masks.days) == ("口罩", 850, 50, 17)
    assert [(have.area, have.stock, have.used, have.days) for have in masks.areas] == [
        ("990101", 150, 40, 3.75), ("990102", 700, 10, 70)]  # fmt: skip
    assert (masks.short, masks.silent) == (1, 0)
    assert (litres.stock, litres.used, litres.days, litres.silent) == (30, None, None, 2)
    assert found.short == 3


def test_a_day_back_is_told_by_that_day_alone(desk: Desk) -> None:
    (masks,) = desk.beside(SupplyDesk).stock(Viewer(), day=ONE).items
    assert (masks.stock, masks.used) == (1139, 30)


def test_the_plan_brings_everybody_to_the_target_or_shares_fairly(desk: Desk) -> None:
    found = desk.beside(SupplyDesk).plans(Viewer())
    suits, masks, litres = found.items
    assert masks.enough
    assert [(line.before, line.received, line.given, line.after) for line in masks.lines] == [
        (150, 130, 0, 280), (700, 0, 130, 570)]  # fmt: skip
    assert (masks.needed, masks.stock, masks.missing, masks.units) == (350, 850, 0, 130)
    assert not suits.enough
    assert [line.after for line in suits.lines] == [7, 4]  # 3.5 and 4 days; 8 and 3 are 4 and 3 days
    assert (suits.missing, suits.least_before, suits.least_after) == (10, 3, 3.5)
    assert litres.lines == ()
    assert litres.left_out == ("东江区", "西山区")
    assert (found.units, found.moves, found.lacking) == (131, 2, 1)


def test_a_target_is_a_number_of_days(desk: Desk) -> None:
    plans = desk.beside(SupplyDesk).plans(Viewer(), target="3")
    assert {one.item: one.units for one in plans.items} == {"防护服": 0, "口罩": 0, "消毒液": 0}
    for wrong in ("0", "91", "-1", "x", "²"):
        with pytest.raises(BadQuestion):
            desk.beside(SupplyDesk).plans(Viewer(), target=wrong)


def test_rooms_taken_are_for_who_may_see_small_numbers(desk: Desk) -> None:
    found = desk.beside(SupplyDesk).rooms(OFFICIAL)
    assert (found.all.places, found.all.rooms, found.all.taken, found.all.free) == (2, 65, 28, 37)
    assert [(one.id, one.rooms, one.taken) for one in found.areas] == [("990101", 40, 3), ("990102", 25, 25)]
    assert found.places[1].share == 1
    told = desk.beside(SupplyDesk).rooms(REPORTER)
    assert told.all.rooms == 65
    every = [value for one in (told.all, *told.areas, *told.places) for value in (one.taken, one.free, one.share)]
    assert all(hidden(value) for value in every)


def test_what_lies_outside_the_scope_is_not_there(desk: Desk) -> None:
    east = replace(OFFICIAL, scope=EAST)
    found = desk.beside(SupplyDesk).stock(east)
    assert {one.item: one.stock for one in found.items} == {"防护服": 8, "口罩": 150, "消毒液": 30}
    assert desk.beside(SupplyDesk).rooms(east).all.rooms == 40
    assert desk.beside(WorkDesk).work(east).all.people == 4
    for ask in (desk.beside(SupplyDesk).stock, desk.beside(SupplyDesk).rooms, desk.beside(WorkDesk).work):
        with pytest.raises(AreaNotFound):
            ask(east, "990102")


def test_work_is_held_against_what_people_can_do(busy: Desk) -> None:
    found = busy.beside(WorkDesk).work(OFFICIAL)
    assert (found.all.posts, found.all.tasks, found.all.people, found.nobodys, found.untold) == (4, 8, 6, 1, 1)
    assert found.all.load is None  # one post does not tell what its people can do
    assert not found.all.known
    busiest = found.posts[0]
    assert (busiest.area, busiest.tasks, busiest.able, busiest.load, busiest.over) == ("990101001", 7, 2, 3.5, 5)
    # of 4 people in the district 3 do six of the seven: 7/6; the fourth has nothing to do
    assert (found.highest, found.highest_after) == (3.5, 7 / 8)
    assert [(one.origin, one.destination, one.people) for one in found.loans] == [("东江镇", "江口街道", 3)]
    assert (found.all.saturated, found.all.saturated_after, found.moved) == (1, 0, 3)


def test_events_are_missing_where_there_is_no_book(busy: Desk) -> None:
    assert busy.beside(WorkDesk).work(OFFICIAL).silent == ("homes", "zones", "events")


def test_open_events_are_tasks_of_their_owners_but_for_what_is_counted_elsewhere(busy: Desk, tmp_path: Path) -> None:
    book, now = Events.beside(f"sqlite:///{tmp_path / 'x.db'}", tmp_path), dt.datetime(2022, 3, 3)
    told = (("1", "gate_hit", "990102001"), ("2", "gate_hit", "990102001"), ("3", "hotline", "990101002"),
            ("4", "code_overdue", "990102001"), ("5", "stale_source", "990102001"))  # fmt: skip
    reports = [Report("gate", key, klass, area, subject=key, place=key) for key, klass, area in told]
    view = busy.cube.at()
    assert [one.outcome for one in take(book, reports, Chains(view.geography, busy.city), now)] == ["new"] * 5
    busy.events = book
    found = busy.beside(WorkDesk).work(OFFICIAL)
    tasks = {one.area: one.kinds["events"] for one in found.posts}
    # the fourth is a code's, which the ledger tells; the fifth is the district's, which is no post
    assert tasks == {"990101001": 0, "990102001": 2, "990101002": 1}
    assert (found.silent, found.nobodys) == (("homes", "zones"), 2)
    assert "events" in busy.beside(WorkDesk).work(OFFICIAL, as_of=dt.datetime(2100, 1, 1)).silent
    book.close()


@pytest.mark.parametrize("role", sorted(MAY))
def test_work_is_for_who_sees_events(busy: Desk, role: str) -> None:
    viewer = Viewer(rights=MAY[role])
    if "events" in viewer.rights:
        assert busy.beside(WorkDesk).work(viewer).all.tasks == 8
    else:
        with pytest.raises(Forbidden):
            busy.beside(WorkDesk).work(viewer)


def sheet(desk: Desk, id: str, search: str, viewer: Viewer) -> list[dict[str, Any]]:
    made = Sheets(desk, "zh", (supplies.PAGE, workload.PAGE))
    page = next(page for page in made.listed if page.id == id)
    found: list[dict[str, Any]] = made(page, search, viewer)["sheet"]["blocks"]
    return found


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_say_it(busy: Desk, lang: str) -> None:
    said = json.dumps(sheet(busy, "supplies", f"?lang={lang}&item=口罩", OFFICIAL), ensure_ascii=False)
    assert "130" in said
    assert '"570"' in said
    hushed = json.dumps(sheet(busy, "supplies", f"?lang={lang}", REPORTER), ensure_ascii=False)
    assert "江口旅馆" in hushed
    assert '"28"' not in hushed
    work = json.dumps(sheet(busy, "workload", f"?lang={lang}", OFFICIAL), ensure_ascii=False)
    assert "350%" in work
    assert "88%" in work


def test_a_shown_number_can_be_asked_again(busy: Desk) -> None:
    for question, way, value in (
        ("supplies.plans", "items[item=口罩].lines[area=990102].after", 570),
        ("supplies.stock", "items[item=防护服].areas[area=990101].days", 4),
        ("supplies.rooms", "places[id=990101001 江口旅馆].free", 37),
        ("workload", "posts[area=990101001].load", 3.5),
    ):
        told: Cited = given(busy, OFFICIAL, None, question, area=CITY, day=TWO)[way]
        assert told.value == value
        assert again(busy, OFFICIAL, told.cite).value == value


def test_a_city_without_such_sources_says_so(tmp_path: Path) -> None:
    town = Town(tmp_path, f"sqlite:///{tmp_path / 'city.db'}", Knobs(sources=("population",)))
    town.build()
    desk = Desk(Cube(town.store, town.city))
    assert desk.beside(SupplyDesk).days(Viewer()) == desk.beside(WorkDesk).days(Viewer()) == []
    assert "city.toml" in json.dumps(sheet(desk, "supplies", "", OFFICIAL), ensure_ascii=False)
    assert "city.toml" in json.dumps(sheet(desk, "workload", "", OFFICIAL), ensure_ascii=False)
    with pytest.raises(BadQuestion):
        desk.beside(WorkDesk).work(OFFICIAL)
    town.store.close()


@pytest.mark.parametrize("name", ["supplies", "places", "workers"])
def test_the_kinds_name_no_persons(name: str) -> None:
    assert {field.id for field in kind(name).fields} <= {
        "day", "item", "unit", "stock", "used", "place", "rooms", "taken", "people", "capacity"}  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_report_tells_what_is_in_store_and_which_rooms_are_free(desk: Desk, lang: Lang) -> None:
    """Its numbers are those of the page, found again by where they are cited."""
    order = Order("daily", day=TWO, lang=lang)
    context = Context(desk, Viewer("zh"), order, TWO, desk.status(Viewer("zh")).known)
    (table,) = [block for block in in_store.make(context).blocks if isinstance(block, Table)]
    told = [[cell if isinstance(cell, str) else cell.value for cell in row] for row in table.rows]
    page = SupplyDesk(desk).stock(Viewer("zh"), "city", TWO)
    assert told == [[one.item, one.stock, one.used, one.days, one.short, one.silent] for one in page.items]
    assert len(told) == 3
    rooms = isolation.make(context).blocks[-1]
    assert isinstance(rooms, Paragraph)
    assert [run.value for run in rooms.runs if isinstance(run, Number)] == [2, 65, 37]
    for row in table.rows:
        for cell in row[1:]:
            assert isinstance(cell, Number)
            assert again(desk, Viewer("zh"), cell.cite).value == cell.value
