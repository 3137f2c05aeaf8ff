"""Clocks of zones: against every history that the known days allow, and by hand where a hand is enough."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.rules import Rulebook, rulebook
from data.rules.pack import Clause, Pack
from data.rules.zone_clock import zone_in
from data.slabs import MISSING
from grid.zones import WHOLE
from grid.zones.clocks import OVER, ClockBook, ZoneClock, bucket
from grid.zones.units import Size
from tests.grid.told import ALL, Day, Told, day, geography, said

LONG_AGO = day(-400)

#: What is known of a day: something was found, nothing was, or nobody said.
KNOWN = st.sampled_from([0, 0, 0, 0, 1, None])


def pack(
    id: str = "one", days: int = 7, *, area: str = "", start: Day = LONG_AGO, unit: str = "compound", **kinds: str
) -> Pack:
    """A pack of one clause a kind: lockdown and high are ``days`` long."""
    names = kinds or {"lockdown": "high", "high": "high"}
    clauses = tuple(
        Clause(id=name, risk=name, days=days, zh="甲", en="a", pack=id, by_zh="甲", by_en="a")
        for name in dict.fromkeys(names.values())
    )
    return Pack.model_validate({
        "id": id, "zh": "甲", "en": "a", "about": "zones", "notice": id, "notice_en": id, "authority": "x", "authority_en": "x",
        "source": "x", "start": start, "area": area, "unit": unit, "identities": names, "clauses": clauses,
    })  # fmt: skip


def told(known: Sequence[int | None], first: int = 0) -> Told:
    """A city whose line list says something (or nothing) about cell a on each day from the ``first``-th on."""
    made = Told(geography())
    for n, value in enumerate(known, first):
        if value is not None:
            made.tell("cases", day(n), {"a": value})
    made.said["population"] = np.where(made.leaves.cell >= 0, 10, MISSING)
    return made


def clock_on(made: Told, at: int, *packs: Pack) -> ZoneClock:
    """The clock of the only zone on the ``at``-th day."""
    (found,) = ClockBook(made.view, Rulebook(packs or (pack(),))).on(day(at))
    return found


def worlds(known: Sequence[int | None], at: int) -> list[list[int]]:
    """Every history of findings up to the ``at``-th day that the known days allow; that day itself has not ended."""
    choices = [
        (bool(v),) if v is not None else (False, True) if n < at else (False,) for n, v in enumerate(known[: at + 1])
    ]
    return [[n for n, found in enumerate(world) if found] for world in itertools.product(*choices)]


def due_in(world: Sequence[int], days: int) -> int:
    """First day on which a zone drawn on day 0 may be released: so many days after its last finding, or its first day."""
    return max([0, *world]) + days


@settings(max_examples=400, deadline=None)
@given(st.lists(KNOWN, min_size=4, max_size=16), st.integers(1, 6))
def test_a_state_is_certain_where_every_possible_history_agrees(known: list[int | None], days: int) -> None:
    at = len(known) - 1
    made = told(known)
    made.zone("Z", ALL, 0)
    found = clock_on(made, at, pack(days=days))
    dues = [due_in(world, days) for world in worlds(known, at)]
    if all(due <= at for due in dues):
        assert found.state == bucket(at - max(dues))
        assert (found.over, found.ends) == (at - max(dues), day(max(dues)))
    elif any(due <= at for due in dues):
        assert (found.state, found.over) == ("unknown", 0)
        assert (found.ends, found.latest) == (day(min(dues)), day(max(dues)))
    else:
        assert (found.state, found.ends) == ("running", day(min(dues)))
        assert (found.latest or found.ends) == day(max(dues))
    last = [n for n, value in enumerate(known) if value]
    assert found.last == (day(last[-1]) if last else None)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(KNOWN, min_size=6, max_size=22), st.sampled_from(["lockdown", "control"]),
    st.sampled_from([day(0), Day(2022, 11, 4)]),
)  # fmt: skip
def test_two_readings_are_as_good_as_all_of_them(known: list[int | None], kind: str, first: Day) -> None:
    """Under the 9th plan and the twenty measures, with stages, a way back and a switch of packs."""
    at, shift = len(known) - 1, (first - day(0)).days
    made = told(known, shift)
    made.zone("Z", ALL, shift, kind=kind)
    if sum(value is None for value in known) > 6:
        return
    found = clock_on(made, shift + at, *rulebook().packs)
    stands = "high" if kind == "lockdown" else "middle"
    milder = {
        ("low", "middle", "high").index(verdict.state) < ("low", "middle", "high").index(stands)
        for world in worlds(known, at)
        for verdict in [zone_in(first, kind, [day(shift + n) for n in world], rulebook(), day(shift + at))]
    }
    assert (found.state in OVER) == (milder == {True})
    assert (found.state == "unknown") == (milder == {True, False})


def test_a_day_without_a_report_does_not_run_the_clock() -> None:
    quiet: list[int | None] = [1, *[0] * 9]
    for at, value in ((3, None), (3, 0)):
        known = quiet.copy()
        known[at] = value
        made = told(known)
        made.zone("Z", ALL, 0)
        found = clock_on(made, 9)
        assert (found.state, found.over) == (("unknown", 0) if value is None else ("week", 2))
        assert found.silent == ((day(at),) if value is None else ())


def test_without_any_report_nothing_is_called_quiet() -> None:
    made = Told(geography())
    made.zone("Z", ALL, 0)
    assert [clock_on(made, at).state for at in (0, 6, 7, 30)] == ["running", "running", "unknown", "unknown"]
    assert clock_on(made, 30).last is None


def test_the_day_itself_need_not_be_reported_but_what_is_known_of_it_counts() -> None:
    known: list[int | None] = [1, *[0] * 6, None]
    made = told(known)
    made.zone("Z", ALL, 0)
    assert clock_on(made, 7).state == "due"
    made.tell("cases", day(7), {"a": 1})
    found = clock_on(made, 7)
    assert (found.state, found.ends, found.last) == ("running", day(14), day(7))


@pytest.mark.parametrize(
    ("over", "state"),
    [(-1, "running"), (0, "due"), (1, "week"), (7, "week"), (8, "weeks"), (20, "weeks"), (21, "stuck")],
)
def test_ages(over: int, state: str) -> None:
    made = told([1, *[0] * 40])
    made.zone("Z", ALL, 0)
    found = clock_on(made, 7 + over)
    assert (found.state, found.over, found.due) == (state, max(over, 0), None if over < 0 else day(7))
    assert (found.run, found.length) == (min(7 + over, 7), 7)


def test_where_no_pack_in_force_governs_a_zone_there_is_no_clock() -> None:
    made = told([1, *[0] * 40])
    made.zone("Z", ALL, 0)
    for other in (pack(area="12"), pack(start=day(31)), pack(middle="middle")):
        found = clock_on(made, 30, other)
        assert (found.state, found.clause, found.ends, found.over) == ("unruled", None, None, 0)


def test_a_finding_in_a_cell_that_a_zone_only_touches_may_lie_in_it() -> None:
    """Of cell b it covers a fifth, of a most: what was found in a is inside, what was found in b nobody can tell."""
    for cell, state in (("a", "running"), ("b", "unknown"), ("c", "week")):
        made = Told(geography())
        for n in range(10):
            made.tell("cases", day(n), {cell: int(n == 5)})
        made.zone("Z", {"a": 60, "b": 20}, 0)
        assert clock_on(made, 9).state == state


def test_a_zone_known_by_its_street_only_is_quiet_only_where_the_street_is() -> None:
    made = Told(geography())
    for n in range(10):
        made.tell("cases", day(n), {"e": int(n == 5)})
    made.zone("Z", {}, 0, area="112")
    found = clock_on(made, 9)
    assert (found.state, found.last, found.size) == ("unknown", None, Size(None, 0))
    made.tell("cases", day(5), {})
    assert clock_on(made, 9).state == "week"


def test_findings_that_could_not_be_located_are_told_beside() -> None:
    made = told([1, *[0] * 9])
    for n, place in ((2, "111"), (4, "11"), (5, "1")):
        made.tell("cases", day(n), {place: 3})
    made.zone("Z", ALL, 0)
    assert (clock_on(made, 9).state, clock_on(made, 9).loose) == ("week", 6)  # the city's own are everywhere's


# what it is larger than ------------------------------------------------------------------------------


def test_what_lies_beyond_the_unit_is_the_zone_without_the_ring_around_its_findings() -> None:
    """Cells a, b, c lie in a row in one community, d beside c in the next: the ring of a is b."""
    made = told([1, *[0] * 9])
    made.zone("Z", dict.fromkeys(("a", "b", "c", "d"), WHOLE), 0)
    found = clock_on(made, 3)
    assert (found.size, found.beyond, found.larger) == (Size(40, 400), Size(20, 200), True)
    assert clock_on(made, 3, pack(unit="community")).beyond == Size(10, 100)
    assert clock_on(made, 3, pack(unit="district")).beyond == Size(0, 0)


def test_nothing_is_called_larger_without_findings_or_for_a_zone_around_others() -> None:
    made = told([0] * 10)
    made.zone("Z", ALL, 0)
    assert clock_on(made, 3).beyond is None
    made = told([1, *[0] * 9])
    made.zone("Z", dict.fromkeys("abcd", WHOLE), 0, kind="control")
    assert clock_on(made, 3, pack(control="middle")).beyond is None


def test_ground_that_one_of_two_zones_calls_for_is_beyond_neither() -> None:
    made = Told(geography())
    for n in range(5):
        made.tell("cases", day(n), {"a": 1, "d": 1})
    made.zone("Y", dict.fromkeys("abcd", WHOLE), 0)
    made.zone("Z", dict.fromkeys("cd", WHOLE), 0, area="1112")
    book = ClockBook(made.view, Rulebook((pack(),)))
    found = book.on(day(4))
    assert [clock.beyond and clock.beyond.m2 for clock in found] == [
        100,
        100,
    ]  # c of either: d's ring ends at its border
    assert book.beyond(found).m2 == 100
    assert book.total(found).m2 == 400


# releases ---------------------------------------------------------------------------------------------


def test_a_release_is_told_with_how_late_or_how_early_it_came() -> None:
    for stop, late, early in ((5, 0, 2), (7, 0, 0), (9, 2, 0)):
        made = told([1, *[0] * 20])
        made.zone("Z", ALL, 0, stop)
        found = clock_on(made, stop)
        assert (found.state, found.over, found.early, found.standing) == ("released", late, early, False)
        assert ClockBook(made.view, Rulebook((pack(),))).on(day(stop + 1)) == ()


def test_a_zone_that_another_takes_in_is_not_released() -> None:
    made = told([1, *[0] * 20])
    made.zone("small", {"a": WHOLE}, 0, 4)
    made.zone("large", ALL, 4)
    states = {
        clock.zone.key: (clock.state, clock.moved) for clock in ClockBook(made.view, Rulebook((pack(),))).on(day(4))
    }
    assert states == {"small": ("moved", "lockdown"), "large": ("running", "")}


def test_a_zone_that_is_eased_goes_on_under_its_own_name() -> None:
    made = told([1, *[0] * 20])
    made.zone("Z", ALL, 0, 7)
    made.zone("Z", ALL, 7, 10, kind="control")
    plan = rulebook().packs
    for at, states in ((6, ["running"]), (7, ["moved", "running"]), (9, ["running"]), (10, ["released"])):
        found = ClockBook(made.view, Rulebook(plan)).on(day(at))
        assert [clock.state for clock in found] == states
    eased = ClockBook(made.view, Rulebook(plan)).on(day(8))[0]
    assert (eased.clause and eased.clause.id, eased.ends) == ("eased", day(10))  # three more days, not seven


def test_a_zone_eased_to_a_kind_that_its_pack_does_not_know_is_overdue_once_its_clock_has_run() -> None:
    """Locked by a pack that releases after seven days; a control zone is made of it in place instead."""
    made = told([1, *[0] * 20])
    made.zone("Z", ALL, 0, 4)
    made.zone("Z", ALL, 4, kind="control")
    for at, state, over in ((5, "running", 0), (7, "due", 0), (9, "week", 2), (15, "weeks", 8)):
        found = clock_on(made, at)
        assert (found.state, found.over, found.ends) == (state, over, day(7))
        assert found.clause is not None
        assert found.clause.id == "high"


# risk areas of daily lists --------------------------------------------------------------------------


def listed(days: dict[int, dict[str, dict[str, int]]]) -> Told:
    """A city with lists: day -> level -> place -> entries."""
    made = told([0] * 60)
    for n, levels in days.items():
        for level in ("high", "middle"):
            made.tell(f"risk_{level}", day(n), levels.get(level, {}))
    return made


def test_lists_make_stretches_and_a_change_of_level_a_chain() -> None:
    high, middle = {"high": {"1111": 2}}, {"middle": {"1111": 1}}
    made = listed({0: {}, 1: high, 2: high, 5: high, 8: middle, 11: {}, 30: {}})
    found = ClockBook(made.view, Rulebook(rulebook().packs)).stretches
    assert [(one.kind, one.start, one.stop, one.entries, one.since, one.next_kind) for one in found] == [
        ("high", day(1), day(8), 2, day(1), "middle"), ("middle", day(8), day(11), 1, day(1), ""),
    ]  # fmt: skip
    assert [clock_on(made, at, *rulebook().packs).state for at in (7, 10, 11)] == ["running", "running", "released"]


def test_lists_that_cease_release_nothing() -> None:
    made = listed({0: {"high": {"1111": 1}}, 1: {"high": {"1111": 1}}})
    book = ClockBook(made.view, Rulebook(rulebook().packs))
    (one,) = book.stretches
    assert (one.stop, one.lost, one.open_start) == (day(9), True, True)
    assert [len(book.on(day(at))) for at in (8, 9)] == [1, 0]


# one pack, its zones -----------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.lists(KNOWN, min_size=20, max_size=20), st.integers(1, 19), st.integers(0, 18))
def test_a_pack_changes_only_the_zones_that_it_governs(known: list[int | None], at: int, start: int) -> None:
    made = told(known)
    for n in range(20):
        made.tell("addresses", day(n), {"12": n % 5 == 0})
    made.zone("here", ALL, 0)
    made.zone("there", {"12": WHOLE}, 0, area="12")
    other = pack("other", 3, area="12", start=day(start)).model_copy(update={"replaces": ("one",)})
    before = ClockBook(made.view, Rulebook((pack(),)))
    after = ClockBook(made.view, Rulebook((pack(), other)))
    here, there = (
        dict(zip("ht", pair, strict=True)) for pair in zip(before.on(day(at)), after.on(day(at)), strict=True)
    )
    assert said(here["h"]) == said(here["t"])
    if start > at:
        assert said(there["h"]) == said(there["t"])
    else:
        assert there["t"].pack is None or there["t"].pack.id == "other" or there["t"].state in OVER


def test_a_stricter_level_begins_anew() -> None:
    made = listed({0: {}, 1: {"middle": {"1111": 1}}, 5: {"high": {"1111": 1}}, 9: {"high": {"1111": 1}}})
    (one, two) = ClockBook(made.view, Rulebook(rulebook().packs)).stretches
    assert (one.next_kind, two.since, two.first_kind) == ("high", day(5), "high")
    assert clock_on(made, 9, *rulebook().packs).ends == day(12)
