"""What the people of one city of a province may do on the plain pages: held files, users and walls, whose name is above.

Of a province its administrator decides about every held file and keeps every user, a city's those of that city: the
others are not there to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.access.texts import TEXTS
from dashboard.app import create_app
from dashboard.queries import Desk
from data import held
from data.access import Access
from data.access.audit import Log, Sought
from data.access.users import add_user
from grid.cube import Cube
from tests.dashboard.access.conftest import PASSWORD, sign_in, word
from tests.dashboard.scope.province import FIRST, ITS, OURS, SECOND, hold
from tests.provinces import Home, prefix_of

#: Login -> (role, scope).
PEOPLE = {
    "province": ("administrator", None), "ours": ("administrator", FIRST), "theirs": ("administrator", SECOND),
    "district": ("administrator", f"{prefix_of(0)}01"), "analyst": ("analyst", FIRST), "official": ("official", FIRST),
}  # fmt: skip

Known = Callable[[str], FlaskClient]


@pytest.fixture(scope="module")
def access(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Access]:
    folder = tmp_path_factory.mktemp("book")
    made = Access.beside(f"sqlite:///{folder / 'store.db'}", folder)
    for login, (role, scope) in PEOPLE.items():
        add_user(made, login, login.title(), role, scope, PASSWORD, once=False)
    yield made
    made.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A held file of each city."""
    for code, name in ((FIRST, OURS), (SECOND, ITS)):
        hold(tmp_path, f"{code}-cases", f"{name}.csv")
    return tmp_path


@pytest.fixture
def known(province: Home, access: Access, home: Path) -> Known:
    """A browser in which somebody is signed in."""
    screen = create_app(Desk(Cube(province.store, province.city), Log(access)), access=access, home=home)

    def made(login: str) -> FlaskClient:
        client: FlaskClient = screen.server.test_client()
        assert sign_in(client, login).status_code == 303
        return client

    return made


def do(client: FlaskClient, act: str, one: held.Held, why: str = "属实") -> TestResponse:
    return client.post("/held", data={"do": act, "file": one.key, "why": why, "csrf": word(client)})


def of(home: Path, name: str) -> held.Held:
    return held.find(home, f"{name}.csv")


@pytest.mark.parametrize(
    ("login", "sees"),
    [("province", {OURS, ITS}), ("ours", {OURS}), ("theirs", {ITS}), ("district", None), ("analyst", None),
     ("official", None)],
)  # fmt: skip
def test_each_sees_the_files_of_their_own(known: Known, login: str, sees: set[str] | None) -> None:
    page = known(login).get("/held")
    assert page.status_code == (403 if sees is None else 200)
    assert {name for name in (OURS, ITS) if name in page.text} == (sees or set())


@pytest.mark.parametrize("login", ["theirs", "district", "analyst", "official"])
@pytest.mark.parametrize("act", ["accept", "refuse", "undo", "withdraw"])
def test_nobody_else_decides(known: Known, home: Path, login: str, act: str) -> None:
    one = of(home, OURS)
    answer = do(known(login), act, one)
    assert answer.status_code == (422 if login == "theirs" else 403)
    assert of(home, OURS).waits
    assert held.MARK not in "".join(str(path) for path in home.rglob("*"))


@pytest.mark.parametrize("login", ["province", "ours"])
@pytest.mark.parametrize(("act", "action"), [("accept", "held_accepted"), ("refuse", "held_refused")])
def test_a_decision_is_written_down_and_can_be_withdrawn(
    known: Known, home: Path, access: Access, login: str, act: str, action: str
) -> None:
    client, one = known(login), of(home, OURS)
    assert do(client, act, one).status_code == 200
    decided = of(home, OURS).decided
    assert decided is not None
    assert (decided.what, decided.who, decided.why) == (act, login, "属实")
    (line,) = Log(access).search(Sought(action=action), 0, 1)[0]
    assert (line.who, line.area, line.more["file"]) == (login, FIRST, f"{OURS}.csv")
    assert do(client, act, one).status_code == 422  # decided already
    assert do(client, "withdraw", one).status_code == 200
    assert of(home, OURS).waits
    assert do(client, "withdraw", one).status_code == 422


def test_a_decision_needs_a_reason_and_the_word_against_forged_requests(known: Known, home: Path) -> None:
    client, one = known("ours"), of(home, OURS)
    answer = do(client, "accept", one, why="  ")
    assert (answer.status_code, TEXTS["held_why_needed"][0] in answer.text) == (422, True)
    assert client.post("/held", data={"do": "accept", "file": one.key, "why": "x"}).status_code == 403
    assert of(home, OURS).waits


def test_a_file_is_found_by_what_is_listed_and_is_no_path(known: Known, home: Path) -> None:
    client, one = known("ours"), of(home, OURS)
    for key in (str(one.path), one.name, f"../{one.key}", of(home, ITS).key, ""):
        answer = client.post("/held", data={"do": "accept", "file": key, "why": "x", "csrf": word(client)})
        assert answer.status_code == 422, key
    assert of(home, OURS).waits
    assert of(home, ITS).waits


def test_the_head_of_a_page_names_the_reader_s_own_city(known: Known) -> None:
    for login, name, other in (("ours", "第0市", "安省"), ("official", "第0市", "安省"), ("province", "安省", "第0市")):
        page = known(login).get("/account").text
        assert (f'class="city">{name}<' in page, f'class="city">{other}<' in page) == (True, False), login


def test_the_phone_s_page_names_no_city_and_the_list_the_reader_s_own(known: Known) -> None:
    client = known("official")
    shell = client.get("/queue").text + client.get("/queue/worker.js").text
    assert not any(name in shell for name in ("安省", "第0市", "第1市"))
    assert client.get("/queue/events").get_json()["who"]["city"] == "第0市"


def test_an_administrator_keeps_the_users_of_their_own_city(known: Known) -> None:
    listed = {login: known(login).get("/users").text for login in ("province", "ours", "theirs")}
    seen = {login: {who for who in PEOPLE if f'href="/users/{who}"' in text} for login, text in listed.items()}
    assert seen["province"] == set(PEOPLE)
    assert seen["ours"] == {"ours", "district", "analyst", "official"}
    assert seen["theirs"] == {"theirs"}


def test_users_and_walls_of_another_city_are_not_there(known: Known) -> None:
    ours, theirs = known("ours"), known("theirs")
    assert theirs.get("/users/official").status_code == 404
    for act in ("disable", "reset", "change", "token"):
        data = {"do": act, "csrf": word(theirs), "role": "official", "area": SECOND, "name": "x"}
        assert theirs.post("/users/official", data=data).status_code == 404, act
    made = {"do": "add", "csrf": word(theirs), "login": "spy", "name": "x", "role": "official"}
    for area in (FIRST, f"{prefix_of(0)}01", "city", ""):
        answer = theirs.post("/users", data={**made, "login": f"spy{area}", "area": area})
        assert (answer.status_code, "第0市" in answer.text, "安省" in answer.text) == (
            422 if area.startswith(prefix_of(0)) else 200, False, False,
        )  # fmt: skip
    wall = {"do": "wall", "name": "hall", "address": "", "csrf": word(ours)}
    assert ours.post("/users", data={**wall, "area": SECOND}).status_code == 422
