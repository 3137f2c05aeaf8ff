"""Points to communities against geopandas.sjoin, points to H3 cells against h3-py, one thread each.

Timed: for both sides from ready inputs to one row per point. sjoin gets its GeoDataFrames of points and
polygons ready made (making a million point objects takes it longer than our whole answer) and h3-py its
coordinates as Python lists; our locators are ready made as well, their making is printed. Compared: every
answer on the million points and on 200,000 points that lie on corners and edges or a hair beside them.
"""

from __future__ import annotations

import time

import geopandas as gpd
import h3.api.basic_int as h3
import numpy as np
import shapely

from grid import hexes
from grid.arrays import Cells, Floats, Rows, Shapes
from grid.locate import HexLocator, ShapeLocator
from tests.bench import city
from tests.bench.table import Verdict, interleaved, show

POINTS, EDGE_POINTS, RES, ROUNDS = 1_000_000, 200_000, 9, 5
GOAL_SHAPES, GOAL_CELLS = 20, 25


def run() -> Verdict:
    """Both comparisons."""
    shapes = city.communities(6_000, seed=1)
    lon, lat = city.residents(POINTS, seed=2)
    vertices = np.median(shapely.get_num_coordinates(shapes))
    print(f"{len(shapes)} communities, median {vertices:.0f} vertices; {POINTS:,} points, {ROUNDS} rounds")
    in_shapes, same_shapes = _shapes(shapes, lon, lat)
    in_cells, same_cells = _cells(shapes, lon, lat)
    same = "identical" if same_shapes and same_cells else "DIFFERENT"
    return Verdict(
        f"communities {in_shapes:.0f}x sjoin, cells {in_cells:.0f}x h3-py, answers {same}",
        f"goal: >= {GOAL_SHAPES}x, >= {GOAL_CELLS}x, identical",
        in_shapes >= GOAL_SHAPES and in_cells >= GOAL_CELLS and same_shapes and same_cells,
    )


def _shapes(shapes: Shapes, lon: Floats, lat: Floats) -> tuple[float, bool]:
    start = time.perf_counter()
    locator = ShapeLocator(shapes)
    locator.rows(lon[:10], lat[:10])
    made = time.perf_counter() - start
    polygons = gpd.GeoDataFrame(geometry=shapes)
    points = gpd.GeoDataFrame(geometry=shapely.points(lon, lat))
    seconds = interleaved(
        {
            "ours": lambda: locator.rows(lon, lat),
            "geopandas.sjoin within": lambda: gpd.sjoin(points, polygons, predicate="within"),
        },
        ROUNDS,
    )
    _report("points -> communities", seconds, made)
    edge_lon, edge_lat = _beside(shapely.get_coordinates(shapes))
    same = all((locator.rows(x, y) == _by_sjoin(polygons, x, y)).all() for x, y in ((lon, lat), (edge_lon, edge_lat)))
    return seconds["geopandas.sjoin within"] / seconds["ours"], bool(same)


def _by_sjoin(polygons: gpd.GeoDataFrame, lon: Floats, lat: Floats) -> Rows:
    points = gpd.GeoDataFrame(geometry=shapely.points(lon, lat))
    found = gpd.sjoin(points, polygons, predicate="within")["index_right"]
    lowest = found.groupby(level=0).min()
    rows = np.full(lon.size, -1, dtype=np.int32)
    rows[lowest.index.to_numpy()] = lowest.to_numpy()
    return rows


def _cells(shapes: Shapes, lon: Floats, lat: Floats) -> tuple[float, bool]:
    cells = np.unique(np.concatenate([hexes.cover(shape, RES) for shape in shapes]))
    start = time.perf_counter()
    locator = HexLocator(cells)
    locator.rows(lon[:10], lat[:10])
    made = time.perf_counter() - start
    lons, lats = lon.tolist(), lat.tolist()
    seconds = interleaved(
        {
            "ours": lambda: locator.rows(lon, lat),
            "h3-py int loop": lambda: [h3.latlng_to_cell(y, x, RES) for x, y in zip(lons, lats, strict=True)],
        },
        ROUNDS,
    )
    _report(f"points -> {len(cells)} cells, resolution {RES}", seconds, made)
    corners = shapely.get_coordinates(hexes.boundaries(cells[:: max(1, len(cells) // 20_000)]))
    edge_lon, edge_lat = _beside(corners)
    same = all((locator.rows(x, y) == _by_h3(cells, x, y)).all() for x, y in ((lon, lat), (edge_lon, edge_lat)))
    return seconds["h3-py int loop"] / seconds["ours"], bool(same)


def _by_h3(cells: Cells, lon: Floats, lat: Floats) -> Rows:
    row = {cell: i for i, cell in enumerate(cells.tolist())}
    found = (row.get(h3.latlng_to_cell(y, x, RES), -1) for x, y in zip(lon.tolist(), lat.tolist(), strict=True))
    return np.fromiter(found, dtype=np.int32, count=lon.size)


def _beside(corners: Floats) -> tuple[Floats, Floats]:
    """EDGE_POINTS on corners and edges' middles, half of them moved by 1e-16 to 1e-9 degrees."""
    rng = np.random.default_rng(3)
    at = rng.integers(0, len(corners) - 1, EDGE_POINTS)
    points = np.where(rng.random((EDGE_POINTS, 1)) < 0.5, corners[at], (corners[at] + corners[at + 1]) / 2)
    hair = rng.normal(0, 1, points.shape) * 10.0 ** rng.integers(-16, -8, (EDGE_POINTS, 1))
    points = points + np.where(rng.random((EDGE_POINTS, 1)) < 0.5, hair, 0.0)
    return points[:, 0].copy(), points[:, 1].copy()


def _report(title: str, seconds: dict[str, float], made: float) -> None:
    print()
    best = min(seconds.values())
    rows = [(name, f"{s:.3f}", f"{POINTS / s / 1e6:.2f}", f"{s / best:.1f}") for name, s in seconds.items()]
    show((title, "s", "M points/s", "x"), rows)
    print(f"making the locator: {made:.2f} s")
