"""数据说明: how fresh, what was sent back, what could not be located, what is an estimate, what is not known at all."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dashboard.queries.cite import Given
from dashboard.queries.deliveries import part_of
from dashboard.queries.freshness import data_moment
from dashboard.queries.freshness_desk import FreshnessDesk
from dashboard.reports.context import Context, Maker
from dashboard.reports.model import Block, Section
from dashboard.reports.sentences import joined
from data.days import end_of


def make(context: Context) -> Section:
    """What the numbers of the report rest on."""
    blocks = [_version(context), *_fresh(context), *_rejects(context), *_apart(context), *_estimates(context)]
    return Section("notes", context.say(SECTION.zh, SECTION.en), tuple(blocks))


def moment(context: Context) -> dt.datetime:
    """When the report is told how late its sources are: at the end of its day, or as of when it was ordered; of an
    archive never later than its own last day."""
    ended = end_of(context.day, context.desk.city.timezone)
    own = data_moment(context.desk.city, context.desk.beside(FreshnessDesk).loads(context.as_of)) or ended
    return min(own, ended)


def _version(context: Context) -> Block:
    known = context.local(context.status.known)
    return context.told(
        f"本报告依据第{context.status.version}版数据，数据截至{known}入库；每个数均可按其出处重新查询，与大屏同源。",
        f"The report rests on version {context.status.version} of the data, known at {known}; every number can be"
        f" asked again"
        " where the screen asks it.",
    )


def sources(context: Context) -> Given[Any]:
    """How late every source is."""
    told = context.given("sources", now=moment(context), area=None, day=None)
    assert told is not None
    return told


def late(context: Context) -> list[str]:
    """The names of the sources that are late."""
    return [one.name(context.lang) for one in sources(context).what.sources if one.state in ("warn", "error")]


def _fresh(context: Context) -> list[Block]:
    names = late(context)
    if not names:
        return [context.told("至报告日止，各来源均按时报送。", "Up to the report's day every source came in time.")]
    return [
        context.told(
            "至报告日止迟报的来源{n:个}：{names}。",
            "Late up to the report's day are {n:source|sources}: {names}.",
            n=context.n(sources(context)["late"]),
            names=context.say("、", ", ").join(names),
        )
    ]


def _rejects(context: Context) -> list[Block]:
    """What was delivered and sent back: it is of all areas of a source, hence not for who sees a part of a city."""
    if part_of(context.desk.city, context.viewer.scope) is None:
        return []
    loads = context.given("made.loads", area=None, day=None)
    assert loads is not None
    rejected, rows = context.n(loads["rejected"]), context.n(loads["rows"])
    if not rejected.value:
        return [
            context.told("入库{rows:行}，无退回。", "{rows:row was|rows were} delivered, none sent back.", rows=rows)
        ]
    return [
        context.told(
            "入库{rows:行}，退回{n:行}，均已列明行、列、值与原因。",
            "{rows:row was|rows were} delivered, {n} sent back with row, column, value and reason.",
            rows=rows,
            n=rejected,
        )
    ]


def _apart(context: Context) -> list[Block]:
    found = context.ask("unlocated")
    lines = []
    for one in found:
        n = context.of(one.measure.id, "unlocated", f"[measure.id={one.measure.id}].value")
        name = one.measure.name(context.lang)
        lines.append(context.line(f"{name}{{n:{one.measure.unit_zh}}}", f"{{n}} ({name.lower()})", n=n))
    if not lines:
        return []
    listed = joined(lines, context.say("、", ", "))
    return [
        context.told("当日未能定位到下级区域的：{all}。", "Not located below the area that day: {all}.", all=listed)
    ]


def _estimates(context: Context) -> list[Block]:
    blocks: list[Block] = [
        context.remark(
            "估计数：三区人口（按面积分摊）、迁出人数（由迁徙指数折算时）、预测与输入风险。",
            "Estimates: people in zones (shared out by ground), people who left (where made of the index), the"
            " forecast and import risk.",
        ),
        context.remark(
            "“无新增”为已报且为零，“未报”为没有报告，“隐去”为数小不宜公开，三者不可混同。",
            '"No new" is reported and nought, "not reported" is no report, "suppressed" is too small to show:'
            " they are never the same.",
        ),
    ]
    if context.status.simulated:
        blocks.append(
            context.told(
                "本报告所用数据为程序模拟，地名、人员、疫情均属虚构。",
                "The data of this report are simulated: places, people and epidemic are invented.",
            )
        )
    return blocks


SECTION = Maker("notes", "数据说明", "About the data", make)
