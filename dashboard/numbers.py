"""How numbers and days are written: 万 and 亿 in Chinese, k and M in English, signs, digits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from data.words import Lang
from grid.measures import Measure

MINUS = "−"  # U+2212: as wide as a plus, so that columns of figures stay in line

_STEPS: Mapping[Lang, tuple[tuple[float, str], ...]] = {
    "zh": ((1e8, "亿"), (1e4, "万")),
    "en": ((1e9, "bn"), (1e6, "M"), (1e4, "k")),
}
_DIVISORS = {"k": 1e3}

WEEKDAYS: Mapping[Lang, str] = {"zh": "一二三四五六日", "en": "Mon Tue Wed Thu Fri Sat Sun"}
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def plain(value: float, digits: int = 0) -> str:
    """Every digit, in groups of three: 12,345.6."""
    text = f"{abs(value):,.{digits}f}"
    return MINUS + text if value < 0 and any(digit in "123456789" for digit in text) else text


def short(value: float, lang: Lang, digits: int = 0) -> str:
    """At most about four digits: 9,999, 1.23万 or 12.3k, 2,489万 or 24.9M."""
    size = abs(value)
    for least, word in _STEPS[lang]:
        if size >= least * (1 - 5e-5):
            part = value / _DIVISORS.get(word, least)
            return plain(part, _digits(part)) + word
    return plain(value, digits)


def _digits(part: float) -> int:
    """Three significant digits below a hundred; whole above."""
    return 2 if abs(part) < 9.995 else 1 if abs(part) < 99.95 else 0


_SPANS: Mapping[Lang, tuple[str, str, str, str]] = {
    "zh": ("不到 1 分", "分", "小时", "天"),
    "en": ("<1 min", "min", "h", "d"),
}


def duration(minutes: float, lang: Lang) -> str:
    """How long something took, in two digits or so: 75 分, 3.5 小时, 4.2 天 or 75 min, 3.5 h, 4.2 d."""
    least, *units = _SPANS[lang]
    if 0 < minutes < 1:
        return least
    for unit, size, most in zip(units, (1, 60, 1440), (120, 2880, float("inf")), strict=True):
        if minutes < most:
            part = minutes / size
            return f"{plain(part, 1 if size > 1 and part < 9.95 else 0)} {unit}"
    raise AssertionError(minutes)


def signed(value: float, digits: int = 0) -> str:
    """With its sign: +3, −2, 0."""
    text = plain(value, digits)
    return text if text.startswith(MINUS) or not any(d in "123456789" for d in text) else f"+{text}"


def number(value: float, made: Measure, lang: Lang) -> str:
    """A measure's value without its unit, short: growth as a signed share, shares in per cent."""
    if made.form == "growth":
        return signed(value * 100, _percent_digits(value)) + "%"
    if made.form == "share":
        return plain(value, made.digits if value else 0) + "%"
    return short(value, lang, made.digits) if value else "0"


def _percent_digits(share: float) -> int:
    """A tenth of a per cent matters below ten per cent, not above."""
    return 1 if 0 < abs(share) < 0.0995 else 0


def exact(value: float, made: Measure) -> str:
    """The same with every digit."""
    if made.form in ("growth", "share"):
        return number(value, made, "en")
    return plain(value, made.digits)


def change(before: float, now: float, made: Measure, lang: Lang) -> str:
    """By how much a value changed: points for shares and growth, else per cent, or the difference."""
    if made.form in ("growth", "share"):
        return points(now - before, made, lang)
    if in_percent(before, now):
        return relative((now - before) / before)
    return difference(now - before, made, lang)


def in_percent(before: float, now: float) -> bool:
    """Whether a change is told in per cent: not from nought, and not where it is ten times and more."""
    return before > 0 and abs(now - before) / before < 10


def points(change: float, made: Measure, lang: Lang) -> str:
    """A change of a share or growth in points."""
    size = change * (100 if made.form == "growth" else 1)
    digits = 0 if abs(size) >= 10 else 1 if abs(size) >= 1 else 2
    return signed(size, digits) + (" 个百分点" if lang == "zh" else " points")


def relative(share: float) -> str:
    """A change as a part of what was before."""
    return signed(share * 100, 0 if abs(share) >= 0.1 else 1) + "%"


def difference(change: float, made: Measure, lang: Lang) -> str:
    """A change in the measure's own unit."""
    return ("+" if change > 0 else "") + short(change, lang, made.digits)


def unit(made: Measure, lang: Lang) -> str:
    """The unit as it stands beside a number; per cent is part of the number."""
    return "" if made.form in ("growth", "share") else made.unit(lang)


def painter_format(made: Measure) -> dict[str, Any]:
    """The same rule for the numbers that the map writes (``value_format``); the unit stands in its heading."""
    if made.form == "growth":
        return {"digits": 0, "scale": 100, "suffix": "%"}
    if made.form == "share":
        return {"digits": made.digits, "suffix": "%"}
    return {"digits": made.digits}


def day_text(day: dt.date, lang: Lang, *, year: bool = True) -> str:
    """2022年4月13日 or 13 Apr 2022; without ``year`` 4月13日 or 13 Apr."""
    if lang == "zh":
        return f"{day.year}年{day.month}月{day.day}日" if year else f"{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]}" + (f" {day.year}" if year else "")


def weekday(day: dt.date, lang: Lang) -> str:
    """周三 or Wed."""
    if lang == "zh":
        return "周" + WEEKDAYS["zh"][day.weekday()]
    return WEEKDAYS["en"].split()[day.weekday()]
