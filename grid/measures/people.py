"""Who lives where, who is there, and how many of these had the place's code scanned."""

from __future__ import annotations

from grid.measures.base import Asked, Measure, plain
from grid.rates import Part, ratio


def present_share(asked: Asked) -> Part:
    """People present in 100 residents."""
    return ratio(asked.count("present"), asked.count("population"), 100)


def checkin_rate(asked: Asked) -> Part:
    """Scans of places in 100 people present."""
    return ratio(asked.count("checkins"), asked.count("present"), 100)


MEASURES = (
    Measure(
        id="population",
        family="people",
        zh="人口",
        en="Population",
        about_zh="所报最近一次的常住人口。",
        about_en="Inhabitants as last reported.",
        unit_zh="人",
        unit_en="people",
        higher_is="neutral",
        counts=("population",),
        stock=True,
        formula=plain("population"),
    ),
    Measure(
        id="present",
        family="people",
        zh="在地人口",
        en="People present",
        about_zh="当日实际在该区域的人数，不论户籍；缺日沿用最近一次，至多 7 日。",
        about_en="People who are there that day, wherever they are registered; the last report holds for up to 7 days.",
        unit_zh="人",
        unit_en="people",
        higher_is="neutral",
        counts=("present",),
        stock=True,
        formula=plain("present"),
    ),
    Measure(
        id="present_share",
        family="people",
        zh="在地率",
        en="Share of residents present",
        about_zh="在地人口 ÷ 常住人口，可超过 100%。",
        about_en="People present in 100 residents; it may be more than 100.",
        unit_zh="%",
        unit_en="%",
        form="share",
        digits=1,
        higher_is="neutral",
        counts=("present", "population"),
        stock=True,
        formula=present_share,
    ),
    Measure(
        id="checkins",
        family="people",
        zh="扫码人次",
        en="Check-ins",
        about_zh="当日场所码扫码人次。",
        about_en="Scans of place codes that day.",
        unit_zh="人次",
        unit_en="scans",
        higher_is="neutral",
        counts=("checkins",),
        formula=plain("checkins"),
    ),
    Measure(
        id="checkin_rate",
        family="people",
        zh="扫码率",
        en="Check-in compliance",
        about_zh="当日扫码人次 ÷ 在地人口 × 100。一人可扫多次，低于同类区域即有场所不扫。",
        about_en="Scans in 100 people present that day. One person may scan several times; an area well below its like "
        "has places where nobody scans.",
        unit_zh="每百名在地人口",
        unit_en="per 100 present",
        form="rate",
        digits=1,
        higher_is="good",
        counts=("checkins", "present"),
        per="present",
        formula=checkin_rate,
    ),
)
