"""Blocks that several sections are made of: tables by area, curves over days, the risk map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from dashboard import colours, wire
from dashboard.parts.legend import class_words
from dashboard.queries.cite import Given
from dashboard.reports.context import CURVE_DAYS, Context
from dashboard.reports.model import Cell, Column, Curve, Day, Line, Map, Number, Series, Step, Table
from data.terms import RISKS, ZONES
from grid.measures import MEASURES, Measure
from grid.rates import MISSING

Dash = Literal["solid", "dashed", "dotted"]

#: Levels on which a map of a wide area is drawn, finest first: communities of a city are too small for a page.
MAP_LEVELS = {"city": ("street", "district"), "province": ("district", "city"), "country": ("city", "province")}

#: A level is drawn if at least this share of its units is told.
TOLD = 0.2

#: A level is not drawn if more than this share is known to coarser places only: it would show noughts that are none.
LOST = 0.5

#: What the map shows, in this order, as the screen does.
LAYERS = ("incidence_7d", "positives", "addresses", "risk_areas")

#: Ink of curves on paper; told apart by dashes as well.
INK = "#7a1f3d"
_STYLES: tuple[tuple[str, Dash], ...] = ((INK, "solid"), ("#2f6690", "dashed"), ("#8a6d1f", "dotted"))


def columns(first: str, *names: str) -> tuple[Column, ...]:
    """A column of words and columns of numbers."""
    return Column(first, left=True, share=1.6), *(Column(name) for name in names)


def by_area(
    context: Context,
    id: str,
    title: str,
    measures: list[tuple[str, str]],
    *,
    level: str | None = None,
    total: bool = False,
    note: Line = (),
    most: int | None = None,
) -> Table:
    """Measures, (id, heading) each, of every area below; with ``total`` what is known of none of them and the sum.
    ``most``: only the areas with the most of the first."""
    parts = [context.parts(name, level) for name, _ in measures]
    rows = [(row[0].name, *(part.number for part in row)) for row in zip(*parts, strict=True)]
    if most is not None:
        rows = sorted(rows, key=lambda row: -(row[1].value or 0))[:most]
    found: list[tuple[Cell, ...]] = list(rows)
    if total:
        found += _sums(context, [name for name, _ in measures], level)
    heads = columns(context.heading(level), *(head for _, head in measures))
    return Table(id, title, heads, tuple(found), total=total, note=note)


def _sums(context: Context, names: list[str], level: str | None) -> list[tuple[Cell, ...]]:
    """What is known of the area but of nothing below it, if there is any, and the whole."""
    asked = level or context.below
    apart = [context.of(name, "parts", "apart", name=name, level=asked) for name in names]
    rows: list[tuple[Cell, ...]] = []
    if any(one.value for one in apart):
        rows.append((context.say("未定位", "Not located"), *apart))
    rows.append((context.say("合计", "Total"), *(context.measure(name) for name in names)))
    return rows


def ranked(context: Context, id: str, title: str, measure: str, head: str, *, level: str, most: int) -> Table:
    """The areas of a level with the most of a measure, the rest and what is known of none of them by name, and the
    sum."""
    told = context.split(measure, level, most=most)
    rows: list[tuple[Cell, ...]] = [(_where(context, part.code), part.number) for part in told.named]
    rows += [(context.say("其他", "Others"), told.others)] if told.others else []
    rows += [(context.say("未定位", "Not located"), told.apart)] if told.apart else []
    rows.append((context.say("合计", "Total"), told.whole))
    none = context.say("无。", "None.")
    return Table(id, title, columns(context.heading(level), head), tuple(rows), total=True, none=none)


def _where(context: Context, code: str) -> str:
    """A name with those of the areas above it that lie inside the report's."""
    areas, row = context.view.areas, context.view.areas.row_of[code]
    path = areas.path(row)
    steps = path[path.index(areas.row_of[context.area]) + 1 :]
    return (" " if context.lang == "zh" else ", ").join(areas.label(step, context.lang) for step in steps)


def bars(
    context: Context, id: str, title: str, measure: str, unit: str, note: Line = (), days: int = CURVE_DAYS
) -> Curve | None:
    """A measure day by day as bars; None where it was never told."""
    shown = context.curve_days(measure, most=days)
    if not shown:
        return None
    series = Series(title, context.series(measure, shown), INK)
    return Curve(id, title, shown, (series,), unit, "bars", note)


def lines(
    id: str,
    title: str,
    days: tuple[Day, ...],
    series: Sequence[tuple[str, tuple[Number, ...]]],
    unit: str = "",
    note: Line = (),
) -> Curve:
    """Up to three curves, told apart by ink and dash."""
    made = (Series(name, told, *style) for (name, told), style in zip(series, _STYLES, strict=False))
    return Curve(id, title, days, tuple(made), unit, "lines", note)


# zones ---------------------------------------------------------------------------------------------

_KINDS = {**ZONES, **RISKS}


def zone_table(context: Context, id: str, title: str, lines: Sequence[Given[Any]], of: int) -> Table:
    """Zones with their terms: kind, since when, when they may end, how long overdue, people. ``of``: how many there
    are in all."""
    rows = tuple(_zone(context, one) for one in lines)
    heads = (
        Column(context.say("区域", "Zone"), True, 2.2),
        Column(context.say("类别", "Kind"), True, 1.1),
        Column(context.say("起", "Since"), True, 1.3),
        Column(context.say("可解除", "May end"), True, 1.3),
        Column(context.say("超期（天）", "Days over")),
        Column(context.say("人口（人）", "People")),
    )
    more = of - len(rows)
    note = context.line(f"另有{more}个未列出。", f"{more} more are not listed.") if more else ()
    return Table(id, title, heads, rows, note=note, none=context.say("无。", "None."))


def _zone(context: Context, one: Given[Any]) -> tuple[Cell, ...]:
    line, clock = one.what, one.what.clock
    where = " ".join(filter(None, (line.where, line.name)))
    ends = context.date(clock.ends) if clock.ends else context.say("未定", "open")
    over, people = (context.n(one[way]) for way in ("clock.over", "clock.size.people"))
    return where, _KINDS[clock.zone.kind].name(context.lang), context.date(clock.zone.start), ends, over, people


# the map -------------------------------------------------------------------------------------------


def risk_map(context: Context, id: str = "map", layers: Sequence[str] = LAYERS) -> Map | None:
    """The area's units painted as the screen paints them: the ordered layer, else the first that is told there on the
    day, by the finest level that a page can show; None where there is none."""
    ordered = context.order.layer
    for name in [ordered] if ordered is not None and ordered in MEASURES else layers:
        for level in _levels(context):
            found = _painted(context, id, MEASURES[name], level)
            if found is not None:
                return found
    return None


def _levels(context: Context) -> list[str]:
    """Levels below the area, the one that is tried first first."""
    wide = MAP_LEVELS.get(context.place.level)
    if wide is not None:
        return [level for level in wide if level in context.levels_below]
    below = [level for level in context.levels_below if level != "responsibility_grid"]
    return [*reversed(below[:2]), *(["cell"] if context.status.has_cells else [])]


def _painted(context: Context, id: str, made: Measure, level: str) -> Map | None:
    told = context.desk.paint(context.viewer, made.id, level, [context.day], area=context.area, as_of=context.as_of)
    state = told.values.state[0]
    coarse = context.ask("coarse", name=made.id, level=level)
    if not len(state) or (state != MISSING).mean() < TOLD or coarse.share > LOST:
        return None
    breaks = context.painter.breaks(context.viewer, made, level, context.as_of)
    coded = wire.classify(told.values.value[0], state, breaks).astype(np.int64)
    classes = np.select([coded == code for code in _STATES], list(_STATES.values()), coded)
    words = class_words(made, context.lang, breaks)
    ramp = colours.ramp(made, len(breaks) + 1, "light")[: len(words)]
    steps = tuple(
        Step(colour, word, int((classes == n).sum())) for n, (colour, word) in enumerate(zip(ramp, words, strict=True))
    )
    title = context.say(
        f"{context.place.name}{made.zh}分布图（{context.date(context.day)}）",
        f"{made.en} in {context.place.name}, {context.date(context.day)}",
    )
    note = context.line("分级与大屏一致。{about}", "Classes as on the screen. {about}", about=made.about(context.lang))
    return Map(id, title, context.area, level, made.id, context.day, steps, tuple(classes.tolist()), note=note)


_STATES = {wire.CLASS_ZERO: -1, wire.CLASS_SUPPRESSED: -2, wire.CLASS_MISSING: -3}
