"""Widths of columns: no figure is broken, headings stand on one line where there is room, nothing is lost or gained."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.reports import writing
from dashboard.reports.drawing.svg import width_of
from dashboard.reports.model import Column, Table
from dashboard.reports.writers.columns import lines_of, needed, widths
from data.words import Lang
from tests.dashboard.reports import specimen

SIZE, SIDE = 10.0, 5.0
langs = st.sampled_from(["zh", "en"])
words = st.text(alphabet="封控区内人口 people days 123", min_size=1, max_size=30)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    heads = draw(
        st.lists(st.builds(Column, words, st.booleans(), st.sampled_from([0.5, 1.0, 2.0])), min_size=1, max_size=8)
    )
    rows = tuple(
        tuple(draw(words) if one.left else specimen.number(draw(st.integers(0, 10**8))) for one in heads)
        for _ in range(draw(st.integers(0, 3)))
    )
    return Table("t", "表", tuple(heads), rows)


def test_days_have_room_for_the_gaps_between_figures_and_chinese() -> None:
    table = Table("t", "表", (Column("起", left=True),), (("4月16日",),))
    gaps = 3 * 0.25 * SIZE
    assert needed(table, SIZE, 1000.0, SIDE, "zh")[0] >= width_of("4月16日", SIZE) + gaps + 2 * SIDE


@given(table=tables(), whole=st.floats(100, 1000), lang=langs)
def test_columns_fill_the_whole_width(table: Table, whole: float, lang: Lang) -> None:
    assert sum(widths(table, SIZE, whole, SIDE, lang)) == pytest.approx(whole)


@given(table=tables(), whole=st.floats(100, 1000), lang=langs)
def test_figures_stand_on_one_line_where_there_is_room(table: Table, whole: float, lang: Lang) -> None:
    if sum(needed(table, SIZE, whole, SIDE, lang)) > whole:
        return
    for place, (column, wide) in enumerate(zip(table.columns, widths(table, SIZE, whole, SIDE, lang), strict=True)):
        for row in table.rows:
            if not column.left:
                assert width_of(writing.text(row[place], lang), SIZE) <= wide - 2 * SIDE + 1e-6


def test_headings_get_the_room_that_is_left_before_anything_else() -> None:
    heads = (Column("区域", left=True, share=9.0), Column("封控区内人口数"), Column("例"))
    table = Table("t", "表", heads, (("甲", specimen.number(1), specimen.number(2)),))
    least, wished = (sum(needed(table, SIZE, 400.0, SIDE, "zh", n)) for n in (2, 1))
    assert least < wished
    tight = widths(table, SIZE, wished, SIDE, "zh")
    assert [lines_of(one.name, SIZE, wide - 2 * SIDE + 0.01, "zh") for one, wide in zip(heads, tight, strict=True)] == [
        1,
        1,
        1,
    ]


@given(table=tables(), lang=langs)
def test_a_table_is_not_stretched_beyond_what_it_may_be(table: Table, lang: Lang) -> None:
    wide = widths(table, SIZE, 5000.0, SIDE, lang, stretch=1.5)
    assert sum(wide) == pytest.approx(min(5000.0, 1.5 * sum(needed(table, SIZE, 5000.0, SIDE, lang, 1))))


@pytest.mark.parametrize(
    ("text", "lines"),
    [("aaaa bbbb", 1), ("aaaa bbbb cccc", 2), ("aaaaaaaaaaaaaaaaaaaa", 3), ("", 1), ("aaaaaaaa aaaaaaaa aaaaaaaa", 3)],
)
def test_english_breaks_between_words(text: str, lines: int) -> None:
    assert lines_of(text, 10.0, 60.0, "en") == lines


def test_chinese_breaks_anywhere() -> None:
    assert [lines_of("字" * n, 10.0, 105.0, "zh") for n in (1, 10, 11, 20, 21)] == [1, 1, 2, 2, 3]
