"""What is kept of a day's ledger of code assignments: sums, and the exceptions that somebody must act on.

A ledger of persons never enters the store. Per load and day it keeps three arrays, each sorted by leaf, so that an
area is a slice of each: how many assignments of each sort are open (GROUP), how the systems' colours of one person
combine (COMBINATION), and the exceptions (TICKET) under a keyed pseudonym. Words stand in ``words`` once and are
numbers in the arrays. Days count from 1970-01-01; NO_DAY where there is none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

NO_DAY = np.int32(-(2**31))

#: Open assignments that are alike, and how many. ``system``, ``authority``, ``owner``: index into the words of that
#: name; ``colour``: index into terms.CODES; ``overdue``: into terms.OVERDUE; ``today``: 0 it stood before, 1 assigned
#: on this day, 2 taken back on this day (then no longer open).
GROUP = np.dtype(
    [
        ("leaf", "<i4"),
        ("system", "u1"),
        ("colour", "u1"),
        ("overdue", "u1"),
        ("today", "u1"),
        ("authority", "<u2"),
        ("owner", "<u2"),
        ("n", "<i4"),
    ]
)

#: People whose colours combine in one way. ``colours``: two bits a system, the first system lowest: 0 no code in that
#: system, else 1 + index into terms.CODES.
COMBINATION = np.dtype([("leaf", "<i4"), ("colours", "<u2"), ("n", "<i4")])

#: One assignment that somebody must look at. ``id`` stays the same from day to day (keyed hash of person, system,
#: ``since``); ``row`` of the sender's file; ``flags``: bit n is the n-th of terms.EXCEPTIONS. ``ends``: the day on
#: which its rule's clock ends; ``due``: the day on which every condition was met, NO_DAY if one is not.
#: ``evidence_day``, ``negative``, ``positive``, ``contact``: days of the exposure, the last negative and positive
#: test and the last contact. ``clause``, ``authority``, ``operator``, ``evidence``, ``batch``, ``group``, ``owner``:
#: words. ``identity``: 1 + index into terms.IDENTITIES, 0 not stated.
#: ``colours`` as in COMBINATION. ``registered``: row of the area of registration, -1 elsewhere, -2 not stated.
#: ``harm``: 1 + index into terms.HARMS, 0 none; ``deadline``: its day.
TICKET = np.dtype(
    [
        ("id", "<u8"),
        ("person", "<u8"),
        ("leaf", "<i4"),
        ("row", "<i8"),
        ("system", "u1"),
        ("colour", "u1"),
        ("flags", "<u2"),
        ("colours", "<u2"),
        ("since", "<i4"),
        ("ends", "<i4"),
        ("due", "<i4"),
        ("evidence_day", "<i4"),
        ("negative", "<i4"),
        ("positive", "<i4"),
        ("contact", "<i4"),
        ("clause", "<u2"),
        ("identity", "u1"),
        ("authority", "<u2"),
        ("operator", "<u4"),
        ("evidence", "<u4"),
        ("batch", "<u4"),
        ("group", "<u2"),
        ("owner", "<u2"),
        ("registered", "<i4"),
        ("harm", "u1"),
        ("deadline", "<i4"),
    ]
)

#: Names of the lists of words; entry 0 of each is "" (not stated), but of ``system``.
WORDS = ("system", "clause", "authority", "operator", "evidence", "batch", "group", "owner")


@dataclass(frozen=True)
class CodeDay:
    """The state of all code systems at the end of a day, as one load told it."""

    source: str
    day: dt.date
    geography: int
    words: Mapping[str, Sequence[str]]
    groups: NDArray[np.void]
    combinations: NDArray[np.void]
    tickets: NDArray[np.void]
    load: int = 0
    notes: Mapping[str, object] = field(default_factory=dict)


def systems_told(words: Mapping[str, Sequence[str]], groups: NDArray[np.void]) -> frozenset[str]:
    """Ids of the systems of which the groups of a code day say anything."""
    return frozenset(words["system"][at] for at in np.unique(groups["system"]).tolist())


def heard(parts: Sequence[tuple[str, int, frozenset[str]]]) -> list[frozenset[str]]:
    """Of each part of a day (source, load, systems that it tells) the systems that no later load of its source tells:
    a load takes the place of an earlier one system by system."""
    return [
        told.difference(*(later for other, number, later in parts if other == source and number > load))
        for source, load, told in parts
    ]


def standing(made: Sequence[CodeDay]) -> list[CodeDay]:
    """The code days of one day, each without the systems that a later load of its source tells."""
    told = [systems_told(each.words, each.groups) for each in made]
    kept = heard([(each.source, each.load, ids) for each, ids in zip(made, told, strict=True)])
    return [each if ids == all_ else _only(each, ids) for each, ids, all_ in zip(made, kept, told, strict=True)]


def of_systems(words: Mapping[str, Sequence[str]], rows: NDArray[np.void], ids: frozenset[str]) -> NDArray[np.void]:
    """The groups or tickets of some systems."""
    kept = np.array([id_ in ids for id_ in words["system"]], np.bool_)
    found: NDArray[np.void] = rows[kept[rows["system"]]]
    return found


def _only(made: CodeDay, ids: frozenset[str]) -> CodeDay:
    groups, tickets = (of_systems(made.words, rows, ids) for rows in (made.groups, made.tickets))
    combinations = made.combinations.copy()
    combinations["colours"] &= np.uint16(sum(3 << 2 * at for at, id_ in enumerate(made.words["system"]) if id_ in ids))
    return replace(made, groups=groups, tickets=tickets, combinations=combinations[combinations["colours"] > 0])
