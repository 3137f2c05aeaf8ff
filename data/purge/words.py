"""A plan in a few lines, for whoever has to agree to it."""

from __future__ import annotations

from data.purge.planning import Plan
from data.words import Both


def say(made: Plan) -> list[Both]:
    """A plan in a few lines."""
    tickets, cut = made["tickets"], made["log"]
    found = []
    if tickets:
        days, rows = sorted({one["day"] for one in tickets}), sum(one["rows"] for one in tickets)
        found.append(Both(
            f"赋码记录 {rows:,} 条，{len(days)} 天：{days[0]} 至 {days[-1]}；汇总数保留",
            f"{rows:,} tickets of {len(days)} days from {days[0]} to {days[-1]}; their sums stay"))  # fmt: skip
    if made["loads"]:
        size = sum(one["bytes"] for one in made["files"])
        found.append(Both(
            f"{len(made['loads'])} 批个人级台账：已送文件 {len(made['files'])} 个（{size:,} 字节）及其退回行",
            f"{len(made['loads'])} loads of persons: {len(made['files'])} delivered files ({size:,} bytes), and their "
            "returned rows"))  # fmt: skip
    if cut:
        found.append(Both(f"审计日志第 {cut['first']}–{cut['through']} 条，共 {cut['lines']:,} 条",
                          f"lines {cut['first']}-{cut['through']} of the log, {cut['lines']:,} in all"))  # fmt: skip
    if made["events"]:
        number = len(made["events"]["events"])
        zh, en = (
            f"已办结事件 {number:,} 件的上报、经过和凭证",
            f"reports, steps and evidence of {number:,} closed events",
        )
        found.append(Both(f"{zh}；用时和满意度保留", f"{en}; times and rates stay"))
    found += _say_days(made["days"]) if made["days"] else []
    if made["sessions"]:
        found.append(Both(f"登录会话 {made['sessions']:,} 个", f"{made['sessions']:,} sessions"))
    return found


def _say_days(days: Plan) -> list[Both]:
    number = sum(days["rows"].values())
    found = []
    if days["before"]:
        found.append(Both(f"{days['before']} 之前各日的数据，日后仍要用的除外",
                          f"all of days before {days['before']}, but what later days stand on"))  # fmt: skip
    if days["through"]:
        zh, en = "已被更正的数据；此前的“当时所知”不能再问", "and what was known before cannot be asked any more"
        found.append(Both(f"第 {days['through']} 版之前{zh}", f"what was replaced by version {days['through']}, {en}"))
    return [*found, Both(f"共 {number:,} 片", f"{number:,} slabs and tables of a day in all")]
