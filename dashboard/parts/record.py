"""One thing in full: what is known about it, and the steps by which it came to be so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.parts.sheet import Block, block
from dashboard.said import state_of


def entry(
    name: str,
    text: str,
    *,
    small: str = "",
    href: str = "",
    state: str = "",
    mark: Mapping[str, str] | Sequence[Mapping[str, str]] | None = None,
    tone: str = "",
) -> dict[str, Any]:
    """One line of a record: name, value, remark. ``state`` "missing" where it is not stated."""
    marks = [mark] if isinstance(mark, Mapping) else list(mark or [])
    state = state or state_of(text)
    return {"name": name, "text": text, "small": small, "href": href, "state": state, "marks": marks, "tone": tone}


def record(entries: Sequence[Mapping[str, Any]], title: str = "", **more: Any) -> Block:
    """The record."""
    return block("record", title, entries=list(entries), **more)


def step(
    day: str,
    text: str,
    *,
    small: str = "",
    href: str = "",
    mark: Mapping[str, str] | None = None,
    weight: str = "",
    state: str = "done",
) -> dict[str, Any]:
    """One step of a trace: ``day`` in words, ``weight`` "now" for where things stand, ``state`` "done", "open" (still
    to come) or "lacking" (should have happened and did not)."""
    return {"day": day, "text": text, "small": small, "href": href, "mark": mark, "weight": weight, "state": state}


def steps(made: Sequence[Mapping[str, Any]], title: str = "", **more: Any) -> Block:
    """The steps, first to last."""
    return block("steps", title, steps=list(made), **more)
