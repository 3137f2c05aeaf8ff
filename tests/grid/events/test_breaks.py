"""Broken loops: each reason by an event made for it, and what holds of all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.events.read import Standing
from data.terms import BREAKS
from grid.events.breaks import breaks, why
from tests.grid.events.rows import NOW, at, event, events, raised

REASONS: list[tuple[dict[str, Any], str | None, float]] = [
    ({}, "unanswered", 880),
    ({"accept_by": at(-30)}, "unanswered", 880),  # it went up, where there is time again: it waits since the first
    ({"accepted": at(990), "accept_by": at(50)}, "unanswered", 50),  # handed over
    ({"state": "accepted", "accepted": at(950)}, "undone", 700),
    ({"state": "acting", "accepted": at(950), "acted": at(940)}, "silent", 600),
    ({"state": "fed_back", "fed_back": at(930)}, "unclosed", 600),
    ({"reopened": 1, "accept_by": at(5)}, "returned", 5),
    ({"reopened": 1, "state": "accepted"}, "undone", 700),
    ({"state": "closed", "closed": at(600)}, None, 0),
    ({"sensed": at(119)}, None, 0),
    ({"state": "accepted", "act_by": at(-1)}, None, 0),
]


@pytest.mark.parametrize(("said", "reason", "minutes"), REASONS)
def test_each_reason(said: dict[str, Any], reason: str | None, minutes: float) -> None:
    """Why, and for how long."""
    found = [(one.reason, one.minutes) for one in breaks([event(**said)], raised, NOW)]
    assert found == ([(reason, minutes)] if reason else [])


def test_every_reason_is_a_word() -> None:
    """The reasons of the test above are all that there are."""
    assert BREAKS.keys() == {reason for _, reason, _ in REASONS if reason}


@given(st.lists(events(), max_size=40))
def test_longest_broken_first_and_nothing_that_has_time(rows: list[Standing]) -> None:
    """Closed loops are whole; one of which every deadline is over is broken; the rest are those that have one over."""
    found = breaks(rows, raised, NOW)
    assert [one.minutes for one in found] == sorted((one.minutes for one in found), reverse=True)
    assert len(found) == sum(why(row, raised, NOW) is not None for row in rows)
    for row in rows:
        first = raised(row).timestamp()
        over = [
            by < NOW.timestamp() for by in (first, *(d.timestamp() for d in (row.accept_by, row.act_by, row.close_by)))
        ]
        broken = why(row, raised, NOW) is not None
        assert not (row.state == "closed" and broken)
        assert broken or row.state == "closed" or not all(over)
        assert any(over) or not broken
