"""Tables of flows: what a day's file says stands, until a later one says otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from data.flows import UNDATED, FlowDay
from grid.flows.book import FlowBook
from tests.tiny import DAYS, Knobs, Town

HEADS = ["日期", "出发地", "目的地", "人数", "占比", "方式"]
ONE, TWO = DAYS[0], DAYS[1]


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Town]:
    made = Town(tmp_path, database_url, Knobs(sources=()))
    yield made
    made.store.close()


def rows(table: FlowDay) -> set[tuple[str, str, float, float]]:
    words = table.words
    return {
        (words[o], words[d], people, -1 if share != share else share)
        for o, d, _, people, share in table.rows.tolist()
        if people == people
    }


def test_places_inside_go_by_code_and_others_by_name(town: Town) -> None:
    town.add("flows", "flows")
    told = [
        (ONE, "安城市", "北山市", 10, None, None),
        (ONE, "东江区", "990102", 7, None, "铁路"),
        (ONE, "北山市", "安城市", 3, None, None),
    ]
    town.write(
        "flows", HEADS, [*told, (ONE, "北山市", "安城市", 4, None, None), (ONE, "安城市", "南海市", None, None, None)]
    )
    town.build()
    assert town.loads() == [("flows", 4, 1)]
    (table,) = town.store.flow_days("flows", town.store.version())
    assert rows(table) == {("990000", "北山市", 10, -1), ("990101", "990102", 7, -1), ("北山市", "990000", 7, -1)}
    reject = town.store.rejects(town.store.version())[0]
    assert (reject.row, reject.why) == (6, "empty")


def test_a_later_file_is_the_whole_truth_of_its_days(town: Town) -> None:
    town.add("flows", "flows")
    town.write("flows", HEADS, [(day, "安城市", "北山市", 10, None, None) for day in (ONE, TWO)])
    town.build()
    before = town.store.version()
    town.write("flows", HEADS, [(TWO, "安城市", "南海市", 5, None, None)])
    town.build()
    now = town.store.flow_days("flows", town.store.version())
    assert [(table.day, rows(table)) for table in now] == [
        (ONE, {("990000", "北山市", 10, -1)}),
        (TWO, {("990000", "南海市", 5, -1)}),
    ]
    then = town.store.flow_days("flows", before, TWO, TWO)
    assert [rows(table) for table in then] == [{("990000", "北山市", 10, -1)}]


def test_rows_that_replace_rows_leave_the_others(town: Town) -> None:
    town.add("flows", "flows", 'replaces = "row"')
    town.write("flows", HEADS, [(ONE, "安城市", "北山市", 10, None, None), (ONE, "安城市", "南海市", 5, None, None)])
    town.build()
    town.write("flows", HEADS, [(ONE, "安城市", "南海市", 6, None, None), (ONE, "安城市", "西陵市", 1, None, None)])
    town.build()
    (table,) = town.store.flow_days("flows", town.store.version())
    expected = {("990000", "北山市", 10, -1), ("990000", "南海市", 6, -1), ("990000", "西陵市", 1, -1)}
    assert rows(table) == expected


def test_every_kind_is_kept(town: Town) -> None:
    town.add("index", "flow_index")
    town.write(
        "index", ["日期", "城市", "指数", "方向"], [(ONE, "安城市", "0.2", "迁出"), (ONE, "安城市", "0.1", "迁入")]
    )
    town.add("traced", "traced")
    town.write("traced", ["日期", "流向", "流出", "已找到"], [(ONE, "北山市", 9, 8)])
    town.add("elsewhere", "elsewhere", 'crs = "GCJ-02"\ncolumns = { code = "代码" }')
    town.write("elsewhere", ["城市", "代码", "人口", "经度", "纬度"], [("北山市", "980100", 5000, 111.0, 31.0)])
    town.add("there", "elsewhere_cases")
    town.write("there", ["日期", "城市", "累计确诊"], [(ONE, "980100", 4), (TWO, "北山市", 6)])
    town.build()
    assert [(taken, rejected) for _, taken, rejected in town.loads()] == [(2, 0), (1, 0), (1, 0), (2, 0)]
    assert town.store.flow_days("elsewhere", town.store.version())[0].day == UNDATED
    book = FlowBook(town.view(), [])
    (city,) = book.others
    assert (city.name, city.code, city.people) == ("北山市", "980100", 5000)
    assert 0 < abs(city.lon - 111) < 0.02
    days, cases = book.cases()
    assert len(days) == 2
    assert cases[:, -1].tolist() == [4, 6]
    number = (ONE - dt.date(1970, 1, 1)).days
    assert (book.index(0)[number], book.index(0, inward=True)[number]) == (0.2, 0.1)
    found = book.traced(TWO)
    assert found is not None
    assert found[0] == ONE
    assert (found[1][0][1].left, found[1][0][1].found) == (9, 8)
    assert np.isnan(found[1][0][1].tested)


@pytest.mark.parametrize(
    ("share", "why"), [("101", "too_big"), ("-1", "negative"), ("多", "not_a_number"), ("12.5%", None)]
)
def test_a_share_is_per_cent(town: Town, share: str, why: str | None) -> None:
    town.add("flows", "flows", "max_bad_share = 1")
    good = (ONE, "安城市", "北山市", None, "20", None)
    town.write("flows", HEADS, [good, (ONE, "安城市", "南海市", None, share, None)])
    town.build()
    rejects = [reject.why for reject in town.store.rejects(town.store.version())]
    assert rejects == ([why] if why else [])
