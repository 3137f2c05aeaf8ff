"""复盘: an after-action review, replayed with what was known at each phase's end."""

from __future__ import annotations

from dashboard.reports.context import Context
from dashboard.reports.kinds.base import Kind
from dashboard.reports.sections import advice, forecast, notes, orders, review, tables


def _title(context: Context) -> str:
    spans = review.phases(context)
    first, last = context.date(spans[0][0], year=True), context.date(spans[-1][1])
    return context.say(
        f"{context.place.name}疫情处置复盘（{first}—{last}）",
        f"{context.place.name}: after-action review, {first} to {last}",
    )


SECTIONS = (
    review.OVERVIEW,
    review.REPLAY,
    review.UNKNOWN,
    orders.SECTION,
    forecast.SECTION,
    advice.SECTION,
    notes.SECTION,
    tables.AREAS,
    tables.SOURCES,
)

KIND = Kind("review", "复盘", "After-action review", "review", _title, SECTIONS)
