"""Events by the API: what was sent is taken once, what is bad is named, what somebody may not know of is not there."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.api.door import MOST_BODY
from data.terms import EVENTS

AREA = "990101001"


def report(**more: Any) -> dict[str, Any]:
    """A report of its own."""
    return {
        "source": "gate",
        "key": uuid.uuid4().hex,
        "klass": "gate_hit",
        "area": AREA,
        "subject": uuid.uuid4().hex,
        **more,
    }


def post(client: FlaskClient, *reports: dict[str, Any], **headers: str) -> tuple[int, Any]:
    """Status and body of a batch."""
    answer = client.post("/api/v1/events", json={"reports": list(reports)}, headers=headers)
    return answer.status_code, answer.get_json()


def test_a_report_is_taken_once(client: FlaskClient) -> None:
    sent = report()
    status, first = post(client, sent)
    assert (status, first["took"][0]["outcome"]) == (201, "new")
    again, second = post(client, sent)
    assert (again, second["took"][0]["outcome"]) == (200, "repeated")
    folded, third = post(client, {**sent, "key": uuid.uuid4().hex})
    assert (folded, third["took"][0]["outcome"]) == (200, "folded")
    assert first["took"][0]["event"] == second["took"][0]["event"] == third["took"][0]["event"]
    found = client.get(first["took"][0]["href"]).get_json()
    assert found["event"]["reports"] == 2
    assert next(one["key"] for one in found["reports"]) == sent["key"]


def test_the_header_is_the_key_of_what_has_none(client: FlaskClient) -> None:
    sent = {name: value for name, value in report().items() if name != "key"}
    assert post(client, sent)[0] == 422
    key = uuid.uuid4().hex
    outcomes = [post(client, sent, sent, **{"Idempotency-Key": key})[1]["took"] for _ in range(2)]
    assert [[one["outcome"] for one in took] for took in outcomes] == [["new", "folded"], ["repeated", "repeated"]]


def test_bad_ones_of_a_batch_are_named_and_the_others_kept(client: FlaskClient) -> None:
    status, body = post(client, report(), report(area="nowhere"), report(note="13800138000"), report())
    assert status == 207
    assert [one["outcome"] for one in body["took"]] == ["new", "refused", "refused", "new"]
    assert [one["parameter"] for one in body["faults"]] == ["reports.1", "reports.2"]
    assert post(client, report(area="nowhere"))[0] == 404
    assert post(client, report(happened="2099-01-01T00:00:00"))[0] == 400


def test_what_happened_is_told_on_the_citys_clocks(client: FlaskClient) -> None:
    moments = {"2022-03-01T08:00:00": "2022-03-01T00:00:00Z", "2022-03-01T08:00:00Z": "2022-03-01T08:00:00Z"}
    for said, kept in moments.items():
        (took,) = post(client, report(happened=said))[1]["took"]
        assert client.get(took["href"]).get_json()["event"]["happened"] == kept


def test_a_list_pages_and_narrows(client: FlaskClient) -> None:
    post(client, *(report(klass=klass, place=f"{n}-{klass}") for klass in EVENTS for n in range(2)))
    every = client.get("/api/v1/events", query_string={"area": AREA, "limit": 1000}).get_json()
    ids = [one["id"] for one in every["events"]]
    assert every["total"] == len(ids)
    pages = [client.get(f"/api/v1/events?area={AREA}&limit=7&offset={at}").get_json() for at in range(0, len(ids), 7)]
    assert [one["id"] for page in pages for one in page["events"]] == ids
    due = [one["due"] for one in every["events"]]
    assert due == sorted(due)
    fever = client.get(f"/api/v1/events?area={AREA}&klass=fever").get_json()["events"]
    assert {one["klass"] for one in fever} == {"fever"}
    assert client.get("/api/v1/events?state=closed&area=990102003").get_json()["events"] == []


def test_an_unchanged_list_is_not_sent_again(client: FlaskClient) -> None:
    address = "/api/v1/events?area=990102003"
    etag = client.get(address).headers["ETag"]
    statuses = {client.get(address, headers={"If-None-Match": etag}).status_code for _ in range(3)}
    assert 304 in statuses, "it changes with the minute alone"
    post(client, report(area="990102003"))
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_steps(client: FlaskClient) -> None:
    (took,) = post(client, report(klass="arrival"))[1]["took"]
    steps = f"{took['href']}/steps"
    for step in ("accept", "act", "feed_back"):
        done = client.post(steps, json={"action": step, "key": f"{took['event']}-{step}", "evidence": ["a form"]})
        assert done.status_code == 200
    again = client.post(steps, json={"action": "accept", "key": f"{took['event']}-accept"})
    assert (again.status_code, again.get_json()["again"]) == (200, True)
    late = client.post(steps, json={"action": "accept", "key": uuid.uuid4().hex})
    assert (late.status_code, late.get_json()["type"]) == (409, "onescreen:EventStateError")
    closed = client.post(steps, json={"action": "close", "key": uuid.uuid4().hex, "satisfied": True})
    assert closed.get_json()["state"] == "closed"
    history = client.get(took["href"]).get_json()["history"]
    assert [one["what"] for one in history] == ["opened", "accepted", "acting", "fed_back", "closed"]


@pytest.mark.parametrize("address", ["/api/v1/events/2147483647", "/api/v1/events/9999999999", "/api/v1/events/x"])
def test_an_event_that_is_not_there(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code in (400, 404)


HOSTILE: list[Any] = [
    None, [], {}, {"reports": []}, {"reports": {}}, {"reports": [None]}, {"reports": [{"source": "x"}]},
    {"reports": [{**report(), "klass": "earthquake"}]}, {"reports": [{**report(), "more": {}}]},
    {"reports": [{**report(), "key": "\x00"}]}, {"reports": [{**report(), "note": "x" * 2001}]},
    {"reports": [{**report(), "happened": 1}]}, {"reports": [{**report(), "happened": "2022-03-01"}]}, {"reports": [report()] * 501}, {"reports": [{**report(), "key": ""}]},
]  # fmt: skip


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_bodies_are_problems(client: FlaskClient, body: Any) -> None:
    answer = client.post("/api/v1/events", json=body)
    assert answer.status_code in (400, 415, 422)
    assert answer.mimetype == "application/problem+json"


def test_a_batch_has_room_and_an_end(client: FlaskClient) -> None:
    large = [report(note="大" * 300) for _ in range(60)]
    status, body = post(client, *large)
    assert (status, len(body["took"])) == (201, 60)
    assert sum(len(one["note"].encode()) for one in large) > MOST_BODY
    assert client.post("/api/v1/events", data="x" * (2 << 20), content_type="application/json").status_code == 413
