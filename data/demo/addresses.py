"""Where a person's record points: coordinates within the own community and cell, in GCJ-02."""

from __future__ import annotations

import h3.api.numpy_int as h3
import numpy as np
import shapely
from numpy.typing import NDArray

from data.demo.areas import Town
from data.demo.geography import RESOLUTION

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

INSET = 4e-5  # degrees, 4 m: points keep this far from borders, so that rounding and GCJ-02 never move them over
TRIES = 14
AXIS, FLATNESS = 6_378_245.0, 0.00669342162296594323  # Krasovsky 1940: axis in metres, squared eccentricity
OFFSET_LON, OFFSET_LAT = 105.0, 35.0


def to_gcj(lonlat: Floats) -> Floats:
    """(n, 2) WGS-84 degrees -> GCJ-02 degrees, by the published approximation."""
    x, y = (lonlat - [OFFSET_LON, OFFSET_LAT]).T
    wave = 20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)
    root = np.sqrt(np.abs(x))
    lat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    lat += (wave + 20 * np.sin(np.pi * y) + 40 * np.sin(np.pi * y / 3)) * 2 / 3
    lat += (160 * np.sin(np.pi * y / 12) + 320 * np.sin(np.pi * y / 30)) * 2 / 3
    lon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    lon += (wave + 20 * np.sin(np.pi * x) + 40 * np.sin(np.pi * x / 3)) * 2 / 3
    lon += (150 * np.sin(np.pi * x / 12) + 300 * np.sin(np.pi * x / 30)) * 2 / 3
    phi = np.radians(lonlat[:, 1])
    magic = 1 - FLATNESS * np.sin(phi) ** 2
    lat_metres = AXIS * (1 - FLATNESS) / magic**1.5
    lon_metres = AXIS / np.sqrt(magic) * np.cos(phi)
    return np.asarray(lonlat + np.degrees(np.column_stack([lon / lon_metres, lat / lat_metres])))


def points(town: Town, place: Ints, random: np.random.Generator) -> Floats:
    """(n,) places -> (n, 2) lon, lat in WGS-84 within cell and community; NaN where no point was found.

    A point of a community's land off the grid is in no cell of the grid.
    """
    inner = shapely.buffer(town.communities.shapes, -INSET)
    bounds = shapely.bounds(town.communities.shapes)
    grid = np.sort(town.cells.h3)
    found = np.full((place.size, 2), np.nan)
    open_ = np.arange(place.size)
    for _ in range(TRIES):
        drawn = _draw(town, place[open_], bounds, random)
        good = shapely.contains_xy(inner[town.place_community[place[open_]]], drawn)
        off = good & (place[open_] >= town.size.cells)
        good[off] = ~_on_grid(drawn[off], grid)
        found[open_[good]] = drawn[good]
        open_ = open_[~good]
    return found


def _draw(town: Town, place: Ints, bounds: Floats, random: np.random.Generator) -> Floats:
    """One try a place: a point of the cell's hexagon, or of the community's box."""
    box = bounds[town.place_community[place]]
    drawn = box[:, :2] + random.random((place.size, 2)) * (box[:, 2:] - box[:, :2])
    on = np.flatnonzero(place < town.size.cells)
    corners = shapely.get_coordinates(town.cells.shapes[place[on]]).reshape(-1, 7, 2)
    centre = town.cells.centre[place[on]]
    side = random.integers(0, 6, on.size)
    a, b = (corners[np.arange(on.size), side + i] - centre for i in (0, 1))
    u, v = 0.96 * np.sqrt(random.random(on.size)), random.random(on.size)
    drawn[on] = centre + (u * v)[:, None] * a + (u * (1 - v))[:, None] * b
    return drawn


def _on_grid(lonlat: Floats, grid: NDArray[np.uint64]) -> NDArray[np.bool_]:
    cells = np.array([h3.latlng_to_cell(lat, lon, RESOLUTION) for lon, lat in lonlat], dtype=np.uint64)
    return np.isin(cells, grid)
