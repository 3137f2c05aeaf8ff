"""Addresses: how many published addresses had at least one positive, by day and place."""

from __future__ import annotations

from data.sources.base import Kind, count_field, day_field

ADDRESSES = Kind(
    id="addresses",
    zh="阳性居住地",
    en="Addresses",
    about_zh="每日公布的有阳性感染者的居住地数量。数的是地点，不是人。",
    about_en="Published addresses with at least one positive, by day. Places, not persons.",
    fields=(day_field(), count_field(also=("地址数", "居住地数", "addresses"))),
    replaces="row",
    absent="zero",
    counts=("addresses",),
    net="situation",
)
