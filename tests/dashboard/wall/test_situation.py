"""The situation's signals and report card: what the desk says, and a word in place of a number that is not proven."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from dashboard.paint import Painter
from dashboard.queries import Desk, Viewer
from dashboard.queries.risk import RiskDesk
from dashboard.wall import situation
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


def shown(board: Board) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = situation.figures(board).data["figures"]
    return [one for one in found if one["number"].cite.question == "risk.brief"]


def test_the_figures_are_the_desks(board: Board) -> None:
    brief = board.desk.beside(RiskDesk).brief(board.viewer, day=board.today)
    assert brief is not None
    assert brief.card is not None
    signals, hits = shown(board)
    assert signals["number"].value == brief.signals
    assert hits["number"].value == brief.card.hits["forecast"][1]
    assert f"{brief.chance:.1f}" in signals["day"]


@pytest.mark.parametrize("why", ["wins", "loses", "not proven", "no better than chance"])
def test_an_unproven_forecast_has_no_number(board: Board, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    desk = board.desk.beside(RiskDesk)
    card = desk.card(board.viewer)
    assert card is not None
    monkeypatch.setattr("dashboard.queries.risk._card", lambda *_: replace(card, why=why))
    text = shown(board)[1]["number"].text
    assert (text == "未证实") == (why != "wins")
