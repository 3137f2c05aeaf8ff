"""Isolation: one row a person's stay in central or home isolation, from a day to a day."""

from __future__ import annotations

from data.sources import parse
from data.sources.base import Field, Kind, person_field
from data.terms import ISOLATIONS

ISOLATION = Kind(
    id="isolation",
    zh="隔离台账",
    en="Isolation",
    about_zh="一行一次集中或居家隔离及其起止日期。逐段读取、只留每日在隔离人数；评估赋码台账时在原文件中查找。",
    about_en="One isolation a row, central or at home, with its first and last day. Counted by day; looked up in the "
    "file when assignments are checked.",
    fields=(
        person_field(),
        Field("kind", "隔离方式", "Kind", parse.term(ISOLATIONS), required=True, also=("方式", "隔离类型")),
        Field("start", "开始日期", "Start", parse.day, "day", required=True, also=("隔离日期", "开始", "from")),
        Field(
            "end", "结束日期", "End", parse.last_day, "day", also=("解除日期", "结束", "to"),
            help_zh="含当日；空或 2099-12-31 起为仍在隔离", help_en="inclusive; empty or from 2099-12-31: it lasts",
        ),
    ),
    replaces="day",
    absent="zero",
    counts=("isolated_central", "isolated_home"),
    streamed=True,
)  # fmt: skip
