"""The migration scale index: how large a place's outflow or inflow was on a day, without a unit."""

from __future__ import annotations

from data.sources import parse
from data.sources.base import Field, Kind, day_field
from data.terms import DIRECTIONS

FLOW_INDEX = Kind(
    id="flow_index",
    zh="迁徙规模指数",
    en="Migration index",
    about_zh="某日一地迁出（或迁入）的规模指数，无量纲，各地各日可比。换算成人数时一律标为估计。",
    about_en="The scale index of a place's outflow (or inflow) on a day: no unit, comparable between places and days. "
    "People made of it are always called an estimate.",
    fields=(
        day_field(),
        Field("place", "地点", "Place", parse.words, required=True, also=("城市", "city")),
        Field("index", "指数", "Index", parse.amount, "degrees", required=True, also=("迁徙规模指数", "value")),
        Field("direction", "方向", "Direction", parse.term(DIRECTIONS), default="out", also=("迁徙方向",)),
    ),
    replaces="day",
    absent=None,
    placeless=True,
)
