"""Screening: how many people were gone through from door to door or by list, by day and place."""

from __future__ import annotations

from data.sources.base import Kind, count_field, day_field

SCREENING = Kind(
    id="screening",
    zh="摸排统计",
    en="Screening",
    about_zh="每日入户或按名单摸排的人数，按区域。只收汇总数。",
    about_en="People gone through from door to door or by list, by day and area. Sums only.",
    fields=(day_field(), count_field(also=("摸排人数", "排查人数", "screened"))),
    replaces="row",
    absent="missing",
    counts=("screened",),
    net="screening",
)
