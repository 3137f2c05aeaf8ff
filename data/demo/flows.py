"""Deliveries about other cities: shares of destinations, indices, trips between districts, cases there, tracing; and
rules of travel of both sides."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from data.demo import abroad, toml
from data.demo.abroad import CITIES, HUBS, LISTED, PER_PERSON, SILENT, SPREAD, WATCHED, YEAR, Abroad
from data.demo.areas import PROVINCE, Town
from data.demo.clauses import called
from data.demo.moments import Calendar

Row = Sequence[object]

EVERY = 21  # days a file
SOURCES: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "flows": (
        "flows", "迁徙去向占比", "Shares of destinations",
        {"day": "日期", "origin": "出发地", "destination": "目的地", "share": "占比"},
    ),
    "index": (
        "flow_index", "迁徙规模指数", "Migration index", {"day": "日期", "place": "城市", "index": "迁徙规模指数"},
    ),
    "trips": (
        "flows", "区间出行人次", "Trips between districts",
        {"day": "日期", "origin": "出发区", "destination": "到达区", "people": "人次"},
    ),
    "elsewhere": (
        "elsewhere", "外地城市", "Other cities",
        {"name": "城市", "name_en": "英文名", "code": "代码", "people": "常住人口", "lon": "经度", "lat": "纬度"},
    ),
    "elsewhere-cases": (
        "elsewhere_cases", "外地累计确诊", "Cases of other cities",
        {"day": "日期", "place": "城市", "count": "累计确诊"},
    ),
    "traced": (
        "traced", "流出人员排查", "Tracing of people who left",
        {
            "day": "日期", "destination": "流向", "left": "应排查", "found": "已找到", "tested": "已检测",
            "cleared": "已排除",
        },
    ),
}  # fmt: skip


def code(city: int) -> str:
    """Area code of another city; no province has the number of the demo's."""
    return f"{PROVINCE}{city + 2:02}00"


def write_flows(town: Town, made: Abroad, calendar: Calendar, folder: Path) -> None:
    """CSV, a file every EVERY days; the list of cities once."""
    names, english = [name.zh for name, *_ in CITIES], [name.en for name, *_ in CITIES]
    lonlat = abroad.places().tolist()
    cities = [
        (name, english[at], code(at), people, *where)
        for at, (name, people, where) in enumerate(zip(names, abroad.residents().tolist(), lonlat, strict=True))
    ]
    _write("elsewhere", cities, folder, calendar.moment(-9, 10, 0))
    for first in range(0, town.size.days, EVERY):
        days = range(first, min(first + EVERY, town.size.days))
        told = calendar.morning(days[-1])
        _write("flows", _shares(town, made, calendar, days, names), folder, told)
        _write("index", _indices(town, made, calendar, days), folder, told)
        _write("trips", _trips(town, made, calendar, days), folder, told)
        _write("elsewhere-cases", _cases(made, calendar, days, names), folder, told)
    last = town.size.days - 1
    traced = zip(names, made.traced.tolist(), strict=True)
    rows = [(calendar.day(last), name, *map(_told, steps)) for name, steps in traced]
    _write("traced", rows, folder, calendar.morning(last))


def _told(number: int) -> object:
    return "" if number < 0 else int(number)


def _shares(town: Town, made: Abroad, calendar: Calendar, days: range, names: list[str]) -> Iterable[Row]:
    """The LISTED largest of the city, everything of the hubs."""
    everywhere = [*names, town.size.name]
    for day in days:
        share = np.round(100 * made.to[day] / max(1, made.travellers[day]), 2)
        for city in np.argsort(-share, kind="stable")[:LISTED].tolist():
            yield calendar.day(day), town.size.name, names[city], share[city]
        for hub in HUBS:
            for city in np.flatnonzero(made.pull[hub]).tolist():
                yield calendar.day(day), names[hub], everywhere[city], round(100 * made.pull[hub, city], 2)


def _indices(town: Town, made: Abroad, calendar: Calendar, days: range) -> Iterable[Row]:
    for day in days:
        yield calendar.day(day - YEAR), town.size.name, round(made.before[day] * PER_PERSON, 7)
        yield calendar.day(day), town.size.name, round(made.travellers[day] * PER_PERSON, 7)
        yield calendar.day(day), CITIES[HUBS[0]][0].zh, round(made.hub[day] * PER_PERSON, 7)


def _trips(town: Town, made: Abroad, calendar: Calendar, days: range) -> Iterable[Row]:
    names = [name.zh for name in town.districts.names]
    for day in days:
        for origin, destination in np.argwhere(made.inside[day]).tolist():
            yield calendar.day(day), names[origin], names[destination], int(made.inside[day, origin, destination])


def _cases(made: Abroad, calendar: Calendar, days: range, names: list[str]) -> Iterable[Row]:
    for day in days:
        for name, number in zip(names, made.reported[day].tolist(), strict=True):
            yield calendar.day(day), name, number


def _write(source: str, rows: Iterable[Row], folder: Path, moment: str) -> None:
    (folder / source).mkdir(parents=True, exist_ok=True)
    text = io.StringIO(newline="")
    csv.writer(text).writerows([list(SOURCES[source][3].values()), *rows])
    (folder / source / f"{source}_{moment}.csv").write_bytes(text.getvalue().encode("utf-8-sig"))


def write_travel(town: Town, calendar: Calendar, folder: Path) -> None:
    """Rules of travel: the city's own, and of two others, which do not agree with it; a city of a province leaves those
    to the province."""
    folder.mkdir(parents=True)
    near, far = CITIES[HUBS[1]][0], CITIES[4][0]
    start = calendar.date(-5).date()
    here, here_en = town.size.name, town.size.name_en
    _write_pack(
        folder,
        _pack(called(town.size.tag, "demo-home").removeprefix("demo-"), here, here_en, f"{town.size.prefix}00", start),
        _demand("leave", "离市须持48小时内阴性证明", "a negative test of the last 48 hours to leave", test_hours=48),
        _demand("return", "返市后再检测一次", "one more test after coming back", tests=1),
        _demand("return", "返市后居家3天", "3 days at home after coming back", isolate_days=3),
    )
    if town.size.tag != "demo":
        return
    _write_pack(
        folder,
        _pack("near", near.zh, near.en, code(HUBS[1]), start),
        _demand("arrive", "须持24小时内核酸检测阴性证明", "a negative test of the last 24 hours", test_hours=24),
        _demand("arrive", "须出示绿码", "a green code", code="green"),
    )
    _write_pack(
        folder,
        _pack("far", far.zh, far.en, code(4), start),
        _demand("arrive", f"来自{here}者隔离14天", f"isolation of 14 days from {here_en}", of=here, isolate_days=14),
    )


def _demand(when: str, zh: str, en: str, **more: Any) -> dict[str, Any]:
    return {"when": when, "zh": zh, "en": en, **more}


def _pack(id_: str, place: str, place_en: str, number: str, start: dt.date) -> dict[str, Any]:
    return {
        "id": id_, "zh": f"{place}往来人员核酸检测规定", "en": f"{place_en}: rules for travellers", "place": place,
        "place_en": place_en, "code": number, "authority": f"{place}防指", "authority_en": f"{place_en} Headquarters",
        "source": "模拟 simulated", "start": start,
    }  # fmt: skip


def _write_pack(folder: Path, pack: dict[str, Any], *demands: dict[str, Any]) -> None:
    parts = [toml.table("", pack), *(toml.table("[[demand]]", demand) for demand in demands)]
    (folder / f"{pack['id']}.toml").write_text("\n".join(parts), "utf-8")


def document(made: Abroad) -> dict[str, Any]:
    """What is true of it: by-day figures, and what was planted."""
    names = [name.zh for name, *_ in CITIES]
    return {
        "travellers": made.travellers.tolist(),
        "before": made.before.tolist(),
        "to": {name: made.to[:, at].tolist() for at, name in enumerate(names)},
        "reported": {name: made.reported[:, at].tolist() for at, name in enumerate(names)},
        "traced": {name: made.traced[at].tolist() for at, name in enumerate(names)},
        "inside": made.inside.sum(axis=(1, 2)).tolist(),
        "spread": names[SPREAD],
        "silent": names[SILENT],
        "watched_days": WATCHED,
    }
