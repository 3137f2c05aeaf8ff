"""Notices come in, and are corrected by the next delivery of the same number."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from data.notices import Notice
from tests.tiny import DAYS, Knobs, Town

HEADS = ["文号", "标题", "发布单位", "发布日期", "开始日期", "结束日期", "范围方式", "区域", "码色", "规则", "text"]
FIRST = ("通告18号", "关于居家的通告", "市指挥部", DAYS[0], DAYS[1], DAYS[3])


def towns(folder: Path, url: str) -> Town:
    town = Town(folder, url, Knobs(sources=()))
    town.add("notices", "notices")
    return town


def notices(town: Town) -> list[Notice]:
    return town.store.notices(town.store.version())


def test_rows_of_one_number_are_one_notice(tmp_path: Path, database_url: str) -> None:
    town = towns(tmp_path, database_url)
    rest = ("户籍", "江口街道", "黄码", "zhengzhou-18", "东江区自即日起……")
    town.write(
        "notices",
        HEADS,
        [
            (*FIRST, *rest),
            (*FIRST, "户籍", "柳林街道", *rest[2:]),
            ("2号", None, None, None, DAYS[5], None, None, "990101", None, None, None),
        ],
    )
    town.build()
    one, two = notices(town)
    assert (one.number, one.title, one.authority) == FIRST[:3]
    assert (one.issued, one.start, one.stop) == (DAYS[0], DAYS[1], DAYS[3] + dt.timedelta(days=1))
    assert (one.scope, one.areas, one.colour, one.rule) == (
        "registration", ("990101001", "990102002"), "yellow", "zhengzhou-18",
    )  # fmt: skip
    assert one.text == "东江区自即日起……"
    assert (two.issued, two.stop, two.scope, two.areas, two.colour) == (DAYS[5], None, "area", ("990101",), "")
    assert town.loads() == [("notices", 3, 0)]
    assert (town.store.loads()[-1].first_day, town.store.loads()[-1].last_day) == (DAYS[1], DAYS[5])
    assert town.build().skipped == 1
    town.store.close()


def test_an_end_beyond_any_plan_is_none(tmp_path: Path, database_url: str) -> None:
    town = towns(tmp_path, database_url)
    end = dt.date(9999, 12, 31)
    town.write("notices", HEADS, [(*FIRST[:5], end, "区域", "江口街道", "红码", None, None)])
    town.build()
    assert town.loads() == [("notices", 1, 0)]
    assert [notice.stop for notice in notices(town)] == [None]
    town.store.close()


def test_a_corrected_notice_takes_the_place_of_the_earlier_one_and_that_stays_known(
    tmp_path: Path, database_url: str
) -> None:
    town = towns(tmp_path, database_url)
    town.write("notices", HEADS, [(*FIRST, "区域", "江口街道", "红码", None, None)])
    town.build()
    town.write("notices", HEADS, [(*FIRST[:4], DAYS[1], DAYS[2], "区域", "柳林街道", "黄码", None, None)])
    town.build()
    (now,) = notices(town)
    assert (now.areas, now.colour, now.stop) == (("990102002",), "yellow", DAYS[3])
    (then,) = town.store.notices(town.store.version() - 1)
    assert (then.areas, then.colour) == (("990101001",), "red")
    assert [now.holds(day) for day in DAYS[:4]] == [False, True, True, False]
    town.store.close()


@pytest.mark.parametrize(("area", "why"), [("火星区", "unknown_place"), (None, "no_place")])
def test_a_notice_of_nowhere_is_a_reject(tmp_path: Path, area: str | None, why: str) -> None:
    town = towns(tmp_path, f"sqlite:///{tmp_path / 'x.db'}")
    good = (*FIRST, "区域", "江口街道", "红码", None, None)
    town.write("notices", HEADS, [good, ("3号", *FIRST[1:], "区域", area, None, None, None)])
    town.build()
    (reject,) = town.store.rejects(2)
    assert (reject.row, reject.why) == (3, why)
    assert [notice.number for notice in notices(town)] == ["通告18号"]
    town.store.close()


def test_a_text_names_the_area_only_where_nothing_else_does(tmp_path: Path) -> None:
    town = towns(tmp_path, f"sqlite:///{tmp_path / 'x.db'}")
    town.write("notices", ["文号", "开始日期", "区域", "text"], [
        ("1", DAYS[0], "东江区", "江口街道实行静态管理"), ("2", DAYS[0], None, "东江区江口街道"),
    ])  # fmt: skip
    town.build()
    assert {notice.number: notice.areas for notice in notices(town)} == {"1": ("990101",), "2": ("990101001",)}
    town.store.close()


def test_headings_alone_are_a_load_of_nothing(tmp_path: Path) -> None:
    town = towns(tmp_path, f"sqlite:///{tmp_path / 'x.db'}")
    town.write("notices", HEADS, [])
    (outcome,) = town.build().outcomes
    assert (outcome.error, outcome.taken, notices(town)) == (None, 0, [])
    town.store.close()
