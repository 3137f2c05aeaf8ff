"""The wall in a real browser: every scene at every preset, read back from the page; and what it does when things fail.

One server and one page for the whole module: a wall is resized, its scenes are called by name. With ONESCREEN_PICTURES
set to a folder, every picture that is audited is also saved there.
"""

from __future__ import annotations

import datetime as dt
import os
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import BaseWSGIServer

from dashboard import numbers
from dashboard.app import create_app
from dashboard.queries import Desk, Viewer
from dashboard.queries.cite import read
from dashboard.queries.codes import CodeDesk
from dashboard.queries.hidden import Count
from dashboard.queries.questions import again
from dashboard.wall.geometry import PRESETS, Wall
from dashboard.wall.scenes import SCENES
from dashboard.wall.texts import say
from data.city import read_city
from data.demo import simulate
from data.store import Store, sqlite_url
from data.walls import new_wall, revoke_wall
from grid.build import build
from grid.cube import Cube
from grid.measures import MEASURES
from tests.browser.legible import contrast, crosses, faults, texts_of, wrong_labels
from tests.ports import free_port
from tests.provinces import Home, write_province
from tests.serving import server_of

#: Scenes that a city's wall has.
SHOWN = [scene for scene in SCENES if scene.is_about("city")]

READY = """() => { const live = window.onescreen?.wall?.live, stage = live && live.stage; return live && live.live
    && !live.fetching && live.picture.stamp === live.news && (stage.frame.hidden || (stage.map.status === 'ready'
    && stage.map.picture.view && stage.map.painted && !Object.keys(stage.map.dirty).length)); }"""


@dataclass
class Site:
    """The served town: its desk, the address of its wall, and the server that tests may stop."""

    desk: Desk
    home: Path
    token: str
    port: int
    server: BaseWSGIServer | None = None
    thread: threading.Thread | None = None
    app: Any = None

    def start(self) -> None:
        self.server = server_of(self.app.server, self.port)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def stop(self) -> None:
        assert self.server
        assert self.thread
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/wall/{self.token}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("wall")
    city = read_city(simulate("town", 1, home / "city", lambda *_: None))
    store = Store.create(sqlite_url(home / "onescreen.db"))
    build(store, city, "secret")
    (home / "wall.toml").write_text("refresh = 0.5\nshift = 0\nnight = []\n", "utf-8")
    desk = Desk(Cube(store, city))
    link = new_wall(store, "test", address="127.0.0.1", small_numbers=True)  # so that every figure can be asked again
    made = Site(desk, home, link[1], free_port())
    made.app = create_app(desk, home=home)
    made.start()
    yield made
    made.stop()
    store.close()


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A province of two small cities, which has scenes with nothing to show, too."""
    home = tmp_path_factory.mktemp("wall-province")
    (home / "wall.toml").write_text("refresh = 0.5\nshift = 0\nnight = []\n", "utf-8")
    made_of = Home(write_province(home), home / "onescreen.db")
    desk = Desk(Cube(made_of.store, made_of.city))
    made = Site(desk, home, new_wall(made_of.store, "test", address="127.0.0.1", small_numbers=True)[1], free_port())
    made.app = create_app(desk, home=home)
    made.start()
    yield made
    made.stop()
    made_of.store.close()


@pytest.fixture(scope="module")
def page(site: Site, browser: Browser) -> Iterator[Page]:
    """One wall for all tests that only look at it."""
    context = browser.new_context(bypass_csp=True, viewport={"width": 1920, "height": 1080}, reduced_motion="reduce")
    shown = context.new_page()
    shown.goto(site.address)
    shown.wait_for_function(READY)
    yield shown
    context.close()


def settings(site: Site, more: str = "") -> None:
    """Writes the wall's settings; the wall takes them on by itself. Without a word about it there is no night."""
    still = "".join(f"{key}\n" for key in ("shift = 0", "night = []") if key.split()[0] not in more)
    coming = site.home / "wall.toml.coming"  # in one step: half a file would be taken on as well
    coming.write_text(f"refresh = 0.5\n{still}{more}", "utf-8")
    coming.replace(site.home / "wall.toml")


def show(page: Page, scene: str, width: int, height: int) -> list[dict[str, Any]]:
    """The texts of a scene on a wall of a size."""
    if page.viewport_size != {"width": width, "height": height}:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(f"onescreen.wall.live.picture.wall.width === {width} && innerHeight === {height}")
        page.wait_for_function(f"onescreen.wall.live.picture.wall.height === {height}")
    page.evaluate("scene => { onescreen.wall.live.forced = scene; onescreen.wall.live.draw(null); }", scene)
    page.wait_for_function(READY)
    if folder := os.environ.get("ONESCREEN_PICTURES"):
        page.screenshot(path=Path(folder) / f"wall-{scene}-{width}x{height}.png")
    return texts_of(page)


SIZES = [(preset.width, preset.height) for preset in PRESETS.values()] + [(1366, 768), (1080, 1920), (800, 600)]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
def test_every_scene_can_be_read(page: Page, site: Site, size: tuple[int, int]) -> None:
    found = {}
    for scene in SHOWN:
        texts = show(page, scene.id, *size)
        wall = site.app.server.extensions["onescreen_wall"].settings("test").wall(*size)
        wrong = faults(texts, wall)
        panels = {one["panel"] for one in texts if one["panel"]}
        dated = {one["panel"] for one in texts if "asof" in one["classes"]}
        wrong += [f"{panel}: without as-of" for panel in panels - dated]
        wrong += [] if any("SIMULATED" in one["text"] for one in texts) else ["not said to be simulated"]
        wrong += wrong_labels(page, wall.least)
        if wrong:
            found[scene.id] = wrong
    assert found == {}


def test_a_province_can_be_read_on_panels(province: Site, browser: Browser) -> None:
    """Its cities side by side, and the lines of scenes without data: nothing stands across a bezel."""
    context = browser.new_context(bypass_csp=True, viewport={"width": 1920, "height": 1080}, reduced_motion="reduce")
    wall_page = context.new_page()
    wall_page.goto(province.address)
    wall_page.wait_for_function(READY)
    found, calm = {}, set()
    for width, height in ((3840, 1080), (11520, 3240)):
        wall = province.app.server.extensions["onescreen_wall"].settings("test").wall(width, height)
        for scene in SCENES:
            texts = show(wall_page, scene.id, width, height)
            calm |= {scene.id} if not any(one["panel"] for one in texts) else set()
            if wrong := faults(texts, wall) + wrong_labels(wall_page, wall.least):
                found[scene.id, width] = wrong
    context.close()
    assert found == {}
    assert calm
    assert "cities" not in calm


ROUND = """() => { const circle = document.createElement('div'); circle.style.cssText =
  'position:absolute;left:100px;top:100px;width:400px;height:400px;border-radius:50%';
  document.querySelector('.wall-shift').appendChild(circle); const box = circle.getBoundingClientRect(); circle.remove();
  const { map } = onescreen.wall.live.stage, canvas = map.picture.base, shown = canvas.getBoundingClientRect();
  return [box.width / box.height, (shown.width / canvas.width) / (shown.height / canvas.height)]; }"""


def test_a_circle_stays_round(page: Page, site: Site) -> None:
    for preset in PRESETS.values():
        show(page, "overview", preset.width, preset.height)
        assert page.evaluate(ROUND) == pytest.approx([1, 1], abs=0.005)
    # A wall of a set size that is looked at on a tablet is made smaller as it is, not squashed.
    settings(site, 'size = "6656x1792"\n')
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.wait_for_function("onescreen.wall.live.picture.wall.fixed")
    assert page.evaluate(ROUND) == pytest.approx([1, 1], abs=0.005)
    assert page.evaluate("document.querySelector('.wall-page').getBoundingClientRect().width") == pytest.approx(
        1920, abs=1
    )
    settings(site)
    page.wait_for_function("!onescreen.wall.live.picture.wall.fixed && onescreen.wall.live.picture.wall.width === 1920")


def test_every_figure_is_what_is_asked_again(page: Page, site: Site) -> None:
    asked = Counter[str]()
    for scene in SHOWN:
        for one in show(page, scene.id, 6656, 1792):
            data = one["data"]
            if data.get("of") != "number":
                continue
            cited = read(data["cite"])
            fact = again(Desk(site.desk.cube), Viewer(), cited)
            assert fact.state == data.get("state", "value"), cited
            if fact.value is not None:
                assert float(data["value"]) == pytest.approx(fact.value)
            if cited.question in ("measure", "measures", "series") and fact.value is not None:
                assert numbers.number(fact.value, MEASURES[dict(cited.asked)["name"]], "zh") in one["text"]
            asked[cited.question] += 1
    assert asked.total() > 50
    assert {"measure", "measures", "series", "compared", "sources", "loads"} <= asked.keys()


def test_figures_of_codes_are_what_the_desk_says(page: Page, site: Site) -> None:
    desk = site.desk.beside(CodeDesk)
    asked = set()
    for width, height in ((1920, 1080), (6656, 1792)):
        for one in show(page, "codes", width, height):
            cited = read(one["data"]["cite"]) if one["data"].get("cite") else None
            if cited and cited.question in ("codes.overdue", "codes.conflicts"):
                about = dict(cited.asked)
                wanted = of_codes(desk, cited.way, about["area"], dt.date.fromisoformat(about["day"]))
                assert wanted == float(one["data"]["value"]), cited
                assert numbers.short(wanted, "zh") in one["text"]
                asked.add(cited.way.partition("[")[0])
    assert asked == {"ages.late", "ages.counts", "near", "owners", "people", "blocked", "blocked_by"}


def of_codes(desk: CodeDesk, way: str, area: str, day: dt.date) -> Count:
    """A number of the wall's panels, asked again."""
    overdue, conflicts = desk.overdue(Viewer(), area, day), desk.conflicts(Viewer(), area, day)
    assert overdue
    assert conflicts
    kind, _, name = way.partition("[")
    if kind == "owners":
        wanted = name.removeprefix("name=").partition("]")[0]
        return next(owner.ages.late for owner in overdue.owners if owner.name == wanted)
    told = {system: n or 0 for system, n in conflicts.blocked_by.items()}
    blocked = sum(told.values()) if kind == "blocked" else told.get(name.rstrip("]"), 0)
    plain = {"ages.late": overdue.ages.late, "ages.counts": overdue.ages.counts["stuck"], "near": overdue.near or 0}
    return {**plain, "people": conflicts.people or 0}.get(kind, blocked)


def test_english_fits_too(page: Page, site: Site) -> None:
    settings(site, 'lang = "en"\n')
    page.wait_for_function("onescreen.wall.live.picture.lang === 'en'")
    wrong = {}
    for width, height in ((1920, 1080), (6656, 1792)):
        wall = site.app.server.extensions["onescreen_wall"].settings("test").wall(width, height)
        for scene in SHOWN:
            texts = show(page, scene.id, width, height)
            found = faults(texts, wall)
            found += [
                f"{one['text']}: zh"
                for one in texts
                if "SIMULATED" not in one["text"] and any("\u4e00" <= c <= "\u9fff" for c in one["text"])
            ]
            if found:
                wrong[scene.id, width] = found
    settings(site)
    page.wait_for_function("onescreen.wall.live.picture.lang === 'zh'")
    assert wrong == {}


#: Whether it is said that the wall is cut off, so many milliseconds after its last sign of life.
BANNER = """silent => { const { live } = onescreen.wall; live.lastSign = performance.now() - silent; live.tick();
  return document.querySelector('.wall-banner') !== null; }"""


def test_the_picture_stays_when_the_server_goes(page: Page, site: Site) -> None:
    show(page, "overview", 1920, 1080)
    before = page.evaluate("document.querySelector('.wall-scene').textContent")
    # told within five seconds, by the wall's own clock: it ticks four times in each
    assert page.evaluate(BANNER, 4_000) is False
    assert page.evaluate(BANNER, 4_700) is True
    page.wait_for_selector(".wall-banner", state="detached")
    site.stop()
    page.wait_for_selector(".wall-banner")
    assert say("offline", "zh") in (page.text_content(".wall-banner") or "")
    assert page.evaluate("document.querySelector('.wall-scene').textContent") == before
    site_wall = site.app.server.extensions["onescreen_wall"].settings("test").wall(1920, 1080)
    assert faults(texts_of(page), site_wall) == []  # the banner covers nothing
    first = page.text_content(".wall-banner")
    page.wait_for_function("first => document.querySelector('.wall-banner').textContent !== first", arg=first)
    site.start()
    page.wait_for_selector(".wall-banner", state="detached")


#: Whether a panel failed; a picture without is asked for anew, also one that was on its way.
BROKEN = """() => { const { live } = onescreen.wall;
  if (live.picture.scenes.overview.panels.some(panel => panel.error)) return true;
  if (!live.fetching) live.picture.stamp = '';
  return false; }"""


def test_a_panel_that_fails_leaves_the_others(page: Page, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    gallery = site.app.server.extensions["onescreen_wall"]

    def broken(*_: object, **__: object) -> None:
        raise ValueError("broken on purpose")

    monkeypatch.setattr(Desk, "series", broken)
    gallery._kept.clear()
    page.wait_for_function(BROKEN)
    texts = [one["text"] for one in show(page, "overview", 1920, 1080)]
    assert say("panel_failed", "zh") in texts
    assert any("每10万常住人口" in text for text in texts)
    assert page.evaluate("onescreen.wall.live.picture.turns.day.map(turn => turn.scene)")[:1] == ["overview"]
    gallery._kept.clear()


#: The moment of the settings has been left; not told by the clock's text, as it may be that o'clock.
STANDS_NO_MORE = "!onescreen.wall.live.picture.clock.day.startsWith('5月3日')"


def test_a_stopped_feed_is_hatched_and_told(page: Page, site: Site) -> None:
    settings(site, 'now = "2026-05-03T10:00"\n')
    page.wait_for_function("onescreen.wall.live.picture.clock.text === '10:00'")
    texts = show(page, "overview", 1920, 1080)
    late = [one["text"] for one in texts if "late" in one["classes"].split()]
    assert late
    assert set(late) == {"断报 2 天"}
    assert page.locator(".wall-scene .stale").count() >= 3
    assert page.locator(".over-map").is_visible()
    assert faults(texts, Wall(1920, 1080, 0.744, 3)) == []
    events = " ".join(one["text"] for one in show(page, "events", 1920, 1080))
    assert "感染者个案 断报 2 天" in events
    settings(site)
    page.wait_for_function(STANDS_NO_MORE)
    show(page, "overview", 1920, 1080)
    assert not page.locator(".over-map").is_visible()


def test_a_condition_pins_its_scene(page: Page, site: Site) -> None:
    turns = "[[scene]]\nid = 'overview'\n[[scene]]\nid = 'outflow'\n[[scene]]\nid = 'codes'\n[scene.when]\npin = true\n"
    settings(site, turns + "measure = 'code_red_share'\nabove = 90\n")
    shown = "onescreen.wall.live.picture.turns.day.map(turn => turn.scene).join()"
    page.wait_for_function(f"{shown} === 'overview,outflow'")  # the condition does not hold
    settings(site, turns + "measure = 'code_red_share'\nabove = 0.01\n")
    page.wait_for_function(f"{shown} === 'codes'")
    settings(site, "nonsense = 1\n")
    page.wait_for_function("JSON.stringify(onescreen.wall.live.picture.scenes.events).includes('wall.toml')")
    assert page.evaluate(shown) == "codes"  # a wrong file changes nothing, and is told
    settings(site)
    page.wait_for_function(f"{shown}.length > 20")


def test_the_dimmed_wall_can_be_read(page: Page, site: Site) -> None:
    settings(site, 'night = ["00:00", "23:59"]\ndim = 0.35\nnow = "2026-05-03T10:00"\n')
    page.wait_for_function("onescreen.wall.live.dark && onescreen.wall.live.picture.wall.dim === 0.35")
    page.wait_for_function("getComputedStyle(document.querySelector('.wall-night')).opacity === '0.35'")
    dull = {}
    for scene in SHOWN:
        texts = show(page, scene.id, 1920, 1080)
        assert texts
        for one in texts:
            if contrast(one, 0.35) < 4.5:
                dull[scene.id, one["text"]] = (one["classes"], round(contrast(one, 0.35), 1))
    settings(site)
    page.wait_for_function(f"!onescreen.wall.live.dark && {STANDS_NO_MORE}")
    assert dull == {}


def test_the_picture_wanders(page: Page, site: Site) -> None:
    """Eight places around a square of four pixels, and no text that loses a part in any of them."""
    settings(site, "shift = 0.5\n")
    page.wait_for_function("onescreen.wall.live.picture.wall.shift.seconds === 0.5")
    show(page, "overview", 1920, 1080)
    places = page.evaluate("""async () => { const seen = new Map();
      for (let n = 0; n < 600 && seen.size < 8; n++) {
        const [x, y] = onescreen.wall.live.at, texts = [...document.querySelectorAll('#wall .t')].filter(t => t.textContent.trim());
        const cut = texts.filter(t => { const b = t.getBoundingClientRect();
          return b.left < 0 || b.top < 0 || b.right > innerWidth || b.bottom > innerHeight; });
        seen.set(`${x},${y}`, cut.length); await new Promise(done => setTimeout(done, 100)); }
      return [...seen]; }""")
    settings(site)
    page.wait_for_function("!onescreen.wall.live.picture.wall.shift.seconds")
    assert len(places) == 8
    assert {max(abs(int(part)) for part in place.split(",")) for place, _ in places} == {4}
    assert all(not cut for _, cut in places)


#: Boxes of the names on the map, in pixels of the wall.
NAMES = """() => { const { map, frame } = onescreen.wall.live.stage, at = frame.getBoundingClientRect();
  return map.labels.map(one => one.box.map((edge, n) => edge / map.dpr + (n % 2 ? at.top : at.left))); }"""


def test_no_name_on_the_map_stands_across_a_bezel(page: Page, site: Site) -> None:
    show(page, "overview", 1920, 1080)
    first = page.evaluate(NAMES)[0]
    bezel = (round((first[0] + first[2]) / 2),)  # through the largest area's name
    settings(site, f"bezels_x = {list(bezel)}\n")
    page.wait_for_function("onescreen.wall.live.picture.wall.bezels_x.length === 1")
    show(page, "overview", 1920, 1080)
    boxes = page.evaluate(NAMES)
    settings(site)
    page.wait_for_function("!onescreen.wall.live.picture.wall.bezels_x.length")
    assert len(boxes) >= 3
    assert not [box for box in boxes if crosses(box[0], box[2], bezel)]


def test_a_wall_begins_anew_once_a_day_between_two_scenes(site: Site, browser: Browser) -> None:
    context = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 720})
    wall = context.new_page()
    wall.goto(site.address)
    wall.wait_for_function(READY)
    # each ticks at once: a sign of life that is late would count as having been away
    wall.evaluate("Object.assign(onescreen.wall.live, { old: true, until: 0, healthy: 0, forced: 'codes' }).tick()")
    assert wall.evaluate("onescreen.wall.live.scene") == "codes"  # not while it has just been away
    wall.evaluate("Object.assign(onescreen.wall.live, { healthy: 100, forced: 'overview' }).tick()")
    wall.wait_for_function("!onescreen.wall.live?.old")
    wall.wait_for_function(READY)
    context.close()


def test_nobody_touches_it(page: Page) -> None:
    page.mouse.click(500, 500)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement === document.body")
    assert page.evaluate("getComputedStyle(document.getElementById('wall')).cursor") == "none"


#: Whether a wall's clock is the server's, which is this machine's, by a tenth of a second: two are so by a fifth.
IN_STEP = "Math.abs(onescreen.wall.live.seconds() - (performance.timeOrigin + performance.now()) / 1000) < 0.1"


def test_walls_that_share_a_link_show_the_same(site: Site, browser: Browser) -> None:
    """Two walls, one of whose clocks is an hour wrong, are in the same scene at the same second."""
    contexts = [browser.new_context(bypass_csp=True, viewport={"width": 800, "height": 600}) for _ in range(2)]
    contexts[1].add_init_script("const now = Date.now; Date.now = () => now() + 3600e3")
    walls = [context.new_page() for context in contexts]
    for wall in walls:
        wall.goto(site.address)
    for wall in walls:
        wall.wait_for_function(READY)
        wall.wait_for_function(IN_STEP)  # the first sign of life may take its time: those that follow tell better
    for context in contexts:
        context.close()


def test_a_revoked_link_says_so_and_nothing_more(site: Site, browser: Browser) -> None:
    store = site.desk.cube.store
    link, token = new_wall(store, "away", "990102")
    context = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 720})
    wall = context.new_page()
    address = f"http://127.0.0.1:{site.port}/wall/{token}"
    wall.goto(address)
    wall.wait_for_function(READY)
    city = site.desk.place(Viewer(), "990102").name
    assert wall.evaluate("onescreen.wall.live.picture.city") == city
    elsewhere = context.request.get(f"{address}/paint/1/now/positives/street/990103/2026-04-29.bin")
    assert elsewhere.status == 404
    revoke_wall(store, link.id)
    wall.wait_for_selector(".wall-cover")
    assert "停用" in (wall.text_content(".wall-cover") or "")
    assert context.request.get(address).status == 410
    context.close()
