"""How sheets look: number formats, names that Excel takes, widths that Chinese needs, page set-up."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any
from unicodedata import east_asian_width

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dashboard.reports.model import Number

#: Excel's own limits of a sheet's name.
LONGEST_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")

#: Columns are at least and at most this many digits wide.
NARROWEST, WIDEST = 9, 60

#: Height of a line, in points.
ROW = 18.0

INK, SOFT, TINT, RULE, HAIR, ALARM = "#14191B", "#5A666B", "#EEF1EF", "#8A9491", "#D5DAD8", "#A3132B"

A4 = 9  # Excel's number of the paper

_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16},
    "section": {"bold": True, "font_size": 12, "valign": "vcenter", "top": 1, "top_color": RULE},
    "sentence": {"text_wrap": True, "valign": "vcenter"},
    "strong": {"text_wrap": True, "valign": "vcenter", "bold": True},
    "quiet": {"text_wrap": True, "valign": "vcenter", "font_color": SOFT},
    "remark": {"font_color": SOFT, "font_size": 9},
    "alarm": {"bold": True, "font_color": ALARM},
    "head": {"bold": True, "bg_color": TINT, "top": 2, "bottom": 1, "align": "right", "valign": "vcenter",
             "text_wrap": True, "indent": 1},
    "head_left": {"bold": True, "bg_color": TINT, "top": 2, "bottom": 1, "align": "left", "valign": "vcenter",
                  "text_wrap": True, "indent": 1},
    "words": {"valign": "vcenter", "indent": 1, "bottom": 1, "bottom_color": HAIR},
    "none": {"font_color": SOFT, "align": "right", "valign": "vcenter", "indent": 1, "bottom": 1, "bottom_color": HAIR},
    "printed": {"align": "right", "valign": "vcenter", "indent": 1, "bottom": 1, "bottom_color": HAIR},
    "day": {"num_format": "yyyy-mm-dd", "align": "left", "indent": 1, "bottom": 1, "bottom_color": HAIR},
    "link": {"font_color": "#1F5E7A", "underline": 1},
}  # fmt: skip
_TOTAL = {"bold": True, "top": 1, "bottom": 2, "bottom_color": INK}


class Looks:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Workbook, font: str) -> None:
        self._book, self._font = book, font
        self.make = cache(self._make)

    def _make(self, look: str, total: bool = False, number: str = "") -> Format:
        shape = {"font_name": self._font, "font_size": 11, "font_color": INK, **_LOOKS[look]}
        shape |= {"num_format": number, "align": "right"} if number else {}
        return self._book.add_format(shape | (_TOTAL if total else {}))


def number_format(number: Number) -> str:
    """Excel's format that prints a number as every other writer does."""
    digits = "." + "0" * number.digits if number.digits else ""
    if number.form == "growth":
        return f"+0{digits}%;\N{MINUS SIGN}0{digits}%;0%"
    if number.form == "part":
        return f"0{digits}%;\N{MINUS SIGN}0{digits}%;0%"
    body = f'#,##0{digits}"%"' if number.form == "share" else f"#,##0{digits}"
    return f"{body};\N{MINUS SIGN}{body};0" + ('"%"' if number.form == "share" else "")


def sheet_names(titles: Iterable[str]) -> list[str]:
    """Names that Excel takes, each different from the others whatever the case, in the order of the titles."""
    found: list[str] = []
    taken = {"history"}  # Excel keeps it for itself
    for title in titles:
        base = _FORBIDDEN.sub(" ", title).strip().strip("'").strip() or "-"
        tries = (_cut(base, f" {n}" if n > 1 else "") for n in range(1, len(taken) + 3))
        name = next(name for name in tries if name.lower() not in taken)
        taken.add(name.lower())
        found.append(name)
    return found


def _cut(base: str, end: str) -> str:
    """The first characters, and an end; Excel counts UTF-16 units."""
    room = LONGEST_NAME - len(end)
    whole = base.encode("utf-16-le")[: 2 * room].decode("utf-16-le", "ignore")
    return whole.rstrip(" '") + end


def digits_of(text: str) -> int:
    """How many digits wide a text is: a Chinese character takes two."""
    return max(
        (sum(2 if east_asian_width(letter) in "WF" else 1 for letter in line) for line in text.split("\n")), default=0
    )


def width_of(texts: Iterable[str]) -> int:
    """A column's width for these texts."""
    return min(max([NARROWEST, *(digits_of(text) + 4 for text in texts)]), WIDEST)


def height_of(text: str, width: int) -> float:
    """A row's height for a text that is broken into lines of ``width`` digits."""
    return ROW * max(1, math.ceil(digits_of(text) / width))


def set_up(sheet: Worksheet, banner: str, foot: str, rows: Sequence[int] = (), landscape: bool = True) -> None:
    """A4, as wide as one page, with page numbers; ``rows``: first and last of those on top of every page."""
    sheet.set_paper(A4)
    if landscape:
        sheet.set_landscape()
    sheet.set_margins(left=0.6, right=0.6, top=0.8, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    if banner:
        sheet.set_header(f"&C&B&11{escaped(banner)}")
    sheet.set_footer(f"&L&8{escaped(foot)}&R&9&P / &N")
    if rows:
        sheet.repeat_rows(*rows)


def escaped(text: str) -> str:
    """Words of a header or footer: & is a command there."""
    return text.replace("&", "&&")
