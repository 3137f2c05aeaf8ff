"""The exceptions of a day as tickets, and open assignments that are alike as groups."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from data.code_days import GROUP, TICKET, WORDS
from grid.arrays import Cells, Ints, Rows
from grid.codes.clauses import Going
from grid.codes.columns import Columns, taken_back
from grid.codes.combine import Colours
from grid.codes.context import Context, registered_rows
from grid.codes.evaluate import Clocks
from grid.codes.owners import Owned
from grid.codes.persons import keyed
from grid.codes.words import Coded, coded, distinct

#: Words that a 16-bit number tells apart.
MOST_WORDS = 1 << 16
#: What a group's ``today`` says.
BEFORE, TODAY, TAKEN_BACK = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Judged:
    """Everything that was found out about the rows of ``columns``, in their order."""

    columns: Columns
    going: Going
    clocks: Clocks
    authority: Coded
    owned: Owned
    colours: Colours
    flags: NDArray[np.uint16]
    today: NDArray[np.uint8]


def groups(judged: Judged, green: Rows) -> NDArray[np.void]:
    """GROUP of the judged rows and of the green ones, ``green`` (systems, leaves); sorted."""
    c, authority = judged.columns, judged.authority
    many = len(authority.words)
    key = c.leaf.astype(np.int64)
    for part, wide in (
        (c.system, 8),
        (c.colour, 4),
        (judged.clocks.bucket, 8),
        (judged.today, 4),
        (authority.code, many),
    ):
        key = key * wide + part
    first, case = distinct(key)
    made = np.zeros(len(first), GROUP)
    parts: dict[str, Any] = {"leaf": c.leaf, "system": c.system, "colour": c.colour, "overdue": judged.clocks.bucket}
    parts |= {"today": judged.today, "authority": authority.code, "owner": judged.owned.owner.code}
    for name, values in parts.items():
        made[name] = values[first]
    made["n"] = np.bincount(case, minlength=len(first))
    every = np.concatenate([made, _green(green)])
    return every[np.lexsort([every[name] for name in ("today", "authority", "overdue", "colour", "system", "leaf")])]


def _green(green: Rows) -> NDArray[np.void]:
    system, leaf = np.nonzero(green)
    made = np.zeros(len(leaf), GROUP)
    made["leaf"], made["system"], made["n"] = leaf, system, green[system, leaf]
    return made


def tickets(judged: Judged, context: Context, pool: Executor) -> tuple[NDArray[np.void], dict[str, list[str]]]:
    """(TICKET of the rows with a flag, sorted by leaf; the words that their numbers mean).

    ``authority`` and ``owner`` are the words of all rows, which the groups number as well. ``pool`` reads the words.
    """
    rows = np.flatnonzero(judged.flags)
    rows = rows[_by_leaf(judged.columns.leaf[rows], context.leaves)]
    reading = {name: pool.submit(_coded, judged.columns.words[name], rows) for name in _READ}
    made = np.zeros(len(rows), TICKET)
    for name in _SAME:
        made[name] = getattr(judged.columns, name)[rows]
    made["flags"], made["colours"] = judged.flags[rows], judged.colours[rows]
    made["ends"], made["due"] = judged.clocks.ends[rows], judged.clocks.due[rows]
    made["person"], made["id"] = _numbers(judged.columns, rows, context)
    read = {name: column.result() for name, column in reading.items()}
    registered = read.pop("registered")
    made["registered"] = registered_rows(registered.words, context.geography.areas)[registered.code]
    words = read | {
        "authority": Coded(judged.authority.code[rows], judged.authority.words),
        "owner": Coded(judged.owned.owner.code[rows], judged.owned.owner.words),
        "clause": judged.going.word.take(rows),
    }
    return made, _numbered(made, words, context)


def _by_leaf(leaf: Rows, leaves: int) -> Ints:
    """The order of rows by leaf, stable. numpy sorts numbers of 16 bits without comparing, ten times as fast."""
    return np.argsort(leaf.astype(np.uint16) if leaves <= 1 << 16 else leaf, kind="stable")


#: Words that tickets alone keep, and their arrays that are those of the rows.
_READ = ("evidence", "operator", "batch", "group", "registered")
_SAME = (
    "leaf", "row", "system", "colour", "since", "evidence_day", "negative", "positive", "contact", "identity", "harm",
    "deadline",
)  # fmt: skip


def _coded(column: Any, rows: Ints) -> Coded:
    return coded(column.take(pa.array(rows)))


def _numbered(made: NDArray[np.void], words: Mapping[str, Coded], context: Context) -> dict[str, list[str]]:
    """Write the words' numbers into the tickets; the lists that they number."""
    listed = {"system": [system.id for system in context.systems]}
    for name, column in words.items():
        column = column.fitted(np.iinfo(TICKET[name]).max + 1)
        made[name], listed[name] = column.code, column.words
    return {name: listed[name] for name in WORDS}


def _numbers(columns: Columns, rows: Ints, context: Context) -> tuple[Cells, Cells]:
    """(keyed number of each row's person, a number of the row that stays from day to day). Rows of the same person,
    system and ``since`` are told apart by their order."""
    person, system, since = columns.person[rows], columns.system[rows], columns.since[rows]
    systems = _system_keys([system.id for system in context.systems])
    key = keyed(context.secret, person, systems[system], since.astype(np.int64).view(np.uint64))
    if pd.unique(key).size < key.size:
        repeat = _repeats(key)
        key = np.where(repeat > 0, keyed(context.secret, key, repeat), key)
    return keyed(context.secret, person), key


def _system_keys(ids: Sequence[str]) -> Cells:
    return np.array([int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "little") for word in ids], np.uint64)


def _repeats(key: Cells) -> Cells:
    """How often each key stood before in the array."""
    order = np.argsort(key, kind="stable")
    new = np.ones(len(key), np.bool_)
    new[1:] = key[order][1:] != key[order][:-1]
    start = np.maximum.accumulate(np.where(new, np.arange(len(key)), 0))
    repeat = np.empty(len(key), np.uint64)
    repeat[order] = (np.arange(len(key)) - start).astype(np.uint64)
    return repeat


def today_of(columns: Columns) -> NDArray[np.uint8]:
    """Whether each row stood before, was assigned on its day, or taken back on it."""
    assigned = np.where(columns.since == columns.day, TODAY, BEFORE)
    return np.where(taken_back(columns), TAKEN_BACK, assigned).astype(np.uint8)
