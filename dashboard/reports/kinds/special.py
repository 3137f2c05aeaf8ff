"""专报: one subject, deeper: a measure of an area, with its risk and what is done about it."""

from __future__ import annotations

from dashboard.reports.context import Context
from dashboard.reports.kinds.base import Kind
from dashboard.reports.sections import addresses, advice, focus, forecast, new, notes, orders, tables, zones


def _title(context: Context) -> str:
    made = focus.measure_of(context)
    return context.say(
        f"{context.place.name}{made.zh}专报", f"{context.place.name}: special report on {made.en.lower()}"
    )


SECTIONS = (
    focus.SECTION,
    new.SECTION,
    addresses.SECTION,
    zones.SECTION,
    forecast.SECTION,
    orders.SECTION,
    advice.SECTION,
    notes.SECTION,
    tables.AREAS,
    tables.STREETS,
    tables.SOURCES,
)

KIND = Kind("special", "专报", "Special report", "special", _title, SECTIONS)
