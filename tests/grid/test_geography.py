"""Files -> tree and leaves: joins, aliases, repairs, parents, imported cells, and changes of borders."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import geopandas
import h3
import numpy as np
import pytest
import shapely

from data.city import City, read_city
from data.errors import CityFileError, CRSError, WrongEncoding
from data.slabs import MISSING
from data.store import Store, sqlite_url
from grid.build import build
from grid.cube import View
from grid.geography import Geography, fingerprint, load_geography, make_geography
from grid.moved import gather, leaf_map
from tests import tiny
from tests.tiny import Knobs, tiny_city


def made(folder: Path, knobs: Knobs | None = None) -> Geography:
    city = read_city(tiny_city(folder, knobs or Knobs(sources=())))
    return Geography(1, *make_geography(city)[:2])


def edited(folder: Path, old: str, new: str) -> City:
    """The tiny city with one line of its city file changed."""
    path = tiny_city(folder, Knobs(sources=()))
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")
    return read_city(path)


def test_the_tree_and_its_report(tmp_path: Path) -> None:
    city = read_city(tiny_city(tmp_path))
    areas, leaves, report = make_geography(city)
    assert Counter(areas.level) == {"city": 1, "district": 2, "street": 6, "community": 6}
    for code in (*tiny.STREETS, *tiny.UNDRAWN):
        assert areas.code[areas.parent[areas.row_of[code]]] == code[:6]
    for code in tiny.COMMUNITIES:  # parents by the beginning of the code
        assert areas.code[areas.parent[areas.row_of[code]]] == code[:9]
    street = report.levels["street"]
    assert (street["areas"], street["drawn"], street["joined"], street["through_alias"]) == (6, 5, 5, 1)
    assert (street["repaired"], street["unjoined"]) == ([], [])
    assert report.levels["community"]["undrawn"] == 4
    assert report.levels["cell"] == {"cells": len(leaves.cells), "leaves": len(leaves)}
    assert areas.shape[0] is not None
    assert shapely.area(areas.shape[0]) == pytest.approx(0.06 * 0.03)


def test_the_hexagons_cover_the_city_and_no_more(tmp_path: Path) -> None:
    leaves = made(tmp_path).leaves
    whole = shapely.box(110.0, 30.0, 110.06, 30.03)
    inside = set(tiny.cells()) | {cell for near in tiny.cells() for cell in h3.grid_disk(near, 2)}
    shapes = {cell: shapely.Polygon([(x, y) for y, x in h3.cell_to_boundary(cell)]) for cell in inside}
    sure = {cell for cell, shape in shapes.items() if shapely.area(shape & whole) > 1e-10}  # a square metre
    assert sure <= set(leaves.cells.id)
    assert all(shapes[cell].distance(whole) < 1e-7 for cell in leaves.cells.id)
    for cell in (row for row, name in enumerate(leaves.cells.id) if whole.contains(shapes[name])):
        ground = leaves.m2[leaves.cell == cell].sum()
        assert ground == pytest.approx(h3.cell_area(leaves.cells.id[cell], "m^2"), abs=4)


def test_a_shape_that_crosses_itself_is_repaired_and_told(tmp_path: Path) -> None:
    path = tiny_city(tmp_path, Knobs(sources=()))
    maps = json.loads((tmp_path / "maps/streets.geojson").read_text("utf-8"))
    bow = [[110.05, 30.0], [110.06, 30.03], [110.06, 30.0], [110.05, 30.03], [110.05, 30.0]]
    maps["features"][4]["geometry"] = {"type": "Polygon", "coordinates": [bow]}
    (tmp_path / "maps/streets.geojson").write_text(json.dumps(maps), "utf-8")
    areas, _, report = make_geography(read_city(path))
    assert report.levels["street"]["repaired"] == ["西山区/上河镇"]
    shape = areas.shape[areas.row_of["990102003"]]
    assert shapely.is_valid(shape)
    assert shapely.area(shape) == pytest.approx(0.01 * 0.03 / 2)


def test_a_polygon_of_no_area_is_listed(tmp_path: Path) -> None:
    city = edited(tmp_path, '"东江区/江口" = "江口街道"', "")
    _, _, report = make_geography(city)
    assert report.levels["street"]["unjoined"] == ["东江区/江口"]
    assert report.levels["street"]["drawn"] == 4


def test_boundaries_join_by_name_alone_where_names_are_unique(tmp_path: Path) -> None:
    _, _, report = make_geography(edited(tmp_path, ', parent_name = "区"', ""))
    assert report.levels["street"]["joined"] == 4
    assert report.levels["street"]["unjoined"] == ["/江口"]  # its alias names the district
    with (tmp_path / "codes/streets.csv").open("a", encoding="gb18030") as file:
        file.write("990101009,柳林街道,990101\n")
    with pytest.raises(CityFileError, match="parent_name"):
        make_geography(read_city(tmp_path / "city.toml"))


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('"东江区/江口" = "江口街道"', '"东江区/江口" = "江口街到"', "level street, aliases"),
        ('"东江区/江口" = "江口街道"', '[level.merged]\n"990101009" = "990101010"', "level street, merged"),
        ('code = "代码", name = "名称"', 'code = "代号", name = "名称"', "codes/streets.csv"),
        ('name = "街道"', 'name = "镇"', "maps/streets.geojson"),
        ("maps/districts.geojson", "maps/district.geojson", "district.geojson"),
        ("codes/districts.csv", "codes/district.csv", "district.csv"),
    ],
)
def test_a_city_file_that_its_files_do_not_bear_out(tmp_path: Path, old: str, new: str, where: str) -> None:
    with pytest.raises(CityFileError) as wrong:
        load_geography(Store.create(sqlite_url(tmp_path / "x.db")), edited(tmp_path, old, new))
    assert wrong.value.values["where"] == where


def test_coordinates_that_cannot_be_in_the_declared_system(tmp_path: Path) -> None:
    districts = 'file = "maps/districts.geojson", code = "adcode", crs = "WGS-84"'
    with pytest.raises(CRSError):
        make_geography(edited(tmp_path, districts, districts.replace("WGS-84", "EPSG:4544")))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (",无码街道,990101", "row 8 lacks its code"),
        ("990101008,,990101", "row 8 lacks"),
        ("990101008,新街道,", "row 8 lacks"),
        ("990101008,新街道,990109", "no such parent: 990109"),
        ("990101008,新街道,990101008", "not below the city"),
        ("990101001,又一个,990101", "code stands twice"),
    ],
)
def test_a_code_list_with_a_bad_row_is_refused_and_the_row_named(tmp_path: Path, row: str, words: str) -> None:
    path = tiny_city(tmp_path, Knobs(sources=()))
    with (tmp_path / "codes/streets.csv").open("a", encoding="gb18030") as file:
        file.write(row + "\n")
    with pytest.raises(CityFileError) as wrong:
        make_geography(read_city(path))
    assert words in wrong.value.say("en")


def test_points_are_no_boundaries(tmp_path: Path) -> None:
    path = tiny_city(tmp_path, Knobs(sources=()))
    point = {
        "type": "Feature",
        "properties": {"adcode": "990101"},
        "geometry": {"type": "Point", "coordinates": [110, 30]},
    }
    collection = {"type": "FeatureCollection", "features": [point]}
    (tmp_path / "maps/districts.geojson").write_text(json.dumps(collection), "utf-8")
    with pytest.raises(CityFileError, match="polygons"):
        make_geography(read_city(path))


@pytest.mark.parametrize("stated", ["gb18030", None])
def test_a_shapefile_in_gbk_is_read_in_the_encoding_that_is_stated_or_refused(
    tmp_path: Path, stated: str | None
) -> None:
    tiny_city(tmp_path, Knobs(sources=()))
    shapes = geopandas.read_file(tmp_path / "maps/streets.geojson")
    shapes.rename(columns={"区": "QU", "街道": "JIEDAO"}).to_file(tmp_path / "maps/streets.shp", encoding="gbk")
    (tmp_path / "maps/streets.cpg").unlink(missing_ok=True)
    old = 'file = "maps/streets.geojson", name = "街道", parent_name = "区", crs = "WGS-84"'
    new = 'file = "maps/streets.shp", name = "JIEDAO", parent_name = "QU", crs = "WGS-84"'
    encoding = f', encoding = "{stated}"' if stated else ""
    path = tmp_path / "city.toml"
    path.write_text(path.read_text("utf-8").replace(old, new + encoding), "utf-8")
    if stated is None:
        with pytest.raises(WrongEncoding):
            make_geography(read_city(path))
    else:
        assert make_geography(read_city(path))[2].levels["street"]["joined"] == 5


def test_an_imported_grid_need_not_cover_the_city(tmp_path: Path) -> None:
    geography = made(tmp_path, Knobs(grid="imported", sources=()))
    areas, leaves = geography.areas, geography.leaves
    squares = tiny.imported_cells()
    assert leaves.cells.id == sorted(squares)
    for cell, leaf in zip(leaves.cells.id, leaves.home, strict=True):
        assert areas.code[leaves.area[leaf]] == squares[cell][0]
    assert np.bincount(leaves.cell[leaves.cell >= 0]).tolist() == [1] * len(squares)
    # what lies outside the squares stays the ground of the areas themselves
    whole = geography.area_m2[0]
    assert whole == pytest.approx(0.06 * 96_490 * 0.03 * 110_850, rel=2e-3)
    assert int(leaves.m2[leaves.cell >= 0].sum()) < 0.5 * whole


@pytest.mark.parametrize(
    ("old", "new", "words"), [("居村", "社区", "no such columns"), ("网格", "居村", "cell ids repeat")]
)
def test_an_imported_grid_that_does_not_fit(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = tiny_city(tmp_path, Knobs(grid="imported", sources=()))
    path.write_text(path.read_text("utf-8").replace(f'= "{old}"', f'= "{new}"'), "utf-8")
    with pytest.raises(CityFileError) as wrong:
        make_geography(read_city(path))
    assert words in wrong.value.say("en")


# --- changes -------------------------------------------------------------------------------------


def test_a_geography_is_made_anew_only_when_its_files_change(tmp_path: Path) -> None:
    store = Store.create(sqlite_url(tmp_path / "x.db"))
    city = read_city(tiny_city(tmp_path, Knobs(sources=())))
    first, report, new = load_geography(store, city)
    assert (first.id, new) == (1, True)
    again, same, new = load_geography(store, city)
    assert (again.id, new, same) == (1, False, report)
    moved = read_city(tiny_city(tmp_path, Knobs(sources=(), border=110.01)))
    assert load_geography(store, moved)[0].id == 2
    back, _, new = load_geography(store, read_city(tiny_city(tmp_path, Knobs(sources=()))))
    assert (back.id, new) == (3, True)  # the border is where it was: not the second state but the first again
    shape = back.areas.shape[back.areas.row_of["990101001"]]
    assert shapely.bounds(shape)[2] == pytest.approx(110.015)
    store.close()


def test_the_citys_own_name_is_part_of_its_geography(tmp_path: Path) -> None:
    city = read_city(tiny_city(tmp_path, Knobs(sources=())))
    assert fingerprint(city.model_copy(update={"name": "新安城市"})) != fingerprint(city)


CHANGES = [
    Knobs(sources=(), border=110.01),
    Knobs(sources=(), merged=True),
    Knobs(sources=(), grid="imported"),
    Knobs(sources=(), grid="none"),
]


@pytest.mark.parametrize("knobs", CHANGES, ids=["border", "merged", "imported", "no cells"])
def test_a_change_conserves_every_count(tmp_path: Path, knobs: Knobs) -> None:
    old = made(tmp_path / "old")
    new = made(tmp_path / "new", knobs)
    retired = {"990102003": "990102002"} if knobs.merged else {}
    taken = leaf_map(old, new, retired)
    chance = np.random.default_rng(1)
    vector = np.where(chance.random(len(old.leaves)) < 0.2, int(MISSING), chance.integers(0, 100, len(old.leaves)))
    moved = gather(vector, taken, len(new.leaves))
    assert moved[moved != MISSING].sum() == vector[vector != MISSING].sum()
    for code in old.areas.code:
        stands = retired.get(code, code)
        assert stands in new.areas.row_of
        if code not in retired.values():
            assert _sum(new, moved, stands) >= _sum(old, vector, code)
    for code in ("990101", "990102", "990000"):
        assert _sum(new, moved, code) == _sum(old, vector, code)
    if knobs.merged:
        both = _sum(old, vector, "990102002") + _sum(old, vector, "990102003")
        assert _sum(new, moved, "990102002") == both


def _sum(geography: Geography, vector: np.ndarray, code: str) -> int:
    row = geography.areas.row_of[code]
    part = vector[geography.areas.lo[row] : geography.areas.hi[row]]
    return int(part[part != MISSING].sum())


def test_corrections_and_looking_back_across_a_change(tmp_path: Path) -> None:
    """A person reported under the old borders is corrected under the new ones; the past stays as it was known."""
    knobs = Knobs(sources=("cases",), people=0)
    store = Store.create(sqlite_url(tmp_path / "x.db"))
    city = read_city(tiny_city(tmp_path, knobs))
    person = tiny.Person("P1", tiny.DAYS[0], "确诊", "990102003", 110.055, 30.01)
    other = replace(person, id="P2")
    tiny.write_people(tmp_path / "in/cases.csv", [person, other])
    build(store, city, tiny.SECRET)
    before = store.version()
    merged = read_city(tiny_city(tmp_path, replace(knobs, merged=True)))
    tiny.write_people(tmp_path / "in/cases.csv", [replace(person, street="990101001", lon=110.002)])
    build(store, merged, tiny.SECRET)

    def cases(version: int) -> dict[str, int]:
        view = View(store, version, merged)
        total = view.sums("cases", [tiny.DAYS[0]]).total[0]
        return {view.areas.code[row]: int(n) for row, n in enumerate(total) if n and view.areas.level[row] == "street"}

    assert cases(before) == {"990102003": 2}
    assert cases(before + 1) == {"990102002": 2}  # only the border has changed
    assert cases(before + 2) == {"990102002": 1, "990101001": 1}
    store.close()


def test_the_files_of_the_tiny_city_are_what_they_claim(tmp_path: Path) -> None:
    tiny_city(tmp_path)
    with (tmp_path / "in/cases.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 60
    assert {row["区"] for row in rows} == {"东江区", "西山区"}
