"""What the nets gather by which a city learns who came, who is where and who is ill: how many, by day."""

from __future__ import annotations

from data.terms import CALLS
from grid.measures.base import Asked, Measure, plain, plus
from grid.rates import Part

CALL_COUNTS = tuple(f"calls_{result}" for result in CALLS)


def calls(asked: Asked) -> Part:
    """Calls however they ended."""
    return plus(*map(asked.count, CALL_COUNTS))


def _number(count: str, zh: str, en: str, about: tuple[str, str], unit: tuple[str, str]) -> Measure:
    return Measure(
        id=count,
        family="nets",
        zh=zh,
        en=en,
        about_zh=about[0],
        about_en=about[1],
        unit_zh=unit[0],
        unit_en=unit[1],
        higher_is="neutral",
        counts=(count,),
        formula=plain(count),
    )


_PEOPLE, _TIMES = ("人", "people"), ("人次", "times")

MEASURES = (
    _number(
        "registered_arrivals", "来市登记人数", "Registered arrivals",
        ("当日登记来到本市的人数。", "People who registered that day that they came to the city."), _PEOPLE,
    ),
    _number(
        "registered_compounds", "小区登记人次", "Registered at compounds",
        ("当日小区门岗登记的进出人次。", "Entries registered at the gates of compounds that day."), _TIMES,
    ),
    _number(
        "registered_staff", "企业登记人数", "Registered staff",
        ("当日企业申报的员工人数。", "Staff on whom their enterprises reported that day."), _PEOPLE,
    ),
    Measure(
        id="calls",
        family="nets",
        zh="外呼人次",
        en="Outbound calls",
        about_zh="当日智能外呼人次，不论结果。",
        about_en="Automatic calls of the day, however they ended.",
        unit_zh="人次",
        unit_en="calls",
        higher_is="neutral",
        counts=CALL_COUNTS,
        formula=calls,
    ),
    _number(
        "fever_visits", "发热门诊就诊人次", "Fever clinic visits",
        ("当日发热门诊的就诊人次。", "Visits to fever clinics that day."), _TIMES,
    ),
    _number(
        "screened", "摸排人数", "People screened",
        ("当日入户或按名单摸排的人数。", "People gone through from door to door or by list that day."), _PEOPLE,
    ),
)  # fmt: skip
