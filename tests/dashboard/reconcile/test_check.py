"""Numbers are asked again: what agrees, and what is found where somebody altered a number, hid one or broke a sum."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from dashboard.pages import PAGES, Page
from dashboard.pages.page import Look
from dashboard.parts import figures, note
from dashboard.parts.sheet import Block
from dashboard.queries import Desk, Viewer
from dashboard.queries.cite import Cited, cite
from dashboard.reconcile import Checker, Finding, Tally
from dashboard.reconcile.feet import feet
from dashboard.reconcile.screens import Crawl, Screen
from dashboard.reports.model import Column, Number, Paragraph, Report, Section, Table
from dashboard.said import Said, fill, number, words
from data import tables
from data.city import read_city
from data.settings import read_home
from data.slabs import pack, unpack
from data.store import Store, sqlite_url
from grid.build import build
from grid.cube import Cube
from tests import coded, ruled
from tests.tiny import CITY, DAYS, Knobs, tiny_city

DAY = DAYS[9]


@pytest.fixture
def two(tiny_home: Path, tmp_path: Path) -> Iterator[tuple[Desk, Desk, Path]]:
    """Two desks over one copy of the small city's home, and its database."""
    settings = read_home(tiny_home)
    file = tmp_path / "copy.db"
    shutil.copy(settings.database.removeprefix("sqlite:///"), file)
    stores = [Store.open(f"sqlite:///{file}") for _ in range(2)]
    city = read_city(settings.city)
    yield Desk(Cube(stores[0], city)), Desk(Cube(stores[1], city)), file
    for store in stores:
        store.close()


def checked(desk: Desk, screens: list[Screen], crawl: Crawl) -> Tally:
    """What a fresh desk says of some screens."""
    checker = Checker(desk, crawl.painter)
    for screen in screens:
        checker.check(screen)
    return checker.tally


def page(*blocks: Block) -> Screen:
    """A page made up of blocks."""
    return Screen("/made-up", Viewer(), None, {"sheet": {"blocks": list(blocks)}}, area=CITY, day=DAY)


def cited(value: float | None, state: str = "value", way: str = "", **asked: Any) -> Said:
    one = Cited(value, state, cite("measure", way, **({"name": "positives", "area": CITY, "day": DAY} | asked)))
    return number(one, lambda n: f"{n:.0f}", str)


# a city that stands -----------------------------------------------------------------------------------


def test_everything_of_the_small_city_is_traced_and_agrees(two: tuple[Desk, Desk, Path]) -> None:
    shown, fresh, _ = two
    crawl = Crawl(shown, [DAYS[5]])
    tally = checked(fresh, list(crawl.all()), crawl)
    for area in crawl.areas():
        tally.findings += feet(fresh, area or "city", tally)
    assert [one.say("en") for one in tally.findings] == []
    assert tally.share == 1
    assert tally.numbers > 5000
    assert tally.units > 100
    assert tally.sums > 50
    assert {"measures", "series", "compared", "coarse", "sources", "zones.clocks"} - tally.by_kind.keys() <= {"coarse"}


@pytest.mark.parametrize("made", ["ruled", "coded"])
def test_so_are_zones_notices_and_codes(tmp_path: Path, made: str) -> None:
    cube = ruled.cube(tmp_path) if made == "ruled" else with_codes(tmp_path)
    crawl = Crawl(Desk(cube))
    crawl.pages = tuple(one for one in PAGES if one.id in ("codes", "tickets", "ticket", "zones", "notices", "orders"))
    screens = [*crawl.further(), *crawl.walls()]
    tally = checked(Desk(Cube(cube.store, cube.city)), screens, crawl)
    assert [one.say("en") for one in tally.findings] == []
    wanted = {"codes.overdue", "codes.conflicts", "codes.tickets", "codes.ticket", "codes.rates"}
    if made == "ruled":
        wanted = {"zones.summary", "zones.clocks", "zones.below", "zones.releases", "notices.in_force"}
    assert wanted <= tally.by_kind.keys()
    cube.store.close()


def with_codes(folder: Path) -> Cube:
    """The small city with two days of ledgers of assignments."""
    city = read_city(tiny_city(folder / "city", Knobs(sources=("population",)), coded.SYSTEMS))
    store = Store.create(sqlite_url(folder / "codes.db"))
    build(store, city, "secret")
    view = Cube(store, city).at()
    told = coded.ledger(len(view.leaves))
    coded.write(store, [coded.code_day(day, told, view) for day in coded.DAYS], [coded.NOTICE])
    return Cube(store, city)


def test_areas_are_the_city_the_districts_and_a_way_down(two: tuple[Desk, Desk, Path]) -> None:
    areas = Crawl(two[0]).areas()
    assert areas[:3] == ["", "990101", "990102"]
    below = areas[3:]
    assert [len(code) for code in below] == [9, 12]
    assert below[1].startswith(below[0])


# what is found ----------------------------------------------------------------------------------------


def test_a_slab_that_was_altered_after_rendering_is_found_everywhere(two: tuple[Desk, Desk, Path]) -> None:
    """One case more in one leaf: the map's unit, the table, the curve, the figures and the wall all tell."""
    shown, fresh, file = two
    crawl = Crawl(shown)
    screens = [crawl.first_page("?layer=cases"), *crawl.walls()]
    day, leaf = alter(file, "cases")
    fresh.cube.store.close()
    again = Store.open(f"sqlite:///{file}")
    tally = checked(Desk(Cube(again, shown.city)), screens, crawl)
    again.close()
    found = tally.wrong("differs")
    assert tally.wrong("untraced", "broken") == []
    places = " ".join(one.place for one in found if one.screen == "/?layer=cases")
    assert "panel.curve.texts" in places
    assert any(f"[{day}]" in one.asked for one in found)
    assert any(one.screen.startswith("wall overview") for one in found)
    assert leaf >= 0


def alter(file: Path, count: str) -> tuple[dt.date, int]:
    """Adds one to a leaf of the newest day of a count in the database itself; (the day, the leaf)."""
    engine = sqlalchemy.create_engine(f"sqlite:///{file}")
    slab = tables.slab
    with engine.begin() as connection:
        rows = connection.execute(sqlalchemy.select(slab).where(slab.c.count == count).order_by(slab.c.day)).all()
        row = rows[-1]
        vector = unpack(row.body).copy()
        leaf = int(vector.argmax())
        vector[leaf] += 1
        same = [slab.c.day == row.day, slab.c.source == row.source, slab.c.load == row.load]
        connection.execute(slab.update().where(slab.c.count == count, *same).values(body=pack(vector)))
    engine.dispose()
    return row.day, leaf


def test_a_number_altered_on_a_page_is_found_with_its_place(two: tuple[Desk, Desk, Path]) -> None:
    shown, fresh, _ = two
    crawl = Crawl(shown)
    value = fresh.ask(Viewer(), "positives", days=[DAY])[0].value
    assert value
    screen = page(figures.strip([figures.figure("阳性", cited(value + 1))]))
    tally = checked(fresh, [page(figures.strip([figures.figure("阳性", cited(value))])), screen], crawl)
    (found,) = tally.findings
    assert found == Finding("differs", "/made-up", "sheet.blocks[0].figures[阳性].text", f"{value + 1:.0f}",
                            f"{value:.0f} measure?area={CITY}&day={DAY}&name=positives")  # fmt: skip
    assert (tally.numbers, tally.traced) == (2, 2)


def test_zero_missing_and_suppressed_are_three(two: tuple[Desk, Desk, Path]) -> None:
    shown, fresh, _ = two
    lines = [note.line(cited(None, "missing")), note.line(cited(None, "suppressed")), note.line(cited(0.0, "zero"))]
    tally = checked(fresh, [page(*lines)], Crawl(shown))
    assert [one.shown for one in tally.wrong("differs")] == ["missing", "suppressed", "0"]


def test_a_number_that_cites_nothing_is_found(two: tuple[Desk, Desk, Path]) -> None:
    shown, fresh, _ = two
    value = fresh.ask(Viewer(), "positives", days=[DAY])[0].value or 0.0
    told = cited(value)
    bad = [
        note.line(f"{told} 例"),  # an f-string forgets where its number is from
        note.line(fill("{n} 例", n=12)),
        note.line("12"),
        note.line(cited(1, way="nosuch")),
        note.line(cited(1, area="no such place")),
    ]
    good = [
        note.line(fill("7 日 {n} 例", n=told)), note.line("2022年3月10日"), note.line("东江区"), note.line(words("前 5%")),
        note.line("990101001001"), note.line("2022-03-10 08:00", href="/zones?at=25"),
    ]  # fmt: skip
    assert checked(fresh, [page(*good)], Crawl(shown)).findings == []
    tally = checked(fresh, [page(*bad)], Crawl(shown))
    assert [one.kind for one in tally.findings] == ["untraced"] * len(bad)
    assert tally.share == 0


def test_a_curve_whose_line_is_not_its_numbers_is_found(two: tuple[Desk, Desk, Path]) -> None:
    shown, fresh, _ = two
    crawl = Crawl(shown)
    screen = crawl.first_page("?layer=cases")
    curve = screen.content["panel"]["curve"]
    bent = {**curve, "values": [*curve["values"][:-1], 999.0]}
    altered = replace(screen, content={**screen.content, "panel": {**screen.content["panel"], "curve": bent}})
    assert checked(fresh, [screen], crawl).findings == []
    (found,) = checked(fresh, [altered], crawl).findings
    assert (found.kind, found.place, found.shown) == ("differs", ".panel.curve.values", "999.0")


def report(*blocks: Paragraph | Table) -> Screen:
    """A report made up of blocks."""
    made = Report("daily", "日报", CITY, "安城市", DAY, "zh", "安城市", "Asia/Shanghai", 1, dt.datetime(2022, 3, 11), None,
                  (Section("new", "新增", blocks),))  # fmt: skip
    return Screen("report", Viewer(), None, made)


def test_a_total_that_is_not_the_sum_and_a_bare_cell_are_found(two: tuple[Desk, Desk, Path]) -> None:
    shown, fresh, _ = two
    found = {one.area: one.value or 0.0 for one in fresh.ask(Viewer(), "cases", days=[DAY], level="district")}
    ask = {code: cite("measure", name="cases", area=code, day=DAY) for code in (*found, CITY)}
    rows = [(code, Number(value, "value" if value else "zero", ask[code])) for code, value in found.items()]
    whole = sum(found.values())
    columns = Column("区", left=True), Column("确诊")
    total = "合计", Number(whole, "value", ask[CITY])
    right = Table("cases", "确诊", columns, (*rows, total), total=True)
    wrong = replace(right, rows=(*rows, rows[-1], total))
    assert rows[-1][1].value
    bare = Table("bare", "裸数", columns, (("990101", "12"), ("东江区", "未报")))
    tally = checked(fresh, [report(right)], Crawl(shown))
    assert (tally.findings, tally.sums) == ([], 1)
    findings = checked(fresh, [report(wrong, bare)], Crawl(shown)).findings
    assert {(one.kind, one.place, one.shown) for one in findings} == {
        ("untraced", "裸数 确诊", "12"), ("sum", "确诊 确诊", f"{whole:g}"),
    }  # fmt: skip


def test_a_number_altered_in_a_report_is_found(two: tuple[Desk, Desk, Path]) -> None:
    shown, fresh, _ = two
    value = fresh.ask(Viewer(), "positives", days=[DAY])[0].value or 0.0
    asked = cite("measure", name="positives", area=CITY, day=DAY)
    runs = [Paragraph(("新增", Number(n, "value", asked), "例")) for n in (value, value + 1)]
    tally = checked(fresh, [report(*runs)], Crawl(shown))
    (found,) = tally.findings
    assert (found.kind, found.shown, tally.numbers) == ("differs", str(value + 1), 2)


def test_a_page_that_breaks_is_found(two: tuple[Desk, Desk, Path]) -> None:
    shown, fresh, _ = two
    broken = Screen("/x", Viewer(), None, {}, "no such thing")
    panel = Screen("wall x", Viewer(), None, {"panels": [{"id": "map", "error": "暂时算不出"}]})
    tally = checked(fresh, [broken, panel], Crawl(shown))
    assert [(one.kind, one.shown) for one in tally.findings] == [("broken", "no such thing"), ("broken", "暂时算不出")]


def test_a_page_that_forgets_a_citation_fails_the_crawl(two: tuple[Desk, Desk, Path]) -> None:
    def describe(look: Look) -> list[Block]:
        found = look.desk.ask(look.viewer, "positives", area=look.area)[0]
        return [figures.strip([figures.figure("阳性", look.short(found.value or 0.0))])]

    shown, fresh, _ = two
    crawl = Crawl(shown, pages=(Page("bare", ("裸数", "Bare"), describe),))
    tally = checked(fresh, list(crawl.further()), crawl)
    assert {one.place for one in tally.wrong("untraced")} == {"sheet.blocks[0].figures[阳性].text"}


# sums -------------------------------------------------------------------------------------------------


def test_what_does_not_add_up_is_found(two: tuple[Desk, Desk, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    _, fresh, _ = two
    tally = Tally()
    assert feet(fresh, "city", tally) == []
    assert tally.sums > 5
    asked = Desk.ask

    def one_less(self: Desk, viewer: Viewer, name: str, **more: Any) -> Any:
        found = asked(self, viewer, name, **more)
        if more.get("level") and name == "cases":
            found[0] = replace(found[0], value=(found[0].value or 0) - 1)
        return found

    monkeypatch.setattr(Desk, "ask", one_less)
    (found,) = feet(fresh, "city", tally)
    assert (found.kind, found.screen, found.place.split()[0]) == ("sum", "areas city", "cases")
