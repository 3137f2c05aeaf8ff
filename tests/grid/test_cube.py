"""Sums agree exactly on every level, of random cities and of real files, as of every version."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from data.city import City, Source, read_city
from data.deliveries import Delivery, sha256_of
from data.errors import BadQuestion, NothingLoaded
from data.slabs import MISSING
from data.store import Store, sqlite_url
from grid import shelf
from grid.areas import Area, Areas, plant
from grid.build import Loader
from grid.counts import COUNTS
from grid.cube import Cube, Units, View
from grid.geography import Geography, load_geography
from grid.leaves import Cells, Leaves, lay
from grid.lookup import Lookup
from tests import tiny
from tests.tiny import DAYS, SECRET, Knobs

Day = dt.date
FLOW, STOCK = "cases", "risk_high"


@dataclass
class Random:
    """A random city: its tree, leaves, and the vectors that sources stated: (source, count, day) -> load by load."""

    areas: Areas
    leaves: Leaves
    stated: list[tuple[str, str, Day, list[int]]]


@st.composite
def cities(draw: st.DrawFn) -> Random:
    found = [Area("9", "市", "", "city", None)]
    levels = ("city", "district", "street", "community")
    for n in range(draw(st.integers(0, 10))):
        above = draw(st.sampled_from([area for area in found if area.level != "community"]))
        level = draw(st.sampled_from(levels[levels.index(above.level) + 1 :]))
        found.append(Area(f"{above.code}{n:02}", f"名{n}", "", level, above.code))
    tree = plant(found, "city.toml")
    cells = Cells([f"c{n}" for n in range(4)], None, [shapely.box(n, 0, n + 1, 1) for n in range(4)])
    pairs = sorted(draw(st.sets(st.tuples(st.integers(0, len(tree) - 1), st.integers(0, 3)), max_size=12)))
    pairs += [(0, cell) for cell in range(4) if cell not in {c for _, c in pairs}]
    area, cell = (np.array([pair[n] for pair in pairs], np.int32) for n in (0, 1))
    areas, leaves = lay(tree, (area, cell, np.full(len(pairs), 10, np.int64)), cells)
    number = st.one_of(st.just(int(MISSING)), st.integers(0, 9), st.just(2**31 - 1))
    one = st.tuples(
        st.sampled_from(["a", "b"]), st.sampled_from([FLOW, STOCK]), st.sampled_from(DAYS[:3]),
        st.lists(number, min_size=len(leaves), max_size=len(leaves)),
    )  # fmt: skip
    return Random(areas, leaves, draw(st.lists(one, max_size=6)))


def written(store: Store, made: Random) -> City:
    """Writes a random city into a store: the geography, then a load each statement."""
    about: dict[str, Any] = {"kind": "x", "file": "x", "sha256": "0"}
    with store.loading(source="geography", **about) as load:
        load.geography(made.areas.to_bytes(), made.leaves.to_bytes(), {})
    for source, count, day, vector in made.stated:
        with store.loading(source=source, **about) as load:
            load.slabs(1, [(count, day, np.array(vector, np.int32))])
    sources = [Source(name=name, kind="cases", path="x") for name in ("a", "b")]
    return City(code="9", name="市", levels=[], sources=sources)


def oracle(made: Random, upto: int, count: str, day: Day) -> list[int | None]:
    """What stands on each leaf: of every source its last word; of a stock that of its last day with any."""
    last: dict[tuple[str, Day], list[int]] = {}
    for n, (source, said, when, vector) in enumerate(made.stated):
        if n + 2 <= upto and said == count:
            last[source, when] = vector
    total: list[int | None] = [None] * len(made.leaves)
    for source in ("a", "b"):
        days = [when for s, when in last if s == source and when <= day and (when == day or count == STOCK)]
        for leaf, value in enumerate(last[source, max(days)] if days else []):
            if value != int(MISSING):
                total[leaf] = (total[leaf] or 0) + value
    return total


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database without a load, to be copied: that is quicker than making one."""
    path = tmp_path_factory.mktemp("empty") / "x.db"
    Store.create(sqlite_url(path)).close()
    return path


@settings(max_examples=40)
@given(cities())
def test_sums_are_exact_on_every_level_of_any_city_at_every_version(empty: Path, made: Random) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(sqlite_url(Path(shutil.copy(empty, folder))))
        city = written(store, made)
        for version in range(1, len(made.stated) + 2):
            view = View(store, version, city)
            for count in (FLOW, STOCK):
                _check(view, made, count, [oracle(made, version, count, day) for day in DAYS[:4]])
        store.close()


def _check(view: View, made: Random, count: str, leaves: list[list[int | None]]) -> None:
    areas, days = view.areas, DAYS[:4]
    sums = view.sums(count, days)
    for d, held in enumerate(leaves):
        own = view.own(count, days[d])
        for row in range(len(areas)):
            inside = [held[leaf] for leaf in range(len(held)) if row <= made.leaves.area[leaf] < areas.last[row]]
            assert sums.total[d, row] == sum(value or 0 for value in inside)
            assert sums.stated[d, row] == sum(value is not None for value in inside)
            children = areas.children(row)
            if len(children):
                assert sums.total[d, children].sum() + own[row] == sums.total[d, row]
        for row in range(len(areas)):
            cells = view.sums(count, days, Units("cells", row))
            for at, cell in enumerate(view.cells_of(row).tolist()):
                pairs = [leaf for leaf in range(len(held)) if made.leaves.cell[leaf] == cell]
                pairs = [leaf for leaf in pairs if row <= made.leaves.area[leaf] < areas.last[row]]
                assert cells.total[d, at] == sum(held[leaf] or 0 for leaf in pairs)
                assert cells.known[d, at] == any(held[leaf] is not None for leaf in pairs)


# --- files -----------------------------------------------------------------------------------------

STREETS = ["石桥街道", "柳林街道", "上河镇", "火星街道", None]
table_rows = st.tuples(st.sampled_from(DAYS[:3]), st.sampled_from(STREETS), st.one_of(st.none(), st.integers(0, 9)))
people_rows = st.builds(
    tiny.Person,
    st.sampled_from(["P1", "P2", "P3"]), st.sampled_from(DAYS[:3]), st.sampled_from(["确诊", "无症状"]),
    st.sampled_from(sorted(tiny.STREETS)), st.one_of(st.none(), st.floats(110.001, 110.059)), st.just(30.01),
)  # fmt: skip
deliveries_of = st.lists(
    st.one_of(
        st.tuples(st.just("cases"), st.lists(people_rows, min_size=1, max_size=4)),
        st.tuples(st.just("table"), st.lists(table_rows, min_size=1, max_size=5)),
    ),
    min_size=1,
    max_size=4,
)


@dataclass
class Blank:
    """The tiny city with its geography and no delivery yet."""

    city: City
    database: Path
    geography: Geography
    lookup: Lookup


@pytest.fixture(scope="module")
def blank(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Blank:
    folder = tmp_path_factory.mktemp("blank")
    city = read_city(tiny.tiny_city(folder / "city", Knobs(sources=("cases", "table"), people=0)))
    database = Path(shutil.copy(empty, folder))
    store = Store(sqlite_url(database))
    geography, _, _ = load_geography(store, city)
    store.close()
    return Blank(city, database, geography, Lookup(geography))


@settings(max_examples=12)
@given(deliveries_of)
def test_as_of_a_version_is_a_store_built_from_the_loads_up_to_it(
    blank: Blank, feeds: list[tuple[str, list[Any]]]
) -> None:
    city = blank.city
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = [_written(folder, n, *feed) for n, feed in enumerate(feeds)]
        whole = _loaded(blank, folder / "whole.db", files)
        for version in range(2, whole.version() + 1):
            part = _loaded(blank, folder / f"{version}.db", files[: version - 1])
            assert _numbers(View(whole, version, city)) == _numbers(Cube(part, city).at())
            part.close()
        assert _numbers(Cube(whole, city).at()) == _dictionary(feeds)
        whole.close()


def _written(folder: Path, n: int, source: str, rows: list[Any]) -> tuple[str, Path]:
    path = folder / f"{n}.csv"
    if source == "table":
        return source, tiny.write_csv(path, ["日期", "街道", "人数"], rows, "gb18030")
    return source, tiny.write_people(path, rows)


def _loaded(blank: Blank, path: Path, files: list[tuple[str, Path]]) -> Store:
    store = Store(sqlite_url(Path(shutil.copy(blank.database, path))))
    loader = Loader(store, blank.city, blank.geography, SECRET)
    loader.ground.lookup = blank.lookup
    for name, file in files:
        source = blank.city.source(name).model_copy(update={"max_bad_share": 1.0})
        assert loader.attempt(Delivery(source, file, sha256_of(file), None)).error is None
    return store


Numbers = Counter[tuple[str, Day, str]]


def _numbers(view: View) -> Numbers:
    found: Numbers = Counter()
    for count in ("cases", "asymptomatic"):
        sums = view.sums(count, DAYS[:3])
        for row, code in enumerate(view.areas.code):
            if view.areas.level[row] in ("city", "district", "street"):
                for d, day in enumerate(DAYS[:3]):
                    found[count, day, code] += int(sums.total[d, row])
    return found


def _dictionary(feeds: list[tuple[str, list[Any]]]) -> Numbers:
    """The same by remembering each person and each table row by itself."""
    code = {name: street for street, (name, _, _) in tiny.STREETS.items()}
    people: dict[str, list[tiny.Person]] = {}
    table: dict[tuple[Day, str | None], int] = {}
    for source, rows in feeds:
        if source == "cases":
            rows = list(dict.fromkeys(rows))  # a row that repeats an earlier one is a reject
            people |= {id_: [row for row in rows if row.id == id_] for id_ in {row.id for row in rows}}
        else:
            table |= _added(rows)
    found: Numbers = Counter()
    for person in (person for persons in people.values() for person in persons):
        count = "cases" if person.status == "确诊" else "asymptomatic"
        for area in _up(person.street):
            found[count, person.day, area] += 1
    for (day, street), number in table.items():
        for area in _up(code.get(street or "", "990102")):
            found["cases", day, area] += number
    return found


def _added(rows: list[Any]) -> dict[tuple[Day, str | None], int]:
    found: Counter[tuple[Day, str | None]] = Counter()
    for day, street, number in rows:
        found.update({(day, street): number} if number is not None else {})
    return found


def _up(code: str) -> list[str]:
    return ["990000", code] if len(code) == 6 else ["990000", code[:6], code]


# --- days ------------------------------------------------------------------------------------------


def test_a_stock_holds_for_its_carry_and_a_flow_for_its_day(tiny_cube: Cube) -> None:
    view = tiny_cube.at()
    listed = view.sums("risk_high", [DAYS[0] + dt.timedelta(days=n) for n in (-1, 0, 2, 3, 10, 11)])
    assert listed.total[:, 0].tolist() == [0, 1, 1, 1, 1, 0]  # the second list, of the fourth day, replaces the first
    assert listed.known[:, 0].tolist() == [False, True, True, True, True, False]
    assert COUNTS["risk_high"].carry == 7
    people = view.sums("population", [Day(1899, 1, 1), DAYS[0], Day(2100, 1, 1)])
    assert set(people.total[:, 0].tolist()) == {sum(tiny.POPULATION.values())}
    flow = view.sums("addresses", [DAYS[4], DAYS[5]])
    assert flow.known[:, 0].tolist() == [True, False]


def test_addresses_by_cell_are_the_files(tiny_cube: Cube) -> None:
    view = tiny_cube.at()
    sums = view.sums("addresses", DAYS[:5], Units("cells"))
    expected = np.zeros_like(sums.total)
    for (cell, day), number in tiny.addresses().items():
        expected[DAYS.index(day), view.leaves.cells.row_of[cell]] += number
    assert np.array_equal(sums.total, expected)
    assert sums.known.all()  # a cell that the day's file does not name had none


def test_more_days_than_the_cache_holds_are_answered_all_the_same(
    tiny_cube: Cube, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "VECTORS_BYTES", 16_000)
    monkeypatch.setattr(shelf, "SUMS_BYTES", 4_000)
    view = View(tiny_cube.store, tiny_cube.at().version, tiny_cube.city)
    fresh = tiny_cube.at()
    spans = [(0, 7), (0, 8), (3, 30), (0, 60), (2, 9)]
    for first, last in spans:
        days = [DAYS[0] + dt.timedelta(days=n) for n in range(first, last)]
        for count in ("cases", "addresses", "zone_lockdown_n", "risk_high"):
            assert np.array_equal(view.sums(count, days).total, fresh.sums(count, days).total)


# --- views -----------------------------------------------------------------------------------------


def test_a_backed_up_source_is_heard_only_where_the_other_is_silent(tmp_path: Path) -> None:
    made = Random(*_plain_city(), stated=[
        ("a", FLOW, DAYS[0], [5]), ("b", FLOW, DAYS[0], [7]), ("b", FLOW, DAYS[1], [9]),
    ])  # fmt: skip
    store = Store.create(sqlite_url(tmp_path / "x.db"))
    city = written(store, made)
    sources = [city.sources[0], city.sources[1].model_copy(update={"backs": "a"})]
    cube = Cube(store, city.model_copy(update={"sources": sources}))
    assert cube.at().sums(FLOW, DAYS[:2]).total[:, 0].tolist() == [5, 9]
    assert cube.at(source="b").sums(FLOW, DAYS[:2]).total[:, 0].tolist() == [7, 9]
    assert Cube(store, city).at().sums(FLOW, DAYS[:2]).total[:, 0].tolist() == [12, 9]
    store.close()


def test_a_stock_that_is_backed_up_is_not_counted_twice_while_both_statements_hold(tmp_path: Path) -> None:
    stated = [("a", STOCK, DAYS[0], [5]), ("b", STOCK, DAYS[2], [7]), ("a", STOCK, DAYS[4], [6])]
    store = Store.create(sqlite_url(tmp_path / "x.db"))
    city = written(store, Random(*_plain_city(), stated=stated))
    sources = [city.sources[0], city.sources[1].model_copy(update={"backs": "a"})]
    cube = Cube(store, city.model_copy(update={"sources": sources}))
    assert cube.at().sums(STOCK, DAYS[:6]).total[:, 0].tolist() == [5, 5, 7, 7, 6, 6]
    assert cube.at(source="b").sums(STOCK, DAYS[:4]).total[:, 0].tolist() == [0, 0, 7, 7]
    store.close()


def _plain_city() -> tuple[Areas, Leaves]:
    none = np.empty(0, np.int32)
    return lay(
        plant([Area("9", "市", "", "city", None)], "x"), (none, none, np.empty(0, np.int64)), Cells([], None, [])
    )


def test_a_moment_before_the_first_load_and_a_source_there_is_not(tiny_cube: Cube, tmp_path: Path) -> None:
    with pytest.raises(BadQuestion, match="nothing was known"):
        tiny_cube.at(dt.datetime(2000, 1, 1))
    with pytest.raises(BadQuestion, match="no source deaths; population"):
        tiny_cube.at(source="deaths")
    empty = Store.create(sqlite_url(tmp_path / "x.db"))
    with pytest.raises(NothingLoaded):
        Cube(empty, tiny_cube.city).at()
    empty.close()


def test_one_version_is_one_view(tiny_cube: Cube) -> None:
    assert tiny_cube.at() is tiny_cube.at()
    assert tiny_cube.at(source="cases") is not tiny_cube.at()


def test_while_it_is_still_a_load_changes_nothing(tmp_path: Path) -> None:
    store = Store.create(sqlite_url(tmp_path / "x.db"))
    cube = Cube(store, written(store, Random(*_plain_city(), stated=[("a", FLOW, DAYS[0], [5])])))
    before = cube.at().version
    with cube.still():
        assert cube.at().version == before
        with store.loading(source="a", kind="cases", file="more.csv", sha256="0" * 64):
            pass
        with cube.still():  # an answer inside of an answer
            assert cube.at().version == before
        assert cube.at().version == before
    assert cube.at().version == before + 1
    store.close()


def test_the_days_of_a_count_and_of_zones(tiny_cube: Cube) -> None:
    view = tiny_cube.at()
    assert view.days(["addresses"]) == (DAYS[0], DAYS[4])
    assert view.days(["zone_lockdown_n"]) == (DAYS[1], DAYS[5])
    assert view.days(["deaths"]) is None
