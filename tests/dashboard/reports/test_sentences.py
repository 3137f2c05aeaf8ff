"""Printed sentences add up: each is read back from its text, in both languages, and held to the numbers it was made of."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.queries.cite import cite
from dashboard.reports import writing
from dashboard.reports.model import Number
from dashboard.reports.sentences import Noun, Part, agreed, breakdown, compared, fill, split, state_of
from data.words import Lang

ZH = Noun("新增阳性感染者", "例", "new infection", "new infections")
NAMES = [f"{sign}区" for sign in "甲乙丙丁戊己庚辛壬癸"]


def number(value: float | None, state: str = "") -> Number:
    return Number(value, state or state_of(value), cite("measure", name="positives"))


def told(whole: Number, parts: list[Number], lang: Lang, most: int = 5) -> str:
    named = [Part(str(n), NAMES[n], one) for n, one in enumerate(parts)]
    made = split(whole, named, lambda way, codes: cite("parts", way, named=",".join(codes)), most)
    return writing.line(breakdown(made, ZH, lang), lang)


def say(whole: float | None, parts: list[float | None], lang: Lang) -> str:
    return told(number(whole), [number(one) for one in parts], lang)


# by hand -------------------------------------------------------------------------------------------


def test_parts_that_cancel_out_do_not_hide_what_has_no_place() -> None:
    assert say(1, [4, -2, -2], "zh").endswith("甲区4例，其他−4例，未定位到区1例")
    assert say(1, [4, -2, -2], "en") == "1 new infection: 4 in 甲区, −4 elsewhere; 1 not located to a district"


@pytest.mark.parametrize(
    ("whole", "parts", "zh", "en"),
    [
        (22, [9, 5, 2, 1, 1, 1, 3], "新增阳性感染者22例，其中甲区9例、乙区5例、庚区3例、丙区2例、丁区1例，其他2例",
         "22 new infections: 9 in 甲区, 5 in 乙区, 3 in 庚区, 2 in 丙区, 1 in 丁区, 2 elsewhere"),
        (16, [9, 5, 2], "新增阳性感染者16例，其中甲区9例、乙区5例、丙区2例", "16 new infections: 9 in 甲区, 5 in 乙区, 2 in 丙区"),
        (1, [0, 1], "新增阳性感染者1例，均在乙区", "1 new infection, all in 乙区"),
        (0, [0, 0], "无新增阳性感染者", "No new infections"),
        (0, [0, None], "无新增阳性感染者，另有1个区未报", "No new infections; 1 district not reported"),
        (None, [None, None], "新增阳性感染者未报，另有2个区未报", "New infections: not reported; 2 districts not reported"),
        (None, [3, None], "新增阳性感染者未报，已报各区合计3例，均在甲区，另有1个区未报",
         "New infections: not reported; reported districts together 3, all in 甲区; 1 district not reported"),
        (9, [4, 2], "新增阳性感染者9例，其中甲区4例、乙区2例，未定位到区3例",
         "9 new infections: 4 in 甲区, 2 in 乙区; 3 not located to a district"),
        (9, [4, None], "新增阳性感染者9例，其中甲区4例，未分到区5例，另有1个区未报",
         "9 new infections: 4 in 甲区; 5 not told by district, 1 district not reported"),
        (7, [0, 0], "新增阳性感染者7例，均未定位到区", "7 new infections, none of them located to a district"),
        (5, [4, 2], "新增阳性感染者5例，其中甲区4例、乙区2例，各区合计与总数相差−1例，待核对",
         "5 new infections: 4 in 甲区, 2 in 乙区; whole less districts −1, to be checked"),
        (1234, [1234], "新增阳性感染者1,234例，均在甲区", "1,234 new infections, all in 甲区"),
        (3, [], "新增阳性感染者3例", "3 new infections"),
    ],
)  # fmt: skip
def test_sentences_as_an_office_writes_them(whole: float | None, parts: list[float | None], zh: str, en: str) -> None:
    assert say(whole, parts, "zh") == zh
    assert say(whole, parts, "en") == en


def test_suppressed_is_said_and_nothing_is_told_that_would_give_it_back() -> None:
    hidden = number(None, "suppressed")
    assert told(hidden, [number(1), hidden], "zh") == "新增阳性感染者隐去"
    assert told(hidden, [number(1), hidden], "en") == "New infections: suppressed"
    said = told(number(10), [number(7), hidden, hidden], "zh")
    assert said == "新增阳性感染者10例，其中甲区7例，另有2个区隐去"
    assert told(number(10), [number(7), hidden], "en") == "10 new infections: 7 in 甲区; 1 district suppressed"


def test_one_part_too_many_has_a_name_and_is_no_other() -> None:
    assert told(number(6), [number(1)] * 6, "zh", most=5).count("1例") == 6
    assert "其他2例" in told(number(7), [number(1)] * 7, "zh", most=5)


def test_a_change_says_more_less_same_and_nothing_to_compare() -> None:
    by, share = number(3), replace(number(0.12), form="growth")
    size = replace(number(3), unit="例")
    assert writing.line(compared(by, size, share, "4月6日", "zh"), "zh") == "较4月6日增加3例（+12%）"
    less = replace(number(-3), value=-3.0)
    assert writing.line(compared(less, size, number(None), "6 April", "en"), "en") == "3例 fewer than on 6 April"
    assert writing.line(compared(number(0), number(0), number(None), "4月6日", "zh"), "zh") == "与4月6日持平"
    assert "无从比较" in writing.line(compared(number(None), number(None), number(None), "4月6日", "zh"), "zh")


def test_units_agree_in_number_and_fall_away_with_the_number() -> None:
    assert [agreed("case|cases", number(n)) for n in (0, 1, 2, None)] == [" cases", " case", " cases", " cases"]
    assert agreed("例", number(1)) == "例"
    about = replace(number(1), value=0.8, form="rate")
    assert writing.line(fill("about {n:case|cases}", n=about), "en") == "about 1 case"
    assert writing.line(fill("共{n:例}。", n=number(None)), "zh") == "共未报。"
    assert writing.line(fill("{n:case|cases}.", n=number(None)), "en") == "not reported."


# 10,000 sentences ----------------------------------------------------------------------------------

TEN_THOUSAND = settings(max_examples=10_000, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])

#: A part as one small integer, which hypothesis draws quickly: 0 not told, 1 suppressed, 2 and 3 nought, 4 less than
#: nought, else a number; and how the sentence is made as another.
drawn_parts = st.lists(st.integers(0, 40), max_size=9)
KINDS = ("known", "known", "known", "missing", "suppressed")


def _part(drawn: int) -> Number:
    if drawn < 2:
        return number(None, ("missing", "suppressed")[drawn])
    return number({2: 0, 3: 0, 4: -2}.get(drawn, (drawn - 4) ** 3 if drawn > 30 else drawn - 4))


def _ints(pattern: str, text: str) -> list[int]:
    return [int(found.replace(",", "").replace("−", "-")) for found in re.findall(pattern, text)]


N = r"(−?[\d,]*\d)"


@TEN_THOUSAND
@given(drawn_parts, st.integers(0, 5 * 6 * 2 * 40 - 1))
def test_what_is_printed_adds_up(drawn: list[int], how: int) -> None:
    how, kind = divmod(how, len(KINDS))
    how, most = divmod(how, 6)
    rest, at = divmod(how, 2)
    lang: Lang = ("zh", "en")[at]
    rest = max(0, rest - 20) ** 2 if rest > 12 else rest - 6
    parts = [_part(one) for one in drawn]
    known = [int(one.value) for one in parts if one.value is not None]
    total = sum(known) + rest
    head = {"known": number(total), "missing": number(None), "suppressed": number(None, "suppressed")}[KINDS[kind]]
    text = told(head, parts, lang, most + 1)

    if KINDS[kind] == "suppressed":
        assert not re.search(r"\d", text)
        return
    silent, hidden = drawn.count(0), drawn.count(1)
    assert sum(_ints(rf"{N}个区未报" if lang == "zh" else rf"{N} districts? not reported", text)) == silent
    assert sum(_ints(rf"{N}个区隐去" if lang == "zh" else rf"{N} districts? suppressed", text)) == hidden
    assert ("无新增" in text or text.startswith("No new")) == (KINDS[kind] == "known" and total == 0)
    assert ("感染者未报" in text or "infections: not reported" in text) == (KINDS[kind] == "missing")
    if KINDS[kind] == "known" and total:
        _adds_up(text, lang, total, known, hidden)


def _adds_up(text: str, lang: Lang, total: int, known: list[int], hidden: int) -> None:
    """The whole, the named, the others and what has no place, as they stand in the text."""
    whole = _ints(rf"感染者{N}例" if lang == "zh" else rf"^{N} new infections?", text)
    named = _ints(rf"[甲乙丙丁戊己庚辛壬癸]区{N}例" if lang == "zh" else rf"{N} in [甲乙丙丁戊己庚辛壬癸]区", text)
    others = _ints(rf"其他{N}例" if lang == "zh" else rf"{N} elsewhere", text)
    places = rf"(?:未定位到区|未分到区|总数相差){N}例", rf"{N} not (?:located to|told by)"
    beyond = _ints(places[lang == "en"], text) + _ints(rf"whole less districts {N}", text)
    assert whole == [total]
    if "均在" in text or "all in" in text:
        named = [total]
    if "均未定位" in text or "none of them located" in text:
        beyond = [total]
    assert sum(named) + sum(others) == sum(known)
    if known and not hidden:  # of no part anything is told: there is nothing to add up
        assert sum(named) + sum(others) + sum(beyond) == total
