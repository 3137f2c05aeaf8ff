"""与上级区域对比: an area beside the one that holds it."""

from __future__ import annotations

from dashboard.reports.blocks import columns
from dashboard.reports.context import Context, Maker
from dashboard.reports.model import Cell, Section, Table
from grid.measures import MEASURES

#: What is compared, of what is told.
COMPARED = ("positives", "incidence_7d", "growth", "zone_lockdown_people", "risk_high", "code_red")


def make(context: Context) -> Section:
    """Both in one table."""
    title = context.say(SECTION.zh, SECTION.en)
    path = context.place.path
    if len(path) < 2 or context.viewer.scope is not None:
        none = context.told("没有可与之对比的区域。", "There is no area to set it beside.")
        return Section("rank", title, (none,))
    above = path[-2]
    names = [
        name
        for name in COMPARED
        if context.measure(name).value is not None or context.measure(name, above[0]).value is not None
    ]
    rows: tuple[tuple[Cell, ...], ...] = (
        (context.place.name, *(context.measure(name) for name in names)),
        (above[1], *(context.measure(name, above[0]) for name in names)),
    )
    heads = columns(context.say("区域", "Area"), *(MEASURES[name].name(context.lang) for name in names))
    table = Table(
        "rank", context.say(f"{context.place.name}与{above[1]}", f"{context.place.name} and {above[1]}"), heads, rows
    )
    return Section(
        "rank", title, (table,) if names else (context.unreported("可比指标", "Figures to compare", *COMPARED),)
    )


SECTION = Maker("rank", "与上级区域对比", "Beside the area above", make)
