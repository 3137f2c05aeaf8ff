"""现有、重症、累计: what has come together since the first report, and what nobody reports."""

from __future__ import annotations

from dashboard.reports.context import Context, Maker
from dashboard.reports.model import Block, Paragraph, Section
from dashboard.reports.sentences import breakdown


def make(context: Context) -> Section:
    """Sums since the first day with data; current and severe cases."""
    return Section("standing", context.say(SECTION.zh, SECTION.en), (*_sums(context), *_open(context)))


def _sums(context: Context) -> list[Block]:
    span = context.status.days.get("positives")
    if span is None or span[0] > context.day:
        return [context.unreported("累计报告感染者", "Infections so far", "positives")]
    first = span[0]
    noun = context.noun("累计报告阳性感染者", "例", "cumulative infection", "cumulative infections")
    since = context.line(
        "自{day}有数据之日起，", "Since {day}, the first day with data, ", day=context.date(first, year=True)
    )
    told = breakdown(context.split("positives", first=first), noun, context.lang)
    again = context.count("reclassified", first=first)
    once = (
        context.line(
            "，其中{n:例}由无症状转归确诊，合计时不重复计数",
            "; {n} of the cases were asymptomatic infections before and count once",
            n=again,
        )
        if again.value
        else ()
    )
    kinds = context.line(
        "累计确诊病例{cases:例}、无症状感染者{silent:例}{once}。",
        "Cases: {cases}; asymptomatic infections: {silent}{once}.",
        cases=context.measure("cases", first=first),
        silent=context.measure("asymptomatic", first=first),
        once=once,
    )
    silent = context.number("told", "silent", name="positives", first=first)
    blocks: list[Block] = [Paragraph((*since, *told, context.say("。", "."))), Paragraph(kinds)]
    if silent.value:
        blocks.append(
            context.remark(
                "其间{n:日}未报，累计数只含已报之日。",
                "{n:day was|days were} not reported; the sums hold what was.",
                n=silent,
            )
        )
    return blocks


def _open(context: Context) -> list[Block]:
    """No source tells how somebody fares after being found."""
    pairs = (
        ("现有确诊病例、重症及危重症病例", "Current, severe and critical cases"),
        ("治愈出院、解除医学观察、死亡", "Discharged, released, died"),
    )
    return [context.unreported(*pair) for pair in pairs]


SECTION = Maker("standing", "现有、重症与累计", "Current, severe and cumulative cases", make)
