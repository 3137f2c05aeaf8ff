"""What the command line prints: answers, loads, rejects, the conservation table."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Sequence
from typing import IO

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from dashboard.queries import Answer
from data.city import City
from data.rejects import Reject
from data.slabs import MISSING
from data.spreadsheets import harmless
from data.store import Load
from data.terms import LEVELS, STATES, TIERS
from data.words import Lang
from grid.build import Built, Outcome
from grid.counts import COUNTS
from grid.cube import View
from grid.measures import MEASURES

ANSWER_COLUMNS = ("area", "name", "level", "day", "value", "state")

#: Rejects printed on a terminal; the sheet has them all.
SHOWN = 50


def _grid(title: str, *columns: str, numbers: int = 0) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="dim")
    for at, column in enumerate(columns):
        table.add_column(column, justify="right" if at >= len(columns) - numbers else "left")
    return table


def _two(lang: Lang, zh: str, en: str) -> str:
    return zh if lang == "zh" else en


def number(value: float | None) -> str:
    """A value as it is written to a file: whole numbers without a point, others in full precision."""
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else repr(value)


def answers(file: IO[str], found: Sequence[Answer], form: str, name: str, lang: Lang) -> None:
    """Answers as csv (columns ANSWER_COLUMNS), json or a table."""
    rows = [
        {
            "area": a.area,
            "name": a.name,
            "level": a.level,
            "day": a.day.isoformat(),
            "value": a.value,
            "state": a.state,
        }
        for a in found
    ]
    if form == "json":
        json.dump(rows, file, ensure_ascii=False, indent=1)
        file.write("\n")
    elif form == "csv":
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(ANSWER_COLUMNS)
        for a in found:
            writer.writerow([harmless(a.area), harmless(a.name), a.level, a.day.isoformat(), number(a.value), a.state])
    else:
        _answer_table(file, found, name, lang)


def _answer_table(file: IO[str], found: Sequence[Answer], name: str, lang: Lang) -> None:
    made = MEASURES[name]
    title = f"{made.name(lang)} ({made.unit(lang)})"
    heads = ("代码", "名称", "层级", "日期", "数值") if lang == "zh" else ("code", "name", "level", "day", "value")
    table = _grid(title, *heads, numbers=1)
    for a in found:
        shown = f"{a.value:,.{made.digits}f}" if a.value is not None else STATES[a.state].name(lang)
        table.add_row(a.area, a.name, TIERS[a.level].name(lang), a.day.isoformat(), shown)
    Console(file=file, highlight=False).print(table)


def built(console: Console, made: Built, city: City, lang: Lang) -> None:
    """What a build did: the geography's report, then one line a source."""
    table = _grid(
        _two(lang, f"{city.name} 地理", f"{city.name_en or city.name}: geography"),
        *(
            ("层级", "区域", "有边界", "接上", "经别名", "修复")
            if lang == "zh"
            else ("level", "areas", "drawn", "joined", "by alias", "repaired")
        ),
        numbers=5,
    )
    for level, found in made.report.items():
        if level != "cell":
            cells = [found.get(key, "") for key in ("areas", "drawn", "joined", "through_alias")]
            table.add_row(TIERS[level].name(lang), *map(str, cells), str(len(found.get("repaired", []))))
    console.print(table)
    _geography_words(console, made, lang)
    _sources(console, made, lang)
    for outcome_ in made.outcomes:
        for fault in outcome_.faults:
            source = outcome_.delivery.source.name
            console.print(f"◆ {source}  {fault.line(lang)}", style="yellow", highlight=False, markup=False)


def _geography_words(console: Console, made: Built, lang: Lang) -> None:
    cell = made.report.get("cell", {})
    console.print(
        _two(
            lang,
            f"网格 {cell.get('cells', 0):,} 个，叶 {cell.get('leaves', 0):,} 个",
            f"{cell.get('cells', 0):,} cells, {cell.get('leaves', 0):,} leaves",
        )
    )
    for found in made.report.values():
        for name in found.get("repaired", []):
            console.print(_two(lang, f"  已修复图形：{name}", f"  shape repaired: {name}"))
        for name in found.get("unjoined", []):
            console.print(_two(lang, f"  边界无对应区域：{name}", f"  polygon of no area: {name}"))
    console.print()


def _sources(console: Console, made: Built, lang: Lang) -> None:
    heads = (
        ("来源", "批次", "行", "收下", "退回", "搁置")
        if lang == "zh"
        else ("source", "loads", "rows", "taken", "rejected", "aside")
    )
    table = _grid(
        _two(
            lang,
            f"入库（{made.skipped} 个文件此前已入库）",
            f"Loads ({made.skipped} files were loaded before)",
        ),
        *heads,
        numbers=5,
    )
    for source in dict.fromkeys(o.delivery.source.name for o in made.outcomes):
        mine = [o for o in made.outcomes if o.delivery.source.name == source and o.error is None]
        sums = [sum(getattr(o, key) for o in mine) for key in ("rows", "taken", "rejected", "aside")]
        table.add_row(source, *(f"{n:,}" for n in (len(mine), *sums)))
    console.print(table)
    for each in made.outcomes:
        if each.error is not None:
            outcome(console, each, lang)
    console.print()


def outcome(console: Console, made: Outcome, lang: Lang) -> None:
    """One delivery in one line."""
    if made.error is not None:
        console.print(f"✗ {made.error.say(lang)}", style="red", highlight=False, markup=False)
        return
    zh = f"第 {made.load} 批：{made.rows} 行，收下 {made.taken}，退回 {made.rejected}，搁置 {made.aside}"
    en = f"load {made.load}: {made.rows} rows, {made.taken} taken, {made.rejected} rejected, {made.aside} set aside"
    console.print(f"✓ {made.delivery.path.name}  {_two(lang, zh, en)}", highlight=False, markup=False)
    for fault in made.faults:
        console.print(f"  ◆ {fault.line(lang)}", style="yellow", highlight=False, markup=False)


def conservation(console: Console, view: View, lang: Lang) -> None:
    """For every count: at each level the sum over the areas plus what is known no finer, against the whole."""
    levels = view.areas.levels
    whole_zh, whole_en = LEVELS[levels[0]].zh, LEVELS[levels[0]].en.lower()
    table = _grid(
        _two(
            lang,
            f"守恒：各层之和 + 未能定位 = {whole_zh}",
            f"Conservation: sum of a level + unlocated above it = {whole_en}",
        ),
        _two(lang, "计数", "count"),
        _two(lang, "天数", "days"),
        *(TIERS[level].name(lang) for level in levels[1:]),
        _two(lang, whole_zh, whole_en),
        "",
        numbers=len(levels) + 1,
    )
    for count in COUNTS.values():
        days = sorted({day for day, _ in view.stated_days.get(count.id, [])})
        if not days:
            continue
        total = view.sums(count.id, days).total.sum(axis=0)
        cells, whole = _level_sums(view, total, by_leaf_area(view, count.id, days))
        row = [f"{inside:,} + {rest:,}" for inside, rest in cells]
        exact = all(inside + rest == whole for inside, rest in cells)
        table.add_row(count.zh if lang == "zh" else count.en, str(len(days)), *row, f"{whole:,}", "✓" if exact else "✗")
    console.print(table)


def by_leaf_area(view: View, count: str, days: Sequence[dt.date]) -> NDArray[np.int64]:
    """What stands on the leaves of each area itself, not of its children, summed over days."""
    own = np.zeros(len(view.areas), np.int64)
    for vector in view.vectors(count, days):
        if vector is not None:
            np.add.at(own, view.leaves.area, np.where(vector == MISSING, 0, vector))
    return own


def _level_sums(view: View, total: NDArray[np.int64], own: NDArray[np.int64]) -> tuple[list[tuple[int, int]], int]:
    """For each level below the top (sum over its areas, sum of what stands in none of them)."""
    found = []
    for level in view.areas.levels[1:]:
        rows = view.areas.of_level(level)
        inside = np.zeros(len(view.areas), np.bool_)
        for row in rows:
            inside[row : view.areas.last[row]] = True
        found.append((int(total[rows].sum()), int(own[~inside].sum())))
    return found, int(total[0])


def loads(console: Console, found: Sequence[Load], lang: Lang) -> None:
    """Loads, one line each."""
    heads = (
        ("批次", "来源", "文件", "获知", "行", "退回")
        if lang == "zh"
        else ("load", "source", "file", "known", "rows", "rejected")
    )
    table = _grid("", *heads, numbers=2)
    for made in found:
        table.add_row(
            str(made.id),
            made.source,
            made.file,
            f"{made.known:%Y-%m-%d %H:%M}Z",
            f"{made.rows:,}",
            f"{made.rejected:,}",
        )
    console.print(table)


def rejects(console: Console, made: Load, found: Sequence[Reject], lang: Lang) -> None:
    """Rejects of one load, with why."""
    heads = ("行", "列", "内容", "原因") if lang == "zh" else ("row", "column", "value", "why")
    table = _grid(f"{made.source}  {made.file}", *heads)
    for reject in found[:SHOWN]:
        table.add_row(str(reject.row), reject.column, reject.value[:40], reject.say(lang))
    console.print(table)
    if len(found) > SHOWN:
        console.print(
            _two(lang, f"… 共 {len(found)} 行；--sheet 导出全部", f"… {len(found)} in all; --sheet writes them")
        )


__all__ = ["answers", "built", "conservation", "loads", "outcome", "rejects"]
