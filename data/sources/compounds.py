"""Compound registration: how many entries were written down at the gates of compounds, by day and place."""

from __future__ import annotations

from data.sources.base import Kind, count_field, day_field

COMPOUNDS = Kind(
    id="compounds",
    zh="小区登记",
    en="Compound registration",
    about_zh="每日小区门岗登记的进出人次，按区域。只收汇总数。",
    about_en="Entries registered at the gates of compounds, by day and area. Sums only.",
    fields=(day_field(), count_field(also=("登记人次", "进出人次", "小区登记", "entries"))),
    replaces="row",
    absent="missing",
    counts=("registered_compounds",),
    net="compounds",
)
