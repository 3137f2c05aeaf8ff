"""Supplies, isolation places and workers: what a day's file says, by area."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grid.stock_rows import spelt
from tests.tiny import DAYS, Knobs, Town

ONE, TWO = DAYS[0], DAYS[1]
SUPPLIES = ["日期", "区域", "物资", "单位", "库存", "日消耗"]


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Town]:
    made = Town(tmp_path, database_url, Knobs(sources=()))
    yield made
    made.store.close()


def told(town: Town, kind: str, day: object = None) -> list[tuple[object, ...]]:
    tables = [table for table in town.store.flow_days(kind, town.store.version()) if day in (None, table.day)]
    return [
        tuple(None if v != v else v for v in row) for table in tables for row in spelt(table).itertuples(index=False)
    ]


def test_stores_of_one_area_are_added_up_and_silence_stays_silence(town: Town) -> None:
    town.add("supplies", "supplies")
    rows = [
        (ONE, "江口街道", "口罩", "只", 100, 10),
        (ONE, "江口街道", "口罩", "只", 50, 5),
        (ONE, "东江镇", "口罩", "只", 70, 3),
        (ONE, "东江镇", "口罩", "只", 30, None),
        (ONE, "990102", "防护服", None, 0, 0),
        (ONE, "东江区", "防护服", None, -3, 1),
    ]
    town.write("supplies", SUPPLIES, rows)
    town.build()
    assert town.loads() == [("supplies", 5, 1)]
    assert told(town, "supplies") == [
        ("990101001", "口罩", "只", 150, 15),
        ("990101002", "口罩", "只", 100, None),
        ("990102", "防护服", "", 0, 0),
    ]


def test_a_later_file_is_the_whole_truth_of_its_days_or_of_its_rows(town: Town) -> None:
    heads = ["日期", "区域", "场所", "房间数", "已用房间"]
    for name, more in (("whole", ""), ("rows", 'replaces = "row"')):
        town.add(name, "places", more)
        town.write(name, heads, [(ONE, "江口街道", "东风旅馆", 40, 12), (TWO, "江口街道", "东风旅馆", 40, None)])
        town.build()
        town.write(name, heads, [(TWO, "东江镇", "江畔宾馆", 25, 0)])
        town.build()
    kept = ("990101001", "东风旅馆", 40, None)
    new = ("990101002", "江畔宾馆", 25, 0)
    assert told(town, "places", ONE) == [("990101001", "东风旅馆", 40, 12)] * 2
    assert sorted(told(town, "places", TWO), key=str) == sorted([new, kept, new], key=str)


def test_workers_of_an_area_are_those_of_its_last_row(town: Town) -> None:
    town.add("workers", "workers")
    heads = ["日期", "区域", "在岗人数", "每人每日可办件数"]
    town.write("workers", heads, [(ONE, "江口街道", 4, 20), (ONE, "江口街道", 6, None), (ONE, "西山区", 0, 15)])
    town.build()
    assert told(town, "workers") == [("990101001", 6, None), ("990102", 0, 15)]
