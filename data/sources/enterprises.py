"""Enterprise registration: how many of their staff enterprises reported on, by day and place."""

from __future__ import annotations

from data.sources.base import Kind, count_field, day_field

ENTERPRISES = Kind(
    id="enterprises",
    zh="企业登记",
    en="Enterprise registration",
    about_zh="每日企业申报健康状况的员工人数，按企业所在区域。只收汇总数。",
    about_en="Staff on whose health their enterprises reported, by day and the enterprise's area. Sums only.",
    fields=(day_field(), count_field(also=("申报人数", "员工人数", "企业登记", "staff"))),
    replaces="row",
    absent="missing",
    counts=("registered_staff",),
    net="enterprises",
)
