"""The policy sandbox: with the same day's information, would a finer choice have covered more with fewer people?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.pages.page import Look, Page
from dashboard.parts import figures, lines, listing, note, record
from dashboard.parts.sheet import Block
from dashboard.queries.cite import Cited, Given
from dashboard.queries.desk import Day, Desk, Viewer
from dashboard.queries.sandbox import Chosen, SandboxAnswer, SandboxDesk
from dashboard.said import Said, join, quoted, words
from data.terms import TIERS
from grid.policy.board import AXES, SIGNALS, WEEK
from grid.policy.sandbox import COVERED, LISTED, POINTS, Curve, Estimate, Frontier

WORDS = {
    "cell+1": ("网格及外扩1圈", "Cell and 1 ring"),
    "cell+2": ("网格及外扩2圈", "Cell and 2 rings"),
    "whole": ("全部（{name}）", "All of {name}"),
    "none": (
        "{day}前没有可检验的日子：要有决策日之前一周和之后一周的数据。",
        "Up to {day} there is no day that can be scored: a week before and a week after the choice are needed.",
    ),
    "verdict": ("精细到哪一级够用", "Fine enough"),
    "verdict_none": ("没有优势", "No advantage"),
    "verdict_none_about": (
        "同样限制这么多{axis}，按任何一级挑选，都不比不加挑选覆盖得更多（误差之内）：疫情是弥散的，再细也无用。",
        (
            "At equal {axis} restricted no choice covers more, beyond its error, than taking any as they come: "
            "the outbreak is diffuse, and finer borders gain nothing."
        ),
    ),
    "verdict_some_about": (
        "再细一级在同等{axis}下不再多覆盖（误差之内）。",
        "A finer choice covers no more at equal {axis}, beyond its error.",
    ),
    "needs": ("覆盖八成需限制", "To cover 80%"),
    "needs_about": (
        "覆盖其后一周八成{signal}所需限制的{axis}比例",
        "Share of {axis} to restrict so that 80% of the next week's {signal} lie inside",
    ),
    "estimated": ("人口为估算", "people estimated"),
    "needs_whole": ("不加挑选需 {n}", "{n} without choosing"),
    "at_ten": ("限制一成可覆盖", "With 10% restricted"),
    "at_ten_about": (
        "限制一成{axis}时，其后一周{signal}落在其内的比例",
        "Share of the next week's {signal} inside, 10% of {axis} restricted",
    ),
    "error": ("±{n}个百分点", "±{n} points"),
    "seemed": ("当周看似可覆盖", "It had seemed to cover"),
    "seemed_about": (
        "用挑选时所依据的那一周自我检验，限制一成看似可覆盖的比例；其后的实况低于它。",
        "The share of the very week that the choice was made by; what came after it is less.",
    ),
    "seemed_more": ("次周实为 {n}", "{n} the week after"),
    "curve": ("限制的{axis}与覆盖的{signal}", "Restricting {axis} to cover {signal}"),
    "curve_about": (
        "横轴：限制的{axis}占比；纵轴：其后一周{signal}落在其内的比例，{n}个决策日平均。",
        "Across: {axis} restricted. Up: the next week's {signal} inside, mean of {n} days of choosing.",
    ),
    "at": ("限制 {n}", "{n} restricted"),
    "table": ("各级相比", "Grain by grain"),
    "table_about": (
        "每级只用决策当日之前{days}日的数据按多少排序；覆盖率为其后{days}日的实况，±为样本外标准误。",
        (
            "Each grain is ranked by the {days} days before the choice alone; coverage is what the next {days} "
            "days showed, ± its standard error out of sample."
        ),
    ),
    "grain": ("精细到", "Grain"),
    "units": ("单元数", "Units"),
    "covers": ("限制{n}", "At {n}"),
    "gain": ("比上一级多", "Beyond coarser"),
    "gain_about": (
        "同等限制下比更粗而够用的一级多覆盖的百分点（四个档位平均）",
        "Points covered beyond the best coarser grain at equal restriction, mean of the four shares",
    ),
    "pays": ("有优势", "pays"),
    "pays_unsure": ("不能确定", "not sure"),
    "pays_not": ("无优势", "no advantage"),
    "against": ("比{name}", "than {name}"),
    "enough_mark": ("够用", "enough"),
    "first": ("按 {day} 的数据，限制一成时最先限制的单元", "Restricted first on {day}, up to 10%"),
    "first_about": (
        "按“{grain}”，前{days}日{signal}最多者在先；同分而只能取一部分的不列。",
        "By {grain}, most {signal} of the last {days} days first; none of a score taken only in part.",
    ),
    "unit": ("单元", "Unit"),
    "score": ("近{days}日{signal}", "{signal}, {days} days"),
    "otherwise": ("换一种看法", "Seen otherwise"),
    "by_axis": ("横轴换为", "Restricting"),
    "by_signal": ("改按", "Going by"),
    "per_case": ("每例限制", "Per case"),
    "per_case_about": (
        "限制一成时，每覆盖其后一周一例{signal}要限制多少{axis}",
        "With 10% restricted: {axis} restricted for each of the next week's {signal} inside",
    ),
    "estimate": (
        "人口只报到“{level}”一级，以下按面积分摊，是估算：人口稠密处显得比实际便宜。",
        "People are known by {level}, below it shared out by ground: an estimate. Dense places look too cheap.",
    ),
    "no_people": ("没有人口数据，改以{axis}为横轴。", "No population is known; the axis is {axis}."),
    "uncosted": ("{n} 的{signal}落在横轴计为零的地方。", "{n} of the {signal} lie where the axis counts nothing."),
    "days": ("决策日：{days}；", "Days of choosing: {days}, "),
    "then_all": ("均只用当时已知的数据。", "each by what was known then."),
    "then_none": ("当时所知没有入库，均用后来所报。", "each by later reports, as nothing was delivered then."),
    "then_some": ("其中 {n} 日只用当时已知的数据。", "{n} of them by what was known then."),
    "promise": (
        "这是对过去几周的检验，不是对以后的承诺；未来的数据只用来打分，从不用来挑选。",
        "This scores past weeks and promises nothing: later data only score a choice, they never make one.",
    ),
}

_TONES = ("soft", "accent", "mark", "ink")


def describe(look: Look) -> list[Block]:
    """The verdict, the curves, the grains, and what would be restricted first."""
    found = look.ask("sandbox", axis=_wish(look, "axis", AXES), signal=_wish(look, "signal", SIGNALS))
    told: SandboxAnswer = found.what
    if told.frontier is None:
        return [note.line(look.say("none", day=look.day_text(told.day)), tone="large"), *_turns(look, told)]
    first = _first(look, told, told.frontier)
    span = 5 if first else 12
    return [
        _strip(look, found, told.frontier),
        *([note.line(_with(look, told, "verdict_none_about"))] if not told.frontier.advantage else []),
        _chart(look, found, told.frontier),
        _table(look, found, told.frontier),
        *first,
        *_turns(look, told, span),
        *_remarks(look, found, 12),
    ]


def _days(desk: Desk, viewer: Viewer) -> Sequence[Day]:
    signals = desk.beside(SandboxDesk).signals(viewer)
    return next(iter(signals.values()), [])


# --- words --------------------------------------------------------------------------------------------


def _wish(look: Look, name: str, known: Any) -> str | None:
    wish = look.wish(name)
    return wish if wish in known else None


def _with(look: Look, found: SandboxAnswer, key: str, **fields: object) -> Said:
    axis, signal = found.axis.name(look.lang), found.signal.name(look.lang)
    return look.say(key, axis=axis, signal=signal, days=words(str(WEEK)), **fields)


def _grain(look: Look, found: SandboxAnswer, id: str) -> str:
    assert found.frontier is not None
    if id == found.frontier.curves[0].grain.id:
        return look.say("whole", name=found.name)
    return TIERS[id].name(look.lang) if id in TIERS else look.say(id)


def _percent(share: float) -> str:
    digits = 1 if 0 < share < 0.1 and round(share * 100, 1) % 1 else 0
    return f"{share * 100:.{digits}f}%"


def _points(look: Look, error: Cited) -> Said:
    return look.number(error, lambda share: f"{share * 100:.1f}")


# --- blocks -------------------------------------------------------------------------------------------


def _best(made: Frontier) -> Curve:
    """The curve of the grain that is fine enough; where none pays the finest, which then shows as much."""
    return next(each for each in made.curves if each.grain.id == made.enough) if made.advantage else made.curves[-1]


def _curve(found: Given[SandboxAnswer], each: Curve) -> Given[Curve]:
    return found.at(f"frontier.curves[grain.id={each.grain.id}]")


def _strip(look: Look, found: Given[SandboxAnswer], made: Frontier) -> Block:
    best, told = _curve(found, _best(made)), found.what
    verdict = look.say("verdict_none") if not made.advantage else _grain(look, told, made.enough)
    why = _with(look, told, "verdict_some_about" if made.advantage else "verdict_none_about")
    needs = [look.say("needs_whole", n=words(_percent(COVERED))), *([look.say("estimated")] if told.estimate else [])]
    ten, error = best[f"estimates[{LISTED}].value"], best[f"estimates[{LISTED}].error"]
    return figures.strip(
        [
            figures.figure(look.say("verdict"), verdict, about=why),
            figures.figure(
                look.say("needs"), look.number(best["needed"], _percent), small=join(" · ", needs),
                about=_with(look, told, "needs_about"),
            ),
            figures.figure(
                look.say("at_ten"), look.number(ten, _percent), small=look.say("error", n=_points(look, error)),
                about=_with(look, told, "at_ten_about"),
            ),
            figures.figure(
                look.say("seemed"),
                look.number(best["seemed"], _percent),
                small=look.say("seemed_more", n=look.number(ten, _percent)),
                about=look.say("seemed_about"),
            ),
        ]
    )  # fmt: skip


def _drawn(made: Frontier) -> list[Curve]:
    """At most four: the whole, the two finest areas, and the best of the cells."""
    areas = [each for each in made.curves[1:] if not each.grain.id.startswith("cell")]
    cells = [each for each in made.curves if each.grain.id.startswith("cell")]
    best = [each for each in cells if each.grain.id == made.enough] or cells[-1:]
    return [made.curves[0], *areas[-2:], *best]


def _chart(look: Look, found: Given[SandboxAnswer], made: Frontier) -> Block:
    drawn = [_curve(found, each) for each in _drawn(made)]
    shares = [f"{n / 100:.2f}" for n in range(101)]
    points = [[each[f"shares[{share}]"] for share in shares] for each in drawn]
    at_ten = shares.index(f"{LISTED:.2f}")
    texts = [join(" · ", [look.number(each[n], _percent) for each in points]) for n in range(len(shares))]
    return lines.chart(
        [
            lines.line(_grain(look, found.what, each.what.grain.id), [one.value for one in own],
                       look.number(own[at_ten], _percent), tone=_TONES[n % 4])
            for n, (each, own) in enumerate(zip(drawn, points, strict=True))
        ],
        [look.say("at", n=words(_percent(float(share)))) for share in shares],
        _with(look, found.what, "curve"),
        about=_with(look, found.what, "curve_about", n=look.whole(found["frontier.origins"])),
        ticks=[(n, _percent(float(shares[n]))) for n in range(0, 101, 20)],
        top=words("100%"),
        index=at_ten,
        texts=texts,
        span=4,
    )  # fmt: skip


def _table(look: Look, found: Given[SandboxAnswer], made: Frontier) -> Block:
    told = found.what
    columns = [
        listing.column(look.say("grain"), left=True, sort=False),
        listing.column(look.say("units"), least=True),
        *(listing.column(look.say("covers", n=words(_percent(share))), bar=share == LISTED) for share in POINTS),
        listing.column(look.say("needs"), about=_with(look, told, "needs_about")),
        listing.column(look.say("per_case"), about=_with(look, told, "per_case_about"), least=True),
        listing.column(look.say("gain"), about=look.say("gain_about")),
    ]
    rows = [_row(look, found, each, each.grain.id == made.enough and made.advantage) for each in made.curves]
    return listing.table(columns, rows, look.say("table"), about=_with(look, told, "table_about"), span=8)


def _row(look: Look, found: Given[SandboxAnswer], each: Curve, enough: bool) -> dict[str, Any]:
    one = _curve(found, each)
    return listing.row(
        [
            listing.cell(_grain(look, found.what, each.grain.id), small=look.say("enough_mark") if enough else ""),
            listing.number(look.short(one["grain.size"])),
            *(_covered(look, one.at(f"estimates[{share}]"), each.whole is not None) for share in POINTS),
            listing.number(look.number(one["needed"], _percent)),
            _per_case(look, found[f"per_case[{each.grain.id}]"]),
            _gain(look, found.what, one),
        ]
    )


def _covered(look: Look, point: Given[Estimate], error: bool) -> dict[str, Any]:
    small = join("", ["±", _points(look, point["error"])]) if error else ""
    return listing.number(look.number(point["value"], _percent), small=small)


def _per_case(look: Look, one: Cited) -> dict[str, Any]:
    return listing.number(look.short(one, 0 if (one.value or 0) >= 10 else 2))


def _gain(look: Look, found: SandboxAnswer, told: Given[Curve]) -> dict[str, Any]:
    each = told.what
    if each.coarser is None:
        return listing.cell("–", None)
    verdict = look.say("pays" if each.coarser.pays else "pays_unsure" if each.coarser.unsure else "pays_not")
    than = look.say("against", name=_grain(look, found, each.coarser.than))
    mean = look.number(told["coarser.mean.value"], lambda gain: f"{gain * 100:+.1f}".replace("-", "−"))
    text = join(" ±", [mean, _points(look, told["coarser.mean.error"])])
    small, tone = join(" · ", [verdict, than]), "good" if each.coarser.pays else "soft"
    return listing.cell(text, each.coarser.mean.value, small=small, tone=tone)


def _first(look: Look, found: SandboxAnswer, made: Frontier) -> list[Block]:
    if not made.advantage:
        return []
    asked = {"day": found.day, "axis": found.axis.id, "signal": found.signal.id}
    chosen = look.ask("sandbox.chosen", grain=made.enough, share=LISTED, **asked)
    columns = [
        listing.column(look.say("unit"), left=True),
        listing.column(words(_head(_with(look, found, "score"))), bar=True),
        listing.column(_head(found.axis.name(look.lang))),
    ]
    about = _with(look, found, "first_about", grain=_grain(look, found, made.enough))
    rows = [_chosen(look, found, each) for each in chosen.each("units", "area")]
    title, count = look.say("first", day=look.day_text(found.day)), look.short(chosen["total"])
    return [listing.table(columns, rows, title, about=about, count=count, first=10, span=7)] if rows else []


def _chosen(look: Look, found: SandboxAnswer, told: Given[Chosen]) -> dict[str, Any]:
    each = told.what
    cells = [
        listing.cell(quoted(each.name), each.name, small=look.above(each.within)),
        listing.number(look.short(told["score"])),
        listing.number(look.short(told["cost"], 0 if found.axis.id == "people" else 1)),
    ]
    return listing.row(cells, href=look.href("map", area=each.within))


def _head(text: str) -> str:
    """As it stands at the head of a column."""
    return text[:1].upper() + text[1:]


def _remarks(look: Look, told: Given[SandboxAnswer], span: int) -> list[Block]:
    found = told.what
    comma, blank = ("、", "") if look.lang == "zh" else (", ", " ")
    then = "then_all" if found.as_then == len(found.origins) else "then_some" if found.as_then else "then_none"
    days = look.say("days", days=join(comma, [look.day_text(day) for day in found.origins]))
    said = [look.say("promise"), join("", [days, look.say(then, n=look.whole(told["as_then"]))])]
    if found.estimate:
        said.append(look.say("estimate", level=TIERS[found.counted].name(look.lang).lower()))
    if "people" not in found.axes:
        said.append(_with(look, found, "no_people"))
    if round(found.uncosted * 100):
        said.append(_with(look, found, "uncosted", n=look.number(told["uncosted"], _percent)))
    return [note.line(join(blank, said), span=span)]


def _turns(look: Look, found: SandboxAnswer, span: int = 12) -> list[Block]:
    """Other axes and signals, a link each."""
    made = [
        record.entry(look.say("by_axis"), AXES[axis].name(look.lang), href=look.href(axis=axis))
        for axis in found.axes
        if axis != found.axis.id
    ]
    made += [
        record.entry(look.say("by_signal"), SIGNALS[signal].term.name(look.lang), href=look.href(signal=signal))
        for signal in look.desk.beside(SandboxDesk).signals(look.viewer, look.as_of)
        if signal != found.signal.id
    ]
    return [record.record(made, look.say("otherwise"), span=span)] if made else []


PAGE = Page(
    "sandbox",
    ("政策沙盘", "Sandbox"),
    describe,
    about=(
        "同样的当日信息，按整个区域、区、街道、居村、网格来限制，各能覆盖多少此后的病例。",
        "With the same day's information: what a choice by district, street or cell would have covered.",
    ),
    days=_days,
    wishes=("axis", "signal"),
    words=WORDS,
)
