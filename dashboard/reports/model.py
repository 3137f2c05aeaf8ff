"""What a situation report is: sections of sentences, tables, curves and maps, whose every number says where it is from.

A report is made once (:func:`dashboard.reports.build.build`) and written by each of WRITERS from the same record, so
that Word, PDF, Excel and PowerPoint cannot disagree. It is a value: the same version and as-of make an equal
report, and an equal report makes identical bytes. It knows neither fonts nor file formats.

A sentence is a line of *runs*: texts and numbers. Numbers stay numbers until a writer prints them, so a sheet
can hold them in cells and the reconciler can ask each again by its ``cite``.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from dashboard.queries.cite import Cite
from data.words import Lang

Day = dt.date
Form = Literal["count", "rate", "share", "part", "growth", "score"]


@dataclass(frozen=True, slots=True)
class Order:
    """What report is wanted: ``kind`` an id of REPORTS, the area's code (``city``: all that the viewer may see), the
    day (None: the last one with data), the moment as of which it speaks (UTC without zone; None: now), the language,
    and the layer that its map shows (a measure's id; None: the kind's own). ``subject``: what a report on one thing is
    about (a notice's or zone's id); ``first``: first day of a review (None: the kind's own span)."""

    kind: str
    area: str = "city"
    day: Day | None = None
    as_of: dt.datetime | None = None
    lang: Lang = "zh"
    layer: str | None = None
    subject: str | None = None
    first: Day | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """One number: ``value`` None unless ``state`` (terms.STATES) is value or zero. ``form`` and ``digits`` as measures
    have them; a share is in per cent (12.3 is 12.3 %), a part is a
    fraction that is printed as one (0.123 is 12.3 %), growth a signed fraction (0.1 is +10 %). ``unit`` follows it."""

    value: float | None
    state: str
    cite: Cite
    form: Form = "count"
    digits: int = 0
    unit: str = ""


Run = str | Number
Line = tuple[Run, ...]
Cell = Run


@dataclass(frozen=True)
class Paragraph:
    """Sentences that stand together; ``tone``: "quiet" is a remark, "strong" what must not be overlooked."""

    runs: Line
    tone: Literal["", "quiet", "strong"] = ""


@dataclass(frozen=True)
class Items:
    """A numbered list of sentences."""

    rows: tuple[Line, ...]


@dataclass(frozen=True)
class Column:
    """One column: ``left`` for words; ``share``: its part of the width against the others'."""

    name: str
    left: bool = False
    share: float = 1.0


@dataclass(frozen=True)
class Table:
    """Rows of cells under named columns. ``total``: the last row is the sum of those above. ``none``: said where there
    are no rows. ``id`` is unique in the report: the sheet's name in Excel is made from ``title``."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: bool = False
    note: Line = ()
    none: str = ""


@dataclass(frozen=True)
class Series:
    """One curve: numbers day by day; ``colour`` hexadecimal, ``dash`` so that it is told apart in black and white."""

    name: str
    numbers: tuple[Number, ...]
    colour: str
    dash: Literal["solid", "dashed", "dotted"] = "solid"


@dataclass(frozen=True)
class Curve:
    """Series over the same days. ``kind``: bars for daily counts (one series), lines else."""

    id: str
    title: str
    days: tuple[Day, ...]
    series: tuple[Series, ...]
    unit: str = ""
    kind: Literal["bars", "lines"] = "lines"
    note: Line = ()


@dataclass(frozen=True)
class Step:
    """One class of a map's legend: its colour, its words, how many units have it."""

    colour: str
    text: str
    units: int


@dataclass(frozen=True)
class Map:
    """Units of one level painted by a measure on a day, as the screen paints them.

    ``classes``: one small integer a unit (index into ``steps``; -1 zero, -2 suppressed, -3 missing), in the order of
    the level's units inside ``area`` (cells: those of the area). Borders are not in it: who draws it
    (:mod:`dashboard.reports.drawing`) takes them from the same version.
    """

    id: str
    title: str
    area: str
    level: str
    measure: str
    day: Day
    steps: tuple[Step, ...]
    classes: tuple[int, ...]
    labels: bool = True
    note: Line = ()


Block = Paragraph | Items | Table | Curve | Map


@dataclass(frozen=True)
class Section:
    """A part of the report under a heading; ``sections`` stand below it (二级, 三级). ``annex``: at the end (附件)."""

    id: str
    title: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    annex: bool = False


@dataclass(frozen=True)
class Origin:
    """One load that the report's version holds: as the manifest lists it."""

    load: int
    source: str
    file: str
    sha256: str
    known: dt.datetime
    rows: int
    taken: int


@dataclass(frozen=True)
class Report:
    """A whole report. ``organ`` (发文机关), ``number`` (发文字号) and ``issued`` (成文日期) head a document where they
    are configured; ``known``: the moment up to which the version knows (UTC), ``as_of`` what was asked (None:
    now); ``packs``: (rule pack, sha256); ``simulated``: said on every page; ``subject``: what tells the report from
    others of its kind, place and day ("" if nothing does)."""

    kind: str
    title: str
    area: str
    place: str
    day: Day
    lang: Lang
    city: str
    timezone: str
    version: int
    known: dt.datetime
    as_of: dt.datetime | None
    sections: tuple[Section, ...]
    organ: str = ""
    number: str = ""
    issued: str = ""
    simulated: bool = False
    subject: str = ""
    origins: tuple[Origin, ...] = ()
    packs: tuple[tuple[str, str], ...] = ()


def sections_of(report: Report) -> Iterator[tuple[int, Section]]:
    """Every section in reading order with its depth (1: 一、; 2: （一）; 3: 1.)."""
    yield from _below(report.sections, 1)


def _below(sections: Sequence[Section], depth: int) -> Iterator[tuple[int, Section]]:
    for section in sections:
        yield depth, section
        yield from _below(section.sections, depth + 1)


def numbers_of(what: object) -> Iterator[Number]:
    """Every number of a report, section or block, in reading order."""
    if isinstance(what, Number):
        yield what
    elif isinstance(what, (tuple, list)):
        for one in what:
            yield from numbers_of(one)
    elif dataclasses.is_dataclass(what) and not isinstance(what, (Cite, type)):
        for one in dataclasses.fields(what):
            yield from numbers_of(getattr(what, one.name))


@dataclass(frozen=True)
class File:
    """One written file."""

    name: str
    body: bytes = field(repr=False)
