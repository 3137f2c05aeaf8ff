"""A ledger of assignments -> the day's sums and tickets. One definition, partial(pieces) and merge, for every engine.

A part holds what adds up (green codes per system and leaf), every row's person in 12 bytes, and the columns of the
rows that are not green. Parts are put into one order before a day is finished, so that it is the same to the last
byte whoever read which piece, and when.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.code_days import NO_DAY, CodeDay
from data.code_days import WORDS as KEPT
from data.days import day_number, to_day
from data.rejects import Reject
from data.terms import CODES
from grid.arrays import Bools, Cells, Ints, Rows
from grid.batches import EXAMPLES, REJECTS, Piece, pieces
from grid.codes.clauses import Going, going
from grid.codes.columns import GONE, Columns, Small, concatenated, no_columns, system_words, taken_back
from grid.codes.combine import (
    COLOUR_BITS,
    LEAF_BITS,
    MOST_LEAVES,
    Block,
    Facts,
    Joining,
    Together,
    block,
    blocked_by_one,
    facts,
    in_conflict,
    known_colours,
    repeats,
)
from grid.codes.context import Asked, Context, Known
from grid.codes.evaluate import DUE, WAITING, Clocks, Stage, clocks, proofs
from grid.codes.owners import owned
from grid.codes.provenance import BIT, bursts, stale, without_evidence
from grid.codes.read import LOOKED_AT, Batch, Form, Reader, guard_columns
from grid.codes.tickets import MOST_WORDS, TAKEN_BACK, Judged, groups, tickets, today_of
from grid.codes.words import Coded, coded, joined
from grid.count import CellTable, first_rejects
from grid.engine import THREADS, ByDay, Sums, Threads, Work, current, current_progress
from grid.jit import kernel, usable
from grid.located import Note, Where
from grid.statements import Day

#: Rows of a piece: its persons are spread over their parts at once; a million are 12 MB.
PIECE_ROWS = 1 << 20
#: Identity of the rows that come from no file.
_NOWHERE = ("", 0)


# --- parts -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a worker needs besides the pieces; picklable. ``place``: what knows where a cell is, or a row;
    ``systems``: spelling -> place."""

    form: Form
    place: CellTable | Where
    systems: dict[str, int]
    leaves: int

    @property
    def n_systems(self) -> int:
        """How many systems there are."""
        return max(self.systems.values(), default=0) + 1


@dataclass
class DayPart:
    """Rows of one state day: ``green`` int32 (systems, leaves), blocks of persons, columns of what is not green."""

    green: Rows
    blocks: list[Block] = field(default_factory=list)
    open: list[tuple[tuple[str, int], Columns]] = field(default_factory=list)


@dataclass
class Part:
    """What a ledger, or a part of it, comes to. ``rows`` were read, ``bad`` of them refused and ``unlocated`` of the
    good ones in no known cell; ``rejects`` and ``lost`` are the first of these. ``noted``: good ones not placed
    finely."""

    rows: int = 0
    bad: int = 0
    unlocated: int = 0
    rejects: list[Reject] = field(default_factory=list)
    lost: list[Reject] = field(default_factory=list)
    noted: Counter[Note] = field(default_factory=Counter)
    days: dict[int, DayPart] = field(default_factory=dict)


def partial(parts: Iterable[Piece], plan: Plan, progress: Callable[[int], None] | None = None) -> Part:
    """The part of some pieces of a ledger. ``progress`` is told the rows of each batch."""
    total, reader, waiting = Part(), Reader(plan.form, plan.place, plan.systems), _Waiting(plan)
    for piece in parts:
        waiting.begin((piece.path.name, piece.first_row))
        for batch in reader.batches(piece):
            waiting.add(batch)
            if progress is not None:
                progress(batch.rows)
        total = merge([total, waiting.part()])
    return total


def _sum(parts: Iterable[Part]) -> Part:
    return merge(chain([Part()], parts))


def merge(parts: Iterable[Part]) -> Part:
    """The sum of parts of one ledger; the first one takes the others in."""
    every = iter(parts)
    total = next(every)
    for part in every:
        total.rows += part.rows
        total.bad += part.bad
        total.unlocated += part.unlocated
        total.rejects = first_rejects([*total.rejects, *part.rejects], REJECTS)
        total.lost = first_rejects([*total.lost, *part.lost], EXAMPLES)
        total.noted.update(part.noted)
        for day, found in part.days.items():
            _add_day(total, day, found)
    return total


def _add_day(total: Part, day: int, found: DayPart) -> None:
    if day not in total.days:
        total.days[day] = found
        return
    here = total.days[day]
    here.green += found.green
    here.blocks += found.blocks
    here.open += found.open


def _taken(part: Part) -> ByDay:
    """The green codes by day, taken out of a part."""
    sums = [(day, found.green) for day, found in part.days.items()]
    for found in part.days.values():
        found.green = np.zeros((0, 0), np.int32)
    return sums


def _given(part: Part, sums: ByDay) -> None:
    """Put green codes by day back into a part that was merged without."""
    for day, green in sums:
        part.days[day].green = green.astype(np.int32)


class _Rows:
    """Persons and facts of one day that wait to be spread over their parts. The room is used again for every piece:
    fresh memory costs more than what is done in it."""

    def __init__(self) -> None:
        self.persons, self.facts, self.size = np.empty(0, np.uint64), np.empty(0, np.uint32), 0

    def add(self, persons: Cells) -> Facts:
        """Take persons in; the place for their facts."""
        start, self.size = self.size, self.size + len(persons)
        if self.size > len(self.persons):
            room = 2 * max(PIECE_ROWS, self.size)
            self.persons, self.facts = _roomier(self.persons, start, room), _roomier(self.facts, start, room)
        self.persons[start : self.size] = persons
        return self.facts[start : self.size]

    def block(self, origin: tuple[str, int]) -> Block:
        """All of them, spread; none is left."""
        size, self.size = self.size, 0
        return block(origin, self.persons[:size], self.facts[:size])


def _roomier(array: NDArray[Any], used: int, room: int) -> NDArray[Any]:
    grown = np.empty(room, array.dtype)
    grown[:used] = array[:used]
    return grown


class _Waiting:
    """Gathers the batches of one piece after the other."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.rows: dict[int, _Rows] = {}
        self.begin(_NOWHERE)

    def begin(self, origin: tuple[str, int]) -> None:
        """A new piece."""
        self.origin, self.made = origin, Part()

    def add(self, batch: Batch) -> None:
        """Take a batch in."""
        made = self.made
        made.rows += batch.rows
        made.bad += batch.bad
        made.rejects = (made.rejects + batch.rejects)[:REJECTS]
        made.lost = (made.lost + batch.lost)[:EXAMPLES]
        made.noted.update(batch.noted)
        days = _distinct(batch.day)
        for day in days:
            self._add(batch, day, None if len(days) == 1 else batch.day == day)

    def _add(self, batch: Batch, day: int, rows: Bools | None) -> None:
        here = self.made.days.get(day)
        if here is None:
            green = np.zeros((self.plan.n_systems, self.plan.leaves), np.int32)
            here = self.made.days[day] = DayPart(green)
        kept = slice(None) if rows is None else rows
        told = self.rows.setdefault(day, _Rows()).add(batch.person[kept])
        self.made.unlocated += tell(batch.leaf[kept], batch.system[kept], batch.colour[kept], here.green, told)
        if batch.open is not None and len(batch.open):
            open_ = batch.open if rows is None else batch.open.take(batch.open.day == day)
            here.open.append((self.origin, open_))

    def part(self) -> Part:
        """All of the piece, persons spread over their parts."""
        for day, found in self.made.days.items():
            found.blocks.append(self.rows[day].block(self.origin))
        return self.made


def _distinct(days: Rows) -> list[int]:
    """The days that occur; nearly always one, which is seen at once."""
    if days.size and days.min() == days.max():
        return [int(days[0])]
    return [int(day) for day in np.unique(days)]


def tell(leaf: Rows, system: Small, colour: Small, green: Rows, told: Facts) -> int:
    """Write each row's fact to ``told`` and add the rows that are green (again) to ``green``; how many rows have no
    leaf."""
    if usable():
        return _tell(leaf, system, colour, green, told)
    home = np.maximum(leaf, 0)
    is_green = (colour == 0) | (colour == GONE)
    np.add.at(green, (system[is_green], home[is_green]), 1)
    told[:] = facts(system, home, np.where(colour == GONE, 0, colour).astype(np.uint8))
    return int((leaf < 0).sum())


@kernel("i8(const i4[::1], const u1[::1], const u1[::1], i4[:, ::1], u4[::1])")
def _tell(leaf: Rows, system: Small, colour: Small, green: Rows, told: Facts) -> int:
    lost, wide, flat = 0, np.uint64(green.shape[1]), green.reshape(-1)
    for i in range(leaf.size):
        home = max(leaf[i], 0)
        lost += leaf[i] < 0
        if colour[i] == 0 or colour[i] == GONE:
            flat[np.uint64(system[i]) * wide + np.uint64(home)] += 1
        shown = np.uint32(0) if colour[i] == GONE else np.uint32(colour[i])
        place = np.uint32(system[i]) << np.uint32(LEAF_BITS) | np.uint32(home)
        told[i] = place << np.uint32(COLOUR_BITS) | shown
    return lost


# --- a day -----------------------------------------------------------------------------------------------------------


def finished(part: DayPart, context: Context, day: Day, threads: int = 1) -> CodeDay:
    """The day that the rows of ``part`` come to."""
    found = [columns for _, columns in sorted(part.open, key=lambda each: each[0])]
    columns = concatenated(found) if found else no_columns()
    joining = Joining(part.blocks, columns.person, part.green.shape)
    with ThreadPoolExecutor(max(1, threads - 1)) as pool:
        helpers = [pool.submit(joining.work) for _ in range(threads - 1)]
        alone = _judged(columns, context, day)
        joining.work()
        for helper in helpers:
            helper.result()
        persons = joining.together()
        again = _again(part, columns, persons)
        if again.size:
            kept = _strictest(columns)
            columns, persons = columns.take(kept), Together(persons.combinations, persons.colours[kept])
            _take_out(again, part.green)
            alone = _judged(columns, context, day)
        judged = _with_colours(alone, persons.colours)
        alike = pool.submit(groups, judged, part.green)
        made, words = tickets(judged, context, pool)
        return CodeDay(
            source=context.source,
            day=day,
            geography=context.geography.id,
            words=words,
            groups=alike.result(),
            combinations=persons.combinations,
            tickets=made,
            notes=dict(context.notes) | ({"repeats": again.size} if again.size else {}),
        )


def _again(part: DayPart, columns: Columns, persons: Together) -> Facts:
    """The facts of rows that say a person's system once more than needed."""
    each = known_colours(persons.combinations["colours"]) > 0
    told = int((each.sum(axis=1) * persons.combinations["n"].astype(np.int64)).sum())
    stated = int(part.green.sum()) + int((~taken_back(columns)).sum())
    return repeats(part.blocks) if stated > told else np.empty(0, np.uint32)


def _take_out(again: Facts, green: Rows) -> None:
    """Take the green ones among these facts out of the sum."""
    place = again[again & np.uint32((1 << COLOUR_BITS) - 1) == 0] >> np.uint32(COLOUR_BITS)
    np.subtract.at(green, (place >> np.uint32(LEAF_BITS), place & np.uint32(MOST_LEAVES - 1)), 1)


def _strictest(columns: Columns) -> Ints:
    """Of the rows of one person and system that stand the strictest, and one of those that were taken back."""
    c, back = columns, taken_back(columns)
    order = np.lexsort((c.row, c.leaf, -c.colour.astype(np.int8), back, c.system, c.person))
    same = [each[order][1:] == each[order][:-1] for each in (c.person, c.system, back)]
    return np.sort(np.delete(order, 1 + np.flatnonzero(same[0] & same[1] & same[2])))


def _judged(columns: Columns, context: Context, day: Day) -> Judged:
    """Every row that is not green under its rule, with its owner and all flags that it has by itself."""
    columns = replace(columns)
    rule = going(columns, context)
    known = _known(columns, rule, context, day)
    columns.negative, columns.positive, columns.contact = known.negative, known.positive, known.contact
    stage = Stage(columns.since, rule.terms, known.negative, known.positive, known.contact)
    run = clocks(stage, rule.table, day_number(day), known.tests)
    authority = _authority(columns)
    has = owned(columns, authority, context)
    today = today_of(columns)
    flags = _clock_flags(run) | _origin_flags(columns, rule, authority)
    flags |= has.no_right * np.uint16(BIT["no_right"])
    flags |= _never_exposed(columns, rule, known, context) * np.uint16(BIT["never_exposed"])
    return Judged(columns, rule, run, authority, has, np.zeros(len(columns), np.uint16), flags, today)


def _with_colours(judged: Judged, colours: NDArray[np.uint16]) -> Judged:
    """The same with what the systems of each person say together; a code that was taken back needs nobody."""
    flags = judged.flags | _conflict_flags(colours)
    return replace(judged, colours=colours, flags=np.where(judged.today == TAKEN_BACK, 0, flags).astype(np.uint16))


def _known(columns: Columns, rule: Going, context: Context, day: Day) -> Known:
    """What the rows say and what the histories say, brought together."""
    c, proof = columns, proofs(columns.since, rule.terms, rule.table)
    exposed = np.where(c.contact <= c.since, c.contact, NO_DAY).astype(np.int32)
    said = Known(c.negative, c.positive, c.contact, exposed, c.tested, stays=False)
    if context.histories is None or not len(c):
        return said
    told = context.histories(Asked(c.person, c.since, proof), day)
    return Known(
        _telling(said.negative, told.negative, proof),
        np.maximum(said.positive, told.positive),
        np.maximum(said.contact, told.contact),
        np.maximum(said.exposed, told.exposed),
        said.tests or told.tests,
        told.stays,
    )


def _telling(one: Rows, other: Rows, proof: Rows) -> Rows:
    """Of two negative tests the one that tells: the first that is proof, else the last."""
    early, late = np.minimum(one, other), np.maximum(one, other)
    return np.where(early >= proof, early, late)


def _authority(columns: Columns) -> Coded:
    """Who assigned: the authority, else what stands before the stroke of the operator."""
    operator = coded(columns.words["operator"])
    before = [word.partition("/")[0].strip() if "/" in word else "" for word in operator.words]
    return joined(coded(columns.words["authority"]), operator, before).fitted(MOST_WORDS)


def _clock_flags(run: Clocks) -> NDArray[np.uint16]:
    return np.where(run.bucket >= DUE, BIT["overdue"], np.where(run.bucket == WAITING, BIT["waiting"], 0)).astype("u2")


def _conflict_flags(colours: NDArray[np.uint16]) -> NDArray[np.uint16]:
    flags = np.zeros(1 << 16, np.uint16)
    known = np.flatnonzero(np.bincount(colours, minlength=1 << 16)).astype(np.uint16)
    flags[known] = in_conflict(known) * BIT["conflict"] + blocked_by_one(known) * BIT["single_block"]
    return np.asarray(flags[colours])


def _origin_flags(columns: Columns, rule: Going, authority: Coded) -> NDArray[np.uint16]:
    bare = without_evidence(columns)
    group = coded(columns.words["group"])
    found = {
        "no_evidence": bare,
        "stale_evidence": stale(columns, rule.lookback),
        "rule_not_in_force": rule.lapsed,
        "burst": bursts(columns, authority, group, bare),
    }
    flags = np.zeros(len(columns), np.uint16)
    for name, mask in found.items():
        flags |= mask * np.uint16(BIT[name])
    return flags


def _never_exposed(columns: Columns, rule: Going, known: Known, context: Context) -> Bools:
    """Rows of persons of whom nothing in the look-back explains the colour: no stay, no contact, no dated evidence, and
    no zone or risk area where they are. Nobody is said to be one where stays and contacts are not known at all."""
    if not known.stays:
        return np.zeros(len(columns), np.bool_)
    first, last = columns.since - rule.lookback, columns.since
    dated = (columns.evidence_day >= first) & (columns.evidence_day <= last)
    exposed = (known.exposed >= first) | dated
    risky = context.risky(columns.leaf, first, last) if context.risky is not None else None
    return np.asarray(~exposed if risky is None else ~exposed & ~risky)


# --- the two doors ----------------------------------------------------------------------------------------------------


def evaluate_day(columns: Columns, context: Context, day: Day) -> CodeDay:
    """The day that these rows come to; rows of other days are left out."""
    here = columns.take(columns.day == day_number(day))
    gone = taken_back(here)
    part = DayPart(np.zeros((len(context.systems), context.leaves), np.int32))
    shown = np.where(gone, GONE, here.colour).astype(np.uint8)
    told = np.empty(len(here), np.uint32)
    tell(here.leaf, here.system, shown, part.green, told)
    part.blocks.append(block(_NOWHERE, here.person, told))
    part.open.append((_NOWHERE, here.take((here.colour > 0) & (~gone | (here.cleared == here.day)))))
    return finished(part, context, day)


@dataclass(frozen=True)
class Streamed:
    """What files came to: a day of each state day that they name, in order; ``rejects``, ``lost``, ``noted``: see
    Part."""

    days: tuple[CodeDay, ...]
    rows: int
    bad: int
    unlocated: int
    rejects: Sequence[Reject]
    lost: Sequence[Reject]
    noted: Mapping[Note, int] = field(default_factory=dict)


def stream_day(
    paths: Sequence[Path],
    form: Form,
    context: Context,
    progress: Callable[[int], None] | None = None,
    threads: int | None = None,
) -> Streamed:
    """Evaluate ledgers too large to be read at once (usually of one state day), reading them once.

    The rows name H3 cells, and one of an unknown cell is known to the city only, counted in ``unlocated``; or the form
    says what places them, and one that has no place is refused. ``progress`` is told the rows done so far, from one
    thread at a time.

    Raises MissingColumns, UnreadableFile, WrongEncoding, PersonalData.
    """
    plan = plan_of(form, context)
    parts = [piece for path in paths for piece in pieces(path, PIECE_ROWS)]
    sums = Sums((plan.n_systems, plan.leaves), _taken, _given)
    work = Work(partial, _sum, plan, attrgetter("rows"), sums, lasting=True)
    total = (Threads(threads) if threads else current()).count(work, parts, progress or current_progress())
    told = close(total, context, max(1, min(threads or os.cpu_count() or 1, THREADS)))
    for made in told.days:
        _guard_words(made, form, paths[0].name)
    return told


def _guard_words(made: CodeDay, form: Form, file: str) -> None:
    """Refuse persons' data among the words that would be kept: they come from all rows, not from the first alone."""
    some = {}
    for name in sorted(form.columns.keys() & set(KEPT)):
        words = made.words[name]
        some[form.columns[name]] = words[:: max(1, len(words) // LOOKED_AT)]
    guard_columns(file, some, form)


def plan_of(form: Form, context: Context) -> Plan:
    """What workers need to read files of this form."""
    leaves = context.geography.leaves
    place = form.where or CellTable(leaves.cells.numbers, leaves.home)
    return Plan(replace(form, where=None), place, system_words(context), len(leaves))


def close(total: Part, context: Context, threads: int = 1) -> Streamed:
    """The days of the sum of all parts."""
    days = tuple(finished(total.days[day], context, to_day(day), threads) for day in sorted(total.days))
    return Streamed(days, total.rows, total.bad, total.unlocated, total.rejects, total.lost, total.noted)


def colours(made: CodeDay, leaves: int) -> NDArray[np.int64]:
    """Codes that stand at the end of the day per (system, colour, leaf), int64."""
    total = np.zeros((len(made.words["system"]), len(CODES), leaves), np.int64)
    open_ = made.groups[made.groups["today"] != TAKEN_BACK]
    np.add.at(total, (open_["system"], open_["colour"], open_["leaf"]), open_["n"])
    return total
