"""物资保障: what is left of what people need, and for how long."""

from __future__ import annotations

from typing import Any

from dashboard.queries.cite import Given
from dashboard.reports.context import Context, Maker
from dashboard.reports.model import Block, Cell, Column, Section, Table


def make(context: Context) -> Section:
    """Items in store, what runs out first first; what is missing is said by name."""
    title, told = context.say(SECTION.zh, SECTION.en), context.given("supplies.stock")
    if told is None or not told.what.items:
        missing = [
            context.unreported(zh, en, kind="supplies")
            for zh, en in (
                ("生活物资（粮油菜肉）供应与可用天数", "Food in store, days left"),
                ("防护用品、检测试剂与药品库存", "Protective gear, test kits and medicines in store"),
            )
        ]
        return Section("supplies", title, tuple(missing))
    return Section("supplies", title, (_least(context, told), _table(context, told)))


def _least(context: Context, told: Given[Any]) -> Block:
    n, short, first = context.n(told["items"]), context.n(told["short"]), told.each("items", "item")[0]
    days = context.n(first["days"], "rate", 1)
    if days.value is None:
        return context.told(
            "在库物资{n:种}，日消耗均未报齐，可用天数不明。",
            "{n:item|items} in store; use is not told everywhere, so that nobody knows how long they last.",
            n=n,
        )
    return context.told(
        f"在库物资{{n:种}}；最先用完的是{{item}}，可用{{days:天}}。不足{told.what.target}天的区域与物资共{{short:处}}。",
        f"{{n:item|items}} in store; {{item}} runs out first, in {{days:day|days}}. Less than"
        f" {told.what.target} days are left in {{short:case|cases}} of an area and an item.",
        n=n,
        item=first.what.item,
        days=days,
        short=short,
    )


def _table(context: Context, told: Given[Any]) -> Block:
    heads = [
        context.say(*pair)
        for pair in (
            ("库存", "In store"),
            ("日消耗", "Used a day"),
            ("可用天数", "Days left"),
            (f"不足{told.what.target}天的区域", f"Areas under {told.what.target} days"),
            ("未报的区域", "Areas not told"),
        )
    ]
    rows: list[tuple[Cell, ...]] = [
        (
            one.what.item,
            context.n(one["stock"], unit=one.what.unit),
            context.n(one["used"], "rate", 1),
            context.n(one["days"], "rate", 1),
            context.n(one["short"]),
            context.n(one["silent"]),
        )
        for one in told.each("items", "item")
    ]
    when = context.date(told.what.told)
    note = (
        () if told.what.told == told.what.day else context.line(f"最近一次报送为{when}。", f"Last reported for {when}.")
    )
    return Table(
        "supplies",
        context.say("物资库存", "Items in store"),
        (Column(context.say("物资", "Item"), True, 2.4), *map(Column, heads)),
        tuple(rows),
        note=note,
    )


SECTION = Maker("supplies", "物资保障", "Supplies", make)
