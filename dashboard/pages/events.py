"""The board of events: how many are open, of what kind and where, which are late, and whose turn it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.pages import event_words as told
from dashboard.pages.page import Look, Page, Words
from dashboard.parts import figures, listing, note, search, stack
from dashboard.parts.sheet import Block, group
from dashboard.queries.cite import Given
from dashboard.queries.event_lines import EventCounts, EventLine, EventTally, Unit
from dashboard.queries.events import OPEN, EventDesk
from dashboard.queries.hidden import Count, hidden
from dashboard.queries.loops import OpenBoard
from dashboard.said import Said, join, quoted, words
from data.terms import EVENTS, LEVELS, STATES_OF_EVENTS, TIERS

#: Events a page.
LIMIT = 50
#: Bars before there are too many to be read at a glance.
MOST_BARS = 14

WISHES = ("klass", "state", "offset")

WORDS: Words = {
    **told.WORDS,
    "title": ("事件", "Events"),
    "none_open": ("没有未办结的事件。", "No event is open."),
    "open": ("未办结", "Not closed"),
    "open_about": ("已立案、尚未办结的事件", "Events that are not closed"),
    "late": ("逾期", "Late"),
    "late_about": ("签收、到场或办结的时限已过", "The time to take it on, to act or to close it is over"),
    "late_share": ("占 {share}", "{share} of them"),
    "raised": ("已升级", "Escalated"),
    "raised_about": ("因逾期报到上一级的事件", "Events that went one level up because they were late"),
    "oldest": ("最久", "Oldest"),
    "oldest_small": ("{moment} 立案", "opened {moment}"),
    "in_time": ("在时限内", "in time"),
    "by_class": ("按类别", "By class"),
    "by_area": ("按区域", "By area"),
    "oldest_of": ("最久 {age}", "oldest {age}"),
    "levels": ("在哪一级手里", "In whose hands"),
    "any": ("不限", "any"),
    "any_open": ("未办结", "not closed"),
    "search": ("筛选", "Filter"),
    "clear": ("清除条件", "Clear"),
    "list": ("清单", "The list"),
    "list_about": ("先到期的在前。", "What is due first stands first."),
    "list_closed": ("最近办结的在前。", "The last closed stands first."),
    "nothing_like": ("没有这样的事件。", "There is no such event."),
    "range": ("第 {first}–{last} 件", "{first}–{last}"),
    "withheld_list": (
        "单个事件仅限有权查看小数的人。",
        "Single events are for who may see small numbers.",
    ),
    "to_loop": ("闭环用时多久", "How long the loop takes"),
    "loop_line": ("这里是眼下的事件。", "These are the events of this moment."),
}


def describe(look: Look) -> list[Block]:
    """Figures, classes and areas, the form, and the list; asked again all the time."""
    if look.desk.events is None:
        return [note.line(look.say("no_book"), tone="large")]
    found = look.ask("events.counts", day=None)
    return [
        _figures(look, found),
        *_bars(look, found),
        _form(look),
        _table(look, found.what.counts.now),
        note.line(look.say("loop_line"), href=look.href("loop"), word=look.say("to_loop"), again="live"),
    ]


# figures -------------------------------------------------------------------------------------------


def _figures(look: Look, found: Given[OpenBoard]) -> Block:
    all_ = found.what.counts.all
    none = all_.open == 0 and not hidden(all_.open)
    made = [
        figures.figure(look.say("open"), look.short(found["counts.all.open"]), about=look.say("open_about"),
                       href=look.href(**dict.fromkeys(WISHES)), small=look.say("none_open") if none else ""),
        figures.figure(look.say("late"), look.short(found["counts.all.late"]), about=look.say("late_about"),
                       small=_share(look, all_.late, all_.open), tone="bad" if all_.late else ""),
        figures.figure(look.say("raised"), look.short(found["counts.all.escalated"]), about=look.say("raised_about"),
                       small=_share(look, all_.escalated, all_.open), tone="bad" if all_.escalated else ""),
        _oldest(look, found.what.counts),
        *(_state(look, found, state) for state in OPEN),
    ]  # fmt: skip
    return figures.strip(made)


def _share(look: Look, part: Count, whole: Count) -> str:
    """What part of the open ones it is; "" where that says nothing or may not be said."""
    if hidden(part) or hidden(whole) or not part:
        return ""
    return look.say("late_share", share=words(f"{part / whole:.0%}"))


def _oldest(look: Look, counts: EventCounts) -> dict[str, Any]:
    since = counts.all.oldest
    if since is None:
        return figures.figure(look.say("oldest"), "—", state="zero")
    small = look.say("oldest_small", moment=told.moment(look, since))
    return figures.figure(look.say("oldest"), told.age(look, since, counts.now), small=small)


def _state(look: Look, found: Given[OpenBoard], state: str) -> dict[str, Any]:
    term, here = STATES_OF_EVENTS[state], look.wish("state") == state
    href = look.href(state=None if here else state, offset=None)
    counts = found.what.counts
    small = _share(look, counts.states[state], counts.all.open)
    return figures.figure(term.name(look.lang), look.short(found[f"counts.states[{state}]"]), href=href, small=small,
                          mark=told.state_mark(look, state))  # fmt: skip


# classes and areas -----------------------------------------------------------------------------------


def _bars(look: Look, found: Given[OpenBoard]) -> list[Block]:
    """By class, most first, beside it by area and by whose hands they are in."""
    counts, now = found.what.counts, found.what.counts.now
    told_of = zip(counts.classes, found.each("counts.classes"), strict=True)
    classes = [_class(look, one, klass, now) for klass, one in sorted(told_of, key=_size) if _any(one.what)]
    units = [unit for unit, _ in counts.below]
    areas = sorted(zip(units, found.each("below"), strict=True), key=lambda pair: _urgency(pair[1].what))
    below = [_area(look, one, unit, now) for unit, one in areas]
    if not classes:
        return []
    right = [stack.bars(below[:MOST_BARS], look.say("by_area"))] if below else []
    return [stack.bars(classes, look.say("by_class"), span=6), group([*right, _hands(look, found)], span=6)]


def _any(tally: EventTally) -> bool:
    return hidden(tally.open) or bool(tally.open)


def _size(named: tuple[str, Given[EventTally]]) -> float:
    """Most first; what is hidden stands last."""
    tally = named[1].what
    return 0 if hidden(tally.open) else -tally.open


def _urgency(tally: EventTally) -> tuple[float, float]:
    """Most late first, then most open: where nothing is, and what is hidden, pushes nothing away."""
    return (0, 0) if hidden(tally.late) or hidden(tally.open) else (-tally.late, -tally.open)


def _hands(look: Look, found: Given[OpenBoard]) -> Block:
    """How many each level has, the lowest first."""
    levels = [level for level in reversed(list(LEVELS)) if level in found.what.counts.levels]
    rows = []
    for n, level in enumerate(levels):
        one, number = found.what.counts.levels[level], found[f"counts.levels[{level}]"]
        parts = [] if hidden(one) else [stack.part(look.say("open"), one, "", shade=str(min(4, n + 1)))]
        rows.append(stack.bar(TIERS[level].name(look.lang), parts, look.short(number),
                              state="suppressed" if hidden(one) else ""))  # fmt: skip
    return stack.bars(rows, look.say("levels"), legend=False)


def _class(look: Look, one: Given[EventTally], klass: str, now: dt.datetime) -> dict[str, Any]:
    here = look.wish("klass") == klass
    href = look.href(klass=None if here else klass, offset=None)
    return _bar(look, told.class_name(look, klass), one, now, href, told.class_mark(look, klass))


def _area(look: Look, one: Given[EventTally], unit: Unit, now: dt.datetime) -> dict[str, Any]:
    return _bar(look, quoted(unit.name), one, now, look.href(area=unit.code, offset=None))


def _bar(
    look: Look,
    name: str,
    one: Given[EventTally],
    now: dt.datetime,
    href: str,
    sign: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """How many, of which how many are late; what is hidden has no bar."""
    tally = one.what
    small = look.say("oldest_of", age=told.age(look, tally.oldest, now)) if tally.oldest else ""
    if hidden(tally.open) or hidden(tally.late):
        return stack.bar(name, [], look.short(one["open"]), href=href, mark=sign, state="suppressed")
    parts = [
        stack.part(look.say("late"), tally.late, look.short(one["late"]), shade="4"),
        stack.part(look.say("in_time"), tally.open - tally.late, "", shade="1"),
    ]
    return stack.bar(name, parts, look.short(one["open"]), small=small, href=href, mark=sign)


# the list --------------------------------------------------------------------------------------------


def _form(look: Look) -> Block:
    asked = {name: look.wish(name) or "" for name in ("klass", "state")}
    classes = [("", look.say("any")), *((term.id, term.name(look.lang)) for term in EVENTS.values())]
    states = [("", look.say("any_open")), *((term.id, term.name(look.lang)) for term in STATES_OF_EVENTS.values())]
    fields = [
        search.field("klass", look.say("klass"), asked["klass"], kind="choice", choices=classes),
        search.field("state", look.say("state"), asked["state"], kind="choice", choices=states),
    ]
    said = {"search": look.say("search"), "clear": look.say("clear")}
    plain = look.href(**dict.fromkeys(WISHES))
    return search.form(fields, plain, said, clear=plain if any(asked.values()) else "", id="event-filter")


def _asked(look: Look) -> tuple[Sequence[str], str]:
    """(states, class) of the address; what it does not know it leaves open."""
    state, klass = look.wish("state") or "", look.wish("klass") or ""
    states = [state] if state in STATES_OF_EVENTS else list(OPEN)
    return states, klass if klass in EVENTS else ""


def _table(look: Look, now: dt.datetime) -> Block:
    if not look.viewer.small_numbers:
        return note.line(look.say("withheld_list"))
    (states, klass), offset = _asked(look), look.number_wish("offset")
    lines = look.desk.beside(EventDesk).queue(look.viewer, look.area, states, klass, LIMIT + 1, offset)
    more, lines = len(lines) > LIMIT, lines[:LIMIT]
    rows = [_row(look, line, now) for line in lines]
    about = look.say("list_closed" if states == ["closed"] else "list_about")
    pager = _pager(look, offset, len(lines), more) if offset or more else None
    return listing.table(_columns(look), rows, look.say("list"), about=about, none=look.say("nothing_like"),
                         pager=pager, first=LIMIT, id="events")  # fmt: skip


def _pager(look: Look, offset: int, shown: int, more: bool) -> dict[str, Any]:
    said = look.say("range", first=look.rank(offset + 1), last=look.rank(offset + shown)) if shown else ""
    before = look.href(offset=max(0, offset - LIMIT) or None) if offset else ""
    return listing.pager(said, before, look.href(offset=offset + LIMIT) if more else "")


def _columns(look: Look) -> list[dict[str, Any]]:
    return [
        listing.column(look.say("event"), left=True),
        listing.column(look.say("area"), left=True),
        listing.column(look.say("due"), left=True),
        listing.column(look.say("state"), left=True),
        listing.column(look.say("owner"), left=True, least=True),
        listing.column(look.say("opened"), left=True, least=True),
        listing.column(look.say("reports"), least=True),
        listing.column(look.say("escalated"), least=True),
    ]


def _row(look: Look, line: EventLine, now: dt.datetime) -> dict[str, Any]:
    term = STATES_OF_EVENTS[line.state]
    again = look.say("reopened") if line.reopened else ""
    return listing.row(
        [
            listing.cell(quoted(line.name), line.name, small=_about(look, line),
                         mark=told.class_mark(look, line.klass)),
            listing.cell(quoted(line.area.name), line.area.name, small=quoted(line.where)),
            told.due_cell(look, line, now),
            listing.cell(term.name(look.lang), list(STATES_OF_EVENTS).index(line.state), small=again,
                         mark=told.state_mark(look, line.state)),
            told.unit_cell(look, line.owner),
            listing.cell(look.say("ago", age=told.age(look, line.opened, now)), -line.opened.timestamp(),
                         small=told.moment(look, line.opened)),
            _count(line.reports),
            _count(line.escalated, tone="bad" if line.escalated else ""),
        ],
        href=look.href("event", id=line.id),
        key=str(line.id),
    )  # fmt: skip


def _about(look: Look, line: EventLine) -> Said:
    """Its number, and the place or that it is about a person."""
    what = quoted(line.place) if line.place else look.say("person") if line.person else ""
    return join(" · ", [one for one in (look.say("event_n", id=words(str(line.id))), what) if one])


def _count(n: int, tone: str = "") -> dict[str, Any]:
    return listing.cell(words(str(n)), n, state="value" if n else "zero", tone=tone)


PAGE = Page(
    "events",
    WORDS["title"],
    describe,
    about=(
        "一件事、一个责任单位、一次办结：谁该在何时之前做什么，谁已逾期。",
        "One matter, one owner, one end: who is to do what by when, and who is late.",
    ),
    wishes=WISHES,
    words=WORDS,
    right="events",
    kept=False,
)

__all__ = ["PAGE"]
