"""Where a city's numbers are told by: the levels of its area tree with their code lists and maps, its unit grid."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from data.city.base import Part

LevelId = Literal["district", "street", "responsibility_grid", "community"]


class Codes(Part):
    """A code list: one row an area. ``parent`` names the parent's code column; without it the
    parent is the area of the level above whose code starts this one."""

    file: Path
    code: str = "code"
    name: str = "name"
    name_en: str | None = None
    parent: str | None = None
    encoding: str | None = None


class Boundaries(Part):
    """Polygons of one level, joined to the areas by ``code``, or by ``name`` within ``parent_name``."""

    file: Path
    code: str | None = None
    name: str | None = None
    parent_name: str | None = None
    crs: str
    encoding: str | None = None
    layer: str | None = None

    @model_validator(mode="after")
    def _joinable(self) -> Boundaries:
        if self.code is None and self.name is None:
            raise ValueError("boundaries need a code column or a name column")
        return self


class Level(Part):
    """One level of the area tree below the city.

    ``aliases``: another spelling -> official name; the key may be qualified, ``"黄浦区/外滩"``.
    ``merged``: retired code -> the code that took it over.
    """

    id: LevelId
    codes: Codes | None = None
    boundaries: Boundaries | None = None
    aliases: dict[str, str] = Field(default_factory=dict)
    merged: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _sourced(self) -> Level:
        if self.codes is None and (self.boundaries is None or self.boundaries.code is None):
            raise ValueError("a level needs codes, or boundaries with a code column and a name column")
        return self


class Grid(Part):
    """The unit grid: an H3 resolution, or an imported polygon file whose cells have an ``id`` and
    belong to exactly one ``area`` (a code of the finest level)."""

    h3: Annotated[int, Field(ge=4, le=11)] | None = None
    file: Path | None = None
    id: str = "id"
    area: str = "community"
    crs: str | None = None
    layer: str | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Grid:
        if (self.h3 is None) == (self.file is None):
            raise ValueError("a grid is either h3 = RESOLUTION or file = PATH")
        if self.file is not None and self.crs is None:
            raise ValueError("an imported grid needs its crs")
        return self
