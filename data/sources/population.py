"""Population: residents by place, the denominators of every rate."""

from __future__ import annotations

from data.sources.base import Kind, count_field, day_field
from data.sources.parse import FIRST_DAY

POPULATION = Kind(
    id="population",
    zh="人口",
    en="Population",
    about_zh="各区域的常住人口；日期为起用之日，可省略。",
    about_en="Residents by place; the day is the one from which the figure holds and may be left out.",
    fields=(
        count_field(also=("人口", "常住人口", "population")),
        day_field(default=FIRST_DAY.isoformat()),
    ),
    replaces="row",
    absent="missing",
    counts=("population",),
)
