"""存在问题与建议: what is overdue, late, in conflict or too large, each with its number and who should act."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.reports.context import Context, Maker
from dashboard.reports.model import Items, Line, Section
from dashboard.reports.sections.codes import late_line, owner_name
from dashboard.reports.sections.forecast import grey
from dashboard.reports.sections.notes import late, sources
from dashboard.reports.sentences import joined

#: Owners named in one sentence.
NAMED = 3

#: An order is told off from this share of people on who were never exposed.
OVER = 0.5


def make(context: Context) -> Section:
    """A numbered list, the most pressing first."""
    title = context.say(SECTION.zh, SECTION.en)
    rows = tuple(
        one
        for find in (_zones, _larger, _codes, _grounds, _orders, _rules, _late, _silent, _forecast)
        for one in find(context)
    )
    if not rows:
        return Section(
            "advice",
            title,
            (
                context.told(
                    "未发现超期、迟报、矛盾或超范围的事项。", "Nothing is overdue, late, contradictory or too large."
                ),
            ),
        )
    head = context.told(
        "以下事项由数据自动查出，每项列明数量与责任单位：", "Found in the data, each with its number and its owner:"
    )
    return Section("advice", title, (head, Items(rows)))


def _zones(context: Context) -> Iterator[Line]:
    """Zones that might be released, and the areas where most of them are."""
    told = context.given("zones.summary") if context.zone_lines else None
    if told is None or not told.what.overdue.zones:
        return
    yield context.line(
        "应解未解：{n:个}区域已满足解除条件而未解除，涉及人口{p:人}。责任：{who}。建议：当日核实并解除。",
        "Overdue for release: {n:zone|zones}, {p:person|people}. Owners: {who}. Check and release them today.",
        n=context.n(told["overdue.zones"]),
        p=context.n(told["overdue.people"]),
        who=_areas(context, "overdue"),
    )


def _larger(context: Context) -> Iterator[Line]:
    told = context.given("zones.summary") if context.zone_lines else None
    if told is None or not told.what.larger.zones:
        return
    yield context.line(
        "超范围划定：{n:个}区域超出规则划定单位，多管{p:人}。责任：{who}。建议：缩小至规则单位。",
        "Too large: {n:zone is|zones are} larger than the rule allows, {p:person|people} too many. Owners:"
        " {who}. Cut them"
        " back to the unit.",
        n=context.n(told["larger.zones"]),
        p=context.n(told["beyond.people"]),
        who=_areas(context, "larger"),
    )


def _areas(context: Context, field: str) -> Line:
    """The areas below with the most of something, each with its number; the area itself where there are none."""
    told = context.given("zones.below")
    lines = [] if told is None else [one for one in told.each("", "code") if getattr(one.what, field)]
    lines.sort(key=lambda one: -getattr(one.what, field))
    if not lines:
        return (context.place.name,)
    pieces = [
        context.line("{name}{n:个}", "{name} {n}", name=one.what.name, n=context.n(one[field])) for one in lines[:NAMED]
    ]
    return _listed(context, pieces, len(lines) > NAMED)


def _listed(context: Context, pieces: list[Line], more: bool) -> Line:
    found = joined(pieces, context.say("、", ", "))
    return (*found, context.say("等", " and others")) if more else found


def _codes(context: Context) -> Iterator[Line]:
    """Codes that stand beyond their time, and who may clear them."""
    told = context.given("codes.overdue")
    if told is None or not told.what.ages.late:
        return
    if not context.viewer.small_numbers:
        return
    owners = [one for one in told.each("owners", "name") if one.what.ages.late]
    owners.sort(key=lambda one: -one.what.ages.late)
    pieces = [
        context.line("{name}{n:条}", "{name} {n}", name=owner_name(context, one), n=context.n(one["ages.late"]))
        for one in owners[:NAMED]
    ]
    yield context.line(
        "{all}，均已满足转码条件。责任：{who}。建议：按到期先后当日转码。",
        "{all}. Owners: {who}. Clear them today, oldest first.",
        all=late_line(context, told),
        who=_listed(context, pieces, len(owners) > NAMED),
    )
    told = context.given("codes.conflicts")
    if told is not None and told.what.people:
        yield context.line(
            "多码不一致：{n:人}在不同系统中码色不同，其中{b:人}仅被一个系统所限。责任：该系统主管单位。建议：以最新核验结果统一。",
            "Systems disagree about {n:person|people}; {b:is|are} blocked by one alone. Owner: that system's."
            " Settle them by the"
            " newest evidence.",
            n=context.n(told["people"]),
            b=context.n(told["blocked"]),
        )


def _grounds(context: Context) -> Iterator[Line]:
    told = context.given("codes.provenance")
    if told is None or not told.what.flags["no_evidence"]:
        return
    yield context.line(
        "赋码无据：红黄码{n:条}查无来源记录，{x:条}从未涉险。责任：赋码单位。建议：无据即转绿并复盘。",
        "Without grounds: {n:code has|codes have} no source row, {x:was|were} never exposed. Owner: who assigned"
        " them. Clear and review.",
        n=context.n(told["flags[no_evidence]"]),
        x=context.n(told["flags[never_exposed]"]),
    )


def _orders(context: Context) -> Iterator[Line]:
    told = context.orders
    if told is None or (told.what.together.over.value or 0.0) < OVER:
        return
    yield context.line(
        "管控面过大：在施通告涉及{hit:人}，其中{over}未曾涉疫。责任：发布单位。建议：改按街镇或网格划定。",
        "Too wide: the orders in force take in {hit:person|people}, {over} of whom were never exposed. Owner: who"
        " issued them. Draw them"
        " by street or cell.",
        hit=context.n(told["together.hit"]),
        over=context.n(told["together.over"], "part", 1),
    )


def _rules(context: Context) -> Iterator[Line]:
    told = context.given("notices.contradictions") if context.orders else None
    if told is None or not told.what:
        return
    yield context.line(
        "规则矛盾：在用通告之间相互矛盾{n:处}，例如{one}。责任：发布单位。建议：明确以何者为准。",
        "Rules contradict each other in {n:place|places}, for instance {one}. Owner: who issued them. Say which"
        " one holds.",
        n=context.n(told[""]),
        one=told.what[0].say(context.lang),
    )


def _late(context: Context) -> Iterator[Line]:
    names: list[Line] = [(name,) for name in late(context)]
    if names:
        yield context.line(
            "迟报：{n:个}来源未按时报送。责任：{who}的报送单位。建议：当日补报。",
            "Late: {n:source|sources}. Owners: who sends {who}. Deliver today.",
            n=context.n(sources(context)["late"]),
            who=_listed(context, names[:NAMED], len(names) > NAMED),
        )


def _silent(context: Context) -> Iterator[Line]:
    if not context.has("positives"):
        return
    told = context.split("positives") if context.below else None
    silent = [part.name for part in context.parts("positives") if part.number.state == "missing"]
    if told is None or not silent:
        return
    names: list[Line] = [(name,) for name in silent[:NAMED]]
    yield context.line(
        "漏报：{n:个}下级区域当日未报新增。责任：{who}。建议：当日补报，未报不得按零计。",
        "Not reported: findings of {n:area|areas} below. Owners: {who}. Deliver today; not reported is not nought.",
        n=told.silent,
        who=_listed(context, names, len(silent) > NAMED),
    )


def _forecast(context: Context) -> Iterator[Line]:
    if context.risk is not None and grey(context.risk.what.card):
        yield context.line(
            "预测不可靠：本期预测未能证明优于基线。责任：预测研判人员。建议：不据此划区，仍按实报数处置。",
            "The forecast is not proven: draw no zone by it. Owner: the analysts. Act on what was reported.",
        )


SECTION = Maker("advice", "存在问题与建议", "Issues and recommendations", make)
