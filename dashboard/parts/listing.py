"""A table: rows that are sorted in the browser, or a page of a long list that the server sorted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.parts.sheet import Block, block
from dashboard.said import Said


def column(
    name: str,
    *,
    unit: str = "",
    about: str = "",
    left: bool = False,
    bar: bool = False,
    least: bool = False,
    sort: bool = True,
) -> dict[str, Any]:
    """One column. ``left``: text, else a number on the right; ``bar``: a thin bar under each number, as long as its
    share of the largest; ``least``: left out where the screen is narrow; ``sort``: may be sorted by."""
    return {"name": name, "unit": unit, "about": about, "left": left, "bar": bar, "least": least, "sort": sort}


def cell(
    text: str,
    value: float | str | None = None,
    *,
    state: str = "value",
    href: str = "",
    small: str = "",
    mark: Mapping[str, str] | Sequence[Mapping[str, str]] | None = None,
    tone: str = "",
    parts: Sequence[Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """One cell. ``value``: what it is sorted by (None: last); ``small``: a second line; ``mark``: one glyph or
    several, from :func:`dashboard.parts.sheet.mark`; ``tone``: "bad", "good", "soft" or ""; ``parts``: a small
    stacked bar under the text, as in :func:`dashboard.parts.stack.part`."""
    marks = [mark] if isinstance(mark, Mapping) else list(mark or [])
    made = {"text": text, "value": value, "state": state, "href": href, "small": small, "marks": marks, "tone": tone,
            "parts": list(parts) if parts else None}  # fmt: skip
    return {key: kept for key, kept in made.items() if kept not in ("", None, []) or key in ("text", "value")}


def number(text: str, value: float | None = None, **more: Any) -> dict[str, Any]:
    """A cell with a number, sorted by the one in ``text`` or by ``value``; nought and None are drawn as such."""
    told = text.number if isinstance(text, Said) else None
    if told is not None:
        return cell(text, told.value, **{"state": told.state, **more})
    state = "missing" if value is None else "zero" if value == 0 else "value"
    return cell(text, value, **{"state": state, **more})


def row(cells: Sequence[Mapping[str, Any]], *, href: str = "", key: str = "") -> dict[str, Any]:
    """One row; ``href``: the whole row leads there."""
    return {"cells": list(cells), "href": href, "key": key}


def pager(text: str, before: str = "", after: str = "") -> dict[str, Any]:
    """Where in a long list one is, and the addresses of the pages before and after ("": none)."""
    return {"text": text, "before": before, "after": after}


def table(
    columns: Sequence[Mapping[str, Any]],
    rows: Sequence[Mapping[str, Any]],
    title: str = "",
    *,
    sort: tuple[int, bool] | None = None,
    pager: Mapping[str, Any] | None = None,
    none: str = "",
    count: str = "",
    first: int = 30,
    **more: Any,
) -> Block:
    """The table. ``sort``: (column, descending) to begin with; None: the given order, and with a ``pager`` not to be
    sorted at all. ``none``: said where there are no rows. ``count``: beside the title. ``first``: rows before "more",
    where there is no pager."""
    return block("table", title, columns=list(columns), rows=list(rows), sort=list(sort) if sort else None,
                 pager=pager, none=none, count=count, first=first, **more)  # fmt: skip
