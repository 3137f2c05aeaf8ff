"""A state and its address are the same thing."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.links import LONGEST, State, read, write

STATES = st.builds(
    State,
    area=st.one_of(st.just("city"), st.text(min_size=1, max_size=30)),
    layer=st.one_of(st.none(), st.sampled_from(["positives", "growth"])),
    per=st.sampled_from(["registered", "present"]),
    level=st.one_of(st.none(), st.sampled_from(["street", "cell"])),
    day=st.one_of(st.none(), st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31))),
    known=st.one_of(
        st.sampled_from(["now", "then"]),
        st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 12, 31)).map(
            lambda moment: moment.replace(microsecond=0)
        ),
    ),
    lang=st.sampled_from(["zh", "en"]),
    theme=st.sampled_from(["dark", "light"]),
    view=st.one_of(st.none(), st.just((121.47, 31.23, 40.5))),
)


@given(STATES, st.sampled_from([State(), State(lang="en")]))
def test_reading_undoes_writing(state: State, default: State) -> None:
    asked = read(write(state, default), default)
    assert asked.state == state
    assert asked.dropped == ()


@given(st.text(max_size=200))
def test_nothing_that_stands_in_an_address_raises(search: str) -> None:
    read(search)


def test_default_is_the_plain_address() -> None:
    assert write(State()) == ""
    assert write(State(lang="en"), State(lang="en")) == ""


def test_address_is_readable() -> None:
    state = State(area="310115", day=dt.date(2022, 4, 13), known=dt.datetime(2022, 4, 13, 16))
    assert write(state) == "?area=310115&day=2022-04-13&known=2022-04-13T16:00:00"


@pytest.mark.parametrize(
    ("search", "key"),
    [
        ("?day=2022-02-30", "day"),
        ("?day=0001-01-01", "day"),
        ("?day=1899-12-31", "day"),
        ("?day=9999-12-31", "day"),
        ("?known=0001-01-01T00:00:00%2B08:00", "known"),
        ("?known=9999-12-31T23:00:00-08:00", "known"),
        ("?known=soon", "known"),
        ("?lang=fr", "lang"),
        ("?theme=neon", "theme"),
        ("?view=999,99,1", "view"),
        ("?colour=red", "colour"),
        (f"?area={'9' * (LONGEST + 1)}", "area"),
    ],
)
def test_what_cannot_be_read_is_dropped_and_told(search: str, key: str) -> None:
    asked = read(search)
    assert asked.state == State()
    assert [name for name, _ in asked.dropped] == [key]


def test_moment_with_a_zone_is_utc() -> None:
    assert read("?known=2022-04-13T08:00:00%2B08:00").state.known == dt.datetime(2022, 4, 13, 0)
