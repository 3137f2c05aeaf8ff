"""Incidence per 100,000 inhabitants, and how fast it grows."""

from __future__ import annotations

from grid.measures.base import Asked, Formula, Measure
from grid.measures.cases import POSITIVE_COUNTS, positives
from grid.rates import Part, growth, ratio, window

PER = 100_000
WEEK = 7


def incidence(days: int) -> Formula:
    """Positives of the last ``days`` days per 100,000 inhabitants."""

    def formula(asked: Asked) -> Part:
        people = asked.count("population")
        return ratio(window(positives(asked), days), Part(people.value[days - 1 :], people.known[days - 1 :]), PER)

    return formula


def weekly_growth(asked: Asked) -> Part:
    """This week's positives against the week before, minus one."""
    weeks = window(positives(asked), WEEK)
    return growth(Part(weeks.value[WEEK:], weeks.known[WEEK:]), Part(weeks.value[:-WEEK], weeks.known[:-WEEK]))


def _incidence(days: int) -> Measure:
    return Measure(
        id=f"incidence_{days}d" if days > 1 else "incidence",
        family="incidence",
        zh=f"{days}日发病率" if days > 1 else "当日发病率",
        en=f"{days}-day incidence" if days > 1 else "Daily incidence",
        about_zh=f"最近 {days} 日新增阳性 ÷ 人口 × 10 万。未报之日不计，按已报日均值折算；已报不足七成则为未报。",
        about_en=f"Positives of the last {days} days per 100,000 inhabitants. The mean of the reported days stands "
        "for those not reported; with under 70 % of them it is missing.",
        unit_zh="每10万人",
        unit_en="per 100,000",
        form="rate",
        digits=1,
        counts=(*POSITIVE_COUNTS, "population"),
        back=days - 1,
        formula=incidence(days),
    )


MEASURES = (
    _incidence(7),
    _incidence(14),
    _incidence(1),
    Measure(
        id="growth",
        family="incidence",
        zh="周增长率",
        en="Weekly growth",
        about_zh="最近 7 日新增阳性与再前 7 日之比减一。前 7 日为零时无从比较，记为未报。",
        about_en="Positives of the last 7 days over those of the 7 days before, minus one; missing if they had none.",
        unit_zh="比值，0.25 即 +25%",
        unit_en="ratio, 0.25 is +25 %",
        form="growth",
        digits=2,
        counts=POSITIVE_COUNTS,
        back=2 * WEEK - 1,
        formula=weekly_growth,
    ),
)
