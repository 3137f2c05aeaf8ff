"""What is exported: a layer of rows with shapes, and what a format is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from shapely.geometry.base import BaseGeometry

from data.terms import STATES
from data.words import Lang

Day = dt.date
Kind = Literal["text", "whole", "real", "day", "state"]


@dataclass(frozen=True)
class Wish:
    """What is wanted: ``layer`` a measure's id or one of LAYERS, by units of ``level`` (None: one step below) inside
    ``area``, on ``day`` (None: the last with data), as of a moment (UTC without zone; None: now)."""

    layer: str
    area: str = "city"
    level: str | None = None
    day: Day | None = None
    as_of: dt.datetime | None = None


@dataclass(frozen=True)
class Column:
    """One column. ``of``: for a state, the column whose numbers it is about."""

    id: str
    zh: str
    en: str
    kind: Kind = "text"
    of: str = ""

    def name(self, lang: Lang) -> str:
        """The heading in the reader's language."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, eq=False)
class Layer:
    """Rows, column by column: ``data[column.id]`` has one entry a row (None: no value), ``shapes`` one geometry a row
    in WGS-84 degrees or None. ``code`` is always a column, and tells the rows apart."""

    id: str
    title: str
    columns: tuple[Column, ...]
    data: Mapping[str, Sequence[Any]]
    shapes: Sequence[BaseGeometry | None]
    geometry: Literal["Polygon", "LineString"]
    city: str
    area: str
    place: str
    level: str
    day: Day | None
    lang: Lang
    version: int
    known: dt.datetime
    as_of: dt.datetime | None
    simulated: bool

    def __len__(self) -> int:
        return len(self.shapes)

    def row(self, at: int) -> dict[str, Any]:
        """One row by column id."""
        return {column.id: self.data[column.id][at] for column in self.columns}


@dataclass(frozen=True)
class Format:
    """One format. ``write``: the same layer gives the same bytes. ``suffix`` without its dot."""

    id: str
    suffix: str
    mimetype: str
    zh: str
    en: str
    write: Callable[[Layer], bytes]

    def name(self, lang: Lang) -> str:
        """What it is called in the reader's language."""
        return self.zh if lang == "zh" else self.en


def file_name(layer: Layer, form: Format) -> str:
    """A name that says what is inside: place, layer, level, day and version, and whether it is simulated."""
    warning = ("模拟" if layer.lang == "zh" else "SIMULATED") if layer.simulated else ""
    parts = [warning, layer.place, layer.title, layer.level, str(layer.day or ""), f"v{layer.version}"]
    stem = "_".join(re.sub(r"[^\w.-]+", "-", part).strip("-") for part in parts if part)
    return f"{stem}.{form.suffix}"


#: First line of whatever has room for words: simulated numbers say so wherever they go.
SIMULATED = ("模拟数据，不是真实疫情", "SIMULATED, none of it is real")


def about(layer: Layer) -> list[tuple[str, str]]:
    """What the layer is, line by line: for sheets and read-me files."""
    at = 0 if layer.lang == "zh" else 1
    lines = [
        (("城市", "city"), layer.city),
        (("区域", "area"), f"{layer.place} ({layer.area})"),
        (("图层", "layer"), f"{layer.title} ({layer.id})"),
        (("层级", "level"), layer.level),
        (("日期", "day"), str(layer.day or "")),
        (("批次", "version"), str(layer.version)),
        (("获知", "known"), moment_text(layer.known)),
        (("当时所知", "as of"), moment_text(layer.as_of)),
        (("坐标系", "coordinates"), "WGS-84 (OGC:CRS84, EPSG:4326)"),
        (("状态", "states"), ", ".join(f"{term.id} {term.name(layer.lang)}" for term in STATES.values())),
    ]
    head = [(("注意", "note")[at], SIMULATED[at])] if layer.simulated else []
    return head + [(name[at], text) for name, text in lines if text]


def moment_text(moment: dt.datetime | None) -> str:
    """A moment of the store as ISO 8601 in UTC; "" for None."""
    return "" if moment is None else moment.replace(microsecond=0).isoformat() + "Z"
