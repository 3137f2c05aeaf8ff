"""The rows of some persons in the file of a ledger, as events; picked out by whoever counts.

A file is read in pieces, and a row whose person is not asked for is dropped by one look into a table. So a night's
look-back over weeks of tests is shared like the count itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.city import Source
from data.code_days import NO_DAY
from data.days import day_number
from data.formats.stream import STREAMED, stream, text
from data.formats.stream import names as headings
from data.read import format_of, read_frame
from data.rejects import BadCell
from data.sources import Kind, kind
from data.sources.base import Field
from data.sources.parse import Manner
from data.terms import ISOLATIONS, RESULTS, Vocabulary
from grid.arrays import Bools, Cells, Rows
from grid.batches import Piece, pieces
from grid.codes.persons import person_keys
from grid.engine import Work, current
from grid.picking import Picked, merge

#: Field that says on which day a row of each kind counts, and the one that says what it is.
LOOKED_UP: Mapping[str, tuple[str, str]] = {
    "tests": ("day", "result"),
    "contacts": ("day", ""),
    "stays": ("day", ""),
    "isolation": ("start", "kind"),
}

VOCABULARIES: Mapping[str, Vocabulary] = {"result": RESULTS, "kind": ISOLATIONS}

#: Places of the table that sorts out most persons who are not asked for, at the cost of one look.
_TABLE = 1 << 24

#: One row of a ledger: ``what`` is the place of its word in the vocabulary in VOCABULARIES, 0 where the kind has none.
EVENT = np.dtype([("key", "<u8"), ("day", "<i4"), ("what", "u1")])

#: Rows of a piece, as the count of the same file has them.
PIECE_ROWS = 1 << 21


@dataclass(frozen=True)
class Plan:
    """``source`` as a text that is the same in every process; ``wanted``: sorted numbers of the persons, None: all."""

    source: str
    wanted: Cells | None


#: The events of a piece.
Events = NDArray[np.void]
#: Places among numbers of persons of those that are asked for.
Among = Callable[[Cells], NDArray[np.intp]]


def picked(path: Path, source: Source, wanted: Cells) -> NDArray[np.void]:
    """The EVENTs of the wanted persons in a file. Raises FileError where it cannot be read."""
    plan = Plan(source.model_dump_json(), wanted)
    if not _streamed(path, source) or path.suffix.lower() != ".parquet":
        found = partial([Piece(path)], plan)
    else:
        found = current().count(Work(partial, merge, plan, attrgetter("rows")), pieces(path, PIECE_ROWS))
    return np.concatenate([np.zeros(0, EVENT), *found.in_order()])


def everybody(path: Path, source: Source) -> NDArray[np.void]:
    """The EVENTs of all persons in a file, by person. Raises FileError where it cannot be read."""
    found = partial([Piece(path)], Plan(source.model_dump_json(), None))
    events = np.concatenate([np.zeros(0, EVENT), *found.in_order()])
    return events[np.argsort(events["key"], kind="stable")]


def partial(parts: Iterable[Piece], plan: Plan, progress: Callable[[int], None] | None = None) -> Picked[Events]:
    """The events of some pieces of a file."""
    found, source = Picked[Events](), Source.model_validate_json(plan.source)
    among: Among = np.flatnonzero if plan.wanted is None else Sieve(plan.wanted)
    for piece in parts:
        events = np.concatenate([np.zeros(0, EVENT), *_events(piece, source, among)])
        found.parts[piece.first_row] = events
        found.rows += len(events)
        if progress is not None:
            progress(len(events))
    return found


class Sieve:
    """Tells the rows of wanted persons (sorted); a table sorts out most others by one look."""

    def __init__(self, wanted: Cells) -> None:
        self.wanted, self.table = wanted, np.zeros(_TABLE, np.bool_)
        self.table[wanted & np.uint64(_TABLE - 1)] = True

    def __call__(self, keys: Cells) -> NDArray[np.intp]:
        """Places of the wanted ones among ``keys``."""
        at = np.flatnonzero(self.table[keys & np.uint64(_TABLE - 1)])
        return at[_among(keys[at], self.wanted)]


def _events(piece: Piece, source: Source, among: Among) -> Iterator[NDArray[np.void]]:
    """The events of a piece; ``among``: places of the persons asked for."""
    made, (day, what) = kind(source.kind), LOOKED_UP[source.kind]
    for texts in _texts(piece.path, source, made, ("person", day, what), piece.groups or None):
        keys = person_keys(texts["person"])
        at = among(keys)
        if at.size:
            yield _events_of(keys, at, texts, source, made, (day, what))


def _streamed(path: Path, source: Source) -> bool:
    return format_of(path, source) in STREAMED and not source.where and source.unpivot is None


def _texts(
    path: Path, source: Source, made: Kind, fields: Iterable[str], groups: Collection[int] | None
) -> Iterator[dict[str, Any]]:
    """Field -> its cells, block by block: an Arrow or object array; nothing where the pseudonym has no column."""
    format_ = format_of(path, source)
    if _streamed(path, source):
        named = _headings(headings(path, format_, source.encoding), source, made, fields)
        blocks = stream(path, format_, source.encoding, set(named.values()), groups)
        found: Iterable[dict[str, Any]] = (block.columns for block in blocks)
    else:
        frame = read_frame(path, source)
        named = _headings(list(frame.table.columns), source, made, fields)
        found = [{name: frame.table[name].to_numpy(object) for name in named.values()}]
    if "person" in named:
        for columns in found:
            yield {each: columns[heading] for each, heading in named.items()}


def _headings(found: Iterable[str], source: Source, made: Kind, fields: Iterable[str]) -> dict[str, str]:
    named = {}
    for each in filter(None, fields):
        heading = made.heading(each, source.columns, found)
        if heading is not None:
            named[each] = heading
    return named


def _among(keys: Cells, wanted: Cells) -> Bools:
    """Which of ``keys`` are ``wanted`` (sorted); 0 is nobody."""
    if not len(wanted):
        return np.zeros(len(keys), np.bool_)
    at = np.minimum(np.searchsorted(wanted, keys), len(wanted) - 1)
    return np.asarray((wanted[at] == keys) & (keys != 0))


def _events_of(
    keys: Cells, at: NDArray[np.intp], texts: Mapping[str, Any], source: Source, made: Kind, fields: tuple[str, str]
) -> NDArray[np.void]:
    """The rows at ``at`` as events; one whose day or word is none of ours is left out."""
    events = np.zeros(len(at), EVENT)
    events["key"] = keys[at]
    day, what = fields
    events["day"], good = _days(_words(texts, day, at, source), made.field(day), source)
    if what:
        numbers, known = _numbers(_words(texts, what, at, source), made.field(what))
        events["what"], good = numbers, good & known
    return events[good]


def _words(texts: Mapping[str, Any], name: str, at: NDArray[np.intp], source: Source) -> NDArray[np.object_]:
    """A field's text in the rows at ``at``, as the source would have it read."""
    if name not in texts:
        return np.full(len(at), source.constants.get(name), dtype=object)
    column = texts[name]
    cells = column[at] if isinstance(column, np.ndarray) else text(column.take(at)).to_numpy(zero_copy_only=False)
    return np.array([source.values.get(name, {}).get(word, word) for word in cells], dtype=object)


def _distinct(words: NDArray[np.object_], of: Field, manner: Manner) -> tuple[NDArray[np.int64], list[Any]]:
    """(place of each word among the distinct ones, what these mean: None for nothing, or nothing of ours)."""
    codes, distinct = pd.factorize(words)
    meant: list[Any] = []
    for word in distinct:
        try:
            meant.append(of.parse(word, manner))
        except BadCell:
            meant.append(None)
    return codes, [*meant, None]


def _days(words: NDArray[np.object_], of: Field, source: Source) -> tuple[Rows, Bools]:
    codes, meant = _distinct(words, of, Manner(source.day_format, serials=True))
    days = [NO_DAY if day is None or np.isnat(day) else day.astype("datetime64[D]").astype(np.int64) for day in meant]
    found = np.array(days, np.int32)[codes]
    return found, (found != NO_DAY) & _inside(found, source)


def _inside(days: Rows, source: Source) -> Bools:
    """Which days the source's rules let pass."""
    inside = np.ones(len(days), np.bool_)
    if source.days_from is not None:
        inside &= days >= day_number(source.days_from)
    if source.days_to is not None:
        inside &= days <= day_number(source.days_to)
    return inside


def _numbers(words: NDArray[np.object_], of: Field) -> tuple[NDArray[np.uint8], Bools]:
    """(place of each word's term in its vocabulary, which words are of it)."""
    codes, meant = _distinct(words, of, Manner())
    places = {term: place for place, term in enumerate(VOCABULARIES[of.id])}
    numbers = np.array([places.get(term, 255) for term in meant], np.uint8)[codes]
    return numbers, numbers != 255
