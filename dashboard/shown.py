"""What an address comes to: every default filled in from the data, every impossible wish replaced and told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np

from dashboard import numbers
from dashboard.links import Asked, Known, State
from dashboard.queries import Day, Desk, Place, Status, Viewer, cells_inside, next_level
from dashboard.queries.levels import ABOVE_CITIES, levels_inside
from dashboard.texts import say
from data.codes import parent_of
from data.days import end_of
from data.errors import AreaNotFound
from data.terms import DENOMINATORS, LEVELS, TIERS
from grid.cube import View
from grid.measures import MEASURES, Measure, by

#: Layers that a city is opened with, if it has their data.
FIRST_LAYERS = ("incidence_7d", "positives", "addresses", "risk_areas")

#: Polygons of a level drawn at once: neighbours give context, but a drill must stay quick.
MOST_POLYGONS = 1200


#: Cells of a province that are drawn at once: those of one city of 25 million are half as many.
MOST_CELLS = 200_000


@dataclass(frozen=True)
class Units:
    """What the map draws: the units of ``level`` inside the area ``within``. ``lo``, ``hi``: the rows of those
    that lie in the shown area; ``drawn`` whether any has a border; ``labels`` the levels whose names stand on it;
    ``around`` the area whose borders are drawn, the same for neighbours, so that a drill finds them at hand."""

    geography: int
    level: str
    within: str
    size: int
    lo: int
    hi: int
    drawn: bool
    labels: tuple[str, ...]
    around: str


@dataclass(frozen=True)
class Shown:
    """A state with everything known about it. ``day`` and ``first`` .. ``last`` are None in an empty city;
    ``as_of`` is None for now; ``messages`` tell what of the address had to be replaced."""

    state: State
    viewer: Viewer
    status: Status
    place: Place
    measure: Measure
    level: str
    levels: tuple[str, ...]
    day: Day | None
    first: Day | None
    last: Day | None
    as_of: dt.datetime | None
    version: int
    units: Units
    messages: tuple[str, ...]

    @property
    def lang(self) -> str:
        """The reader's language."""
        return self.viewer.lang

    @property
    def days(self) -> list[Day]:
        """Every day of the slider."""
        if self.first is None or self.last is None:
            return []
        return [self.first + dt.timedelta(days=n) for n in range((self.last - self.first).days + 1)]


@dataclass(frozen=True)
class Spot:
    """Where and when a page without a layer is: its area, and its day among the ``days`` that have data.

    ``day`` is the asked one even where it has no data (the page then says so), the ``last`` one where none is asked,
    None in an empty city; ``days`` after the last are planned. ``as_of`` is None for now.
    """

    state: State
    viewer: Viewer
    status: Status
    place: Place
    day: Day | None
    days: Sequence[Day]
    last: Day | None
    as_of: dt.datetime | None
    version: int
    messages: tuple[str, ...]


def settle_spot(desk: Desk, asked: Asked, viewer: Viewer, days: Sequence[Day], last: Day | None = None) -> Spot:
    """The place and day that an address asks for; ``last``: the last of the days that is no plan (None: the last).

    Raises StoreError where the home cannot serve, nothing else."""
    viewer = replace(viewer, lang=asked.state.lang)
    return _Settling(desk, asked, viewer).spot(days, last or (days[-1] if days else None))


def settle(desk: Desk, asked: Asked, viewer: Viewer) -> Shown:
    """The screen that an address asks for. Raises StoreError where the home cannot serve, nothing else."""
    viewer = replace(viewer, lang=asked.state.lang)
    return _Settling(desk, asked, viewer).shown()


class _Settling:
    """Fills one state in, collecting messages on the way."""

    def __init__(self, desk: Desk, asked: Asked, viewer: Viewer) -> None:
        self.desk, self.viewer, self.asked = desk, viewer, asked.state
        self.lang = viewer.lang
        self.messages = [say("bad_other", self.lang, key=key, value=value) for key, value in asked.dropped]
        self.now = desk.cube.at()

    def shown(self) -> Shown:
        status = self.desk.status(self.viewer)
        place = self._place()
        asked, plain = self._measure(status)
        per = self._per(status, asked)
        measure = by(asked, per)
        span = status.days.get(measure.id)
        day = self._day(span)
        as_of, known = self._known(day)
        view = self.desk.cube.at(as_of)
        place = place if view is self.now else self._place_then(place, as_of)
        row = view.areas.row_of[place.code]
        levels = levels_below(view, row)
        level = self._level(view, row, levels)
        first, last = span or (None, None)
        state = replace(
            self.asked,
            area=place.code if row else "city",
            layer=None if by(asked, "registered") is plain else by(asked, "registered").id,
            per=per,
            level=level if self.asked.level in levels else None,
            day=day if day != last else None,
            known=known,
        )
        units = units_of(view, row, level, self._top(view))
        return Shown(
            state, self.viewer, status, place, measure, level, levels,
            day, first, last, as_of, view.version, units, tuple(self.messages),
        )  # fmt: skip

    def spot(self, days: Sequence[Day], last: Day | None) -> Spot:
        status, place = self.desk.status(self.viewer), self._place()
        day = self.asked.day or last
        as_of, known = self._known(day)
        view = self.desk.cube.at(as_of)
        place = place if view is self.now else self._place_then(place, as_of)
        area = place.code if view.areas.row_of[place.code] else "city"
        state = replace(self.asked, area=area, day=day if day != last else None, known=known)
        return Spot(state, self.viewer, status, place, day, days, last, as_of, view.version, tuple(self.messages))

    def _place(self) -> Place:
        """The asked area; else the nearest one above that there is, by its code."""
        wish: str | None = self.asked.area
        while wish is not None:
            try:
                place = self.desk.place(self.viewer, wish)
            except AreaNotFound:
                wish = parent_of(wish) if wish.isdigit() else None
                continue
            if wish != self.asked.area:
                self._tell("bad_area", value=self.asked.area, area=place.name)
            return place
        place = self.desk.place(self.viewer, self.viewer.scope or "city")
        if self.asked.area != "city":
            self._tell("bad_area", value=self.asked.area, area=place.name)
        return place

    def _place_then(self, place: Place, as_of: dt.datetime | None) -> Place:
        """The place in an older tree; the nearest area above where that tree did not have it yet."""
        for code, _ in reversed(place.path):
            try:
                return self.desk.place(self.viewer, code, as_of)
            except AreaNotFound:
                continue
        return self.desk.place(self.viewer, "city", as_of)

    def _measure(self, status: Status) -> tuple[Measure, Measure]:
        """The layer, and the one that an address without a layer means."""
        default = MEASURES[next((name for name in (*FIRST_LAYERS, *MEASURES) if name in status.days), FIRST_LAYERS[0])]
        made = MEASURES.get(self.asked.layer) if self.asked.layer else default
        if made is None:
            self._tell("bad_layer", value=self.asked.layer, measure=default.name(self.lang))
        return made or default, default

    def _per(self, status: Status, layer: Measure) -> str:
        """By which people rates are told: as the layer itself says, else as asked, as far as people were counted."""
        wish = layer.per if by(layer, "registered") is not layer else self.asked.per
        if wish == "registered" or wish in status.days:
            return wish
        self._tell("bad_per", people=DENOMINATORS[wish].name(self.lang))
        return "registered"

    def _day(self, span: tuple[Day, Day] | None) -> Day | None:
        if span is None:
            return None
        wish = self.asked.day or span[1]
        day = min(max(wish, span[0]), span[1])
        if day != wish:
            self._tell("bad_day", value=wish.isoformat(), day=numbers.day_text(day, self.lang))
        return day

    def _known(self, day: Day | None) -> tuple[dt.datetime | None, Known]:
        known = self.asked.known
        if known == "now" or day is None:
            return None, "now"
        moment = known if isinstance(known, dt.datetime) else end_of(day, self.desk.city.timezone)
        if self.desk.cube.version(moment):
            return moment, known
        local = to_local(moment, self.desk.city.timezone) - dt.timedelta(seconds=1)
        self._tell("nothing_known", day=numbers.day_text(local.date(), self.lang))
        return None, "now"

    def _level(self, view: View, row: int, levels: Sequence[str]) -> str:
        if self.asked.level in levels:
            return str(self.asked.level)
        if self.asked.level is not None and self.asked.level != "auto":
            self._tell(
                "bad_level",
                value=TIERS[self.asked.level].name(self.lang) if self.asked.level in LEVELS else self.asked.level,
            )
        return auto_level(view, row)

    def _top(self, view: View) -> int:
        return 0 if self.viewer.scope is None else view.areas.find(self.viewer.scope)

    def _tell(self, key: str, **fields: object) -> None:
        self.messages.append(say(key, self.lang, **fields))


def levels_below(view: View, row: int) -> tuple[str, ...]:
    """The levels by which an area can be painted: those below it, then cells if any lie in it; of several cities only
    if a browser can hold them all."""
    below, cells = levels_inside(view, row)[1:], len(cells_inside(view, row))
    most = MOST_CELLS if view.areas.level[row] in ABOVE_CITIES else cells
    return (*below, "cell") if 0 < cells <= most else below


def auto_level(view: View, row: int) -> str:
    """The children's level if one of them has a border, else cells, else the area among its like."""
    level = next_level(view, row)
    if level is None:
        return view.areas.level[row]
    if level != "cell" and not _drawn(view, level, row) and "cell" in levels_below(view, row):
        return "cell"
    return level


def _drawn(view: View, level: str, row: int) -> bool:
    return any(view.areas.shape[unit] is not None for unit in view.areas.of_level(level, row))


def units_of(view: View, row: int, level: str, top: int = 0) -> Units:
    """The units drawn for an area: its own and, while they are not too many, its neighbours'."""
    areas = view.areas
    if level == "cell":
        around = areas.code[widest(view, row, areas.levels[-1], top)]
        size = len(cells_inside(view, row)) if row else len(view.leaves.cells)
        return Units(view.geography.id, level, areas.code[row], size, 0, size, True, _labels(view, row), around)
    within = widest(view, row, level, top)
    rows = areas.of_level(level, within)
    lo, hi = np.searchsorted(rows, [row, areas.last[row]])
    drawn = any(areas.shape[unit] is not None for unit in rows)
    labels = tuple(dict.fromkeys((*_labels(view, row), level)))
    return Units(
        view.geography.id, level, areas.code[within], len(rows), int(lo), int(hi), drawn, labels, areas.code[within]
    )


def _labels(view: View, row: int) -> tuple[str, ...]:
    """The first level below an area that has borders."""
    depth = view.areas.levels.index(view.areas.level[row])
    return next(((level,) for level in view.areas.levels[depth + 1 :] if _drawn(view, level, row)), ())


def widest(view: View, row: int, level: str, top: int = 0) -> int:
    """The widest area from ``top`` down to ``row`` whose units of ``level`` can be drawn at once."""
    inside = [step for step in view.areas.path(row) if top <= step < view.areas.last[top]]
    fitting = (step for step in inside if len(view.areas.of_level(level, step)) <= MOST_POLYGONS)
    return next(fitting, row)


def to_local(moment: dt.datetime, zone: str) -> dt.datetime:
    """A moment of the store (UTC) on the city's clocks."""
    return moment.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone))


def day_span(desk: Desk, view: View, viewer: Viewer, made: Measure) -> list[Day]:
    """Every day between a measure's first and last one in what the viewer may see."""
    span = desk.span(view, viewer, made)
    return [] if span is None else [span[0] + dt.timedelta(days=n) for n in range((span[1] - span[0]).days + 1)]
