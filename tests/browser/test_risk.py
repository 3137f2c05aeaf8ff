"""The page of risk in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dashboard.app import create_app
from dashboard.pages import patience
from dashboard.queries import Desk, RiskDesk, Viewer
from dashboard.queries.risk import answers
from data.errors import StoreError
from grid.cube import Cube
from tests.browser.test_page import FAINT
from tests.browser.test_zones import shown
from tests.outbreak import DAYS, town
from tests.serving import serving

SIZES = [(390, 844), (1366, 768), (1920, 1080)]

#: The map's bytes are there and painted, and every question is answered.
STILL = """() => {
  const map = window.onescreen?.maps?.["map-map"], root = document.documentElement.dataset;
  return map && map.status === "ready" && !map.glide && !map.frame && root.asked === root.answered
    && map.painted && map.bytes.holds("values") && map.bytes.holds("shapes");
}"""

#: Colours of the pixels of every fifth pixel column and row, with how often they are there, as the painter made them.
PIXELS = """() => {
  const map = onescreen.maps["map-map"], found = {};
  for (let y = 3; y < map.host.clientHeight; y += 5) for (let x = 3; x < map.host.clientWidth; x += 5)
    if (map.unitAt(x, y) >= 0) found[map.colourAt(x, y)] = (found[map.colourAt(x, y)] || 0) + 1;
  return found;
}"""

#: A pixel well inside a unit, with nothing lying over it.
SPOT = """(code) => {
  const map = onescreen.maps["map-map"], box = map.host.getBoundingClientRect(), found = [];
  for (let y = 4; y < box.height; y += 4) for (let x = 4; x < box.width; x += 4)
    if (map.at(x, y).code === code && map.host.contains(document.elementFromPoint(x + box.x, y + box.y)))
      found.push([x, y]);
  return found[found.length >> 1];
}"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = town(tmp_path_factory.mktemp("outbreak"))
    yield Desk(Cube(made.store, made.city))
    made.store.close()


@pytest.fixture(scope="module")
def site(desk: Desk) -> Iterator[str]:
    for level in ("district", "street", "cell"):  # the first picture of a version takes some seconds
        desk.beside(RiskDesk).answer(Viewer(), level=level)
    with serving(create_app(desk).server) as url:
        yield url


#: Notes whether the page was without its parts, while they were worked on, and with its map.
WATCHED = """() => { window.seen = false; new MutationObserver(() => {
  if (!document.querySelector("#own") && document.querySelector("#map-map canvas")) window.seen = true;
}).observe(document.body, { childList: true, subtree: true }); }"""


def drawn(page: Page, url: str) -> dict[str, int]:
    """Opens a page and returns the colours of its map's units."""
    shown(page, url)
    page.wait_for_function(STILL)
    found: dict[str, int] = page.evaluate(PIXELS)
    return found


def colourful(colours: dict[str, int]) -> bool:
    """Whether any pixel is warmer than the ground, the states and the borders are: red well over blue."""
    return any(int(colour[1:3], 16) > int(colour[5:7], 16) + 24 for colour in colours)


def judged(desk: Desk, monkeypatch: pytest.MonkeyPatch, why: str) -> Iterator[str]:
    """A server whose report card says this."""
    card = desk.beside(RiskDesk).card(Viewer())
    assert card is not None
    monkeypatch.setattr(answers, "card", lambda *_: replace(card, why=why))
    with serving(create_app(desk).server) as url:
        yield url


def test_from_the_city_down_to_a_street(page: Page, site: str) -> None:
    shown(page, f"{site}/risk")
    expect(page.locator("#card")).to_contain_text("前 5%")
    expect(page.locator("#card")).to_be_in_viewport()
    page.locator("#parts").get_by_role("link", name="东江区").click()
    expect(page.locator("#parts")).to_contain_text("江口街道")
    assert "area=990101" in page.url


@pytest.mark.parametrize("why", ["loses", "not proven", "no better than chance", "wins"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_map_is_grey_unless_the_forecast_wins(
    page: Page, desk: Desk, monkeypatch: pytest.MonkeyPatch, why: str, theme: str
) -> None:
    for url in judged(desk, monkeypatch, why):
        colours = drawn(page, f"{url}/risk?show=ahead&theme={theme}")
        assert len(colours) > 3  # there is something to see either way
        assert colourful(colours) == (why == "wins")
        said = page.locator(".map-said")
        if why == "wins":
            expect(said).to_have_count(0)
        else:
            expect(said).to_contain_text("灰色")
        assert colourful(drawn(page, f"{url}/risk?by=street&theme={theme}"))  # scores are no forecast


def test_a_click_shows_the_parts_and_keeps_the_place(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    drawn(page, f"{site}/risk?by=street&day={DAYS[30]}")
    page.evaluate("onescreen.maps['map-map'].first = true")
    box, (x, y) = page.locator("#map-map").bounding_box(), page.evaluate(SPOT, "990101001")
    assert box is not None
    page.mouse.click(box["x"] + x, box["y"] + y)
    expect(page.locator("#own h2")).to_contain_text("江口街道")
    assert "unit=990101001" in page.url
    page.wait_for_function(STILL)
    assert page.evaluate("onescreen.maps['map-map'].first")  # the same map: nothing was mounted anew
    assert page.locator("#map-map .onescreen-map-mark.kept").get_attribute("d")
    cells = page.locator("#own tbody tr").evaluate_all("rows => rows.map(row => [...row.cells].at(-1).innerText)")
    total, *parts = [re.findall(r"[\d.]+", text)[0] for text in cells]
    assert sum(round(10 * float(part)) for part in parts) == round(10 * float(total))
    painted = page.evaluate("""() => { const map = onescreen.maps["map-map"], values = map.bytes.get("values");
      return values.values[map.shapes.codes.indexOf("990101001")]; }""")
    assert painted == pytest.approx(float(total), abs=0.051)
    expect(page.locator("#own")).to_be_in_viewport()
    expect(page.locator("#map-map")).to_be_in_viewport()
    page.locator("#map-map").focus()
    page.keyboard.press("Escape")
    expect(page.locator("#own h2")).to_contain_text("安城市")


def test_the_map_stays_while_what_was_clicked_on_is_worked_out(
    page: Page, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "WAIT", 0.0)  # whatever is asked comes a little later
    drawn(page, f"{site}/risk?by=street&day={DAYS[29]}")
    page.evaluate("onescreen.maps['map-map'].first = true")
    page.evaluate(WATCHED)
    page.locator("#parts").get_by_role("link").first.click()
    expect(page.locator("#own h2")).not_to_contain_text("安城市")
    assert page.evaluate("seen"), "it was worked on before it came"
    page.wait_for_function(STILL)
    assert page.evaluate("onescreen.maps['map-map'].first")


def test_the_map_glides_into_the_area_that_was_chosen(page: Page, site: str) -> None:
    drawn(page, f"{site}/risk?by=street&lang=en")
    page.evaluate("onescreen.maps['map-map'].first = true")
    page.locator("#parts").get_by_role("link").first.click()
    expect(page.locator("#own h2")).not_to_contain_text("990000")
    page.wait_for_function(STILL)
    assert page.evaluate("onescreen.maps['map-map'].first")
    assert page.evaluate("onescreen.maps['map-map'].props.marked ? false : true")


def test_the_wheel_scrolls_the_page_until_the_map_is_meant(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    drawn(page, f"{site}/risk")
    page.locator("#map-map").hover()
    scale = page.evaluate("onescreen.maps['map-map'].view.scale")
    page.mouse.wheel(0, 200)
    page.wait_for_function("document.querySelector('.sheet-main').scrollTop > 50")
    assert page.evaluate("onescreen.maps['map-map'].view.scale") == scale
    page.locator("#map-map").focus()
    page.mouse.wheel(0, -200)
    page.wait_for_function("scale => onescreen.maps['map-map'].view.scale > scale", arg=scale)


def test_the_legend_counts_the_units_that_are_drawn(page: Page, site: str) -> None:
    drawn(page, f"{site}/risk?by=street&day={DAYS[30]}")
    expect(page.locator("#map-map-key li b").first).to_have_text(re.compile(r"\d"))
    counts = page.locator("#map-map-key li b").all_inner_texts()
    assert sum(int(text) for text in counts) == page.evaluate("onescreen.maps['map-map'].shapes.units")


def test_the_last_picture_stays_when_the_store_is_gone(
    page: Page, desk: Desk, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    colours = drawn(page, f"{site}/risk?by=street&day={DAYS[31]}")

    def gone(*_: Any, **__: Any) -> Any:
        raise StoreError(detail="gone")

    monkeypatch.setattr(RiskDesk, "answer", gone)
    page.get_by_role("link", name="未来 7 日", exact=True).first.click()
    expect(page.locator(".notice")).to_contain_text("暂")
    assert page.evaluate(PIXELS) == colours
    expect(page.locator("#own")).to_be_visible()


def test_fineness_is_a_page_under_risk(page: Page, site: str) -> None:
    shown(page, f"{site}/risk")
    page.locator(".sheet-room").get_by_role("link", name="多细才够").click()
    expect(page.locator("#fineness tbody tr").first).to_be_visible()
    expect(page.locator("#answer-0")).to_contain_text("够")
    page.locator(".path").get_by_role("link", name="风险").click()
    expect(page.locator("#card")).to_be_visible()


def test_the_parts_of_a_bar_are_drawn_as_long_as_they_count(page: Page, site: str) -> None:
    shown(page, f"{site}/risk?by=street&day={DAYS[30]}")
    bar = "[...document.querySelector('#parts .parts').children].filter((part) => part.className !== 'rest')"
    told = page.evaluate(f"{bar}.map((part) => [part.title, part.getBoundingClientRect().width])")
    points = [float(title.split()[-2]) for title, _ in told]
    widths = [width for _, width in told]
    assert widths == pytest.approx([widths[0] * one / points[0] for one in points], abs=6)


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("look", ["", "&lang=en&theme=light"])
def test_the_page_fits_and_can_be_read(page: Page, site: str, width: int, height: int, look: str) -> None:
    page.set_viewport_size({"width": width, "height": height})
    views = ["risk?area=city", "risk?by=cell", f"risk?day={DAYS[9]}", "risk?show=ahead", "granularity?area=city"]
    for view in views:
        shown(page, f"{site}/{view}{look}")
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        # a lone sign is no text: 3:1 is enough for it (WCAG 1.4.11)
        assert [one for one in page.evaluate(FAINT) if len(one[1]) > 1 or float(one[2]) < 3] == []
