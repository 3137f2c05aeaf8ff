"""The list of assignments that somebody must look at, filtered by what was clicked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from dashboard.pages import codes
from dashboard.pages.page import Day, Look, Page, Words
from dashboard.parts import listing, note
from dashboard.parts.sheet import Block
from dashboard.queries.codes import CodeDesk, Wanted
from data.terms import CODES, EXCEPTIONS, OVERDUE

#: Tickets a page.
LIMIT = 50

WISHES = ("flag", "system", "blocker", "owner", "authority", "group", "overdue", "colour", "colours", "since", "near")

WORDS: Words = {
    **codes.WORDS,
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
    desk, offset = look.desk.beside(CodeDesk), look.number_wish("offset")
    if look.day is None or look.day not in look.spot.days:
        return [codes.nothing(look)]
    found, total = desk.tickets(
        look.viewer, look.area, look.day, look.as_of, wanted=wanted(look), offset=offset, limit=LIMIT
    )
    columns, rows = codes.ticket_columns(look), [codes.ticket_row(look, line) for line in found]
    last = offset + len(found)
    said = look.say("range", first=look.short(offset + 1), last=look.short(last), n=look.short(total)) if found else ""
    before = look.href(offset=max(0, offset - LIMIT) or None) if offset else ""
    pager = listing.pager(said, before, look.href(offset=last) if last < total else "")
    return [*_filter(look), listing.table(columns, rows, pager=pager, none=look.say("nothing_like"))]


def wanted(look: Look) -> Wanted:
    """The filter of the address."""
    blocker = look.wish("blocker")
    return Wanted(
        flag=look.wish("flag"), system=look.wish("system") or blocker, owner=look.wish("owner"),
        authority=look.wish("authority"), group=look.wish("group"), overdue=look.wish("overdue"),
        colour=look.wish("colour"), colours=look.wish("colours"), since=_day(look.wish("since")),
        near=look.wish("near") is not None,
    )  # fmt: skip


def _day(text: str | None) -> Day | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _filter(look: Look) -> list[Block]:
    """What is left out, in words, and the way back to everything."""
    words = [word for name in WISHES if (value := look.wish(name)) and (word := _word(look, name, value))]
    if not words:
        return []
    said = look.say("filter", words=(" · ").join(words))
    return [note.line(said, href=look.href(**dict.fromkeys((*WISHES, "offset"))), word=look.say("all_tickets"))]


def _word(look: Look, name: str, value: str) -> str:
    systems = {system.id: codes.system_name(look, system) for system in look.desk.city.systems}
    if name in ("owner", "authority", "group"):
        return look.say(f"{name}_only", name=value)
    if name == "since":
        return look.say("since_only", day=look.day_text(_day(value)))
    if name == "blocker":
        return look.say("blocker_only", system=systems.get(value, value))
    if name == "colours":
        return ", ".join(_combination(look, value))
    if name == "near":
        return look.say("near_only")
    if name == "overdue":
        return OVERDUE[value].name(look.lang) if value in OVERDUE else look.say("overdue_late")
    terms = {"flag": EXCEPTIONS, "colour": CODES}.get(name, {})
    return terms[value].name(look.lang) if value in terms else systems.get(value, value)


def _combination(look: Look, value: str) -> Iterator[str]:
    terms = list(CODES.values())
    for system, digit in zip(look.desk.city.systems, value, strict=False):
        if digit in "123":
            yield f"{codes.system_name(look, system)} {terms[int(digit) - 1].name(look.lang)}"


PAGE = Page(
    "tickets",
    WORDS["title"],
    describe,
    about=WORDS["first_about"],
    days=codes.days,
    wishes=(*WISHES, "offset"),
    words=WORDS,
    under="codes",
)
