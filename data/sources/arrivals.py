"""Arrival registration: how many people registered that they came to the city, by day and the place they went to."""

from __future__ import annotations

from data.sources.base import Kind, count_field, day_field

ARRIVALS = Kind(
    id="arrivals",
    zh="来市登记",
    en="Arrival registration",
    about_zh="每日登记来到本市的人数，按前往的区域。只收汇总数，不收个人信息。",
    about_en="People who registered that they came to the city, by day and the area they went to. Sums only.",
    fields=(day_field(), count_field(also=("来市人数", "登记人数", "来市登记", "arrivals"))),
    replaces="row",
    absent="missing",
    counts=("registered_arrivals",),
    net="arrivals",
)
