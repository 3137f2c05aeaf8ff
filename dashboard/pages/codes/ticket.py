"""One assignment: what it is, by which rule of which notice, on what evidence, when it ends, and who can mend it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dashboard.pages.codes.told import days
from dashboard.pages.codes.words import WORDS as SHARED
from dashboard.pages.codes.written import glyph, owner_name, system_name
from dashboard.pages.page import Day, Look, Page, Words
from dashboard.pages.verdicts import sentence
from dashboard.parts import figures, note, record
from dashboard.parts.sheet import Block, mark
from dashboard.queries.cite import Given
from dashboard.queries.codes import CodeDesk, TicketFull
from dashboard.said import join, quoted
from dashboard.shown import to_local
from data.notices import Notice
from data.rules.verdict import Step
from data.terms import CODES, EXCEPTIONS, HARMS, IDENTITIES, SCOPES

WORDS: Words = {
    **SHARED,
    "title": ("一条赋码", "One assignment"),
    "which": ("请从清单中选一条。", "Choose one from the list."),
    "to_list": ("待办清单", "The list"),
    "state": ("{system} {colour}", "{system}: {colour}"),
    "since": ("赋码日", "Assigned"),
    "ends": ("期满日", "Clock ends"),
    "no_end": ("不会自行期满", "no day ends it"),
    "due": ("应转日", "Due"),
    "not_due": ("条件未齐", "conditions not met"),
    "over_now": ("已超期", "Days over"),
    "at_stake": ("会误什么", "At stake"),
    "trace": ("这个码是怎么来的，该怎么走", "How it came to be, and where it should go"),
    "rules_changed": (
        "规则文件此后已改，以下按现行规则推演。",
        "The rules have changed since; the steps below go by today's.",
    ),
    "it": ("这条记录", "The record"),
    "systems": ("本人在各系统", "The same person elsewhere"),
    "no_code": ("无码", "no code"),
    "place": ("现居", "Where"),
    "registered": ("户籍", "Registered in"),
    "elsewhere": ("市外", "outside the city"),
    "identity": ("赋码缘由", "As"),
    "wrong": ("问题", "What is wrong"),
    "evidence": ("依据", "Evidence"),
    "evidence_day": ("依据日期 {day}", "of {day}"),
    "batch": ("批次", "Batch"),
    "group": ("共同属性", "Shared attribute"),
    "authority": ("赋码单位", "Assigned by"),
    "operator": ("经办", "Operator"),
    "who": ("谁能改", "Who can mend it"),
    "hotline": ("电话 {hotline}", "call {hotline}"),
    "why_assigner": ("由它赋码，且有纠错权", "it assigned the code and may correct it"),
    "why_system": (
        "赋码单位无权纠错，归本系统的纠错单位",
        "the assigner may not correct; this one corrects the system",
    ),
    "why_district": ("本系统未写明谁能纠错，由所在区兜底", "the system names no corrector: the district answers"),
    "why_city": ("连所在区也不明，由市里兜底", "not even the district is known: the city answers"),
    "file": ("台账文件", "File of the ledger"),
    "row": ("第 {row} 行 · 第 {load} 批 · {moment} 入库", "row {row} · load {load} · received {moment}"),
    "pseudonym": ("假名", "Pseudonym"),
    "pseudonym_about": (
        "由密钥算出，本系统不存姓名与证件号。",
        "Made with a key; no name and no document number is kept here.",
    ),
    "tests": ("检测与接触", "Tests and contacts"),
    "negative": ("最近阴性 {day}", "last negative {day}"),
    "positive": ("阳性 {day}", "positive {day}"),
    "contact": ("最近接触 {day}", "last contact {day}"),
    "notice": ("依据的通告", "The notice it goes by"),
    "rule": ("规则", "Rule"),
    "number": ("文号", "Number"),
    "issuer": ("发文单位", "Issued by"),
    "clause": ("条款", "Clause"),
    "force": ("有效期", "In force"),
    "from": ("自 {first} 起", "from {first}"),
    "until": ("{first} 至 {last}", "{first} to {last}"),
    "source": ("来源", "Source"),
    "scope": ("对象", "Takes in"),
    "no_rule": ("没有哪条在用规则给出这个码。", "No rule in force gives this code."),
    "page": ("看这份通告", "See the notice"),
}

#: Steps that say what should have been done and was not.
LACKING = {"due", "over", "stale", "missing", "blocked", "unruled"}


def describe(look: Look) -> list[Block]:
    """The assignment of the address."""
    number = look.wish("id")
    if not number:
        return [note.line(look.say("which"), tone="large", href=look.href("tickets"), word=look.say("to_list"))]
    found = look.ask("codes.ticket", area=None, id=number)
    told: TicketFull = found.what
    changed = [note.line(look.say("rules_changed"))] if told.rules_changed else []
    rest = [_trace(look, found), _notice(look, told), _record(look, found), _systems(look, told)]
    return [_figures(look, found), *changed, *rest]


def _figures(look: Look, told: Given[TicketFull]) -> Block:
    line = told.what.line
    name = look.say("state", system=system_name(look, line.system), colour=CODES[line.colour].name(look.lang))
    unit = str(look.say("days", n="")).strip()
    made = [
        figures.figure(name, look.short(told["days"]), unit=unit, mark=glyph(look, line.colour),
                       small=look.say("over_now" if line.late is not None else "since"),
                       tone="bad" if line.late else ""),
        figures.figure(look.say("since"), look.day_text(line.since)),
        figures.figure(look.say("ends"), look.day_text(line.ends) or look.say("no_end"), state=_state(line.ends)),
        figures.figure(look.say("due"), look.day_text(line.due) or look.say("not_due"), state=_state(line.due)),
    ]  # fmt: skip
    if line.harm:
        harm = HARMS[line.harm]
        made.append(
            figures.figure(look.say("at_stake"), harm.name(look.lang), small=look.day_text(line.deadline),
                           mark=mark(harm, look.lang, look.theme, word=False))
        )  # fmt: skip
    owner = owner_name(look, line.owner)
    made.append(figures.figure(look.say("who"), owner, small=look.say(f"basis_{line.basis}")))
    return figures.strip(made)


def _state(day: Day | None) -> str:
    return "value" if day else "zero"


def _trace(look: Look, told: Given[TicketFull]) -> Block:
    steps = [_step(look, step, told.what.day) for step in told.each("verdict.steps", "id")]
    return record.steps(steps, look.say("trace"), span=7)


def _step(look: Look, told: Given[Step], today: Day) -> dict[str, Any]:
    step = told.what
    state = "lacking" if step.what in LACKING else "open" if step.day > today else "done"
    weight = "now" if step.day == today else ""
    return record.step(look.day_text(step.day), sentence(look, told), state=state, weight=weight)


# the notice --------------------------------------------------------------------------------------


def _notice(look: Look, told: TicketFull) -> Block:
    pack, clause = told.pack, told.clause
    if pack is None or clause is None:
        return note.line(look.say("no_rule"), span=5)
    link = look.href("notices", notice=told.notices[0].key if told.notices else pack.id)
    entries = [
        record.entry(look.say("rule"), pack.name(look.lang), href=link),
        record.entry(look.say("number"), pack.number(look.lang)),
        record.entry(look.say("issuer"), pack.by(look.lang)),
        record.entry(look.say("clause"), clause.text(look.lang), small=clause.word),
        record.entry(look.say("force"), _force(look, pack.start, told)),
        record.entry(look.say("source"), pack.source),
        *(_enacted(look, one) for one in told.notices[:3]),
    ]
    return record.record(entries, look.say("notice"), id="notice-record", span=5)


def _force(look: Look, start: Day, told: TicketFull) -> str:
    assert told.pack is not None
    stop = look.desk.beside(CodeDesk).rules.stop(told.pack)
    return _span(look, start, stop)


def _span(look: Look, start: Day, stop: Day | None) -> str:
    first = look.day_text(start, year=True)
    if stop is None:
        return look.say("from", first=first)
    return look.say("until", first=first, last=look.day_text(Day.fromordinal(stop.toordinal() - 1), year=True))


def _enacted(look: Look, one: Notice) -> dict[str, Any]:
    scope = SCOPES[one.scope].name(look.lang) if one.scope in SCOPES else one.scope
    return record.entry(one.number, one.title, href=look.href("notices", notice=one.key),
                        small=join(" · ", [one.authority, scope, _span(look, one.start, one.stop)]))  # fmt: skip


# the record --------------------------------------------------------------------------------------


def _record(look: Look, told: Given[TicketFull]) -> Block:
    return record.record(list(_entries(look, told)), look.say("it"), span=7)


def _entries(look: Look, found: Given[TicketFull]) -> Iterator[dict[str, Any]]:
    told: TicketFull = found.what
    line = told.line
    say, lang = look.say, look.lang
    flags = [mark(EXCEPTIONS[flag], lang, look.theme) for flag in line.flags]
    yield record.entry(say("wrong"), "", mark=flags)
    why, hotline = say(f"why_{line.basis}"), line.system.hotline
    said = join(" · ", [why, say("hotline", hotline=hotline)]) if hotline else why
    owner, mine = owner_name(look, line.owner), look.href("tickets", owner=line.owner)
    yield record.entry(say("who"), owner, small=said, href=mine)
    yield record.entry(say("place"), join(" › ", line.place))
    yield _stated(look, "registered", told.registered or (say("elsewhere") if told.elsewhere else ""))
    yield _stated(look, "identity", IDENTITIES[told.identity].name(lang) if told.identity else "")
    day = say("evidence_day", day=look.day_text(told.evidence_day)) if told.evidence_day else ""
    yield _stated(look, "evidence", told.evidence, small=day)
    yield _stated(look, "batch", told.batch)
    if told.group:
        yield record.entry(say("group"), told.group)
    yield _stated(look, "authority", line.authority)
    yield _stated(look, "operator", told.operator)
    days = [(key, at) for key in ("negative", "positive", "contact") if (at := getattr(told, key)) is not None]
    yield _stated(look, "tests", join(" · ", [say(key, day=look.day_text(at)) for key, at in days]))
    moment = f"{to_local(told.load.known, look.desk.city.timezone):%Y-%m-%d %H:%M}"
    where = {"row": look.whole(found["row"]), "load": look.whole(found["load.id"])}
    yield record.entry(say("file"), told.load.file, small=say("row", moment=moment, **where))
    yield record.entry(say("pseudonym"), quoted(told.person), small=say("pseudonym_about"))


def _stated(look: Look, key: str, text: str, *, small: str = "") -> dict[str, Any]:
    """A line that says so where the ledger says nothing."""
    if text:
        return record.entry(look.say(key), text, small=small)
    return record.entry(look.say(key), look.say("not_stated"), state="missing", small=small)


def _systems(look: Look, told: TicketFull) -> Block:
    entries = [
        record.entry(system_name(look, system), "" if colour else look.say("no_code"),
                     mark=glyph(look, colour, word=True) if colour else None,
                     state="value" if colour else "zero")
        for system, colour in told.colours
    ]  # fmt: skip
    return record.record(entries, look.say("systems"), span=5)


PAGE = Page(
    "ticket", WORDS["title"], describe, days=days, wishes=("id",), words=WORDS, under="tickets", right="tickets"
)
