"""A scatter plot of what was expected and what came, on two logarithmic axes, with the band of the model.

A value of nought has a place at the foot of its axis. Points outside the band are named, the farthest first, as far as
there is room; the two corners say what it may mean to lie there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.parts.sheet import Block, block


def point(name: str, x: float, y: float, low: float, high: float, text: str, *, sign: int = 0) -> dict[str, Any]:
    """One point. ``x`` expected, ``y`` found, ``low`` and ``high``: the band at ``x``; ``sign`` 1 above it, -1 below,
    0 inside; ``text`` is said of it on hovering."""
    numbers = {"x": x, "y": y, "low": low, "high": high}
    return {"name": name, "text": text, "sign": sign, **{key: float(f"{n:.4g}") for key, n in numbers.items()}}


def plot(
    points: Sequence[Mapping[str, Any]],
    title: str = "",
    *,
    x_name: str = "",
    y_name: str = "",
    above: str = "",
    below: str = "",
    **more: Any,
) -> Block:
    """The plot; ``points`` outside the band come in the order in which they are to be named."""
    return block("scatter", title, points=list(points), x_name=x_name, y_name=y_name, above=above, below=below, **more)
