"""The pages of events and the wall's scene of them: what they say, held against the book, and to whom they say it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashboard.pages import event, events, loop
from dashboard.pages.page import Page
from dashboard.pages.sheets import Sheets
from dashboard.paint import Painter
from dashboard.queries import Desk, Viewer
from dashboard.queries.events import PERSONS, EventDesk
from dashboard.queries.loops import LoopDesk
from dashboard.reconcile.check import Checker
from dashboard.reconcile.screens import Screen
from dashboard.wall.picture import Gallery
from dashboard.wall.playlist import DEFAULT
from data.access import Access
from data.access.audit import Log, Sought
from data.access.roles import MAY
from data.engine import utcnow
from data.errors import BadQuestion
from data.events import Events, clock, intake, work
from data.events.report import Report
from grid.cube import Cube
from tests.dashboard.test_policy_pages import of_kind

RIVER, WILLOW, EAST = "990101001", "990102002", "990101"
PAGES = (events.PAGE, event.PAGE, loop.PAGE)
NOTE, PLACE, SUBJECT = "楼道里有人喧哗", "乙单元", "p-7f3a"


class Book:
    """A book that is written as time goes: every step is taken ``minutes`` before now."""

    def __init__(self, desk: Desk) -> None:
        assert desk.events is not None
        self.events, self.tree, self.now = desk.events, desk.beside(EventDesk).tree(), utcnow()

    def at(self, minutes: float) -> dt.datetime:
        """So long ago."""
        return self.now - dt.timedelta(minutes=minutes)

    def take(self, minutes: float, klass: str, area: str = RIVER, **more: Any) -> int:
        """A report of something that happened five minutes before it; its event."""
        said = {"happened": self.at(minutes + 5), "subject": SUBJECT if klass in PERSONS else "", **more}
        report = Report("test", f"{klass}{minutes}{area}", klass, area, **said)
        return intake.take_one(self.events, report, self.tree, self.at(minutes)).event or 0

    def do(self, id: int, *steps: tuple[str, float]) -> int:
        """Steps with an event, each so long ago."""
        for n, (step, minutes) in enumerate(steps):
            said: dict[str, Any] = {"by": ("li", "wang")[n == len(steps) - 1], "role": "official", "note": NOTE}
            more = {"evidence": ("照片",)} if step == "feed_back" else {"satisfied": True} if step == "close" else {}
            getattr(work, step)(self.events, id, key=f"{id}{step}", now=self.at(minutes), **said, **more)
        return id


def made(cube: Cube, folder: Path) -> Desk:
    """A desk over the small city with a log and a book."""
    url = f"sqlite:///{folder / 'x.db'}"
    desk = Desk(cube, Log(Access.beside(url, folder)))
    desk.events = Events.beside(url, folder, cube.city)
    return desk


@pytest.fixture(scope="module")
def desk(tiny_cube: Cube, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A book of six events: of three classes in two districts, one closed, one broken, one gone up."""
    desk = made(tiny_cube, tmp_path_factory.mktemp("events"))
    book = Book(desk)
    whole = (("accept", 2900.0), ("act", 2800.0), ("feed_back", 2700.0), ("close", 2600.0))
    book.do(book.take(3000, "hotline", place="甲单元", note="要求开门"), *whole)
    book.do(book.take(2000, "hotline", WILLOW, place=PLACE, note=NOTE), ("accept", 1950))
    book.take(1000, "hotline", place="丙单元")
    book.do(book.take(50, "gate_hit", "990101001001", place=PLACE, note=NOTE), ("accept", 40), ("act", 30))
    book.take(10, "risk_signal", WILLOW)
    book.take(5, "fever", WILLOW)
    clock.tick(book.events, book.tree, book.now)
    yield desk
    assert desk.events is not None
    assert desk.log is not None
    desk.events.close()
    desk.log.access.close()


def viewer(role: str = "official", scope: str | None = None, lang: str = "zh") -> Viewer:
    """Somebody of a role."""
    return Viewer(lang, scope, MAY[role], "li", role)  # type: ignore[arg-type]


def blocks(desk: Desk, page: Page, search: str = "", who: Viewer | None = None) -> list[dict[str, Any]]:
    """What a page shows."""
    found: list[dict[str, Any]] = Sheets(desk, "zh", PAGES)(page, search, who or viewer())["sheet"]["blocks"]
    return found


def figures(found: list[dict[str, Any]]) -> dict[str, str]:
    """The figures of the strips: name -> text."""
    return {one["name"]: str(one["text"]) for strip in of_kind(found, "figures") for one in strip["figures"]}


def table(found: list[dict[str, Any]], id: str) -> list[list[str]]:
    """The texts of a table's rows."""
    (block,) = [block for block in found if block["id"] == id]
    return [[cell["text"] for cell in row["cells"]] for row in block["rows"]]


# the board -------------------------------------------------------------------------------------------


def test_the_board_counts_what_is_open(desk: Desk) -> None:
    found = blocks(desk, events.PAGE)
    told = figures(found)
    assert (told["未办结"], told["逾期"], told["已升级"]) == ("5", "1", "2")
    assert (told["待签收"], told["已签收"], told["处置中"], told["已反馈"]) == ("3", "1", "1", "0")
    classes, areas, hands = of_kind(found, "stack") + of_kind(
        [b for g in of_kind(found, "group") for b in g["blocks"]], "stack"
    )
    assert {row["name"]: row["text"] for row in classes["rows"]} == {
        "热线诉求": "2", "门禁命中": "1", "风险信号": "1", "发热就诊": "1"}  # fmt: skip
    assert {row["name"]: row["text"] for row in areas["rows"]} == {"东江区": "2", "西山区": "3"}
    assert sum(int(row["text"]) for row in hands["rows"]) == 5


def test_the_list_stands_by_what_is_due_and_leads_to_each(desk: Desk) -> None:
    found = blocks(desk, events.PAGE)
    rows = table(found, "events")
    assert [row[0] for row in rows] == ["热线诉求", "发热就诊", "风险信号", "热线诉求", "门禁命中"]
    assert rows[0][2].startswith("逾期")
    (block,) = [block for block in found if block["id"] == "events"]
    assert all(re.fullmatch(r"/event\?id=\d", row["href"]) for row in block["rows"])


def test_the_board_is_filtered_by_what_is_clicked(desk: Desk) -> None:
    found = blocks(desk, events.PAGE)
    (classes,) = of_kind(found, "stack")
    (href,) = [row["href"] for row in classes["rows"] if row["name"] == "门禁命中"]
    assert [row[0] for row in table(blocks(desk, events.PAGE, href.partition("?")[2]), "events")] == ["门禁命中"]
    assert [row[3] for row in table(blocks(desk, events.PAGE, "?state=closed"), "events")] == ["已办结"]
    assert len(table(blocks(desk, events.PAGE, "?state=nothing&klass=nothing"), "events")) == 5
    assert len(table(blocks(desk, events.PAGE, f"?area={EAST}"), "events")) == 2


def test_a_board_without_a_book_says_so(tiny_cube: Cube) -> None:
    for page in PAGES:
        (only,) = blocks(Desk(tiny_cube), page)
        assert "onescreen serve" in only["text"]


def test_an_empty_book_is_no_error(tiny_cube: Cube, tmp_path: Path) -> None:
    desk = made(tiny_cube, tmp_path)
    assert figures(blocks(desk, events.PAGE))["未办结"] == "0"
    assert table(blocks(desk, events.PAGE), "events") == []
    assert of_kind(blocks(desk, loop.PAGE), "note")[-1]["text"] == "这段时间没有事件。"
    assert desk.events is not None
    desk.events.close()


def test_boards_are_for_who_may_see_events(desk: Desk) -> None:
    for role in MAY:
        for page in PAGES:
            (first, *_) = blocks(desk, page, "?id=1", viewer(role))
            assert (first["kind"] == "note" and first.get("tone") == "large") == ("events" not in MAY[role])


# one event ---------------------------------------------------------------------------------------------


def test_an_event_tells_its_history_and_that_it_was_seen_is_noted(desk: Desk) -> None:
    assert desk.log is not None
    before = desk.log.search(Sought(action="event"))[1]
    found = blocks(desk, event.PAGE, "?id=4")
    (steps,) = of_kind(found, "steps")
    assert [one["text"].split("：")[0] for one in steps["steps"]] == ["立案", "签收", "到场处置", "应于此前办结"]
    (record,) = of_kind(found, "record")
    assert SUBJECT in [entry["text"] for entry in record["entries"]]
    assert desk.log.search(Sought(action="event"))[1] == before + 1
    blocks(desk, event.PAGE, "?id=1")
    assert desk.log.search(Sought(action="event"))[1] == before + 1  # it is about no person


def test_an_event_elsewhere_is_none(desk: Desk) -> None:
    for search in ("?id=4", "?id=99"):
        (only,) = blocks(desk, event.PAGE, search, viewer(scope="990102"))
        assert only["tone"] == "large"
    assert of_kind(blocks(desk, event.PAGE, "?id=x"), "note")[0]["href"] == "/events"


# the loop ----------------------------------------------------------------------------------------------


def test_the_loop_is_measured(desk: Desk) -> None:
    """Six events: one solved, the hotline of the river street went up unanswered, the willows' answered in time."""
    found = blocks(desk, loop.PAGE)
    told = figures(found)
    assert told["响应率"] == "75%"  # 3 of the 4 that were answered or are due
    assert told["解决率"] == told["满意率"] == told["最低层级解决"] == "100%"
    assert told["断环"] == "2"
    rows = table(found, "breaks")
    assert [(row[0], row[1]) for row in rows] == [("热线诉求", "无人签收"), ("热线诉求", "签收未处置")]
    assert [row[2] for row in rows] == ["15 小时", "9.3 小时"]


def test_the_turns_are_those_of_the_book(desk: Desk) -> None:
    """Decided after 10, 50, 100 minutes; three wait, for 5, 10 and 1000. The third of six is at least 10, as they all
    end now, and at most 100, as these never do."""
    (turns, *_) = of_kind(blocks(desk, loop.PAGE), "stack")
    half, late = ({part["name"]: part["text"] for part in row["parts"]} for row in turns["rows"])
    assert half["感知"] == late["感知"] == "5 分"
    assert half["决策"] == "10–100 分"
    assert late["决策"] == "≥ 17 小时"


def test_the_loop_of_a_part_of_the_city_and_of_a_class(desk: Desk) -> None:
    def lead(search: str) -> str:
        return str(blocks(desk, loop.PAGE, search)[0]["text"])

    assert "6 件" in lead("")
    assert "3 件" in lead(f"?area={EAST}")
    assert "1 件" in lead("?klass=gate_hit")
    assert "6 件" in lead("?over=week&klass=nothing")
    with pytest.raises(BadQuestion):
        desk.beside(LoopDesk).board(viewer(), "city", dt.date.today(), dt.date.today(), "nothing")


def test_who_may_not_see_small_numbers_is_told_of_no_person(desk: Desk) -> None:
    who = replace(viewer(), rights=MAY["official"] - {"small_numbers"})
    found = blocks(desk, loop.PAGE, "", who)
    assert "4 件" in str(found[0]["text"])
    assert "涉及个人" in str(found[0]["text"])
    board = blocks(desk, events.PAGE, "", who)
    assert not [block for block in board if block["id"] == "events"]
    assert figures(board)["未办结"] == "隐去小数"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("shown", PAGES, ids=lambda page: page.id)
def test_every_number_is_that_of_its_question(desk: Desk, tiny_cube: Cube, shown: Page, lang: str) -> None:
    """A fresh desk answers the same; every digit has its source."""
    fresh = Desk(tiny_cube)
    fresh.events = desk.events
    search = f"?lang={lang}" + ("&id=1" if shown is event.PAGE else "")
    content = Sheets(desk, "zh", PAGES)(shown, search, viewer())
    screen = Screen(shown.id, viewer(lang=lang), None, content)
    assert Checker(fresh, Painter(fresh)).check(screen) == []


# the wall ----------------------------------------------------------------------------------------------


def scene(desk: Desk, who: Viewer) -> dict[str, Any]:
    """The wall's scene."""
    gallery = Gallery(desk, Painter(desk), None)
    return {panel["id"]: panel for panel in gallery.content(who, DEFAULT)["scenes"]["events"]["panels"]}


def test_the_wall_tells_no_person(desk: Desk) -> None:
    """Neither by a word of a report, nor by a number that is small."""
    panels = scene(desk, Viewer("zh", None, frozenset(), role="wall"))
    assert [row["name"] for row in panels["live"]["rows"]] == ["热线诉求", "风险信号", "热线诉求"]
    said = repr({id: panels[id] for id in ("opened", "live", "kinds")})
    assert not any(word in said for word in (NOTE, PLACE, SUBJECT, "南滩"))
    # a signal is made of numbers of people, which may be small in a street
    assert [row["where"].rpartition(" ")[0] for row in panels["live"]["rows"]] == [
        "西山区 柳林街道",
        "西山区",
        "东江区 江口街道",
    ]
    numbers = {row["name"]: row["number"]["text"] for row in panels["kinds"]["rows"]}
    assert numbers == {"热线诉求": "2", "风险信号": "1", "门禁命中": "隐去", "发热就诊": "隐去"}
    assert [one["number"]["text"] for one in panels["opened"]["figures"]] == ["3", "1", "2", "隐去"]
    assert all(not panel.get("error") for panel in panels.values())


def test_the_wall_with_small_numbers_tells_all(desk: Desk) -> None:
    panels = scene(desk, Viewer("en", None, frozenset({"small_numbers"}), role="wall"))
    assert [one["number"]["text"] for one in panels["opened"]["figures"]][:3] == ["5", "1", "2"]
    assert [row["name"] for row in panels["live"]["rows"]] == ["Hotline", "Risk signal", "Hotline"]


def test_the_wall_names_no_area_outside_its_own(desk: Desk) -> None:
    panels = scene(desk, Viewer("zh", EAST, frozenset(), role="wall"))
    assert [row["where"].split()[0] for row in panels["live"]["rows"]] == ["江口街道"]


def test_news_of_events_draws_their_scene_anew_and_no_other(tiny_cube: Cube, tmp_path: Path) -> None:
    desk = made(tiny_cube, tmp_path)
    gallery, who = Gallery(desk, Painter(desk), None), Viewer("zh", None, frozenset(), role="wall")
    before, stamp = gallery.content(who, DEFAULT)["scenes"], gallery.stamp(DEFAULT)
    Book(desk).take(5, "risk_signal")
    assert gallery.stamp(DEFAULT) == stamp  # not before LIVE_SECONDS are over
    gallery._looked = 0
    assert gallery.stamp(DEFAULT) != stamp
    after = gallery.content(who, DEFAULT)["scenes"]
    assert "cities" not in after  # a city has none below
    assert [id for id in after if after[id] is not before[id]] == ["events"]
    assert [row["name"] for panel in after["events"]["panels"] if panel["id"] == "live" for row in panel["rows"]] == [
        "风险信号"
    ]
    assert desk.events is not None
    desk.events.close()
