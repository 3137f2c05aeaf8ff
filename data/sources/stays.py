"""Stays: one row a person's stay at a place on a day."""

from __future__ import annotations

from data.sources import parse
from data.sources.base import Field, Kind, day_field, person_field

STAYS = Kind(
    id="stays",
    zh="停留台账",
    en="Stays",
    about_zh="一行一人一日在一处的停留。逐段读取、只留人次；评估赋码台账时在原文件中查找是否到过风险区域。",
    about_en="A person's stay at a place on a day. Counted as people-days; looked up in the file when assignments are "
    "checked, for whether somebody was in a risk area.",
    fields=(
        day_field(),
        person_field(),
        Field("hours", "停留小时", "Hours", parse.number, "degrees", also=("时长",)),
    ),
    replaces="day",
    absent="zero",
    counts=("stays",),
    streamed=True,
)
