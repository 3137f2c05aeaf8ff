"""Sources that have stopped: one report a source and day, to the city whose it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterator

from dashboard.queries.desk import Desk, Viewer
from dashboard.queries.freshness import Freshness, local
from dashboard.queries.freshness_desk import FreshnessDesk
from dashboard.senses.base import Sense, noted
from data.events.report import Report

#: Minutes between two looks: cadences are told in hours.
LOOK = 5


def stamp(desk: Desk, now: dt.datetime) -> Hashable:
    """Sources grow late by the clock alone."""
    return desk.cube.at().version, now.replace(minute=now.minute // LOOK * LOOK, second=0, microsecond=0)


def says(desk: Desk, now: dt.datetime) -> Iterator[Report]:
    """What its cadence calls an error; an archive's sources have said all they will say."""
    fresh, viewer = desk.beside(FreshnessDesk), Viewer(desk.city.lang)
    for one in fresh.feeds(viewer, now=fresh.now()).sources:
        if one.state == "error":
            yield _report(desk, one, desk.city.of(one.source.name).code, local(now, desk.city).date())


def _report(desk: Desk, one: Freshness, area: str, day: dt.date) -> Report:
    lang, name, hours = desk.city.lang, one.source.name, round(one.age)
    zh = f"最新数据 {one.newest or '无'}，已 {hours} 小时未更新"
    told = noted(lang, zh, f"newest day {one.newest or 'none'}, nothing for {hours} hours")
    place = one.name(lang)
    return Report("sources", f"{name}|{day}", "stale_source", area, subject=f"source:{name}", place=place, **told)


SOURCES = Sense("sources", says, stamp)
