"""Flows as lines: one a pair of areas, its people added up over modes, from one area's inside to the other's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.exports import Wish, layer_of
from dashboard.queries import Desk, Viewer
from data.store import sqlite_url
from grid.cube import Cube
from tests.tiny import DAYS, DISTRICTS, Knobs, Town

A, B = DAYS[:2]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("flows")
    town = Town(folder, sqlite_url(folder / "x.db"), Knobs(sources=("population",)))
    town.add("flows", "flows")
    rows = [(A, "东江区", "西山区", 70, "公路"), (A, "东江区", "西山区", 30, "铁路"), (A, "西山区", "东江区", 55, None),
            (A, "东江区", "北山市", 8, "铁路"), (B, "西山区", "东江区", 7, None)]  # fmt: skip
    town.write("flows", ["日期", "出发地", "目的地", "人数", "方式"], rows)
    town.build()
    yield Desk(Cube(town.store, town.city))
    town.store.close()


@pytest.fixture(scope="module")
def client(desk: Desk) -> FlaskClient:
    made: FlaskClient = create_app(desk).server.test_client()
    return made


def lines(client: FlaskClient, path: str) -> dict[str, Any]:
    """code -> feature."""
    features = json.loads(client.get(path).data)["features"]
    found = {feature["id"]: feature for feature in features}
    assert len(found) == len(features)
    return found


@pytest.mark.parametrize("path", ["/export/flows/geojson?day={}", "/api/v1/collections/flows/items?datetime={}"])
def test_a_line_a_pair_with_its_people(client: FlaskClient, path: str) -> None:
    found = lines(client, path.format(A))
    assert {id: f["properties"]["people"] for id, f in found.items()} == {"990101-990102": 100, "990102-990101": 55}
    assert {f["properties"]["people_state"] for f in found.values()} == {"value"}
    start, end = (shapely.Point(xy) for xy in found["990101-990102"]["geometry"]["coordinates"])
    boxes = [shapely.box(west, 30, east, 30.03) for _, west, east in DISTRICTS.values()]
    assert boxes[0].contains(start)
    assert boxes[1].contains(end)


def test_without_a_day_the_last_one_with_flows(client: FlaskClient, desk: Desk) -> None:
    assert {f["properties"]["day"] for f in lines(client, "/export/flows/geojson").values()} == {str(B)}
    layer = layer_of(desk, Viewer(), Wish("flows", day=B))
    assert layer.data["people"] == [7]
    assert layer.data["origin_name"] == ["西山区"]


def test_a_scope_sees_no_flow_that_leaves_it(desk: Desk) -> None:
    layer = layer_of(desk, Viewer(scope="990101"), Wish("flows", day=A))
    assert len(layer) == 0
