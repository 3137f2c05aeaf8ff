"""The systems of one person brought together: how colours combine, and whose do not agree.

Every row is kept as 12 bytes, the person's number and its place, system and colour in another, spread over PARTS by
the person's number: a part's persons fit into a core's cache, and parts are joined independently of each other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.code_days import COMBINATION
from grid.arrays import Bools, Cells, Ints, Rows
from grid.jit import kernel, usable

Facts = NDArray[np.uint32]
Colours = NDArray[np.uint16]

#: Bits of a person's number that name its part: 25 million rows are 50,000 a part, whose table takes 1 MB. Of 100
#: million it takes 4, and more parts gain nothing all the same: with 2,048 joining takes 0.011 to 0.016 us a row, as
#: with 512, but spreading 0.006 instead of 0.003.
PART_BITS = 9
PARTS = 1 << PART_BITS
#: A fact: system (3 bits), leaf (27 bits), colour (2 bits), so that the least is of the first system.
COLOUR_BITS, LEAF_BITS = 2, 27
MOST_LEAVES = 1 << LEAF_BITS


def facts(system: NDArray[np.uint8], leaf: Rows, colour: NDArray[np.uint8]) -> Facts:
    """System, leaf (not negative) and colour of each row in one number."""
    high = system.astype(np.uint32) << np.uint32(LEAF_BITS + COLOUR_BITS)
    return np.asarray(high | leaf.astype(np.uint32) << np.uint32(COLOUR_BITS) | colour, np.uint32)


@dataclass(frozen=True, slots=True)
class Block:
    """Rows sorted by part: part p is ``[starts[p], starts[p + 1])``. ``origin``: of which piece of which file."""

    origin: tuple[str, int]
    starts: Ints
    persons: Cells
    facts: Facts


def block(origin: tuple[str, int], persons: Cells, told: Facts) -> Block:
    """The rows spread over their parts, in their order within each."""
    if not usable():
        return _block_numpy(origin, persons, told)
    starts = np.zeros(PARTS + 1, np.int64)
    _measure(persons, starts)
    np.cumsum(starts, out=starts)
    spread = Block(origin, starts, np.empty_like(persons), np.empty_like(told))
    _spread(persons, told, starts[:-1].copy(), spread.persons, spread.facts)
    return spread


def _block_numpy(origin: tuple[str, int], persons: Cells, told: Facts) -> Block:
    part = (persons >> np.uint64(64 - PART_BITS)).astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(np.bincount(part, minlength=PARTS))])
    order = np.argsort(part, kind="stable")
    return Block(origin, starts, persons[order], told[order])


@kernel("void(const u8[::1], i8[::1])")
def _measure(persons: Cells, sizes: Ints) -> None:
    """Count the rows of part p at p + 1."""
    for i in range(persons.size):
        sizes[(persons[i] >> np.uint64(64 - PART_BITS)) + np.uint64(1)] += 1


@kernel("void(const u8[::1], const u4[::1], i8[::1], u8[::1], u4[::1])")
def _spread(persons: Cells, told: Facts, at: Ints, to_persons: Cells, to_facts: Facts) -> None:
    shift = np.uint64(64 - PART_BITS)
    for i in range(persons.size):
        part = persons[i] >> shift
        place = np.uint64(at[part])
        at[part] += 1
        to_persons[place] = persons[i]
        to_facts[place] = told[i]


@dataclass(frozen=True, slots=True)
class Together:
    """``combinations``: COMBINATION, sorted. ``colours``: those of the person of each row asked about."""

    combinations: NDArray[np.void]
    colours: Colours


class Joining:
    """Brings all rows' persons together, a part after the other; several threads may :meth:`work` on it.

    ``asked``: persons whose colours are wanted besides; ``shape``: how many systems and leaves there are. A person's
    leaf is that of the first system that knows them; of several colours in one system the strictest counts. The answer
    does not depend on the order of the blocks.
    """

    def __init__(self, blocks: Sequence[Block], asked: Cells, shape: tuple[int, ...]) -> None:
        self.blocks = blocks
        self.asked = asked
        self.shape = shape
        self.colours = np.zeros(len(asked), np.uint16)
        self.parts = deque(range(PARTS if usable() else 0))
        self.questions = block(("", 0), asked, np.arange(len(asked), dtype=np.uint32))
        self.counted: list[tuple[Cells, Ints]] = []

    def work(self) -> None:
        """Join parts as long as there are any."""
        worker = _Worker(self)
        while self.parts:
            try:
                worker.join(self.parts.popleft())
            except IndexError:  # another worker took the last one in between
                break
        self.counted.append(worker.counted())

    def together(self) -> Together:
        """What came of it, once all have done their work."""
        if not usable():
            return _together_numpy(self.blocks, self.asked)
        keys, people = (np.concatenate(each) for each in zip(*self.counted, strict=True))
        return Together(_combinations(keys, people), self.colours)


def _combinations(keys: Cells, people: Ints) -> NDArray[np.void]:
    """Combinations out of (leaf << 16 | colours, people), equal ones added up."""
    distinct, at = np.unique(keys, return_inverse=True)
    made = np.zeros(len(distinct), COMBINATION)
    made["leaf"], made["colours"] = distinct >> np.uint64(16), distinct & np.uint64(0xFFFF)
    np.add.at(made["n"], at, people.astype(np.int32))
    return made


class _Worker:
    """Joins parts one after the other in tables of its own, and adds up the combinations."""

    def __init__(self, joining: Joining) -> None:
        self.joining = joining
        blocks = joining.blocks
        rows = np.sum([np.diff(each.starts) for each in blocks], axis=0) if blocks else np.zeros(PARTS, np.int64)
        self.size_of = [_room(int(n)) for n in rows]
        room = max(self.size_of)
        self.persons, self.seen = np.zeros(room, np.uint64), np.zeros(room, np.uint16)
        self.first = np.zeros(room, np.uint32)
        # nearly everybody is green everywhere: counted without looking for a place
        self.green = np.uint16(sum(1 << 2 * n for n in range(joining.shape[0])))
        self.people_green = np.zeros(joining.shape[1], np.int64)
        self.keys, self.people, self.used = np.zeros(1 << 16, np.uint64), np.zeros(1 << 16, np.int64), 0

    def counted(self) -> tuple[Cells, Ints]:
        """(leaf << 16 | colours, people) of the persons joined."""
        taken, leaf = self.keys > 0, np.flatnonzero(self.people_green)
        green = leaf.astype(np.uint64) << np.uint64(16) | self.green
        keys = np.concatenate([self.keys[taken] - np.uint64(1), green])
        return keys, np.concatenate([self.people[taken], self.people_green[leaf]])

    def join(self, part: int) -> None:
        """Join the rows of a part."""
        size = self.size_of[part]
        persons, seen, first = self.persons[:size], self.seen[:size], self.first[:size]
        persons[:] = 0
        for each in self.joining.blocks:
            lo, hi = each.starts[part], each.starts[part + 1]
            _join(each.persons[lo:hi], each.facts[lo:hi], persons, seen, first)
        questions = self.joining.questions
        lo, hi = questions.starts[part], questions.starts[part + 1]
        _answer(questions.persons[lo:hi], questions.facts[lo:hi], persons, seen, self.joining.colours)
        rest = _greens(persons, seen, first, self.green, self.people_green)
        if 2 * (self.used + rest) > len(self.keys):
            self._grow(2 * _room(self.used + rest))
        self.used += _tally(persons, seen, first, self.green, self.keys, self.people)

    def _grow(self, room: int) -> None:
        keys, people = np.zeros(room, np.uint64), np.zeros(room, np.int64)
        _move(self.keys, self.people, keys, people)
        self.keys, self.people = keys, people


def _room(entries: int) -> int:
    """Places of a hash table that is four fifths full at most: a power of two."""
    return 1 << max(4, (entries + entries // 4).bit_length())


@kernel("void(const u8[::1], const u4[::1], u8[::1], u2[::1], u4[::1])")
def _join(persons: Cells, told: Facts, table: Cells, seen: Colours, first: Facts) -> None:
    """Add rows to the table of a part."""
    mask = np.uint64(table.size - 1)
    for i in range(persons.size):
        person, fact = persons[i], told[i]
        at = person & mask
        while table[at] != 0 and table[at] != person:
            at = (at + np.uint64(1)) & mask
        place = fact >> np.uint32(COLOUR_BITS)
        shift = np.uint32(2) * (place >> np.uint32(LEAF_BITS))
        colour = (fact & np.uint32(3)) + np.uint32(1)
        if table[at] == 0:
            table[at], seen[at], first[at] = person, np.uint16(colour << shift), place
            continue
        first[at] = min(first[at], place)
        before = np.uint32(seen[at])
        if (before >> shift) & np.uint32(3) < colour:
            seen[at] = np.uint16((before & ~(np.uint32(3) << shift)) | colour << shift)


@kernel("void(const u8[::1], const u4[::1], const u8[::1], const u2[::1], u2[::1])")
def _answer(persons: Cells, rows: Facts, table: Cells, seen: Colours, colours: Colours) -> None:
    """The colours of each of these persons, who are in the table, into their rows."""
    mask = np.uint64(table.size - 1)
    for i in range(persons.size):
        at = persons[i] & mask
        while table[at] != persons[i]:
            at = (at + np.uint64(1)) & mask
        colours[rows[i]] = seen[at]


@kernel("u8(u8, const u8[::1])")
def _slot(key: np.uint64, keys: Cells) -> np.uint64:
    """Where the key stands in the table, or would."""
    mask = np.uint64(keys.size - 1)
    at = ((key * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20)) & mask
    while keys[at] != 0 and keys[at] != key:
        at = (at + np.uint64(1)) & mask
    return at


@kernel("i8(const u8[::1], const u2[::1], const u4[::1], u2, i8[::1])")
def _greens(table: Cells, seen: Colours, first: Facts, green: np.uint16, people: Ints) -> int:
    """Add a part's persons whose colours are ``green`` to the people of their leaf; how many others there are."""
    leaf, others = np.uint32(MOST_LEAVES - 1), 0
    for i in range(table.size):
        if table[i] != 0 and seen[i] == green:
            people[first[i] & leaf] += 1
        else:
            others += table[i] != 0
    return others


@kernel("i8(const u8[::1], const u2[::1], const u4[::1], u2, u8[::1], i8[::1])")
def _tally(table: Cells, seen: Colours, first: Facts, green: np.uint16, keys: Cells, people: Ints) -> int:
    """Add a part's other persons to the people of each combination; how many combinations are new."""
    leaf, new = np.uint32(MOST_LEAVES - 1), 0
    for i in range(table.size):
        if table[i] == 0 or seen[i] == green:
            continue
        key = (np.uint64(first[i] & leaf) << np.uint64(16) | np.uint64(seen[i])) + np.uint64(1)
        at = _slot(key, keys)
        new += keys[at] == 0
        keys[at] = key
        people[at] += 1
    return new


@kernel("void(const u8[::1], const i8[::1], u8[::1], i8[::1])")
def _move(keys: Cells, people: Ints, to_keys: Cells, to_people: Ints) -> None:
    for i in range(keys.size):
        if keys[i] != 0:
            at = _slot(keys[i], to_keys)
            to_keys[at], to_people[at] = keys[i], people[i]


def _together_numpy(blocks: Sequence[Block], asked: Cells) -> Together:
    """The same by sorting all persons."""
    persons = np.concatenate([asked[:0], *(each.persons for each in blocks)])
    told = np.concatenate([np.empty(0, np.uint32), *(each.facts for each in blocks)])
    people, person = np.unique(persons, return_inverse=True)
    place = told >> np.uint32(COLOUR_BITS)
    first = np.full(len(people), np.iinfo(np.uint32).max, np.uint32)
    np.minimum.at(first, person, place)
    system, colour = place >> np.uint32(LEAF_BITS), (told & np.uint32(3)) + np.uint32(1)
    seen = np.zeros(len(people), np.uint32)
    for each in np.unique(system).tolist():
        strictest, here = np.zeros(len(people), np.uint32), system == each
        np.maximum.at(strictest, person[here], colour[here])
        seen |= strictest << np.uint32(2 * each)
    keys = (first & np.uint32(MOST_LEAVES - 1)).astype(np.uint64) << np.uint64(16) | seen
    colours = seen[np.searchsorted(people, asked)].astype(np.uint16)
    return Together(_combinations(keys, np.ones(len(keys), np.int64)), colours)


def repeats(blocks: Sequence[Block]) -> Facts:
    """The facts of all rows of a person in one system but the strictest (of several the one of the first leaf)."""
    persons, told = (np.concatenate(each) for each in zip(*((one.persons, one.facts) for one in blocks), strict=True))
    system, colour = told >> np.uint32(LEAF_BITS + COLOUR_BITS), told & np.uint32(3)
    order = np.lexsort((told, np.uint32(3) - colour, system, persons))
    persons, system, told = persons[order], system[order], told[order]
    return np.asarray(told[1:][(persons[1:] == persons[:-1]) & (system[1:] == system[:-1])], np.uint32)


# --- what the colours of a person say -------------------------------------------------------------------------------


def known_colours(colours: Colours) -> NDArray[np.uint8]:
    """(rows, 8): 0 where a system does not know the person, else 1 + the colour's place in terms.CODES."""
    return np.asarray(colours[:, None] >> np.arange(0, 16, 2, dtype=np.uint16) & 3, np.uint8)


def in_conflict(colours: Colours) -> Bools:
    """Whose systems show different colours."""
    each = known_colours(colours)
    return np.asarray(np.where(each > 0, each, 4).min(axis=1) < each.max(axis=1))


def blocked_by_one(colours: Colours) -> Bools:
    """Who is kept from green by exactly one system of at least two."""
    each = known_colours(colours)
    return np.asarray(((each > 1).sum(axis=1) == 1) & ((each > 0).sum(axis=1) > 1))
