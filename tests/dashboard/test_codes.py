"""What is said of codes against the rows of the ledger, counted one by one."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from dashboard.pages import PAGES
from dashboard.pages.sheets import Sheets
from dashboard.paint import Painter
from dashboard.queries import Desk, Viewer
from dashboard.queries.codes import CodeDesk, TicketLine, Wanted
from dashboard.wall import codes as wall_codes
from dashboard.wall.board import Board, Now
from data.city import read_city
from data.errors import AreaNotFound, TicketNotFound
from data.store import Store, sqlite_url
from data.terms import OVERDUE
from data.words import Lang
from grid.build import build
from grid.cube import Cube, View
from tests import coded, tiny
from tests.coded import AUTHORITIES, COLOURS, DAYS, NAMES, OWNERS, Ledger, Row

CITY = Viewer()
EAST = Viewer(scope="990101")
LAST = DAYS[-1]
AREAS = ["city", "990101", "990102", "990101001"]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("codes")
    made = Store.create(sqlite_url(folder / "codes.db"))
    build(
        made, read_city(tiny.tiny_city(folder / "city", tiny.Knobs(sources=("population",)), coded.SYSTEMS)), "secret"
    )
    yield made
    made.close()


@pytest.fixture(scope="module")
def view(store: Store, tmp_path_factory: pytest.TempPathFactory) -> View:
    folder = tmp_path_factory.mktemp("file")
    city = read_city(tiny.tiny_city(folder, tiny.Knobs(sources=("population",)), coded.SYSTEMS))
    return Cube(store, city).at()


@pytest.fixture(scope="module")
def told(view: View) -> Ledger:
    return coded.ledger(len(view.leaves))


@pytest.fixture(scope="module")
def desk(store: Store, view: View, told: Ledger, tmp_path_factory: pytest.TempPathFactory) -> CodeDesk:
    """The first day's ledger names the systems in another order."""
    orders = (("travel", "city", "province"), NAMES)
    coded.write(
        store, [coded.code_day(day, told, view, order) for day, order in zip(DAYS, orders, strict=True)], [coded.NOTICE]
    )
    folder = tmp_path_factory.mktemp("again")
    city = read_city(tiny.tiny_city(folder, tiny.Knobs(sources=("population",)), coded.SYSTEMS))
    return Desk(Cube(store, city)).beside(CodeDesk)


@pytest.fixture(scope="module")
def inside(view: View) -> Callable[[str, int], bool]:
    """Whether a leaf lies in an area, by the codes of the areas above it."""
    areas = view.areas

    def lies(area: str, leaf: int) -> bool:
        codes = [areas.code[row] for row in areas.path(int(view.leaves.area[leaf]))]
        return area == "city" or area in codes

    return lies


Inside = Callable[[str, int], bool]


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("day", DAYS)
def test_colours_by_system(desk: CodeDesk, told: Ledger, inside: Inside, area: str, day: dt.date) -> None:
    wanted = Counter((r.system, COLOURS[r.colour]) for r in told.rows[day] if inside(area, r.leaf))
    for (system, leaf), n in told.green[day].items():
        wanted[system, "green"] += n if inside(area, leaf) else 0
    found = desk.colours(CITY, area, day)
    assert found is not None
    assert [one.system.id for one in found] == list(NAMES)
    for at, one in enumerate(found):
        assert one.counts == {colour: wanted[at, colour] for colour in COLOURS}
        assert one.assigned == sum(r.today == 1 and r.system == at and inside(area, r.leaf) for r in told.rows[day])


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("day", DAYS)
def test_overdue_by_age_system_and_owner(desk: CodeDesk, told: Ledger, inside: Inside, area: str, day: dt.date) -> None:
    rows = [row for row in told.rows[day] if inside(area, row.leaf)]
    found = desk.overdue(CITY, area, day)
    assert found is not None
    assert found.ages.counts == {bucket: sum(row.bucket == bucket for row in rows) for bucket in OVERDUE}
    assert found.ages.late == sum(row.late is not None for row in rows)
    for at, (system, ages) in enumerate(found.systems):
        assert ages is not None
        assert (system.id, ages.late) == (NAMES[at], sum(r.late is not None and r.system == at for r in rows))
    owners = Counter(OWNERS[row.owner].partition("\t")[0] for row in rows)
    assert {owner.name: owner.ages.open for owner in found.owners} == owners
    assert "" not in owners
    near = [r for r in rows if r.late is not None and r.deadline and 0 <= (r.deadline - day).days <= 7]
    assert found.near == len(near) == sum(owner.near or 0 for owner in found.owners)


def test_areas_below_add_up_to_the_area(desk: CodeDesk) -> None:
    whole, below = desk.overdue(CITY, "city", LAST), desk.below(CITY, "city", LAST)
    assert whole is not None
    assert below is not None
    assert [one.code for one in below if one.code] == ["990101", "990102"]
    for bucket in OVERDUE:
        assert sum(one.ages.counts[bucket] for one in below) == whole.ages.counts[bucket]
    for one in below:
        if one.code:
            again = desk.overdue(CITY, one.code, LAST)
            assert again is not None
            assert again.ages == one.ages


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("day", DAYS)
def test_combinations_and_who_blocks(desk: CodeDesk, told: Ledger, inside: Inside, area: str, day: dt.date) -> None:
    people: Counter[tuple[int, int, int]] = Counter()
    for (leaf, colours), n in told.people[day].items():
        people[colours] += n if inside(area, leaf) else 0
    found = desk.conflicts(CITY, area, day)
    assert found is not None
    assert found.combinations == {colours: n for colours, n in people.items() if n}
    assert found.people == sum(n for c, n in people.items() if len({colour for colour in c if colour}) > 1)
    for at, name in enumerate(NAMES):
        alone = [
            c for c in people if c[at] > 1 and all(o < 2 for k, o in enumerate(c) if k != at) and sum(map(bool, c)) > 1
        ]
        assert found.blocked_by[name] == sum(people[c] for c in alone)


def test_provenance_counts_flags_and_groups_bursts(desk: CodeDesk, told: Ledger) -> None:
    found = desk.provenance(CITY, "city", LAST)
    assert found is not None
    rows = [row for row in told.rows[LAST] if row.flags]
    assert found.flags == {flag: sum(flag in row.flags for row in rows) for flag in found.flags}
    wanted = Counter((row.system, AUTHORITIES[row.authority], row.since) for row in rows if "burst" in row.flags)
    assert {(NAMES.index(b.system.id), b.authority, b.day): b.n for b in found.bursts} == wanted
    assert sum(b.without for b in found.bursts) == sum({"burst", "no_evidence"} <= row.flags for row in rows)


def test_a_day_without_a_ledger_is_missing_and_not_nought(desk: CodeDesk) -> None:
    gap = DAYS[0] + dt.timedelta(days=1)
    asked = (CITY, "city", gap)
    assert [desk.colours(*asked), desk.overdue(*asked), desk.below(*asked), desk.conflicts(*asked)] == [None] * 4
    assert [desk.provenance(*asked), desk.rates(*asked)] == [None, None]
    assert desk.tickets(*asked) == ([], 0)
    rates = desk.rates(CITY, "city", LAST)
    assert rates is not None
    assert list(rates.days) == [DAYS[0], gap, LAST]
    assert all(one.assigned[1] is None and one.cleared[1] is None for one in rates.authorities)
    assert any(one.assigned[2] for one in rates.authorities)
    assert desk.days(CITY) == list(DAYS)
    assert desk.last_day(CITY, gap) == DAYS[0]


def test_nothing_was_known_before_it_was_loaded(desk: CodeDesk, store: Store) -> None:
    first = store.loads()[0].known
    assert desk.days(CITY, first) == []
    assert desk.overdue(CITY, "city", LAST, first) is None


# tickets -----------------------------------------------------------------------------------------


def key(line: TicketLine) -> str:
    return line.id


def wanted_id(row: Row) -> str:
    return f"{1 + row.person * 8 + row.system:016x}"


def everything(desk: CodeDesk, area: str = "city", wanted: Wanted | None = None) -> Sequence[TicketLine]:
    found, n = desk.tickets(CITY, area, LAST, wanted=wanted, limit=10_000)
    assert len(found) == n
    return found


FILTERS = [
    (Wanted(flag="conflict"), lambda row: "conflict" in row.flags),
    (Wanted(flag="nonsense"), lambda row: False),
    (Wanted(system="travel"), lambda row: row.system == 2),
    (Wanted(owner="东江区指挥部"), lambda row: row.owner in (2, 3)),
    (Wanted(authority="省数据中心"), lambda row: row.authority == 3),
    (Wanted(overdue="late"), lambda row: row.late is not None),
    (Wanted(overdue="stuck"), lambda row: row.bucket == "stuck"),
    (Wanted(overdue="weeks"), lambda row: row.bucket == "weeks"),
    (Wanted(overdue="due"), lambda row: row.bucket == "due"),
    (Wanted(overdue="waiting"), lambda row: row.bucket == "waiting"),
    (Wanted(colour="red"), lambda row: row.colour == 2),
    (Wanted(colours="213"), lambda row: row.colours == (2, 1, 3)),
    (Wanted(group="同一楼盘购房人", flag="burst"), lambda row: row.group == 1),
    (Wanted(near=True), lambda row: row.deadline is not None and 0 <= (row.deadline - LAST).days <= 7),
]


@pytest.mark.parametrize(("wanted", "fits"), FILTERS, ids=range(len(FILTERS)))
def test_filters(desk: CodeDesk, told: Ledger, wanted: Wanted, fits: Callable[[Row], bool]) -> None:
    rows = [row for row in told.rows[LAST] if row.flags and fits(row)]
    assert {key(line) for line in everything(desk, wanted=wanted)} == {wanted_id(row) for row in rows}


def test_the_nearest_harm_comes_first_then_the_longest_overdue(desk: CodeDesk) -> None:
    found = everything(desk)
    ahead = [line for line in found if line.deadline is not None and line.deadline >= LAST]
    assert found[: len(ahead)] == ahead
    assert [line.deadline for line in ahead] == sorted(line.deadline for line in ahead if line.deadline)
    rest = [-1 if line.late is None else line.late for line in found[len(ahead) :]]
    assert rest == sorted(rest, reverse=True)


@pytest.fixture
def in_english(desk: CodeDesk) -> Iterator[Desk]:
    """The desk of a city that gives its western district an English name."""
    areas = desk.desk.cube.at().areas
    areas.name_en[areas.row_of["990102"]] = "Xishan"
    yield desk.desk
    areas.name_en[areas.row_of["990102"]] = ""


@pytest.mark.parametrize(("lang", "name"), [("zh", "西山区"), ("en", "Xishan")])
def test_a_district_that_owns_has_a_name_in_either_language(in_english: Desk, lang: Lang, name: str) -> None:
    desk = in_english.beside(CodeDesk)
    assert desk.owner_name(Viewer(lang=lang), "西山区") == name
    assert desk.owner_name(Viewer(lang=lang), "东江区指挥部") == "东江区指挥部"
    made = Sheets(in_english, "zh", PAGES)
    for page, search in (("codes", ""), ("tickets", "&owner=西山区")):
        (asked,) = [each for each in PAGES if each.id == page]
        tables = [b for b in made(asked, f"?lang={lang}{search}", CITY)["sheet"]["blocks"] if b["kind"] == "table"]
        assert any(name == cell["text"] for table in tables for row in table["rows"] for cell in row["cells"])


@pytest.mark.parametrize(
    "wish", ["flag=nosuch", "overdue=nosuch", "system=nosuch", "blocker=x", "colour=紫", "colours=99", "since=soon"]
)
def test_a_filter_that_means_nothing_is_told_and_left_out(desk: CodeDesk, wish: str) -> None:
    made = Sheets(desk.desk, "zh", PAGES)
    (page,) = [page for page in PAGES if page.id == "tickets"]
    told, table = made(page, f"?{wish}", CITY)["sheet"]["blocks"]
    key, _, value = wish.partition("=")
    assert told["text"] == f"链接中的 {key}“{value}”无法识别，已略去。"
    assert table["rows"] == made(page, "", CITY)["sheet"]["blocks"][0]["rows"]


def test_pages_of_a_list_are_the_list(desk: CodeDesk) -> None:
    whole = everything(desk)
    parts = [desk.tickets(CITY, "city", LAST, offset=at, limit=7)[0] for at in range(0, len(whole), 7)]
    assert [line for part in parts for line in part] == whole


@pytest.mark.parametrize("day", DAYS)
def test_a_ticket_says_everything_about_its_row(desk: CodeDesk, told: Ledger, day: dt.date) -> None:
    at, row = next((at, row) for at, row in enumerate(told.rows[day]) if row.late == 8)
    found = desk.ticket(CITY, wanted_id(row), day)
    assert (found.row, found.load.file, found.operator) == (at + 2, f"{day}.csv", "T7")
    assert (found.line.system.id, found.line.colour, found.line.late) == (NAMES[row.system], COLOURS[row.colour], 8)
    assert [None if c is None else 1 + COLOURS.index(c) for _, c in found.colours] == [c or None for c in row.colours]
    assert found.clause is not None
    assert found.pack is not None
    assert (found.clause.word, found.pack.id) == (coded.CLAUSE, "henan-2")
    assert [notice.key for notice in found.notices] == ["N1"]
    assert found.verdict.due == day - dt.timedelta(days=8)
    assert "due" in {step.what for step in found.verdict.steps}


def test_scope_holds_for_every_question(desk: CodeDesk, told: Ledger, inside: Inside) -> None:
    east, part = desk.overdue(EAST, "city", LAST), desk.overdue(CITY, "990101", LAST)
    assert east == part
    with pytest.raises(AreaNotFound):
        desk.conflicts(EAST, "990102", LAST)
    outside = next(row for row in told.rows[LAST] if row.flags and inside("990102", row.leaf))
    with pytest.raises(TicketNotFound):
        desk.ticket(EAST, wanted_id(outside), LAST)
    assert desk.ticket(CITY, wanted_id(outside), LAST).line.id == wanted_id(outside)


@pytest.mark.parametrize("number", ["", "xyz", "f" * 40, "-1", "0" * 16])
def test_a_number_that_is_none_is_said_to_be_none(desk: CodeDesk, number: str) -> None:
    with pytest.raises(TicketNotFound):
        desk.ticket(CITY, number)


def test_an_older_geography_is_read_in_the_new_tree(tmp_path: Path) -> None:
    """A street is merged into its neighbour after the ledger came: nobody is lost, and who was there is there."""
    town = tiny.Town(tmp_path / "town", sqlite_url(tmp_path / "town.db"), tiny.Knobs(sources=("population",)))
    town.build()
    view = town.view()
    told = coded.ledger(len(view.leaves), 120)
    coded.write(town.store, [coded.code_day(LAST, told, view)])
    old = Desk(Cube(town.store, town.city)).beside(CodeDesk)
    before = {area: old.overdue(CITY, area, LAST) for area in ("city", "990102", "990102002", "990102003")}
    tiny.tiny_city(tmp_path / "town", tiny.Knobs(sources=("population",), merged=True))
    town.build()
    new = Desk(Cube(town.store, town.city)).beside(CodeDesk)
    after = {area: new.overdue(CITY, area, LAST) for area in ("city", "990102", "990102002")}
    assert after["city"] == before["city"]
    assert after["990102"] == before["990102"]
    two, three, both = before["990102002"], before["990102003"], after["990102002"]
    assert two is not None
    assert three is not None
    assert both is not None
    assert both.ages.late == two.ages.late + three.ages.late
    with pytest.raises(AreaNotFound):
        new.overdue(CITY, "990102003", LAST)
    assert [system.name for system, _ in both.systems] == list(NAMES)  # a city without systems: their ids
    town.store.close()


# systems in ledgers apart --------------------------------------------------------------------------

HEADS = ["日期", "码系统", "假名", "码色", "赋码日期", "h3"]
CELL = tiny.cells()[3]


def persons(system: str, colour: str) -> list[tuple[object, ...]]:
    since = None if colour == "绿码" else LAST - dt.timedelta(days=3)
    return [(LAST, system, f"p{n}", colour, since, CELL) for n in range(5)]


def town_of(folder: Path, *sources: str) -> tiny.Town:
    town = tiny.Town(folder, sqlite_url(folder / "x.db"), tiny.Knobs(sources=("population",)))
    town.path.write_text(town.path.read_text("utf-8") + coded.SYSTEMS, "utf-8")
    for name in sources:
        town.add(name, "assignments")
        town.edit(f'path = "in/{name}.csv"', f'path = "in/{name}*.csv"')
    return town


@pytest.mark.parametrize("files", [("of_city", "of_province"), ("all1", "all2")], ids=["two sources", "one source"])
def test_systems_that_come_apart_cannot_be_compared(tmp_path: Path, files: tuple[str, str]) -> None:
    town = town_of(tmp_path, *dict.fromkeys(name.rstrip("12") for name in files))
    for name, rows in zip(files, (persons("city", "红码"), persons("province", "绿码")), strict=True):
        town.write(name, HEADS, rows)
    assert [each.error for each in town.build().outcomes if each.error] == []
    desk = Desk(Cube(town.store, town.city)).beside(CodeDesk)
    told = desk.conflicts(CITY, "city", LAST)
    assert told is not None
    assert (told.people, told.blocked, told.combinations, set(told.blocked_by.values())) == (None, None, {}, {None})
    assert {line.conflicts for line in desk.below(CITY, "city", LAST) or []} == {None}
    counts = {one.system.id: one.counts for one in desk.colours(CITY, "city", LAST) or []}
    assert counts["city"] == {"green": 0, "yellow": 0, "red": 5}
    assert counts["province"] == {"green": 5, "yellow": 0, "red": 0}
    assert set(counts["travel"].values()) == {None}
    assert town.count("code_red", LAST, "city") == {"990000": 5}
    look = Sheets(desk.desk, "zh", PAGES)
    for lang, words in (("zh", "无法按人比对"), ("en", "cannot be compared")):
        assert words in str(look(next(p for p in PAGES if p.id == "codes"), f"?lang={lang}", CITY))
    now = Now(dt.datetime.combine(LAST, dt.time(12)), ticking=False)
    board = Board(desk.desk, Painter(desk.desk), CITY, now)
    assert "无法按人比对" in str(wall_codes.conflicts(board).data)
    town.store.close()


def test_a_later_file_takes_the_place_of_the_systems_that_it_tells(tmp_path: Path) -> None:
    town = town_of(tmp_path, "all")
    for n, rows in enumerate([persons("city", "红码") + persons("province", "绿码"), persons("city", "黄码")]):
        town.write(f"all{n}", HEADS, rows)
    town.build()
    desk = Desk(Cube(town.store, town.city)).beside(CodeDesk)
    counts = {one.system.id: one.counts for one in desk.colours(CITY, "city", LAST) or []}
    assert counts["city"] == {"green": 0, "yellow": 5, "red": 0}
    assert counts["province"] == {"green": 5, "yellow": 0, "red": 0}
    assert {line.colour for line in desk.tickets(CITY, "city", LAST)[0]} == {"yellow"}
    town.write("all2", HEADS, persons("city", "黄码") + persons("province", "绿码"))
    town.build()
    again = Desk(Cube(town.store, town.city)).beside(CodeDesk).conflicts(CITY, "city", LAST)
    assert again is not None
    assert (again.people, again.blocked_by) == (5, {"city": 5, "province": 0, "travel": 0})
    town.store.close()


def test_colours_and_combinations_agree_on_who_was_cleared_and_on_repeats(tmp_path: Path) -> None:
    town = town_of(tmp_path, "all")
    since, before = LAST - dt.timedelta(days=9), LAST - dt.timedelta(days=1)
    rows: list[tuple[object, ...]] = [
        (LAST, "city", f"p{n}", "红码", since, CELL, back) for n, back in enumerate((None, LAST, before))
    ]
    rows += [(LAST, "city", "p0", "红码", since, CELL, None), (LAST, "city", "p0", "绿码", None, CELL, None)]
    town.write("all", [*HEADS, "转码日期"], rows)
    town.build()
    desk = Desk(Cube(town.store, town.city)).beside(CodeDesk)
    told, city = desk.conflicts(CITY, "city", LAST), (desk.colours(CITY, "city", LAST) or [])[0]
    assert told is not None
    assert told.combinations == {(1, 0, 0): 2, (3, 0, 0): 1}
    assert (dict(city.counts), city.assigned, city.cleared) == ({"green": 2, "yellow": 0, "red": 1}, 0, 1)
    assert len(desk.tickets(CITY, "city", LAST)[0]) == 1
    assert desk.repeats(CITY, LAST) == 2
    page = next(p for p in PAGES if p.id == "codes")
    for lang, words in (("zh", "有 2 行重复"), ("en", "2 rows of the ledger")):
        assert words in str(Sheets(desk.desk, "zh", PAGES)(page, f"?lang={lang}", CITY))
    town.store.close()
