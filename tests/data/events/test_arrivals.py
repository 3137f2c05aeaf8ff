"""Key persons who entered: when their district had them, and that nobody else's knowing counts as that."""

from __future__ import annotations

import datetime as dt

from data.events import Events, outbox, work
from data.events.arrivals import Arrival, arrivals, fetched, said, span
from data.events.clock import tick
from tests.happened import CITY, COMMUNITIES, DISTRICTS, NOW, UNITS, minutes, opened, step

DAY = dt.timedelta(days=1)


def entered(events: Events, key: str = "1", now: dt.datetime = NOW, community: int = 0, **more: object) -> int:
    told = {"key": key, "klass": "arrival", "area": COMMUNITIES[community], "subject": f"k{key}"}
    return opened(events, now, **(told | more))


def one(events: Events, number: int) -> Arrival:
    (found,) = [each for each in arrivals(events, NOW - DAY, NOW + DAY) if each.event == number]
    return found


def test_an_entry_is_not_pushed_until_its_district_has_it(events: Events) -> None:
    number = entered(events, happened=NOW - minutes(7), place="东门")
    found = one(events, number)
    assert (found.entered, found.subject, found.place, found.area) == (NOW - minutes(7), "k1", "东门", COMMUNITIES[0])
    assert found.pushed(DISTRICTS[0]) is None
    fetched(events, [number], DISTRICTS[1], NOW + minutes(5))
    assert one(events, number).pushed(DISTRICTS[0]) is None
    fetched(events, [number], DISTRICTS[0], NOW + minutes(30))
    fetched(events, [number], DISTRICTS[0], NOW + minutes(50))
    assert one(events, number).pushed(DISTRICTS[0]) == NOW + minutes(30)


def test_fetching_messages_is_the_push_too(events: Events) -> None:
    number = entered(events)
    outbox.fetch(events, [DISTRICTS[0]], NOW + minutes(9), classes=["arrival"])
    assert one(events, number).pushed(DISTRICTS[0]) == NOW + minutes(9)


def test_what_the_city_hears_is_no_push(events: Events) -> None:
    """Nobody accepted: the city owns it, is told and takes it on, and still the district knows nothing."""
    number = entered(events)
    late = NOW + minutes(181)
    assert tick(events, UNITS, late)
    told = [message.area for message in outbox.messages_of(events, number)]
    assert set(told) == {CITY, DISTRICTS[0]}
    with events.writing() as connection:
        city = [message.id for message in outbox.messages_of(events, number) if message.area == CITY]
        outbox.mark_fetched(connection, city, late)
    step(events, number, work.accept, now=late)
    found = one(events, number)
    assert (found.owner, found.told) == (CITY, ((CITY, late),))
    assert found.pushed(DISTRICTS[0]) is None


def test_who_accepted_it_has_it(events: Events) -> None:
    number = entered(events)
    step(events, number, work.accept, now=NOW + minutes(12))
    assert one(events, number).pushed(DISTRICTS[0]) == NOW + minutes(12)


def test_the_window_areas_and_order(events: Events) -> None:
    numbers = [entered(events, str(n), NOW, n % 8, happened=NOW - minutes(10 * n)) for n in range(9)]
    opened(events, key="g", klass="gate_hit", subject="x")
    found = arrivals(events, NOW - minutes(80), NOW)
    assert [each.event for each in found] == [numbers[n] for n in range(8, 0, -1)]
    west = arrivals(events, NOW - DAY, NOW + DAY, [DISTRICTS[1]])
    assert {each.area[:6] for each in west} == {DISTRICTS[1]}
    assert len(west) == 4
    assert arrivals(events, NOW - DAY, NOW + DAY, []) == []
    assert span(events) == (NOW - minutes(80), NOW)
    assert span(events, ["77"]) is None


def test_what_a_gate_says_besides_is_of_the_first_report(events: Events) -> None:
    number = entered(events, more={"from": "外省"})
    assert said(events, [number]) == {number: {"from": "外省"}}
    assert said(events, []) == {}
