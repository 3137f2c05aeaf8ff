"""风险区与三区: what stands, what was released, what might be and is not, what is larger than its rule allows."""

from __future__ import annotations

from typing import Any

from dashboard.queries.cite import Given
from dashboard.reports.blocks import zone_table
from dashboard.reports.context import Context, Maker
from dashboard.reports.model import Block, Cell, Column, Items, Line, Paragraph, Section, Table
from dashboard.reports.sentences import breakdown, joined
from data.terms import RISKS, ZONES

#: Zones listed in the body of a report; the annex has more.
LISTED = 12

KINDS = {**ZONES, **{id: RISKS[id] for id in ("high", "middle")}}


def make(context: Context) -> Section:
    """Risk areas, zones and their clocks."""
    if _given(context) is None:
        clocks = context.unreported(
            "三区名单、应解未解、当日解除",
            "Zones, those overdue for release, releases of the day",
            "zone_lockdown_n",
            "zone_control_n",
            kind="zones",
        )
        return Section("zones", context.say(SECTION.zh, SECTION.en), (*_risk(context).blocks, clocks))
    parts = (_risk(context), _standing(context), _overdue(context), _released(context))
    return Section("zones", context.say(SECTION.zh, SECTION.en), (), parts)


def _risk(context: Context) -> Section:
    title = context.say("中高风险区", "High and medium risk areas")
    blocks: list[Block] = []
    for name, zh, one in (("risk_high", "高风险区", "high risk area"), ("risk_middle", "中风险区", "medium risk area")):
        if not context.has(name):
            blocks.append(context.unreported(zh, f"{one[0].upper()}{one[1:]}s", name))
            continue
        noun = context.noun(zh, "个", one, f"{one}s")
        said = breakdown(context.split(name), noun, context.lang)
        blocks.append(Paragraph((*said, *context.line("；{c}。", "; {c}.", c=context.change(name, "个")))))
    return Section("zones.risk", title, tuple(blocks))


def _given(context: Context) -> Given[Any] | None:
    """The zones of the day in numbers; None where no zone is known to anybody, or not for that day."""
    days = context.zone_days
    return context.given("zones.summary") if days and days[0] <= context.day <= days[-1] else None


def _standing(context: Context) -> Section:
    title = context.say("封控区、管控区、防范区", "Lockdown, control and precaution zones")
    told = _given(context)
    if told is None:
        named = "zone_lockdown_n", "zone_control_n", "zone_precaution_people"
        return Section("zones.standing", title, (context.unreported("三区名单", "The list of zones", *named),))
    if not told.what.kinds:
        return Section("zones.standing", title, (context.told("当日无在管区域。", "No zone is in force."),))
    rows = tuple((KINDS[kind].name(context.lang), *_size(context, told, kind)) for kind in told.what.kinds)
    heads = (
        context.say("数量（个）", "Zones"),
        context.say("人口（人）", "People"),
        context.say("面积（平方米）", "Square metres"),
    )
    table = Table(
        "zones",
        context.say("各类区域", "Zones by kind"),
        (Column(context.say("类别", "Kind"), True), *map(Column, heads)),
        rows,
        note=context.line(
            "人口按所报最细一级、依面积分摊估算；重叠处只计一次。",
            "People are an estimate, shared out by ground; ground held twice counts once.",
        ),
    )
    n, people = context.n(told["standing.zones"]), context.n(told["standing.people"])
    said = context.told(
        "当日在管区域{n:个}，涉及人口{p:人}。",
        "{n:zone stands|zones stand}, with {p:person|people} in {w}.",
        n=n,
        p=people,
        w=context.say("", "it" if n.value == 1 else "them"),
    )
    return Section("zones.standing", title, (said, table))


def _size(context: Context, told: Given[Any], kind: str) -> tuple[Cell, ...]:
    """Zones, people, ground; the ground of entries on a list is not known, which is not none."""
    zones, people, ground = (context.n(told[f"kinds[{kind}].{name}"]) for name in ("zones", "people", "m2"))
    return zones, people, ground if ground.value else context.say("未报", "not reported")


def _overdue(context: Context) -> Section:
    title = context.say("应解未解与超范围划定", "Overdue for release, larger than allowed")
    told = _given(context)
    if told is None:
        return Section("zones.overdue", title, (context.unreported("区域计时", "Clocks of zones"),))
    blocks: list[Block] = [Paragraph(overdue(context, told)), Paragraph(larger(context, told))]
    unknown = context.n(told["states[unknown].zones"])
    if unknown.value:
        blocks.append(
            context.told(
                "另有{n:个}因期间有日未报，无法判定能否解除。",
                "Of {n:zone|zones} it cannot be told: days without a report.",
                n=unknown,
            )
        )
    lines = [line for line in context.zone_lines if line.what.clock.over > 0 and line.what.clock.standing]
    if lines:
        title_of = context.say("超期未解除区域", "Zones overdue for release")
        blocks.append(zone_table(context, "overdue", title_of, lines[:LISTED], len(lines)))
    return Section("zones.overdue", title, tuple(blocks))


def overdue(context: Context, told: Given[Any]) -> Line:
    """How many zones might be released and are not."""
    n, people, due = (context.n(told[way]) for way in ("overdue.zones", "overdue.people", "states[due].zones"))
    if not n.value:
        head = context.line("无超期未解除区域", "No zone is overdue for release")
    else:
        head = context.line(
            "已满足解除条件而未解除的区域{n:个}，涉及人口{p:人}",
            "{n:zone is overdue for release|zones are overdue for release}, with {p:person|people}",
            n=n,
            p=people,
        )
    tail = (
        context.line("；另有{n:个}今日可解除。", "; {n:may|may} be released today.", n=due)
        if due.value
        else (context.say("。", "."),)
    )
    return (*head, *tail)


def larger(context: Context, told: Given[Any]) -> Line:
    """How many zones are larger than their rule's unit, and what lies beyond."""
    n, people = context.n(told["larger.zones"]), context.n(told["beyond.people"])
    if not n.value:
        return context.line("未发现超出规则划定单位的区域。", "No zone is larger than the unit of its rule.")
    return context.line(
        "超出规则划定单位的区域{n:个}，单位以外多管{p:人}。",
        "{n:zone is larger|zones are larger} than the rule allows: {p:person|people} too many.",
        n=n,
        p=people,
    )


def _released(context: Context) -> Section:
    title = context.say("当日解除与降级", "Released or eased that day")
    told = _given(context)
    if told is None:
        return Section("zones.released", title, (context.unreported("解除名单", "The list of releases"),))
    gone, moved = (context.n(told[f"states[{state}].zones"]) for state in ("released", "moved"))
    if not gone.value and not moved.value:
        return Section("zones.released", title, (context.told("当日无解除、无降级。", "None was released or eased."),))
    pieces = [context.line("解除{n:个}", "{n} released", n=gone)] if gone.value else []
    pieces += [context.line("降级或并入他区{n:个}", "{n} eased or merged into another", n=moved)] if moved.value else []
    said = context.told("当日{all}。", "That day: {all}.", all=joined(pieces, context.say("，", ", ")))
    names = [line for line in context.zone_lines if line.what.clock.state == "released"]
    rows = [
        context.line(
            "{where}{name}（{kind}，{start}起）",
            "{where} {name} ({kind}, since {start})",
            where=one.what.where,
            name=one.what.name,
            kind=KINDS[one.what.clock.zone.kind].name(context.lang),
            start=context.date(one.what.clock.zone.start),
        )
        for one in names[:LISTED]
    ]
    more = len(names) - len(rows)
    rest = (context.remark(f"其余{more}个见附表。", f"{more} more stand in the annex."),) if more else ()
    return Section("zones.released", title, (said, Items(tuple(rows)), *rest) if rows else (said,))


SECTION = Maker("zones", "风险区与三区管控", "Risk areas and zones", make)
