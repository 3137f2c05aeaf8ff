"""Every format opens again with the same rows, values and coordinate system, and gives the same bytes twice."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
import pyogrio
import pytest
import python_calamine
import shapely
from hypothesis import given
from hypothesis import strategies as st

from dashboard.exports import FORMATS, Format, Layer, Wish, file_name, format_of, layer_of
from dashboard.exports.shapefile import NAME_BYTES, short_names
from dashboard.queries import Desk, Viewer
from data.errors import BadQuestion
from data.spreadsheets import harmless
from grid.cube import Cube
from grid.measures import MEASURES
from tests import tiny

DAY = tiny.DAYS[4]
MAPS = [form for form in FORMATS if form.id in ("geojson", "parquet", "fgb", "shp")]
WISHES = [
    Wish("positives", level="street", day=DAY),  # a park on no map, names only in the city file
    Wish("incidence_7d", level="cell", day=DAY),
    Wish("growth", area="990101", level="community", day=DAY),  # missing, and communities without borders
    Wish("zones", day=DAY),
]


@pytest.fixture(scope="module")
def desk(tiny_cube: Cube) -> Desk:
    return Desk(tiny_cube)


@pytest.fixture(scope="module", params=WISHES, ids=[wish.layer for wish in WISHES])
def layer(desk: Desk, request: pytest.FixtureRequest) -> Layer:
    return layer_of(desk, Viewer(), request.param)


def opened(form: Format, body: bytes, folder: Path) -> geopandas.GeoDataFrame:
    """The file as a desktop program reads it."""
    path = folder / f"one.{form.suffix}"
    path.write_bytes(body)
    if form.id == "parquet":
        return geopandas.read_parquet(path)
    return pyogrio.read_dataframe(f"/vsizip/{path}" if form.id == "shp" else path)


def plain(value: Any) -> Any:
    """A value whatever the format made of it."""
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, (pd.Timestamp, dt.datetime)):
        return value.date()
    return (
        round(float(value), 9)
        if isinstance(value, (int, float))
        else str(value)
        if not isinstance(value, dt.date)
        else value
    )


@pytest.mark.parametrize("form", MAPS, ids=lambda form: form.id)
def test_a_map_opens_again_as_it_was(layer: Layer, form: Format, tmp_path: Path) -> None:
    frame = opened(form, form.write(layer), tmp_path)
    assert frame.crs.to_string() in ("OGC:CRS84", "EPSG:4326")
    assert len(frame) == len(layer) > 0
    ids = [column.id for column in layer.columns]
    names = short_names(ids) if form.id == "shp" else ids
    rows = {row["code"]: row for row in frame.to_dict("records")}
    for at in range(len(layer)):
        wanted, found = layer.row(at), rows[layer.data["code"][at]]
        assert {id: plain(found[name]) for id, name in zip(ids, names, strict=True)} == {
            id: plain(value) for id, value in wanted.items()
        }
        shape = layer.shapes[at]
        assert (found["geometry"] is None) == (shape is None)
        if shape is not None:
            assert shapely.hausdorff_distance(found["geometry"], shape) < 1e-7


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.id)
def test_the_same_layer_is_the_same_bytes(layer: Layer, desk: Desk, form: Format) -> None:
    again = layer_of(desk, Viewer(), next(wish for wish in WISHES if wish.layer == layer.id))
    assert form.write(again) == form.write(layer)


def test_numbers_are_the_desks_and_no_state_is_another(desk: Desk) -> None:
    for name in ("positives", "growth", "zone_lockdown_people"):
        layer = layer_of(desk, Viewer(), Wish(name, level="street", day=DAY))
        wanted = desk.ask(Viewer(), name, level="street", days=[DAY])
        told = list(zip(layer.data["code"], layer.data[name], layer.data[f"{name}_state"], strict=True))
        assert told == [(a.area, a.value, a.state) for a in wanted]


def test_geojson_is_rfc_7946(layer: Layer) -> None:
    made = json.loads(format_of("geojson").write(layer))
    assert "crs" not in made
    assert made["version"] == layer.version
    for feature in made["features"]:
        shape = feature["geometry"] and shapely.geometry.shape(feature["geometry"])
        for part in shapely.get_parts(shape) if shape else ():
            assert part.exterior.is_ccw
        assert feature["id"] == feature["properties"]["code"]


def test_csv_is_for_spreadsheets(layer: Layer) -> None:
    body = format_of("csv").write(layer)
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert rows[0] == [column.zh for column in layer.columns]
    assert [row[0] for row in rows[1:]] == [harmless(code) for code in layer.data["code"]]
    for at, column in enumerate(layer.columns):
        if column.kind in ("whole", "real"):
            assert [float(row[at]) if row[at] else None for row in rows[1:]] == list(layer.data[column.id])


def bad(layer: Layer) -> Layer:
    """The layer with a name that would be a formula, one that GBK cannot hold, and one that is far too long."""
    names = ["=1+1", "㐂𠮷村", "长" * 200, *layer.data["name"][3:]]
    return replace(layer, data={**layer.data, "name": names})


def test_formulas_stay_texts_in_csv_and_excel(desk: Desk) -> None:
    layer = bad(layer_of(desk, Viewer(), WISHES[0]))
    rows = list(csv.reader(io.StringIO(format_of("csv").write(layer).decode("utf-8-sig"))))
    assert rows[1][1] == "'=1+1"
    sheet = zipfile.ZipFile(io.BytesIO(format_of("xlsx").write(layer))).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet


def test_excel_holds_the_rows_as_numbers_days_and_texts(layer: Layer) -> None:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(format_of("xlsx").write(layer)))
    head, *rows = book.get_sheet_by_index(0).to_python()
    assert head == [column.zh for column in layer.columns]
    for at, column in enumerate(layer.columns):
        wanted = ["" if value is None else value for value in layer.data[column.id]]
        assert [row[at] for row in rows] == wanted, column.id
    about = {str(row[0]): row[1] for row in book.get_sheet_by_index(1).to_python()}
    assert str(about["批次"]) == str(layer.version)


def test_shapefile_is_gbk_and_says_what_it_shortened(desk: Desk, tmp_path: Path) -> None:
    layer = bad(layer_of(desk, Viewer(), WISHES[0]))
    body = format_of("shp").write(layer)
    made = zipfile.ZipFile(io.BytesIO(body))
    assert made.read("positives.cpg") == b"GBK"
    assert "柳林街道".encode("gbk") in made.read("positives.dbf")
    readme = made.read("readme.txt").decode("utf-8-sig")
    assert "positiv_st  positives_state" in readme
    assert readme.rstrip().endswith("GBK 中没有的字符以 ? 代替：2")
    frame = opened(format_of("shp"), body, tmp_path)
    assert frame["name"].tolist()[:4] == ["=1+1", "??村", "长" * 127, layer.data["name"][3]]
    assert frame.set_index("code").loc["990102002", "name"] == "柳林街道"


@given(st.lists(st.text("abcABC_", min_size=1, max_size=24).map(lambda name: name + "_x"), unique=True, max_size=40))
def test_short_names_fit_and_differ(names: list[str]) -> None:
    made = short_names([*names, *(f"{name}_state" for name in names)])
    assert all(len(name.encode()) <= NAME_BYTES for name in made)
    assert len({name.lower() for name in made}) == len(made)
    assert all(name.endswith("_st") for name in made[len(names) :])


def test_short_names_of_every_measure_differ() -> None:
    names = [id for name in MEASURES for id in (name, f"{name}_state")]
    assert len({name.lower() for name in short_names(names)}) == len(names)


def test_an_empty_layer_opens_too(desk: Desk, tmp_path: Path) -> None:
    layer = layer_of(desk, Viewer(), Wish("flows"))
    assert len(layer) == 0
    for form in FORMATS:
        assert form.write(layer)
    for form in MAPS:
        assert len(opened(form, form.write(layer), tmp_path)) == 0


def test_names_say_what_is_inside(desk: Desk) -> None:
    layer = layer_of(desk, Viewer("en"), Wish("positives", level="street", day=DAY))
    assert file_name(layer, format_of("shp")) == f"Ancheng_New-positives_street_{DAY}_v{layer.version}.zip"
    assert file_name(replace(layer, simulated=True), format_of("csv")).startswith("SIMULATED_")
    with pytest.raises(BadQuestion):
        format_of("gml")
