"""Bars of parts, one a row, on one scale: how much, of which how much of what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.parts.sheet import Block, block
from dashboard.said import state_of


def part(
    name: str, value: float, text: str, *, shade: str = "", colour: str = "", href: str = "", glyph: str = ""
) -> dict[str, Any]:
    """One part. ``shade``: a step of the one scale of urgency, "0" (quiet) to "4" (most), or "hatch" (not known);
    ``colour``: of a term instead (:func:`dashboard.colours.mark`), then with its ``glyph``."""
    return {"name": name, "value": value, "text": text, "shade": shade, "colour": colour, "href": href, "glyph": glyph}


def bar(
    name: str,
    parts: Sequence[Mapping[str, Any]],
    text: str = "",
    *,
    small: str = "",
    href: str = "",
    mark: Mapping[str, str] | None = None,
    state: str = "",
) -> dict[str, Any]:
    """One row: ``text`` is its total; with ``state`` "missing" it has no bar but a hatch."""
    return {"name": name, "parts": list(parts), "text": text, "small": small, "href": href, "mark": mark,
            "state": state or state_of(text)}  # fmt: skip


def bars(
    rows: Sequence[Mapping[str, Any]],
    title: str = "",
    *,
    legend: bool = True,
    labels: bool = False,
    equal: bool = False,
    **more: Any,
) -> Block:
    """The bars. ``legend``: names of the parts above; ``labels``: each part's number stands under it; ``equal``: all
    rows are full length (shares), else on one scale."""
    return block("stack", title, rows=list(rows), legend=legend, labels=labels, equal=equal, **more)
