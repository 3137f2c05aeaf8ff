"""Parsers of one cell: text -> value, or BadCell with the reason.

A parser sees each *distinct* text of a column once and never an empty one. Text is first brought to
its plain form (NFKC), so that full-width digits and signs count as their ASCII twins.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import h3
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from shapely.geometry.base import BaseGeometry

from data.codes import is_code
from data.rejects import BadCell
from data.terms import Vocabulary, spelling

#: A slab is int32 with one value kept for "not stated"; below it room for a sum of two full cells is
#: not needed, but a figure past the world's largest city by fifty times is a slip of the keyboard.
MAX_COUNT = 2_000_000_000

FIRST_DAY = dt.date(1900, 1, 1)

#: Plans reach into the future, by a year at most; a day beyond is a misread format.
DAYS_AHEAD = 366

#: Programs that must write a last day write one from here on for "no end".
NO_END = dt.date(2099, 12, 31)

#: Excel counts days from here (its 1900 leap day that never was is behind all days after 1900-02-28).
EXCEL_EPOCH = dt.date(1899, 12, 30)

#: Metres of a projected system: twice the earth's circumference.
MAX_METRES = 8e7

#: Excel's error values, as its programs write them into text exports.
ERROR_VALUES = frozenset({
    "#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!",
    "#GETTING_DATA", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!",
})  # fmt: skip

_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.0*)?")
_WHOLE = re.compile(r"[0-9]+(\.0*)?")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_DAY = re.compile(
    r"(?P<y>[0-9]{4})(?P<sep>[-/.年])(?P<m>[0-9]{1,2})(?P<sep2>[-/.月])(?P<d>[0-9]{1,2})日?"
    r"(?:[ T]?[0-9]{1,2}[:时][0-9]{0,2}[:分]?[0-9]{0,2}秒?(?:\.[0-9]+)?)?"
)
_COMPACT = re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})")
_SERIAL = re.compile(r"[0-9]{1,6}(\.[0-9]+)?")
_UNSEPARATED = re.compile(r"%[A-Za-z]%[A-Za-z]")
_HEX = re.compile(r"[0-9a-f]{15}")
_SPOILT = re.compile(r"[0-9]+(\.[0-9]+)?[eE]\+?[0-9]+")


@dataclass(frozen=True)
class Manner:
    """How this source writes: ``day_format`` (strptime), ``serials``: numbers may be Excel's days,
    ``projected``: lon and lat are metres, ``today``: of which days are judged."""

    day_format: str = "%Y-%m-%d"
    serials: bool = False
    projected: bool = False
    today: dt.date = dt.date(2100, 1, 1)


Parse = Callable[[str, Manner], Any]


def plain(text: str) -> str:
    """``text`` in its compatibility form, without blanks at its ends."""
    return unicodedata.normalize("NFKC", text).strip()


def is_formula(text: str) -> bool:
    """Whether a cell holds a formula or an error value where data should be."""
    return text.startswith("=") or text.upper() in ERROR_VALUES


def words(text: str, manner: Manner) -> str:
    """Any text, as delivered."""
    return text


def count(text: str, manner: Manner) -> int:
    """A whole number of persons or things, 0 to MAX_COUNT: ``1,234``, ``12.0``, ``１２``."""
    number = plain(text)
    if _GROUPED.fullmatch(number):
        number = number.replace(",", "")
    if not _WHOLE.fullmatch(number):
        raise BadCell("negative" if number[:1] == "-" and _NUMBER.fullmatch(number) else "not_a_count")
    digits = number.partition(".")[0].lstrip("0")
    # the length first: int() of a million digits takes minutes
    if len(digits) > len(str(MAX_COUNT)) or int(digits or 0) > MAX_COUNT:
        raise BadCell("too_big", limit=MAX_COUNT)
    return int(digits or 0)


def number(text: str, manner: Manner) -> float:
    """A finite number, written plainly or with an exponent."""
    value = plain(text)
    if not _NUMBER.fullmatch(value) or not math.isfinite(float(value)):
        raise BadCell("not_a_number")
    return float(value)


def amount(text: str, manner: Manner) -> float:
    """A number from nought on."""
    value = number(text, manner)
    if value < 0:
        raise BadCell("negative")
    return value


def per_cent(text: str, manner: Manner) -> float:
    """Per cent of a whole, 0 to 100, with or without its sign."""
    value = amount(plain(text).removesuffix("%"), manner)
    if value > 100:
        raise BadCell("too_big", limit="100%")
    return value


def within(value: float, limit: float, manner: Manner) -> bool:
    """Whether a coordinate stays within ``limit`` degrees, or MAX_METRES of a projected system."""
    return abs(value) <= (MAX_METRES if manner.projected else limit)


def longitude(text: str, manner: Manner) -> float:
    """Degrees east, -180 to 180; metres where the source's system is projected."""
    value = number(text, manner)
    if not within(value, 180, manner):
        raise BadCell("lonlat")
    return value


def latitude(text: str, manner: Manner) -> float:
    """Degrees north, -90 to 90; metres where the source's system is projected."""
    value = number(text, manner)
    if not within(value, 90, manner):
        raise BadCell("lonlat")
    return value


def at_once(limit: float) -> Callable[[Any, Manner], Any]:
    """A parser of a whole array of coordinates: float64, or None where one needs a closer look.

    A file of points has as many distinct texts as rows; this reads a million in a tenth of a second.
    """

    def read(texts: Any, manner: Manner) -> Any:
        try:
            values = pc.cast(pa.array(texts, pa.large_string()), pa.float64()).to_numpy(zero_copy_only=False)
        except pa.ArrowInvalid:
            return None
        return values if len(values) and within(np.abs(values).max(), limit, manner) else None  # NaN is within nothing

    return read


def code(text: str, manner: Manner) -> str:
    """An area code: its digits; ``310101.0``, as spreadsheets spoil them, is mended."""
    digits = plain(text).removesuffix(".0")
    if not is_code(digits):
        raise BadCell("not_a_code")
    return digits


def cell(text: str, manner: Manner) -> str:
    """A cell's id: an H3 index in lower-case hexadecimal, or the id of an imported grid as delivered.

    A decimal uint64 that is a valid H3 index becomes its hexadecimal form.
    """
    id_ = plain(text)
    index = id_.lower().removeprefix("0x")
    if _HEX.fullmatch(index) and h3.is_valid_cell(index):
        return index  # first, for one whose only letter is an e looks like a rounded number
    if _SPOILT.fullmatch(id_):
        raise BadCell("not_a_cell")  # a spreadsheet rounded it; the cell it named is lost
    return (h3_of(id_) or id_) if id_.isascii() and id_.isdigit() else id_


def h3_of(digits: str) -> str | None:
    """The H3 index that decimal ``digits`` write, in hexadecimal; None if they write none."""
    if not digits.isdigit() or len(digits) not in (
        18,
        19,
    ):  # an H3 cell's first bits are 0000 1: 5.8e17 to 1.2e18
        return None
    index = format(int(digits), "x")
    return index if h3.is_valid_cell(index) else None


def term(vocabulary: Vocabulary) -> Parse:
    """A parser of the words of ``vocabulary``: any spelling -> term id."""
    spellings = spelling(vocabulary)
    known = " ".join(f"{t.id}/{t.zh}" for t in vocabulary.values())

    def parse(text: str, manner: Manner) -> str:
        found = spellings.get(plain(text).lower())
        if found is None:
            raise BadCell("not_a_term", known=known)
        return found

    return parse


def day(text: str, manner: Manner) -> np.datetime64:
    """A calendar day within FIRST_DAY and DAYS_AHEAD of today; a time of day after it is dropped.

    The declared format first, then year-month-day in its ISO, Chinese and compact writings, which
    cannot be mistaken, then Excel's serial numbers where the file is Excel's. A time with a zone is
    refused: which day it falls on depends on a zone that nobody stated.
    """
    found = _calendar_day(text, manner)
    last = manner.today + dt.timedelta(days=DAYS_AHEAD)
    if not FIRST_DAY <= found <= last:
        raise BadCell("day_range", low=FIRST_DAY.isoformat(), high=last.isoformat())
    return np.datetime64(found, "D")


def last_day(text: str, manner: Manner) -> np.datetime64:
    """The last day of something, see :func:`day`; NaT, as an empty cell, from NO_END on."""
    return np.datetime64("NaT", "D") if _calendar_day(text, manner) >= NO_END else day(text, manner)


def _calendar_day(text: str, manner: Manner) -> dt.date:
    written = plain(text)
    found = _declared(written, manner.day_format) or _year_first(written) or _serial(written, manner)
    if found is None:
        raise BadCell("not_a_day", format=manner.day_format)
    return found


def _declared(text: str, day_format: str) -> dt.date | None:
    try:
        moment = dt.datetime.strptime(text, day_format)  # noqa: DTZ007 - only its date is kept
    except ValueError:
        return None
    # without separators strptime reads 2022111 as 11-01 though 1-11 is as likely
    if moment.tzinfo or (_UNSEPARATED.search(day_format) and moment.strftime(day_format) != text):
        return None
    return moment.date()


def _year_first(text: str) -> dt.date | None:
    found = _DAY.fullmatch(text) or _COMPACT.fullmatch(text)
    if found is None or not _one_style(found.groupdict()):
        return None
    try:
        return dt.date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        return None


def _one_style(parts: dict[str, str | None]) -> bool:
    first, second = parts.get("sep"), parts.get("sep2")
    return first == second or (first, second) == ("年", "月")


def _serial(text: str, manner: Manner) -> dt.date | None:
    if not manner.serials or not _SERIAL.fullmatch(text):
        return None
    return EXCEL_EPOCH + dt.timedelta(days=int(float(text)))


def shape(text: str, manner: Manner) -> BaseGeometry:
    """A polygon from WKT or GeoJSON text; see :func:`polygonal`."""
    read = shapely.from_geojson if text.lstrip().startswith("{") else shapely.from_wkt
    try:
        with np.errstate(invalid="ignore"):  # corners that are NaN are refused below
            found = read(text)
    except (shapely.errors.ShapelyError, ValueError, TypeError) as error:
        raise BadCell("not_a_geometry", detail=str(error)) from error
    return polygonal(found)


def polygonal(shape: BaseGeometry | None) -> BaseGeometry:
    """``shape`` as a valid polygon or multipolygon with finite corners.

    Crossing outlines are mended the way drawing programs fill them. Raises BadCell for points, lines,
    empty shapes and what has no area.
    """
    if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon", "GeometryCollection"):
        raise BadCell("not_a_geometry", detail=getattr(shape, "geom_type", "-"))
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        raise BadCell("not_a_geometry", detail="NaN")
    whole = shapely.union_all(_areas(shape)) if shape.geom_type == "GeometryCollection" else shape
    valid = whole if whole.is_valid else shapely.make_valid(whole, method="structure", keep_collapsed=False)
    if valid.geom_type not in ("Polygon", "MultiPolygon") or valid.area <= 0:
        raise BadCell("not_a_geometry", detail="area = 0")
    return valid


def _areas(collection: BaseGeometry) -> list[BaseGeometry]:
    return [part for part in shapely.get_parts(collection) if part.geom_type in ("Polygon", "MultiPolygon")]
