"""Health-code status: how many people show each colour, and their share of all codes."""

from __future__ import annotations

import numpy as np

from data.terms import CODES, Term
from grid.measures.base import Asked, Formula, Goodness, Measure, plain, plus
from grid.rates import Part, ratio

_COUNTS = tuple(f"code_{term.id}" for term in CODES.values())


def share(colour: str) -> Formula:
    """People of one colour in 100 codes of any colour."""

    def formula(asked: Asked) -> Part:
        parts = [asked.count(count) for count in _COUNTS]
        # where a colour was not reported the number of all codes is not known
        known = np.logical_and.reduce([part.known for part in parts])
        return ratio(asked.count(f"code_{colour}"), Part(plus(*parts).value, known), 100)

    return formula


def _goodness(term: Term) -> Goodness:
    return "good" if term.id == "green" else "bad"


def _number(term: Term) -> Measure:
    return Measure(
        id=f"code_{term.id}",
        family="codes",
        zh=f"{term.zh}人数",
        en=f"{term.en} codes",
        about_zh=f"当日{term.zh}人数；缺日沿用最近一次，至多 7 日。",
        about_en=f"People whose code is {term.en.lower()}; the last report holds for up to 7 days.",
        unit_zh="人",
        unit_en="people",
        higher_is=_goodness(term),
        counts=(f"code_{term.id}",),
        stock=True,
        formula=plain(f"code_{term.id}"),
    )


def _share(term: Term) -> Measure:
    return Measure(
        id=f"code_{term.id}_share",
        family="codes",
        zh=f"{term.zh}占比",
        en=f"Share of {term.en.lower()} codes",
        about_zh=f"{term.zh}人数 ÷ 全部有码人数。",
        about_en=f"People with a {term.en.lower()} code in 100 people with any code.",
        unit_zh="%",
        unit_en="%",
        form="share",
        digits=2,
        higher_is=_goodness(term),
        counts=_COUNTS,
        stock=True,
        formula=share(term.id),
    )


MEASURES = tuple(made for term in CODES.values() for made in (_number(term), _share(term)))
