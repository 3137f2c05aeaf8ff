"""The code ledgers of one day, brought together: every source's sums and tickets in one geography and one wording.

Each CodeDay has words and systems of its own; here they are the words of all of them, and systems stand in the order
of the city file. What cities of a province call by one name is told apart (grid.namesakes). Everything is sorted by
leaf, so that an area is a slice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.city import City
from data.code_days import COMBINATION, GROUP, TICKET, WORDS, CodeDay, heard, of_systems, standing, systems_told
from data.terms import CODES, OVERDUE
from grid.cube import View
from grid.namesakes import told_apart

Rows = NDArray[np.void]
Ints = NDArray[np.int64]
Words = Mapping[str, Sequence[str]]
#: (geography, words, groups) of a code day.
Groups = tuple[int, Words, Rows]

#: Words that call somebody who acts for a place.
CALLED = ("owner", "authority")

#: What ``today`` of a group says of those that were taken back: they are no longer open.
TAKEN_BACK = 2
BITS = 2


@dataclass(frozen=True)
class State:
    """One day. ``words`` as in CodeDay; ``origin``: for each ticket the place in ``parts`` of the code day that it
    is of; ``parts``: (source, load, geography) each, and ``systems`` those that each tells; ``repeats``: rows
    that said a person's system once more, of which the strictest was kept."""

    day: dt.date
    words: Mapping[str, Sequence[str]]
    groups: Rows
    combinations: Rows
    tickets: Rows
    origin: NDArray[np.intp]
    parts: Sequence[tuple[str, int, int]]
    systems: Sequence[frozenset[int]]
    repeats: int = 0

    @property
    def nbytes(self) -> int:
        """Size in memory."""
        return int(self.groups.nbytes + self.combinations.nbytes + self.tickets.nbytes + self.origin.nbytes)

    @cached_property
    def told(self) -> frozenset[int]:
        """The systems of which anything is said on this day, anywhere."""
        return frozenset(np.unique(self.groups["system"]).tolist())

    @cached_property
    def joined(self) -> bool:
        """Whether every ledger of the day tells of all systems that are told: the systems of a person who stands in
        several ledgers are never brought together."""
        return all(systems == self.told for systems in self.systems if systems)

    def inside(self, rows: Rows, lo: int, hi: int) -> slice:
        """The rows of an array that lie in the leaves [lo, hi)."""
        at = np.searchsorted(rows["leaf"], [lo, hi])
        return slice(int(at[0]), int(at[1]))

    def open_groups(self, lo: int, hi: int) -> Rows:
        """The groups of what is open in the leaves [lo, hi)."""
        found = self.groups[self.inside(self.groups, lo, hi)]
        stand: Rows = found[found["today"] != TAKEN_BACK]
        return stand


def buckets(groups: Rows) -> Ints:
    """How many assignments that are not green are in each bucket of terms.OVERDUE."""
    held = groups[groups["colour"] > 0]
    return _sums(held["overdue"], held["n"], len(OVERDUE))


def by_bucket(groups: Rows, key: str, size: int) -> Ints:
    """The same for every number of a column ``key``: size x buckets."""
    held = groups[groups["colour"] > 0]
    at = held[key].astype(np.int64) * len(OVERDUE) + held["overdue"]
    return _sums(at, held["n"], size * len(OVERDUE)).reshape(size, len(OVERDUE))


def by_colour(groups: Rows, systems: int) -> Ints:
    """systems x colours."""
    at = groups["system"].astype(np.int64) * len(CODES) + groups["colour"]
    return _sums(at, groups["n"], systems * len(CODES)).reshape(systems, len(CODES))


def _sums(at: NDArray[Any], n: NDArray[Any], size: int) -> Ints:
    return np.bincount(at, weights=n, minlength=size).astype(np.int64)


def known_colours(colours: int, systems: int) -> tuple[int, ...]:
    """A combination taken apart: for each system 0 (no code there), else 1 + the colour's place in terms.CODES."""
    return tuple(colours >> (BITS * at) & 3 for at in range(systems))


def blocking(combination: Sequence[int]) -> int | None:
    """The one system that is not green while all others that know the person are; None if there is no such."""
    barred = [at for at, colour in enumerate(combination) if colour > 1]
    known = sum(colour > 0 for colour in combination)
    return barred[0] if len(barred) == 1 and known > 1 else None


def disagree(combination: Sequence[int]) -> bool:
    """Whether the systems that know the person show different colours."""
    return len({colour for colour in combination if colour}) > 1


@dataclass(frozen=True)
class Turned:
    """What was assigned and taken back on a day: by leaf (ascending) and authority, ``n`` of them; ``back`` tells
    which were taken back."""

    leaf: NDArray[np.int32]
    authority: NDArray[np.int32]
    back: NDArray[np.bool_]
    n: Ints
    words: Sequence[str]

    @property
    def nbytes(self) -> int:
        """Size in memory."""
        return int(self.leaf.nbytes + self.authority.nbytes + self.back.nbytes + self.n.nbytes)

    def by_authority(self, lo: int, hi: int) -> dict[str, tuple[int, int]]:
        """authority -> (assigned, taken back) in the leaves [lo, hi)."""
        at = slice(*np.searchsorted(self.leaf, [lo, hi]))
        place = 2 * self.authority[at].astype(np.int64) + self.back[at]
        made = _sums(place, self.n[at], 2 * len(self.words)).reshape(-1, 2)
        return {self.words[row]: (int(a), int(b)) for row, (a, b) in enumerate(made) if a or b}


def turned(loads: Sequence[tuple[str, int]], parts: Sequence[Groups], view: View, city: City) -> Turned:
    """The same of a day's ledgers: (source, load), and (geography, words, groups) of each."""
    told = _apart(city, view)
    parts = [
        (geography, told(source, words), groups)
        for (source, _), (geography, words, groups) in zip(loads, parts, strict=True)
    ]
    kept = heard([(*load, systems_told(*part[1:])) for load, part in zip(loads, parts, strict=True)])
    words = _union((each[1]["authority"] for each in parts), ())
    place = {word: at for at, word in enumerate(words)}
    found = []
    for (geography, own, groups), ids in zip(parts, kept, strict=True):
        rows = of_systems(own, groups[(groups["colour"] > 0) & (groups["today"] > 0)], ids)
        if geography != view.geography.id:
            rows["leaf"] = view.leaf_map(geography)[rows["leaf"]]
        number = np.array([place[word] for word in own["authority"]], np.int32)
        found.append((rows, number[rows["authority"]] if len(rows) else np.zeros(0, np.int32)))
    rows, authority = np.concatenate([one[0] for one in found]), np.concatenate([one[1] for one in found])
    order = np.argsort(rows["leaf"], kind="stable")
    rows, authority = rows[order], authority[order]
    return Turned(rows["leaf"].copy(), authority, rows["today"] == TAKEN_BACK, rows["n"].astype(np.int64), words)


# --- putting a day together ----------------------------------------------------------------------


def together(day: dt.date, made: Sequence[CodeDay], view: View, city: City) -> State:
    """The state of a day from its code days, in the geography of ``view``."""
    systems, told = [system.id for system in city.systems], _apart(city, view)
    made = [replace(each, words=told(each.source, each.words)) for each in standing(made)]
    words = {name: _union((each.words[name] for each in made), systems if name == "system" else ()) for name in WORDS}
    moved = [_moved(each, view, words) for each in made]
    groups, combinations, tickets = (np.concatenate([part[n] for part in moved]) for n in range(3))
    origin = np.repeat(np.arange(len(made)), [len(part[2]) for part in moved])
    order = np.argsort(tickets["leaf"], kind="stable")
    return State(
        day, words, _by_leaf(groups), _by_leaf(combinations), tickets[order], origin[order],
        [(each.source, each.load, each.geography) for each in made],
        [frozenset(np.unique(part[0]["system"]).tolist()) for part in moved],
        sum(int(str(each.notes.get("repeats", 0))) for each in made),
    )  # fmt: skip


def _apart(city: City, view: View) -> Callable[[str, Words], Words]:
    """Of a source and its ledger's words: the words, with what several cities call by one name told apart."""
    named = told_apart(city, view.areas)

    def told(source: str, words: Words) -> Words:
        return {**words, **{name: [named(source, word) for word in words[name]] for name in CALLED}}

    return told


def _union(lists: Iterable[Sequence[str]], first: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*first, *(word for words in lists for word in words)]))


def _by_leaf(rows: Rows) -> Rows:
    return rows[np.argsort(rows["leaf"], kind="stable")]


def _moved(made: CodeDay, view: View, words: Mapping[str, Sequence[str]]) -> tuple[Rows, Rows, Rows]:
    """(groups, combinations, tickets) with the leaves of the view and the words of all."""
    groups, combinations, tickets = (made.groups.copy(), made.combinations.copy(), made.tickets.copy())
    if made.geography != view.geography.id:
        leaf = view.leaf_map(made.geography)
        for rows in (groups, combinations, tickets):
            rows["leaf"] = leaf[rows["leaf"]]
    for name in WORDS:
        place = {word: at for at, word in enumerate(words[name])}
        number = np.array([place[word] for word in made.words[name]], np.int64)
        for rows, kind in ((groups, GROUP), (tickets, TICKET)):
            if name in (kind.names or ()) and len(rows):
                rows[name] = number[rows[name]]
    order = [words["system"].index(word) for word in made.words["system"]]
    for rows in (combinations, tickets):
        rows["colours"] = _reordered(rows["colours"], order)
    assert combinations.dtype == COMBINATION
    return groups, combinations, tickets


def _reordered(colours: NDArray[np.uint16], order: Sequence[int]) -> NDArray[np.uint16]:
    """Combinations with system ``at`` moved to the place ``order[at]``."""
    if list(order) == list(range(len(order))):
        return colours
    found = np.zeros(len(colours), np.uint16)
    for at, to in enumerate(order):
        found |= (colours >> np.uint16(BITS * at) & np.uint16(3)) << np.uint16(BITS * to)
    return found
