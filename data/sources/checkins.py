"""Check-ins: how often the codes of places were scanned, by day and place. Scans, not persons."""

from __future__ import annotations

from data.sources.base import Kind, count_field, day_field

CHECKINS = Kind(
    id="checkins",
    zh="场所码扫码",
    en="Check-ins",
    about_zh="每日各区域场所码的扫码人次。只收汇总数，不收个人轨迹。",
    about_en="Scans of place codes by day and area. Sums only, nobody's track.",
    fields=(day_field(), count_field(also=("扫码人次", "扫码数", "扫码量", "scans"))),
    replaces="row",
    absent="missing",
    counts=("checkins",),
    net="compounds",
)
