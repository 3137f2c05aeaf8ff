"""Outflow: where people go. No source of it is known to the product yet, and the scene says so."""

from __future__ import annotations

from dashboard.wall.board import Board
from dashboard.wall.geometry import Layout
from dashboard.wall.scene import Scene


def ready(board: Board) -> str:
    """Not before there is a measure of it."""
    return board.say("outflow_none")


_WHOLE = Layout((60, 40), (12, 88), "title head\nline line")

SCENE = Scene(
    "outflow",
    "人口迁出",
    "Outflow",
    ready,
    {},
    {"plain": _WHOLE, "wide": _WHOLE, "tall": _WHOLE, "sparse": _WHOLE},
)
