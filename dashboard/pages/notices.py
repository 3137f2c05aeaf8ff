"""The notices in force: who ordered what where, what each changed on the screen, and where two contradict."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from dashboard.pages.page import Look, Page
from dashboard.parts import figures, listing, note, record
from dashboard.parts.sheet import Block, mark
from dashboard.queries.cite import Cited, Given
from dashboard.queries.desk import Day, Desk, Viewer
from dashboard.queries.notices import NoticeDesk, NoticeLine
from dashboard.said import Said, join, quoted
from data.rules import Clause
from data.rules.contradictions import KINDS, Contradiction
from data.terms import CODES, CONFINED, IDENTITIES, RISKS, UNITS, ZONES

WORDS = {
    "none": ("当日没有生效的通告。", "No notice is in force on this day."),
    "in_force": ("生效通告", "Notices in force"),
    "in_force_about": ("当日在本区域有效的通告与规则", "Notices and rules in force here on this day"),
    "begun": ("当日起生效", "From today"),
    "contradictions": ("相互矛盾", "Contradictions"),
    "contradictions_about": (
        "同时有效、对同一人群或同一区域说法不同的规则，逐条并列。",
        "Rules in force together that say different things about the same people or ground, side by side.",
    ),
    "timed": ("计时区域", "Zones timed"),
    "timed_about": ("有规则为其计时的区域", "Zones whose clock a rule gives"),
    "ordered": ("通告涉及", "Hit by an order"),
    "ordered_about": ("各通告中涉及人数最多的一道", "The order that hits most people"),
    "notice": ("通告", "Notice"),
    "since": ("生效", "Since"),
    "until": ("至 {day}", "to {day}"),
    "open": ("未写期限", "no end stated"),
    "areas": ("范围", "Where"),
    "more": ("等 {n} 处", "{n} in all"),
    "colour": ("赋码", "Code"),
    "changed": ("改变了什么", "What it changed"),
    "changed_about": (
        "把该通告的规则拿掉、重新计算一遍所得的差别；通告只是划区的，数当日由它划定的区域。",
        (
            "The difference when its rules are taken out and everything is computed again; "
            "of a notice that draws zones, the zones that it drew."
        ),
    ),
    "people": ("人数", "People"),
    "zones_changed": ("{n} 个区域的计时", "zones timed by it: {n}"),
    "zones_drawn": ("划定 {n} 个区域", "zones drawn: {n}"),
    "coloured": ("按居住区域定色 {n} 人", "colour by zone: {n} people"),
    "hit": ("涉及 {n} 人", "hits {n} people"),
    "hit_alone": ("涉及 {n} 人，其中仅因本通告 {alone} 人", "hits {n} people, {alone} by nothing else"),
    "exceptions": ("台账异常 {n} 条", "exceptions in the ledger: {n}"),
    "nothing": ("当日未改变什么", "nothing on this day"),
    "cannot": ("缺少数据，无法核算", "cannot be told: no data"),
    "authority": ("发布单位", "Authority"),
    "number": ("文号", "Number"),
    "pack": ("规则包", "Rule pack"),
    "under": ("依据规则", "Goes by"),
    "no_pack": ("没有对应的规则包：只知其文字", "no rule pack: only its words are known"),
    "source": ("出处", "Source"),
    "text": ("原文", "Text"),
    "unit": ("最大划定单位", "Largest zone"),
    "clauses": ("条款", "What it says"),
    "days": ("{n} 天", "{n} days"),
    "no_days": ("不写天数", "no days stated"),
    "where_changed": ("波及区域", "Areas touched"),
    "orders": ("查看涉及人群", "See whom it hits"),
    "zones": ("查看区域", "See the zones"),
    "subject": ("所指", "About"),
    "first": ("一方", "One says"),
    "second": ("另一方", "The other says"),
    "none_contradict": ("当日有效的规则之间没有矛盾。", "The rules in force do not contradict each other."),
}

_DAY = dt.timedelta(days=1)

#: What two packs may contradict each other about.
_SUBJECTS = {**CONFINED, **IDENTITIES, **ZONES, **RISKS}

#: Names of areas that a row lists before it only counts them.
MOST_NAMES = 3


def describe(look: Look) -> list[Block]:
    """Figures; the asked notice in full; all notices; the contradictions between them."""
    found = look.ask("notices.in_force")
    if not found.what:
        return [note.line(look.say("none"), tone="large")]
    lines, against = found.each("", "key"), look.ask("notices.contradictions")
    chosen = next((line for line in lines if look.wish("notice") in _names(line.what)), None)
    blocks = [_strip(look, against)]
    blocks += _detail(look, chosen) if chosen else []
    return [*blocks, _table(look, lines, found[""]), _contradictions(look, against)]


def _names(line: NoticeLine) -> tuple[str, ...]:
    """What an address may call a notice: its key, or its pack's id."""
    return (line.key, line.pack.id) if line.pack else (line.key,)


def _days(desk: Desk, viewer: Viewer) -> Sequence[Day]:
    return desk.beside(NoticeDesk).days(viewer)


def _latest(desk: Desk, viewer: Viewer) -> Day | None:
    return desk.beside(NoticeDesk).last_day(viewer)


# --- figures ------------------------------------------------------------------------------------------


def _strip(look: Look, against: Given[Sequence[Contradiction]]) -> Block:
    found, contradict = look.ask("notices.summary"), against[""]
    return figures.strip(
        [
            figures.figure(look.say("in_force"), look.whole(found["in_force"]), about=look.say("in_force_about")),
            figures.figure(look.say("begun"), look.whole(found["begun"])),
            figures.figure(
                look.say("contradictions"), look.whole(contradict), about=look.say("contradictions_about"),
                tone="bad" if contradict.value else "",
            ),
            figures.figure(
                look.say("timed"), look.short(found["timed"]), about=look.say("timed_about"), href=look.href("zones")
            ),
            figures.figure(
                look.say("ordered"), look.short(found["ordered"]), about=look.say("ordered_about"),
                href=look.href("orders"),
            ),
        ]
    )  # fmt: skip


# --- the list -----------------------------------------------------------------------------------------


def _table(look: Look, lines: Sequence[Given[NoticeLine]], count: Cited) -> Block:
    columns = [
        listing.column(look.say("since")),
        listing.column(look.say("notice"), left=True),
        listing.column(look.say("areas"), left=True, least=True),
        listing.column(look.say("colour"), left=True, least=True),
        listing.column(look.say("changed"), left=True, sort=False, least=True, about=look.say("changed_about")),
        listing.column(look.say("people"), bar=True),
    ]
    rows = [_row(look, line) for line in lines]
    return listing.table(
        columns, rows, look.say("in_force"), about=look.say("changed_about"), sort=(0, True), count=look.whole(count),
        id="notices",
    )  # fmt: skip


def _row(look: Look, told: Given[NoticeLine]) -> dict[str, Any]:
    line = told.what
    asked = look.wish("notice") in _names(line)
    until = look.say("until", day=_day(look, line.stop - _DAY)) if line.stop else look.say("open")
    colour = CODES.get(line.colour)
    cells = [
        listing.cell(_day(look, line.start), line.start.toordinal(), small=until),
        listing.cell(line.title or line.number, line.number, small=join(" · ", [line.number, line.authority])),
        listing.cell(_areas(look, told.at("areas")), len(line.areas)),
        listing.cell("", line.colour or None, mark=mark(colour, look.lang, look.theme) if colour else None),
        listing.cell(_told(look, told), None, tone="" if _sentences(look, told) else "soft"),
        listing.number(look.short(told["changed.people"])),
    ]
    return listing.row(cells, href=look.href(notice=None if asked else line.key), key=line.key)


def _day(look: Look, day: Day) -> str:
    """A day, with its year where that is not the shown one."""
    return look.day_text(day, year=look.day is None or day.year != look.day.year)


def _areas(look: Look, told: Given[Sequence[str]]) -> Said:
    names = told.what
    listed = join("、" if look.lang == "zh" else ", ", names[:MOST_NAMES])
    return listed if len(names) <= MOST_NAMES else join(" ", [listed, look.say("more", n=look.whole(told[""]))])


def _told(look: Look, told: Given[NoticeLine]) -> str:
    line = told.what
    untold = line.pack is not None and line.pack.about == "orders" and line.changed.ordered is None
    said = join("；" if look.lang == "zh" else "; ", _sentences(look, told))
    return said or look.say("cannot" if untold else "nothing")


def _sentences(look: Look, told: Given[NoticeLine]) -> list[Said]:
    changed, found = told.what.changed, []
    if changed.zones.zones:
        key = "zones_changed" if told.what.pack else "zones_drawn"
        found.append(look.say(key, n=look.short(told["changed.zones.zones"])))
    if changed.coloured:
        found.append(look.say("coloured", n=look.short(told["changed.coloured"])))
    if changed.ordered is not None:
        found.append(_hit(look, told["changed.ordered"], told["changed.alone"]))
    if changed.exceptions:
        found.append(look.say("exceptions", n=look.short(told["changed.exceptions"])))
    return found


def _hit(look: Look, hit: Cited, alone: Cited) -> Said:
    if alone.value is None:
        return look.say("hit", n=look.short(hit))
    return look.say("hit_alone", n=look.short(hit), alone=look.short(alone))


# --- one notice ---------------------------------------------------------------------------------------


def _detail(look: Look, told: Given[NoticeLine]) -> list[Block]:
    line, clauses = told.what, told.each("clauses", "id")
    blocks = [record.record(_entries(look, told), line.title or line.number, span=5 if clauses else 12, id="notice")]
    if clauses:
        blocks.append(record.record([_clause(look, one) for one in clauses], look.say("clauses"), span=7))
    return blocks


def _entries(look: Look, told: Given[NoticeLine]) -> list[dict[str, Any]]:
    line = told.what
    until = look.say("until", day=look.day_text(line.stop - _DAY, year=True)) if line.stop else look.say("open")
    href = look.href("zones") if line.changed.zones.zones else ""
    href = look.href("orders", order=line.notice.key) if line.notice and line.changed.ordered is not None else href
    found = [
        record.entry(look.say("number"), line.number),
        record.entry(
            look.say("authority"), line.authority or look.say("missing"), state="value" if line.authority else "missing"
        ),
        record.entry(look.say("since"), look.day_text(line.start, year=True), small=until),
        record.entry(look.say("areas"), join("、" if look.lang == "zh" else ", ", line.areas)),
        record.entry(look.say("changed"), _told(look, told), small=_where(look, told), href=href),
    ]
    if line.notice and line.notice.text:
        found.append(record.entry(look.say("text"), line.notice.text))
    return [*found, *_pack_entries(look, line)]


def _where(look: Look, told: Given[NoticeLine]) -> str:
    touched = told.at("changed.areas")
    return join(" ", [look.say("where_changed"), _areas(look, touched)]) if touched.what else ""


def _pack_entries(look: Look, line: NoticeLine) -> list[dict[str, Any]]:
    pack = line.pack
    if pack is None and line.under is not None:
        href = look.href(notice=line.under.id)
        return [record.entry(look.say("under"), line.under.name(look.lang), href=href)]
    if pack is None:
        return [record.entry(look.say("pack"), look.say("no_pack"), state="missing")]
    found = [record.entry(look.say("pack"), pack.id), record.entry(look.say("source"), pack.source)]
    unit = UNITS[pack.unit].name(look.lang) if pack.unit else ""
    return [*found, record.entry(look.say("unit"), unit)] if unit else found


def _clause(look: Look, told: Given[Clause]) -> dict[str, Any]:
    one = told.what
    term = CODES.get(one.colour) or RISKS.get(one.risk)
    length = look.say("no_days") if one.open else look.say("days", n=look.whole(told["days"]))
    small = join(" · ", [word for word in (length, one.word) if word])
    sign = mark(term, look.lang, look.theme, word=False) if term else None
    return record.entry(term.name(look.lang) if term else one.id, one.text(look.lang), small=small, mark=sign)


# --- contradictions -----------------------------------------------------------------------------------


def _contradictions(look: Look, found: Given[Sequence[Contradiction]]) -> Block:
    columns = [listing.column(look.say(key), left=True, sort=False) for key in ("subject", "first", "second")]
    rows = [_against(look, one) for one in found.what]
    return listing.table(
        columns, rows, look.say("contradictions"), about=look.say("contradictions_about") if rows else "",
        none=look.say("none_contradict"), count=look.whole(found[""]) if rows else "", id="contradictions",
    )  # fmt: skip


def _against(look: Look, one: Contradiction) -> dict[str, Any]:
    """What the two sides say is made of the words of their clauses: a quotation, not a number of the city."""
    told = one.said_zh if look.lang == "zh" else one.said_en
    sides = [
        listing.cell(quoted(said), None, small=clause.by(look.lang), href=look.href(notice=clause.pack))
        for said, clause in zip(told, one.clauses, strict=True)
    ]
    subject = _SUBJECTS[one.subject].name(look.lang)
    return listing.row([listing.cell(KINDS[one.kind].name(look.lang), None, small=subject), *sides])


PAGE = Page(
    "notices",
    ("通告溯源", "Notices"),
    describe,
    about=(
        "当日有效的通告：谁发的、管哪里、在屏上改变了什么，与哪一道相矛盾。",
        "The notices in force: who issued them, where they hold, what each changed on the screen, which contradict.",
    ),
    days=_days,
    latest=_latest,
    wishes=("notice",),
    words=WORDS,
)
