"""新增: how many were found on the day, of which kind, where, and against a week ago."""

from __future__ import annotations

from dataclasses import replace

from dashboard.reports.blocks import bars, by_area, lines
from dashboard.reports.context import Context, Maker
from dashboard.reports.model import Block, Cell, Column, Line, Number, Paragraph, Section, Table
from dashboard.reports.sentences import breakdown


def make(context: Context) -> Section:
    """Findings of the day; by area; curves."""
    parts = (_found(context), _where(context), _course(context))
    return Section("new", context.say(SECTION.zh, SECTION.en), (), tuple(parts))


def _found(context: Context) -> Section:
    title = context.say("总体情况", "Overall")
    if not context.has("positives"):
        told = context.unreported("新增阳性感染者", "New infections", "positives")
        return Section("new.found", title, (told,))
    return Section("new.found", title, (Paragraph(found(context)), *_kinds(context)))


def found(context: Context) -> Line:
    """How many were found, and against the same weekday before."""
    n = context.measure("positives")
    head = context.line(
        "{day}0—24时，{place}", "On {day}, {place} reported ", day=context.date(context.day), place=context.place.name
    )
    if not n.value:
        body = context.line("无新增阳性感染者", "no new infections")
    else:
        body = context.line("新增阳性感染者{n:例}", "{n:new infection|new infections}", n=n)
    change = context.change("positives", "例", "")
    return (*head, *body, *context.line("，{change}。", ", {change}.", change=change))


def _kinds(context: Context) -> list[Block]:
    """Cases and asymptomatic infections, and how many of the cases were asymptomatic infections before."""
    cases = _kind(context, context.measure("cases"), "case", "cases")
    silent = _kind(context, context.measure("asymptomatic"), "asymptomatic infection", "asymptomatic infections")
    said = "其中：确诊病例{cases}，无症状感染者{silent}", "Of these: {cases}, {silent}"
    return [Paragraph((*context.line(*said, cases=cases, silent=silent), *_again(context)))]


def _again(context: Context) -> Line:
    """How many cases were told before as asymptomatic infections: they are no new people."""
    again = context.count("reclassified")
    if not again.value:
        return (context.say("。", "."),)
    return context.line(
        "；确诊病例中{n:例}由此前已报告的无症状感染者转归，合计时不重复计数。",
        "; {n:case was|cases were} asymptomatic before and counted then.",
        n=again,
    )


def _kind(context: Context, number: Number, one: str, many: str) -> Line:
    if number.value is None:
        return context.line("{n}", f"{many} {{n}}", n=number)
    if not number.value:
        return context.line("无新增", f"no {many}")
    return context.line("新增{n:例}", f"{{n:{one}|{many}}}", n=number)


def _where(context: Context) -> Section:
    title = context.say(f"{context.apart}情况", "By area")
    if not context.has("positives"):
        return Section(
            "new.where",
            title,
            (context.unreported(f"{context.apart}新增阳性感染者", "New infections by area", "positives"),),
        )
    if context.below is None:
        return Section("new.where", title, (context.nothing_below,))
    noun = context.noun("新增阳性感染者", "例", "new infection", "new infections")
    said = Paragraph((*breakdown(context.split("positives"), noun, context.lang), context.say("。", ".")))
    if not context.located("positives"):
        return Section("new.where", title, (said,))
    return Section("new.where", title, (said, _with_again(context, _by_area(context))))


def _by_area(context: Context) -> Table:
    measures = [
        ("positives", context.say("新增阳性", "New infections")),
        ("cases", context.say("确诊", "Cases")),
        ("asymptomatic", context.say("无症状", "Asymptomatic")),
    ]
    note = context.line(
        "新增阳性＝确诊＋无症状－当日转归确诊。", "New infections = cases + asymptomatic - re-classified that day."
    )
    title = context.say(f"{context.apart}新增阳性感染者", "New infections by area")
    return by_area(context, "new", title, measures, total=True, note=note)


def _with_again(context: Context, table: Table) -> Table:
    """The table with the re-classified cases of each area, where there are any and each is known to its area."""
    whole = context.count("reclassified")
    areas = [context.count("reclassified", area=part.code) for part in context.parts("positives")]
    if not whole.value or sum(one.value or 0.0 for one in areas) != whole.value:
        return table
    cells: list[Cell] = [*areas, *(["—"] if len(table.rows) == len(areas) + 2 else []), whole]
    rows: tuple[tuple[Cell, ...], ...] = tuple((*row, cell) for row, cell in zip(table.rows, cells, strict=True))
    heads = *table.columns, Column(context.say("其中转归确诊", "Re-classified"))
    return replace(table, columns=heads, rows=rows)


def _course(context: Context) -> Section:
    title, name = context.say("变化趋势", "Trend"), context.say("每日新增阳性感染者", "New infections a day")
    chart = bars(context, "course", name, "positives", context.say("例", ""))
    if chart is None:
        return Section("new.course", title, (context.unreported("逐日新增", "Daily findings", "positives"),))
    told = context.told(
        "最近7日日均新增{mean:例}，与再前7日相比周增长率为{growth}。",
        "A mean of {mean} a day in the last 7 days; against the 7 days before: {growth}.",
        mean=context.means("positives", chart.days)[-1],
        growth=context.measure("growth"),
    )
    name = context.say("周增长率", "Weekly growth")
    growth = lines("growth", name, chart.days, [(name, context.series("growth", chart.days))])
    return Section("new.course", title, (told, chart, growth))


SECTION = Maker("new", "新增感染者情况", "New infections", make)
