"""The city as its registers know it: codes, names, parents, shapes, people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from data.demo.geography import SIZES, Cells, Land, Scale, Size, make_cells, make_land
from data.demo.names import Name, community_names, district_names, street_names
from data.demo.partition import shares
from data.demo.terrain import rng

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]

PROVINCE = "99"  # no province has this number (GB/T 2260 ends at 82)
RURAL = 0.25  # a community with fewer cells per area than this share of a full cover is a village
OFF_GRID = 0.35  # people per area off the unit grid, relative to the same density on it


@dataclass(frozen=True, eq=False)
class Layer:
    """One level: lists by index; ``parent``: (n,) index into the layer above."""

    codes: list[str]
    names: list[Name]
    parent: Ints
    shapes: Shapes

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True, eq=False)
class Town:
    """The whole city.

    *Places* are where people live: the cells, then, for each community, its land off the grid.
    ``place_community``, ``people``: (cells + communities,); ``pair``: (communities,) responsibility grid;
    ``port``: community index of the market by the port.
    """

    size: Size
    seed: int
    districts: Layer
    streets: Layer
    grids: Layer | None
    communities: Layer
    pair: Ints
    cells: Cells
    cell_ids: list[str]
    place_community: Ints
    people: Ints
    port: int

    @property
    def place_district(self) -> Ints:
        """(places,) district index."""
        return self.streets.parent[self.communities.parent[self.place_community]]

    def per_community(self, values: Ints) -> Ints:
        """(places,) -> (communities,) sums."""
        return np.bincount(self.place_community, values, len(self.communities)).astype(np.int64)


def make_town(scale: Scale, seed: int, size: Size | None = None) -> Town:
    """Geography, names, codes and people of a city of a scale; ``size``: another one than the scale's own."""
    size = size or SIZES[scale]
    land = make_land(size, seed)
    cells = make_cells(size, land, seed)
    land, cells = _renumber(land, cells)
    village = _villages(land, cells)
    districts, streets, communities = _layers(size, land, village, seed)
    grids = _grids(land, streets, communities) if size.responsibility else None
    place_community = np.r_[cells.community, np.arange(len(communities))]
    return Town(
        size,
        seed,
        districts,
        streets,
        grids,
        communities,
        land.pair,
        cells,
        _cell_ids(cells, communities),
        place_community,
        _people(size, land, cells, seed),
        _port(land, cells),
    )


def _renumber(land: Land, cells: Cells) -> tuple[Land, Cells]:
    """Communities in the order of their codes: district, street, kind, west to east, north to south."""
    village = _villages(land, cells)
    town = np.bincount(land.street, village) > np.bincount(land.street) / 2
    street_order = np.lexsort((*_reading(land.unite(land.street)), town, land.district))
    rank = np.argsort(street_order, kind="stable")
    order = np.lexsort((*_reading(land.shapes), village, rank[land.street]))
    new = np.argsort(order, kind="stable")
    pair = land.pair[order]
    _, first, pair = np.unique(pair, return_index=True, return_inverse=True)
    pair = np.argsort(np.argsort(first, kind="stable"), kind="stable")[pair]
    moved = Land(
        land.shapes[order],
        rank[land.street][order],
        land.district[street_order],
        pair,
        land.density,
        land.port,
    )
    community = new[cells.community]
    by = np.lexsort((cells.centre[:, 0], -cells.centre[:, 1].round(3), community))
    return moved, Cells(
        cells.h3[by],
        cells.centre[by],
        community[by],
        cells.weight[by],
        cells.other_weight[order],
        cells.shapes[by],
    )


def _reading(shapes: Shapes) -> tuple[Floats, Floats]:
    """Sort keys, last first: columns from west to east, in each from north to south."""
    centre = shapely.get_coordinates(shapely.point_on_surface(shapes))
    return -centre[:, 1], centre[:, 0].round(2)


def _villages(land: Land, cells: Cells) -> NDArray[np.bool_]:
    on = np.bincount(cells.community, minlength=len(land.shapes))
    full = shapely.area(land.shapes) / np.median(shapely.area(cells.shapes))
    return np.asarray(on < RURAL * full)


def _layers(size: Size, land: Land, village: NDArray[np.bool_], seed: int) -> tuple[Layer, Layer, Layer]:
    random = rng(seed, "names")
    town = np.bincount(land.street, village) > np.bincount(land.street) / 2
    district = [f"{size.prefix}{i + 1:02}" for i in range(size.districts)]
    street = _codes(district, land.district, town, 3, 100)
    community = _codes(street, land.street, village, 3, 200)
    everything = np.zeros(size.districts, dtype=np.int64)
    return (
        Layer(district, district_names(size.districts, size.first), everything, land.unite(land.district[land.street])),
        Layer(street, street_names(list(town), random), land.district, land.unite(land.street)),
        Layer(community, community_names(list(village), random), land.street, land.shapes),
    )


def _codes(upper: list[str], parent: Ints, late: NDArray[np.bool_], digits: int, offset: int) -> list[str]:
    """Codes by parent: 001.. for the one kind, ``offset`` + 1.. for the other (``late``), as the registers do."""
    counts: dict[tuple[int, bool], int] = {}
    codes = []
    for above, second in zip(parent.tolist(), late.tolist(), strict=True):
        counts[above, second] = counts.get((above, second), 0) + 1
        codes.append(f"{upper[above]}{counts[above, second] + offset * second:0{digits}}")
    return codes


def _grids(land: Land, streets: Layer, communities: Layer) -> Layer:
    """Responsibility grids: thirteen digits, street + 9 + number within the street."""
    first = np.unique(land.pair, return_index=True)[1]
    parent = land.street[first]
    number = np.arange(len(parent)) - np.searchsorted(parent, parent)
    codes = [f"{streets.codes[s]}9{n + 1:03}" for s, n in zip(parent, number, strict=True)]
    stem = [communities.names[i] for i in first]
    names = [Name(f"{n.zh}责任网格", f"{n.en} Responsibility Grid") for n in stem]
    return Layer(codes, names, parent, land.unite(land.pair))


def _cell_ids(cells: Cells, communities: Layer) -> list[str]:
    """The official number of each cell: community + W (万) + three digits. Fifteen bare digits would look
    like an old identity number."""
    number = np.arange(cells.community.size) - np.searchsorted(cells.community, cells.community)
    return [f"{communities.codes[c]}W{n + 1:03}" for c, n in zip(cells.community, number, strict=True)]


def _people(size: Size, land: Land, cells: Cells, seed: int) -> Ints:
    """(places,) residents; they add up to the size's number exactly."""
    random = rng(seed, "people")
    on = cells.weight * random.lognormal(0, 0.35, cells.weight.size)
    off = OFF_GRID * cells.other_weight * random.lognormal(0, 0.25, cells.other_weight.size)
    return shares(np.r_[on, off], size.people, least=0)


def _port(land: Land, cells: Cells) -> int:
    """The community of the cell nearest the port."""
    return int(cells.community[np.hypot(*(cells.centre - land.port).T).argmin()])
