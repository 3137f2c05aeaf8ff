"""The public notices: the lockdowns day by day, one district's blanket order and its lifting.

The rules themselves are packs (see data.demo.packs), whose notices have the numbers below FIRST_LOCKDOWN.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from data.demo import clauses, offices, packs
from data.demo.areas import Town
from data.demo.measures import Measures
from data.demo.moments import Calendar
from data.demo.offices import Offices
from data.demo.rules import Zone

HEADINGS = (
    "文号",
    "标题",
    "发布单位",
    "发布日期",
    "开始日期",
    "截止日期",
    "范围方式",
    "区域",
    "码色",
    "规则包",
    "正文",
)
FIRST_LOCKDOWN = 10
WEEK = 7


@dataclass(frozen=True)
class Notice:
    """Days are indices; ``end``: the first day without it, None while it stands. ``areas``: codes; ``told``: the day
    on whose evening it is first delivered; ``colour``, ``scope``: words of the product's vocabularies."""

    number: str
    title: str
    authority: str
    told: int
    start: int
    end: int | None
    scope: str
    areas: tuple[str, ...]
    colour: str
    rule: str
    text: str


def make_notices(town: Town, found: Measures) -> list[Notice]:
    """Every notice as it stands in the end."""
    return [*_lockdowns(town, found), *_blanket(town, found)]


def _lockdowns(town: Town, found: Measures) -> Iterator[Notice]:
    """A notice an evening with communities to be locked from the next day on; it stands until the last is free."""
    city, hq = town.size.name, Offices(town).names[offices.CITY_HQ]
    whole = [zone for zone in found.zones if zone.kind == "lockdown" and zone.cells is None]
    for number, start in enumerate(sorted({zone.start for zone in whole}), FIRST_LOCKDOWN):
        zones = [zone for zone in whole if zone.start == start]
        names = "、".join(town.communities.names[zone.community].zh for zone in zones[:5])
        title = f"关于{names}{'等' if len(zones) > 5 else ''}{len(zones)}个社区（村）实行封控管理的通告"
        areas = tuple(town.communities.codes[zone.community] for zone in zones)
        yield Notice(
            packs.notice_number(city, number), title, hq, start - 1, start, _last(zones), "现居区域", areas, "红码",
            clauses.called(town.size.tag, clauses.ZONES), "封控区内人员足不出户，健康码转为红码。",
        )  # fmt: skip


def _last(zones: list[Zone]) -> int | None:
    ends = [zone.end for zone in zones]
    known = [end for end in ends if end is not None]
    return max(known) if len(known) == len(ends) else None


def _blanket(town: Town, found: Measures) -> Iterator[Notice]:
    order, desk = found.blanket, Offices(town)
    hq, name = desk.names[desk.district(order.district)], town.districts.names[order.district].zh
    issuer = packs.issuer(town, order.district)
    title = f"{name}户籍人员健康码管理的通告"
    code, number = (town.districts.codes[order.district],), packs.order_number(town, order)
    yield Notice(
        number, f"关于{title}", hq, order.start - 1, order.start, order.end, "户籍", code, "黄码",
        clauses.called(town.size.tag, clauses.ORDER), f"{name}户籍人员，不论现居何处，健康码一律转为黄码。",
    )  # fmt: skip
    yield Notice(
        packs.notice_number(issuer, packs.LIFT_NUMBER), f"关于解除{title}", hq, order.end - 1, order.end, order.end + 1,
        "户籍", code, "绿码", "", f"{number}停止执行，相关人员健康码恢复绿码。",
    )  # fmt: skip


def write_notices(town: Town, found: Measures, notices: list[Notice], calendar: Calendar, folder: Path) -> None:
    """CSV: a file a week, and one on the eves of the blanket order and of its end. A notice whose end becomes known
    later is told again."""
    folder.mkdir(parents=True)
    last = town.size.days - 1
    eves = {found.blanket.start - 1, found.blanket.end - 1}
    before = -1
    for day in sorted({*range(WEEK - 1, last + 1, WEEK), *eves, last}):
        rows = [row for notice in notices if _news(notice, before, day) for row in _rows(_known(notice, day), calendar)]
        before = day
        if rows:
            text = io.StringIO(newline="")
            csv.writer(text).writerows([HEADINGS, *rows])
            (folder / f"notices_{calendar.moment(day, 19, 0)}.csv").write_bytes(text.getvalue().encode("utf-8-sig"))


def _news(notice: Notice, before: int, day: int) -> bool:
    """Whether a file of ``day`` has something new about it: that it was issued, or that it ends."""
    ends = notice.end is not None and before < notice.end - 1 <= day
    return before < notice.told <= day or (ends and notice.told <= day)


def _known(notice: Notice, day: int) -> Notice:
    """The notice as it stands on the evening of ``day``: an end is announced on its eve, that of a notice of a single
    day with it."""
    told = notice.end is not None and notice.end <= max(day, notice.start) + 1
    return notice if told else replace(notice, end=None)


def _rows(notice: Notice, calendar: Calendar) -> Iterator[list[str]]:
    end = "" if notice.end is None else calendar.day(notice.end - 1)
    days = [calendar.day(min(notice.told, notice.start)), calendar.day(notice.start), end]
    for area in notice.areas:
        yield [notice.number, notice.title, notice.authority, *days, notice.scope, area, notice.colour, notice.rule,
               notice.text]  # fmt: skip


def headings() -> dict[str, str]:
    """Field -> heading."""
    fields = ("number", "title", "authority", "issued", "start", "end", "scope", "area", "colour", "rule", "text")
    return dict(zip(fields, HEADINGS, strict=True))


def document(notices: list[Notice], calendar: Calendar) -> dict[str, Any]:
    """Number -> what it says in the end."""
    return {
        n.number: {
            "start": calendar.day(n.start), "stop": None if n.end is None else calendar.day(n.end), "rule": n.rule,
            "scope": {"户籍": "registration", "现居区域": "area"}[n.scope], "areas": sorted(n.areas),
            "colour": {"红码": "red", "黄码": "yellow", "绿码": "green", "": ""}[n.colour],
        }
        for n in notices
    }  # fmt: skip
