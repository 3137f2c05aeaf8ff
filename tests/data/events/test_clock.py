"""The clock: each deadline that passes is one change, whoever ticks; who does not answer gives it to who is above."""

from __future__ import annotations

import threading
from itertools import pairwise

from data.events import Events, read, work
from data.events.clock import BATCH, tick
from data.events.intake import take
from data.events.owner import Units
from data.events.rebuild import wrong
from tests.happened import CITY, COMMUNITIES, DISTRICTS, NOW, STREETS, UNITS, lived, minutes, opened, report, step

#: Long after every deadline.
LONG = NOW + minutes(10**6)


def told(events: Events, event: int) -> list[tuple[str, str, str]]:
    """(which deadline, owner after, from whom) of each escalation."""
    found = [one for one in read.changes_of(events, event) if one.what == "escalated"]
    return [(one.more["missed"], one.owner, one.more.get("was", "")) for one in found]


def test_nothing_happens_before_its_time(events: Events) -> None:
    event = opened(events)
    assert tick(events, UNITS, NOW + minutes(29.99)) == []
    assert len(tick(events, UNITS, NOW + minutes(30))) == 1
    assert tick(events, UNITS, NOW + minutes(30)) == []
    assert told(events, event) == [("accept", STREETS[0], COMMUNITIES[0])]


def test_who_does_not_accept_gives_it_to_who_is_above_up_to_the_city(events: Events) -> None:
    event = opened(events)
    for n in range(1, 6):
        tick(events, UNITS, NOW + minutes(30 * n))
    owners = [COMMUNITIES[0], STREETS[0], DISTRICTS[0], CITY]
    accepts = [line for line in told(events, event) if line[0] == "accept"]
    assert accepts == [("accept", above, was) for was, above in pairwise(owners)] + [("accept", CITY, "")]
    tick(events, UNITS, LONG)
    assert [line[0] for line in told(events, event)].count("accept") == 4
    assert tick(events, UNITS, LONG) == []
    assert wrong(events) == []


def test_who_accepted_stays_the_owner_and_who_is_above_is_told(events: Events) -> None:
    event = opened(events)
    step(events, event, work.accept)
    tick(events, UNITS, NOW + minutes(120))
    tick(events, UNITS, NOW + minutes(1440))
    assert told(events, event) == [("act", COMMUNITIES[0], ""), ("close", COMMUNITIES[0], "")]
    areas = [one.area for one in read.history(events, event).messages if one.what == "escalated"]
    assert sorted(areas) == sorted([COMMUNITIES[0], STREETS[0]] * 2)
    stand = read.standing(events, event)
    assert (stand.escalations, stand.missed, stand.due) == (2, "act close", None)
    assert stand.deadline == NOW + minutes(120)
    assert stand.overdue(NOW + minutes(121))


def test_a_closed_event_has_no_clock_and_a_reopened_one_a_new_one(events: Events) -> None:
    event = opened(events)
    lived(events, event)
    assert tick(events, UNITS, LONG) == []
    step(events, event, work.reopen, "li", LONG)
    assert tick(events, UNITS, LONG + minutes(29)) == []
    assert len(tick(events, UNITS, LONG + minutes(30))) == 1


def test_an_area_that_the_city_has_no_more_keeps_its_events(one_book: Events) -> None:
    event = opened(one_book)
    other = Units({CITY: ("city", "")})
    tick(one_book, other, LONG)
    assert [line[:2] for line in told(one_book, event)] == [
        (word, COMMUNITIES[0]) for word in ("accept", "act", "close")
    ]


def test_many_are_escalated_in_pieces_and_by_several_clocks_once_each(events: Events) -> None:
    number = BATCH * 2 + 7
    take(events, [report(str(n), subject=f"p{n}") for n in range(number)], UNITS, NOW)
    found: list[int] = []

    def ticking() -> None:
        found.extend(change.event for change in tick(events, UNITS, NOW + minutes(30)))

    threads = [threading.Thread(target=ticking) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(1, number + 1))
    assert wrong(events) == []
