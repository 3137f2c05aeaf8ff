"""All elements of one place on one screen: its numbers, zones, orders, events, nets and forms, and the places in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dashboard.pages.page import Day, Look, Page, as_far_as_shown
from dashboard.parts import figures, listing, note
from dashboard.parts.panel import measured
from dashboard.parts.sheet import Block
from dashboard.queries import Desk, Viewer
from dashboard.queries.cite import Cited
from dashboard.queries.days import day_range
from dashboard.queries.desk import KEY_FIGURES
from dashboard.queries.nets import VOLUMES
from data.terms import TIERS
from grid.measures import MEASURES

WORDS = {
    "none": ("还没有数据。", "There are no data yet."),
    "positives": ("新增阳性", "New positives"),
    "zones": ("封控管控区", "Zones"),
    "notices": ("生效通告", "Orders in force"),
    "events": ("此刻未办结事件", "Events open now"),
    "late": ("{n} 件逾期", "{n} late"),
    "nets": ("有数据的网", "Nets with data"),
    "burden": ("填报表单", "Forms"),
    "hours": ("{n} 工时/日", "{n} person-hours a day"),
    "overdue": ("{n} 个应解未解", "{n} overdue"),
    "begun": ("{n} 件当日生效", "{n} begin today"),
    "missing_nets": ("{n} 张没有来", "{n} do not come"),
    "numbers": ("各项指标", "Numbers"),
    "measure": ("指标", "Measure"),
    "week": ("7 日前", "7 days before"),
    "nothing_below": ("没有下级区域。", "There is nothing below this area."),
    "population": ("人口", "People"),
}

#: The numbers of a place: those of the map's panel, then what the nets counted.
NAMES = (*KEY_FIGURES, "tests_taken", "isolated_home", *(name for names in VOLUMES.values() for name in names))


def describe(look: Look) -> list[Block]:
    """What is in force, all numbers, and the places below."""
    if look.day is None:
        return [note.line(look.say("none"), tone="large")]
    parts = (lambda: [_strip(look)], lambda: [_numbers(look)], lambda: _below(look))
    return as_far_as_shown(look, *parts)


def _strip(look: Look) -> Block:
    return figures.strip([_positives(look), *_orders(look), *_events(look), *_work(look)])


def _positives(look: Look) -> dict[str, Any]:
    told = look.ask("measure", name="positives")
    return figures.figure(look.say("positives"), measured(told[""], MEASURES["positives"], look.lang),
                          href=look.href("map", layer="positives"))  # fmt: skip


def _orders(look: Look) -> Iterator[dict[str, Any]]:
    zones, notices = look.ask("zones.summary"), look.ask("notices.summary")
    over, begun = zones["overdue.zones"], notices["begun"]
    yield figures.figure(look.say("zones"), look.whole(zones["standing.zones"]), href=look.href("zones"),
                         small=look.say("overdue", n=look.whole(over)), tone="bad" if over.value else "")  # fmt: skip
    yield figures.figure(look.say("notices"), look.whole(notices["in_force"]), href=look.href("notices"),
                         small=look.say("begun", n=look.whole(begun)) if begun.value else "")  # fmt: skip


def _events(look: Look) -> Iterator[dict[str, Any]]:
    """What waits for somebody at this moment, whichever day is shown: the book tells of no other."""
    if look.desk.events is None or look.as_of is not None:
        return
    found = look.ask("events.counts", day=None)
    open_, late = found["counts.all.open"], found["counts.all.late"]
    yield figures.figure(look.say("events"), look.short(open_), tone="bad" if late.value else "",
                         small=look.say("late", n=look.whole(late)) if late.value else "",
                         href=look.href("events") if look.viewer.may("events") else "")  # fmt: skip


def _work(look: Look) -> Iterator[dict[str, Any]]:
    nets, forms = look.ask("nets", day=None), look.ask("burden", day=None)
    gone, hours = nets["missing"], forms["ledger.hours"]
    yield figures.figure(look.say("nets"), look.whole(nets["coming"]), href=look.href("nets"),
                         small=look.say("missing_nets", n=look.whole(gone)) if gone.value else "")  # fmt: skip
    if forms.what.forms:
        yield figures.figure(look.say("burden"), look.whole(forms["forms"]), href=look.href("burden"),
                             small=look.say("hours", n=look.whole(hours, 1)) if hours.value else "")  # fmt: skip


# --- numbers ----------------------------------------------------------------------------------------------


def _numbers(look: Look) -> Block:
    span = look.desk.status(look.viewer, look.as_of).days
    columns = [
        listing.column(look.say("measure"), left=True, sort=False),
        listing.column(look.day_text(look.day), sort=False),
        listing.column(look.say("week"), sort=False),
    ]
    rows = [_number(look, name) for name in dict.fromkeys(NAMES) if name in span]
    return listing.table(columns, rows, look.say("numbers"), span=6 if _level_below(look) else 12)


def _number(look: Look, name: str) -> dict[str, Any]:
    made, told = MEASURES[name], look.ask("compared", name=name)
    return listing.row(
        [
            listing.cell(made.name(look.lang), made.id),
            _cell(look, told["answer"], name),
            _cell(look, told["before"], name),
        ],
        href=look.href("map", layer=name),
        key=name,
    )


def _cell(look: Look, one: Cited, name: str) -> dict[str, Any]:
    return listing.number(measured(one, MEASURES[name], look.lang))


def _level_below(look: Look) -> str:
    """The level of the areas below this one; "" where there are cells at most."""
    level = look.place.next_level
    return level if level is not None and level != "cell" else ""


def _below(look: Look) -> Sequence[Block]:
    """The places below with their people and findings: the way down to one community."""
    level = _level_below(look)
    if not level:
        return []
    names = [name for name in ("positives", "population") if name in look.desk.status(look.viewer, look.as_of).days]
    told = {name: look.ask("measures", name=name, level=level) for name in names}
    title = TIERS[level].name(look.lang)
    columns = [listing.column(title, left=True), *(listing.column(look.say(name), bar=True) for name in names)]
    areas = [one for found in list(told.values())[:1] for one in found.what.values()]
    rows = [
        listing.row(
            [listing.cell(one.name, one.name), *(_cell(look, told[name][f"[{one.area}]"], name) for name in names)],
            href=look.href(area=one.area),
            key=one.area,
        )
        for one in areas
    ]
    return [listing.table(columns, rows, title, none=look.say("nothing_below"), span=6, first=20)]


def _days(desk: Desk, viewer: Viewer) -> Sequence[Day]:
    """From the first to the last day on which anything was counted; people who live there are no day's news."""
    told = desk.status(viewer).days
    spans = [told[name] for name in NAMES if name in told and not MEASURES[name].stock]
    return day_range(min(first for first, _ in spans), max(last for _, last in spans)) if spans else []


PAGE = Page(
    "community",
    ("一地一屏", "One place"),
    describe,
    about=(
        "一个社区（或任一级区域）的全部要素：指标、封控、通告、事件、采集、填报，一屏看全。",
        "Everything of one community, or of any area: numbers, zones, orders, events, nets, forms on one screen.",
    ),
    days=_days,
    words=WORDS,
    under="freshness",
    kept=False,
)
