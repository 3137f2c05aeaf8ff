"""The page of risk in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from dashboard.app import create_app
from dashboard.queries import Desk, RiskDesk, Viewer
from grid.cube import Cube
from tests.browser.test_page import FAINT
from tests.browser.test_zones import shown
from tests.outbreak import DAYS, town
from tests.serving import serving

SIZES = [(390, 844), (1366, 768), (1920, 1080)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    made = town(tmp_path_factory.mktemp("outbreak"))
    desk = Desk(Cube(made.store, made.city))
    for level in ("district", "street", "cell"):  # the first picture of a version takes some seconds
        desk.beside(RiskDesk).answer(Viewer(), level=level)
    with serving(create_app(desk).server) as url:
        yield url
    made.store.close()


def test_from_the_city_down_to_a_street(page: Page, site: str) -> None:
    shown(page, f"{site}/risk")
    expect(page.locator("#card")).to_contain_text("前 5%")
    page.locator("#parts").get_by_role("link", name="东江区").click()
    expect(page.locator("#parts")).to_contain_text("江口街道")
    assert "area=990101" in page.url


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
    for search in (f"?area=city{look}", f"?by=cell{look}", f"?day={DAYS[9]}{look}"):
        shown(page, f"{site}/risk{search}")
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        # a lone sign is no text: 3:1 is enough for it (WCAG 1.4.11)
        assert [one for one in page.evaluate(FAINT) if len(one[1]) > 1 or float(one[2]) < 3] == []
