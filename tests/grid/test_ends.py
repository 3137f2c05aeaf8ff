"""The first and last day that is stated, of every area: as read off each day's vector."""

from __future__ import annotations

import datetime as dt

from data.slabs import MISSING
from grid.cube import Cube, View


def _stated(view: View, count: str, row: int) -> list[tuple[dt.date, str]]:
    """(day, source) of which anything was stated of an area, day by day."""
    inside = slice(int(view.areas.lo[row]), int(view.areas.hi[row]))
    return [
        (slab.day, slab.source)
        for day, source in view.stated_days.get(count, [])
        for slab in view.store.slabs([count], day, day, view.version)
        if slab.source == source and (view.part(slab).over(len(view.leaves))[inside] != MISSING).any()
    ]


def test_ends_are_those_of_the_days(tiny_cube: Cube) -> None:
    view = tiny_cube.at()
    for row in range(len(view.areas)):
        told = {count: _stated(view, count, row) for count in view.stated_days}
        for count, pairs in told.items():
            days = [day for day, _ in pairs]
            assert view.ends.days(count, row) == ([min(days), max(days)] if days else []), (count, row)
        for source in {source for pairs in told.values() for _, source in pairs}:
            newest = max(day for pairs in told.values() for day, by in pairs if by == source)
            assert view.ends.newest(source, row) == newest
        assert view.ends.newest("nobody", row) is None
