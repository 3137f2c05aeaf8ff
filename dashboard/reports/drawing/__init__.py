"""Curves and maps of a report as pictures: vectors or 300 dpi, in the screen's colours, readable in black and white.

``maps`` and ``curves`` write SVG with the marks of ``svg``; ``ground`` says where things lie. The same vectors
are set by typst, into the PDF or into pixels, so that no two formats can show different pictures.
"""

from __future__ import annotations

import threading
from pathlib import Path

import typst

from dashboard.queries import Desk
from dashboard.reports import fonts
from dashboard.reports.drawing import curves, maps
from dashboard.reports.drawing.svg import number
from dashboard.reports.model import Curve, Map, Report

#: Dots an inch: what a printing office asks for.
DPI = 300

_SHEET = """#set page(width: {width}mm, height: {height}mm, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: {width}mm, height: {height}mm)"""


class Pictures:
    """The pictures of one report, each drawn once for all writers, and ``templates``, the folder of the office's own
    (None: the product's serve). FontsMissing where no Chinese font is installed."""

    def __init__(self, desk: Desk, report: Report, templates: Path | None = None) -> None:
        self.desk, self.report, self.templates = desk, report, templates
        self._kept: dict[tuple[object, ...], bytes] = {}
        self._lock = threading.RLock()  # writers may run side by side

    def svg(self, block: Curve | Map, width_mm: float, height_mm: float, titled: bool = True) -> bytes:
        """A vector picture of this size; ``titled``: with the title in it, for a place that has no caption."""
        return self._once("svg", block, width_mm, height_mm, titled)

    def png(self, block: Curve | Map, width_mm: float, height_mm: float, titled: bool = True) -> bytes:
        """The same at 300 dots an inch."""
        return self._once("png", block, width_mm, height_mm, titled)

    def _once(self, kind: str, block: Curve | Map, width: float, height: float, titled: bool) -> bytes:
        key = (kind, block.id, width, height, titled)
        with self._lock:
            if key not in self._kept:
                svg = kind == "svg"
                make = self._draw if svg else self._dots
                self._kept[key] = make(block, width, height, titled)
            return self._kept[key]

    def _draw(self, block: Curve | Map, width: float, height: float, titled: bool) -> bytes:
        font = fonts.faces().black
        if isinstance(block, Curve):
            return curves.draw(block, self.report, width, height, font, titled)
        view = self.desk.cube.at(self.report.known)
        return maps.draw(block, self.report, view, width, height, font, titled)

    def _dots(self, block: Curve | Map, width: float, height: float, titled: bool) -> bytes:
        return pixels(self.svg(block, width, height, titled), width, height)


def pixels(svg: bytes, width_mm: float, height_mm: float) -> bytes:
    """A vector picture as PNG of DPI dots an inch."""
    sheet = _SHEET.format(width=number(width_mm), height=number(height_mm)).encode()
    made = typst.Compiler(sheet, font_paths=fonts.library(), sys_inputs={"svg": svg.decode()})
    found = made.compile(format="png", ppi=DPI)
    assert isinstance(found, bytes)
    return found
