"""A form that searches: its fields become the page's wishes in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.parts.sheet import Block, block


def field(
    name: str,
    label: str,
    value: str = "",
    *,
    kind: str = "text",
    choices: Sequence[tuple[str, str]] = (),
    hint: str = "",
) -> dict[str, Any]:
    """One field of the wish ``name``. ``kind``: text (``choices`` are offered while one types), day, or choice (one of
    ``choices``, (value, word) pairs, the first of which leaves it open)."""
    return {"name": name, "label": label, "value": value, "kind": kind, "choices": [list(one) for one in choices],
            "hint": hint}  # fmt: skip


def form(
    fields: Sequence[Mapping[str, Any]], href: str, words: Mapping[str, str], *, clear: str = "", **more: Any
) -> Block:
    """The form. ``href``: the address to which the fields are added; ``words``: "search", "clear"; ``clear``: the
    address without any of them ("": nothing is asked for)."""
    return block("search", fields=list(fields), href=href, words=dict(words), clear=clear, **more)
