"""Every name of a version that may hold digits: of areas, cells, zones, sources, notices, rules, ledgers' words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dashboard.queries import CodeDesk, Desk, NoticeDesk, Viewer
from data import terms
from data.terms import Term
from data.words import Lang
from grid.measures import FAMILIES, MEASURES

LANGS: tuple[Lang, ...] = ("zh", "en")

_DIGIT = re.compile(r"\d")


def names(desk: Desk) -> frozenset[str]:
    """The names, each as it stands alone on a screen."""
    parts = (_areas, _zones, _sources, _notices, _ledgers)
    found = {name for part in parts for name in part(desk)} | set(_fixed())
    return frozenset(name for name in found if name and _DIGIT.search(name))


def _areas(desk: Desk) -> Iterator[str]:
    view = desk.cube.at()
    yield from view.leaves.cells.id
    for column in (view.areas.code, view.areas.name, view.areas.name_en):
        yield from (name for name in column if name)


def _zones(desk: Desk) -> Iterator[str]:
    for zone in desk.cube.at().zones.zones:
        yield from (zone.name, zone.key)


def _sources(desk: Desk) -> Iterator[str]:
    for source in desk.city.sources:
        yield from (source.name, source.title or "", source.title_en or "")
    yield from (load.file for load in desk.cube.store.loads())
    for system in desk.city.systems:
        yield from (system.id, system.name, system.name_en or "", system.owner, system.owner_en or "")
        yield system.hotline or ""


def _notices(desk: Desk) -> Iterator[str]:
    for notice in desk.cube.store.notices(desk.cube.at().version):
        yield from (notice.number, notice.title, notice.authority, notice.text, notice.key)
    for pack in desk.beside(NoticeDesk).rules.packs:
        yield from (pack.id, pack.zh, pack.en, pack.notice, pack.source)
        yield from (write(lang) for write in (pack.name, pack.number, pack.by) for lang in LANGS)
        for clause in pack.clauses:
            yield from (clause.id, clause.word)
            yield from (write(lang) for write in (clause.text, clause.by) for lang in LANGS)


def _ledgers(desk: Desk) -> Iterator[str]:
    """Authorities, owners, groups: words of the ledgers of assignments."""
    codes = desk.beside(CodeDesk)
    for day in codes.days(Viewer()):
        for words in codes.words(Viewer(), day).values():
            yield from (part for word in words for part in (word, word.partition("\t")[0]))


def _fixed() -> Iterator[str]:
    """Names of measures and terms, which are the program's own."""
    for made in MEASURES.values():
        yield from (write(lang) for write in (made.name, made.about, made.unit) for lang in LANGS)
    for family, _ in FAMILIES:
        yield from (family.name(lang) for lang in LANGS)
    for vocabulary in vars(terms).values():
        if isinstance(vocabulary, Mapping):
            for term in vocabulary.values():
                if isinstance(term, Term):
                    yield from (term.zh, term.en)
