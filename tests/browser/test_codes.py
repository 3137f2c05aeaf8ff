"""The further pages in a real browser: the codes of the small city, and a page with every block there is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from dashboard.app import create_app
from dashboard.pages import PAGES
from dashboard.pages.page import Look, Page
from dashboard.parts import figures, lines, listing, matrix, note, record, stack
from dashboard.parts.sheet import Block, mark
from dashboard.queries import Desk, Viewer
from dashboard.queries.codes import CodeDesk
from data.city import read_city
from data.errors import StoreError
from data.store import Store, sqlite_url
from data.terms import CODES
from grid.build import build
from grid.cube import Cube
from tests import coded, tiny
from tests.browser import test_page
from tests.browser.test_page import FAINT
from tests.serving import serving

LAST = coded.DAYS[-1]
SIZES = [(390, 844), (1366, 768), (1920, 1080), (3840, 2160)]
STILL = """() => { const root = document.documentElement.dataset;
  return root.shown && root.asked === root.answered && document.querySelector('.sheet-head'); }"""


def every_block(look: Look) -> list[Block]:
    """One of each, with what is missing, zero and long in it."""
    green = mark(CODES["green"], look.lang, look.theme)
    parts = [stack.part(f"part {n}", n, str(n), shade=str(n)) for n in range(5)]
    squares = [[matrix.square(str(n), weight=n / 9, href=look.href(pick=str(n))) for n in range(3)] for _ in range(3)]
    return [
        figures.strip([figures.figure("one", "1,234", href=look.href(pick="one")),
                       figures.figure("two", "?", state="missing")]),
        stack.bars([stack.bar("bar", parts, "10"), stack.bar("none", [], "?", state="missing")], "Stack", labels=True),
        listing.table([listing.column("name", left=True), listing.column("n", bar=True)],
                      [listing.row([listing.cell(f"r{n}", f"r{n}"), listing.number(str(n), n)]) for n in range(40)],
                      "Table", sort=(1, True), first=12),
        matrix.panels([matrix.panel("Panel", [green] * 3, [green] * 3, squares)], "Matrix", key=["key"]),
        lines.chart([lines.line("a", [1, None, 3]), lines.line("b", [3, 2, 1], tone="mark")], ["d1", "d2", "d3"], "Lines",
                    texts=["t1", "t2", "t3"], ticks=[(0, "d1")], top="3", index=2),
        record.record([record.entry("name", "value"), record.entry("no", "?", state="missing")], "Record"),
        record.steps([record.step("d1", "was"), record.step("d2", "lacked", state="lacking")], "Steps"),
        note.line(look.wish("pick") or "nothing picked"),
    ]  # fmt: skip


def _days(_desk: Desk, _viewer: Viewer) -> list[dt.date]:
    return list(coded.DAYS)


KIT = Page("kit", ("样张", "Kit"), every_block, days=_days, wishes=("pick",))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("codes")
    city = read_city(tiny.tiny_city(folder / "city", tiny.Knobs(sources=("population", "codes")), coded.SYSTEMS))
    store = Store.create(sqlite_url(folder / "codes.db"))
    build(store, city, tiny.SECRET)
    cube = Cube(store, city)
    told = coded.ledger(len(cube.at().leaves))
    coded.write(store, [coded.code_day(day, told, cube.at()) for day in coded.DAYS], [coded.NOTICE])
    yield Desk(Cube(store, city))
    store.close()


@pytest.fixture(scope="module")
def site(desk: Desk) -> Iterator[str]:
    with serving(create_app(desk, pages=(*PAGES, KIT)).server) as address:
        yield address


class Shown(test_page.Shown):
    """A page that is open and must not complain."""

    ready = STILL

    @property
    def path(self) -> str:
        return str(self.js("location.pathname + location.search"))

    @property
    def text(self) -> str:
        return self.page.locator(".sheet").inner_text()


@pytest.fixture
def shown(page: Tab, site: str) -> Iterator[Shown]:
    page.set_viewport_size({"width": 1366, "height": 768})
    made = Shown(page, site)
    yield made
    assert made.errors == []


def test_from_the_number_to_the_assignment_and_its_notice_in_four_clicks(shown: Shown, desk: Desk) -> None:
    """The wall shows the number; the official opens the same city, and clicks."""
    clicks = 0

    def click(selector: str) -> None:
        nonlocal clicks
        shown.page.locator(selector).first.click()
        clicks += 1

    overdue = desk.beside(CodeDesk).overdue(Viewer(), "city", LAST)
    assert overdue is not None
    shown.page.goto(shown.site + "/")
    shown.page.wait_for_function("document.querySelector('.pages')")
    click(".pages a[href^='/codes']")
    shown.still()
    expect(shown.page.locator(".hero b")).to_have_text(str(overdue.ages.late))
    click(".hero a")
    expect(shown.page.locator(".sheet[data-page=tickets]")).to_be_visible()
    shown.still()
    assert shown.path == "/tickets?overdue=late"
    click(".rows tbody tr a")
    expect(shown.page.locator(".sheet[data-page=ticket]")).to_be_visible()
    shown.still()
    expect(shown.page.locator(".steps-of li").first).to_be_visible()
    expect(shown.page.locator("#notice-record")).to_contain_text("安防指〔2022〕1号")
    click("#notice-record a")
    expect(shown.page.locator(".sheet[data-page=notices]")).to_be_visible()
    shown.still()
    assert "关于密切接触者赋码的通告" in shown.text
    assert clicks <= 4


def test_the_history_leads_back_to_where_one_was(shown: Shown) -> None:
    shown.open("/codes")
    shown.page.locator(".rows a", has_text="东江区").last.scroll_into_view_if_needed()
    low = shown.js("document.querySelector('.sheet-main').scrollTop")
    assert low > 100
    shown.page.locator("tr.leads a", has_text="东江区").last.click()
    shown.page.wait_for_function("location.search.includes('990101')")
    shown.still()
    assert shown.js("document.querySelector('.sheet-main').scrollTop") == 0
    assert [step.inner_text() for step in shown.page.locator(".path li").all()] == ["安城市", "东江区"]
    shown.page.go_back()
    shown.page.wait_for_function("!location.search")
    shown.still()
    shown.page.wait_for_function("document.querySelector('.sheet-main').scrollTop > 100")


def test_between_pages_nothing_is_loaded_anew(shown: Shown) -> None:
    shown.open("/codes")
    asked: list[str] = []
    shown.page.on("request", lambda request: asked.append(request.url.split("/")[-1].split("?")[0]))
    shown.page.locator(".hero a").click()
    expect(shown.page.locator(".sheet[data-page=tickets]")).to_be_visible()
    shown.still()
    assert set(asked) - {"icon.svg", "pulse", "alive"} == {"_dash-update-component"}  # signs of life come any time


def test_a_reload_shows_the_same(shown: Shown) -> None:
    shown.open("/tickets?area=990101&day=2022-03-07&overdue=late&lang=en&theme=light")
    before = shown.text, shown.path
    shown.page.reload()
    shown.still()
    assert (shown.text, shown.path) == before


def test_days_language_and_theme_stay_with_the_filter(shown: Shown) -> None:
    shown.open("/tickets?overdue=stuck")
    shown.page.locator(".when-day a").first.click()
    shown.page.wait_for_function("location.search.includes('day=2022-03-07')")
    shown.still()
    shown.page.get_by_role("button", name="English").click()
    expect(shown.page.locator("html")).to_have_attribute("lang", "en")
    shown.still()
    shown.page.get_by_role("button", name="Light").click()
    shown.page.wait_for_function("document.documentElement.dataset.theme === 'light'")
    shown.still()
    assert shown.path == "/tickets?day=2022-03-07&lang=en&theme=light&overdue=stuck"


def test_a_day_without_a_ledger_says_so(shown: Shown) -> None:
    shown.open("/codes?day=2022-03-08")
    assert "不是零" in shown.text
    assert shown.page.locator(".strip-of").count() == 0
    shown.page.locator(".note-of a").click()
    shown.page.wait_for_function("!location.search")
    expect(shown.page.locator(".hero b")).to_be_visible()


def test_a_city_without_ledgers_says_what_is_missing(page: Tab, tiny_cube: Cube) -> None:
    with serving(create_app(Desk(tiny_cube)).server) as address:
        made = Shown(page, address).open("/codes")
        assert "还没有收到赋码台账" in made.text
        made.open("/ticket?id=12")
        assert "没有编号" in made.text
        assert made.errors == []


def test_an_impossible_address_is_mended_and_told(shown: Shown) -> None:
    shown.page.goto(f"{shown.site}/codes?area=990101999&x=y&known=soon")
    expect(shown.page.locator(".passing p")).to_have_count(3)  # read first: they go by themselves
    assert shown.still().path == "/codes?area=990101"


def test_when_the_store_is_gone_the_last_picture_stays(
    shown: Shown, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown.open("/codes")
    before = shown.text

    def gone(*_: object, **__: object) -> None:
        raise StoreError(detail="gone on purpose")

    monkeypatch.setattr(Store, "version", gone)
    shown.page.locator(".hero a").click()
    expect(shown.page.locator(".notice .lasting")).to_contain_text("数据库暂时不可用")
    assert shown.text == before


def test_long_tables_unfold_and_sort(shown: Shown) -> None:
    shown.open("/kit")
    table = shown.page.locator(".of-table")
    expect(table.locator("tbody tr")).to_have_count(12)
    expect(table.locator("tbody tr").first).to_contain_text("r39")
    table.get_by_role("button", name="n", exact=False).nth(1).click()
    expect(table.locator("tbody tr").first).to_contain_text("r0")
    assert table.locator("tbody tr").first.inner_text().split() == ["r0", "0"]
    table.locator(".more-rows").click()
    expect(table.locator("tbody tr")).to_have_count(40)


def test_a_filter_of_the_page_stands_in_its_address(shown: Shown) -> None:
    shown.open("/kit")
    expect(shown.page.locator(".note-of")).to_have_text("nothing picked")
    shown.page.locator(".strip-of a").first.click()
    expect(shown.page.locator(".note-of")).to_have_text("one")
    assert shown.path == "/kit?pick=one"
    shown.page.go_back()
    expect(shown.page.locator(".note-of")).to_have_text("nothing picked")


TICKET = "/ticket?id={id}"
PATHS = ["/codes", "/tickets", TICKET, "/kit"]


def _address(path: str, desk: Desk) -> str:
    line = desk.beside(CodeDesk).tickets(Viewer(), "city", LAST, limit=1)[0][0]
    return path.format(id=line.id)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("path", PATHS)
def test_all_text_has_contrast(shown: Shown, desk: Desk, path: str, theme: str) -> None:
    where = _address(path, desk)
    shown.open(f"{where}{'&' if '?' in where else '?'}theme={theme}")
    faint = shown.js(FAINT)
    assert [one for one in faint if len(one[1]) > 1 or float(one[2]) < 3] == []  # a sign is a mark: 3:1 (WCAG 1.4.11)


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_sticks_out(shown: Shown, desk: Desk, width: int, height: int, lang: str) -> None:
    shown.page.set_viewport_size({"width": width, "height": height})
    for path in PATHS:
        where = _address(path, desk)
        shown.open(f"{where}{'&' if '?' in where else '?'}lang={lang}")
        root = "document.documentElement"
        assert shown.js(f"[{root}.scrollWidth, {root}.scrollHeight]") == [width, height], path
        wide = """[...document.querySelectorAll('.top > *, .sheet *')]
            .filter((node) => node.checkVisibility() && !node.closest('.rows, .heard, svg') && !node.matches('.skip'))
            .map((node) => [node.className, node.getBoundingClientRect()])
            .filter(([, box]) => box.width && (box.left < -1 || box.right > innerWidth + 1)).map(([name]) => name)"""
        assert shown.js(wide) == [], path
        assert shown.js("[...document.querySelectorAll('.rows')].every(b => b.scrollWidth <= b.clientWidth + 1)"), path


def test_keys_alone_lead_through(shown: Shown) -> None:
    shown.open("/codes")
    shown.page.keyboard.press("Tab")
    expect(shown.page.locator(".skip")).to_be_focused()
    shown.page.locator(".hero a").focus()
    shown.page.keyboard.press("Enter")
    expect(shown.page.locator(".sheet[data-page=tickets]")).to_be_visible()
    expect(shown.page.locator(".sheet-head h1")).to_be_focused()


def test_the_first_page_carries_none_of_it(shown: Shown, desk: Desk, tmp_path: Path) -> None:
    first = create_app(desk).server.test_client()
    page, layout, callbacks = (first.get(path).text for path in ("/", "/_dash-layout", "/_dash-dependencies"))
    assert "/assets/sheet/" not in page
    assert "Sheet" not in layout
    assert "sheet.data" not in callbacks
    further = first.get("/sheet/_dash-dependencies").text
    assert "sheet.data" in further
    assert "map." not in further
    assert "/assets/sheet/sheet.js" in first.get("/codes").text
