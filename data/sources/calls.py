"""Outbound calls: how many people an automatic service called, and how that ended, by day and place."""

from __future__ import annotations

from data.sources import parse
from data.sources.base import Field, Kind, count_field, day_field
from data.terms import CALLS

OUTBOUND = Kind(
    id="calls",
    zh="智能外呼",
    en="Outbound calls",
    about_zh="每日智能外呼的人次和结果（接通、未接通、需跟进），按被叫人所在区域。只收汇总数。",
    about_en="Automatic calls and how they ended (reached, not reached, to be followed up), by day and the area of "
    "whoever was called. Sums only.",
    fields=(
        day_field(),
        Field("result", "结果", "Result", parse.term(CALLS), required=True, also=("外呼结果", "通话结果")),
        count_field(also=("外呼人次", "呼叫人次", "calls")),
    ),
    replaces="row",
    absent="missing",
    counts=tuple(f"calls_{result}" for result in CALLS),
    net="calls",
)
