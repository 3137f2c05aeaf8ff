"""Sources x areas as a wall of small cells, each source with a strip of its last days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.parts.sheet import Block, block


def cell(
    state: str, about: str, *, glyph: str = "", word: str = "", href: str = "", part: float = 1.0
) -> dict[str, Any]:
    """One area of one source. ``state`` of terms.FEEDS; ``glyph`` drawn in it (none where all is well); ``word`` for
    those who listen; ``about`` said on hovering; ``part``: how complete it is, the height to which it is filled."""
    return {"state": state, "about": about, "glyph": glyph, "word": word, "href": href, "part": round(part, 3)}


def day(state: str, about: str) -> dict[str, str]:
    """One day of a strip: told, fault, missing, planned, before."""
    return {"state": state, "about": about}


def row(
    name: str,
    small: str,
    mark: Mapping[str, str],
    days: Sequence[Mapping[str, str]],
    cells: Sequence[Mapping[str, Any]],
    *,
    href: str = "",
    here: bool = False,
) -> dict[str, Any]:
    """One source: its name and a remark, the mark of its state, its days and cells; ``here``: shown in full below."""
    return {"name": name, "small": small, "mark": mark, "days": list(days), "cells": list(cells), "href": href,
            "here": here}  # fmt: skip


def wall(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[Mapping[str, str]],
    key: Sequence[Mapping[str, str]],
    title: str = "",
    *,
    source: str = "",
    strip: str = "",
    **more: Any,
) -> Block:
    """The wall. ``columns``: {"name", "href"}, one an area; ``key``: marks of the states, explained once; ``source``,
    ``strip``: headings of the names and of the days."""
    return block("feeds", title, rows=list(rows), columns=list(columns), key=list(key), source=source, strip=strip,
                 **more)  # fmt: skip
