"""Every zone and risk area held against what was found inside it and the rules in force: may it be released yet?

A day without a report is not a day without a finding. So each clock is read twice: once as if nothing had been found on
the silent days, once as if something had been found on each of them. Where both readings agree the state is certain;
where they do not it is ``unknown``. The day itself need not be reported yet: its report comes after it, and the clock
counts days that are over; what is already known of it counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from data.rules.book import Rulebook
from data.rules.pack import Clause, Pack
from data.rules.verdict import RISK_ORDER
from data.rules.zone_clock import RISK_OF, ZoneVerdict, zone_in
from data.terms import ZONES
from grid.findings import BASES, FOUND, SILENT, Findings
from grid.zones.book import inhabitants
from grid.zones.ground import LEVELS, SLIVER, Inside, Stretch, inside, stretches, told
from grid.zones.units import LARGER, Size, Units

if TYPE_CHECKING:
    from grid.cube import View

Day = dt.date

#: Days before a zone was drawn whose findings its first clock may count from, and which its smallest ground must hold:
#: as long as the longest clock of any plan.
BACK = 28

#: States of a standing zone that may be released, by how long it has been so.
OVER = ("due", "week", "weeks", "stuck")

#: Steps of a verdict by which a zone comes down.
_DOWN = ("eased", "released", "switched", "dropped")


@dataclass(frozen=True)
class ZoneClock:
    """One zone on one day.

    ``state``: id of terms.ZONE_CLOCKS. ``over``: days since the day ``due`` on which it might be released, or eased.
    ``ends``: the earliest day of that, ``latest``: the same if the ``silent`` days (without a report) hide findings;
    ``free``: the earliest day on which nothing is left of it. ``last``: day of the last finding inside. ``loose``:
    findings of the areas above that could not be located, since the clock began. ``early``: days before ``ends`` on
    which it was released or eased all the same. ``moved``: kind of zone that holds its ground after its release.
    ``size`` what it holds, ``beyond`` what of it lies beyond the rule's unit (its leaves: ``spare``): None where that
    cannot be told.
    """

    zone: Stretch
    day: Day
    state: str
    verdict: ZoneVerdict
    clause: Clause | None = None
    pack: Pack | None = None
    due: Day | None = None
    over: int = 0
    ends: Day | None = None
    latest: Day | None = None
    free: Day | None = None
    last: Day | None = None
    silent: tuple[Day, ...] = ()
    loose: float = 0
    early: int = 0
    moved: str = ""
    size: Size = field(default_factory=lambda: Size(None, 0))
    beyond: Size | None = None
    spare: NDArray[np.bool_] | None = field(default=None, repr=False, compare=False)

    @property
    def standing(self) -> bool:
        """Whether it is in force."""
        return self.state not in ("released", "moved")

    @property
    def larger(self) -> bool:
        """Whether it is larger than its rule's unit."""
        return self.beyond is not None and self.beyond.m2 > LARGER * self.size.m2 and self.beyond.people != 0

    @property
    def length(self) -> int:
        """Days of its clock, 0 if it has none."""
        return 0 if self.clause is None or self.clause.open else self.clause.days

    @property
    def run(self) -> int:
        """Days of its clock that are over, at most ``length``."""
        if self.ends is None or not self.length:
            return 0
        return min(max((self.day - self.ends).days + self.length, 0), self.length)

    @property
    def nth(self) -> int:
        """Which day of its clock this is, from 1 to ``length``."""
        return min(self.run + 1, self.length)

    @property
    def stood(self) -> int:
        """Days since it was drawn."""
        return (self.day - self.zone.start).days


@dataclass(frozen=True)
class _Read:
    """The clocks of a day, and what was found inside the zones for which they run."""

    found: Inside
    clocks: Sequence[ZoneClock]


class ClockBook:
    """The clocks of a view under some rules."""

    def __init__(self, view: View, rules: Rulebook) -> None:
        self.view, self.rules = view, rules
        self._packs = {pack.id: pack for pack in rules.packs}
        self.findings = Findings(view)
        self.stretches: Sequence[Stretch] = stretches(view)
        self._days: dict[Day, tuple[ZoneClock, ...]] = {}

    @cached_property
    def span(self) -> tuple[Day, Day] | None:
        """The first day of the first zone, and the last that can be asked for: the ``latest``, or the one on which a
        planned zone is to begin."""
        return self.span_of()

    def span_of(self, row: int = 0) -> tuple[Day, Day] | None:
        """The same of the zones inside the area at ``row``."""
        latest = self.latest_of(row)
        days = [] if latest is None else [latest, *(one.start for one in self._inside(row))]
        return (min(days), max(days)) if days else None

    @cached_property
    def latest(self) -> Day | None:
        """The last day with a finding or a list, or the day after if zones change on it, for which decisions are
        made. Where nobody tells of either, the day of the last zone drawn. None without zones."""
        return self.latest_of()

    def latest_of(self, row: int = 0) -> Day | None:
        """The same of the area at ``row``: by its own zones and what is told of it."""
        own = self._inside(row)
        if not own:
            return None
        starts = [one.start for one in own]
        counts = [*(count for base in BASES for count in base), *(f"risk_{level}" for level in LEVELS)]
        span = self.view.days(counts, row)
        last = span[1] if span else max(starts)
        after = last + dt.timedelta(days=1)
        stops = [one.stop for one in own if not one.lost]
        return after if after in (*starts, *stops) else last

    def _inside(self, row: int) -> Sequence[Stretch]:
        inside = range(row, int(self.view.areas.last[row]))
        return self.stretches if row == 0 else [one for one in self.stretches if one.row in inside]

    def on(self, day: Day) -> tuple[ZoneClock, ...]:
        """The zones that stand on ``day``, and those released on it."""
        if day not in self._days:
            self._days[day] = tuple(self._read(day))
        return self._days[day]

    def units(self, day: Day) -> Units:
        """People and ground as they are counted for ``day``."""
        key = "units", self.view.key("population", day)
        return self.view.shelves.books.made(key, lambda: Units(self.view, inhabitants(self.view, day)))

    def total(self, clocks: Iterable[ZoneClock]) -> Size:
        """People and ground of some zones together; what several hold counts once."""
        share = np.zeros(len(self.view.leaves))
        clocks = list(clocks)
        for zone in (clock.zone for clock in clocks if not clock.zone.vague):
            np.add.at(share, zone.leaf, zone.share)
        at = np.flatnonzero(share)
        if not clocks:
            return Size(0, 0)
        return self.units(clocks[0].day).held(at, np.minimum(share[at], 1.0))

    def beyond(self, clocks: Iterable[ZoneClock]) -> Size:
        """What of some zones together lies beyond their units: ground that no finding in any of them calls for."""
        share, needed = np.zeros(len(self.view.leaves)), np.zeros(len(self.view.leaves), np.bool_)
        measured = [(clock.day, clock.zone, clock.spare) for clock in clocks if clock.spare is not None]
        for _, zone, spare in measured:
            np.add.at(share, zone.leaf, zone.share)
            needed[zone.leaf[~spare]] = True
        at = np.flatnonzero((share > 0) & ~needed)
        return self.units(measured[0][0]).held(at, np.minimum(share[at], 1.0)) if measured else Size(0, 0)

    # one day ---------------------------------------------------------------------------------------

    def _read(self, day: Day) -> list[ZoneClock]:
        asked = [one for one in self.stretches if one.holds(day) or (one.stop == day and not one.lost)]
        if not asked:
            return []
        key = "clocks", self.rules.digest, told(self.view), self.view.key("population", day), day
        before: _Read | None = self.view.shelves.clocks.get(key)
        found, other = self._found(asked, day) if before is None else before.found.known_now(self.findings)
        ground = _Standing(self.view, [one for one in asked if one.holds(day)])
        clocks = [
            self._clock(one, at, day, found, ground) if before is None or other[at] else before.clocks[at]
            for at, one in enumerate(asked)
        ]
        self.view.shelves.clocks.put(key, _Read(found, clocks))
        return clocks

    def _found(self, asked: Sequence[Stretch], day: Day) -> tuple[Inside, NDArray[np.bool_]]:
        first = min(one.since or one.start for one in asked) - dt.timedelta(days=BACK)
        days = [first + dt.timedelta(days=n) for n in range((day - first).days + 1)]
        return inside(self.findings, asked, days), np.ones(len(asked), np.bool_)

    def _clock(self, one: Stretch, at: int, day: Day, found: Inside, ground: _Standing) -> ZoneClock:
        begin = one.since or one.start
        cases = [d for d in found.days_of(at, FOUND) if d >= begin - dt.timedelta(days=BACK)]
        silent = [d for d in found.days_of(at, SILENT) if begin <= d < day]
        best, worst = self._verdicts(one, cases, silent, day)
        clause = _clause_of(one, best)
        pack = None if clause is None else self._packs[clause.pack]
        counted = max([begin, *cases])
        units = self.units(day)
        clock = ZoneClock(
            one, day, "running", best, clause, pack,
            free=best.released, last=cases[-1] if cases else None, silent=tuple(d for d in silent if d > counted),
            loose=int(found.loose[at, (counted - found.days[0]).days + 1 :].sum()),
            size=Size(None, 0) if one.vague else units.size(one),
        )  # fmt: skip
        if one.holds(day):
            return self._measured(_standing(clock, best, worst), cases)
        return _gone(clock, best, worst, one.next_kind or ground.after(one))

    def _verdicts(
        self, one: Stretch, cases: Sequence[Day], silent: Sequence[Day], day: Day
    ) -> tuple[ZoneVerdict, ZoneVerdict]:
        """What the rules say if nothing was found on the silent days, and if something was on each."""
        begin, area = one.since or one.start, self.view.areas.code[one.row]
        best = zone_in(begin, one.first_kind, cases, self.rules, day, area)
        if not silent:
            return best, best
        return best, zone_in(begin, one.first_kind, [*cases, *silent], self.rules, day, area)

    def _measured(self, clock: ZoneClock, cases: Sequence[Day]) -> ZoneClock:
        """The clock of a locked zone with what lies beyond its pack's unit; a zone of less risk lies around others by
        its nature, and a risk area of a list has no ground that could be measured."""
        one, unit = clock.zone, clock.pack.unit if clock.pack else None
        if _rank(one.kind) < _rank("high") or unit is None or one.risk or one.vague or not cases:
            return clock
        held = [one.leaf[found.word[one.leaf] == FOUND] for found in self.findings.on(cases)]
        units = self.units(clock.day)
        spare = ~np.isin(one.leaf, units.ground(np.unique(np.concatenate(held)), unit))
        return replace(clock, spare=spare, beyond=units.held(one.leaf[spare], one.share[spare]))


def _rank(risk: str) -> int:
    return RISK_ORDER.index(RISK_OF.get(risk, risk))


def _clause_of(one: Stretch, verdict: ZoneVerdict) -> Clause | None:
    """The last clause by which the zone was what it is; else by which it is what it should be, or was anything: one
    eased to a kind that its pack does not know stays ruled. None where no clause ever governed it."""
    by = [step.by for step in verdict.steps if step.by is not None]
    own = next((clause for clause in reversed(by) if _rank(clause.risk) == _rank(one.kind)), None)
    return own or verdict.clause or (by[-1] if by else None)


def _down(one: Stretch, verdict: ZoneVerdict) -> Day | None:
    """The day since which the rules ask for less than the zone is; None while they do not."""
    if _rank(verdict.state) >= _rank(one.kind):
        return None
    due = verdict.since
    for step in reversed(verdict.steps):
        if step.what in _DOWN and step.state and _rank(step.state) < _rank(one.kind):
            due = step.day
        elif step.what in ("case", "drawn"):
            break
    return due


def bucket(over: int) -> str:
    """Id of terms.OVERDUE for a zone that may be released since so many days."""
    return OVER[0] if not over else OVER[1] if over <= 7 else OVER[2] if over <= 20 else OVER[3]


def _standing(clock: ZoneClock, best: ZoneVerdict, worst: ZoneVerdict) -> ZoneClock:
    """The clock of a zone in force."""
    one, day = clock.zone, clock.day
    soonest, surest = _down(one, best), _down(one, worst)
    if clock.clause is None:
        return replace(clock, state="unruled")
    if surest is not None:
        over = (day - surest).days
        return replace(clock, state=bucket(over), due=surest, over=over, ends=surest)
    if soonest is not None:
        return replace(clock, state="unknown", ends=soonest, latest=worst.ends)
    early = 0
    if _rank(best.state) > _rank(one.kind) and best.ends is not None:
        early = max(0, (best.ends - one.start).days)
    return replace(clock, ends=best.ends, latest=worst.ends if worst.ends != best.ends else None, early=early)


def _gone(clock: ZoneClock, best: ZoneVerdict, worst: ZoneVerdict, moved: str) -> ZoneClock:
    """The clock of a zone that was released on the day."""
    soonest, surest = _down(clock.zone, best), _down(clock.zone, worst)
    over = (clock.day - surest).days if surest is not None else 0
    early = (best.ends - clock.day).days if soonest is None and best.ends is not None and clock.clause else 0
    state = "moved" if moved else "released"
    return replace(clock, state=state, due=surest, over=over, ends=surest or best.ends, early=early, moved=moved)


class _Standing:
    """The ground of the zones in force on a day: whether something holds what another zone has left."""

    def __init__(self, view: View, standing: Sequence[Stretch]) -> None:
        self.share: dict[str, NDArray[np.float64]] = {}
        for kind in ZONES:
            of_kind = [one for one in standing if one.kind == kind]
            self.share[kind] = np.zeros(len(view.leaves))
            for one in of_kind:
                np.add.at(self.share[kind], one.leaf, one.share)

    def after(self, one: Stretch) -> str:
        """The strictest kind of zone that now holds all the ground of a zone of the book; "" if none does."""
        held = np.zeros(len(one.leaf))
        if one.risk or one.vague:
            return ""
        for kind, share in self.share.items():
            held += share[one.leaf]
            if (held >= one.share - SLIVER).all():
                return kind
        return ""
