"""``onescreen user`` and ``wall``: who is let in, what is shown this once, and what the log has of it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from dashboard.commands import start
from data.access import Access, signing, users
from data.access.audit import MACHINE, Line, Log, Sought
from data.access.tokens import token_user
from data.errors import BadQuestion, SignInRefused
from data.settings import make_home, read_home
from data.store import Store
from data.walls import find_wall, list_walls
from tests import tiny
from tests.dashboard.test_cli import Run, refused, run

__all__ = ["run"]  # the fixture

EVERYWHERE = "0.0.0.0"  # noqa: S104  (nothing is bound: it is refused, or only spoken of)

ONCE = re.compile(r"\b(?:[a-z0-9]{4}-){3}[a-z0-9]{4}\b")


@pytest.fixture
def home(tiny_home: Path, tmp_path: Path) -> Path:
    """A home of its own with the small city, that nobody may look into yet."""
    make_home(tmp_path / "home", read_home(tiny_home).city)
    shutil.copy(tiny_home / "onescreen.db", tmp_path / "home/onescreen.db")
    return tmp_path / "home"


def book(home: Path) -> Access:
    return Access.beside(read_home(home).database, home)


def user(home: Path, login: str) -> users.User:
    return users.find_user(book(home), login)


def lines(home: Path) -> list[Line]:
    return Log(book(home)).search(Sought())[0][::-1]


def shown(text: str) -> str:
    """The one password that was printed."""
    (found,) = ONCE.findall(text)
    return str(found)


def test_whoever_is_added_signs_in_with_what_was_printed(run: Run, home: Path) -> None:
    said = run("user", "add", "wang", "--role", "official", "--name", "王芳", "--area", "西山区", "--home", home)
    assert said.code == 0
    assert "干部 / Official" in said.out
    assert user(home, "wang").scope == "990102"
    assert signing.sign_in(book(home), "wang", shown(said.out), "::1").name == "王芳"
    again = run("user", "reset", "wang", "--home", home)
    assert shown(again.out) != shown(said.out)
    assert signing.sign_in(book(home), "wang", shown(again.out), "::1").once
    actions = [(line.action, line.role) for line in lines(home) if line.action != "sign_in"]
    assert actions == [("user_added", MACHINE), ("password_reset", MACHINE)]


@pytest.mark.parametrize("area", ["city", tiny.CITY, "安城市"])
def test_the_whole_city_is_no_bound(run: Run, home: Path, area: str) -> None:
    run("user", "add", "wang", "--area", area, "--home", home)
    assert user(home, "wang").scope is None


def test_area_role_and_name_are_changed_one_by_one(run: Run, home: Path) -> None:
    run("user", "add", "wang", "--area", "990101001", "--name", "王", "--role", "official", "--home", home)
    for words, found in (
        (("--role", "analyst"), ("analyst", "990101001", "王")),
        (("--area", "石桥街道"), ("analyst", "990102001", "王")),
        (("--name", "王芳"), ("analyst", "990102001", "王芳")),
        (("--area", "city"), ("analyst", None, "王芳")),
    ):
        assert run("user", "change", "wang", *words, "--home", home).code == 0
        now = user(home, "wang")
        assert (now.role, now.scope, now.name) == found


def test_what_cannot_be_is_one_sentence_in_two_languages(run: Run, home: Path) -> None:
    run("user", "add", "boss", "--role", "administrator", "--home", home)
    for words in (
        ("add", "wang", "--area", "nowhere"), ("add", "a b"), ("add", "boss"), ("add", "wang", "--role", "king"),
        ("change", "nobody", "--role", "official"), ("disable", "boss"), ("change", "boss", "--role", "auditor"),
        ("reset", "nobody"), ("unlock", "nobody"), ("token", "nobody", "--name", "x"), ("revoke-token", 7),
        ("token", "boss", "--name", "x", "--days", 0),
    ):  # fmt: skip
        refused(run("user", *words, "--home", home))
    assert [one.login for one in users.list_users(book(home))] == ["boss"]


def test_users_are_kept_before_anything_is_loaded(run: Run, tiny_home: Path, tmp_path: Path) -> None:
    run("init", read_home(tiny_home).city, "--home", tmp_path / "new")
    assert run("user", "add", "wang", "--home", tmp_path / "new").code == 0
    refused(run("user", "add", "li", "--area", "西山区", "--home", tmp_path / "new"))


def test_the_list_says_how_everybody_stands(run: Run, home: Path) -> None:
    for login in ("free", "gone", "shut"):
        run("user", "add", login, "--home", home)
    for _ in range(5):
        with pytest.raises(SignInRefused):
            signing.sign_in(book(home), "shut", "wrong", "::1")
    run("user", "disable", "gone", "--home", home)
    said = run("user", "list", "--home", home).out
    states = {line.split()[0]: line for line in said.splitlines()}
    assert "to choose a password" in states["free"]
    assert "停用 / disabled" in states["gone"]
    assert "锁定至" in states["shut"]
    assert "disabled" not in run("user", "enable", "gone", "--home", home).out
    assert "locked" not in run("user", "unlock", "shut", "--home", home).out
    assert not ONCE.findall(said)


def test_a_programs_token_is_shown_once_and_revoked(run: Run, home: Path) -> None:
    run("user", "add", "wang", "--role", "analyst", "--home", home)
    said = run("user", "token", "wang", "--name", "QGIS", "--days", 30, "--home", home).out
    secret = said.split("Bearer ")[1].strip()
    found = token_user(book(home), secret)
    assert found is not None
    assert found.login == "wang"
    listed = run("user", "tokens", "--home", home).out
    assert "QGIS" in listed
    assert secret not in listed
    assert "not valid" in run("user", "revoke-token", 1, "--home", home).out
    assert "not valid" in run("user", "tokens", "wang", "--home", home).out
    assert token_user(book(home), secret) is None


# --- walls -----------------------------------------------------------------------------------------


def test_a_walls_link_hides_small_numbers_unless_it_is_bound(run: Run, home: Path) -> None:
    plain = run("wall", "new", "--name", "大厅", "--area", "西山区", "--home", home)
    refused(run("wall", "new", "--name", "x", "--small-numbers", "--home", home))
    bound = run("wall", "new", "--name", "x", "--small-numbers", "--address", "10.0.0.0/8", "--home", home)
    assert ("隐去小数" in plain.out, "显示小数" in bound.out) == (True, True)
    store = Store.open(read_home(home).database)
    token = plain.out.split("/wall/")[1].strip()
    assert [link.small_numbers for link in list_walls(store)] == [False, True]
    assert (find_wall(store, token).area, find_wall(store, token).name) == ("990102", "大厅")
    assert "停用 / revoked" in run("wall", "revoke", 1, "--home", home).out
    listed = run("wall", "list", "--home", home).out.splitlines()
    assert ["revoked" in line for line in listed] == [True, False]
    noted = [(line.action, line.area, line.more["small_numbers"]) for line in lines(home)]
    assert noted == [("wall_made", "990102", False), ("wall_made", "", True), ("wall_revoked", "990102", False)]
    assert token not in repr(lines(home))
    store.close()


# --- a safe start ----------------------------------------------------------------------------------


def begin(home: Path, capsys: pytest.CaptureFixture[str], host: str = "127.0.0.1", demo: bool = False) -> str:
    """What a start prints."""
    capsys.readouterr()
    start.let_in(book(home), read_home(home), host, "zh", demo)
    return capsys.readouterr().out


def test_of_two_that_begin_at_once_one_prints_the_way_in(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = begin(home, capsys)
    monkeypatch.setattr(start, "list_users", lambda _: [])  # as the other one looked a moment before
    second = begin(home, capsys)
    assert (len(ONCE.findall(first)), ONCE.findall(second)) == (1, [])


def test_the_first_start_prints_the_way_in_and_the_next_how_to_get_another(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = begin(home, capsys), begin(home, capsys)
    admin = signing.sign_in(book(home), "admin", shown(first), "::1")
    assert (admin.role, admin.scope, admin.once) == ("administrator", None, True)
    assert not ONCE.findall(second)
    assert "onescreen user reset admin" in second
    assert len(users.list_users(book(home))) == 1


def test_the_demo_also_has_somebody_who_sees_tickets(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed = begin(home, capsys, demo=True)
    assert len(ONCE.findall(printed)) == 3
    rights = {one.login: one.rights for one in users.list_users(book(home))}
    assert "tickets" in rights["official"]
    assert "act" in rights["checker"]  # who acted on an event does not close it
    assert "users" in rights["admin"]


def test_with_a_provider_nobody_is_made(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("SIGN_IN", "oidc"), ("OIDC_ISSUER", "https://id"), ("OIDC_CLIENT", "onescreen")):
        monkeypatch.setenv(f"ONESCREEN_{name}", value)
    assert begin(home, capsys) == ""
    assert users.list_users(book(home)) == []


def test_passwords_in_the_clear_are_warned_of(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "HTTPS" in begin(home, capsys, EVERYWHERE)
    assert "HTTPS" not in begin(home, capsys, "::1")
    monkeypatch.setenv("ONESCREEN_HTTPS", "true")
    assert "HTTPS" not in begin(home, capsys, EVERYWHERE)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "localhost"])
def test_without_sign_in_only_this_machine_is_served(host: str) -> None:
    start.check_open(host)


@pytest.mark.parametrize("host", [EVERYWHERE, "::", "", "10.0.0.1", "example.org", "localhost.example.org"])
def test_an_open_door_to_others_is_refused(run: Run, home: Path, host: str) -> None:
    with pytest.raises(BadQuestion):
        start.check_open(host)
    refused(run("serve", "--open", "--host", host or EVERYWHERE, "--home", home))
