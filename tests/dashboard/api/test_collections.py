"""The collections: paging walks every feature once, filters say what an oracle says, and GDAL reads them."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.api.collections import CONFORMANCE, boxes_of, span_of
from dashboard.app import Screen
from dashboard.queries import Desk, Viewer
from data.errors import BadQuestion
from tests import tiny
from tests.serving import serving

API = "/api/v1"
Day = dt.date
again = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=25)

#: Streets as boxes of longitude: borders of the small city are meridians and parallels.
BOXES = {code: (west, tiny.SOUTH, east, tiny.NORTH) for code, (_, west, east) in tiny.STREETS.items()}


def items(client: FlaskClient, id: str, **query: Any) -> dict[str, Any]:
    reply = client.get(f"{API}/collections/{id}/items", query_string=query)
    assert (reply.status_code, reply.mimetype) == (200, "application/geo+json"), reply.text
    found: dict[str, Any] = json.loads(reply.data)
    return found


def link(page: dict[str, Any], rel: str) -> str | None:
    return next((one["href"] for one in page["links"] if one["rel"] == rel), None)


def test_landing_leads_everywhere(client: FlaskClient) -> None:
    page = client.get(API).json
    assert page is not None
    assert client.get(link(page, "conformance") or "").json["conformsTo"] == list(CONFORMANCE)  # type: ignore[index]
    assert client.get(link(page, "service-desc") or "").json["openapi"] == "3.1.0"  # type: ignore[index]
    found = client.get(link(page, "data") or "").json
    assert found is not None
    assert [one["id"] for one in found["collections"]] == [
        "city", "district", "street", "community", "cell", "zones", "flows",
    ]  # fmt: skip
    for one in found["collections"]:
        assert client.get(link(one, "self") or "").json["id"] == one["id"]  # type: ignore[index]
        assert client.get(link(one, "items") or "").status_code == 200
        first, last = one["extent"]["temporal"]["interval"][0]
        assert first is None or last is None or first < last


@again
@given(st.sampled_from(["street", "community", "cell", "zones"]), st.integers(1, 60))
def test_paging_walks_every_feature_once(client: FlaskClient, id: str, limit: int) -> None:
    whole = items(client, id, limit=10_000)
    assert whole["numberMatched"] == whole["numberReturned"] == len(whole["features"])
    seen, page = [], items(client, id, limit=limit)
    while True:
        assert page["numberReturned"] == len(page["features"]) <= limit
        assert page["numberMatched"] == whole["numberMatched"]
        seen += page["features"]
        after = link(page, "next")
        if after is None:
            break
        page = client.get(after).json or {}
    assert seen == whole["features"]
    assert len({feature["id"] for feature in seen}) == len(seen)


def test_pages_lead_back_as_they_led_on(client: FlaskClient) -> None:
    first = items(client, "street", limit=2)
    second = client.get(link(first, "next") or "").json
    assert second is not None
    back = client.get(link(second, "prev") or "").json
    assert back is not None
    assert back["features"] == first["features"]
    assert link(first, "prev") is None
    assert items(client, "street", limit=2, offset=99_999_999)["features"] == []


def test_a_limit_beyond_the_most_is_the_most(client: FlaskClient) -> None:
    found = items(client, "cell", limit=10**9)  # OGC API Features 1.0.1, 7.15.2: no error
    assert found == items(client, "cell", limit=10_000) | {"links": found["links"]}


def test_numbers_of_features_are_the_desks_with_their_states(client: FlaskClient, api_desk: Desk) -> None:
    day = tiny.DAYS[4]
    found = items(client, "street", measures="positives,growth", datetime=day, limit=99)["features"]
    for name in ("positives", "growth"):
        wanted = {a.area: (a.value, a.state) for a in api_desk.ask(Viewer(), name, level="street", days=[day])}
        told = {f["id"]: (f["properties"][name], f["properties"][f"{name}_state"]) for f in found}
        assert told == wanted
    assert {f["properties"]["day"] for f in found} == {str(day)}
    drawn = {f["id"]: shapely.geometry.shape(f["geometry"]) for f in found if f["geometry"]}
    assert drawn.keys() == set(tiny.STREETS)  # the park on no map has a number, and no shape
    assert all(shape.equals(shapely.box(*BOXES[code])) for code, shape in drawn.items())
    assert all(shapely.is_ccw(shapely.get_exterior_ring(shape)) for shape in drawn.values())


degrees = st.floats(109.99, 110.07), st.floats(29.99, 30.04)


@again
@given(*degrees, *degrees)
def test_bbox_is_an_overlap_of_boxes(client: FlaskClient, x1: float, y1: float, x2: float, y2: float) -> None:
    west, east, south, north = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
    found = items(client, "street", bbox=f"{west!r},{south!r},{east!r},{north!r}", limit=99)
    wanted = {c for c, (w, s, e, n) in BOXES.items() if w <= east and west <= e and s <= north and south <= n}
    assert {feature["id"] for feature in found["features"]} == wanted
    assert found["numberMatched"] == len(wanted)


def test_bbox_across_the_antimeridian_is_two_boxes() -> None:
    assert [box.bounds for box in boxes_of("170,-10,-170,10")] == [(170, -10, 180, 10), (-180, -10, -170, 10)]
    assert [box.bounds for box in boxes_of("1,2,0,3,4,9")] == [(1, 2, 3, 4)]


@pytest.mark.parametrize("text", ["1,2,3", "a,b,c,d", "1,9,3,4", "nan,0,1,1", "-181,0,1,1", "0,0,1,inf"])
def test_a_bbox_that_is_none(text: str) -> None:
    with pytest.raises(BadQuestion):
        boxes_of(text)


days = st.none() | st.dates(tiny.DAYS[0] - dt.timedelta(days=3), tiny.DAYS[-1] + dt.timedelta(days=3))


@again
@given(days, days)
def test_datetime_picks_zones_that_stand_on_any_of_its_days(
    client: FlaskClient, one: Day | None, two: Day | None
) -> None:
    first, last = (min(one, two), max(one, two)) if one and two else (one, two)
    text = "" if first is None and last is None else f"{first or '..'}/{last or '..'}"
    found = {f["id"] for f in items(client, "zones", datetime=text, limit=99)["features"]}
    lo, hi = first or dt.date.min, last or dt.date.max
    wanted = {f"zones.{id}" for id, _, start, stop, *_ in tiny.ZONES if start <= hi and lo <= (stop or dt.date.max)}
    assert found == wanted


@pytest.mark.parametrize(
    "text", ["2022-03-04", "2022-03-04T10:00:00Z", "2022-03-01/2022-03-04", "../2022-03-04T00:00:00Z"]
)
def test_units_have_the_numbers_of_the_last_day_asked_for(client: FlaskClient, text: str) -> None:
    found = items(client, "district", datetime=text)["features"]
    assert {feature["properties"]["day"] for feature in found} == {"2022-03-04"}


@pytest.mark.parametrize(
    "text", ["..", "../..", "/", "2022", "2022-03-04/2022-03-01", "a/b", "2022-03-01/2022-03-02/x", "2022-02-30"]
)
def test_a_datetime_that_is_none(text: str) -> None:
    with pytest.raises(BadQuestion):
        span_of(text)


@pytest.mark.parametrize("id", ["street", "cell", "zones"])
def test_one_feature_is_the_same_alone(client: FlaskClient, id: str) -> None:
    feature = items(client, id, limit=1)["features"][0]
    alone = client.get(f"{API}/collections/{id}/items/{feature['id']}").json
    assert alone is not None
    assert {name: alone[name] for name in feature} == feature


#: GDAL holds the interpreter while it asks, so it asks from a process of its own.
READ = """
import sys, pyogrio
frame = pyogrio.read_dataframe("OAPIF:" + sys.argv[1], layer="cell")
frame.drop(columns="geometry").assign(crs=frame.crs.to_string()).to_json(sys.stdout, orient="records")
"""


def test_gdal_reads_a_collection_page_by_page(api_app: Screen, client: FlaskClient) -> None:
    wanted = {f["id"]: f["properties"] for f in items(client, "cell", limit=10_000)["features"]}
    with serving(api_app.server) as base:
        command = [sys.executable, "-c", READ, f"{base}{API}/collections/cell"]
        read = subprocess.run(command, check=True, capture_output=True, timeout=300)
    rows = json.loads(read.stdout)
    assert {row["crs"] for row in rows} <= {"OGC:CRS84", "EPSG:4326"}
    assert {row["code"]: row["positives_state"] for row in rows} == {c: w["positives_state"] for c, w in wanted.items()}
    assert len(rows) == len(wanted)
