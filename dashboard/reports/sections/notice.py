"""分区通告附件: the zones of one notice, their terms, who is released when, and by which clause."""

from __future__ import annotations

from typing import Any

from dashboard.queries.cite import Given
from dashboard.reports.blocks import zone_table
from dashboard.reports.context import Context, Maker
from dashboard.reports.model import Block, Items, Paragraph, Section
from data.errors import BadQuestion
from data.terms import RISKS, ZONES
from data.words import Both

KINDS = {**ZONES, **RISKS}


def found(context: Context) -> Given[Any] | None:
    """The notice that is asked for, by key or number; the newest in force that draws zones without one; None where no
    notice is known. BadQuestion of one that is not in force."""
    told = context.given("notices.in_force")
    lines = [] if told is None else told.each("", "key")
    subject = context.order.subject
    if subject:
        hit = next((one for one in lines if subject in (one.what.key, one.what.number)), None)
        if hit is None:
            known = "、".join(one.what.number for one in lines[:20])
            raise BadQuestion(
                detail=Both(
                    f"当日没有在施通告“{subject}”；有：{known}",
                    f"no notice {subject} in force; {known.replace('、', ', ')}",
                )
            )
        return hit
    delivered = [one for one in lines if one.what.notice is not None]
    return next(iter(delivered or lines), None)


def head(context: Context) -> Section:
    """What the notice is."""
    title = context.say("通告", "The notice")
    notice = found(context)
    if notice is None:
        return Section("notice", title, (_none(context),))
    line = notice.what
    until = context.date(line.stop) if line.stop else context.say("另行通知", "further notice")
    blocks: list[Block] = [
        context.told(
            f"{line.number}《{line.title}》，{line.authority}发布。"
            if line.title
            else f"{line.number}，{line.authority}发布。",
            f"{line.number}, {line.title}, by {line.authority}."
            if line.title
            else f"{line.number}, by {line.authority}.",
        ),
        context.told(
            f"自{context.date(line.start)}起施行，至{until}止。",
            f"In force from {context.date(line.start)} until {until}.",
        ),
        context.told("适用区域：{names}。", "Where: {names}.", names=context.say("、", ", ").join(line.areas)),
    ]
    if line.notice is not None and line.notice.text:
        blocks.append(context.told("要求：{text}", "What it says: {text}", text=line.notice.text))
    hit = context.n(notice["changed.ordered"])
    if hit.value is not None:
        blocks.append(context.told("涉及人口{n:人}。", "It takes in {n:person|people}.", n=hit))
    return Section("notice", title, tuple(blocks))


def _none(context: Context) -> Paragraph:
    """Why there is no notice: none is in force, or nobody delivers them."""
    if any(source.kind == "notices" for source in context.desk.city.sources):
        return context.told("当日无在施通告。", "No notice is in force.")
    return context.unreported("通告", "Notices")


def lists(context: Context) -> Section:
    """The zones by kind: those of the notice's areas, or of the whole area without a notice."""
    title = context.say("分区清单", "The zones")
    lines = [one for one in _lines(context) if one.what.clock.standing]
    if not lines:
        return Section(
            "notice.zones", title, (context.unreported("分区清单", "The zones", "zone_lockdown_n", kind="zones"),)
        )
    kinds = [kind for kind in KINDS if any(one.what.clock.zone.kind == kind for one in lines)]
    tables = []
    for kind in kinds:
        mine = [one for one in lines if one.what.clock.zone.kind == kind]
        name = KINDS[kind].name(context.lang)
        tables.append(
            zone_table(context, f"notice.{kind}", context.say(f"{name}清单", f"{name}: the list"), mine, len(mine))
        )
    return Section("notice.zones", title, tuple(tables))


def _lines(context: Context) -> list[Given[Any]]:
    """The zones that lie in the notice's areas, or around them."""
    notice = found(context)
    if notice is None or notice.what.notice is None:
        return context.zone_lines
    areas = context.view.areas
    rows = [areas.row_of[code] for code in notice.what.notice.areas if code in areas.row_of]
    spans = [range(row, int(areas.last[row])) for row in rows]
    return [one for one in context.zone_lines if any(one.what.clock.zone.row in span for span in spans)]


def releases(context: Context) -> Section:
    """Who was released on the day, and who may be next."""
    title = context.say("解除与期限", "Releases and terms")
    gone = [one for one in _lines(context) if not one.what.clock.standing]
    blocks: list[Block] = []
    if gone:
        blocks.append(
            zone_table(
                context, "notice.released", context.say("当日解除或降级", "Released or eased that day"), gone, len(gone)
            )
        )
    else:
        blocks.append(context.told("当日无解除、无降级。", "None was released or eased."))
    over = [one for one in _lines(context) if one.what.clock.standing and one.what.clock.over > 0]
    if over:
        blocks.append(
            zone_table(context, "notice.overdue", context.say("超期未解除", "Overdue for release"), over, len(over))
        )
    return Section("notice.releases", title, tuple(blocks))


def clauses(context: Context) -> Section:
    """By which rules the clocks run."""
    title = context.say("依据条款", "The rules")
    notice = found(context)
    packs = {one.what.clock.pack.id: one.what.clock.pack for one in _lines(context) if one.what.clock.pack is not None}
    if notice is not None and notice.what.pack is not None:
        packs[notice.what.pack.id] = notice.what.pack
    if not packs:
        return Section(
            "notice.rules",
            title,
            (context.told("清单内区域没有对应的计时规则。", "No rule gives these zones a clock."),),
        )
    blocks: list[Block] = []
    for pack in packs.values():
        named = (
            f"{pack.name(context.lang)}（{pack.number(context.lang)}）"
            if context.lang == "zh"
            else f"{pack.name('en')} ({pack.number('en')})"
        )
        blocks.append(Paragraph((named + context.say("：", ":"),)))
        blocks.append(Items(tuple((clause.text(context.lang),) for clause in pack.clauses)))
    return Section("notice.rules", title, tuple(blocks))


HEAD = Maker("notice", "通告", "The notice", head)
LISTS = Maker("notice.zones", "分区清单", "The zones", lists)
RELEASES = Maker("notice.releases", "解除与期限", "Releases and terms", releases)
RULES = Maker("notice.rules", "依据条款", "The rules", clauses)
