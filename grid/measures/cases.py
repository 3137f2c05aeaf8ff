"""Cases, asymptomatic infections, and both together with each person once."""

from __future__ import annotations

import numpy as np

from grid.measures.base import Asked, Measure, plain, plus
from grid.rates import Part


def positives(asked: Asked) -> Part:
    """Cases + asymptomatic - re-classified: a person first reported asymptomatic counts once."""
    both = plus(asked.count("cases"), asked.count("asymptomatic"))
    again = asked.count("reclassified")
    return Part(both.value - np.where(again.known, again.value, 0.0), both.known)


POSITIVE_COUNTS = ("cases", "asymptomatic", "reclassified")

MEASURES = (
    Measure(
        id="positives",
        family="cases",
        zh="新增阳性",
        en="New positives",
        about_zh="当日新增确诊病例与无症状感染者之和；此前已作为无症状上报、后转为确诊的人只计一次。",
        about_en="New cases plus new asymptomatic infections of the day; a person re-classified counts once.",
        unit_zh="人",
        unit_en="people",
        counts=POSITIVE_COUNTS,
        formula=positives,
    ),
    Measure(
        id="cases",
        family="cases",
        zh="新增确诊",
        en="New cases",
        about_zh="当日新增确诊病例，含由无症状转归者。",
        about_en="New cases of the day, those re-classified from asymptomatic included.",
        unit_zh="人",
        unit_en="people",
        counts=("cases",),
        formula=plain("cases"),
    ),
    Measure(
        id="asymptomatic",
        family="cases",
        zh="新增无症状",
        en="New asymptomatic",
        about_zh="当日新增无症状感染者。",
        about_en="New asymptomatic infections of the day.",
        unit_zh="人",
        unit_en="people",
        counts=("asymptomatic",),
        formula=plain("asymptomatic"),
    ),
    Measure(
        id="addresses",
        family="cases",
        zh="阳性居住地",
        en="Addresses with a positive",
        about_zh="当日公布的至少有一名阳性感染者的居住地数。是地点，不是人。",
        about_en="Published addresses with at least one positive that day. Places, not people.",
        unit_zh="处",
        unit_en="addresses",
        counts=("addresses",),
        formula=plain("addresses"),
    ),
)
