"""The questions about numbers of areas: what there is, a measure, its figures, its map, what was not located."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from dashboard.queries.answers import (
    Answer,
    Coarse,
    Figure,
    Note,
    Painted,
    Place,
    Status,
    Unlocated,
    answers_of,
    change_of,
    plain,
    total_of,
)
from dashboard.queries.days import MAX_DAYS, Day, day_range, in_parts
from dashboard.queries.deliveries import own_sources, part_of
from dashboard.queries.levels import ABOVE_CITIES, cells_inside, levels_inside, next_level
from dashboard.queries.measured import Measured
from dashboard.queries.notes import Noted, Notes
from dashboard.queries.viewer import Viewer
from data.access.audit import Log
from data.errors import BadQuestion, Forbidden
from data.events import Events
from data.store import Load
from data.terms import RIGHTS
from data.words import Both
from grid.counts import COUNTS
from grid.cube import AREAS, Cube, Units, View
from grid.hiding import Hiding
from grid.measures import MEASURES, Measure, ask, measure
from grid.place import NOTES
from grid.rates import Values

Other = TypeVar("Other")

#: Figures of an area, in the order of its panel; those that the city has no data for are left out.
KEY_FIGURES = (
    "positives",
    "incidence_7d",
    "growth",
    "zone_lockdown_people",
    "zone_control_people",
    "risk_areas",
    "code_red",
    "code_yellow",
    "population",
)

#: A key figure is compared with the same figure this many days earlier: the same day of the week.
COMPARED_DAYS = 7


class Desk:
    """The questions, over one city's cube; ``log``: where is written who looked at what. Set by whoever serves it:
    ``home``, the home's folder, in whose inbox held deliveries lie; ``events``, the book of events."""

    def __init__(self, cube: Cube, log: Log | None = None) -> None:
        self.cube, self.log, self.noting = cube, log, Notes(log)
        self.home: Path | None = None
        self.events: Events | None = None
        self._lock = threading.RLock()  # one desk may be made of others
        self._measured = Measured()
        self.city = cube.city
        self.hiding = Hiding(cube.city.small_numbers.threshold)
        self._beside: dict[Callable[[Desk], Any], Any] = {}

    def beside(self, kind: Callable[[Desk], Other]) -> Other:
        """The desk of another subject over this one, made once: ``desk.beside(CodeDesk)``."""
        with self._lock:
            if kind not in self._beside:
                self._beside[kind] = kind(self)
            found: Other = self._beside[kind]
        return found

    def noted(self, viewer: Viewer, action: str, area: str = "", people: int | None = None, **more: object) -> None:
        """Writes down what a user looks at or takes along, before it is answered. StoreError: then it is not."""
        self.noting.write(viewer, Noted(action, area, people, more))

    def looked(self, viewer: Viewer, area: str, page: str) -> None:
        """Writes down that somebody who sees small numbers looks at an area, once an hour. AreaNotFound, StoreError."""
        if self.log is not None and viewer.user and viewer.small_numbers:
            view = self.cube.at()
            self.noting.looked(viewer, view.areas.code[self.row(view, viewer, area)], page)

    # what there is ---------------------------------------------------------------------------------

    def status(self, viewer: Viewer, as_of: dt.datetime | None = None) -> Status:
        """The city and what of it can be asked. ``as_of``, here and below: UTC moment, None for now."""
        view = self.cube.at(as_of)
        days = {m.id: span for m in MEASURES.values() if (span := self.span(view, viewer, m))}
        home = self.home_of(view, viewer)
        return Status(
            city=view.areas.label(home, viewer.lang),
            code=view.areas.code[home],
            simulated=self.city.simulated,
            version=view.version,
            known=view.known,
            levels=levels_inside(view, home),
            has_cells=len(cells_inside(view, home)) > 0,
            days=days,
        )

    def place(self, viewer: Viewer, area: str, as_of: dt.datetime | None = None) -> Place:
        """The area with this code or name (``city`` for all); AreaNotFound outside the viewer's scope."""
        view = self.cube.at(as_of)
        row = self.row(view, viewer, area)
        areas = view.areas
        shape = areas.shape[row]
        home = self.home_of(view, viewer)
        path = tuple((areas.code[step], areas.label(step, viewer.lang)) for step in areas.path(row) if step >= home)
        return Place(
            code=areas.code[row],
            name=areas.label(row, viewer.lang),
            level=areas.level[row],
            path=path,
            next_level=next_level(view, row),
            bounds=None if shape is None else shape.bounds,
        )

    def loads(self, viewer: Viewer, as_of: dt.datetime | None = None) -> list[Load]:
        """The loads up to a moment, oldest first. Forbidden without the right, and as :meth:`arrived`."""
        self.may_see_deliveries(viewer)
        return self.arrived(viewer, as_of)

    def sees_deliveries(self, viewer: Viewer) -> bool:
        """Whether files and senders are shown: with the right, to who sees the whole city, or a whole one of many of
        its own sources, because what a load brought is of all areas."""
        return viewer.may("deliveries") and part_of(self.city, viewer.scope) is not None

    def may_see_deliveries(self, viewer: Viewer, every: bool = False) -> None:
        """Forbidden where :meth:`sees_deliveries` is not so; ``every``: also to who sees one city of many."""
        if not self.sees_deliveries(viewer) or (every and part_of(self.city, viewer.scope) is not self.city):
            raise _not_theirs()

    def arrived(self, viewer: Viewer, as_of: dt.datetime | None = None) -> list[Load]:
        """The same for who has no such right: without files, senders and digests. Who sees one city of many is told of
        its own; Forbidden to who sees a part of a city only: what a load brought is of all its areas."""
        part = part_of(self.city, viewer.scope)
        if part is None:
            raise _not_theirs()
        loads = list(self.cube.at(as_of).loads)
        if part is not self.city:
            names = own_sources(self.city, viewer.scope)
            loads = [one for one in loads if one.source in names]
        named = self.sees_deliveries(viewer)
        return loads if named else [replace(one, file="", sha256="", sender="") for one in loads]

    # numbers ---------------------------------------------------------------------------------------

    def ask(
        self,
        viewer: Viewer,
        name: str,
        *,
        area: str = "city",
        days: Sequence[Day] | None = None,
        level: str | None = None,
        as_of: dt.datetime | None = None,
        total: bool = False,
        source: str | None = None,
    ) -> list[Answer]:
        """A measure for an area (or for its descendants of ``level``) on consecutive days.

        Without ``days`` the last day with data. ``total`` adds the days up into one answer, dated the
        last day. ``source``: as that source alone tells it. Raises MeasureNotFound, AreaNotFound, BadQuestion.
        """
        view, made = self.cube.at(as_of, source), measure(name)
        row = self.row(view, viewer, area)
        units = level or view.areas.level[row]
        if not total:
            return answers_of(self._painted(view, viewer, made, row, self._days(view, viewer, made, days), units))
        if made.stock or made.form == "growth" or made.back:
            detail = Both(f"{made.id} 不能逐日相加", f"{made.id} cannot be added up over days")
            raise BadQuestion(detail=detail)
        every = in_parts(days or self._days(view, viewer, made, None))
        return answers_of(total_of([total_of([self._painted(view, viewer, made, row, part, units)]) for part in every]))

    def paint(
        self,
        viewer: Viewer,
        name: str,
        level: str,
        days: Sequence[Day],
        *,
        area: str = "city",
        as_of: dt.datetime | None = None,
    ) -> Painted:
        """A measure for every unit of ``level`` inside the area, for the map: cells or areas."""
        view = self.cube.at(as_of)
        row = self.row(view, viewer, area)
        made = measure(name)
        return self._painted(view, viewer, made, row, self._days(view, viewer, made, days), level)

    def figures(
        self,
        viewer: Viewer,
        area: str,
        day: Day,
        as_of: dt.datetime | None = None,
        names: Sequence[str] = KEY_FIGURES,
    ) -> list[Figure]:
        """The area's key figures on a day, with direction and goodness of their change over a week."""
        view = self.cube.at(as_of)
        row = self.row(view, viewer, area)
        made = [measure(name) for name in names]
        return [self._figure(view, viewer, m, row, day) for m in made if self.span(view, viewer, m)]

    def series(
        self,
        viewer: Viewer,
        name: str,
        area: str,
        first: Day,
        last: Day,
        as_of: dt.datetime | None = None,
    ) -> list[Answer]:
        """A measure of one area, day by day."""
        view, made, days = self.cube.at(as_of), measure(name), day_range(first, last)
        row = self.row(view, viewer, area)
        sheet = self._measured.sheet(view, made)
        kept = sheet.between(first, last) if sheet is not None and viewer.small_numbers else None
        if kept is None:
            return self.ask(viewer, name, area=area, days=days, as_of=as_of)
        one = Values(kept.value[:, row : row + 1], kept.state[:, row : row + 1])
        label = view.areas.label(row, viewer.lang)
        return answers_of(Painted(view.areas.level[row], [view.areas.code[row]], [label], days, one))

    def children(
        self, viewer: Viewer, names: Sequence[str], area: str, day: Day, as_of: dt.datetime | None = None
    ) -> list[tuple[Answer, ...]]:
        """For each unit one level below the area, its answers to several measures on a day."""
        view = self.cube.at(as_of)
        level = next_level(view, self.row(view, viewer, area))
        if level is None:
            return []
        asked = [self.ask(viewer, n, area=area, days=[day], level=level, as_of=as_of) for n in names]
        return list(zip(*asked, strict=True))

    def unlocated(self, viewer: Viewer, area: str, day: Day, as_of: dt.datetime | None = None) -> list[Unlocated]:
        """What of the area's numbers on a day could not be placed on anything below it."""
        view = self.cube.at(as_of)
        row = self.row(view, viewer, area)
        found = []
        for name in ("cases", "asymptomatic", "addresses", "risk_high", "risk_middle", "risk_low"):
            if not (viewer.small_numbers or self.hiding.public(MEASURES[name], view)):
                continue
            own = int(view.own(name, day)[row])
            whole = int(view.sums(name, [day]).total[0, row])
            if own:
                found.append(Unlocated(MEASURES[name], own, own / whole if whole else None))
        return found

    def notes(self, viewer: Viewer, area: str, as_of: dt.datetime | None = None) -> list[Note]:
        """Why rows inside the area could not be placed finely, most frequent first; their numbers are small ones."""
        if not viewer.small_numbers:
            return []
        view = self.cube.at(as_of)
        row = self.row(view, viewer, area)
        at = 0 if viewer.lang == "zh" else 1
        found = [
            Note(source, view.areas.label(where, viewer.lang), NOTES[why][at], text, rows)
            for source, code, why, text, rows in view.unplaced
            if row <= (where := view.row(code)) < view.areas.last[row]
        ]
        return sorted(found, key=lambda note: -note.rows)

    def coarse(
        self, viewer: Viewer, name: str, level: str, area: str, day: Day, as_of: dt.datetime | None = None
    ) -> Coarse:
        """What of an area's measure is known to coarser places only than the units of ``level``, over the days that
        the measure looks back on; nothing where it is made of stocks alone, or may be a small number."""
        made, view = measure(name), self.cube.at(as_of)
        if not (viewer.small_numbers or self.hiding.public(made, view)):
            return Coarse(0, 0)
        flows = {count: -1 if count == "reclassified" else 1 for count in made.counts if not COUNTS[count].stock}
        row = self.row(view, viewer, area)
        asked = [day - dt.timedelta(days=n) for n in range(min(made.back, 6) + 1)]
        units = Units("cells", row) if level == "cell" else AREAS
        at = slice(None) if level == "cell" else view.areas.of_level(level, row)
        whole = sum(sign * int(view.sums(count, asked).total[:, row].sum()) for count, sign in flows.items())
        fine = sum(sign * int(view.sums(count, asked, units).total[:, at].sum()) for count, sign in flows.items())
        return Coarse(whole - fine, whole)

    # helpers ---------------------------------------------------------------------------------------

    def _areas(self, view: View, viewer: Viewer, made: Measure, days: Sequence[Day]) -> Values:
        """A measure for every area on consecutive days, as far as the viewer may see it."""
        values = self._measured.areas(view, made, days)
        return values if viewer.small_numbers else self.hiding.conceal(view, made, days, values)

    def row(self, view: View, viewer: Viewer, area: str) -> int:
        """The row of the area with this code or name (``city``: all that the viewer may see); AreaNotFound outside."""
        return view.areas.find(area, self.top(view, viewer))

    def top(self, view: View, viewer: Viewer) -> int:
        """The row of the area beyond which the viewer sees nothing."""
        return 0 if viewer.scope is None else view.areas.find(viewer.scope)

    def home_of(self, view: View, viewer: Viewer) -> int:
        """The row of what the viewer's screen is headed by: of who sees a part of a province the city it lies in."""
        top = self.top(view, viewer)
        return max(view.areas.ancestor(top, "city"), 0) if view.areas.level[top] not in ABOVE_CITIES else top

    def span(self, view: View, viewer: Viewer, made: Measure) -> tuple[Day, Day] | None:
        """First and last day with data for a measure in what the viewer may see."""
        return self._measured.span(view, made, self.top(view, viewer))

    def _days(self, view: View, viewer: Viewer, made: Measure, days: Sequence[Day] | None) -> Sequence[Day]:
        if days:
            if len(days) > MAX_DAYS:
                raise BadQuestion(detail=Both(f"最多 {MAX_DAYS} 天", f"at most {MAX_DAYS} days"))
            return days
        span = self.span(view, viewer, made)
        if span is None:
            raise BadQuestion(detail=Both(f"还没有 {made.id} 的数据", f"no data for {made.id} yet"))
        return [span[1]]

    def _painted(self, view: View, viewer: Viewer, made: Measure, row: int, days: Sequence[Day], level: str) -> Painted:
        if level == "cell" and len(view.leaves.cells):
            return self._cells(view, viewer, made, row, days)
        levels = levels_inside(view, row)
        if level not in levels:
            known = ", ".join([*levels, "cell"] if len(cells_inside(view, row)) else levels)
            raise BadQuestion(detail=Both(f"没有层级 {level}；有：{known}", f"no level {level}; {known}"))
        rows = view.areas.of_level(level, row)
        values = self._areas(view, viewer, made, days)
        picked = Values(values.value[:, rows], values.state[:, rows])
        codes = [view.areas.code[r] for r in rows]
        return Painted(level, codes, [view.areas.label(r, viewer.lang) for r in rows], days, picked)

    def _cells(self, view: View, viewer: Viewer, made: Measure, row: int, days: Sequence[Day]) -> Painted:
        units = Units("cells", row)
        values = ask(view, made, days, units)
        if not viewer.small_numbers:
            values = self.hiding.conceal(view, made, days, values, units)
        ids = view.leaves.cells.id
        if row == 0:
            return Painted("cell", ids, ids, days, values)
        codes = [ids[cell] for cell in cells_inside(view, row)]
        return Painted("cell", codes, codes, days, values)

    def _figure(self, view: View, viewer: Viewer, made: Measure, row: int, day: Day) -> Figure:
        days = (day - dt.timedelta(days=COMPARED_DAYS), day)
        both = [self._areas(view, viewer, made, [one]) for one in days]  # the days between are nobody's question
        first, last = (
            Answer(
                view.areas.code[row],
                view.areas.label(row, viewer.lang),
                view.areas.level[row],
                one,
                *plain(values.value[0, row], values.state[0, row]),
            )
            for one, values in zip(days, both, strict=True)
        )
        return Figure(made, last, first, *change_of(made, first, last))


def _not_theirs() -> Forbidden:
    return Forbidden(right=Both(RIGHTS["deliveries"].zh, RIGHTS["deliveries"].en))


__all__ = ["COMPARED_DAYS", "KEY_FIGURES", "Day", "Desk", "Viewer"]
