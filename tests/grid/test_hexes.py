"""H3: covers, outlines, sizes, numbers; the lattice underneath."""

from __future__ import annotations

import h3.api.basic_int as h3
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from grid import lattice
from grid.arrays import Cells
from grid.hexes import areas_m2, boundaries, cover, parse_cells
from grid.lattice import NoLattice


def by_h3(area: shapely.Geometry, res: int) -> list[int]:
    """The cover as H3 itself gives it, part by part."""
    parts = [h3.geo_to_h3shape(part) for part in shapely.get_parts(area)]
    return sorted({c for part in parts for c in h3.h3shape_to_cells_experimental(part, res, "overlap")})


def star(lon: float, lat: float, radii: list[float]) -> shapely.Polygon:
    angle = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    away = np.array(radii)[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return shapely.Polygon(np.array([lon, lat]) + away)


def disk(lon: float, lat: float, res: int, rings: int) -> Cells:
    return np.array(sorted(h3.grid_disk(h3.latlng_to_cell(lat, lon, res), rings)), dtype=np.uint64)


@settings(max_examples=60)
@given(
    st.floats(-179, 179),
    st.floats(-70, 70),
    st.lists(st.floats(0.002, 0.12), min_size=3, max_size=12),
    st.integers(4, 8),
)
def test_cover_is_h3s_own(lon: float, lat: float, radii: list[float], res: int) -> None:
    area = star(lon, lat, radii)
    ours, theirs = set(cover(area, res).tolist()), set(by_h3(area, res))
    # two engines may differ on a cell that the area touches by less than rounding
    for cell in ours ^ theirs:
        outline = boundaries(np.array([cell], dtype=np.uint64))[0]
        assert shapely.area(shapely.intersection(outline, area)) < 1e-12


def test_cover_with_holes_and_islands() -> None:
    city = shapely.difference(star(121.47, 31.2, [0.2, 0.25, 0.15, 0.22]), shapely.box(121.45, 31.18, 121.5, 31.22))
    whole = shapely.union(city, shapely.box(121.8, 31.4, 121.82, 31.45))
    cells = cover(whole, 8)
    assert cells.tolist() == by_h3(whole, 8)
    assert cells.dtype == np.uint64
    assert shapely.intersects(whole, boundaries(cells)).all()


def test_cover_of_almost_nothing() -> None:
    assert cover(shapely.Polygon(), 9).size == 0
    speck = shapely.box(121.47, 31.2, 121.47 + 1e-9, 31.2 + 1e-9)
    assert cover(speck, 9).tolist() == [h3.latlng_to_cell(31.2, 121.47, 9)]


def test_outlines_are_the_cells_own() -> None:
    cells = disk(121.47, 31.2, 9, 10)
    shapes = boundaries(cells)
    for cell, shape in zip(cells.tolist(), shapes, strict=True):
        ring = [(x, y) for y, x in h3.cell_to_boundary(cell)]
        assert list(shape.exterior.coords)[:-1] == ring
    assert boundaries(np.empty(0, dtype=np.uint64)).size == 0


def test_sizes_are_each_cells_own() -> None:
    cells = np.concatenate([disk(121.47, 31.2, 9, 1), disk(2.3, 48.9, 9, 1)])
    sizes = areas_m2(cells)
    assert sizes.tolist() == [h3.cell_area(cell, unit="m^2") for cell in cells.tolist()]
    assert abs(sizes[0] / h3.average_hexagon_area(9, unit="m^2") - 1) > 0.2  # the average would be wrong
    assert areas_m2(cells[:0]).size == 0


def test_parse() -> None:
    cell = h3.latlng_to_cell(31.2, 121.47, 9)
    said = [f"{cell:x}", f" 0x{cell:X} ", f"0{cell:x}", str(cell), cell, None, "", "nonsense", f"{cell:x}0", 1, -5]
    assert parse_cells(said).tolist() == [cell] * 5 + [0] * 6
    assert parse_cells([]).dtype == np.uint64


def test_faces_are_h3s() -> None:
    rng = np.random.default_rng(1)
    lat, lon = np.degrees(np.arcsin(rng.uniform(-1, 1, 500))), rng.uniform(-180, 180, 500)
    face, gap = lattice.nearest_face(lattice.unit_vectors(lon, lat))
    cells = [h3.latlng_to_cell(y, x, 5) for x, y in zip(lon, lat, strict=True)]
    theirs = [h3.get_icosahedron_faces(cell) for cell in cells]
    clear = gap > lattice.STRIP * lattice.spacing(5)
    assert all(len(theirs[i]) == 1 for i in np.flatnonzero(clear))
    # the same points are on the same face, whatever its number
    pairs = {(int(face[i]), theirs[i][0]) for i in np.flatnonzero(clear)}
    assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs}) == 20


@settings(max_examples=40)
@given(st.floats(-180, 180), st.floats(-85, 85), st.integers(3, 11))
def test_lattice_fits_everywhere(lon: float, lat: float, res: int) -> None:
    cells = disk(lon, lat, res, 3)
    found = lattice.fit(lattice.unit_vectors(*lattice.centres(cells)), res)
    assert sorted(np.concatenate([face.rows for face in found]).tolist()) == list(range(len(cells)))
    for face in found:
        index = {(q, r): int(row) for q, r, row in zip(face.q, face.r, face.rows, strict=True)}
        for (q, r), row in index.items():
            for dq, dr in ((1, 0), (0, 1), (1, -1)):
                if (other := index.get((q + dq, r + dr))) is not None:
                    assert h3.are_neighbor_cells(int(cells[row]), int(cells[other]))


def test_what_is_no_lattice_is_refused() -> None:
    rng = np.random.default_rng(1)
    lon, lat = 121.47 + rng.uniform(0, 0.1, 50), 31.2 + rng.uniform(0, 0.1, 50)
    with pytest.raises(NoLattice):
        lattice.fit(lattice.unit_vectors(lon, lat), 9)
