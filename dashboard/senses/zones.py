"""Zones that stand although they might be released: one report a zone and day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from dashboard.queries.desk import Desk, Viewer
from dashboard.queries.zones import OVERDUE, ZoneDesk, ZoneLine
from dashboard.senses.base import Sense, is_news, noted, of_version
from data.events.report import MOST, Report
from data.terms import ZONES as KINDS


def says(desk: Desk, now: dt.datetime) -> Iterator[Report]:
    """The zones that were to be released before the last day of which anything is known."""
    zones, viewer = desk.beside(ZoneDesk), Viewer(desk.city.lang)
    day = zones.last_day(viewer)
    if day is None or not is_news(desk, now, day):
        return
    for line in zones.clocks(viewer, day=day):
        if line.clock.state in OVERDUE and not line.clock.zone.risk:
            yield _report(desk, line, day)


def _report(desk: Desk, line: ZoneLine, day: dt.date) -> Report:
    clock, lang = line.clock, desk.city.lang
    kind = KINDS[clock.zone.kind].name(lang)
    told = noted(
        lang,
        f"{kind}应于 {clock.due} 解除，已超 {clock.over} 天",
        f"{kind}: might have been released on {clock.due}, {clock.over} days ago",
    )
    place, key = line.name[: MOST["place"]], f"{line.id}|{day}"[-MOST["key"] :]
    subject = line.id[: MOST["subject"]]
    return Report("zones", key, "zone_overdue", line.area[0], subject=subject, place=place, **told)


ZONES = Sense("zones", says, of_version)
