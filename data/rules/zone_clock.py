"""Zones: what risk the rules give one on a day, by which clause, and when it may be released at the earliest.

A zone drawn on day s keeps its risk until a whole clock has run without a new infection: with the last one on day c it
may change on c + days, without one on s + days. (A case before s counts as the last if its clock had not run out by s;
otherwise the zone was drawn for another reason.) A later stage counts from the day on which it began. A new infection
starts the clock anew on its day; one in a stage that the zone has come down to sends it back (the clause's ``again``);
one on the day of the change prevents it. So does one after the release, if the zone still stands. Where one pack takes
another's place the zone goes by the new one from its first day on, with what it has counted so far; a risk that the
new pack does not know ends then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from data.rules.book import Rulebook
from data.rules.pack import Clause, Pack
from data.rules.verdict import RISK_ORDER, Step
from data.words import Lang

Day = dt.date

#: Kind of zone <-> risk: what the 9th plan does in each.
RISK_OF = {"lockdown": "high", "control": "middle", "precaution": "low"}
KIND_OF = {risk: kind for kind, risk in RISK_OF.items()}


@dataclass(frozen=True, slots=True)
class ZoneVerdict:
    """A zone's risk on a day and why. ``state``: id of terms.RISKS; ``clause``: by which (None: low, or no rule).

    ``since``: first day of the state; ``ends``: first day on which the next one may follow, if nothing new is found;
    ``released``: the earliest day of low risk, past or to come (None: no rule gives it a clock).
    """

    state: str
    clause: Clause | None = None
    since: Day | None = None
    ends: Day | None = None
    released: Day | None = None
    steps: tuple[Step, ...] = ()

    @property
    def order(self) -> tuple[object, ...]:
        """A total order of strictness: risk, then the latest release, then whatever tells two verdicts apart."""
        beyond = Day.min if self.state == "low" else Day.max
        dates = tuple(date or beyond for date in (self.released, self.ends, self.since))
        word = self.clause.word if self.clause else ""
        return (RISK_ORDER.index(self.state), *dates, word, tuple(step.order for step in self.steps))

    def say(self, lang: Lang) -> tuple[str, ...]:
        """Its steps as sentences."""
        return tuple(step.say(lang) for step in self.steps)


LOW = ZoneVerdict("low")


def strictest_zone(*verdicts: ZoneVerdict) -> ZoneVerdict:
    """The strictest of them; low if there is none. Commutative, associative, idempotent."""
    return max(verdicts, key=lambda verdict: verdict.order, default=LOW)


def zone_on(start: Day, kind: str, cases: Iterable[Day], pack: Pack, day: Day) -> ZoneVerdict:
    """The risk of a zone on ``day`` under one pack. ``start``: its first day; ``kind``: id of terms.ZONES or
    terms.RISKS with which it was drawn; ``cases``: days of infections found in it."""
    return zone_under(start, kind, cases, [(start, pack)], day)


def zone_in(start: Day, kind: str, cases: Iterable[Day], rules: Rulebook, day: Day, area: str = "") -> ZoneVerdict:
    """The risk of a zone on ``day`` under the packs in force meanwhile in the area of code ``area``; where several
    are in force side by side, the strictest."""
    days = sorted(set(cases))
    lines = successions(rules, start, day, area) or [[]]
    return strictest_zone(*(zone_under(start, kind, days, line, day) for line in lines))


def successions(rules: Rulebook, start: Day, day: Day, area: str = "") -> list[list[tuple[Day, Pack]]]:
    """(first day, pack) of the zone packs in force one after another from ``start`` to ``day``: one list for each
    pack that is in force at the end. A pack follows one that it replaces, or that stops when it begins."""
    lines = []
    for last in rules.in_force(day, area):
        if last.about == "zones":
            line = [last]
            while line[0].start > start and (before := _before(rules, line[0], area)):
                line.insert(0, before)
            lines.append([(max(start, pack.start), pack) for pack in line])
    return lines


def _before(rules: Rulebook, pack: Pack, area: str) -> Pack | None:
    """The pack whose place ``pack`` took on its first day."""
    eve = pack.start - dt.timedelta(1)
    return next(
        (p for p in rules.in_force(eve, area) if p.about == "zones" and rules.stop(p, area) == pack.start), None
    )


def zone_under(start: Day, kind: str, cases: Iterable[Day], line: Sequence[tuple[Day, Pack]], day: Day) -> ZoneVerdict:
    """The risk of a zone on ``day`` under packs that follow one another: (first day, pack), see successions."""
    risk = RISK_OF.get(kind, kind)
    if day < start or risk == "low":
        return LOW
    found = sorted({at for at in cases if at <= day})
    zone = _Zone(kind, risk, start, start, [at for at in found if at <= start])
    packs = {max(start, first): pack for first, pack in line if first <= day}
    for at in sorted({start, *packs, *(case for case in found if case > start)}):
        zone.elapse(before=at)
        if at in packs:
            zone.go_by(packs[at], at)
        if at in found and at > start:
            zone.infected(at)
    zone.elapse(before=day + dt.timedelta(1))
    return zone.verdict(day)


@dataclass
class _Zone:
    """A zone as time passes. ``cases``: days of infections so far; ``counted``: the day from which the clock of
    ``clause`` (None: no clock) runs; ``floor``: no change before it; ``back``: where a new case sends the zone."""

    kind: str
    state: str
    start: Day
    since: Day
    cases: list[Day]
    pack: Pack | None = None
    clause: Clause | None = None
    counted: Day = Day.min
    floor: Day = Day.min
    released: Day | None = None
    back: Clause | None = None
    steps: list[Step] = field(default_factory=list)

    @property
    def ends(self) -> Day | None:
        """First day after the clock that runs."""
        if self.clause is None or self.clause.open:
            return None
        return max(self.counted + dt.timedelta(self.clause.days), self.floor)

    def elapse(self, before: Day) -> None:
        """All changes that clocks make on days before ``before``."""
        while self.pack and self.clause and (ends := self.ends) and ends < before:
            following = self.pack.clause(self.clause.next)
            if following is None:
                self.leave(ends, Step(ends, "released", by=self.clause, state="low"))
            else:
                self.steps.append(Step(ends, "eased", by=following, state=following.risk))
                self.enter(following, ends, counted=ends)

    def infected(self, day: Day) -> None:
        """A new infection on ``day``."""
        self.cases.append(day)
        if self.back is not None:
            self.steps.append(Step(day, "case", by=self.back))
            self.enter(self.back, day, counted=day)

    def go_by(self, pack: Pack, day: Day) -> None:
        """From ``day`` on the zone goes by ``pack``."""
        first, self.pack, self.floor = self.pack is None, pack, day
        clause = pack.entry(self.kind) if first else self.clause and _same(pack, self.clause)
        self.back = _back(pack, clause) if first else self.back and _same(pack, self.back)
        if clause is not None:
            told = Step(day, "drawn" if first and day == self.start else "switched", by=clause, state=clause.risk)
            self.steps.append(told)
            self.enter(clause, day, self._counted(clause) if first else self.counted)
        elif first or self.clause is not None:
            of = (pack.name("zh"), pack.name("en"))
            self.leave(day, Step(day, "dropped", of=of, state="low"))

    def _counted(self, clause: Clause) -> Day:
        """The day from which the first clock of the zone runs: the last case, if its clock reaches into the zone."""
        last = max(self.cases, default=self.start)
        return last if clause.open or last + dt.timedelta(clause.days) > self.start else self.start

    def enter(self, clause: Clause, day: Day, counted: Day) -> None:
        """The state of ``clause`` holds from ``day`` on, unless it held already."""
        if self.state != clause.risk:
            self.state, self.since = clause.risk, day
        self.clause, self.counted, self.released = clause, counted, None
        self.back = _back(self.pack, clause)

    def leave(self, day: Day, told: Step) -> None:
        """Low from ``day`` on."""
        self.clause, self.state, self.since, self.released = None, "low", day, day
        self.steps.append(told)

    def verdict(self, day: Day) -> ZoneVerdict:
        """What there is to say on ``day``."""
        if self.pack is None:
            self.steps.append(Step(self.start, "unzoned"))
        over = self.pack.over(self.clause, self.ends) if self.pack and self.clause else self.released
        if self.clause is not None:
            self.steps += [Step(self.since, "says", by=self.clause), self._clock_step(day)]
        return ZoneVerdict(self.state, self.clause, self.since, self.ends, over, tuple(self.steps))

    def _clock_step(self, day: Day) -> Step:
        if self.ends is None:
            return Step(day, "open", by=self.clause)
        what = "quiet" if self.counted in self.cases else "counted"
        return Step(self.ends, what, by=self.clause, start=self.counted)


def _back(pack: Pack | None, clause: Clause | None) -> Clause | None:
    """Where a new case sends a zone that stands under ``clause``."""
    return (pack.clause(clause.again) or clause) if pack and clause else None


def _same(pack: Pack, clause: Clause) -> Clause | None:
    """The clause of ``pack`` for a zone that stood under another pack's."""
    same = pack.clause(clause.id)
    return same if same and same.risk == clause.risk else pack.entry(clause.risk)
