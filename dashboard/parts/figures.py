"""A strip of key figures: a name, a large number, a remark; the first one may be the largest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.parts.sheet import Block, block
from dashboard.said import state_of


def figure(
    name: str,
    text: str,
    *,
    unit: str = "",
    state: str = "",
    small: str = "",
    href: str = "",
    about: str = "",
    mark: Mapping[str, str] | None = None,
    tone: str = "",
) -> dict[str, Any]:
    """One figure. ``state`` as everywhere ("": that of the number in ``text``); ``small`` a remark under it; ``about``
    said on hovering; ``mark`` from :func:`dashboard.parts.sheet.mark`; ``tone`` "bad", "good" or "" (the remark's
    colour, never alone)."""
    state = state or state_of(text)
    return {"name": name, "text": text, "unit": unit, "state": state, "small": small, "href": href, "about": about,
            "mark": mark, "tone": tone}  # fmt: skip


def strip(figures: Sequence[Mapping[str, Any]], title: str = "", *, hero: bool = True, **more: Any) -> Block:
    """The strip; ``hero``: the first is drawn larger."""
    return block("figures", title, figures=list(figures), hero=hero, **more)
