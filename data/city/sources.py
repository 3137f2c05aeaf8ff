"""A feed of a city: what it is, where it lies, how it is read and located, how often it comes, when it is odd."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import Field, field_validator

from data.city.base import Part
from data.terms import FAULTS

Format = Literal["csv", "excel", "json", "parquet", "vector"]

#: What a later file of a source does to an earlier one.
#: ``row``: a row replaces the row of the same key; other rows stand (aggregates, line lists with ids).
#: ``day``: a file is the whole truth about each day it names (daily lists, snapshots).
Replaces = Literal["row", "day"]


class Unpivot(Part):
    """Wide headings -> rows. Each heading that ``pattern`` matches whole becomes a row whose named
    groups are columns and whose cell is the column ``value``. Or ``columns``: heading -> the text
    that stands in column ``name``."""

    pattern: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    name: str = "variable"
    value: str = "value"

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"not a regular expression: {error}") from error
        return pattern


class Records(Part):
    """Where the rows are in a JSON document. ``path``: dotted keys down to a list of objects, or,
    with ``key``, to an object of lists (or of objects) whose key becomes the column ``key``.
    ``explode``: a column that holds a list; one row per member."""

    path: str = ""
    key: str | None = None
    explode: str | None = None


class Where(Part):
    """Keeps rows by one of their own columns, before anything is checked.
    Rows left out are counted as set aside, never as rejects."""

    column: str
    only: list[str] = Field(default_factory=list)
    drop: list[str] = Field(default_factory=list)


class Cadence(Part):
    """How often a source should come, in hours; ``warn`` and ``error`` are ages of its newest day."""

    every: float = 24
    warn: float = 36
    error: float = 72


class Guard(Part):
    """When a delivery is held back before it is loaded, and asked about. ``hold``: the faults that do (ids of
    data.terms.FAULTS); a delivery with others is loaded, and they are listed.

    ``jump``: a day above so many times the highest of the 14 days before. Three: the fastest real growth that this was
    tried on, Shanghai's in March 2022, never reached twice the highest of its last fortnight; Wuhan's 12 February 2020,
    when the definition of a case changed, was more than six times it. ``revision``: a day told before that
    changes by more than this share of what it was. Late reports move a day by some per cent, a quarter is another
    count. Both have a margin of ten times the square root, and some dozens: small numbers are lively. ``least``: days
    of history without which nothing is called odd.
    """

    hold: list[str] = Field(
        default_factory=lambda: ["jump", "revision", "copied_day", "shifted_rows", "duplicate_file", "zero_filled"]
    )
    jump: Annotated[float, Field(ge=1.5, le=1000)] = 3.0
    revision: Annotated[float, Field(gt=0, le=100)] = 0.25
    least: Annotated[int, Field(ge=3, le=60)] = 7

    @field_validator("hold")
    @classmethod
    def _known_faults(cls, hold: list[str]) -> list[str]:
        unknown = set(hold) - FAULTS.keys()
        if unknown:
            raise ValueError(f"no such fault: {', '.join(sorted(unknown))}; there are {', '.join(FAULTS)}")
        return hold


class Source(Part):
    """One feed of the city: what it is, where it lies, how it is read and located.

    ``columns`` maps our field -> the sender's heading; ``constants`` gives a field one value;
    ``values`` translates cells, field -> {sender's spelling: ours}. ``empty``: what an empty count
    means. ``absent``: what a place that a delivered day does not name means. ``doubt_zero_days``:
    a day on which *every* row is zero counts as not reported, unless ``doubt_unless``, a dotted path
    with ``{day}`` into the same JSON file, finds a zero for the whole city there. ``backs``: another source
    of the same numbers; this one is heard only on days on which that one says nothing. ``areas``: codes or
    names of the areas that it speaks for, so that its silence about others is no zero (empty: the city).
    ``covers``: a file speaks for the day so many days before it was received, even if no row names it
    (nothing to report). ``received``: strptime pattern of the moment of delivery in the file name, for archives.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=100)]
    kind: str
    path: str
    title: str | None = None
    title_en: str | None = None
    format: Format | None = None
    encoding: str | None = None
    sheet: str | int = 0
    layer: str | None = None
    crs: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    day_format: str = "%Y-%m-%d"
    empty: Literal["missing", "zero"] = "missing"
    absent: Literal["missing", "zero"] | None = None
    replaces: Replaces | None = None
    unpivot: Unpivot | None = None
    records: Records | None = None
    where: list[Where] = Field(default_factory=list)
    aliases: dict[str, str] = Field(default_factory=dict)
    days_from: dt.date | None = None
    days_to: dt.date | None = None
    doubt_zero_days: bool = False
    doubt_unless: str | None = None
    backs: str | None = None
    areas: list[str] = Field(default_factory=list)
    covers: Annotated[int, Field(ge=0)] | None = None
    max_bad_share: Annotated[float, Field(ge=0, le=1)] = 0.1
    allow: list[str] = Field(default_factory=list)
    received: str | None = None
    cadence: Cadence = Cadence()
    guard: Guard = Field(default_factory=Guard)
