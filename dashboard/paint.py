"""The map's bytes and the classes behind them, made once a version and kept."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Sequence

import numpy as np
import shapely
from cachetools import LRUCache
from numpy.typing import NDArray

from dashboard import colours, wire
from dashboard.queries import Day, Desk, Painted, Viewer, cells_inside
from dashboard.queries.freshness_desk import FreshnessDesk
from dashboard.shown import Shown, day_span, widest
from data.days import end_of
from data.errors import AreaNotFound, BadQuestion
from grid.cube import View
from grid.measures import Measure
from grid.rates import MISSING, VALUE, ZERO

#: Encoded bodies kept in memory: a city's borders of all levels and some sixty layers of a day.
KEPT_BYTES = 96_000_000

#: Days that the bounds of the classes are made from: enough to meet calm and storm, few enough to be quick.
SAMPLED_DAYS = 8


class Painter:
    """Bodies for :mod:`dashboard.routes`: gzipped, kept by what they are about."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._bodies: LRUCache[tuple[object, ...], bytes] = LRUCache(KEPT_BYTES, getsizeof=len)
        self._breaks: LRUCache[tuple[object, ...], list[float]] = LRUCache(2000)
        self._lock = threading.Lock()

    # borders ---------------------------------------------------------------------------------------

    def shapes(self, viewer: Viewer, geography: int, level: str, within: str) -> bytes:
        """The units of ``level`` inside an area."""
        return self._body(
            ("shapes", viewer.scope, geography, level, within),
            lambda: self._shapes(viewer, geography, level, within),
        )

    def _shapes(self, viewer: Viewer, geography: int, level: str, within: str) -> bytes:
        view, row = self._row(viewer, geography, within)
        if level != "cell":
            rows = view.areas.of_level(level, row).tolist()
            return wire.encode_shapes(
                [view.areas.shape[unit] for unit in rows],
                *([column[unit] for unit in rows] for column in (view.areas.code, view.areas.name, view.areas.name_en)),
            )
        cells = view.leaves.cells
        inside = cells_inside(view, row) if row else np.arange(len(cells))
        if cells.h3 is not None:
            return wire.encode_cells(cells.numbers[inside])
        return wire.encode_shapes(list(cells.shapes[inside]), [cells.id[cell] for cell in inside])

    def outlines(self, viewer: Viewer, geography: int, level: str, within: str) -> bytes:
        """Borders and names over the units: every level from the districts down to ``level``."""
        return self._body(
            ("outlines", viewer.scope, geography, level, within),
            lambda: self._outlines(viewer, geography, level, within),
        )

    def _outlines(self, viewer: Viewer, geography: int, level: str, within: str) -> bytes:
        view, row = self._row(viewer, geography, within)
        areas, top = view.areas, self._top(view, viewer)
        deepest = areas.levels.index(level) if level in areas.levels else len(areas.levels) - 1
        found: list[wire.Outline] = []
        for name in areas.levels[1 : deepest + 1]:
            rows = areas.of_level(name, widest(view, row, name, top))
            if len(rows) <= MOST_OUTLINES:
                found += [_outline(view, unit) for unit in rows.tolist()]
        return wire.encode_outlines(found)

    # values ----------------------------------------------------------------------------------------

    def day(self, viewer: Viewer, made: Measure, level: str, within: str, day: Day, as_of: dt.datetime | None) -> bytes:
        """One day of the units, exact."""

        def make() -> bytes:
            painted = self.desk.paint(viewer, made.id, level, [day], area=within, as_of=as_of)
            doubt = self._doubt(viewer, made, painted, as_of)
            return wire.encode_values(painted.values.value[0], painted.values.state[0] | doubt[0])

        version = self.desk.cube.at(as_of).version
        fresh = self.desk.beside(FreshnessDesk).stamp(viewer, as_of)
        return self._body(("day", *_right(viewer), version, fresh, made.id, level, within, day), make)

    def _doubt(self, viewer: Viewer, made: Measure, painted: Painted, as_of: dt.datetime | None) -> NDArray[np.uint8]:
        """The flag of units whose numbers rest on a late or doubtful source; what is missing has none to doubt."""
        desk = self.desk.beside(FreshnessDesk)
        doubt = desk.doubted_days(viewer, made, painted.codes, painted.level, painted.days, as_of)
        shown = np.isin(painted.values.state, (VALUE, ZERO))
        return np.where(doubt & shown, wire.DOUBTFUL, 0).astype(np.uint8)

    def days(self, viewer: Viewer, made: Measure, level: str, within: str, as_of: dt.datetime | None) -> bytes:
        """The classes of all days, for replay, as known at one moment."""

        def make() -> bytes:
            span = day_span(self.desk, self.desk.cube.at(), viewer, made)
            painted = self.desk.paint(viewer, made.id, level, span, area=within, as_of=as_of)
            states = painted.values.state | self._doubt(viewer, made, painted, as_of)
            return wire.encode_classes(wire.classify(painted.values.value, states, self.breaks(viewer, made, level)))

        versions = self.desk.cube.at(as_of).version, self.desk.cube.at().version
        fresh = self.desk.beside(FreshnessDesk).stamp(viewer, as_of)
        return self._body(("days", *_right(viewer), *versions, fresh, made.id, level, within), make)

    def days_as_known(self, viewer: Viewer, made: Measure, level: str, within: str) -> bytes:
        """The classes of all days, each as it was known when it ended."""

        def make() -> bytes:
            bounds, span = self.breaks(viewer, made, level), day_span(self.desk, self.desk.cube.at(), viewer, made)
            units = self.desk.paint(viewer, made.id, level, span[-1:], area=within).codes
            rows = [self._known_then(viewer, made, level, within, day, units, bounds) for day in span]
            return wire.encode_classes(np.stack(rows))

        version = self.desk.cube.at().version
        return self._body(("then", *_right(viewer), version, made.id, level, within), make)

    def _known_then(
        self,
        viewer: Viewer,
        made: Measure,
        level: str,
        within: str,
        day: Day,
        units: Sequence[str],
        bounds: Sequence[float],
    ) -> NDArray[np.uint8]:
        """Classes of one day as known at its end, on the units of today."""
        as_of = end_of(day, self.desk.city.timezone)
        nothing = np.full(len(units), wire.CLASS_MISSING, np.uint8)
        if not self.desk.cube.version(as_of):
            return nothing
        try:
            painted = self.desk.paint(viewer, made.id, level, [day], area=within, as_of=as_of)
        except (AreaNotFound, BadQuestion):  # an area or a level that did not exist then
            return nothing
        classes = wire.classify(painted.values.value[0], painted.values.state[0], bounds)
        if painted.codes == units:
            return classes
        then = dict(zip(painted.codes, classes.tolist(), strict=True))
        return np.array([then.get(code, wire.CLASS_MISSING) for code in units], np.uint8)

    def breaks(self, viewer: Viewer, made: Measure, level: str, as_of: dt.datetime | None = None) -> list[float]:
        """Bounds of the classes of a measure at a level: the same for all days, areas and moments of a version. The
        screen's are the newest version's; a report's those of its own, so that a later load does not repaint it."""
        view = self.desk.cube.at(as_of)
        key = (*_right(viewer), view.version, made.id, level)
        with self._lock:
            if key in self._breaks:
                return self._breaks[key]
        fixed = made.form == "growth"
        found = colours.breaks(made, [] if fixed else self._sample(viewer, made, level, as_of))
        with self._lock:
            self._breaks[key] = found
        return found

    def _sample(
        self, viewer: Viewer, made: Measure, level: str, as_of: dt.datetime | None = None
    ) -> NDArray[np.float64]:
        span = day_span(self.desk, self.desk.cube.at(as_of), viewer, made)
        if not span:
            return np.zeros(0)
        picked = sorted({round(at) for at in np.linspace(0, len(span) - 1, SAMPLED_DAYS)})
        area = viewer.scope or "city"
        days = [self.desk.paint(viewer, made.id, level, [span[at]], area=area, as_of=as_of).values for at in picked]
        return np.concatenate([values.value[np.isfinite(values.value)] for values in days])

    def painted(self, shown: Shown) -> str:
        """Whether the shown layer has a number: "some", "not_today", or "none" on any day that was looked at."""
        if shown.day is None:
            return "none"
        units, made = shown.units, shown.measure
        values = self.desk.paint(shown.viewer, made.id, units.level, [shown.day], area=units.within, as_of=shown.as_of)
        if (values.values.state != MISSING).any():
            return "some"
        return "not_today" if len(self._sample(shown.viewer, made, units.level)) else "none"

    # helpers ---------------------------------------------------------------------------------------

    def _row(self, viewer: Viewer, geography: int, area: str) -> tuple[View, int]:
        """The view that has this geography, and the area's row in it."""
        cube = self.desk.cube
        as_of = None if cube.at().geography.id == geography else cube.store.load(geography).known
        view = cube.at(as_of)
        return view, view.areas.row_of[self.desk.place(viewer, area, as_of).code]

    def _top(self, view: View, viewer: Viewer) -> int:
        return 0 if viewer.scope is None else view.areas.find(viewer.scope)

    def _body(self, key: tuple[object, ...], make: Callable[[], bytes]) -> bytes:
        with self._lock:
            if key in self._bodies:
                return self._bodies[key]
        body = wire.gzipped(make())
        with self._lock:
            if len(body) <= self._bodies.maxsize:
                self._bodies[key] = body
        return body


def _right(viewer: Viewer) -> tuple[str | None, bool]:
    """What of the viewer the numbers depend on."""
    return viewer.scope, viewer.small_numbers


#: More borders and names than this are a net, not a help.
MOST_OUTLINES = 1500


def _outline(view: View, row: int) -> wire.Outline:
    areas = view.areas
    shape = areas.shape[row]
    parent = areas.code[areas.parent[row]] if areas.parent[row] > 0 else None
    known = shape if shape is not None and not shapely.is_empty(shape) else None
    return wire.Outline(areas.level[row], areas.code[row], areas.name[row], areas.name_en[row], known, parent)
