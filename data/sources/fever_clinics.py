"""Fever clinics: how many people came to one, by day and place."""

from __future__ import annotations

from data.sources.base import Kind, count_field, day_field

FEVER_CLINICS = Kind(
    id="fever_clinics",
    zh="发热门诊",
    en="Fever clinics",
    about_zh="每日发热门诊的就诊人次，按门诊所在区域。只收汇总数。",
    about_en="Visits to fever clinics, by day and the clinic's area. Sums only.",
    fields=(day_field(), count_field(also=("就诊人次", "就诊人数", "发热门诊量", "visits"))),
    replaces="row",
    absent="missing",
    counts=("fever_visits",),
    net="fever",
)
