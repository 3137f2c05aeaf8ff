"""Presence: how many people registered in one place are in another, and whether they were exposed."""

from __future__ import annotations

from data.sources import parse
from data.sources.base import Field, Kind, count_field, day_field
from data.terms import ANSWERS

PRESENCE = Kind(
    id="presence",
    zh="户籍—现居对照",
    en="Presence",
    about_zh="某日户籍在甲地、人在乙地的人数，以及其中有无涉疫暴露。用以核对一道命令波及了谁。",
    about_en="How many people registered in one area are in another on a day, and whether they were exposed; an order "
    "is held against it.",
    fields=(
        day_field(),
        Field(
            "registered", "户籍地", "Registered in", parse.words, also=("户籍", "户籍所在地"),
            help_zh="区域名称或代码；其他（如市外）为外地", help_en="a name or code of an area; else elsewhere",
        ),
        Field(
            "elsewhere", "人在市外", "Outside the city", parse.term(ANSWERS), default="no", also=("不在本市",),
            help_zh="是：本行的人不在本市，不必填位置", help_en="yes: they are not in the city, and need no place",
        ),
        Field("exposed", "有暴露", "Exposed", parse.term(ANSWERS), default="no", also=("涉疫暴露",)),
        count_field(),
    ),
    replaces="day",
    absent=None,
    nowhere=("elsewhere", "yes"),
)  # fmt: skip
