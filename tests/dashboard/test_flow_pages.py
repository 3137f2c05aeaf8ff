"""The outflow page and its scene, as they are described to the browser."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import itertools
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import wire
from dashboard.app import create_app
from dashboard.pages import outflow
from dashboard.pages.outflow.written import percent
from dashboard.pages.sheets import Sheets
from dashboard.paint import Painter
from dashboard.queries import Desk, Viewer
from dashboard.queries.flows import FlowDesk, per_cents
from dashboard.reconcile import Checker
from dashboard.reconcile.screens import Crawl
from dashboard.wall import outflow as scene
from dashboard.wall.board import Board, Now
from data.city import read_city
from data.demo import simulate
from data.store import Store, sqlite_url, utcnow
from grid.build import build
from grid.cube import Cube
from grid.rates import VALUE
from tests.dashboard.test_policy_pages import of_kind, texts
from tests.tiny import DAYS, Knobs, Town

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
    where, moves, risk, *_ = of_kind(made, "table")
    flows, viewer = desk.beside(FlowDesk), Viewer()
    day = flows.days(viewer)[-1]
    told = flows.destinations(viewer, "city", day, outflow.FIRST)
    assert [cells(where, at)[0] for at in range(len(told.rows))] == [row.name for row in told.rows]
    assert [cells(where, at)[0] for at in range(len(told.rows), len(where["rows"]))] == [
        "其余列出的 8 个目的地", "榜外（未列出）", "合计",
    ]  # fmt: skip
    shares = [round(float(cells(where, at)[1].rstrip("%")) * 10) for at in range(len(where["rows"]))]
    assert sum(shares[:-1]) == shares[-1] == 1000
    movement = flows.movement(viewer, "city", day)
    assert movement is not None
    assert [cells(moves, at)[0] for at in range(1, len(moves["rows"]))] == [one.name for one in movement.areas]
    answer = flows.risk(viewer, "city", day)
    assert [cells(risk, at)[0] for at in range(len(answer.rows))] == [row.name for row in answer.rows]
    (strip,) = of_kind(made, "figures")
    assert strip["figures"][0]["small"].startswith("估计")
    assert len(of_kind(made, "lines")) == 2
    assert "3.24×10⁻⁵" in made[-1]["text"]


def test_the_plot_is_the_model_s(desk: Desk) -> None:
    (plot,) = of_kind(blocks(desk), "scatter")
    flows, viewer = desk.beside(FlowDesk), Viewer()
    rows = {row.name: row for row in flows.risk(viewer, "city", flows.days(viewer)[-1]).rows}
    assert {one["name"] for one in plot["points"]} == {row.name for row in rows.values() if row.model is not None}
    for one in plot["points"]:
        row = rows[one["name"]]
        assert (one["y"], one["x"], one["high"]) == pytest.approx((row.cases, row.model, row.model_high), rel=1e-3)
        assert one["sign"] == row.outlier == (one["y"] > one["high"]) - (one["y"] < one["low"])


def test_trips_lie_over_the_net_of_districts(desk: Desk) -> None:
    (drawn,) = of_kind(blocks(desk), "map")
    body = base64.b64decode(drawn["map"]["values_url"].partition(",")[2])
    flows, viewer = desk.beside(FlowDesk), Viewer()
    net = flows.nets(viewer, "city", "district", flows.days(viewer)[-1])
    assert body == wire.encode_values(net, np.full(len(net), VALUE))
    assert drawn["map"]["flows_url"].startswith("/flows/")
    district = of_kind(blocks(desk, "?area=990101"), "map")[0]
    assert (district["map"]["selected"], district["map"]["flows_url"]) == ("990101", drawn["map"]["flows_url"])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40).filter(lambda parts: sum(parts) > 0))
def test_shares_are_written_so_that_they_add_up(parts: list[float]) -> None:
    shares = [part / sum(parts) for part in parts]
    written = [round(share * 10) for share in per_cents(shares)]
    assert sum(written) == 1000
    assert all(abs(text / 1000 - share) <= 1e-3 + 1e-9 for text, share in zip(written, shares, strict=True))


def test_every_number_is_traced_and_told_again(desk: Desk) -> None:
    crawl = Crawl(desk, pages=(outflow.PAGE,))
    checker = Checker(Desk(Cube(desk.cube.store, desk.city)), crawl.painter)
    found = [finding.say("en") for screen in crawl.further() for finding in checker.check(screen)]
    assert found == []
    assert checker.tally.by_kind["flows.risk"] > 500
    assert checker.tally.units > 0


def test_english_has_no_chinese(desk: Desk) -> None:
    said = [text for text in itertools.chain.from_iterable(map(texts, blocks(desk, "?lang=en"))) if CJK.search(text)]
    assert said == []


def test_a_step_that_is_not_reported_is_missing(desk: Desk) -> None:
    (tracing,) = [block for block in of_kind(blocks(desk), "table") if block["title"] == "流出排查"]
    whole = tracing["rows"][0]["cells"]
    assert [cell["state"] for cell in whole[1:]] == ["value", "value", "missing", "missing", "missing"]


def test_a_part_of_the_city_sees_its_own(desk: Desk) -> None:
    east = Viewer(scope="990101")
    made = blocks(desk, "", east)
    where = of_kind(made, "table")[0]
    names = [cells(where, at)[0] for at in range(len(where["rows"]))]
    assert "本市其他区域" in names
    assert not any(name.endswith("区") for name in names)  # no other district is named
    assert not any(block["title"] == "流出排查" for block in made)


def test_a_city_without_flows_says_so(tiny_cube: Cube) -> None:
    (line,) = blocks(Desk(tiny_cube))
    assert line["kind"] == "note"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_scene(desk: Desk, lang: Any) -> None:
    board = Board(desk, Painter(desk), Viewer(lang), Now(utcnow(), ticking=True))
    assert scene.ready(board) == ""
    panels = {name: make(board) for name, make in scene.SCENE.panels.items()}
    shown = [figure["number"] for figure in panels["figures"].data["figures"]]
    assert [number.cite.question for number in shown] == ["flows.left", "flows.risk", "flows.tracing"]
    assert "3.24×10⁻⁵" in shown[0].unit
    assert panels["ranking"].data["rows"][0]["share"] == 1
    assert panels["risk"].data["rows"][0]["glyph"] == "▲"
    values = panels["curve"].data["values"]
    assert len(values) == len(panels["curve"].data["states"]) == 42
    said = [text for panel in panels.values() for text in texts(dict(panel.data))]
    assert lang == "zh" or not any(CJK.search(text) for text in said)
    assert panels["map"].data["properties"]["flows_url"].startswith("flows/")


def test_a_city_without_numbers_of_its_own_shows_those_of_others(tmp_path: Path) -> None:
    made = Town(tmp_path, sqlite_url(tmp_path / "x.db"), Knobs(sources=()))
    made.add("flows", "flows")
    made.write("flows", ["日期", "出发地", "目的地", "占比"], [(DAYS[0], "安城市", "北山市", 40)])
    made.add("cases-there", "elsewhere_cases")
    made.write("cases-there", ["日期", "城市", "累计确诊"], [(DAYS[0], "北山市", 5), (DAYS[0], "南海市", 9)])
    made.build()
    desk = Desk(Cube(made.store, made.city))
    board = Board(desk, Painter(desk), Viewer(), Now(utcnow(), ticking=True))
    assert scene.ready(board) == ""
    panel = scene.SCENE.panels["map"](board)
    assert (panel.id, panel.kind) == ("map", "listing")
    assert [(row["name"], row["number"].value) for row in panel.data["rows"]] == [("南海市", 9), ("北山市", 5)]
    left = scene.SCENE.panels["figures"](board).data["figures"][0]["number"]
    assert (left.state, left.unit) == ("missing", "")
    page = blocks(desk)
    assert not of_kind(page, "map")
    assert len(of_kind(page, "figures")) == 1
    made.store.close()


def test_a_part_whose_travellers_nobody_counts_has_no_import_risk(desk: Desk) -> None:
    """Trips between districts say nothing of those who went to other cities: that is missing, and not nought."""
    flows = desk.beside(FlowDesk)
    answer = flows.risk(Viewer(), "990101", flows.days(Viewer())[-1])
    assert answer.rows
    assert {(row.people, row.expected, row.one) for row in answer.rows} == {(None, None, None)}
    assert not any(block["title"] == "输入风险" for block in blocks(desk, "?area=990101"))


def test_the_scene_waits_for_data(tiny_cube: Cube) -> None:
    board = Board(Desk(tiny_cube), Painter(Desk(tiny_cube)), Viewer(), Now(utcnow(), ticking=True))
    assert scene.ready(board)


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0%"), (1e-9, "<0.1%"), (0.0006, "0.1%"), (0.12, "12%"), (0.9999, "99.9%"), (1.0, "100%")]
)
def test_only_nought_is_written_as_nought(share: float, text: str) -> None:
    assert percent(None, share) == text  # type: ignore[arg-type]


def test_trips_are_drawn_as_they_were_known_then(tmp_path: Path) -> None:
    made = Town(tmp_path, sqlite_url(tmp_path / "x.db"), Knobs(sources=("population",)))
    made.add("flows", "flows")
    for people in (7, 9):
        made.write("flows", ["日期", "出发地", "目的地", "人数"], [(DAYS[0], "东江区", "西山区", people)])
        made.build()
    then = dt.datetime(2022, 6, 1, 4)
    with sqlite3.connect(tmp_path / "x.db") as db:
        db.execute("UPDATE load SET known = ? WHERE id < (SELECT max(id) FROM load)", [f"{then}.000000"])
    desk = Desk(Cube(made.store, made.city))
    (drawn,) = of_kind(blocks(desk, f"?known={then:%Y-%m-%dT%H:%M:%S}"), "map")
    with create_app(desk, home=tmp_path).server.test_client() as client:
        body = client.get(drawn["map"]["flows_url"], headers={"Accept-Encoding": "gzip"}).data
    arcs = desk.beside(FlowDesk).arcs(Viewer(), "city", DAYS[0], then)
    assert arcs.people.tolist() == [7]
    assert gzip.decompress(body) == wire.encode_flows(
        arcs.codes, arcs.parents, arcs.origin, arcs.destination, arcs.people
    )
    made.store.close()


def test_flows_are_served_for_the_map(desk: Desk, tmp_path: Path) -> None:
    day = desk.beside(FlowDesk).days(Viewer())[-1]
    with create_app(desk, home=tmp_path).server.test_client() as client:
        answer = client.get(f"/flows/{desk.cube.at().version}/now/city/{day}.bin", headers={"Accept-Encoding": "gzip"})
        assert client.get(f"/flows/1/now/nowhere/{day}.bin").status_code == 404
        assert client.get("/flows/1/now/city/tomorrow.bin").status_code == 400
    arcs = desk.beside(FlowDesk).arcs(Viewer(), "city", day)
    assert gzip.decompress(answer.data) == wire.encode_flows(
        arcs.codes, arcs.parents, arcs.origin, arcs.destination, arcs.people
    )
    assert set(arcs.parents) == {"990100"}
