"""Flows: who went from where to where on a day, in people or as a share of the origin's outflow."""

from __future__ import annotations

from data.sources import parse
from data.sources.base import Field, Kind, day_field
from data.terms import MODES

_WORDS_ZH, _WORDS_EN = "本市的区域写名称或代码，外地写城市名称或代码", "a name or code: of an area, or of another city"

FLOWS = Kind(
    id="flows",
    zh="人口流动",
    en="Flows",
    about_zh="某日由一地到另一地的人数，或其占出发地当日迁出的百分比（须另有迁徙指数才能换算人数）。"
    "没有列出的目的地是未进榜，不是零。",
    about_en="How many people went from one place to another on a day, or what per cent of the origin's outflow they "
    "were (people then follow from the migration index). A destination that is not listed is below the list, not zero.",
    fields=(
        day_field(),
        Field(
            "origin", "出发地", "Origin", parse.words, required=True, also=("迁出地", "from", "起点"),
            help_zh=_WORDS_ZH, help_en=_WORDS_EN,
        ),
        Field(
            "destination", "目的地", "Destination", parse.words, required=True, also=("迁入地", "to", "终点"),
            help_zh=_WORDS_ZH, help_en=_WORDS_EN,
        ),
        Field(
            "people", "人数", "People", parse.count, "degrees", also=("count", "人次", "数量"),
            help_zh="与占比至少有一项", help_en="this or the share",
        ),
        Field(
            "share", "占比", "Share", parse.per_cent, "degrees", also=("share_pct", "比例", "百分比"),
            help_zh="百分比 0–100", help_en="per cent, 0 to 100",
        ),
        Field("mode", "方式", "Mode", parse.term(MODES), default="all", also=("出行方式", "交通方式")),
    ),
    replaces="day",
    absent=None,
    placeless=True,
)  # fmt: skip
