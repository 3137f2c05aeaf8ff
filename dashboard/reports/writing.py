"""How a report prints its numbers: every digit, per cent, signs; 未报 and 隐去 where there is no number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from dashboard import numbers
from dashboard.reports.model import Number, Run
from data.terms import STATES
from data.words import Lang

#: What stands where a number has no value; zero in a table is a nought (a sentence says it in words).
_WORDS: Mapping[str, tuple[str, str]] = {"missing": ("未报", "not reported"), "suppressed": ("隐去", "suppressed")}


def text(run: Run, lang: Lang) -> str:
    """A run as it is printed: a text as it is, a number with its unit."""
    if isinstance(run, str):
        return run
    return plain(run, lang) + (run.unit if run.value is not None else "")


def plain(number: Number, lang: Lang) -> str:
    """A number without its unit: every digit, 12.3% for shares and parts, +10% for growth; the state's word where it
    has no value."""
    if number.value is None:
        assert number.state in STATES
        return _WORDS[number.state][0 if lang == "zh" else 1]
    if number.form == "growth":
        return numbers.signed(number.value * 100, number.digits) + "%"
    value = number.value * 100 if number.form == "part" else number.value
    body = numbers.plain(value, number.digits if value else 0)
    return body + "%" if number.form in ("share", "part") else body


def line(runs: tuple[Run, ...], lang: Lang) -> str:
    """A sentence as plain text."""
    return "".join(text(run, lang) for run in runs)


def day(value: dt.date, lang: Lang) -> str:
    """A day as documents write it: 2022年4月13日, 13 April 2022."""
    if lang == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {value:%B} {value.year}"
