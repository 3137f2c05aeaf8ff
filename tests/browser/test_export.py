"""Taking away what one sees: the menu, its files, the map's picture, a report with its progress, the API's page."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from dashboard.api import reports
from dashboard.api.jobs import Step
from dashboard.app import create_app
from dashboard.exports import FORMATS
from dashboard.queries import Desk
from dashboard.reports.model import File
from grid.cube import Cube
from tests.serving import serving

EAST = "990101"
READY = "onescreen?.maps?.map?.status === 'ready' && document.documentElement.dataset.shown"


@pytest.fixture(scope="module")
def site(tiny_cube: Cube) -> Iterator[str]:
    """The small city, served."""
    with serving(create_app(Desk(tiny_cube)).server) as base:
        yield base


def open_menu(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_function("document.documentElement.dataset.shown")
    page.locator(".export > button").click()
    expect(page.locator(".export-menu")).to_have_attribute("aria-busy", "false")


def test_the_menu_costs_nothing_until_it_is_wanted(page: Page, site: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site)
    page.wait_for_function(READY)
    assert not [url for url in asked if "/export/" in url or "/api/" in url]
    page.locator(".export > button").click()
    expect(page.locator(".export-menu")).to_have_attribute("aria-busy", "false")
    assert len([url for url in asked if "/export/" in url]) == 3  # its script, its style, what it offers


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_files_are_of_what_is_shown(page: Page, site: str, lang: str) -> None:
    open_menu(page, f"{site}/?area={EAST}&layer=positives&day=2022-03-05&lang={lang}")
    offered = page.locator(".export-menu .files a")
    expect(offered).to_have_count(len(FORMATS) + 1)  # and the table beside the map
    with page.expect_download() as saved:
        offered.first.click()
    made = json.loads(Path(saved.value.path()).read_text("utf-8"))
    assert made["name"] == "positives"
    assert {f["id"] for f in made["features"]} == {"990101001", "990101002"}
    assert {f["properties"]["day"] for f in made["features"]} == {"2022-03-05"}
    assert "2022-03-05" in saved.value.suggested_filename


def test_the_picture_is_twice_as_fine_and_has_a_band(page: Page, site: str) -> None:
    open_menu(page, f"{site}/?layer=positives")
    page.wait_for_function(READY)
    with page.expect_download() as saved:
        page.locator(".export-menu .files button").first.click()
    head = Path(saved.value.path()).read_bytes()[:24]
    wide, tall = struct.unpack(">II", head[16:24])
    host = page.evaluate("(({clientWidth, clientHeight}) => [clientWidth, clientHeight])(onescreen.maps.map.host)")
    assert wide == 2 * host[0]
    assert tall == 2 * host[1] + 184


def test_a_report_tells_how_far_it_is_and_comes_by_itself(
    page: Page, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(*ordered: Any) -> list[File]:
        step: Step = ordered[-1]
        step(1, 2)
        page_saw.wait()
        step(2, 2)
        return [File("report.docx", b"body")]

    page_saw = _Gate()
    monkeypatch.setattr(reports, "made", made)
    open_menu(page, f"{site}/?area={EAST}")
    row = page.locator(".export-menu .report").first
    with page.expect_download(timeout=120_000) as saved:
        row.get_by_role("button", name="Word").click()
        expect(row.locator("progress")).to_have_attribute("max", "2")
        page.keyboard.press("Escape")  # it goes on while the menu is closed
        page.locator(".export > button").click()
        expect(row.locator("progress")).to_be_visible()
        page_saw.open()
    assert Path(saved.value.path()).read_bytes() == b"body"
    expect(row.locator(".made")).to_have_attribute("download", "report.docx")


def test_a_report_is_cancelled(page: Page, site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = _Gate()

    def made(*ordered: Any) -> list[File]:
        step: Step = ordered[-1]
        gate.wait()
        step(1, 2)
        return [File("report.pdf", b"body")]

    monkeypatch.setattr(reports, "made", made)
    open_menu(page, f"{site}/?area={EAST}&lang=en")
    row = page.locator(".export-menu .report").first
    row.get_by_role("button", name="PDF").click()
    row.get_by_role("button", name="Cancel").click()
    expect(row.get_by_role("button", name="PDF")).to_contain_text("cancelled")
    gate.open()


class _Gate:
    """A report that waits until the test has looked."""

    def __init__(self) -> None:
        import threading

        self._event = threading.Event()

    def wait(self) -> None:
        assert self._event.wait(120)

    def open(self) -> None:
        self._event.set()


def test_keys_open_walk_and_close_it(page: Page, site: str) -> None:
    page.goto(site)
    page.wait_for_function(READY)
    button = page.locator(".export > button")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".export-menu a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".export-menu")).to_have_count(0)
    expect(button).to_be_focused()


@pytest.mark.parametrize("size", [(390, 844), (1366, 768), (1920, 1080)])
def test_it_fits_the_screen(new_context: Callable[..., BrowserContext], site: str, size: tuple[int, int]) -> None:
    page = new_context(viewport={"width": size[0], "height": size[1]}).new_page()
    open_menu(page, f"{site}/?lang=en")
    box = page.locator(".export-menu").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= size[0]
    assert box["y"] + box["height"] <= size[1]
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_further_pages_have_it_too(page: Page, site: str) -> None:
    open_menu(page, f"{site}/zones?day=2022-03-04")
    with page.expect_download() as saved:
        page.locator(".export-menu .files a").first.click()
    assert json.loads(Path(saved.value.path()).read_text("utf-8"))["name"] == "zones"


def test_the_apis_page_asks_nothing_of_others(page: Page, site: str, strays: list[str]) -> None:
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(f"{site}/api/v1/docs")
    expect(page.locator(".opblock").first).to_be_visible()
    assert page.locator(".opblock").count() > 20
    assert (errors, strays) == ([], [])
