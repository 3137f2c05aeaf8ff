"""迁出与输入风险: who left, where to, what they may have carried, and who was found again."""

from __future__ import annotations

from dashboard.reports.context import Context, Maker
from dashboard.reports.model import Block, Cell, Column, Paragraph, Section, Table

#: Destinations that the tables name.
LISTED = 10


def make(context: Context) -> Section:
    """People who left; infections they may have carried; the tracing board."""
    title = context.say(SECTION.zh, SECTION.en)
    return Section("outflow", title, (*_left(context), *_carried(context), *_traced(context)))


def _left(context: Context) -> list[Block]:
    told = context.given("flows.left")
    if told is None or told.what.now.value is None:
        return [context.unreported("迁出人数与迁出目的地", "People who left, and where to", kind="flow_index")]
    guess = (
        context.say("（由迁徙指数折算，为估计数）", " (an estimate, made of the migration index)")
        if told.what.now.estimate
        else ""
    )
    n = context.n(told["now"])
    blocks: list[Block] = [
        context.told("当日迁出{n:人}{guess}。", "{n:person|people} left that day{guess}.", n=n, guess=guess)
    ]
    where = context.given("flows.destinations", n=LISTED)
    if where is None or where.what.state == "missing":
        return [*blocks, context.unreported("迁出目的地", "Where they went", kind="flows")]
    rows: list[tuple[Cell, ...]] = [
        (one.what.name, context.n(one["people"]), context.n(one["share"], "part", 1))
        for one in where.each("rows", "key")
    ]
    for way, name in (
        ("others_share", context.say("其他所列城市", "Others listed")),
        ("unlisted", context.say("未列入名单", "Not listed")),
    ):
        rest = context.n(where[way], "part", 1)
        rows += [(name, "—", rest)] if rest.value else []
    heads = (
        Column(context.say("目的地", "Destination"), True, 1.6),
        Column(context.say("人数", "People")),
        Column(context.say("占比", "Share")),
    )
    return [
        *blocks,
        Table(
            "destinations",
            context.say("主要迁出目的地", "Main destinations"),
            heads,
            tuple(rows),
            none=context.say("无迁出。", "Nobody left."),
        ),
    ]


def _carried(context: Context) -> list[Block]:
    told = context.given("flows.risk")
    if told is None or told.what.whole is None:
        return [context.unreported("向外地输出感染者的估计", "Infections carried elsewhere", kind="flows")]
    mean, low, high = (context.n(told[f"whole.{way}"], "rate", 1) for way in ("expected", "low", "high"))
    said = context.told(
        "近14日迁出者预计携带输出{m:例}（90%区间{a}—{b:例}），为估计数。",
        "Those who left in the last 14 days are expected to have carried {m:infection|infections} (90 %"
        " interval {a} to {b}); an estimate.",
        m=mean,
        a=low,
        b=high,
    )
    rows = tuple(
        (
            one.what.name,
            context.n(one["people"]),
            context.n(one["expected"], "rate", 2),
            context.n(one["one"], "part", 1),
            context.n(one["cases"]),
        )
        for one in told.each("rows", "key")[:LISTED]
    )
    heads = (
        Column(context.say("城市", "City"), True, 1.4),
        Column(context.say("14日迁入人数", "People, 14 days")),
        Column(context.say("预计输入例数", "Expected infections")),
        Column(context.say("至少1例概率", "P(at least one)")),
        Column(context.say("当地已报病例", "Cases reported there")),
    )
    return [
        said,
        Table(
            "carried",
            context.say("输入风险最高的城市", "Cities most at risk"),
            heads,
            rows,
            none=context.say("无。", "None."),
        ),
    ]


def _traced(context: Context) -> list[Block]:
    told = context.given("flows.tracing")
    if told is None:
        return (
            [context.unreported("流出人员排查", "The tracing board", kind="traced")]
            if len(context.place.path) == 1
            else []
        )
    left, found, open_ = (context.n(told[f"whole.{way}"]) for way in ("left", "found", "open"))
    return [
        Paragraph(
            context.line(
                "流出人员排查：应查{a:人}，已联系{b:人}，尚未闭环{c:人}。",
                "Tracing: {a} to be found, {b} found, {c} not cleared yet.",
                a=left,
                b=found,
                c=open_,
            )
        )
    ]


SECTION = Maker("outflow", "迁出与输入风险", "Outflow and import risk", make)
