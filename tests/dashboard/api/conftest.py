"""One small city behind the API, in process."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from dashboard.app import Screen, create_app
from dashboard.queries import Desk
from grid.cube import Cube


@pytest.fixture(scope="session")
def api_desk(tiny_cube: Cube) -> Desk:
    """The desk of the small city."""
    return Desk(tiny_cube)


@pytest.fixture(scope="session")
def api_app(api_desk: Desk) -> Screen:
    """The whole app over it."""
    return create_app(api_desk)


@pytest.fixture
def client(api_app: Screen) -> FlaskClient:
    """Somebody who asks."""
    made: FlaskClient = api_app.server.test_client()
    return made
