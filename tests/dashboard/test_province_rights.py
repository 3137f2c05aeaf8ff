"""What one store tells the people of a province, of one of its cities and of a district: deliveries, sources, events.

Nothing of another city is found by any entry point: tests/dashboard/scope/test_province.py.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.app import create_app
from dashboard.pages import PAGES
from dashboard.pages.sheets import Sheets
from dashboard.paint import Painter
from dashboard.queries import Desk, Viewer
from dashboard.queries.burden import BurdenDesk
from dashboard.queries.cite import cite, follow
from dashboard.queries.codes import CodeDesk
from dashboard.queries.events import EventDesk
from dashboard.queries.feed_lines import WORST
from dashboard.queries.freshness_desk import FreshnessDesk
from dashboard.queries.loops import LoopDesk
from dashboard.queries.nets import NetsDesk
from dashboard.queries.questions import ask
from dashboard.wall.board import Board as WallBoard
from dashboard.wall.events import sources
from dashboard.wall.picture import Gallery
from dashboard.wall.playlist import DEFAULT
from data.access.roles import MAY
from data.city import System
from data.engine import utcnow
from data.errors import BadQuestion, Forbidden
from data.events import Events, intake
from data.events.report import Report
from grid.cube import Cube
from tests.dashboard.scope.province import FIRST, ITS, OURS, SECOND, hold
from tests.dashboard.scope.site import text_of
from tests.provinces import Home, prefix_of

DISTRICT = f"{prefix_of(0)}01"
ADMINISTRATORS = {scope: Viewer("zh", scope, MAY["administrator"]) for scope in (None, FIRST, SECOND, DISTRICT)}


@pytest.fixture
def desk(province: Home, tmp_path: Path) -> Iterator[Desk]:
    """The desk, with a held file of each city and a book of events."""
    made = Desk(Cube(province.store, province.city))
    made.home = tmp_path
    for code, name in ((FIRST, OURS), (SECOND, ITS)):
        hold(tmp_path, f"{code}-cases", f"{name}.csv")
    made.events = Events.beside(f"sqlite:///{tmp_path / 'x.db'}", tmp_path, province.city)
    yield made
    made.events.close()


def late(desk: Desk) -> dt.datetime:
    """A moment at which every source is late."""
    return desk.cube.at().known.replace(year=2030)


# deliveries ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("scope", "cities"), [(None, {FIRST, SECOND}), (FIRST, {FIRST}), (SECOND, {SECOND})])
def test_loads_are_told_to_the_people_of_their_city_with_file_and_digest(
    desk: Desk, scope: str | None, cities: set[str]
) -> None:
    loads = desk.loads(ADMINISTRATORS[scope])
    known = [one for one in loads if one.kind != "geography"]
    assert {one.source.split("-")[0] for one in known} == cities
    assert all(one.file and one.sha256 for one in known)
    bare = desk.arrived(Viewer("zh", scope, MAY["official"]))
    assert [one.id for one in bare] == [one.id for one in loads]
    assert not any(one.file or one.sha256 or one.sender for one in bare)


def test_who_sees_a_part_of_a_city_is_told_of_no_load(desk: Desk) -> None:
    for made in (desk.loads, desk.arrived, desk.beside(FreshnessDesk).held, desk.beside(FreshnessDesk).refused):
        with pytest.raises(Forbidden):
            made(ADMINISTRATORS[DISTRICT])
    assert not desk.sees_deliveries(ADMINISTRATORS[DISTRICT])
    assert desk.beside(BurdenDesk).conformance(ADMINISTRATORS[DISTRICT]) == []


def test_a_load_elsewhere_is_no_load(desk: Desk) -> None:
    theirs = next(one for one in desk.loads(Viewer()) if one.source.startswith(SECOND))
    way = f"[id={theirs.id}].rows"
    assert follow(ask(desk, Viewer(), cite("loads")), way).value == theirs.rows
    with pytest.raises(BadQuestion):
        follow(ask(desk, ADMINISTRATORS[FIRST], cite("loads")), way)


def test_a_city_s_sources_are_told_as_if_it_stood_alone(desk: Desk) -> None:
    fresh = desk.beside(FreshnessDesk)
    whole = {one.source.name: one for one in fresh.feeds(Viewer()).sources}
    own = fresh.feeds(ADMINISTRATORS[FIRST]).sources
    assert [one.source.name for one in own] == [name for name in whole if name.startswith(FIRST)]
    assert all(one == whole[one.source.name] for one in own)
    assert {one.source.split("-")[0] for one in desk.beside(BurdenDesk).conformance(ADMINISTRATORS[FIRST])} == {FIRST}


@pytest.mark.parametrize(("scope", "names"), [(None, {OURS, ITS}), (FIRST, {OURS}), (SECOND, {ITS})])
def test_held_files_are_those_of_one_s_own_sources(desk: Desk, scope: str | None, names: set[str]) -> None:
    fresh, viewer = desk.beside(FreshnessDesk), ADMINISTRATORS[scope]
    assert {one.path.stem for one in fresh.held(viewer)} == names
    assert fresh.board(viewer).held == len(names)
    with pytest.raises(Forbidden):
        fresh.held(Viewer("zh", scope, MAY["official"]))
    assert fresh.board(Viewer("zh", scope, MAY["official"])).held == 0


def test_who_may_not_see_small_numbers_sees_a_held_file_without_them(desk: Desk) -> None:
    fresh = desk.beside(FreshnessDesk)
    (bare,) = fresh.held(Viewer("zh", FIRST, MAY["auditor"]))
    (full,) = fresh.held(ADMINISTRATORS[FIRST])
    assert [fault.id for fault in bare.faults] == [fault.id for fault in full.faults] == ["jump"]
    assert (dict(bare.faults[0].more), bool(full.faults[0].more)) == ({}, True)


@pytest.mark.parametrize(("scope", "status"), [(None, 200), (FIRST, 403), (SECOND, 403), (DISTRICT, 403)])
def test_metrics_are_for_who_sees_everything(desk: Desk, scope: str | None, status: int) -> None:
    app = create_app(desk, viewer_of=lambda: ADMINISTRATORS[scope])
    assert app.server.test_client().get("/metrics").status_code == status


# the page of sources -------------------------------------------------------------------------------


def page(desk: Desk, viewer: Viewer, search: str = "", id: str = "freshness") -> list[dict[str, Any]]:
    """The blocks of a page."""
    made = Sheets(desk, "zh", PAGES)(next(one for one in PAGES if one.id == id), search, viewer)
    blocks: list[dict[str, Any]] = json.loads(json.dumps(made))["sheet"]["blocks"]
    return blocks


def block(blocks: list[dict[str, Any]], id: str) -> dict[str, Any] | None:
    return next((one for one in blocks if one["id"] == id), None)


def test_a_province_s_board_is_told_by_city_the_worst_first(desk: Desk) -> None:
    fresh = desk.beside(FreshnessDesk)
    for now in (None, late(desk)):
        board = fresh.board(Viewer(), now=now)
        assert {part.code: len(part.lines) for part in board.parts} == {FIRST: 6, SECOND: 6}
        assert board.own == []
        for way in ("fresh", "late", "stopped", "doubtful", "held"):
            assert sum(getattr(part, way) for part in board.parts) == getattr(board, way), way
        order = [WORST.index(part.state) for part in board.parts]
        assert order == sorted(order)
    held = [part.code for part in fresh.board(Viewer()).parts if part.held]
    assert held == [FIRST, SECOND]


def test_the_board_of_an_area_is_of_its_own_city_s_sources(desk: Desk) -> None:
    fresh = desk.beside(FreshnessDesk)
    for area, city in ((FIRST, FIRST), (DISTRICT, FIRST), (SECOND, SECOND)):
        board = fresh.board(Viewer(), area)
        assert {line.feed.source.name.split("-")[0] for line in board.lines} == {city}
        assert (len(board.lines), board.parts) == (6, ())


def test_the_page_lists_a_row_a_city_and_leads_to_its_sources(desk: Desk) -> None:
    blocks = page(desk, Viewer())
    table = block(blocks, "cities")
    assert table is not None
    assert {row["key"] for row in table["rows"]} == {FIRST, SECOND}
    assert all(f"area={row['key']}" in row["href"] for row in table["rows"])
    assert not [one for one in blocks if one["kind"] == "feeds"]
    inside = page(desk, Viewer(), f"?area={FIRST}")
    assert block(inside, "cities") is None
    (wall,) = [one for one in inside if one["kind"] == "feeds"]
    assert len(wall["rows"]) == 6
    assert "第1市" not in text_of(inside)


def test_the_page_of_a_source_lists_its_loads_to_who_sees_deliveries(desk: Desk) -> None:
    search = f"?source={FIRST}-cases"
    assert "cases.csv" in text_of(page(desk, ADMINISTRATORS[FIRST], search))
    assert "cases.csv" not in text_of(page(desk, Viewer("zh", FIRST, MAY["official"]), search))
    assert "cases.csv" not in text_of(page(desk, ADMINISTRATORS[FIRST], f"?source={SECOND}-cases"))


def test_a_wall_s_list_of_sources_is_one_of_cities(desk: Desk) -> None:
    painter = Painter(desk)
    now = Gallery(desk, painter, None).now(DEFAULT)
    rows = sources(WallBoard(desk, painter, Viewer(), now)).data["rows"]
    assert {row["name"] for row in rows} == {"第0市", "第1市"}
    own = sources(WallBoard(desk, painter, Viewer(scope=FIRST), now)).data["rows"]
    assert len(own) == 6


# events --------------------------------------------------------------------------------------------


def happen(desk: Desk, area: str, klass: str = "hotline", by: str = "") -> None:
    assert desk.events is not None
    at = utcnow() - dt.timedelta(days=2)
    report = Report("test", area, klass, area, happened=at)
    intake.take_one(desk.events, report, desk.beside(EventDesk).tree(), at, by=by)


def test_where_no_event_is_open_there_are_none_and_that_is_told(desk: Desk) -> None:
    happen(desk, f"{prefix_of(1)}01001")
    for area, told in (("city", {FIRST: 0, SECOND: 1}), (SECOND, {f"{prefix_of(1)}01": 1, f"{prefix_of(1)}02": 0})):
        board = desk.beside(LoopDesk).standing(Viewer(), area)
        assert {code: tally.open for code, tally in board.below.items()} == told
    last = utcnow().date()
    loops = desk.beside(LoopDesk).board(Viewer(), "city", last - dt.timedelta(days=9), last)
    assert {one.unit.code: one.part.events for one in loops.below} == {FIRST: 0, SECOND: 1}


def test_the_areas_with_most_that_is_late_come_first(desk: Desk) -> None:
    happen(desk, f"{prefix_of(1)}02001")
    stacks = [one for one in page(desk, Viewer(), id="events") if one["kind"] in ("stack", "group")]
    names = [row["name"] for one in stacks for each in one.get("blocks", [one]) for row in each.get("rows", [])]
    assert names.index("第1市") < names.index("第0市")


def test_a_program_of_another_city_wires_no_net_here(desk: Desk) -> None:
    happen(desk, f"{prefix_of(1)}01001", "fever", by="clinic")
    now = utcnow()
    desk.beside(EventDesk).clock.now = lambda: now  # type: ignore[method-assign]
    ways = {
        scope: {line.id: line.way for line in desk.beside(NetsDesk).nets(Viewer(scope=scope)).lines}
        for scope in (FIRST, SECOND)
    }
    assert [id for id, way in ways[SECOND].items() if way == "wired"] != []
    assert [id for id, way in ways[FIRST].items() if way == "wired"] == []


# codes ---------------------------------------------------------------------------------------------


def test_systems_are_called_as_the_reader_s_own_city_calls_them(province: Home) -> None:
    first, second = province.city.members
    ours, theirs = (System(id="own", name=f"{name}码", owner=f"{name}局") for name in ("甲", "乙"))
    other = System(id="other", name="乙二码", owner="乙二局")
    above = System(id="above", name="省码", owner="省局", level="province")
    members = (
        first.model_copy(update={"systems": [ours]}), second.model_copy(update={"systems": [theirs, other]}),
    )  # fmt: skip
    city = province.city.model_copy(update={"systems": [ours, other, above], "members": members})
    codes = Desk(Cube(province.store, city)).beside(CodeDesk)
    told = {scope: [one.name for one in codes.systems(Viewer(scope=scope))] for scope in (None, FIRST, SECOND)}
    assert told == {None: ["甲码", "乙二码", "省码"], FIRST: ["甲码", "other", "省码"],
                    SECOND: ["乙码", "乙二码", "省码"]}  # fmt: skip
