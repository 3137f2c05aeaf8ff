"""One row of a ledger: when it was to be turned, against a walk through the calendar."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.code_days import NO_DAY
from data.rules import OPEN, rulebook
from data.rules.due import BUCKETS, Due, Known, Terms, due_of, telling, terms_of, trace
from data.words import Lang

Day = dt.date
LANGS: tuple[Lang, ...] = ("zh", "en")
NONE = int(NO_DAY)

days = st.integers(-5, 40)
maybe = st.just(NONE) | days
terms = st.builds(
    Terms,
    days=st.just(OPEN) | st.integers(1, 15),
    tests=st.booleans(),
    fresh=st.integers(0, 4),
    no_contact=st.booleans(),
    stop=st.just(NONE) | st.integers(-5, 30),
)


def walked(terms: Terms, known: Known, today: int) -> Due:
    """What one says who looks at the row every evening from its first day on."""
    evenings = range(known.since, today + 1)
    if known.positive in evenings:
        return Due(NONE, NONE, 0)
    after = [day for day in evenings if _clock_over(terms, known, day)]
    if not after:
        return Due(known.since + terms.days if terms.days != OPEN else terms.stop, NONE, 0)
    blocked = terms.no_contact and known.contact in evenings[1:]
    ready = [day for day in after if _proven(terms, known, day) and not blocked]
    if not ready:
        return Due(after[0], NONE, BUCKETS.index("waiting"))
    age = today - ready[0]
    word = "due" if age == 0 else "week" if age <= 7 else "weeks" if age <= 20 else "stuck"
    return Due(after[0], ready[0], BUCKETS.index(word))


def _clock_over(terms: Terms, known: Known, day: int) -> bool:
    if terms.days == OPEN:
        return terms.stop != NONE and day >= terms.stop
    return len(range(known.since, day)) >= terms.days


def _proven(terms: Terms, known: Known, day: int) -> bool:
    """Whether the conditions about tests are met by what is known on the evening of ``day``."""
    if terms.days == OPEN or not known.tests or not (terms.tests or terms.fresh):
        return True
    first = known.since + terms.days
    return any(
        known.negative == at and (terms.fresh == 0 or max(first, at) - at <= terms.fresh)
        for at in range(known.since, day + 1)
    )


@given(terms, st.builds(Known, st.integers(-3, 20), maybe, maybe, maybe, st.booleans()), st.integers(0, 60))
def test_due_is_what_a_walk_through_the_calendar_finds(terms: Terms, known: Known, over: int) -> None:
    day = known.since + over
    assert due_of(terms, known, day) == walked(terms, known, day)


@given(terms, st.integers(0, 9), st.lists(days, max_size=6), st.integers(0, 60))
def test_the_telling_test_is_the_earliest_that_serves(terms: Terms, since: int, tests: list[int], over: int) -> None:
    day = since + over
    taken = [at for at in tests if at <= day]
    found = due_of(terms, Known(since, telling(taken, terms, since)), day)
    dues = [due_of(terms, Known(since, at), day).due for at in taken or [NONE]]
    assert found.due == min((due for due in dues if due != NONE), default=NONE)


@pytest.mark.parametrize(
    ("day", "bucket"),
    [(13, "running"), (14, "due"), (15, "week"), (21, "week"), (22, "weeks"), (34, "weeks"), (35, "stuck")],
)
def test_ages(day: int, bucket: str) -> None:
    asked = terms_of(rulebook().clause("henan-2/red"))
    assert BUCKETS[due_of(asked, Known(0, negative=13), day).bucket] == bucket


def test_nothing_known_of_a_rule_or_of_tests() -> None:
    assert due_of(terms_of(None), Known(0), 99) == Due(NONE, NONE, 0)
    red = terms_of(rulebook().clause("henan-2/red"))
    assert due_of(red, Known(0, tests=False), 14) == Due(14, 14, BUCKETS.index("due"))
    assert due_of(red, Known(0), 14) == Due(14, NONE, BUCKETS.index("waiting"))


SINCE = Day(2021, 8, 1)


def test_a_row_is_told_step_by_step() -> None:
    found = trace(
        "yellow", SINCE, "henan-2/yellow", Day(2021, 8, 7), None, None, Day(2021, 9, 9), rulebook(),
        identity="stayer", evidence="手工名单 3",
    )  # fmt: skip
    assert (found.ends, found.due, found.green, found.bucket) == (Day(2021, 8, 8),) * 3 + ("stuck",)
    zh, en = ("\n".join(found.say(lang)) for lang in LANGS)
    for word in ("henan-2/yellow", "2021-08-08", "2021-08-07", "32", "手工名单 3"):
        assert word in zh
        assert word in en
    assert "第二版" in zh
    assert "绿码" in zh


@pytest.mark.parametrize(
    ("clause", "last", "bucket", "word"),
    [
        ("henan-2/red", (None, None, None), "waiting", "before is missing"),
        ("henan-2/red", (None, Day(2021, 8, 9), None), "running", "positive"),
        ("henan-2/red", (Day(2021, 8, 14), None, Day(2021, 8, 3)), "waiting", "assigned anew"),
        ("zhengzhou-18/home", (None, None, None), "weeks", "not in force"),
        ("heihe-2021/registered", (None, None, None), "running", "no day ends it"),
        ("", (None, None, None), "running", "no rule"),
        ("nobody/knows", (None, None, None), "running", "no rule"),
    ],
)
def test_why_a_row_still_stands(
    clause: str, last: tuple[Day | None, Day | None, Day | None], bucket: str, word: str
) -> None:
    found = trace("red", SINCE, clause, *last, Day(2021, 9, 9), rulebook())
    assert found.bucket == bucket
    assert word in " ".join(found.say("en"))
    assert found.say("zh")
