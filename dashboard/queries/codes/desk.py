"""The questions about codes: how many, who is overdue and who can mend it, whose systems disagree, on what grounds.

Read from what the ledgers of assignments left in the store (:mod:`data.code_days`), as of a version. A count is None
where no ledger speaks of the day or the system at all (missing); nought is nought.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.queries.codes.counted import ages_of, combined, owners_of, rate_of
from dashboard.queries.codes.hidden import DOUBTS, Sight
from dashboard.queries.codes.lines import (
    Ages,
    CodesBelow,
    Conflicts,
    Overdue,
    Owner,
    Provenance,
    Rates,
    SystemColours,
    TicketFull,
    Tickets,
    Wanted,
    Whole,
)
from dashboard.queries.codes.look import Look, systems_in
from dashboard.queries.codes.shelf import CodeShelf
from dashboard.queries.codes.state import (
    TAKEN_BACK,
    blocking,
    buckets,
    by_bucket,
    by_colour,
    disagree,
)
from dashboard.queries.codes.ticket import ticket_full
from dashboard.queries.codes.tickets import (
    COLOURS,
    FLAGS,
    bit,
    bursts,
    chosen,
    flagged,
    hexed,
    is_late,
    is_near,
    most_urgent,
    place_of,
    ticket_line,
)
from dashboard.queries.desk import Day, Desk, Viewer
from dashboard.queries.hidden import HIDDEN, Count, HiddenList, need_small
from data.city import System
from data.code_days import NO_DAY
from data.days import day_number
from data.errors import TicketNotFound, Withheld
from data.purged import named
from data.rules import Rulebook, city_rulebook
from data.terms import OVERDUE
from data.words import Both
from grid.cube import View
from grid.hiding.cut import safe
from grid.namesakes import in_city

#: Days that rates are told for at most.
RATE_DAYS = 14


class CodeDesk:
    """The questions, over one desk. ``viewer``, ``area``, ``day`` and ``as_of`` mean what they mean there; without a
    day the last one that a ledger speaks of; None is answered where no ledger speaks of the day."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._sight = Sight(desk.hiding)
        self._shelf = CodeShelf(desk.city)
        self._rules: Rulebook | None = None

    def forget(self) -> None:
        """What was read of the store is read anew: tickets of some days were destroyed."""
        self._shelf.forget()

    def sum_known(self, view: View) -> Mapping[Day, list[tuple[str, int]]]:
        """day -> the (source, load) pairs that tell of it."""
        return self._shelf.sum_known(view)

    def purged(self, viewer: Viewer, day: Day | None, as_of: dt.datetime | None = None) -> int | None:
        """The number of the certificate under which the tickets of a day were destroyed; None where they were not."""
        view = self.desk.cube.at(as_of)
        parts = self.sum_known(view).get(day, []) if day else []
        notes = (named(view.store.code_notes(day, source, load)) for source, load in parts if day)
        return next((purge["certificate"] for purge in notes if purge), None)

    # what there is ---------------------------------------------------------------------------------

    @property
    def rules(self) -> Rulebook:
        """The packs that the city goes by; RuleFileError."""
        if self._rules is None:
            self._rules = city_rulebook(self.desk.city)
        return self._rules

    def systems(self, viewer: Viewer) -> list[System]:
        """The code systems, as the viewer's own city calls them."""
        view = self.desk.cube.at()
        return systems_in(self.desk.city, view, self.desk.top(view, viewer))

    def days(self, viewer: Viewer, as_of: dt.datetime | None = None) -> list[Day]:
        """The days of which a ledger speaks, ascending."""
        return list(self.sum_known(self.desk.cube.at(as_of)))

    def words(self, viewer: Viewer, day: Day, as_of: dt.datetime | None = None) -> Mapping[str, Sequence[str]]:
        """The words that a day's ledgers have for what the viewer may see: owners, authorities, groups, ...; {} where
        none speaks of it."""
        found = self._look(viewer, "city", day, as_of)
        return found.words if found else {}

    def owner_name(self, viewer: Viewer, name: str) -> str:
        """An owner's name in the reader's language: a city's or a district's, who own what nobody else does, is an
        area's, of which a city file gives both; an authority's is as the ledger writes it."""
        areas = self.desk.cube.at().areas
        rows = [row for level in ("city", "district") for row in areas.of_level(level).tolist()]
        for row in (row for row in rows if name.endswith(areas.name[row])):
            own, label = areas.name[row], areas.label(row, viewer.lang)
            if name in (own, in_city(areas, row, own)):
                return label if name == own else in_city(areas, row, label, viewer.lang)
        return name

    def last_day(self, viewer: Viewer, upto: Day | None = None, as_of: dt.datetime | None = None) -> Day | None:
        """The last of them, not after ``upto``."""
        return max((day for day in self.days(viewer, as_of) if upto is None or day <= upto), default=None)

    # numbers ---------------------------------------------------------------------------------------

    def late(
        self, viewer: Viewer, area: str, day: Day | None = None, as_of: dt.datetime | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
        """Assignments that are due on the day or over their time: rows of the areas where they are, and how many, to be
        counted by whoever must visit them. None where no ledger speaks of the day."""
        need_small(viewer, "到期和超期的赋码", "Assignments that are due or over")
        found = self._look(viewer, area, day, as_of)
        if found is None:
            return None
        over = list(OVERDUE).index("due")
        rows = found.open[(found.open["colour"] > 0) & (found.open["overdue"] >= over)]
        return found.view.leaves.area[rows["leaf"]].astype(np.int64), rows["n"].astype(np.int64)

    def colours(
        self, viewer: Viewer, area: str, day: Day | None = None, as_of: dt.datetime | None = None
    ) -> list[SystemColours] | None:
        """People of each colour in each system; Withheld where one of them is small, or a neighbour's is."""
        found = self._look(viewer, area, day, as_of)
        if found is None:
            return None
        if not self._may(viewer, found, "colours"):
            raise Withheld(what=Both("各系统码色人数", "Codes by system"))
        groups, systems = found.groups, found.systems
        stand = groups[groups["today"] != TAKEN_BACK]
        counts = by_colour(stand, len(systems))
        turned = groups[groups["colour"] > 0]
        per = [np.bincount(t["system"], t["n"], len(systems)) for t in (turned[turned["today"] == k] for k in (1, 2))]
        return [
            SystemColours(
                system,
                {colour: int(counts[at, n]) if at in found.state.told else None for n, colour in enumerate(COLOURS)},
                *(_turned_today(one, at, found, viewer) for one in per),
            )
            for at, system in enumerate(systems)
        ]

    def repeats(self, viewer: Viewer, day: Day | None = None, as_of: dt.datetime | None = None) -> Count:
        """Rows of the day's ledgers, in the whole city, that say a person's code in a system once more; the strictest
        counts. Nought for who sees a part of the city: nobody counted them by area."""
        found = self._look(viewer, "city", day, as_of)
        n = found.state.repeats if found and viewer.scope is None else 0
        return n if viewer.small_numbers or safe(np.array([n]), self.desk.hiding.threshold).all() else HIDDEN

    def overdue(
        self, viewer: Viewer, area: str, day: Day | None = None, as_of: dt.datetime | None = None
    ) -> Overdue | None:
        """What is overdue, by age, system and owner; Withheld where one age is small, or a neighbour's is."""
        found = self._look(viewer, area, day, as_of)
        if found is None:
            return None
        if not viewer.small_numbers:
            return self._overdue_shown(viewer, found)
        groups, words = found.open, found.state.words["owner"]
        per_system = by_bucket(groups, "system", len(found.systems))
        per_owner = by_bucket(groups, "owner", len(words))
        near = is_near(found.tickets, found.state.day) & is_late(found.tickets)
        owner_near = np.bincount(found.tickets["owner"][near], minlength=len(words))
        gone = self.purged(viewer, found.state.day, as_of) is not None
        owners = owners_of(words, per_owner, None if gone else owner_near)
        owners.sort(key=lambda one: (-(one.near or 0), -one.ages.counts["stuck"], -one.ages.late, one.name))
        return Overdue(
            ages_of(buckets(groups)),
            [(s, ages_of(per_system[at]) if at in found.state.told else None) for at, s in enumerate(found.systems)],
            owners,
            None if gone else int(near.sum()),
        )

    def _overdue_shown(self, viewer: Viewer, found: Look) -> Overdue:
        """The same for a viewer who may not see small numbers: how many, by age and near a harm, as far as is shown."""
        if not self._may(viewer, found, "late"):
            raise Withheld(what=Both("应转未转", "Overdue codes"))
        none = Ages(dict.fromkeys(OVERDUE, HIDDEN))
        near: Count = HIDDEN
        if self._may(viewer, found, "grounds"):
            near = int((is_near(found.tickets, found.state.day) & is_late(found.tickets)).sum())
        systems = [(s, none if at in found.state.told else None) for at, s in enumerate(found.systems)]
        owners: HiddenList[Owner] = HiddenList(Both("应转未转责任单位", "Overdue codes by owner"))
        return Overdue(self._as_far_as_shown(viewer, found, found.row), systems, owners, near)

    def _as_far_as_shown(self, viewer: Viewer, found: Look, row: int) -> Ages:
        """The ages of an area at ``row``, or how many are overdue alone."""
        areas = found.view.areas
        ages = ages_of(buckets(found.state.open_groups(int(areas.lo[row]), int(areas.hi[row]))))
        if self._may(viewer, found, "ages", row):
            return ages
        return Whole(dict.fromkeys(OVERDUE, HIDDEN), ages.late, ages.open)

    def below(
        self, viewer: Viewer, area: str, day: Day | None = None, as_of: dt.datetime | None = None
    ) -> list[CodesBelow] | None:
        """The same for every area below, and for what is known no finer than the area, if there is any; Withheld where
        one of them is small."""
        found = self._look(viewer, area, day, as_of)
        if found is None:
            return None
        areas, row = found.view.areas, found.row
        rows = areas.children(row).tolist()
        if rows and not self._may(viewer, found, "late", rows[0]):
            raise Withheld(what=Both("下辖各区域应转未转", "Overdue codes of the areas inside"))
        parts = [
            (areas.code[r], areas.label(r, viewer.lang), areas.level[r], *self._part(found, r, viewer)) for r in rows
        ]
        whole_ages, whole_conflicts = self._part(found, row, viewer)
        rest = {b: n - sum(part[3].counts[b] for part in parts) for b, n in whole_ages.counts.items()}
        lines = [CodesBelow(*part) for part in parts]
        if not viewer.small_numbers and parts and not self._may(viewer, found, "ages", rows[0]):
            lost = [whole_ages.late - sum(p[3].late for p in parts), whole_ages.open - sum(p[3].open for p in parts)]
            if any(lost):
                none = Whole(dict.fromkeys(OVERDUE, HIDDEN), *lost)
                lines.append(CodesBelow("", areas.label(row, viewer.lang), areas.level[row], none, HIDDEN))
        elif parts and any(rest.values()):
            left = None if whole_conflicts is None else whole_conflicts - sum(part[4] or 0 for part in parts)
            lines.append(CodesBelow("", areas.label(row, viewer.lang), areas.level[row], Ages(rest), left))
        return lines

    def conflicts(
        self, viewer: Viewer, area: str, day: Day | None = None, as_of: dt.datetime | None = None
    ) -> Conflicts | None:
        """How the systems' colours of one person combine; Withheld."""
        need_small(viewer, "一人多码", "How one person's codes combine")
        found = self._look(viewer, area, day, as_of)
        if found is None:
            return None
        if not found.state.joined:
            return Conflicts(found.systems, {}, None, dict.fromkeys((s.id for s in found.systems), None), None)
        people = combined(found.combinations, len(found.systems))
        blocked = {system.id: 0 for system in found.systems}
        for combination, n in people.items():
            at = blocking(combination)
            if at is not None:
                blocked[found.systems[at].id] += n
        split = found.tickets[flagged(found.tickets, "conflict")]
        since = split["since"][split["since"] != NO_DAY]
        oldest = None if not len(since) else day_number(found.state.day) - int(since.min())
        disagreeing = sum(n for combination, n in people.items() if disagree(combination))
        return Conflicts(found.systems, people, disagreeing, blocked, oldest)

    def provenance(
        self, viewer: Viewer, area: str, day: Day | None = None, as_of: dt.datetime | None = None
    ) -> Provenance | None:
        """On what grounds codes were assigned, as far as these are in doubt; Withheld where one number is small, or a
        neighbour's is; None where no ticket tells of them any more."""
        found = self._look(viewer, area, day, as_of)
        if found is None or self.purged(viewer, found.state.day, as_of) is not None:
            return None
        if not self._may(viewer, found, "grounds"):
            raise Withheld(what=Both("来路存疑的赋码", "Codes on doubtful grounds"))
        often = np.bincount(found.tickets["flags"], minlength=1 << len(FLAGS))
        sets = np.arange(len(often))
        flags: dict[str, Count] = {flag: int(often[sets & bit(flag) != 0].sum()) for flag in FLAGS}
        if not viewer.small_numbers:
            told = (*DOUBTS, "overdue", "waiting")
            flags = {flag: n if flag in told else HIDDEN for flag, n in flags.items()}
            return Provenance(flags, HiddenList(Both("成批赋码", "Batches")))
        return Provenance(flags, bursts(found))

    def rates(
        self, viewer: Viewer, area: str, day: Day | None = None, as_of: dt.datetime | None = None
    ) -> Rates | None:
        """What each authority assigned and cleared on the days up to ``day``, largest first; Withheld."""
        need_small(viewer, "赋码与解码", "Assigning against clearing")
        found = self._look(viewer, area, day, as_of)
        if found is None:
            return None
        last, known = found.state.day, self.sum_known(found.view)
        first = max(min(known), last - dt.timedelta(days=RATE_DAYS - 1))
        days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
        made = [
            self._shelf.turned(found.view, one, known[one]).by_authority(*found.span) if one in known else None
            for one in days
        ]
        stand = by_bucket(found.open, "authority", len(found.state.words["authority"]))
        held = {word: ages_of(row) for word, row in zip(found.state.words["authority"], stand, strict=True)}
        names = dict.fromkeys([*held, *(name for one in made if one for name in one)])
        lines = [rate_of(name, held.get(name), made) for name in names]
        busy = [line for line in lines if line.open or any(line.assigned) or any(line.cleared)]
        return Rates(days, sorted(busy, key=lambda line: (-line.open, line.name)))

    # tickets ---------------------------------------------------------------------------------------

    def tickets(
        self,
        viewer: Viewer,
        area: str,
        day: Day | None = None,
        as_of: dt.datetime | None = None,
        wanted: Wanted | None = None,
        offset: int = 0,
        limit: int = 50,
    ) -> Tickets:
        """A page of tickets: nearest day of a harm first, then the longest overdue. Forbidden; the log is told."""
        viewer.need("tickets")
        need_small(viewer, "逐条赋码", "Single assignments")
        found = self._look(viewer, area, day, as_of)
        if found is None:
            return Tickets([], 0)
        rows = np.flatnonzero(chosen(found, wanted or Wanted()))
        order = rows[most_urgent(found.tickets[rows], found.state.day, offset + limit)][offset:]
        people = len(np.unique(found.tickets["person"][order]))
        self.desk.noted(viewer, "tickets", found.code, people, day=found.state.day, first=offset + 1, listed=len(order))
        return Tickets([ticket_line(found, int(at), viewer.lang) for at in order], len(rows))

    def ticket(
        self, viewer: Viewer, number: str, day: Day | None = None, as_of: dt.datetime | None = None
    ) -> TicketFull:
        """One assignment on a day (without one: on the last day that lists it). TicketNotFound, Forbidden; the log is
        told."""
        viewer.need("tickets")
        need_small(viewer, "逐条赋码", "Single assignments")
        view = self.desk.cube.at(as_of)
        days = [day] if day is not None else self.days(viewer, as_of)[::-1]
        for one in days:
            found = self._look(viewer, "city", one, as_of)
            at = None if found is None else place_of(found.tickets, number)
            if found is not None and at is not None:
                place = view.areas.code[found.area_of(int(found.tickets["leaf"][at]))]
                self.desk.noted(viewer, "ticket", place, 1, day=one, ticket=hexed(found.tickets["id"][at]))
                return ticket_full(found, at, self.rules, viewer.lang, self.desk.top(found.view, viewer))
        raise TicketNotFound(ticket=number)

    # helpers ---------------------------------------------------------------------------------------

    def _look(self, viewer: Viewer, area: str, day: Day | None, as_of: dt.datetime | None) -> Look | None:
        """What the ledgers say of an area on a day; the viewer's scope is enforced here."""
        view = self.desk.cube.at(as_of)
        row = self.desk.row(view, viewer, area)
        known = self.sum_known(view)
        day = day or max(known, default=None)
        if day is None or day not in known:
            return None
        parts = known[day] if viewer.small_numbers else self._shelf.first_told(view, day)
        return Look(view, row, self._shelf.state(view, day, parts), systems_in(self.desk.city, view, row))

    def _may(self, viewer: Viewer, found: Look, layer: str, row: int | None = None) -> bool:
        """Whether a viewer may see a layer (a field of Shown) of an area, or of the one at ``row``."""
        if viewer.small_numbers:
            return True
        return bool(getattr(self._sight.of(found.view, found.state), layer)[found.row if row is None else row])

    def _part(self, found: Look, row: int, viewer: Viewer) -> tuple[Ages, Count | None]:
        """(ages, people in conflict) of an area; None where persons cannot be compared."""
        lo, hi = int(found.view.areas.lo[row]), int(found.view.areas.hi[row])
        state = found.state
        ages = self._as_far_as_shown(viewer, found, row)
        if not state.joined:
            return ages, None
        if not viewer.small_numbers:
            return ages, HIDDEN
        people = combined(state.combinations[state.inside(state.combinations, lo, hi)], len(found.systems))
        return ages, sum(n for colours, n in people.items() if disagree(colours))


def _turned_today(counts: NDArray[Any], at: int, found: Look, viewer: Viewer) -> Count | None:
    """How many of a system were assigned or cleared; never beside the stocks for who may not see small numbers."""
    if at not in found.state.told:
        return None
    return int(counts[at]) if viewer.small_numbers else HIDDEN
