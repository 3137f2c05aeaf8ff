"""The outflow page in a real browser: it fits, it can be read, and its tables stand side by side."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from dashboard.app import create_app
from dashboard.pages import outflow
from dashboard.queries import Desk
from data.city import read_city
from data.demo import simulate
from data.store import Store, sqlite_url
from grid.build import build
from grid.cube import Cube
from tests.browser.test_page import FAINT
from tests.serving import serving

SIZES = [(390, 844), (1366, 768), (1920, 1080)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("outflow")
    city = read_city(simulate("town", 1, folder / "city", lambda *_: None))
    store = Store.create(sqlite_url(folder / "x.db"))
    build(store, city, "secret")
    with serving(create_app(Desk(Cube(store, city)), pages=(outflow.PAGE,)).server) as url:
        yield url
    store.close()


#: Names of the scatter that cover one another.
COVERED = """() => {
  const boxes = [...document.querySelectorAll(".of-scatter text.name")].map((node) => [node.textContent, node.getBoundingClientRect()]);
  return boxes.flatMap(([one, a], n) => boxes.slice(n + 1).filter(([, b]) => a.left < b.right - 1 && b.left < a.right - 1
    && a.top < b.bottom - 3 && b.top < a.bottom - 3).map(([other]) => [one, other]));
}"""


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("look", ["", "?lang=en&theme=light"])
def test_the_page_fits_and_can_be_read(page: Page, site: str, width: int, height: int, look: str) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{site}/outflow{look}")
    expect(page.locator("table").first).to_be_visible()
    expect(page.locator("table")).to_have_count(7)
    expect(page.locator(".of-scatter svg circle").first).to_be_visible()
    assert 0 < page.locator(".of-scatter text.name").count() <= page.locator(".of-scatter circle:not(.inside)").count()
    assert page.evaluate(COVERED) == []  # a name that would cover another is left out, and told to who points at it
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(FAINT) == []


def test_a_day_before_is_a_step_away(page: Page, site: str) -> None:
    page.goto(f"{site}/outflow")
    expect(page.locator("main")).to_contain_text("4月29日")
    page.goto(f"{site}/outflow?day=2026-04-10")
    expect(page.locator("main")).to_contain_text("4月10日")
    expect(page.locator("main")).to_contain_text("还没有流出排查数据")
