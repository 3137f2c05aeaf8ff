"""A wall whose database goes: the last picture stays whole, under its own stamp, and no panel is marked as failed."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.queries import Desk
from dashboard.wall import door as room
from dashboard.wall import picture as pictures
from dashboard.wall.picture import Gallery
from data.city import read_city
from data.errors import StoreLost
from data.settings import read_home
from data.store import Store, sqlite_url
from data.walls import new_wall
from grid.cube import Cube


class Site:
    """A wall on a copy of the small city."""

    def __init__(self, home: Path, folder: Path) -> None:
        shutil.copy(home / "onescreen.db", folder / "onescreen.db")
        self.store = Store.open(sqlite_url(folder / "onescreen.db"))
        desk = Desk(Cube(self.store, read_city(read_home(home).city)))
        _, token = new_wall(self.store, "hall", address="127.0.0.1")
        app = create_app(desk, home=folder)
        self.client: FlaskClient = app.server.test_client()
        self.gallery: Gallery = app.server.extensions["onescreen_wall"]
        self.base = f"/wall/{token}"

    def picture(self) -> tuple[int, dict[str, object]]:
        answer = self.client.get(f"{self.base}/picture?w=1920&h=1080")
        return answer.status_code, answer.get_json()


@pytest.fixture
def site(tiny_home: Path, tmp_path: Path) -> Iterator[Site]:
    made = Site(tiny_home, tmp_path)
    yield made
    made.store.close()


def gone(*_: object, **__: object) -> None:
    raise StoreLost(detail="gone on purpose")


def test_a_database_that_goes_in_the_middle_of_a_picture_marks_no_panel(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Desk, "series", gone)
        status, body = site.picture()
        assert (status, body["error"]) == (503, "StoreLost")
    status, body = site.picture()
    assert status == 200
    scenes = body["scenes"]
    assert isinstance(scenes, dict)
    assert not [panel for scene in scenes.values() for panel in scene["panels"] if panel.get("error")]


def test_while_it_is_away_the_last_picture_stays_and_the_sign_of_life_says_how_old_it_is(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = site.picture()[1]
    for name in ("version", "loads", "_all"):
        monkeypatch.setattr(Store, name, gone)
    monkeypatch.setattr(room, "find_wall", gone)
    monkeypatch.setattr(Store, "lost", 12.34)
    sign = site.client.get(f"{site.base}/beat").get_json()
    assert (sign["stamp"], sign["lost"]) == (before["stamp"], 12.3)
    assert site.picture() == (200, before)
    page = site.client.get(site.base)
    assert page.status_code == 200
    unknown = site.client.get("/wall/unknown")
    assert (unknown.status_code, 'http-equiv="refresh"' in unknown.text) == (503, True)


def test_a_new_picture_is_made_ready_before_it_is_asked_for(site: Site) -> None:
    site.picture()
    made = site.gallery._shown_now()
    with site.store.loading(source="cases", kind="cases", file="x.csv", sha256="0" * 64) as load:
        load.close(rows=0, taken=0, rejected=0, aside=0)
    site.gallery.renew()
    (_, (stamp, picture)) = site.gallery._shown_now()[0]
    assert stamp != made[0][1][0]
    assert picture["version"] == load.number


def test_while_the_next_picture_is_made_nobody_waits_for_it(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    before, begun, go_on = site.picture(), threading.Event(), threading.Event()
    make = Gallery._make

    def slowly(*asked: Any) -> Any:
        begun.set()
        assert go_on.wait(60)
        return make(*asked)

    monkeypatch.setattr(Gallery, "_make", slowly)
    with site.store.loading(source="cases", kind="cases", file="x.csv", sha256="0" * 64) as load:
        load.close(rows=0, taken=0, rejected=0, aside=0)
    renewing = threading.Thread(target=site.gallery.renew)
    renewing.start()
    try:
        assert begun.wait(60)
        monkeypatch.setattr(pictures, "SOON", 3600.0)
        sign = site.client.get(f"{site.base}/beat").get_json()
        assert (sign["stamp"], sign["soon"]) == (before[1]["stamp"], pictures.AGAIN)
        monkeypatch.setattr(site.gallery, "_took", 7200.0)
        assert 0 < site.client.get(f"{site.base}/beat").get_json()["soon"] <= 7200
        monkeypatch.setattr(pictures, "SOON", 0.0)  # it takes too long to ask all the time
        assert not site.client.get(f"{site.base}/beat").get_json()["soon"]
        assert site.picture() == before
    finally:
        go_on.set()
        renewing.join()
    sign = site.client.get(f"{site.base}/beat").get_json()
    assert sign["stamp"] != before[1]["stamp"]
    assert not sign["soon"]
    assert site.picture()[1]["version"] == load.number
