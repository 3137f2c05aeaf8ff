"""Areas from code lists and boundary files, joined by code or by name."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from data.city import Boundaries, City, Codes, Level, Source
from data.codes import parent_of
from data.errors import CityFileError
from data.formats.carried import carried_crs
from data.read import read_frame, read_shapes
from data.words import Both
from grid import crs
from grid.areas import Area, Areas
from grid.geography.base import Report

#: shapely's type numbers of polygons and multipolygons.
_POLYGONAL = (3, 6)


def level_areas(city: City, level: Level, above: list[Area], report: Report) -> list[Area]:
    """The areas of a level, from its code list, its map or both; ``above``: those of the levels above it."""
    areas = _coded(city, level, level.codes, above) if level.codes else _drawn(city, level, above)
    if level.codes and level.boundaries:
        areas = _joined(city, level, level.boundaries, areas, above, report)
    drawn = sum(area.shape is not None for area in areas)
    report.note(level.id, areas=len(areas), drawn=drawn, undrawn=len(areas) - drawn)
    return areas


def _coded(city: City, level: Level, codes: Codes, above: list[Area]) -> list[Area]:
    # a code list is a table like any other; the kind only sets the size limit
    source = Source(name="codes", kind="population", path=str(codes.file), encoding=codes.encoding)
    frame = read_frame(city.file(codes.file), source)
    table = frame.table
    need(table, [codes.code, codes.name, codes.name_en, codes.parent], codes.file)
    known = {area.code for area in above}
    names_en = table[codes.name_en] if codes.name_en else [""] * len(table)
    blank = table[[c for c in (codes.code, codes.name, codes.parent) if c]].isna().any(axis=1)
    if blank.any():
        row = frame.rows[int(blank.argmax())]
        detail = Both(f"第 {row} 行缺少代码、名称或上级", f"row {row} lacks its code, name or parent")
        raise CityFileError(file="city.toml", where=str(codes.file), detail=detail)
    parents = table[codes.parent] if codes.parent else [_parent(code, known, city) for code in table[codes.code]]
    return [
        Area(code, name, name_en or "", level.id, parent)
        for code, name, name_en, parent in zip(table[codes.code], table[codes.name], names_en, parents, strict=True)
    ]


def need(table: pd.DataFrame, columns: list[str | None], file: Path) -> None:
    """CityFileError unless a table has all these columns."""
    missing = [column for column in columns if column and column not in table.columns]
    if missing:
        detail = Both(f"没有这些列: {', '.join(missing)}", f"no such columns: {', '.join(missing)}")
        raise CityFileError(file="city.toml", where=str(file), detail=detail)


def _parent(code: str, known: set[str], city: City) -> str:
    """The nearest area above by the code itself; the city where the code names none."""
    step = parent_of(code)
    while step is not None and step not in known:
        step = parent_of(step)
    return step if step is not None else city.code


def _drawn(city: City, level: Level, above: list[Area]) -> list[Area]:
    """Areas that only a boundary file describes: its code and name columns make them."""
    part = level.boundaries
    assert part is not None
    assert part.code is not None
    shapes, table, _ = shapes_of(city, part)
    known = {area.code for area in above}
    codes = [str(code) for code in table[part.code]]
    names = table[part.name] if part.name else codes
    return [
        Area(code, name, "", level.id, _parent(code, known, city), shape)
        for code, name, shape in zip(codes, names, shapes, strict=True)
    ]


def shapes_of(city: City, part: Boundaries) -> tuple[NDArray[np.object_], pd.DataFrame, list[int]]:
    """(valid shapes in WGS-84, their text columns, the rows that had to be repaired)."""
    shapes, table = read_shapes(city.file(part.file), encoding=part.encoding, layer=part.layer)
    need(table, [part.code, part.name, part.parent_name], part.file)
    system = crs.same_crs(part.crs, carried_crs(city.file(part.file), part.layer), str(part.file))
    x, y = shapely.get_coordinates(shapes).T
    crs.check_plausible(x, y, system, str(part.file))
    if not np.isin(shapely.get_type_id(shapes), (-1, *_POLYGONAL)).all():
        detail = Both("图形须为面", "its shapes must be polygons")
        raise CityFileError(file="city.toml", where=str(part.file), detail=detail)
    shapes = crs.shapes_to_wgs84(shapes, system)
    broken = np.flatnonzero(~shapely.is_valid(shapes))
    shapes[broken] = [_polygons(shape) for shape in shapely.make_valid(shapes[broken])]
    return shapes, table, broken.tolist()


def _polygons(shape: BaseGeometry) -> BaseGeometry:
    """The polygonal part of a repaired shape: repairs can leave lines and points behind."""
    parts = [part for part in shapely.get_parts(shape) if shapely.get_type_id(part) in _POLYGONAL]
    return shapely.union_all(parts) if parts else shapely.Polygon()


def _joined(
    city: City, level: Level, part: Boundaries, areas: list[Area], above: list[Area], report: Report
) -> list[Area]:
    shapes, table, broken = shapes_of(city, part)
    keys, via_alias = _keys(level, part, table)
    shape_of: dict[str, BaseGeometry] = {}
    for key, shape in zip(keys, shapes, strict=True):
        shape_of[key] = shape if key not in shape_of else shapely.union(shape_of[key], shape)
    names = {area.code: area.name for area in above}
    within = names if part.parent_name else {}
    wanted = [area.code if part.code else f"{within.get(area.parent or '', '')}/{area.name}" for area in areas]
    twice = sorted(key for key, n in Counter(wanted).items() if n > 1 and key in shape_of)
    if twice:
        first = twice[0]
        detail = Both(f"多个区域叫 {first}，请给出 parent_name", f"several areas are called {first}: give parent_name")
        raise CityFileError(file="city.toml", where=str(part.file), detail=detail)
    lost = sorted(set(shape_of) - set(wanted))
    report.note(
        level.id,
        polygons=len(shapes),
        joined=len(shapes) - sum(key in set(lost) for key in keys),
        through_alias=sum(via_alias[i] for i, key in enumerate(keys) if key not in set(lost)),
        repaired=[keys[row] for row in broken],
        unjoined=lost,
    )
    return [
        Area(a.code, a.name, a.name_en, a.level, a.parent, shape_of.get(key))
        for a, key in zip(areas, wanted, strict=True)
    ]


def _keys(level: Level, part: Boundaries, table: pd.DataFrame) -> tuple[list[str], list[bool]]:
    """What each polygon is joined by (code, or parent/name), and whether an alias was needed."""
    if part.code:
        return [str(code) for code in table[part.code]], [False] * len(table)
    assert part.name is not None
    names = list(table[part.name])
    parents = list(table[part.parent_name]) if part.parent_name else [""] * len(table)
    said = [f"{parent}/{name}" for parent, name in zip(parents, names, strict=True)]
    official = [level.aliases.get(key, level.aliases.get(name, name)) for key, name in zip(said, names, strict=True)]
    keys = [f"{parent}/{name}" for parent, name in zip(parents, official, strict=True)]
    return keys, [key != other for key, other in zip(keys, said, strict=True)]


def close(areas: Areas) -> Areas:
    """An area that no file draws, but all of whose children are drawn, is their union; so is the city,
    whatever part of it is drawn."""
    shapes = list(areas.shape)
    below: dict[int, list[int]] = {}
    for row in range(len(areas) - 1, -1, -1):
        children = below.pop(row, [])
        drawn = [shapes[child] for child in children if shapes[child] is not None]
        if shapes[row] is None and drawn and (row == 0 or len(drawn) == len(children)):
            shapes[row] = shapely.union_all(drawn)
        below.setdefault(int(areas.parent[row]), []).append(row)
    return replace(areas, shape=shapes)
