"""要情摘要: what somebody must know who reads nothing else."""

from __future__ import annotations

from dashboard.reports.blocks import risk_map
from dashboard.reports.context import Context, Maker
from dashboard.reports.model import Block, Items, Line, Paragraph, Section
from dashboard.reports.sections import new, zones
from dashboard.reports.sections.codes import late_line
from dashboard.reports.sections.forecast import grey
from dashboard.reports.sentences import breakdown


def make(context: Context) -> Section:
    """The day in a few sentences, and the map."""
    found = _found(context)
    blocks: list[Block] = [found, Items(tuple(_points(context)))]
    chart = risk_map(context)
    blocks.append(chart or context.unreported("分布图", "The map", "positives", "addresses", "risk_areas"))
    return Section("summary", context.say(SECTION.zh, SECTION.en), tuple(blocks))


def _found(context: Context) -> Paragraph:
    if not context.has("positives"):
        return context.unreported("新增阳性感染者", "New infections", "positives")
    return Paragraph(new.found(context), "strong")


def _points(context: Context) -> list[Line]:
    """One sentence a subject, of those that are told."""
    return [line for tell in (_where, _zones, _codes, _orders, _ahead) if (line := tell(context))]


def _where(context: Context) -> Line:
    if not context.has("positives") or context.below is None:
        return ()
    noun = context.noun("新增阳性感染者", "例", "new infection", "new infections")
    return (*breakdown(context.split("positives", most=3), noun, context.lang), context.say("。", "."))


def _zones(context: Context) -> Line:
    if not context.zone_lines:
        return ()
    told = context.given("zones.summary")
    assert told is not None
    head = context.line(
        "在管区域{n:个}，涉及人口{p:人}；",
        "{n:zone|zones} in force, with {p:person|people}; ",
        n=context.n(told["standing.zones"]),
        p=context.n(told["standing.people"]),
    )
    return (*head, *zones.overdue(context, told))


def _codes(context: Context) -> Line:
    told = context.given("codes.overdue")
    if told is None:
        return ()
    return (*late_line(context, told), context.say("。", "."))


def _orders(context: Context) -> Line:
    told = context.orders
    if told is None or not told.what.lines:
        return ()
    return context.line(
        "在施通告{n:份}，合并涉及{hit:人}，每例对应{per:人}。",
        "{n:order in force takes|orders in force take} in {hit:person|people}, {per} for each case.",
        n=context.n(told["lines"]),
        hit=context.n(told["together.hit"]),
        per=context.n(told["together.per_case"]),
    )


def _ahead(context: Context) -> Line:
    told = context.risk
    if told is None or told.what.own is None or told.what.own.ahead is None:
        return ()
    mean, low, high = (context.n(told[f"own.ahead.{way}"], "rate", 0) for way in ("mean", "low", "high"))
    said = context.line(
        "未来7日预计新增约{m:例}（90%区间{a}—{b:例}）",
        "About {m:infection|infections} expected in seven days (90 % interval {a} to {b})",
        m=mean,
        a=low,
        b=high,
    )
    doubt = context.line("，该预测未证明优于基线，仅供参考。", "; not proven better than its baseline.")
    return (*said, *(doubt if grey(told.what.card) else (context.say("。", "."),)))


SECTION = Maker("summary", "要情摘要", "Highlights", make)
