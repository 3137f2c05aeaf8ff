"""Clocks of many assignments at once: when each ends, since when it is due, how long it is overdue.

The definition is that of data.rules.due.due_of, which says it of one assignment; the kernel and the numpy path are
tested against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.code_days import NO_DAY
from data.rules import OPEN
from data.rules.due import Terms
from data.terms import OVERDUE
from grid.arrays import Ints, Rows
from grid.jit import kernel, usable

Small = NDArray[np.uint8]

RUNNING, WAITING, DUE, WEEK, WEEKS, STUCK = range(len(OVERDUE))
#: Longest ages of the buckets ``week`` and ``weeks``, in days over (terms.OVERDUE).
_WEEK, _WEEKS = 7, 20
_NONE = int(NO_DAY)


@dataclass(frozen=True, slots=True)
class Clocks:
    """Per assignment: ``ends`` and ``due`` (NO_DAY for none), ``bucket`` (place in terms.OVERDUE)."""

    ends: Rows
    due: Rows
    bucket: Small


@dataclass(frozen=True, slots=True)
class Stage:
    """What is known of each assignment's stage, arrays of one length; NO_DAY for nothing. ``terms``: place in a table
    of terms; the others as in data.rules.due.Known."""

    since: Rows
    terms: Rows
    negative: Rows
    positive: Rows
    contact: Rows


def table_of(terms: Sequence[Terms]) -> Rows:
    """(terms, 5) int32: days (OPEN: none), tests, fresh, no_contact, stop of each."""
    return np.array([tuple(each) for each in terms], np.int32).reshape(-1, 5)


def proofs(since: Rows, terms: Rows, table: Rows) -> Rows:
    """The earliest day of a negative test that turns each row's code (data.rules.due.oldest_proof)."""
    days, _, fresh, _, _ = table[terms].T
    return np.where(fresh > 0, np.maximum(since, since + days - fresh), since).astype(np.int32)


def clocks(stage: Stage, table: Rows, day: int, tests: bool) -> Clocks:
    """The clocks on ``day``. ``table``: see :func:`table_of`; ``tests``: whether tests are known at all."""
    size = len(stage.since)
    made = Clocks(np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size, np.uint8))
    run = _clocks if usable() else _clocks_numpy
    run(
        stage.since, stage.terms, stage.negative, stage.positive, stage.contact, table, day, tests,
        made.ends, made.due, made.bucket,
    )  # fmt: skip
    return made


@kernel("i4(i4, i4, const i4[::1], i8)")
def _ends(since: int, positive: int, terms: Rows, day: int) -> Any:
    """First day after the clock; NO_DAY if none ends it."""
    if since <= positive <= day:
        return _NONE
    if terms[0] != OPEN:
        return since + terms[0]
    return _NONE if terms[4] == _NONE else max(terms[4], since)


@kernel("i4(i4, i4, i4, i4, const i4[::1], i8, b1)")
def _met(ends: int, since: int, negative: int, contact: int, terms: Rows, day: int, tests: bool) -> Any:
    """First day from ``ends`` on on which the conditions held; NO_DAY if none did."""
    days, proof, fresh, alone = terms[0], terms[1], terms[2], terms[3]
    if alone != 0 and since < contact <= day:
        return _NONE
    if days == OPEN or not tests or (proof == 0 and fresh == 0):
        return ends
    oldest = max(since, since + days - fresh) if fresh > 0 else since
    return max(ends, negative) if oldest <= negative <= day else _NONE


@kernel(
    "void(const i4[::1], const i4[::1], const i4[::1], const i4[::1], const i4[::1], const i4[:, ::1], i8, b1,"
    "i4[::1], i4[::1], u1[::1])"
)
def _clocks(
    since: Rows, terms: Rows, negative: Rows, positive: Rows, contact: Rows, table: Rows, day: int, tests: bool,
    ends: Rows, due: Rows, bucket: Small,
) -> None:  # fmt: skip
    for i in range(since.size):
        asks = table[terms[i]]
        end = ends[i] = _ends(since[i], positive[i], asks, day)
        due[i], bucket[i] = _NONE, RUNNING
        if end == _NONE or day < end:
            continue
        due[i] = _met(end, since[i], negative[i], contact[i], asks, day, tests)
        over = day - due[i]
        bucket[i] = (
            WAITING if due[i] == _NONE else DUE if over == 0
            else WEEK if over <= _WEEK else WEEKS if over <= _WEEKS else STUCK
        )  # fmt: skip


def _clocks_numpy(
    since: Rows, terms: Rows, negative: Rows, positive: Rows, contact: Rows, table: Rows, day: int, tests: bool,
    ends: Rows, due: Rows, bucket: Small,
) -> None:  # fmt: skip
    """What the kernel does, with whole arrays."""
    days, proof, fresh, alone, stop = table[terms].astype(np.int64).T
    case = (since <= positive) & (positive <= day)
    by_notice = np.where(stop == _NONE, _NONE, np.maximum(stop, since))
    ends[:] = np.where(case, _NONE, np.where(days == OPEN, by_notice, since + days))
    over = (ends != _NONE) & (day >= ends)
    first = ends.astype(np.int64)
    unmet = (alone != 0) & (since < contact) & (contact <= day)
    asked = (days != OPEN) & tests & ((proof != 0) | (fresh != 0))
    unmet |= asked & ((negative < proofs(since, terms, table)) | (negative > day))
    first = np.where(asked, np.maximum(first, negative), first)
    due[:] = np.where(over & ~unmet, first, _NONE)
    bucket[:] = np.where(over, np.where(unmet, WAITING, _age(day - first)), RUNNING)


def _age(over: Ints) -> Ints:
    """Bucket of days over, which are not negative."""
    return np.asarray(DUE + np.searchsorted(np.array([1, _WEEK + 1, _WEEKS + 1]), over, side="right"))
