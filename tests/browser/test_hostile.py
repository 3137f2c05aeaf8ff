"""Names that are markup, of areas, zones, notices, rules and offices, stand on every page as the letters that they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboard.app import create_app
from dashboard.queries import Desk
from data.city import read_city
from data.store import Store, sqlite_url
from data.walls import new_wall
from grid.build import build
from grid.cube import Cube
from tests import ruled
from tests.serving import serving
from tests.tiny import SECRET

IMAGE = "<img src=x onerror=window.hostile=1>"
#: What the files say -> what they say here.
NAMES = {
    "安城市": "安城</title><script>window.hostile=2</script>",
    "石桥街道": IMAGE,
    "东江区": "<svg onload=window.hostile=3>",
    "L1,": "<iframe srcdoc=<script>parent.hostile=4</script>>,",
    "市指挥部": "<a href=javascript:window.hostile=5>部</a>",
    "规则": "<b onclick=window.hostile=6>规则</b>",
    "关于": "</script><script>window.hostile=7</script>",
}
PAGES = (
    "/",
    "/?area=990102001",
    "/?area=990101&lang=en",
    "/zones",
    "/notices",
    "/codes",
    "/risk",
    "/outflow",
    "/orders",
)
#: Anything that such a name would have become.
GROWN = "img[src='x'], svg[onload], [onclick], [onerror], iframe, a[href^='javascript:'], main script, title script"


def _poisoned(folder: Path) -> None:
    for path in (path for path in folder.rglob("*") if path.suffix in (".csv", ".toml", ".geojson")):
        body = path.read_bytes()
        encoding = "gb18030" if path.name == "streets.csv" else "utf-8"
        text = body.decode(encoding)
        for word, name in NAMES.items():
            text = text.replace(word, name)
        path.write_bytes(text.encode(encoding))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of the site, and of a wall of it."""
    folder = tmp_path_factory.mktemp("markup")
    made = ruled.town(folder)
    made.store.close()
    _poisoned(folder)
    city, store = read_city(made.path), Store.create(sqlite_url(folder / "poisoned.db"))
    assert [outcome.error for outcome in build(store, city, SECRET).outcomes if outcome.error] == []
    _, token = new_wall(store, IMAGE, address="127.0.0.1")
    with serving(create_app(Desk(Cube(store, city))).server) as url:
        yield url, f"{url}/wall/{token}"
    store.close()


def _harmless(page: Page) -> None:
    assert page.evaluate("window.hostile") is None
    assert page.locator(GROWN).count() == 0


@pytest.mark.parametrize("path", PAGES)
def test_no_name_becomes_markup(page: Page, site: tuple[str, str], path: str) -> None:
    page.goto(site[0] + path)
    expect(page.locator("body")).to_contain_text("window.hostile=", timeout=30_000)
    page.wait_for_load_state("networkidle")
    _harmless(page)


def test_nor_on_a_wall(page: Page, site: tuple[str, str]) -> None:
    page.goto(site[1])
    expect(page).to_have_title(re.compile("window.hostile="))
    expect(page.locator("#wall canvas").first).to_be_visible()
    _harmless(page)


@pytest.mark.parametrize("name", ["area", "layer", "level", "day", "known", "view", "x"])
def test_nor_does_what_an_address_says(page: Page, site: tuple[str, str], name: str) -> None:
    for path in ("/", "/zones"):
        page.goto(f"{site[0]}{path}?{name}=%3Cimg%20src%3Dx%20onerror%3Dwindow.hostile%3D1%3E")
        page.wait_for_load_state("networkidle")
        _harmless(page)
