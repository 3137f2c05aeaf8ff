"""What the wall says about releases and notices is what the desks say (tests/ruled.py)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.paint import Painter
from dashboard.queries import Desk, Viewer
from dashboard.wall import control, situation
from dashboard.wall.board import Board, Now
from grid.cube import Cube
from tests import ruled
from tests.tiny import DAYS


@pytest.fixture(scope="module")
def cube(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cube]:
    made = ruled.cube(tmp_path_factory.mktemp("ruled"))
    yield made
    made.store.close()


def board(cube: Cube, n: int = 9, scope: str | None = None) -> Board:
    desk = Desk(cube)
    moment = dt.datetime.combine(DAYS[n], dt.time(4))
    return Board(desk, Painter(desk), Viewer(scope=scope), Now(moment, False))


@pytest.mark.parametrize(
    ("n", "scope", "counts"),
    [(9, None, [2, 0, 1]), (6, None, [1, 1, 0]), (9, "990101", [0, 0, 1]), (9, "990102", [2, 0, 0])],
)
def test_releases_go_by_the_rules(cube: Cube, n: int, scope: str | None, counts: list[int]) -> None:
    panel = control.released(board(cube, n, scope))
    assert [figure["number"].value for figure in panel.data["figures"]] == counts
    assert [row["tone"] for row in panel.data["rows"]] == ["control", "lockdown"][: counts[0] + counts[1]]


def test_the_longest_overdue_stands_first(cube: Cube) -> None:
    rows = control.released(board(cube)).data["rows"]
    assert [(row["name"], row["number"].text) for row in rows] == [("C2", "超期 6 天"), ("L1", "超期 3 天")]


def test_where_no_rule_times_zones_their_announced_ends_are_told(tmp_path: Path) -> None:
    made = ruled.town(tmp_path)
    for pack in (tmp_path / "rules").iterdir():
        pack.unlink()
    panel = control.released(board(Cube(made.store, made.city), 9))
    assert [figure["name"] for figure in panel.data["figures"]] == ["今日到期", "今日解除", "昨日解除"]
    (tmp_path / "rules/broken.toml").write_text("id = 1\n", "utf-8")
    figures = control.released(board(Cube(made.store, made.city), 9)).data["figures"]
    assert [figure["number"].value for figure in figures] == [1, 0, 0]  # of the last day that zones speak of
    assert situation.timeline(board(Cube(made.store, made.city), 9)).data["notices"] == []
    made.store.close()


def test_notices_are_marked_on_the_days_of_the_replay(cube: Cube) -> None:
    data = situation.timeline(board(cube)).data
    assert [(mark["at"], mark["number"].value, mark["number"].cite.question) for mark in data["notices"]] == [
        (0, 3, "notices.begun"), (6, 1, "notices.begun"),
    ]  # fmt: skip
