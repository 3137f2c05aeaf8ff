"""Who lives where."""

from __future__ import annotations

from grid.measures.base import Measure, plain

MEASURES = (
    Measure(
        id="population",
        family="people",
        zh="人口",
        en="Population",
        about_zh="所报最近一次的常住人口。",
        about_en="Inhabitants as last reported.",
        unit_zh="人",
        unit_en="people",
        higher_is="neutral",
        counts=("population",),
        stock=True,
        formula=plain("population"),
    ),
)
