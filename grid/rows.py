"""A delivery read whole: checked, placed, its bad rows set aside, and handed to what keeps rows of its kind."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.check import check, match_headings, refuse_if_bad
from data.city import Source
from data.deliveries import Delivery
from data.doubt import doubted_days
from data.errors import FileError
from data.formats.carried import carried_crs
from data.read import Frame, read_frame
from data.rejects import Reject
from data.sources import Kind, kind
from data.store import Writer
from data.words import Both
from grid import crs
from grid.geography import Geography
from grid.ground import Figures, Ground, Order
from grid.located import Located, Note
from grid.place import Placed

Day = dt.date

#: Unplaced notes kept of one load; the rest is one more line a reason, with their number.
NOTES_KEPT = 200


@dataclass(frozen=True)
class Told:
    """The rows of a delivery that fit: checked (``good``) and placed (``leaf`` of each; -1 for the rows of a kind that
    may be nowhere). ``fields``: those that the file has a column for. ``covered``: the day that it speaks for though no
    row names it; ``received``: the day it came, None if only now."""

    good: pd.DataFrame
    leaf: NDArray[np.int32]
    made: Kind
    source: Source
    fields: frozenset[str]
    covered: Day | None = None
    received: Day | None = None


@dataclass(frozen=True)
class Kept:
    """The first and last day that the kept rows speak of, rows that were found wrong while they were kept (one reject
    each), notes for the load, the numbers in the order of the rows."""

    days: tuple[Day, Day] | None
    rejects: list[Reject] = field(default_factory=list)
    notes: Mapping[str, Any] = field(default_factory=dict)
    order: Order | None = None


Keep: TypeAlias = Callable[[Ground, Writer, Told], Kept]
Place: TypeAlias = Callable[[Ground, pd.DataFrame, Source], Placed]


def by_words(ground: Ground, good: pd.DataFrame, source: Source) -> Placed:
    """The usual way to place rows."""
    return ground.placer(source).place(good)


def take(ground: Ground, load: Writer, delivery: Delivery, keep: Keep, place: Place = by_words) -> Figures:
    """Read, check and place a delivery, and ``keep`` the rows that fit. Raises FileError."""
    path, source = delivery.path, delivery.source
    made, frame = kind(source.kind), read_frame(path, source)
    if frame.geometry is not None:
        crs.same_crs(source.crs or "", carried_crs(path, source.layer), path.name)
    checked = check(frame, made, source)
    good, doubted, doubted_days_ = _believed(checked.good, source, delivery)
    placed, fits = _seated(ground, good, made, source, place)
    rejects = checked.rejects + list(place_rejects(good, placed, frame, source, ~fits))
    refuse_if_bad(path.name, checked.rows, _rows(rejects), rejects[:1], source)
    load.unplaced(_notes(ground.geography, placed, fits & (placed.leaf >= 0)))
    fields, covered = match_headings(frame, made, source).keys(), delivery.covered_day(ground.city.timezone)
    received = delivery.received_day(ground.city.timezone)
    told = Told(
        good[fits].reset_index(drop=True), placed.leaf[fits], made, source, frozenset(fields), covered, received
    )
    kept = _kept(ground, load, told, keep, path.name)
    rejects += kept.rejects
    refuse_if_bad(path.name, checked.rows, _rows(rejects), rejects[:1], source)
    load.rejects(rejects)
    first, last = kept.days or (None, None)
    taken = int(fits.sum()) - len(kept.rejects)
    notes = {"headings": _headings(frame), **kept.notes}
    aside = checked.aside + doubted
    return Figures(checked.rows, taken, _rows(rejects), aside, first, last, notes, kept.order, doubted_days_)


def _rows(rejects: list[Reject]) -> int:
    return len({reject.row for reject in rejects})


def _kept(ground: Ground, load: Writer, told: Told, keep: Keep, file: str) -> Kept:
    try:
        return keep(ground, load, told)
    except OverflowError as error:
        detail = Both("同一处的数量合计过大", "counts of one place add up to too much")
        raise FileError(file=file, detail=detail) from error


def _headings(frame: Frame) -> list[str]:
    """The sender's headings, as far as they are no rows themselves."""
    own = {frame.headings.get(column, column) for column in frame.table.columns if column not in frame.unpivoted}
    return sorted(own | (set(pd.unique(frame.wide)) if frame.wide is not None else set()))


def _believed(good: pd.DataFrame, source: Source, delivery: Delivery) -> tuple[pd.DataFrame, int, tuple[Day, ...]]:
    """The rows without those of doubted days, the number of these, the days."""
    if "day" not in good:
        return good, 0, ()
    days = doubted_days(good, source, delivery.path)
    doubted = good["day"].isin(days)
    found = tuple(sorted(pd.Timestamp(day).date() for day in days))
    return (good[~doubted].reset_index(drop=True) if doubted.any() else good), int(doubted.sum()), found


def _seated(
    ground: Ground, good: pd.DataFrame, made: Kind, source: Source, place: Place
) -> tuple[Placed, NDArray[np.bool_]]:
    """The rows' places, and which rows fit: those that have one, and those that say they need none."""
    placed = place(ground, good, source)
    if made.nowhere is None:
        return placed, placed.leaf >= 0
    nowhere = (good[made.nowhere[0]] == made.nowhere[1]).to_numpy()
    placed.leaf[nowhere] = -1
    return placed, (placed.leaf >= 0) | nowhere


def place_rejects(
    good: pd.DataFrame, placed: Placed, frame: Frame, source: Source, wrong: NDArray[np.bool_]
) -> Iterator[Reject]:
    """The ``wrong`` rows, which no area of the city takes."""
    for at in np.flatnonzero(wrong):
        name = placed.column[at] or "area"
        heading = source.columns.get(name, name)
        shown = [good[c].iloc[at] for c in (("lon", "lat") if name == "lon" else (name,)) if c in good]
        value = ", ".join(str(v) for v in shown)
        why = placed.why[at] or "no_place"
        yield Reject(int(good["row"].iloc[at]), frame.headings.get(heading, heading), value, why)


def _notes(geography: Geography, placed: Placed, fits: NDArray[np.bool_]) -> list[tuple[str, str, str, int]]:
    """What is to be said of the taken rows that were not placed finely; see :func:`noted`."""
    at = np.flatnonzero(fits & (placed.note != None))  # noqa: E711  (elementwise)
    text = pd.Series(placed.text[at], dtype=object).fillna("").to_numpy()
    taken = np.ones(len(placed.leaf), np.bool_)
    return noted(geography, Located(placed.leaf, (), at, placed.note[at], text).noted(taken))


def noted(geography: Geography, notes: Mapping[Note, int]) -> list[tuple[str, str, str, int]]:
    """(area code, note, words, rows) of rows that were not placed finely, the most frequent first; past NOTES_KEPT one
    line a note, of the whole city."""
    codes, area = geography.areas.code, geography.leaves.area
    found, rest = Counter[tuple[int, str, str]](), Counter[str]()
    for (leaf, note, text), number in notes.items():
        found[int(area[leaf]), note, text] += int(number)
    order = sorted(found.items(), key=lambda each: (-each[1], each[0]))
    for (_, note, _), number in order[NOTES_KEPT:]:
        rest[note] += number
    kept = [(codes[at], note, text, number) for (at, note, text), number in order[:NOTES_KEPT]]
    return kept + [(codes[0], note, "…", number) for note, number in sorted(rest.items())]
