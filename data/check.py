"""A frame held against its kind: good rows, typed, and a reject for every bad cell.

Each distinct text of a column is parsed once. Nothing here looks a place up: whether a code or a name
exists is the locator's question.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj

from data.city import Source
from data.errors import CityFileError, MissingColumns, TooManyRejects
from data.formats.base import Rows, Texts
from data.privacy import guard
from data.read import Frame
from data.rejects import BadCell, Reject
from data.sources import verify
from data.sources.base import PLACE_IDS, Dtype, Field, Kind, plain_heading
from data.sources.parse import Manner, is_formula, polygonal
from data.words import Both

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Checked:
    """What a file came to.

    ``good``: every field of the kind as a column, plus ``row`` (int64): days datetime64[s] at midnight (NaT: none),
    counts int64, lon and lat float64 (NaN: none), shapes shapely polygons, everything else str, or None.
    ``rows``: data rows delivered, after `where`; ``aside``: rows set aside, by `where`, by days_from and days_to, and
    by an empty count that means missing. rows = good + rejected + aside without those of `where`.
    """

    good: pd.DataFrame
    rejects: list[Reject]
    rows: int
    aside: int


def check(frame: Frame, kind: Kind, source: Source) -> Checked:
    """Good rows and rejects of ``frame``.

    Raises MissingColumns, PersonalData, TooManyRejects; CityFileError where the source does not fit its kind.
    """
    verify(source)
    headings = match_headings(frame, kind, source)
    _guard(frame, headings, source)
    manner = _manner(frame, source)
    columns = {each.id: _column(frame, each, headings.get(each.id), source, manner) for each in kind.all_fields()}
    faults = [*(column.fault() for column in columns.values()), *_between_cells(columns, kind)]
    outside = _outside(columns.get("day"), source, len(frame.rows))
    wrong = np.zeros(len(frame.rows), dtype=bool)
    for fault in faults:
        wrong |= fault.lines
    wrong &= ~outside
    aside = outside | (~wrong & _not_stated(columns))
    repeated = _repeated(columns, ~(wrong | aside), frame.rows)
    wrong |= repeated.lines
    _refuse_too_many(frame, source, wrong, [*faults, repeated])
    rejects = _rejects(frame, wrong, [*faults, repeated])
    good = _typed(columns, frame.rows, np.flatnonzero(~(wrong | aside)))
    return Checked(good, rejects, len(frame.rows) + _bad_lines(frame), frame.aside + int(aside.sum()))


# --- columns ---


@dataclass
class _Column:
    """One field of every line: parsed ``values``, and the lines that are ``empty`` or ``bad``."""

    of: Field
    heading: str | None
    texts: Texts
    values: Any
    empty: Mask
    bad: Mask
    reasons: dict[str, BadCell] = field(default_factory=dict)

    def fault(self) -> _Fault:
        """Its bad cells, and its empty ones where the field is required."""
        lines = self.bad | self.empty if self.of.required and self.of.dtype != "count" else self.bad
        return _Fault(lines, self._reject)

    def _reject(self, line: int) -> tuple[str | None, str, str, dict[str, Any]]:
        text = self.texts[line]
        if text is None:
            return self.heading, "", "empty", {}
        reason = self.reasons[text]
        return self.heading, text, reason.why, reason.more

    @property
    def stated(self) -> Mask:
        """Lines where the field has a value."""
        return ~(self.empty | self.bad)


@dataclass(frozen=True)
class _Fault:
    """Bad ``lines`` (mask), and for each the column, value, why and more of its reject."""

    lines: Mask
    tell: Callable[[int], tuple[str | None, str, str, dict[str, Any]]]


def match_headings(frame: Frame, kind: Kind, source: Source) -> dict[str, str]:
    """Field id -> column of the frame: as mapped, else by the headings that the field is known by.

    Raises MissingColumns for mapped headings that are absent, required fields without any, and a frame in which nothing
    says where.
    """
    present = {plain_heading(heading): heading for heading in frame.table.columns}
    mapped = {each: present.get(plain_heading(heading)) for each, heading in source.columns.items()}
    absent = [source.columns[each] for each, heading in mapped.items() if heading is None]
    found = {each: heading for each, heading in mapped.items() if heading is not None}
    taken = set(found.values())
    for each in kind.all_fields():
        if each.id not in found and each.id not in source.constants:
            free = sorted(present[name] for name in each.headings() & present.keys() if present[name] not in taken)
            found |= dict(zip([each.id], free, strict=False))
            taken |= set(free[:1])
    _refuse_missing(frame, kind, found.keys() | source.constants.keys(), absent)
    return found


def _refuse_missing(frame: Frame, kind: Kind, given: Iterable[str], absent: list[str]) -> None:
    given = set(given)
    needed = [each for each in kind.all_fields() if each.required and each.default is None and each.id not in given]
    zh, en = [*absent, *(f"{each.id}/{each.zh}" for each in needed)], [*absent, *(each.id for each in needed)]
    drawn = "geometry" in given or (frame.geometry is not None and _shape_field(kind) is not None)
    if not (drawn or kind.placeless or given & PLACE_IDS):
        zh, en = [*zh, "任一位置列"], [*en, "any place column"]
    if zh:
        found = "、".join(frame.table.columns), ", ".join(frame.table.columns)
        raise MissingColumns(file=frame.file, columns=Both("、".join(zh), ", ".join(en)), found=Both(*found))


def _shape_field(kind: Kind) -> Field | None:
    return next((each for each in kind.fields if each.dtype == "shape"), None)


def _guard(frame: Frame, headings: dict[str, str], source: Source) -> None:
    fields: dict[str, list[str]] = {}
    for field_id, heading in headings.items():
        fields.setdefault(heading, []).append(field_id)
    columns = {heading: frame.table[heading].to_numpy() for heading in frame.table.columns}
    if frame.bad:  # lines without columns go back to the sender and into the store as they came
        columns["…"] = np.array([reject.value for reject in frame.bad], dtype=object)
    guard(frame.file, columns, fields, source.allow)


def _manner(frame: Frame, source: Source) -> Manner:
    today = dt.datetime.now(dt.UTC).date()
    return Manner(source.day_format, frame.serials, _is_projected(source.crs), today)


@lru_cache(maxsize=64)
def _is_projected(crs: str | None) -> bool:
    """Whether ``crs`` measures in metres. What pyproj does not know (GCJ-02, BD-09) measures in degrees."""
    try:
        return crs is not None and bool(pyproj.CRS.from_user_input(crs).is_projected)
    except pyproj.exceptions.CRSError:
        return False


def _column(frame: Frame, field_: Field, heading: str | None, source: Source, manner: Manner) -> _Column:
    if field_.dtype == "shape" and heading is None and frame.geometry is not None:
        return _drawn(field_, frame.geometry)
    constant = source.constants.get(field_.id, field_.default)
    if heading is None:
        texts = np.full(len(frame.rows), constant, dtype=object)
    else:
        texts = _translated(frame.table[heading].to_numpy(), source.values.get(field_.id, {}))
        texts = _filled(texts, field_, source)
    column = _parsed(field_, heading, texts, manner)
    if heading is None and column.bad.any():
        reason = Reject(
            0, field_.id, str(constant), column.reasons[str(constant)].why, column.reasons[str(constant)].more
        )
        where = f"source {source.name}, constants.{field_.id}"
        raise CityFileError(file="city.toml", where=where, detail=Both(reason.say("zh"), reason.say("en")))
    return column


def _translated(texts: Texts, values: dict[str, str]) -> Texts:
    if not values:
        return texts
    codes, distinct = pd.factorize(texts)
    ours = np.array([*(values.get(text, text) or None for text in distinct), None], dtype=object)
    translated: Texts = ours[codes]
    return translated


def _filled(texts: Texts, field_: Field, source: Source) -> Texts:
    """Empty cells that stand for something: a count where `empty` says zero, a day that may be left out."""
    zero = "0" if source.empty == "zero" else None
    fill = zero if field_.dtype == "count" else field_.default
    return texts if fill is None else np.where(pd.isna(texts), fill, texts).astype(object)


#: The value of an empty cell by dtype; an empty count never reaches the good rows.
_EMPTY: dict[Dtype, Any] = {
    "text": None, "shape": None, "day": np.datetime64("NaT", "s"), "count": 0, "degrees": np.nan,
}  # fmt: skip
_NUMPY: dict[Dtype, str] = {"text": "O", "shape": "O", "day": "M8[s]", "count": "i8", "degrees": "f8"}


def _parsed(field_: Field, heading: str | None, texts: Texts, manner: Manner) -> _Column:
    codes, distinct = pd.factorize(texts)
    read = field_.at_once(distinct, manner) if field_.at_once is not None else None
    found, reasons = (read, {}) if read is not None else _one_by_one(field_, distinct, manner)
    values = np.append(found, np.array([_EMPTY[field_.dtype]], dtype=_NUMPY[field_.dtype]))
    wrong = np.array([text in reasons for text in distinct] if reasons else [False] * len(distinct), dtype=bool)
    return _Column(field_, heading, texts, values[codes], codes < 0, np.append(wrong, False)[codes], reasons)


def _one_by_one(field_: Field, distinct: Texts, manner: Manner) -> tuple[Any, dict[str, BadCell]]:
    reasons: dict[str, BadCell] = {}
    values = np.full(len(distinct), _EMPTY[field_.dtype], dtype=_NUMPY[field_.dtype])
    for place, text in enumerate(distinct.tolist()):
        try:
            if is_formula(text):
                raise BadCell("formula")
            values[place] = field_.parse(text, manner)
        except BadCell as reason:
            reasons[text] = reason
    return values, reasons


def _drawn(field_: Field, geometry: Texts) -> _Column:
    """The shapes of a vector file as the column of a shape field; a feature without one is empty."""
    values = np.full(len(geometry), None, dtype=object)
    texts, reasons = np.full(len(geometry), None, dtype=object), {}
    for line, shape in enumerate(geometry):
        try:
            values[line] = None if shape is None else polygonal(shape)
        except BadCell as reason:
            texts[line] = shape.geom_type
            reasons[texts[line]] = reason
    bad = np.array([text is not None for text in texts], dtype=bool)
    empty = np.array([shape is None for shape in geometry], dtype=bool)
    return _Column(field_, field_.id, texts, values, empty, bad, reasons)


# --- rows ---


#: Days of one row that may not come before one another.
_ORDERED = (("start", "end"), ("day", "until"), ("since", "cleared"))


def _between_cells(columns: dict[str, _Column], kind: Kind) -> list[_Fault]:
    faults = [_placeless(columns, kind), _half_a_point(columns)]
    faults += [_lacking(columns[field], columns[other], value) for field, other, value in kind.required_unless]
    pairs = _ORDERED
    return faults + [_out_of_order(columns[a], columns[b]) for a, b in pairs if a in columns and b in columns]


def _placeless(columns: dict[str, _Column], kind: Kind) -> _Fault:
    """Lines that say nowhere, not even wrongly, though their kind wants a place."""
    silent = np.logical_and.reduce([
        column.empty for each, column in columns.items() if each in PLACE_IDS or column.of.dtype == "shape"
    ])  # fmt: skip
    if kind.placeless:
        silent[:] = False
    if kind.nowhere is not None:
        silent &= columns[kind.nowhere[0]].values != kind.nowhere[1]
    return _Fault(silent, lambda line: (None, "", "no_place", {}))


def _lacking(field_: _Column, other: _Column, value: str) -> _Fault:
    """Lines without ``field_`` though ``other`` has not the ``value`` that excuses it."""
    lines = field_.empty & other.stated & (other.values != value)
    return _Fault(lines, lambda line: (field_.heading or field_.of.id, "", "empty", {}))


def _half_a_point(columns: dict[str, _Column]) -> _Fault:
    lon, lat = columns["lon"], columns["lat"]

    def tell(line: int) -> tuple[str | None, str, str, dict[str, Any]]:
        value = f"{lon.texts[line] or ''}, {lat.texts[line] or ''}"
        return lon.heading or lat.heading, value, "lonlat", {}

    return _Fault((lon.stated & lat.empty) | (lat.stated & lon.empty), tell)


def _out_of_order(first: _Column, last: _Column) -> _Fault:
    lines = first.stated & last.stated & (last.values < first.values)
    return _Fault(lines, lambda line: (last.heading, last.texts[line], "days_order", {"start": first.texts[line]}))


def _outside(day: _Column | None, source: Source, lines: int) -> Mask:
    """Which of ``lines`` have a day before days_from or after days_to."""
    outside: Mask = np.zeros(lines, dtype=bool)
    if day is None:
        return outside
    if source.days_from is not None:
        outside |= day.values < np.datetime64(source.days_from)
    if source.days_to is not None:
        outside |= day.values > np.datetime64(source.days_to)
    return outside & day.stated


def _not_stated(columns: dict[str, _Column]) -> Any:
    """Lines whose count is empty: nobody stated anything, least of all zero."""
    return columns["count"].empty if "count" in columns else False


def _repeated(columns: dict[str, _Column], among: Mask, rows: Rows) -> _Fault:
    """Lines with an id that repeat an earlier line in every field."""
    id_, lines = columns.get("id"), np.flatnonzero(among)
    repeated = np.zeros(len(among), dtype=bool)
    if id_ is None or id_.heading is None:
        return _Fault(repeated, lambda line: (None, "", "duplicate", {}))
    told = pd.DataFrame({each: column.values[lines] for each, column in columns.items() if column.stated.any()})
    repeated[lines] = told.duplicated().to_numpy() & id_.stated[lines]
    first: dict[Any, int] = {}
    if repeated.any():
        keys = told.groupby(list(told.columns), dropna=False, sort=False).ngroup().to_numpy()
        starts = lines[np.unique(keys, return_index=True)[1]]
        first = dict(zip(lines.tolist(), rows[starts[keys]].tolist(), strict=True))
    heading = id_.heading
    return _Fault(repeated, lambda line: (heading, id_.texts[line], "duplicate", {"other": first[line]}))


# --- outcome ---


def _bad_lines(frame: Frame) -> int:
    """How many lines could not be split."""
    return len({reject.row for reject in frame.bad})


#: Bad rows that a file which is returned whole is told of.
TOLD_ROWS = 10_000


def _refuse_too_many(frame: Frame, source: Source, wrong: Mask, faults: Sequence[_Fault]) -> None:
    """Raises TooManyRejects past the set share; one bad row beside a good one is always borne."""
    rejected, rows = int(wrong.sum()) + _bad_lines(frame), len(frame.rows) + _bad_lines(frame)
    if rejected <= source.max_bad_share * rows or (rejected == 1 and rows > 1):
        return
    raise _too_many(frame.file, rejected, rows, _rejects(frame, wrong, faults, TOLD_ROWS), source)


def refuse_if_bad(file: str, rows: int, rejected: int, rejects: Sequence[Reject], source: Source) -> None:
    """Raises TooManyRejects if, once placed or counted, more rows are bad than the source allows; one is always
    borne. ``rejects`` begin with the first bad row."""
    if rejected > max(1, source.max_bad_share * rows):
        raise _too_many(file, rejected, rows, rejects, source)


def _too_many(file: str, rejected: int, rows: int, rejects: Sequence[Reject], source: Source) -> TooManyRejects:
    first = rejects[0]
    said = Both(
        f"第 {first.row} 行 {first.column} {first.say('zh')}",
        f"row {first.row} {first.column}: {first.say('en')}",
    )
    share = f"{source.max_bad_share:.0%}"
    error = TooManyRejects(file=file, rejected=rejected, rows=rows, share=share, first=said)
    error.rejects = rejects
    return error


def _rejects(frame: Frame, wrong: Mask, faults: Sequence[_Fault], lines: int | None = None) -> list[Reject]:
    """One reject for each bad cell, by row; of so many ``lines`` at most."""
    found = [*frame.bad]
    for line in np.flatnonzero(wrong)[:lines].tolist():
        found += _rejects_of(frame, line, faults)
    return sorted(found, key=lambda reject: reject.row)


def _rejects_of(frame: Frame, line: int, faults: Sequence[_Fault]) -> list[Reject]:
    told = [fault.tell(line) for fault in faults if fault.lines[line]]
    row = int(frame.rows[line])
    return [
        Reject(row, "" if column is None else frame.heading(column, line), value, why, more)
        for column, value, why, more in told
    ]


def _typed(columns: dict[str, _Column], rows: Rows, lines: Rows) -> pd.DataFrame:
    typed = {
        each: pd.Series(column.values[lines], dtype=object if column.values.dtype == object else None)
        for each, column in columns.items()
    }
    return pd.DataFrame({**typed, "row": rows[lines]})
