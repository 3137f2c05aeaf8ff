"""Zones: how many are in force, and the people and ground under each kind."""

from __future__ import annotations

from data.terms import ZONES, Term
from grid.measures.base import Asked, Measure, plain
from grid.rates import Part


def _km2(term: Term) -> Measure:
    def formula(asked: Asked) -> Part:
        ground = asked.count(f"zone_{term.id}_m2")
        return Part(ground.value / 1e6, ground.known)

    return Measure(
        id=f"zone_{term.id}_km2",
        family="zones",
        zh=f"{term.zh}面积",
        en=f"{term.en} area",
        about_zh=f"当日{term.zh}所占面积；重叠处计入最严的一类。",
        about_en=f"Ground under {term.en.lower()} that day; overlaps go to the strictest kind.",
        unit_zh="平方公里",
        unit_en="km²",
        form="area",
        digits=2,
        counts=(f"zone_{term.id}_m2",),
        stock=True,
        formula=formula,
    )


def _plain(term: Term, what: str, zh: str, en: str, unit: tuple[str, str], estimate: bool) -> Measure:
    return Measure(
        id=f"zone_{term.id}_{what}",
        family="zones",
        zh=f"{term.zh}{zh}",
        en=f"{term.en} {en}",
        about_zh=f"当日{term.zh}{zh}。" + ("人口按所报最细一级、依面积分摊估算。" if estimate else ""),
        about_en=f"{term.en} {en} that day."
        + (" Population is shared out by ground below the level it was reported at." if estimate else ""),
        unit_zh=unit[0],
        unit_en=unit[1],
        counts=(f"zone_{term.id}_{what}",),
        stock=True,
        estimate=estimate,
        formula=plain(f"zone_{term.id}_{what}"),
    )


def _kind(term: Term) -> tuple[Measure, ...]:
    return (
        _plain(term, "people", "内人口", "people", ("人", "people"), True),
        _km2(term),
        _plain(term, "n", "数", "zones", ("个", "zones"), False),
    )


MEASURES = tuple(made for term in ZONES.values() for made in _kind(term) if made.id != "zone_precaution_n")
