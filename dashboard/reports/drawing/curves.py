"""Curves on paper: bars for daily counts under their seven-day mean, lines told apart by dashes.

A day without a report is a gap with a mark on it, never a nought: hatched where no series has a number, a small
cross where one of several lacks it. Zero is a bar without height: a stroke on the axis.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from dashboard import numbers
from dashboard.reports.drawing import paper
from dashboard.reports.drawing.ground import Frame
from dashboard.reports.drawing.svg import POINT, Ink, circle, document, dots, hatch, line, rect, text, width_of
from dashboard.reports.model import Curve, Report, Series
from dashboard.reports.writing import plain
from data.words import Lang

MEAN_DAYS = 7

#: Strokes and gaps in widths of the line.
_DASHES = {"solid": "", "dashed": "1.6 0.9", "dotted": "0.4 0.8"}


@dataclass(frozen=True)
class Scale:
    """From days and values to the sheet. ``low`` .. ``high``: ends of the value axis, ``step`` between its lines."""

    frame: Frame
    days: int
    low: float
    high: float
    step: float

    def x(self, day: float) -> float:
        """The middle of a day's column."""
        return self.frame.x + (day + 0.5) * self.frame.width / max(self.days, 1)

    def y(self, value: float) -> float:
        """The height of a value."""
        share = (value - self.low) / (self.high - self.low)
        return self.frame.y + self.frame.height * (1 - share)

    @property
    def column(self) -> float:
        """Width of a day."""
        return self.frame.width / max(self.days, 1)


def draw(block: Curve, report: Report, width: float, height: float, font: str, titled: bool) -> bytes:
    """The curve as SVG."""
    head, top = paper.head(block.title, titled)
    foot, bottom = paper.foot(report, None, width, height)
    low, high, step = bounds(
        [n.value * _factor(n.form) for s in block.series for n in s.numbers if n.value is not None]
    )
    labels = [_tick(value, step, block) for value in _ticks(low, high, step)]
    left = max(width_of(one, paper.PLAIN.size) for one in labels) + 2.2
    frame = Frame(left, top + 9.0, width - left - 3.0, height - top - bottom - 9.0 - 7.5)
    scale = Scale(frame, len(block.days), low, high, step)
    body = [
        *head, *_legend(block, report.lang, top + 3.4), *_grid(scale, labels, block), *_gaps(block, scale),
        *_marks(block, scale, report.lang), *_days(block.days, scale, report.lang), *foot,
    ]  # fmt: skip
    patterns = (hatch("missing", 1.0, *paper.MISSING), dots("suppressed", 1.0, *paper.SUPPRESSED))
    return document(width, height, font, block.title, patterns, body)


# the axes --------------------------------------------------------------------------------------------


def bounds(values: Sequence[float]) -> tuple[float, float, float]:
    """(lowest, highest, step) of an axis that starts at nought, or below it where values do, on round numbers."""
    high, low = max([*values, 0.0]), min([*values, 0.0])
    raw = (high - low) / 4 or 1.0
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(n * power for n in (1, 2, 2.5, 5, 10) if n * power >= raw * 0.999)
    if max(abs(high), abs(low)) >= 4 or not values:
        step = math.ceil(step) if step > 1 else max(step, 1.0)
    return math.floor(low / step + 1e-9) * step, max(math.ceil(high / step - 1e-9), 1) * step, step


def _ticks(low: float, high: float, step: float) -> list[float]:
    return [low + step * n for n in range(round((high - low) / step) + 1)]


def _factor(form: str) -> float:
    return 100.0 if form == "growth" else 1.0


def _tick(value: float, step: float, block: Curve) -> str:
    forms = {number.form for series in block.series for number in series.numbers}
    digits = 0 if step >= 1 and step == int(step) else 1 if round(step * 10, 9) == int(round(step * 10, 9)) else 2
    body = numbers.signed(value, digits) if "growth" in forms else numbers.plain(value, digits)
    return body + "%" if forms & {"growth", "share"} else body


def _grid(scale: Scale, labels: Sequence[str], block: Curve) -> Iterator[str]:
    frame = scale.frame
    for value, label in zip(_ticks(scale.low, scale.high, scale.step), labels, strict=True):
        y, base = scale.y(value), abs(value) < scale.step / 2
        yield line(
            [(frame.x, y), (frame.x + frame.width, y)], paper.INK if base else paper.RULE, 0.25 if base else 0.12
        )
        yield text(frame.x - 1.2, y + 0.95, label, paper.PLAIN, "end")
    if block.unit:
        yield text(0.5, frame.y - 2.6, block.unit, paper.SMALL)


def _days(days: Sequence[dt.date], scale: Scale, lang: Lang) -> Iterator[str]:
    base, years = scale.frame.y + scale.frame.height, 0
    for at in day_marks(days, scale.column, lang):
        x, words = scale.x(at), numbers.day_text(days[at], lang, year=False)
        place = min(x, scale.frame.x + scale.frame.width + 2.5 - width_of(words, paper.PLAIN.size) / 2)
        yield line([(x, base), (x, base + 1.0)], paper.SOFT, 0.15)
        yield text(place, base + 3.9, words, paper.PLAIN, "middle")
        if years != (years := days[at].year):
            yield text(place, base + 6.7, f"{years}年" if lang == "zh" else f"{years}", paper.SMALL, "middle")


def day_marks(days: Sequence[dt.date], column: float, lang: Lang) -> list[int]:
    """Which days are written under the axis: as many as have room, counted back from the last, or firsts of months."""
    if not days:
        return []
    need = max(width_of(numbers.day_text(day, lang, year=False), paper.PLAIN.size) for day in days[:40]) + 2.0
    apart = next((step for step in (1, 2, 3, 5, 7, 10, 14, 21) if step * column >= need), None)
    if apart is not None:
        return list(range(len(days) - 1, -1, -apart))[::-1]
    months = [at for at, day in enumerate(days) if day.day == 1]
    every = max(1, math.ceil(need / (30 * column)))
    return months[::every] or [0]


# what is known ---------------------------------------------------------------------------------------


def _gaps(block: Curve, scale: Scale) -> Iterator[str]:
    """Days on which no series has a number, hatched; those on which some are held back, dotted."""
    states = _states(block)
    for state, run in groupby(range(len(states)), key=lambda at: states[at]):
        days = list(run)
        if state != "known":
            x, frame = scale.x(days[0] - 0.5), scale.frame
            yield rect(x, frame.y, scale.column * len(days), frame.height, f"url(#{state})")


def _states(block: Curve) -> list[str]:
    """Of each day: "known" where any series has a number, else "suppressed" where one is held back, else "missing"."""
    told = ({series.numbers[at].state for series in block.series} for at in range(len(block.days)))
    return ["known" if {"value", "zero"} & day else "suppressed" if "suppressed" in day else "missing" for day in told]


def _marks(block: Curve, scale: Scale, lang: Lang) -> Iterator[str]:
    bars = block.series[:1] if block.kind == "bars" else ()
    for one in bars:
        yield from _bars(one, scale)
        yield from _line(means(one), scale, paper.INK, "")
    for one in block.series[len(bars) :]:
        values = [None if n.value is None else n.value * _factor(n.form) for n in one.numbers]
        yield from _line(values, scale, one.colour, _DASHES[one.dash])
        yield from _crosses(one, block, scale)
    yield from _lasts(block, scale, lang)


def _bars(series: Series, scale: Scale) -> Iterator[str]:
    wide = scale.column * (0.74 if scale.column > 1.2 else 0.92)
    base = scale.y(0)
    for at, number in enumerate(series.numbers):
        if number.value is None:
            continue
        y = scale.y(number.value * _factor(number.form))
        yield rect(scale.x(at) - wide / 2, min(y, base) - 0.15, wide, max(abs(base - y), 0.15) + 0.15, series.colour)


def means(series: Series) -> list[float | None]:
    """The mean of a day and the six before it; None where one of them has no number."""
    values = [number.value for number in series.numbers]
    found: list[float | None] = []
    for at in range(len(values)):
        week = values[max(at - MEAN_DAYS + 1, 0) : at + 1]
        known = [value for value in week if value is not None]
        found.append(sum(known) / MEAN_DAYS if len(known) == MEAN_DAYS else None)
    return found


def _line(values: Sequence[float | None], scale: Scale, colour: str, dash: str) -> Iterator[str]:
    """A line that is broken where there is no number; a number alone between gaps is a dot."""
    known = [(at, value) for at, value in enumerate(values) if value is not None]
    for _, run in groupby(enumerate(known), key=lambda pair: pair[1][0] - pair[0]):
        points = [(scale.x(at), scale.y(value)) for _, (at, value) in run]
        yield circle(*points[0], 0.45, colour) if len(points) == 1 else line(points, colour, 0.5, dash)


def _crosses(series: Series, block: Curve, scale: Scale) -> Iterator[str]:
    """On the axis, where this series lacks a number that another has."""
    y = scale.frame.y + scale.frame.height - 0.9
    for at in _lacking(series, block):
        yield from _cross(scale.x(at), y, series.colour)


def _lacking(series: Series, block: Curve) -> list[int]:
    """The days on which a series lacks a number that another has."""
    known = [at for at, state in enumerate(_states(block)) if state == "known"]
    return [at for at in known if series.numbers[at].value is None]


def _cross(x: float, y: float, colour: str) -> Iterator[str]:
    yield line([(x - 0.5, y - 0.5), (x + 0.5, y + 0.5)], colour, 0.2)
    yield line([(x - 0.5, y + 0.5), (x + 0.5, y - 0.5)], colour, 0.2)


def _lasts(block: Curve, scale: Scale, lang: Lang) -> Iterator[str]:
    """The last known number of each series, written at its place where there is room."""
    ink = Ink(8 * POINT, paper.INK, bold=True, halo="#ffffff")
    taken: list[float] = []
    for series in block.series:
        known = [at for at, number in enumerate(series.numbers) if number.value is not None]
        if not known:
            continue
        number = series.numbers[known[-1]]
        y = scale.y((number.value or 0.0) * _factor(number.form))
        if any(abs(y - other) < 1.25 * ink.size for other in taken):
            continue
        taken.append(y)
        words = plain(number, lang)
        reach = scale.frame.x + scale.frame.width - width_of(words, ink.size) / 2 + 2.5
        yield text(min(scale.x(known[-1]), reach), y - 1.2, words, ink, "middle")


def _legend(block: Curve, lang: Lang, y: float) -> Iterator[str]:
    """What each mark means, in one line from the left."""
    x = 0.5
    for kind, colour, dash, words in _keys(block, lang):
        yield from _key(kind, colour, dash, x, y)
        x += {"line": 7.2, "cross": 2.4}.get(kind, 5.2)
        yield text(x, y, words, paper.PLAIN)
        x += width_of(words, paper.PLAIN.size) + 4.0


def _key(kind: str, colour: str, dash: str, x: float, y: float) -> Iterator[str]:
    if kind == "line":
        yield line([(x, y - 1.0), (x + 6.0, y - 1.0)], colour, 0.5, dash)
    elif kind == "cross":
        yield from _cross(x + 0.6, y - 1.0, colour)
    elif kind == "bar":
        yield rect(x, y - 2.2, 4.0, 2.4, colour)
    else:
        yield rect(x, y - 2.2, 4.0, 2.4, f"url(#{kind})", paper.SOFT, 0.1)


def _keys(block: Curve, lang: Lang) -> Iterator[tuple[str, str, str, str]]:
    """(kind of mark, colour, dash, words) of each series, and of the gaps that there are."""
    for at, one in enumerate(block.series):
        bar = block.kind == "bars" and at == 0
        yield ("bar" if bar else "line"), one.colour, _DASHES[one.dash], one.name
        if bar:
            yield "line", paper.INK, "", paper.say("mean", lang)
    states = set(_states(block))
    yield from ((state, "", "", paper.say(state, lang)) for state in ("missing", "suppressed") if state in states)
    if any(_lacking(one, block) for one in block.series):
        yield "cross", paper.INK, "", paper.say("lacking", lang)
