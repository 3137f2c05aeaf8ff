"""Whatever comes in whatever order: the book is held against a model that knows the rules by itself.

At every moment: no event without an owner, none lost, none doubled; duplicates fold; the rows are what the history
says; the same key does nothing twice.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from data.errors import EventStateError
from data.events import Events, read, work
from data.events.clock import tick
from data.events.intake import take
from data.events.rebuild import wrong
from tests import postgres
from tests.happened import COMMUNITIES, DISTRICTS, NOW, STREETS, UNITS, minutes, report

PEOPLE = ("wang", "li", "zhao")
UNIT_CODES = (*COMMUNITIES, *STREETS, *DISTRICTS, "9901")

#: Class -> (digits of its level's codes, accept, act, close, fold in minutes, evidence, check): by hand.
RULES = {
    "gate_hit": (12, 30, 120, 1440, 720, True, True),
    "fever": (9, 60, 120, 1440, 1440, False, True),
    "arrival": (6, 180, 1440, 4320, 1440, False, False),
}

#: What is usually done next.
NEXT = {"open": "accept", "accepted": "act", "acting": "feed_back", "fed_back": "close", "closed": "comment"}


@dataclass
class Model:
    """What an event should be."""

    klass: str
    area: str
    subject: str
    owner: str
    first: dt.datetime
    latest: dt.datetime
    by: dict[str, dt.datetime]
    state: str = "open"
    reports: set[tuple[str, str]] = field(default_factory=set)
    missed: set[str] = field(default_factory=set)
    actor: str = ""
    proof: bool = False
    changes: int = 1
    escalations: int = 0

    def running(self) -> set[str]:
        """Deadlines that the state has to keep."""
        ahead = {"open": {"accept", "act", "close"}, "accepted": {"act", "close"}, "closed": set()}
        return ahead.get(self.state, {"close"})


class Machine(RuleBasedStateMachine):
    """Reports, steps and ticks on a book and its model."""

    server: postgres.Server | None = None

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.made = self.server.database() if self.server is not None else None
        url = self.made.__enter__() if self.made else f"sqlite:///{self.folder.name}/a.db"
        self.events = Events.beside(url, Path(self.folder.name))
        self.now = NOW
        self.models: dict[int, Model] = {}
        self.known: dict[tuple[str, str], tuple[int, str, str]] = {}
        self.keys: dict[tuple[str, str], tuple[int, str]] = {}

    def teardown(self) -> None:
        self.events.close()
        if self.made:
            self.made.__exit__(None, None, None)
        self.folder.cleanup()

    # reports ---------------------------------------------------------------------------------------

    @initialize()
    def something_happens(self) -> None:
        self._send([("gate", "0", "gate_hit", COMMUNITIES[0], "p0")])

    @rule(sent=st.lists(st.tuples(
        st.sampled_from(["gate", "clinic"]), st.sampled_from("012345678"), st.sampled_from(list(RULES)),
        st.sampled_from(UNIT_CODES[:2] + UNIT_CODES[-4:]), st.sampled_from(["p0", "p1", ""]),
    ), min_size=1, max_size=5))  # fmt: skip
    def reports_come(self, sent: list[tuple[str, str, str, str, str]]) -> None:
        self._send(sent)

    def _send(self, sent: list[tuple[str, str, str, str, str]]) -> None:
        expected = [self._expect(*one) for one in sent]
        reports = [
            report(key, klass, area, source=source, subject=subject) for source, key, klass, area, subject in sent
        ]
        assert [(one.event, one.outcome) for one in take(self.events, reports, UNITS, self.now)] == expected

    def _expect(self, source: str, key: str, klass: str, area: str, subject: str) -> tuple[int | None, str]:
        if (source, key) in self.known:
            number, *said = self.known[source, key]
            return (number, "repeated") if said == [klass, subject] else (None, "refused")
        digits, accept, act, close, fold, *_ = RULES[klass]
        same = [
            number for number, one in self.models.items()
            if (one.klass, one.area, one.subject) == (klass, area, subject)
            and subject and one.state != "closed" and self.now - one.latest <= minutes(fold)
        ]  # fmt: skip
        number = same[-1] if same else self._next()
        if not same:
            by = {"accept": accept, "act": act, "close": close}
            self.models[number] = Model(
                klass,
                area,
                subject,
                area[:digits],
                self.now,
                self.now,
                {word: self.now + minutes(n) for word, n in by.items()},
            )
        self.models[number].reports.add((source, key))
        self.models[number].latest = self.now
        self.known[source, key] = number, klass, subject
        return number, "folded" if same else "new"

    def _next(self) -> int:
        """Numbers may have gaps, never come twice: the book says which one it gave."""
        last = int(self.events._all(text("SELECT coalesce(max(event), 0) FROM number"))[0][0])
        return last + sum(number > last for number in self.models) + 1

    # steps -----------------------------------------------------------------------------------------

    @rule(data=st.data(), by=st.sampled_from(PEOPLE), proof=st.booleans(),
          what=st.sampled_from(["accept", "act", "feed_back", "close", "reopen", "comment", "hand_over",
                                *["next"] * 7]),
          key=st.sampled_from("abcdefghijklmnop"))  # fmt: skip
    def somebody_acts(self, data: st.DataObject, by: str, proof: bool, what: str, key: str) -> None:
        number = data.draw(st.sampled_from(sorted(self.models)))
        what = NEXT[self.models[number].state] if what == "next" else what
        to = data.draw(st.sampled_from(UNIT_CODES)) if what == "hand_over" else ""
        more: dict[str, Any] = {"to": to, "tree": UNITS} if to else {}
        before = self.events._all(text("SELECT count(*) FROM change"))[0][0]
        fits = self._fits(number, what, by, key, proof, to)
        try:
            change = getattr(work, what)(
                self.events, number, by=by, role="official", key=key, now=self.now, evidence=["x"] if proof else [],
                **more,
            )  # fmt: skip
            assert fits != "refused"
            assert (change.event, change.by, change.key) == (number, by, key)
        except EventStateError:
            assert fits == "refused"
        after = self.events._all(text("SELECT count(*) FROM change"))[0][0]
        assert after - before == (fits == "done")
        if fits == "done":
            self.keys[by, key] = number, what
            self._done(number, what, by, proof, to)

    def _fits(self, number: int, what: str, by: str, key: str, proof: bool, to: str) -> str:
        if (by, key) in self.keys:
            return "again" if self.keys[by, key] == (number, what) else "refused"
        one = self.models[number]
        *_, evidence, check = RULES[one.klass]
        allowed = {
            "accept": one.state == "open",
            "act": one.state == "accepted",
            "feed_back": one.state in ("acting", "fed_back"),
            "close": one.state == "fed_back" and not (check and one.actor == by)
            and (proof or one.proof or not evidence),
            "reopen": one.state == "fed_back" or (one.state == "closed" and not self._followed(one)),
            "comment": True,
            "hand_over": one.state in ("open", "accepted", "acting") and one.owner != to,
        }  # fmt: skip
        return "done" if allowed[what] else "refused"

    def _followed(self, one: Model) -> bool:
        """Whether an event of the same matter was opened since, near in time, and runs."""
        return bool(one.subject) and any(
            (other.klass, other.area, other.subject) == (one.klass, one.area, one.subject)
            and other.state != "closed" and abs(other.first - one.latest) <= minutes(RULES[one.klass][4])
            for other in self.models.values()
        )  # fmt: skip

    def _done(self, number: int, what: str, by: str, proof: bool, to: str) -> None:
        one = self.models[number]
        _, accept, act, close, *_ = RULES[one.klass]
        one.changes += 1
        states = {"accept": "accepted", "act": "acting", "feed_back": "fed_back", "close": "closed"}
        one.state = states.get(what, one.state if what == "comment" else "open")
        one.proof = proof or (one.proof and what != "reopen")
        if what == "act":
            one.actor = by
        if what == "hand_over":
            one.owner, one.by["accept"] = to, self.now + minutes(accept)
            one.missed.discard("accept")
        if what == "reopen":
            one.missed.clear()
            one.by = {
                "accept": self.now + minutes(accept),
                "act": self.now + minutes(act),
                "close": self.now + minutes(close),
            }

    # time ------------------------------------------------------------------------------------------

    @rule(by=st.sampled_from([1, 29, 30, 61, 119, 720, 1500]))
    def time_goes_on(self, by: int) -> None:
        self.now += minutes(by)

    @precondition(lambda self: any(self._overdue(one) for one in self.models.values()))
    @rule()
    def the_clock_ticks(self) -> None:
        found = tick(self.events, UNITS, self.now)
        expected = sum(self._escalate(one) for one in self.models.values())
        assert len(found) == expected
        assert tick(self.events, UNITS, self.now) == []

    def _overdue(self, one: Model) -> list[str]:
        late = [word for word in one.running() - one.missed if one.by[word] <= self.now]
        return sorted(late, key=lambda word: (one.by[word], ("accept", "act", "close").index(word)))

    def _escalate(self, one: Model) -> int:
        late = self._overdue(one)
        for word in late:
            above = UNITS.units[one.owner][1]
            if word == "accept" and above:
                one.owner, one.by["accept"] = above, self.now + minutes(RULES[one.klass][1])
            else:
                one.missed.add(word)
        one.changes += len(late)
        one.escalations += len(late)
        return len(late)

    # what holds at any moment ----------------------------------------------------------------------

    @invariant()
    def the_book_is_what_the_model_says(self) -> None:
        found = {
            one.id: one
            for one in read.queue(self.events, None, states=("open", "accepted", "acting", "fed_back", "closed"))
        }
        assert found.keys() == self.models.keys()
        for number, one in self.models.items():
            stand = found[number]
            assert stand.owner in UNITS.units
            assert (stand.state, stand.owner, stand.reports, stand.latest, stand.changes, stand.escalations) == (
                one.state, one.owner, len(one.reports), one.latest, one.changes, one.escalations,
            )  # fmt: skip
            assert set(stand.missed.split()) == one.missed
            deadlines = [one.by[word] for word in one.running()]
            assert stand.deadline == min(deadlines, default=None)

    @invariant()
    def the_rows_are_what_the_history_says(self) -> None:
        assert wrong(self.events) == []


def _settings(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
    )


def test_whatever_comes_the_book_is_what_the_model_says() -> None:
    run_state_machine_as_test(Machine, settings=_settings(12, 30))


def test_on_postgresql_too(postgres_server: postgres.Server) -> None:
    machine = type("OnPostgreSQL", (Machine,), {"server": postgres_server})
    run_state_machine_as_test(machine, settings=_settings(4, 25))
