"""Heihe in October 2021, as files: six counties, 54 cases of which 25 in 爱辉区, and everybody's code set to yellow.

The counties, the number of inhabitants (128.6 万), the cases and the order are as they were published; how the people
are spread over counties, places of stay and exposure is made up here, and planted, so that every answer is known.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from data.city import read_city
from data.store import Store, sqlite_url
from grid.build import build
from grid.cube import Cube

Day = dt.date

DAY = Day(2021, 10, 31)
CITY = "231100"
COUNTIES = {
    "231102": "爱辉区", "231123": "逊克县", "231124": "孙吴县", "231181": "北安市", "231182": "五大连池市", "231183": "嫩江市",
}  # fmt: skip

#: Registered people who are at home in their county; those in another county; those out of the city.
HOME = {"231102": 160_000, "231123": 70_000, "231124": 66_000, "231181": 290_000, "231182": 236_000, "231183": 240_000}
MOVED = {"231102": 4_321, "231123": 2_000, "231124": 1_500, "231181": 1_000, "231182": 1_000, "231183": 723}
AWAY = {"231102": 41_234, "231123": 22_222, "231124": 20_000, "231181": 50_000, "231182": 40_000, "231183": 40_000}
REGISTERED = 1_286_000

#: People registered elsewhere who are in 爱辉区.
GUESTS = 30_000

#: Exposed: at home in 爱辉区, of those registered there who are out of the city, of its guests.
EXPOSED_HOME, EXPOSED_AWAY, EXPOSED_GUESTS = 6_543, 321, 210

CASES = {Day(2021, 10, 27): (1, 0), Day(2021, 10, 28): (4, 5), Day(2021, 10, 29): (9, 9), Day(2021, 10, 30): (6, 8)} | {
    DAY: (5, 7)
}
SEALED, YELLOW, AGAIN = "2021-1", "2021-2", "2021-3"


def presence() -> list[tuple[str, str, str, int]]:
    """(registered, place or 市外, exposed, people)."""
    rows = []
    for code, name in COUNTIES.items():
        exposed = (EXPOSED_HOME, EXPOSED_AWAY) if code == "231102" else (0, 0)
        rows += [(name, name, "否", HOME[code] - exposed[0]), (name, name, "是", exposed[0])]
        rows += [(name, "市外", "否", AWAY[code] - exposed[1]), (name, "市外", "是", exposed[1])]
        rows.append((name, "爱辉区" if name != "爱辉区" else "北安市", "否", MOVED[code]))
    return [*rows, ("哈尔滨市", "爱辉区", "否", GUESTS - EXPOSED_GUESTS), ("哈尔滨市", "爱辉区", "是", EXPOSED_GUESTS)]


def _write(path: Path, heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heading, *rows])


def write(folder: Path) -> Path:
    """The city's files; returns its city file."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "counties.csv", ["code", "name"], COUNTIES.items())
    _write(folder / "population.csv", ["code", "count"], HOME.items())
    per_day = [(day, n) for day, n in CASES.items()]
    cases = [(day, "爱辉区", "确诊", here) for day, (here, _) in per_day]
    cases += [(day, "北安市", "确诊", rest) for day, (_, rest) in per_day if rest]
    _write(folder / "cases.csv", ["日期", "区", "类别", "人数"], cases)
    people = [
        (DAY, reg, "" if where == "市外" else where, "是" if where == "市外" else "否", exposed, n)
        for reg, where, exposed, n in presence()
        if n
    ]
    _write(folder / "presence.csv", ["日期", "户籍地", "区", "人在市外", "有暴露", "人数"], people)
    notices = [
        (SEALED, "爱辉区居民小区封闭管理", "市指挥部", Day(2021, 10, 28), Day(2021, 10, 28), "", "现居区域", "爱辉区", ""),
        (YELLOW, "黑河户籍居民健康码转为黄码", "市指挥部", Day(2021, 10, 30), Day(2021, 10, 30), "", "户籍", "黑河市", "黄码"),
        (AGAIN, "爱辉区户籍居民健康码转为黄码", "市指挥部", DAY, DAY, DAY, "户籍", "爱辉区", "黄码"),
    ]  # fmt: skip
    _write(
        folder / "notices.csv",
        ["文号", "标题", "发布单位", "发布日期", "开始日期", "结束日期", "范围方式", "区域", "码色"],
        notices,
    )
    path = folder / "city.toml"
    path.write_text(_CITY, "utf-8")
    return path


_CITY = f"""
[city]
code = "{CITY}"
name = "黑河市"
name_en = "Heihe"

[[level]]
id = "district"
codes = {{ file = "counties.csv" }}

[[source]]
name = "population"
kind = "population"
path = "population.csv"

[[source]]
name = "cases"
kind = "cases"
path = "cases.csv"
columns = {{ district = "区" }}

[[source]]
name = "presence"
kind = "presence"
path = "presence.csv"
columns = {{ district = "区" }}

[[source]]
name = "notices"
kind = "notices"
path = "notices.csv"
columns = {{ area = "区域" }}
"""


def cube(folder: Path) -> Cube:
    """Heihe, built from its files by the loaders."""
    city = read_city(write(folder / "city"))
    store = Store.create(sqlite_url(folder / "heihe.db"))
    built = build(store, city, "0123456789abcdef")
    assert [outcome.error for outcome in built.outcomes] == [None] * len(city.sources)
    assert not any(outcome.rejected for outcome in built.outcomes)
    return Cube(store, city)
