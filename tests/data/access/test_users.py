"""Users: let in with their own password and nothing else, out for good when disabled, and all of it in the log."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select, update

from data.access import Access, passwords, signing, tables, users
from data.access.attempts import FAILURES, LOCK_MINUTES
from data.access.audit import MACHINE, Line, Log, Sought
from data.access.book import Limits
from data.access.sessions import open_session, session_user
from data.access.tokens import new_token, token_user
from data.access.users import User
from data.engine import utcnow
from data.errors import OneScreenError, PasswordError, SignInLocked, SignInRefused, UserError, UserNotFound

PHRASE, OTHER = "correct horse battery staple", "eleven quiet bicycles below"
WRONG = "not the password at all"
ADDRESS = "10.1.2.3"


def lines(access: Access, action: str = "") -> list[Line]:
    return Log(access).search(Sought(action=action), limit=500)[0][::-1]


def make(access: Access, login: str = "wang", role: str = "official", scope: str | None = None) -> User:
    """Somebody with PHRASE as password."""
    _, shown = users.add_user(access, login, login.title(), role, scope)
    return signing.set_password(access, login, shown or "", PHRASE)


def set_row(access: Access, login: str, **values: Any) -> None:
    with access.writing() as connection:
        connection.execute(update(tables.user).where(tables.user.c.login == login).values(**values))


def fails(access: Access, login: str = "wang", password: str = WRONG) -> OneScreenError:
    with pytest.raises((SignInRefused, SignInLocked)) as refused:
        signing.sign_in(access, login, password, ADDRESS)
    return refused.value


# --- made, and let in --------------------------------------------------------------------------------


def test_a_new_user_signs_in_once_and_chooses(access: Access) -> None:
    made, shown = users.add_user(access, " WANG ", "王 芳", "official", "990101", by="")
    assert shown is not None
    assert (made.login, made.name, made.once, made.seen, made.scope) == ("wang", "王 芳", True, None, "990101")
    user = signing.sign_in(access, "ＷＡＮＧ", shown, ADDRESS)
    assert (user.once, user.seen is not None, user.rights) == (True, True, made.rights)
    assert not signing.set_password(access, "wang", shown, PHRASE).once
    assert not signing.sign_in(access, "wang", PHRASE, ADDRESS).once
    fails(access, password=shown)
    assert [(line.action, line.who, line.role, line.area) for line in lines(access)] == [
        ("user_added", lines(access)[0].who, MACHINE, "990101"),
        ("sign_in", "wang", "official", "990101"),
        ("password_changed", "wang", "official", "990101"),
        ("sign_in", "wang", "official", "990101"),
        ("sign_in_failed", "wang", "official", "990101"),
    ]


def test_a_given_password_is_held_to_the_policy(access: Access) -> None:
    user, shown = users.add_user(access, "wang", "", "analyst", password=PHRASE, once=False)
    assert (user.once, user.name, shown) == (False, "wang", None)
    assert signing.sign_in(access, "wang", PHRASE, ADDRESS).login == "wang"
    with pytest.raises(PasswordError):
        users.add_user(access, "li", "", "analyst", password="password1234")
    with pytest.raises(UserNotFound):
        users.find_user(access, "li")


@pytest.mark.parametrize("login", ["", " ", "a b", "a'--", "<b>", "x" * 101, "a\0b", "\ud800", "‮abc", "a/b"])
def test_what_cannot_be_a_login_is_refused_and_unknown(access: Access, login: str) -> None:
    with pytest.raises(UserError):
        users.add_user(access, login, "", "official")
    with pytest.raises(UserNotFound):
        users.find_user(access, login)
    assert isinstance(fails(access, login), SignInRefused)


def test_a_login_is_one_persons_and_a_role_is_known(access: Access) -> None:
    make(access)
    for login in ("wang", "Wang", "ｗang"):
        with pytest.raises(UserError, match="taken"):
            users.add_user(access, login, "", "official")
    with pytest.raises(UserError, match="auditor"):
        users.add_user(access, "li", "", "king")
    with pytest.raises(UserError, match="auditor"):
        users.change_user(access, "wang", role="king")


def test_what_is_changed_holds_at_once_and_is_noted_by_whom(access: Access) -> None:
    user = make(access, scope="990101")
    boss = make(access, "boss", "administrator")
    token = open_session(access, user, ADDRESS)
    users.change_user(access, "wang", role="reporter", scope="", name="王", by=boss.login)
    found = session_user(access, token)
    assert found is not None
    assert (found.role, found.scope, found.name, "tickets" in found.rights) == ("reporter", None, "王", False)
    (noted,) = lines(access, "user_changed")
    assert (noted.who, noted.role, noted.more["user"]) == ("boss", "administrator", "wang")
    assert noted.more["set"] == {"role": "reporter", "scope": None, "name": "王"}
    users.change_user(access, "wang", role="reporter", by=boss.login)
    assert len(lines(access, "user_changed")) == 1, "nothing changed, nothing noted"


def test_whoever_is_disabled_is_out_until_enabled(access: Access) -> None:
    user = make(access)
    token, (_, secret) = open_session(access, user, ADDRESS), new_token(access, "wang", "qgis", 9)
    assert users.disable_user(access, "wang").disabled is not None
    assert session_user(access, token) is None
    assert token_user(access, secret) is None
    wrong, right = fails(access), fails(access, password=PHRASE)
    assert wrong.say("zh") == right.say("zh")
    assert users.enable_user(access, "wang").disabled is None
    assert session_user(access, token) is None
    assert token_user(access, secret) is not None
    assert signing.sign_in(access, "wang", PHRASE, ADDRESS).login == "wang"
    assert [line.more["why"] for line in lines(access, "sign_in_failed")] == ["password", "disabled"]


# --- wrong passwords -----------------------------------------------------------------------------------


def test_five_wrong_ones_lock_and_the_lock_passes(access: Access) -> None:
    make(access)
    for _ in range(FAILURES):
        assert isinstance(fails(access), SignInRefused)
    locked = fails(access, password=PHRASE)
    assert isinstance(locked, SignInLocked)
    assert locked.values == {"minutes": LOCK_MINUTES}
    assert str(LOCK_MINUTES) in locked.say("zh")
    assert users.find_user(access, "wang").locked is not None
    set_row(access, "wang", locked=utcnow() - dt.timedelta(seconds=1))
    for _ in range(FAILURES - 1):
        assert isinstance(fails(access), SignInRefused), "it begins anew"
    assert signing.sign_in(access, "wang", PHRASE, ADDRESS).locked is None
    for _ in range(FAILURES - 1):
        assert isinstance(fails(access), SignInRefused), "and anew after the right one"
    assert [line.who for line in lines(access, "locked")] == ["wang"]


def test_an_administrator_unlocks(access: Access) -> None:
    make(access)
    for _ in range(FAILURES + 2):
        fails(access)
    assert users.unlock_user(access, "wang").locked is None
    assert signing.sign_in(access, "wang", PHRASE, ADDRESS).login == "wang"
    assert [line.more["why"] for line in lines(access, "sign_in_failed")][-2:] == ["locked", "locked"]


@pytest.mark.parametrize("login", ["wang", "nobody"])
def test_many_guesses_at_once_are_not_more_than_the_limit(access: Access, login: str) -> None:
    """By four processes with three threads each: what they share is the book alone."""
    make(access)
    processes = [Access.open(access.url) for _ in range(4)]
    started = threading.Barrier(12)

    def guess(process: Access) -> None:
        started.wait()
        fails(process, login)

    threads = [threading.Thread(target=guess, args=(process,)) for process in processes * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reasons = [line.more["why"] for line in lines(access, "sign_in_failed")]
    assert (reasons.count("locked"), len(reasons)) == (12 - FAILURES, 12)
    assert isinstance(fails(access, login), SignInLocked)
    for process in processes:
        process.close()


def test_the_guesses_of_each_login_are_their_own_and_pass(access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    make(access)
    for login in ("one", "two"):
        for _ in range(FAILURES - 1):
            assert isinstance(fails(access, login), SignInRefused)
    assert [isinstance(fails(access, "one"), SignInLocked) for _ in range(2)] == [False, True]
    assert signing.sign_in(access, "wang", PHRASE, ADDRESS).login == "wang"
    later = utcnow() + dt.timedelta(minutes=LOCK_MINUTES, seconds=1)
    monkeypatch.setattr(signing, "utcnow", lambda: later)
    assert isinstance(fails(access, "one"), SignInRefused)
    with access.snapshot() as connection:
        assert [row.failed for row in connection.execute(select(tables.guess))] == [1]  # what is past is not kept


def test_what_is_typed_is_kept_under_a_key(access: Access) -> None:
    def kept(key: str) -> list[str]:
        book = Access.open(access.url, Limits(key=key))
        fails(book, "hunter2")
        book.close()
        with access.snapshot() as connection:
            return sorted(row.digest for row in connection.execute(select(tables.guess)))

    first = kept("a")
    assert len(set(first)) == 1
    assert kept("a") == first
    assert len(set(kept("b")) - set(first)) == 1


@contextmanager
def watched(access: Access, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is asked of the book, and when a password is looked at."""
    done: list[str] = []
    fits = passwords.fits

    def looked(kept: str | None, password: str) -> bool:
        done.append("argon2")
        return fits(kept, password)

    def asked(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        done.append(statement)

    event.listen(access.engine, "before_cursor_execute", asked)
    with monkeypatch.context() as patch:
        patch.setattr(passwords, "fits", looked)
        yield done
    event.remove(access.engine, "before_cursor_execute", asked)


def test_nobody_learns_which_logins_there_are(access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same words, and the same work in the same order, for an unknown login, a wrong password, a disabled user, a
    one-time password that has lapsed, and somebody who comes from an identity provider."""
    make(access)
    make(access, "gone")
    users.disable_user(access, "gone")
    _, once = users.add_user(access, "late", "", "official")
    set_row(access, "late", chosen=utcnow() - dt.timedelta(days=signing.ONCE_DAYS))
    signing.from_issuer(access, "https://id", "1", "sso", "", "official", None)
    tries = {"wang": "wrong", "nobody": "wrong", "gone": PHRASE, "late": once or "", "sso": "wrong", "a b": "wrong"}
    for login, password in tries.items():
        fails(access, login, password)  # what is made once is made
    said: set[str] = set()
    for _ in range(FAILURES):  # the last but one locks
        done: set[tuple[str, ...]] = set()
        said.clear()
        for login, password in tries.items():
            with watched(access, monkeypatch) as each:
                said.add(fails(access, login, password).say("zh"))
            done.add(tuple(each))
        assert (len(said), len(done)) == (1, 1)
    assert "锁定" in next(iter(said))


def test_wrong_ones_long_ago_do_not_count(access: Access) -> None:
    make(access)
    for _ in range(FAILURES - 1):
        fails(access)
    set_row(access, "wang", locked=utcnow() - dt.timedelta(seconds=1))
    fails(access)
    assert users.find_user(access, "wang").locked is None
    assert signing.sign_in(access, "wang", PHRASE, ADDRESS).login == "wang"


def test_a_hash_of_older_costs_is_made_anew(access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    make(access)
    monkeypatch.setattr(passwords, "hasher", type(passwords.hasher)(time_cost=2, memory_cost=16, parallelism=1))
    assert signing.sign_in(access, "wang", PHRASE, ADDRESS).login == "wang"
    with access.snapshot() as connection:
        kept = connection.execute(tables.user.select()).one().hash
    assert "m=16,t=2" in kept
    assert signing.sign_in(access, "wang", PHRASE, ADDRESS).login == "wang"


# --- other passwords -------------------------------------------------------------------------------------


def test_a_password_is_chosen_against_the_old_one_and_not_again(access: Access) -> None:
    user = make(access)
    token = open_session(access, user, ADDRESS)
    with pytest.raises(SignInRefused):
        signing.set_password(access, "wang", "wrong", OTHER)
    for unfit in ("short", "wang has eleven bicycles", PHRASE):
        with pytest.raises(PasswordError):
            signing.set_password(access, "wang", PHRASE, unfit)
    assert session_user(access, token) is not None
    chosen = [PHRASE, *(f"{n} {OTHER}" for n in "abcdefg")]
    for old, new in pairwise(chosen):
        signing.set_password(access, "wang", old, new)
    assert session_user(access, token) is None
    for new in chosen[-1 - passwords.EARLIER :]:
        with pytest.raises(PasswordError):
            signing.set_password(access, "wang", chosen[-1], new)
    signing.set_password(access, "wang", chosen[-1], chosen[-2 - passwords.EARLIER])
    with access.snapshot() as connection:
        assert len(connection.execute(tables.password.select()).all()) == passwords.EARLIER


def test_wrong_old_passwords_lock_too(access: Access) -> None:
    make(access)
    for _ in range(FAILURES):
        with pytest.raises(SignInRefused):
            signing.set_password(access, "wang", "wrong", OTHER)
    with pytest.raises(SignInLocked):
        signing.set_password(access, "wang", PHRASE, OTHER)


def test_after_half_a_year_another_one_is_asked_for(access: Access) -> None:
    make(access)
    days = access.limits.password_days
    set_row(access, "wang", chosen=utcnow() - dt.timedelta(days=days - 1))
    assert not signing.sign_in(access, "wang", PHRASE, ADDRESS).once
    set_row(access, "wang", chosen=utcnow() - dt.timedelta(days=days))
    assert signing.sign_in(access, "wang", PHRASE, ADDRESS).once
    assert not signing.set_password(access, "wang", PHRASE, OTHER).once


def test_a_reset_lets_in_once_more_and_nobody_else(access: Access) -> None:
    token, (_, secret) = open_session(access, make(access), ADDRESS), new_token(access, "wang", "x", 30)
    for _ in range(FAILURES):
        fails(access)
    shown = users.reset_password(access, "wang", by="boss")
    assert session_user(access, token) is None
    assert token_user(access, secret) is None
    assert signing.sign_in(access, "wang", shown, ADDRESS).once
    fails(access, password=PHRASE)
    with pytest.raises(PasswordError):
        signing.set_password(access, "wang", shown, PHRASE)
    assert [line.who for line in lines(access, "password_reset")] == ["boss"]


def test_a_one_time_password_goes_out_after_a_week(access: Access) -> None:
    _, shown = users.add_user(access, "wang", "", "official")
    set_row(access, "wang", chosen=utcnow() - dt.timedelta(days=signing.ONCE_DAYS))
    fails(access, password=shown or "")
    assert signing.sign_in(access, "wang", users.reset_password(access, "wang"), ADDRESS).once


# --- identity providers ------------------------------------------------------------------------------------


def test_a_provider_decides_role_and_area_at_each_signing_in(access: Access) -> None:
    first = signing.from_issuer(access, "https://id", "7", "Wang@city", "王", "official", "990101")
    again = signing.from_issuer(access, "https://id", "7", "other@city", "王芳", "reporter", None)
    assert (first.id, first.login, first.issuer, first.once) == (again.id, again.login, "https://id", False)
    assert (again.role, again.scope, again.name) == ("reporter", None, "王芳")
    actions = [line.action for line in lines(access)]
    assert actions == ["user_added", "sign_in", "user_changed", "sign_in"]
    with pytest.raises(UserError, match="https://id"):
        users.reset_password(access, first.login)


def test_a_provider_takes_nobodys_login_and_lets_in_nobody_disabled(access: Access) -> None:
    make(access)
    with pytest.raises(UserError, match="taken"):
        signing.from_issuer(access, "https://id", "7", "wang", "", "administrator", None)
    sso = signing.from_issuer(access, "https://id", "8", "li", "", "official", None)
    with pytest.raises(UserError, match="taken"):
        signing.from_issuer(access, "https://other", "8", "li", "", "official", None)
    users.disable_user(access, "li")
    with pytest.raises(SignInRefused):
        signing.from_issuer(access, "https://id", "8", "li", "", "official", None)
    assert users.find_user(access, "li").seen == sso.seen


# --- what always holds -------------------------------------------------------------------------------------


def test_an_administrator_of_the_whole_city_stays(access: Access) -> None:
    users.add_user(access, "chief", "", "administrator")
    users.add_user(access, "deputy", "", "administrator", "990101")
    for act in (users.disable_user, lambda *given: users.change_user(*given, scope="990101")):
        with pytest.raises(UserError, match="last administrator"):
            act(access, "chief")
    users.disable_user(access, "deputy")
    users.add_user(access, "second", "", "administrator")
    assert users.change_user(access, "chief", scope="990101").scope == "990101"


def test_names_are_short_and_steer_nothing(access: Access) -> None:
    user, _ = users.add_user(access, "odd", "\x1b[2J\u202eabc\nd\x07" + "x" * 5000, "official")
    token, _ = new_token(access, "odd", "\x1b[31m" + "y" * 5000, 9)
    assert (user.name[:9], len(user.name)) == ("[2Jabc dx", 200)
    assert (token.name[:5], len(token.name)) == ("[31my", 200)


def test_the_last_administrator_stays(access: Access) -> None:
    make(access, "boss", "administrator")
    with pytest.raises(UserError, match="last administrator"):
        users.disable_user(access, "boss")
    with pytest.raises(UserError, match="last administrator"):
        users.change_user(access, "boss", role="analyst")
    users.change_user(access, "boss", role="administrator", name="长")
    make(access, "second", "administrator")
    users.disable_user(access, "boss")
    users.change_user(access, "boss", role="analyst")
    with pytest.raises(UserError, match="last administrator"):
        users.disable_user(access, "second")


STEPS = st.tuples(st.sampled_from("abc"), st.sampled_from(["disable", "enable", "administrator", "analyst"]))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Access]:
    folder = tmp_path_factory.mktemp("small")
    access = Access.beside(f"sqlite:///{folder / 'onescreen.db'}", folder)
    for login in "abc":
        users.add_user(access, login, "", "administrator")
    yield access
    access.close()


@given(st.lists(STEPS, max_size=12))
def test_somebody_can_always_let_the_others_in(small: Access, steps: list[tuple[str, str]]) -> None:
    for login, step in steps:
        try:
            if step in ("disable", "enable"):
                (users.disable_user if step == "disable" else users.enable_user)(small, login)
            else:
                users.change_user(small, login, role=step)
        except UserError:
            pass
        assert any(user.role == "administrator" and user.disabled is None for user in users.list_users(small))


def test_no_password_is_ever_written_down(access: Access, everything: Callable[[], str]) -> None:
    typed = "my-password-in-the-wrong-field"
    user, shown = users.add_user(access, "wang", "", "official")
    reset = users.reset_password(access, "wang")
    signing.set_password(access, "wang", reset, PHRASE)
    signing.sign_in(access, "wang", PHRASE, ADDRESS)
    fails(access, typed, OTHER)
    fails(access, "wang", typed)
    token = open_session(access, user, ADDRESS)
    _, secret = new_token(access, "wang", "qgis", 1)
    told = everything()
    assert "sign_in_failed" in told
    for word in (shown, reset, PHRASE, OTHER, typed, token, secret, secret.removeprefix("osk_")):
        assert word
        assert word not in told


def test_a_login_of_nobody_is_noted_without_the_words(access: Access) -> None:
    for _ in range(FAILURES + 1):
        fails(access, "secret-typed-here")
    assert {(line.who, line.role, line.more["address"]) for line in lines(access)} == {("", "", ADDRESS)}
    told = [line.more.get("why", line.action) for line in lines(access)]
    assert told == [*["unknown"] * FAILURES, "locked", "locked"]
