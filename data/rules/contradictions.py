"""Packs that are in force together and say different things about the same people or the same ground."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from data.rules.book import Rulebook
from data.rules.pack import Clause, Pack
from data.terms import CODES, CONFINED, IDENTITIES, RISKS, UNITS, ZONES, Term
from data.words import Lang

#: What two packs may contradict each other in -> what it is called.
KINDS: Mapping[str, Term] = {
    term.id: term
    for term in (
        Term("colour", "同一身份、不同码色", "One identity, two colours"),
        Term("days", "同一身份、不同天数", "One identity, two lengths"),
        Term("confinement", "同一管控、不同码色", "One confinement, two colours"),
        Term("zone_clock", "同一区域、两种时钟", "One zone, two clocks"),
        Term("zone_kind", "一方设区、一方不设", "A zone that one of two knows"),
        Term("zone_unit", "两种划定单位", "Two units of zones"),
    )
}

_NO_ZONE = Term("", "不设此类区域", "no such zone")

_SUBJECTS: Mapping[str, Term] = {**CONFINED, **IDENTITIES, **ZONES, **RISKS}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One contradiction. ``kind``: of KINDS; ``subject``: the identity, confinement, or kind of zone that it is about;
    ``first``, ``second``: the two clauses; ``said_zh``, ``said_en``: what each comes to."""

    kind: str
    subject: str
    first: Clause
    second: Clause
    said_zh: tuple[str, str]
    said_en: tuple[str, str]

    def say(self, lang: Lang) -> str:
        """It as a sentence that names both clauses and both notices."""
        told = self.said_zh if lang == "zh" else self.said_en
        sides = [f"{clause.by(lang)} {clause.word}: {said}" for clause, said in zip(self.clauses, told, strict=True)]
        subject = _SUBJECTS[self.subject].name(lang)
        if lang == "zh":
            return f"{KINDS[self.kind].zh}（{subject}）：{'；'.join(sides)}".replace(": ", "：")
        return f"{KINDS[self.kind].en} ({subject}): {'; '.join(sides)}"

    @property
    def clauses(self) -> tuple[Clause, Clause]:
        """Both clauses."""
        return self.first, self.second


def contradictions(rules: Rulebook, day: dt.date, area: str = "") -> tuple[Contradiction, ...]:
    """All contradictions between the packs in force on ``day`` in the area of code ``area`` ("": anywhere in common).

    Packs about people are compared by identity (also where one says that its people are ``alike`` to the other's) and
    by confinement, zone packs by the kind of zone that they begin with and by the largest unit. Of packs for different
    areas, those that both hold in the narrower one: a local pack does not contradict what it replaces there.
    """
    found: list[Contradiction] = []
    for one, other in combinations(rules.in_force(day, area), 2):
        common = area or max(one.area, other.area, key=len)
        if rules.holds(one, day, common) and rules.holds(other, day, common):
            if one.turns_codes and other.turns_codes:
                found += [*_of_identities(one, other), *_of_confinement(one, other)]
            elif one.about == other.about:
                found += _of_zones(one, other)
    return tuple(dict.fromkeys(found))


def _of_identities(one: Pack, other: Pack) -> Iterator[Contradiction]:
    for identity, partner in _pairs(one, other):
        a, b = one.entry(identity), other.entry(partner)
        if a is not None and b is not None:
            if a.colour != b.colour:
                yield _contradiction("colour", identity, a, b, CODES[a.colour], CODES[b.colour])
            elif _lengths(one, a) != _lengths(other, b):
                yield _contradiction("days", identity, a, b, _length(one, a), _length(other, b))


def _pairs(one: Pack, other: Pack) -> Iterator[tuple[str, str]]:
    """(identity of one, identity of the other) that the same people have."""
    yield from ((identity, identity) for identity in one.identities if identity in other.identities)
    yield from ((mine, theirs) for mine, alike in one.alike.items() for theirs in alike if theirs in other.identities)
    yield from ((mine, theirs) for theirs, alike in other.alike.items() for mine in alike if mine in one.identities)


def _of_confinement(one: Pack, other: Pack) -> Iterator[Contradiction]:
    for a in one.clauses:
        for b in other.clauses:
            if a.confined and a.confined == b.confined and a.colour != b.colour:
                yield _contradiction("confinement", a.confined, a, b, CODES[a.colour], CODES[b.colour])


def _of_zones(one: Pack, other: Pack) -> Iterator[Contradiction]:
    for kind in dict.fromkeys((*one.identities, *other.identities)):
        a, b = one.entry(kind), other.entry(kind)
        if a is None or b is None:
            told = (_NO_ZONE if clause is None else _length(pack, clause) for pack, clause in ((one, a), (other, b)))
            yield _contradiction("zone_kind", kind, a or one.clauses[0], b or other.clauses[0], *told)
        elif _lengths(one, a) != _lengths(other, b):
            yield _contradiction("zone_clock", kind, a, b, _length(one, a), _length(other, b))
    if one.unit and other.unit and one.unit != other.unit:
        first, second = one.clauses[0], other.clauses[0]
        yield _contradiction("zone_unit", first.risk, first, second, UNITS[one.unit], UNITS[other.unit])


def _lengths(pack: Pack, clause: Clause) -> list[tuple[str, str, int]]:
    return [(one.colour, one.risk, one.days) for one in pack.path(clause)]


def _length(pack: Pack, clause: Clause) -> Term:
    """The stages of a path as words: "red 14 + yellow 7"."""
    stages = [({**CODES, **RISKS}[one.colour or one.risk], one) for one in pack.path(clause)]
    zh = " + ".join(term.zh + ("不限期" if one.open else f"{one.days}天") for term, one in stages)
    en = " + ".join(term.en + (" without term" if one.open else f" {one.days} d") for term, one in stages)
    return Term("", zh, en)


def _contradiction(kind: str, subject: str, first: Clause, second: Clause, a: Term, b: Term) -> Contradiction:
    return Contradiction(kind, subject, first, second, (a.zh, b.zh), (a.en, b.en))
