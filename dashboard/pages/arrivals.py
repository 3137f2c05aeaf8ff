"""Key persons who entered: whether each district knew within three hours, who was late, who comes; and below it who is
there at all, by registration and by presence, and how many had a place's code scanned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from dashboard.pages import event_words as told
from dashboard.pages import people_there
from dashboard.pages.page import Day, Look, Page, Words
from dashboard.parts import figures, lines, listing, note, stack
from dashboard.parts.sheet import Block, mark
from dashboard.queries.arrivals import MOST_LINES, ArrivalBoard, ArrivalDesk, EntryLine
from dashboard.queries.cite import Cited, Given
from dashboard.queries.desk import Desk, Viewer
from dashboard.queries.events import EventDesk
from dashboard.said import Said, join, quoted, words
from data.errors import Withheld
from data.terms import PUSHES, TIERS
from grid.events.arrivals import Pushes

WORDS: Words = {
    **told.WORDS,
    **people_there.WORDS,
    "title": ("重点人员抵达", "Arrivals"),
    "no_entries": ("还没有重点人员抵达的记录。", "No key person has been reported to have entered."),
    "no_entries_day": ("{day}没有重点人员抵达。", "Nobody was reported to have entered on {day}."),
    "lead": (
        "{day}抵达 {n} 人；截至 {moment}，已有定论的 {of} 人中 {part} 人在 3 小时内推送到区。",
        "{n} entered on {day}; as of {moment}, {part} of {of} that are decided reached their district within 3 hours.",
    ),
    "share": ("3 小时内推送", "Pushed within 3 hours"),
    "share_about": (
        "抵达后 3 小时内（含整 3 小时）区里已收到、取走或签收 ÷ 已推送或已满 3 小时的人；未满 3 小时的不计",
        (
            "The district had it within three hours of entry (to the second): delivered, fetched or accepted; of all "
            "who were pushed or whose three hours are over"
        ),
    ),
    "entered_n": ("抵达", "Entered"),
    "entered_about": ("当日经卡口登记抵达的重点人员", "Key persons registered at a checkpoint that day"),
    "breaches": ("超过 3 小时", "Over three hours"),
    "of": ("{of} 人中 {part} 人", "{part} of {of}"),
    "breaches_small": ("其中仍未推送 {n}", "{n} still not pushed"),
    "pending": ("未满 3 小时", "Not due yet"),
    "at_least": ("≥ {time}", "≥ {time}"),
    "between": ("{least} – {most}", "{least} – {most}"),
    "p50": ("一半在", "Half within"),
    "p50_about": (
        "从抵达到区里得知；尚未推送的按已等待时间计，故可能是下限（≥）",
        "From entry to the district's knowing; who still waits counts by what they have waited: at least (≥)",
    ),
    "p95": ("95% 在", "95% within"),
    "by_unit": ("各{level}", "By {level}"),
    "unit_here": ("本级未能再细分", "no finer place known"),
    "stands": ("推送情况", "How they stand"),
    "trend": ("3 小时推送率，近 {n} 日", "Pushed in time, last {n} days"),
    "nobody": ("无人抵达", "nobody entered"),
    "trend_one": ("{share}，抵达 {n} 人", "{share}, {n} entered"),
    "breach_list": ("超时清单", "Who was late"),
    "breach_about": ("超过 3 小时才推送或仍未推送，最久的在前。人员仅以假名示人。",
                     "Pushed after three hours, or not yet; the longest first. Persons are pseudonyms only."),
    "no_breach": ("当日没有超时。", "Nobody was late that day."),
    "most_listed": ("共 {n} 人，列出前 {most} 人", "{n}, of whom {most} are listed"),
    "person": ("人员（假名）", "Person (pseudonym)"),
    "entered": ("抵达", "Entered"),
    "gate": ("卡口", "Checkpoint"),
    "from": ("来自{place}", "from {place}"),
    "to": ("去往", "Goes to"),
    "pushed": ("推送到区", "District knew"),
    "over": ("超时", "Over by"),
    "list": ("来{area}的人：近 24 小时", "Who comes to {area}: last 24 hours"),
    "list_push": (
        "本区打开此清单即为推送，已记入事件台账和审计日志。程序取同一清单：POST /api/v1/arrivals/list。",
        (
            "For the district itself, opening this list is the push; it is noted in the book of events and in the log. "
            "Programs take it by POST /api/v1/arrivals/list."
        ),
    ),
    "list_look": (
        "您不是该区用户，查看不算推送；查看已记入审计日志。",
        "You do not ask as the district: looking is no push. The look is in the log.",
    ),
    "list_none": ("近 24 小时没有人来。", "Nobody entered in the last 24 hours."),
    "stand": ("状态", "State"),
}  # fmt: skip

_PARTS = ("in_time", "pending", "late", "unpushed")


def describe(look: Look) -> list[Block]:
    """The rule, the districts, who was late, who comes; then who is there."""
    try:
        rule = _rule(look)
    except Withheld as error:
        what = error.what.zh if look.lang == "zh" else error.what.en
        rule = [note.line(look.say("withheld", names=what))]
    return [*rule, *people_there.blocks(look)]


def _rule(look: Look) -> list[Block]:
    if look.desk.events is None:
        return [note.line(look.say("no_book"), tone="large")]
    if not look.spot.days:
        return [note.line(look.say("no_entries"), tone="large")]
    listed = _list(look)  # before the rule is held: for the district it is the push
    found: Given[ArrivalBoard] = look.ask("arrivals", now=look.desk.beside(EventDesk).now())
    if not found.what.all.entries:
        said = look.say("no_entries_day", day=look.day_text(found.what.day))
        return [note.line(said, tone="large"), *_trend(look, found, 12), *listed]
    return [
        note.line(_lead(look, found), tone="lead"),
        _strip(look, found.at("all")),
        *_units(look, found),
        *_trend(look, found, 5 if found.what.below else 12),
        _breaches(look, found),
        *listed,
    ]


def _lead(look: Look, found: Given[ArrivalBoard]) -> Said:
    within = found.at("all.within")
    return look.say(
        "lead", day=look.day_text(found.what.day), moment=told.moment(look, found.what.now),
        n=look.whole(found["all.entries"]), of=look.whole(within["of"]), part=look.whole(within["part"]),
    )  # fmt: skip


# figures -------------------------------------------------------------------------------------------


def _strip(look: Look, part: Given[Pushes]) -> Block:
    late, worst = part.what.breaches, "unpushed" if part.what.unpushed else "late"
    return figures.strip([
        figures.figure(look.say("share"), _share(look, part), about=look.say("share_about"),
                       small=look.say("of", part=look.whole(part["within.part"]), of=look.whole(part["within.of"]))),
        figures.figure(look.say("entered_n"), look.short(part["entries"]), about=look.say("entered_about")),
        figures.figure(look.say("breaches"), look.short(part["breaches"]), tone="bad" if late else "",
                       small=look.say("breaches_small", n=look.whole(part["unpushed"])) if late else "",
                       mark=mark(PUSHES[worst], look.lang, look.theme, word=False),
                       href="#breaches" if late else ""),
        figures.figure(look.say("pending"), look.short(part["pending"]),
                       mark=mark(PUSHES["pending"], look.lang, look.theme, word=False)),
        *(figures.figure(look.say(which), _quantile(look, part, which), about=look.say("p50_about"))
          for which in ("p50", "p95")),
    ])  # fmt: skip


def _share(look: Look, part: Given[Pushes]) -> Said:
    """The share in per cent. It is not rounded up to all: one who was late stays to be seen. Where nobody's three hours
    are over there is no share yet, which is not the same as one that was not reported."""
    if not part.what.within.of:
        return words("—")
    return look.number(part["within.share"], percent)


def percent(share: float) -> str:
    """A share in per cent to a tenth; what is short of all by less says so."""
    tenths = min(share * 1000, 999.0) if share < 1 else 1000.0
    return f"{tenths / 10:.1f}%".replace(".0%", "%")


def _quantile(look: Look, part: Given[Pushes], which: str) -> Said:
    """Exact, from–to, or at least: as far as those who wait leave it open."""
    found = part.at(which)
    least, most = told.lasted(look, found["least"]), told.lasted(look, found["most"])
    if found.what.least is None or least == most:
        return least
    if found.what.most is None:
        return look.say("at_least", time=least)
    return look.say("between", least=least, most=most)


# districts -----------------------------------------------------------------------------------------


def _units(look: Look, found: Given[ArrivalBoard]) -> list[Block]:
    board = found.what
    rows = [_unit(look, board, code, part) for code, part in zip(board.below, found.each("below"), strict=True)]
    level = next((unit.level for code, unit in board.units.items() if code != board.area.code), "")
    if not level:
        return []
    columns = [
        listing.column(TIERS[level].name(look.lang), left=True),
        listing.column(look.say("stands"), left=True, sort=False, least=True),
        listing.column(look.say("entered_n")),
        listing.column(look.say("share"), about=look.say("share_about")),
        listing.column(look.say("p50"), about=look.say("p50_about"), least=True),
        listing.column(look.say("p95"), about=look.say("p50_about"), least=True),
        listing.column(look.say("breaches")),
    ]
    title = look.say("by_unit", level=TIERS[level].name(look.lang))
    signs = join("  ", [words(f"{PUSHES[state].glyph} {PUSHES[state].name(look.lang)}") for state in _PARTS])
    return [listing.table(columns, rows, title, about=signs, sort=(6, True), span=7)]


def _unit(look: Look, board: ArrivalBoard, code: str, part: Given[Pushes]) -> dict[str, Any]:
    unit, here = board.units[code], code == board.area.code
    bars = [_bar(look, part, state) for state in _PARTS]
    share = part.what.within.share
    return listing.row(
        [
            listing.cell(quoted(unit.name), unit.name, small=look.say("unit_here") if here else ""),
            listing.cell("", None, parts=[one for one in bars if one["value"]]),
            listing.number(look.whole(part["entries"])),
            listing.cell(_share(look, part), share, tone="soft" if share is None else "bad" if share < 1 else ""),
            *(_time(look, part, which) for which in ("p50", "p95")),
            listing.number(look.whole(part["breaches"]), tone="bad" if part.what.breaches else ""),
        ],
        href="" if here else look.href(area=code),
        key=code,
    )


def _bar(look: Look, part: Given[Pushes], state: str) -> dict[str, Any]:
    term = PUSHES[state]
    colour = mark(term, look.lang, look.theme)["colour"]
    return stack.part(
        term.name(look.lang), getattr(part.what, state), look.whole(part[state]), colour=colour, glyph=term.glyph
    )


def _time(look: Look, part: Given[Pushes], which: str) -> dict[str, Any]:
    minutes: float | None = getattr(part.what, which).least
    return listing.cell(_quantile(look, part, which), minutes, state="missing" if minutes is None else "value")


# days ----------------------------------------------------------------------------------------------


def _trend(look: Look, found: Given[ArrivalBoard], span: int) -> list[Block]:
    board, shares = found.what, list[Cited | None]()
    last, first = board.day, min(board.trend, default=board.day)
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    if len(days) < 2:
        return []
    for day in days:
        shares.append(found[f"trend[{day}].within.share"] if day in board.trend else None)
    values = [None if one is None or one.value is None else 100 * one.value for one in shares]
    latest = next((look.number(one, percent) for one in reversed(shares) if one and one.value is not None), "")
    texts = [_day_said(look, found, day) for day in days]
    ticks = [(0, look.day_text(first)), (len(days) - 1, look.day_text(last))]
    title = look.say("trend", n=words(str(len(days))))
    made = lines.line(look.say("share"), values, latest, tone="mark")
    return [lines.chart([made], [look.day_text(d) for d in days], title, ticks=ticks, top=words("100%"),
                        index=len(days) - 1, texts=texts, span=span)]  # fmt: skip


def _day_said(look: Look, found: Given[ArrivalBoard], day: Day) -> str:
    if day not in found.what.trend:
        return look.say("nobody")
    part = found.at(f"trend[{day}]")
    return look.say("trend_one", share=_share(look, part), n=look.whole(part["entries"]))


# persons -------------------------------------------------------------------------------------------


def _breaches(look: Look, found: Given[ArrivalBoard]) -> Block:
    rows = [_late(look, one) for one in found.each("breaches", "event")]
    total, most = found["all.breaches"], words(str(MOST_LINES))
    more = (total.value or 0) > len(rows)
    count = look.say("most_listed", n=look.whole(total), most=most) if more else look.whole(total)
    columns = [*_columns(look), listing.column(look.say("over"))]
    return listing.table(columns, rows, look.say("breach_list"), about=look.say("breach_about"), count=count,
                         none=look.say("no_breach"), sort=(5, True), first=20, id="breaches")  # fmt: skip


def _columns(look: Look) -> list[dict[str, Any]]:
    return [
        listing.column(look.say("person"), left=True),
        listing.column(look.say("entered"), left=True),
        listing.column(look.say("gate"), left=True, least=True),
        listing.column(look.say("to"), left=True),
        listing.column(look.say("pushed"), left=True, least=True),
    ]


def _late(look: Look, one: Given[EntryLine]) -> dict[str, Any]:
    """Of who was late: since when the district knows, or that it does not, and by how much."""
    line, term = one.what, PUSHES[one.what.state]
    known = told.moment(look, line.pushed) if line.pushed else term.name(look.lang)
    over = listing.cell(told.lasted(look, one["over"]), line.over, tone="bad")
    return _entry(look, line, [_known(line, known, "" if line.pushed else "bad"), over])


def _comes(look: Look, line: EntryLine) -> dict[str, Any]:
    """Of who comes: since when the district knows, and how that stands."""
    known = _known(line, told.moment(look, line.pushed) if line.pushed else "—", "" if line.pushed else "soft")
    state = listing.cell(PUSHES[line.state].name(look.lang), line.state, tone="bad" if line.over else "")
    return _entry(look, line, [known, state])


def _known(line: EntryLine, text: str, tone: str) -> dict[str, Any]:
    return listing.cell(text, line.pushed.timestamp() if line.pushed else None, tone=tone)


def _entry(look: Look, line: EntryLine, more: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One person: pseudonym, when, where in, where to, and ``more``."""
    sign = mark(PUSHES[line.state], look.lang, look.theme, word=False)
    origin = look.say("from", place=quoted(line.origin)) if line.origin else ""
    cells = [
        listing.cell(quoted(line.subject or "—"), line.subject, mark=sign),
        listing.cell(told.moment(look, line.entered), line.entered.timestamp()),
        listing.cell(quoted(line.gate or "—"), line.gate, small=origin),
        listing.cell(quoted(line.to.name), line.to.name, small=look.above(line.to.code)),
        *more,
    ]
    return listing.row(cells, href=look.href("event", id=line.event, day=None), key=str(line.event))


def _list(look: Look) -> list[Block]:
    """Who comes to a district, or a part of one: for the city it would be everybody."""
    if len(look.place.path) == 1 and look.viewer.scope is None:
        return []
    found = look.desk.beside(ArrivalDesk).push_list(look.viewer, look.area)
    columns = [*_columns(look), listing.column(look.say("stand"))]
    rows = [_comes(look, line) for line in found.lines]
    about = look.say("list_push" if found.push else "list_look") if found.lines else ""
    return [listing.table(columns, rows, look.say("list", area=quoted(found.area.name)), about=about,
                          none=look.say("list_none"), sort=(1, True), first=20, id="list")]  # fmt: skip


def _days(desk: Desk, viewer: Viewer) -> Sequence[Day]:
    return desk.beside(ArrivalDesk).days(viewer)


PAGE = Page(
    "arrivals",
    WORDS["title"],
    describe,
    about=(
        "重点人员入城后，3 小时内是否推送到区；谁超时，谁来了。",
        "Whether each district knew of key persons within three hours of their entry; who was late, who comes.",
    ),
    days=_days,
    words=WORDS,
    right="events",
    kept=False,
    under="events",
)

__all__ = ["PAGE"]
