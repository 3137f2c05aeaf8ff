"""附表: districts, streets, zones and sources, one table each."""

from __future__ import annotations

from dashboard.reports.blocks import by_area, columns, ranked, zone_table
from dashboard.reports.context import Context, Maker
from dashboard.reports.model import Block, Column, Section, Table
from dashboard.reports.sections.notes import sources as all_sources
from grid.measures import MEASURES

#: Lines of an annex before the rest is summed up.
LISTED = 40

SUMS = ("positives", "cases", "asymptomatic", "addresses", "contacts_close", "tests_taken")
RATES = (
    "incidence_7d",
    "growth",
    "population",
    "zone_lockdown_people",
    "zone_control_people",
    "risk_high",
    "risk_middle",
    "code_red",
    "code_yellow",
)


def areas(context: Context) -> Section:
    """Every area below: what adds up, and what does not."""
    title = context.say(f"{context.apart}主要指标", "Main figures by area")
    if context.below is None:
        return Section("annex.areas", title, (context.nothing_below,), annex=True)
    sums = [(name, MEASURES[name].name(context.lang)) for name in SUMS if context.located(name)]
    rates = [(name, MEASURES[name].name(context.lang)) for name in RATES if _tells(context, name)]
    blocks: list[Block] = []
    if sums:
        blocks.append(
            by_area(context, "areas", context.say(f"{context.apart}新增", "Found that day, by area"), sums, total=True)
        )
    if rates:
        blocks.append(
            by_area(context, "rates", context.say(f"{context.apart}率与存量", "Rates and stocks by area"), rates[:7])
        )
    blocks = blocks or [context.unreported(f"{context.apart}指标", "Figures by area")]
    return Section("annex.areas", title, tuple(blocks), annex=True)


def _tells(context: Context, name: str) -> bool:
    """Whether a rate or stock is told of any area below, and made of what is known as finely."""
    if name in ("incidence_7d", "growth") and not context.located("positives"):
        return False
    return name in context.status.days and any(part.number.value is not None for part in context.parts(name))


def streets(context: Context) -> Section:
    """The finest areas that a page can name, by what is told of them."""
    title = context.say("街镇居村", "Streets and communities")
    levels = [one for one in ("street", "community") if one in context.levels_below]
    told = [(name, level) for level in levels for name in ("positives", "addresses") if context.located(name, level)]
    name, level = next((one for one in told if one[1] != context.below), told[0] if told else (None, None))
    if name is None or level is None:
        none = context.unreported("街镇居村一级新增", "Findings by street or community", "positives", "addresses")
        return Section("annex.streets", title, (none,), annex=True)
    head = MEASURES[name].name(context.lang)
    table = ranked(
        context,
        "streets",
        context.say(f"{head}较多的街镇居村", f"{head}: where most are"),
        name,
        head,
        level=level,
        most=LISTED,
    )
    return Section("annex.streets", title, (table,), annex=True)


def zones(context: Context) -> Section:
    """Zones in force, longest overdue first."""
    title = context.say("风险区与三区清单", "Zones in force")
    standing = [one for one in context.zone_lines if one.what.clock.standing]
    if not standing:
        return Section(
            "annex.zones",
            title,
            (context.unreported("在管区域清单", "Zones in force", "zone_lockdown_n", "risk_high"),),
            annex=True,
        )
    table = zone_table(context, "zonelist", title, standing[:LISTED], len(standing))
    return Section("annex.zones", title, (table,), annex=True)


def sources(context: Context) -> Section:
    """Every source: its newest day, its deliveries, how late it is."""
    title = context.say("数据来源", "Sources")
    lines = all_sources(context).each("sources", "source.name")
    states = {
        "fresh": ("按时", "in time"),
        "warn": ("迟报", "late"),
        "error": ("严重迟报", "very late"),
        "none": ("—", "—"),
    }
    rows = tuple(
        (
            one.what.name(context.lang),
            context.date(one.what.newest) if one.what.newest else "—",
            context.n(one["loads"]),
            context.n(one["rejected"]),
            context.say(*states[one.what.state]),
        )
        for one in lines
    )
    heads = columns(
        context.say("来源", "Source"),
        context.say("最近一日", "Newest day"),
        context.say("批次", "Loads"),
        context.say("退回行", "Rows sent back"),
    )
    table = Table(
        "sources", title, (*heads, Column(context.say("时效", "State"), True)), rows, none=context.say("无。", "None.")
    )
    return Section("annex.sources", title, (table,), annex=True)


AREAS = Maker("annex.areas", "分区主要指标", "Main figures by area", areas)
STREETS = Maker("annex.streets", "街镇居村", "Streets and communities", streets)
ZONES = Maker("annex.zones", "风险区与三区清单", "Zones in force", zones)
SOURCES = Maker("annex.sources", "数据来源", "Sources", sources)
