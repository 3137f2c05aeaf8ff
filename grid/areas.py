"""The area tree: city, districts, streets, communities in depth-first order.

Areas are rows. Rows of one subtree are contiguous, ``[row, last[row])``; so are its leaves,
``[lo[row], hi[row])``. Siblings stand in the order of their codes.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from data.errors import AreaNotFound, CityFileError
from data.words import Both, Lang

Rows = NDArray[np.int32]

#: Longest area code: as wide as the store keeps it; the longest code in use has 17 digits.
MOST_CODE = 40

#: More names than this do not help somebody who misspelt one.
HINTS = 3


@dataclass(frozen=True)
class Area:
    """One area before it has a place in the tree. ``parent`` is a code, None for the city."""

    code: str
    name: str
    name_en: str
    level: str
    parent: str | None
    shape: BaseGeometry | None = None


@dataclass(frozen=True)
class Areas:
    """All areas in tree order. ``level`` names, ``parent`` rows (-1: the city), ``shape`` in WGS-84 or
    None, ``lo`` and ``hi`` leaf slices (empty until leaves are made)."""

    code: list[str]
    name: list[str]
    name_en: list[str]
    level: list[str]
    parent: Rows
    last: Rows
    shape: list[BaseGeometry | None]
    lo: Rows
    hi: Rows

    def __len__(self) -> int:
        return len(self.code)

    @cached_property
    def row_of(self) -> dict[str, int]:
        """code -> row."""
        return {code: row for row, code in enumerate(self.code)}

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """The levels that this city has, from the city down."""
        return tuple(dict.fromkeys(self.level[row] for row in np.argsort(self.depth, kind="stable")))

    @cached_property
    def depth(self) -> Rows:
        """Steps below the city."""
        depth = np.zeros(len(self), dtype=np.int32)
        for row in range(1, len(self)):
            depth[row] = depth[self.parent[row]] + 1
        return depth

    @cached_property
    def _by_level(self) -> dict[str, Rows]:
        names = np.asarray(self.level)
        return {name: np.flatnonzero(names == name).astype(np.int32) for name in self.levels}

    @cached_property
    def _by_name(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for row, names in enumerate(zip(self.name, self.name_en, strict=True)):
            for name in {name.casefold() for name in names if name}:
                found.setdefault(name, []).append(row)
        return found

    def of_level(self, level: str, within: int = 0) -> Rows:
        """Rows of ``level`` inside the area at row ``within`` (itself included), in tree order."""
        rows = self._by_level.get(level, np.empty(0, np.int32))
        return np.asarray(rows[(rows >= within) & (rows < self.last[within])], np.int32)

    def children(self, row: int) -> Rows:
        """Rows of the areas directly below ``row``."""
        inside = np.arange(row + 1, self.last[row], dtype=np.int32)
        return np.asarray(inside[self.parent[inside] == row], np.int32)

    def path(self, row: int) -> list[int]:
        """Rows from the city down to ``row``."""
        steps = [row]
        while self.parent[steps[-1]] >= 0:
            steps.append(int(self.parent[steps[-1]]))
        return steps[::-1]

    def ancestor(self, row: int, level: str) -> int:
        """Row of the area of ``level`` that holds ``row``; -1 if there is none."""
        return next((step for step in self.path(row) if self.level[step] == level), -1)

    def label(self, row: int, lang: Lang) -> str:
        """The area's name in the reader's language, as far as the city file gives one."""
        return self.name[row] if lang == "zh" else self.name_en[row] or self.name[row]

    def find(self, words: str, top: int = 0) -> int:
        """Row of the area at or below ``top`` with this code, name, ``parent/name`` (or code), or the word ``city``.

        Raises AreaNotFound; a name that several areas bear is not guessed at but listed. Of areas that are not below
        ``top`` nothing is told, not even that they are there.
        """
        words, inside = words.strip(), range(top, int(self.last[top]))
        if words.casefold() in ("city", "全市", ""):
            return top
        if self.row_of.get(words) in inside:
            return self.row_of[words]
        parent, _, name = words.rpartition("/")
        bearing = [self.row_of[name]] if name in self.row_of else self._by_name.get(name.casefold(), [])
        rows = [row for row in bearing if row in inside]
        if parent:
            above = self.find(parent, top)
            rows = [row for row in rows if above < row < self.last[above]]
        if len(rows) == 1:
            return rows[0]
        raise AreaNotFound(area=words, hint="; ".join(self._hint(name, rows, inside)))

    def _hint(self, name: str, rows: Sequence[int], inside: range) -> Iterator[str]:
        rows = rows or [row for row in inside if name and name in self.name[row]]
        for row in rows[:HINTS]:
            way = [self.name[step] for step in self.path(row)[1:] if step in inside]
            yield f"{'/'.join(way)} ({self.code[row]})"

    def with_leaves(self, lo: Rows, hi: Rows) -> Areas:
        """The same areas with their leaf slices."""
        return replace(self, lo=lo, hi=hi)

    def to_bytes(self) -> bytes:
        """The tree as an Arrow stream, as the store keeps it."""
        shapes = [None if shape is None else shapely.to_wkb(shape) for shape in self.shape]
        texts = {"code": self.code, "name": self.name, "name_en": self.name_en, "level": self.level}
        rows = {"parent": self.parent, "last": self.last, "lo": self.lo, "hi": self.hi}
        return to_stream(pa.table({**texts, **rows, "shape": pa.array(shapes, pa.large_binary())}))

    @classmethod
    def from_bytes(cls, body: bytes) -> Areas:
        """The tree of :meth:`to_bytes`."""
        table = pa.ipc.open_stream(body).read_all()
        texts = {name: table[name].to_pylist() for name in ("code", "name", "name_en", "level")}
        rows = {name: table[name].to_numpy().astype(np.int32) for name in ("parent", "last", "lo", "hi")}
        shapes = list(shapely.from_wkb(np.array(table["shape"].to_pylist(), dtype=object)))
        return cls(**texts, **rows, shape=shapes)


def successor(code: str, retired: Mapping[str, str]) -> str:
    """The code that stands for ``code`` today: mergers are followed to their end."""
    seen: set[str] = set()
    while code in retired and code not in seen:
        seen.add(code)
        code = retired[code]
    return code


def to_stream(*tables: pa.Table) -> bytes:
    """Arrow tables as compressed streams, one after the other."""
    sink = pa.BufferOutputStream()
    for table in tables:
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        with pa.ipc.new_stream(sink, table.schema, options=options) as out:
            out.write_table(table)
    return bytes(sink.getvalue())


def _wrong_code(code: str, known: Container[str]) -> Both | None:
    if code in known:
        return Both(f"代码重复: {code}", f"code stands twice: {code}")
    if len(code) > MOST_CODE:
        return Both(f"代码超过 {MOST_CODE} 字: {code}", f"code of more than {MOST_CODE} characters: {code}")
    return None


def plant(areas: Iterable[Area], file: str) -> Areas:
    """The tree of ``areas``; exactly one has no parent.

    Raises CityFileError on a code that stands twice, an area without its parent, or one that is its own.
    """
    by_code: dict[str, Area] = {}
    for area in areas:
        wrong = _wrong_code(area.code, by_code)
        if wrong is not None:
            raise CityFileError(file=file, where=area.level, detail=wrong)
        by_code[area.code] = area
    below: dict[str | None, list[Area]] = {}
    for area in sorted(by_code.values(), key=lambda area: area.code):
        if area.parent is not None and area.parent not in by_code:
            detail = Both(
                f"{area.code} {area.name}: 上级 {area.parent} 不存在",
                f"{area.code} {area.name}: no such parent: {area.parent}",
            )
            raise CityFileError(file=file, where=area.level, detail=detail)
        below.setdefault(area.parent, []).append(area)
    order: list[Area] = []
    parent: list[int] = []
    last: list[int] = []
    _walk(below[None][0], -1, below, order, parent, last)
    if len(order) < len(by_code):
        planted = {area.code for area in order}
        stray = next(area for area in by_code.values() if area.code not in planted)
        detail = Both(f"{stray.code} {stray.name}: 不在本市之下", f"{stray.code} {stray.name}: not below the city")
        raise CityFileError(file=file, where=stray.level, detail=detail)
    none = np.zeros(len(order), dtype=np.int32)
    return Areas(
        code=[area.code for area in order],
        name=[area.name for area in order],
        name_en=[area.name_en for area in order],
        level=[area.level for area in order],
        parent=np.array(parent, dtype=np.int32),
        last=np.array(last, dtype=np.int32),
        shape=[area.shape for area in order],
        lo=none,
        hi=none,
    )


def _walk(
    area: Area,
    parent: int,
    below: dict[str | None, list[Area]],
    order: list[Area],
    parents: list[int],
    last: list[int],
) -> None:
    row = len(order)
    order.append(area)
    parents.append(parent)
    last.append(row)
    for child in below.get(area.code, []):
        _walk(child, row, below, order, parents, last)
    last[row] = len(order)
