"""A wall has no rights: whoever passes by sees it. Its scenes stand nevertheless, and two links share no picture."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.app import create_app
from dashboard.queries import Desk
from dashboard.wall.picture import viewer_of
from dashboard.wall.texts import TEXTS
from data.city import read_city
from data.settings import make_home, read_home
from data.store import Store
from data.walls import WallLink, new_wall
from grid.cube import Cube
from tests.tiny import CITY, DAYS

MADE = dt.datetime(2022, 3, 1)
PLAIN = WallLink(1, "x", None, None, MADE, None)
BOUND = WallLink(2, "x", "990102", "127.0.0.0/8", MADE, None, small_numbers=True)


@pytest.fixture(scope="module")
def home(tiny_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small city, in a home of its own."""
    folder = tmp_path_factory.mktemp("walls") / "home"
    made = make_home(folder, read_home(tiny_home).city)
    shutil.copy(tiny_home / "onescreen.db", folder / "onescreen.db")
    assert Store.open(made.database).version()
    return folder


@pytest.fixture(scope="module")
def shown(home: Path) -> Iterator[dict[str, tuple[dict[str, Any], bytes]]]:
    """The picture, and the map's bytes of a day, of two links to the whole city: "bound" shows small numbers."""
    settings = read_home(home)
    store = Store.open(settings.database)
    desk = Desk(Cube(store, read_city(settings.city)))
    client = create_app(desk, home=home).server.test_client()
    made = {
        "plain": new_wall(store, "x")[1],
        "bound": new_wall(store, "x", address="127.0.0.0/8", small_numbers=True)[1],
    }
    paint = f"paint/{store.version()}/now/positives/street/{CITY}/{DAYS[4]}.bin"
    yield {
        name: (client.get(f"/wall/{token}/picture?w=1920&h=1080").get_json(), client.get(f"/wall/{token}/{paint}").data)
        for name, token in made.items()
    }
    store.close()


def test_a_wall_may_nothing_but_show_small_numbers_where_its_link_says_so() -> None:
    assert (viewer_of(PLAIN).rights, viewer_of(PLAIN).scope, viewer_of(PLAIN).role) == (frozenset(), None, "wall")
    bound = viewer_of(BOUND, "en")
    assert (bound.rights, bound.scope, bound.lang) == (frozenset({"small_numbers"}), "990102", "en")


@pytest.mark.parametrize("name", ["plain", "bound"])
def test_every_panel_stands(shown: dict[str, tuple[dict[str, Any], bytes]], name: str) -> None:
    panels = [panel for scene in shown[name][0]["scenes"].values() for panel in scene["panels"]]
    assert len(panels) > 15
    assert [panel for panel in panels if panel.get("error")] == []


def test_two_links_of_one_place_and_name_show_what_each_may(shown: dict[str, tuple[dict[str, Any], bytes]]) -> None:
    (plain, hidden), (bound, told) = shown["plain"], shown["bound"]
    assert plain["stamp"] == bound["stamp"]
    assert plain["scenes"] != bound["scenes"]
    assert hidden != told
    assert len(hidden) > 20


def test_hidden_is_never_said_to_be_none_or_missing(shown: dict[str, tuple[dict[str, Any], bytes]]) -> None:
    for scene, panel in (("overview", "ranking"), ("situation", "growing")):
        told = {name: _panel(picture, scene, panel) for name, (picture, _) in shown.items()}
        assert (told["plain"]["rows"], told["plain"]["none"]) == ([], TEXTS["rows_hidden"][0])
        assert told["bound"]["none"] != TEXTS["rows_hidden"][0]
    maps = {name: _panel(picture, "overview", "map")["hides"] for name, (picture, _) in shown.items()}
    assert maps == {"plain": True, "bound": False}


def _panel(picture: dict[str, Any], scene: str, panel: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in picture["scenes"][scene]["panels"] if one["id"] == panel)
    return found
