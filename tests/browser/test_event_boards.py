"""The boards of events in a real browser: they follow what happens, and can be read at every size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from dashboard.app import create_app
from dashboard.queries import Desk, Viewer
from grid.cube import Cube
from tests.browser.test_page import FAINT
from tests.dashboard.test_event_pages import WILLOW, Book, made
from tests.serving import serving

SIZES = [(390, 844), (1366, 768), (1920, 1080)]
WHOLE = (("accept", 2900.0), ("act", 2800.0), ("feed_back", 2700.0), ("close", 2600.0))


@pytest.fixture(scope="module")
def desk(tiny_cube: Cube, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The small city with one event of each kind of standing."""
    desk = made(tiny_cube, tmp_path_factory.mktemp("boards"))
    book = Book(desk)
    book.do(book.take(3000, "hotline", place="甲单元"), *WHOLE)
    book.do(book.take(2000, "hotline", WILLOW, place="乙单元"), ("accept", 1950))
    book.do(book.take(50, "gate_hit", "990101001001", place="南门"), ("accept", 40), ("act", 30))
    yield desk
    assert desk.events is not None
    assert desk.log is not None
    desk.events.close()
    desk.log.access.close()


@pytest.fixture(scope="module")
def site(desk: Desk) -> Iterator[str]:
    viewer = Viewer()
    with serving(create_app(desk, viewer_of=lambda: replace(viewer), events=desk.events).server) as url:
        yield url


def shown(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator(".sheet .block").nth(1)).to_be_visible()


def test_the_board_follows_what_happens(page: Page, site: str, desk: Desk) -> None:
    """It is not asked for again: what is reported stands there by itself, and nothing that was there flickers."""
    shown(page, f"{site}/events?klass=hotline")
    expect(page.locator("#events tbody tr")).to_have_count(1)
    page.evaluate("window.kept = document.querySelector('#events tbody tr')")
    Book(desk).take(1, "hotline", place="丁单元")
    expect(page.locator("#events tbody tr")).to_have_count(2)
    assert page.evaluate("window.kept.isConnected")


def test_from_the_board_to_the_event_and_the_loop(page: Page, site: str) -> None:
    shown(page, f"{site}/events")
    page.locator(".of-stack").get_by_role("link", name="门禁命中").click()
    expect(page.locator("#events tbody tr")).to_have_count(1)
    page.locator("#events").get_by_role("link", name="门禁命中").click()
    expect(page.locator(".steps-of li")).to_have_count(4)
    shown(page, f"{site}/events")
    page.get_by_role("link", name="闭环用时多久").click()
    expect(page.locator("#breaks tbody tr")).to_have_count(1)
    page.locator("#loop-filter select").first.select_option("week")
    expect(page.locator("main")).to_contain_text("感知的")


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("look", ["", "&lang=en&theme=light"])
def test_the_boards_fit_and_can_be_read(page: Page, site: str, width: int, height: int, look: str) -> None:
    page.set_viewport_size({"width": width, "height": height})
    for url in (f"/events?area=city{look}", f"/event?id=3{look}", f"/loop?area=city{look}"):
        shown(page, site + url)
        assert not page.evaluate("document.querySelector('.sheet').scrollWidth > innerWidth")
        # a lone sign is no text: 3:1 is enough for it (WCAG 1.4.11)
        assert [one for one in page.evaluate(FAINT) if len(one[1]) > 1 or float(one[2]) < 3] == []


def test_a_question_that_fails_leaves_what_was_seen_and_says_so(
    page: Page, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who comes anew reads it in their language, in the page's place; it is neither the database nor on its way."""

    def fails(*_: object) -> None:
        raise ZeroDivisionError

    shown(page, f"{site}/events?klass=hotline&lang=en")
    rows = page.locator("#events tbody tr").count()
    monkeypatch.setattr("dashboard.pages.events._figures", fails)
    said = "This did not work; it was written to the log."
    expect(page.locator(".notice")).to_contain_text(said)
    expect(page.locator("#events tbody tr")).to_have_count(rows)
    page.goto(f"{site}/events?klass=citizen&lang=en")
    expect(page.locator(".sheet .of-note")).to_have_text(said)
    expect(page.locator(".sheet h1")).to_have_text("Events")
