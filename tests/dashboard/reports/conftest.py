"""What reports are made of in tests: the small city, and a simulated town with every feed that there is, built once a
test process: to be read only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.queries import Desk
from dashboard.reports import fonts
from data.city import read_city
from data.demo import simulate
from data.errors import FontsMissing
from data.settings import make_home, read_home
from data.store import Store
from grid.build import build
from grid.cube import Cube
from tests.needs import lacking


@pytest.fixture(scope="session")
def town_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    settings = make_home(folder / "home", simulate("town", 1, folder / "city", lambda *_: None))
    store = Store.create(settings.database)
    build(store, read_city(settings.city), settings.secret)
    store.close()
    return folder / "home"


@pytest.fixture(scope="session")
def town(town_home: Path) -> Iterator[Desk]:
    settings = read_home(town_home)
    store = Store.open(settings.database)
    yield Desk(Cube(store, read_city(settings.city)))
    store.close()


@pytest.fixture(scope="module")
def desk(tiny_cube: Cube) -> Desk:
    """The small city's."""
    return Desk(tiny_cube)


@pytest.fixture(scope="module")
def chinese() -> None:
    """A font that reports can be set in."""
    try:
        fonts.faces()
    except FontsMissing:
        lacking("a Chinese font", "fonts-noto-cjk")
