"""What maps and curves on paper share: the light theme's colours on white, and the lines that head and foot a picture.

Colours are the screen's; only grounds are lighter, so that the lowest class stands out from zero without colour.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from dashboard import numbers
from dashboard.parts.grid_map import LIGHT
from dashboard.reports.drawing.svg import POINT, Ink, text
from dashboard.reports.model import Report
from data.words import Lang

INK, SOFT, RULE = str(LIGHT["ink"]), str(LIGHT["ink_soft"]), "#c9cfcc"
ZERO = "#e9edea"
SUPPRESSED = ("#ffffff", "#6f7d7e")
MISSING = ("#ffffff", "#98a4a2")
LINE, LINE_STRONG = "#ffffff", "#46565c"

TITLE = Ink(9.5 * POINT, INK, bold=True)
SMALL = Ink(7 * POINT, SOFT)
PLAIN = Ink(7.5 * POINT, INK)

#: Words in pictures: (zh, en).
_WORDS = {
    "zero": ("零", "zero"),
    "suppressed": ("隐去小数", "suppressed"),
    "missing": ("未报", "not reported"),
    "lacking": ("未报或隐去", "not reported or suppressed"),
    "undrawn": ("其中 {n} 个无边界，未画出", "{n} of them have no border to draw"),
    "units": ("共 {n} 个{level}", "{n} in all ({level})"),
    "mean": ("7日平均", "7-day mean"),
    "known": ("数据截至 {known}（第 {version} 版）", "as known at {known} (version {version})"),
    "simulated": ("模拟数据", "SIMULATED DATA"),
    "falling": ("横线：下降", "lines: falling"),
}


def say(key: str, lang: Lang, **values: object) -> str:
    """Words of a picture in the reader's language."""
    return _WORDS[key][0 if lang == "zh" else 1].format(**values)


def known_at(report: Report) -> str:
    """The moment up to which the report's version knows, on the city's clock."""
    local = report.known.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(report.timezone))
    return f"{local:%Y-%m-%d %H:%M}"


def head(title: str, titled: bool) -> tuple[list[str], float]:
    """(marks, height that they take): the title, where it is wanted."""
    if not titled:
        return [], 0.0
    return [text(0.5, 4.2, title, TITLE)], 6.8


def foot(report: Report, day: dt.date | None, width: float, height: float) -> tuple[list[str], float]:
    """(marks, height that they take): the place, the day, the version, and that the data are simulated."""
    lang = report.lang
    parts = [report.place, *([numbers.day_text(day, lang)] if day else [])]
    parts.append(say("known", lang, known=known_at(report), version=report.version))
    made = [text(0.5, height - 1.0, " · ".join(parts), SMALL)]
    if report.simulated:
        mark = Ink(SMALL.size, "#8a2b3c", bold=True)
        made.append(text(width - 0.5, height - 1.0, say("simulated", lang), mark, "end"))
    return made, 4.6
