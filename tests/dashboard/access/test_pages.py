"""Sign-in, password, account and users: what the plain pages do, and what they refuse."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from limits import parse
from werkzeug.test import TestResponse

from dashboard.access.gate import Gate
from dashboard.access.limits import Limits, network_of
from dashboard.access.texts import TEXTS
from dashboard.app import Screen
from data.access import Access
from data.access.audit import Log
from data.access.sessions import csrf_of
from data.access.tokens import list_tokens
from data.access.users import add_user, find_user, list_users
from data.walls import list_walls
from grid.cube import Cube
from tests.dashboard.access.conftest import EAST, PASSWORD, field_of, sign_in, word

NEW = "four kites above the harbour"


def do(client: FlaskClient, path: str, act: str, **fields: object) -> TestResponse:
    return client.post(path, data={"do": act, "csrf": word(client), **fields})


def secret_of(page: TestResponse) -> str:
    found = re.search(r'<code class="secret"[^>]*>([^<]+)</code>', page.text)
    assert found, page.text
    return found[1]


def test_wrong_words_are_told_alike(client: FlaskClient) -> None:
    answers = [sign_in(client, login, password) for login, password in (("wang", "x"), ("nobody", "x"))]
    told = [re.findall(r'role="alert">([^<]+)', answer.text) for answer in answers]
    assert told[0] == told[1] != []
    assert [answer.status_code for answer in answers] == [401, 401]


def test_five_wrong_ones_lock_and_an_administrator_unlocks(
    known: Callable[[str], FlaskClient], client: FlaskClient
) -> None:
    admin = known("admin")
    for _ in range(5):
        sign_in(client, "wang", "x")
    assert sign_in(client, "wang").status_code == 401
    assert TEXTS["locked"][0] in admin.get("/users").text
    assert do(admin, "/users/wang", "unlock").status_code == 200
    assert sign_in(client, "wang").status_code == 303


def test_names_are_words_and_no_html(access: Access, known: Callable[[str], FlaskClient]) -> None:
    admin = known("admin")
    name = "<script>alert(1)</script>\"'"
    made = do(admin, "/users", "add", login="odd", name=name, role="official", area="")
    assert "<script>alert" not in made.text
    assert "&lt;script&gt;" in made.text
    client = admin.application.test_client()
    sign_in(client, "odd", secret_of(made))
    client.post("/password", data={"old": secret_of(made), "new": NEW, "twice": NEW, "csrf": word(client)})
    for path in ("/account", "/"):
        page = client.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
    reflected = client.get("/sign-in?next=/%22%3E%3Cscript%3Ealert(1)%3C/script%3E&lang=%22%3E%3Cb%3E").text
    assert "<script>alert" not in reflected
    assert "<b>" not in reflected


# password ----------------------------------------------------------------------------------------


def test_a_one_time_password_leads_to_another_before_anything_else(client: FlaskClient) -> None:
    first = sign_in(client, "new", next="/risk")
    assert first.headers["Location"] == "/password?next=%2Frisk"
    assert client.get("/zones").headers["Location"] == "/password?next=%2Fzones"
    assert client.get("/alive").status_code == 401
    assert client.get("/account").status_code == 303
    tries = ({"new": NEW, "twice": NEW + "x"}, {"new": "short", "twice": "short"}, {"new": PASSWORD, "twice": PASSWORD})
    for words in tries:
        assert client.post("/password", data={"old": PASSWORD, "csrf": word(client), **words}).status_code == 422
    words = {"old": PASSWORD, "new": NEW, "twice": NEW, "csrf": word(client), "next": "/risk"}
    assert client.post("/password", data=words).headers["Location"] == "/risk"
    assert client.get("/alive").status_code == 200
    assert sign_in(client, "new").status_code == 401
    assert sign_in(client, "new", NEW).status_code == 303


def test_another_password_signs_other_devices_out(known: Callable[[str], FlaskClient]) -> None:
    here, there = known("wang"), known("wang")
    assert (
        here.post("/password", data={"old": "wrong", "new": NEW, "twice": NEW, "csrf": word(here)}).status_code == 422
    )
    words = {"old": PASSWORD, "new": NEW, "twice": NEW, "csrf": word(here)}
    assert here.post("/password", data=words).status_code == 303
    assert [client.get("/alive").status_code for client in (here, there)] == [200, 401]


# account -----------------------------------------------------------------------------------------


def test_ones_own_tokens_and_devices(access: Access, known: Callable[[str], FlaskClient]) -> None:
    here, there = known("wang"), known("wang")
    secret = secret_of(do(here, "/account", "token", name="nightly", days=30))
    assert secret not in here.get("/account").text
    program = here.application.test_client()
    bearer = {"Authorization": f"Bearer {secret}"}
    assert program.get("/api/v1/areas", headers=bearer).status_code == 200
    assert do(here, "/account", "token", name="x", days="9999").status_code == 422
    number = list_tokens(access, "wang")[0].id
    assert do(known("li"), "/account", "revoke", token=number).status_code == 422  # another's
    assert do(here, "/account", "revoke", token=number).status_code == 200
    assert program.get("/api/v1/areas", headers=bearer).status_code == 401
    assert do(here, "/account", "end_others").status_code == 303
    assert [client.get("/alive").status_code for client in (here, there)] == [200, 401]


# users -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["wang", "zhao", "auditor"])
def test_users_are_kept_by_whoever_may(known: Callable[[str], FlaskClient], access: Access, login: str) -> None:
    client = known(login)
    assert client.get("/users").status_code == 403
    assert client.get("/users/admin").status_code == 403
    assert do(client, "/users", "add", login="mine", name="x", role="administrator").status_code == 403
    assert do(client, "/users/admin", "reset").status_code == 403
    assert "mine" not in {user.login for user in list_users(access)}


def test_a_user_is_made_changed_reset_and_disabled(known: Callable[[str], FlaskClient], access: Access) -> None:
    admin = known("admin")
    made = do(admin, "/users", "add", login="Sun", name="孙立", role="reporter", area=EAST)
    assert find_user(access, "sun").scope == EAST
    client = admin.application.test_client()
    assert sign_in(client, "sun", secret_of(made)).headers["Location"].startswith("/password")
    do(admin, "/users/sun", "change", name="孙立", role="analyst", area="")
    assert (find_user(access, "sun").role, find_user(access, "sun").scope) == ("analyst", None)
    reset = secret_of(do(admin, "/users/sun", "reset"))
    assert client.get("/password").status_code == 303  # signed out
    assert sign_in(client, "sun", reset).status_code == 303
    do(admin, "/users/sun", "disable")
    assert sign_in(client, "sun", reset).status_code == 401
    do(admin, "/users/sun", "enable")
    assert sign_in(client, "sun", reset).status_code == 303


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"login": "wang"}, "wang"),
        ({"login": "a b"}, "a b"),
        ({"role": "king"}, "king"),
        ({"area": "nowhere"}, "nowhere"),
    ],
)
def test_what_cannot_be_is_said(known: Callable[[str], FlaskClient], fields: dict[str, str], said: str) -> None:
    answer = do(known("admin"), "/users", "add", **{"login": "sun", "name": "x", "role": "official", **fields})
    assert answer.status_code == 422
    assert said in re.findall(r'role="alert">([^<]+)', answer.text)[0]


def test_nobody_locks_themselves_out(known: Callable[[str], FlaskClient], access: Access) -> None:
    admin = known("admin")
    assert do(admin, "/users/admin", "disable").status_code == 422
    assert do(admin, "/users/admin", "change", name="x", role="auditor", area="").status_code == 422
    assert do(admin, "/users/admin", "change", name="Chief", role="administrator", area="").status_code == 200
    assert find_user(access, "admin").name == "Chief"


def test_an_administrator_of_a_part_keeps_its_users_alone(known: Callable[[str], FlaskClient], access: Access) -> None:
    add_user(access, "deputy", "Deputy", "administrator", EAST, PASSWORD, once=False)
    deputy = known("deputy")
    listed = set(re.findall(r'href="/users/([^"?]+)', deputy.get("/users").text))
    assert listed == {"li", "deputy"}
    for login in ("admin", "wang", "nobody"):
        assert deputy.get(f"/users/{login}").status_code == 404
        for act in ("reset", "disable", "unlock", "end_sessions", "token", "change"):
            answer = do(deputy, f"/users/{login}", act, name="x", days="9", role="reporter", area="")
            assert (answer.status_code, 'class="secret"' in answer.text) == (404, False)
    assert not list_tokens(access)
    assert (find_user(access, "admin").role, find_user(access, "wang").disabled) == ("administrator", None)
    for area in ("990100", "990102"):
        assert do(deputy, "/users", "add", login="far", name="x", role="official", area=area).status_code == 422
    assert do(deputy, "/users", "add", login="near", name="x", role="official", area="").status_code == 200
    assert find_user(access, "near").scope == EAST
    assert do(deputy, "/users/li", "change", name="Li", role="reporter", area="990102").status_code == 422
    assert do(deputy, "/users/deputy", "change", name="x", role="administrator", area="990102").status_code == 422
    assert (find_user(access, "li").scope, find_user(access, "deputy").scope) == (EAST, EAST)


def test_an_administrator_of_a_part_keeps_its_walls_alone(
    known: Callable[[str], FlaskClient], access: Access, tiny_cube: Cube
) -> None:
    add_user(access, "deputy", "Deputy", "administrator", EAST, PASSWORD, once=False)
    admin, deputy = known("admin"), known("deputy")
    for name, area in (("of the city", ""), ("of the west", "990102"), ("of the east", EAST)):
        do(admin, "/users", "wall", name=name, area=area, address="")
    made = {link.name: link.id for link in list_walls(tiny_cube.store) if link.revoked is None}
    shown = deputy.get("/users").text
    assert [name in shown for name in ("of the city", "of the west", "of the east")] == [False, False, True]
    for name, status in (("of the city", 422), ("of the west", 422), ("of the east", 200)):
        assert do(deputy, "/users", "revoke_wall", wall=made[name]).status_code == status
    gone = {link.id for link in list_walls(tiny_cube.store) if link.revoked is not None}
    assert {name for name, id in made.items() if id in gone} == {"of the east"}
    assert do(deputy, "/users", "wall", name="x", area="990102", address="").status_code == 422


def test_nobody_makes_a_token_of_whoever_may_more(known: Callable[[str], FlaskClient], access: Access) -> None:
    admin = known("admin")
    for login in ("wang", "auditor"):  # tickets and the log are not the administrator's to read
        assert do(admin, f"/users/{login}", "token", name="x", days="30").status_code == 422
        assert 'value="token"' not in admin.get(f"/users/{login}").text
    assert not list_tokens(access)
    assert do(admin, "/users/zhao", "token", name="x", days="30").status_code == 200
    assert [one.login for one in list_tokens(access)] == ["zhao"]


def test_nobody_moves_themselves_out_of_the_city(known: Callable[[str], FlaskClient], access: Access) -> None:
    add_user(access, "second", "Second", "administrator", None, PASSWORD, once=False)
    assert do(known("admin"), "/users/admin", "change", name="x", role="administrator", area=EAST).status_code == 422
    assert find_user(access, "admin").scope is None


def test_walls_are_made_and_revoked(known: Callable[[str], FlaskClient], access: Access) -> None:
    admin = known("admin")
    link = secret_of(do(admin, "/users", "wall", name="hall", area=EAST, address=""))
    path = link.removeprefix("http://localhost")
    wall = admin.application.test_client()
    assert wall.get(path).status_code == 200
    number = field_of(admin.get("/users"), "wall")
    assert do(admin, "/users", "revoke_wall", wall=number).status_code == 200
    assert wall.get(path).status_code == 410
    assert do(admin, "/users", "wall", name="x", address="not an address").status_code == 422


def test_a_wall_that_cannot_be_is_said_and_what_was_written_stays(known: Callable[[str], FlaskClient]) -> None:
    page = do(known("admin"), "/users", "wall", name="lobby", area="", address="", small="1")
    assert page.status_code == 422
    assert "须限定来自的地址或网段" in page.text
    assert page.text.count('value="lobby"') == 1  # in the form of walls, not in that of users
    assert 'name="small" value="1" checked' in page.text


def test_a_page_without_the_right_says_which(known: Callable[[str], FlaskClient]) -> None:
    page = known("zhao").get("/users?lang=en")
    assert page.status_code == 403
    assert "Your role may not keep users" in page.text
    assert 'lang="en"' in page.text
    assert "Try again" not in page.text  # it would be refused again


# who is signed in --------------------------------------------------------------------------------


def test_the_first_html_says_who_looks(known: Callable[[str], FlaskClient]) -> None:
    for path in ("/", "/zones"):
        texts = [known(login).get(path).text for login in ("admin", "li")]
        assert '"name": "Admin"' in texts[0]
        assert '"/users"' in texts[0]
        assert '"/users"' not in texts[1]
        assert "东江区" in texts[1]


# limits ------------------------------------------------------------------------------------------


def limited(screen: Screen, what: str, often: str) -> None:
    """Another limit than the usual one, so that no test depends on how fast the machine is."""
    gate: Gate = screen.server.extensions["onescreen_gate"]
    gate.limits.limits[what] = parse(often)


def test_guessing_is_slowed_by_login_and_address(client: FlaskClient, screen: Screen) -> None:
    limited(screen, "login", "3/day")
    limited(screen, "failed", "6/day")
    answers = [sign_in(client, f"user{n % 2}", "x").status_code for n in range(8)]
    assert answers == [401] * 6 + [429] * 2
    answer = sign_in(client, "another", "x")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_limits_are_bounded_and_generous() -> None:
    limits = Limits()
    assert not any(limits.hit("ask", "user 1") for _ in range(600))
    assert not any(limits.hit("wall", "10.0.0.1") for _ in range(20 * 60))
    for n in range(9000):
        limits.hit("sign_in", f"10.{n >> 16}.{(n >> 8) & 255}.{n & 255}")
    storage = limits._counter.storage
    assert len(storage.storage) <= 3 * 4096 + 10  # type: ignore[attr-defined]


def test_a_flood_is_told_when_to_come_again(known: Callable[[str], FlaskClient], screen: Screen) -> None:
    client, other = known("zhao"), known("wang")
    limited(screen, "ask", "20/day")
    answers = [client.get("/alive") for _ in range(30)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert {"zh", "en"} <= set(answers[-1].json or {})
    page = client.get("/account")
    assert page.status_code == 429
    assert TEXTS["too_often"][0] in page.text
    assert other.get("/alive").status_code == 200
    with client.get("/assets/icon.svg") as icon:
        assert icon.status_code == 200


def test_no_body_is_read_beyond_its_limit(client: FlaskClient) -> None:
    client.get("/sign-in")
    answer = client.post("/sign-in", data={"login": "x" * (2 << 20), "password": "x"})
    assert answer.status_code == 413


def test_a_browser_that_never_saw_the_form_signs_nobody_in(client: FlaskClient) -> None:
    words = {"login": "wang", "password": PASSWORD, "csrf": csrf_of("")}
    assert client.post("/sign-in", data=words).status_code == 403


def test_a_login_has_one_limit_however_it_is_written(client: FlaskClient, screen: Screen) -> None:
    limited(screen, "login", "3/day")
    written = ("wang", "WANG", " wang ", "ｗａｎｇ")
    assert [sign_in(client, login, "x").status_code for login in written] == [401, 401, 401, 429]


def test_a_flood_of_passwords_from_everywhere_is_bounded(client: FlaskClient, screen: Screen) -> None:
    limited(screen, "passwords", "3/day")
    assert [sign_in(client, f"user{n}", "x").status_code for n in range(5)] == [401] * 3 + [429] * 2


def test_an_address_counts_as_itself_however_it_is_written() -> None:
    assert network_of("::ffff:10.1.2.3") == network_of("10.1.2.3") != network_of("::ffff:10.1.2.4")
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff") != network_of("2001:db8:0:1::1")
    assert network_of("nonsense") == network_of(None) == ""


def test_who_tries_links_of_walls_is_slowed_too(client: FlaskClient, screen: Screen) -> None:
    limited(screen, "wall", "3/day")
    assert [client.get(f"/wall/x{n}").status_code for n in range(5)] == [410] * 3 + [429] * 2


def test_scripts_that_are_not_there_are_not_found(client: FlaskClient) -> None:
    for path in ("/_dash-component-suites/x/y.js", "/_dash-component-suites/dash/../../users"):
        assert client.get(path).status_code == 404


def test_signing_in_and_out_is_in_the_log(access: Access, known: Callable[[str], FlaskClient]) -> None:
    from sqlalchemy import select

    from data.access.tables import entry

    client = known("wang")
    client.post("/sign-out", data={"csrf": word(client)})
    with Log(access).access.snapshot() as connection:
        actions = [row.action for row in connection.execute(select(entry).where(entry.c.who == "wang"))]
    assert actions[-2:] == ["sign_in", "sign_out"]
