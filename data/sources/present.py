"""Present: how many people are in each place, registered there or not; the other denominator of every rate."""

from __future__ import annotations

from data.sources.base import Kind, count_field, day_field

PRESENT = Kind(
    id="present",
    zh="在地人口",
    en="People present",
    about_zh="某日实际在各区域的人数，不论户籍（如手机信令）。没有此来源时，由户籍—现居对照得出。",
    about_en="People who are in each place on a day, wherever they are registered (as mobile networks count them). "
    "A city without it has them from its tables of presence.",
    fields=(day_field(), count_field(also=("在地人口", "实有人口", "现有人口", "present"))),
    replaces="row",
    absent="missing",
    counts=("present",),
)
