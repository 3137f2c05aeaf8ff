"""One event: what was reported, what was done about it and by whom, whose it is, and what is due."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dashboard.pages import event_words as told
from dashboard.pages.page import Look, Page, Words
from dashboard.parts import figures, listing, note, record
from dashboard.parts.sheet import Block, mark
from dashboard.queries.event_lines import EventFull, EventLine, EventReport, EventStep, EventTold
from dashboard.queries.events import EventDesk
from dashboard.said import join, quoted, words
from data.terms import CHANGES_OF_EVENTS, DEADLINES_OF_EVENTS, ROLES, STATES_OF_EVENTS, TIERS

WORDS: Words = {
    **told.WORDS,
    "title": ("一件事", "One event"),
    "which": ("请从清单中选一件。", "Choose one from the list."),
    "to_list": ("事件清单", "The list"),
    "due_none": ("已办结", "closed"),
    "open_for": ("已历时", "Open for"),
    "took": ("用时", "Took"),
    "happened_at": ("{moment} 发生", "happened {moment}"),
    "reports_n": ("{n} 次报告合为一件", "{n} reports, one event"),
    "report_one": ("一次报告", "one report"),
    "trace": ("经过", "What was done"),
    "it": ("这件事", "The event"),
    "where": ("地点", "Where"),
    "place": ("位置", "Place"),
    "cell": ("网格", "Cell"),
    "note": ("内容", "What was said"),
    "not_said": ("未注明", "not stated"),
    "subject": ("涉及", "About"),
    "matter": ("对象", "What it is about"),
    "subject_about": (
        "假名，由密钥算出；本系统不存姓名与证件号。查看已记入日志。",
        "A pseudonym made with a key; no name and no document number is kept. That it was seen is logged.",
    ),
    "needs": ("办结须有凭证", "To be closed with evidence"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "times": ("升级 / 退回", "Escalated / reopened"),
    "times_of": ("{up} 次 / {back} 次", "{up} / {back}"),
    "by": ("{who} · {role}", "{who} · {role}"),
    "came": ("{moment} 送达", "came {moment}"),
    "phone_said": ("手机记为 {moment}，按送达时间计", "the phone said {moment}: it counts from when it came"),
    "machine": ("时钟", "the clock"),
    "to": ("归 {unit}", "now {unit}'s"),
    "evidence": ("凭证 {n} 份", "evidence: {n}"),
    "ahead": ("应于此前{step}", "to be {step} by then"),
    "step_accept": ("签收", "taken on"),
    "step_act": ("到场处置", "acted on"),
    "step_close": ("办结", "closed"),
    "missed": ("{step}逾期", "late: {step}"),
    "content": ("回访满意", "satisfied"),
    "discontent": ("回访不满意", "not satisfied"),
    "said_by": ("谁报的", "Reports"),
    "told": ("通知了谁", "Who was told"),
    "told_none": ("无须通知。", "Nobody had to be told."),
    "told_unit": ("单位", "Unit"),
    "told_what": ("何事", "Of what"),
    "told_had": ("到达", "Had it"),
    "told_sent": ("推送", "sent"),
    "told_fetched": ("自取", "fetched"),
    "told_not": ("尚未到达", "not yet"),
    "source": ("来源", "Source"),
    "happened": ("发生", "Happened"),
    "received": ("收到", "Received"),
}


def describe(look: Look) -> list[Block]:
    """The event of the address."""
    if look.desk.events is None:
        return [note.line(look.say("no_book"), tone="large")]
    number = look.number_wish("id")
    if not number:
        return [note.line(look.say("which"), tone="large", href=look.href("events"), word=look.say("to_list"))]
    desk = look.desk.beside(EventDesk)
    found = desk.event(look.viewer, number)
    return [
        _figures(look, found, desk),
        _trace(look, found),
        _record(look, found),
        _reports(look, found),
        _told(look, found),
    ]


# figures -------------------------------------------------------------------------------------------


def _figures(look: Look, found: EventFull, desk: EventDesk) -> Block:
    line, now = found.line, desk.now()
    state = STATES_OF_EVENTS[line.state]
    end = line.closed or now
    many = look.say("reports_n", n=words(str(line.reports))) if line.reports > 1 else look.say("report_one")
    return figures.strip(
        [
            figures.figure(quoted(line.name), state.name(look.lang), mark=told.class_mark(look, line.klass),
                           small=look.say("event_n", id=words(str(line.id)))),
            _due(look, line, desk),
            figures.figure(look.say("owner"), quoted(line.owner.name), small=TIERS[line.owner.level].name(look.lang)),
            figures.figure(look.say("took" if line.closed else "open_for"), told.age(look, line.opened, end),
                           small=look.say("happened_at", moment=told.moment(look, line.happened))),
            figures.figure(look.say("reports"), words(str(line.reports)), small=many),
        ]
    )  # fmt: skip


def _due(look: Look, line: EventLine, desk: EventDesk) -> dict[str, Any]:
    if line.due is None or not line.step:
        return figures.figure(look.say("due"), "—", small=look.say("due_none"), state="zero")
    said = look.say("late_by" if line.late else "left", age=told.age(look, line.due, desk.now()))
    small = join(" · ", [look.say(f"due_{line.step}"), told.moment(look, line.due)])
    return figures.figure(look.say("due"), said, small=small, tone="bad" if line.late else "")


# what was done ---------------------------------------------------------------------------------------


def _trace(look: Look, found: EventFull) -> Block:
    steps = [_step(look, found, n) for n in range(len(found.history))]
    return record.steps([*steps, *_ahead(look, found.line)], look.say("trace"), span=7)


def _step(look: Look, found: EventFull, n: int) -> dict[str, Any]:
    step = found.history[n]
    term = CHANGES_OF_EVENTS[step.what]
    said = [term.name(look.lang), *([quoted(step.note)] if step.note else [])]
    before = found.history[n - 1].owner.code if n else ""
    small = join(" · ", list(_small(look, step, before)))
    weight = "now" if n == len(found.history) - 1 else ""
    state = "lacking" if step.what in ("escalated", "reopened") else "done"
    return record.step(told.moment(look, step.done), join("：" if look.lang == "zh" else ": ", said), small=small,
                       mark=mark(term, look.lang, look.theme, word=False), weight=weight, state=state)  # fmt: skip


def _small(look: Look, step: EventStep, before: str) -> Iterator[str]:
    """Who did it, whose it became, and with how much evidence."""
    role = ROLES[step.role].name(look.lang) if step.role in ROLES else ""
    if step.by:
        yield look.say("by", who=quoted(step.by), role=role) if role else quoted(step.by)
    elif step.what == "escalated":
        yield look.say("machine")
    yield from _offline(look, step)
    if step.owner.code != before:
        yield look.say("to", unit=quoted(step.owner.name))
    if step.missed:
        yield look.say("missed", step=DEADLINES_OF_EVENTS[step.missed].name(look.lang))
    if step.evidence:
        yield look.say("evidence", n=words(str(len(step.evidence))))
    if step.satisfied is not None:
        yield look.say("content" if step.satisfied else "discontent")


def _offline(look: Look, step: EventStep) -> Iterator[str]:
    """When a step came that was done without a network, and what a phone said of the time that cannot be."""
    if step.came_later:
        yield look.say("came", moment=told.moment(look, step.at))
    if step.disbelieved and step.said is not None:
        yield look.say("phone_said", moment=told.moment(look, step.said))


def _ahead(look: Look, line: EventLine) -> list[dict[str, Any]]:
    """What is still to come, by when."""
    if line.due is None or not line.step:
        return []
    text = look.say("ahead", step=look.say(f"step_{line.step}"))
    return [record.step(told.moment(look, line.due), text, state="lacking" if line.late else "open")]


# what it is ------------------------------------------------------------------------------------------


def _record(look: Look, found: EventFull) -> Block:
    return record.record(list(_entries(look, found)), look.say("it"), span=5)


def _entries(look: Look, found: EventFull) -> Iterator[dict[str, Any]]:
    line, say = found.line, look.say
    where = [quoted(line.where), quoted(line.area.name)] if line.where else [quoted(line.area.name)]
    yield record.entry(say("where"), join(" › ", where), href=look.href("events", area=line.area.code, id=None))
    yield _stated(look, "place", line.place)
    if line.cell:
        yield record.entry(say("cell"), quoted(line.cell))
    yield _stated(look, "note", line.note)
    if found.subject:
        about = say("subject_about") if line.person else ""
        yield record.entry(say("subject" if line.person else "matter"), quoted(found.subject), small=about)
    yield record.entry(say("owner"), quoted(line.owner.name), small=TIERS[line.owner.level].name(look.lang))
    yield record.entry(say("needs"), say("yes" if line.evidence else "no"))
    if line.escalated or line.reopened:
        times = {"up": words(str(line.escalated)), "back": words(str(line.reopened))}
        yield record.entry(say("times"), say("times_of", **times))


def _stated(look: Look, key: str, text: str) -> dict[str, Any]:
    if text:
        return record.entry(look.say(key), quoted(text))
    return record.entry(look.say(key), look.say("not_said"), state="missing")


def _reports(look: Look, found: EventFull) -> Block:
    columns = [
        listing.column(look.say("source"), left=True),
        listing.column(look.say("happened"), left=True),
        listing.column(look.say("received"), left=True, least=True),
        listing.column(look.say("note"), left=True, sort=False),
    ]
    return listing.table(
        columns, [_report(look, one) for one in found.reports], look.say("said_by"), sort=(1, False), span=7
    )


def _report(look: Look, one: EventReport) -> dict[str, Any]:
    return listing.row(
        [
            listing.cell(quoted(one.source), one.source, small=quoted(one.key)),
            listing.cell(told.moment(look, one.happened), one.happened.timestamp()),
            listing.cell(told.moment(look, one.received), one.received.timestamp()),
            listing.cell(quoted(one.note or one.place), "", small=quoted(one.place) if one.note else ""),
        ],
        key=f"{one.source} {one.key}",
    )


def _told(look: Look, found: EventFull) -> Block:
    """Whom the product told of it, and when they had it."""
    columns = [listing.column(look.say(key), left=True) for key in ("told_unit", "told_what", "told_had")]
    rows = [_message(look, one) for one in found.told]
    return listing.table(columns, rows, look.say("told"), none=look.say("told_none"), sort=(2, False), span=5)


def _message(look: Look, one: EventTold) -> dict[str, Any]:
    had = min((at for at in (one.sent, one.fetched) if at), default=None)
    way = "told_not" if had is None else "told_sent" if had == one.sent else "told_fetched"
    return listing.row(
        [
            told.unit_cell(look, one.unit),
            listing.cell(CHANGES_OF_EVENTS[one.what].name(look.lang), one.what, small=told.moment(look, one.made)),
            listing.cell(look.say(way), had.timestamp() if had else None, small=told.moment(look, had),
                         tone="" if had else "soft"),
        ]
    )  # fmt: skip


PAGE = Page("event", WORDS["title"], describe, wishes=("id",), words=WORDS, under="events", right="events", kept=False)

__all__ = ["PAGE"]
