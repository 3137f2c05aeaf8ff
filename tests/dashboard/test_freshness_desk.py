"""How sources stand, drawn: the board, the page, the hatching, the grey figure, and the wall's stamp."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import numpy as np
import pytest

from dashboard import wire
from dashboard.commands.inbox import once
from dashboard.links import State, read
from dashboard.pages import PAGES
from dashboard.pages.sheets import Sheets
from dashboard.paint import Painter
from dashboard.parts import panel
from dashboard.queries import Desk, Viewer
from dashboard.queries.feed_lines import Board, line_of
from dashboard.queries.freshness_desk import FreshnessDesk
from dashboard.reconcile.maps import decode
from dashboard.shown import settle
from dashboard.wall.picture import Gallery
from dashboard.wall.playlist import Settings
from data.city import read_city
from data.errors import AreaNotFound, BadQuestion
from data.settings import read_home
from data.store import Store
from data.terms import FEEDS
from grid.cube import Cube
from grid.measures import MEASURES
from tests import daily
from tests.daily import CLEAN, FIRST, STREETS, numbers

SILENT = STREETS[4]
LAST = FIRST + dt.timedelta(days=CLEAN)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The city, whose last table lacks a street, and with a held one."""
    home = daily.make(tmp_path_factory.mktemp("daily"))
    daily.send(home, {street: n for street, n in numbers(CLEAN).items() if street != SILENT})
    daily.send(home, daily.jumped(numbers(CLEAN + 1)), CLEAN + 1)
    assert sorted(one.state for one in once(home, 0.0)) == ["held", "loaded"]
    return opened(home)


def opened(home: Path) -> Desk:
    settings = read_home(home)
    made = Desk(Cube(Store.open(settings.database), read_city(settings.city)))
    made.home = home
    return made


def board(desk: Desk, viewer: Viewer | None = None, area: str = "city", later: float = 0.0) -> Board:
    made = desk.beside(FreshnessDesk)
    now = made.now() + dt.timedelta(hours=later)
    return made.board(viewer or Viewer(), area, now=now)


def test_a_source_is_told_for_each_area_below(desk: Desk) -> None:
    line = line_of(board(desk, area="990102"), "daily")
    assert [cell.area for cell in line.cells] == [code for code, _ in board(desk, area="990102").areas]
    assert {cell.area: cell.state for cell in line.cells}[SILENT] == "held"
    states = {one.day: one.state for one in line.days}
    assert states[LAST] == "fault"
    assert {states[LAST - dt.timedelta(days=n)] for n in range(1, CLEAN + 1)} == {"told"}


def test_completeness_is_of_the_area_alone(desk: Desk) -> None:
    line = line_of(board(desk), "daily")
    assert {cell.area: cell.complete for cell in line.cells} == {"990101": 1.0, "990102": pytest.approx(2 / 3)}


def test_a_feed_that_stops_turns_late_then_stopped_and_the_wall_asks_anew(desk: Desk) -> None:
    states = [line_of(board(desk, later=hours), "daily").state for hours in (0, 20, 40, 80)]
    assert states == ["held", "held", "warn", "error"]
    gallery = Gallery(desk, Painter(desk), None)
    moments = [desk.beside(FreshnessDesk).now() + dt.timedelta(hours=hours) for hours in (0, 40, 80)]
    stamps = {gallery.stamp(Settings(now=moment.replace(tzinfo=dt.UTC))) for moment in moments}
    assert len(stamps) == len(moments)


def test_the_map_hatches_the_silent_street_on_its_day_alone(desk: Desk) -> None:
    made, painter = MEASURES["positives"], Painter(desk)
    codes = desk.paint(Viewer(), "positives", "street", [LAST]).codes
    doubt = desk.beside(FreshnessDesk).doubted(Viewer(), made, codes, "street", LAST)
    assert [code for code, odd in zip(codes, doubt, strict=True) if odd] == [SILENT]
    before = desk.beside(FreshnessDesk).doubted(Viewer(), made, codes, "street", LAST - dt.timedelta(days=1))
    assert not before.any()
    drawn = decode(gzip.decompress(painter.day(Viewer(), made, "district", "city", LAST, None)))
    districts = desk.paint(Viewer(), "positives", "district", [LAST]).codes
    odd = [code for code, state in zip(districts, drawn.states, strict=True) if state & wire.DOUBTFUL]
    assert odd == ["990102"]


def test_of_a_late_source_every_unit_is_hatched_on_its_last_day(desk: Desk) -> None:
    beside, made = desk.beside(FreshnessDesk), MEASURES["positives"]
    codes = desk.paint(Viewer(), "positives", "street", [LAST]).codes
    later = beside.now() + dt.timedelta(hours=60)
    assert beside.doubted(Viewer(), made, codes, "street", LAST, now=later).all()
    assert not beside.doubted(Viewer(), made, codes, "street", LAST - dt.timedelta(days=2), now=later).any()


def test_key_figures_are_grey_where_their_source_has_stopped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = desk.beside(FreshnessDesk)
    shown = settle(desk, read("", State()), Viewer())
    assert {figure["late"] and figure["late"]["stale"] for figure in panel.describe(desk, shown)["figures"]} == {None}
    later = beside.now() + dt.timedelta(hours=120)
    monkeypatch.setattr(beside, "now", lambda as_of=None: later)
    found = {figure["id"]: figure["late"] for figure in panel.describe(desk, shown)["figures"]}
    assert found["positives"]["stale"]
    assert str(found["positives"]["text"]) == "断报 4 天"
    assert found["population"] is None or found["population"]["stale"] is False
    url = beside.query(Viewer())
    assert url.startswith("?fresh=")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_names_every_source_fault_and_held_file(desk: Desk, lang: str) -> None:
    page = next(page for page in PAGES if page.id == "freshness")
    answer = Sheets(desk, "zh", PAGES)(page, f"?lang={lang}", Viewer())
    blocks = {block["kind"]: block for block in answer["sheet"]["blocks"]}
    assert [row["name"] for row in blocks["feeds"]["rows"]] == [
        (source.title_en if lang == "en" else source.title) or source.name for source in desk.city.sources
    ]
    text = repr(answer["sheet"]["blocks"])
    assert daily.name_of(CLEAN + 1) in text
    assert ("部分缺报" if lang == "zh" else "Incomplete") in text
    assert all(term.name("zh" if lang == "zh" else "en") in text for term in FEEDS.values())


def test_whoever_has_no_right_to_deliveries_is_told_of_no_held_file(desk: Desk) -> None:
    page = next(page for page in PAGES if page.id == "freshness")
    answer = Sheets(desk, "zh", PAGES)(page, "", Viewer(scope="990101", rights=frozenset()))
    text = repr(answer["sheet"])
    assert daily.name_of(CLEAN + 1) not in text
    assert SILENT not in text
    assert "上河镇" not in text


def test_outside_of_the_scope_there_is_nothing(desk: Desk) -> None:
    with pytest.raises(AreaNotFound):
        board(desk, Viewer(scope="990101"), "990102")
    with pytest.raises(BadQuestion):
        line_of(board(desk), "nothing")


def test_the_doubt_of_many_days_is_that_of_each(desk: Desk) -> None:
    beside, made = desk.beside(FreshnessDesk), MEASURES["incidence_7d"]
    codes = desk.paint(Viewer(), "positives", "street", [LAST]).codes
    days = [LAST - dt.timedelta(days=n) for n in range(4)]
    together = beside.doubted_days(Viewer(), made, codes, "street", days)
    single = np.stack([beside.doubted(Viewer(), made, codes, "street", day) for day in days])
    assert (together == single).all()
