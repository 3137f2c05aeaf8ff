"""A province on the screens: its cities, what each city's people see, and nothing of the others."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections import Counter
from collections.abc import Iterator
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
from dashboard.texts import TEXTS
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
from tests.provinces import DAYS, PROVINCE, Finding, Home, code_of, findings, prefix_of, write_province

FIRST, SECOND = code_of(0), code_of(1)


@pytest.fixture(scope="module")
def desk(province: Home) -> Desk:
    """The desk over it."""
    return Desk(Cube(province.store, province.city))


@pytest.fixture(scope="module")
def told(province: Home) -> list[Finding]:
    """What stands in the files of all its cities."""
    return findings(province.folder)


@pytest.mark.parametrize(("level", "digits"), [("city", 4), ("district", 6), ("street", 9), ("community", 12)])
def test_every_level_shows_the_sum_of_the_files(desk: Desk, told: list[Finding], level: str, digits: int) -> None:
    answers = desk.ask(Viewer(), "positives", days=DAYS, level=level, total=True)
    wanted = Counter(one.area[:digits] for one in told if len(one.area) >= digits)
    assert {one.area[:digits]: one.value for one in answers if one.value} == dict(wanted)
    whole = desk.ask(Viewer(), "positives", days=DAYS, total=True)[0]
    assert (whole.area, whole.value) == (PROVINCE, len(told))


def test_a_province_is_drawn_by_cities_first(desk: Desk) -> None:
    shown = settle(desk, Asked(State()), Viewer())
    assert (shown.place.level, shown.level) == ("province", "city")
    assert shown.levels == ("city", "district", "street", "community", "cell")
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
    with pytest.raises(Forbidden):
        desk.arrived(Viewer(scope=prefix_of(0) + "01"))


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


def test_the_wall_sets_the_cities_side_by_side(desk: Desk, told: list[Finding]) -> None:
    panels = dict(_panels(desk, Viewer()))
    assert {row["name"] for row in panels["cities/late"].data["rows"]} == {"第0市", "第1市"}
    shown = {row["name"]: row["numbers"][0].value for row in panels["cities/cases"].data["rows"]}
    last = [one for one in told if one.day == str(DAYS[-1])]
    assert shown == {f"第{n}市": sum(one.within(code_of(n)) for one in last) for n in range(2)}
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
    assert [(row["name"], row["numbers"][0]["value"]) for row in act_of(after)["rows"]] == [
        ("第1市", 1.0),
        ("第0市", 0.0),
    ]


@pytest.mark.parametrize("kind", ["brief", "daily"])
def test_reports_tell_of_the_area_they_are_about(desk: Desk, kind: Any) -> None:
    whole = text_of(build(desk, Viewer(), Order(kind, day=DAYS[-1])))
    assert {word for word in ("安省", "第1市", "全市", "本市") if word in whole} == {"安省", "第1市"}
    city = text_of(build(desk, Viewer(scope=FIRST), Order(kind, area=FIRST, day=DAYS[-1])))
    assert {word for word in ("第0市", "第1市", "安省", prefix_of(1)) if word in city} == {"第0市"}


def test_exports_are_of_the_cities_or_of_one(desk: Desk) -> None:
    made = layer_of(desk, Viewer(), Wish(layer="positives", level="city", day=DAYS[-1]))
    assert made.data["code"] == [FIRST, SECOND]
    own = layer_of(desk, Viewer(scope=FIRST), Wish(layer="positives", level="street", day=DAYS[-1]))
    assert own.city == "第0市"
    assert all(code.startswith(prefix_of(0)) for code in own.data["code"])


OTHERS = re.compile(rf"第1市|安省|{SECOND}|(?<![\d.]){prefix_of(1)}0[12](?:00[12])*(?!\d)|{SECOND}-\w+")


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
        if not address.startswith(("/assets", "/_dash-component", "/pulse")):
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


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A province of which one city has delivered nothing."""
    path = write_province(tmp_path_factory.mktemp("silent"))
    city = path.parent / "city1"
    shutil.rmtree(city / "in")
    text = (city / "city.toml").read_text("utf-8")
    (city / "city.toml").write_text(re.sub(r"in/(\w+)\.csv", r"in/\1_*.csv", text), "utf-8")  # files that come later
    home = Home(path, path.parent / "x.db")
    yield Desk(Cube(home.store, home.city))
    home.store.close()


def test_a_city_that_tells_nothing_is_not_reported_and_no_nought(silent: Desk) -> None:
    states = {one.area: one.state for one in silent.ask(Viewer(), "positives", level="city")}
    assert states[SECOND] == "missing"
    panels = dict(_panels(silent, Viewer()))
    for name in ("cases", "over", "late"):
        last = panels[f"cities/{name}"].data["rows"][-1]
        assert (last["name"], last["numbers"][0].text) == ("第1市", say("missing", "zh")), name
    assert "市未报" in text_of(build(silent, Viewer(), Order("daily", day=DAYS[-1])))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_of_a_city_that_tells_nothing_opens(silent: Desk, lang: str) -> None:
    pages = _Pages(silent, Viewer("zh", SECOND, MAY["official"], "", "official"))
    for page in PAGES:
        values = {"path": lambda *_, id=page.id: f"/{id}", "search": lambda *_: f"?lang={lang}", "pulse": lambda *_: 0}
        said = callback("where.path, where.search, where.pulse", **values)(pages, "", 0)  # type: ignore[arg-type]
        assert said.status == "200", page.id
        assert TEXTS["failed"][lang == "en"] not in said.texts, page.id
