"""A province of cities: every sum is that of its cities, and no city is another than it is alone."""

from __future__ import annotations

import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.city import read_city
from data.errors import CityFileError
from data.slabs import MISSING, start_of
from data.store import Slab
from grid.cube import View
from grid.geography import Geography, make_geography, part_of
from grid.moved import leaf_map
from tests.provinces import (
    DAYS,
    PROVINCE,
    STREETS,
    Case,
    Home,
    cases,
    code_of,
    people,
    prefix_of,
    write_city,
    write_province,
)  # fmt: skip

GRIDS = ("h3", "finer", "imported", "none")


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Three cities with one H3 grid."""
    folder = tmp_path_factory.mktemp("three")
    return Home(write_province(folder, ("h3", "h3", "h3")), folder / "x.db")


def alone(folder: Path, number: int, grid: str, found: list[Case] | None = None) -> Home:
    return Home(write_city(folder, number, grid, found), folder / "x.db")


def slabs(view: View) -> list[Slab]:
    found = [
        slab
        for count, pairs in view.stated_days.items()
        for slab in view.store.slabs([count], min(pairs)[0], max(pairs)[0], view.version)
    ]
    return sorted(found, key=lambda slab: (slab.source, slab.count, slab.day))


def same_ground(one: Geography, other: Geography) -> None:
    for name in ("code", "name", "level", "shape"):
        assert getattr(one.areas, name) == getattr(other.areas, name)
    for name in ("parent", "last", "lo", "hi"):
        assert np.array_equal(getattr(one.areas, name), getattr(other.areas, name)), name
    for name in ("area", "cell", "m2"):
        assert np.array_equal(getattr(one.leaves, name), getattr(other.leaves, name)), name
    assert (one.leaves.cells.id, one.leaves.cells.h3) == (other.leaves.cells.id, other.leaves.cells.h3)


# --- the tree ------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(GRIDS), min_size=1, max_size=4))
@settings(max_examples=8)
def test_each_city_stands_in_the_province_as_it_stands_alone(grids: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        whole = read_city(write_province(Path(folder), grids))
        made = Geography(1, *make_geography(whole)[:2])
        areas, leaves = made.areas, made.leaves
        assert (areas.code[0], areas.level[0], areas.parent[0]) == (PROVINCE, "province", -1)
        assert (areas.lo[0], areas.hi[0], areas.last[0]) == (0, len(leaves), len(areas))
        assert [areas.code[row] for row in areas.children(0)] == [code_of(n) for n in range(len(grids))]
        assert len(set(leaves.cells.id)) == len(leaves.cells)
        assert areas.path(areas.row_of["980101001"]) == [0, 1, 2, 3]
        for member in whole.members:
            same_ground(part_of(made, member), Geography(1, *make_geography(member)[:2]))


def test_a_hexagon_on_a_border_is_one_cell_of_two_cities(three: Home) -> None:
    view = three.view()
    cell = view.leaves.cell
    cities = [{int(c) for c in cell[view.areas.lo[r] : view.areas.hi[r]] if c >= 0} for r in view.areas.children(0)]
    assert cities[0] & cities[1]
    assert not cities[0] & cities[2]
    assert view.leaves.cells.h3 == 8


def test_cells_of_different_grids_bear_the_codes_of_their_cities(tmp_path: Path) -> None:
    whole = read_city(write_province(tmp_path, ("imported", "imported", "h3", "none")))
    cells = make_geography(whole)[1].cells
    assert cells.h3 is None
    assert cells.id[:4] == ["980100-C0", "980100-C1", "980100-C2", "980100-C3"]
    assert {id_.split("-")[0] for id_ in cells.id} == {"980100", "980200", "980300"}


def test_areas_of_two_cities_may_not_have_one_code(tmp_path: Path) -> None:
    path = write_province(tmp_path)
    districts = tmp_path / "city1/codes/districts.csv"
    districts.write_text(districts.read_text("utf-8").replace("980201", "980101"), "utf-8")
    streets = tmp_path / "city1/codes/streets.csv"
    streets.write_text(streets.read_text("utf-8").replace("980201", "980101"), "utf-8")
    (tmp_path / "city1/maps/streets.geojson").unlink()
    city = tmp_path / "city1/city.toml"
    drawn = 'boundaries = { file = "maps/streets.geojson", code = "code", crs = "WGS-84" }\n'
    city.write_text(city.read_text("utf-8").replace(drawn, ""), "utf-8")
    with pytest.raises(CityFileError, match="980101"):
        make_geography(read_city(path))


# --- the numbers ---------------------------------------------------------------------------------


@given(
    st.lists(st.sampled_from(GRIDS), min_size=1, max_size=3),
    st.lists(st.builds(Case, st.sampled_from(DAYS), st.sampled_from(list(STREETS)), st.booleans()), max_size=8),
)
@settings(max_examples=4)
def test_a_city_of_many_tells_what_it_tells_alone_slab_for_slab(grids: list[str], found: list[Case]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_province(Path(folder), grids)
        write_city(Path(folder) / "city0", 0, grids[0], found)
        whole = Home(path, Path(folder) / "whole.db")
        view, code = whole.view(), code_of(0)
        row = view.areas.row_of[code]
        one = alone(Path(folder) / "alone", 0, grids[0], found)
        theirs = [slab for slab in slabs(view) if slab.source.startswith(code)]
        ours = slabs(one.view())
        assert [(s.source.removeprefix(f"{code}-"), s.count, s.day) for s in theirs] == [
            (s.source, s.count, s.day) for s in ours
        ]
        assert {(s.start, len(s.vector)) for s in theirs} == {
            (view.areas.lo[row], view.areas.hi[row] - view.areas.lo[row])
        }
        assert all(np.array_equal(a.vector, b.vector) for a, b in zip(theirs, ours, strict=True))
        zones = {zone.key: zone for zone in view.store.zones(view.version) if zone.source.startswith(code)}
        for zone in one.view().zones.zones:
            assert np.array_equal(zones[zone.key].covered["leaf"], zone.covered["leaf"] + view.areas.lo[row])
            assert zones[zone.key].area == zone.area
        whole.store.close()
        one.store.close()


def test_sums_agree_on_every_level_for_every_count_and_day(three: Home) -> None:
    view, areas = three.view(), three.view().areas
    counts = [*view.stated_days, *(f"zone_{kind}_{what}" for kind in ("lockdown", "control", "precaution")
                                   for what in ("people", "m2", "n"))]  # fmt: skip
    for count in counts:
        for day, vector in zip(DAYS, view.vectors(count, DAYS), strict=True):
            assert vector is not None
            told = np.where(vector == MISSING, 0, vector)
            total, own = view.sums(count, [day]).total[0], view.own(count, day)
            assert total[0] == told.sum()
            for row in range(len(areas)):
                assert total[row] == told[areas.lo[row] : areas.hi[row]].sum()
                below = areas.children(row)
                if len(below):
                    assert total[row] == own[row] + total[below].sum()


def test_names_of_two_cities_never_mix(three: Home) -> None:
    view = three.view()
    for day in DAYS:
        total = view.sums("cases", [day]).total[0]
        for number in range(3):
            wanted = Counter(case.street for case in cases(number) if case.day == day)
            told = {end: int(total[view.areas.row_of[prefix_of(number) + end]]) for end in STREETS}
            assert +Counter(told) == wanted
    residents = view.sums("population", [DAYS[0]]).total[0]
    told = {code: int(residents[view.areas.row_of[code]]) for code in view.areas.code if len(code) == 9}
    assert told == {prefix_of(n) + end: many for n in range(3) for end, many in people(n).items()}
    risky = view.sums("risk_high", [DAYS[0]]).total[0]
    assert [int(risky[row]) for row in view.areas.of_level("city")] == [1, 1, 1]
    assert three.store.unplaced(three.store.version()) == []


def test_an_alias_of_one_city_is_no_name_in_another(tmp_path: Path) -> None:
    path = write_province(tmp_path)
    risks = tmp_path / "city1/in/risks.csv"
    risks.write_text(risks.read_text("utf-8").replace("西湖区中山街道", "鼓楼区旧村0"), "utf-8")
    home = Home(path, tmp_path / "x.db")
    view = home.view()
    risky = view.sums("risk_high", [DAYS[0]]).total[0]
    assert risky[view.areas.row_of["980201"]] == 1
    assert risky[view.areas.row_of["980201002"]] == 0
    told = {(source, area, why) for source, area, why, _, _ in home.store.unplaced(home.store.version())}
    assert {source for source, _, _ in told} <= {"980200-risks"}


def test_a_point_in_another_city_is_elsewhere(tmp_path: Path) -> None:
    path = write_province(tmp_path)
    rows = tmp_path / "city0/in/cases.csv"
    rows.write_text("日期,类别,区,街道,经度,纬度\n2022-03-01,确诊,鼓楼区,中山街道,110.055,30.01\n", "utf-8")
    home = Home(path, tmp_path / "x.db")
    view = home.view()
    assert home.store.unplaced(home.store.version()) == [("980100-cases", "980101001", "point_elsewhere", "", 1)]
    assert view.sums("cases", [DAYS[0]]).total[0][view.areas.row_of["980101001"]] == 1


def test_silence_of_a_city_is_no_zero_of_another(three: Home) -> None:
    view = three.view()
    for slab in slabs(view):
        row = view.areas.row_of[slab.source.split("-")[0]]
        part = view.part(slab)
        assert part.slice == slice(int(view.areas.lo[row]), int(view.areas.hi[row]))
    assert view.ends.newest("980100-cases", view.areas.row_of["980200"]) is None
    assert view.ends.newest("980100-cases", view.areas.row_of["980101"]) == DAYS[-1]


def test_what_a_province_keeps_of_a_day_is_what_its_cities_keep(three: Home, tmp_path: Path) -> None:
    """Bytes: each slab is its own city's, and four bytes for where it begins."""

    def kept(home: Home) -> list[bytes]:
        with closing(sqlite3.connect(home.database)) as connection:
            return [row[0] for row in connection.execute("SELECT body FROM slab")]

    whole = kept(three)
    apart = [body for n in range(3) for body in kept(alone(tmp_path / str(n), n, "h3"))]
    assert sum(map(len, whole)) == sum(map(len, apart)) + 4 * len(whole)
    assert {start_of(body) for body in whole} == {int(three.view().areas.lo[r]) for r in three.view().areas.children(0)}


# --- the province itself ---------------------------------------------------------------------------


def test_a_table_of_the_province_names_its_cities(tmp_path: Path) -> None:
    extra = """
[[source]]
name = "found"
kind = "cases"
path = "found.csv"
columns = { area = "地区", count = "人数" }
constants = { status = "reclassified" }
max_bad_share = 0.5
"""
    path = write_province(tmp_path, extra=extra)
    rows = ["2022-03-01,第0市,,5", "2022-03-01,第1市,鼓楼区,7", "2022-03-01,安省,,11", "2022-03-01,,鼓楼区,3"]
    (tmp_path / "found.csv").write_text("\n".join(["日期,地区,区,人数", *rows]), "utf-8")
    home = Home(path, tmp_path / "x.db")
    view = home.view()
    assert home.city.of("found") == home.city
    told = view.sums("reclassified", [DAYS[0]]).total[0]
    assert {code: int(told[row]) for code, row in view.areas.row_of.items() if told[row]} == {
        PROVINCE: 23, "980100": 5, "980200": 7, "980201": 7
    }  # fmt: skip
    (outcome,) = (each for each in home.built.outcomes if each.delivery.source.name == "found")
    assert (outcome.taken, outcome.rejected) == (3, 1)  # two cities have a district of that name


# --- a city that changes -----------------------------------------------------------------------------


def test_one_city_changed_leaves_the_others_leaves_as_they_are(tmp_path: Path) -> None:
    path = write_province(tmp_path, ("h3", "h3", "h3"))
    home = Home(path, tmp_path / "x.db")
    before, old = home.view(), home.view().geography
    sums = {day: before.sums("cases", [day]).total[0] for day in DAYS}
    codes = tmp_path / "city1/codes/streets.csv"
    codes.write_text(codes.read_text("utf-8") + "980201003,新设街道\n", "utf-8")
    assert home.build().new_geography
    view = home.view()
    moved = leaf_map(old, view.geography, {})
    for code, shift in ((code_of(0), 0), (code_of(2), 1)):
        row = old.areas.row_of[code]
        lo, hi = int(old.areas.lo[row]), int(old.areas.hi[row])
        assert moved[lo:hi].tolist() == list(range(lo + shift, hi + shift))
    for day in DAYS:
        total = view.sums("cases", [day]).total[0]
        assert {code: int(total[view.areas.row_of[code]]) for code in old.areas.code} == dict(
            zip(old.areas.code, sums[day].tolist(), strict=True)
        )
    same_ground(part_of(view.geography, home.city.members[2]), part_of(old, home.city.members[2]))


def test_a_correction_after_a_neighbour_changed_finds_what_it_corrects(tmp_path: Path) -> None:
    path = write_province(tmp_path)
    for number in (0, 1):
        city = tmp_path / f"city{number}/city.toml"
        with_ids = city.read_text("utf-8").replace('crs = "WGS-84"\n\n[[source]]\nname = "codes"',
                                                   'crs = "WGS-84"\ncolumns = { id = "编号" }\n\n[[source]]\nname = "codes"')  # fmt: skip
        city.write_text(with_ids, "utf-8")
        rows = "编号,日期,类别,区,街道\nA,2022-03-01,确诊,鼓楼区,中山街道\nB,2022-03-01,确诊,鼓楼区,新村街道\n"
        (tmp_path / f"city{number}/in/cases.csv").write_text(rows, "utf-8")
    home = Home(path, tmp_path / "x.db")
    first = tmp_path / "city0/codes/streets.csv"
    first.write_text(first.read_text("utf-8") + "980101003,新设街道\n", "utf-8")
    moved = "编号,日期,类别,区,街道\nA,2022-03-02,确诊,西湖区,石桥镇\n"
    (tmp_path / "city1/in/cases.csv").write_text(moved, "utf-8")
    home.build()
    view = home.view()
    told = [view.sums("cases", [day]).total[0] for day in DAYS[:2]]
    at = view.areas.row_of
    assert [int(each[at["980201"]]) for each in told] == [1, 0]
    assert [int(each[at["980202002"]]) for each in told] == [0, 1]
    assert [int(each[at["980100"]]) for each in told] == [2, 0]
