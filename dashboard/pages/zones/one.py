"""One zone in full: what is known of it, and why its clock stands as it does."""

from __future__ import annotations

from typing import Any

from dashboard.pages.page import Look
from dashboard.pages.verdicts import sentence
from dashboard.pages.zones import written
from dashboard.parts import record
from dashboard.parts.sheet import Block, mark
from dashboard.queries.cite import Given
from dashboard.queries.zones import ZoneLine
from dashboard.said import join, quoted
from data.terms import UNITS
from grid.zones.clocks import ZoneClock

#: Steps that are not certain while days are without a report.
_UNSURE = ("eased", "released")

#: Steps with which a verdict ends; the page ends with the state instead.
_CLOSING = ("quiet", "counted", "open")


def blocks(look: Look, line: Given[ZoneLine]) -> list[Block]:
    """The record of a zone beside the steps of its rule."""
    return [
        record.record(_entries(look, line), line.what.name, span=5, id="zone"),
        record.steps(_steps(look, line.at("clock")), look.say("why"), span=7, about=_silent_about(look, line)),
    ]


def _entries(look: Look, told: Given[ZoneLine]) -> list[dict[str, Any]]:
    line, clock, zone = told.what, told.what.clock, told.what.clock.zone
    term, state = written.term_of(zone.kind), written.state_cell(look, told.at("clock"))
    where = join(" ", [name for name in (quoted(line.where), line.area[1]) if name])
    found = [
        record.entry(look.say("where"), where, href=look.href(area=line.area[0], zone=None)),
        record.entry(look.say("kind"), term.name(look.lang), mark=mark(term, look.lang, look.theme, word=False)),
        record.entry(look.say("drawn"), look.day_text(zone.since or zone.start, year=True)),
        record.entry(look.say("state"), state["text"], small=state.get("small", "")),
        _size_entry(look, told.at("clock")),
    ]
    if clock.larger and clock.pack and clock.pack.unit:
        beyond = written.beyond_cell(look, told.at("clock"))
        found.append(record.entry(look.say("beyond"), beyond["text"], small=beyond["small"]))
        found.append(
            record.entry(look.say("unit"), UNITS[clock.pack.unit].name(look.lang), small=look.say("larger_about"))
        )
    if zone.risk:
        found.append(record.entry(look.say("entries"), look.whole(told["clock.zone.entries"])))
    if clock.pack is not None:
        href = look.href("notices", notice=clock.pack.id)
        found.append(
            record.entry(look.say("notice"), clock.pack.name(look.lang), small=clock.pack.number(look.lang), href=href)
        )
    return found


def _size_entry(look: Look, told: Given[ZoneClock]) -> dict[str, Any]:
    size, zone, ground = told.what.size, told.what.zone, written.km2(look, told["size.m2"])
    if size.people is None:
        small = look.say("extent") if zone.vague else ground
    else:
        small = join(" · ", [ground, look.say("named")]) if zone.risk else ground
    return record.entry(look.say("held"), look.short(told["size.people"]), small=small)


def _steps(look: Look, told: Given[ZoneClock]) -> list[dict[str, Any]]:
    """The rule's steps up to the day, then where things stand."""
    clock = told.what
    hidden = (*_CLOSING, *_UNSURE) if clock.silent else _CLOSING
    steps = [step for step in told.each("verdict.steps", "id") if step.what.day <= clock.day]
    steps = [step for step in steps if step.what.what not in hidden]
    made = [record.step(look.day_text(step.what.day), sentence(look, step)) for step in steps]
    days = {"ends": look.day_text(clock.ends), "latest": look.day_text(clock.latest)}
    key = "over" if clock.over and clock.standing else clock.state
    key = "open" if clock.state == "running" and clock.ends is None else key
    said = look.say(f"end_{key}", **days) if key != "over" else written.counted(look, "end_over", told["over"])
    return [*made, record.step(look.day_text(clock.day), said, weight="now")]


def _silent_about(look: Look, line: Given[ZoneLine]) -> str:
    silent = line.what.clock.silent
    if not silent:
        return ""
    days = join("、" if look.lang == "zh" else ", ", [look.day_text(day) for day in silent[:3]])
    return look.say("silent_about", n=look.whole(line["clock.silent"]), days=days)
