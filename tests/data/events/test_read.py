"""What the book tells: queues in the order of deadlines, within areas; loops; tallies; a mark that moves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data.events import Events, read, work
from data.events.clock import tick
from data.events.intake import take
from data.events.purge import empty, plan_of
from tests.happened import COMMUNITIES, DISTRICTS, LIFE, NOW, STREETS, UNITS, lived, minutes, opened, report, step


@pytest.fixture
def filled(events: Events) -> Events:
    """An event of each of six classes, the first closed, the second accepted; the clock has gone on for an hour."""
    classes = ("gate_hit", "home_alarm", "fever", "hotline", "arrival", "risk_signal")
    areas = (COMMUNITIES[0], COMMUNITIES[7], STREETS[0], STREETS[3], DISTRICTS[0], DISTRICTS[1])
    for n, (klass, area) in enumerate(zip(classes, areas, strict=True)):
        opened(events, NOW + minutes(n), key=str(n), klass=klass, area=area, subject=f"p{n}")
    lived(events, 1)
    step(events, 2, work.accept)
    tick(events, UNITS, NOW + minutes(62))
    return events


def ids(found: list[read.Standing]) -> list[int]:
    return [one.id for one in found]


def test_a_queue_is_in_the_order_of_its_deadlines(filled: Events) -> None:
    running = read.queue(filled, None)
    assert ids(running) == [2, 3, 4, 6, 5]
    assert [one.deadline for one in running] == sorted(one.deadline for one in running if one.deadline)
    assert ids(read.queue(filled, None, limit=2, offset=1)) == [3, 4]
    assert ids(read.queue(filled, None, states=["closed"])) == [1]
    assert ids(read.queue(filled, None, classes=["fever", "arrival"])) == [3, 5]
    assert ids(read.queue(filled, None, since=NOW + minutes(4))) == [6, 5]
    assert read.count(filled, None) == 5
    assert read.count(filled, None, states=["open"], classes=["fever"]) == 1


def test_closed_ones_stand_last_the_last_closed_first(filled: Events) -> None:
    lived(filled, 4, now=NOW + minutes(70))
    assert ids(read.queue(filled, None, states=[*read.RUNNING, "closed"])) == [2, 3, 6, 5, 4, 1]


def test_an_area_sees_what_it_owns_and_what_happens_in_it(filled: Events) -> None:
    assert ids(read.queue(filled, [DISTRICTS[0]])) == [3, 5]
    assert ids(read.queue(filled, [DISTRICTS[1]])) == [2, 4, 6]
    assert ids(read.queue(filled, [STREETS[3]])) == [2, 4]
    assert ids(read.queue(filled, [])) == []
    assert ids(read.queue(filled, ["%"])) == []
    step(filled, 3, work.hand_over, to=DISTRICTS[1], tree=UNITS)
    assert 3 in ids(read.queue(filled, [DISTRICTS[1]]))
    assert 3 in ids(read.queue(filled, [DISTRICTS[0]]))


def test_tallies_add_up(filled: Events) -> None:
    found = read.tallies(filled, NOW + minutes(90))
    assert [(one.klass, one.owner, one.state, one.events, one.overdue, one.escalated) for one in found] == [
        ("arrival", DISTRICTS[0], "open", 1, 0, 0),
        ("fever", DISTRICTS[0], "open", 1, 0, 1),
        ("home_alarm", COMMUNITIES[7], "accepted", 1, 1, 1),
        ("hotline", STREETS[3], "open", 1, 0, 0),
        ("risk_signal", DISTRICTS[1], "open", 1, 0, 0),
    ]
    assert [one.oldest for one in found if one.klass == "fever"] == [NOW + minutes(2)]
    assert sum(one.events for one in read.tallies(filled, NOW, [DISTRICTS[0]])) == 2


def test_loops_are_those_of_their_time(filled: Events) -> None:
    found = read.loops(filled, since=NOW + minutes(1), until=NOW + minutes(3))
    assert [one.event.id for one in found] == [2, 3]
    assert [one.event.id for one in read.loops(filled, since=NOW, until=NOW + minutes(9), classes=["fever"])] == [3]
    assert [one.pushed for one in found] == [None, None]


def test_deadlines_of_loops_are_those_that_events_were_raised_with(events: Events) -> None:
    """Whatever was done since, and whatever the city's file says by now."""
    numbers = [opened(events, key=f"{n}", subject=f"p{n}") for n in range(4)]
    first = NOW + minutes(events.classes["gate_hit"].accept)
    step(events, numbers[1], work.hand_over, now=NOW + minutes(20), to=STREETS[0], tree=UNITS)
    lived(events, numbers[2], work.feed_back, now=NOW + minutes(20))
    step(events, numbers[2], work.reopen, now=NOW + minutes(25))
    tick(events, UNITS, NOW + minutes(31))
    events.classes = {id: replace(one, accept=1) for id, one in events.classes.items()}
    found = read.loops(events, since=NOW, until=NOW + minutes(1))
    assert [one.accept_by for one in found] == [first] * 4
    assert sum(one.event.accept_by != first for one in found) == 4
    for do in LIFE:
        step(events, numbers[1], do, "li" if do is work.close else "wang", now=NOW + minutes(40), evidence=["x"])
    made = plan_of(events, NOW + minutes(60))
    assert made is not None
    empty(events, made, 1, NOW + minutes(60))
    found = read.loops(events, since=NOW, until=NOW + minutes(1))
    assert [one.accept_by for one in found] == [first, NOW + minutes(1), first, first], "a purge makes no rate better"


def test_the_mark_moves_with_every_report_and_change_and_with_nothing_else(events: Events) -> None:
    marks = [read.mark(events)]
    event = opened(events)
    marks.append(read.mark(events))
    take(events, [report("2")], UNITS, NOW)
    marks.append(read.mark(events))
    step(events, event, work.accept, key="k")
    marks.append(read.mark(events))
    tick(events, UNITS, NOW + minutes(121))
    marks.append(read.mark(events))
    assert len(set(marks)) == len(marks)
    take(events, [report("2")], UNITS, NOW)
    step(events, event, work.accept, key="k")
    tick(events, UNITS, NOW + minutes(121))
    read.history(events, event)
    assert read.mark(events) == marks[-1]
