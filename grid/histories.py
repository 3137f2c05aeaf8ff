"""What earlier deliveries tell of the persons whose code is not green: tests, contacts, stays, isolation.

No person is kept in the store. When a ledger of assignments is evaluated, the files of the ledgers that were loaded
before it are read again, a block at a time, and the rows of the wanted persons picked out by their hashed pseudonyms.
So a verdict rests on what was known then; a result that comes later changes it only when its day is delivered again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.city import Source
from data.code_days import NO_DAY
from data.days import day_number
from data.errors import BadCell, FileError
from data.formats.stream import STREAMED, stream, text
from data.formats.stream import names as headings
from data.read import format_of, read_frame
from data.sources import Kind, kind
from data.sources.base import Field
from data.sources.parse import Manner
from data.store import Load
from data.terms import ISOLATIONS, RESULTS, Vocabulary
from grid.arrays import Bools, Cells, Ints, Rows
from grid.codes.context import Asked, Known
from grid.codes.persons import person_keys
from grid.ground import Ground
from grid.statements import Day

#: Field that says on which day a row of each kind counts, and the one that says what it is.
LOOKED_UP: Mapping[str, tuple[str, str]] = {
    "tests": ("day", "result"),
    "contacts": ("day", ""),
    "stays": ("day", ""),
    "isolation": ("start", "kind"),
}

VOCABULARIES: Mapping[str, Vocabulary] = {"result": RESULTS, "kind": ISOLATIONS}

#: Days before the earliest assignment that still matter: the longest look-back of a rule is 21.
BEFORE = 28

#: Places of the table that sorts out most persons who are not asked for, at the cost of one look.
_TABLE = 1 << 24

#: One row of a ledger: ``what`` is the place of its word in the vocabulary in VOCABULARIES, 0 where the kind has none.
EVENT = np.dtype([("key", "<u8"), ("day", "<i4"), ("what", "u1")])


@dataclass
class Histories:
    """The ledgers that a load may look into. ``notes``: what could not be read, one entry a file: its load, file, and
    why ("gone", "altered" or "unreadable"); it counts as unknown."""

    ground: Ground
    loads: list[Load]
    speaking: Mapping[str, Mapping[Day, int]]
    notes: list[dict[str, Any]] = field(default_factory=list)
    _files: dict[int, Path | None] = field(default_factory=dict)

    @classmethod
    def known(cls, ground: Ground, upto: int) -> Histories | None:
        """What the loads up to a version delivered; None if nothing of the sort."""
        loads = [load for load in ground.store.loads(upto=upto) if load.kind in LOOKED_UP]
        speaking = {name: ground.store.speaking(name, upto) for name in {load.source for load in loads}}
        return cls(ground, loads, speaking) if loads else None

    def __call__(self, asked: Asked, day: Day) -> Known:
        """What is known of some rows' persons at the end of ``day``."""
        wanted, place = np.unique(asked.person, return_inverse=True)
        days = int(asked.since.min(initial=day_number(day))) - BEFORE, day_number(day)
        tests, contacts, stays = (self._events(kind_, wanted, days) for kind_ in ("tests", "contacts", "stays"))
        exposed = np.concatenate([contacts, stays])
        now = np.full(len(place), days[1], np.int32)
        return Known(
            negative=_telling(tests[tests["what"] == 0], wanted, place, asked.proof, now),
            positive=_last(tests[tests["what"] == 1], wanted, place, now),
            contact=_last(contacts, wanted, place, now),
            exposed=_last(exposed, wanted, place, asked.since),
            tests=self._readable("tests"),
            stays=self._readable("stays", "contacts"),
        )

    def isolated(self, keys: Cells, day: Day, back: int = 60) -> tuple[Rows, NDArray[np.uint8]]:
        """(first day of each person's last isolation begun by ``day``, its place in terms.ISOLATIONS)."""
        wanted, place = np.unique(keys, return_inverse=True)
        events = self._events("isolation", wanted, (day_number(day) - back, day_number(day)))
        now = np.full(len(keys), day_number(day), np.int32)
        starts = [_last(events[events["what"] == what], wanted, place, now) for what in range(len(ISOLATIONS))]
        return np.max(starts, axis=0), np.argmax(starts, axis=0).astype(np.uint8)

    def _readable(self, *kinds: str) -> bool:
        return any(self._file(load) is not None for load in self.loads if load.kind in kinds)

    # files -----------------------------------------------------------------------------------------

    def _events(self, kind_: str, wanted: Cells, days: tuple[int, int]) -> NDArray[np.void]:
        """The events of the ``wanted`` persons on the days of a span, from every load that is still right about one."""
        table = np.zeros(_TABLE, np.bool_)
        table[wanted & np.uint64(_TABLE - 1)] = True
        found = [np.zeros(0, EVENT)]
        for load in self.loads:
            own = [day_number(d) for d, number in self.speaking[load.source].items() if number == load.id]
            own = [day for day in own if days[0] <= day <= days[1]]
            if load.kind == kind_ and own:
                events = self._read(load, wanted, table)
                found.append(events[np.isin(events["day"], own)])
        return np.concatenate(found)

    def _file(self, load: Load) -> Path | None:
        """The load's file as it was loaded; None, and a note, where it is there no more."""
        if load.id not in self._files:
            path = Path(load.notes.get("path", ""))
            known = any(source.name == load.source for source in self.ground.city.sources)
            if not known or not path.is_file():
                self._miss(load, "gone")
            elif self.ground.sha256(path) != load.sha256:
                self._miss(load, "altered")
            else:
                self._files[load.id] = path
        return self._files[load.id]

    def _miss(self, load: Load, why: str) -> None:
        self.notes.append({"load": load.id, "file": load.file, "why": why})
        self._files[load.id] = None

    def _read(self, load: Load, wanted: Cells, table: Bools) -> NDArray[np.void]:
        path = self._file(load)
        if path is None:
            return np.zeros(0, EVENT)
        try:
            return self._picked(load, path, wanted, table)
        except FileError:
            self._miss(load, "unreadable")
            return np.zeros(0, EVENT)

    def _picked(self, load: Load, path: Path, wanted: Cells, table: Bools) -> NDArray[np.void]:
        """The rows of the wanted persons; ``table`` sorts out most others."""
        source = self.ground.city.source(load.source)
        made, (day, what) = kind(source.kind), LOOKED_UP[source.kind]
        parts = [np.zeros(0, EVENT)]
        for texts in _texts(path, source, made, ("person", day, what)):
            keys = person_keys(texts["person"])
            at = np.flatnonzero(table[keys & np.uint64(_TABLE - 1)])
            at = at[_among(keys[at], wanted)]
            if at.size:
                parts.append(_events_of(keys, at, texts, source, made, (day, what)))
        return np.concatenate(parts)


def _texts(path: Path, source: Source, made: Kind, fields: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Field -> its cells, block by block: an Arrow or object array; nothing where the pseudonym has no column."""
    format_ = format_of(path, source)
    if format_ in STREAMED and not source.where and source.unpivot is None:
        named = _headings(headings(path, format_, source.encoding), source, made, fields)
        blocks = stream(path, format_, source.encoding, set(named.values()))
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


def _moments(place: Ints, day: Rows) -> Ints:
    """A person's place and a day as one number that sorts by both."""
    return np.asarray((place.astype(np.int64).reshape(-1) << 32) + (day.astype(np.int64) - NO_DAY))


def _days_at(order: Ints, at: Ints, place: Ints) -> Rows:
    """The days of the moments at ``at``; NO_DAY where there is none, or one of another person."""
    inside = (at >= 0) & (at < len(order))
    found = np.append(order, -1)[np.where(inside, at, len(order))]
    known = found >> 32 == place.reshape(-1)
    return np.where(known, (found & 0xFFFFFFFF) + NO_DAY, NO_DAY).astype(np.int32)


def _last(events: NDArray[np.void], wanted: Cells, place: Ints, upto: Rows) -> Rows:
    """For each asked person (``place`` among ``wanted``) the day of the last event by the day ``upto``, or NO_DAY."""
    order = np.sort(_moments(np.searchsorted(wanted, events["key"]), events["day"]))
    return _days_at(order, np.searchsorted(order, _moments(place, upto), side="right") - 1, place)


def _telling(events: NDArray[np.void], wanted: Cells, place: Ints, since: Rows, upto: Rows) -> Rows:
    """The day of the first event from the day ``since`` on, else that of the last; all of them by ``upto``."""
    order = np.sort(_moments(np.searchsorted(wanted, events["key"]), events["day"]))
    first = _days_at(order, np.searchsorted(order, _moments(place, since), side="left"), place)
    last = _last(events, wanted, place, upto)
    return np.where((first != NO_DAY) & (first <= upto), first, last).astype(np.int32)


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
