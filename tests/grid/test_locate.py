"""Points to cells and polygons: the same answers as h3 and GEOS, on edges, at the ends of the world."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import h3.api.basic_int as h3
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from grid import hexes, raster
from grid.arrays import Cells, Floats, Shapes
from grid.locate import OUTSIDE, HexLocator, ShapeLocator, find

rng = np.random.default_rng(20220328)


@pytest.fixture(params=["numba", "numpy"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("ONESCREEN_NUMBA", "1" if request.param == "numba" else "0")
    return str(request.param)


def disk(lon: float, lat: float, res: int, rings: int) -> Cells:
    return np.array(sorted(h3.grid_disk(h3.latlng_to_cell(lat, lon, res), rings)), dtype=np.uint64)


def by_h3(cells: Cells, lon: Floats, lat: Floats) -> list[int]:
    res = h3.get_resolution(int(cells[0]))
    row = {cell: i for i, cell in enumerate(cells.tolist())}
    return [row.get(h3.latlng_to_cell(y, x, res), -1) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]


def around(cells: Cells, count: int, spread: float = 1.2) -> tuple[Floats, Floats]:
    west, south, east, north = shapely.total_bounds(hexes.boundaries(cells))
    lon = (west + east) / 2 + spread * (east - west) / 2 * rng.uniform(-1, 1, count)
    return lon, (south + north) / 2 + spread * (north - south) / 2 * rng.uniform(-1, 1, count)


def on_edges(cells: Cells) -> tuple[Floats, Floats]:
    """Corners and edge middles, exact and moved by 1e-15 to 1e-8 degrees."""
    points = shapely.get_coordinates(hexes.boundaries(cells))
    points = np.vstack([points, (points[1:] + points[:-1]) / 2])
    moved = [points + rng.normal(0, 10.0**-power, points.shape) for power in range(8, 16)]
    lon, lat = np.vstack([points, *moved]).T
    return lon, lat


CITIES = {
    "Shanghai": (121.47, 31.2, 9, 25),
    "fine": (121.47, 31.2, 12, 15),
    "finest": (116.4, 39.9, 15, 10),
    "coarse": (113.3, 23.1, 5, 6),
    "two faces": (120.75, 31.28, 8, 20),
    "many faces": (121.47, 31.2, 4, 6),
    "date line": (179.99, -17.0, 9, 15),
    "south": (-70.0, -53.0, 8, 10),
    "pole": (10.0, 89.9, 6, 4),
    "one cell": (121.47, 31.2, 9, 0),
    "whole faces": (121.47, 31.2, 1, 2),
}


@pytest.mark.parametrize("city", CITIES)
def test_cells_as_h3_says(city: str, engine: str) -> None:
    cells = disk(*CITIES[city])
    locator = HexLocator(cells)
    lon, lat = around(cells, 3_000)
    assert locator.rows(lon, np.clip(lat, -90, 90)).tolist() == by_h3(cells, lon, np.clip(lat, -90, 90))
    lon, lat = on_edges(cells[:30])
    assert locator.rows(lon, lat).tolist() == by_h3(cells, lon, lat)


def test_some_city_lies_on_two_faces() -> None:
    assert len(HexLocator(disk(*CITIES["two faces"]))._maps) == 2
    assert HexLocator(disk(*CITIES["Shanghai"]))._clear


@pytest.mark.parametrize("city", ["Shanghai", "two faces", "date line"])
def test_the_rest_of_the_world_is_outside(city: str, engine: str) -> None:
    cells = disk(*CITIES[city])
    lat, lon = np.degrees(np.arcsin(rng.uniform(-1, 1, 5_000))), rng.uniform(-180, 180, 5_000)
    near_lon, near_lat = around(cells, 500)
    lon, lat = np.concatenate([lon, near_lon - 180, near_lon]), np.concatenate([lat, -near_lat, -near_lat])
    assert (HexLocator(cells).rows(lon, lat) == np.array(by_h3(cells, lon, lat))).all()
    assert (HexLocator(cells).rows(lon[5_000:], lat[5_000:]) == OUTSIDE).all()


def test_longitudes_may_go_round(engine: str) -> None:
    cells = disk(*CITIES["date line"])
    lon, lat = around(cells, 100, 0.5)
    assert (HexLocator(cells).rows(lon, lat) == HexLocator(cells).rows(lon + 360, lat)).all()


@given(st.lists(st.tuples(st.floats(), st.floats()), max_size=20))
def test_any_floats_are_answered(points: list[tuple[float, float]]) -> None:
    cells = disk(121.47, 31.2, 9, 3)
    lon, lat = np.array(points, dtype=np.float64).reshape(-1, 2).T
    sane = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    rows = HexLocator(cells).rows(lon, lat)
    assert (rows[~sane & ~np.isfinite(lon)] == OUTSIDE).all()
    assert rows[sane].tolist() == by_h3(cells, lon[sane], lat[sane])


@settings(max_examples=60)
@given(st.integers(0, 6), st.floats(-1e-6, 1e-6), st.floats(-1e-6, 1e-6), st.integers(0, 36), st.floats(0, 1))
def test_points_at_an_edge(corner: int, dx: float, dy: float, cell: int, along: float) -> None:
    cells = disk(121.47, 31.2, 10, 3)
    ring = np.array(h3.cell_to_boundary(int(cells[cell])))[:, ::-1]
    a, b = ring[corner % len(ring)], ring[(corner + 1) % len(ring)]
    point = a + (b - a) * along + [dx, dy]
    lon, lat = point[:1].copy(), point[1:].copy()
    assert HexLocator(cells).rows(lon, lat).tolist() == by_h3(cells, lon, lat)


def test_scattered_cells_are_left_to_h3() -> None:
    cells = np.unique(np.concatenate([disk(121.47, 31.2, 12, 1), disk(100.0, 35.0, 12, 1), disk(-70.0, 40.0, 12, 1)]))
    lon, lat = on_edges(cells)
    assert HexLocator(cells).rows(lon, lat).tolist() == by_h3(cells, lon, lat)


def test_no_cells_no_points() -> None:
    none = np.empty(0, dtype=np.uint64)
    assert HexLocator(none).rows(np.array([121.47]), np.array([31.2])).tolist() == [OUTSIDE]
    assert HexLocator(disk(121.47, 31.2, 9, 2)).rows(np.empty(0), np.empty(0)).size == 0
    assert find(none, np.array([1], dtype=np.uint64)).tolist() == [OUTSIDE]


def test_points_may_be_read_only(engine: str) -> None:
    cells = disk(121.47, 31.2, 9, 2)
    lon, lat = around(cells, 10)
    lon.flags.writeable = lat.flags.writeable = False
    assert HexLocator(cells).rows(lon, lat).tolist() == by_h3(cells, lon, lat)
    assert ShapeLocator(hexes.boundaries(cells)).rows(lon, lat).size == 10


@pytest.mark.parametrize("cells", [disk(121.47, 31.2, 9, 1)[::-1], disk(121.47, 31.2, 9, 1)[[0, 0, 1]],
                                   np.concatenate([disk(121.47, 31.2, 8, 0), disk(121.47, 31.2, 9, 0)])])  # fmt: skip
def test_unusable_cells_are_refused(cells: Cells) -> None:
    with pytest.raises(ValueError, match="cells"):
        HexLocator(cells)


# polygons --------------------------------------------------------------------------------------------


def by_geos(shapes: Shapes, lon: Floats, lat: Floats) -> list[int]:
    """The lowest polygon that holds each point, by trying all of them."""
    points = shapely.points(lon, lat)
    rows = np.full(lon.size, OUTSIDE)
    for row in range(len(shapes) - 1, -1, -1):
        if shapes[row] is not None:
            rows[shapely.contains_properly(shapes[row], points)] = row
    return [int(row) for row in rows]


def patchwork(count: int) -> Shapes:
    """Polygons that share edges: Voronoi regions, cut out of a star with a hole."""
    points = shapely.MultiPoint(rng.uniform(0, 1, (count, 2)))
    regions = shapely.get_parts(shapely.voronoi_polygons(points))
    angle = np.linspace(0, 2 * np.pi, 40)
    radius = 0.35 + 0.1 * np.sin(5 * angle)
    star = shapely.Polygon(np.column_stack([0.5 + radius * np.cos(angle), 0.5 + radius * np.sin(angle)]))
    cut = shapely.intersection(regions, shapely.difference(star, shapely.box(0.45, 0.45, 0.55, 0.6)))
    return np.array([part for part in cut if part.area > 0 and part.geom_type in ("Polygon", "MultiPolygon")])


def hard_points(shapes: Shapes) -> tuple[Floats, Floats]:
    """Everywhere, on corners, on edges, level with corners, a hair off all of these."""
    corners = shapely.get_coordinates(shapes)
    middles = (corners[1:] + corners[:-1]) / 2
    level = np.column_stack([rng.uniform(0, 1, len(corners)), corners[:, 1]])
    upright = np.column_stack([corners[:, 0], rng.uniform(0, 1, len(corners))])
    exact = np.vstack([corners, middles, level, upright])
    hair = exact + rng.normal(0, 1, exact.shape) * 10.0 ** rng.integers(-17, -6, len(exact))[:, None]
    lon, lat = np.vstack([rng.uniform(-0.1, 1.1, (3_000, 2)), exact, hair]).T
    return lon, lat


def check(shapes: Shapes) -> None:
    lon, lat = hard_points(shapes[shapely.is_geometry(shapes)])
    assert ShapeLocator(shapes).rows(lon, lat).tolist() == by_geos(shapes, lon, lat)


@pytest.mark.parametrize("count", [1, 7, 60])
def test_polygons_that_share_edges(count: int, engine: str) -> None:
    check(patchwork(count))


def test_polygons_that_overlap_give_the_lowest(engine: str) -> None:
    boxes = [shapely.box(x, y, x + w, y + w) for x, y, w in rng.uniform(0, 0.6, (25, 3))]
    check(np.array(boxes, dtype=object))
    nested = np.array([shapely.box(0.4, 0.4, 0.6, 0.6), shapely.box(0, 0, 1, 1), shapely.box(0.1, 0.1, 0.9, 0.9)])
    check(nested)
    check(nested[::-1])


@pytest.mark.parametrize("pixels", [0.1, 1, 100])
def test_any_size_of_pixel(pixels: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster, "PIXELS_PER_EDGE", pixels)
    monkeypatch.setattr(raster, "LEAST", 4)
    check(patchwork(20))


def test_corners_on_the_pixels_own_corners() -> None:
    """A raster of whole numbers under polygons of whole numbers: nothing but special cases."""
    cells = [shapely.box(x, y, x + 1, y + 1) for x in range(8) for y in range(8) if (x + y) % 3]
    shapes = np.array(cells, dtype=object)
    edges, owner = raster.ring_edges(shapes)
    frame = np.array([-0.5, -0.5, 0.5, 0.5])
    pixel, edge = raster._touched(edges, frame, 20, 20)
    order = np.argsort(pixel, kind="stable")
    exact = raster._assemble(edges, owner, frame, (20, 20), pixel[order], edge[order])
    at = np.stack(np.meshgrid(np.arange(-1, 9.01, 0.25), np.arange(-1, 9.01, 0.25)), axis=-1).reshape(-1, 2)
    lon, lat = at[:, 0].copy(), at[:, 1].copy()
    rows, geos = exact.rows(lon, lat), np.array(by_geos(shapes, lon, lat))
    assert (rows[rows != raster.ASK] == geos[rows != raster.ASK]).all()
    check(shapes)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=3, max_size=9, unique=True),
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=30),
)
def test_small_whole_numbers(ring: list[tuple[int, int]], points: list[tuple[int, int]]) -> None:
    shape = shapely.Polygon(ring)
    if not shape.is_valid or shape.area == 0:
        return
    shapes = np.array([shape, shapely.box(1, 1, 4, 4)], dtype=object)
    lon, lat = np.array(points, dtype=np.float64).T / 2
    assert ShapeLocator(shapes).rows(lon.copy(), lat.copy()).tolist() == by_geos(shapes, lon, lat)


def test_shapes_that_are_none_or_empty(engine: str) -> None:
    shapes = np.array([None, shapely.Polygon(), shapely.box(0, 0, 1, 1), shapely.MultiPolygon()], dtype=object)
    lon, lat = np.array([0.5, 1.0, 2.0, np.nan, 0.5, np.inf]), np.array([0.5, 0.5, 0.5, 0.5, np.nan, 0.5])
    assert ShapeLocator(shapes).rows(lon, lat).tolist() == [2, -1, -1, -1, -1, -1]
    flat = np.array([shapely.Polygon([(0, 0), (1, 0), (2, 0)])], dtype=object)
    for nothing in (shapes[:2], shapes[:0], flat):
        assert ShapeLocator(nothing).rows(lon, lat).tolist() == [OUTSIDE] * 6


def test_other_geometries_are_refused() -> None:
    with pytest.raises(ValueError, match="polygons"):
        ShapeLocator(np.array([shapely.Point(0, 0)], dtype=object))


def test_two_vectors_of_one_length() -> None:
    with pytest.raises(ValueError, match="one length"):
        ShapeLocator(patchwork(3)).rows(np.zeros(3), np.zeros(2))


def test_importing_compiles_nothing() -> None:
    code = "import sys, grid.locate, grid.count, grid.hexes, grid.crs; sys.exit('numba' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_read_only_installation_still_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """numba finds nowhere to keep its code and says so; the kernel is then compiled for the process."""
    import numba.core.caching

    from grid.jit import Kernel

    def nowhere(*_: object) -> Iterator[None]:
        raise RuntimeError("cannot cache function: no locator available")

    monkeypatch.setattr(numba.core.caching.CacheImpl, "__init__", nowhere)
    side: Kernel[..., float] = Kernel(raster._side.function, raster._side.signature)
    assert side(0.0, 0.0, 1.0, 0.0, 0.5, 0.5) > 0
