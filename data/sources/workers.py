"""Workers: how many people answer for each area on a day, and how much one of them can do."""

from __future__ import annotations

from data.sources import parse
from data.sources.base import Field, Kind, day_field

WORKERS = Kind(
    id="workers",
    zh="网格力量",
    en="Workers",
    about_zh="各责任区域某日在岗人数，以及每人每日可办件数；不收姓名。",
    about_en="How many people are at work in each responsibility area on a day, and how many tasks one of them can do "
    "in a day; no names.",
    fields=(
        day_field(),
        Field("people", "在岗人数", "People", parse.count, "degrees", required=True, also=("人数", "网格员数", "力量")),
        Field(
            "capacity", "每人每日可办件数", "Tasks a day", parse.count, "degrees", also=("日办件能力", "人均能力"),
            help_zh="空为未报，无法判断是否饱和", help_en="empty: not reported, and no load can be told",
        ),
    ),
    replaces="day",
    absent=None,
)  # fmt: skip
