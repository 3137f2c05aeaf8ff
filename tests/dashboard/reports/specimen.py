"""A report made by hand: every block, every depth, every state of a number, long tables and annexes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from dashboard.queries import Desk, Viewer
from dashboard.queries.cite import cite
from dashboard.reports.model import (
    Cell,
    Column,
    Curve,
    Items,
    Map,
    Number,
    Paragraph,
    Report,
    Section,
    Series,
    Step,
    Table,
)
from data.words import Lang
from tests.tiny import CITY, DAYS

DAY = DAYS[-1]
KNOWN = dt.datetime(2022, 3, 11, 0, 12, 5)


def number(value: float | None, unit: str = "", *, state: str = "", way: str = "", **more: object) -> Number:
    told = state or ("missing" if value is None else "value" if value else "zero")
    form, digits = str(more.pop("form", "count")), int(str(more.pop("digits", 0)))
    asked = cite("measure", way, area=CITY, day=DAY, name="positives", **more)
    return Number(value, told, asked, form, digits, unit)  # type: ignore[arg-type]


def report(lang: Lang, desk: Desk | None = None, *, headed: bool = True, simulated: bool = True) -> Report:
    """The specimen; with a desk on the small city its map has that city's streets."""
    zh = lang == "zh"
    made = Report(
        kind="daily", title="试验市疫情日报" if zh else "Daily report of Trial City", area=CITY,
        place="试验市" if zh else "Trial City", day=DAY, lang=lang, city="试验市" if zh else "Trial City",
        timezone="Asia/Shanghai", version=7, known=desk.status(Viewer()).known if desk else KNOWN, as_of=None, simulated=simulated,
        sections=(_summary(zh), _cases(zh, desk), _measures(zh), *_annexes(zh)),
    )  # fmt: skip
    if not headed:
        return made
    return replace(made, organ="试验市疫情防控工作领导小组", number="试防〔2022〕7号", issued="2022年3月11日") if zh else replace(
        made, organ="Trial City Epidemic Office", number="No. 7 (2022)", issued="11 March 2022"
    )  # fmt: skip


def _summary(zh: bool) -> Section:
    runs = (
        ("截至3月10日24时，全市新增感染者", number(22, "例"), "，其中东江区", number(13, "例"), "、西山区", number(9, "例"),
         "；较上周同日", number(0.1, form="growth"), "。三区人口", number(1_234_567, "人"), "，占", number(12.3, form="share", digits=1), "。")
        if zh else
        ("By 24:00 on 10 March there were ", number(22, " new cases"), ", of them ", number(13), " in Dongjiang and ",
         number(9), " in Xishan; ", number(0.1, form="growth"), " against a week before. ", number(1_234_567, " people"),
         " live in zones, ", number(12.3, form="share", digits=1), " of all.")
    )  # fmt: skip
    strong = ("请立即核查 & 上报：", number(3, "个"), "小区 <未报>。") if zh else ("Check at once: ", number(3, " communities"), " did not report.")  # fmt: skip
    return Section("summary", "疫情概要" if zh else "Summary", (
        Paragraph(runs), Paragraph(strong, "strong"),
        Paragraph(("新增死亡：", number(None), "。隐去：", number(None, state="suppressed")) if zh else
                  ("New deaths: ", number(None), ". Hidden: ", number(None, state="suppressed")), "quiet"),
    ))  # fmt: skip


def _cases(zh: bool, desk: Desk | None) -> Section:
    days = tuple(DAYS)
    values = [0, 3, 5, None, 8, 13, 21, None, 12, 22]
    daily = tuple(
        number(v, way=f"[{day}]", state="suppressed" if n == 7 else "")
        for n, (v, day) in enumerate(zip(values, days, strict=True))
    )
    mean = tuple(number(2.5 * n, digits=1, form="rate") for n in range(10))
    bars = Curve(
        "bars",
        "每日新增" if zh else "New cases by day",
        days,
        (Series("新增" if zh else "New", daily, "#7a1f3d"),),
        "例" if zh else "cases",
        "bars",
    )
    lines = Curve("lines", "七日均值" if zh else "Mean of seven days", days, (
        Series("全市" if zh else "City", mean, "#7a1f3d"), Series("东江区" if zh else "Dongjiang", daily, "#2f6690", "dashed"),
    ), note=("虚线为东江区" if zh else "Dashed: Dongjiang",))  # fmt: skip
    table = Table("areas", "各区新增" if zh else "By district", _columns(zh, 4), (
        ("东江区", number(13), number(0), number(None), number(12.3, form="share", digits=1)),
        ("西山区", number(9), number(None, state="suppressed"), number(-3), number(1_234_567)),
        ("合计" if zh else "Total", number(22), number(0), number(None), number(1.5, digits=1, form="rate")),
    ), total=True, note=("未报不按零计" if zh else "Not reported is not zero",))  # fmt: skip
    by_place = Section("place", "按区域" if zh else "By area", (table, *((_map(zh, desk),) if desk else ())))
    by_day = Section("day", "按日期" if zh else "By day", (bars, lines), (
        Section("deep", "发现方式" if zh else "How found", (Items((
            ("隔离点发现", number(10, "例")) if zh else ("In quarantine: ", number(10)),
            ("区域核酸", number(0, "例")) if zh else ("By screening: ", number(0)),
        )),)),
    ))  # fmt: skip
    return Section("cases", "新增情况" if zh else "New cases", (), (by_place, by_day))


def _measures(zh: bool) -> Section:
    text = (
        "各区应当逐户核查，核查结果当日报告，逾期未报的由区负责人说明原因。" * 8
        if zh
        else "Every district checks each household and reports the same day. " * 9
    )
    return Section("measures", "处置措施" if zh else "What was done", (Paragraph((text,)),))


def _annexes(zh: bool) -> tuple[Section, ...]:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            f"第{n}街道办事处及其所辖居委会" if zh else f"Street office number {n}",
            *(number(n * k, way=f"[{n}.{k}]") for k in range(5)),
        )
        for n in range(60)
    )
    long = Table("streets", "各街镇新增" if zh else "By street", _columns(zh, 5), rows)
    none = Table(
        "none",
        "解除名单" if zh else "Released",
        _columns(zh, 2),
        (),
        none="当日无解除区域。" if zh else "Nothing was released.",
    )
    return (
        Section("annex_streets", "各街镇情况" if zh else "The streets", (long,), annex=True),
        Section("annex_none", "解除封控名单" if zh else "Zones released", (none,), annex=True),
    )


def _columns(zh: bool, figures: int) -> tuple[Column, ...]:
    return Column("区域" if zh else "Area", left=True, share=2.0), *(
        Column(f"第{n}项" if zh else f"Figure {n}") for n in range(figures)
    )


def _map(zh: bool, desk: Desk) -> Map:
    painted = desk.paint(Viewer(), "positives", "street", [DAY], area=CITY)
    units = painted.values.state.shape[1]
    classes = tuple(n % 5 - 3 for n in range(units))
    steps = (Step("#fde0c5", "1 – 9", classes.count(0)), Step("#c2185b", "10+", classes.count(1)))
    return Map("map", "各街镇新增图" if zh else "Map of new cases", CITY, "street", "positives", DAY, steps, classes)
