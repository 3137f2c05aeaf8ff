"""Codes of people: what colour the rules give on a day, by which clause, since when, and until when at the earliest.

A stage that begins on day s holds on s..s + days - 1. It is left on the first day x >= s + days on which all that its
clause asks has been met: every test since s negative and at least one taken, a negative test on x or at most ``fresh``
days before, no contact since s. A contact after s starts the stage anew on its day, and makes the person a close
contact from that day on; a positive test makes the person a case, and no clock ends that. A clause without days ends
with its notice. Each identity goes by the packs in force on its day and keeps to them; of several the strictest counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from data.rules.book import Rulebook
from data.rules.pack import Clause, Pack
from data.rules.verdict import GREEN, Step, Verdict, strictest

Day = dt.date


@dataclass(frozen=True, slots=True)
class History:
    """What is known of one person. ``identities``: (day, id of terms.IDENTITIES, who said so); ``tests``: (day,
    whether positive); ``contacts``: days of contact with an infected person; ``isolation``: (first day, first day
    without or None, id of terms.CONFINED): it is told, no clock rests on it.
    """

    identities: tuple[tuple[Day, str, str], ...] = ()
    tests: tuple[tuple[Day, bool], ...] = ()
    contacts: tuple[Day, ...] = ()
    isolation: tuple[tuple[Day, Day | None, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known by ``day``, each in order of days."""

    day: Day
    negatives: Sequence[Day]
    positives: Sequence[Day]
    contacts: Sequence[Day]
    isolation: Sequence[tuple[Day, Day | None, str]]


@dataclass(frozen=True, slots=True)
class _Stage:
    """One stage of a path: its clock runs from ``begin``, the last of its ``restarts`` or ``since``.

    ``left``: the first day after it, None if it holds on the day of the facts; ``positive``: the test that made a case.
    """

    clause: Clause
    since: Day
    restarts: tuple[Day, ...]
    ends: Day | None
    left: Day | None
    positive: Day | None = None

    @property
    def begin(self) -> Day:
        return self.restarts[-1] if self.restarts else self.since


def colour_on(history: History, rules: Rulebook, day: Day, area: str = "") -> Verdict:
    """The colour that the rules give a person on ``day`` in the area of code ``area``, and why."""
    facts = _facts(history, day)
    paths = [
        (first.who, _path(facts, rules, clause, first, area))
        for first in _first_steps(history, day)
        for clause in rules.entries(first.day, area, first.who)
    ]
    if not paths:
        return GREEN.with_steps(Step(day, "green", state="green"))
    counts = strictest(*(verdict for _, verdict in paths))
    also = {(who, v.clause, v.colour) for who, v in paths if v.clause and v.steps != counts.steps}
    more = (Step(day, "also", by=clause, who=who, state=colour) for who, clause, colour in also)
    ends = [verdict.green for _, verdict in paths if verdict.clause]
    over = None if None in ends else max((end for end in ends if end), default=None)
    return replace(counts, green=over).with_steps(*sorted(more, key=lambda step: step.order))


def _facts(history: History, day: Day) -> _Facts:
    tests = sorted({test for test in history.tests if test[0] <= day})
    return _Facts(
        day,
        negatives=[at for at, positive in tests if not positive],
        positives=[at for at, positive in tests if positive],
        contacts=sorted({at for at in history.contacts if at <= day}),
        isolation=sorted((one for one in history.isolation if one[0] <= day), key=lambda one: (one[0], one[2])),
    )


def _first_steps(history: History, day: Day) -> Iterator[Step]:
    """The identities by ``day``: those that somebody stated, and those that contacts and positive tests give."""
    stated = {(at, identity): who for at, identity, who in sorted(history.identities)}
    given = {(at, "close_contact") for at in history.contacts}
    given |= {(at, "case") for at, positive in history.tests if positive}
    for at, identity in sorted(given | stated.keys()):
        if at <= day:
            yield Step(at, "identity", who=identity, evidence=stated.get((at, identity), ""))


def _path(facts: _Facts, rules: Rulebook, clause: Clause, first: Step, area: str) -> Verdict:
    """What one identity comes to by the day of the facts, under the pack of ``clause``."""
    pack = next(pack for pack in rules.packs if pack.id == clause.pack)
    stages = [*_stages(facts, rules, pack, clause, first.day, area)]
    steps = [Step(first.day, "identity", by=clause, who=first.who, state=clause.colour, evidence=first.evidence)]
    for stage in stages:
        steps += _stage_steps(stage, facts, pack)
    last = stages[-1]
    if last.left is not None:
        return Verdict("green", since=last.left, steps=tuple(steps))
    over = pack.over(last.clause, last.ends)
    waiting = last.ends is not None and facts.day >= last.ends
    bucket = "waiting" if waiting else "running"
    return Verdict(last.clause.colour, last.clause, last.since, last.ends, None, over, bucket, tuple(steps))


def _stages(facts: _Facts, rules: Rulebook, pack: Pack, clause: Clause, since: Day, area: str) -> Iterator[_Stage]:
    """The stages of a path, up to the one that holds on the day of the facts."""
    for one in pack.path(clause):
        stop = rules.held_until(one, area)
        stage = _closed(_open_stage(one, since, stop) if one.open else _timed_stage(facts, one, since), facts)
        yield stage
        if stage.left is None:
            return
        since = stage.left


def _open_stage(clause: Clause, since: Day, stop: Day | None) -> _Stage:
    ends = max(stop, since) if stop else None
    return _Stage(clause, since, (), ends, ends)


def _timed_stage(facts: _Facts, clause: Clause, since: Day) -> _Stage:
    """The stage with its clock started anew by every contact before it was left."""
    restarts: list[Day] = []
    while True:
        begin = restarts[-1] if restarts else since
        ends = begin + dt.timedelta(clause.days)
        left = _proven(facts, clause, begin, ends)
        contact = next((at for at in facts.contacts if at > begin and (left is None or at <= left)), None)
        if contact is None or not clause.no_contact:
            return _Stage(clause, since, tuple(restarts), ends, left)
        restarts.append(contact)


def _proven(facts: _Facts, clause: Clause, begin: Day, ends: Day) -> Day | None:
    """The first day from ``ends`` on on which the tests asked for are there; None if they are not."""
    if not clause.tests and not clause.fresh:
        return ends
    oldest = max(begin, ends - dt.timedelta(clause.fresh)) if clause.fresh else begin
    proof = next((at for at in facts.negatives if at >= oldest), None)
    return None if proof is None else max(ends, proof)


def _closed(stage: _Stage, facts: _Facts) -> _Stage:
    """The stage as it is on the day of the facts: not left in the future, and never after a positive test."""
    positive = next((at for at in facts.positives if at >= stage.since), None)
    if positive is not None and (stage.left is None or positive <= stage.left):
        return _Stage(stage.clause, stage.since, stage.restarts, None, None, positive)
    if stage.left is not None and stage.left > facts.day:
        return _Stage(stage.clause, stage.since, stage.restarts, stage.ends, None)
    return stage


def _stage_steps(stage: _Stage, facts: _Facts, pack: Pack) -> Iterator[Step]:
    """What there is to say about a stage."""
    by = stage.clause
    yield Step(stage.since, "says", by=by)
    last = stage.left or facts.day
    for start, stop, kind in facts.isolation:
        if kind == by.confined and start <= last and (stop is None or stop > stage.since):
            yield Step(start, "isolation", by=by, who=kind, start=stop)
    yield from (Step(at, "contact", by=by) for at in stage.restarts)
    if stage.positive is not None:
        yield Step(stage.positive, "positive", by=by)
        return
    tests = [at for at in facts.negatives if stage.begin <= at <= last]
    if tests:
        yield Step(tests[-1], "tests", by=by, n=len(tests))
    yield from _clock_steps(stage, facts.day, tests)
    if stage.left is not None:
        following = pack.clause(by.next)
        yield Step(stage.left, "changed", by=by, state=following.colour if following else "green")


def _clock_steps(stage: _Stage, day: Day, tests: Sequence[Day]) -> Iterator[Step]:
    by = stage.clause
    if stage.ends is None:
        yield Step(day, "open", by=by)
    elif by.open:
        yield Step(stage.ends, "stop", by=by)
    else:
        yield Step(stage.ends, "clock", by=by, start=stage.begin)
        if stage.left is None and day >= stage.ends:
            yield Step(day, "stale" if tests or not by.tests else "missing", by=by)
