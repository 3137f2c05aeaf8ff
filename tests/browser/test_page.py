"""The official's page in a real browser, on the small city."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import pytest
from playwright.sync_api import Page, Route, expect

from dashboard.app import create_app
from dashboard.queries import Desk
from data.city import read_city
from data.store import Store, sqlite_url
from grid.cube import Cube
from grid.geography import load_geography
from tests import tiny
from tests.serving import serving

EAST = "990101"
SIZES = [(390, 844), (1366, 768), (1920, 1080), (3840, 2160)]

#: Every question is answered, every byte is on the screen, nothing moves.
STILL = """() => {
  const map = window.onescreen?.maps?.map, root = document.documentElement.dataset;
  return map && map.status === "ready" && !map.glide && !map.frame && root.shown && root.asked === root.answered
    && ["shapes", "outlines", "values"].every((kind) => map.bytes.holds(kind));
}"""

#: A pixel well inside a unit of the map (of its part in an area), with nothing lying over it.
SPOT = """([code, within]) => {
  const map = onescreen.maps.map, {clientWidth: w, clientHeight: h} = map.host, found = [];
  const here = (at) => at.code === code && (!within || Object.values(at.areas).includes(within));
  const box = map.host.getBoundingClientRect();
  for (let y = 8; y < h; y += 8) for (let x = 8; x < w; x += 8)
    if (here(map.at(x, y)) && map.host.contains(document.elementFromPoint(x + box.x, y + box.y))) found.push([x, y]);
  return found[found.length >> 1];
}"""

#: Text below 4.5:1 on what is behind it (3:1 for large text); [] is right.
FAINT = """() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (c) => c.slice(0, 3).map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const over = (top, under) => top.slice(0, 3).map((v, i) => (v * top[3] + under[i] * (255 - top[3])) / 255);
  const ground = (node) => {
    const own = node ? rgba(getComputedStyle(node).backgroundColor) : [255, 255, 255, 255];
    return !node || own[3] === 255 ? own : over(own, ground(node.parentElement));
  };
  const faint = [];
  for (const node of document.querySelectorAll(".screen *")) {
    const text = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    const style = getComputedStyle(node), off = node.closest(":disabled, .none, svg, .skip, .onescreen-map");
    if (!text || off || !node.checkVisibility()) continue;
    const [a, b] = [light(over(rgba(style.color), ground(node))), light(ground(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), large = parseFloat(style.fontSize) >= 24;
    if (ratio < (large ? 3 : 4.5)) faint.push([node.className, node.textContent.slice(0, 20), ratio.toFixed(2)]);
  }
  return faint;
}"""


@pytest.fixture(scope="module")
def site(tiny_cube: Cube) -> Iterator[str]:
    """The app on loopback."""
    with _serving(Desk(tiny_cube)) as address:
        yield address


@contextmanager
def _serving(desk: Desk) -> Iterator[str]:
    with serving(create_app(desk).server) as address:
        yield f"{address}/"


class Shown:
    """A page that is open, and what is asked of it most. ``ready``: when it has come to rest."""

    ready = STILL

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)

    def open(self, search: str = "") -> Self:
        self.page.goto(self.site + search)
        return self.still()

    def still(self) -> Self:
        self.page.wait_for_function(self.ready)
        return self

    def js(self, code: str, argument: Any = None) -> Any:
        return self.page.evaluate(code, argument)

    @property
    def area(self) -> str:
        return str(self.js("document.getElementById('panel').dataset.code"))

    @property
    def search(self) -> str:
        return str(self.js("location.search"))

    def click(self, code: str) -> Shown:
        """Clicks on an area of the map and waits for its page."""
        self.press(code)
        return self.arrives(code)

    def press(self, code: str, within: str | None = None) -> None:
        """Clicks on a unit of the map, where it lies in an area: a cell may lie in several."""
        self.page.wait_for_timeout(350)  # a second click sooner than that would be a double click
        box, (x, y) = self.page.locator("#map").bounding_box(), self.js(SPOT, [code, within])
        assert box is not None
        self.page.mouse.click(box["x"] + x, box["y"] + y)

    def arrives(self, code: str) -> Shown:
        """Waits until the page is about this area."""
        self.page.wait_for_function("(code) => document.getElementById('panel').dataset.code === code", arg=code)
        return self.still()


@pytest.fixture
def shown(page: Page, site: str) -> Iterator[Shown]:
    """A page of desk size that must not complain."""
    page.set_viewport_size({"width": 1366, "height": 768})
    made = Shown(page, site)
    yield made
    assert made.errors == []


def test_clicks_drill_and_the_history_leads_back(shown: Shown) -> None:
    shown.open()
    assert shown.area == tiny.CITY
    shown.click(EAST)
    assert shown.search == f"?area={EAST}"
    shown.click("990101001")
    assert [step.inner_text() for step in shown.page.locator(".path li").all()] == ["安城市", "东江区", "江口街道"]
    shown.page.go_back()
    expect(shown.page.locator("#panel")).to_have_attribute("data-code", EAST)
    shown.page.go_back()
    expect(shown.page.locator("#panel")).to_have_attribute("data-code", tiny.CITY)
    shown.page.go_forward()
    expect(shown.page.locator("#panel")).to_have_attribute("data-code", EAST)


def test_keys_alone_lead_down_and_up(shown: Shown) -> None:
    shown.open()
    shown.page.keyboard.press("Tab")
    expect(shown.page.locator(".skip")).to_be_focused()
    shown.page.get_by_role("row").get_by_role("button", name="东江区").focus()
    shown.page.keyboard.press("Enter")
    shown.arrives(EAST)
    shown.page.locator("#map").focus()
    shown.page.keyboard.press("Escape")
    shown.arrives(tiny.CITY)


def test_a_reload_shows_the_same(shown: Shown) -> None:
    shown.open(f"?area={EAST}&layer=positives&day=2022-03-04&lang=en&theme=light")
    before = shown.page.locator("#panel").inner_text(), shown.js("onescreen.maps.map.checksum()"), shown.search
    shown.page.reload()
    shown.still()
    assert (
        shown.page.locator("#panel").inner_text(),
        shown.js("onescreen.maps.map.checksum()"),
        shown.search,
    ) == before


def test_an_impossible_address_is_mended_and_told(shown: Shown) -> None:
    shown.page.goto(f"{shown.site}?area=990101999&layer=nothing&day=2050-01-01&x=y")
    expect(shown.page.locator(".passing p")).to_have_count(4)  # read first: they go by themselves
    shown.still()
    assert (shown.area, shown.search) == (EAST, f"?area={EAST}")


def test_days_move_without_the_server_and_settle_in_the_address(shown: Shown) -> None:
    shown.open("?layer=positives")
    slider = shown.page.get_by_role("slider", name="日期")
    slider.focus()
    shown.page.wait_for_function("onescreen.maps.map.bytes.holds('classes') && onescreen.maps.map.days() > 0")
    shown.still()
    shown.page.wait_for_load_state("networkidle")  # the icon comes late
    held, silent = list[Route](), True
    shown.page.route("**/*", lambda route: held.append(route) if silent else route.continue_())
    for _ in range(3):
        shown.page.keyboard.press("ArrowLeft")
    assert shown.js("onescreen.maps.map.day") == shown.js("onescreen.maps.map.days()") - 4
    shown.page.wait_for_function("location.search.includes('day=')")
    asked = {route.request.url.split("?")[0].rpartition("/")[2] for route in held}
    assert asked <= {"_dash-update-component", "pulse", "alive"}, "no bytes, and the panel's words after a rest alone"
    silent = False
    for route in held:
        route.continue_()
    shown.still()
    day = shown.search.split("day=")[1]
    assert f"{int(day[8:])}日" in shown.page.locator("#panel header").inner_text()


#: Notes from now on what the button of the replay is called.
NAMED = """() => {
  const button = document.querySelector(".play"), note = () => named.push(button.getAttribute("aria-label"));
  window.named = [];
  note();
  new MutationObserver(note).observe(button, { attributeFilter: ["aria-label"] });
}"""


def test_replay_runs_to_the_last_day(shown: Shown) -> None:
    shown.open("?layer=positives&day=2022-03-06")
    shown.page.get_by_role("button", name="速度").click()
    shown.page.evaluate(NAMED)
    shown.page.get_by_role("button", name="播放").click()
    shown.page.wait_for_function("named.join() === '播放,暂停,播放'")  # it takes less than a second
    shown.page.wait_for_function("!location.search.includes('day=')")
    assert shown.js("onescreen.maps.map.day") == shown.js("onescreen.maps.map.days()") - 1


def test_a_click_on_the_curve_picks_its_day(shown: Shown) -> None:
    shown.open("?layer=positives")
    plot = shown.page.locator(".plot")
    width = plot.evaluate("node => node.clientWidth")
    plot.click(position={"x": width * 0.35, "y": 60})
    shown.page.wait_for_function("location.search.includes('day=2022-03-04')")


def test_a_layer_is_chosen_from_the_menu(shown: Shown) -> None:
    shown.open()
    shown.page.locator(".layer").click()
    expect(shown.page.get_by_role("menuitemradio", name="7日发病率", exact=True)).to_be_focused()
    shown.page.keyboard.press("Escape")
    expect(shown.page.get_by_role("menu")).to_have_count(0)
    shown.page.locator(".layer").click()
    shown.page.get_by_role("menuitemradio", name="红码占比").click()
    shown.page.wait_for_function("location.search === '?layer=code_red_share'")
    shown.still()
    expect(shown.page.locator(".layer b")).to_have_text("红码占比")


def test_legend_counts_every_unit_once(shown: Shown) -> None:
    for search in (
        "?layer=positives&level=street",
        f"?area={EAST}&layer=positives",
        "?level=cell&layer=addresses&day=2022-03-02",
    ):
        shown.open(search)
        shown.page.wait_for_function("document.querySelector('.legend td')?.textContent !== ''")
        shown.page.wait_for_timeout(300)
        counts = shown.js(
            "[...document.querySelectorAll('.legend td')].map((n) => Number(n.textContent.replace(/,/g, '')))"
        )
        inside = shown.js("document.querySelector('.legend p').textContent.match(/[\\d,]+/)[0].replace(/,/g, '')")
        assert sum(counts) == int(inside)


@pytest.mark.parametrize(("lang", "word"), [("zh", "English"), ("en", "中文")])
def test_the_language_is_switched_in_place(shown: Shown, lang: str, word: str) -> None:
    shown.open(f"?lang={lang}")
    shown.page.get_by_role("button", name=word).click()
    expect(shown.page.locator("html")).to_have_attribute("lang", "en" if lang == "zh" else "zh-CN")


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("search", [f"area={EAST}", "layer=growth&day=2022-03-01&lang=en"])
def test_all_text_has_contrast(shown: Shown, theme: str, search: str) -> None:
    shown.open(f"?{search}&theme={theme}")
    assert shown.js(FAINT) == []


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_sticks_out(shown: Shown, width: int, height: int, lang: str) -> None:
    shown.page.set_viewport_size({"width": width, "height": height})
    shown.open(f"?area={EAST}&lang={lang}&day=2022-03-04")
    page = "document.documentElement"
    assert shown.js(f"[{page}.scrollWidth, {page}.scrollHeight]") == [width, height]
    wide = """[...document.querySelectorAll(".top > *, .heading, .timeline > *, .panel > *, .figures li, .inside table")]
        .filter((node) => node.checkVisibility() && !node.matches(".skip"))
        .map((node) => [node.className, node.getBoundingClientRect()])
        .filter(([, box]) => box.left < -1 || box.right > innerWidth + 1).map(([name]) => name)"""
    assert shown.js(wide) == []
    assert shown.js("document.querySelector('.panel').scrollWidth <= document.querySelector('.panel').clientWidth")


def test_on_a_phone_the_panel_is_a_sheet(shown: Shown) -> None:
    shown.page.set_viewport_size({"width": 390, "height": 844})
    shown.open()
    top = "document.getElementById('panel').getBoundingClientRect().top"
    low = shown.js(top)
    shown.page.locator(".grip").click()
    shown.page.wait_for_function(f"{top} < {low} - 300")


def test_a_lost_server_is_said_calmly(shown: Shown) -> None:
    shown.open()
    shown.js("onescreen.page.beat()")  # the next sign of life by itself is 15 s away: the look for news tells of it
    for path in ("**/alive", "**/pulse"):
        shown.page.route(path, lambda route: route.abort())
    expect(shown.page.locator(".notice .away")).to_contain_text("连接中断")
    assert shown.js("onescreen.maps.map.painted.length") == 2
    for path in ("**/alive", "**/pulse"):
        shown.page.unroute(path)
    expect(shown.page.locator(".notice .away")).to_have_count(0)
    shown.errors.clear()  # the browser itself tells of the request that was cut off


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_simulated_is_on_the_screen(page: Page, tiny_cube: Cube, lang: str) -> None:
    cube = Cube(tiny_cube.store, tiny_cube.city.model_copy(update={"simulated": True}))
    with _serving(Desk(cube)) as address:
        page.goto(f"{address}?lang={lang}")
        expect(page.locator(".simulated")).to_have_text("模拟数据SIMULATED" if lang == "zh" else "SIMULATED模拟数据")


def test_a_city_without_data_says_so(page: Page, tmp_path: Path) -> None:
    city = read_city(tiny.tiny_city(tmp_path / "city"))
    store = Store.create(sqlite_url(tmp_path / "empty.db"))
    load_geography(store, city)
    with _serving(Desk(Cube(store, city))) as address:
        shown = Shown(page, address).open()
        expect(page.locator(".notice .lasting")).to_contain_text("还没有数据")
        expect(page.locator("#panel .none")).to_have_text("尚无数据")
        assert shown.js("[...onescreen.maps.map.painted].every((code) => code === 127)")
        assert shown.errors == []
    store.close()
