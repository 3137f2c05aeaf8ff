"""The wall's scene of risk: the map is grey, and says so, unless the forecast's report card stands for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard import colours
from dashboard.queries import RiskDesk, RiskMap
from dashboard.wall import risk
from dashboard.wall.board import Board
from tests.outbreak import LAST


@pytest.mark.parametrize("why", ["wins", "loses", "not proven", "no better than chance"])
def test_the_map_is_grey_unless_the_forecast_wins(board: Board, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    card = board.desk.beside(RiskDesk).card(board.viewer)
    assert card is not None
    monkeypatch.setattr("dashboard.queries.risk.answers.card", lambda *_: replace(card, why=why))
    made = risk.ahead_map(board)
    ramp = made.data["properties"]["ramp"]
    grey = why != "wins"
    assert all((colour[1:3] == colour[3:5] == colour[5:7]) == grey for colour in ramp)
    assert ("灰" in made.title) == ("灰" in made.data["name"]) == ("灰" in made.data["short"]) == grey
    assert [one["colour"] for one in made.data["legend"]] == list(ramp)
    assert all((row["tone"] == "good") == (n == 0 and not grey) for n, row in enumerate(risk.card(board).data["rows"]))


def test_the_map_is_the_forecast_of_the_desk(board: Board) -> None:
    made = risk.ahead_map(board).data["properties"]
    _, version, known, layer, level, within, day = made["values_url"].split("/")
    assert (version, known, layer, day) == (str(board.view.version), "now", "ahead", f"{LAST}.bin")
    assert made["shapes_url"].split("/")[2:4] == [level, within]
    painted = board.desk.beside(RiskMap).paint(board.viewer, "ahead", level, within, LAST)
    assert (painted.value > 0).any()


def test_hits_and_scores_are_the_desks(board: Board) -> None:
    brief = board.desk.beside(RiskDesk).brief(board.viewer, day=board.today, most=5000)
    found = board.desk.beside(RiskDesk).answer(board.viewer, day=board.today)
    assert brief is not None
    assert brief.card is not None
    assert found is not None
    assert [row["numbers"][0].value for row in risk.card(board).data["rows"]] == [
        hits[1] for hits in brief.card.hits.values()
    ]
    assert [row["number"].value for row in risk.worst(board).data["rows"]] == [unit.least for unit in found.units]


def test_greyed_colours_keep_their_order() -> None:
    for theme in colours.THEMES:
        grey = colours.greyed(colours.graded(6, theme), theme)
        assert grey == sorted(grey, reverse=theme == "light")
        assert len(set(grey)) == 6
