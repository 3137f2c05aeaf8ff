"""Pictures as high as the page still has room: one that would leave a gap behind it is drawn lower.

typst is asked where each picture came to stand. A picture that was pushed to the next page for a little room is given
the height that there was, the first one first, since each moves those after it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import typst

from dashboard.reports import fonts

#: A picture keeps at least this share of its height: below it, its words would crowd.
LEAST = 0.72
#: Times that the pages are laid out anew at most (0.1-0.3 s each).
ROUNDS = 4
#: Millimetres that a picture stays clear of what was measured.
SLACK = 1.0
#: Millimetres from the top of the paper to the foot of the type area.
FOOT = 297.0 - 35.0

#: Stands for every picture while pages are laid out: only their sizes matter.
BLANK = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'


class Blanks:
    """Pictures that are not drawn."""

    def svg(self, block: object, width_mm: float, height_mm: float, titled: bool = True) -> bytes:
        """An empty picture."""
        return BLANK


def fitted(template: bytes, said: Callable[[Mapping[str, float]], str]) -> dict[str, float]:
    """Picture's id -> its height in millimetres, for those that are drawn lower; ``said``: the report, in which
    pictures have these heights, as the template takes it."""
    heights: dict[str, float] = {}
    for _ in range(ROUNDS):
        spots = json.loads(_laid_out(template, said(heights)).query("<spot>", field="value"))
        found = _pushed(spots, heights)
        if found is None:
            break
        heights |= found
    return heights


def _laid_out(template: bytes, said: str) -> typst.Compiler:
    return typst.Compiler(template, font_paths=fonts.library(), sys_inputs={"report": said})


def _pushed(spots: list[dict[str, Any]], done: Mapping[str, float]) -> dict[str, float] | None:
    """The first picture that stands on the page after the text before it, and the height at which it would not;
    ``spots``: before (unless a heading is there), at the head and at the foot of each."""
    places = {(spot["id"], spot["what"]): spot for spot in spots}
    for before in (spot for spot in spots if spot["what"] == "before" and spot["id"] not in done):
        head, foot = places[before["id"], "head"], places[before["id"], "foot"]
        height = head["height"] - (foot["y"] - head["y"] - (FOOT - before["y"]) + SLACK)
        if head["page"] > before["page"] and height >= LEAST * head["height"]:
            return {head["id"]: round(height, 1)}
    return None
