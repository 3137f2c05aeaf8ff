"""What walls are made of in tests: a board of the town with an outbreak, on its last day."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dashboard.paint import Painter
from dashboard.queries import Desk, Viewer
from dashboard.wall.board import Board, Now
from data.days import end_of
from grid.cube import Cube
from tests.outbreak import LAST, town


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    made = town(tmp_path_factory.mktemp("outbreak"))
    desk = Desk(Cube(made.store, made.city))
    yield Board(desk, Painter(desk), Viewer(), Now(end_of(LAST, made.city.timezone), False))
    made.store.close()
