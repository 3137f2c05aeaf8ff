"""The orders in force, in proportion: whom each hits, of those exposed, whom it misses, what it adds to the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from dashboard.pages.page import Look, Page
from dashboard.parts import figures, listing, note, record
from dashboard.parts.sheet import Block
from dashboard.queries.cite import Cited, Given
from dashboard.queries.desk import Day, Desk, Viewer
from dashboard.queries.policy import LOOK_BACK, Below, OrderLine, OrdersAnswer, PolicyDesk, Told
from dashboard.said import Said, join, words
from data.terms import CODES, SCOPES

WORDS = {
    "none": ("当日没有生效的通告。", "No order is in force on this day."),
    "no_table": (
        "还没有户籍—现居对照数据，无法核对通告波及了谁；人数一律为未报。",
        "There is no table of people by registration and place of stay yet: whom orders hit is missing.",
    ),
    "table": ("按 {day} 的户籍—现居对照核算。", "Weighed against people by registration and place of stay of {day}."),
    "unknown": (
        "其中 {n} 人户籍不明，不计入按户籍的通告。",
        "Of {n} of them nobody knows the registration: no order by it takes them in.",
    ),
    "hit": ("涉及人数", "People hit"),
    "hit_about": ("所有生效通告合计涉及的人，每人只计一次", "People hit by any order in force, each counted once"),
    "of_people": ("所知 {n} 人中", "of {n} known of"),
    "over": ("无暴露者占比", "Not exposed"),
    "over_about": (
        "被涉及的人中没有涉疫暴露的比例：1 − |H∩E| ÷ |H|",
        "Share of those hit who were not exposed: 1 − |H∩E| ÷ |H|",
    ),
    "exposed_hit": ("有暴露 {n} 人", "{n} were exposed"),
    "missed": ("遗漏", "Missed"),
    "missed_about": ("有涉疫暴露而任何通告都不涉及的人", "Exposed people whom no order takes in"),
    "missed_one": ("有涉疫暴露而本通告不涉及的人", "Exposed people whom this order does not take in"),
    "of_exposed": ("暴露者共 {n} 人", "of {n} exposed"),
    "outside": ("人在市外", "Out of the city"),
    "outside_about": ("被涉及却在市外的人", "People hit who are out of their city"),
    "of_hit": ("占涉及人数 {n}", "{n} of those hit"),
    "per_case": ("每例涉及人数", "People per case"),
    "per_case_about": (
        "涉及人数 ÷ 通告范围内近{n}日新增阳性",
        "People hit ÷ positives of the last {n} days in its areas",
    ),
    "no_case": ("范围内无病例", "no case in it"),
    "cases": ("近{days}日阳性 {n} 例", "{n} positives in {days} days"),
    "orders": ("生效通告", "Orders in force"),
    "orders_about": (
        "按生效先后排列。“新增”为此前各通告都未涉及的人；为零即此通告没有多管住任何人。",
        (
            "In the order in which they took effect. “Adds” are people whom no order "
            "from before takes in; nought means that it binds nobody anew."
        ),
    ),
    "order": ("通告", "Order"),
    "scope": ("范围", "Whom"),
    "since": ("生效", "Since"),
    "adds": ("新增", "Adds"),
    "alone": ("独有", "It alone"),
    "alone_about": ("只被此通告涉及的人：撤销它即可放开", "People hit by this order alone: lifting it would free them"),
    "exposed": ("有暴露", "Exposed"),
    "at_least": ("至少", "at least"),
    "time_about": (
        "按到访的通告只能核对到当日仍在场及已知暴露的人，故为下限。",
        "Orders by visit: only those still there, or known exposed, can be told, a lower bound.",
    ),
    "below": ("分区：{title}", "By area: {title}"),
    "area": ("区域", "Area"),
    "people": ("所知人数", "People"),
    "rest": ("{area}（未细分）", "{area} (no finer place)"),
    "nobody": ("没有下级区域。", "There is nothing below this area."),
    "until": ("至 {day}", "to {day}"),
    "authority": ("发布单位", "Authority"),
    "issued": ("发布日期", "Issued"),
    "colour": ("赋码", "Code"),
    "text": ("原文", "Text"),
    "number": ("文号", "Number"),
}


def describe(look: Look) -> list[Block]:
    """Together, one by one, and the asked one by area."""
    found = look.ask("orders")
    if not found.what.lines:
        return [note.line(look.say("none"), tone="large")]
    blocks = [_strip(look, found), _table(look, found), _remark(look, found)]
    chosen = next((line for line in found.what.lines if line.notice.key == look.wish("order")), None)
    if chosen is not None:
        below = look.ask("orders.below", order=chosen.notice.key)
        blocks += [_record(look, chosen), _below(look, chosen, below)]
    return blocks


def _days(desk: Desk, viewer: Viewer) -> Sequence[Day]:
    return desk.beside(PolicyDesk).days(viewer)


def _latest(desk: Desk, viewer: Viewer) -> Day | None:
    return desk.beside(PolicyDesk).last_day(viewer)


_DAY = dt.timedelta(days=1)

# --- pieces -------------------------------------------------------------------------------------------


def percent(part: float) -> str:
    """A share without a rounding that makes all of nearly all: 99.96 % is not 100 %."""
    share = part * 100
    digits = 0 if share in (0, 100) else 2 if share > 99.9 else 1
    return f"{min(share, 99.99) if share < 100 else 100:.{digits}f}%"


def _percent(look: Look, made: Cited) -> Said:
    return look.number(made, percent)


def _figure(look: Look, key: str, made: Cited, *, small: str = "", **fields: object) -> dict[str, Any]:
    """One of the figures; 23,815 people for one case are said in full."""
    text = _percent(look, made) if key == "over" else look.whole(made) if key == "per_case" else look.short(made)
    return figures.figure(look.say(key), text, small=small, about=look.say(f"{key}_about", **fields))


def _strip(look: Look, found: Given[OrdersAnswer]) -> Block:
    told, n = found.at("together"), words(str(LOOK_BACK))
    cases, outside = told["cases"], told["outside_share"]
    per_case = look.say("cases", days=n, n=look.short(cases)) if cases.value is not None else ""
    return figures.strip(
        [
            _figure(look, "hit", told["hit"], small=_said(look, "of_people", told["people"])),
            _figure(look, "over", told["over"], small=_said(look, "exposed_hit", told["both"])),
            _figure(look, "missed", told["missed"], small=_said(look, "of_exposed", told["exposed"])),
            _figure(look, "outside", told["outside"],
                    small="" if outside.value is None else look.say("of_hit", n=_percent(look, outside))),
            _figure(look, "per_case", told["per_case"], small=per_case, n=n)
            if cases.value != 0
            else figures.figure(look.say("per_case"), "–", small=look.say("no_case")),
        ]
    )  # fmt: skip


def _said(look: Look, key: str, made: Cited) -> str:
    return "" if made.value is None else look.say(key, n=look.short(made))


def _table(look: Look, found: Given[OrdersAnswer]) -> Block:
    columns = [
        listing.column(look.say("order"), left=True, sort=False),
        listing.column(look.say("scope"), left=True, least=True),
        listing.column(look.say("since"), least=True),
        listing.column(look.say("hit"), bar=True),
        listing.column(look.say("exposed"), least=True),
        listing.column(look.say("over"), about=look.say("over_about")),
        listing.column(look.say("missed"), about=look.say("missed_one"), least=True),
        listing.column(look.say("outside"), about=look.say("outside_about")),
        listing.column(look.say("adds"), bar=True),
        listing.column(look.say("alone"), about=look.say("alone_about"), least=True),
        listing.column(look.say("per_case"), about=look.say("per_case_about", n=words(str(LOOK_BACK)))),
    ]
    rows = [_row(look, line) for line in found.each("lines", "notice.key")]
    count = look.whole(found["lines"])
    return listing.table(columns, rows, look.say("orders"), about=look.say("orders_about"), count=count)


def _row(look: Look, found: Given[OrderLine]) -> dict[str, Any]:
    line, told = found.what, found.at("told")
    notice = line.notice
    asked = notice.key == look.wish("order")
    return listing.row(
        [
            listing.cell(notice.title or notice.number, notice.number,
                         small=join(" · ", [notice.number, notice.authority])),
            listing.cell(_scope(look, line), notice.scope, small=_areas(look, line)),
            listing.cell(look.day_text(notice.start), notice.start.toordinal()),
            _cell(look, told["hit"], small=look.say("at_least") if line.at_least else ""),
            _cell(look, told["both"]),
            listing.number(_percent(look, told["over"])) if line.told.hit.value else listing.cell("–", None),
            *(_cell(look, told[name]) for name in ("missed", "outside", "adds", "alone")),
            _per_case(look, told),
        ],
        href=look.href(order=None if asked else notice.key),
        key=notice.key,
    )  # fmt: skip


def _per_case(look: Look, told: Given[Told]) -> dict[str, Any]:
    """Where there is no case, there is no number of people for each."""
    if told.what.cases.value == 0:
        return listing.cell(look.say("no_case"), None, tone="soft")
    return listing.number(look.whole(told["per_case"]))


def _cell(look: Look, made: Cited, small: str = "") -> dict[str, Any]:
    return listing.number(look.short(made), small=small)


def _areas(look: Look, line: OrderLine) -> Said:
    return join("、" if look.lang == "zh" else ", ", line.areas)


def _scope(look: Look, line: OrderLine) -> str:
    scope = SCOPES.get(line.notice.scope)
    return scope.name(look.lang) if scope else line.notice.scope


def _remark(look: Look, found: Given[OrdersAnswer]) -> Block:
    table = found.what.table
    if table is None:
        return note.line(look.say("no_table"))
    said = [look.say("table", day=look.day_text(table, year=True))]
    said += [look.say("unknown", n=look.short(found["unknown"]))] if found.what.unknown else []
    said += [look.say("time_about")] if any(line.at_least for line in found.what.lines) else []
    return note.line(join(" " if look.lang == "en" else "", said))


def _record(look: Look, line: OrderLine) -> Block:
    notice = line.notice
    colour = CODES.get(notice.colour)
    until = look.say("until", day=look.day_text(notice.stop - _DAY)) if notice.stop else ""
    entries = [
        record.entry(look.say("number"), notice.number, href=look.href("notices", notice=notice.key)),
        record.entry(
            look.say("authority"),
            notice.authority or look.say("missing"),
            state="value" if notice.authority else "missing",
        ),
        record.entry(look.say("issued"), look.day_text(notice.issued, year=True)),
        record.entry(look.say("since"), look.day_text(notice.start, year=True), small=until),
        record.entry(look.say("scope"), join(" ", [_scope(look, line), _areas(look, line)])),
    ]
    entries += [record.entry(look.say("colour"), colour.name(look.lang))] if colour else []
    entries += [record.entry(look.say("text"), notice.text)] if notice.text else []
    return record.record(entries, notice.title or notice.number, span=4, id="order")


def _below(look: Look, line: OrderLine, below: Given[list[Below]]) -> Block:
    keys = ("people", "hit", "exposed", "outside", "adds")
    columns = [
        listing.column(look.say("area"), left=True),
        *(listing.column(look.say(k), bar=k == "hit") for k in keys),
    ]
    some = len(below.what) > 1
    parts = below.each("", "area")
    rows = [_area(look, one) for one in parts if one.what.area != look.area or (one.what.people.value and some)]
    title = look.say("below", title=line.notice.title or line.notice.number)
    return listing.table(columns, rows, title, span=8, sort=(2, True), none=look.say("nobody"))


def _area(look: Look, told: Given[Below]) -> dict[str, Any]:
    each = told.what
    rest = each.area == look.area
    name = look.say("rest", area=each.name) if rest else each.name
    numbers = (told[way] for way in ("people", "hit", "both", "outside", "adds"))
    cells = [listing.cell(name, name), *(_cell(look, made) for made in numbers)]
    return listing.row(cells, href="" if rest else look.href(area=each.area))


PAGE = Page(
    "orders",
    ("通告比例", "Orders"),
    describe,
    about=(
        "每道通告涉及多少人、其中多少有暴露、漏了谁、在已有措施上多管住了谁。",
        "Whom each order hits, how many of them were exposed, whom it misses, what it adds.",
    ),
    days=_days,
    latest=_latest,
    wishes=("order",),
    words=WORDS,
)
