"""政策比例: whom the orders in force take in, for how many cases."""

from __future__ import annotations

from dashboard.reports.context import Context, Maker
from dashboard.reports.model import Block, Cell, Column, Section, Table

#: Orders that the table names, those that hit most people first.
LISTED = 12


def make(context: Context) -> Section:
    """Orders in force, one by one and together."""
    title = context.say(SECTION.zh, SECTION.en)
    told = context.orders
    if told is not None and not told.what.lines:
        return Section("orders", title, (context.told("当日无在施通告。", "No order is in force."),))
    if told is None:
        pair = "在施通告及其涉及人数", "Orders in force and whom they take in"
        return Section("orders", title, (context.unreported(*pair, kind="notices"),))
    return Section("orders", title, (_together(context), *_table(context)))


def _together(context: Context) -> Block:
    told = context.orders
    assert told is not None
    n, hit, both, cases, per = (
        context.n(told[way])
        for way in ("lines", "together.hit", "together.both", "together.cases", "together.per_case")
    )
    over = context.n(told["together.over"], "part", 1)
    return context.told(
        "在施通告{n:份}，合并计涉及{hit:人}，其中曾有涉疫停留{both:人}，未涉疫者占{over}；辖内近14日阳性{cases:例}，平均每例管控{per:人}。",
        "{n:order in force takes|orders in force take} in {hit:person|people}, of whom {both:was|were} exposed and"
        " {over} were not; {cases:infection|infections} in 14 days: {per:person|people} for each.",
        n=n,
        hit=hit,
        both=both,
        over=over,
        cases=cases,
        per=per,
    )


def _table(context: Context) -> list[Block]:
    told = context.orders
    assert told is not None
    lines = sorted(told.each("lines", "notice.key"), key=lambda one: -(one.what.told.hit.value or 0.0))
    rows: list[tuple[Cell, ...]] = []
    for one in lines[:LISTED]:
        ways = ("told.hit", "told.both", "told.adds", "told.cases")
        per: Cell = context.n(one["told.per_case"]) if one.what.told.cases.value else "—"  # by nought nobody divides
        rows.append((one.what.notice.number, *(context.n(one[way]) for way in ways), per))
    heads = [
        context.say(*pair)
        for pair in (
            ("涉及人数", "People"),
            ("其中涉疫", "Exposed"),
            ("另增", "Adds"),
            ("14日阳性", "Cases, 14 days"),
            ("人/例", "People per case"),
        )
    ]
    more = len(lines) - len(rows)
    note = (
        context.line(
            f"按涉及人数列前{len(rows)}份，其余{more}份从略。",
            f"The {len(rows)} that take in most; {more} more are left out.",
        )
        if more
        else ()
    )
    return [
        Table(
            "orders",
            context.say("各通告比例", "Proportionality of each order"),
            (Column(context.say("文号", "Order"), True, 3.4), *map(Column, heads)),
            tuple(rows),
            note=note,
        )
    ]


SECTION = Maker("orders", "政策比例", "Proportionality of orders", make)
