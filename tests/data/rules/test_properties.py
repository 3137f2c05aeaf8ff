"""Strictest-of is a semilattice; a pack switched at a date, or taken away, changes only what it governs."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import reduce
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from data.rules import Pack, Rulebook, rulebook
from data.rules.clock import History, colour_on
from data.rules.verdict import GREEN, Step, Verdict, strictest
from data.rules.zone_clock import LOW, ZoneVerdict, strictest_zone, zone_in
from tests.data.rules.histories import IDENTITIES, code_histories, zone_histories

Day = dt.date
BOOK = rulebook()
CLAUSES = [clause for pack in BOOK.packs for clause in pack.clauses if clause.colour]
ZONE_CLAUSES = [clause for pack in BOOK.packs for clause in pack.clauses if clause.risk]

days = st.dates(Day(2021, 8, 1), Day(2021, 8, 4))
some_day = st.none() | days
steps = st.lists(st.builds(Step, days, st.just("negative")), max_size=1).map(tuple)


@st.composite
def verdicts(draw: st.DrawFn) -> Verdict:
    clause = draw(st.none() | st.sampled_from(CLAUSES))
    since, ends, due, green = (draw(some_day) for _ in range(4))
    return Verdict(clause.colour if clause else "green", clause, since, ends, due, green, steps=draw(steps))


@st.composite
def zones(draw: st.DrawFn) -> ZoneVerdict:
    clause = draw(st.none() | st.sampled_from(ZONE_CLAUSES))
    since, ends, released = (draw(some_day) for _ in range(3))
    return ZoneVerdict(clause.risk if clause else "low", clause, since, ends, released, draw(steps))


@given(verdicts(), verdicts(), verdicts())
def test_strictest_of_codes(a: Verdict, b: Verdict, c: Verdict) -> None:
    assert strictest(a, b) == strictest(b, a)
    assert strictest(strictest(a, b), c) == strictest(a, strictest(b, c)) == strictest(a, b, c)
    assert strictest(a, a) == a
    assert strictest(a, GREEN).colour == a.colour
    rank = ("green", "yellow", "red")
    assert rank.index(strictest(a, b).colour) == max(rank.index(a.colour), rank.index(b.colour))


@given(zones(), zones(), zones())
def test_strictest_of_zones(a: ZoneVerdict, b: ZoneVerdict, c: ZoneVerdict) -> None:
    assert strictest_zone(a, b) == strictest_zone(b, a)
    assert strictest_zone(strictest_zone(a, b), c) == strictest_zone(a, strictest_zone(b, c))
    assert strictest_zone(a, a) == a
    assert strictest_zone(a, LOW).state == a.state


def test_no_verdicts_are_green_and_low() -> None:
    assert strictest() == GREEN
    assert strictest_zone() == LOW


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.dates(Day(2021, 8, 6), Day(2021, 8, 27)), st.sampled_from(IDENTITIES)), min_size=1, max_size=3
    )
)
def test_a_persons_colour_is_the_strictest_of_the_identities_in_any_order(given: list[tuple[Day, str]]) -> None:
    day = Day(2021, 8, 29)
    every = {
        colour_on(History(tuple((*one, "") for one in order)), BOOK, day, "410105") for order in permutations(given)
    }
    assert len(every) == 1
    alone = [colour_on(History(((*one, ""),)), BOOK, day, "410105") for one in given]
    together = every.pop()
    assert together.colour == reduce(strictest, alone).colour
    assert together.ends == reduce(strictest, alone).ends
    twice = colour_on(History(tuple((*one, "") for one in given * 2)), BOOK, day, "410105")
    assert twice == together


SWITCH = Day(2021, 8, 11)


def successor(of: str, start: Day, **values: object) -> Pack:
    """A pack that takes the place of ``of``: the same with other values in every clause."""
    old = BOOK.find(of)
    assert old is not None
    clauses = [c.model_copy(update={"pack": "new", **values}) for c in old.clauses]
    update = {"id": "new", "notice": "new", "start": start, "replaces": (of,), "clauses": tuple(clauses)}
    return old.model_copy(update=update)


def test_a_code_pack_switched_at_a_date_changes_only_what_it_governs() -> None:
    switched = Rulebook((*BOOK.packs, successor("henan-2", SWITCH, days=5)))
    changed = untouched = 0
    for one in code_histories(800, seed=3):
        known = History(one.identities, one.tests, one.contacts)
        events = [*(at for at, *_ in one.identities), *one.contacts, *(at for at, positive in one.tests if positive)]
        for day in one.days:
            old, new = (colour_on(known, book, day, one.area) for book in (BOOK, switched))
            named = any(at >= SWITCH for at in events if at <= day) and one.area.startswith("41")
            if not named:
                untouched += 1
                assert new == old
            changed += new != old
    assert min(changed, untouched) > 200


def test_a_pack_taken_away_changes_only_what_it_made() -> None:
    without = Rulebook(tuple(pack for pack in BOOK.packs if pack.id != "zhengzhou-18"))
    changed = 0
    for one in code_histories(800, seed=4):
        known = History(one.identities, one.tests, one.contacts)
        for day in one.days:
            old, new = (colour_on(known, book, day, one.area) for book in (BOOK, without))
            if old != new:
                changed += 1
                assert any(step.clause.startswith("zhengzhou-18/") for step in old.steps) or old.green != new.green
    assert changed > 50


def test_a_zone_pack_switched_at_a_date_changes_only_zones_that_still_stand() -> None:
    switch = Day(2022, 7, 9)
    switched = Rulebook((*BOOK.packs, successor("plan-9", switch, days=2)))
    changed = untouched = 0
    for one in zone_histories(800, seed=5):
        for day in one.days:
            old, new = (zone_in(one.start, one.kind, one.cases, book, day) for book in (BOOK, switched))
            eve = zone_in(one.start, one.kind, one.cases, BOOK, switch - dt.timedelta(1))
            gone = one.start < switch and eve.state == "low" and not any(switch <= at <= day for at in one.cases)
            if day < switch or (gone and day < Day(2022, 11, 11)):
                untouched += 1
                assert (new.state, new.since, new.released) == (old.state, old.since, old.released)
            changed += new.state != old.state
    assert min(changed, untouched) > 100


def test_a_pack_for_one_place_leaves_the_others_alone() -> None:
    local = successor("plan-9", Day(2022, 7, 9), days=2).model_copy(update={"area": "4403"})
    switched = Rulebook((*BOOK.packs, local))
    states = set()
    for one in zone_histories(200, seed=6):
        for day in one.days:
            there, here = (
                zone_in(one.start, one.kind, one.cases, switched, day, area) for area in ("440301", "310101")
            )
            assert here == replace(zone_in(one.start, one.kind, one.cases, BOOK, day, "310101"))
            states.add((there.state, here.state))
    assert ("low", "high") in states
