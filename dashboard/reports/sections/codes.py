"""健康码: who has which colour, whose code is overdue, whose systems disagree, and who may put it right."""

from __future__ import annotations

from typing import Any

from dashboard.queries.cite import Given
from dashboard.queries.codes import LATE
from dashboard.reports.context import Context, Maker
from dashboard.reports.model import Block, Cell, Column, Line, Paragraph, Section, Table
from dashboard.reports.sentences import joined
from data.city import System
from data.terms import CODES, EXCEPTIONS, OVERDUE
from data.words import Lang

#: Owners that the table names.
LISTED = 12

#: Flags of an assignment that question its grounds.
DOUBTS = ("no_evidence", "stale_evidence", "rule_not_in_force", "no_right", "burst", "never_exposed")


def make(context: Context) -> Section:
    """Colours; overdue; conflicts; owners; grounds in doubt."""
    title = context.say(SECTION.zh, SECTION.en)
    if not any(name in context.status.days for name in ("code_red", "code_yellow")) and not context.code_desk.days(
        context.viewer, context.as_of
    ):
        pair = "红黄码人数、应转未转、多码不一致、赋码依据", "Codes, those overdue, systems that disagree, grounds"
        return Section("codes", title, (context.unreported(*pair, kind="assignments"),))
    return Section("codes", title, (), (_colours(context), _overdue(context), _grounds(context)))


def _colours(context: Context) -> Section:
    title = context.say("码色人数", "Colours")
    told = context.given("codes.colours")
    if told is not None:
        rows = tuple(_system(context, one) for one in told.each("", "system.id"))
        heads = [Column(CODES[id].name(context.lang)) for id in ("red", "yellow", "green")]
        heads += [
            Column(context.say("当日赋红黄码", "Assigned that day")),
            Column(context.say("当日转绿", "Cleared that day")),
        ]
        table = Table(
            "codes",
            context.say("各码系统码色（条）", "Codes by system"),
            (Column(context.say("系统", "System"), True, 1.6), *heads),
            rows,
            note=context.line("依赋码台账。", "By the ledgers of assignments."),
        )
        return Section("codes.colours", title, (*_stock(context), table))
    return Section("codes.colours", title, tuple(_stock(context)))


def _stock(context: Context) -> list[Block]:
    if not context.has("code_red", "code_yellow"):
        return [context.unreported("红码、黄码人数", "Red and yellow codes", "code_red", "code_yellow")]
    red, yellow = context.measure("code_red"), context.measure("code_yellow")
    return [
        context.told(
            "红码{r:人}，{rc}；黄码{y:人}，{yc}。",
            "Red codes: {r}, {rc}; yellow codes: {y}, {yc}.",
            r=red,
            y=yellow,
            rc=context.change("code_red", "人"),
            yc=context.change("code_yellow", "人"),
        )
    ]


def _system(context: Context, one: Given[Any]) -> tuple[Cell, ...]:
    ways = *(f"counts[{colour}]" for colour in ("red", "yellow", "green")), "assigned", "cleared"
    return named(one.what.system, context.lang), *(context.n(one[way]) for way in ways)


def named(system: System, lang: Lang) -> str:
    """A code system's name."""
    return (system.name_en if lang == "en" else system.name) or system.name


def _overdue(context: Context) -> Section:
    title = context.say("应转未转与多码不一致", "Overdue, and systems that disagree")
    told = context.given("codes.overdue")
    if told is None:
        return Section(
            "codes.overdue",
            title,
            (context.unreported("应转未转红黄码", "Codes overdue to be cleared", kind="assignments"),),
        )
    said = Paragraph((*_late(context, told), *_waiting(context, told)))
    owners = [_owners(context, told)] if context.viewer.small_numbers else []
    return Section("codes.overdue", title, (said, *_conflicts(context), *owners))


def late_line(context: Context, told: Given[Any]) -> Line:
    """How many are overdue, and how many of these have stuck; without a full stop."""
    late, stuck = context.n(told["ages.late"]), context.n(told["ages.counts[stuck]"])
    if not late.value:
        return context.line("无应转未转红黄码", "No code is overdue")
    rest = context.line("，其中超20天{s:条}", ", {s} of them for more than 20 days", s=stuck) if stuck.value else ()
    return (*context.line("应转未转红黄码{n:条}", "{n:code is|codes are} overdue", n=late), *rest)


def _late(context: Context, told: Given[Any]) -> Line:
    """How many are overdue, by how long."""
    late = context.n(told["ages.late"])
    if not late.value:
        return context.line("无应转未转红黄码", "No code is overdue")
    ages = [
        context.line(
            "{name}{n:条}",
            "{n} ({name})",
            name=OVERDUE[id].name(context.lang).lower(),
            n=context.n(told[f"ages.counts[{id}]"]),
        )
        for id in LATE
        if told.what.ages.counts[id]
    ]
    if not ages:
        return context.line("应转未转{n:条}", "{n:code is|codes are} overdue", n=late)
    return context.line(
        "应转未转{n:条}，其中{ages}",
        "{n:code is|codes are} overdue: {ages}",
        n=late,
        ages=joined(ages, context.say("、", ", ")),
    )


def _waiting(context: Context, told: Given[Any]) -> Line:
    """How many wait for proof."""
    n = context.n(told["ages.counts[waiting]"])
    if not n.value:
        return (context.say("。", "."),)
    return context.line(
        "；另有期满待检{n:条}。", "; of {n:more|more} the clock has ended and the proof is missing.", n=n
    )


def _conflicts(context: Context) -> list[Block]:
    told = context.given("codes.conflicts")
    if told is None or told.what.people is None:
        return [context.unreported("多码不一致人数（各系统台账分开，无法逐人比对）", "People whose systems disagree")]
    return [
        context.told(
            "同一人多码不一致{n:人}，其中仅被一个系统所限{b:人}，最久一例已持续{d:天}。",
            "{n:person has|people have} systems that disagree; {b:is|are} blocked by one system alone; the oldest"
            " has stood for"
            " {d:day|days}.",
            n=context.n(told["people"]),
            b=context.n(told["blocked"]),
            d=context.n(told["oldest"]),
        )
    ]


def _owners(context: Context, told: Given[Any]) -> Table:
    """Who may put it right, and how much of it is overdue with them."""
    lines = [one for one in told.each("owners", "name") if one.what.ages.late]
    ways = "ages.late", "ages.counts[stuck]", "near"
    rows: list[tuple[Cell, ...]] = [
        (owner_name(context, one), *(context.n(one[way]) for way in ways)) for one in lines[:LISTED]
    ]
    heads = (
        context.say("应转未转", "Overdue"),
        context.say("其中超20天", "Over 20 days"),
        context.say("临近就医考试出行", "Near a harm's day"),
    )
    note = context.line(
        "谁能改：赋码机关有权改的由其改，否则为该系统的纠错单位、所在区、市。",
        "Who may: the assigning authority where it may, else the system's corrector, the district, the city.",
    )
    return Table(
        "owners",
        context.say("应转未转责任单位", "Overdue codes by owner"),
        (Column(context.say("责任单位", "Owner"), True, 2.2), *map(Column, heads)),
        tuple(rows),
        note=note,
        none=context.say("无应转未转。", "None is overdue."),
    )


def owner_name(context: Context, owner: Given[Any]) -> str:
    """An owner's name in the reader's language."""
    return context.code_desk.owner_name(context.viewer, owner.what.name)


def _grounds(context: Context) -> Section:
    title = context.say("赋码依据存疑", "Grounds in doubt")
    told = context.given("codes.provenance")
    if told is None:
        return Section(
            "codes.grounds", title, (context.unreported("赋码依据核验", "Grounds of assignments", kind="assignments"),)
        )
    rows = tuple((EXCEPTIONS[flag].name(context.lang), context.n(told[f"flags[{flag}]"])) for flag in DOUBTS)
    heads = (Column(context.say("情形", "What"), True, 2), Column(context.say("红黄码（条）", "Codes")))
    note = context.line("一条可兼有数种情形，故不相加。", "One code may have several of these: they do not add up.")
    return Section("codes.grounds", title, (Table("grounds", title, heads, rows, note=note),))


SECTION = Maker("codes", "健康码", "Health codes", make)
