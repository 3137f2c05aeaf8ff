"""A callback that no page of ours sends is a bad request, and one that ours send is answered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.queries import Desk
from grid.cube import Cube


@pytest.fixture(scope="module")
def client(tiny_cube: Cube) -> FlaskClient:
    made: FlaskClient = create_app(Desk(tiny_cube)).server.test_client()
    return made


def body(client: FlaskClient) -> dict[str, Any]:
    """What the browser sends for the page of zones."""
    (known,) = (one for one in client.get("/sheet/_dash-dependencies").json or [] if "where.data" in one["output"])
    values = {"path": "/zones", "search": "", "pulse": 0}
    parts = [
        dict(zip(("id", "property"), one.rsplit(".", 1), strict=True))
        for one in known["output"].strip(".").split("...")
    ]
    return {
        "output": known["output"], "outputs": parts, "changedPropIds": ["where.path"],
        "inputs": [{**one, "value": values[one["property"]]} for one in known["inputs"]],
    }  # fmt: skip


def ask(client: FlaskClient, body: object) -> int:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post("/sheet/_dash-update-component", data=sent, content_type="application/json").status_code


def test_what_our_pages_send_is_answered(client: FlaskClient) -> None:
    assert ask(client, body(client)) == 200


@pytest.mark.parametrize(
    "change",
    [
        {"output": "x.data"}, {"output": None}, {"output": ["x"]}, {"inputs": None}, {"inputs": []}, {"inputs": [7]},
        {"inputs": {"id": "where"}}, {"state": [{"id": "x", "property": "y"}]}, {"outputs": [None]},
        {"outputs": [{"id": {"a": 1}, "property": "data"}]}, {"outputs": []}, {"outputs": {"id": "sheet", "property": "data"}},
        {"changedPropIds": 7}, {"changedPropIds": [None]},
    ],
)  # fmt: skip
def test_what_they_never_send_is_a_bad_request(client: FlaskClient, change: dict[str, Any]) -> None:
    assert ask(client, body(client) | change) == 400


@pytest.mark.parametrize("sent", [b"", b"{", b"7", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"a":' * 100_000])
def test_so_is_no_object_and_one_nested_too_deeply(client: FlaskClient, sent: bytes) -> None:
    assert ask(client, sent) == 400


@pytest.mark.parametrize("value", [None, 7, True, [], {}, [["x"]], {"a": None}])
def test_an_address_that_is_no_text_says_nothing(client: FlaskClient, value: object) -> None:
    sent = body(client)
    for one in sent["inputs"]:
        one["value"] = value
    assert ask(client, sent) == 200


@pytest.mark.parametrize("day", ["0001-01-02", "9999-12-31", "1899-12-31"])
def test_a_day_that_nobody_could_look_back_from_is_a_bad_question(client: FlaskClient, day: str) -> None:
    assert client.get(f"/paint/1/now/growth/street/990000/{day}.bin").status_code == 400
