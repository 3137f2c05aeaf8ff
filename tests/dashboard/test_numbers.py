"""Numbers as officials read them."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import numbers
from grid.measures import MEASURES

UNITS = {"万": 1e4, "亿": 1e8, "k": 1e3, "M": 1e6, "bn": 1e9, "": 1}


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (0, "0", "0"),
        (9_999, "9,999", "9,999"),
        (10_000, "1.00万", "10.0k"),
        (12_345, "1.23万", "12.3k"),
        (379_000, "37.9万", "379k"),
        (24_890_000, "2,489万", "24.9M"),
        (1_400_000_000, "14.0亿", "1.40bn"),
        (-12_345, "−1.23万", "−12.3k"),
    ],
)
def test_large_numbers_in_both_languages(value: float, zh: str, en: str) -> None:
    assert (numbers.short(value, "zh"), numbers.short(value, "en")) == (zh, en)


@given(st.integers(-(10**11), 10**11), st.sampled_from(["zh", "en"]))
def test_short_is_the_number_to_three_digits(value: int, lang: str) -> None:
    text = numbers.short(value, "zh" if lang == "zh" else "en")
    found = re.fullmatch(r"(−?)([\d,.]+)(\D*)", text)
    assert found is not None
    read = float(found[2].replace(",", "")) * UNITS[found[3]] * (-1 if found[1] else 1)
    assert abs(read - value) <= abs(value) * 0.00501


@pytest.mark.parametrize(("value", "text"), [(0.5, "+50%"), (-0.042, "−4.2%"), (0.0, "0%"), (1.5, "+150%")])
def test_growth_is_signed_per_cent(value: float, text: str) -> None:
    assert numbers.number(value, MEASURES["growth"], "zh") == text


def test_nought_has_no_sign_and_no_decimals() -> None:
    assert numbers.signed(-0.0) == "0"
    assert numbers.signed(-0.001, 1) == "0.0"
    assert numbers.number(0.0, MEASURES["incidence_7d"], "en") == "0"


def test_change_of_a_share_is_in_points() -> None:
    assert numbers.change(0.2, 0.25, MEASURES["growth"], "zh") == "+5.0 个百分点"
    assert numbers.change(10, 12, MEASURES["positives"], "en") == "+20%"
    assert numbers.change(0, 137, MEASURES["positives"], "zh") == "+137"


def test_days_in_both_languages() -> None:
    day = dt.date(2022, 4, 13)
    assert (numbers.day_text(day, "zh"), numbers.weekday(day, "zh")) == ("2022年4月13日", "周三")
    assert (numbers.day_text(day, "en"), numbers.weekday(day, "en")) == ("13 Apr 2022", "Wed")


@pytest.mark.parametrize(
    ("minutes", "zh", "en"),
    [
        (0, "0 分", "0 min"), (0.5, "不到 1 分", "<1 min"), (119, "119 分", "119 min"), (120, "2.0 小时", "2.0 h"),
        (600, "10 小时", "10 h"), (2879, "48 小时", "48 h"), (2880, "2.0 天", "2.0 d"), (40_000, "28 天", "28 d"),
    ],
)  # fmt: skip
def test_how_long_something_took(minutes: float, zh: str, en: str) -> None:
    assert (numbers.duration(minutes, "zh"), numbers.duration(minutes, "en")) == (zh, en)
