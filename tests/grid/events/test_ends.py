"""The three rates and the lowest level, against counting by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import astuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from data.events.read import Standing
from grid.events.breaks import why
from grid.events.ends import Share
from grid.events.measure import Part, measured
from tests.grid.events.rows import NOW, at, event, events, raised


def part(rows: list[Standing], first: str = "street") -> Part:
    """All of some events."""
    return measured(rows, raised, lambda _: first, NOW).part()


OLD, LONG = {"sensed": at(20_000)}, 19_900  # the hotline's week is over, and not over


def test_the_three_rates_on_paper() -> None:
    """Events each for one line of the definition; the hotline has 120 minutes to answer and a week to solve."""
    rows = [
        event(**OLD, accepted=at(LONG), closed=at(15_000), satisfied=True),
        event(**OLD, accepted=at(19_000), closed=at(600), satisfied=False),  # answered late
        event(**OLD, accept_by=at(-10)),  # nobody ever answered; it went up, and there it is not due yet
        event(sensed=at(60), close_by=at(-9_000)),  # not due yet: in no denominator
        event(sensed=at(1000), accepted=at(950), reopened=1),  # its end did not hold
        event(accepted=at(950), close_by=at(-9_000)),  # being worked on
    ]
    told = part(rows)
    assert told.answered == Share(3, 5)
    assert told.solved == Share(2, 4)
    assert told.satisfied == Share(1, 2)
    assert told.satisfied.share == 0.5


def test_nothing_is_no_rate() -> None:
    """Nought of nought is missing, not nought."""
    assert part([]).answered.share is None
    assert part([event()]).low.share is None


@given(st.lists(events(), max_size=40))
def test_denominators_are_what_they_say(rows: list[Standing]) -> None:
    """By sets of events: who is due, who is not, who succeeded."""
    told = part(rows)
    waiting = {n for n, row in enumerate(rows) if row.accepted is None and raised(row) >= NOW}
    late = {n for n, row in enumerate(rows) if (row.accepted or NOW) > raised(row)} - waiting
    assert told.answered.of == len(rows) - len(waiting)
    assert told.answered.of - told.answered.part == len(late)
    still = {n for n, row in enumerate(rows) if row.closed is None and not row.reopened and row.close_by >= NOW}
    failed = {n for n, row in enumerate(rows) if row.reopened or row.closed is None} - still
    assert (told.solved.of, told.solved.part) == (len(rows) - len(still), len(rows) - len(still) - len(failed))
    votes = Counter(row.satisfied for row in rows)
    assert (told.satisfied.part, told.satisfied.of) == (votes[True], votes[True] + votes[False])


def test_solved_where_it_arose() -> None:
    """It may go down, and not up."""
    closed = [event(closed=at(1), level=level) for level in ("community", "street", "district")]
    assert part(closed, "street").low == Share(2, 3)
    assert part(closed, "community").low == Share(1, 3)


@given(st.lists(events(), max_size=40), st.sampled_from(["district", "street", "community"]))
def test_levels_add_up_to_what_was_closed(rows: list[Standing], first: str) -> None:
    """Every closed event has one level."""
    told, closed = part(rows, first), [row for row in rows if row.closed]
    assert sum(told.levels.values()) == told.low.of == len(closed)
    assert told.levels == {level: n for level, n in Counter(row.level for row in closed).items() if n}
    rank = {"district": 0, "street": 1, "community": 2}
    assert told.low.part == sum(n for level, n in told.levels.items() if rank[level] >= rank[first])


@given(st.lists(events(), max_size=40), st.integers(1, 5))
def test_parts_add_up(rows: list[Standing], parts: int) -> None:
    """Whatever the events are parted by: counts of the parts are those of the whole."""
    made = measured(rows, raised, lambda _: "street", NOW)
    told = [made.part(np.arange(len(rows))[n::parts]) for n in range(parts)]
    whole = made.part()
    assert sum(one.events for one in told) == whole.events == len(rows)
    assert sum(one.broken for one in told) == whole.broken == sum(why(row, raised, NOW) is not None for row in rows)
    for name in ("answered", "solved", "satisfied", "low"):
        shares: list[Share] = [getattr(one, name) for one in told]
        assert (sum(s.part for s in shares), sum(s.of for s in shares)) == astuple(getattr(whole, name))
