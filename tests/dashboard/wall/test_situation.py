"""The situation's signals and report card: what the desk says, and a word in place of a number that is not proven."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dashboard.queries.risk import RiskDesk
from dashboard.wall import situation
from dashboard.wall.board import Board


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
    monkeypatch.setattr("dashboard.queries.risk.answers.card", lambda *_: replace(card, why=why))
    text = shown(board)[1]["number"].text
    assert (text == "未证实") == (why != "wins")
