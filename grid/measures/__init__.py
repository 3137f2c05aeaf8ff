"""Every measure that can be asked, by id. A new family is one file here and its name in FAMILIES."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from data.errors import MeasureNotFound
from data.terms import Term
from grid.measures import cases, codes, incidence, nets, people, risk_areas, tests, zones
from grid.measures.base import Measure, ask

FAMILIES = (
    (Term("cases", "感染者", "Infections"), cases.MEASURES),
    (Term("incidence", "发病率", "Incidence"), incidence.MEASURES),
    (Term("risk_areas", "风险区", "Risk areas"), risk_areas.MEASURES),
    (Term("zones", "封管控", "Zones"), zones.MEASURES),
    (Term("codes", "健康码", "Health codes"), codes.MEASURES),
    (Term("tests", "检测与隔离", "Tests and isolation"), tests.MEASURES),
    (Term("people", "人口", "People"), people.MEASURES),
    (Term("nets", "采集网", "Collection nets"), nets.MEASURES),
)


def _registry() -> Mapping[str, Measure]:
    found: dict[str, Measure] = {}
    for family, members in FAMILIES:
        for made in members:
            if made.id in found or made.family != family.id:
                raise ValueError(f"measure {made.id} stands twice or in a wrong family")
            found[made.id] = made
    return MappingProxyType(found)


MEASURES: Mapping[str, Measure] = _registry()


def measure(name: str) -> Measure:
    """The measure called ``name``; MeasureNotFound lists what there is."""
    if name not in MEASURES:
        raise MeasureNotFound(measure=name, known=", ".join(MEASURES))
    return MEASURES[name]


def by(made: Measure, people: str) -> Measure:
    """The same rate by other people (an id of data.terms.DENOMINATORS); the measure itself where there is no other."""
    if made.per in ("", people):
        return made
    other = f"{made.id}_{people}" if people != "registered" else made.id.removesuffix(f"_{made.per}")
    return MEASURES.get(other, made)


__all__ = ["FAMILIES", "MEASURES", "Measure", "ask", "by", "measure"]
