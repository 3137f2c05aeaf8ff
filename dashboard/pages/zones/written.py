"""How a zone is written: its name and kind, its clock and where that stands, its people and ground, its notice."""

from __future__ import annotations

from typing import Any

from dashboard.pages.page import Look
from dashboard.pages.zones.words import WORDS
from dashboard.parts import listing, stack
from dashboard.parts.sheet import mark
from dashboard.queries.cite import Cited, Given
from dashboard.queries.zones import ZoneLine
from dashboard.said import Said, fill, join, quoted, words
from data.terms import RISKS, ZONE_CLOCKS, ZONES, Term
from grid.zones.clocks import OVER, ZoneClock

#: How urgent a state is, as a shade of the one scale.
_SHADES = {"running": "1", "due": "2", "week": "3", "weeks": "4", "stuck": "4"}


def term_of(kind: str) -> Term:
    """What a zone's kind is called and drawn as: that of a zone, or of a risk area."""
    return ZONES.get(kind) or RISKS[kind]


def name_cell(look: Look, line: ZoneLine) -> dict[str, Any]:
    """Its name behind the sign of its kind, which a narrow screen has no column for."""
    sign = mark(term_of(line.clock.zone.kind), look.lang, look.theme, word=False)
    return listing.cell(line.name, line.name, small=quoted(line.where), mark=sign)


def kind_cell(look: Look, line: ZoneLine) -> dict[str, Any]:
    """Its kind."""
    term = term_of(line.clock.zone.kind)
    return listing.cell(term.name(look.lang), term.id)


def counted(look: Look, key: str, days: Cited) -> Said:
    """A word about so many days; English has another for one of them."""
    template = look.page.words[key][0 if look.lang == "zh" else 1]
    return fill(template.replace("days", "day") if days.value == 1 else template, n=look.whole(days))


def state_name(look: Look, state: str) -> str:
    """A state of the table in words."""
    return look.say(state) if state in WORDS else ZONE_CLOCKS[state].name(look.lang)


def state_cell(look: Look, told: Given[ZoneClock]) -> dict[str, Any]:
    """How it stands to its rule's clock, and since when."""
    clock = told.what
    order = list(OVER).index(clock.state) * 1000 + clock.over if clock.state in OVER else -1
    text = counted(look, "over", told["over"]) if clock.over else state_name(look, clock.state)
    text = look.say("no_term") if clock.clause and clock.clause.open and clock.state == "running" else text
    small: str = look.say("since_then", day=look.day_text(clock.due)) if clock.due and clock.over else ""
    small = counted(look, "eased_early", told["early"]) if clock.early else small
    return listing.cell(text, order, small=small, tone="bad" if clock.over else "")


def clock_cell(look: Look, told: Given[ZoneClock]) -> dict[str, Any]:
    """How many days of its clock are over."""
    clock = told.what
    if not clock.length or clock.state == "unknown":
        return listing.cell(look.say("no_clock" if not clock.length else "cannot"), None, tone="soft")
    done, left = clock.run, clock.length - clock.run
    text = look.say("day_of", n=look.whole(told["nth"]), of=look.whole(told["length"]))
    parts = [stack.part(text, done, "", shade=_SHADES.get(clock.state, "1")), stack.part("", left, "", shade="0")]
    return listing.cell(text, done / clock.length, parts=[part for part in parts if part["value"]])


def earliest_cell(look: Look, line: ZoneLine) -> dict[str, Any]:
    """The first day on which it may be released."""
    clock = line.clock
    if clock.ends is None:
        return listing.cell(look.say("no_clock"), None, tone="soft")
    small = look.say("if_quiet") if clock.state == "running" else ""
    if clock.latest is not None:
        small = look.say("or_as_late", day=look.day_text(clock.latest))
    return listing.cell(look.day_text(clock.ends), clock.ends.toordinal(), small=small)


def last_cell(look: Look, told: Given[ZoneClock]) -> dict[str, Any]:
    """The last day with a finding inside, and what is not known of the days since."""
    clock = told.what
    unsure = [counted(look, "silent", told["silent"])] if clock.silent else []
    unsure += [look.say("loose", n=look.short(told["loose"]))] if clock.loose else []
    small = join(" · ", unsure)
    if clock.last is None:
        return listing.cell(look.say("last_none"), None, small=small, tone="soft")
    return listing.cell(look.day_text(clock.last), clock.last.toordinal(), small=small)


def held_cell(look: Look, told: Given[ZoneClock]) -> dict[str, Any]:
    """The people inside."""
    vague = told.what.size.people is None and told.what.zone.vague
    return listing.number(look.short(told["size.people"]), small=look.say("extent") if vague else "")


def beyond_cell(look: Look, told: Given[ZoneClock]) -> dict[str, Any]:
    """The people beyond the unit of its rule, and their ground."""
    if told.what.beyond is None:
        return listing.cell("", None)
    if not told.what.larger:
        return listing.number(words("0"), 0)
    return listing.number(look.short(told["beyond.people"]), small=km2(look, told["beyond.m2"]))


def km2(look: Look, m2: Cited) -> Said:
    """Square metres as square kilometres."""
    return look.say("km2", n=look.number(m2, lambda size: f"{size / 1e6:.2f}" if size >= 1e4 else f"{size / 1e6:.3f}"))


def notice_cell(look: Look, line: ZoneLine) -> dict[str, Any]:
    """The notice and the clause it stands by, leading there."""
    clock = line.clock
    if clock.pack is None or clock.clause is None:
        return listing.cell("", None)
    href = look.href("notices", notice=clock.pack.id)
    return listing.cell(clock.pack.number(look.lang), None, small=clock.clause.word, href=href)
