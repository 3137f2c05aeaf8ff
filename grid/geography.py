"""The city file's boundaries, code lists and grid -> the area tree and its leaves.

What was noticed on the way (joins, aliases used, repairs, what has no shape) goes into a report that
is stored beside the geography and printed by ``onescreen build``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from data.city import Boundaries, City, Codes, Level, Source
from data.codes import parent_of
from data.errors import AlreadyLoaded, Both, CityFileError
from data.files import is_file
from data.formats.carried import carried_crs
from data.read import read_frame, read_shapes
from data.store import Store
from grid import crs, hexes
from grid.areas import Area, Areas, Rows, plant, successor
from grid.joining import alone, called_apart, common_h3, join
from grid.leaves import NO_CELLS, Cells, Leaves, lay

_ELLIPSOID = pyproj.Geod(ellps="WGS84")

#: shapely's type numbers of polygons and multipolygons.
_POLYGONAL = (3, 6)

#: The source name under which geographies stand in the list of loads.
GEOGRAPHY = "geography"


@dataclass(frozen=True)
class Geography:
    """One state of the city's areas and leaves; ``id`` is the load that made it."""

    id: int
    areas: Areas
    leaves: Leaves

    @cached_property
    def area_m2(self) -> NDArray[np.int64]:
        """Each area's size in whole square metres: the sum over its leaves."""
        total = np.concatenate([[0], np.cumsum(self.leaves.m2)])
        return np.asarray(total[self.areas.hi] - total[self.areas.lo], np.int64)


@dataclass
class Report:
    """What was noticed while a geography was made, per level."""

    levels: dict[str, dict[str, Any]] = field(default_factory=dict)

    def note(self, level: str, **found: Any) -> None:
        """Add to what is known of a level."""
        self.levels.setdefault(level, {}).update(found)

    def add(self, other: Report) -> None:
        """Add what was noticed of another city: numbers to numbers, lists to lists."""
        for level, found in other.levels.items():
            mine = self.levels.setdefault(level, {})
            for name, value in found.items():
                mine[name] = mine[name] + value if name in mine else value


#: An area tree, its leaves, and what was noticed.
Made: TypeAlias = tuple[Areas, Leaves, Report]


def open_geography(store: Store, upto: int | None = None, kept: dict[int, Geography] | None = None) -> Geography | None:
    """The newest geography of the store (up to a version); ``kept`` holds those that were opened before."""
    number = store.geography_id(upto)
    if number is None:
        return None
    kept = {} if kept is None else kept
    if number not in kept:
        areas, leaves = store.geography_leaves(number)
        kept[number] = Geography(number, Areas.from_bytes(areas), Leaves.from_bytes(leaves))
    return kept[number]


def part_of(geography: Geography, city: City) -> Geography:
    """One city of a geography of many, its areas and leaves numbered from nought."""
    return Geography(geography.id, *alone(geography.areas, geography.leaves, city))


def fingerprint(city: City) -> str:
    """sha256 over the geography's part of the city file and every file it names; of a province over its members'."""
    digest = hashlib.sha256(f"{city.code}/{city.name}/{city.name_en}".encode())
    for part in (*city.levels, city.grid):
        digest.update(part.model_dump_json().encode() if part else b"-")
    for path in _files(city):
        digest.update(path.read_bytes())
    for member in city.members:
        digest.update(f"{city.level}/{fingerprint(member)}".encode())
    return digest.hexdigest()


def _files(city: City) -> Iterator[Path]:
    for level in city.levels:
        for part in (level.codes, level.boundaries):
            if part is not None:
                yield from _with_companions(city.file(part.file))
    if city.grid is not None and city.grid.file is not None:
        yield from _with_companions(city.file(city.grid.file))


def _with_companions(path: Path) -> list[Path]:
    """A shapefile is several files; everything else is itself."""
    if not is_file(path):
        raise CityFileError(file="city.toml", where=path.name, detail=Both("文件不存在", "no such file"))
    return sorted(path.parent.glob(path.stem + ".*")) if path.suffix == ".shp" else [path]


def load_geography(
    store: Store, city: City, known: dt.datetime | None = None
) -> tuple[Geography, Mapping[str, Any], bool]:
    """The city's geography, made and stored if its files changed: (geography, report, whether new). Of many cities only
    those are made anew whose files changed."""
    sha256 = fingerprint(city)
    before = store.loads(source=GEOGRAPHY)[-1:]
    stored = open_geography(store) if before else None
    if stored is not None and before[0].sha256 == sha256:
        return stored, store.geography_report(stored.id), False
    standing = Standing(stored, store.geography_report(stored.id)) if stored is not None else None
    areas, leaves, report = make_geography(city, standing)
    file = ", ".join([*(path.name for path in _files(city)), *(member.name for member in city.members)])
    after = before[0].id if before else 0
    try:
        with store.loading(
            source=GEOGRAPHY, kind=GEOGRAPHY, file=file, sha256=sha256, known=known, after=after
        ) as load:
            load.geography(areas.to_bytes(), leaves.to_bytes(), report.levels)
            load.close(rows=len(areas), taken=len(areas))
    except AlreadyLoaded:  # another loader made the same one meanwhile
        return load_geography(store, city, known)
    return Geography(load.number, areas, leaves), report.levels, True


@dataclass(frozen=True)
class Standing:
    """A stored geography with its report: what of it may be taken over."""

    geography: Geography
    report: Mapping[str, Any]

    def of(self, city: City, made: str) -> Made | None:
        """A member as it stands there, if it was made of the files with the fingerprint ``made``."""
        told = self.report.get("city", {}).get("made", {}).get(city.code)
        if told is None or told["sha256"] != made:
            return None
        return *alone(self.geography.areas, self.geography.leaves, city), Report(told["levels"])


def make_geography(city: City, standing: Standing | None = None) -> Made:
    """The area tree, its leaves and the report, from the files that the city file names; those of its members that
    did not change are taken from a ``standing`` geography.

    Raises CityFileError, CRSError and FileError.
    """
    return _joined_cities(city, standing) if city.members else _made(city)


def _joined_cities(city: City, standing: Standing | None) -> Made:
    cities = [part for part in city.parts if not part.members]
    report, apart = Report(), common_h3(cities) is None
    report.note("city", areas=len(cities))
    made: dict[str, tuple[Areas, Leaves]] = {}
    about: dict[str, Any] = {}
    for one in cities:
        sha256 = fingerprint(one)
        areas, leaves, noticed = (standing and standing.of(one, sha256)) or _made(one)
        about[one.code] = {"sha256": sha256, "levels": noticed.levels}
        report.add(noticed)
        made[one.code] = areas, called_apart(leaves, one.code) if apart else leaves
    areas, leaves = _tree(city, made)
    report.note("city", drawn=sum(one.shape[0] is not None for one, _ in made.values()), made=about)
    report.note("cell", cells=len(leaves.cells), leaves=len(leaves))
    return areas, leaves, report


def _tree(city: City, made: Mapping[str, tuple[Areas, Leaves]]) -> tuple[Areas, Leaves]:
    if not city.members:
        return made[city.code]
    root = Area(city.code, city.name, city.name_en or "", city.level, None)
    return join(root, [_tree(member, made) for member in city.members])


def _made(city: City) -> Made:
    report = Report()
    found = [Area(city.code, city.name, city.name_en or "", "city", None)]
    for level in city.levels:
        found += _level(city, level, found, report)
    areas = _close(plant(found, "city.toml"))
    _check_words(city, areas)
    cells, pairs = _imported(city, areas, report) if city.grid and city.grid.file else _hexes(city, areas)
    areas, leaves = lay(areas, pairs, cells)
    leaves = _rest(areas, leaves)
    report.note("cell", cells=len(cells), leaves=len(leaves))
    return areas, leaves, report


def _check_words(city: City, areas: Areas) -> None:
    """CityFileError where an alias or a merger leads to an area that the city does not have."""
    for level in city.levels:
        names = {areas.name[row] for row in areas.of_level(level.id)}
        lost = {"aliases": sorted(set(level.aliases.values()) - names)}
        current = {new for new in level.merged.values() if successor(new, city.retired) not in areas.row_of}
        lost["merged"] = sorted(current)
        for part, words in lost.items():
            if words:
                detail = Both(f"没有这样的区域: {', '.join(words)}", f"no such areas: {', '.join(words)}")
                raise CityFileError(file="city.toml", where=f"level {level.id}, {part}", detail=detail)


# areas ---------------------------------------------------------------------------------------------


def _level(city: City, level: Level, above: list[Area], report: Report) -> list[Area]:
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
    _need(table, [codes.code, codes.name, codes.name_en, codes.parent], codes.file)
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


def _need(table: pd.DataFrame, columns: list[str | None], file: Path) -> None:
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
    shapes, table, _ = _shapes(city, part)
    known = {area.code for area in above}
    codes = [str(code) for code in table[part.code]]
    names = table[part.name] if part.name else codes
    return [
        Area(code, name, "", level.id, _parent(code, known, city), shape)
        for code, name, shape in zip(codes, names, shapes, strict=True)
    ]


def _shapes(city: City, part: Boundaries) -> tuple[NDArray[np.object_], pd.DataFrame, list[int]]:
    """(valid shapes in WGS-84, their text columns, the rows that had to be repaired)."""
    shapes, table = read_shapes(city.file(part.file), encoding=part.encoding, layer=part.layer)
    _need(table, [part.code, part.name, part.parent_name], part.file)
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
    shapes, table, broken = _shapes(city, part)
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


def _close(areas: Areas) -> Areas:
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


# cells ---------------------------------------------------------------------------------------------

Pairs = tuple[Rows, Rows, NDArray[np.int64]]
_NO_PAIRS: Pairs = (np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int64))


def _hexes(city: City, areas: Areas) -> tuple[Cells, Pairs]:
    """The H3 cover: every pair of a cell and a finest drawn area that overlap."""
    if city.grid is None or city.grid.h3 is None:
        return NO_CELLS, _NO_PAIRS
    rows = finest_drawn(areas)
    covers = [hexes.cover(areas.shape[row], city.grid.h3) for row in rows]
    area = np.repeat(rows, [len(cover) for cover in covers]).astype(np.int32)
    numbers = np.concatenate(covers) if covers else np.empty(0, np.uint64)
    ids, cell = np.unique(numbers, return_inverse=True)
    cells = Cells([f"{number:015x}" for number in ids], city.grid.h3)
    whole = np.rint(hexes.areas_m2(ids)).astype(np.int64)
    m2 = whole[cell]
    shared = np.bincount(cell, minlength=len(ids))[cell] > 1
    edge = _edge_share(areas, area, cells.shapes[cell], shared)
    m2 = np.where(np.isnan(edge), m2, np.rint(m2 * np.nan_to_num(edge))).astype(np.int64)
    return cells, (area, cell.astype(np.int32), m2)


def _edge_share(areas: Areas, area: Rows, cells: NDArray[np.object_], shared: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Share of each cell that lies in its area; NaN where it is whole."""
    shapes = np.array([areas.shape[row] for row in range(len(areas))], dtype=object)
    for row in np.unique(area):
        shapely.prepare(shapes[row])
    share = np.full(len(area), np.nan)
    cut = shared | ~shapely.covers(shapes[area], cells)
    at = np.flatnonzero(cut)
    share[at] = shapely.area(shapely.intersection(shapes[area[at]], cells[at])) / shapely.area(cells[at])
    return share


def finest_drawn(areas: Areas) -> Rows:
    """Rows of the drawn areas below which nothing is drawn: the ones a point is looked up in."""
    drawn = np.array([shape is not None for shape in areas.shape])
    below = np.concatenate([[0], np.cumsum(drawn)])
    inner = below[areas.last] - below[np.arange(len(areas)) + 1] > 0
    return np.flatnonzero(drawn & ~inner).astype(np.int32)


def _imported(city: City, areas: Areas, report: Report) -> tuple[Cells, Pairs]:
    """The cells of a grid file; each belongs to the one area that its column names."""
    grid = city.grid
    assert grid is not None
    assert grid.file is not None
    assert grid.crs is not None
    part = Boundaries(file=grid.file, code=grid.id, crs=grid.crs, layer=grid.layer)
    shapes, table, broken = _shapes(city, part)
    _need(table, [grid.area], grid.file)
    order = np.argsort(table[grid.id].to_numpy())
    ids = table[grid.id].to_numpy()[order].tolist()
    if len(set(ids)) != len(ids):
        raise CityFileError(file="city.toml", where=str(grid.file), detail=Both("网格编号重复", "cell ids repeat"))
    codes = table[grid.area].to_numpy()[order]
    orphans = sorted({str(code) for code in codes if code not in areas.row_of})
    if orphans:
        detail = Both(
            f"网格所属区域不存在: {', '.join(orphans[:5])}",
            f"cells of unknown areas: {', '.join(orphans[:5])}",
        )
        raise CityFileError(file="city.toml", where=str(grid.file), detail=detail)
    shapes = shapes[order]
    area = np.array([areas.row_of[code] for code in codes], dtype=np.int32)
    report.note("cell", imported=len(ids), repaired=[str(table[grid.id].iloc[row]) for row in broken])
    pairs = (area, np.arange(len(ids), dtype=np.int32), square_metres(shapes))
    return Cells(ids, None, list(shapes)), pairs


def square_metres(shapes: NDArray[np.object_]) -> NDArray[np.int64]:
    """Sizes of WGS-84 shapes on the ellipsoid, in whole square metres."""
    return np.array([round(abs(_ELLIPSOID.geometry_area_perimeter(s)[0])) for s in shapes], dtype=np.int64)


def _rest(areas: Areas, leaves: Leaves) -> Leaves:
    """Give each area's own leaf what its shape has beyond the leaves below it."""
    m2 = leaves.m2.copy()
    for row in range(len(areas) - 1, -1, -1):
        shape = areas.shape[row]
        if shape is not None:
            below = int(m2[areas.lo[row] : areas.hi[row]].sum())
            m2[areas.lo[row]] = max(0, int(square_metres(np.array([shape], dtype=object))[0]) - below)
    return Leaves(leaves.area, leaves.cell, m2, leaves.cells)
