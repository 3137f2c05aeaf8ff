"""Panels of rows x columns with a count in each cell: how two or three things go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.parts.sheet import Block, block
from dashboard.said import state_of


def square(
    text: str,
    *,
    state: str = "",
    weight: float = 0.0,
    href: str = "",
    about: str = "",
    mark: str = "",
    quiet: bool = False,
) -> dict[str, Any]:
    """One cell: ``weight`` 0..1 is how strongly it is tinted; ``about`` said on hovering; ``mark``: a sign in its
    corner (explained in the block's ``key``); ``quiet``: as it should be (the diagonal)."""
    state = state or state_of(text)
    return {"text": text, "state": state, "weight": round(weight, 3), "href": href, "about": about, "mark": mark,
            "quiet": quiet}  # fmt: skip


def panel(
    title: str,
    rows: Sequence[Mapping[str, str]],
    columns: Sequence[Mapping[str, str]],
    squares: Sequence[Sequence[Mapping[str, Any]]],
    *,
    rows_name: str = "",
    columns_name: str = "",
    mark: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """One panel; ``rows`` and ``columns`` are marks (:func:`dashboard.parts.sheet.mark`)."""
    return {"title": title, "rows": list(rows), "columns": list(columns), "squares": [list(r) for r in squares],
            "rows_name": rows_name, "columns_name": columns_name, "mark": mark}  # fmt: skip


def panels(made: Sequence[Mapping[str, Any]], title: str = "", *, key: Sequence[str] = (), **more: Any) -> Block:
    """The panels beside each other; ``key``: what its signs mean, a line each."""
    return block("matrix", title, panels=list(made), key=list(key), **more)
