"""Coordinates: the shift of China's map services, declared against found, plausible or not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from data.errors import CRSError
from grid import crs
from grid.arrays import Floats
from grid.crs import check_plausible, from_wgs84, plausible, same_crs, shapes_to_wgs84, to_wgs84

PAIRS = Path(__file__).parents[3] / "shared/data/shanghai/boundaries/gcj02_wgs84_pairs.csv"
METRE = 1 / 111_320  # degrees of latitude
GCJ, BD, WGS = crs.crs("GCJ-02"), crs.crs("BD-09"), crs.crs("WGS-84")

#: lon, lat -> GCJ-02 -> BD-09 as coord-convert 0.2.1 computed them (Shanghai, Beijing, Heihe, Urumqi,
#: Guangzhou, Chengdu).
KNOWN = [
    (121.4737, 31.2304, 121.47822305927693, 31.22845773757727, 121.484781468503, 31.234310593689997),
    (116.3975, 39.9087, 116.40374357265176, 39.91010349934476, 116.4101165864734, 39.91644274963076),
    (127.4990, 50.2496, 127.50641041633563, 50.25130462240851, 127.51303419347478, 50.256936132695415),
    (87.6168, 43.8256, 87.61964994946926, 43.82680539311119, 87.62609977081571, 43.83294979479328),
    (113.2644, 23.1291, 113.26972959210308, 23.126423339922844, 113.27615075157122, 23.13271125723948),
    (104.0665, 30.5723, 104.06900490567072, 30.569845540719605, 104.07548094087613, 30.5758561637081),
]


def one(lon: float, lat: float) -> tuple[Floats, Floats]:
    return np.array([lon]), np.array([lat])


@pytest.mark.parametrize(("lon", "lat", "gcj_x", "gcj_y", "bd_x", "bd_y"), KNOWN)
def test_shift_agrees_with_another_library(
    lon: float, lat: float, gcj_x: float, gcj_y: float, bd_x: float, bd_y: float
) -> None:
    # it reads the offset at the true place, we at the shifted one, as the measured pairs want it: 4 m at most
    assert np.allclose(np.ravel(from_wgs84(*one(lon, lat), GCJ)), (gcj_x, gcj_y), rtol=0, atol=4 * METRE)
    assert np.allclose(np.ravel(from_wgs84(*one(lon, lat), BD)), (bd_x, bd_y), rtol=0, atol=4 * METRE)
    once_x, once_y = from_wgs84(*one(lon, lat), GCJ)
    east, north = crs._offset(*one(lon, lat))  # the polynomial itself is theirs to the last digit
    assert np.allclose((lon + east[0], lat + north[0]), (gcj_x, gcj_y), rtol=0, atol=1e-9)
    assert np.allclose(np.ravel(to_wgs84(once_x, once_y, GCJ)), (lon, lat), rtol=0, atol=1e-10)


@given(st.floats(72.1, 137.7), st.floats(0.9, 55.7), st.sampled_from([GCJ, BD]))
def test_round_trip_in_china(lon: float, lat: float, system: crs.CRS) -> None:
    back = to_wgs84(*from_wgs84(*one(lon, lat), system), system)
    assert np.allclose(np.ravel(back), (lon, lat), rtol=0, atol=1e-10)


@given(st.floats(-180, 180), st.floats(-90, 90), st.sampled_from([GCJ, BD]))
def test_nothing_is_shifted_outside_china(lon: float, lat: float, system: crs.CRS) -> None:
    west, south, east, north = crs.CHINA
    if west - 0.1 <= lon <= east + 0.1 and south - 0.1 <= lat <= north + 0.1:
        return
    assert from_wgs84(*one(lon, lat), system) == one(lon, lat)
    assert to_wgs84(*one(lon, lat), system) == one(lon, lat)


def test_nowhere_stays_nowhere() -> None:
    lon, lat = to_wgs84(np.array([np.nan, 121.5, np.inf]), np.array([31.0, 31.2, 31.0]), GCJ)
    assert np.isfinite(lon).tolist() == [False, True, False]
    assert np.isfinite(lat[1])
    empty = np.empty(0)
    assert [part.size for part in to_wgs84(empty, empty, BD)] == [0, 0]


@pytest.mark.skipif(not PAIRS.exists(), reason="the measured pairs are not here")
def test_measured_pairs() -> None:
    gcj_x, gcj_y, lon, lat = np.loadtxt(PAIRS, delimiter=",", skiprows=1).T
    there, back = from_wgs84(lon, lat, GCJ), to_wgs84(gcj_x, gcj_y, GCJ)
    assert max(np.hypot(there[0] - gcj_x, there[1] - gcj_y)) < 0.1 * METRE
    assert max(np.hypot(back[0] - lon, back[1] - lat)) < 0.1 * METRE
    again = from_wgs84(*back, GCJ)
    assert max(np.hypot(again[0] - gcj_x, again[1] - gcj_y)) < 1e-9


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("wgs84", "WGS-84"),
        ("WGS 84", "WGS-84"),
        ("epsg:4326", "WGS-84"),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "WGS-84"),
        (pyproj.CRS("EPSG:4326").to_wkt("WKT1_ESRI"), "WGS-84"),
        ("cgcs2000", "CGCS2000"),
        ("EPSG:4490", "CGCS2000"),
        ("gcj02", "GCJ-02"),
        ("GCJ_02", "GCJ-02"),
        ("火星坐标系", "GCJ-02"),
        ("bd09ll", "BD-09"),
        ("NAD83", "EPSG:4269"),
        ("4549", "EPSG:4549"),
        (pyproj.CRS("EPSG:4549").to_wkt("WKT1_ESRI"), "EPSG:4549"),
    ],
)
def test_spellings(said: str, name: str) -> None:
    assert crs.crs(said).name == name


@pytest.mark.parametrize("said", ["", "  ", "Beijing", "EPSG:999999", "BD09MC", "EPSG:4978", "EPSG:5773"])
def test_unknown_systems_are_refused(said: str) -> None:
    with pytest.raises(CRSError):
        crs.crs(said)


def test_pyproj_systems_go_both_ways() -> None:
    plane = crs.crs("EPSG:4549")
    x, y = from_wgs84(*one(121.47, 31.23), plane)
    assert 600_000 < x[0] < 700_000
    assert 3_400_000 < y[0] < 3_500_000
    assert np.allclose(np.ravel(to_wgs84(x, y, plane)), (121.47, 31.23), rtol=0, atol=1e-9)


def test_cgcs2000_is_wgs84_at_our_scale() -> None:
    assert to_wgs84(*one(121.47, 31.23), crs.crs("CGCS2000")) == one(121.47, 31.23)


def test_shapes() -> None:
    square = shapely.box(121.4, 31.2, 121.5, 31.3)
    shapes = np.array([square, None, shapely.MultiPolygon([square])], dtype=object)
    moved = shapes_to_wgs84(shapes, GCJ)
    corner = to_wgs84(*one(121.4, 31.2), GCJ)
    assert moved[1] is None
    assert shapely.get_coordinates(moved[0])[:-1].tolist().count(np.ravel(corner).tolist()) == 1
    assert moved[2].geom_type == "MultiPolygon"
    assert shapely.equals_exact(shapes_to_wgs84(shapes, WGS)[0], square)


@pytest.mark.parametrize(
    ("declared", "found"),
    [
        ("GCJ-02", None),
        ("GCJ-02", "EPSG:4326"),
        ("BD-09", "OGC:CRS84"),
        ("WGS-84", "EPSG:4490"),
        ("CGCS2000", "EPSG:4326"),
        ("EPSG:4549", pyproj.CRS("EPSG:4549").to_wkt("WKT1_ESRI")),
        ("WGS-84", ""),
    ],
)
def test_a_file_that_does_not_contradict(declared: str, found: str | None) -> None:
    assert same_crs(declared, found, "districts.shp") == crs.crs(declared)


@pytest.mark.parametrize(
    ("declared", "found"),
    [("WGS-84", "EPSG:4549"), ("EPSG:4549", "EPSG:4326"), ("GCJ-02", "EPSG:3857"), ("EPSG:4549", "EPSG:4548"),
     ("NAD83", "EPSG:4326")],
)  # fmt: skip
def test_mixed_input_is_refused(declared: str, found: str) -> None:
    with pytest.raises(CRSError, match=r"districts\.shp.*mixed input is refused"):
        same_crs(declared, found, "districts.shp")


def test_plausible() -> None:
    plane = crs.crs("EPSG:4549")
    x = np.array([640_000.0, 121.47, 40_500_000.0, np.nan])
    y = np.array([3_456_000.0, 31.2, 3_456_000.0, 3_456_000.0])
    assert plausible(x, y, plane).tolist() == [True, False, False, False]
    assert plausible(np.array([121.5, 640_000.0, 31.2]), np.array([31.2, 3_456_000.0, 121.5]), GCJ).tolist() == [
        True, False, False,
    ]  # fmt: skip
    check_plausible(*one(121.5, 31.2), WGS, "cases.csv")
    check_plausible(*one(np.nan, 31.2), WGS, "cases.csv")
    with pytest.raises(CRSError, match=r"cases\.csv.*\(31\.2, 121\.5\)"):
        check_plausible(np.array([121.5, 31.2]), np.array([31.2, 121.5]), WGS, "cases.csv")
