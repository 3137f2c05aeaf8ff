"""One line of prose between blocks: what a figure means, or why there is none."""

from __future__ import annotations

from typing import Any

from dashboard.parts.sheet import Block, block


def line(text: str, *, href: str = "", word: str = "", tone: str = "", **more: Any) -> Block:
    """The line; ``word`` is a link at its end to ``href``. ``tone``: "", "lead" (what the page comes
    to) or "large" (an empty page says why)."""
    return block("note", "", text=text, href=href, word=word, tone=tone, **more)
