"""Area trees of cities -> the tree of the province above them; and one city of it as if it stood alone.

A city's areas are one contiguous run of the province's rows, its leaves one contiguous slice of the province's leaves,
in the same order as alone; before the first city's stands the province's own leaf, which has no ground of its own.

Where every city lays the same H3 resolution, a hexagon that a border cuts is one cell with a leaf on either side.
Otherwise cells of different grids lie over each other, and what is one city's cell is no other's: each bears its
city's code before its own id (``990200-...``), whether another city has that id or not, so that no city's cells are
called otherwise because another one joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import TypeAlias

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from data.city import City
from data.errors import CityFileError
from data.words import Both
from grid.areas import Area, Areas, Rows
from grid.leaves import NO_CELLS, Cells, Leaves

#: A tree and its leaves.
Ground: TypeAlias = tuple[Areas, Leaves]


def common_h3(cities: Iterable[City]) -> int | None:
    """The H3 resolution of all cities that have a grid; None where they differ, or one has a grid of its own."""
    grids = {city.grid.h3 for city in cities if city.grid is not None}
    return grids.pop() if len(grids) == 1 else None


def join(root: Area, parts: Sequence[Ground]) -> Ground:
    """``parts`` below ``root``, in order of their codes. CityFileError where two areas have one code."""
    parts = sorted(parts, key=lambda part: part[0].code[0])
    trees = [areas for areas, _ in parts]
    _check_codes([root.code], *(areas.code for areas in trees))
    rows, leaves = _starts(map(len, trees)), _starts(len(of) for _, of in parts)
    shapes = [shape for areas in trees for shape in areas.shape[:1] if shape is not None]
    above = Areas(
        code=[root.code, *(code for areas in trees for code in areas.code)],
        name=[root.name, *(name for areas in trees for name in areas.name)],
        name_en=[root.name_en, *(name for areas in trees for name in areas.name_en)],
        level=[root.level, *(level for areas in trees for level in areas.level)],
        parent=_stacked(-1, [np.maximum(areas.parent, 0) + row for areas, row in zip(trees, rows, strict=False)]),
        last=_stacked(rows[-1], [areas.last + row for areas, row in zip(trees, rows, strict=False)]),
        shape=[shapely.union_all(shapes) if shapes else None, *(shape for areas in trees for shape in areas.shape)],
        lo=_stacked(0, [areas.lo + leaf for areas, leaf in zip(trees, leaves, strict=False)]),
        hi=_stacked(leaves[-1], [areas.hi + leaf for areas, leaf in zip(trees, leaves, strict=False)]),
    )
    above.parent[rows[:-1]] = 0
    return above, _joined_leaves([of for _, of in parts], rows)


def _check_codes(*lists: Sequence[str]) -> None:
    seen: set[str] = set()
    for codes in lists:
        twice = seen.intersection(codes)
        if twice:
            first = min(twice)
            detail = Both(f"{codes[0]} 与别的成员都有代码 {first}", f"{codes[0]} and another member have code {first}")
            raise CityFileError(file="city.toml", where="cities", detail=detail)
        seen.update(codes)


def _starts(sizes: Iterable[int]) -> list[int]:
    """Where each part begins behind the root's one, and where the last ends."""
    return list(accumulate(sizes, initial=1))


def _stacked(first: int, parts: Sequence[Rows]) -> Rows:
    return np.concatenate([np.array([first], np.int32), *parts]).astype(np.int32)


def _joined_leaves(parts: Sequence[Leaves], rows: Sequence[int]) -> Leaves:
    cells, numbers = _joined_cells([of.cells for of in parts])
    cell = [np.append(number, np.int32(-1))[of.cell] for of, number in zip(parts, numbers, strict=True)]
    area = [of.area + row for of, row in zip(parts, rows, strict=False)]
    m2 = np.concatenate([np.zeros(1, np.int64), *(of.m2 for of in parts)])
    return Leaves(_stacked(0, area), _stacked(-1, cell), m2, cells)


def _joined_cells(parts: Sequence[Cells]) -> tuple[Cells, list[Rows]]:
    """All cells, and of each part the rows of its own among them."""
    ids = [id_ for cells in parts for id_ in cells.id]
    ends = list(accumulate(map(len, parts)))[:-1]
    if not ids:
        return NO_CELLS, [np.empty(0, np.int32) for _ in parts]
    h3 = {cells.h3 for cells in parts if len(cells)}.pop()
    if h3 is not None:
        distinct, at = np.unique(np.concatenate([cells.numbers for cells in parts]), return_inverse=True)
        cells = Cells([f"{number:015x}" for number in distinct.tolist()], h3)
        return cells, np.split(at.reshape(-1).astype(np.int32), ends)
    order = sorted(range(len(ids)), key=ids.__getitem__)
    shapes: list[BaseGeometry] = [shape for part in parts for shape in part.shapes]
    place = np.empty(len(ids), np.int32)
    place[order] = np.arange(len(ids), dtype=np.int32)
    return Cells([ids[at] for at in order], None, [shapes[at] for at in order]), np.split(place, ends)


def called_apart(leaves: Leaves, code: str) -> Leaves:
    """The leaves of a city whose cells no other city has: its code before their ids, and their shapes beside them."""
    cells = leaves.cells
    return replace(leaves, cells=Cells([f"{code}-{id_}" for id_ in cells.id], None, list(cells.shapes)))


def alone(areas: Areas, leaves: Leaves, city: City) -> Ground:
    """The areas and leaves of one city of many, numbered from nought, as if no other one were there."""
    row = areas.row_of[city.code]
    rows, lo = slice(row, int(areas.last[row])), int(areas.lo[row])
    parent = areas.parent[rows] - np.int32(row)
    parent[0] = -1
    own = Areas(
        areas.code[rows], areas.name[rows], areas.name_en[rows], areas.level[rows], parent, areas.last[rows] - row,
        areas.shape[rows], areas.lo[rows] - lo, areas.hi[rows] - lo,
    )  # fmt: skip
    at = slice(lo, int(areas.hi[row]))
    used = np.unique(leaves.cell[at])
    used = used[used >= 0]
    cell = np.where(leaves.cell[at] >= 0, np.searchsorted(used, leaves.cell[at]), -1).astype(np.int32)
    return own, Leaves(leaves.area[at] - np.int32(row), cell, leaves.m2[at], _own_cells(leaves.cells, used, city))


def _own_cells(cells: Cells, used: Rows, city: City) -> Cells:
    """Some of the cells, called as the city itself calls them."""
    if not len(used):
        return NO_CELLS
    ids = [cells.id[at] for at in used.tolist()]
    shape = None if cells.shape is None else [cells.shape[at] for at in used.tolist()]
    if cells.h3 is not None or city.grid is None:
        return Cells(ids, cells.h3, shape)
    own = [id_.removeprefix(f"{city.code}-") for id_ in ids]
    return Cells(own, city.grid.h3, None if city.grid.h3 else shape)
