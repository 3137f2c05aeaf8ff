"""The outflow page and its scene, as they are described to the browser."""

from __future__ import annotations

import gzip
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard import wire
from dashboard.app import create_app
from dashboard.pages import outflow
from dashboard.pages.sheets import Sheets
from dashboard.paint import Painter
from dashboard.queries import Desk, Viewer
from dashboard.queries.flows import FlowDesk
from dashboard.wall import outflow as scene
from dashboard.wall.board import Board, Now
from data.city import read_city
from data.demo import simulate
from data.store import Store, sqlite_url, utcnow
from grid.build import build
from grid.cube import Cube
from tests.dashboard.test_policy_pages import of_kind, texts

CJK = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("town")
    city = read_city(simulate("town", 1, folder / "city", lambda *_: None))
    store = Store.create(sqlite_url(folder / "town.db"))
    build(store, city, "secret")
    yield Desk(Cube(store, city))
    store.close()


def blocks(desk: Desk, search: str = "", viewer: Viewer | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = Sheets(desk, "zh", (outflow.PAGE,))(outflow.PAGE, search, viewer or Viewer())[
        "sheet"
    ]["blocks"]
    return found


def cells(table: dict[str, Any], row: int) -> list[str]:
    return [cell["text"] for cell in table["rows"][row]["cells"]]


def test_the_page_says_what_the_desk_says(desk: Desk) -> None:
    made = blocks(desk)
    where, risk, *_ = of_kind(made, "table")
    flows, viewer = desk.beside(FlowDesk), Viewer()
    day = flows.days(viewer)[-1]
    told = flows.destinations(viewer, "city", day, outflow.FIRST)
    assert [cells(where, at)[0] for at in range(len(told.rows))] == [row.name for row in told.rows]
    assert len(where["rows"]) == len(told.rows) + 2
    answer = flows.risk(viewer, "city", day)
    assert [cells(risk, at)[0] for at in range(len(answer.rows))] == [row.name for row in answer.rows]
    (strip,) = of_kind(made, "figures")
    assert strip["figures"][0]["small"].startswith("估计")
    assert len(of_kind(made, "lines")) == 2


def test_english_has_no_chinese(desk: Desk) -> None:
    said = [text for text in itertools.chain.from_iterable(map(texts, blocks(desk, "?lang=en"))) if CJK.search(text)]
    assert said == []


def test_a_step_that_is_not_reported_is_missing(desk: Desk) -> None:
    tracing = of_kind(blocks(desk), "table")[3]
    whole = tracing["rows"][0]["cells"]
    assert [cell["state"] for cell in whole[1:]] == ["value", "value", "missing", "missing", "missing"]


def test_a_part_of_the_city_sees_its_own(desk: Desk) -> None:
    east = Viewer(scope="990101")
    made = blocks(desk, "", east)
    where = of_kind(made, "table")[0]
    assert all(name.endswith("区") for name in [cells(where, at)[0] for at in range(len(where["rows"]))])
    assert not any(block["title"] == "流出排查" for block in made)


def test_a_city_without_flows_says_so(tiny_cube: Cube) -> None:
    (line,) = blocks(Desk(tiny_cube))
    assert line["kind"] == "note"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_scene(desk: Desk, lang: Any) -> None:
    board = Board(desk, Painter(desk), Viewer(lang), Now(utcnow(), ticking=True))
    assert scene.ready(board) == ""
    panels = {name: make(board) for name, make in scene.SCENE.panels.items()}
    assert [figure["number"].of for figure in panels["figures"].data["figures"]] == ["flows"] * 3
    assert panels["ranking"].data["rows"][0]["share"] == 1
    assert panels["risk"].data["rows"][0]["glyph"] == "▲"
    values = panels["curve"].data["values"]
    assert len(values) == len(panels["curve"].data["states"]) == 42
    said = [text for panel in panels.values() for text in texts(dict(panel.data))]
    assert lang == "zh" or not any(CJK.search(text) for text in said)
    assert panels["map"].data["properties"]["flows_url"].startswith("flows/")


def test_the_scene_waits_for_data(tiny_cube: Cube) -> None:
    board = Board(Desk(tiny_cube), Painter(Desk(tiny_cube)), Viewer(), Now(utcnow(), ticking=True))
    assert scene.ready(board)


def test_flows_are_served_for_the_map(desk: Desk, tmp_path: Path) -> None:
    day = desk.beside(FlowDesk).days(Viewer())[-1]
    with create_app(desk, home=tmp_path).server.test_client() as client:
        answer = client.get(f"/flows/{desk.cube.at().version}/city/{day}.bin", headers={"Accept-Encoding": "gzip"})
        assert client.get(f"/flows/1/nowhere/{day}.bin").status_code == 404
        assert client.get("/flows/1/city/tomorrow.bin").status_code == 400
    arcs = desk.beside(FlowDesk).arcs(Viewer(), "city", day)
    assert gzip.decompress(answer.data) == wire.encode_flows(
        arcs.codes, arcs.parents, arcs.origin, arcs.destination, arcs.people
    )
    assert set(arcs.parents) == {"990100"}
