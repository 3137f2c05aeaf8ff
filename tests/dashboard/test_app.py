"""The app's answers without a browser: pages, addresses, bytes, caching, scope."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import struct
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from dashboard import links, wire
from dashboard.app import Screen, create_app, warm
from dashboard.pages import official
from dashboard.parts import panel
from dashboard.queries import Desk, Viewer
from dashboard.shown import settle
from data.errors import StoreLost
from data.store import Store
from grid.cube import Cube
from grid.measures import MEASURES

EAST = "990101"


@pytest.fixture(scope="module")
def desk(tiny_cube: Cube) -> Desk:
    return Desk(tiny_cube)


@pytest.fixture(scope="module")
def app(desk: Desk) -> Screen:
    return create_app(desk)


@pytest.fixture
def client(app: Screen) -> FlaskClient:
    made: FlaskClient = app.server.test_client()
    return made


def answer(app: Screen, search: str) -> dict[str, Any]:
    answers: official.Answers = app.server.extensions["onescreen"]
    found: dict[str, Any] = json.loads(json.dumps(answers(links.read(search), Viewer())))
    return found


def test_first_page_knows_language_theme_and_the_first_bytes(client: FlaskClient) -> None:
    page = client.get("/?lang=en&theme=light").text
    assert '<html lang="en" data-theme="light">' in page
    assert page.count('rel="preload"') == 3
    assert "plotly" not in page.split("</head>")[1].split("<script src=")[1]


@pytest.mark.parametrize(
    "search", ["", f"?area={EAST}", "?level=cell&lang=en", "?layer=growth&theme=light", "?known=then"]
)
def test_every_address_of_an_answer_exists(app: Screen, client: FlaskClient, search: str) -> None:
    made = answer(app, search)
    urls = [made["map"][name] for name in ("shapes_url", "outlines_url", "values_url")] + [made["timeline"]["classes"]]
    for url in urls:
        reply = client.get(url, headers={"Accept-Encoding": "gzip"})
        assert reply.status_code == 200, url
        assert reply.headers["Content-Encoding"] == "gzip"
        assert "immutable" in reply.headers["Cache-Control"]
        again = client.get(url, headers={"Accept-Encoding": "gzip", "If-None-Match": reply.headers["ETag"]})
        assert again.status_code == 304


def test_a_client_without_gzip_gets_plain_bytes(app: Screen, client: FlaskClient) -> None:
    url = answer(app, "")["map"]["values_url"]
    plain, small = (
        client.get(url, headers={"Accept-Encoding": "identity"}),
        client.get(url, headers={"Accept-Encoding": "gzip"}),
    )
    assert gzip.decompress(small.data) == plain.data
    assert plain.data[:4] == b"OSV1"


@pytest.mark.parametrize("search", ["?layer=positives", f"?area={EAST}&layer=positives", "?layer=positives&level=cell"])
def test_classes_of_the_shown_day_are_those_of_its_exact_values(app: Screen, client: FlaskClient, search: str) -> None:
    made = answer(app, search)
    day = client.get(made["map"]["values_url"]).data
    units = struct.unpack("<I", day[4:8])[0]
    values, states = np.frombuffer(day, "<f4", units, 8), np.frombuffer(day, np.uint8, units, 8 + 4 * units)
    whole = client.get(made["timeline"]["classes"]).data
    days = struct.unpack("<II", whole[4:12])
    codes = np.frombuffer(whole, np.uint8, -1, 12).reshape(days)[made["map"]["day_index"]]
    assert (wire.classify(values, states, made["map"]["breaks"]) == codes).all()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/geo/1/nowhere/990000/shapes.bin", 400),
        ("/geo/1/district/123456/shapes.bin", 404),
        ("/geo/99/district/990000/shapes.bin", 404),
        ("/paint/1/now/nothing/district/990000/2022-03-01.bin", 404),
        ("/paint/1/now/positives/district/990000/2022-13-01.bin", 400),
        ("/paint/1/soon/positives/district/990000/2022-03-01.bin", 400),
    ],
)
def test_errors_are_said_in_both_languages(client: FlaskClient, path: str, status: int) -> None:
    reply = client.get(path)
    assert reply.status_code == status
    assert {"zh", "en", "error"} == set(reply.json or {})


def test_an_old_version_is_not_kept_for_ever(client: FlaskClient) -> None:
    reply = client.get("/paint/1/now/positives/district/990000/2022-03-01.bin")
    assert "immutable" not in reply.headers["Cache-Control"]


def test_scope_holds_for_every_address(desk: Desk) -> None:
    narrow = create_app(desk, viewer_of=lambda: Viewer(scope=EAST)).server.test_client()
    version = desk.cube.at().version
    for path in ("geo/1/street/{}/shapes.bin", f"paint/{version}/now/positives/street/{{}}/2022-03-01.bin"):
        assert narrow.get("/" + path.format(EAST)).status_code == 200
        assert narrow.get("/" + path.format("990102")).status_code == 404
        assert narrow.get("/" + path.format("990000")).status_code == 404


def test_sign_of_life_and_warmth(app: Screen, client: FlaskClient, desk: Desk) -> None:
    warm(app).join(300)
    assert client.get("/alive").json == {"version": desk.cube.store.version(), "warm": True, "lost": 0.0}


def test_a_database_that_goes_before_a_new_version_is_asked_for_leaves_the_last_answer(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(desk)
    before = answer(app, "?layer=positives")
    sheets = app.sheets
    page = sheets.pages["/zones"]
    listed = json.loads(json.dumps(sheets(page, "", Viewer())))

    def gone(*_: object) -> None:
        raise StoreLost(detail="gone on purpose")

    monkeypatch.setattr(Cube, "at", gone)
    with pytest.raises(StoreLost):  # it may be a fault of the moment: asked again soon
        answer(app, "?layer=positives")
    monkeypatch.setattr(Store, "lost", 3.0)
    assert answer(app, "?layer=positives") == before
    assert json.loads(json.dumps(sheets(page, "", Viewer()))) == listed
    with pytest.raises(StoreLost):
        answer(app, "?layer=growth")


def test_figures_and_table_say_what_the_desk_says(app: Screen, desk: Desk) -> None:
    made = answer(app, "?layer=positives&day=2022-03-04")["panel"]
    here = settle(desk, links.read("?layer=positives&day=2022-03-04"), Viewer())
    assert here.day is not None
    figures = desk.figures(here.viewer, "city", here.day)
    assert [f["id"] for f in made["figures"]] == [f.measure.id for f in figures]
    rows = {row[0]: row[2][0] for row in made["table"]["rows"]}
    wanted = {row[0].area: row[0].value for row in desk.children(here.viewer, ["positives"], "city", here.day)}
    assert rows == wanted


def test_missing_is_said_and_never_nought(app: Screen) -> None:
    made = answer(app, "?layer=growth&day=2022-03-01")["panel"]
    cells = [cell for row in made["table"]["rows"] for cell in row[2:] if cell[2] == "missing"]
    assert cells
    assert all(value is None and text == "未报" for value, text, _ in cells)
    assert None in made["curve"]["values"]


def test_direction_and_goodness_are_two_things(app: Screen) -> None:
    for figure in answer(app, "?day=2022-03-10")["panel"]["figures"]:
        higher = MEASURES[figure["id"]].higher_is
        wanted = {("up", "bad"): "bad", ("down", "bad"): "good", ("up", "good"): "good", ("down", "good"): "bad"}
        assert figure["goodness"] == wanted.get((figure["direction"], higher), "neutral")


def test_mean_of_a_week_needs_most_of_its_days() -> None:
    values = [1.0, 2.0, None, 4.0, 5.0, 6.0, 7.0, None, None, None]
    found = panel.moving_mean(values)
    assert found[:4] == [None] * 4
    assert found[5] == pytest.approx((1 + 2 + 4 + 5 + 6) / 5, rel=1e-5)
    assert found[-1] is None


def test_what_could_not_be_located_is_on_the_page(app: Screen) -> None:
    made = answer(app, "?day=2022-03-04")["panel"]["unlocated"]
    assert made["notes"]
    assert made["numbers"] or made["none"]


def test_a_request_that_only_looks_is_of_one_version(
    app: Screen, desk: Desk, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = desk.cube.store
    newest, asked = store.version(), list[dt.datetime | None]()

    def version(_: Store, as_of: dt.datetime | None = None) -> int:
        asked.append(as_of)
        return newest

    monkeypatch.setattr(Store, "version", version)
    assert client.get("/?lang=en").status_code == 200
    assert asked
    assert len(asked) == len(set(asked))
    asked.clear()
    for _ in range(2):
        desk.cube.at()
    assert len(asked) == 2  # outside of a request, now is now
