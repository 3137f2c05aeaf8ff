"""The closed loop, measured: how long sensing, deciding, acting and feeding back take, where events are solved, which
loops are broken, and the three rates with what they are divided by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from dashboard.pages import event_words as told
from dashboard.pages.page import Look, Page, Words
from dashboard.parts import figures, listing, note, search, stack
from dashboard.parts.sheet import Block, mark
from dashboard.queries.cite import Cited, Given
from dashboard.queries.events import EventDesk
from dashboard.queries.loops import MOST_BREAKS, BelowLine, BreakLine, LoopBoard
from dashboard.said import Said, quoted, words
from dashboard.shown import to_local
from data.terms import BREAKS, EVENTS, TIERS
from grid.events.ends import Share
from grid.events.loop import Phase
from grid.events.measure import Part

#: Spans that can be chosen, with their days; a month is shown where none is.
SPANS = {"week": 7, "month": 30, "quarter": 90}

WISHES = ("over", "klass")

#: The phases of the loop in their order, each with its shade.
TURNS = {"sense": "1", "decide": "4", "act": "3", "feedback": "2"}
RATES = ("answered", "solved", "satisfied")

WORDS: Words = {
    **told.WORDS,
    "title": ("闭环用时", "The loop, timed"),
    "none": ("这段时间没有事件。", "No event was sensed in this time."),
    "span": ("{first} 至 {last} 感知的 {n} 件事件", "{n} events sensed from {first} to {last}"),
    "partly": (
        "涉及个人的事件不计在内：它们仅限有权查看小数的人。",
        "Events about persons are not among them: those are for who may see small numbers.",
    ),
    "week": ("近 7 天", "the last 7 days"),
    "month": ("近 30 天", "the last 30 days"),
    "quarter": ("近 90 天", "the last 90 days"),
    "over": ("时段", "Time"),
    "any": ("不限", "any"),
    "search": ("筛选", "Filter"),
    "clear": ("清除条件", "Clear"),
    "whole": ("从感知到办结", "From sensed to closed"),
    "whole_about": (
        "一半事件在此时间内办结。未办结的也计在内，其最终用时未定，故可能是区间或下限（≥）",
        "Half of the events are closed within this time. Those still open count too: hence a span, or at least (≥)",
    ),
    "at_least": ("≥ {time}", "≥ {time}"),
    "between": ("{least}–{most}", "{least}–{most}"),
    "p95": ("95%：{time}", "95%: {time}"),
    "answered": ("响应率", "Answered in time"),
    "answered_about": (
        "在签收时限内有人签收 ÷ 已签收或签收时限已过的事件。时限自感知起算，升级、转交不重新计时",
        "Taken on by its deadline, of all taken on or due. The clock runs from sensing, whoever has it",
    ),
    "solved": ("解决率", "Solved"),
    "solved_about": (
        "已办结且未被退回 ÷ 已办结、被退回或办结时限已过的事件",
        "Closed and never reopened, of all closed, reopened or due",
    ),
    "satisfied": ("满意率", "Satisfied"),
    "satisfied_about": ("表示满意 ÷ 已回访的事件", "Said to be satisfied, of all who were asked"),
    "of": ("{n} / {of} 件", "{n} of {of}"),
    "nobody_asked": ("尚未回访", "nobody was asked yet"),
    "nothing_due": ("尚无到期", "nothing due yet"),
    "low": ("最低层级解决", "Solved where it arose"),
    "low_about": (
        "由最先负责的层级或更基层办结 ÷ 已办结的事件",
        "Closed by the level that had it first, or one below, of all closed",
    ),
    "broken": ("断环", "Broken loops"),
    "broken_about": ("某一步的时限已过仍未走完的事件", "Events that wait for a step whose time is over"),
    "turns": ("一圈走多久", "One turn of the loop"),
    "turns_about": (
        "各步分别统计，各步的中位数相加不等于全程的中位数。",
        "Each step is measured by itself: the medians of the steps do not add up to that of the whole.",
    ),
    "half": ("一半", "Half"),
    "late": ("95%", "95%"),
    "half_small": ("p50", "p50"),
    "late_small": ("p95", "p95"),
    "sense": ("感知", "Sense"),
    "decide": ("决策", "Decide"),
    "act": ("行动", "Act"),
    "feedback": ("反馈", "Feed back"),
    "sense_about": ("从发生到系统得知", "From what happened to when it was known"),
    "decide_about": ("从得知到有人签收", "From known to taken on"),
    "act_about": ("从签收到到场处置", "From taken on to acted on"),
    "feedback_about": ("从处置到反馈", "From acted on to reported back"),
    "by_area": ("按区域", "By area"),
    "by_class": ("按类别", "By class"),
    "by_about": ("每格：一半事件在此时间内；下为 95%。", "Each cell: half of the events within; under it 95%."),
    "events_n": ("件数", "Events"),
    "closed_short": ("全程", "Whole"),
    "levels": ("在哪一级办结", "Closed at which level"),
    "levels_about": ("最低层级、最早时间、最小成本。", "The lowest level, the earliest time, the least cost."),
    "reasons": ("断在哪一步", "Where they broke"),
    "breaks": ("断环清单", "Broken loops"),
    "breaks_about": ("断得最久的在前，至多列 {n} 件。", "The longest broken first, {n} at most."),
    "no_breaks": ("没有断环。", "No loop is broken."),
    "reason": ("断在", "Broken at"),
    "for": ("已断", "For"),
    "back": ("看眼下的事件", "The events of this moment"),
}  # fmt: skip


def describe(look: Look) -> list[Block]:
    """The whole, the turns, areas and classes, levels, and what is broken."""
    if look.desk.events is None:
        return [note.line(look.say("no_book"), tone="large")]
    found = _asked(look)
    top = [_lead(look, found), _form(look)]
    if not found.what.all.events:
        return [*top, note.line(look.say("none"), tone="large")]
    blocks = [*top, _figures(look, found), _turns(look, found.at("all"))]
    blocks += _tables(look, found)
    return [*blocks, _levels(look, found.at("all")), _reasons(look, found), _breaks(look, found)]


def _over(look: Look) -> str:
    asked = look.wish("over") or ""
    return asked if asked in SPANS else "month"


def _asked(look: Look) -> Given[LoopBoard]:
    now = look.desk.beside(EventDesk).now().replace(second=0, microsecond=0)
    last = to_local(now, look.desk.city.timezone).date()
    first = last - dt.timedelta(days=SPANS[_over(look)] - 1)
    klass = look.wish("klass")
    return look.ask("events.loop", day=None, first=first, last=last, now=now, klass=klass if klass in EVENTS else None)


def _lead(look: Look, found: Given[LoopBoard]) -> Block:
    board = found.what
    text = look.say("span", first=look.day_text(board.first), last=look.day_text(board.last),
                    n=look.whole(found["all.events"]))  # fmt: skip
    if board.partly:
        text = text + look.say("partly")
    return note.line(text, href=look.href("events"), word=look.say("back"))


def _form(look: Look) -> Block:
    """Over how long, and of which class."""
    spans = [(over, look.say(over)) for over in SPANS]
    klass = look.wish("klass") or ""
    classes = [("", look.say("any")), *((term.id, term.name(look.lang)) for term in EVENTS.values())]
    fields = [
        search.field("over", look.say("over"), _over(look), kind="choice", choices=spans),
        search.field("klass", look.say("klass"), klass, kind="choice", choices=classes),
    ]
    said = {"search": look.say("search"), "clear": look.say("clear")}
    plain = look.href(**dict.fromkeys(WISHES))
    return search.form(fields, plain, said, clear=plain if look.wish("over") or klass else "", id="loop-filter")


# figures -------------------------------------------------------------------------------------------


def _figures(look: Look, found: Given[LoopBoard]) -> Block:
    part = found.at("all")
    return figures.strip([_whole(look, part.at("phases[whole]")), *(_rate(look, part, key) for key in RATES),
                          _low(look, part), _broken(look, part)])  # fmt: skip


def _whole(look: Look, phase: Given[Phase]) -> dict[str, Any]:
    small = look.say("p95", time=_quantile(look, phase, "p95"))
    return figures.figure(look.say("whole"), _quantile(look, phase, "p50"), small=small, about=look.say("whole_about"))


def _quantile(look: Look, phase: Given[Phase], which: str) -> Said:
    """Exact, from–to, or at least: as far as the events that wait leave it open."""
    found = phase.at(which)
    least, most = told.lasted(look, found["least"]), told.lasted(look, found["most"])
    if found.what.least is None or least == most:
        return least
    if found.what.most is None:
        return look.say("at_least", time=least)
    same = least.rsplit(" ", 1)[-1] == most.rsplit(" ", 1)[-1]
    return look.say("between", least=told.lasted(look, found["least"], bare=True) if same else least, most=most)


def _share(look: Look, share: Given[Share], none: str) -> tuple[Said, str]:
    """(the share in per cent, what it is a part of)."""
    if not share.what.of:
        return look.say("missing"), look.say(none)
    text = look.number(share["share"], lambda value: f"{value:.0%}")
    return text, look.say("of", n=look.whole(share["part"]), of=look.whole(share["of"]))


def _rate(look: Look, part: Given[Part], key: str) -> dict[str, Any]:
    share = part.at(key)
    text, small = _share(look, share, "nobody_asked" if key == "satisfied" else "nothing_due")
    return figures.figure(look.say(key), text, small=small, about=look.say(f"{key}_about"),
                          state="value" if share.what.of else "missing")  # fmt: skip


def _low(look: Look, part: Given[Part]) -> dict[str, Any]:
    share = part.at("low")
    text, small = _share(look, share, "nothing_due")
    return figures.figure(look.say("low"), text, small=small, about=look.say("low_about"),
                          state="value" if share.what.of else "missing")  # fmt: skip


def _broken(look: Look, part: Given[Part]) -> dict[str, Any]:
    return figures.figure(look.say("broken"), look.short(part["broken"]), about=look.say("broken_about"),
                          tone="bad" if part.what.broken else "")  # fmt: skip


# the turns -----------------------------------------------------------------------------------------


def _turns(look: Look, part: Given[Part]) -> Block:
    rows = [_turn(look, part, which, name) for which, name in (("p50", "half"), ("p95", "late"))]
    return stack.bars(rows, look.say("turns"), about=look.say("turns_about"), labels=True, equal=True)


def _turn(look: Look, part: Given[Part], which: str, name: str) -> dict[str, Any]:
    """The phases beside each other, each as long as it takes."""
    parts = []
    for id, shade in TURNS.items():
        phase = part.at(f"phases[{id}]")
        minutes = getattr(phase.what, which).least
        parts.append(stack.part(look.say(id), minutes or 0, _quantile(look, phase, which), shade=shade))
    return stack.bar(look.say(name), parts, small=look.say(f"{name}_small"))


# areas and classes -----------------------------------------------------------------------------------


def _tables(look: Look, found: Given[LoopBoard]) -> list[Block]:
    areas = [_area(look, one) for one in found.each("below", "unit.code")]
    klasses = zip(found.what.classes, found.each("classes"), strict=True)
    classes = [_class(look, klass, one) for klass, one in klasses]
    made = [(look.say("by_area"), look.say("area"), areas), (look.say("by_class"), look.say("klass"), classes)]
    return [
        listing.table(_columns(look, head), rows, title, about=look.say("by_about"), sort=(1, True))
        for title, head, rows in made if rows
    ]  # fmt: skip


def _columns(look: Look, head: str) -> list[dict[str, Any]]:
    phases = [listing.column(look.say(id), about=look.say(f"{id}_about"), least=id != "decide") for id in TURNS]
    rates = [listing.column(look.say(key), about=look.say(f"{key}_about"), least=True) for key in RATES]
    return [
        listing.column(head, left=True),
        listing.column(look.say("events_n"), bar=True),
        *phases,
        listing.column(look.say("closed_short"), about=look.say("whole_about")),
        *rates,
        listing.column(look.say("low"), about=look.say("low_about"), least=True),
        listing.column(look.say("broken"), about=look.say("broken_about")),
    ]


def _area(look: Look, one: Given[BelowLine]) -> dict[str, Any]:
    unit = one.what.unit
    return _row(look, listing.cell(quoted(unit.name), unit.name), one.at("part"), look.href(area=unit.code))


def _class(look: Look, klass: str, part: Given[Part]) -> dict[str, Any]:
    name = told.class_name(look, klass)
    here = look.wish("klass") == klass
    cell = listing.cell(name, name, mark=told.class_mark(look, klass))
    return _row(look, cell, part, look.href(klass=None if here else klass))


def _row(look: Look, name: dict[str, Any], part: Given[Part], href: str) -> dict[str, Any]:
    shares = [*RATES, "low"]
    return listing.row(
        [
            name,
            listing.number(look.whole(part["events"])),
            *(_time(look, part.at(f"phases[{id}]")) for id in (*TURNS, "whole")),
            *(_part(look, part.at(way)) for way in shares),
            listing.number(look.whole(part["broken"]), tone="bad" if part.what.broken else ""),
        ],
        href=href,
    )


def _time(look: Look, phase: Given[Phase]) -> dict[str, Any]:
    """p50, and p95 under it."""
    p50 = phase.what.p50.least
    if p50 is None:
        return listing.cell("—", None, tone="soft")
    return listing.cell(_quantile(look, phase, "p50"), p50, small=_quantile(look, phase, "p95"))


def _part(look: Look, share: Given[Share]) -> dict[str, Any]:
    if not share.what.of:
        return listing.cell("—", None, tone="soft")
    number: Cited = share["share"]
    small = look.say("of", n=look.whole(share["part"]), of=look.whole(share["of"]))
    return listing.cell(look.number(number, lambda value: f"{value:.0%}"), number.value, small=small)


# where they end, where they break --------------------------------------------------------------------


def _levels(look: Look, part: Given[Part]) -> Block:
    """How many were closed at each level, the lowest last."""
    levels = list(part.what.levels)
    shades = {level: str(4 - min(3, n)) for n, level in enumerate(levels)}
    parts = [
        stack.part(TIERS[level].name(look.lang), part.what.levels[level],
                   look.whole(part[f"levels[{level}]"]), shade=shades[level]) for level in reversed(levels)
    ]  # fmt: skip
    row = stack.bar(look.say("low"), parts, _share(look, part.at("low"), "nothing_due")[0])
    return stack.bars([row], look.say("levels"), about=look.say("levels_about"), labels=True, equal=True, span=6)


def _reasons(look: Look, found: Given[LoopBoard]) -> Block:
    rows = [
        stack.bar(BREAKS[reason].name(look.lang), [stack.part(look.say("broken"), n, "", shade="4")],
                  look.whole(found[f"reasons[{reason}]"]), mark=mark(BREAKS[reason], look.lang, look.theme, word=False))
        for reason, n in found.what.reasons.items()
    ]  # fmt: skip
    return stack.bars(rows, look.say("reasons"), legend=False, span=6)


def _breaks(look: Look, found: Given[LoopBoard]) -> Block:
    columns = [
        listing.column(look.say("event"), left=True),
        listing.column(look.say("reason"), left=True),
        listing.column(look.say("for")),
        listing.column(look.say("area"), left=True, least=True),
        listing.column(look.say("owner"), left=True, least=True),
    ]
    rows: Sequence[dict[str, Any]] = [_break(look, one) for one in found.each("breaks", "id")]
    about = look.say("breaks_about", n=words(str(MOST_BREAKS)))
    return listing.table(columns, rows, look.say("breaks"), about=about, none=look.say("no_breaks"), sort=(2, True),
                         first=20, id="breaks")  # fmt: skip


def _break(look: Look, one: Given[BreakLine]) -> dict[str, Any]:
    line, term = one.what, BREAKS[one.what.reason]
    return listing.row(
        [
            listing.cell(told.class_name(look, line.klass), line.klass, mark=told.class_mark(look, line.klass),
                         small=look.say("event_n", id=words(str(line.id)))),
            listing.cell(term.name(look.lang), list(BREAKS).index(term.id),
                         mark=mark(term, look.lang, look.theme, word=False)),
            listing.cell(told.lasted(look, one["minutes"]), line.minutes, tone="bad"),
            told.unit_cell(look, line.area),
            told.unit_cell(look, line.owner),
        ],
        href=look.href("event", id=line.id),
        key=str(line.id),
    )  # fmt: skip


PAGE = Page(
    "loop",
    WORDS["title"],
    describe,
    about=(
        "感知、决策、行动、反馈各用了多久，在哪一级解决，哪里断了环。",
        "How long it takes to sense, decide, act and feed back; where it is solved; where it breaks.",
    ),
    wishes=WISHES,
    words=WORDS,
    under="events",
    right="events",
    kept=False,
)

__all__ = ["PAGE"]
