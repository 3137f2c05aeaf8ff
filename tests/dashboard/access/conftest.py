"""A small city behind the gate, with somebody of each kind; every test has a book of its own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.access import Rules
from dashboard.app import Screen, create_app
from dashboard.queries import Desk
from data.access import Access
from data.access.audit import Log
from data.access.users import add_user
from grid.cube import Cube

EAST = "990101"
PASSWORD = "nine lamps over the river"
#: Login -> (role, scope).
PEOPLE = {
    "admin": ("administrator", None), "wang": ("official", None), "li": ("official", EAST), "zhao": ("reporter", None),
    "auditor": ("auditor", None),
}  # fmt: skip


def book(folder: Path) -> Access:
    """The book of PEOPLE and of ``new``, who must choose a password first."""
    access = Access.beside(f"sqlite:///{folder / 'store.db'}", folder)
    for login, (role, scope) in PEOPLE.items():
        add_user(access, login, login.title(), role, scope, PASSWORD, once=False)
    add_user(access, "new", "New", "analyst", None, PASSWORD, once=True)
    return access


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a book, to be copied: hashing passwords takes its time."""
    folder = tmp_path_factory.mktemp("book")
    book(folder).close()
    return folder


@pytest.fixture
def access(written: Path, tmp_path: Path) -> Iterator[Access]:
    shutil.copytree(written, tmp_path / "book")
    made = Access.beside(f"sqlite:///{tmp_path / 'book' / 'store.db'}", tmp_path / "book")
    yield made
    made.close()


@pytest.fixture
def screen(tiny_cube: Cube, access: Access) -> Screen:
    return create_app(Desk(tiny_cube, Log(access)), access=access)


@pytest.fixture
def gated(tiny_cube: Cube, access: Access) -> Callable[[Rules], Screen]:
    """The same by other rules."""
    return lambda rules: create_app(Desk(tiny_cube, Log(access)), access=access, rules=rules)


@pytest.fixture
def client(screen: Screen) -> FlaskClient:
    """A browser in which nobody is signed in."""
    made: FlaskClient = screen.server.test_client()
    return made


@pytest.fixture
def known(screen: Screen) -> Callable[[str], FlaskClient]:
    """A browser in which somebody is signed in."""

    def made(login: str) -> FlaskClient:
        client: FlaskClient = screen.server.test_client()
        assert sign_in(client, login).status_code == 303
        return client

    return made


def field_of(page: TestResponse, name: str = "csrf") -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, page.text
    return found[1]


def sign_in(client: FlaskClient, login: str, password: str = PASSWORD, next: str = "", **headers: str) -> TestResponse:
    """What a browser does with the form."""
    form = client.get("/sign-in", query_string={"next": next} if next else {})
    words = {"login": login, "password": password, "csrf": field_of(form), "next": next}
    return client.post("/sign-in", data=words, headers=headers)


def word(client: FlaskClient) -> str:
    """The word against forged requests, as the page's scripts read it."""
    cookie = client.get_cookie("_csrf_token")
    assert cookie is not None
    return str(cookie.value)
