"""The list of assignments that somebody must look at, filtered by what was clicked."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from dashboard.pages.codes.told import days, destroyed, nothing
from dashboard.pages.codes.words import WORDS as SHARED
from dashboard.pages.codes.written import glyph, owner_name, system_name
from dashboard.pages.page import Day, Look, Page, Words
from dashboard.parts import listing, note
from dashboard.parts.sheet import Block, mark
from dashboard.queries.cite import Given
from dashboard.queries.codes import CodeDesk, TicketLine, Tickets
from dashboard.said import join
from data.terms import CODES, EXCEPTIONS, HARMS, OVERDUE

#: Tickets a page.
LIMIT = 50
#: Those shown on the page of codes itself.
FIRST = 8

WISHES = ("flag", "system", "blocker", "owner", "authority", "group", "overdue", "colour", "colours", "since", "near")

WORDS: Words = {
    **SHARED,
    "title": ("待办清单", "To be looked at"),
    "range": ("第 {first}–{last} 条，共 {n} 条", "{first}–{last} of {n}"),
    "filter": ("只看：{words}", "Only: {words}"),
    "all_tickets": ("看全部", "Show all"),
    "overdue_late": ("应转未转", "overdue"),
    "near_only": ("临近就医、考试、出行", "near a harm"),
    "blocker_only": ("仅被{system}拦住", "blocked by {system} alone"),
    "owner_only": ("由{name}负责", "owned by {name}"),
    "authority_only": ("{name}赋码", "assigned by {name}"),
    "group_only": ("共同属性“{name}”", "sharing “{name}”"),
    "since_only": ("{day}赋码", "assigned {day}"),
    "nothing_like": ("没有这样的赋码。", "There is no such assignment."),
}


def describe(look: Look) -> list[Block]:
    """The filter in words, and a page of the list."""
    offset = look.number_wish("offset")
    if look.day is None or look.day not in look.spot.days:
        return [nothing(look)]
    gone = destroyed(look)
    if gone:
        return gone
    found = look.ask("codes.tickets", offset=offset, limit=LIMIT, **asked(look))
    columns, rows = _columns(look), _rows(look, found)
    last, total = offset + len(rows), found.what.total
    range_ = {"first": look.rank(offset + 1), "last": look.rank(last), "n": look.short(found["total"])}
    said = look.say("range", **range_) if rows else ""
    before = look.href(offset=max(0, offset - LIMIT) or None) if offset else ""
    pager = listing.pager(said, before, look.href(offset=last) if last < total else "")
    return [*_unread(look), *_filter(look), listing.table(columns, rows, pager=pager, none=look.say("nothing_like"))]


# the list ----------------------------------------------------------------------------------------


def first(look: Look) -> list[Block]:
    """The most pressing ones for who may see them, and how many there are; or that they were destroyed."""
    gone = destroyed(look)
    if gone or not look.viewer.may("tickets"):
        return gone
    found = look.ask("codes.tickets", limit=FIRST)
    all_ = {"href": look.href("tickets"), "word": look.say("all", n=look.whole(found["total"]))}
    return [listing.table(
        _columns(look), _rows(look, found), look.say("first"), about=look.say("first_about"),
        none=look.say("nothing_open"), pager=listing.pager("", after="") | {"all": all_},
    )]  # fmt: skip


def _columns(look: Look) -> list[dict[str, Any]]:
    """Columns of the list; :func:`_row` fills them."""
    return [
        listing.column(look.say("person"), left=True),
        listing.column(look.say("why"), left=True, least=True),
        listing.column(look.say("over")),
        listing.column(look.say("harm"), left=True),
        listing.column(look.say("owner"), left=True),
    ]


def _rows(look: Look, found: Given[Tickets]) -> list[dict[str, Any]]:
    return [_row(look, line) for line in found.each("lines", "id")]


def _row(look: Look, told: Given[TicketLine]) -> dict[str, Any]:
    """One ticket in a list."""
    line = told.what
    named = [EXCEPTIONS[flag].name(look.lang) for flag in line.flags]
    harm = HARMS.get(line.harm)
    deadline = look.day_text(line.deadline)
    cells = [
        listing.cell(join(" ", line.place), mark=glyph(look, line.colour),
                     small=join(" · ", [system_name(look, line.system), look.day_text(line.since)])),
        listing.cell(("、" if look.lang == "zh" else ", ").join(named), tone="soft"),
        listing.cell("" if line.late is None else look.say("days", n=look.whole(told["late"]))),
        listing.cell(harm.name(look.lang), small=deadline, mark=mark(harm, look.lang, look.theme, word=False),
                     tone="bad" if _ahead(look, line) else "soft") if harm else listing.cell(""),
        listing.cell(owner_name(look, line.owner), small=look.say(f"basis_{line.basis}")),
    ]  # fmt: skip
    return listing.row(cells, href=look.href("ticket", id=line.id), key=line.id)


def _ahead(look: Look, line: TicketLine) -> bool:
    return line.deadline is not None and look.day is not None and line.deadline >= look.day


# the filter --------------------------------------------------------------------------------------


def asked(look: Look) -> dict[str, str]:
    """The filter of the address, as far as it can be understood, by the names of :class:`Wanted`."""
    wishes = _wishes(look)
    system = wishes.get("system") or wishes.pop("blocker", None)
    wishes.pop("blocker", None)
    return wishes | ({"system": system} if system else {})


def _wishes(look: Look, *, read: bool = True) -> dict[str, str]:
    """The address's filters that can be understood; those that cannot, where ``read`` is false."""
    asked = {name: value for name in WISHES if (value := look.wish(name))}
    return {name: value for name, value in asked.items() if _means(look, name, value) is read}


def _means(look: Look, name: str, value: str) -> bool:
    """Whether a filter can mean anything; names of owners, authorities and groups are any words."""
    known = {"flag": EXCEPTIONS, "colour": CODES, "overdue": (*OVERDUE, "late")}
    if name in ("system", "blocker"):
        return value in _systems(look)
    if name == "colours":
        return re.fullmatch("[0-3]{1,8}", value) is not None
    return value in known[name] if name in known else name != "since" or _day(value) is not None


def _systems(look: Look) -> set[str]:
    """Ids of the city's code systems, and of those that the day's ledgers name."""
    told = look.desk.beside(CodeDesk).colours(look.viewer, look.area, look.day, look.as_of) or ()
    return {system.id for system in (*look.desk.beside(CodeDesk).systems(look.viewer), *(one.system for one in told))}


def _unread(look: Look) -> list[Block]:
    """What of the filter means nothing."""
    wrong = _wishes(look, read=False)
    return [note.line(look.say("bad_other", key=name, value=value)) for name, value in wrong.items()]


def _day(text: str | None) -> Day | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _filter(look: Look) -> list[Block]:
    """What is left out, in words, and the way back to everything."""
    words = [word for name, value in _wishes(look).items() if (word := _word(look, name, value))]
    if not words:
        return []
    said = look.say("filter", words=join(" · ", words))
    return [note.line(said, href=look.href(**dict.fromkeys((*WISHES, "offset"))), word=look.say("all_tickets"))]


def _word(look: Look, name: str, value: str) -> str:
    systems = {system.id: system_name(look, system) for system in look.desk.beside(CodeDesk).systems(look.viewer)}
    if name == "owner":
        return look.say("owner_only", name=owner_name(look, value))
    if name in ("authority", "group"):
        return look.say(f"{name}_only", name=value)
    if name == "since":
        return look.say("since_only", day=look.day_text(_day(value)))
    if name == "blocker":
        return look.say("blocker_only", system=systems.get(value, value))
    if name == "colours":
        return join(", ", _combination(look, value))
    if name == "near":
        return look.say("near_only")
    if name == "overdue":
        return OVERDUE[value].name(look.lang) if value in OVERDUE else look.say("overdue_late")
    terms = {"flag": EXCEPTIONS, "colour": CODES}.get(name, {})
    return terms[value].name(look.lang) if value in terms else systems.get(value, value)


def _combination(look: Look, value: str) -> Iterator[str]:
    terms = list(CODES.values())
    for system, digit in zip(look.desk.beside(CodeDesk).systems(look.viewer), value, strict=False):
        if digit in "123":
            yield join(" ", [system_name(look, system), terms[int(digit) - 1].name(look.lang)])


PAGE = Page(
    "tickets",
    WORDS["title"],
    describe,
    about=WORDS["first_about"],
    days=days,
    wishes=(*WISHES, "offset"),
    words=WORDS,
    under="codes",
    right="tickets",
)
