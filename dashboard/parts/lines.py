"""A small line chart over days: up to four lines, named at their ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.parts.sheet import Block, block


def line(name: str, values: Sequence[float | None], text: str = "", *, tone: str = "ink") -> dict[str, Any]:
    """One line; None is a gap. ``text``: its last value in words; ``tone``: "ink", "mark", "accent" or "soft", and the
    second and later ones are dashed, so that colour is never alone."""
    return {"name": name, "values": list(values), "text": text, "tone": tone}


def chart(
    made: Sequence[Mapping[str, Any]],
    days: Sequence[str],
    title: str = "",
    *,
    ticks: Sequence[tuple[int, str]] = (),
    top: str = "",
    index: int | None = None,
    texts: Sequence[str] = (),
    **more: Any,
) -> Block:
    """The chart. ``days``: each day in words; ``ticks``: (place, word) under it; ``top``: the highest value in words;
    ``index``: the shown day; ``texts``: what is said of each day on hovering."""
    return block("lines", title, lines=list(made), days=list(days), ticks=[list(t) for t in ticks], top=top,
                 index=index, texts=list(texts), **more)  # fmt: skip
