"""Rows of a ledger of assignments as arrays of one length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from data.code_days import NO_DAY
from data.rejects import Reject
from data.terms import CODES, HARMS, IDENTITIES, spelling
from grid.arrays import Bools, Cells, Ints, Rows
from grid.codes.context import Context
from grid.codes.persons import person_keys

Small = NDArray[np.uint8]
#: (field, key of errors.WHY, rows where it is wrong).
Fault = tuple[str, str, Bools]

#: Fields that are days, none of them needed by a green row.
DAYS = ("since", "cleared", "evidence_day", "negative", "positive", "contact", "deadline")
#: Fields that stay words until a ticket is made of them.
WORDS = ("rule", "authority", "operator", "evidence", "batch", "group", "registered")
#: Fields of closed vocabularies: spelling -> 1 + place in the vocabulary.
TERMS: Mapping[str, Mapping[str, int]] = {
    name: {word: 1 + list(terms).index(term) for word, term in spelling(terms).items()}
    for name, terms in (("identity", IDENTITIES), ("harm", HARMS))
}
#: Spelling of a colour -> its place in terms.CODES.
COLOURS: Mapping[str, int] = {word: list(CODES).index(colour) for word, colour in spelling(CODES).items()}

#: In arrays of colours: a code other than green that was taken back. Its person's code is green again.
GONE = len(CODES)

_TEXT = pa.dictionary(pa.int32(), pa.string())


def empty_words(size: int) -> Any:
    """A column of words in which nothing is stated."""
    return pa.DictionaryArray.from_arrays(pa.nulls(size, pa.int32()), pa.array([], pa.string()))


@dataclass(slots=True)
class Columns:
    """Assignments of any colour: ``size`` rows. Days count from 1970-01-01, NO_DAY for none.

    ``day``: of which the row tells the state. ``leaf`` int32; a row of an unknown place belongs to the city's own
    leaf, 0. ``person``: see :func:`grid.codes.persons.person_keys`. ``system``: place among the context's.
    ``colour``: place in terms.CODES. ``row`` of the sender's file. ``identity``, ``harm``: 1 + place in the
    vocabulary, 0 not stated. ``words``: field of WORDS -> Arrow dictionary array, null for what is not stated.
    ``tested``: whether the source has a column of test results. ``rejects``: rows that were left out, and why (at most
    one each).
    """

    day: Rows
    leaf: Rows
    person: Cells
    system: Small
    colour: Small
    row: Ints
    since: Rows
    cleared: Rows
    evidence_day: Rows
    negative: Rows
    positive: Rows
    contact: Rows
    deadline: Rows
    identity: Small
    harm: Small
    words: dict[str, Any]
    tested: bool = False
    rejects: list[Reject] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.day)

    def take(self, rows: Ints | Bools) -> Columns:
        """The rows at these places, or those of a mask; ``rejects`` stay behind."""
        at = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        arrays: dict[str, Any] = {name: getattr(self, name)[at] for name in ARRAYS}
        words = {name: column.take(pa.array(at)) for name, column in self.words.items()}
        return Columns(**arrays, words=words, tested=self.tested)


#: Names of the plain arrays of Columns.
ARRAYS = tuple(each.name for each in fields(Columns) if each.name not in ("words", "tested", "rejects"))


def concatenated(parts: Sequence[Columns]) -> Columns:
    """The rows of all parts (at least one), in order."""
    arrays: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in ARRAYS}
    words = {name: _joined([part.words[name] for part in parts]) for name in WORDS}
    return Columns(**arrays, words=words, tested=any(part.tested for part in parts))


def _joined(parts: Sequence[Any]) -> Any:
    joined = pa.chunked_array(parts, _TEXT).unify_dictionaries().combine_chunks()
    return joined.chunk(0) if isinstance(joined, pa.ChunkedArray) else joined


def taken_back(columns: Columns) -> Bools:
    """Rows of a code that was taken back by the end of their day."""
    return np.asarray((columns.cleared != NO_DAY) & (columns.cleared <= columns.day) & (columns.colour > 0))


def columns_of(good: pd.DataFrame, leaf: Rows, context: Context) -> Columns:
    """A checked frame of the kind ``assignments`` (data.check) and its leaves, as columns.

    Rows without a person or of no system of the city, and rows of a colour other than green without ``since``, with one
    after their day, or taken back before it, are rejects. A negative leaf is an unknown place.
    """
    size = len(good)
    days: dict[str, Any] = {name: _days(good, name) for name in ("day", *DAYS)}
    person = person_keys(good["person"].to_numpy(object)) if "person" in good else np.zeros(size, np.uint64)
    system = _systems(good, context)
    colour = np.array([COLOURS.get(str(word), 0) for word in good["status"]], np.uint8)
    made = Columns(
        **days,
        leaf=np.maximum(leaf, 0).astype(np.int32),
        person=person,
        system=np.maximum(system, 0).astype(np.uint8),
        colour=colour,
        row=good["row"].to_numpy(np.int64),
        identity=_terms(good, "identity"),
        harm=_terms(good, "harm"),
        words={name: _words(good, name) for name in WORDS},
        tested=bool({"negative", "positive"} & set(good)),
    )
    faults = faults_of(made, system)
    wrong = any_of(faults)
    rejects = _rejects(good, faults, wrong, system_words(context))
    if wrong.any():
        made = made.take(~wrong)
    made.rejects = rejects
    return made


def faults_of(columns: Columns, system: Rows) -> list[Fault]:
    """What may be wrong with a row, the same for every way in; the first that is counts."""
    open_ = columns.colour > 0
    back = columns.cleared != NO_DAY
    return [
        ("person", "empty", columns.person == 0),
        ("system", "not_a_term", system < 0),
        ("since", "empty", open_ & (columns.since == NO_DAY)),
        ("day", "days_order", open_ & (columns.since > columns.day)),
        ("cleared", "days_order", open_ & back & (columns.cleared < columns.since)),
    ]


def any_of(faults: Sequence[Fault]) -> Bools:
    """Rows with any of the faults (at least one kind)."""
    first, *others = (mask for _, _, mask in faults)
    wrong = first.copy()
    for mask in others:
        wrong |= mask
    return wrong


def _rejects(good: pd.DataFrame, faults: Sequence[Fault], wrong: Bools, known: Iterable[str]) -> list[Reject]:
    found = []
    for at in np.flatnonzero(wrong).tolist():
        name, why = next((name, why) for name, why, mask in faults if mask[at])
        value = good[name].iloc[at] if why != "empty" else ""
        more = {"start": good["since"].iloc[at]} if why == "days_order" else {"known": "、".join(known)}
        found.append(Reject(int(good["row"].iloc[at]), name, str(value), why, more))
    return found


def _systems(good: pd.DataFrame, context: Context) -> Rows:
    """Place of each row's system, 0 where nothing is stated, -1 for one that the city does not have."""
    if "system" not in good:
        return np.zeros(len(good), np.int32)
    known = system_words(context)
    codes, words = pd.factorize(good["system"].to_numpy(object))
    places = [known.get(str(word).strip().lower(), -1) for word in words]
    return np.array([*places, 0], np.int32)[codes]


def system_words(context: Context) -> dict[str, int]:
    """Spelling of a code system, lower case -> its place."""
    return {
        word.lower(): place
        for place, system in enumerate(context.systems)
        for word in (system.id, system.name, system.name_en)
        if word
    }


def _days(good: pd.DataFrame, name: str) -> Rows:
    if name not in good:
        return np.full(len(good), NO_DAY, np.int32)
    days = good[name].to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(days), NO_DAY, days.astype(np.int64)).astype(np.int32)


def _terms(good: pd.DataFrame, name: str) -> Small:
    if name not in good:
        return np.zeros(len(good), np.uint8)
    codes, words = pd.factorize(good[name].to_numpy(object))
    return np.array([*(TERMS[name].get(str(word).lower(), 0) for word in words), 0], np.uint8)[codes]


def _words(good: pd.DataFrame, name: str) -> Any:
    if name not in good:
        return empty_words(len(good))
    return pa.array(good[name].to_numpy(object), pa.string(), from_pandas=True).dictionary_encode()


def no_columns() -> Columns:
    """No rows at all."""
    kinds: dict[str, Any] = {"person": np.uint64, "row": np.int64} | dict.fromkeys(
        ("system", "colour", "identity", "harm"), np.uint8
    )
    arrays: dict[str, Any] = {name: np.empty(0, kinds.get(name, np.int32)) for name in ARRAYS}
    return Columns(**arrays, words={name: empty_words(0) for name in WORDS})
