"""Nobody gets past unseen: every address of the server, forged requests, tokens of programs, a session's end."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from dashboard.access import Rules, only_here
from dashboard.access.gate import OPEN, lies_in
from dashboard.access.plain import local
from dashboard.app import Screen, create_app
from dashboard.queries import Desk
from data.access import Access
from data.access.sessions import end_sessions
from data.access.tables import session
from data.access.tokens import new_token, revoke_token
from data.access.users import disable_user
from data.engine import utcnow
from data.settings import read_home
from grid.cube import Cube
from tests.dashboard.access.conftest import EAST, sign_in, word

SAMPLES = {"int": "1", "path": "x", "default": "x", "string": "x"}


def addresses(screen: Screen) -> list[tuple[str, str]]:
    """(method, address) of every rule of the server, with something in place of its variables."""
    found = []
    for rule in screen.server.url_map.iter_rules():
        path = re.sub(r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>", lambda m: SAMPLES.get(m[1] or "default", "x"), rule.rule)
        found += [(method, path) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}]
    return sorted(set(found))


def test_every_address_asks_for_somebody(screen: Screen, client: FlaskClient) -> None:
    """A rule that is added to the server is behind the gate, whoever adds it."""
    listed = addresses(screen)
    assert len(listed) > 60
    for method, path in listed:
        if lies_in(path, OPEN):
            continue
        answer = client.open(path, method=method)
        assert answer.status_code in (303, 401), (method, path)
        if answer.status_code == 303:
            assert answer.headers["Location"].startswith("/sign-in"), path
        else:
            assert answer.mimetype == "application/problem+json", path
            assert {"zh", "en", "todo_zh", "todo_en"} <= set(answer.json or {})


@pytest.mark.parametrize(
    "path",
    ["//assets/x", "/assets/../alive", "/wall", "/sign-in/x", "/Sign-In", "/healthzz/../alive", "/%61live", "/;/alive"],
)
def test_no_way_of_writing_an_address_gets_around_it(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (303, 308, 401, 404)
    assert b'"version"' not in answer.data


def test_pages_lead_to_sign_in_and_back(client: FlaskClient) -> None:
    answer = client.get("/zones?lang=en&theme=light")
    assert answer.headers["Location"] == "/sign-in?next=%2Fzones%3Flang%3Den%26theme%3Dlight"
    form = client.get(answer.headers["Location"])
    assert '<html lang="en" data-theme="light">' in form.text
    back = sign_in(client, "wang", next="/zones?lang=en&theme=light")
    assert back.headers["Location"] == "/zones?lang=en&theme=light"


@pytest.mark.parametrize(
    "address",
    ["//evil.test", "/\\evil.test", "https://evil.test/", "javascript:alert(1)", "/\tevil.test", "\\\\evil.test", "/a\\b",
     "evil.test", "/sign-out", "/sign-in?next=/x", "", "/" + "x" * 3000, "/a\r\nSet-Cookie: a=b"],
)  # fmt: skip
def test_nobody_is_led_elsewhere(client: FlaskClient, address: str) -> None:
    assert local(address) == "/"
    assert sign_in(client, "wang", next=address).headers["Location"] == "/"


def test_a_signed_in_viewer_has_role_rights_and_area(known: Callable[[str], FlaskClient], screen: Screen) -> None:
    version = screen.sheets.desk.cube.at().version
    whole, east = known("wang"), known("li")
    city = f"/paint/{version}/now/positives/street/990000/2022-03-01.bin"
    assert whole.get(city).status_code == 200
    assert east.get(city).status_code == 404
    assert east.get(city.replace("990000", EAST)).status_code == 200
    assert east.get("/api/v1/areas/990102").status_code == 404


def test_the_browser_shows_nobody_what_somebody_else_was_sent(
    known: Callable[[str], FlaskClient], screen: Screen
) -> None:
    """What may be kept for a year is kept for this session's cookie alone; pages are not kept at all."""
    version = screen.sheets.desk.cube.at().version
    client = known("wang")
    bytes_ = client.get(f"/paint/{version}/now/positives/street/990000/2022-03-01.bin")
    assert "immutable" in bytes_.headers["Cache-Control"]
    assert "private" in bytes_.headers["Cache-Control"]
    assert "Cookie" in bytes_.vary
    assert client.get("/").headers["Cache-Control"] == "no-store"
    assert client.get("/account").headers["Cache-Control"] == "no-store"


def test_cookies_are_kept_from_scripts_and_other_sites(client: FlaskClient, gated: Callable[[Rules], Screen]) -> None:
    plain = {c.split("=")[0]: c for c in sign_in(client, "wang").headers.getlist("Set-Cookie")}
    assert "HttpOnly" in plain["onescreen"]
    assert "HttpOnly" not in plain["_csrf_token"]
    assert all("SameSite=Lax" in cookie and "Secure" not in cookie for cookie in plain.values())
    secure: FlaskClient = gated(Rules(https=True)).server.test_client()
    form = secure.get("/sign-in", base_url="https://localhost")
    assert "Strict-Transport-Security" in form.headers
    assert "Secure" in form.headers["Set-Cookie"]


def test_over_https_the_session_is_bound_to_the_host(gated: Callable[[Rules], Screen]) -> None:
    secure: FlaskClient = gated(Rules(https=True)).server.test_client()
    form = secure.get("/sign-in", base_url="https://localhost")
    data = {
        "login": "wang",
        "password": "nine lamps over the river",
        "csrf": re.findall('name="csrf" value="([^"]+)"', form.text)[0],
    }
    cookies = secure.post("/sign-in", data=data, base_url="https://localhost").headers.getlist("Set-Cookie")
    named = next(cookie for cookie in cookies if cookie.startswith("__Host-onescreen="))
    assert "Secure" in named
    assert "Path=/" in named
    assert "Domain" not in named


# forged requests ---------------------------------------------------------------------------------

ORDER = {"kind": "daily"}


def test_a_callback_needs_the_word(known: Callable[[str], FlaskClient]) -> None:
    client = known("wang")
    for path in ("/_dash-update-component", "/sheet/_dash-update-component", "/api/v1/reports", "/sign-out", "/users"):
        assert client.post(path, json={}).status_code == 403, path
        assert client.post(path, json={}, headers={"X-CSRFToken": "0" * 64}).status_code == 403, path
    assert client.get("/alive").status_code == 200
    assert client.post("/api/v1/reports", json=ORDER, headers={"X-CSRFToken": word(client)}).status_code == 202


def test_the_word_of_one_session_is_not_that_of_another(known: Callable[[str], FlaskClient]) -> None:
    mine, yours = known("wang"), known("li")
    assert mine.post("/api/v1/reports", json=ORDER, headers={"X-CSRFToken": word(yours)}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
     {"Origin": "http://localhost:1"}],
)  # fmt: skip
def test_no_other_site_posts(client: FlaskClient, known: Callable[[str], FlaskClient], headers: dict[str, str]) -> None:
    signed_in = known("wang")
    given = {"X-CSRFToken": word(signed_in), **headers}
    assert signed_in.post("/api/v1/reports", json=ORDER, headers=given).status_code == 403
    assert sign_in(client, "wang", **headers).status_code == 403


def test_an_origin_of_our_own_may(known: Callable[[str], FlaskClient]) -> None:
    client = known("wang")
    for origin in ("http://localhost", "https://localhost", "http://localhost:80"):
        given = {"X-CSRFToken": word(client), "Origin": origin, "Sec-Fetch-Site": "same-origin"}
        assert client.post("/api/v1/reports", json=ORDER, headers=given).status_code == 202, origin


def test_the_form_of_another_browser_signs_nobody_in(screen: Screen, client: FlaskClient) -> None:
    """Otherwise somebody could be signed in as somebody else without noticing."""
    other = screen.server.test_client()
    word_ = re.findall('name="csrf" value="([^"]+)"', other.get("/sign-in").text)[0]
    client.get("/sign-in")
    answer = client.post("/sign-in", data={"login": "wang", "password": "nine lamps over the river", "csrf": word_})
    assert answer.status_code == 403
    assert client.get("/").status_code == 303


# programs ----------------------------------------------------------------------------------------


def test_a_program_asks_with_its_token_and_nowhere_else(access: Access, client: FlaskClient) -> None:
    token, secret = new_token(access, "li", "nightly", 30, by="li")
    bearer = {"Authorization": f"Bearer {secret}"}
    assert client.get(f"/api/v1/areas/{EAST}", headers=bearer).status_code == 200
    assert client.get("/api/v1/areas/990102", headers=bearer).status_code == 404
    assert client.get(f"/export/positives/csv?area={EAST}", headers=bearer).status_code == 200
    assert (
        client.post("/api/v1/reports", json={**ORDER, "area": EAST}, headers=bearer).status_code == 202
    )  # needs no word
    for path in ("/", "/alive", "/account"):
        assert client.get(path, headers=bearer).status_code in (303, 401), path
    revoke_token(access, token.id)
    refused = client.get("/api/v1/areas", headers=bearer)
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["Bearer ", "Bearer osk_nothing", "Bearer \x7f", "Basic d2FuZzpw", "bearer"])
def test_a_token_that_is_none_opens_nothing(client: FlaskClient, header: str) -> None:
    assert client.get("/api/v1/areas", headers={"Authorization": header}).status_code == 401


def test_a_bad_token_is_not_made_good_by_a_cookie(known: Callable[[str], FlaskClient]) -> None:
    assert known("wang").get("/api/v1/areas", headers={"Authorization": "Bearer osk_nothing"}).status_code == 401


# the end -----------------------------------------------------------------------------------------


def test_a_session_ends(access: Access, known: Callable[[str], FlaskClient]) -> None:
    left, idle, old, disabled, ended = (known("wang"), known("zhao"), known("li"), known("auditor"), known("admin"))
    kept = left.get_cookie("onescreen")
    assert left.post("/sign-out", data={"csrf": word(left)}).headers["Location"] == "/signed-out"
    assert left.get_cookie("onescreen") is None
    assert kept is not None
    left.set_cookie("onescreen", kept.value)
    with access.writing() as connection:
        for column, hours, login in ((session.c.seen, 2, "zhao"), (session.c.made, 13, "li")):
            number = {"zhao": 4, "li": 3}[login]
            values = {column.name: utcnow() - dt.timedelta(hours=hours)}
            connection.execute(update(session).where(session.c.user == number).values(values))
    disable_user(access, "auditor")
    end_sessions(access, "admin")
    for client in (left, idle, old, disabled, ended):
        assert client.get("/alive").status_code == 401
        assert client.get("/").status_code == 303


def test_signing_in_anew_ends_the_session_before(known: Callable[[str], FlaskClient]) -> None:
    """A session that somebody else put into the browser is not the one that is signed in."""
    client = known("wang")
    before = client.get_cookie("onescreen")
    sign_in(client, "wang")
    after = client.get_cookie("onescreen")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    client.set_cookie("onescreen", before.value)
    assert client.get("/alive").status_code == 401


def test_behind_a_proxy_the_address_is_the_readers(gated: Callable[[Rules], Screen], access: Access) -> None:
    """Believed only where the settings say that there is a proxy."""
    from data.access.sessions import list_sessions

    for rules, address in ((Rules(proxies=1), "10.1.2.3"), (Rules(), "127.0.0.1")):
        client: FlaskClient = gated(rules).server.test_client()
        sign_in(client, "wang", **{"X-Forwarded-For": "6.6.6.6, 10.1.2.3"})
        assert list_sessions(access, "wang")[0].address == address
        end_sessions(access, "wang")


# without sign-in, and with whatever rules --------------------------------------------------------


def test_without_sign_in_no_other_name_leads_here(tiny_cube: Cube) -> None:
    server = create_app(Desk(tiny_cube)).server
    only_here(server, "127.0.0.2")
    client: FlaskClient = server.test_client()
    for host in ("localhost", "127.0.0.1:8050", "127.0.0.2", "[::1]:8050"):
        assert client.get("/alive", headers={"Host": host}).status_code == 200, host
    for host in ("evil.test", "evil.test:8050", "localhost.evil.test"):
        assert client.get("/alive", headers={"Host": host}).status_code == 400, host


def test_every_answer_tells_the_browser_what_to_refuse(client: FlaskClient, tiny_cube: Cube) -> None:
    for reader in (client, create_app(Desk(tiny_cube)).server.test_client()):
        for path in ("/", "/alive", "/sign-in", "/api/v1/areas", "/wall/none", "/nowhere.bin", "/healthz"):
            headers = reader.get(path).headers
            assert "default-src 'none'" in headers["Content-Security-Policy"], path
            assert "unsafe-eval" not in headers["Content-Security-Policy"], path
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path
            # to read what the page itself carries (parts.map_block.inline), and to ask nobody else
            assert "connect-src 'self' data:;" in headers["Content-Security-Policy"], path
            assert headers["X-Content-Type-Options"] == "nosniff", path
            assert headers["Referrer-Policy"] == "same-origin", path
            assert "camera=()" in headers["Permissions-Policy"], path
            assert "Strict-Transport-Security" not in headers, path


def test_rules_are_those_of_the_settings(tiny_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read_home(tiny_home)
    assert Rules.of(settings) == Rules(secret=settings.secret)
    for name, value in (
        ("SIGN_IN", "both"),
        ("HTTPS", "true"),
        ("OIDC_ISSUER", "https://id.test/x"),
        ("OIDC_CLIENT", "a"),
    ):
        monkeypatch.setenv(f"ONESCREEN_{name}", value)
    rules = Rules.of(read_home(tiny_home))
    assert (rules.https, rules.provider, rules.provider_origin) == (True, True, "https://id.test")
