"""Events from outsiders and the clumsy: whatever they send is taken or named a problem, and the boards still stand."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.api.asking import moment
from tests.dashboard.api.test_events import AREA, post, report

#: Texts that something on the way to a screen, a sheet or a database might stumble on.
ODD = [
    "", " ", "\u3000", "\x0b", "\x1b[31m", "\r\nSet-Cookie: a=b", "\u202e反写", "\u2066", "\ufeff", "\ufffe", "\U0010ffff",
    "\u0301" * 30, "👩‍👩‍👧‍👦", "=1+1", "@SUM(A1)", "<script>alert(1)</script>", "</script>", "' OR 1=1 --", "%00%0a", "../../etc/passwd",
    "{{7*7}}", "${x}", "\\u0000", "-1", "1e999", "NaN", "null", "9" * 100, "𝟙𝟛𝟠" * 9, "Ω≈ç√" * 9, "city", "ﷺ",
]  # fmt: skip
FIELDS = ("source", "key", "klass", "area", "cell", "subject", "place", "note", "happened")
#: Clocks at their ends, of zones that there are and that there are not, on days that have 23 hours.
MOMENTS = [
    "0001-01-01T00:00:00", "1900-01-01T00:00:00+23:59", "2100-12-31T23:59:59-23:59", "9999-12-31T23:59:59-12:00",
    "2022-03-27T02:30:00", "2022-03-01T24:00:00", "2022-03-01T08:00:60", "2022-02-30T08:00:00", "2022-03-01T08:00:00+99:99",
    "2022-03-01T08:00:00.123456789012", "20220301T080000", "2022-W09-2T08:00", "-2022-03-01T08:00:00", "T", "TT", "2022T",
    "２０２２-03-01T08:00:00", "2022-03-01T08:00:00 ", "2022-03-01T08:00:00Z\n",
]  # fmt: skip


def is_well(client: FlaskClient, status: int, body: Any) -> None:
    """What was sent was taken, or is a problem that says so; whoever looks sees what was taken."""
    assert status in (200, 201, 207, 400, 404, 422), body
    if status >= 400:
        assert {"zh", "en", "faults"} <= body.keys()
        return
    for one in body["took"]:
        if one["href"]:
            assert client.get(one["href"]).status_code == 200
            assert client.get(f"/queue/events/{one['event']}").status_code == 200


@pytest.mark.parametrize("field", FIELDS)
def test_odd_texts(client: FlaskClient, field: str) -> None:
    for text in ODD:
        is_well(client, *post(client, report(**{field: text})))
    assert client.get(f"/api/v1/events?area={AREA}&limit=1000").status_code == 200
    assert client.get("/queue/events").status_code == 200


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", ["\ud83d", "a\0b", ["x"], {"x": 1}, 1, -1, True, 10**400, 1.5])
def test_what_no_database_keeps_and_what_is_no_text(client: FlaskClient, field: str, value: Any) -> None:
    sent = json.dumps({"reports": [report(**{field: value})]})
    answer = client.post("/api/v1/events", data=sent, content_type="application/json")
    assert (answer.status_code, answer.json and answer.json["type"]) == (422, "onescreen:invalid"), answer.text


@pytest.mark.parametrize("said", MOMENTS)
def test_odd_clocks(client: FlaskClient, said: str) -> None:
    is_well(client, *post(client, report(happened=said)))
    (took,) = post(client, report(klass="arrival"))[1]["took"]
    key = uuid.uuid4().hex
    done = client.post(f"{took['href']}/steps", json={"action": "accept", "key": key, "done": said})
    assert done.status_code in (200, 400, 422)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\xff\xfe", b"{", b"[" * 100_000, b'{"reports":' * 20_000, b'"reports"', b"NaN", b'{"reports": NaN}',
        b'{"reports": [{"happened": ' + b"9" * 5000 + b"}]}", b'{"reports": [], "reports": [1]}',
        json.dumps({"reports": [report()]}).encode() + b"x",
        b'{"reports": [' + b",".join([b"{}"] * 10_000) + b"]}",
    ],
    ids=range(12),
)  # fmt: skip
def test_absurd_bodies(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/api/v1/events", data=body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer.mimetype == "application/problem+json"
    assert len(answer.data) < 20_000, "an answer is no echo"


@pytest.mark.parametrize("length", [10 << 20, None])
def test_a_body_of_ten_megabytes_is_not_read(client: FlaskClient, length: int | None) -> None:
    """With its length told; and in chunks without, of which no more is read than the first megabyte."""
    body = b'{"reports": [' + b" " * (10 << 20) + b"]}"
    if length is None:
        answer = client.post(
            "/api/v1/events", data=body, content_type="application/json",
            environ_overrides={"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True},
        )  # fmt: skip
    else:
        answer = client.post("/api/v1/events", data=body, content_type="application/json")
    assert answer.status_code == (413 if length else 422)


@pytest.mark.parametrize("address", ["-1", "0", "1.5", "%00", "1/steps/2", "0x1", str(2**63), "1" * 400])
def test_numbers_that_no_event_has(client: FlaskClient, address: str) -> None:
    assert client.get(f"/api/v1/events/{address}").status_code in (400, 404, 422)
    step = client.post(f"/api/v1/events/{address}/steps", json={"action": "accept", "key": "k"})
    assert step.status_code in (400, 404, 405, 422)


@pytest.mark.parametrize(
    "query", ["limit=-1", "limit=0", "limit=1e9", "offset=-1", "offset=99999999999999999999", "state=", "klass=x"]
)
def test_pages_that_there_are_not(client: FlaskClient, query: str) -> None:
    assert client.get(f"/api/v1/events?{query}").status_code in (400, 422)


@pytest.mark.parametrize("evidence", [[" "], [""], ["0" * 64], ["x"] * 21, ["x" * 201], "x", [1]])
def test_evidence_that_is_none(client: FlaskClient, evidence: Any) -> None:
    (took,) = post(client, report())[1]["took"]
    sent = {"action": "accept", "key": uuid.uuid4().hex, "evidence": evidence}
    assert client.post(f"{took['href']}/steps", json=sent).status_code in (400, 422)
    assert client.get(took["href"]).get_json()["event"]["state"] == "open"


def test_a_key_of_another_matter_is_named(client: FlaskClient) -> None:
    first, key = report(), uuid.uuid4().hex
    status, body = post(client, first, report(key=first["key"]))
    assert status == 207
    assert [one["outcome"] for one in body["took"]] == ["new", "refused"]
    assert "编号已用于另一次上报" in body["faults"][0]["detail"]
    bare = {name: value for name, value in report().items() if name != "key"}
    assert post(client, bare, **{"Idempotency-Key": key})[0] == 201
    status, body = post(client, bare | {"subject": "another"}, **{"Idempotency-Key": key})
    assert (status, body["type"]) == (400, "onescreen:ReportRefused")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("2022-03-27T01:59:00", "2022-03-27T00:59:00"),
        ("2022-03-27T02:30:00", "2022-03-27T01:30:00"),  # an hour that the clocks left out
        ("2022-03-27T03:00:00", "2022-03-27T01:00:00"),
        ("2022-10-30T02:30:00", "2022-10-30T00:30:00"),  # one that they showed twice: the first
        ("2022-10-30T02:30:00+01:00", "2022-10-30T01:30:00"),
    ],
)
def test_the_nights_on_which_clocks_change(said: str, kept: str) -> None:
    assert moment(dt.datetime.fromisoformat(said), "Europe/Berlin") == dt.datetime.fromisoformat(kept)
