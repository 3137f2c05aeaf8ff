"""区简报: two pages for one district."""

from __future__ import annotations

from dashboard.reports.context import Context
from dashboard.reports.kinds.base import Kind
from dashboard.reports.sections import addresses, advice, codes, new, notes, rank, summary, zones


def _title(context: Context) -> str:
    return context.say(f"{context.place.name}疫情简报", f"{context.place.name}: situation brief")


SECTIONS = (
    summary.SECTION,
    rank.SECTION,
    new.SECTION,
    addresses.SECTION,
    zones.SECTION,
    codes.SECTION,
    advice.SECTION,
    notes.SECTION,
)

KIND = Kind("brief", "区简报", "District brief", "brief", _title, SECTIONS)
