"""What the files of earlier loads tell of some persons, against a loop over their rows."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import numpy as np
import pytest

from data.code_days import NO_DAY
from data.days import day_number
from data.store import sqlite_url
from data.terms import ISOLATIONS
from grid.codes import Asked, person_keys
from grid.ground import Ground
from grid.histories import Histories
from tests import tiny
from tests.tiny import DAYS, Knobs, Town

CELL = tiny.cells()[0]
PERSONS = [f"p{n}" for n in range(12)]


def keys_of(words: list[str]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    return person_keys(np.array(words, dtype=object))


def days_of(days: list[dt.date]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return np.array([day_number(day) for day in days], np.int32)


@pytest.mark.parametrize("text", ["", 'where = [{ column = "日期", drop = ["-"] }]', "days_to = 2022-03-06"])
@pytest.mark.parametrize("seed", range(3))
def test_known_is_what_a_loop_over_the_rows_finds(tmp_path: Path, seed: int, text: str) -> None:
    chance = random.Random(seed)
    town = Town(tmp_path, sqlite_url(tmp_path / "x.db"), Knobs(sources=()))
    tests = [(chance.choice(DAYS), chance.choice(PERSONS), chance.choice(["阴性", "阳性"]), CELL) for _ in range(60)]
    contacts = [(chance.choice(DAYS), chance.choice(PERSONS), "密接", CELL) for _ in range(8)]
    stays = [(chance.choice(DAYS), chance.choice(PERSONS), CELL) for _ in range(8)]
    town.write("tests", ["日期", "假名", "结果", "h3"], tests)
    town.write("contacts", ["日期", "假名", "类型", "h3"], contacts)
    town.write("stays", ["日期", "假名", "h3"], stays)
    for name in ("tests", "contacts", "stays"):
        town.add(name, name, text if name == "tests" else "")
    town.build()
    told = Histories.known(Ground(town.store, town.city, town.view().geography, tiny.SECRET), town.store.version())
    assert told is not None
    rows = [(p, chance.choice(DAYS), chance.choice(DAYS)) for p in [*PERSONS, *PERSONS, "nobody"]]
    words, since, proof = zip(*rows, strict=True)
    day = DAYS[7]
    known = told(Asked(keys_of(list(words)), days_of(list(since)), days_of(list(proof))), day)
    last = min(day, dt.date(2022, 3, 6)) if "days_to" in text else day
    for n, (person, began, enough) in enumerate(rows):
        negative = sorted(d for d, p, result, _ in tests if p == person and result == "阴性" and d <= last)
        telling = [d for d in negative if d >= enough][:1] or negative[-1:]
        positive = [d for d, p, result, _ in tests if p == person and result == "阳性" and d <= last]
        met = [d for d, p, *_ in contacts if p == person and d <= day]
        seen = [(d, p) for d, p, *_ in contacts] + [(d, p) for d, p, _ in stays]
        exposed = [d for d, p in seen if p == person and d <= min(began, day)]
        found = [known.negative[n], known.positive[n], known.contact[n], known.exposed[n]]
        wanted: list[list[dt.date]] = [telling, positive, met, exposed]
        assert found == [max(map(day_number, days), default=NO_DAY) for days in wanted]
    assert (known.tests, known.stays, told.notes) == (True, True, [])
    town.store.close()


def test_isolation_is_looked_up(tmp_path: Path) -> None:
    town = Town(tmp_path, sqlite_url(tmp_path / "x.db"), Knobs(sources=()))
    rows = [
        ("p1", "集中", DAYS[0], DAYS[2], CELL),
        ("p1", "居家", DAYS[3], None, CELL),
        ("p2", "集中", DAYS[8], None, CELL),
    ]
    town.write("isolation", ["假名", "隔离方式", "开始日期", "结束日期", "h3"], rows)
    town.add("isolation", "isolation")
    town.build()
    told = Histories.known(Ground(town.store, town.city, town.view().geography, tiny.SECRET), town.store.version())
    assert told is not None
    start, kind = told.isolated(keys_of(["p2", "p1"]), DAYS[5])
    assert start.tolist() == [NO_DAY, day_number(DAYS[3])]
    assert list(ISOLATIONS)[kind[1]] == "home"
    known = told(Asked(keys_of(["p1"]), days_of([DAYS[0]]), days_of([DAYS[0]])), DAYS[5])
    assert (known.tests, known.stays) == (False, False)
    town.store.close()


def test_a_city_without_ledgers_of_persons_has_no_histories(tmp_path: Path) -> None:
    town = Town(tmp_path, sqlite_url(tmp_path / "x.db"), Knobs(sources=("population",)))
    town.build()
    assert Histories.known(Ground(town.store, town.city, town.view().geography, tiny.SECRET), 99) is None
    town.store.close()
