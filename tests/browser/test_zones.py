"""The pages of zones and of notices in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from dashboard.app import create_app
from dashboard.queries import Desk
from tests import ruled
from tests.browser.test_page import FAINT
from tests.serving import serving
from tests.tiny import DAYS

SIZES = [(390, 844), (1366, 768), (1920, 1080)]
ZONE = f"{DAYS[0]}|lockdown|L1"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    cube = ruled.cube(tmp_path_factory.mktemp("ruled"))
    with serving(create_app(Desk(cube)).server) as url:
        yield url
    cube.store.close()


def shown(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator(".sheet h1")).to_be_visible()
    expect(page.locator(".sheet .block").first).to_be_visible()


def test_from_the_number_to_the_notice_in_three_clicks(page: Page, site: str) -> None:
    shown(page, f"{site}/zones")
    page.get_by_role("link", name="超期未解除").click()
    expect(page.locator("#zones tbody tr")).to_have_count(2)
    page.locator("#zones").get_by_role("link", name="L1").click()
    expect(page.locator("main")).to_contain_text("已超期 3 天")
    page.locator("#zone").get_by_role("link", name="town-zones规则").click()
    expect(page.locator("main")).to_contain_text("最大划定单位")
    assert "/notices" in page.url


def test_an_empty_day_is_said(page: Page, site: str) -> None:
    for name, said in (("zones", "当日没有封控区"), ("notices", "当日没有生效的通告")):
        shown(page, f"{site}/{name}?day=2020-01-01")
        expect(page.locator("main")).to_contain_text(said)


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("look", ["", "&lang=en&theme=light"])
def test_the_pages_fit_and_can_be_read(page: Page, site: str, width: int, height: int, look: str) -> None:
    page.set_viewport_size({"width": width, "height": height})
    for url in (f"/zones?zone={ZONE}{look}", f"/notices?notice=town-zones{look}", f"/zones?day=2020-01-01{look}"):
        shown(page, site + url)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        # a lone sign is no text: 3:1 is enough for it (WCAG 1.4.11)
        assert [one for one in page.evaluate(FAINT) if len(one[1]) > 1 or float(one[2]) < 3] == []
