"""The book's rows as the records of one answer: in the reader's language, with what the reader can do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.queries.desk import Viewer
from dashboard.queries.event_lines import EventFull, EventLine, EventReport, EventStep, EventTold, Unit
from data.events.classes import EventClass
from data.events.read import History, Sensed, Standing
from data.events.rows import Change
from data.events.shelf import Kept
from data.events.state import AHEAD, FROM
from grid.cube import View

#: What can be done with an event -> what its history calls that; in the order of its life.
STEPS: Mapping[str, str] = {
    "accept": "accepted", "act": "acting", "feed_back": "fed_back", "close": "closed", "hand_over": "handed_over",
    "reopen": "reopened", "comment": "commented",
}  # fmt: skip
#: Classes whose events are about a person each.
PERSONS = ("code_overdue", "gate_hit", "parking_hit", "home_alarm", "arrival", "fever")


@dataclass
class Records:
    """Makes the records of one answer. ``top``: the row of the area beyond which the viewer sees nothing."""

    view: View
    viewer: Viewer
    top: int
    classes: Mapping[str, EventClass]
    now: dt.datetime
    _units: dict[str, Unit] = field(default_factory=dict)

    def unit(self, code: str) -> Unit:
        """An area or an owner."""
        if code not in self._units:
            areas, row = self.view.areas, self.view.row(code)
            self._units[code] = Unit(areas.code[row], areas.label(row, self.viewer.lang), areas.level[row])
        return self._units[code]

    def line(self, kept: Kept) -> EventLine:
        """An event as it is listed."""
        one, made = kept.event, self.classes[kept.event.klass]
        return EventLine(
            id=one.id, klass=one.klass, name=made.term.name(self.viewer.lang), state=one.state, urgent=made.urgent,
            evidence=made.evidence, area=self.unit(one.area), cell=one.cell, where=self._where(one.area),
            owner=self.unit(one.owner), place=one.place, note=self._note(kept.note, kept.more),
            person=one.klass in PERSONS, happened=one.happened, opened=one.sensed, closed=one.closed, step=_next(one),
            due=one.deadline, late=one.overdue(self.now), reports=one.reports, escalated=one.escalations,
            reopened=one.reopened, may=tuple(self._may(one, made.check)),
        )  # fmt: skip

    def full(self, found: History) -> EventFull:
        """An event with all that is known of it."""
        first = found.reports[0]
        return EventFull(
            self.line(Kept(found.event, first.note, first.more)),
            found.event.subject,
            tuple(self._step(one) for one in found.changes),
            tuple(self._report(one) for one in found.reports),
            tuple(EventTold(self.unit(one.area), one.what, one.made, one.sent, one.fetched) for one in found.messages),
        )

    def _where(self, code: str) -> str:
        areas = self.view.areas
        above = areas.path(self.view.row(code))[1:-1]
        return " ".join(areas.label(at, self.viewer.lang) for at in above if at >= self.top)

    def _step(self, one: Change) -> EventStep:
        missed, satisfied = one.more.get("missed", ""), one.more.get("satisfied")
        return EventStep(
            one.id, one.what, one.at, one.done, one.said, one.by, one.role, one.state, self.unit(one.owner), one.note,
            tuple(one.evidence), missed, satisfied,
        )  # fmt: skip

    def _report(self, one: Sensed) -> EventReport:
        note = self._note(one.note, one.more)
        return EventReport(one.source, one.key, one.received, one.happened, one.place, note)

    def _note(self, note: str, more: Mapping[str, Any]) -> str:
        told = more.get(self.viewer.lang)
        return told if isinstance(told, str) else note

    def _may(self, one: Standing, check: bool) -> Iterator[str]:
        """What the state, the viewer's right, and that nobody checks their own work leave to be done."""
        for action, what in STEPS.items() if self.viewer.may("act") else ():
            own = action == "close" and check and one.actor == self.viewer.user
            if one.state in FROM[what] and not own:
                yield action


def _next(one: Standing) -> str:
    return next((step for step in AHEAD[one.state] if getattr(one, f"{step}_by") == one.deadline), "")
