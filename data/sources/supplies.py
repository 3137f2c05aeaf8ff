"""Supplies: what each area has of an item on a day, and how much of it is used."""

from __future__ import annotations

from data.sources import parse
from data.sources.base import Field, Kind, day_field

SUPPLIES = Kind(
    id="supplies",
    zh="防疫物资",
    en="Supplies",
    about_zh="各区域某日某种物资的库存和当日消耗；同日同区域同种物资的各行相加。",
    about_en="What an area has of an item on a day, and what was used of it that day; rows of one day, area and item "
    "are added up.",
    fields=(
        day_field(),
        Field("item", "物资", "Item", parse.words, required=True, also=("物资名称", "品名", "品种")),
        Field("unit", "单位", "Unit", parse.words, also=("计量单位",)),
        Field("stock", "库存", "Stock", parse.count, "degrees", required=True, also=("库存量", "结存")),
        Field(
            "used", "日消耗", "Used", parse.count, "degrees", also=("消耗", "当日消耗", "消耗量", "used_per_day"),
            help_zh="当日用掉的数量；空为未报", help_en="used on that day; empty: not reported",
        ),
    ),
    replaces="day",
    absent=None,
)  # fmt: skip
