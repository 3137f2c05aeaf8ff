"""Sessions end when they are left alone, when they are old, when somebody signs out; and none outlives its time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from data.access import Access, tables, users
from data.access.audit import Log, Sought
from data.access.book import Limits
from data.access.sessions import TOUCH, csrf_of, end_session, end_sessions, open_session, session_user
from data.access.users import User
from data.engine import utcnow

ADDRESS = "2001:db8::1"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def user(access: Access) -> User:
    return users.add_user(access, "wang", "王", "official", "990101")[0]


def test_a_token_is_its_users_and_no_other_is(access: Access, user: User) -> None:
    token, other = (open_session(access, user, ADDRESS) for _ in range(2))
    assert token != other
    assert session_user(access, token) == user
    for wrong in ("", "x", token[:-1], token.swapcase(), token + "\0", "\ud800", "' OR 1=1"):
        assert session_user(access, wrong) is None


def test_who_signs_out_is_out_there_alone(access: Access, user: User) -> None:
    here, there = (open_session(access, user, ADDRESS) for _ in range(2))
    end_session(access, here)
    end_session(access, here)
    end_session(access, "nobody's")
    assert session_user(access, here) is None
    assert session_user(access, there) == user
    noted = [(line.who, line.area) for line in Log(access).search(Sought(action="sign_out"))[0]]
    assert noted == [("wang", "990101")]


def test_somebody_is_signed_out_everywhere(access: Access, user: User) -> None:
    tokens = [open_session(access, user, ADDRESS) for _ in range(3)]
    end_session(access, tokens[0])
    assert end_sessions(access, user, by="boss") == 2
    assert end_sessions(access, "wang", by="boss") == 0
    assert [session_user(access, token) for token in tokens] == [None] * 3
    assert [line.who for line in Log(access).search(Sought(action="sign_out"))[0]] == ["boss", "wang"]


def test_the_book_is_written_once_a_minute_at_most(access: Access, user: User) -> None:
    token = open_session(access, user, ADDRESS)
    began = _seen(access)
    session_user(access, token, began + TOUCH - MINUTE / 60)
    assert _seen(access) == began
    session_user(access, token, began + TOUCH)
    assert _seen(access) == began + TOUCH


def _seen(access: Access) -> dt.datetime:
    with access.snapshot() as connection:
        seen: dt.datetime = connection.execute(select(tables.session.c.seen)).scalars().one()
    return seen


def test_old_sessions_are_forgotten(access: Access, user: User) -> None:
    open_session(access, user, ADDRESS)
    with access.writing() as connection:
        connection.execute(tables.session.update().values(made=utcnow() - dt.timedelta(hours=13)))
    open_session(access, user, ADDRESS)
    with access.snapshot() as connection:
        assert len(connection.execute(tables.session.select()).all()) == 1


def test_the_word_of_a_form_is_the_sessions_own() -> None:
    assert csrf_of("a") == csrf_of("a")
    assert len({csrf_of("a"), csrf_of("b"), csrf_of(""), "a"}) == 4
    assert len(csrf_of("\ud800")) == 64


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Access]:
    folder = tmp_path_factory.mktemp("sessions")
    access = Access.beside(f"sqlite:///{folder / 'onescreen.db'}", folder)
    users.add_user(access, "wang", "", "official")
    yield access
    access.close()


@given(st.lists(st.integers(0, 150), min_size=1, max_size=15), st.integers(1, 120), st.integers(1, 24))
def test_no_session_outlives_its_time(small: Access, pauses: list[int], minutes: int, hours: int) -> None:
    """``pauses``: minutes between two questions of one browser."""
    small.limits = Limits(session_minutes=minutes, session_hours=hours)
    began = utcnow()
    token = open_session(small, users.find_user(small, "wang"), ADDRESS)
    passed, lives = 0, True
    for pause in pauses:
        passed += pause
        lives = lives and pause < minutes and passed < hours * 60
        # the session was made a moment after ``began``, so that a question a little later is one in time
        found = session_user(small, token, began + passed * MINUTE + MINUTE / 4)
        assert found is None or lives
        if lives and pause < minutes - 1 and passed < hours * 60 - 1:
            assert found is not None
        lives = found is not None
