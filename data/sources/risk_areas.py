"""Risk areas: the daily list of high, medium and low risk areas."""

from __future__ import annotations

from data.sources import parse
from data.sources.base import Field, Kind, count_field, day_field
from data.terms import RISKS

RISK_AREAS = Kind(
    id="risk_areas",
    zh="风险区",
    en="Risk areas",
    about_zh="每日的高、中、低风险区清单，一行一处；一份文件即当日全部。",
    about_en="The daily list of high, medium and low risk areas, one a row; a file is the whole of its days.",
    fields=(
        day_field(),
        Field("level", "风险等级", "Risk level", parse.term(RISKS), required=True, also=("等级", "risk")),
        count_field(default="1"),
    ),
    replaces="day",
    absent="zero",
    counts=("risk_high", "risk_middle", "risk_low"),
    net="situation",
)
