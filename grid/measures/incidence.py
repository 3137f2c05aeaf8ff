"""Incidence per 100,000 residents or people present, and how fast it grows.

In the weeks of a holiday or a lockdown millions are not where they are registered, so the same findings give another
rate by either. Which people a rate is told by is part of the measure: one is never taken for the other.
"""

from __future__ import annotations

from dataclasses import replace

from data.terms import DENOMINATORS
from grid.measures.base import Asked, Formula, Measure
from grid.measures.cases import POSITIVE_COUNTS, positives
from grid.rates import Part, growth, ratio, window

PER = 100_000
WEEK = 7

#: The count of each of DENOMINATORS.
PEOPLE = {"registered": "population", "present": "present"}


def incidence(days: int, people: str) -> Formula:
    """Positives of the last ``days`` days per 100,000 of the count ``people``."""

    def formula(asked: Asked) -> Part:
        whole = asked.count(people)
        return ratio(window(positives(asked), days), Part(whole.value[days - 1 :], whole.known[days - 1 :]), PER)

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
        about_zh=f"最近 {days} 日新增阳性 ÷ 常住人口 × 10 万。未报之日不计，按已报日均值折算；已报不足七成则为未报。",
        about_en=f"Positives of the last {days} days per 100,000 residents. The mean of the reported days stands "
        "for those not reported; with under 70 % of them it is missing.",
        unit_zh="每10万常住人口",
        unit_en="per 100,000 residents",
        form="rate",
        digits=1,
        counts=(*POSITIVE_COUNTS, PEOPLE["registered"]),
        back=days - 1,
        per="registered",
        formula=incidence(days, PEOPLE["registered"]),
    )


def _by_present(made: Measure) -> Measure:
    """The same by people present. Where they were not counted it is missing: residents do not stand in for them."""
    days, people = made.back + 1, DENOMINATORS["present"]
    return replace(
        made,
        id=f"{made.id}_present",
        zh=made.zh.replace("发病率", "在地发病率"),
        en=f"{made.en}, present",
        about_zh=made.about_zh.replace("常住人口", people.zh) + "没有一周内的在地人口时为未报，不以常住人口代替。",
        about_en=made.about_en.replace("residents", people.en)
        + " Without people present of the last week it is missing: residents do not stand in for them.",
        unit_zh="每10万在地人口",
        unit_en="per 100,000 present",
        counts=(*POSITIVE_COUNTS, PEOPLE["present"]),
        per="present",
        formula=incidence(days, PEOPLE["present"]),
    )


_BY_RESIDENTS = tuple(_incidence(days) for days in (7, 14, 1))

MEASURES = (
    *_BY_RESIDENTS,
    *(_by_present(made) for made in _BY_RESIDENTS),
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
