"""Personal columns are refused; areas, cells, counts, coordinates and days never are."""

from __future__ import annotations

import datetime as dt
import random

import h3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import PersonalData
from data.privacy import (
    SAMPLE,
    guard,
    has_mobile,
    has_resident_id,
    heading_says,
    is_name,
    is_resident_id,
    sample,
    values_say,
)


def resident_id(region: str = "310101", day: dt.date = dt.date(1980, 5, 17), number: int = 12) -> str:
    """An identity number by the rule of ISO 7064 MOD 11-2: 2**(17 - i) weights, remainder 1 in all."""
    body = f"{region}{day:%Y%m%d}{number:03d}"
    check = (1 - sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body))) % 11
    return body + ("X" if check == 10 else str(check))


@pytest.mark.parametrize(
    "heading",
    [
        "姓名", "患者姓名", "姓 名", "身份证", "身份证号码", "证件号", "手机", "手机号码", "联系电话", "电话",
        "护照号", "微信号", "邮箱",
        "家庭住址", "出生日期", "监护人", "name", "Name", "full_name", "patientName", "first name", "Surname",
        "phone", "Phone Number",
        "mobile", "tel", "id_card", "IDCard", "idNumber", "ID No.", "passport_no", "e-mail", "email", "WeChat",
        "date_of_birth", "cell phone",
    ],
)  # fmt: skip
def test_personal_headings(heading: str) -> None:
    assert heading_says(heading.replace(" ", "") if heading == "姓 名" else heading) is not None


@pytest.mark.parametrize(
    "heading",
    [
        "名称", "街道名称", "社区名", "区名称", "街道名字", "area_name", "district name", "zone_name", "name_zh",
        "小区名称", "日期", "数量",
        "手机信令数", "电话流调人数", "id", "cell", "cell_id", "code", "person", "hotel", "人数",
        "contact tracing count", "status", "证件数",
        "居住地址", "地址", "communitys", "telephone_count", "female", "detail", "纬度", "经度", "来源", "阳性感染者",
    ],
)  # fmt: skip
def test_plain_headings(heading: str) -> None:
    assert heading_says(heading) is None


@pytest.mark.parametrize(
    ("heading", "field"), [("name", "district"), ("name", "name"), ("住址", "text"), ("门牌", "community")]
)
def test_mapping_to_a_place_speaks_for_weak_words(heading: str, field: str) -> None:
    assert heading_says(heading) is not None
    assert heading_says(heading, {field}) is None


def test_mapping_does_not_excuse_strong_words() -> None:
    assert heading_says("身份证号", {"person"}) is not None
    assert heading_says("手机号", {"text"}) is not None


def test_identity_numbers() -> None:
    assert is_resident_id("11010519491231002X")  # the example of GB 11643-1999
    assert not is_resident_id("110105194912310021")
    assert not is_resident_id("99010519491231002X")
    assert not is_resident_id("11010519491331002X")


@given(
    st.sampled_from(["11", "31", "61", "65"]),
    st.integers(0, 9999),
    st.dates(dt.date(1900, 1, 1), dt.date(2020, 1, 1)),
    st.integers(0, 999),
)
def test_every_identity_number_is_seen(province: str, county: int, day: dt.date, number: int) -> None:
    written = resident_id(f"{province}{county:04d}", day, number)
    assert values_say([written]) is not None
    assert values_say([f"患者{written.lower()}，女"]) is not None


@given(st.integers(13_000_000_000, 19_999_999_999).filter(lambda n: str(n)[1] != "2"))
def test_every_mobile_number_is_seen(number: int) -> None:
    text = str(number)
    for written in (
        text,
        f"+86 {text}",
        f"{text[:3]}-{text[3:7]}-{text[7:]}",
        f"电话{text}。",
        f"{text[:3]} {text[3:7]} {text[7:]}",
    ):
        assert has_mobile(written), written


def test_older_identity_numbers_are_seen_in_bulk() -> None:
    people = [resident_id(day=dt.date(1950 + n % 40, 1 + n % 12, 1 + n % 28), number=n) for n in range(50)]
    old = [number[:6] + number[8:17] for number in people]
    assert values_say(old) is not None
    assert values_say(old, {"cell"}) is None


@given(st.lists(st.from_regex(r"[1-8][0-9]{5}(0[0-9]{2}|[1-5][0-9]{2})[0-9]{3}", fullmatch=True), min_size=1))
def test_area_codes_are_none(codes: list[str]) -> None:
    assert values_say(codes) is None
    assert values_say([code[:9] for code in codes]) is None
    assert values_say([code[:6] for code in codes]) is None


@given(st.floats(18, 53), st.floats(74, 135), st.integers(4, 11))
def test_cells_are_none(lat: float, lon: float, resolution: int) -> None:
    index = h3.latlng_to_cell(lat, lon, resolution)
    near = h3.grid_disk(index, 3)
    assert values_say(near) is None
    assert values_say([str(int(each, 16)) for each in near]) is None


def test_grid_codes_of_fifteen_digits_are_none() -> None:
    grids = [
        f"1101{d:02d}{s:03d}{c:03d}{g:03d}"
        for d in range(1, 9)
        for s in range(1, 20)
        for c in range(1, 9)
        for g in range(1, 6)
    ]
    assert values_say(grids) is None


@given(st.lists(st.one_of(
    st.integers(0, 2_000_000_000).map(str), st.floats(-180, 180).map(repr), st.dates().map(str),
    st.dates().map("{:%Y%m%d}".format),
    st.datetimes().map(str), st.datetimes(dt.datetime(1900, 1, 1)).map("{:%Y%m%d%H%M%S}".format), st.uuids().map(str),
    st.floats(100, 130).map("{:.11f}".format), st.from_regex(r"[0-9a-f]{32}", fullmatch=True),
)))  # fmt: skip
def test_counts_coordinates_days_and_hashes_are_none(values: list[str]) -> None:
    assert values_say(values) is None


def test_random_long_numbers_are_none() -> None:
    dice = random.Random(1)
    assert values_say([str(dice.randrange(10**17, 10**18)) for _ in range(SAMPLE)]) is None
    assert values_say([str(dice.randrange(10**14, 10**15)) for _ in range(SAMPLE)]) is None


def test_shapes_are_never_looked_at() -> None:
    assert values_say(["POLYGON ((139 1234 5678))"], {"geometry"}) is None


def test_one_telephone_among_few_texts_is_enough_and_among_many_is_not() -> None:
    assert values_say([*map(str, range(50)), "13812345678"]) is not None
    assert values_say([*map(str, range(500)), "13812345678"]) is None


def test_guard_names_the_column_and_keeps_the_value_to_itself() -> None:
    columns = {"日期": np.array(["2022-03-05"], dtype=object), "备注": np.array([resident_id()], dtype=object)}
    with pytest.raises(PersonalData) as caught:
        guard("x.csv", columns, {}, [])
    assert "备注" in caught.value.say("zh")
    assert resident_id() not in caught.value.say("zh") + caught.value.say("en") + repr(caught.value.values)
    guard("x.csv", columns, {}, [" 备注 "])


def test_sample_is_spread_over_all_lines() -> None:
    cells = np.array([str(n) for n in range(100_000)] + [None], dtype=object)
    numbers = sorted(map(int, sample(cells)))
    assert len(numbers) <= SAMPLE
    assert numbers[0] == 0
    assert numbers[-1] > 99_000
    assert has_resident_id(resident_id())


@pytest.mark.parametrize("name", ["张伟", "欧阳锋", "买买提·艾力", "Zhang Wei", "J. Smith", "Anna Maria Li"])
def test_names_are_no_pseudonyms(name: str) -> None:
    assert is_name(name) is (name != "J. Smith")
    if is_name(name):
        assert values_say(["a1b2", "P0003", name], {"person"}) is not None
        assert values_say(["a1b2", name], {"index"}) is not None
        assert values_say([name, name], {"authority"}) is None


@given(st.lists(st.one_of(
    st.uuids().map(str), st.from_regex(r"[0-9a-f]{16,64}", fullmatch=True), st.from_regex(r"P-?[0-9]{1,9}", fullmatch=True),
    st.integers(0, 2**63).map(str).filter(lambda text: len(text) not in (11, 15, 18)), st.from_regex(r"[A-Za-z0-9+/]{22}==", fullmatch=True),
)))  # fmt: skip
def test_pseudonyms_pass(words: list[str]) -> None:
    assert values_say(words, {"person"}) is None
    assert heading_says("人员假名", {"person"}) is None
    assert heading_says("pseudonym", {"person"}) is None


def test_identity_numbers_and_telephones_are_no_pseudonyms() -> None:
    assert values_say([resident_id(number=n) for n in range(9)], {"person"}) is not None
    assert values_say([f"1391234{n:04}" for n in range(9)], {"person"}) is not None


SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
WORDS = (
    "流调",
    "购房人",
    "转运专班",
    "密接",
    "储户",
    "高校",
    "高风险",
    "黄码",
    "常住",
    "方舱",
    "石桥街道",
    "江口",
    "第一批",
    "城中村",
    "学生",
    "马场",
    "何家村",
    "工地人员",
    "境外",
    "车间",
    "徐汇区",
    "林场",
)


@pytest.mark.parametrize("field", ["evidence", "batch", "group"])
def test_words_of_a_ledger_that_are_mostly_names_are_refused(field: str) -> None:
    names = [surname + given for surname in SURNAMES for given in ("伟", "秀英")]
    assert values_say(names, {field}) is not None
    assert values_say([*names, *WORDS], {field}) is not None
    assert values_say(["张三丰", "李小四", "王五", "欧阳修", "赵六"], {field}) is not None
    assert values_say(names, {"text"}) is None


def test_words_of_a_ledger_pass_even_where_a_name_stands_among_them() -> None:
    assert values_say(WORDS, {"group"}) is None
    for word in WORDS:
        assert values_say([word], {"group"}) is None
    assert values_say(["张三丰", "流调"], {"evidence"}) is None
    assert values_say([*WORDS, "张伟", "李娜", "王芳"], {"evidence"}) is None
    assert values_say([f"流调{n}号" for n in range(30)], {"evidence"}) is None
