"""Signing in by an identity provider: a real one, in a process of its own, that also lies in every way there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.access import Rules
from dashboard.access.texts import TEXTS
from dashboard.app import Screen
from data.access import Access
from data.access.users import disable_user, find_user, list_users
from tests.dashboard.access.conftest import EAST, field_of, sign_in, word
from tests.provider import CLIENT, SECRET, Provider, providing

WANG: dict[str, Any] = {"sub": "7", "preferred_username": "wang.wu", "name": "王五", "role": "viewer", "area": EAST}
ROLES = {"chief": "administrator", "viewer": "official", "writer": "reporter"}


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with providing(tmp_path_factory.mktemp("provider")) as made:
        yield made


@pytest.fixture
def rules(provider: Provider) -> Rules:
    return Rules(sign_in="both", oidc_issuer=provider.issuer, oidc_client=CLIENT, oidc_secret=SECRET, oidc_roles=ROLES)


@pytest.fixture
def reader(gated: Callable[[Rules], Screen], rules: Rules) -> FlaskClient:
    made: FlaskClient = gated(rules).server.test_client()
    return made


def visit(address: str) -> str:
    """What a browser does at the provider: where it is sent on to."""
    with requests.Session() as session:
        session.trust_env = False
        answer = session.get(address, allow_redirects=False, timeout=30)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def go(reader: FlaskClient, next: str = "/") -> TestResponse:
    """To the provider and back again."""
    there = reader.get("/sign-in/provider", query_string={"next": next})
    assert there.status_code == 302, there.text
    back = urlsplit(visit(there.headers["Location"]))
    return reader.get(f"{back.path}?{back.query}")


def test_there_and_back(provider: Provider, reader: FlaskClient, access: Access) -> None:
    provider.becomes(**WANG)
    asked = parse_qs(urlsplit(reader.get("/sign-in/provider").headers["Location"]).query)
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    assert asked["code_challenge_method"] == ["S256"]
    answer = go(reader, "/risk?lang=en")
    assert answer.headers["Location"] == "/risk?lang=en"
    user = find_user(access, "wang.wu")
    assert (user.name, user.role, user.scope, user.issuer) == ("王五", "official", EAST, provider.issuer)
    assert reader.get(f"/api/v1/areas/{EAST}").status_code == 200
    assert reader.get("/api/v1/areas/990102").status_code == 404


def test_who_went_by_one_process_may_come_back_to_another(
    provider: Provider, gated: Callable[[Rules], Screen], rules: Rules, access: Access
) -> None:
    provider.becomes(**WANG)
    mine = replace(rules, secret="of this installation")
    one, other = (gated(mine).server.test_client() for _ in range(2))
    stranger = gated(replace(rules, secret="of another")).server.test_client()
    back = urlsplit(visit(one.get("/sign-in/provider").headers["Location"]))
    cookie = one.get_cookie("onescreen-provider", path="/sign-in")
    assert cookie is not None
    for reader, status in ((stranger, 401), (other, 303)):
        reader.set_cookie(cookie.key, cookie.value, path=cookie.path)
        assert reader.get(f"{back.path}?{back.query}").status_code == status
    assert find_user(access, "wang.wu").name == "王五"


def test_role_and_area_are_the_providers_each_time(provider: Provider, reader: FlaskClient, access: Access) -> None:
    for role, area, expected in (
        ("viewer", EAST, ("official", EAST)),
        (["other", "writer"], "city", ("reporter", None)),
        (["writer", "chief"], "990000", ("administrator", None)),
    ):
        provider.becomes(**WANG | {"role": role, "area": area})
        assert go(reader).status_code == 303
        user = find_user(access, "wang.wu")
        assert (user.role, user.scope) == expected


@pytest.mark.parametrize(
    ("claims", "key"),
    [
        ({"role": "gardener"}, "provider_role"), ({"role": []}, "provider_role"), ({"role": None}, "provider_role"),
        ({"role": {"viewer": 1}}, "provider_role"), ({"area": None}, "provider_area"), ({"area": ""}, "provider_area"),
        ({"area": "310101"}, "provider_area"), ({"area": ["990101"]}, "provider_area"), ({"area": "东江区"}, "provider_area"),
    ],
)  # fmt: skip
def test_without_role_or_area_of_ours_nobody_is_let_in(
    provider: Provider, reader: FlaskClient, access: Access, claims: dict[str, Any], key: str
) -> None:
    provider.becomes(**WANG | claims)
    answer = go(reader)
    assert answer.status_code == 403
    assert TEXTS[key][0] in answer.text
    assert reader.get("/alive").status_code == 401
    assert "wang.wu" not in {user.login for user in list_users(access)}


@pytest.mark.parametrize(
    "fault",
    [
        "nonce",
        "no_nonce",
        "expired",
        "audience",
        "issuer",
        "none",
        "shared",
        "stranger",
        "altered",
        "no_subject",
        "no_token",
    ],
)
def test_what_is_not_signed_for_us_now_opens_nothing(
    provider: Provider, reader: FlaskClient, access: Access, fault: str
) -> None:
    provider.becomes(fault, **WANG)
    answer = go(reader)
    assert answer.status_code == 401, fault
    assert TEXTS["provider_refused"][0] in answer.text
    assert reader.get("/alive").status_code == 401
    assert "wang.wu" not in {user.login for user in list_users(access)}


def test_another_issuer_at_the_same_address_is_not_asked(provider: Provider, reader: FlaskClient) -> None:
    provider.becomes("metadata", **WANG)
    assert reader.get("/sign-in/provider").status_code == 503


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?code=x&state=y", "?error=access_denied&state=y", "?state=%00&code=%ff"]
)
def test_whoever_comes_back_without_having_gone_is_refused(reader: FlaskClient, query: str) -> None:
    answer = reader.get("/sign-in/back" + query)
    assert answer.status_code == 401
    assert TEXTS["provider_refused"][0] in answer.text


def test_a_code_works_once_and_in_the_browser_that_asked(
    provider: Provider, reader: FlaskClient, gated: Callable[[Rules], Screen], rules: Rules
) -> None:
    provider.becomes(**WANG)
    back = urlsplit(visit(reader.get("/sign-in/provider").headers["Location"]))
    address = f"{back.path}?{back.query}"
    thief = reader.application.test_client()
    assert thief.get(address).status_code == 401
    assert reader.get(address).status_code == 303
    assert reader.get(address).status_code == 401


def test_a_provider_that_is_away_is_said_to_be(gated: Callable[[Rules], Screen], rules: Rules) -> None:
    gone = replace(rules, oidc_issuer="http://127.0.0.1:9")
    client: FlaskClient = gated(gone).server.test_client()
    answer = client.get("/sign-in/provider?lang=en")
    assert answer.status_code == 503
    assert TEXTS["provider_away"][1] in answer.text
    assert sign_in(client, "wang").status_code == 303  # own accounts go on


def test_no_proxy_of_the_environment_is_used(
    provider: Provider, reader: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    provider.becomes(**WANG)
    assert go(reader).status_code == 303


def test_whom_the_city_disabled_stays_out(provider: Provider, reader: FlaskClient, access: Access) -> None:
    provider.becomes(**WANG)
    go(reader)
    disable_user(access, "wang.wu")
    assert reader.get("/alive").status_code == 401
    assert go(reader).status_code == 403


def test_no_account_of_the_provider_takes_over_one_of_ours(
    provider: Provider, reader: FlaskClient, access: Access
) -> None:
    provider.becomes(**WANG | {"preferred_username": "admin"})
    assert go(reader).status_code == 403
    assert find_user(access, "admin").issuer is None


def test_signing_out_ends_it_at_the_provider_too(provider: Provider, reader: FlaskClient) -> None:
    provider.becomes(**WANG)
    go(reader)
    page = reader.get("/")
    assert f"form-action 'self' {provider.issuer};" in page.headers["Content-Security-Policy"]
    out = reader.post("/sign-out", data={"csrf": word(reader)}).headers["Location"]
    assert out.startswith(f"{provider.issuer}/out?")
    assert visit(out) == "http://localhost/signed-out"
    assert reader.get("/alive").status_code == 401


def test_where_the_provider_alone_is_asked_no_password_helps(gated: Callable[[Rules], Screen], rules: Rules) -> None:
    client: FlaskClient = gated(replace(rules, sign_in="oidc")).server.test_client()
    form = client.get("/sign-in")
    assert 'type="password"' not in form.text
    assert "/sign-in/provider" in form.text
    answer = client.post("/sign-in", data={"login": "wang", "password": "nine lamps over the river"})
    assert answer.status_code == 403
    assert client.get("/alive").status_code == 401
    both: FlaskClient = gated(rules).server.test_client()
    assert field_of(both.get("/sign-in"))
    local: FlaskClient = gated(Rules()).server.test_client()
    assert local.get("/sign-in/provider").status_code == 303  # there is no such address


def test_the_log_of_the_provider_shows_no_fault_of_its_own(provider: Provider, tmp_path: Path) -> None:
    assert "Traceback" not in provider.log.read_text()
