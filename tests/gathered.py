"""A small city with nets and forms: arrivals from files, fever clinics through the inbox, calls that never came."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from dashboard.commands.inbox import once
from dashboard.queries import Desk
from data.city import read_city
from data.settings import make_home, read_home
from data.store import Store
from grid.build import build
from grid.cube import Cube
from tests import tiny
from tests.tiny import Knobs, write_csv

STREETS = [*tiny.STREETS, *tiny.UNDRAWN]
FIRST = dt.date(2022, 3, 1)
DAYS = [FIRST + dt.timedelta(days=n) for n in range(10)]
LAST = DAYS[-1]

SOURCES = """
[[source]]
name = "arrivals"
kind = "arrivals"
title = "来市登记"
title_en = "Arrivals"
path = "in/arrivals*"
received = "arrivals_%Y%m%dT%H%M"
columns = { day = "日期", code = "街道代码", count = "人数" }

[[source]]
name = "fever"
kind = "fever_clinics"
title = "发热门诊"
title_en = "Fever clinics"
path = "in/fever*"
received = "fever_%Y%m%dT%H%M"
columns = { day = "日期", code = "街道代码", count = "人次" }

[[source]]
name = "calls"
kind = "calls"
path = "in/calls*"

[[source]]
name = "forms"
kind = "forms"
title = "表单清单"
title_en = "Forms"
path = "in/forms*"
received = "forms_%Y%m%dT%H%M"
max_bad_share = 0.5
"""

HEADINGS = ["表单", "部门", "字段", "频次", "填报层级", "耗时", "填报份数", "纸质", "区划代码"]
#: One form of the whole city's six streets: four hours a day; one of the first street alone: half an hour.
FORMS: list[tuple[str, ...]] = [
    *(("日报", "甲局", field, "每日", "街道", "8", "30", "是", "") for field in ("姓名", "手机", "现住址", "体温")),
    *(("台账", "乙局", field, "每日", "街道", "3", "10", "否", STREETS[0]) for field in ("真实姓名", "居住证编码")),
    ("台账", "乙局", "备注", "每日", "街道", "3", "10", "否", STREETS[0]),
    ("坏表", "丙局", "姓名", "偶尔", "街道", "3", "10", "否", ""),
]


def number(day: int, street: int) -> int:
    """People on a day in a street: those of the first are small numbers."""
    return 1 + 40 * street + day % 3


def home(folder: Path) -> Path:
    """Its home: arrivals and forms were built from their files, the visits came through the inbox."""
    path = tiny.tiny_city(folder / "city", Knobs(sources=("population",)))
    path.write_text(path.read_text("utf-8") + SOURCES, "utf-8")
    files, came = path.parent / "in", f"{LAST + dt.timedelta(days=1):%Y%m%d}T0800"
    rows = [(day, street, number(n, at)) for n, day in enumerate(DAYS) for at, street in enumerate(STREETS)]
    write_csv(files / f"arrivals_{came}.csv", ["日期", "街道代码", "人数"], rows)
    write_csv(files / f"forms_{came}.csv", HEADINGS, FORMS)
    settings = make_home(folder / "home", path)
    store = Store.create(settings.database)
    built = build(store, read_city(path), settings.secret)
    assert [outcome.error for outcome in built.outcomes] == [None] * 3
    store.close()
    send(folder / "home", len(STREETS))
    assert [one.state for one in once(folder / "home", 0.0)] == ["loaded"]
    return folder / "home"


def send(made: Path, streets: int) -> None:
    """The visits of all days in the first so many streets, put into the inbox."""
    rows = [(day, street, number(n, at)) for n, day in enumerate(DAYS) for at, street in enumerate(STREETS[:streets])]
    write_csv(
        made / "inbox/fever" / f"fever_{LAST + dt.timedelta(days=1):%Y%m%d}T0900.csv",
        ["日期", "街道代码", "人次"],
        rows,
    )


def opened(made: Path) -> Desk:
    """Its desk."""
    settings = read_home(made)
    desk = Desk(Cube(Store.open(settings.database), read_city(settings.city)))
    desk.home = made
    return desk
