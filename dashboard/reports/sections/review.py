"""复盘: phase by phase what was known then, what was done, what it cost, what it caught, and what nobody knew."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dashboard.queries.cite import Cited, Given
from dashboard.queries.hidden import hidden
from dashboard.reports.blocks import bars
from dashboard.reports.context import Context, Maker
from dashboard.reports.model import Block, Cell, Column, Line, Section, Table
from data.days import end_of

#: A phase is a week; a review looks back over so many, unless its first day is ordered.
PHASE_DAYS, PHASES = 7, 4

#: Phases at most: longer reviews have longer phases.
MOST = 8

Span = tuple[dt.date, dt.date]


def phases(context: Context) -> list[Span]:
    """(first day, last day) of each phase, oldest first; the last may be shorter than the others."""
    first = context.order.first or context.day - dt.timedelta(days=PHASES * PHASE_DAYS - 1)
    days = (context.day - first).days + 1
    step = max(PHASE_DAYS, -(-days // MOST))
    starts = [first + dt.timedelta(days=n) for n in range(0, max(days, 1), step)]
    return [(start, min(start + dt.timedelta(days=step - 1), context.day)) for start in starts]


def hindsight(context: Context, span: Span, level: str | None = None) -> Given[Any]:
    """Findings of a phase as known at its end and as known to the report."""
    then = end_of(span[1], context.desk.city.timezone)
    told = context.given("review.hindsight", first=span[0], day=span[1], then=then.isoformat(), level=level)
    assert told is not None
    return told


def phase(context: Context, span: Span) -> Given[Any]:
    """What was done in a phase."""
    told = context.given("review.phase", first=span[0], day=span[1])
    assert told is not None
    return told


def overview(context: Context) -> Section:
    """All phases in one table, and the curve."""
    title = context.say(OVERVIEW.zh, OVERVIEW.en)
    rows = tuple((_name(context, n, span), *_numbers(context, span)) for n, span in enumerate(phases(context)))
    heads = [
        context.say(*pair)
        for pair in (
            ("当时所知", "Known then"),
            ("现在所知", "Known now"),
            ("当时不知", "Not known then"),
            ("新划区", "Zones drawn"),
            ("新通告", "Orders"),
            ("封控人日", "Locked person-days"),
            ("管控人日", "Controlled person-days"),
            ("落在区内", "Caught inside"),
        )
    ]
    note = context.line(
        "“当时所知”为各阶段末日24时已入库之数。人日为逐日区内人口之和；“落在区内”只计此前已划定的区域，按面积分摊，均为估计数。",
        '"Known then" is what had come in by the end of each phase. Person-days add up the people in zones day by'
        ' day; "caught inside" counts zones that stood before, by ground: both are estimates.',
    )
    table = Table(
        "phases",
        context.say("各阶段总览", "All phases"),
        (Column(context.say("阶段", "Phase"), True, 1.6), *map(Column, heads)),
        rows,
        note=note,
    )
    chart = bars(
        context,
        "course",
        context.say("每日新增阳性感染者（现在所知）", "New infections a day, as known now"),
        "positives",
        context.say("例", ""),
        days=(phases(context)[-1][1] - phases(context)[0][0]).days + 1,
    )
    return Section("review", title, (*([chart] if chart else []), table))


def _numbers(context: Context, span: Span) -> tuple[Cell, ...]:
    seen, done = hindsight(context, span), phase(context, span)
    known = (context.n(seen[f"[{context.area}].{way}"]) for way in ("then", "now", "late"))
    acts = (context.n(done[way]) for way in ("zones", "orders", "lockdown", "control"))
    return *known, *acts, context.n(done["caught"], "rate", 0)


def _name(context: Context, n: int, span: Span) -> str:
    days = (
        f"{context.date(span[0])}—{context.date(span[1])}"
        if context.lang == "zh"
        else f"{context.date(span[0])} to {context.date(span[1])}"
    )
    return context.say(f"第{n + 1}阶段（{days}）", f"Phase {n + 1} ({days})")


def replay(context: Context) -> Section:
    """One part a phase: known then, done, cost, caught."""
    parts = tuple(_phase(context, n, span) for n, span in enumerate(phases(context)))
    return Section("review.replay", context.say(REPLAY.zh, REPLAY.en), (), parts)


def _phase(context: Context, n: int, span: Span) -> Section:
    blocks: list[Block] = [_known(context, span), _done(context, span), *_cost(context, span)]
    return Section(f"review.phase{n + 1}", _name(context, n, span), tuple(blocks))


def _known(context: Context, span: Span) -> Block:
    seen = hindsight(context, span)
    then, now, late = (context.n(seen[f"[{context.area}].{way}"]) for way in ("then", "now", "late"))
    if "suppressed" in (then.state, now.state):
        return context.told(
            "当时所知：新增阳性{then}；现在所知{now}。隐去不等于零。",
            "Infections known then: {then}; known now: {now}. Suppressed is not nought.",
            then=then,
            now=now,
        )
    if then.value is None:
        return context.told(
            "当时所知：阶段末尚无入库数据；现在所知新增阳性{now:例}。",
            "Known then: nothing had come in by its end. Known now: {now:infection|infections}.",
            now=now,
        )
    if not late.value:
        return context.told(
            "当时所知：新增阳性{then:例}，此后无补报、无更正。",
            "Known then: {then:infection|infections}; nothing came later.",
            then=then,
        )
    return context.told(
        "当时所知：新增阳性{then:例}；现在所知{now:例}，相差{late:例}为事后补报或更正。",
        "Known then: {then:infection|infections}; known now: {now}. The difference of {late} came later.",
        then=then,
        now=now,
        late=late,
    )


def _done(context: Context, span: Span) -> Block:
    done = phase(context, span)
    zones = _counted(context, done["zones"], ("新划区域{n:个}", "未新划区域", "新划区域{n}"), _DRAWN)
    orders = _counted(context, done["orders"], ("新通告{n:份}", "无新通告", "新通告{n}"), _BEGUN)
    return context.told("采取措施：{zones}，{orders}。", "Done: {zones}, {orders}.", zones=zones, orders=orders)


#: How many, none, not reported, in English.
_DRAWN = "{n:zone was|zones were} drawn", "no zone was drawn", "zones drawn: {n}"
_BEGUN = "{n:order was|orders were} begun", "no order was begun", "orders begun: {n}"


def _counted(context: Context, cited: Cited, zh: tuple[str, str, str], en: tuple[str, str, str]) -> Line:
    """How many there were, that there were none, or that nobody tells."""
    n = context.n(cited)
    which = 2 if n.value is None else 0 if n.value else 1
    return context.line(zh[which], en[which], n=n)


def _cost(context: Context, span: Span) -> list[Block]:
    done = phase(context, span)
    locked, held = context.n(done["lockdown"]), context.n(done["control"])
    if locked.value is None and held.value is None:
        return [
            context.told("代价与成效：区内人口未报，无从计算。", "Cost and gain: nobody counted the people in zones.")
        ]
    cost = context.told(
        "代价：封控{a:人日}，管控{b:人日}。",
        "Cost: {a:person-day|person-days} locked down, {b} under control.",
        a=locked,
        b=held,
    )
    share, per = context.n(done["share"], "part", 1), context.n(done["per_case"])
    if share.state == "suppressed":
        return [cost, context.told("成效：隐去，不等于零。", "Gain: suppressed, which is not nought.")]
    if share.value is None:
        return [cost, context.told("成效：阶段内无可比的新增。", "Gain: nothing was found to be caught.")]
    tail = (
        context.line("，区内每发现1例对应{per:人日}", ", {per:person-day|person-days} for each of them", per=per)
        if per.value
        else ()
    )
    return [
        cost,
        context.told(
            "成效：新增感染者中落在此前已划定区域内者约占{s}{tail}。",
            "Gain: about {s} of the findings lay inside a zone that already stood{tail}.",
            s=share,
            tail=tail,
        ),
    ]


def unknown(context: Context) -> Section:
    """What came later, by area, over all phases."""
    title = context.say(UNKNOWN.zh, UNKNOWN.en)
    if context.below is None:
        return Section("review.unknown", title, (context.nothing_below,))
    spans = phases(context)
    rows: list[tuple[Cell, ...]] = []
    told = [hindsight(context, span, context.below) for span in spans]
    for code in told[0].what:
        late = [one.what[code].late for one in told if code in one.what]
        if any(one or hidden(one) for one in late):
            rows.append(
                (told[0].what[code].name, *(context.n(one[f"[{code}].late"]) for one in told if code in one.what))
            )
    heads = (
        Column(context.heading(), True, 1.6),
        *(Column(context.say(f"第{n + 1}阶段", f"Phase {n + 1}")) for n in range(len(spans))),
    )
    note = context.line("正数为事后补报，负数为事后核减。", "Above nought: reported later; below: taken back later.")
    none = context.say(
        "各阶段末所知与现在一致，或当时尚无入库数据。",
        "What was known at each phase's end still stands, or nothing had come in.",
    )
    return Section(
        "review.unknown",
        title,
        (
            Table(
                "late",
                context.say("当时不知道的新增（例）", "Findings not known then"),
                heads,
                tuple(rows),
                note=note,
                none=none,
            ),
        ),
    )


OVERVIEW = Maker("review", "总览", "Overview", overview)
REPLAY = Maker("review.replay", "分阶段重演", "Phase by phase", replay)
UNKNOWN = Maker("review.unknown", "当时不知道什么", "What was not known then", unknown)
