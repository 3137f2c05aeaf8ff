"""The invented city's areas and unit grid, on the ground.

The island lies in open sea east of the mainland, where there is no land, and inside one face of the
icosahedron of H3. Nothing of it exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import h3.api.numpy_int as h3
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from data.demo.density import Density, make_density
from data.demo.partition import Piece, cut_blocks, cut_cells, seam, share_points, shares
from data.demo.terrain import Terrain, Warp, make_terrain, make_warp, rng

#: "province": one of the cities of the demo province (data.demo.province), a town of fewer days.
Scale = Literal["town", "city", "megacity", "province"]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shapes = NDArray[np.object_]

LON, LAT = 123.5, 29.3
EARTH = 6_371_008.8  # mean radius, metres (IUGG)
RESOLUTION = 10  # about 12,400 m2 here: the class of the 10,000 m2 unit grid
SLOPES = (0.34, 0.28, 0.22, 0.15, 0.08, 0.0)  # of the warp; 0 always holds, and looks drawn with a ruler
DIGITS = 7  # of a degree: a centimetre
FLATTEN = 0.55  # power of the density that residents follow: tall centres have offices, not only homes
POINTS = 45  # people-points a community: a cut is then good to a sixth of a community
SITES = 700  # lattice points a side on which people-points are drawn


@dataclass(frozen=True)
class Size:
    """How big a city is, and where. ``radius`` in metres; ``responsibility`` 0: the city has no such level; ``prefix``
    begins its codes, ``tag`` the names of its rule packs; ``first`` of the districts' names is its first."""

    name: str
    name_en: str
    radius: float
    districts: int
    streets: int
    communities: int
    responsibility: int
    cells: int
    people: int
    days: int
    prefix: str = "9901"
    lon: float = LON
    lat: float = LAT
    tag: str = "demo"
    first: int = 0


SIZES: dict[Scale, Size] = {
    "town": Size("汀屿市", "Tingyu", 7_200, 4, 22, 180, 0, 3_000, 600_000, 42),
    "city": Size("星澜市", "Xinglan", 16_500, 8, 90, 1_500, 0, 15_000, 6_000_000, 60),
    "megacity": Size("沧澜市", "Canglan", 29_000, 16, 215, 5_963, 5_386, 44_558, 25_000_000, 60),
    "province": Size("汀屿市", "Tingyu", 7_200, 4, 22, 180, 0, 3_000, 600_000, 21),
}


@dataclass(frozen=True, eq=False)
class Land:
    """The areas without names. ``shapes``: (communities,) polygons in degrees; ``street``: (communities,)
    index of the street; ``district``: (streets,) index of the district; ``pair``: (communities,) index of
    the responsibility grid (the community's own index where there is no such level); ``port``: lon, lat."""

    shapes: Shapes
    street: Ints
    district: Ints
    pair: Ints
    density: Density
    port: Floats

    def unite(self, group: Ints) -> Shapes:
        """The communities united by ``group`` (0..n-1), borders kept vertex by vertex."""
        order = np.argsort(group, kind="stable")
        starts = np.flatnonzero(np.diff(group[order], prepend=-1))
        united = [shapely.coverage_union_all(part) for part in np.split(self.shapes[order], starts[1:])]
        return np.asarray(shapely.normalize(np.array(united)))


@dataclass(frozen=True, eq=False)
class Cells:
    """The unit grid. ``h3``: (n,) uint64; ``centre``: (n, 2) degrees; ``community``: (n,) index;
    ``weight``: (n,) relative numbers of people; ``other_weight``: (communities,) the same, off the grid."""

    h3: NDArray[np.uint64]
    centre: Floats
    community: Ints
    weight: Floats
    other_weight: Floats
    shapes: Shapes = field(repr=False)


def ground(points: Floats, size: Size) -> Floats:
    """(n, 2) points of the unit map -> lon, lat in degrees, rounded, by the equirectangular plane."""
    degrees = np.degrees(points * size.radius / EARTH)
    return np.asarray(np.round(degrees / [np.cos(np.radians(size.lat)), 1.0] + [size.lon, size.lat], DIGITS))


def unground(lonlat: Floats, size: Size) -> Floats:
    """The inverse of :func:`ground`, without the rounding."""
    plane = (lonlat - [size.lon, size.lat]) * [np.cos(np.radians(size.lat)), 1.0]
    return np.asarray(np.radians(plane) * EARTH / size.radius)


def make_land(size: Size, seed: int) -> Land:
    """Districts, streets and communities of a city of ``size``.

    A seed whose warp folds the map somewhere is drawn again with a gentler one.
    """
    for slope in SLOPES:
        land = _make_land(size, seed, make_warp(seed, slope))
        if shapely.is_valid(land.shapes).all() and shapely.coverage_is_valid(land.shapes):
            return land
    raise ValueError(f"seed {seed} makes no map without folds")


def _make_land(size: Size, seed: int, warp: Warp) -> Land:
    terrain = make_terrain(seed)
    density = make_density(seed, terrain, warp)
    random = rng(seed, "land")
    people = _people(size, terrain, warp, density, random)
    isles = max(len(terrain.islands), round(0.012 * size.communities))
    streets, district = _streets(size, terrain, share_points(terrain.banks, people), random)
    pieces, street = _communities(streets, size.communities - isles, random)
    island_pieces = _islands(terrain, isles, random)
    pieces += island_pieces
    street = np.r_[street, np.full(len(island_pieces), len(streets))]
    home = _nearest(terrain.islands[0], streets)
    shapes = seam([piece.shape for piece in pieces], lambda p: ground(warp(p), size))
    pair = _pairs(pieces, street, size)
    port = ground(warp(terrain.port[None]), size)[0]
    return Land(shapes, street, np.r_[district, district[home]], pair, density, port)


def _people(size: Size, terrain: Terrain, warp: Warp, density: Density, random: np.random.Generator) -> Floats:
    """People-points, drawn by density^0.7: dense quarters get smaller areas that still hold more people."""
    axis = np.linspace(-1.6, 1.6, SITES)
    sites = np.column_stack([a.ravel() for a in np.meshgrid(axis, axis)])
    land = shapely.union_all(terrain.banks)
    shapely.prepare(land)
    sites = sites[shapely.contains_xy(land, sites)]
    weight = density(warp(sites)) ** 0.7
    drawn = random.choice(len(sites), size.communities * POINTS, p=weight / weight.sum())
    return np.asarray(sites[drawn] + random.uniform(-0.5, 0.5, (drawn.size, 2)) * (axis[1] - axis[0]))


def _streets(size: Size, terrain: Terrain, banks: list[Piece], random: np.random.Generator) -> tuple[list[Piece], Ints]:
    """The streets of the main island and the district of each, numbered from the old town outwards."""
    weight = np.array([len(bank.points) for bank in banks], dtype=float)
    districts = [
        piece
        for bank, n in zip(banks, shares(weight, size.districts), strict=True)
        for piece in cut_cells(bank, int(n), random)
    ]
    old_town = shapely.Point(terrain.old_town)
    districts.sort(key=lambda piece: piece.shape.centroid.distance(old_town))
    weight = np.array([len(piece.points) for piece in districts]) ** 0.8
    counts = shares(weight, size.streets - 1, least=3)
    streets = [cut_blocks(piece, int(n), random) for piece, n in zip(districts, counts, strict=True)]
    return [street for part in streets for street in part], np.repeat(np.arange(size.districts), counts)


def _communities(streets: list[Piece], total: int, random: np.random.Generator) -> tuple[list[Piece], Ints]:
    weight = np.array([len(street.points) for street in streets], dtype=float)
    counts = shares(weight, total, least=3)
    parts = [cut_blocks(piece, int(n), random) for piece, n in zip(streets, counts, strict=True)]
    return [piece for part in parts for piece in part], np.repeat(np.arange(len(streets)), counts)


def _islands(terrain: Terrain, total: int, random: np.random.Generator) -> list[Piece]:
    area = np.array([island.area for island in terrain.islands])
    return [
        piece
        for island, n in zip(terrain.islands, shares(area, total), strict=True)
        for piece in cut_blocks(Piece(island, _scatter(island, random)), int(n), random)
    ]


def _scatter(shape: Polygon, random: np.random.Generator) -> Floats:
    west, south, east, north = shape.bounds
    box = random.uniform((west, south), (east, north), (400, 2))
    return np.asarray(box[shapely.contains_xy(shape, box)])


def _nearest(shape: Polygon, pieces: Sequence[Piece]) -> int:
    return int(np.argmin(shapely.distance(shape, np.array([piece.shape for piece in pieces]))))


def _pairs(pieces: list[Piece], street: Ints, size: Size) -> Ints:
    """Responsibility grids: neighbours of the last cut joined where they hold the fewest people."""
    number = np.arange(len(pieces))
    merges = len(pieces) - size.responsibility if size.responsibility else 0
    held = np.array([len(piece.points) for piece in pieces])
    taken = np.zeros(len(pieces), dtype=bool)
    for i in np.argsort(held[:-1] + held[1:], kind="stable"):
        if merges and street[i] == street[i + 1] and not taken[i : i + 2].any() and _touch(pieces, i):
            taken[i : i + 2] = True
            number[i + 1] = number[i]
            merges -= 1
    return np.unique(number, return_inverse=True)[1].astype(np.int64)


def _touch(pieces: list[Piece], i: int) -> bool:
    a, b = pieces[i].shape, pieces[i + 1].shape
    return bool(shapely.area(shapely.intersection(shapely.buffer(a, 1e-4), b)) > 1e-7)


def make_cells(size: Size, land: Land, seed: int) -> Cells:
    """The unit grid: the densest cells whose centre lies in a community.

    Raises ValueError if the land has fewer cells than the grid wants.
    """
    index, centre, community = _candidates(land)
    at = unground(centre, size)
    weight = land.density(at)
    score = np.log(weight) + 0.6 * land.density.roughness(3 * at)  # a finer grain: parks and works within quarters
    chosen = np.sort(np.argsort(-score, kind="stable")[: size.cells])
    if chosen.size < size.cells:
        raise ValueError("the land is too small for the grid")
    off = np.delete(weight, chosen) ** FLATTEN
    other = np.bincount(np.delete(community, chosen), off, len(land.shapes)).astype(float)
    order = chosen[np.lexsort((centre[chosen, 0], -centre[chosen, 1].round(3), community[chosen]))]
    return Cells(index[order], centre[order], community[order], weight[order] ** FLATTEN, other, hexagons(index[order]))


def _candidates(land: Land) -> tuple[NDArray[np.uint64], Floats, Ints]:
    west, south, east, north = shapely.total_bounds(land.shapes)
    box = h3.LatLngPoly([(south, west), (south, east), (north, east), (north, west)])
    index = np.sort(h3.polygon_to_cells(box, RESOLUTION))
    centre = np.array([h3.cell_to_latlng(cell) for cell in index])[:, ::-1]
    points, area = shapely.STRtree(land.shapes).query(shapely.points(centre), "within")
    return index[points], np.ascontiguousarray(centre[points]), area.astype(np.int64)


def hexagons(index: NDArray[np.uint64]) -> Shapes:
    """(n,) H3 cells -> (n,) polygons in degrees, rounded alike so that neighbours share corners."""
    corners = np.array([h3.cell_to_boundary(cell) for cell in index])[:, :, ::-1]
    return np.asarray(shapely.polygons(np.round(corners, DIGITS)))
