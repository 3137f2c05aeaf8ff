"""Tracing: of the people who left for a destination, how many were found, tested and cleared."""

from __future__ import annotations

from data.sources import parse
from data.sources.base import Field, Kind, day_field

TRACED = Kind(
    id="traced",
    zh="流出排查",
    en="Tracing",
    about_zh="截至某日，流向各目的地的应排查人员中已找到、已检测、已排除的人数（累计）。",
    about_en="Of the people to be traced who left for a destination: how many were found, tested and cleared.",
    fields=(
        day_field(),
        Field("destination", "目的地", "Destination", parse.words, required=True, also=("流向", "to")),
        Field("left", "流出", "Left", parse.count, "degrees", required=True, also=("流出人数", "应排查")),
        Field("found", "已找到", "Found", parse.count, "degrees", also=("已核查", "找到")),
        Field("tested", "已检测", "Tested", parse.count, "degrees", also=("检测",)),
        Field("cleared", "已排除", "Cleared", parse.count, "degrees", also=("排除", "阴性")),
    ),
    replaces="day",
    absent=None,
    placeless=True,
    net="screening",
)
