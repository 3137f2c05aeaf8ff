"""The area tree and its leaves, put together: of a city from its files, of many from those of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from data.city import City
from data.errors import CityFileError
from data.words import Both
from grid.areas import Area, Areas, plant, successor
from grid.geography.base import Geography, Made, Report
from grid.geography.cells import hexes_of, imported, square_metres
from grid.geography.drawn import close, level_areas
from grid.geography.files import fingerprint
from grid.joining import alone, called_apart, common_h3, join
from grid.leaves import Leaves, lay


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
        found += level_areas(city, level, found, report)
    areas = close(plant(found, "city.toml"))
    _check_words(city, areas)
    cells, pairs = imported(city, areas, report) if city.grid and city.grid.file else hexes_of(city, areas)
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


def _rest(areas: Areas, leaves: Leaves) -> Leaves:
    """Give each area's own leaf what its shape has beyond the leaves below it."""
    m2 = leaves.m2.copy()
    for row in range(len(areas) - 1, -1, -1):
        shape = areas.shape[row]
        if shape is not None:
            below = int(m2[areas.lo[row] : areas.hi[row]].sum())
            m2[areas.lo[row]] = max(0, int(square_metres(np.array([shape], dtype=object))[0]) - below)
    return Leaves(leaves.area, leaves.cell, m2, leaves.cells)
