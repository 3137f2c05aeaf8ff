"""Tokens of programs: shown once, bound to a user, with an end."""

from __future__ import annotations

import datetime as dt

import pytest

from data.access import Access, users
from data.access.audit import Log, Sought
from data.access.signing import from_issuer
from data.access.tokens import MOST_DAYS, PREFIX, VOUCHED_DAYS, list_tokens, new_token, revoke_token, token_user
from data.engine import utcnow
from data.errors import UserError, UserNotFound


def test_a_token_asks_in_its_users_name_until_it_is_revoked(access: Access) -> None:
    users.add_user(access, "wang", "王", "analyst", "990101")
    made, secret = new_token(access, "Wang", " QGIS \n desk ", 30, by="boss")
    assert (made.login, made.name, made.seen, made.revoked) == ("wang", "QGIS desk", None, None)
    assert secret.startswith(PREFIX)
    user = token_user(access, secret)
    assert user is not None
    assert (user.login, user.scope) == ("wang", "990101")
    (listed,) = list_tokens(access, "wang")
    assert listed.seen is not None
    assert revoke_token(access, made.id, by="boss").revoked is not None
    assert revoke_token(access, made.id, by="boss") == revoke_token(access, made.id)
    assert token_user(access, secret) is None
    actions = [(line.action, line.who, line.area) for line in Log(access).search(Sought())[0][::-1]]
    assert actions[1:] == [("token_made", "boss", "990101"), ("token_revoked", "boss", "990101")]


def test_a_token_has_an_end(access: Access) -> None:
    users.add_user(access, "wang", "", "analyst")
    _, secret = new_token(access, "wang", "x", 2)
    now = utcnow()
    assert token_user(access, secret, now + dt.timedelta(days=1, hours=23)) is not None
    assert token_user(access, secret, now + dt.timedelta(days=2)) is None
    for days in (0, -1, MOST_DAYS + 1):
        with pytest.raises(UserError):
            new_token(access, "wang", "x", days)


def test_a_token_of_whom_a_provider_vouches_for_rests_until_they_are_seen_again(access: Access) -> None:
    who = ("https://id", "7", "li", "", "analyst", None)
    from_issuer(access, *who)
    users.add_user(access, "wang", "", "analyst")
    (_, theirs), (_, own) = (new_token(access, login, "x", 200) for login in ("li", "wang"))
    early, late = (utcnow() + dt.timedelta(days=VOUCHED_DAYS + days) for days in (-1, 1))
    assert [token_user(access, secret, early) is not None for secret in (theirs, own)] == [True, True]
    assert [token_user(access, secret, late) is not None for secret in (theirs, own)] == [False, True]


def test_what_is_no_token_opens_nothing(access: Access) -> None:
    users.add_user(access, "wang", "", "analyst")
    made, secret = new_token(access, "wang", "", 1)
    assert made.name == "-"
    for wrong in ("", PREFIX, secret[:-1], secret.removeprefix(PREFIX), "\0", "\ud800"):
        assert token_user(access, wrong) is None
    with pytest.raises(UserNotFound):
        revoke_token(access, 99)
    with pytest.raises(UserNotFound):
        new_token(access, "li", "x", 1)
    with pytest.raises(UserNotFound):
        list_tokens(access, "li")
    users.add_user(access, "li", "", "analyst")
    assert list_tokens(access, "li") == []
    assert [one.login for one in list_tokens(access)] == ["wang"]
