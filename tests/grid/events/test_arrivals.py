"""The three-hour rule against a clock that walks from event to event, and at its boundary."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.terms import PUSHES
from grid.events.arrivals import LIMIT, Board, board, state_of

START = dt.datetime(2020, 2, 10)
TICK = dt.timedelta(microseconds=1)


@dataclass(frozen=True)
class Person:
    """One entry."""

    number: int
    district: str
    entered: dt.datetime
    pushed: dt.datetime | None = None


def walked(people: Sequence[Person], now: dt.datetime) -> dict[int, str]:
    """How everybody stands, by walking the clock: at each moment first who is pushed, then whose time is up."""
    moments = [(p.entered, 0, p) for p in people]
    moments += [(p.pushed, 1, p) for p in people if p.pushed is not None]
    moments += [(p.entered + LIMIT + TICK, 2, p) for p in people]
    stands: dict[int, str] = {}
    pushed: set[int] = set()
    for moment, what, person in sorted(moments, key=lambda one: one[:2]):
        if moment > now:
            break
        if what == 0:
            stands[person.number] = "in_time" if person.number in pushed else "pending"
        elif what == 1:
            pushed.add(person.number)
            stand = stands.get(person.number)
            stands |= {person.number: {"pending": "in_time", "unpushed": "late"}[stand]} if stand else {}
        elif stands[person.number] == "pending":
            stands[person.number] = "unpushed"
    return stands


def told(found: Board[Person]) -> list[int]:
    return sorted(one.entry.number for one in found.breaches)


_minutes = st.integers(-30, 600)


@st.composite
def _people(draw: st.DrawFn) -> list[Person]:
    made = []
    for number in range(draw(st.integers(0, 30))):
        entered = START + dt.timedelta(minutes=draw(st.integers(0, 400)))
        late = draw(st.none() | _minutes)
        pushed = None if late is None else entered + dt.timedelta(minutes=late)
        made.append(Person(number, draw(st.sampled_from("ABC")), entered, pushed))
    return made


@given(_people(), st.integers(-10, 900))
def test_everybody_stands_as_the_walked_clock_says(people: list[Person], minute: int) -> None:
    now = START + dt.timedelta(minutes=minute)
    stands, found = walked(people, now), board(people, now)
    assert {p.number: state_of(p, now) for p in people if p.entered <= now} == stands
    assert told(found) == sorted(n for n, state in stands.items() if state in ("late", "unpushed"))
    for code, of in (("", found.whole), *found.districts.items()):
        counted = Counter(stands[p.number] for p in people if p.number in stands and code in ("", p.district))
        assert {name: getattr(of, name) for name in PUSHES} == {name: counted[name] for name in PUSHES}
        assert of.entries == counted.total()
        assert of.within.part + of.breaches == of.within.of == of.entries - of.pending
    assert sum(of.entries for of in found.districts.values()) == found.whole.entries


@given(_people(), st.integers(0, 900), st.integers(0, 300))
def test_a_breach_stays_one(people: list[Person], minute: int, later: int) -> None:
    now = START + dt.timedelta(minutes=minute)
    assert set(told(board(people, now))) <= set(told(board(people, now + dt.timedelta(minutes=later))))


@pytest.mark.parametrize(
    ("pushed", "now", "state"),
    [
        (LIMIT, LIMIT, "in_time"),
        (LIMIT, LIMIT - TICK, "pending"),
        (LIMIT + TICK, LIMIT + TICK, "late"),
        (LIMIT + TICK, LIMIT, "pending"),
        (None, LIMIT, "pending"),
        (None, LIMIT + TICK, "unpushed"),
        (-TICK, dt.timedelta(), "in_time"),
    ],
)
def test_the_boundary_is_exact(pushed: dt.timedelta | None, now: dt.timedelta, state: str) -> None:
    person = Person(1, "A", START, None if pushed is None else START + pushed)
    assert state_of(person, START + now) == state
    assert len(board([person], START + now).breaches) == (state in ("late", "unpushed"))


def test_fifty_thousand_entries_on_a_simulated_clock() -> None:
    """The breach list is exact at every hour of four days, and the times are the k-th of the sorted ones."""
    chance, people = random.Random(8), []
    for number in range(50_000):
        entered = START + dt.timedelta(seconds=chance.randrange(3 * 86_400))
        wait = dt.timedelta(seconds=chance.choice((10_800, 10_801, int(chance.expovariate(1 / 6_000)))))
        people.append(Person(number, f"99010{number % 7}", entered, None if chance.random() < 0.01 else entered + wait))
    found = board(people, START)
    for hour in (40, 96):
        now = START + dt.timedelta(hours=hour)
        found, stands = board(people, now), walked(people, now)
        assert told(found) == sorted(n for n, state in stands.items() if state in ("late", "unpushed"))
        overs = [one.over for one in found.breaches]
        assert overs == sorted(overs, reverse=True)
        assert min(overs) > 0
    took = np.array([(p.pushed - p.entered).total_seconds() / 60 for p in people if p.pushed is not None])
    took = np.append(took, [np.inf] * (len(people) - len(took)))
    for share, quantile in ((0.5, found.whole.p50), (0.95, found.whole.p95)):
        assert quantile.least == quantile.most == pytest.approx(np.quantile(took, share, method="inverted_cdf"))


def test_nobody_pushed_is_not_quick() -> None:
    people = [Person(n, "A", START + dt.timedelta(minutes=n)) for n in range(10)]
    found = board(people, START + dt.timedelta(hours=4)).whole
    assert (found.breaches, found.within.share) == (10, 0.0)
    assert (found.p50.least, found.p50.most) == (235, None)
    nobody = board(list[Person](), START).whole
    assert (nobody.entries, nobody.within.share, nobody.p95.least) == (0, None, None)
