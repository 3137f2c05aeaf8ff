"""Who is signed in while the book that says so is away."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.access import known as room
from dashboard.access.known import Known
from dashboard.app import Screen
from data.access import Access
from data.access.sessions import end_session, open_session
from data.access.users import find_user
from data.errors import StoreError, StoreLost


def gone(*_: object) -> Any:
    """A book that does not answer."""
    raise StoreLost(detail="could not connect to server at 10.0.0.7")


def test_a_session_that_was_confirmed_is_good_for_a_while_and_no_other(
    access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, user = Known(access), find_user(access, "wang")
    token, unseen, ended = (open_session(access, user, "127.0.0.1") for _ in range(3))
    assert [known.user(one) is not None for one in (token, ended)] == [True, True]
    end_session(access, ended)
    assert known.user(ended) is None
    monkeypatch.setattr(room, "session_user", gone)
    found = known.user(token)
    assert found is not None
    assert found.login == "wang"
    for other in (unseen, ended, "made up"):
        with pytest.raises(StoreError):
            known.user(other)
    known.grace = -1.0
    with pytest.raises(StoreError):
        known.user(token)


def test_a_page_that_cannot_be_answered_says_so_calmly_and_asks_again(
    screen: Screen, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "session_user", gone)
    client.set_cookie("onescreen", "a token")
    for path in ("/", "/codes", "/users"):
        page = client.get(path)
        assert (page.status_code, page.headers["Retry-After"]) == (503, "3")
        assert '<meta http-equiv="refresh" content="3">' in page.text
        assert "数据库暂时不可用" in page.text
        assert "cannot be reached" in page.text
        assert "10.0.0.7" not in page.text
    script = client.get("/alive")
    assert (script.status_code, script.mimetype) == (503, "application/problem+json")
    assert "10.0.0.7" not in script.text
