"""Isolation places: how many rooms each has, and how many of them are taken."""

from __future__ import annotations

from data.sources import parse
from data.sources.base import Field, Kind, day_field

PLACES = Kind(
    id="places",
    zh="隔离场所",
    en="Isolation places",
    about_zh="每处隔离场所某日的房间数和已用房间数。",
    about_en="Rooms of each isolation place on a day, and how many of them are taken.",
    fields=(
        day_field(),
        Field("place", "场所", "Place", parse.words, required=True, also=("场所名称", "隔离点", "隔离场所")),
        Field("rooms", "房间数", "Rooms", parse.count, "degrees", required=True, also=("总房间数", "可用房间")),
        Field(
            "taken", "已用房间", "Taken", parse.count, "degrees", also=("已用", "在用房间", "入住房间"),
            help_zh="空为未报", help_en="empty: not reported",
        ),
    ),
    replaces="day",
    absent=None,
)  # fmt: skip
