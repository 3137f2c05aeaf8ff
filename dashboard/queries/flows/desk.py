"""The flow desk: every question about flows, asked with the viewer's scope."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence

import numpy as np
from cachetools import LRUCache

from dashboard.queries.days import day_range
from dashboard.queries.desk import Day, Desk, Viewer
from dashboard.queries.flows import carried, journeys, leaving
from dashboard.queries.flows.answers import Arcs, Curve, DayOut, Destinations, Movement, RiskAnswer, Rules, Traced
from dashboard.queries.flows.asked import Asked
from dashboard.queries.flows.carried import RISK_DAYS
from dashboard.queries.flows.leaving import YEAR
from dashboard.queries.hidden import need_small
from data.travel import TravelPack, travel_packs
from grid.arrays import Floats
from grid.cube import View
from grid.flows.book import FlowBook
from grid.flows.import_risk import UNFOUND_DAYS, Seen
from grid.flows.matrix import Balance
from grid.flows.outflow import balance_of
from grid.flows.scale import Factor, factor_of
from grid.flows.tracing import STEPS
from grid.hiding.cut import safe

#: Versions whose tables are kept as arrays; import risks that are kept, some 300 kB each.
KEPT, KEPT_RISKS = 4, 64

AsOf = dt.datetime | None


class FlowDesk:
    """The questions about flows, over one desk. ``factor``: the index of one person (None: the city's).

    Who may not see small numbers sees a day's tables of people if every number of them is nought or at least the
    threshold, and else nothing of the day (Withheld): sums over places and modes, of which there are many, then tell
    only what stands there. The index and the people made of it are public. What is carried needs the findings too.
    """

    def __init__(self, desk: Desk, factor: Factor | None = None) -> None:
        self.desk, self.factor = desk, factor or factor_of(desk.city)
        self._books: LRUCache[int, FlowBook] = LRUCache(KEPT)
        self._last: FlowBook | None = None
        self._risks: LRUCache[tuple[object, ...], RiskAnswer] = LRUCache(KEPT_RISKS)
        self._lock = threading.Lock()

    def book(self, view: View) -> FlowBook:
        """The tables of a view, read once for all versions that know the same."""
        with self._lock:
            if view.version not in self._books:
                last = self._last
                if last is not None and last.view.flows_told == view.flows_told:
                    self._last = last.known_to(view)
                else:
                    self._last = FlowBook(view, [source.name for source in self.desk.city.sources], self.factor)
                self._books[view.version] = self._last
            return self._books[view.version]

    def days(self, viewer: Viewer, as_of: AsOf = None) -> Sequence[Day]:
        """Every day from the first to the last of this season's flows; a year without any ends a season."""
        known = self.book(self.desk.cube.at(as_of)).days
        if not known:
            return []
        first = len(known) - 1
        while first and (known[first] - known[first - 1]).days < YEAR.days // 4:
            first -= 1
        return day_range(known[first], known[-1])

    def modes(self, viewer: Viewer, as_of: AsOf = None) -> tuple[str, ...]:
        """The modes of travel that any flow is told by."""
        return self.book(self.desk.cube.at(as_of)).modes

    # who left and came -----------------------------------------------------------------------------

    def outflow(
        self, viewer: Viewer, area: str, first: Day, last: Day, mode: str | None = None, as_of: AsOf = None
    ) -> list[DayOut]:
        """People who left an area, day by day."""
        asked = self._asked(viewer, area, as_of)
        told = leaving.outflow(asked, day_range(first, last), mode)
        return [one if one.estimate or one.value is None or self._open(asked, one.day) else _hide(one) for one in told]

    def destinations(
        self, viewer: Viewer, area: str, day: Day, n: int = 10, mode: str | None = None, as_of: AsOf = None
    ) -> Destinations:
        """Where people went on a day: the ``n`` largest and the rest."""
        asked = self._asked(viewer, area, as_of)
        told = leaving.destinations(asked, day, n, mode)
        if told.state == "missing" or self._open(asked, day):
            return told
        return Destinations(day, "suppressed", (), 0, 0.0, 0.0, None, told.estimate)

    def balance(
        self, viewer: Viewer, area: str, day: Day, mode: str | None = None, as_of: AsOf = None
    ) -> Balance | None:
        """In, out, net and within; None where nothing is told of the area."""
        asked = self._asked(viewer, area, as_of)
        self._need(asked, day)
        return balance_of(asked.book, asked.row, day, mode)

    def movement(
        self, viewer: Viewer, area: str, day: Day, mode: str | None = None, as_of: AsOf = None
    ) -> Movement | None:
        """In, out, net and within of an area and of those below it, and between these; None where nothing is told."""
        asked = self._asked(viewer, area, as_of)
        self._need(asked, day)
        return leaving.movement(asked, day, mode)

    def nets(self, viewer: Viewer, area: str, level: str, day: Day, as_of: AsOf = None) -> Floats:
        """(units,) net inflow of each area of ``level`` in ``area``, in the order of a map's units; NaN: not told."""
        asked = self._asked(viewer, area, as_of)
        self._need(asked, day)
        return leaving.nets(asked, level, day)

    def between(
        self, viewer: Viewer, area: str, day: Day, mode: str | None = None, as_of: AsOf = None
    ) -> tuple[list[str], Floats]:
        """(codes, matrix) of the people who went from each area one level below to each other one."""
        asked = self._asked(viewer, area, as_of)
        self._need(asked, day)
        areas = asked.book.view.areas
        children = areas.children(asked.row).tolist()
        matrix = leaving.between(asked.book, asked.book.rows(day, day, mode), children)
        return [areas.code[child] for child in children], matrix

    def arcs(self, viewer: Viewer, area: str, day: Day, as_of: AsOf = None) -> Arcs:
        """Who went between the areas inside ``area`` on a day, as finely as it is told."""
        asked = self._asked(viewer, area, as_of)
        self._need(asked, day)
        return leaving.arcs(asked, day)

    def arcs_day(self, viewer: Viewer, area: str, day: Day, as_of: AsOf = None) -> Day | None:
        """The newest day up to ``day``, of the last RISK_DAYS, on which anybody is told to have gone inside it, and
        which the viewer may see."""
        asked = self._asked(viewer, area, as_of)
        days = (day - dt.timedelta(days=back) for back in range(RISK_DAYS))
        return next((one for one in days if len(leaving.arcs(asked, one).people) and self._open(asked, one)), None)

    def curves(
        self,
        viewer: Viewer,
        area: str,
        first: Day,
        last: Day,
        as_of: AsOf = None,
        most: int = 1,
        *,
        inward: bool = False,
    ) -> list[Curve]:
        """The area's index, the same a year before, and that of the ``most`` largest other places that have one."""
        return leaving.curves(self._asked(viewer, area, as_of), first, last, most, inward)

    # what is carried -------------------------------------------------------------------------------

    def risk(
        self,
        viewer: Viewer,
        area: str,
        day: Day,
        as_of: AsOf = None,
        *,
        fitted: Day | None = None,
        window: tuple[Day, Day] | None = None,
    ) -> RiskAnswer:
        """What the area's travellers of the last RISK_DAYS may have carried where, and the cases known there against
        a model that was ``fitted`` on what was known up to a day (the asked one) with the flows of ``window``."""
        asked = self._asked(viewer, area, as_of)
        self._need_risk(asked, day)
        key = asked.book.view.version, viewer, asked.row, day, fitted, window
        with self._lock:
            kept = self._risks.get(key)
        if kept is None:
            kept = carried.risk(asked, day, fitted or day, window)
            with self._lock:
                self._risks[key] = kept
        return kept

    def seen(self, book: FlowBook, row: int, day: Day, window: tuple[Day, Day] | None = None) -> Seen:
        """What is known up to ``day`` of cases in other cities, and of the flows that went there."""
        return carried.seen_up_to(book, row, day, window)

    # the two boards --------------------------------------------------------------------------------

    def tracing(self, viewer: Viewer, area: str, day: Day, as_of: AsOf = None) -> Traced | None:
        """The newest tracing board up to ``day``. It is the whole city's: None for a part of it."""
        told = journeys.tracing(self._asked(viewer, area, as_of), day)
        if told is not None and not (viewer.small_numbers or tallied_safely(told, self.desk.hiding.threshold)):
            need_small(viewer, "离开人员追踪", "Tracing of those who left")
        return told

    @property
    def packs(self) -> tuple[TravelPack, ...]:
        """The rules of travel that the city goes by; RuleFileError."""
        return travel_packs(self.desk.city)

    def rules(self, viewer: Viewer, area: str, day: Day, places: Sequence[str], as_of: AsOf = None) -> list[Rules]:
        """What both sides ask of journeys from the area to each of ``places`` (other cities), where any does."""
        return journeys.rules(self._asked(viewer, area, as_of), self.packs, day, places)

    def _open(self, asked: Asked, day: Day) -> bool:
        """Whether a viewer may see the people of a day's tables."""
        if asked.viewer.small_numbers:
            return True
        rows = asked.book.rows(day, day)
        people = rows.flows.value[~rows.estimate]
        return bool(safe(people[np.isfinite(people)], self.desk.hiding.threshold).all())

    def _need(self, asked: Asked, day: Day) -> None:
        """Withheld where a viewer may not see them."""
        if not self._open(asked, day):
            need_small(asked.viewer, "人员流动", "Who went where")

    def _need_risk(self, asked: Asked, day: Day) -> None:
        """Withheld unless the flows and the findings of all days that are added up are shown."""
        days = day_range(day - dt.timedelta(days=RISK_DAYS + UNFOUND_DAYS), day)
        if asked.viewer.small_numbers:
            return
        told = self.desk.ask(asked.viewer, "positives", area=asked.area, days=days, as_of=asked.as_of)
        if any(one.state == "suppressed" for one in told) or not all(self._open(asked, one) for one in days):
            need_small(asked.viewer, "输出风险", "The risk that is carried elsewhere")

    def _asked(self, viewer: Viewer, area: str, as_of: AsOf) -> Asked:
        view = self.desk.cube.at(as_of)
        return Asked(self.desk, viewer, self.book(view), self.desk.row(view, viewer, area), as_of)


def _hide(one: DayOut) -> DayOut:
    """People who left, as they are told to who may not see them."""
    return DayOut(one.day, None, "suppressed", one.estimate, one.index)


def tallied_safely(told: Traced, k: int) -> bool:
    """Whether every step of a tracing board, and what is left between two, is nought or at least ``k``."""
    tallies = [told.whole, *(tally for _, tally in told.rows)]
    steps = np.array([[getattr(tally, step) for step in STEPS] for tally in tallies], np.float64)
    numbers = np.concatenate([steps.ravel(), (-np.diff(steps, axis=1)).ravel(), (steps[:, 0] - steps[:, 3])])
    return bool(safe(numbers[np.isfinite(numbers)], k).all())
