"""Each way to say where, what contradicts itself, and what cannot be understood."""

from __future__ import annotations

from functools import cache
from typing import Any

import h3
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.city import City, Source
from data.errors import CRSError
from data.rejects import WHY
from grid.areas import Area, plant
from grid.cube import Cube
from grid.lookup import Lookup
from grid.place import NOTES, Names, Placer
from tests import tiny

SOURCE = Source(name="a", kind="cases", path="a.csv", crs="WGS-84")
NONE = dict.fromkeys(("code", "area", "district", "street", "community", "text", "cell"))
INSIDE = 110.004, 30.004  # 江口街道, 南滩居委会
EAST = 110.045, 30.004  # 柳林街道


@pytest.fixture(scope="module")
def lookup(tiny_cube: Cube) -> Lookup:
    return Lookup(tiny_cube.at().geography)


@pytest.fixture(scope="module")
def city(tiny_cube: Cube) -> City:
    return tiny_cube.city


Said = tuple[str | None, str | None, str | None, str | None]


def place(lookup: Lookup, city: City, source: Source = SOURCE, **said: Any) -> Said:
    """(area code, cell id, note, why) of one row."""
    lon, lat = said.pop("at", (np.nan, np.nan))
    row = pd.DataFrame([NONE | said]).astype(object).assign(lon=lon, lat=lat)
    placed = Placer(lookup, city, source).place(row)
    leaf, geography = int(placed.leaf[0]), lookup.geography
    if leaf < 0:
        assert placed.why[0] is None or placed.why[0] in WHY
        return None, None, None, placed.why[0]
    cell = int(geography.leaves.cell[leaf])
    code = geography.areas.code[geography.leaves.area[leaf]]
    assert placed.why[0] is None
    assert placed.note[0] is None or placed.note[0] in NOTES
    return code, geography.leaves.cells.id[cell] if cell >= 0 else None, placed.note[0], None


def cell_at(lon: float, lat: float) -> str:
    return str(h3.latlng_to_cell(lat, lon, 9))


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"code": "990101002"}, "990101002"),
        ({"code": "990101002000"}, "990101002"),  # filled to 12 digits, as statistics offices write it
        ({"code": "990101000000"}, "990101"),
        ({"area": "990102"}, "990102"),
        ({"area": "柳林街道"}, "990102002"),
        ({"area": "安城市"}, "990000"),
        ({"area": "安城"}, "990000"),
        ({"district": "东江区"}, "990101"),
        ({"district": "东江", "street": "东江镇"}, "990101002"),
        ({"district": "安城市", "text": "西山区石桥街道"}, "990102001"),
        ({"street": "上河镇"}, "990102003"),
        ({"street": "江口"}, "990101001"),  # an alias of the city file
        ({"district": "东江区", "community": "塔下村"}, "990101002002"),
        ({"street": "石桥街道", "community": "新村"}, "990102001001"),
        ({"street": "东江镇", "community": "新村居民委员会"}, "990101002001"),
        ({"street": " 石 桥·街道 "}, "990102001"),
        ({"text": "东江镇塔下村三组"}, "990101002002"),
        ({"text": "东江区东江镇塔下村三组"}, "990101002002"),
        ({"district": "东江区", "text": "东江镇塔下村三组"}, "990101002002"),
        ({"text": "东江东江镇塔下村"}, "990101002002"),
        ({"text": "某某省安城市东江区江口街道"}, "990101001"),
        ({"text": "安城市西山区（柳林街道）柳荫居委会2号"}, "990102002001"),
        ({"district": "西山区", "text": "西山工业园区8号"}, "990102400"),
        ({"text": "西山工业园区8号"}, "990102400"),
        ({"code": "990101", "text": "江口街道南滩居委会"}, "990101001001"),  # the finest that works wins
        ({"code": "990101", "district": "东江区", "street": "江口街道"}, "990101001"),
        ({"area": "东江区", "street": "江口街道"}, "990101001"),
        ({"code": "990101001", "area": "东江区"}, "990101001"),
        ({"district": "东江区", "street": "没有的街道", "community": "北滩"}, "990101001002"),
    ],
)  # fmt: skip
def test_words_that_are_clear(lookup: Lookup, city: City, said: dict[str, Any], code: str) -> None:
    assert place(lookup, city, **said) == (code, None, None, None)


@pytest.mark.parametrize(
    ("said", "code", "note"),
    [
        ({"district": "东江区", "street": "火星街道"}, "990101", "name_unknown"),
        ({"street": "石桥街道", "community": "火星村"}, "990102001", "name_unknown"),
        ({"district": "东江区", "street": "石桥街道"}, "990101", "name_unknown"),
        ({"code": "990101", "area": "西山区"}, "990101", "words_differ"),
        ({"code": "990101", "district": "西山区"}, "990101", "name_unknown"),
        ({"district": "西山区", "text": "其他区域"}, "990102", "name_unknown"),
        ({"district": "西山区", "text": "柳林街道、上河镇"}, "990102", "name_ambiguous"),
        ({"text": "西山区柳林街道、上河镇"}, "990102", "name_ambiguous"),
        ({"district": "东江区", "text": "江口街道南滩居委会、北滩居委会"}, "990101001", "name_ambiguous"),
    ],
)
def test_words_that_are_clear_only_so_far(
    lookup: Lookup, city: City, said: dict[str, Any], code: str, note: str
) -> None:
    assert place(lookup, city, **said) == (code, None, note, None)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"code": "310101"}, "unknown_place"),
        ({"area": "火星"}, "unknown_place"),
        ({"district": "火星区", "street": "石桥街道"}, "unknown_place"),
        ({"community": "新村"}, "unknown_place"),  # two streets have one
        ({"text": "火星"}, "unknown_place"),
        ({"cell": "8928308280fffff"}, "unknown_place"),
        ({"at": (0.0, 0.0)}, "outside"),
        ({"at": (110.03, 30.04)}, "outside"),
        ({}, None),
    ],
)
def test_rows_that_no_area_takes(lookup: Lookup, city: City, said: dict[str, Any], why: str | None) -> None:
    assert place(lookup, city, **said) == (None, None, None, why)


@pytest.mark.parametrize(
    ("said", "code", "at", "note"),
    [
        ({"at": INSIDE}, "990101001001", INSIDE, None),
        ({"at": EAST}, "990102002", EAST, None),
        ({"at": INSIDE, "district": "东江区"}, "990101001001", INSIDE, None),
        ({"at": INSIDE, "district": "东江区", "street": "火星"}, "990101001001", INSIDE, None),
        ({"at": INSIDE, "district": "火星区"}, "990101001001", INSIDE, None),
        ({"at": EAST, "street": "柳林街道", "community": "柳荫"}, "990102002001", None, None),  # not drawn, but finer
        ({"at": INSIDE, "district": "西山区"}, "990102", None, "point_elsewhere"),
        ({"at": INSIDE, "street": "柳林街道"}, "990102002", None, "point_elsewhere"),
        ({"at": (0.0, 0.0), "street": "柳林街道"}, "990102002", None, "point_elsewhere"),
        ({"cell": cell_at(*EAST)}, "990102002", EAST, None),
        ({"cell": str(int(cell_at(*EAST), 16))}, "990102002", EAST, None),
        ({"cell": cell_at(*EAST).upper()}, "990102002", EAST, None),
        ({"cell": cell_at(*EAST), "district": "西山区"}, "990102002", EAST, None),
        ({"cell": cell_at(*EAST), "district": "东江区"}, "990101", None, "cell_elsewhere"),
        ({"cell": "8928308280fffff", "district": "东江区"}, "990101", None, "cell_unknown"),
        ({"cell": "8928308280fffff", "at": EAST}, "990102002", EAST, None),
        ({"cell": cell_at(*EAST), "at": (0.0, 0.0)}, "990102002", EAST, None),
    ],
)
def test_points_and_cells_against_words(
    lookup: Lookup, city: City, said: dict[str, Any], code: str, at: tuple[float, float] | None, note: str | None
) -> None:
    assert place(lookup, city, **said) == (code, cell_at(*at) if at else None, note, None)


def test_a_cell_on_a_border_belongs_to_the_side_that_the_row_names(lookup: Lookup, city: City) -> None:
    cut = next(c for c in tiny.cells() if len(_streets_of(c)) == 2 and _streets_of(c) == {"990102001", "990102002"})
    for street in ("990102001", "990102002"):
        assert place(lookup, city, cell=cut, code=street) == (street, cut, None, None)


@cache
def _streets_of(cell: str) -> frozenset[str]:
    """The streets on whose ground the cell's corners lie."""
    corners = h3.cell_to_boundary(cell)
    inside = all(tiny.SOUTH < lat < tiny.NORTH and 110.0 < lon < 110.06 for lat, lon in corners)
    return frozenset(tiny.street_at(lon) for _, lon in corners) if inside else frozenset()


points = st.tuples(st.floats(110.0001, 110.0599), st.floats(30.0001, 30.0299))


@given(st.lists(points, min_size=1, max_size=30))
def test_a_point_lands_in_the_street_and_cell_that_hold_it(
    lookup: Lookup, city: City, at: list[tuple[float, float]]
) -> None:
    lon, lat = (np.array(column) for column in zip(*at, strict=True))
    rows = pd.DataFrame({name: [None] * len(at) for name in NONE}).assign(lon=lon, lat=lat)
    placed = Placer(lookup, city, SOURCE).place(rows)
    areas, leaves = lookup.geography.areas, lookup.geography.leaves
    for (x, y), leaf in zip(at, placed.leaf, strict=True):
        if min(abs(x - border) for _, west, east in tiny.STREETS.values() for border in (west, east)) < 1e-9:
            continue
        assert areas.code[leaves.area[leaf]][:9] == tiny.street_at(x)
        assert leaves.cells.id[leaves.cell[leaf]] == cell_at(x, y)


def test_points_in_gcj02_are_moved_and_points_without_a_crs_are_refused(lookup: Lookup, city: City) -> None:
    at = tuple(map(float, tiny.gcj(110.0152, 30.004)))
    assert place(lookup, city, SOURCE.model_copy(update={"crs": "GCJ-02"}), at=at)[0] == "990101002"
    with pytest.raises(CRSError, match="no crs is declared"):
        place(lookup, city, SOURCE.model_copy(update={"crs": None}), at=INSIDE)


def test_a_source_has_aliases_of_its_own(lookup: Lookup, city: City) -> None:
    source = SOURCE.model_copy(update={"aliases": {"开发区": "西山工业园区", "石桥 街": "石桥街道"}})
    assert place(lookup, city, source, street="开发区")[0] == "990102400"
    assert place(lookup, city, source, district="西山区", street="石桥街")[0] == "990102001"


def test_a_retired_code_leads_to_the_area_that_took_it_over(lookup: Lookup, city: City) -> None:
    levels = [
        level.model_copy(update={"merged": {"990102009": "990102008", "990102008": "990102002"}})
        for level in city.levels[1:2]
    ]
    merged = city.model_copy(update={"levels": [city.levels[0], *levels, city.levels[2]]})
    assert place(lookup, merged, code="990102009")[0] == "990102002"
    assert place(lookup, merged, area="990102009000")[0] == "990102002"


def names(*streets: str, aliases: dict[str, str] | None = None) -> Names:
    areas = [
        Area("31", "上海市", "", "city", None),
        Area("3101", "金山区", "", "district", "31"),
        Area("3102", "嘉定区", "", "district", "31"),
    ]
    areas += [
        Area(f"310{1 + n % 2}{n:02}", street, "", "street", f"310{1 + n % 2}") for n, street in enumerate(streets)
    ]
    return Names(plant(areas, "city.toml"), {"street": aliases or {}}, {})


@pytest.mark.parametrize(
    ("text", "start", "name"),
    [
        ("金山卫镇八一村", "金山区", "金山卫镇"),
        ("金山卫镇八一村", "上海市", "金山卫镇"),
        ("金山区金山卫镇", "金山区", "金山卫镇"),
        ("上海市金山区金山卫镇", "上海市", "金山卫镇"),
        ("上海金山金山卫镇", "上海市", "金山卫镇"),
        ("嘉定镇街道北大街", "嘉定区", "嘉定镇街道"),
        ("嘉定区嘉定镇街道", "嘉定区", "嘉定镇街道"),
        ("嘉定工业区", "嘉定区", "嘉定工业区"),
    ],
)
def test_a_town_whose_name_begins_with_its_districts(text: str, start: str, name: str) -> None:
    known = names("金山卫镇", "嘉定镇街道", "朱泾镇", "嘉定工业区")
    row, note = known.read(text, known.areas.find(start))
    assert (known.areas.name[row], note) == (name, "")


def test_an_alias_stands_for_its_area_inside_a_text() -> None:
    known = names("长海路街道", "五角场街道", aliases={"五角场镇": "长海路街道"})
    row, note = known.read("金山区五角场镇某路1号")
    assert (known.areas.name[row], note) == ("长海路街道", "")


@given(st.text("金山嘉定卫镇街道区、 (1", max_size=12), st.sampled_from([0, 1, 2]))
def test_any_text_ends_in_an_area_below_where_it_started(text: str, start: int) -> None:
    known = names("金山卫镇", "嘉定镇街道", "山嘉镇")
    row, note = known.read(text, start)
    assert start <= row < known.areas.last[start]
    assert (row == start) <= (note in NOTES)
