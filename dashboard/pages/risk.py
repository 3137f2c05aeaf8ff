"""Risk: scores with the parts they add up from, signals, clusters, the next seven days, and how good they were."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from dashboard import colours
from dashboard.pages.page import Look, Page
from dashboard.parts import figures, listing, note, record, stack
from dashboard.parts.sheet import Block, mark
from dashboard.queries.desk import Day, Desk, Viewer
from dashboard.queries.risk import LEAST_UNITS, CardLine, ClusterLine, PartLine, RiskAnswer, RiskDesk, SignalLine
from dashboard.queries.risk import UnitLine as Unit
from data.terms import GRADES, LEVELS, RISK_PARTS
from grid.measures import MEASURES
from grid.risk.grades import FLOORS, meaning
from grid.risk.report_card import SHARES

WORDS = {
    "none": (
        "此日没有新增阳性或阳性居住地的数据，无法评定风险；没有数据不等于没有风险。",
        "Nothing was reported of this day: no risk can be told. No data is not no risk.",
    ),
    "score": ("风险分", "Risk score"),
    "score_about": (
        "0–100 分，由下列各部分相加；级别界线固定，不随当日排名变化。",
        "0 to 100, the sum of its parts; grades have fixed bounds and are no ranks of the day.",
    ),
    "at_most": ("最高或为 {n}", "perhaps up to {n}"),
    "alarming": ("高及以上", "High and over"),
    "of_units": ("共 {n} 个{level}", "of {n}: {level}"),
    "unknown": ("无法评定", "Cannot be graded"),
    "unknown_about": ("缺少数据；缺数不算低风险", "Data are missing; missing is not low"),
    "signals": ("异常信号", "Signals"),
    "by_chance": ("凭偶然每天约 {n} 个", "about {n} a day by chance alone"),
    "clusters": ("时空聚集", "Clusters"),
    "clusters_small": ("另有 {n} 处可能是偶然", "{n} more may be chance"),
    "rt": ("再生数 Rt", "Rt"),
    "rt_about": (
        "近 7 日，每名感染者平均传染人数（Cori 法）；累计不足 12 例或多日未报则不给出。",
        "How many each infected person infects, last 7 days (Cori); not told below 12 findings or with days missing.",
    ),
    "rt_none": ("例数不足", "too few"),
    "ahead": ("未来 7 日", "Next 7 days"),
    "unproven": ("未经证实", "unproven"),
    "range": ("{low}–{high}", "{low} to {high}"),
    "interval": ("90% 区间 {low}–{high}", "90 %: {low} to {high}"),
    "interval_95": ("95% 区间 {low}–{high}", "95 %: {low} to {high}"),
    # the report card
    "card": ("预测成绩单", "Report card of the forecast"),
    "card_about": (
        "按{level}，{first}至{last}的 {n} 次预测，每次只用当时已知的数据；命中率是随后 7 日新增落在所指范围内的比例。",
        (
            "By {level}: {n} forecasts that began from {first} to {last}, each from what was known then. A hit is "
            "the share of the next 7 days' findings inside the area pointed at."
        ),
    ),
    "card_cut": (
        "其中 {n} 次因当时尚未入库，改按日期截断现有数据。",
        "{n} of them are cut from today's data by day: nothing was in the store then.",
    ),
    "card_none": (
        "成绩单：还没有。至少要有 7 次已满 7 日的预测，且单元不少于 {n} 个。预测未经证实，以灰色显示。",
        "No report card yet: it takes 7 forecasts whose week is over, and {n} units. The forecast is unproven: grey.",
    ),
    "wins": (
        "预测可用：命中率比“照旧”和“衰减”中较好者平均高 {n} 个百分点（95% 区间 {low} 至 {high}）。",
        "The forecast earns its colour: it hits {n} points more than the better baseline (95 %: {low} to {high}).",
    ),
    "loses": (
        "预测不如“照旧”或“衰减”（平均低 {n} 个百分点），以灰色显示；请看近 7 日实际新增。",
        "The forecast loses to a baseline by {n} points: shown grey. Go by the last 7 days' findings instead.",
    ),
    "not proven": (
        "预测未被证明好于“照旧”（差 {n} 个百分点，区间含零），以灰色显示。",
        "Not proven better than the baselines ({n} points, the interval holds nought): shown grey.",
    ),
    "no better than chance": (
        "预测不好于随机，以灰色显示；不要据此安排力量。",
        "The forecast is no better than chance: shown grey. Do not plan by it.",
    ),
    "at": ("前 {n}% {level}", "Top {n} % ({level})"),
    "at_people": ("前 {n}% 人口", "Top {n} % of people"),
    "forecast": ("预测", "Forecast"),
    "persistence": ("照旧", "Persistence"),
    "decay": ("衰减", "Decay"),
    "persistence_about": ("近 7 日之和", "sum of the last 7 days"),
    "decay_about": ("逐日按 0.85 衰减", "each day counts 0.85 of the next"),
    "pai": ("PAI {n}", "PAI {n}"),
    "hit_of": ("命中率", "Hit rate"),
    "coverage": ("{n}% 区间覆盖", "Inside the {n} % interval"),
    "wis": ("区间评分 WIS（小为好）", "Interval score WIS (less is better)"),
    # the score
    "parts": ("风险分构成", "Scores and their parts"),
    "parts_about": (
        "各部分分数相加即总分，小数也不差。斜纹是缺数的部分，不算低分。点区域看下一级。",
        "The parts add up to the score to the tenth. Hatched: missing, not low. Choose an area to look inside.",
    ),
    "part": ("部分", "Part"),
    "points": ("{n} 分", "{n}"),
    "points_of": ("{n} / {of} 分", "{n} of {of}"),
    "own": ("{name}：分从何来", "{name}: what its score is made of"),
    "not_known": ("未报，可加 0–{n} 分", "not reported: 0 to {n} more"),
    "not_in_use": ("此级未接入：{names}。", "Not reported at this level: {names}."),
    "per": ("每10万 {n}", "{n} per 100,000"),
    "times": ("{n} 倍", "{n}-fold"),
    "density": ("每平方公里 {n} 例", "{n} findings per km²"),
    "infections": ("预计 {n} 人", "{n} expected"),
    "incidence_about": ("近 7 日新增，小人口处向周边均值收缩", "7 days, drawn to the neighbourhood where few live"),
    "neighbours_about": ("邻近单元近 7 日新增", "7 days, the units around"),
    "growth_about": ("含周边，本周与上周之比", "this week over last, units around included"),
    "contacts_about": ("近 7 日密接与次密接", "close and secondary contacts of 7 days"),
    "importation_about": ("模型估计 7 日内外来感染", "expected from elsewhere in 7 days"),
    "exposed_about": ("人口密度 × 本地及周边发病", "how closely people live, times incidence here and around"),
    "hot": ("热点", "hot spot"),
    "basis": ("依据：{name}。", "From: {name}."),
    # grades
    "grades": ("级别含义", "What the grades mean"),
    "grade": ("级别", "Grade"),
    "units": ("单元数", "Units"),
    "meaning": ("含义", "Meaning"),
    "all": ("全部", "All"),
    "levels": ("按什么看", "By what"),
    "view": ("查看", "View"),
    "current": ("当前", "Shown"),
    # tables
    "area": ("区域", "Area"),
    "where": ("所在", "Where"),
    "signals_about": (
        "EARS C1–C3 与 CUSUM。误报率是平静日子里仅凭偶然报警的比例。",
        "EARS C1 to C3, and CUSUM. The false-alarm rate is the share of quiet days on which chance alone signals.",
    ),
    "no_signals": ("没有异常信号。", "No signal."),
    "today": ("当日", "That day"),
    "upper": ("上限", "Limit"),
    "methods": ("方法", "Method"),
    "false": ("误报率", "False alarms"),
    "clusters_about": (
        "仍在持续、最不像偶然的圆形范围。“重现间隔”是仅凭偶然出现一次平均要等的天数，300 天以上才采信。",
        "Discs that still go on and are least like chance; believed from a recurrence interval of 300 days on.",
    ),
    "no_clusters": ("没有持续的聚集。", "No cluster goes on."),
    "size": ("范围", "Units"),
    "lasting": ("持续", "Lasting"),
    "days": ("{n} 天", "{n} days"),
    "cases": ("实际 / 预期", "Found / expected"),
    "recurrence": ("重现间隔", "Recurrence"),
    "years": ("10 年以上", "over 10 years"),
    "maybe": ("可能是偶然", "may be chance"),
    "forecasts": ("未来 7 日预测（按{level}）", "The next 7 days, by {level}"),
    "forecasts_grey": ("未来 7 日预测（按{level}，灰：未证实）", "The next 7 days, by {level} (grey: unproven)"),
    "expected": ("预计新增", "Expected"),
    "within": ("90% 区间", "90 % interval"),
    "no_forecast": ("数据不足，不作预测。", "Too little data for a forecast."),
}

#: Bars of the stack; the table of the forecast is as long.
BARS = 20
ROWS = 12
#: Recurrence intervals beyond this many days say no more than that it is no chance.
LONG = 3650


def describe(look: Look) -> list[Block]:
    """Figures; the report card's verdict; the parts beside the card; grades; signals and clusters; the forecast."""
    found = _answer(look)
    if found is None:
        return [note.line(look.say("none"), tone="large")]
    chosen = next((unit for unit in found.units if unit.code == look.wish("unit")), found.own)
    return [
        _strip(look, found),
        _verdict(look, found.card),
        _bars(look, found),
        _card(look, found.card) if found.card else _levels(look, found),
        *([_own(look, chosen)] if chosen else []),
        _grades(look, found),
        *([_levels(look, found)] if found.card else []),
        _signals(look, found),
        _clusters(look, found),
        _forecast(look, found),
    ]


def _answer(look: Look) -> RiskAnswer | None:
    desk, grade = look.desk.beside(RiskDesk), look.wish("grade")
    levels = desk.levels(look.viewer, look.area, look.day, look.as_of)
    level = look.wish("by") if look.wish("by") in levels else None
    grade = grade if grade in GRADES else None
    return desk.answer(look.viewer, look.area, look.day, look.as_of, level, grade)


def _days(desk: Desk, viewer: Viewer) -> Sequence[Day]:
    return desk.beside(RiskDesk).days(viewer)


# --- figures ------------------------------------------------------------------------------------------


def _strip(look: Look, found: RiskAnswer) -> Block:
    counted = found.grades
    units = look.say("of_units", n=look.short(sum(counted.values())), level=LEVELS[found.level].name(look.lang))
    alarming, unknown = counted["severe"] + counted["high"], counted["unknown"]
    made = [
        _score(look, found.own),
        figures.figure(
            look.say("alarming"), look.short(alarming), state=_state(alarming), small=units,
            tone="bad" if alarming else "",
        ),
        figures.figure(
            look.say("unknown"), look.short(unknown), state=_state(unknown), about=look.say("unknown_about"),
            href=look.href(grade="unknown"),
        ),
        _signalled(look, found),
        _clustered(look, found),
        _rt(look, found.own),
        _ahead(look, found),
    ]  # fmt: skip
    return figures.strip(made)


def _state(number: float) -> str:
    return "value" if number else "zero"


def _score(look: Look, own: Unit | None) -> dict[str, Any]:
    about = look.say("score_about")
    if own is None or not any(part.number is not None for part in own.parts):
        return figures.figure(look.say("score"), look.say("missing"), state="missing", about=about)
    grade = GRADES[own.grade]
    text = f"{own.least:.1f}"
    return figures.figure(
        look.say("score"), text, state=_state(own.least), small=f"{grade.name(look.lang)}{_upto(look, own)}",
        about=f"{about} {meaning(own.grade, look.lang)}", mark=mark(grade, look.lang, look.theme, word=False),
    )  # fmt: skip


def _upto(look: Look, unit: Unit) -> str:
    return " · " + look.say("at_most", n=f"{unit.most:.1f}") if unit.most > unit.least else ""


def _signalled(look: Look, found: RiskAnswer) -> dict[str, Any]:
    chance = sum(found.chance.values())
    return figures.figure(
        look.say("signals"), look.short(len(found.signals)), state=_state(len(found.signals)),
        small=look.say("by_chance", n=f"{chance:.1f}"), about=look.say("signals_about"), href=look.href() + "#signals",
    )  # fmt: skip


def _clustered(look: Look, found: RiskAnswer) -> dict[str, Any]:
    sure = sum(one.believed for one in found.clusters)
    rest = len(found.clusters) - sure
    small = look.say("clusters_small", n=rest) if rest else ""
    return figures.figure(
        look.say("clusters"), look.short(sure), state=_state(sure), small=small, about=look.say("clusters_about"),
        href=look.href() + "#clusters",
    )  # fmt: skip


def _rt(look: Look, own: Unit | None) -> dict[str, Any]:
    about = look.say("rt_about")
    if own is None or own.rt is None:
        return figures.figure(look.say("rt"), look.say("rt_none"), state="missing", about=about)
    small = look.say("interval_95", low=f"{own.rt.low:.2f}", high=f"{own.rt.high:.2f}")
    return figures.figure(
        look.say("rt"), f"{own.rt.mean:.2f}", small=small, about=about, tone="bad" if own.rt.low > 1 else ""
    )


def _ahead(look: Look, found: RiskAnswer) -> dict[str, Any]:
    own = found.own.ahead if found.own else None
    if own is None:
        return figures.figure(look.say("ahead"), look.say("missing"), state="missing")
    small = look.say("interval", low=look.short(own.low), high=look.short(own.high))
    small = look.say("unproven") if found.card is None or found.card.grey else small
    return figures.figure(
        look.say("ahead"), look.short(own.mean, 1), state=_state(own.mean), small=small, href=look.href() + "#forecast"
    )


# --- the report card ----------------------------------------------------------------------------------


def _points(share: float) -> str:
    return f"{abs(100 * share):.1f}"


def _verdict(look: Look, card: CardLine | None) -> Block:
    """The plain sentence, in view whatever else is."""
    if card is None:
        return note.line(look.say("card_none", n=LEAST_UNITS), id="verdict")
    low, high = (f"{100 * end:.1f}" for end in (card.ahead.low, card.ahead.high))
    text = look.say(card.why, n=_points(card.ahead.mean), low=low, high=high)
    return note.line(f"{GRADES['unknown'].glyph} {text}" if card.grey else text, id="verdict")


def _card(look: Look, card: CardLine) -> Block:
    names = ("forecast", "persistence", "decay")
    columns = [
        listing.column(look.say("hit_of"), left=True, sort=False),
        *(listing.column(look.say(name), sort=False, about=_baseline(look, name)) for name in names),
    ]
    level = LEVELS[card.level].name(look.lang)
    rows = [
        _hits(look, look.say("at", n=_whole(share), level=level), n, card.hits, card.pai[n])
        for n, share in enumerate(SHARES)
    ]
    if card.people:
        rows.append(_hits(look, look.say("at_people", n=5), SHARES.index(0.05), card.people, None))
    blank = listing.cell("", None)
    rows += [
        listing.row([listing.cell(look.say("coverage", n=level)), _percent(look, share), blank, blank])
        for level, share in zip((50, 90), card.coverage, strict=True)
    ]
    rows.append(listing.row([listing.cell(look.say("wis")), *(_plain(look, card.wis[name]) for name in names)]))
    return listing.table(columns, rows, look.say("card"), about=_about(look, card), span=5, id="card")


def _about(look: Look, card: CardLine) -> str:
    days = {"first": look.day_text(card.first), "last": look.day_text(card.last), "n": card.days}
    text = look.say("card_about", level=LEVELS[card.level].name(look.lang), **days)
    cut = card.days - card.known
    return f"{text} {look.say('card_cut', n=cut)}" if cut else text


def _baseline(look: Look, name: str) -> str:
    return "" if name == "forecast" else look.say(f"{name}_about")


def _whole(share: float) -> str:
    return f"{100 * share:.0f}"


def _hits(look: Look, name: str, n: int, hits: Any, pai: float | None) -> dict[str, Any]:
    small = "" if pai is None or math.isnan(pai) else look.say("pai", n=f"{pai:.1f}")
    cells = [_percent(look, hits[who][n], small if who == "forecast" else "") for who in hits]
    return listing.row([listing.cell(name), *cells])


def _percent(look: Look, share: float, small: str = "") -> dict[str, Any]:
    if math.isnan(share):
        return listing.number(look.say("missing"), None)
    return listing.number(f"{100 * share:.1f}%", share, small=small)


def _plain(look: Look, value: float) -> dict[str, Any]:
    return listing.number(look.say("missing"), None) if math.isnan(value) else listing.number(f"{value:.3g}", value)


# --- scores -------------------------------------------------------------------------------------------


def _bars(look: Look, found: RiskAnswer) -> Block:
    rows = [_bar(look, unit) for unit in found.units[:BARS]]
    used = {part.id for unit in found.units[:1] for part in unit.parts}
    unused = [term.name(look.lang) for id, term in RISK_PARTS.items() if used and id not in used]
    about = [look.say("parts_about"), look.say("basis", name=MEASURES[found.basis].name(look.lang))]
    comma = "、" if look.lang == "zh" else ", "
    about += [look.say("not_in_use", names=comma.join(unused))] if unused else []
    gap = "" if look.lang == "zh" else " "
    return stack.bars(rows, look.say("parts"), about=gap.join(about), span=7, id="parts")


def _bar(look: Look, unit: Unit) -> dict[str, Any]:
    parts = [_piece(look, part) for part in unit.parts]
    missing = unit.most - unit.least
    parts.append(stack.part(look.say("missing"), missing, look.say("points", n=f"{missing:.1f}"), shade="hatch"))
    small = " · ".join(text for text in (unit.where, look.say("hot") if unit.hot else "") if text)
    href = look.href(area=unit.code, unit=None, by=None, grade=None) if unit.inside else look.href(unit=unit.code)
    text = f"{unit.least:.1f}" if missing == 0 else f"≥{unit.least:.1f}"
    sign = mark(GRADES[unit.grade], look.lang, look.theme, word=False)
    return stack.bar(unit.name, parts, text, small=small, href=href, mark=sign)


def _piece(look: Look, part: PartLine) -> dict[str, Any]:
    term = RISK_PARTS[part.id]
    text = look.say("points", n=f"{part.points:.1f}")
    return stack.part(
        term.name(look.lang), part.points, text, colour=colours.mark(term.colour, look.theme), glyph=term.glyph
    )


def _own(look: Look, unit: Unit) -> Block:
    """Every part of one score with the number that it comes from."""
    entries = [_entry(look, part) for part in unit.parts]
    total = look.say("points", n=f"{unit.least:.1f}") + _upto(look, unit)
    sign = mark(GRADES[unit.grade], look.lang, look.theme)
    entries.append(record.entry(look.say("score"), total, mark=sign))
    return record.record(entries, look.say("own", name=unit.name), span=5, id="own")


def _entry(look: Look, part: PartLine) -> dict[str, Any]:
    term = RISK_PARTS[part.id]
    sign, about = mark(term, look.lang, look.theme, word=False), look.say(f"{part.id}_about")
    if part.number is None:
        text = look.say("not_known", n=f"{part.full:.1f}")
        return record.entry(term.name(look.lang), text, small=about, mark=sign, state="missing")
    points = look.say("points_of", n=f"{part.points:.1f}", of=f"{part.full:.1f}")
    return record.entry(
        term.name(look.lang), points, small=f"{_number(look, part.id, part.number)} · {about}", mark=sign
    )


def _number(look: Look, id: str, number: float) -> str:
    if id == "growth":
        return look.say("times", n=f"{number:.2f}")
    key = {"exposed": "density", "importation": "infections"}.get(id, "per")
    return look.say(key, n=look.short(number, 2 if id == "exposed" else 1))


def _grades(look: Look, found: RiskAnswer) -> Block:
    columns = [
        listing.column(look.say("grade"), left=True, sort=False),
        listing.column(look.say("units"), sort=False),
        listing.column(look.say("meaning"), left=True, sort=False),
    ]
    rows = [_grade(look, id, found.grades[id]) for id in (*FLOORS, "unknown")]
    return listing.table(columns, rows, look.say("grades"), span=7, id="grades")


def _grade(look: Look, id: str, units: int) -> dict[str, Any]:
    term, asked = GRADES[id], look.wish("grade") == id
    cells = [
        listing.cell(term.name(look.lang), id, mark=mark(term, look.lang, look.theme, word=False)),
        listing.number(look.short(units), units),
        listing.cell(meaning(id, look.lang), None),
    ]
    return listing.row(cells, href=look.href(grade=None if asked else id, unit=None), key=id)


def _levels(look: Look, found: RiskAnswer) -> Block:
    """The levels by which this area can be looked at."""
    levels = look.desk.beside(RiskDesk).levels(look.viewer, look.area, look.day, look.as_of)
    columns = [listing.column(LEVELS[level].name(look.lang), left=True, sort=False) for level in levels]
    cells = [
        listing.cell(look.say("current"), level)
        if level == found.level
        else listing.cell(look.say("view"), level, href=look.href(by=level, unit=None))
        for level in levels
    ]
    span = 5 if found.card is None else 12
    return listing.table(columns, [listing.row(cells)], look.say("levels"), span=span, id="levels")


# --- signals, clusters, forecast ----------------------------------------------------------------------


def _signals(look: Look, found: RiskAnswer) -> Block:
    columns = [
        listing.column(look.say("area"), left=True),
        listing.column(look.say("today"), bar=True),
        listing.column(look.say("upper"), least=True),
        listing.column(look.say("methods"), left=True),
        listing.column(look.say("false")),
    ]
    rows = [_signal(look, line) for line in found.signals]
    return listing.table(
        columns, rows, look.say("signals"), about=look.say("signals_about"), none=look.say("no_signals"),
        count=str(len(rows)), span=6, first=ROWS, id="signals",
    )  # fmt: skip


def _signal(look: Look, line: SignalLine) -> dict[str, Any]:
    least = min(line.rates.values())
    cells = [
        listing.cell(line.name, line.name, small=line.where),
        listing.number(look.short(line.count), line.count),
        listing.number(look.say("missing") if line.upper is None else f"{line.upper:.1f}", line.upper),
        listing.cell(" ".join(line.kinds), len(line.kinds)),
        listing.number(f"{100 * least:.2f}%", least),
    ]
    return listing.row(cells, key=line.code)


def _clusters(look: Look, found: RiskAnswer) -> Block:
    columns = [
        listing.column(look.say("area"), left=True),
        listing.column(look.say("size"), least=True),
        listing.column(look.say("lasting")),
        listing.column(look.say("cases")),
        listing.column(look.say("recurrence")),
    ]
    rows = [_cluster(look, line) for line in found.clusters]
    return listing.table(
        columns, rows, look.say("clusters"), about=look.say("clusters_about"), none=look.say("no_clusters"),
        count=str(len(rows)), span=6, first=ROWS, id="clusters",
    )  # fmt: skip


def _cluster(look: Look, line: ClusterLine) -> dict[str, Any]:
    long = line.recurrence > LONG
    text = look.say("years") if long else look.say("days", n=look.short(line.recurrence))
    cells = [
        listing.cell(line.name, line.name, small=line.where),
        listing.number(look.short(line.units), line.units),
        listing.number(look.say("days", n=line.days), line.days),
        listing.number(f"{look.short(line.cases)} / {look.short(line.expected, 1)}", line.cases),
        listing.cell(
            text, min(line.recurrence, LONG), small="" if line.believed else look.say("maybe"),
            tone="" if line.believed else "soft",
        ),
    ]  # fmt: skip
    return listing.row(cells, key=line.code)


def _forecast(look: Look, found: RiskAnswer) -> Block:
    """Expected findings with their interval; where the card does not stand for them, grey and without bars."""
    grey = found.card is None or found.card.grey
    columns = [
        listing.column(look.say("area"), left=True),
        listing.column(look.say("expected"), bar=not grey),
        listing.column(look.say("within")),
    ]
    level = LEVELS[found.card_level].name(look.lang)
    title = look.say("forecasts_grey" if grey else "forecasts", level=level)
    rows = [_expected(look, unit, "soft" if grey else "") for unit in found.forecasts]
    return listing.table(
        columns, rows, title, about=_verdict(look, found.card)["text"] if grey else "",
        none=look.say("no_forecast"), first=ROWS, id="forecast",
    )  # fmt: skip


def _expected(look: Look, unit: Unit, tone: str) -> dict[str, Any]:
    ahead = unit.ahead
    assert ahead is not None
    text = f"{ahead.mean:.1f}" if ahead.mean < 100 else look.short(ahead.mean)
    cells = [
        listing.cell(unit.name, unit.name, small=unit.where, tone=tone),
        listing.number(text, ahead.mean, tone=tone),
        listing.cell(look.say("range", low=look.short(ahead.low), high=look.short(ahead.high)), ahead.high, tone=tone),
    ]
    return listing.row(cells, key=unit.code)


PAGE = Page(
    "risk",
    ("风险", "Risk"),
    describe,
    about=(
        "各区域的风险分由哪些部分相加而成，哪里异常，未来 7 日会怎样，以及这些预测过去准不准。",
        "What each area's risk score adds up from, what is out of step, the next seven days, and how good that was.",
    ),
    days=_days,
    wishes=("by", "grade", "unit"),
    words=WORDS,
)
