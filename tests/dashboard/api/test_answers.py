"""The API says what the desk says, to whom it may, once, and its errors have one shape."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from dashboard.api import description
from dashboard.api.asking import moment
from dashboard.api.records import fact, number
from dashboard.app import Screen, create_app
from dashboard.queries import Desk, Viewer, ZoneDesk
from dashboard.queries.questions import QUESTIONS
from data.errors import StoreError
from data.terms import LEVELS, STATES
from grid.cube import Cube
from grid.measures import MEASURES
from tests import tiny

API = "/api/v1"
EAST, WEST = "990101", "990102"
BASE = {"version", "known", "as_of", "simulated"}


def asked(client: FlaskClient, path: str, **query: Any) -> dict[str, Any]:
    reply = client.get(API + path, query_string=query)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = json.loads(reply.data)
    assert found.keys() >= BASE
    return found


# the same numbers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["district", "street", "community", "cell"])
@pytest.mark.parametrize("name", ["positives", "incidence_7d", "growth", "zone_lockdown_people"])
def test_values_are_the_desks(client: FlaskClient, api_desk: Desk, name: str, level: str) -> None:
    made = asked(client, "/values", measure=name, level=level, day=tiny.DAYS[5], limit=10_000)
    wanted = api_desk.ask(Viewer(), name, level=level, days=[tiny.DAYS[5]])
    assert [(v["area"], v["value"], v["state"]) for v in made["values"]] == [(a.area, a.value, a.state) for a in wanted]
    assert {v["state"] for v in made["values"]} <= set(STATES)
    assert all((v["value"] is None) == (v["state"] in ("missing", "suppressed")) for v in made["values"])
    assert all((v["value"] == 0) == (v["state"] == "zero") for v in made["values"])


def test_an_unreported_day_is_missing_and_never_nought(client: FlaskClient) -> None:
    growth = asked(client, "/series", measure="growth", first=tiny.DAYS[0], last=tiny.DAYS[-1])["points"]
    assert {"value": None, "state": "missing", "day": str(tiny.DAYS[0])} in growth
    cases = asked(client, "/series", measure="cases", area="990102001", first=tiny.DAYS[0], last=tiny.DAYS[-1])[
        "points"
    ]
    assert any(point["state"] == "zero" and point["value"] == 0 for point in cases)


def test_series_zones_and_facts_are_the_desks(client: FlaskClient, api_desk: Desk) -> None:
    wanted = api_desk.series(Viewer(), "positives", EAST, tiny.DAYS[0], tiny.DAYS[-1])
    points = asked(client, "/series", measure="positives", area=EAST, first=tiny.DAYS[0], last=tiny.DAYS[-1])["points"]
    assert [(p["value"], p["state"]) for p in points] == [(a.value, a.state) for a in wanted]
    lines = api_desk.beside(ZoneDesk).clocks(Viewer(), "city", tiny.DAYS[3])
    assert [z["id"] for z in asked(client, "/zones", day=tiny.DAYS[3])["zones"]] == [line.id for line in lines]
    summary = asked(client, "/zones/summary", day=tiny.DAYS[3])
    assert summary["standing"]["zones"]["value"] == sum(line.clock.standing for line in lines)
    assert "measure" in QUESTIONS
    for answer in wanted:
        cited = f"measure?area={EAST}&day={answer.day}&name=positives"
        assert asked(client, "/facts", cite=cited)["fact"] == {"value": number(answer.value), "state": answer.state}


def test_areas_are_searched_walked_and_opened(client: FlaskClient) -> None:
    found = asked(client, "/areas", q="新村")["areas"]
    assert [area["code"] for area in found] == ["990101002001", "990102001001"]
    assert [a["code"] for a in asked(client, "/areas", level="district")["areas"]] == list(tiny.DISTRICTS)
    tree = asked(client, "/areas/tree", depth=1)["tree"]
    assert [child["code"] for child in tree["children"]] == list(tiny.DISTRICTS)
    assert all(not child["children"] for child in tree["children"])
    one = asked(client, "/areas/东江镇")
    assert [step["code"] for step in one["path"]] == [tiny.CITY, EAST, "990101002"]
    assert one["bounds"] == pytest.approx([110.015, tiny.SOUTH, 110.03, tiny.NORTH])


def test_pages_of_rows_are_bounded_and_make_the_whole(client: FlaskClient) -> None:
    whole = asked(client, "/values", measure="positives", level="cell", limit=10_000)
    rows: list[Any] = []
    url, pages = f"{API}/values?measure=positives&level=cell&limit=37", 0
    while url:
        page = json.loads(client.get(url).data)
        assert len(page["values"]) <= 37
        rows, url, pages = rows + page["values"], page["next"], pages + 1
    assert rows == whole["values"]
    assert pages == -(-whole["total"] // 37)
    assert client.get(f"{API}/values?measure=positives&limit=10001").status_code == 400


def test_loads_and_freshness_name_every_delivery_and_source(client: FlaskClient, api_desk: Desk) -> None:
    loads = asked(client, "/loads")["loads"]
    assert [load["id"] for load in loads] == [load.id for load in reversed(api_desk.cube.store.loads())]
    sources = {s["name"]: s for s in asked(client, "/freshness")["sources"]}
    assert list(sources) == [source.name for source in api_desk.city.sources]
    assert asked(client, "/loads", source="cases")["total"] == sources["cases"]["loads"] == 1


def test_words_of_the_description_are_the_registries(client: FlaskClient) -> None:
    made = client.get(f"{API}/docs/openapi.json").json
    assert made == description()
    assert made["openapi"] == "3.1.0"
    asks = {p["name"]: p["schema"] for p in made["paths"][f"{API}/values"]["get"]["parameters"]}
    assert asks["measure"]["enum"] == list(MEASURES)
    assert asks["level"]["enum"] == list(LEVELS)
    assert made["components"]["schemas"]["Fact"]["properties"]["state"]["enum"] == list(STATES)
    assert [m["id"] for m in asked(client, "/measures")["measures"]] == list(MEASURES)


@given(st.none() | st.floats(allow_infinity=False))
def test_a_number_and_its_state(value: float | None) -> None:
    made = fact(value)
    if value is None or value != value:
        assert (made.value, made.state) == (None, "missing")
    else:
        assert made.value == value
        assert made.state == ("value" if value else "zero")


# as of ---------------------------------------------------------------------------------------------


def test_as_of_is_the_citys_time_and_a_day_means_its_end() -> None:
    day, zone = dt.date(2022, 4, 13), "Asia/Shanghai"
    end = moment(day, zone)
    assert end == dt.datetime(2022, 4, 13, 15, 59, 59, 999999)
    assert moment(dt.datetime(2022, 4, 13, 10), zone) == dt.datetime(2022, 4, 13, 2)
    assert moment(dt.datetime(2022, 4, 13, 10, tzinfo=dt.UTC), zone) == dt.datetime(2022, 4, 13, 10)


def test_every_answer_says_as_of_when(client: FlaskClient, api_desk: Desk) -> None:
    loads = api_desk.cube.store.loads()
    for load in loads[-2:]:
        made = asked(client, "/measures", as_of=f"{load.known.isoformat()}Z")
        newest = max(one.id for one in loads if one.known <= load.known)
        assert made["version"] == newest
        assert dt.datetime.fromisoformat(made["as_of"]).replace(tzinfo=None) == load.known
    assert client.get(f"{API}/measures?as_of=1990-01-01").status_code == 400


# asked again ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/areas", "/values?measure=positives", "/collections/street/items"])
def test_nothing_new_is_304_and_an_etag_is_of_one_answer(client: FlaskClient, path: str) -> None:
    first = client.get(API + path)
    etag = first.headers["ETag"]
    again = client.get(API + path, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    assert "no-cache" in first.headers["Cache-Control"]
    other = client.get(API + path + ("&" if "?" in path else "?") + "lang=en", headers={"If-None-Match": etag})
    assert other.status_code == 200
    assert client.get(API + path, headers={"If-None-Match": "*"}).status_code in (200, 304)


def test_freshness_is_asked_again_by_what_it_says(client: FlaskClient) -> None:
    etag = client.get(f"{API}/freshness").headers["ETag"]
    assert client.get(f"{API}/freshness", headers={"If-None-Match": etag}).status_code == 304


def test_a_wrong_question_is_no_304(client: FlaskClient) -> None:
    assert client.get(f"{API}/areas?limit=0", headers={"If-None-Match": "*"}).status_code == 400


@pytest.mark.parametrize(("accepted", "unpack"), [("gzip", gzip.decompress), ("br", brotli.decompress)])
@pytest.mark.parametrize("path", ["/measures", "/collections/cell/items?limit=100"])
def test_answers_are_compressed(client: FlaskClient, path: str, accepted: str, unpack: Any) -> None:
    small = client.get(API + path, headers={"Accept-Encoding": accepted})
    plain = client.get(API + path, headers={"Accept-Encoding": "identity"})
    assert small.headers["Content-Encoding"] == accepted
    assert unpack(small.data) == plain.data
    assert len(small.data) < len(plain.data) / 2


# errors --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "more", "status"),
    [
        ("get", "/nothing", {}, 404),
        ("get", "/areas/nowhere", {}, 404),
        ("get", "/areas/990101/more", {}, 404),
        ("get", "/collections/nothing", {}, 404),
        ("get", "/collections/street/items/nothing", {}, 404),
        ("get", "/reports/nothing", {}, 404),
        ("get", "/values", {}, 400),
        ("get", "/values?measure=nothing", {}, 400),
        ("get", "/values?measure=positives&day=2022-02-30", {}, 400),
        ("get", "/values?measure=positives&day=20220301", {}, 400),
        ("get", "/values?measure=positives&day=0001-01-01", {}, 400),
        ("get", "/values?measure=positives&nothing=1", {}, 400),
        ("get", "/series?measure=positives&first=1999-01-01&last=2022-03-01", {}, 400),
        ("get", "/facts?cite=nothing", {}, 400),
        ("get", "/collections/street/items?bbox=1,2,3", {}, 400),
        ("get", "/collections/street/items?datetime=yesterday", {}, 400),
        ("post", "/areas", {}, 405),
        ("delete", "/values", {}, 405),
        ("post", "/nothing", {}, 404),
        ("post", "/reports", {"data": "kind=daily"}, 415),
        ("post", "/reports", {"json": {"kind": "nothing"}}, 422),
        ("post", "/reports", {"data": "{", "content_type": "application/json"}, 422),
        ("post", "/reports", {"data": "[" * 16_000, "content_type": "application/json"}, 422),
        ("post", "/reports", {"data": " " * 20_000, "content_type": "application/json"}, 413),
        ("post", "/reports", {"json": {"kind": "daily", "area": "nowhere"}}, 404),
    ],
)
def test_every_error_has_the_one_shape(
    client: FlaskClient, method: str, path: str, more: dict[str, Any], status: int
) -> None:
    reply = getattr(client, method)(API + path, **more)
    assert reply.status_code == status
    assert reply.mimetype == "application/problem+json"
    made = reply.json
    assert made["status"] == status
    assert all(made[name].strip() for name in ("type", "title", "zh", "en", "todo_zh", "todo_en"))
    assert bool(made["faults"]) == (made["type"] == "onescreen:invalid")
    if status == 405:
        assert "GET" in reply.headers["Allow"]


@contextmanager
def gone(desk: Desk) -> Iterator[None]:
    """The store cannot be reached."""

    def lost(*_: object, **__: object) -> int:
        raise StoreError(detail="gone")

    store = desk.cube.store
    store.version = lost  # type: ignore[method-assign]
    try:
        yield
    finally:
        del store.version  # what stays on it would hide the method from tests that replace that


def test_without_its_store_it_says_so_and_is_not_ready(client: FlaskClient, api_desk: Desk) -> None:
    with gone(api_desk):
        reply = client.get(f"{API}/areas")
        assert (reply.status_code, reply.mimetype) == (503, "application/problem+json")
        assert client.get("/healthz").status_code == 200
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json["checks"]["store"]) == (503, False)  # type: ignore[index]
        assert "onescreen_up 0.0" in client.get("/metrics").text
    assert client.get(f"{API}/areas").status_code == 200  # it came back
    assert client.get("/readyz").json["checks"]["store"]  # type: ignore[index]
    assert "onescreen_up 1.0" in client.get("/metrics").text


def test_the_page_keeps_its_own_errors(client: FlaskClient) -> None:
    assert client.post("/").mimetype == "text/html"
    assert client.get("/geo/1/nowhere/990000/shapes.bin").json.keys() == {"zh", "en", "error"}  # type: ignore[union-attr]


# scope ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def narrow(api_desk: Desk) -> FlaskClient:
    """Somebody who may see one district."""
    made: FlaskClient = create_app(api_desk, viewer_of=lambda: Viewer(scope=EAST)).server.test_client()
    return made


def test_outside_of_the_scope_there_is_nothing(narrow: FlaskClient) -> None:
    described = description()["paths"].items()
    for path, methods in [(path, methods) for path, methods in described if "get" in methods and "{" not in path]:
        asks = {p["name"] for p in methods["get"].get("parameters", ())}
        for name in asks & {"area", "within"}:
            for outside in (WEST, tiny.CITY, "西山区", "990102001"):
                query = {name: outside, **({"measure": "positives"} if "measure" in asks else {})}
                assert narrow.get(path, query_string=query).status_code == 404, (path, outside)
    assert narrow.get(f"{API}/areas/{WEST}").status_code == 404
    assert narrow.get(f"{API}/facts?cite=measure%3Farea%3D{WEST}%26name%3Dpositives").status_code == 404
    assert narrow.get(f"{API}/collections/street/items/990102001").status_code == 404
    assert narrow.post(f"{API}/reports", json={"kind": "daily", "area": WEST}).status_code == 404


def test_an_error_names_nothing_outside_of_the_scope(client: FlaskClient, narrow: FlaskClient) -> None:
    assert WEST in client.get(f"{API}/areas?within=西山").text  # what could be meant, to whom may see it
    for words in ("西山", "山", "街道"):
        told = narrow.get(f"{API}/areas", query_string={"within": words}).text.replace(words, "")
        assert WEST not in told, words
        assert "西山" not in told, words


def test_dates_of_zones_are_those_of_the_scope(client: FlaskClient, api_desk: Desk) -> None:
    street = create_app(api_desk, viewer_of=lambda: Viewer(scope="990102002")).server.test_client()
    for one, first in ((client, tiny.DAYS[1]), (street, tiny.DAYS[2])):
        extent = asked(one, "/collections/zones")["extent"]["temporal"]["interval"]
        assert extent == [[f"{first}T00:00:00Z", None]]


def test_inside_of_the_scope_no_answer_names_anything_outside(narrow: FlaskClient) -> None:
    outside = [code for code in (*tiny.STREETS, *tiny.COMMUNITIES) if code.startswith(WEST)] + [WEST, "西山区"]
    for path in (
        "/areas", "/areas/tree?depth=5", f"/areas/{EAST}", "/values?measure=positives&level=community",
        "/values?measure=population&level=street", "/zones", "/zones/summary", "/codes", "/flows", "/risk",
        "/collections", "/collections/district/items", "/collections/street/items", "/collections/zones/items?limit=99",
        "/collections/cell/items?limit=9999",
    ):  # fmt: skip
        text = json.dumps(narrow.get(API + path).json, ensure_ascii=False)
        assert [code for code in outside if f'"{code}"' in text] == [], path


def test_an_etag_of_one_scope_is_none_of_another(client: FlaskClient, narrow: FlaskClient) -> None:
    etag = client.get(f"{API}/areas").headers["ETag"]
    assert narrow.get(f"{API}/areas", headers={"If-None-Match": etag}).status_code == 200


def test_an_etag_holds_while_program_city_file_and_rules_are_the_same(
    client: FlaskClient, api_desk: Desk, tmp_path: Path
) -> None:
    known = {"If-None-Match": client.get(f"{API}/areas").headers["ETag"]}
    other = create_app(Desk(api_desk.cube)).server.test_client()  # as on another machine
    assert other.get(f"{API}/areas", headers=known).status_code == 304
    city = api_desk.city.model_copy(update={"folder": tmp_path})
    (tmp_path / city.file_name).write_text("# something else", "utf-8")
    later = create_app(Desk(Cube(api_desk.cube.store, city))).server.test_client()
    assert later.get(f"{API}/areas", headers=known).status_code == 200


# the page of the documentation ---------------------------------------------------------------------


def test_documentation_may_ask_nothing_of_others(client: FlaskClient) -> None:
    page = client.get(f"{API}/docs/swagger")
    assert "connect-src 'self'" in page.headers["Content-Security-Policy"]
    assert "<script>" not in page.text
    with client.get("/assets/docs/docs.js") as script:
        assert b"validatorUrl: null" in script.get_data()
    for name in ("js/swagger-ui-bundle.js", "css/swagger-ui.css"):
        with client.get(f"{API}/docs/swagger/{name}") as file:
            assert file.status_code == 200


def test_first_page_knows_nothing_of_it(client: FlaskClient) -> None:
    page = client.get("/").text
    assert "/api/" not in page
    assert "/export/" not in page


# metrics -------------------------------------------------------------------------------------------


def test_metrics_count_what_was_asked(api_desk: Desk) -> None:
    app: Screen = create_app(api_desk)  # with a registry of its own, or this would count the requests of every test
    client = app.server.test_client()
    for path in ("/areas", "/areas?q=x", "/areas?limit=0", "/nothing"):
        client.get(API + path)
    text = client.get("/metrics").text
    asked = f'endpoint="/api/v1/areas",method="GET",process="{os.getpid()}"'
    assert f'onescreen_requests_total{{{asked},status="200"}} 2.0' in text
    assert f'onescreen_requests_total{{{asked},status="400"}} 1.0' in text
    assert f'onescreen_request_seconds_count{{endpoint="/api/v1/areas",process="{os.getpid()}"}} 3.0' in text
    store = api_desk.cube.store
    assert f"onescreen_version {float(store.version())}" in text
    assert f"onescreen_rows_rejected {float(sum(load.rejected for load in store.loads()))}" in text
    assert 'onescreen_source_age_hours{source="cases"}' in text
    assert "onescreen_up 1.0" in text
