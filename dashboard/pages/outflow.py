"""The outflow page: who left and where to, the index, what is carried where, who was traced, what both sides ask."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from dashboard import numbers
from dashboard.pages.page import Look, Page
from dashboard.parts import figures, lines, listing, note, record
from dashboard.parts.sheet import Block
from dashboard.queries.desk import Day, Desk, Viewer, day_range
from dashboard.queries.flows import (
    RISK_DAYS,
    Curve,
    DayOut,
    Destinations,
    FlowDesk,
    RiskAnswer,
    RiskRow,
    Rules,
    Traced,
)
from data.terms import MODES
from grid.flows.import_risk import UNSEEN
from grid.flows.tracing import Tally
from grid.flows.travel_rules import Need, text

WORDS = {
    "none": ("还没有人口流动数据。", "There are no data on flows yet."),
    "left": ("迁出人数", "People who left"),
    "left_about": (
        "迁徙指数 ÷ {factor}，一律为估计；有人数的来源直接用人数",
        "Migration index ÷ {factor}, always an estimate; counted people where a source counts them",
    ),
    "estimate": ("估计", "estimate"),
    "estimate_index": ("估计，指数 {index}", "estimate, index {index}"),
    "counted": ("按来源人数", "as counted"),
    "carried": ("预计输出", "Carried out"),
    "carried_about": (
        "近{days}日出行者中携带感染而未被发现的人数：出行人数 × 近7日阳性 ÷ 人口 × {low}–{high} 倍",
        "Unfound carriers among {days} days of travellers: × positives of 7 days ÷ residents × {low} to {high}",
    ),
    "in_days": ("近{days}日，90% 区间 {band}", "in {days} days, 90% interval {band}"),
    "reached": ("至少1例的城市", "Cities reached"),
    "reached_about": (
        "至少输入1例的可能过半的城市",
        "Cities that at least one infection has reached with an even chance or more",
    ),
    "of_cities": ("共 {n} 个目的地", "of {n} destinations"),
    "odd": ("超出预期", "Out of band"),
    "odd_about": (
        "病例落在模型 90% 区间之外的城市：偏多提示本地传播，偏少提示防控更好或漏报",
        "Cases outside the model's 90 % band: above suggests local spread, below better control or missing data",
    ),
    "above_below": ("偏多 {above}，偏少 {below}", "{above} above, {below} below"),
    "no_model": ("病例或流量不足，未建模", "too little is known for a model"),
    "found_share": ("流出已找到", "Found"),
    "found_about": ("应排查的流出人员中已找到的比例", "Share of those to be traced who were found"),
    "traced_of": ("应排查 {n} 人", "of {n} to be traced"),
    "destinations": ("去向", "Where to"),
    "destinations_about": (
        "占当日迁出的比例；榜外为未列出，不是零",
        "Share of the day's outflow; what is below the list is not zero",
    ),
    "city": ("目的地", "Destination"),
    "share": ("占比", "Share"),
    "people": ("人数", "People"),
    "others": ("其余列出的 {n} 个目的地", "{n} other listed destinations"),
    "unlisted": ("榜外（未列出）", "Below the list"),
    "no_destinations": ("当日没有去向数据。", "No table says where people went on this day."),
    "index": ("迁徙规模指数", "Migration index"),
    "index_about": (
        "本地与上年同期（同星期）；无报告处断开",
        "Here and a year before (same weekday); gaps are days without a report",
    ),
    "against": ("对照：{city}", "Against {city}"),
    "own": ("本地", "Here"),
    "before": ("上年同期", "A year before"),
    "risk": ("输入风险", "Import risk"),
    "risk_about": (
        "近{days}日出行；预计数为携带感染的出行者，其下为 90% 区间；“经枢纽”为经其他城市再传出的下限",
        "Travel of {days} days; expected carriers over their 90 % interval; “further”: at least, through other cities",
    ),
    "travellers": ("出行者", "Travellers"),
    "expected": ("预计输入", "Expected"),
    "one": ("至少1例", "At least one"),
    "further": ("经枢纽", "Further"),
    "distance": ("有效距离", "Effective distance"),
    "distance_about": (
        "1 − ln(占比) 之和的最短路径；名次为预计到达次序",
        "Shortest path of 1 − ln(share); the rank is the expected order of arrival",
    ),
    "rank": ("第 {n}", "no. {n}"),
    "via": ("第 {n}，经{hubs}", "no. {n}, via {hubs}"),
    "exposed": ("波及人口", "People at risk"),
    "exposed_about": ("至少1例的概率 × 常住人口", "P(at least one) × residents"),
    "cases": ("已报病例", "Cases there"),
    "model": ("模型预期", "Model"),
    "above_short": ("▲ 偏多", "▲ above"),
    "below_short": ("▼ 偏少", "▼ below"),
    "above": ("偏多：本地传播？", "above: local spread?"),
    "below": ("偏少：防控好或漏报？", "below: control, or not reported?"),
    "fit": ("模型成绩", "How good the model is"),
    "fit_about": ("只用截至当日已知的数据拟合", "Fitted on nothing but what was known up to the day"),
    "places": ("参与城市", "Cities"),
    "spearman": ("秩相关（模型）", "Rank correlation, model"),
    "alone": ("秩相关（仅流量）", "Rank correlation, flow alone"),
    "population": ("秩相关（仅人口）", "Rank correlation, population alone"),
    "covered": ("90% 区间实际覆盖", "Inside the 90 % band"),
    "covered_small": ("逐一留出检验", "each city left out in turn"),
    "checked": ("{day} 的模型对今日", "Model of {day}, held against today"),
    "checked_value": ("秩相关 {model}，仅流量 {alone}", "rank correlation {model}, flow alone {alone}"),
    "checked_inside": ("{inside} / {places} 个城市在区间内", "{inside} of {places} cities inside the band"),
    "loses": ("不如仅看流量", "worse than flow alone"),
    "wins": ("优于仅看流量", "better than flow alone"),
    "outliers": ("偏离模型的城市", "Cities that the model does not explain"),
    "no_outliers": ("没有城市落在区间之外。", "No city lies outside its band."),
    "reading": ("可能的原因", "Perhaps"),
    "tracing": ("流出排查", "Tracing of those who left"),
    "tracing_about": ("截至 {day}；未报的步骤不计为零", "Up to {day}; a step that is not reported is not zero"),
    "no_tracing": ("还没有流出排查数据。", "There is no tracing board yet."),
    "to_trace": ("应排查", "Left"),
    "found": ("已找到", "Found"),
    "tested": ("已检测", "Tested"),
    "cleared": ("已排除", "Cleared"),
    "open": ("未了", "Open"),
    "all": ("合计", "All"),
    "contradicts": ("前后矛盾", "contradicts itself"),
    "rules": ("两地规定", "Rules of both sides"),
    "no_rules": ("两地都没有在用的出行规定。", "No rule of travel is in force on either side."),
    "demand": ("要求", "Demand"),
    "by": ("由", "By"),
    "when": ("何时", "When"),
    "leave": ("离开", "Leaving"),
    "arrive": ("到达", "Arriving"),
    "return": ("返回", "Coming back"),
    "conflict": ("矛盾", "Conflict"),
    "conflicts": ("{n} 处矛盾", "{n} conflicts"),
    "mode": ("出行方式", "By"),
}  # fmt: skip

#: Destinations shown; days of the curve.
FIRST, CURVE = 10, 60

_TONES = {"own": "accent", "before": "soft", "reference": "ink"}


def describe(look: Look) -> list[Block]:
    """Figures; where to beside the index; import risk with the model's marks; tracing beside the rules."""
    desk, day = look.desk.beside(FlowDesk), look.day
    if day is None or not desk.days(look.viewer, look.as_of):
        return [note.line(look.say("none"), tone="large")]
    mode = look.wish("mode") if look.wish("mode") in desk.modes(look.viewer, look.as_of) else None
    asked = look.viewer, look.area, day
    left = desk.outflow(look.viewer, look.area, day, day, mode, look.as_of)[0]
    where = desk.destinations(*asked, FIRST, mode, look.as_of)
    risk = desk.risk(*asked, look.as_of)
    traced = desk.tracing(*asked, look.as_of)
    rules = desk.rules(*asked, [row.key for row in risk.rows], look.as_of)
    return [
        _strip(look, desk, left, risk, traced),
        _where(look, where),
        *_curves(look, desk, day),
        *_risk(look, risk),
        *_tracing(look, traced),
        *_rules(look, rules),
        *_modes(look, desk, mode),
    ]


def _days(desk: Desk, viewer: Viewer) -> Sequence[Day]:
    return desk.beside(FlowDesk).days(viewer)


# --- figures --------------------------------------------------------------------------------------------


def _strip(look: Look, desk: FlowDesk, left: DayOut, risk: RiskAnswer, traced: Traced | None) -> Block:
    made = [_left(look, desk, left), _carried(look, risk), _reached(look, risk), _odd(look, risk)]
    if traced is not None:
        share = traced.whole.share("found")
        small = look.say("traced_of", n=look.short(traced.whole.left))
        about = look.say("found_about")
        made.append(_figure(look, "found_share", share if share == share else None, _percent, small, about))
    return figures.strip(made)


def _figure(look: Look, key: str, value: float | None, write: Any, small: str, about: str) -> dict[str, Any]:
    state = "missing" if value is None else "zero" if value == 0 else "value"
    shown = look.say("missing") if value is None else write(look, value)
    return figures.figure(look.say(key), shown, state=state, small=small, about=about)


def _left(look: Look, desk: FlowDesk, left: DayOut) -> dict[str, Any]:
    small = look.say("counted")
    if left.estimate and left.index is not None:
        small = look.say("estimate_index", index=f"{left.index:.3g}")
    about = look.say("left_about", factor=f"{desk.factor.per_person:.3g}")
    return _figure(look, "left", left.value, _people, small if left.value is not None else "", about)


def _carried(look: Look, risk: RiskAnswer) -> dict[str, Any]:
    told = risk.whole
    small = look.say("in_days", days=len(risk.days), band=_band(told.low, told.high)) if told else ""
    about = look.say("carried_about", days=RISK_DAYS, low=f"{UNSEEN[0]:g}", high=f"{UNSEEN[-1]:g}")
    return _figure(look, "carried", told.expected if told else None, _number, small, about)


def _reached(look: Look, risk: RiskAnswer) -> dict[str, Any]:
    told = [row for row in risk.rows if row.one is not None]
    value = float(sum((row.one or 0.0) >= 0.5 for row in told)) if told else None
    return _figure(look, "reached", value, _people, look.say("of_cities", n=len(risk.rows)), look.say("reached_about"))


def _odd(look: Look, risk: RiskAnswer) -> dict[str, Any]:
    above, below = (len(risk.outliers(sign)) for sign in (1, -1))
    small = look.say("above_below", above=above, below=below) if risk.fit else look.say("no_model")
    value = float(above + below) if risk.fit else None
    return _figure(look, "odd", value, _people, small, look.say("odd_about"))


# --- where to, and the index ----------------------------------------------------------------------------


def _where(look: Look, where: Destinations) -> Block:
    people = look.say("people") + (f"（{look.say('estimate')}）" if where.estimate and look.lang == "zh" else "")
    people += f" ({look.say('estimate')})" if where.estimate and look.lang == "en" else ""
    columns = [
        listing.column(look.say("city"), left=True),
        listing.column(look.say("share"), bar=True),
        listing.column(people),
    ]
    rows = [
        listing.row([listing.cell(row.name, row.name), _share(look, row.share), _count(look, row.people)])
        for row in where.rows
    ]
    rest = ((look.say("others", n=where.others), where.others_share), (look.say("unlisted"), where.unlisted))
    for name, share in rest:
        if share > 5e-5:
            whole = None if where.whole is None else where.whole * share
            cells = [listing.cell(name, "", tone="soft"), _share(look, share), _count(look, whole)]
            rows.append(listing.row(cells))
    about, none = look.say("destinations_about"), look.say("no_destinations")
    return listing.table(columns, rows, look.say("destinations"), about=about, none=none, span=5, tall=2)


def _curves(look: Look, desk: FlowDesk, day: Day) -> list[Block]:
    """Here and a year before; and, on a scale of its own, the reference."""
    first = day - dt.timedelta(days=CURVE - 1)
    days = day_range(max(first, desk.days(look.viewer, look.as_of)[0]), day)
    found = desk.curves(look.viewer, look.area, days[0], days[-1], look.as_of)
    here = [curve for curve in found if curve.of != "reference"]
    other = [curve for curve in found if curve.of == "reference"]
    made = [_chart(look, here, days, look.say("index"), look.say("index_about"))] if here else []
    if other:
        pair = [*other, *(curve for curve in here if curve.of == "own")]
        made.append(_chart(look, pair, days, look.say("against", city=other[0].name), ""))
    return made


def _chart(look: Look, found: Sequence[Curve], days: Sequence[Day], title: str, about: str) -> Block:
    top = max((value for curve in found for value in curve.values if value is not None), default=0.0)
    return lines.chart(
        [lines.line(_name(look, curve), curve.values, _last(curve), tone=_TONES[curve.of]) for curve in found],
        [look.day_text(one) for one in days],
        title,
        about=about,
        ticks=_ticks(look, days),
        top=f"{top:.3g}",
        index=len(days) - 1,
        texts=[" · ".join(_point(look, curve, at) for curve in found) for at in range(len(days))],
        span=7,
    )


def _ticks(look: Look, days: Sequence[Day]) -> list[tuple[int, str]]:
    """Mondays; every other one of many."""
    mondays = [(at, look.day_text(one)) for at, one in enumerate(days) if one.weekday() == 0]
    return mondays[:: 1 + len(mondays) // 7]


def _name(look: Look, curve: Curve) -> str:
    return curve.name if curve.of == "reference" else look.say(curve.of)


def _last(curve: Curve) -> str:
    last = next((value for value in reversed(curve.values) if value is not None), None)
    return "" if last is None else f"{last:.3g}"


def _point(look: Look, curve: Curve, at: int) -> str:
    value = curve.values[at]
    return f"{_name(look, curve)} {look.say('missing') if value is None else f'{value:.3g}'}"


# --- import risk ----------------------------------------------------------------------------------------


def _risk(look: Look, risk: RiskAnswer) -> list[Block]:
    columns = [
        listing.column(look.say("city"), left=True),
        listing.column(look.say("travellers"), least=True),
        listing.column(look.say("expected"), bar=True),
        listing.column(look.say("one")),
        listing.column(look.say("further"), least=True),
        listing.column(look.say("distance"), about=look.say("distance_about"), least=True),
        listing.column(look.say("exposed"), about=look.say("exposed_about"), least=True),
        listing.column(look.say("cases")),
        listing.column(look.say("model")),
    ]
    rows = [_risk_row(look, row) for row in risk.rows]
    about = look.say("risk_about", days=RISK_DAYS)
    table = listing.table(columns, rows, look.say("risk"), about=about, sort=(2, True), first=14)
    return [table, _fit(look, risk), _outliers(look, risk)]


def _risk_row(look: Look, row: RiskRow) -> dict[str, Any]:
    comma = "、" if look.lang == "zh" else ", "
    order = "" if row.rank is None else look.say("rank", n=row.rank)
    if row.via and row.rank is not None:
        order = look.say("via", n=row.rank, hubs=comma.join(row.via))
    return listing.row(
        [
            listing.cell(row.name, row.name, small=_sign(look, row), tone="bad" if row.outlier > 0 else ""),
            _count(look, row.people),
            _valued(look, row.expected, _number, _band(row.low, row.high)),
            _valued(look, row.one, _percent, _band(row.one_low, row.one_high, share=True)),
            _valued(look, row.further, _number),
            _valued(look, row.distance, _number, order),
            _count(look, row.exposed),
            _count(look, row.cases),
            _valued(look, row.model, _people, _band(row.model_low, row.model_high)),
        ]
    )


def _sign(look: Look, row: RiskRow) -> str:
    return look.say("above_short") if row.outlier > 0 else look.say("below_short") if row.outlier < 0 else ""


def _odd_word(look: Look, row: RiskRow) -> str:
    return look.say("above") if row.outlier > 0 else look.say("below") if row.outlier < 0 else ""


def _fit(look: Look, risk: RiskAnswer) -> Block:
    if risk.fit is None:
        return note.line(look.say("no_model"), span=5)
    quality = risk.fit.quality
    against = look.say("wins" if quality.spearman > quality.flow_alone else "loses")
    made = [
        record.entry(look.say("places"), str(quality.places)),
        record.entry(look.say("spearman"), _rank(quality.spearman), small=against),
        record.entry(look.say("alone"), _rank(quality.flow_alone)),
        record.entry(look.say("population"), _rank(quality.population_alone)),
        record.entry(look.say("covered"), _percent(look, quality.covered), small=look.say("covered_small")),
    ]  # fmt: skip
    if risk.checked is not None:
        told = risk.checked
        value = look.say("checked_value", model=_rank(told.spearman), alone=_rank(told.flow_alone))
        small = look.say("checked_inside", inside=told.inside, places=told.places)
        made.append(record.entry(look.say("checked", day=look.day_text(told.made)), value, small=small))
    return record.record(made, look.say("fit"), about=look.say("fit_about"), span=5)


def _outliers(look: Look, risk: RiskAnswer) -> Block:
    columns = [
        listing.column(look.say("city"), left=True),
        listing.column(look.say("cases")),
        listing.column(look.say("model")),
        listing.column(look.say("reading"), left=True),
    ]
    rows = [
        listing.row(
            [
                listing.cell(row.name, row.name),
                _count(look, row.cases),
                _valued(look, row.model, _people, _band(row.model_low, row.model_high)),
                listing.cell(_odd_word(look, row), row.outlier, tone="bad" if row.outlier > 0 else "soft"),
            ]
        )
        for row in (*risk.outliers(1), *risk.outliers(-1))
    ]
    return listing.table(columns, rows, look.say("outliers"), none=look.say("no_outliers"), span=7)


# --- tracing and rules ----------------------------------------------------------------------------------


def _tracing(look: Look, traced: Traced | None) -> list[Block]:
    if traced is None:
        return [note.line(look.say("no_tracing"))] if look.place.code == look.spot.status.code else []
    columns = [
        listing.column(look.say("city"), left=True),
        listing.column(look.say("to_trace")),
        *(listing.column(look.say(step)) for step in ("found", "tested", "cleared")),
        listing.column(look.say("open"), bar=True),
    ]
    rows = [_tally(look, look.say("all"), traced.whole, "")]
    rows += [_tally(look, name, tally, name) for name, tally in traced.rows]
    about = look.say("tracing_about", day=look.day_text(traced.day))
    return [listing.table(columns, rows, look.say("tracing"), about=about, first=10, span=5)]


def _tally(look: Look, name: str, tally: Tally, sort: str) -> dict[str, Any]:
    small = look.say("contradicts") if tally.contradicts else ""
    cells = [listing.cell(name, sort, small=small, tone="bad" if small else "")]
    cells.append(_count(look, _told(tally.left)))
    for step in ("found", "tested", "cleared"):
        share = _told(tally.share(step))
        small = "" if share is None else _percent(look, share)
        cells.append(_valued(look, _told(getattr(tally, step)), _people, small))
    return listing.row([*cells, _count(look, _told(tally.open))])


def _rules(look: Look, rules: Sequence[Rules]) -> list[Block]:
    if not rules:
        return [note.line(look.say("no_rules"), span=7)]
    columns = [
        listing.column(look.say("city"), left=True, sort=False),
        listing.column(look.say("when"), left=True, sort=False),
        listing.column(look.say("demand"), left=True, sort=False),
        listing.column(look.say("conflict"), left=True, sort=False),
    ]
    against = [told for told in rules if told.conflicts] or list(rules[:1])
    rows = [listing.row(_need(look, told, need, at)) for told in against for at, need in enumerate(told.needs)]
    count = sum(len(told.conflicts) for told in rules)
    return [listing.table(columns, rows, look.say("rules"), count=look.say("conflicts", n=count), span=7)]


def _need(look: Look, told: Rules, need: Need, at: int) -> list[dict[str, Any]]:
    meets = [conflict for conflict in told.conflicts if need is conflict.second]
    words = "；".join(text(conflict, look.lang) for conflict in meets)
    return [
        listing.cell(told.place if at == 0 else "", told.place),
        listing.cell(look.say(need.demand.when), need.demand.when),
        listing.cell(need.demand.text(look.lang), "", small=need.pack.where(look.lang)),
        listing.cell(words, words, tone="bad"),
    ]


def _modes(look: Look, desk: FlowDesk, mode: str | None) -> list[Block]:
    known = desk.modes(look.viewer, look.as_of)
    if not known:
        return []
    made = [record.entry(look.say("mode"), MODES["all"].name(look.lang), href=look.href(mode=None))] if mode else []
    others = [one for one in known if one != mode]
    made += [record.entry(look.say("mode"), MODES[one].name(look.lang), href=look.href(mode=one)) for one in others]
    return [record.record(made, look.say("mode"))]


# --- how it is written ------------------------------------------------------------------------------------


def _told(value: float) -> float | None:
    return value if value == value else None


def _people(look: Look, value: float) -> str:
    return look.short(value)


def _number(look: Look, value: float) -> str:
    """Two digits that mean something, without pretending more."""
    if value < 0.005:
        return "<0.01" if value else "0"
    return look.short(value) if value >= 100 else numbers.plain(value, 1 if value >= 10 else 2)


def _percent(look: Look, value: float) -> str:
    share = value * 100
    return f"{share:.0f}%" if share in (0, 100) or 10 <= share <= 99 else f"{min(share, 99.9):.1f}%"


def _rank(value: float) -> str:
    return "–" if value != value else f"{value:.2f}".replace("-", numbers.MINUS)


def _band(low: float | None, high: float | None, *, share: bool = False) -> str:
    if low is None or high is None:
        return ""
    if share:
        return f"{low * 100:.0f}–{high * 100:.0f}%"
    return f"{numbers.plain(low)}–{numbers.plain(high)}"


def _share(look: Look, value: float | None) -> dict[str, Any]:
    return _valued(look, value, _percent)


def _count(look: Look, value: float | None) -> dict[str, Any]:
    return _valued(look, value, _people)


def _valued(look: Look, value: float | None, write: Any, small: str = "") -> dict[str, Any]:
    shown = look.say("missing") if value is None else write(look, value)
    return listing.number(shown, value, small=small if value is not None else "")


PAGE = Page(
    "outflow",
    ("人口迁出", "Outflow"),
    describe,
    about=(
        "谁离开了、去了哪里、可能带去多少、找到了多少；由指数换算的人数一律为估计。",
        "Who left, where to, what they may carry there, who was found; people made of the index are an estimate.",
    ),
    days=_days,
    wishes=("mode",),
    words=WORDS,
)
