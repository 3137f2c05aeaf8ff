"""Published risk areas: how many of each grade stand on the day's list."""

from __future__ import annotations

from data.terms import RISKS, Term
from grid.measures.base import Asked, Measure, plain, plus
from grid.rates import Part


def high_and_middle(asked: Asked) -> Part:
    """High and medium together: the areas in which something is forbidden."""
    return plus(asked.count("risk_high"), asked.count("risk_middle"))


def _grade(term: Term) -> Measure:
    return Measure(
        id=f"risk_{term.id}",
        family="risk_areas",
        zh=term.zh,
        en=f"{term.en} areas",
        about_zh=f"当日名单上的{term.zh}数。名单缺日时沿用最近一份，至多 7 日。",
        about_en=f"{term.en} areas on the day's list; the last list holds for up to 7 days.",
        unit_zh="个",
        unit_en="areas",
        counts=(f"risk_{term.id}",),
        stock=True,
        formula=plain(f"risk_{term.id}"),
    )


MEASURES = (
    Measure(
        id="risk_areas",
        family="risk_areas",
        zh="中高风险区",
        en="High and medium risk areas",
        about_zh="当日名单上的高风险区与中风险区之和。名单缺日时沿用最近一份，至多 7 日。",
        about_en="High and medium risk areas on the day's list; the last list holds for up to 7 days.",
        unit_zh="个",
        unit_en="areas",
        counts=("risk_high", "risk_middle"),
        stock=True,
        formula=high_and_middle,
    ),
    *(_grade(term) for term in RISKS.values()),
)
