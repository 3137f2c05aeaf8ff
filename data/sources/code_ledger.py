"""Code ledger: one row an assignment of a health code; persons are counted and dropped."""

from __future__ import annotations

from data.sources import parse
from data.sources.base import Field, Kind, day_field
from data.terms import CODES

CODE_LEDGER = Kind(
    id="code_ledger",
    zh="赋码台账",
    en="Code ledger",
    about_zh="一行一次赋码：自某日起至某日前的码色与地点。逐段读取、只留计数，不存个人。",
    about_en="One assignment a row: a colour and a place, from a day until before another. Read in pieces, counted, "
    "no person is kept.",
    fields=(
        day_field(),
        Field(
            "until", "截止日期", "Until", parse.day, "day", also=("转码日期", "end"),
            help_zh="不含当日；空为至今", help_en="exclusive; empty: it still holds",
        ),
        Field("status", "码色", "Colour", parse.term(CODES), required=True, also=("颜色", "colour", "color")),
        Field(
            "person", "人员假名", "Person (pseudonym)", parse.words, also=("假名", "pseudonym"),
            help_zh="已去标识的编号；散列后即弃", help_en="a pseudonym; hashed, then dropped",
        ),
    ),
    replaces="day",
    absent="zero",
    counts=("code_green", "code_yellow", "code_red"),
    streamed=True,
    net="situation",
)  # fmt: skip
