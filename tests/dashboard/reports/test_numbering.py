"""Numbers of headings, against the standard's own examples and numerals counted out by hand."""

from __future__ import annotations

import pytest

from dashboard.reports.numbering import annex, chinese, item, label, main_parts
from tests.dashboard.reports import specimen


def test_chinese_numerals_to_ninety_nine() -> None:
    ones = "一二三四五六七八九"
    counted = [*ones, "十", *(f"十{one}" for one in ones)]
    for ten in ones[1:]:
        counted += [f"{ten}十", *(f"{ten}十{one}" for one in ones)]
    assert [chinese(number) for number in range(1, 100)] == counted
    assert chinese(100) == "100"


@pytest.mark.parametrize(
    ("path", "zh", "en"),
    [
        ((2,), "二、", "2. "),
        ((1, 12), "（十二）", "1.12 "),
        ((3, 1, 4), "4.", "3.1.4 "),
        ((3, 1, 4, 2), "（2）", "(2) "),
        ((3, 1, 4, 2, 9), "（9）", "(9) "),
    ],
)
def test_headings_by_depth(path: tuple[int, ...], zh: str, en: str) -> None:
    assert label(path, "zh") == zh
    assert label(path, "en") == en


def test_items_are_always_of_a_lower_order_than_their_heading() -> None:
    order = ["一、", "（一）", "1.", "（1）"]
    for depth in range(1, 4):
        assert order.index(item(1, depth, "zh")) >= depth
    assert item(1, 3, "en") == "(1) "


def test_one_annex_alone_has_no_number() -> None:
    assert [annex(1, 1, "zh"), annex(2, 3, "zh"), annex(1, 1, "en"), annex(2, 3, "en")] == [
        "附件",
        "附件2",
        "Annex",
        "Annex 2",
    ]


def test_annexes_are_not_among_the_numbered_parts() -> None:
    assert [path for path, _ in main_parts(specimen.report("zh"))] == [(1,), (2,), (2, 1), (2, 2), (2, 2, 1), (3,)]
