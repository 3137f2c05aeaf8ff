"""Where a row happened: coordinates, cell, code, names or free text -> a leaf, or the reason why not.

The finest statement that holds wins. What contradicts itself falls back to what is certain: a point
outside the street that the row names counts for the street, without a cell. Nothing is moved silently:
every fall-back is a :class:`Placed` note.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.city import City, Source
from data.codes import short
from data.errors import CRSError
from data.words import Both
from grid import crs
from grid.areas import Areas, Rows, successor
from grid.lookup import Lookup

#: Why a taken row was not placed finer, as shown under "what could not be located".
NOTES: Mapping[str, tuple[str, str]] = {
    "name_unknown": ("名称不在区划表中", "the name is not in the code list"),
    "words_differ": ("所填的几处位置互相矛盾", "the stated places contradict each other"),
    "name_ambiguous": ("文字提到多个区域", "the text names several areas"),
    "point_elsewhere": ("坐标落在所填区域之外", "the coordinates lie outside the stated area"),
    "point_unmapped": ("坐标处没有已绘制的下级区域", "no finer area is drawn at the coordinates"),
    "cell_unknown": ("网格编号不在本市网格中", "the cell is not of this city's grid"),
    "cell_elsewhere": ("网格不在所填区域内", "the cell is not in the stated area"),
}

#: Endings that a community's official name carries and everyday text leaves out.
_COMMUNITY_ENDING = re.compile("(居民委员会|村民委员会|居委会|村委会)$")
_DISTRICT_ENDING = re.compile("(新区|自治县|区|县|市)$")

#: Longest area name that is looked for in a text.
_NAME_CHARS = 24

_NAMED = ("district", "street", "community")

#: What words came to: (area row or -1, NOTES key or WHY code, column at fault).
_Read = tuple[int, str, str]


@dataclass(frozen=True)
class Placed:
    """``leaf`` of each row, -1 where the row cannot be taken, then ``why`` is a WHY code and
    ``column`` the field at fault. Where a row was taken but not finely, ``note`` is a NOTES key and
    ``text`` the words that could not be used."""

    leaf: Rows
    why: NDArray[np.object_]
    column: NDArray[np.object_]
    note: NDArray[np.object_]
    text: NDArray[np.object_]


def _clean(text: str) -> str:
    return re.sub(r"[\s·,，。、()（）\-]+", "", text)


def variants(name: str, level: str) -> set[str]:
    """The spellings under which an area is looked up: its name, and its name without its ending."""
    name = _clean(name)
    ending = {"community": _COMMUNITY_ENDING, "district": _DISTRICT_ENDING, "city": _DISTRICT_ENDING}.get(level)
    bare = ending.sub("", name) if ending else name
    return {name, bare} if len(bare) >= 2 else {name}


class Names:
    """Area names within parents, with aliases and short forms; a name two siblings share is no name."""

    def __init__(self, areas: Areas, aliases: Mapping[str, dict[str, str]], extra: Mapping[str, str]) -> None:
        self.areas = areas
        self.extra = {_clean(key): value for key, value in extra.items()}
        self._below: list[dict[str, int]] = [{} for _ in range(len(areas))]
        for row in range(1, len(areas)):
            for word in variants(areas.name[row], areas.level[row]):
                self._enter(self._spoken_parent(row), word, row)
        for level, spellings in aliases.items():
            for spelling, official in spellings.items():
                self._alias(level, spelling, official)

    def _spoken_parent(self, row: int) -> int:
        """The area whose name stands before this one's in everyday words: nobody names responsibility grids."""
        parent = int(self.areas.parent[row])
        unspoken = self.areas.level[parent] == "responsibility_grid"
        return int(self.areas.parent[parent]) if unspoken else parent

    def _enter(self, parent: int, word: str, row: int, *, declared: bool = False) -> None:
        known = self._below[parent].get(word)
        exact = declared or _clean(self.areas.name[row]) == word
        if known is None or exact:
            self._below[parent][word] = row
        elif _clean(self.areas.name[known]) != word:
            self._below[parent][word] = -1

    def _alias(self, level: str, spelling: str, official: str) -> None:
        parent_name, _, name = spelling.rpartition("/")
        for row in self.areas.of_level(level):
            parent = self._spoken_parent(int(row))
            if self.areas.name[row] == official and parent_name in ("", self.areas.name[parent]):
                self._enter(parent, _clean(name), int(row), declared=True)

    def within(self, parent: int, name: str) -> int:
        """Row of the area called ``name`` below ``parent``, at any depth if it is unique; else -1."""
        name = _clean(self.extra.get(_clean(name), name))
        if parent == 0 and name in variants(self.areas.name[0], "city"):
            return 0
        found = self._unique(parent, name)
        return found if found >= 0 else self._unique(parent, _COMMUNITY_ENDING.sub("", name))

    def _unique(self, parent: int, name: str) -> int:
        direct = self._below[parent].get(name, -1)
        if direct >= 0:
            return direct
        rows = [self._below[row].get(name, -1) for row in range(parent + 1, self.areas.last[parent])]
        found = {row for row in rows if row >= 0}
        return found.pop() if len(found) == 1 else -1

    def read(self, text: str, start: int = 0) -> tuple[int, str]:
        """The finest area that ``text`` begins with, from ``start`` down, and a note if it is unclear."""
        rest = self._within_city(_clean(text))
        for row in self.areas.path(start):
            rest = self._strip(rest, row, start)
        row = start
        while True:
            found, size = self._prefix(row, rest)
            if found < 0:
                break
            after = rest[size:]
            # only names with their type ending are unmistakable inside a sentence
            others = {r for r in self._below[row].values() if r >= 0 and _clean(self.areas.name[r]) in after}
            if others - {found}:
                return row, "name_ambiguous"
            row, rest = found, rest if self._prefix(found, rest)[1] > size else after
        return row, "" if row != start else "name_unknown"

    def _within_city(self, rest: str) -> str:
        """``rest`` without the province that stands before the city's name."""
        name = _clean(self.areas.name[0])
        before, _, after = rest.partition(name)
        return name + after if before.endswith(("省", "自治区")) else rest

    def _strip(self, rest: str, row: int, start: int) -> str:
        """``rest`` without the name of ``row`` at its beginning, unless a name below ``start`` begins with it:
        金山卫镇 is a town of 金山区."""
        for word in sorted(variants(self.areas.name[row], self.areas.level[row]), key=len, reverse=True):
            if rest.startswith(word) and self._prefix(start, rest)[1] <= len(word):
                return rest.removeprefix(word)
        return rest

    def _prefix(self, parent: int, rest: str) -> tuple[int, int]:
        words = self._below[parent]
        for size in range(min(len(rest), _NAME_CHARS), 1, -1):
            row = words.get(rest[:size], -1)
            if row >= 0:
                return row, size
        return -1, 0


class Placer:
    """Places the rows of one source of one city on the leaves of one geography."""

    def __init__(self, lookup: Lookup, city: City, source: Source) -> None:
        self.lookup = lookup
        self.geography = lookup.geography
        self.source = source
        aliases = {str(level.id): level.aliases for level in city.levels}
        self.names = Names(self.geography.areas, aliases, source.aliases)
        self.retired = city.retired

    def place(self, rows: pd.DataFrame) -> Placed:
        """The leaf of each row of a checked frame; columns as in data.sources.base.PLACE_FIELDS."""
        n = len(rows)
        placed = Placed(np.full(n, -1, np.int32), *(np.full(n, None, dtype=object) for _ in range(4)))
        area = self._stated(rows, placed)
        leaf = self._own(np.maximum(area, 0))
        placed.leaf[:] = np.where(area >= 0, leaf, -1)
        self._by_cell(rows, area, placed)
        self._by_point(rows, area, placed)
        return placed

    def _own(self, area: Rows) -> Rows:
        return self.geography.leaves.find(area, np.full(len(area), -1, np.int32))

    # what the row says in words ------------------------------------------------------------------

    def _stated(self, rows: pd.DataFrame, placed: Placed) -> Rows:
        """Area row that the words of each row name; -1 where they name none (then ``why`` is set if
        there were words at all)."""
        columns = [c for c in ("code", "area", *_NAMED, "text") if c in rows and rows[c].notna().any()]
        area = np.full(len(rows), -1, np.int32)
        if not columns:
            return area
        words = rows[columns].astype(object).where(rows[columns].notna(), None)
        groups = words.groupby(columns, dropna=False, sort=False).indices
        for key, at in groups.items():
            said = dict(zip(columns, key if isinstance(key, tuple) else (key,), strict=True))
            said = {name: value for name, value in said.items() if isinstance(value, str) and value}
            if said:
                self._state(said, np.asarray(at), area, placed)
        return area

    def _state(self, said: dict[str, str], at: NDArray[np.intp], area: Rows, placed: Placed) -> None:
        row, note, column = self._read(said)
        if row < 0:
            placed.why[at] = note
            placed.column[at] = column
        else:
            area[at] = row
            if note:
                placed.note[at] = note
                placed.text[at] = said[column]

    def _read(self, said: dict[str, str]) -> _Read:
        """(area row, note or why, column) of one distinct set of words."""
        found = self._by_codes(said)
        if found[0] >= 0:
            found = self._by_names(said, found)
        if found[0] >= 0 and "text" in said:
            found = self._by_text(said, found)
        return found

    def _by_codes(self, said: dict[str, str]) -> _Read:
        last, row, note, at = self.geography.areas.last, 0, "", ""
        for column in (c for c in ("code", "area") if c in said):
            found = self._by_code(said[column]) if column == "code" else self._by_either(said[column])
            if found < 0:
                return -1, "unknown_place", column
            if row <= found < last[row]:
                row = found
            elif not found <= row < last[found]:
                note, at = "words_differ", column
        return row, note, at

    def _by_names(self, said: dict[str, str], known: _Read) -> _Read:
        row, note, at = known
        started = "code" in said or "area" in said
        for column in _NAMED:
            if column not in said or self._on_path(row, said[column]):
                continue
            found = self.names.within(row, said[column])
            if found < 0 and not started:
                return -1, "unknown_place", column
            if found < 0:
                note, at = note or "name_unknown", at or column
            else:
                row, started = found, True
                note, at = (note, at) if note == "words_differ" else ("", "")
        return row, note, at

    def _by_text(self, said: dict[str, str], known: _Read) -> _Read:
        row, note, at = known
        found, unclear = self.names.read(said["text"], row)
        if found != row:
            return found, unclear, "text"
        if row == 0 and not said.keys() - {"text"}:
            return -1, "unknown_place", "text"
        return row, note or unclear, at or "text"

    def _by_code(self, code: str) -> int:
        row_of = self.geography.areas.row_of
        return row_of.get(self._current(code), row_of.get(self._current(short(code)), -1))

    def _current(self, code: str) -> str:
        return successor(code, self.retired)

    def _by_either(self, words: str) -> int:
        found = self._by_code(words)
        return found if found >= 0 else self.names.within(0, words)

    def _on_path(self, row: int, name: str) -> bool:
        """Whether ``name`` is a name of the area at ``row`` or of one above it, below the city."""
        areas = self.geography.areas
        return any(_clean(name) in variants(areas.name[r], areas.level[r]) for r in areas.path(row)[1:])

    # cells and coordinates -----------------------------------------------------------------------

    def _by_cell(self, rows: pd.DataFrame, area: Rows, placed: Placed) -> None:
        if "cell" not in rows:
            return
        at = np.flatnonzero(rows["cell"].notna())
        row_of = self.geography.leaves.cells.row_of
        codes, words = pd.factorize(rows["cell"].to_numpy()[at])
        cell = np.array([row_of.get(self._cell_id(word), -1) for word in words], dtype=np.int32)[codes]
        known = cell >= 0
        self._miss(at[~known], placed, area, "cell_unknown", "cell", rows)
        at, cell = at[known], cell[known]
        self._settle(at, self.geography.leaves.home[cell], cell, area, placed, "cell_elsewhere")

    def _cell_id(self, word: str) -> str:
        """H3 ids come as hexadecimal text or as a decimal number."""
        if self.geography.leaves.cells.h3 and word.isdecimal() and len(word) > 15:
            return f"{int(word):015x}"
        return word.lower() if self.geography.leaves.cells.h3 else word

    def _by_point(self, rows: pd.DataFrame, area: Rows, placed: Placed) -> None:
        if "lon" not in rows:
            return
        at = np.flatnonzero(rows["lon"].notna() & rows["lat"].notna())
        if not at.size:
            return
        if self.source.crs is None:
            raise CRSError(
                where=self.source.name,
                detail=Both("有坐标而未声明坐标系", "coordinates, but no crs is declared"),
            )
        lon, lat = (rows[c].to_numpy(dtype=np.float64)[at] for c in ("lon", "lat"))
        lon, lat = crs.to_wgs84(lon, lat, crs.crs(self.source.crs))
        found, fine = self.lookup.areas_at(lon, lat)
        self._miss(at[found < 0], placed, area, "outside", "lon", rows)
        inside = found >= 0
        at, found, fine, lon, lat = at[inside], found[inside], fine[inside], lon[inside], lat[inside]
        cell = self.lookup.cells_at(lon, lat)
        self._settle(at, self.lookup.leaf_at(found, fine, cell), cell, area, placed, "point_elsewhere")
        coarse = (area[at] < 0) & ~fine
        placed.note[at[coarse]] = "point_unmapped"
        placed.text[at[coarse]] = ""

    def _settle(self, at: NDArray[np.intp], leaf: Rows, cell: Rows, area: Rows, placed: Placed, note: str) -> None:
        """Take ``leaf`` where it lies in the stated area or nothing was stated; else keep the area.

        A statement finer than what is drawn (a community without a polygon) keeps its own leaf.
        """
        areas, stated = self.geography.areas, area[at]
        leaf_area = self.geography.leaves.area[leaf]
        inside = (leaf_area >= stated) & (leaf_area < areas.last[np.maximum(stated, 0)])
        paired = self.geography.leaves.find(np.maximum(stated, 0), cell)
        cut = (stated >= 0) & ~inside & (self.geography.leaves.cell[paired] == cell) & (cell >= 0)
        take = (stated < 0) | inside
        placed.leaf[at[take]] = leaf[take]
        placed.leaf[at[cut]] = paired[cut]
        finely = (take | cut) & (placed.leaf[at] != self._own(np.maximum(stated, 0)))
        placed.note[at[finely]] = None  # the words that could not be read do not matter any more
        placed.why[at[take | cut]] = None
        finer = (stated >= 0) & (stated >= leaf_area) & (stated < areas.last[leaf_area])
        wrong = ~take & ~cut & ~finer
        placed.note[at[wrong]] = note
        placed.text[at[wrong]] = ""

    def _miss(
        self,
        at: NDArray[np.intp],
        placed: Placed,
        area: Rows,
        note: str,
        column: str,
        rows: pd.DataFrame,
    ) -> None:
        """The cell or point is not ours: fall back on the stated area, else the row is a reject."""
        stated = area[at] >= 0
        kept = at[stated]
        placed.note[kept] = "point_elsewhere" if note == "outside" else note
        placed.text[kept] = rows[column].to_numpy(object)[kept] if column == "cell" else ""
        lost = at[~stated & (placed.leaf[at] < 0)]
        placed.why[lost] = "outside" if note == "outside" else "unknown_place"
        placed.column[lost] = column
