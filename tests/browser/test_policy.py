"""The pages of orders and of the sandbox in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from dashboard.app import create_app
from dashboard.pages import orders, sandbox
from dashboard.queries import Desk
from grid.cube import Cube
from tests import heihe
from tests.browser.test_page import FAINT
from tests.dashboard.test_sandbox import DAYS, Outbreak
from tests.serving import serving

SIZES = [(390, 844), (1366, 768), (1920, 1080)]
PAGES = (orders.PAGE, sandbox.PAGE)


@pytest.fixture(scope="module")
def heihe_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    cube = heihe.cube(tmp_path_factory.mktemp("heihe"))
    with serving(create_app(Desk(cube), pages=PAGES).server) as url:
        yield url
    cube.store.close()


@pytest.fixture(scope="module")
def outbreak_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    made = Outbreak(tmp_path_factory.mktemp("outbreak"))
    with serving(create_app(Desk(Cube(made.town.store, made.town.city)), pages=PAGES).server) as url:
        yield url
    made.town.store.close()


def shown(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator("main h1, .sheet h1").first).to_be_visible()
    expect(page.locator("table").first).to_be_visible()


def test_an_order_is_opened_and_read_by_county(page: Page, heihe_site: str) -> None:
    shown(page, heihe_site + "/orders")
    expect(page.locator("table").first).to_contain_text("23,815")
    page.get_by_role("link", name="黑河户籍居民健康码转为黄码").first.click()
    expect(page.locator("table")).to_have_count(2)
    expect(page.locator("table").nth(1)).to_contain_text("北安市")
    page.get_by_role("link", name="北安市").click()
    expect(page.locator("main")).to_contain_text("没有下级区域")


def test_the_axis_is_changed_by_a_link(page: Page, outbreak_site: str) -> None:
    shown(page, f"{outbreak_site}/sandbox?day={DAYS[34]}")
    expect(page.locator("main")).to_contain_text("限制的人口与覆盖的阳性居住地")
    page.get_by_role("link", name="网格数").click()
    expect(page.locator("main")).to_contain_text("限制的网格数与覆盖的阳性居住地")
    assert "axis=cells" in page.url


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("look", ["", "&lang=en&theme=light"])
def test_the_pages_fit_and_can_be_read(
    page: Page, heihe_site: str, outbreak_site: str, width: int, height: int, look: str
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    for url in (f"{heihe_site}/orders?order=2021-2{look}", f"{outbreak_site}/sandbox?day={DAYS[34]}{look}"):
        shown(page, url)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert page.evaluate(FAINT) == []
