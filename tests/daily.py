"""A small city whose daily table came for fifteen days without a fault: numbers that come one by one."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from data.city import read_city
from data.settings import make_home, read_home
from data.store import Store
from grid.build import build
from tests import tiny
from tests.tiny import Knobs, write_csv

SOURCE = """
[[source]]
name = "daily"
kind = "cases"
title = "日报"
title_en = "Daily table"
path = "in/daily*"
received = "daily_%Y%m%dT%H%M"
columns = { day = "日期", code = "街道代码", count = "人数", status = "类别" }
"""
HEADING = ["日期", "街道代码", "类别", "人数"]
FIRST = dt.date(2022, 3, 1)
STREETS = list(tiny.STREETS)
CLEAN = 15

Table = dict[str, int]


def numbers(day: int) -> Table:
    """What each street reports on a day: three very different streets, as streets are."""
    random = np.random.default_rng(day)
    return {street: int(random.poisson(mean)) for street, mean in zip(STREETS, (80, 12, 150, 30, 260), strict=True)}


def name_of(day: int) -> str:
    """What the table of a day is called: it comes the next morning."""
    return f"daily_{FIRST + dt.timedelta(days=day + 1):%Y%m%d}T0800.csv"


def write(folder: Path, day: int, table: Mapping[str, int], heading: list[str] = HEADING) -> Path:
    """The table of a day."""
    rows = [(FIRST + dt.timedelta(days=day), street, "确诊", n) for street, n in table.items()]
    return write_csv(folder / name_of(day), heading, rows)


def make(folder: Path) -> Path:
    """The home of the city, with its folder of the inbox."""
    path = tiny.tiny_city(folder / "city", Knobs(sources=("population",)))
    path.write_text(path.read_text("utf-8") + SOURCE, "utf-8")
    for day in range(CLEAN):
        write(path.parent / "in", day, numbers(day))
    settings = make_home(folder / "home", path)
    store = Store.create(settings.database)
    built = build(store, read_city(path), settings.secret)
    assert [(outcome.error, list(outcome.faults)) for outcome in built.outcomes] == [(None, [])] * (CLEAN + 1)
    store.close()
    (folder / "home/inbox/daily").mkdir(parents=True)
    return folder / "home"


def copy(made: Path, folder: Path) -> Path:
    """A home of its own, to be written to."""
    shutil.copytree(made.parent, folder, dirs_exist_ok=True)
    settings = folder / "home/settings.toml"
    settings.write_text(settings.read_text("utf-8").replace(str(made.parent), str(folder)), "utf-8")
    assert str(made.parent) not in read_home(folder / "home").database
    return folder / "home"


def send(home: Path, table: Mapping[str, int], day: int = CLEAN, heading: list[str] = HEADING) -> Path:
    """A table of a day in the inbox."""
    return write(home / "inbox/daily", day, table, heading)


def jumped(table: Mapping[str, int]) -> Table:
    """Nine times as many."""
    return {street: n * 9 for street, n in table.items()}
