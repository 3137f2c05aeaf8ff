"""A province on the screens: its cities, what each city's people see, and nothing of the others."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.app import create_app
from dashboard.exports.layer import Wish
from dashboard.exports.layers import layer_of
from dashboard.links import Asked, State
from dashboard.pages import PAGES
from dashboard.paint import Painter
from dashboard.queries import Desk, Viewer
from dashboard.queries.events import EventDesk
from dashboard.queries.freshness_desk import FreshnessDesk
from dashboard.reports.build import build
from dashboard.reports.model import Order
from dashboard.shown import settle
from dashboard.wall.board import Board
from dashboard.wall.picture import Gallery
from dashboard.wall.playlist import DEFAULT
from dashboard.wall.scenes import SCENES
from dashboard.wall.texts import say
from data.access.roles import MAY
from data.engine import utcnow
from data.errors import AreaNotFound, BadQuestion, Forbidden
from data.events import Events, intake
from data.events.report import Report
from grid.cube import Cube
from tests.dashboard.scope.asks import callback
from tests.dashboard.scope.site import Said, text_of
from tests.provinces import DAYS, DISTRICTS, PROVINCE, STREETS, Home, code_of, prefix_of, write_province

FIRST, SECOND = code_of(0), code_of(1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The province's files."""
    made = tmp_path_factory.mktemp("province")
    write_province(made)
    return made


@pytest.fixture(scope="module")
def desk(folder: Path) -> Iterator[Desk]:
    """The desk over it."""
    home = Home(folder / "province.toml", folder / "x.db")
    yield Desk(Cube(home.store, home.city))
    home.store.close()


def found(folder: Path, of: Callable[[int, dict[str, str]], str]) -> Counter[str]:
    """The findings that stand in the files of all cities, by what ``of`` makes of a city's number and a row."""
    sums: Counter[str] = Counter()
    for number in range(2):
        with (folder / f"city{number}/in/cases.csv").open(encoding="utf-8") as file:
            sums.update(of(number, row) for row in csv.DictReader(file))
    return sums


def _district(number: int, row: dict[str, str]) -> str:
    return prefix_of(number) + next(end for end, name in DISTRICTS.items() if name == row["区"])


def _street(number: int, row: dict[str, str]) -> str:
    district = _district(number, row)
    return district[:4] + next(end for end, name in STREETS.items() if name == row["街道"] and end[:2] == district[4:])


@pytest.mark.parametrize(
    ("level", "of"),
    [("city", lambda number, _: code_of(number)), ("district", _district), ("street", _street)],
)
def test_every_level_shows_the_sum_of_the_files(
    desk: Desk, folder: Path, level: str, of: Callable[[int, dict[str, str]], str]
) -> None:
    told = desk.ask(Viewer(), "positives", days=DAYS, level=level, total=True)
    wanted = found(folder, of)
    assert {one.area: one.value for one in told if one.value} == dict(wanted)
    whole = desk.ask(Viewer(), "positives", days=DAYS, total=True)[0]
    assert (whole.area, whole.value) == (PROVINCE, wanted.total())


def test_a_province_is_drawn_by_cities_first(desk: Desk) -> None:
    shown = settle(desk, Asked(State()), Viewer())
    assert (shown.place.level, shown.level) == ("province", "city")
    assert shown.levels == ("city", "district", "street", "cell")
    inside = settle(desk, Asked(State(area=FIRST)), Viewer())
    assert (inside.level, [name for _, name in inside.place.path]) == ("district", ["安省", "第0市"])


def test_cells_of_too_many_cities_are_left_to_each_city(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.shown.MOST_CELLS", 3)
    assert "cell" not in settle(desk, Asked(State()), Viewer()).levels
    assert settle(desk, Asked(State(area=FIRST)), Viewer()).levels[-1] == "cell"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_people_of_a_city_see_it_alone(desk: Desk, lang: Any) -> None:
    viewer = Viewer(lang, FIRST)
    shown = settle(desk, Asked(State(lang=lang)), viewer)
    assert (shown.status.city, shown.status.code, shown.status.levels[0]) == ("第0市", FIRST, "city")
    assert shown.place.path == ((FIRST, "第0市"),)
    assert (shown.place.level, shown.state.area) == ("city", FIRST)
    with pytest.raises(AreaNotFound):
        desk.place(viewer, SECOND)
    with pytest.raises(AreaNotFound):
        desk.place(viewer, PROVINCE)


def test_the_people_of_a_district_see_their_city_above_it(desk: Desk) -> None:
    place = desk.place(Viewer(scope=prefix_of(0) + "01"), "city")
    assert [code for code, _ in place.path] == [FIRST, prefix_of(0) + "01"]


def test_a_level_that_lies_elsewhere_is_not_told(desk: Desk) -> None:
    with pytest.raises(BadQuestion) as error:
        desk.ask(Viewer(scope=FIRST), "positives", level="province")
    assert "province" not in error.value.say("en").split(";")[1]


def test_sources_and_loads_are_the_city_s_own(desk: Desk) -> None:
    viewer = Viewer(scope=FIRST)
    board = desk.beside(FreshnessDesk).board(viewer)
    assert {line.feed.source.name.split("-")[0] for line in board.lines} == {FIRST}
    assert {one.source.split("-")[0] for one in desk.arrived(viewer)} == {FIRST}
    assert not any(one.file for one in desk.arrived(viewer))
    with pytest.raises(Forbidden):
        desk.arrived(Viewer(scope=prefix_of(0) + "01"))
    with pytest.raises(Forbidden):
        desk.loads(viewer)


def test_the_board_of_sources_counts_late_ones_by_city(desk: Desk) -> None:
    board = desk.beside(FreshnessDesk).board(Viewer(), now=desk.cube.at().known.replace(year=2030))
    late = {code: sum(one.feed.source.name.startswith(code) for one in board.lines if one.state in ("warn", "error"))
            for code in (FIRST, SECOND)}  # fmt: skip
    assert board.late_in == late


def _panels(desk: Desk, viewer: Viewer) -> Iterator[tuple[str, Any]]:
    painter = Painter(desk)
    board = Board(desk, painter, viewer, Gallery(desk, painter, None).now(DEFAULT))
    for scene in SCENES:
        if scene.is_about(board.place.level) and not scene.ready(board):
            yield from ((f"{scene.id}/{name}", make(board)) for name, make in scene.panels.items())


def test_the_wall_sets_the_cities_side_by_side(desk: Desk, folder: Path) -> None:
    panels = dict(_panels(desk, Viewer()))
    assert {row["name"] for row in panels["cities/late"].data["rows"]} == {"第0市", "第1市"}
    last = found(folder, lambda number, row: f"第{number}市 {row['日期']}")
    told = {row["name"]: row["numbers"][0].value for row in panels["cities/cases"].data["rows"]}
    assert told == {f"第{n}市": float(last[f"第{n}市 {DAYS[-1]}"]) for n in range(2)}
    assert panels["cities/map"].data["level"] == "city"


def test_a_wall_of_one_city_shows_nothing_of_the_other(desk: Desk) -> None:
    panels = dict(_panels(desk, Viewer(scope=FIRST)))
    assert panels
    assert "cities/cases" not in panels
    said = text_of(panels)
    assert "第1市" not in said
    assert prefix_of(1) not in said


def test_a_wall_has_the_scene_of_cities_where_there_are_cities_below(desk: Desk) -> None:
    gallery = Gallery(desk, Painter(desk), None)
    for scope, has in ((None, True), (FIRST, False), (prefix_of(0) + "01", False)):
        made = gallery.content(Viewer(scope=scope), DEFAULT)
        turns = {turn["scene"] for when in ("day", "night") for turn in made["turns"][when]}
        assert ("cities" in made["scenes"], "cities" in turns) == (has, has), scope


def act_of(scenes: dict[str, Any]) -> dict[str, Any]:
    """The panel of late events of the scene of cities."""
    found: dict[str, Any] = next(panel for panel in scenes["cities"]["panels"] if panel["id"] == "act")
    return found


def test_news_of_events_draws_the_cities_anew_too(desk: Desk, tmp_path: Path) -> None:
    own = Desk(desk.cube)
    own.events = Events.beside(f"sqlite:///{tmp_path / 'x.db'}", tmp_path, desk.cube.city)
    gallery, viewer = Gallery(own, Painter(own), None), Viewer(role="wall")
    before = gallery.content(viewer, DEFAULT)["scenes"]
    assert act_of(before)["none"] == say("events_nothing", "zh")
    happened = utcnow() - dt.timedelta(days=2)
    report = Report("test", "1", "hotline", prefix_of(1) + "01001", happened=happened)
    intake.take_one(own.events, report, own.beside(EventDesk).tree(), happened)
    gallery._looked = 0  # as if LIVE_SECONDS were over
    after = gallery.content(viewer, DEFAULT)["scenes"]
    own.events.close()
    assert [id for id in after if after[id] is not before[id]] == ["cities", "events"]
    assert [(row["name"], row["numbers"][0]["value"]) for row in act_of(after)["rows"]] == [("第1市", 1.0)]


@pytest.mark.parametrize("kind", ["brief", "daily"])
def test_reports_tell_of_the_area_they_are_about(desk: Desk, kind: Any) -> None:
    whole = text_of(build(desk, Viewer(), Order(kind, day=DAYS[-1])))
    assert {word for word in ("安省", "第1市", "全市", "本市") if word in whole} == {"安省", "第1市"}
    city = text_of(build(desk, Viewer(scope=FIRST), Order(kind, area=FIRST, day=DAYS[-1])))
    assert {word for word in ("第0市", "第1市", "安省", prefix_of(1)) if word in city} == {"第0市"}


def test_exports_are_of_the_cities_or_of_one(desk: Desk, folder: Path) -> None:
    made = layer_of(desk, Viewer(), Wish(layer="positives", level="city", day=DAYS[-1]))
    assert made.data["code"] == [FIRST, SECOND]
    own = layer_of(desk, Viewer(scope=FIRST), Wish(layer="positives", level="street", day=DAYS[-1]))
    assert own.city == "第0市"
    assert all(code.startswith(prefix_of(0)) for code in own.data["code"])


OTHERS = re.compile(rf"第1市|安省|{SECOND}|(?<![\d.]){prefix_of(1)}0[12](?:00[12])?(?!\d)|{SECOND}-\w+")


@pytest.mark.parametrize("role", ["official", "administrator"])
def test_no_address_tells_a_city_of_another(desk: Desk, role: str) -> None:
    app = create_app(desk, viewer_of=lambda: Viewer("zh", FIRST, MAY[role], "", role))
    client, told = app.server.test_client(), {}
    plain = [
        rule.rule for rule in app.server.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments
    ]
    more = [f"/api/v1/measures/positives/{rest}" for rest in ("areas", "series")]
    more += [f"/api/v1/values?measure=positives&level={level}" for level in ("city", "district", "street", "cell")]
    for address in [*plain, *more, "/api/v1/areas/tree?depth=9", f"/freshness?area={FIRST}", f"/?area={SECOND}"]:
        # the phone's shell is one for everybody, and bears the province's name
        if address != "/queue" and not address.startswith(("/assets", "/_dash-component", "/pulse")):
            answer = client.get(address)
            texts = Said("", answer.get_data()).texts if answer.status_code < 300 else ""
            told[address] = OTHERS.findall(texts)
            answer.close()
    assert {address: found for address, found in told.items() if found} == {}


class _Pages:
    """The pages of one viewer, asked as :func:`tests.dashboard.scope.asks.callback` asks a site."""

    def __init__(self, desk: Desk, viewer: Viewer) -> None:
        self.app = create_app(desk, viewer_of=lambda: viewer)
        self.client = self.app.server.test_client()

    def get(self, path: str, method: str, **more: Any) -> Said:
        answer = self.client.open(path, method=method, **more)
        return Said(str(answer.status_code), answer.get_data())


@pytest.mark.parametrize("page", [page.id for page in PAGES if page.id not in ("event", "ticket")])
def test_no_page_tells_a_city_of_another(desk: Desk, page: str) -> None:
    pages = _Pages(desk, Viewer("zh", FIRST, MAY["official"], "", "official"))
    values = {"path": lambda *_: f"/{page}", "search": lambda *_: "", "pulse": lambda *_: 0}
    said = callback("where.path, where.search, where.pulse", **values)(pages, "", 0)  # type: ignore[arg-type]
    assert said.status == "200"
    assert "第0市" in said.texts
    assert OTHERS.findall(said.texts) == []


def test_the_map_s_page_tells_a_city_nothing_of_another(desk: Desk) -> None:
    pages = _Pages(desk, Viewer("zh", FIRST, MAY["official"], "", "official"))
    values = {"search": lambda *_: f"?area={SECOND}&level=cell", "pulse": lambda *_: 0}
    said = callback("address.search, address.pulse", **values)(pages, "", 0)  # type: ignore[arg-type]
    assert "第0市" in said.texts
    assert set(OTHERS.findall(said.texts)) <= {SECOND}  # the asked code stands in what is said to be wrong
