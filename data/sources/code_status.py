"""Code status: how many people hold a green, yellow or red health code, by day and place."""

from __future__ import annotations

from data.sources import parse
from data.sources.base import Field, Kind, count_field, day_field
from data.terms import CODES

CODE_STATUS = Kind(
    id="code_status",
    zh="健康码统计",
    en="Code status",
    about_zh="按日、地点的绿码、黄码、红码人数。",
    about_en="People by colour of their health code, day and place.",
    fields=(
        day_field(),
        Field("status", "码色", "Colour", parse.term(CODES), required=True, also=("颜色", "colour", "color")),
        count_field(),
    ),
    replaces="row",
    absent="missing",
    counts=("code_green", "code_yellow", "code_red"),
    net="situation",
)
