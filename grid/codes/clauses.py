"""Which clause of which rule pack each assignment goes by, and whether the rule that it names was in force."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from data.days import day_number, to_day
from data.rules import Clause, Pack, Rulebook
from data.rules.due import Terms, terms_of
from data.terms import CODES, IDENTITIES
from grid.arrays import Bools, Ints, Rows
from grid.codes.columns import Columns
from grid.codes.context import Context
from grid.codes.evaluate import table_of
from grid.codes.words import Coded, coded, distinct
from grid.statements import Day

#: Days that a rule looks back where no clause says otherwise.
LOOKBACK = 14

_COLOURS, _IDENTITIES = tuple(CODES), (None, *IDENTITIES)


@dataclass(frozen=True, slots=True)
class Going:
    """``terms``: place in ``table`` of what each row's clause asks (see evaluate.table_of), and in ``lookback`` of the
    days that its evidence may be older than it. ``word``: the clause's word as a ticket keeps it; the sender's own
    where the rule that it names is none that gives its colour and no rule in force does. ``lapsed``: rows that name a
    rule which is unknown, gives another colour or none, or was not in force where and when they were assigned.
    """

    terms: Rows
    table: Rows
    lookback: Rows
    word: Coded
    lapsed: Bools


@dataclass(frozen=True, slots=True)
class _Case:
    """What a clause depends on."""

    rule: str
    day: Day
    area: str
    identity: str | None
    colour: str


def going(columns: Columns, context: Context) -> Going:
    """The clause of every row; each distinct case is looked up once."""
    rule = coded(columns.words["rule"])
    kind, codes = context.governed
    era = np.searchsorted(_turns(context.rulebook.packs), columns.since, side="right")
    parts = (rule.code, kind[columns.leaf], era, columns.identity, columns.colour)
    key = _one(parts)
    first, case = distinct(key)
    found = [
        _look_up(
            _Case(
                rule.words[rule.code[at]],
                to_day(columns.since[at]),
                codes[kind[columns.leaf[at]]],
                _IDENTITIES[columns.identity[at]],
                _COLOURS[columns.colour[at]],
            ),
            context.rulebook,
        )
        for at in first.tolist()
    ]
    areas = [codes[kind[columns.leaf[at]]] for at in first.tolist()]
    return _gathered(found, areas, context.rulebook, case)


def _one(parts: Iterable[Any]) -> Ints:
    """One number for each combination of small numbers."""
    key: Any = 0
    for part in parts:
        wide = part.astype(np.int64)
        key = key * (int(wide.max(initial=0)) + 1) + wide
    return np.asarray(key, np.int64)


def _turns(packs: Iterable[Pack]) -> Ints:
    """Days on which some pack begins or ends to hold: between two of them nothing changes."""
    days = {day_number(day) for pack in packs for day in (pack.start, pack.stop) if day is not None}
    return np.array(sorted(days), np.int64)


def _look_up(case: _Case, book: Rulebook) -> tuple[Clause | None, str, bool]:
    """(clause, word, whether the named rule was not in force)."""
    usual = book.entry(case.day, case.area, case.identity, case.colour)
    if not case.rule:
        return usual, usual.word if usual else "", False
    clause = book.clause(case.rule)
    pack = book.find(clause.pack if clause else case.rule)
    if pack is None:
        return usual, usual.word if usual else case.rule, True
    clause = clause or _of_pack(pack, case)
    if clause is None or clause.colour != case.colour or not pack.turns_codes:
        return usual, usual.word if usual else case.rule, True
    return clause, clause.word, not book.holds(pack, case.day, case.area)


def _of_pack(pack: Pack, case: _Case) -> Clause | None:
    """The stage of this identity's path that gives the colour; else the pack's first clause that does."""
    first = pack.entry(case.identity or "")
    stages = [*(pack.path(first) if first else ()), *pack.clauses]
    return next((clause for clause in stages if clause.colour == case.colour), None)


def _gathered(found: list[tuple[Clause | None, str, bool]], areas: list[str], book: Rulebook, case: Ints) -> Going:
    words = sorted({"", *(word for _, word, _ in found)})
    place = {word: at for at, word in enumerate(words)}
    asks = [_terms(clause, area, book) for (clause, _, _), area in zip(found, areas, strict=True)]
    looks = [LOOKBACK if clause is None else clause.lookback for clause, _, _ in found]
    return Going(
        case.astype(np.int32),
        table_of(asks),
        np.array(looks, np.int32)[case],
        Coded(np.array([place[word] for _, word, _ in found], np.int32)[case], words),
        np.array([lapsed for _, _, lapsed in found], np.bool_)[case],
    )


def _terms(clause: Clause | None, area: str, book: Rulebook) -> Terms:
    pack = book.find(clause.pack) if clause else None
    return terms_of(clause, book.stop(pack, area) if pack else None)
