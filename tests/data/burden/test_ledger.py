"""What an inventory comes to, against numbers that are worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.burden import Item, ledger
from data.terms import FREQUENCIES
from tests.data.burden import planted


def _items() -> list[Item]:
    """One form a day with four fields of 8 minutes by 30 people (4 hours: one a field), one a week with two of them and
    one more of 21 minutes by 20 people (1 hour: a third of one a field), one as needed with one of them."""
    return [
        *(
            Item("日报", "甲局", field, "daily", minutes=8.0, people=30.0, paper=True)
            for field in ("姓名", "手机", "现住址", "体温", "备注")
        ),
        *(
            Item("周报", "乙局", field, "weekly", minutes=21.0, people=20.0, paper=False)
            for field in ("真实姓名", "联系电话", "民族")
        ),
        Item("申请", "丙局", "名字", "as_needed", minutes=5.0, people=3.0),
    ]


def test_the_sums_by_hand() -> None:
    made = ledger(_items())
    assert (made.askings, len(made.groups), made.repeats) == (8, 5, 3)
    assert made.once_only == pytest.approx(5 / 8)
    assert made.hours == pytest.approx(4 + 1)
    assert made.saved == pytest.approx(2 / 3)  # the daily askings stay, two of the week's three fields go
    assert made.saved_share == pytest.approx(2 / 15)
    assert (made.unknown, made.paper) == (1, 1)
    assert made.paper_share == pytest.approx(1 / 2)  # of two that say so
    assert made.between == 2


def test_each_form_by_hand() -> None:
    lines = {line.form: line for line in ledger(_items()).lines}
    assert {form: (line.fields, line.repeated) for form, line in lines.items()} == {
        "日报": (4, 2), "周报": (3, 2), "申请": (1, 1)}  # fmt: skip
    assert [lines[form].hours for form in ("日报", "周报", "申请")] == [pytest.approx(4), pytest.approx(1), None]
    assert [lines[form].saved for form in ("日报", "周报", "申请")] == [0, pytest.approx(2 / 3), None]
    assert (lines["日报"].overlap, lines["日报"].shared) == ("周报", 2)


def test_departments_share_fields() -> None:
    made = ledger([*_items(), Item("另表", "甲局", "本人姓名")])
    assert made.shared == {("丙局", "乙局"): 1, ("丙局", "甲局"): 1, ("乙局", "甲局"): 2, ("甲局", "甲局"): 1}


def test_nothing_is_no_score() -> None:
    made = ledger([])
    assert (made.once_only, made.hours, made.saved, made.saved_share, made.paper_share) == (None,) * 5
    assert (made.lines, made.groups, made.unknown) == ((), (), 0)


def test_a_form_whose_time_nobody_stated_is_unknown_and_not_nought() -> None:
    made = ledger([Item("甲", "局", "姓名"), Item("乙", "局", "姓名", minutes=3.0, people=2.0)])
    assert made.unknown == 1
    assert made.hours == pytest.approx(0.1)
    assert [line.saved for line in made.lines if line.form == "甲"] == [None]


def test_a_row_that_comes_twice_counts_once() -> None:
    assert ledger([*_items(), *_items()]) == ledger(_items())


def test_the_seventeen_forms_save_what_their_repeats_take() -> None:
    """The same hours worked out without the code: every planted thing stays where it is asked most often."""
    times = {"twice_daily": 2, "daily": 1, "weekly": 1 / 7}
    spent: dict[str, list[tuple[float, float, float | None]]] = {}
    for sheet in planted.SHEETS:
        asked = [thing for thing in sheet.fields.values() if thing]
        often = times.get(sheet.every, 0)
        known = often and sheet.minutes and sheet.people
        each = (sheet.minutes or 0) * (sheet.people or 0) * often / 60 / len(asked) if known else None
        for thing in asked:
            spent.setdefault(thing, []).append((often, each or 0.0, each))
    wanted = sum(sum(each or 0 for *_, each in found) - (max(found, key=lambda one: one[:2])[2] or 0)
                 for found in spent.values())  # fmt: skip
    assert ledger(planted.inventory()).saved == pytest.approx(wanted)
    assert wanted > 5


_ITEM = st.builds(
    Item,
    form=st.sampled_from(["甲表", "乙表", "丙表"]),
    department=st.sampled_from(["甲局", "乙局"]),
    field=st.sampled_from(["姓名", "手机", "联系电话", "体温", "备注", "离境日期", "入境日期", "统一社会信用代码"]),
    every=st.sampled_from(list(FREQUENCIES)),
    minutes=st.none() | st.floats(0, 100),
    people=st.none() | st.floats(0, 1000),
    paper=st.none() | st.booleans(),
)


@given(st.lists(_ITEM, max_size=30))
def test_parts_never_exceed_their_whole(items: list[Item]) -> None:
    made = ledger(items)
    assert made.askings == len(made.groups) + made.repeats == sum(line.fields for line in made.lines)
    assert (made.once_only or 0) <= 1
    assert 0 <= (made.saved or 0) <= (made.hours or 0) * (1 + 1e-9)
    assert all(line.saved is None or line.saved <= (line.hours or 0) * (1 + 1e-9) for line in made.lines)
    assert made.unknown + sum(line.hours is not None for line in made.lines) == len(made.lines)
