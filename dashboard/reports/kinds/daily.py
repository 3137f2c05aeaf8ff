"""疫情日报: everything that is known of an area on a day, in a fixed order."""

from __future__ import annotations

from dashboard.reports.context import Context
from dashboard.reports.kinds.base import Kind
from dashboard.reports.sections import (
    addresses,
    advice,
    calls,
    codes,
    contacts,
    forecast,
    isolation,
    new,
    notes,
    orders,
    outflow,
    standing,
    summary,
    supplies,
    tables,
    tested,
    zones,
)


def _title(context: Context) -> str:
    return context.say(f"{context.place.name}疫情日报", f"{context.place.name}: daily situation report")


#: The fixed list (field C15), in the order in which an office reads it; the annexes last.
SECTIONS = (
    summary.SECTION,
    new.SECTION,
    standing.SECTION,
    addresses.SECTION,
    contacts.SECTION,
    tested.SECTION,
    zones.SECTION,
    codes.SECTION,
    isolation.SECTION,
    supplies.SECTION,
    calls.SECTION,
    forecast.SECTION,
    outflow.SECTION,
    orders.SECTION,
    advice.SECTION,
    notes.SECTION,
    tables.AREAS,
    tables.STREETS,
    tables.ZONES,
    tables.SOURCES,
)

KIND = Kind("daily", "疫情日报", "Daily situation report", "daily", _title, SECTIONS)
