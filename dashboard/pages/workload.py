"""How much the people of each responsibility area have to do, who has too much, and who could lend them a hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dashboard.pages.page import Look, Page
from dashboard.parts import figures, listing, note, stack
from dashboard.parts.sheet import Block
from dashboard.queries.cite import Cited, Given
from dashboard.queries.desk import Day, Desk, Viewer
from dashboard.queries.workload import TASKS, PostLine, WorkAnswer, WorkDesk
from dashboard.said import Said, join, quoted, words

WORDS = {
    "none": ("还没有网格力量数据。", "There is no table of workers yet."),
    "source_hint": (
        "在 city.toml 中加入 workers（网格力量）来源即可：区域、在岗人数、每人每日可办件数。",
        "Name a source of the kind workers in city.toml: area, people at work, tasks that one of them can do a day.",
    ),
    "load": ("负荷", "Load"),
    "load_about": ("今日任务 ÷（在岗人数 × 每人每日可办件数）", "Tasks over people x what one of them can do in a day"),
    "tasks_of": ("任务 {n} 件，能办 {able} 件", "{n} tasks, {able} can be done"),
    "per_person": ("人均任务", "Tasks a person"),
    "people_of": ("在岗 {n} 人", "{n} at work"),
    "saturated": ("饱和责任区", "Saturated areas"),
    "saturated_about": ("任务多于当日所能办的责任区域", "Areas with more tasks than their people can do"),
    "over_of": ("办不完 {n} 件", "{n} tasks too many"),
    "of_posts": ("共 {n} 个", "of {n}"),
    "highest": ("最高负荷", "Highest load"),
    "highest_about": ("负荷最高的一个责任区域", "Of the responsibility area that has most to do"),
    "to": ("调配后 {n}", "{n} after the proposal"),
    "no_change": ("无须调配", "nothing to move"),
    "moved": ("建议支援", "To lend"),
    "moved_about": ("今日到相邻责任区域帮忙的人数：使最高负荷降到最低，再使动的人最少",
                    "People who help next door today: first the highest load as low as can be, then the fewest people"),
    "worker_days": ("人·日", "worker-days"),
    "homes": ("居家隔离上门", "Home isolation"),
    "codes": ("到期赋码", "Codes due"),
    "zones": ("到期区域", "Zones due"),
    "events": ("未办结事件", "Open events"),
    "silent": ("当日没有 {kinds} 数据，未计入。", "Nothing is told of {kinds} on this day: they are not counted."),
    "silent_events": ("事件簿未启用，未计入事件。", "There is no book of events: events are not counted."),
    "silent_events_then": ("事件只按当前情况计，过去的日子不计入。", "Events are those of now, not of earlier days."),
    "nobodys": ("另有 {n} 件不属于任何责任区域。", "{n} more tasks belong to no responsibility area."),
    "untold": ("{n} 个责任区域未报可办件数，无法判断。", "{n} areas do not tell what their people can do: no load."),
    "deserted": ("{n} 个责任区域有任务而无人，邻近也派不出人。", "{n} areas have tasks and nobody, nor anybody near."),
    "as_of_day": ("网格力量截至 {day}。", "Workers as of {day}."),
    "below": ("分区负荷", "By area"),
    "below_about": ("任务按种类；饱和的责任区域个数", "Tasks by kind; how many responsibility areas are saturated"),
    "area": ("区域", "Area"),
    "tasks": ("任务", "Tasks"),
    "people": ("在岗", "People"),
    "able": ("能办", "Can do"),
    "posts": ("责任区域", "Responsibility areas"),
    "posts_about": ("负荷最高的在前。在岗 + 支援 − 外派 = 调配后，逐行相符。",
                    "The most loaded first. People + received − lent = after, on every line."),
    "received": ("支援", "Received"),
    "lent": ("外派", "Lent"),
    "after": ("调配后", "After"),
    "load_after": ("调配后负荷", "Load after"),
    "nobody": ("无人", "nobody"),
    "unknown": ("未报能力", "not told"),
    "alarm": ("饱和", "saturated"),
    "loans": ("支援单", "Who goes where"),
    "loans_about": ("只到相邻的责任区域，只在本区县之内，每人最多走一步",
                    "To a touching area of the same district, one step each"),
    "persons": ("人数", "People"),
    "from": ("从", "From"),
    "goes": ("到", "To"),
    "no_loans": ("没有责任区域超过所能办的，或邻近也无人可派：无须调配。",
                 "Nobody has more to do than they can, or nobody near can help: nothing to move."),
    "no_posts": ("此区域内没有责任区域。", "There is no responsibility area here."),
}  # fmt: skip


def describe(look: Look) -> list[Block]:
    """Figures, remarks, areas below, the most loaded posts, the proposal."""
    if not look.desk.beside(WorkDesk).days(look.viewer, look.as_of):
        return [note.line(look.say("none"), tone="large"), note.line(look.say("source_hint"))]
    found = look.ask("workload")
    if not found.what.all.posts:
        return [note.line(look.say("no_posts"), tone="large")]
    remarks = list(_remarks(look, found))
    blocks = [_strip(look, found)]
    blocks += [note.line(join("" if look.lang == "zh" else " ", remarks))] if remarks else []
    parted = len(found.what.areas) > 1
    blocks += [_below(look, found)] if parted else []
    return [*blocks, _loans(look, found, 5 if parted else 12), _posts(look, found)]


def _days(desk: Desk, viewer: Viewer) -> Sequence[Day]:
    return desk.beside(WorkDesk).days(viewer)


def _percent(look: Look, made: Cited) -> Said:
    return look.number(made, lambda value: f"{value:.0%}")


def _strip(look: Look, found: Given[WorkAnswer]) -> Block:
    every, answer = found.at("all"), found.what
    tasks = look.say("tasks_of", n=look.short(every["tasks"]), able=look.short(every["able"]))
    over = look.say("over_of", n=look.whole(every["over"])) if answer.all.over else ""
    of = look.say("of_posts", n=look.whole(every["posts"]))
    better = look.say("to", n=_percent(look, found["highest_after"])) if answer.moved else look.say("no_change")
    return figures.strip([
        figures.figure(look.say("load"), _percent(look, every["load"]), small=tasks, about=look.say("load_about"),
                       tone=_tone(answer.all)),
        figures.figure(look.say("saturated"), look.whole(every["saturated"]), about=look.say("saturated_about"),
                       small=join(" · ", [of, over]) if over else of, tone="bad" if answer.all.saturated else "good"),
        figures.figure(look.say("highest"), _percent(look, found["highest"]) if answer.highest is not None
                       else look.say("nobody"), small=better, about=look.say("highest_about"),
                       tone="good" if answer.moved else ""),
        figures.figure(look.say("moved"), look.whole(found["moved"]), unit=look.say("worker_days"),
                       about=look.say("moved_about"), small=look.say("people_of", n=look.short(every["people"]))),
        figures.figure(look.say("per_person"), look.whole(every["per_person"], 1)),
    ])  # fmt: skip


def _tone(line: PostLine) -> str:
    return "bad" if line.known and (line.load is None or line.load > 1) else ""


def _remarks(look: Look, found: Given[WorkAnswer]) -> Iterator[str]:
    answer = found.what
    if answer.told is not None and answer.told != answer.day:
        yield look.say("as_of_day", day=look.day_text(answer.told))
    silent = [look.say(kind) for kind in answer.silent if kind != "events"]
    if silent:
        yield look.say("silent", kinds=join("、" if look.lang == "zh" else ", ", silent))
    if "events" in answer.silent:
        yield look.say("silent_events" if look.desk.events is None else "silent_events_then")
    for name in ("nobodys", "untold", "deserted"):
        if getattr(answer, name):
            yield look.say(name, n=look.whole(found[name]))


# --- areas --------------------------------------------------------------------------------------------

_SHADES = {"homes": "1", "codes": "2", "zones": "3", "events": "4"}


def _below(look: Look, found: Given[WorkAnswer]) -> Block:
    bars = [_bar(look, one) for one in found.each("areas", "area")]
    return stack.bars(bars, look.say("below"), about=look.say("below_about"), span=7)


def _bar(look: Look, one: Given[PostLine]) -> dict[str, Any]:
    line = one.what
    parts = [
        stack.part(look.say(kind), float(line.kinds[kind]), look.whole(one[f"kinds[{kind}]"]), shade=_SHADES[kind])
        for kind in TASKS if kind in line.kinds
    ]  # fmt: skip
    said = [look.whole(one["tasks"])]
    said += [_percent(look, one["load"])] if line.load is not None else []
    small = join(" ", [look.say("saturated"), look.whole(one["saturated"])]) if line.saturated else ""
    return stack.bar(quoted(line.name), parts, join(" · ", said), small=small, href=look.href(area=line.area),
                     state="value" if line.tasks else "zero")  # fmt: skip


# --- posts --------------------------------------------------------------------------------------------


def _posts(look: Look, found: Given[WorkAnswer]) -> Block:
    kinds = [kind for kind in TASKS if kind not in found.what.silent]
    columns = [
        listing.column(look.say("area"), left=True),
        *(listing.column(look.say(kind), least=True) for kind in kinds),
        listing.column(look.say("tasks")),
        listing.column(look.say("able"), least=True),
        listing.column(look.say("load"), bar=True, about=look.say("load_about")),
        *(
            listing.column(look.say(key), least=key in ("received", "lent"))
            for key in ("people", "received", "lent", "after")
        ),
        listing.column(look.say("load_after"), bar=True),
    ]
    rows = [_post(look, one, kinds) for one in found.each("posts", "area")]
    return listing.table(columns, rows, look.say("posts"), about=look.say("posts_about"), first=15,
                         none=look.say("no_loans"))  # fmt: skip


def _post(look: Look, one: Given[PostLine], kinds: Sequence[str]) -> dict[str, Any]:
    line = one.what
    alarm = look.say("alarm") if line.saturated else ""
    cells = [listing.cell(quoted(line.name), line.name, small=quoted(line.above))]
    cells += [listing.number(look.whole(one[f"kinds[{kind}]"])) for kind in kinds]
    cells += [listing.number(look.whole(one[name])) for name in ("tasks", "able")]
    cells.append(_load(look, one, "load", small=alarm, tone="bad" if alarm else ""))
    cells += [listing.number(look.whole(one[name]), tone=tone) for name, tone in (
        ("people", ""), ("received", "good" if line.received else ""), ("lent", "bad" if line.lent else ""),
        ("after", ""))]  # fmt: skip
    cells.append(_load(look, one, "load_after", tone="bad" if line.saturated_after else "good" if alarm else ""))
    return listing.row(cells, key=line.area)


def _load(look: Look, one: Given[PostLine], way: str, *, small: str = "", tone: str = "") -> dict[str, Any]:
    """A load in per cent; a post with tasks and nobody has none that is finite, and comes first."""
    made = one[way]
    if made.value is None:
        return listing.cell(look.say("nobody"), float("1e9"), small=small, tone="bad")
    return listing.number(_percent(look, made), small=small, tone=tone)


def _loans(look: Look, found: Given[WorkAnswer], span: int) -> Block:
    columns = [listing.column(look.say(key), left=key != "persons") for key in ("from", "goes", "persons")]
    rows = [
        listing.row([
            listing.cell(quoted(one.what.origin), one.what.origin),
            listing.cell(quoted(one.what.destination), one.what.destination, small=quoted(one.what.above)),
            listing.number(look.whole(one["people"])),
        ], key=one.what.id)
        for one in found.each("loans", "id")
    ]  # fmt: skip
    return listing.table(columns, rows, look.say("loans"), about=look.say("loans_about"), none=look.say("no_loans"),
                         count=look.whole(found["loans"]) if rows else words(""), span=span, first=8)  # fmt: skip


PAGE = Page(
    "workload",
    ("基层负荷", "Workload"),
    describe,
    about=(
        "每个责任区域今天有多少事、多少人，谁忙不过来，邻近谁可以帮一天。",
        (
            "What each responsibility area has to do today and with how many people, who cannot cope, who next door "
            "could help for a day."
        ),
    ),
    days=_days,
    words=WORDS,
    right="events",
    kept=False,
    under="events",
)
