"""The questions about notices: which are in force, what each changed on the screen, and where they contradict.

What a notice changed is found by taking its pack out of the rulebook and reading everything again: zones whose clock
differs, and people whose colour follows from their zone. What it turned by order is PolicyDesk's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.queries.days import day_range
from dashboard.queries.desk import Day, Desk, Viewer
from dashboard.queries.hidden import HIDDEN, Count, Made, hidden
from dashboard.queries.policy import Number, PolicyDesk
from dashboard.queries.zones import Total, ZoneDesk
from data.code_days import standing
from data.notices import Notice
from data.rules import Clause, Pack, Rulebook
from data.rules.contradictions import Contradiction, contradictions
from data.terms import CODES
from grid.cube import View
from grid.policy.orders import rows_of
from grid.zones.clocks import ZoneClock

#: Where a zone keeps its people, if no rule that times it says so -> the identity that code packs know them by.
_IDENTITY = {"home": "stay_home", "compound": "stay_in"}
_CONFINED = {"lockdown": "home", "high": "home", "middle": "home", "control": "compound"}


@dataclass(frozen=True)
class Changed:
    """What is different on the screen because a notice is in force.

    ``zones``: whose clock or state would be another, or those that a notice without rules drew; ``coloured``: people
    whose colour, by their zone, would be another. ``ordered``: people whom it takes in as an order, ``alone`` those
    whom no other order takes in (None: the tables cannot tell, or it is no order). ``exceptions``: open exceptions of
    the code ledger under its clauses (None: no ledger). ``areas``: names of the areas one level below that have any
    of it.
    """

    zones: Total
    coloured: int | None
    ordered: Made | None
    alone: Made | None
    exceptions: Count | None
    areas: tuple[str, ...]

    @property
    def people(self) -> Made | None:
        """The largest of what is known of people: the same may be in each."""
        if hidden(self.ordered):
            return self.ordered
        found = [self.ordered, self.coloured, self.zones.people if self.zones.zones else None]
        return max((one for one in found if one is not None), default=None if self.ordered is None else 0)


@dataclass(frozen=True)
class NoticeLine:
    """One notice: as it was delivered, as a pack of rules, or both. ``stop``: the first day without it; ``under``: the
    pack by which a notice goes that is none itself."""

    key: str
    number: str
    title: str
    authority: str
    start: Day
    stop: Day | None
    areas: tuple[str, ...]
    colour: str
    notice: Notice | None
    pack: Pack | None
    changed: Changed
    under: Pack | None = None

    @property
    def clauses(self) -> Sequence[Clause]:
        """What it says, if its pack is known."""
        return self.pack.clauses if self.pack else ()


@dataclass(frozen=True)
class NoticeSummary:
    """The notices in force in numbers: how many hold, how many begin today; zones whose clock a rule gives (of the
    notice that times most), people hit by the order that hits most (None: the tables cannot tell)."""

    in_force: int
    begun: int
    timed: int
    ordered: Made | None


class NoticeDesk:
    """The questions about notices, over one desk. ``day`` None: the last day that zones or orders speak of."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @property
    def zones(self) -> ZoneDesk:
        """The questions about zones."""
        return self.desk.beside(ZoneDesk)

    @property
    def policy(self) -> PolicyDesk:
        """The questions about orders."""
        return self.desk.beside(PolicyDesk)

    @property
    def rules(self) -> Rulebook:
        """The packs that the city goes by; RuleFileError."""
        return self.zones.rules

    def days(self, viewer: Viewer, as_of: dt.datetime | None = None) -> Sequence[Day]:
        """Every day on which notices can be asked for."""
        known = self.desk.cube.at(as_of).notices
        days = self.zones.days(viewer, as_of) or self.policy.days(viewer, as_of)
        return day_range(min([days[0], *(notice.start for notice in known)]), days[-1]) if days else []

    def last_day(self, viewer: Viewer, as_of: dt.datetime | None = None) -> Day | None:
        """The day that is meant where none is asked for: the last that anything but plans speaks of."""
        return self.zones.last_day(viewer, as_of) or self.policy.last_day(viewer, as_of)

    def in_force(
        self, viewer: Viewer, area: str = "city", day: Day | None = None, as_of: dt.datetime | None = None
    ) -> list[NoticeLine]:
        """The notices in force in an area on a day, the newest first, each with what it changed there."""
        view = self.desk.cube.at(as_of)
        day = self._day(viewer, day, as_of)
        asked = _Asked(view, viewer, self.desk.row(view, viewer, area), day, as_of)
        packs = {pack.id: pack for pack in self._packs(asked)}
        lines = [self._line(asked, notice, self._pack_of(notice, packs)) for notice in self._notices(asked)]
        lines += [self._line(asked, None, pack) for pack in packs.values()]
        return sorted(lines, key=lambda line: (line.start, line.number), reverse=True)

    def summary(
        self, viewer: Viewer, area: str = "city", day: Day | None = None, as_of: dt.datetime | None = None
    ) -> NoticeSummary:
        """The same in numbers."""
        lines = self.in_force(viewer, area, day, as_of)
        day = self._day(viewer, day, as_of)
        return NoticeSummary(
            in_force=len(lines),
            begun=sum(line.start == day for line in lines),
            timed=max((line.changed.zones.zones for line in lines if line.pack), default=0),
            ordered=_most([line.changed.ordered for line in lines if line.changed.ordered is not None]),
        )

    def contradictions(
        self, viewer: Viewer, area: str = "city", day: Day | None = None, as_of: dt.datetime | None = None
    ) -> Sequence[Contradiction]:
        """Where packs in force in an area contradict each other on a day."""
        view = self.desk.cube.at(as_of)
        asked = _Asked(view, viewer, self.desk.row(view, viewer, area), self._day(viewer, day, as_of), as_of)
        near = {pack.id: pack for pack in self._packs(asked)}
        found = [one for one in contradictions(self.rules, asked.day) if {c.pack for c in one.clauses} <= near.keys()]
        return [one for one in found if self._together([near[clause.pack] for clause in one.clauses], asked.day)]

    def begun(self, viewer: Viewer, area: str, first: Day, last: Day) -> list[tuple[Day, str]]:
        """(first day, number) of the notices that began between two days in an area, for a time line."""
        view = self.desk.cube.at()
        asked = _Asked(view, viewer, self.desk.row(view, viewer, area), last, None)
        delivered = [(n.start, n.number) for n in view.notices if asked.touches(n.areas)]
        told = {number for _, number in delivered}
        packs = [(p.start, p.notice) for p in self.rules.packs if asked.governed(p) and p.notice not in told]
        return sorted({(start, number) for start, number in (*delivered, *packs) if first <= start <= last})

    # helpers ---------------------------------------------------------------------------------------

    def _day(self, viewer: Viewer, day: Day | None, as_of: dt.datetime | None) -> Day:
        if day is not None:
            return day
        last = self.last_day(viewer, as_of)
        return last or self.desk.cube.at(as_of).known.date()

    def _together(self, packs: Sequence[Pack], day: Day) -> bool:
        """Whether packs hold in one place: where the narrowest of them does."""
        place = max((pack.area for pack in packs), key=len)
        return all(self.rules.holds(pack, day, place) for pack in packs)

    def _packs(self, asked: _Asked) -> list[Pack]:
        """The packs in force that govern any of the area, or all of it."""
        return [
            pack
            for pack in self.rules.packs
            if asked.governed(pack) and self.rules.holds(pack, asked.day, asked.code_for(pack))
        ]

    def _notices(self, asked: _Asked) -> list[Notice]:
        known = asked.view.notices
        return [notice for notice in known if notice.holds(asked.day) and asked.touches(notice.areas)]

    def _pack_of(self, notice: Notice, packs: dict[str, Pack]) -> Pack | None:
        """The pack that says what the notice says: by its number. Others may name it as what they go by."""
        found = self.rules.find(notice.number)
        return packs.pop(found.id, None) if found else None

    def _line(self, asked: _Asked, notice: Notice | None, pack: Pack | None) -> NoticeLine:
        lang, areas = asked.viewer.lang, asked.view.areas
        changed = self._changed(asked, notice, pack)
        if notice is not None:
            rows = [row for row in rows_of(asked.view, notice.areas) if asked.near(row)]
            names = tuple(areas.label(row, lang) for row in rows)
            told = notice.number, notice.title or (pack.name(lang) if pack else ""), notice.authority
            if pack is not None and lang == "en":  # a city delivers its notices in Chinese only
                told = pack.number(lang), pack.name(lang), pack.by(lang)
            since = notice.start, notice.stop
            under = None if pack else next((one for one in self.rules.packs if one.id == notice.rule), None)
            return NoticeLine(notice.key, *told, *since, names, notice.colour, notice, pack, changed, under)
        assert pack is not None
        colour = max((clause.colour for clause in pack.clauses), key=_strictness, default="")
        return NoticeLine(
            pack.id, pack.number(lang), pack.name(lang), pack.by(lang), pack.start,
            self.rules.stop(pack, asked.code_for(pack)), asked.names(pack), colour, None, pack, changed,
        )  # fmt: skip

    def _changed(self, asked: _Asked, notice: Notice | None, pack: Pack | None) -> Changed:
        zones, coloured, rows = Total(0, 0, 0), None, set[int]()
        if pack is not None and pack.about == "zones":
            clocks = self.without(asked.view, pack, asked.day)
            clocks = [clock for clock in clocks if asked.inside(clock.zone.row)]
            size = self.zones.book(asked.view).total(clocks)
            zones, rows = Total(len(clocks), size.people, size.m2), {clock.zone.row for clock in clocks}
        elif pack is None and notice is not None:
            zones, rows = self._drawn(asked, notice)
        elif pack is not None and pack.about == "codes":
            clocks = [clock for clock in self._recoloured(asked.view, pack, asked.day) if asked.inside(clock.zone.row)]
            coloured, rows = self.zones.book(asked.view).total(clocks).people, {clock.zone.row for clock in clocks}
        hit, alone = self._ordered(asked, notice)
        return Changed(zones, coloured, hit, alone, self._exceptions(asked, pack), asked.below(rows))

    def _drawn(self, asked: _Asked, notice: Notice) -> tuple[Total, set[int]]:
        """The standing zones that a notice without rules drew: those in its areas since its first day."""
        book = self.zones.book(asked.view)
        if notice.scope != "area" or notice.colour == "green":
            return Total(0, 0, 0), set()
        ours = [range(row, int(asked.view.areas.last[row])) for row in rows_of(asked.view, notice.areas)]
        clocks = [
            clock
            for clock in book.on(asked.day)
            if clock.standing and not clock.zone.risk and clock.zone.start == notice.start
            and asked.inside(clock.zone.row) and any(clock.zone.row in rows for rows in ours)
        ]  # fmt: skip
        size = book.total(clocks)
        return Total(len(clocks), size.people, size.m2), {clock.zone.row for clock in clocks}

    def without(self, view: View, pack: Pack, day: Day) -> list[ZoneClock]:
        """The zones standing on ``day`` whose clock would be another without a pack."""
        now, other = self.zones.book(view), self.zones.book(view, pack.id)
        both = zip(now.on(day), other.on(day), strict=True)
        return [one for one, two in both if one.standing and _read(one) != _read(two)]

    def _recoloured(self, view: View, pack: Pack, day: Day) -> list[ZoneClock]:
        """The zones whose people would have another colour without a pack of codes."""
        rest = Rulebook(tuple(other for other in self.rules.packs if other.id != pack.id))
        standing = [clock for clock in self.zones.book(view).on(day) if clock.standing]
        return [c for c in standing if _colour(self.rules, view, c, day) != _colour(rest, view, c, day)]

    def _ordered(self, asked: _Asked, notice: Notice | None) -> tuple[Made | None, Made | None]:
        if notice is None or not notice.colour:
            return None, None
        area = asked.view.areas.code[asked.row]
        lines = self.policy.orders(asked.viewer, area, asked.day, asked.as_of).lines
        told = next((line.told for line in lines if line.notice.key == notice.key), None)
        return (_made(told.hit), _made(told.alone)) if told else (None, None)

    def _exceptions(self, asked: _Asked, pack: Pack | None) -> Count | None:
        """Tickets of the newest ledger of the day under the clauses of a pack; HIDDEN from who may not see small
        numbers, as clauses split the people of a ledger once more."""
        known = [key for key in self.desk.cube.store.code_days(asked.view.version) if key[0] <= asked.day]
        if pack is None or not pack.turns_codes or not known:
            return None
        if not asked.viewer.small_numbers:
            return HIDDEN
        newest = [key for key in known if key[0] == known[-1][0]]
        found = 0
        for made in standing([self.desk.cube.store.code_day(*key) for key in newest]):
            words = {f"{pack.id}/{clause.id}" for clause in pack.clauses}
            ours = np.array([word in words for word in made.words["clause"]], np.bool_)
            leaf = made.tickets["leaf"]
            if made.geography != asked.view.geography.id:
                leaf = asked.view.leaf_map(made.geography)[leaf]
            found += int((ours[made.tickets["clause"]] & asked.holds(leaf)).sum())
        return found


@dataclass(frozen=True)
class _Asked:
    """An area on a day, asked by somebody."""

    view: View
    viewer: Viewer
    row: int
    day: Day
    as_of: dt.datetime | None

    @property
    def code(self) -> str:
        return self.view.areas.code[self.row]

    def inside(self, row: int) -> bool:
        return self.row <= row < int(self.view.areas.last[self.row])

    def near(self, row: int) -> bool:
        """Whether an area lies in the asked one or holds it."""
        return self.inside(row) or row <= self.row < int(self.view.areas.last[row])

    def touches(self, codes: Iterable[str]) -> bool:
        return any(self.near(row) for row in rows_of(self.view, codes))

    def governed(self, pack: Pack) -> bool:
        """Whether a pack speaks of any of the area."""
        inside = self.view.areas.code[self.row : int(self.view.areas.last[self.row])]
        return pack.governs(self.code) or any(code.startswith(pack.area) for code in inside)

    def code_for(self, pack: Pack) -> str:
        """The code with which to ask whether a pack holds: the area's, or the pack's own inside it."""
        return self.code if pack.governs(self.code) else pack.area

    def names(self, pack: Pack) -> tuple[str, ...]:
        """The area that a pack governs, by name, as far as the asked one shows it."""
        row = self.view.areas.row_of.get(pack.area, self.row)
        return (self.view.areas.label(row if self.near(row) else self.row, self.viewer.lang),)

    def below(self, rows: Iterable[int]) -> tuple[str, ...]:
        """Names of the areas one level below that hold any of ``rows``."""
        areas, found = self.view.areas, sorted(rows)
        children = areas.children(self.row).tolist()
        held = [child for child in children if any(child <= row < areas.last[child] for row in found)]
        return tuple(areas.label(child, self.viewer.lang) for child in held)

    def holds(self, leaf: np.ndarray[tuple[int], np.dtype[np.int32]]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which leaves lie in the area."""
        lo, hi = int(self.view.areas.lo[self.row]), int(self.view.areas.hi[self.row])
        return np.asarray((leaf >= lo) & (leaf < hi), np.bool_)


def _made(one: Number) -> Made | None:
    return HIDDEN if one.state == "suppressed" else one.value


def _most(found: Sequence[Made]) -> Made | None:
    """The largest; HIDDEN where any is."""
    return HIDDEN if any(map(hidden, found)) else max(found, default=None)


def _read(clock: ZoneClock) -> tuple[object, ...]:
    """What is read off a clock."""
    return clock.state, clock.over, clock.ends, clock.clause and clock.clause.word


def _strictness(colour: str) -> int:
    return list(CODES).index(colour) if colour in CODES else -1


def _colour(rules: Rulebook, view: View, clock: ZoneClock, day: Day) -> str:
    """The strictest colour that code packs give the people of a zone."""
    confined = (clock.clause.confined if clock.clause else "") or _CONFINED[clock.zone.kind]
    entries = rules.entries(day, view.areas.code[clock.zone.row], _IDENTITY.get(confined, "stay_home"))
    return max((clause.colour for clause in entries), key=_strictness, default="")


__all__ = ["Changed", "NoticeDesk", "NoticeLine", "NoticeSummary"]
