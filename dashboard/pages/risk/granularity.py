"""How fine is fine enough: the same findings by finer and finer units, what each gives and what each costs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from dashboard import numbers
from dashboard.pages.page import Look, Page
from dashboard.pages.risk.written import percent, share_of, short, whole_percent
from dashboard.parts import lines, listing, note
from dashboard.parts.sheet import Block
from dashboard.queries.cite import Cited, Given
from dashboard.queries.desk import Day, Desk, Viewer
from dashboard.queries.risk import RiskDesk
from dashboard.queries.risk.lines import GranularityLine as Line
from dashboard.said import Said, join, quoted
from data.terms import GRADES
from grid.risk.report_card import SHARES

#: The share at which the chart tells hits.
SHARE = 0.05
#: What each chart shows: the names of its lines, and the way to each.
CURVES: Mapping[str, Mapping[str, str]] = {
    "gives": {"forecast": f"by_share[{SHARE}]", "baseline": f"baseline_by_share[{SHARE}]"},
    "costs": {"hidden": "hidden_findings"},
}
KM2 = 1e6
#: Of the lines of a chart, the first first.
TONES = ("mark", "soft")

WORDS = {
    "none": (
        "数据不足：至少要有 7 次已满 7 日的预测，并有单元和新增可比。",
        "Too little is known: it takes 7 forecasts whose week is over, with units and findings to compare.",
    ),
    "soon": (
        "正在计算：把过去四周的预测按各种粗细重做一遍。大城市约需半分钟，好了会自动显示。",
        (
            "Being computed: the forecasts of four weeks, made anew by every fineness. "
            "In a large city this takes half a minute; it will show here by itself."
        ),
    ),
    "nothing": (
        "过去四周没有新增，分不出粗细。",
        "Nothing was found in these four weeks: no fineness is better than another.",
    ),
    "enough": (
        "{name}就够了：指出{of}的前 5% 就找到 {hit}% 的新增，再细也多不出 {gain} 个百分点。",
        "{name} is fine enough: the top 5 % of {of} hold {hit} % of what comes, and no finer unit adds {gain} points.",
    ),
    "finest": (
        "最细的{name}才够：指出{of}的前 5% 找到 {hit}% 的新增，再粗就少 {gain} 个百分点以上。",
        "It takes the finest, {name}: the top 5 % of {of} hold {hit} % of what comes, coarser ones {gain} points less.",
    ),
    "price": (
        "代价：如按 {below} 以下隐去小数，会看不到 {hidden}% 的新增；每天约看 {work} 个单元，可覆盖一半新增。",
        "The price: hiding counts below {below} hides {hidden} % of findings; about {work} units a day hold half.",
    ),
    "but_grey": (
        "但这一级的预测未被证明好于“照旧”或“衰减”。",
        "But at this fineness the forecast is not proven better than the baselines.",
    ),
    "people": ("人口", "people"),
    "area": ("面积", "ground"),
    "units": ("单元", "units"),
    "fineness": ("粗细", "Fineness"),
    "is_enough": ("够用", "enough"),
    "size": ("每单元", "A unit"),
    "count": ("{n} 个", "{n} units"),
    "inhabitants": ("{n} 人", "{n} people"),
    "top": ("前 {n}%", "Top {n} %"),
    "against": ("{name} {hit}", "{name} {hit}"),
    "persistence": ("照旧", "persistence"),
    "decay": ("衰减", "decay"),
    "ahead": ("领先", "Lead"),
    "ahead_about": ("比较好的基线多命中的百分点，95% 区间", "points hit more than the better baseline, 95 %"),
    "interval": ("{low} 至 {high}", "{low} to {high}"),
    "hidden": ("隐去的新增", "Hidden findings"),
    "hidden_about": ("{n} 以下隐去", "counts below {n} hidden"),
    "work": ("工作量", "Work a day"),
    "work_about": ("覆盖一半新增的单元", "units that hold half"),
    "nil": ("无新增", "none came"),
    "table": ("从粗到细", "From coarse to fine"),
    "table_about": (
        "按{of}比较，{days} 次预测；同一批新增、同一把尺，小单元不因为小而占便宜。灰色：未被证明好于基线。",
        (
            "By {of}, {days} forecasts of the same findings, judged alike: small units gain nothing by being small. "
            "Grey: not proven better than the baselines."
        ),
    ),
    "gives": ("给什么：前 5% 的命中率", "What it gives: hits in the top 5 %"),
    "costs": ("要什么：隐去的新增", "What it costs: findings hidden"),
    "forecast": ("预测", "forecast"),
    "baseline": ("较好的基线", "better baseline"),
}


def describe(look: Look) -> list[Block]:
    """The answer in a sentence; what each fineness gives and costs; every number."""
    if not look.desk.beside(RiskDesk).compared(look.viewer, look.area, look.day, look.as_of):
        return [note.line(look.say("soon"), tone="large", again=True)]
    told = look.ask("risk.granularity")
    if not told.what:
        return [note.line(look.say("none"), tone="large")]
    found = told.each("", "id")
    if all(one[f"by_share[{SHARE}]"].value is None for one in found):
        return [note.line(look.say("nothing"), tone="large")]
    return [
        *(note.line(text, tone="" if n else "lead", id=f"answer-{n}") for n, text in enumerate(_answer(look, found))),
        _chart(look, found, "gives"),
        _chart(look, found, "costs"),
        _table(look, found),
    ]


def _answer(look: Look, found: Sequence[Given[Line]]) -> list[Said]:
    """Which is fine enough and why; what it costs; nothing where none was marked."""
    one = next((told for told in found if told.what.enough), None)
    if one is None:
        return []
    line, hit = one.what, whole_percent(look, one[f"by_share[{SHARE}]"])
    gain = look.number(one["gain"], lambda share: f"{100 * share:g}")
    told = {"name": quoted(line.name), "of": look.say(line.of), "hit": hit, "gain": gain}
    fine = look.say("finest" if one is found[-1] else "enough", **told)
    hidden, work = whole_percent(look, one["hidden_findings"]), _whole(look, one["work"])
    price = look.say("price", below=look.whole(one["hidden_below"]), hidden=hidden, work=work)
    grey = [join(" ", [GRADES["unknown"].glyph, look.say("but_grey")])] if line.grey else []
    return [fine, price, *grey]


def _whole(look: Look, work: Cited) -> Said:
    """Units, the last one begun counted whole."""
    return look.number(work, lambda value: numbers.short(math.ceil(value), look.lang))


# --- pictures -------------------------------------------------------------------------------------------


def _chart(look: Look, found: Sequence[Given[Line]], key: str) -> Block:
    """What rises and falls from the coarsest unit to the finest."""
    made = {name: [one[way] for one in found] for name, way in CURVES[key].items()}
    known = [point for points in made.values() for point in points if point.value is not None]
    top = max(known, key=lambda point: point.value or 0.0, default=None)
    enough = next((n for n, one in enumerate(found) if one.what.enough), len(found) - 1)
    drawn = [
        lines.line(look.say(name), [point.value for point in points], tone=tone)
        for (name, points), tone in zip(made.items(), TONES, strict=False)
    ]
    return lines.chart(
        drawn,
        [one.what.name for one in found],
        look.say(key),
        ticks=[(n, one.what.name) for n, one in enumerate(found)],
        top="" if top is None else percent(look, top, 0),
        index=enough,
        texts=[_point(look, made, n) for n in range(len(found))],
        span=6,
    )


def _point(look: Look, made: Mapping[str, Sequence[Cited]], n: int) -> Said:
    told = [join("", [look.say(name), " ", whole_percent(look, points[n]), "%"]) for name, points in made.items()]
    return join(" · ", told)


# --- every number ---------------------------------------------------------------------------------------


def _table(look: Look, found: Sequence[Given[Line]]) -> Block:
    first = found[0]
    hidden = look.say("hidden_about", n=look.whole(first["hidden_below"]))
    columns = [
        listing.column(look.say("fineness"), left=True, sort=False),
        listing.column(look.say("size"), least=True, sort=False),
        *(listing.column(look.say("top", n=share_of(share)), sort=False) for share in SHARES),
        listing.column(look.say("ahead"), about=look.say("ahead_about"), sort=False),
        listing.column(look.say("hidden"), about=hidden, sort=False),
        listing.column(look.say("work"), about=look.say("work_about"), sort=False),
    ]
    about = look.say("table_about", of=look.say(first.what.of), days=look.whole(first["days"]))
    return listing.table(columns, [_row(look, one) for one in found], look.say("table"), about=about, id="fineness")


def _row(look: Look, told: Given[Line]) -> dict[str, Any]:
    line = told.what
    tone = "soft" if line.grey else ""
    units = look.say("count", n=short(look, told["units"]))
    small = join(" · ", [units, look.say("is_enough")]) if line.enough else units
    cells = [
        listing.cell(quoted(line.name), small=small, tone=tone),
        _size(look, told),
        *(_hit(look, told, share, tone) for share in SHARES),
        _ahead(look, told, tone),
        listing.number(percent(look, told["hidden_findings"], 0)),
        _work(look, told),
    ]
    return listing.row(cells, key=line.id)


def _people(look: Look, one: Cited) -> str:
    return "" if one.value is None else look.say("inhabitants", n=short(look, one))


def _size(look: Look, told: Given[Line]) -> dict[str, Any]:
    people, m2 = _people(look, told["people"]), told["m2"]
    if m2.value is None:
        return listing.cell(people or "–")
    digits = 1 if m2.value >= 10 * KM2 else 2 if m2.value >= KM2 / 10 else 3
    ground = look.number(m2, lambda value: numbers.plain(value / KM2, digits))
    return listing.cell(join("", [ground, " km²"]), small=people)


def _hit(look: Look, told: Given[Line], share: float, tone: str) -> dict[str, Any]:
    hit, other = told[f"by_share[{share}]"], told[f"baseline_by_share[{share}]"]
    if hit.value is None or other.value is None:
        return listing.cell(look.say("nil"), tone="soft")
    small = look.say("against", name=look.say(told.what.best), hit=percent(look, other, 1))
    return listing.number(percent(look, hit, 1), small=small, tone=tone)


def _ahead(look: Look, told: Given[Line], tone: str) -> dict[str, Any]:
    mean, low, high = (told[f"ahead.{name}"] for name in ("mean", "low", "high"))
    if mean.value is None:
        return listing.cell(look.say("nil"), tone="soft")
    points = [look.number(one, lambda value: numbers.signed(100 * value, 1)) for one in (mean, low, high)]
    return listing.number(points[0], small=look.say("interval", low=points[1], high=points[2]), tone=tone)


def _work(look: Look, told: Given[Line]) -> dict[str, Any]:
    if told[f"by_share[{SHARE}]"].value is None:
        return listing.cell(look.say("nil"), tone="soft")
    return listing.number(_whole(look, told["work"]), small=_people(look, told["work_people"]))


def _days(desk: Desk, viewer: Viewer) -> Sequence[Day]:
    return desk.beside(RiskDesk).days(viewer)


PAGE = Page(
    "granularity",
    ("多细才够", "How fine is fine enough"),
    describe,
    about=(
        "同样的新增按粗细不同的单元来预测：越细指得越准，也越多小数要隐去、越多单元要跑。",
        "The same findings, forecast by coarser and finer units: finer points closer, hides more, takes more visits.",
    ),
    days=_days,
    words=WORDS,
    under="risk",
)
