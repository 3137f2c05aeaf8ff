"""Fields that ask for the same: seventeen forms with planted duplicates, all of which are found and no others."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from data.burden import Item, groups
from data.burden.alike import THRESHOLD, alike
from data.burden.names import meaning
from data.burden.synonyms import ROLES, THINGS, TURNS
from tests.data.burden import planted

INVENTORY = planted.inventory()
WANTED = {name: thing for name, thing in planted.THINGS.items() if thing}


def test_all_planted_duplicates_are_found_and_none_is_false() -> None:
    found = groups(INVENTORY)
    wanted: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for field, thing in WANTED.items():
        wanted[thing].add(field)
    got = {frozenset((item.form, item.field) for item in group.items) for group in found}
    assert len(planted.SHEETS) == 17
    assert got == set(map(frozenset, wanted.values()))


def test_furniture_is_no_field() -> None:
    assert {item.field for item in INVENTORY if meaning(item.field).furniture} == {
        field for (_, field), thing in planted.THINGS.items() if not thing}  # fmt: skip


def test_the_threshold_lies_between_what_belongs_together_and_what_does_not() -> None:
    fields = [(field, thing, meaning(field[1])) for field, thing in WANTED.items()]
    near: list[tuple[float, str, str]] = []
    far: list[tuple[float, str, str]] = []
    for (_, thing, one), (_, other, two) in combinations(fields, 2):
        if one != two and (one.role, one.turns) == (two.role, two.turns):
            score = fuzz.ratio(one.text, two.text)
            (near if thing == other else far).append((score, one.text, two.text))
    kept_apart = [pair for pair in far if pair[0] >= THRESHOLD]
    unlike = max(score for score, *_ in far if score < THRESHOLD)
    assert min(near)[0] == pytest.approx(85.714, abs=0.001)
    assert unlike <= 75 < THRESHOLD < min(near)[0]
    assert kept_apart, "the traps are none without a pair that only its difference keeps apart"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("姓名", "联系人姓名"), ("联系人姓名", "紧急联系人姓名"), ("入境日期", "离境日期"), ("密接姓名", "次密接姓名"),
        ("户籍地址", "现住址"), ("疫苗第一针接种日期", "疫苗第二针接种日期"), ("中风险地区旅居史", "高风险地区旅居史"),
        ("14天内旅居史", "28天内旅居史"), ("隔离开始日期", "隔离结束日期"), ("首次接触日期", "末次接触日期"),
        ("到达时间", "出发时间"), ("境内旅居史", "境外旅居史"), ("上午体温", "下午体温"), ("体温", "体重"),
        ("工作单位", "工作单位电话"), ("父亲姓名", "母亲姓名"), ("核酸检测结果", "核酸检测日期"), ("护照号", "身份证号"),
    ],
)  # fmt: skip
def test_near_words_of_other_things_are_kept_apart(one: str, other: str) -> None:
    items = [Item("甲表", "甲局", one), Item("乙表", "乙局", other)]
    assert len(groups(items)) == 2


def test_the_same_word_about_something_else_is_another_field() -> None:
    found = groups([Item("甲", "甲局", "联系电话"), Item("乙", "乙局", "联系电话", subject="enterprise")])
    assert len(found) == 2


def test_no_chain_of_small_steps_joins_fields() -> None:
    names = ["物资领用台账", "物资领用账", "物资用账"]
    keys = [("person", meaning(name)) for name in names]
    assert alike(keys[0], keys[1])
    assert alike(keys[1], keys[2])
    assert not alike(keys[0], keys[2])
    assert len(groups([Item(name, "局", name) for name in names])) == 2


# --- other wordings --------------------------------------------------------------------------------------

_NUMBERS = ("", "1. ", "12、", "③", "(2)", "*")
_BEFORE = ("", "请填写", "您的", "（必填）", "当前", "请输入您的", "本人")
_AFTER = ("", "：", " (必填)", "（请如实填写）", "信息", "情况", "【选填】", "(单位：元)", "？", "*")
_FULL = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789()/:"}


@st.composite
def worded(draw: st.DrawFn) -> tuple[Item, str]:
    """A field of the seventeen forms on an eighteenth form, in other words; and the thing that it asks for."""
    (form, field), thing = draw(st.sampled_from(list(WANTED.items())))
    before = draw(st.sampled_from(_NUMBERS)) + draw(st.sampled_from(_BEFORE))
    said = before + field + draw(st.sampled_from(_AFTER)) + draw(st.sampled_from(_AFTER))
    said = said.translate(_FULL) if draw(st.booleans()) else said
    said = draw(st.sampled_from([said, f" {said}\u3000", " ".join(said)]))
    subject = next(sheet.subject for sheet in planted.SHEETS if sheet.form == form)
    return Item("第十八张表", "统计局", said, subject=subject), thing


@given(worded())
def test_a_field_in_other_words_is_found_and_joins_no_other(told: tuple[Item, str]) -> None:
    item, thing = told
    group = next(group for group in groups([*INVENTORY, item]) if item in group.items)
    assert {WANTED[one.form, one.field] for one in group.items if one != item} == {thing}


@given(st.permutations(INVENTORY))
def test_the_order_of_an_inventory_changes_nothing(items: list[Item]) -> None:
    assert {frozenset(group.items) for group in groups(items)} == {frozenset(g.items) for g in groups(INVENTORY)}


# --- the table -------------------------------------------------------------------------------------------


def test_no_word_of_the_table_has_two_meanings() -> None:
    words = [word for line in (*ROLES, *TURNS, *THINGS) for word in line]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("line", THINGS, ids=lambda line: line[0])
def test_every_synonym_means_the_first_word_of_its_line(line: tuple[str, ...]) -> None:
    assert len({meaning(word) for word in line}) == 1


def test_things_are_kept_apart_from_each_other() -> None:
    found = groups(Item(line[0], "局", line[0]) for line in THINGS)
    assert len(found) == len(THINGS)


def test_everybody_has_a_name_of_their_own() -> None:
    found = groups(Item(line[0], "局", f"{line[0]}姓名") for line in ROLES)
    assert len(found) == len(ROLES)


def test_dates_of_every_turn_are_kept_apart() -> None:
    found = groups(Item(line[0], "局", f"{line[0]}日期") for line in TURNS)
    assert len(found) == len(TURNS)
