"""The further pages without a browser: words, addresses, answers, and what happens when something is wrong."""

from __future__ import annotations

import base64
import datetime as dt
import json
import string
from dataclasses import replace
from typing import Any

import pytest

from dashboard.links import State
from dashboard.pages import PAGES
from dashboard.pages.page import Look, Page
from dashboard.pages.sheets import LATER, Sheets
from dashboard.parts import grid_map, map_block, note
from dashboard.queries import Desk, Viewer
from data.errors import BadQuestion, StoreError
from grid.cube import Cube
from tests.dashboard.test_texts import CJK

DAYS = [dt.date(2022, 3, 1), dt.date(2022, 3, 4), dt.date(2022, 3, 9)]


def _page(**more: Any) -> Page:
    made = Page("one", ("一", "One"), lambda look: [note.line(look.href(pick="b"))], wishes=("pick", "other"))
    return replace(made, days=lambda _desk, _viewer: DAYS, **more)


@pytest.fixture(scope="module")
def desk(tiny_cube: Cube) -> Desk:
    return Desk(tiny_cube)


def answer(desk: Desk, search: str = "", page: Page | None = None, viewer: Viewer | None = None) -> dict[str, Any]:
    page = page or _page()
    made = Sheets(desk, "zh", [page, *PAGES])(page, search, viewer or Viewer())
    found: dict[str, Any] = json.loads(json.dumps(made))
    return found


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_words_of_a_page_are_in_both_languages(page: Page) -> None:
    for key, (zh, en) in {**page.words, "title": page.title, "about": page.about}.items():
        assert _fields(zh) == _fields(en), key
        assert bool(zh) == bool(en), key
        assert not CJK.search(en), key


def test_pages_have_an_address_each_and_stand_under_one_another() -> None:
    ids = [page.id for page in PAGES]
    assert len(set(ids)) == len(ids)
    assert {page.under for page in PAGES if page.under} <= set(ids)


def test_the_navigation_keeps_place_day_and_language(desk: Desk) -> None:
    made = answer(desk, "?area=990101&day=2022-03-04&lang=en&pick=a")
    listed = {one["id"]: one for one in made["header"]["pages"]}
    assert listed["one"]["here"]
    assert listed["map"]["href"] == "/?area=990101&day=2022-03-04&lang=en"
    assert listed["codes"]["href"] == "/codes?area=990101&day=2022-03-04&lang=en"
    assert "tickets" not in listed


def test_a_detail_is_marked_where_it_stands(desk: Desk) -> None:
    ticket = next(page for page in PAGES if page.id == "ticket")
    made = answer(desk, "", ticket)
    assert [one["id"] for one in made["header"]["pages"] if one["here"]] == ["codes"]


def test_wishes_stay_on_their_page_and_nowhere_else(desk: Desk) -> None:
    seen: list[Look] = []

    def describe(look: Look) -> list[Any]:
        seen.append(look)
        return []

    page = _page(describe=describe)
    made = answer(desk, "?pick=a&other=7&x=y", page)
    (look,) = seen
    assert (look.wish("pick"), look.number_wish("other"), look.number_wish("pick"), look.wish("x")) == ("a", 7, 0, None)
    assert look.href(pick="b") == "/one?pick=b&other=7"
    assert look.href(pick=None, area="990101") == "/one?area=990101&other=7"
    assert look.href("codes") == "/codes"
    assert look.href("tickets", flag="conflict") == "/tickets?flag=conflict"
    assert look.href("map", area="990102") == "/?area=990102"
    assert made["where"]["search"] == "?pick=a&other=7"
    assert len(made["notice"]["passing"]) == 1


@pytest.mark.parametrize(
    ("search", "day", "before", "after", "missing"),
    [
        ("", "2022年3月9日", "/one?day=2022-03-04", "", ""),
        ("?day=2022-03-04", "2022年3月4日", "/one?day=2022-03-01", "/one", ""),
        ("?day=2022-03-05", "2022年3月5日", "/one?day=2022-03-04", "/one", "未报"),
        ("?day=2021-01-01", "2021年1月1日", "", "/one?day=2022-03-01", "未报"),
    ],
)
def test_days_with_data_before_and_after(
    desk: Desk, search: str, day: str, before: str, after: str, missing: str
) -> None:
    made = answer(desk, search)["sheet"]["head"]["day"]
    assert (made["text"], made["before"], made["after"], made["missing"]) == (day, before, after, missing)


def test_what_a_page_cannot_answer_is_said_in_place_of_its_blocks(desk: Desk) -> None:
    def wrong(_look: Look) -> list[Any]:
        raise BadQuestion(detail="that cannot be asked")

    (block,) = answer(desk, "", _page(describe=wrong))["sheet"]["blocks"]
    assert "that cannot be asked" in block["text"]


def test_a_lost_store_is_no_page(desk: Desk) -> None:
    def gone(_look: Look) -> list[Any]:
        raise StoreError(detail="gone")

    with pytest.raises(StoreError):
        answer(desk, "", _page(describe=gone))


def test_scope_is_the_viewers(desk: Desk) -> None:
    made = answer(desk, "?area=990102", viewer=Viewer(scope="990101"))
    assert [step["name"] for step in made["sheet"]["head"]["path"]][-1] == "东江区"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
@pytest.mark.parametrize("search", ["", "?lang=en&theme=light", "?area=990101001&day=2022-03-04&known=then"])
def test_every_page_answers_on_a_city_that_lacks_its_data(desk: Desk, page: Page, search: str) -> None:
    made = answer(desk, search, page)
    assert made["sheet"]["blocks"]
    assert made["where"]["title"]


def _mapped(desk: Desk, search: str = "", viewer: Viewer | None = None, **more: Any) -> dict[str, Any]:
    """The block of a map of streets on a page."""

    def describe(look: Look) -> list[Any]:
        drawn = map_block.units(look.desk, look.spot, "street")
        scale = map_block.Scale(
            "人数", "人", ["#111111", "#222222"], [5.0], ["<5", "≥5"], said={"zero": "无人"}, doubtful=True
        )
        return [map_block.map_of(look.spot, map_block.place(drawn), None, scale, **more)]

    (block,) = answer(desk, search, _page(describe=describe), viewer)["sheet"]["blocks"]
    found: dict[str, Any] = block
    return found


def test_a_map_block_speaks_to_the_painter(desk: Desk) -> None:
    made = _mapped(desk, "?lang=en&theme=light&area=990101")
    assert set(made["map"]) <= set(grid_map.PROPERTIES)
    assert made["map"]["theme"] == grid_map.LIGHT
    assert (made["map"]["lang"], made["map"]["selected"]) == ("en", "990101")
    assert made["map"]["shapes_url"].startswith("/geo/")
    assert [one["label"] for one in made["legend"]["classes"]] == ["<5", "≥5"]
    assert [one["id"] for one in made["legend"]["states"]] == ["zero", "suppressed", "missing", "doubtful"]
    assert made["legend"]["states"][0]["label"] == made["map"]["words"]["zero"] == "无人"


def test_a_map_block_draws_nothing_beyond_the_scope(desk: Desk) -> None:
    assert "/990000/" in _mapped(desk)["map"]["shapes_url"]
    assert "/990101/" in _mapped(desk, viewer=Viewer(scope="990101"))["map"]["shapes_url"]


def test_a_single_way_to_colour_a_map_is_no_choice(desk: Desk) -> None:
    rows = [[map_block.switch("a", "/a", here=True)], [map_block.switch(x, f"/{x}", here=x == "b") for x in "bc"]]
    made = _mapped(desk, switches=rows)
    assert [[one["name"] for one in row] for row in made["switches"]] == [["b", "c"]]


def test_bytes_in_an_address_are_the_bytes() -> None:
    kind, _, text = map_block.inline(b"OSV1\x00\xff").partition(",")
    assert kind == "data:application/octet-stream;base64"
    assert base64.b64decode(text) == b"OSV1\x00\xff"


def test_another_desk_is_made_once(desk: Desk) -> None:
    class Other:
        def __init__(self, desk: Desk) -> None:
            self.desk = desk

    assert desk.beside(Other) is desk.beside(Other)
    assert State().more == ()


def test_a_page_that_fails_says_so_in_its_place_and_is_asked_again_later(desk: Desk) -> None:
    def fails(_look: Look) -> list[Any]:
        raise ZeroDivisionError

    sheets, search = Sheets(desk, "zh", [_page(describe=fails), *PAGES]), "?lang=en&pick=a"
    page = sheets.page_at("/one")
    assert page is not None
    with pytest.raises(ZeroDivisionError):
        sheets(page, search, Viewer())
    told = sheets.failed(page, search, Viewer())
    said = "This did not work; it was written to the log."
    assert [(block["text"], block["instead"]) for block in told["sheet"]["blocks"]] == [(said, True)]
    assert (told["notice"]["lasting"], told["where"]["again"]) == (said, LATER)
    assert told["sheet"]["head"]["title"] == "One"
