"""The tickets of an area on a day: which are wanted, which come first, how each is told."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dashboard.queries.codes.lines import Burst, TicketLine, Wanted
from dashboard.queries.codes.look import Look
from dashboard.queries.codes.state import Rows
from dashboard.queries.days import Day
from data.code_days import NO_DAY
from data.days import day_number, to_day
from data.terms import CODES, EXCEPTIONS, HARMS
from data.words import Lang
from grid.arrays import Bools, Ints

COLOURS = tuple(CODES)
FLAGS = tuple(EXCEPTIONS)

#: How long before its day a harm is near.
NEAR_DAYS = 7


def ticket_line(found: Look, at: int, lang: Lang) -> TicketLine:
    """The ticket at ``at`` of the area, as lists show it."""
    one, words = found.tickets[at], found.state.words
    name, _, basis = words["owner"][one["owner"]].partition("\t")
    due = day_of(one["due"])
    late = None if due is None or not one["flags"] & bit("overdue") else (found.state.day - due).days
    return TicketLine(
        hexed(one["id"]), found.place(int(one["leaf"]), lang), found.systems[one["system"]],
        COLOURS[one["colour"]],
        [flag for flag in FLAGS if one["flags"] & bit(flag)], day_of(one["since"]), day_of(one["ends"]), due, late,
        name, basis, term_of(HARMS, one["harm"]), day_of(one["deadline"]), words["clause"][one["clause"]],
        words["authority"][one["authority"]],
    )  # fmt: skip


def bursts(found: Look) -> list[Burst]:
    """The batches among an area's tickets, the largest first."""
    rows = found.tickets[flagged(found.tickets, "burst")]
    kind = np.stack([rows[name].astype(np.int64) for name in ("system", "authority", "since", "group")], axis=1)
    which, at, n = np.unique(kind, axis=0, return_inverse=True, return_counts=True)
    bare = np.bincount(at.reshape(-1), flagged(rows, "no_evidence"), len(which)).astype(np.int64)
    words = found.state.words
    made = [
        Burst(found.systems[s], words["authority"][a], day_of(since) or to_day(0), words["group"][g], int(m), int(b))
        for (s, a, since, g), m, b in zip(which.tolist(), n, bare, strict=True)
    ]
    return sorted(made, key=lambda burst: -burst.n)


def bit(flag: str) -> int:
    """The bit of one of terms.EXCEPTIONS."""
    return 1 << FLAGS.index(flag)


def flagged(tickets: Rows, flag: str) -> Bools:
    """Those with one of terms.EXCEPTIONS."""
    return np.asarray(tickets["flags"] & bit(flag) != 0)


def is_late(tickets: Rows) -> Bools:
    """Those that are overdue."""
    return flagged(tickets, "overdue")


def is_near(tickets: Rows, day: Day) -> Bools:
    """Those with a harm whose day is at most NEAR_DAYS ahead."""
    now = day_number(day)
    return np.asarray((tickets["deadline"] >= now) & (tickets["deadline"] <= now + NEAR_DAYS))


def chosen(found: Look, wanted: Wanted) -> Bools:
    """Which tickets of the area are wanted."""
    rows, words = found.tickets, found.state.words
    chosen = np.ones(len(rows), np.bool_)
    if wanted.flag:
        chosen &= flagged(rows, wanted.flag) if wanted.flag in FLAGS else False
    for name in ("system", "owner", "authority", "group"):
        word = getattr(wanted, name)
        if word:
            meant = [at for at, known in enumerate(words[name]) if word in (known, known.partition("\t")[0])]
            chosen &= np.isin(rows[name], meant)
    if wanted.colour:
        chosen &= rows["colour"] == (COLOURS.index(wanted.colour) if wanted.colour in COLOURS else -1)
    if wanted.overdue:
        chosen &= _of_age(rows, wanted.overdue, found.state.day)
    if wanted.colours and wanted.colours.isascii() and wanted.colours.isdigit():
        chosen &= rows["colours"] == sum(int(c) % 4 << 2 * at for at, c in enumerate(wanted.colours[:8]))
    if wanted.since:
        chosen &= rows["since"] == day_number(wanted.since)
    return chosen & is_near(rows, found.state.day) if wanted.near else chosen


def _of_age(rows: Rows, bucket: str, day: Day) -> Bools:
    """The tickets of a bucket of terms.OVERDUE, or of all that are overdue ("late")."""
    if bucket == "waiting":
        return flagged(rows, "waiting")
    low, high = {"late": (0, None), "due": (0, 0), "week": (1, 7), "weeks": (8, 20), "stuck": (21, None)}.get(
        bucket, (0, -1)
    )
    age = day_number(day) - rows["due"].astype(np.int64)
    return np.asarray(is_late(rows) & (age >= low) & (age <= high if high is not None else True))


def most_urgent(rows: Rows, day: Day, most: int) -> Ints:
    """The first ``most`` in order: nearest day of a harm (none that is over), the graver harm, the longest overdue,
    the longest standing. Only as many are sorted as are asked for."""
    key = _urgency(rows, day)
    bound = np.partition(key, most - 1)[most - 1] if most < len(key) else key.max(initial=0)
    near = np.flatnonzero(key <= bound)
    return np.asarray(near[np.lexsort((rows["id"][near], key[near]))][:most], np.int64)


def _urgency(rows: Rows, day: Day) -> Ints:
    """One number a ticket, the most urgent least: 16 bits of days to the harm, 8 of the harm, 16 each of the days
    overdue and standing (the more, the less)."""
    now, far = day_number(day), (1 << 16) - 1
    deadline, due, since = (rows[name].astype(np.int64) for name in ("deadline", "due", "since"))
    ahead = deadline >= now
    key = np.where(ahead, np.clip(deadline - now, 0, far - 1), far) << 8
    key |= np.where(ahead, rows["harm"], 255)
    key = key << 16 | np.where(is_late(rows), far - 1 - np.clip(now - due, 0, far - 1), far)
    return np.asarray(key << 16 | np.where(since == NO_DAY, far, far - 1 - np.clip(now - since, 0, far - 1)), np.int64)


def place_of(tickets: Rows, number: str) -> int | None:
    """Where the ticket of a number (hexadecimal) stands; None if it does not."""
    try:
        at = np.flatnonzero(tickets["id"] == np.uint64(int(number, 16)))
    except (ValueError, OverflowError):
        return None
    return int(at[0]) if len(at) else None


def hexed(number: int) -> str:
    """A number as tickets and pseudonyms are shown: 16 hexadecimal digits."""
    return f"{int(number):016x}"


def day_of(number: int) -> Day | None:
    """A stored day; None where none was told."""
    return None if int(number) == NO_DAY else to_day(number)


def term_of(vocabulary: Mapping[str, object], number: int) -> str:
    """The id of a term that is stored as 1 + its place; "" for 0."""
    return list(vocabulary)[number - 1] if number else ""
