"""People by registration and presence: nobody is lost, nobody is counted twice."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import numpy as np

from data.presence import Presence
from tests import tiny
from tests.tiny import DAYS, Knobs, Town

HEADS = ["日期", "户籍地", "街道代码", "人在市外", "有暴露", "人数"]
REGISTERED = ["东江区", "990102", "柳林街道", "市外", "外省市", None]


def town_of(folder: Path, url: str, rows: list[tuple[object, ...]]) -> Town:
    town = Town(folder, url, Knobs(sources=()))
    town.add("presence", "presence", 'columns = { code = "街道代码" }')
    town.write("presence", HEADS, rows)
    town.build()
    return town


def told(number: int = 200) -> list[tuple[object, ...]]:
    chance = random.Random(number)
    found: list[tuple[object, ...]] = []
    for _ in range(number):
        away = chance.random() < 0.2
        street = None if away else chance.choice(list(tiny.STREETS))
        yes = chance.choice(["是", "否", None])
        found.append(
            (
                chance.choice(DAYS[:2]),
                chance.choice(REGISTERED),
                street,
                "是" if away else None,
                yes,
                chance.randrange(10_000),
            )
        )
    return found


def newest(town: Town) -> Presence:
    (found,) = town.store.presence(town.store.version())
    return found


def test_all_people_are_there_where_they_were_said_to_be(tmp_path: Path, database_url: str) -> None:
    rows = told()
    town = town_of(tmp_path, database_url, rows)
    found, view = newest(town), town.view()
    assert found.day == DAYS[1]
    areas = view.areas
    row_of = {"东江区": areas.row_of["990101"], "990102": areas.row_of["990102"], "柳林街道": areas.row_of["990102002"]}
    expected: Counter[tuple[int, str, bool]] = Counter()
    for day, registered, street, _, exposed, number in rows:
        if day == DAYS[1]:
            home = row_of.get(str(registered), -1 if registered else -2)
            expected[home, str(street or ""), exposed == "是"] += int(str(number))
    counted: Counter[tuple[int, str, bool]] = Counter()
    for each in found.rows:
        code = areas.code[view.leaves.area[each["leaf"]]] if each["leaf"] >= 0 else ""
        counted[int(each["registered"]), code, bool(each["exposed"])] += int(each["n"])
    assert counted == +expected
    assert len(np.unique(found.rows[["leaf", "registered", "exposed"]])) == len(found.rows)
    town.store.close()


def test_a_later_file_is_the_whole_truth_about_its_day(tmp_path: Path, database_url: str) -> None:
    town = town_of(tmp_path, database_url, told())
    town.write("presence", HEADS, [(DAYS[1], "市外", "990101001", None, "否", 5)])
    town.build()
    assert newest(town).rows["n"].tolist() == [5]
    assert len(town.store.presence(town.store.version() - 1)[0].rows) > 5
    town.store.close()


def test_people_of_nowhere_are_a_reject_unless_they_are_outside(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    town = town_of(
        tmp_path, url, [(DAYS[0], "市外", "990101001", "否", "否", 1), (DAYS[0], "东江区", None, None, "是", 2)]
    )
    (reject,) = town.store.rejects(2)
    assert (reject.row, reject.why) == (3, "no_place")
    assert newest(town).rows["n"].tolist() == [1]
    town.store.close()
