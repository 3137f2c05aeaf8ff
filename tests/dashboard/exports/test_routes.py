"""What is exported is what the address shows; nobody exports more than they may see; the command gives the same bytes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from typer.testing import CliRunner

from dashboard import cli, links
from dashboard.app import create_app
from dashboard.exports import FORMATS, Wish, format_of, layer_of
from dashboard.parts import panel
from dashboard.queries import Desk, Viewer, ZoneDesk
from dashboard.shown import settle
from grid.cube import Cube
from tests import tiny

EAST, WEST = "990101", "990102"


@pytest.fixture(scope="module")
def desk(tiny_cube: Cube) -> Desk:
    return Desk(tiny_cube)


@pytest.fixture(scope="module")
def client(desk: Desk) -> FlaskClient:
    made: FlaskClient = create_app(desk).server.test_client()
    return made


def features(client: FlaskClient, path: str) -> list[dict[str, Any]]:
    reply = client.get(path)
    assert reply.status_code == 200, reply.text
    found: list[dict[str, Any]] = json.loads(reply.data)["features"]
    return found


@pytest.mark.parametrize(
    "search",
    ["", f"?area={EAST}", "?layer=growth&day=2022-03-05", "?level=cell", f"?area={EAST}&level=community&lang=en"],
)
def test_the_shown_layer_is_what_the_page_paints(client: FlaskClient, desk: Desk, search: str) -> None:
    shown = settle(desk, links.read(search), Viewer())
    assert shown.day is not None
    answers = desk.ask(Viewer(), shown.measure.id, area=shown.place.code, level=shown.level, days=[shown.day])
    found = features(client, f"/export/shown/geojson{search}")
    name = shown.measure.id
    told = [(f["id"], f["properties"][name], f["properties"][f"{name}_state"]) for f in found]
    assert told == [(a.area, a.value, a.state) for a in answers]


def test_the_table_is_the_one_beside_the_map(client: FlaskClient, desk: Desk) -> None:
    search = f"?area={EAST}&layer=positives&day=2022-03-05"
    beside = panel.table(desk, settle(desk, links.read(search), Viewer()))
    assert beside is not None
    found = {f["id"]: f["properties"] for f in features(client, f"/export/table/geojson{search}")}
    assert found.keys() == {code for code, *_ in beside["rows"]}
    for code, _, *cells in beside["rows"]:
        for column, (value, _, state) in zip(beside["columns"], cells, strict=True):
            assert found[code][column["id"]] == (None if value is None else pytest.approx(value, rel=1e-3))
            assert found[code][f"{column['id']}_state"] == state


def test_zones_are_those_of_the_page_with_their_clocks(client: FlaskClient, desk: Desk) -> None:
    lines = desk.beside(ZoneDesk).clocks(Viewer(), "city", tiny.DAYS[3])
    found = features(client, f"/export/zones/geojson?day={tiny.DAYS[3]}")
    assert [(f["id"], f["properties"]["clock"]) for f in found] == [(line.id, line.clock.state) for line in lines]
    own = [f for f in found if f["properties"]["ground"] == "own"]
    assert len(own) == 1  # of the small city's zones one is drawn


def test_as_known_then_is_exported_as_known_then(client: FlaskClient, desk: Desk) -> None:
    load = desk.cube.store.loads()[-1]
    now = json.loads(client.get("/export/shown/geojson").data)
    then = json.loads(client.get(f"/export/shown/geojson?known={load.known.isoformat()}").data)
    assert (now["as_of"], then["as_of"] is None) == (None, False)
    assert then["version"] == desk.cube.at(load.known).version


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.id)
def test_every_format_is_sent_as_a_file_once(client: FlaskClient, form: Any) -> None:
    reply = client.get(f"/export/shown/{form.id}?area={EAST}")
    assert (reply.status_code, reply.mimetype) == (200, form.mimetype)
    assert f".{form.suffix}" in reply.headers["Content-Disposition"]
    again = client.get(f"/export/shown/{form.id}?area={EAST}", headers={"If-None-Match": reply.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("path", "status"), [("/export/nothing/csv", 404), ("/export/shown/gml", 400), ("/export/x", 404)]
)
def test_errors_are_problems(client: FlaskClient, path: str, status: int) -> None:
    reply = client.get(path)
    assert (reply.status_code, reply.mimetype) == (status, "application/problem+json")


def test_nothing_outside_of_the_scope_is_exported(desk: Desk) -> None:
    narrow = create_app(desk, viewer_of=lambda: Viewer(scope=EAST)).server.test_client()
    for layer in ("shown", "positives", "zones", "flows"):
        for search in ("", f"?area={WEST}", f"?area={tiny.CITY}", "?level=community"):
            text = narrow.get(f"/export/{layer}/csv{search}").data.decode("utf-8-sig")
            assert WEST not in text, (layer, search)


def test_the_menu_offers_files_that_there_are(client: FlaskClient) -> None:
    for page in ("map", "zones", "codes", "outflow", "notices"):
        menu = client.get(f"/export/menu/{page}?area={EAST}&lang=en").json
        assert menu is not None
        assert bool(menu["files"]) == (page != "notices")
        for file in menu["files"]:
            with client.get(file["href"]) as reply:
                assert reply.status_code == 200
        assert menu["order"]["area"] == EAST
        assert menu["reports"]


def test_the_command_gives_the_same_bytes(tiny_home: Path, desk: Desk, tmp_path: Path) -> None:
    words = [
        "export",
        "positives",
        "--home",
        str(tiny_home),
        "--area",
        EAST,
        "--level",
        "street",
        "--day",
        "2022-03-05",
    ]
    made = CliRunner().invoke(
        cli.app, [*words, "--format", ",".join(f.id for f in FORMATS), "--out", str(tmp_path / "new")]
    )
    assert made.exit_code == 0, made.output
    layer = layer_of(desk, Viewer(), Wish("positives", EAST, "street", tiny.DAYS[4]))
    files = {path.suffix[1:]: path.read_bytes() for path in (tmp_path / "new").iterdir()}
    assert files == {form.suffix: form.write(layer) for form in FORMATS}
    rows = list(csv.reader(io.StringIO(files["csv"].decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["990101001", "990101002"]
    assert format_of("csv").suffix in files


@pytest.mark.parametrize("words", [["nothing"], ["positives", "--format", "gml"], ["positives", "--day", "soon"]])
def test_the_command_says_what_is_wrong(tiny_home: Path, tmp_path: Path, words: list[str]) -> None:
    made = CliRunner().invoke(cli.app, ["export", *words, "--home", str(tiny_home), "--out", str(tmp_path)])
    assert made.exit_code != 0
    assert not list(tmp_path.iterdir())
