"""What there is, how long it lasts, who should give whom what, and rooms for isolation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dashboard.pages.page import Look, Page
from dashboard.parts import figures, listing, note, search, stack
from dashboard.parts.sheet import Block
from dashboard.queries.cite import Cited, Given
from dashboard.queries.desk import Day, Desk, Viewer
from dashboard.queries.hidden import hidden
from dashboard.queries.supplies import (
    TARGET,
    GiveLine,
    ItemLine,
    ItemPlan,
    PlansAnswer,
    RoomLine,
    RoomsAnswer,
    StockAnswer,
    SupplyDesk,
)
from dashboard.said import Said, join, quoted, words

WORDS = {
    "none": ("当日没有物资和隔离场所数据。", "Nothing is told of supplies and isolation places on this day."),
    "source_hint": (
        "在 city.toml 中加入 supplies（物资）和 places（隔离场所）来源即可。",
        "Name sources of the kinds supplies and places in city.toml.",
    ),
    "first": ("最先用完", "Runs out first"),
    "first_about": ("按近 7 日平均消耗，全部库存能用的天数最少", "Fewest days left at the mean use of a week"),
    "lasts": ("还能用 {n} 天", "lasts {n} more days"),
    "short": ("不足目标", "Below target"),
    "short_about": ("可用天数不到目标的（区域 × 物资）", "Pairs of area and item with fewer days than the target"),
    "of_items": ("{n} 种物资，目标 {days} 天", "{n} items, target {days} days"),
    "moved": ("建议调拨", "Proposed transfers"),
    "moved_about": ("在最少的公里 × 件数下使各区达到目标", "With the least kilometres x units"),
    "steps": ("{n} 笔", "steps: {n}"),
    "missing_items": ("全域不够", "Not enough anywhere"),
    "missing_about": (
        "全部加起来也不够目标天数的物资种数：只能均衡，须向上级申请",
        "Items of which all together do not reach the target: only to be shared fairly; more must come from outside",
    ),
    "rooms": ("隔离房间空余", "Rooms free"),
    "rooms_of": ("共 {n} 间，{p} 处", "of {n} in {p} places"),
    "target": ("目标天数", "Target"),
    "target_days": ("{n} 天", "{n} days"),
    "target_set": ("重算", "Work it out"),
    "target_usual": ("恢复默认", "The usual one"),
    "items": ("物资", "Items"),
    "items_about": (
        "日耗为近 7 日平均。点一行看调拨方案的逐行说明。",
        "Use is the mean of the last 7 days. Choose a row to see its plan line by line.",
    ),
    "item": ("物资", "Item"),
    "stock": ("库存", "Stock"),
    "used": ("日耗", "Used a day"),
    "days": ("可用天数", "Days left"),
    "below": ("不足的区域", "Areas below"),
    "silent": ("{n} 个未报", "not told: {n}"),
    "proposal": ("建议调拨", "Transfer"),
    "least": ("最少天数 前 → 后", "Fewest days, before → after"),
    "keep": ("无须调拨", "none needed"),
    "alone": (
        "下级区域不足两个报了库存和日耗，无从调拨。",
        "Fewer than two areas below tell stock and use: nothing to plan.",
    ),
    "plan": ("{item}：调拨方案", "{item}: transfer plan"),
    "plan_enough": (
        "总量 {stock} {unit}，达到 {days} 天须 {needed} {unit}，够用。在各区都不低于目标的前提下，公里 × 件数最少。",
        "{stock} {unit} in all; {days} days take {needed}: enough. Least km x units with nobody below the target.",
    ),
    "plan_short": (
        (
            "总量 {stock} {unit}，达到 {days} 天须 {needed} {unit}，缺 {missing} {unit}。"
            "先求最少天数最多，再求公里 × 件数最少。"
        ),
        (
            "{stock} {unit} in all; {days} days take {needed}: {missing} lacking. The fewest days are made as many as "
            "can be, then km x units as few."
        ),
    ),
    "left_out": ("{names} 未报齐库存或日耗，不参加调拨。", "{names} do not tell stock and use, and take no part."),
    "area": ("区域", "Area"),
    "before": ("现有", "Now"),
    "in": ("调入", "In"),
    "out": ("调出", "Out"),
    "after": ("调后", "After"),
    "need": ("目标量", "Needed"),
    "days_before": ("现可用天", "Days now"),
    "days_after": ("调后天数", "Days after"),
    "all": ("合计", "All"),
    "rest": ("{area}（未细分）", "{area} (no finer place)"),
    "moves": ("调拨单", "Steps"),
    "moves_about": ("现有 + 调入 − 调出 = 调后，逐行相符", "Now + in − out = after, on every line"),
    "from": ("调出", "From"),
    "to": ("调入", "To"),
    "units": ("数量", "Units"),
    "km": ("公里", "km"),
    "unit_km": ("公里 × 件", "km x units"),
    "no_moves": ("各区都已达到目标，无须调拨。", "Everybody has enough: nothing to move."),
    "no_gain": ("怎样调拨都不能使最少的天数更多。", "No transfer would make the fewest days more."),
    "places": ("隔离场所", "Isolation places"),
    "places_about": ("每条为全部房间：已用与空余", "Each bar is all rooms: taken and free"),
    "taken": ("已用", "Taken"),
    "free": ("空余", "Free"),
    "share": ("使用率", "Share taken"),
    "place": ("场所", "Place"),
    "room": ("房间", "Rooms"),
    "places_n": ("{n} 处", "{n} places"),
    "hidden": (
        "已用房间数涉及少数人，不向您显示。",
        "How many rooms are taken tells of few people, and is not shown to you.",
    ),
    "no_places": ("当日没有隔离场所数据。", "Nothing is told of isolation places on this day."),
    "no_items": ("当日没有物资数据。", "Nothing is told of supplies on this day."),
}  # fmt: skip

#: Targets that are offered: half a week, a week, a fortnight, a month.
TARGETS = (3, 7, 14, 30)


def describe(look: Look) -> list[Block]:
    """Figures, targets, items with their plans, the asked plan line by line, isolation places."""
    desk = look.desk.beside(SupplyDesk)
    if not desk.days(look.viewer, look.as_of):
        return [note.line(look.say("none"), tone="large"), note.line(look.say("source_hint"))]
    target = look.number_wish("target") or TARGET
    stock, plans = (look.ask(f"supplies.{name}", target=target) for name in ("stock", "plans"))
    rooms = look.ask("supplies.rooms")
    blocks = [_strip(look, stock, plans, rooms)]
    blocks += list(_items(look, stock, plans)) if stock.what.items else [note.line(look.say("no_items"))]
    return [*blocks, *_rooms(look, rooms)]


def _days(desk: Desk, viewer: Viewer) -> Sequence[Day]:
    return desk.beside(SupplyDesk).days(viewer)


# --- figures ------------------------------------------------------------------------------------------


def _strip(look: Look, stock: Given[StockAnswer], plans: Given[PlansAnswer], rooms: Given[RoomsAnswer]) -> Block:
    made = []
    items = stock.each("items", "item")
    if items and items[0].what.days is not None:
        lasts = look.say("lasts", n=_short_days(look, items[0]["days"]))
        bad = items[0].what.days < stock.what.target
        made.append(figures.figure(look.say("first"), quoted(items[0].what.item), small=lasts,
                                   about=look.say("first_about"), tone="bad" if bad else ""))  # fmt: skip
    if items:
        of = look.say("of_items", n=look.whole(stock["items"]), days=look.whole(stock["target"]))
        made += [
            figures.figure(look.say("short"), look.whole(stock["short"]), small=of, about=look.say("short_about"),
                           tone="bad" if stock.what.short else "good"),
            figures.figure(look.say("moved"), look.short(plans["units"]), about=look.say("moved_about"),
                           small=look.say("steps", n=look.whole(plans["moves"]))),
            figures.figure(look.say("missing_items"), look.whole(plans["lacking"]), about=look.say("missing_about"),
                           tone="bad" if plans.what.lacking else "good"),
        ]  # fmt: skip
    everything = rooms.at("all")
    if everything.what.places:
        small = look.say("rooms_of", n=look.whole(everything["rooms"]), p=look.whole(everything["places"]))
        made.append(figures.figure(look.say("rooms"), look.whole(everything["free"]), small=small))
    return figures.strip(made)


def _short_days(look: Look, made: Cited) -> Said:
    return look.whole(made, 1)


# --- items --------------------------------------------------------------------------------------------


def _items(look: Look, stock: Given[StockAnswer], plans: Given[PlansAnswer]) -> Iterator[Block]:
    proposals = {one.what.item: one for one in plans.each("items", "item")}
    lines = stock.each("items", "item")
    chosen = next((one for one in lines if one.what.item == look.wish("item")), None) or _worth(lines, proposals)
    yield _targets(look, stock.what.target)
    columns = [
        listing.column(look.say("item"), left=True),
        listing.column(look.say("stock")),
        listing.column(look.say("used"), least=True),
        listing.column(look.say("days"), bar=True),
        listing.column(look.say("below")),
        listing.column(look.say("proposal")),
        listing.column(look.say("least"), least=True),
    ]
    rows = [_item(look, one, proposals[one.what.item], stock.what.target) for one in lines]
    yield listing.table(columns, rows, look.say("items"), about=look.say("items_about"))
    yield from _plan(look, chosen, proposals[chosen.what.item], stock.what.target)


def _worth(lines: Sequence[Given[ItemLine]], plans: dict[str, Given[ItemPlan]]) -> Given[ItemLine]:
    """The item whose plan is shown where none is asked for: the first that has one."""
    return next((one for one in lines if plans[one.what.item].what.moves), lines[0])


def _targets(look: Look, target: int) -> Block:
    """The targets to choose from; the usual one is not in the address."""
    offered = sorted({*TARGETS, target} - {TARGET})
    choices = [("", look.say("target_days", n=words(str(TARGET))))]
    choices += [(words(str(days)), look.say("target_days", n=words(str(days)))) for days in offered]
    value = "" if target == TARGET else words(str(target))
    fields = [search.field("target", look.say("target"), value, kind="choice", choices=choices)]
    said, usual = {"search": look.say("target_set"), "clear": look.say("target_usual")}, look.href(target=None)
    return search.form(fields, usual, said, clear=words(usual) if value else "", id="target", span=4)


def _item(look: Look, one: Given[ItemLine], plan: Given[ItemPlan], target: int) -> dict[str, Any]:
    line, made = one.what, plan.what
    silent = look.say("silent", n=look.whole(one["silent"])) if line.silent else ""
    short = line.days is not None and line.days < target
    return listing.row(
        [
            listing.cell(quoted(line.item), line.item, small=quoted(line.unit)),
            listing.number(look.short(one["stock"])),
            listing.number(look.short(one["used"])),
            listing.number(_short_days(look, one["days"]), tone="bad" if short else ""),
            listing.number(look.whole(one["short"]), small=silent, tone="bad" if line.short else ""),
            listing.number(look.short(plan["units"]), small=look.say("steps", n=look.whole(plan["moves"])))
            if made.moves else listing.cell(look.say("keep"), 0, tone="soft"),
            listing.cell(join(" → ", [_short_days(look, plan["least_before"]), _short_days(look, plan["least_after"])]),
                         made.least_after) if made.least_after is not None else listing.cell("—", None),
        ],
        href=look.href(item=line.item),
        key=line.item,
    )  # fmt: skip


# --- one plan -----------------------------------------------------------------------------------------


def _plan(look: Look, line: Given[ItemLine], plan: Given[ItemPlan], target: int) -> Iterator[Block]:
    made = plan.what
    if len(made.lines) < 2:
        yield note.line(look.say("alone"))
        return
    fields = {name: look.whole(plan[name]) for name in ("stock", "needed", "missing")}
    about = look.say("plan_enough" if made.enough else "plan_short", unit=quoted(made.unit), days=words(str(target)),
                     **fields)  # fmt: skip
    out = look.say("left_out", names=join("、" if look.lang == "zh" else ", ", made.left_out)) if made.left_out else ""
    yield listing.table(
        _columns(look), [*(_given(look, one) for one in plan.each("lines", "area")), _sum(look, plan)],
        look.say("plan", item=quoted(made.item)), about=join(" ", [about, out]) if out else about, span=8, id="plan",
    )  # fmt: skip
    columns = [
        listing.column(look.say(key), left=key in ("from", "to")) for key in ("from", "to", "units", "km", "unit_km")
    ]
    rows = [
        listing.row([
            listing.cell(quoted(one.what.origin), one.what.origin),
            listing.cell(quoted(one.what.destination), one.what.destination),
            listing.number(look.whole(one["units"])), listing.number(look.whole(one["km"], 1)),
            listing.number(look.short(one["unit_km"])),
        ], key=one.what.id)
        for one in plan.each("moves", "id")
    ]  # fmt: skip
    none = look.say("no_moves" if made.enough else "no_gain")
    yield listing.table(columns, rows, look.say("moves"), about=look.say("moves_about"), none=none, span=4)


def _columns(look: Look) -> list[dict[str, Any]]:
    least = {"used", "need", "days_before"}
    keys = ("used", "need", "before", "in", "out", "after", "days_before", "days_after")
    return [listing.column(look.say("area"), left=True),
            *(listing.column(look.say(key), least=key in least, bar=key == "days_after") for key in keys)]  # fmt: skip


def _given(look: Look, one: Given[GiveLine]) -> dict[str, Any]:
    line = one.what
    moved = {"received": "good" if line.received else "", "given": "bad" if line.given else ""}
    cells = [listing.number(look.short(one["used"])), listing.number(look.short(one["need"]))]
    cells += [
        listing.number(look.whole(one[name]), tone=moved.get(name, ""))
        for name in ("before", "received", "given", "after")
    ]
    cells += [listing.number(_short_days(look, one[name])) for name in ("days_before", "days_after")]
    return listing.row(
        [listing.cell(quoted(line.name), line.name), *cells], href=look.href(area=line.area), key=line.area
    )


def _sum(look: Look, plan: Given[ItemPlan]) -> dict[str, Any]:
    """The sums of the account: what is given is what is received."""
    cells = [listing.number(look.short(plan["used"])), listing.number(look.short(plan["needed"]))]
    cells += [listing.number(look.whole(plan[name])) for name in ("stock", "received", "given", "stock")]
    cells += [listing.cell("", None), listing.cell("", None)]
    return listing.row([listing.cell(look.say("all"), None, tone="soft"), *cells], key="all")


# --- isolation places ---------------------------------------------------------------------------------


def _rooms(look: Look, rooms: Given[RoomsAnswer]) -> Iterator[Block]:
    if not rooms.what.places:
        yield note.line(look.say("no_places"))
        return
    if hidden(rooms.what.all.taken):
        yield note.line(look.say("hidden"))
    if rooms.what.areas and not hidden(rooms.what.all.taken):
        bars = [_bar(look, one) for one in rooms.each("areas", "id")]
        yield stack.bars(bars, look.say("places"), about=look.say("places_about"), labels=True, span=5)
    columns = [
        listing.column(look.say("place"), left=True),
        *(listing.column(look.say(key), bar=key == "share") for key in ("room", "taken", "free", "share")),
    ]
    rows = [_place(look, one) for one in rooms.each("places", "id")]
    span = 7 if rooms.what.areas and not hidden(rooms.what.all.taken) else 12
    yield listing.table(columns, rows, look.say("places"), count=look.whole(rooms["places"]), span=span, first=12,
                        sort=(4, True))  # fmt: skip


def _bar(look: Look, one: Given[RoomLine]) -> dict[str, Any]:
    line = one.what
    parts = [
        stack.part(look.say(key), float(value), look.whole(one[key]), shade=shade)
        for key, value, shade in (("taken", line.taken, "3"), ("free", line.free, "0")) if value is not None
    ]  # fmt: skip
    small = look.say("places_n", n=look.whole(one["places"]))
    return stack.bar(quoted(line.name), parts, look.whole(one["rooms"]), small=small, href=look.href(area=line.id),
                     state="" if parts else "missing")  # fmt: skip


def _place(look: Look, one: Given[RoomLine]) -> dict[str, Any]:
    share = look.number(one["share"], lambda value: f"{value:.0%}")
    cells = [listing.number(look.whole(one[name])) for name in ("rooms", "taken", "free")]
    name = listing.cell(quoted(one.what.name), one.what.name, small=quoted(one.what.where))
    return listing.row([name, *cells, listing.number(share)], key=one.what.id)


PAGE = Page(
    "supplies",
    ("物资", "Supplies"),
    describe,
    about=(
        "各种物资还能用几天，谁该调给谁多少，以及隔离房间还有多少。",
        "How long each item lasts, who should give whom how much, and how many rooms are free.",
    ),
    days=_days,
    wishes=("item", "target"),
    words=WORDS,
    under="events",
)
