"""专题: one measure of one area, as deep as it is known."""

from __future__ import annotations

from dashboard.reports.blocks import LAYERS, bars, by_area, lines, ranked, risk_map
from dashboard.reports.context import Context, Maker
from dashboard.reports.model import Block, Section
from dashboard.reports.sentences import breakdown
from grid.counts import COUNTS
from grid.measures import MEASURES, Measure, measure

#: Areas that the table of the finest level names.
LISTED = 25


def measure_of(context: Context) -> Measure:
    """What the report is about: its subject or layer, else the first of the screen's layers that is told.
    MeasureNotFound."""
    if context.order.subject:
        return measure(context.order.subject)
    if context.order.layer is not None and context.order.layer in MEASURES:
        return MEASURES[context.order.layer]
    return MEASURES[next((name for name in LAYERS if context.has(name)), LAYERS[0])]


def make(context: Context) -> Section:
    """What it is, how much, where, since when."""
    made = measure_of(context)
    title = made.name(context.lang)
    about = context.remark("{about}", "{about}", about=made.about(context.lang))
    if not context.has(made.id):
        return Section("focus", title, (context.unreported(made.zh, made.en, made.id), about))
    return Section("focus", title, (about,), (_now(context, made), _course(context, made), _where(context, made)))


def _now(context: Context, made: Measure) -> Section:
    counted = made.form == "count"
    per = f"{made.unit_zh}" if made.form == "rate" else ""  # 每10万人 stands before its number
    unit = {"count": made.unit(context.lang), "rate": context.say("", made.unit_en)}.get(made.form, "")
    n = context.measure(made.id)
    named = {
        "day": context.date(context.day),
        "place": context.place.name,
        "what": context.say(made.zh, made.en.lower()),
    }
    slot = f"{{n:{unit}}}" if unit else "{n}"
    blocks: list[Block] = [
        context.told(
            f"{{day}}，{{place}}{{what}}为{per}{slot}，{{c}}。",
            f"On {{day}}, {{what}} in {{place}}: {slot}, {{c}}.",
            n=n,
            c=context.change(made.id, made.unit_zh if counted else ""),
            **named,
        )
    ]
    if made.form == "count" and context.below and _adds_up(made):
        noun = context.noun(made.zh, made.unit_zh, made.en.lower(), made.en.lower())
        blocks.append(context.told("{all}。", "{all}.", all=breakdown(context.split(made.id), noun, context.lang)))
    chart = risk_map(context, layers=[made.id])
    return Section("focus.now", context.say("当日情况", "That day"), (*blocks, *([chart] if chart else [])))


def _adds_up(made: Measure) -> bool:
    """Whether areas add up to what holds them."""
    return all(not name.startswith("zone_") for name in made.counts)


def _course(context: Context, made: Measure) -> Section:
    title = context.say("变化趋势", "Trend")
    flow = made.form == "count" and not any(COUNTS[name].stock for name in made.counts)
    if flow:
        chart = bars(context, "focus.course", made.name(context.lang), made.id, made.unit(context.lang))
        return Section("focus.course", title, (chart,) if chart else ())
    days = context.curve_days(made.id)
    curve = lines(
        "focus.course",
        made.name(context.lang),
        days,
        [(made.name(context.lang), context.series(made.id, days))],
        "" if made.form in ("growth", "share") else made.unit(context.lang),
    )
    return Section("focus.course", title, (curve,))


def _where(context: Context, made: Measure) -> Section:
    title, head = context.say("下级区域", "Areas below"), made.name(context.lang)
    if context.below is None:
        return Section("focus.where", title, (context.nothing_below,))
    blocks: list[Block] = [
        by_area(context, "focus", context.say(f"{context.apart}{head}", f"{head} by area"), [(made.id, head)])
    ]
    finer = [level for level in ("street", "community") if level in context.levels_below and level != context.below]
    level = next(
        (one for one in finer if made.form == "count" and _adds_up(made) and context.located(made.id, one)), None
    )
    if level:
        blocks.append(
            ranked(
                context,
                "focus.fine",
                context.say(f"{head}最多的街镇居村", f"{head}: where most are"),
                made.id,
                head,
                level=level,
                most=LISTED,
            )
        )
    return Section("focus.where", title, tuple(blocks))


SECTION = Maker("focus", "专题情况", "The subject", make)
