"""One small city behind the API, in process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from dashboard.app import Screen, create_app
from dashboard.queries import Desk
from data.events import Events
from grid.cube import Cube


@pytest.fixture(scope="session")
def api_desk(tiny_cube: Cube) -> Desk:
    """The desk of the small city."""
    return Desk(tiny_cube)


@pytest.fixture(scope="session")
def api_app(api_desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    """The whole app over it, with a book of events."""
    home = tmp_path_factory.mktemp("events")
    book = Events.beside(f"sqlite:///{home / 'x.db'}", home, api_desk.city)
    yield create_app(api_desk, events=book)
    book.close()


@pytest.fixture
def client(api_app: Screen) -> FlaskClient:
    """Somebody who asks."""
    made: FlaskClient = api_app.server.test_client()
    return made
