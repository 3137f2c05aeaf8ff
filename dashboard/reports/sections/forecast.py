"""风险研判与未来7日预测: signals, hot spots, what is expected, and how often such a forecast was right."""

from __future__ import annotations

import math
from typing import Any

from dashboard.queries.cite import Given
from dashboard.queries.risk.lines import CardLine
from dashboard.reports.context import MOST_UNITS, Context, Maker
from dashboard.reports.model import Block, Cell, Column, Paragraph, Section, Table
from dashboard.reports.sentences import joined
from data.terms import GRADES, TIERS
from grid.risk.report_card import SHARES

#: Units that the tables name.
LISTED = 10

FORECASTERS = (
    ("forecast", "本预测", "This forecast"),
    ("persistence", "照旧（上周即下周）", "As last week"),
    ("decay", "衰减加权", "Decaying memory"),
)


def make(context: Context) -> Section:
    """Risk as scored, the next seven days, and the report card."""
    title = context.say(SECTION.zh, SECTION.en)
    told = context.risk
    if told is None:
        pair = "风险评分与未来7日预测", "Risk scores and the next seven days"
        return Section("forecast", title, (context.unreported(*pair, "positives", "addresses"),))
    return Section("forecast", title, (), (_score(context, told), _ahead(context, told), _card(context, told)))


def _score(context: Context, told: Given[Any]) -> Section:
    grades = [
        context.line(
            "{name}{n:个}" if context.lang == "zh" else "{n} {name}",
            "{n} {name}",
            name=GRADES[id].name(context.lang).lower(),
            n=context.n(told[f"grades[{id}]"]),
        )
        for id in GRADES
        if told.what.grades.get(id)
    ]
    listed = joined(grades, context.say("、", ", "))
    level = TIERS[told.what.level].name(context.lang)
    said = context.told(
        "按{level}评级：{all}。",
        "{level} by grade: {all}.",
        level=level if context.lang == "zh" else level + "s",
        all=listed,
    )
    rows: list[tuple[Cell, ...]] = []
    for one in [unit for unit in told.each("units", "code") if unit.what.grade != "unknown"][:LISTED]:
        score = context.n(one["least"], "score", 1)
        where = " ".join(filter(None, (one.what.where, one.what.name)))
        rows.append((where, GRADES[one.what.grade].name(context.lang), score))
    heads = (
        Column(context.say("区域", "Area"), True, 2.0),
        Column(context.say("等级", "Grade"), True),
        Column(context.say("评分", "Score")),
    )
    note = context.line(
        "评分满分100，由本地发病、周边发病、增长、密接、输入、暴露人口相加；数据不全时为下限。",
        "Out of 100: incidence here and around, growth, contacts, importation, people exposed; a lower"
        " bound where data are missing.",
    )
    table = Table(
        "risk",
        context.say("风险评分最高的区域", "Highest risk scores"),
        heads,
        tuple(rows),
        note=note,
        none=context.say("数据不足，均无法评定。", "Too little is known to grade any."),
    )
    return Section("forecast.score", context.say("风险评分", "Risk scores"), (said, table, *_signals(context)))


def _signals(context: Context) -> list[Block]:
    """Units out of step, against what chance alone would bring."""
    told = context.given("risk.brief", most=MOST_UNITS)
    if told is None:
        return []
    if not told.what.signals:
        return [context.told("无预警信号。", "No signal.")]
    return [
        context.told(
            "预警信号{n:处}；即使平静，单凭偶然每日也会有约{c:处}。",
            "{n:signal|signals}; on a quiet day chance alone brings about {c}.",
            n=context.n(told["signals"]),
            c=context.n(told["chance"], "rate", 1),
        )
    ]


def _ahead(context: Context, told: Given[Any]) -> Section:
    title = context.say("未来7日预测", "The next seven days")
    blocks: list[Block] = []
    own = told.what.own
    if grey(told.what.card):
        blocks.append(Paragraph(_verdict(context, told.what.card), "strong"))
    if own is None or own.ahead is None:
        blocks.append(context.unreported("未来7日新增预测", "Findings of the next seven days"))
        return Section("forecast.ahead", title, tuple(blocks))
    mean, low, high = (context.n(told[f"own.ahead.{way}"], "rate", 0) for way in ("mean", "low", "high"))
    said = context.line(
        "按近期趋势推算，未来7日新增约{m:例}（90%区间{a}—{b:例}）。",
        "On current trends, about {m:infection|infections} in the next seven days (90 % interval {a} to {b}).",
        m=mean,
        a=low,
        b=high,
    )
    return Section("forecast.ahead", title, (*blocks, Paragraph(said, "quiet" if grey(told.what.card) else "")))


def grey(card: CardLine | None) -> bool:
    """Whether the forecast must not be leant on: no card, or one that does not beat what costs nothing."""
    return card is None or card.grey


def _verdict(context: Context, card: CardLine | None) -> tuple[str]:
    if card is None:
        return (
            context.say(
                "本级单元过少，无法给预测打分；以下预测仅供参考，不作定区依据。",
                "Too few units to mark the forecast: it decides nothing.",
            ),
        )
    return (
        context.say(
            "本预测近期成绩未优于不费成本的基线，按灰显规则处理：仅供参考，不作定区依据。",
            "The forecast does not beat what costs nothing, so it stands grey: it decides nothing.",
        ),
    )


def _card(context: Context, told: Given[Any]) -> Section:
    title = context.say("预测成绩单", "The forecast's report card")
    card: CardLine | None = told.what.card
    if card is None or all(math.isnan(hit) for hit in card.hits["forecast"]):
        none = context.told(
            "近期没有可评分的预测，命中率从缺。", "No forecast of late could be marked: there are no hit rates."
        )
        return Section("forecast.card", title, (none,))
    rows: list[tuple[Cell, ...]] = []
    for id, zh, en in FORECASTERS:
        hits = [context.n(told[f"card.by_share[{id}][{share}]"], "part", 1) for share in SHARES]
        rows.append((context.say(zh, en), *hits))
    heads = (
        Column(context.say("方法", "Method"), True, 1.8),
        *(Column(context.say(f"前{share:.0%}单元", f"Top {share:.0%}")) for share in SHARES),
    )
    level = TIERS[card.level].name(context.lang)
    note = context.line(
        f"{card.first}至{card.last}共{card.days}次预测，{level}{card.units}个：次周新增落在预测最高的若干单元中的比例。",
        f"{card.days} forecasts from {card.first} to {card.last}, {card.units} units ({level.lower()}): what"
        " part of the next week's findings lay in the units that were highest.",
    )
    return Section("forecast.card", title, (Table("card", title, heads, tuple(rows), note=note),))


SECTION = Maker("forecast", "风险研判与未来7日预测", "Risk and the next seven days", make)
